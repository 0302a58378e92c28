"""`list` shows the lessons and your progress; `hint` helps a little."""

import json

import pytest

from course import progress
from course.lessons import Course
from course.tests.small_course import run, write_files

TABLE = r"""# A course

| lesson | question | new idea | what graduates | run it |
|---|---|---|---|---|
| [3](lesson03/README.md) | How do two programs talk? | a **socket** | – | `python server.py` |
| [4](lesson04/README.md) | How do I know that it works when nobody looks? | `a \| b` | – | – |
| [5](lesson05/README.md) | What happened last night? | a log | loggers | – |
"""
README = """# Lesson 3

## Hints

1. Look at `socket`,
   then think.
2. Read twice.
3. Draw it.

## Still wrong
"""


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path, {"README.md": TABLE, "lesson03/README.md": README, "lesson04/a.py": ""})
    return tmp_path


def row(text, number):
    return next(line for line in text.splitlines() if line.startswith(f"{number:2}  "))


def test_the_list_says_what_each_lesson_asks_and_teaches(root):
    result = run(root, "list")
    assert result.returncode == 0, result.stderr
    assert row(result.stdout, 3).split("  ")[1] == "How do two programs talk?"
    assert "a socket" in row(result.stdout, 3)
    assert "a | b" in row(result.stdout, 4)
    assert "nobody looks?" in result.stdout


def test_the_list_says_which_lessons_are_not_there(root):
    words = run(root, "list").stdout
    assert "(not here yet)" in row(words, 5)
    assert words.count("(not here yet)") == 1


def test_the_list_shows_a_bar_where_something_was_checked(root):
    progress.remember(Course(root), 3, "my folder", 9, 12)
    words = run(root, "list").stdout
    assert row(words, 3).endswith("███████░░░ 9/12")
    assert "█" not in row(words, 4) and "/" not in row(words, 4)


def test_the_list_is_plain_in_a_pipe_and_fits_100_columns(root, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    write_files(root, {"README.md": TABLE.replace("a log", "xx " * 50)})
    progress.remember(Course(root), 5, "my folder", 100, 100)
    words = run(root, "list").stdout
    assert "\x1b" not in words
    assert max(map(len, words.splitlines())) <= 100


def test_without_a_table_the_list_says_so(tmp_path):
    result = run(tmp_path, "list")
    assert result.returncode == 1 and "no table" in result.stderr


def test_progress_is_kept_for_each_lesson_and_the_last_check_counts(root):
    course = Course(root)
    progress.remember(course, 3, root / "Вася", 1, 2)
    progress.remember(course, 4, "b", 2, 2)
    progress.remember(course, 3, root / "Вася", 2, 2)
    assert progress.read(course) == {3: (2, 2, str(root / "Вася")), 4: (2, 2, "b")}
    assert [path.name for path in (root / ".course").iterdir()] == ["progress.json"]


def test_an_interrupted_write_leaves_the_old_progress(root, monkeypatch):
    progress.remember(Course(root), 3, "a", 1, 2)
    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        progress.remember(Course(root), 3, "a", 2, 2)
    assert progress.read(Course(root)) == {3: (1, 2, "a")}
    assert len(list((root / ".course").iterdir())) == 1


def interrupted(old, new):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", b"\xff", b'{"3": 1}', b'{"3": [3, 2, "a"]}', b'{"x": [1, 2, "a"]}'],
)
def test_damaged_progress_is_left_out_and_said(root, damaged):
    write_files(root, {".course/progress.json": damaged})
    result = run(root, "list")
    assert result.returncode == 0 and "█" not in result.stdout
    assert "cannot be read and is left out" in result.stderr
    progress.remember(Course(root), 3, "a", 1, 1)
    assert json.loads((root / ".course/progress.json").read_text()) == {"3": [1, 1, "a"]}


def test_where_nothing_can_be_kept_the_check_goes_on(root, capsys):
    write_files(root, {".course": "a file where the folder should be"})
    progress.remember(Course(root), 3, "a", 1, 1)
    assert "could not be kept" in capsys.readouterr().err


def test_the_first_hint_is_shown_and_where_the_next_one_is(root):
    words = run(root, "hint", "3").stdout
    assert words == (
        "Hint 1 of 3\nLook at `socket`, then think.\nThe next one: python -m course hint 3 2\n"
    )


def test_the_last_hint_says_that_it_is_the_last(root):
    words = run(root, "hint", "3", "3").stdout
    assert "Draw it." in words and "That was the last one" in words


@pytest.mark.parametrize("number", ["0", "4", "-1"])
def test_a_hint_that_is_not_there_is_said(root, number):
    result = run(root, "hint", "3", "--", number)
    assert result.returncode == 1 and "Lesson 3 has hints 1 to 3." in result.stderr


def test_a_lesson_without_hints_is_said(root):
    result = run(root, "hint", "4")
    assert result.returncode == 1 and "has no hints" in result.stderr
