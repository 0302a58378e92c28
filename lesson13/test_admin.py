"""Tests of admin.py: what is typed, and what is shown. Here the control is a mock."""

import threading
import time
import unittest
from types import SimpleNamespace
from unittest import mock

import server  # noqa: F401  it puts common/ within reach
from admin import HELP, Admin, moment
from control import Control

from common.server_control import ClientRow, ControlError, HistoryRow, Online

EVIL = "\x1b[2J\nbob online\u202e"
LIMIT = 10  # seconds until a test of broken code turns red


class AdminTest(unittest.TestCase):
    """A test with an administrator at the keyboard."""

    def setUp(self):
        self.control = mock.create_autospec(Control, instance=True)
        self.control.online.return_value = self.control.clients.return_value = []
        self.control.history.return_value = []
        self.on_exit = mock.Mock()

    def type(self, *lines):
        """Type lines, and the end of the input; return what is shown."""
        shown = []
        typed = (f"{line}\n" for line in lines)
        Admin(self.control, typed, self.on_exit, shown.append).admin_commands()
        return shown


class CommandsTest(AdminTest):
    def test_online_shows_who_is_here_from_where_and_since_when(self):
        rows = [Online("bob", "192.0.2.7", 1000.5), Online("Анна", "192.0.2.8", 2000)]
        self.control.online.return_value = rows
        shown = self.type("online")
        for line, row in zip(shown, rows, strict=False):
            self.assertRegex(line, rf"{row.name} +{row.address} +since {moment(row.since)}")
        self.assertEqual(shown[2:], ["2 online"])

    def test_clients_shows_all_accounts(self):
        rows = [
            ClientRow("bob", 1, 1000, "x", 1, 5, 7, 0),
            ClientRow("eve", 1, None, None, *[0] * 4),
        ]
        self.control.clients.return_value = rows
        bob, eve, sum_line = self.type("clients")
        self.assertRegex(bob, rf"bob +{moment(1000)} +5 sent, 7 received")
        self.assertRegex(eve, "eve +never +0 sent, 0 received")
        self.assertEqual(sum_line, "2 accounts")

    def test_h_shows_the_last_messages(self):
        row = HistoryRow(1000, "bob", "#all", "привет")
        self.control.history.return_value = [row]
        self.assertEqual(self.type("h"), [f"{moment(1000)} bob to #all: привет"])
        self.control.history.assert_called_once_with(20)

    def test_h_may_be_given_a_number(self):
        self.type("h 5", "h  10000 ", "h 1")
        self.assertEqual(self.control.history.mock_calls, [mock.call(n) for n in (5, 10000, 1)])

    def test_other_numbers_are_refused(self):
        for rest in ("x", "0", "-1", "10001", "1.5", "1 2", "²", "9" * 5000):
            with self.subTest(rest=rest[:9]):
                (line,) = self.type(f"h {rest}")
                self.assertEqual(line, f"{rest} is not a number from 1 to 10000")
        self.control.history.assert_not_called()

    def test_deeds_are_done_and_said_to_be(self):
        deeds = {"register": "registered", "remove": "removed", "disconnect": "disconnected"}
        for verb, done in deeds.items():
            with self.subTest(verb=verb):
                self.assertEqual(self.type(f"{verb}  Анна "), [f"Анна is {done}"])
                getattr(self.control, verb).assert_called_once_with("Анна")

    def test_what_cannot_be_done_is_said_and_the_next_command_is_heard(self):
        for verb in ("register", "remove", "disconnect", "online", "clients", "h"):
            method = getattr(self.control, "history" if verb == "h" else verb)
            method.side_effect = ControlError("the disk is full")
            with self.subTest(verb=verb):
                shown = self.type(f"{verb} 5", "help")
                self.assertEqual(shown, ["the disk is full", *HELP.splitlines()])

    def test_help_names_every_command(self):
        shown = self.type("help")
        first_words = {line.split()[0] for line in shown}
        self.assertEqual(first_words, {*Admin.commands, "exit"})

    def test_what_is_no_command_is_said_to_be_none(self):
        for line in ("dance", "ONLINE", "exit5"):
            self.assertEqual(self.type(line), [f"{line} is not a command; type: help"])
        self.on_exit.assert_not_called()

    def test_empty_lines_do_nothing(self):
        self.assertEqual(self.type("", "   ", "\t"), [])


class EndTest(AdminTest):
    def test_exit_ends_and_nothing_after_it_is_heard(self):
        for line in ("exit", "  exit  ", "exit now"):
            self.on_exit.reset_mock()
            with self.subTest(line=line):
                self.assertEqual(self.type(line, "help"), [])
                self.on_exit.assert_called_once_with()

    def test_the_end_of_the_input_ends_nothing(self):
        self.type("help")
        self.on_exit.assert_not_called()

    def test_a_program_without_a_keyboard_has_no_commands(self):
        Admin(self.control, None, self.on_exit).admin_commands()
        self.on_exit.assert_not_called()

    def test_the_commands_are_read_in_a_thread_that_keeps_nobody_alive(self):
        done, threads = threading.Event(), []
        self.on_exit.side_effect = lambda: (threads.append(threading.current_thread()), done.set())
        Admin(self.control, ["exit\n"], self.on_exit).start()
        self.assertTrue(done.wait(LIMIT))
        self.assertIsNot(threads[0], threading.current_thread())
        self.assertTrue(threads[0].daemon)
        threads[0].join(LIMIT)


class ForgeryTest(AdminTest):
    """What came from the network, or is typed, does not control the terminal."""

    def expect_harmless(self, *lines):
        """Expect that nothing but what can be seen is shown, and that the evil text is there."""
        shown = self.type(*lines)
        for line in shown:
            self.assertTrue(line.isprintable(), line)
        self.assertIn(r"\x1b[2J", "".join(shown))

    def test_messages_are_escaped(self):
        self.control.history.return_value = [HistoryRow(1000, "bob", "#all", EVIL)]
        self.expect_harmless("h")
        self.assertEqual(len(self.type("h")), 1)

    def test_names_and_addresses_are_escaped(self):
        self.control.online.return_value = [Online(EVIL, EVIL, 1000)]
        self.control.clients.return_value = [ClientRow(EVIL, 1, None, None, 0, 0, 0, 0)]
        self.expect_harmless("online")
        self.expect_harmless("clients")

    def test_commands_and_their_troubles_are_escaped(self):
        self.control.remove.side_effect = lambda name: self.fail_with(f"there is no {name}")
        for line in ("\x1b[2J", "h \x1b[2J", "remove \x1b[2J", "register \x1b[2J"):
            with self.subTest(line=line):
                self.expect_harmless(line)

    def fail_with(self, words):
        """Fail as the control does."""
        raise ControlError(words)

    def test_any_moment_can_be_shown(self):
        for seconds in (-(10**30), -1.5, 0, 1e30, float("inf")):
            self.control.history.return_value = [
                SimpleNamespace(moment=seconds, sender="bob", recipient="eve", text="hi")
            ]
            with self.subTest(seconds=seconds):
                self.assertRegex(self.type("h")[0], r"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d bob to eve")

    def test_a_moment_is_a_clock_and_a_calendar(self):
        seconds = time.mktime((2026, 11, 21, 14, 5, 9, 0, 0, -1))
        self.assertEqual(moment(seconds), "2026-11-21 14:05:09")


if __name__ == "__main__":
    unittest.main()
