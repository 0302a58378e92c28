"""Tests of the log: its lines and its files."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import server  # it puts common/ within reach
from log import client_log_config, server_log_config
from telephone import open_storage

from common import loggers

LINE = r"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ test_log .+\Z"


class FilesTest(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for config in (client_log_config, server_log_config):
            # The files are made beside the module: let it stand somewhere else.
            place = mock.patch.object(config, "__file__", str(self.folder / "config.py"))
            self.enterContext(place)
        self.addCleanup(loggers.messenger.setLevel, loggers.messenger.level)
        self.addCleanup(self.close_handlers, list(loggers.messenger.handlers))

    def close_handlers(self, before):
        """Take away what open_log has added."""
        for handler in [one for one in loggers.messenger.handlers if one not in before]:
            loggers.messenger.removeHandler(handler)
            handler.close()

    def open_server_log(self, debug=False):
        """Open the server's log; return the handler of the file."""
        with mock.patch("sys.stderr"):
            server_log_config.open_log(7777, debug)
        file, _ = loggers.messenger.handlers[-2:]
        return file

    def serve(self):
        """Let a server begin, and at once press Ctrl+C."""
        shell = server.Server("127.0.0.1", 0, open_storage(self))
        self.addCleanup(shell.close)
        turn = mock.patch.object(server.Server, "take_turn", side_effect=KeyboardInterrupt)
        with turn, self.assertRaises(KeyboardInterrupt):
            shell.main()

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
        server_log_config.logger.info("first")
        server_log_config.logger.error("second")
        self.assertEqual(len(self.lines_in("server-7777.log")), 2)

    def test_calls_are_written_to_the_same_file_if_we_ask_for_them(self):
        self.open_server_log(debug=True)
        self.serve()
        (line,) = self.lines_in("server-7777.log")
        self.assertIn("DEBUG test_log Function main(self=<class 'server.Server'>)", line)
        self.assertIn(" called from function serve", line)

    def test_calls_are_not_written_if_we_do_not_ask(self):
        self.open_server_log()
        self.serve()
        self.assertEqual(self.lines_in("server-7777.log"), [])

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

    def test_each_client_has_a_file_and_keeps_the_terminal_clean(self):
        before = len(loggers.messenger.handlers)
        for name in ("bob", "Вася"):
            with self.subTest(name=name):
                client_log_config.open_log(name)
                client_log_config.logger.info("I am %s", name)
                self.assertTrue(self.lines_in(f"client-{name}.log")[-1].endswith(f"I am {name}"))
        self.assertEqual(len(loggers.messenger.handlers), before + 2)

    def test_the_clients_do_not_write_down_their_calls(self):
        client_log_config.open_log("bob")
        client_log_config.logger.debug("a detail")
        self.assertEqual(self.lines_in("client-bob.log"), [])


if __name__ == "__main__":
    unittest.main()
