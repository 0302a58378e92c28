"""Lint passes a small good course, and tells what is wrong with one that is broken in one way."""

import argparse
import signal
import subprocess
import sys

import pytest

from course.commands import lint
from course.lessons import ROOT, Course
from course.lint import blocks, compare, concepts, programs
from course.lint.imports import REACH_COMMON

SERVER = '''"""A server."""

import argparse
import socket


def main():
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-p", type=int)
    port = parser.parse_args().p
    with socket.create_server(("127.0.0.1", port)) as server:
        try:
            print("Listening on port", port)
            while True:
                server.settimeout(0.2)
                try:
                    sock, _ = server.accept()
                except TimeoutError:
                    continue
                with sock:
                    print("Somebody came.")
        except KeyboardInterrupt:
            print("Stopped.")


if __name__ == "__main__":
    main()
'''
CLIENT = '''"""A client."""

import socket
import sys
from pathlib import Path

from words import Wrong, greet

if __name__ == "__main__":
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1]))):
            print(greet(input()))
    except Wrong:
        sys.exit(1)
'''
WORDS = '''"""Words."""


class Wrong(ValueError):
    """Wrong words."""


def greet(name):
    """Return a greeting."""
    return f"Hello, {name}!"
'''
GREETING = '"""Taught in lesson 05. Greetings."""\n\nHELLO = "Hello"\n'
NEXT_CLIENT = CLIENT.replace(
    "from words", f"{REACH_COMMON}\n\nfrom common.greeting import HELLO\nfrom words"
)
TRY_IT = """\
```console
$ python {lesson}/server.py -p 7701
Listening on port 7701
Somebody came.
^C
Stopped.
```

```console
$ python {lesson}/client.py 7701
> Вася
Hello, Вася!
```
"""
PAGE = """\
# Lesson {number}: words

## What hurts
Nothing. [The last page](../README.md#the-small-course).

## Assignment
L0{number}-R1.

## One idea
Talk.

## Files
| file | what happens |
|---|---|
| `client.py`, `server.py` | changed |
| `words.py` | {words} |

## Read in this order
Top to bottom.

## Try it
{try_it}
## Check your own
Do.

## Hints
1. One.
2. Two.
3. Three.

## Still wrong
All.
"""
REQUIREMENTS = '[lesson05]\nL05-R1 = "Greet."\n\n[lesson06]\nL06-R1 = "Greet again."\n'


def page(number, words):
    """Return the page of a lesson."""
    try_it = TRY_IT.format(lesson=f"lesson0{number}")
    return PAGE.format(number=number, words=words, try_it=try_it)


FILES = {
    "README.md": "# The small course\n\n[Begin](lesson05/README.md)\n",
    "common/greeting.py": GREETING,
    "common/tests/test_greeting.py": "class TestGreeting:\n    pass\n",
    "common/later.py": '"""Taught in lesson 06. Later."""\n\nLATER = 1\n',
    "course/requirements.toml": REQUIREMENTS,
    "course/checks/lesson05.py": '"""Checks of L05-R1."""\n',
    "course/checks/lesson06.py": '"""Checks of L06-R1."""\n',
    "lesson05/README.md": page(5, "created"),
    "lesson05/client.py": CLIENT,
    "lesson05/server.py": SERVER,
    "lesson05/words.py": WORDS,
    "lesson06/README.md": page(6, "unchanged"),
    "lesson06/client.py": NEXT_CLIENT,
    "lesson06/server.py": SERVER,
    "lesson06/words.py": WORDS,
}


class SmallCourse:
    """A course in a folder of its own, to be broken."""

    def __init__(self, root, capsys):
        self.root, self.capsys = root, capsys
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name, old, new):
        """Change a file that has the old text."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def try_it(self, *lines):
        """Let the page of lesson 5 have these lines for its only console block."""
        block = "\n".join(["```console", *lines, "```", ""])
        self.replace("lesson05/README.md", TRY_IT.format(lesson="lesson05"), block)

    def lint(self, *words):
        """Return the exit code of lint and the lines that it prints, the notes aside."""
        parser = argparse.ArgumentParser()
        lint.add_arguments(parser)
        code = lint.run(parser.parse_args(words), Course(self.root))
        lines = self.capsys.readouterr().out.splitlines()
        return code, [line for line in lines if not line.startswith("note:")]

    def only_finding(self, *words):
        """Return the one finding that there is."""
        code, lines = self.lint(*words)
        findings = [line for line in lines[:-1] if not line.startswith(" ")]
        assert (code, len(findings)) == (1, 1), lines
        assert lines[-1].startswith("findings: 1, ")
        return findings[0]


@pytest.fixture
def small_course(tmp_path, capsys, monkeypatch):
    """Return a good small course."""
    monkeypatch.delenv(blocks.RUNNING, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    return SmallCourse(tmp_path / "small course", capsys)


def test_a_good_course_passes_and_its_blocks_are_executed(small_course):
    code, lines = small_course.lint()
    assert code == 0
    assert lines == ["findings: 0, notes: 0, console blocks executed: 4, not executed: 0"]


def test_lint_is_a_command_of_the_course(small_course):
    small_course.replace("lesson05/server.py", "import socket", "import socket\nimport queue")
    command = [sys.executable, "-m", "course", "--root", small_course.root, "lint", "--no-blocks"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("lesson05/server.py:5: queue: taught in lesson 8")


MAIN = "def main():\n"
SWAPPED = "Still wrong\nAll.\n\n## Hints\n1. One.\n2. Two.\n3. Three."
BREAKS = {
    "a later module": ("lesson05/server.py", MAIN, "import threading\n\n\n" + MAIN, "lesson 8"),
    "a later part of a module": (
        *("lesson05/server.py", MAIN, "from concurrent.futures import wait\n\n\n" + MAIN),
        "concurrent: taught in lesson 8",
    ),
    "a class before its lesson": ("lesson05/words.py", "(ValueError)", "", "a class: taught in"),
    "a class of that name": (
        *("lesson06/server.py", MAIN, "class Server(ValueError):\n    pass\n\n\n" + MAIN),
        "a class Server: taught in lesson 9",
    ),
    "a decorator": ("lesson05/server.py", MAIN, "@print\n" + MAIN, "a decorator: taught in"),
    "slots": ("lesson05/server.py", MAIN, "__slots__ = ()\n" + MAIN, "__slots__: taught in"),
    "a metaclass": (
        *("lesson05/words.py", "(ValueError)", "(ValueError, metaclass=type)"),
        "a metaclass: taught in lesson 10",
    ),
    "a descriptor": ("lesson05/server.py", "main():", "__get__():", "a descriptor: taught in"),
    "async": ("lesson05/server.py", MAIN, "async " + MAIN, "async has no place"),
    "pickle": ("lesson05/server.py", MAIN, "import pickle\n\n\n" + MAIN, "pickle has no place"),
    "eval": ("lesson05/server.py", 'print("Stopped.")', 'eval("1")', "eval has no place"),
    "a later module in common": (
        *("common/greeting.py", "HELLO", "import ssl\n\nHELLO"),
        "greeting.py:3: ssl: taught in lesson 14",
    ),
    "another lesson": (
        *("lesson06/client.py", "from words", "from lesson05.words"),
        "lesson05 is another lesson",
    ),
    "another lesson by its path": (
        *("lesson06/client.py", "from words", 'sys.path.append("../lesson05")\nfrom words'),
        "lesson05 is another lesson",
    ),
    "another lesson by a call": (
        *("lesson05/server.py", MAIN, '__import__("lesson06.server")\n\n\n' + MAIN),
        "lesson06 is another lesson",
    ),
    "the course": (
        *("lesson05/server.py", "import socket", "import socket\nfrom course import console"),
        "does not know course/",
    ),
    "the course by a call": (
        *("lesson05/server.py", MAIN, '__import__("course.console")\n\n\n' + MAIN),
        "does not know course/",
    ),
    "a common module taught here": (
        *("lesson06/client.py", "common.greeting import HELLO", "common.later import LATER"),
        "common.later is taught in lesson 6",
    ),
    "a common module that is not there": (
        *("lesson06/client.py", "common.greeting", "common.nothing"),
        "there is no common/nothing.py",
    ),
    "a package before its lesson": (
        *("lesson05/server.py", "import socket", "import socket\nimport cryptography"),
        "cryptography may be used from lesson 14 on",
    ),
    "an unknown package": (
        *("lesson05/server.py", "import socket", "import socket\nimport requests"),
        "requests is no sibling",
    ),
    "out of the lesson": (
        *("lesson05/server.py", "import socket", "import socket\nfrom .. import lesson06"),
        "leads out of the lesson",
    ),
    "common out of reach": (
        *("lesson06/client.py", REACH_COMMON + "\n", ""),
        "put this line before it, once",
    ),
    "a common module on a later one": (
        *("common/greeting.py", "HELLO", "from common.later import LATER\n\nHELLO"),
        "common.later is taught later",
    ),
    "a common module without its lesson": (
        *("common/later.py", "Taught in lesson 06. ", ""),
        "common/later.py:1: begin the docstring",
    ),
    "a course that imports a lesson": (
        *("course/checks/lesson05.py", '."""\n', '."""\n\nimport lesson05.server\n'),
        "course/checks/lesson05.py:3: lesson05",
    ),
    "a course that imports common": (
        *("course/checks/lesson05.py", '."""\n', '."""\n\nfrom common import greeting\n'),
        "course/checks/lesson05.py:3: common",
    ),
    "an id missing on the page": (
        *("lesson05/README.md", "L05-R1", "To greet"),
        "L05-R1 is not named: name it under Assignment",
    ),
    "an id on the page, elsewhere": (
        *("lesson05/README.md", "L05-R1.\n\n## One idea", "Greet.\n\n## One idea\nL05-R1."),
        "L05-R1 is not named: name it under Assignment",
    ),
    "an id missing in the checks": (
        *("course/checks/lesson05.py", "L05-R1", "greetings"),
        "course/checks/lesson05.py:1: L05-R1 is not named: check it",
    ),
    "an unknown id": (
        *("lesson05/README.md", "L05-R1", "L05-R1, L05-V7"),
        "README.md:7: L05-V7 is not in course/requirements.toml",
    ),
    "two hints": ("lesson05/README.md", "3. Three.\n", "", "2 hints: give 3"),
    "headings in another order": (
        *(
            "lesson05/README.md",
            "Hints\n1. One.\n2. Two.\n3. Three.\n\n## Still wrong\nAll.",
            SWAPPED,
        ),
        "write ## Hints here, instead of ## Still wrong",
    ),
    "a heading too many": (
        *("lesson05/README.md", "All.\n", "All.\n\n## More\n"),
        "end the page before this",
    ),
    "another title": ("lesson05/README.md", "Lesson 5:", "Lesson 6:", "begin the page with"),
    "pasted source": (
        *("lesson05/README.md", "Talk.", "```python\n" + "a = 1\n" * 6 + "```"),
        "more than 5 lines of source",
    ),
    "a byte of an unchanged file": (
        *("lesson06/words.py", "Hello,", "hello,"),
        "words.py is called unchanged, but differs from lesson05/words.py",
    ),
    "a file that is not there": (
        *("lesson05/README.md", "`server.py` |", "`server.py`, `more.py` |"),
        "there is no more.py",
    ),
    "a removed file that is there": (
        *("lesson05/README.md", "| `words.py` | created", "| `words.py` | removed"),
        "words.py is there",
    ),
    "a file that is not named": (
        *("lesson05/README.md", "`client.py`, `server.py`", "`client.py`"),
        "server.py is not named in the table",
    ),
    "a dead link": (
        *("README.md", "lesson05/README.md", "lesson05/nothing.md"),
        "README.md:3: the link to lesson05/nothing.md leads nowhere",
    ),
    "a dead anchor": (
        *("lesson05/README.md", "#the-small-course", "#the-big-course"),
        "there is no heading for #the-big-course",
    ),
    "a long function": (
        *("lesson05/words.py", '    """Return a greeting."""\n', "    name = name\n" * 25),
        "greet has 27 lines",
    ),
}


@pytest.mark.parametrize("title", BREAKS)
def test_a_broken_rule_is_the_only_finding(small_course, title):
    name, old, new, words = BREAKS[title]
    small_course.replace(name, old, new)
    if name == "lesson05/words.py":  # lesson 6 calls it unchanged
        small_course.replace("lesson06/README.md", "unchanged", "changed")
    assert words in small_course.only_finding("--no-blocks")


def test_a_file_of_tests_waits_for_lesson_4(small_course):
    small_course.root.joinpath("lesson05").rename(small_course.root / "lesson03")
    small_course.write("lesson03/test_words.py", '"""Tests."""\n')
    lines = small_course.lint("3", "--no-blocks")[1]
    assert "lesson03/test_words.py:1: a file of tests: taught in lesson 4" in "\n".join(lines)


def test_lesson_4_imports_nothing_from_common(small_course):
    small_course.root.joinpath("lesson06").rename(small_course.root / "lesson04")
    lines = small_course.lint("4", "--no-blocks")[1]
    assert "common/ is in use from lesson 5 on" in "\n".join(lines)


def test_a_variant_may_be_ahead_but_not_do_what_has_no_place(small_course):
    small_course.replace("lesson05/README.md", "`server.py` |", "`server.py`, `other/` |")
    small_course.write("lesson05/other/server.py", "import selectors\n")
    assert small_course.lint("--no-blocks")[0] == 0
    small_course.write("lesson05/other/server.py", "import pickle\n")
    assert "pickle has no place" in small_course.only_finding("--no-blocks")


def test_exceptions_and_tests_are_no_classes_to_be_taught(small_course):
    test = "import unittest\nimport words\n\n\nclass TestWords(unittest.TestCase):\n    pass\n"
    small_course.write("lesson05/test_words.py", test)
    more = "import words\n\n\nclass Worse(words.Wrong):\n    pass\n"
    small_course.write("lesson05/worse.py", more)
    named = "`server.py`, `test_words.py`, `worse.py` |"
    small_course.replace("lesson05/README.md", "`server.py` |", named)
    assert small_course.lint("--no-blocks")[0] == 0


def test_every_module_of_the_table_is_found_before_its_lesson(small_course):
    source = "\n".join(f"import {name}" for name in concepts.MODULES)
    small_course.write("common/early.py", f'"""Taught in lesson 03."""\n\n{source}\n')
    output = "\n".join(small_course.lint("--no-blocks")[1])
    assert [name for name in concepts.MODULES if f": {name}" not in output] == []


def test_one_lesson_can_be_chosen(small_course):
    small_course.replace("lesson06/words.py", "Hello", "hello")
    small_course.replace("README.md", "lesson05", "lesson")
    assert small_course.lint("5", "--no-blocks")[0] == 0
    assert "unchanged" in small_course.only_finding("lesson06", "--no-blocks")


def test_what_is_over_budget_is_noted_and_does_not_fail(small_course, capsys):
    small_course.replace("lesson06/server.py", MAIN, "A = 1\n" * 201 + MAIN)
    assert lint.run(argparse.Namespace(lessons=[], no_blocks=True), Course(small_course.root)) == 0
    output = capsys.readouterr().out
    assert "note: lesson06/server.py has 229 lines" in output
    assert "note: lesson06/server.py has 201 changed lines since lesson05" in output
    assert "note: lesson06 has 204 changed lines" in output


LIES = {
    "other output": (
        ["$ python -c 'print(1)'", "2"],
        "README.md:23: python -c 'print(1)': it prints something else than the page says",
    ),
    "output left out": (["$ python -c 'print(1)'"], "it prints something else"),
    "another exit code": (["$ python -c 'raise SystemExit(3)'"], "exit code 3, not 0"),
    "an error that does not come": (["$ python -c 1", "[exit code 1]"], "exit code 0, not 1"),
    "a server without a port": (["$ python lesson05/server.py"], "write a port, 7700 to 7799"),
    "a client without a port": (["$ python lesson05/client.py 8888"], "write a port"),
    "no such command": (["$ no-such-command"], "no command no-such-command here"),
    "a pipe": (["$ python -c 1 | cat"], "there is no shell"),
    "a quotation without an end": (["$ python -c 'print"], "No closing quotation"),
    "no such folder": (["$ cd nowhere && python -c 1"], "nowhere"),
    "no command": (["Hello"], "without a line that begins with $"),
    "a program that ends before Ctrl+C": (
        ["$ python -c 'print(1)'", "1", "2", "^C"],
        "it ended before Ctrl+C",
    ),
    "a program that begins otherwise": (
        ["$ python -c 'print(1)'", "Ready", "^C", "Stopped."],
        "it did not begin as the page says",
    ),
    "a program that ends otherwise": (
        ["$ python lesson05/server.py -p 7701", "Listening on port 7701", "^C", "Bye."],
        "it prints something else than the page says",
    ),
}


@pytest.mark.parametrize("title", LIES)
def test_a_block_that_lies_is_the_only_finding(small_course, title):
    lines, words = LIES[title]
    small_course.try_it(*lines)
    assert words in small_course.only_finding("5")


TRUTHS = {
    "one that fails": ["$ python -c 'raise SystemExit(\"No.\")'", "No.", "[exit code 1]"],
    "both streams in order": [
        "$ python -c 'import sys; print(1); print(2, file=sys.stderr); print(3)'",
        *("1", "2", "3"),
    ],
    "in a folder": ["$ cd lesson05 && python -c 'from words import greet'"],
    "a file": ["$ cat lesson05/words.py", '"""Words."""', "...", '    return f"Hello, ...!"'],
    "help": ["$ python lesson05/server.py --help", "usage: server.py ...", "..."],
    "wrong arguments": ["$ python lesson05/server.py -p x", "...", "[exit code 2]"],
    "a path": ["$ python -c 'import os; print(os.path.abspath(\"README.md\"))'", "README.md"],
    "two commands": ["$ python -c 'print(1)'", "1", "", "$ python -c 'print(2)'", "2"],
}


@pytest.mark.parametrize("title", TRUTHS)
def test_a_true_block_is_none(small_course, title):
    small_course.try_it(*TRUTHS[title])
    assert small_course.lint("5")[1][:-1] == []


def test_a_difference_is_shown(small_course):
    small_course.try_it("$ python -c 'print(1); print(2)'", "1", "3")
    lines = small_course.lint("5")[1]
    assert {"    -3", "    +2", "     1"} < set(lines)


def test_a_program_that_does_not_stop_is_stopped_and_told(small_course, monkeypatch):
    monkeypatch.setattr(blocks, "LIMIT", 1)
    small_course.try_it("$ python lesson05/server.py -p 7701", "Listening on port 7701")
    assert "it runs longer than 1 s" in small_course.only_finding("5")


def test_a_program_that_ignores_ctrl_c_is_stopped_and_told(small_course, monkeypatch):
    monkeypatch.setattr(blocks, "STOP", 0.5)
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    deaf += 'print(1); __import__("threading").Event().wait()'
    small_course.try_it(f"$ python -c '{deaf}'", "1", "^C")
    assert "it did not stop within 0.5 s of Ctrl+C" in small_course.only_finding("5")


def test_ctrl_c_works_where_whoever_runs_lint_has_switched_it_off(small_course):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert small_course.lint("5")[0] == 0
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups to look into")
def test_a_program_left_behind_is_stopped_and_told(small_course, monkeypatch):
    monkeypatch.setattr(programs, "PATIENCE", 0.5)
    child = "import sys, time; print(1); time.sleep(600)"
    mother = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', '{child}'])"
    small_course.write("lesson05/mother.py", mother + "\n")
    small_course.replace("lesson05/README.md", "`server.py` |", "`server.py`, `mother.py` |")
    small_course.try_it("$ python lesson05/mother.py", "...")
    assert "it left a program running" in small_course.only_finding("5")


def test_a_block_can_be_marked_as_not_executed(small_course):
    small_course.try_it("$ no-such-command")
    mark = "<!-- not executed: there is none -->\n```console"
    small_course.replace("lesson05/README.md", "```console", mark)
    assert small_course.lint("5")[1][-1].endswith("console blocks executed: 0, not executed: 1")


def test_a_block_that_would_not_be_executed_is_told(small_course):
    small_course.replace("lesson05/README.md", "Talk.", "```bash\n$ ls\n```")
    assert "README.md:10: begin the line with ```console" in small_course.only_finding("5")


def test_no_blocks_inside_blocks(small_course, monkeypatch):
    monkeypatch.setenv(blocks.RUNNING, "1")
    small_course.try_it("$ no-such-command")
    assert small_course.lint()[0] == 0


@pytest.mark.parametrize(
    ("expected", "received"),
    [
        ("at 1763672587.5", "at 1863672599.123"),
        ('{"time": TIME}', '{"time": 1863672599.123}'),
        ("2026-11-20 14:03:07,123 INFO", "2027-01-02 00:00:00,001 INFO"),
        ("2026-11-20 14:03:07 +0300 x", "2027-01-02 00:00:00 +0000 x"),
        ("Ran 3 tests in 0.003s", "Ran 3 tests in 1.250s"),
        ("127.0.0.1:54321 came", "127.0.0.1:40000 came"),
        ("('127.0.0.1', 54321)", "('127.0.0.1', 40000)"),
        ("/tmp/abc/x.py", "/tmp/def/y.py"),
        ("one ", "one"),
        ("a ... d", "a b c d"),
        ("a\n...\nd", "a\nb\nc\nd"),
        ("a\n...", "a"),
        ("===== 1 passed =====", "======= 1 passed ======="),
    ],
)
def test_what_varies_agrees(expected, received):
    assert compare.agrees(expected.split("\n"), received + "\n")


@pytest.mark.parametrize(
    ("expected", "received"),
    [
        *(("a", "b"), ("a", "a\nb"), ("a\nb", "a"), ("a ... d", "a b\nc d"), ("...\nx", "y")),
        *(("port 7701", "port 7702"), ("a.c", "abc"), ("127.0.0.1:7701", "127.0.0.1:7702")),
    ],
)
def test_what_differs_does_not_agree(expected, received):
    assert not compare.agrees(expected.split("\n"), received + "\n")
