"""Tests of the log: its lines, its files, and what cannot be made to stand in it."""

import logging
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from log import client_log_config, lines, server_log_config

LINE = r"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ test_log .+\Z"


def record_of(text, *args, exc_info=None):
    """Return a record, as a logger makes it."""
    return logging.LogRecord("messenger", logging.INFO, __file__, 1, text, args, exc_info)


class OneLineTest(unittest.TestCase):
    def text_of(self, record):
        """Return what would be written of a record."""
        self.assertTrue(lines.one_line(record), "the filter lets every record pass")
        return logging.Formatter(lines.FORMAT).format(record)

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


class FilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for config in (client_log_config, server_log_config):
            # The files are made beside the module: let it stand somewhere else.
            place = mock.patch.object(config, "__file__", str(self.folder / "config.py"))
            self.enterContext(place)
            self.addCleanup(self.close_handlers, config.logger)

    def close_handlers(self, logger):
        """Take away what open_log has added."""
        logger.setLevel(logging.NOTSET)
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()

    def open_server_log(self):
        """Open the server's log; return the handler of the file."""
        with mock.patch("sys.stderr"):
            server_log_config.open_log(7777)
        file, _ = server_log_config.logger.handlers
        return file

    def lines_in(self, name):
        """Return the lines of a log file."""
        return (self.folder / name).read_text(encoding="utf-8").splitlines()

    def test_the_loggers_have_names(self):
        self.assertEqual(server_log_config.logger.name, "messenger.server")
        self.assertEqual(client_log_config.logger.name, "messenger.client")

    def test_a_line_has_date_level_module_and_message(self):
        self.open_server_log()
        server_log_config.logger.info("привет\nworld")
        (line,) = self.lines_in("server-7777.log")
        self.assertRegex(line, LINE)
        self.assertTrue(line.endswith(r" INFO test_log привет\nworld"))

    def test_everything_is_written_once(self):
        self.open_server_log()
        server_log_config.logger.debug("first")
        server_log_config.logger.error("second")
        self.assertEqual(len(self.lines_in("server-7777.log")), 2)

    def test_the_servers_file_is_changed_at_midnight_and_seven_are_kept(self):
        file = self.open_server_log()
        self.assertEqual((file.when, file.backupCount), ("MIDNIGHT", 7))

    def test_after_midnight_a_new_file_begins(self):
        file = self.open_server_log()
        server_log_config.logger.info("yesterday")
        file.rolloverAt = 0  # as if midnight had passed
        server_log_config.logger.info("today")
        old, new = sorted(self.folder.iterdir(), key=lambda path: -len(path.name))
        self.assertIn("yesterday", old.read_text(encoding="utf-8"))
        self.assertIn("today", new.read_text(encoding="utf-8"))
        self.assertEqual(new.name, "server-7777.log")

    def test_the_client_has_a_file_and_keeps_the_terminal_clean(self):
        client_log_config.open_log()
        client_log_config.logger.info("hello")
        self.assertEqual(len(self.lines_in("client.log")), 1)
        self.assertEqual(len(client_log_config.logger.handlers), 1)


if __name__ == "__main__":
    unittest.main()
