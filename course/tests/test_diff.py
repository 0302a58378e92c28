"""Comparing stages: the pure part directly, the rest through the command line."""

import re
from html.parser import HTMLParser

import pytest

from course import stages
from course.commands import diff
from course.tests.small_course import read_files, run, write_files

OLD = {
    "README.md": "# Lesson 6\n",
    "server.py": "import messages\n\nPORT = 7777\n\n\ndef main():\n    print(PORT)\n",
    "messages.py": "def decode(data):\n    return data\n",
    "client.py": "print('client')\n",
    "use.py": "print('old')\n",
    "no_end.py": "one\ntwo",
    "picture.bin": b"\0\1",
    "log/client_log.py": "LEVEL = 1\n",
    "threads_chat/messages.py": "def decode(data):\n    return data\n",
    "threads_chat/test_chat.py": "def test_one():\n    pass\n",
    "test_server.py": "def test_one():\n    pass\n",
    "server.log": "generated\n",
    "__pycache__/notes.txt": b"\0",
}
NEW = {
    **{name: OLD[name] for name in ("client.py", "test_server.py")},
    "README.md": "# Lesson 7\n",
    "server.py": "from common.messages import decode\n\nPORT = 7777\n\n\ndef main():\n    pass\n",
    "no_end.py": "one\ntwo\nthree",
    "picture.bin": b"\0\2",
    "log/client_log.py": "LEVEL = 2\n",
    "log/__init__.py": "",
    "my file.py": "print('Вася')\x0c\n-- two\n++ three\n",
    "test_server.py": "def test_one():\n    assert True\n",
}


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "lesson06", OLD)
    write_files(tmp_path / "lesson07", NEW)
    return tmp_path


def apply(patch, files):
    """Do what `patch -p1` does, without tolerance: every line must be where the patch says."""
    files = dict(files)
    for part in re.split(r"(?m)^diff --git ", patch)[1:]:
        apply_file(part, files)
    return files


def apply_file(part, files):
    head = re.search(r"^--- (.+?)\t?\n\+\+\+ (.+?)\t?\n", part, re.MULTILINE)
    if head is None:  # an empty file
        return files.update({part.split()[1].split("/", 1)[1]: b""})
    old_name, new_name = head.groups()
    name = (new_name if old_name == "/dev/null" else old_name).split("/", 1)[1]
    old = files.pop(name).decode() if old_name != "/dev/null" else ""
    new = apply_hunks(part[head.end() :], re.findall(r"[^\n]*\n|[^\n]+", old))
    if new_name != "/dev/null":
        files[name] = new.encode()


def apply_hunks(body, old):
    new, position = [], 0
    for hunk in re.split(r"(?m)^(?=@@ )", body)[1:]:
        start, size = re.match(r"@@ -(\d+)(?:,(\d+))? ", hunk).groups()
        start = int(start) - (size != "0")
        new += old[position:start]
        position = start
        hunk = hunk.replace("\n\\ No newline at end of file\n", "\0\n")
        for line in re.findall(r"[^\n]*\n", hunk)[1:]:
            line = line.replace("\0\n", "")
            if line[0] in " -":
                assert old[position] == line[1:]
                position += 1
            if line[0] in " +":
                new.append(line[1:])
    return "".join(new + old[position:])


def test_the_unified_output_turns_the_old_lesson_into_the_new_one(root):
    result = run(root, "diff", "6", "7", "--all")
    assert result.returncode == 0, result.stderr
    expected = {**NEW, "picture.bin": OLD["picture.bin"], "server.log": OLD["server.log"]}
    expected["__pycache__/notes.txt"] = OLD["__pycache__/notes.txt"]
    applied = apply(result.stdout, read_files(root / "lesson06"))
    assert applied == {n: c.encode() if isinstance(c, str) else c for n, c in expected.items()}


def test_headers_name_the_lesson_and_the_file(root):
    patch = run(root, "diff", "6", "7").stdout
    assert "--- lesson06/log/client_log.py\n+++ lesson07/log/client_log.py\n@@ -1 +1 @@" in patch
    assert "+++ lesson07/my file.py\t\n" in patch


def test_every_file_is_named_with_what_happens_to_it(root):
    words = run(root, "diff", "6", "7", "--stat").stdout
    assert "messages.py graduated to common/messages.py" in words
    assert "threads_chat/messages.py (stays behind with its variant)" in words
    assert "client.py (unchanged)" in words
    assert "use.py (gone)" in words
    assert "log/__init__.py (created)" in words
    assert "picture.bin (binary, changed)" in words
    assert "server.log" not in words and "pycache" not in words


def test_the_table_counts_code_and_tests_apart_and_leaves_out_what_graduated(root):
    words = run(root, "diff", "6", "7", "--stat").stdout
    assert re.search(r"^ +2 +2  server\.py \(changed\)$", words, re.MULTILINE)
    assert re.search(r"^ +8 +5  code: 13 changed lines; aim at 200 in all and 60", words, re.M)
    assert re.search(r"^ +1 +1  tests$", words, re.MULTILINE)
    assert "@@" not in words


def test_a_variant_that_stays_behind_is_nothing_to_follow():
    left = stages.change("threads_chat/messages.py", b"one\n", None, {"messages"}, {"threads_chat"})
    gone = stages.change("log/messages.py", b"one\n", None, {"messages"}, {"threads_chat"})
    assert (left.lines, gone.lines) == (0, 1)
    assert not left.graduated and not gone.graduated


def test_tests_come_after_the_code_and_pages_only_when_asked_for(root):
    patch = run(root, "diff", "6", "7").stdout
    assert patch.index("+++ lesson07/server.py") < patch.index("+++ lesson07/test_server.py")
    assert "README.md" not in patch
    assert "+++ lesson07/README.md" in run(root, "diff", "6", "7", "--all").stdout


def test_a_pipe_gets_no_colours(root):
    assert "\x1b" not in run(root, "diff", "6", "7").stdout


def test_on_a_terminal_a_file_cannot_control_it(capsys, monkeypatch):
    monkeypatch.setattr("course.console.colourful", lambda stream=None: True)
    change = stages.change("a.py", b"", b"\x1b[2J\n" + b" " * 99 + b"x\n")
    diff.print_for_the_eye(stages.unified(change, "a", "b"))
    shown = capsys.readouterr().out
    assert "\x1b[32m+\\x1b[2J\x1b[0m\n" in shown
    assert f"+{' ' * 99}x" in shown


def test_a_folder_is_compared_like_a_lesson(root, tmp_path):
    mine = write_files(tmp_path / "моя папка", {**NEW, "client.py": "print('mine')\n"})
    result = run(root, "diff", root / "lesson07", mine)
    assert "+++ моя папка/client.py\t\n" in result.stdout
    assert "code: 2 changed lines" in result.stdout


def test_what_is_neither_lesson_nor_folder_is_refused(root):
    result = run(root, "diff", "6", "nowhere")
    assert result.returncode == 1
    assert "There is no folder nowhere" in result.stderr
    assert "Traceback" not in result.stderr


class Page(HTMLParser):
    """Collects what a page would load and the text of its cells."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.tags, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loaded += [value for name, value in attributes if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


def test_the_page_holds_both_views_needs_nothing_else_and_escapes(root, tmp_path):
    write_files(root / "lesson07", {"client.py": "<script>alert('&amp;')</script>\n"})
    result = run(root, "diff", "6", "7", "--html", tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert result.returncode == 0, result.stderr
    assert page.loaded == [] and "script" not in page.tags
    assert page.text.count("<script>alert('&amp;')</script>") == 2  # unified and side by side
    assert "+<script>" in page.text and "−print('client')" in page.text


def test_a_page_that_cannot_be_written_is_said(root):
    result = run(root, "diff", "6", "7", "--html", root / "nowhere" / "page.html")
    assert result.returncode == 1 and "Cannot write the page" in result.stderr


def test_compare_gives_texts_and_counts(root):
    changes = {c.name: c for c in stages.compare(root / "lesson06", root / "lesson07")}
    server = changes["server.py"]
    assert (server.old_text, server.new_text) == (OLD["server.py"], NEW["server.py"])
    assert (server.added, server.removed) == (2, 2)
    assert changes["messages.py"].new_text is None and changes["messages.py"].lines == 0
    assert changes["log/__init__.py"].old_text is None
    assert changes["picture.bin"].binary


def test_compare_gives_the_code_first_then_the_tests_then_the_rest(root):
    names = [change.name for change in stages.compare(root / "lesson06", root / "lesson07")]
    assert names[-4:] == ["use.py", "test_server.py", "threads_chat/test_chat.py", "README.md"]
    assert names[:-3] == sorted(names[:-3])


@pytest.mark.parametrize(
    "line",
    [
        "from common.messages import decode",
        "from common import hub, messages",
        "import common.messages",
        "import common.messages as wire",
    ],
)
def test_every_way_to_import_from_common_is_a_graduation(line):
    assert "messages" in stages.names_from_common({"a.py": line.encode(), "b.py": b"def broken("})


def test_a_module_of_another_package_is_no_graduation():
    files = {"a.py": b"import messages\nfrom .common import x\nimport uncommon.messages"}
    assert stages.names_from_common(files) == set()


def test_line_ends_of_windows_are_no_change_but_one_of_them_is():
    assert stages.change("a.py", b"one\ntwo\n", b"one\r\ntwo\r\n").status == "unchanged"
    assert stages.change("a.py", b"one\ntwo\n", b"one\r\ntwo\n").added == 1


def test_a_file_of_more_lines_than_the_budget_is_marked():
    change = stages.change("a.py", b"", b"x\n" * 61)
    assert diff.row_colours(change) == ["yellow"]
    assert diff.row_colours(stages.change("a.py", b"", b"x\n" * 60)) == []
