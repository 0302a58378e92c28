"""`start` makes a folder to work in, whole or not at all."""

import pytest

from course.tests.small_course import read_files, run, write_files

README = """# Lesson 7: many at once

## What hurts
One client at a time.

## Assignment
Serve **several** clients (L07-R1).

## One idea
![select waits for all](pictures/select.svg)

## Hints
1. Secret
"""
TAUGHT = {
    "messages.py": '"""Messages. Taught in lesson 03."""\n',
    "loggers.py": '"""Taught in lesson 05."""\n',
    "hub.py": '"""Taught in lesson 07."""\n',
}
SOLUTION = {
    "server.py": "print('six')\n",
    "log/__init__.py": "",
    "README.md": "# Lesson 6\n",
    "server.log": "old\n",
    "__pycache__/x.pyc": b"\0",
}


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "course"
    write_files(root / "lesson03", {"README.md": "# Lesson 3: first\n", "server.py": "3\n"})
    write_files(root / "lesson06", SOLUTION)
    write_files(root / "lesson07", {"README.md": README, "pictures/select.svg": "<svg/>"})
    write_files(root / "common", TAUGHT)
    return root


def test_the_folder_holds_the_lesson_before_the_assignment_and_what_was_taught(root, tmp_path):
    result = run(root, "start", "7", tmp_path / "mine")
    assert result.returncode == 0, result.stderr
    files = read_files(tmp_path / "mine")
    assert sorted(files) == [
        *(".lesson", "ASSIGNMENT.md", "common/loggers.py", "common/messages.py"),
        *("log/__init__.py", "pictures/select.svg", "server.py"),
    ]
    assert files["server.py"] == b"print('six')\n"
    assert int(files[".lesson"]) == 7


def test_the_assignment_says_what_to_do_and_how_to_check_but_gives_no_hint(root, tmp_path):
    folder = tmp_path / "my messenger"
    result = run(root, "start", "lesson07", folder)
    page = (folder / "ASSIGNMENT.md").read_text(encoding="utf-8")
    assert page.startswith("# Lesson 7: many at once\n\n## What hurts\n\nOne client")
    assert "(L07-R1)" in page and "## One idea" in page
    assert "Secret" not in page
    for text in (page, result.stdout):
        assert f'python -m course check 7 "{folder}"' in text
    assert "python -m course hint 7" in page


def test_the_first_lesson_begins_with_nothing(root, tmp_path):
    assert run(root, "start", "3", tmp_path / "mine").returncode == 0
    assert sorted(read_files(tmp_path / "mine")) == [".lesson", "ASSIGNMENT.md"]


def test_it_can_begin_with_a_folder_of_your_own(root, tmp_path):
    own = {"server.py": "own\n", ".lesson": "6\n", "ASSIGNMENT.md": "old\n"}
    own |= {"common/messages.py": "old\n", "common/mine.py": "kept\n"}
    write_files(tmp_path / "six", own)
    result = run(root, "start", "7", tmp_path / "seven", "--from", tmp_path / "six")
    files = read_files(tmp_path / "seven")
    assert result.returncode == 0, result.stderr
    assert files["server.py"] == b"own\n" and files[".lesson"] == b"7\n"
    assert files["common/messages.py"] == TAUGHT["messages.py"].encode()
    assert files["common/mine.py"] == b"kept\n"
    assert b"many at once" in files["ASSIGNMENT.md"]
    assert read_files(tmp_path / "six")[".lesson"] == b"6\n"


def test_what_exists_is_never_overwritten(root, tmp_path):
    mine = write_files(tmp_path / "mine", {"server.py": "precious\n"})
    result = run(root, "start", "7", mine)
    assert result.returncode == 1 and "exists already" in result.stderr
    assert read_files(mine) == {"server.py": b"precious\n"}
    assert "exists already" in run(root, "start", "7", mine / "server.py").stderr


def test_an_empty_folder_is_taken(root, tmp_path):
    (tmp_path / "mine").mkdir()
    assert run(root, "start", "7", tmp_path / "mine").returncode == 0
    assert (tmp_path / "mine" / "server.py").is_file()


def test_a_folder_inside_the_one_to_copy_is_refused(root, tmp_path):
    own = write_files(tmp_path / "six", {"server.py": "own\n"})
    result = run(root, "start", "7", own / "seven", "--from", own)
    assert result.returncode == 1 and "lies inside" in result.stderr
    assert sorted(read_files(own)) == ["server.py"]


def test_a_failure_leaves_nothing_behind(root, tmp_path):
    (root / "lesson06" / "common").write_text("a file where the folder should be\n")
    work = tmp_path / "work"
    work.mkdir()
    result = run(root, "start", "7", work / "mine")
    assert result.returncode == 1 and "Cannot make" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("lesson", ["4", "99", "seven"])
def test_a_lesson_that_is_not_there_is_said(root, tmp_path, lesson):
    result = run(root, "start", lesson, tmp_path / "mine")
    assert result.returncode == 1 and "Error:" in result.stderr
    assert not (tmp_path / "mine").exists()


def test_a_folder_to_begin_with_that_is_not_there_is_said(root, tmp_path):
    result = run(root, "start", "7", tmp_path / "mine", "--from", tmp_path / "nowhere")
    assert result.returncode == 1 and "There is no folder" in result.stderr
