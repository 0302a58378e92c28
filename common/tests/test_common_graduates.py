"""Tests that what has graduated is here as its lesson has it, but for where its parts are.

The tests of these modules are in their lessons: what is the same need not be tested twice.
"""

import ast
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
}
OTHER_NAMES = {"storing_hub": "hub"}  # in common: in its lesson
MADE_OF_MORE = {"messages", "loggers"}  # these grew from functions of several scripts
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
    return sorted(alias.asname or alias.name for node in imports for alias in node.names)


def code(text):
    """Return a module without its docstring and its imports, as text that can be compared."""
    body = [node for node in ast.parse(text).body[1:] if not isinstance(node, IMPORTS)]
    return ast.dump(ast.Module(body, []), indent=1)


def lines_of(text):
    """Return the lines from the first one on that is neither docstring nor import nor empty."""
    body = ast.parse(text).body
    first = next(node for node in body[1:] if not isinstance(node, IMPORTS))
    before = [node.end_lineno for node in body if node.lineno < first.lineno]
    return text.splitlines()[max(before) :]


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
        self.assertEqual(taught - MADE_OF_MORE, {name for _, name, _ in graduates()})

    def test_they_need_nothing_but_common(self):
        for _, name, origin in graduates():
            tree = ast.parse(read(COMMON / f"{name}.py"))
            froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            with self.subTest(module=name):
                self.assertEqual(froms & {path.stem for path in origin.parent.glob("*.py")}, set())


if __name__ == "__main__":
    unittest.main()
