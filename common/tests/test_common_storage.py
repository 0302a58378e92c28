"""Tests that what was learnt in lesson 11 is here as it was there, but for where its parts are."""

import ast
import unittest
from pathlib import Path

COMMON = Path(__file__).resolve().parents[1]
LESSON = COMMON.parent / "lesson11"
SAME_NAME = (
    *("bell", "effects", "engines", "keeping", "queries", "records"),
    *("schema", "storage", "tables", "troubles", "writer"),
)
MODULES = {name: name for name in SAME_NAME} | {"storing_hub": "hub"}  # in common: in lesson 11
HEAD = "Taught in lesson 11."
IMPORTS = (ast.Import, ast.ImportFrom)


def imported_names(tree):
    """Return the names that a module imports, wherever from."""
    imports = [node for node in ast.walk(tree) if isinstance(node, IMPORTS)]
    return sorted(alias.asname or alias.name for node in imports for alias in node.names)


def rest_of(tree):
    """Return a module without its docstring and its imports, as text that can be compared."""
    body = [node for node in tree.body[1:] if not isinstance(node, IMPORTS)]
    return ast.dump(ast.Module(body, []), indent=1)


def lines_of(text):
    """Return the lines from the first one on that is neither docstring nor import nor empty."""
    body = ast.parse(text).body[1:]
    first = next(node for node in body if not isinstance(node, IMPORTS))
    before = [node.end_lineno for node in ast.parse(text).body if node.lineno < first.lineno]
    return text.splitlines()[max(before) :]


class SameTest(unittest.TestCase):
    """The lesson's module, and the one that graduated from it."""

    def expect_same(self, what):
        """Expect that something of both texts is the same, for every module."""
        for name, origin in MODULES.items():
            here = (COMMON / f"{name}.py").read_text(encoding="utf-8")
            there = (LESSON / f"{origin}.py").read_text(encoding="utf-8")
            with self.subTest(module=name):
                self.assertEqual(what(here), what(there))

    def test_the_code_is_the_same(self):
        self.expect_same(lambda text: rest_of(ast.parse(text)))

    def test_so_are_the_comments_and_the_very_lines(self):
        self.expect_same(lines_of)

    def test_they_import_the_same_names(self):
        self.expect_same(lambda text: imported_names(ast.parse(text)))

    def test_the_docstring_has_a_new_head_and_is_the_same_otherwise(self):
        for name, origin in MODULES.items():
            here = ast.get_docstring(ast.parse((COMMON / f"{name}.py").read_text("utf-8")))
            there = ast.get_docstring(ast.parse((LESSON / f"{origin}.py").read_text("utf-8")))
            with self.subTest(module=name):
                self.assertTrue(here.startswith(HEAD))
                self.assertEqual(here.removeprefix(HEAD).split(), there.split())

    def test_none_is_forgotten(self):
        heads = [
            path.stem
            for path in COMMON.glob("*.py")
            if (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").startswith(HEAD)
        ]
        self.assertEqual(sorted(heads), sorted(MODULES))

    def test_they_need_nothing_but_common(self):
        for name in MODULES:
            tree = ast.parse((COMMON / f"{name}.py").read_text("utf-8"))
            froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            with self.subTest(module=name):
                self.assertEqual(froms & {*SAME_NAME, "hub", "databases", "postgres"}, set())


if __name__ == "__main__":
    unittest.main()
