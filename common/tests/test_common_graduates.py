"""Tests that what has graduated is here as its lesson has it, but for where its parts are.

The tests of these modules are in their lessons: what is the same need not be tested twice.
"""

import ast
import re
import unittest
from pathlib import Path

COMMON = Path(__file__).resolve().parents[1]
LESSONS = {
    6: ("decorators",),
    7: ("connection",),
    8: ("names", "screen"),
    9: ("hub", "limits", "peer", "rules"),
    10: ("port", "verifiers"),
    11: (
        *("bell", "effects", "engines", "keeping", "queries", "records"),
        *("schema", "storage", "storing_hub", "tables", "troubles", "writer"),
    ),
    12: (
        *("answers", "asking", "client_database", "client_lines", "client_rows", "client_storage"),
        *("client_tables", "console", "contact_hub", "control_thread", "events", "icons"),
        *("pending", "server_actions", "server_control", "server_models", "server_tables"),
        "session",
    ),
}
OTHER_NAMES = {"storing_hub": "hub", "contact_hub": "hub"}  # in common: in its lesson
MADE_OF_MORE = {"messages", "loggers"}  # these grew from functions of several scripts
PART_OF_MORE = {"client_thread": "lesson12/client.py"}  # this has a class of a script, as it is
LOGGER = "logger = logging.getLogger("  # a lesson has it from its package log
IMPORTS = (ast.Import, ast.ImportFrom)


def graduates():
    """Return lesson, name in common and file in the lesson of each module."""
    for number, names in LESSONS.items():
        for name in names:
            file = f"{OTHER_NAMES.get(name, name)}.py"
            yield number, name, COMMON.parent / f"lesson{number:02}" / file


def read(path):
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


def docstring(path):
    """Return the docstring of a module."""
    return ast.get_docstring(ast.parse(read(path))) or ""


def words(paragraphs):
    """Return the words of some paragraphs."""
    return " ".join(paragraphs).split()


def imported_names(text):
    """Return the names that a module imports, wherever from."""
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, IMPORTS)]
    names = {alias.asname or alias.name for node in imports for alias in node.names}
    return sorted(names - {"logger", "logging"})


def code(text):
    """Return a module without its docstring and its imports, as text that can be compared."""
    body = [node for node in ast.parse(text).body[1:] if not isinstance(node, IMPORTS)]
    return [code for code in map(ast.unparse, body) if not code.startswith(LOGGER)]


def lines_of(text):
    """Return the lines from the first one on that is neither docstring nor import nor empty."""
    body = ast.parse(text).body
    first = next(node for node in body[1:] if not isinstance(node, IMPORTS))
    before = [node.end_lineno for node in body if node.lineno < first.lineno]
    lines = text.splitlines()[max(before) :]
    return [line for line in lines if line and not line.startswith(LOGGER)]


def client_of(text):
    """Return the class Client, and the constants above it."""
    return [part for part in code(text) if re.match(r"[A-Z_]+ = |class Client\b", part)]


class GraduatesTest(unittest.TestCase):
    """The module of a lesson, and the one that graduated from it."""

    def expect_same(self, what):
        """Expect that something of both texts is the same, for every module."""
        for number, name, origin in graduates():
            with self.subTest(module=name, lesson=number):
                self.assertEqual(what(read(COMMON / f"{name}.py")), what(read(origin)))

    def test_the_code_is_the_same(self):
        self.expect_same(code)

    def test_so_are_the_comments_and_the_very_lines(self):
        self.expect_same(lines_of)

    def test_they_import_the_same_names(self):
        self.expect_same(imported_names)

    def test_the_docstring_names_the_lesson_first_and_may_say_its_first_line_in_less_words(self):
        for number, name, origin in graduates():
            head, here = f"Taught in lesson {number:02}.", docstring(COMMON / f"{name}.py")
            first, *rest = here.removeprefix(head).split("\n\n")
            there = docstring(origin).split("\n\n")
            with self.subTest(module=name):
                self.assertTrue(here.startswith(head))
                self.assertEqual(words(rest), words(there[1:] if first else there))

    def test_none_is_forgotten(self):
        taught = {path.stem for path in COMMON.glob("*.py") if docstring(path).startswith("Taught")}
        copies = {name for _, name, _ in graduates()}
        self.assertEqual(taught - MADE_OF_MORE - PART_OF_MORE.keys(), copies)

    def test_a_class_of_a_script_is_the_same(self):
        for name, origin in PART_OF_MORE.items():
            with self.subTest(module=name):
                there = client_of(read(COMMON.parent / origin))
                self.assertEqual(client_of(read(COMMON / f"{name}.py")), there)

    def test_they_need_nothing_but_common(self):
        for _, name, origin in graduates():
            tree = ast.parse(read(COMMON / f"{name}.py"))
            froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            with self.subTest(module=name):
                self.assertEqual(froms & {path.stem for path in origin.parent.glob("*.py")}, set())


if __name__ == "__main__":
    unittest.main()
