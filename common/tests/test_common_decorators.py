"""Tests of common/decorators.py: those of lesson 6."""

import inspect
import logging
import unittest

from common import decorators
from common.decorators import log


@log
def greet(name, times=1, *, mood="calm"):
    """Greet somebody."""
    return f"{name} {mood} " * times


@log
def fail():
    """Raise an exception."""
    raise KeyError("as it should")


@log
def use(*things, **named):
    """Take whatever comes."""


@log
def login(name, password):
    """Take a secret."""


class Desk:
    """Something that has methods."""

    @log
    def double(self, number):
        return 2 * number

    @classmethod
    @log
    def build(cls, number):
        return number

    @staticmethod
    @log
    def add(one, other):
        return one + other


class Costly(dict):
    """A dictionary that must not be looked at."""

    def items(self):
        raise AssertionError("somebody looked")


class LineTest(unittest.TestCase):
    """What a test needs that looks at a line."""

    def line_of(self, function, *args, **kwargs):
        """Call a function; return the line that is logged."""
        with self.assertLogs("messenger", "DEBUG") as logs:
            function(*args, **kwargs)
        (record,) = logs.records
        return record.getMessage()


class LogTest(LineTest):
    def test_the_line_has_name_arguments_and_caller(self):
        expected = "Function greet(name='Вася', times=2) called from function line_of"
        self.assertEqual(self.line_of(greet, "Вася", times=2), expected)

    def test_without_arguments_the_brackets_are_empty(self):
        self.assertEqual(self.line_of(use), "Function use() called from function line_of")

    def test_the_record_is_debug_and_bears_the_module_of_the_caller(self):
        with self.assertLogs("messenger", "DEBUG") as logs:
            greet("bob")
        (record,) = logs.records
        self.assertEqual((record.levelname, record.module), ("DEBUG", "test_common_decorators"))

    def test_methods_of_every_kind_are_logged(self):
        table = {
            "double(self=<class '": lambda: Desk().double(number=4),
            "build(cls=<class '": lambda: Desk.build(4),
            "add(one=1, other=2)": lambda: Desk.add(1, 2),
        }
        for words, call in table.items():
            with self.subTest(words=words):
                self.assertIn(f"Function {words}", self.line_of(call))

    def test_result_and_exception_pass(self):
        self.assertEqual(Desk().double(21), 42)
        with self.assertRaises(KeyError):
            fail()

    def test_wrong_arguments_raise_what_they_always_raise(self):
        with self.assertRaisesRegex(TypeError, "greet"):
            greet()

    def test_name_docstring_and_signature_are_kept(self):
        self.assertEqual((greet.__name__, greet.__doc__), ("greet", "Greet somebody."))
        self.assertEqual(str(inspect.signature(greet)), "(name, times=1, *, mood='calm')")

    def test_with_debug_off_the_arguments_are_not_looked_at(self):
        logger = logging.getLogger("messenger")
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.INFO)
        use(Costly())


class SecretsTest(LineTest):
    def expect_hidden(self, function, *args, **kwargs):
        """Expect a line without the secret."""
        line = self.line_of(function, *args, **kwargs)
        self.assertNotIn("hunter2", line)
        self.assertIn("***", line)

    def test_an_argument_with_such_a_name_is_hidden(self):
        self.expect_hidden(login, "anna", "hunter2")
        self.expect_hidden(login, name="anna", password="hunter2")
        for name in ("Password", "user_secret", "auth_token", "PRIVATE_KEY", "passphrase", "pwd"):
            with self.subTest(name=name):
                self.expect_hidden(use, **{name: "hunter2"})

    def test_a_key_inside_an_argument_is_hidden(self):
        self.expect_hidden(use, {"user": {"password": "hunter2"}})
        self.expect_hidden(use, [("x", {"private_key": ["hunter2"]})])

    def test_a_message_that_is_still_text_is_hidden(self):
        self.expect_hidden(use, '{"password": "hunter2"}')

    def test_of_unknown_objects_and_bytes_only_the_type_is_shown(self):
        for value in (b"hunter2", {"hunter2"}, Exception("hunter2")):
            with self.subTest(type=type(value)):
                self.assertNotIn("hunter2", self.line_of(use, value))

    def test_the_other_arguments_are_shown(self):
        self.assertIn("anna", self.line_of(login, "anna", "hunter2"))


class LengthTest(LineTest):
    def test_a_long_argument_is_shortened(self):
        self.assertLess(len(self.line_of(use, text="x" * 100_000, row=list(range(9999)))), 250)

    def test_a_value_inside_itself_does_no_harm(self):
        row = []
        row.append(row)
        self.assertLess(len(self.line_of(use, row)), 250)

    def test_a_short_text_is_not_shortened(self):
        self.assertEqual(decorators.shorten("x" * 60), "x" * 60)


if __name__ == "__main__":
    unittest.main()
