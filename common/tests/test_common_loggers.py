"""Tests of common/loggers.py: those of lesson 5, and the files it opens."""

import logging
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from common import loggers


def record_of(text, *args, exc_info=None):
    """Return a record, as a logger makes it."""
    return logging.LogRecord("messenger", logging.INFO, __file__, 1, text, args, exc_info)


class OneLineTest(unittest.TestCase):
    def text_of(self, record):
        """Return what would be written of a record."""
        self.assertTrue(loggers.one_line(record), "the filter lets every record pass")
        return logging.Formatter(loggers.FORMAT).format(record)

    def test_ordinary_text_stays_as_it_is(self):
        self.assertTrue(self.text_of(record_of("Вася: %d %%", 5)).endswith("Вася: 5 %"))

    def test_line_ends_and_control_characters_become_escapes(self):
        table = {
            "\n": r"\n",
            "\r": r"\r",
            "\x1b": r"\x1b",
            "\u2028": r"\u2028",
            "\u202e": r"\u202e",
        }
        for character, escape in table.items():
            with self.subTest(escape=escape):
                text = self.text_of(record_of("a%sb", character))
                self.assertTrue(text.endswith(f"a{escape}b"))

    def test_a_traceback_stays_on_the_line(self):
        try:
            raise KeyError("lost")
        except KeyError:
            record = record_of("failed", exc_info=sys.exc_info())
        text = self.text_of(record)
        self.assertIn("KeyError: 'lost'", text)
        self.assertNotIn("\n", text)

    def test_a_long_text_is_cut(self):
        self.assertLess(len(self.text_of(record_of("x" * 100_000))), 1100)


class OpenLogTest(unittest.TestCase):
    def setUp(self):
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "test.log"
        self.addCleanup(loggers.messenger.setLevel, loggers.messenger.level)
        self.addCleanup(self.close_handlers, list(loggers.messenger.handlers))

    def close_handlers(self, before):
        """Take away what open_log has added."""
        for handler in [one for one in loggers.messenger.handlers if one not in before]:
            loggers.messenger.removeHandler(handler)
            handler.close()

    def lines(self):
        """Return the lines of the file."""
        return self.path.read_text(encoding="utf-8").splitlines()

    def test_the_whole_family_writes_to_it_once(self):
        loggers.open_log(self.path)
        logging.getLogger("messenger.server").info("one")
        logging.getLogger("messenger.calls").debug("two\nhalves")
        self.assertRegex(self.lines()[0], r"\A\S+ \S+,\d{3} INFO test_common_loggers one\Z")
        self.assertRegex(self.lines()[1], r"DEBUG test_common_loggers two\\nhalves\Z")
        self.assertEqual(len(self.lines()), 2)

    def test_what_is_below_the_level_is_not_written(self):
        loggers.open_log(self.path, level=logging.INFO)
        logging.getLogger("messenger.calls").debug("call")
        logging.getLogger("messenger.server").info("step")
        (line,) = self.lines()
        self.assertTrue(line.endswith("step"))

    def test_a_daily_file_is_changed_at_midnight_and_seven_are_kept(self):
        loggers.open_log(self.path, daily=True)
        file = loggers.messenger.handlers[-1]
        self.assertEqual((file.when, file.backupCount), ("MIDNIGHT", 7))

    def test_the_screen_shows_steps_but_not_calls(self):
        with mock.patch("sys.stderr") as screen:
            loggers.open_log(self.path, on_screen=True)
        logging.getLogger("messenger.server").info("step")
        logging.getLogger("messenger.calls").debug("call")
        shown = "".join(call.args[0] for call in screen.write.call_args_list)
        self.assertIn("step", shown)
        self.assertNotIn("call", shown)


if __name__ == "__main__":
    unittest.main()
