"""Tests of the server: what users see of each other through real connections."""

import contextlib
import io
import sqlite3
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import server
import users
from telephone import PATIENCE, TelephoneTest


class ServerTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.file = Path(self.enterContext(folder), "users.db")
        self.enterContext(mock.patch.object(users, "PATIENCE", 0.05))
        self.server = server.Server(None, users.Users(self.file))
        self.addCleanup(self.server.stop)

    def connect(self):
        """Return a user who has connected."""
        near, caller = self.call()
        self.server.start(near, "test")
        return caller

    def come(self, name):
        """Return a user who has told a nickname and is asked for a choice."""
        caller = self.connect()
        caller.says(name)
        caller.hears("Where to?")
        return caller

    def wait_until(self, condition):
        """Wait for something that another thread does."""
        until = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), until, "it does not happen")
            time.sleep(0.005)


class NicknameTest(ServerTest):
    def test_it_is_asked_for_until_it_is_good_and_free(self):
        self.come("Вася")
        caller = self.connect()
        for name in ("two words", "", "вася"):
            caller.says(name)
            caller.hears("! ")
            caller.hears(server.ASK)
        caller.says("  Bob ")
        self.assertIn("Welcome, Bob!", caller.hears("+ "))

    def test_who_tells_none_in_time_is_sent_away(self):
        with mock.patch.object(server, "SECONDS_FOR_NAME", 0):
            caller = self.connect()
        self.assertIn("! Goodbye", caller.rest())

    def test_who_has_told_one_may_be_silent_as_long_as_it_takes(self):
        with mock.patch.object(server, "SECONDS_FOR_NAME", 0.5):
            caller = self.come("Anna")
        (peer,) = self.server.threads
        self.assertIsNone(peer.deadline)
        caller.says("/list")
        caller.hears("Nobody else")

    def test_goodbye_can_be_said_instead(self):
        caller = self.connect()
        caller.says("/quit")
        self.assertTrue(caller.rest().endswith("+ Goodbye!\n"))


class TalkTest(ServerTest):
    def test_two_find_each_other_and_talk(self):
        anna, bob = self.come("Anna"), self.come("Bob")
        anna.says("/partner Bob")
        bob.hears("/partner Anna")
        bob.says("/partner Anna", "привет")
        self.assertEqual(anna.hears("["), "[Bob -> you] привет")

    def test_a_line_that_is_not_utf_8_is_refused_and_the_next_one_read(self):
        anna, bob = self.come("Anna"), self.come("Bob")
        anna.says("/all")
        anna.hears("+ ")
        bob.says("/all")
        bob.hears("+ ")
        anna.sock.sendall("привет\n".encode("cp1251") + b"hello\n")
        self.assertIn("not in UTF-8", anna.hears("! "))
        self.assertEqual(bob.hears("["), "[Anna] hello")

    def test_a_line_that_is_too_long_ends_the_visit(self):
        anna, bob = self.come("Anna"), self.come("Bob")
        anna.says("x" * 5000)
        self.assertIn("4096 bytes", anna.hears("! "))
        self.assertEqual(anna.rest(), "")
        bob.hears("Anna has left")

    def test_who_does_not_read_is_cut_and_the_others_go_on(self):
        anna, bob, deaf = self.come("Anna"), self.come("Bob"), self.come("Deaf")
        for caller in (anna, bob, deaf):
            caller.says("/all")
            caller.hears("+ ")
        for _ in range(3000):
            anna.says("x" * 4000)
            if "Deaf has left" in bob.hears(""):  # or the text: nobody waits for the deaf one
                break
        self.assertIn("Deaf does not read", self.screen.getvalue())

    def test_nothing_is_sent_while_the_lock_is_held(self):
        anna = self.come("Anna")
        with self.server.lock, mock.patch.object(server.Peer, "_send", side_effect=self.fail):
            anna.says("/list")
            (peer,) = self.server.threads
            self.assertEqual(bytes(peer.outbox.waiting), b"")


class LeaveTest(ServerTest):
    def test_it_is_announced_by_word_and_by_a_broken_line(self):
        anna = self.come("Anna")
        for leave in (lambda bob: bob.says("/quit"), lambda bob: bob.close()):
            bob = self.come("Bob")
            anna.hears("Bob has come")
            leave(bob)
            anna.hears("Bob has left")
            self.come("BOB").says("/quit")  # the nickname is free at once
            anna.hears("BOB has left")

    def test_nothing_of_the_user_is_kept(self):
        self.come("Anna").close()
        self.wait_until(lambda: not self.server.threads)
        self.assertEqual((self.server.peers, self.server.rooms.people), ({}, {}))

    def test_a_mistake_of_ours_lets_the_user_out_too(self):
        anna, bob = self.come("Anna"), self.come("Bob")
        broken = mock.patch.object(self.server.rooms, "handle", side_effect=ZeroDivisionError)
        hook = mock.patch.object(server.threading, "excepthook")
        with broken, hook as reported:
            bob.says("hello")
            anna.hears("Bob has left")
            self.wait_until(lambda: len(self.server.threads) == 1)
            self.wait_until(lambda: reported.called)


class MemoryTest(ServerTest):
    def visit(self, name):
        """Come and go; return the greeting."""
        caller = self.connect()
        caller.says(name)
        greeting = caller.hears("Welcome")
        caller.says("/quit")
        caller.rest()
        self.wait_until(lambda: not self.server.threads)
        return greeting

    def test_who_returns_is_greeted_so(self):
        self.assertIn("first time", self.visit("Вася"))
        self.assertRegex(self.visit("вася"), r"Welcome back, вася! Visits: 2\. Last seen: 2\d{3}-")

    def test_a_locked_database_is_said_and_the_chat_goes_on(self):
        self.visit("Вася")
        with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            self.assertIn("locked", self.visit("Вася"))
        self.assertIn("Вася is not remembered", self.screen.getvalue())
        self.assertIn("Visits: 2.", self.visit("Вася"))

    def test_a_damaged_database_is_said_and_the_chat_goes_on(self):
        self.file.write_bytes(b"not a database" * 100)
        self.assertIn("cannot be used", self.visit("Вася"))


class StopTest(ServerTest):
    def test_everybody_is_told_and_no_thread_is_left(self):
        callers = [self.come("Anna"), self.come("Bob"), self.connect()]
        threads = dict(self.server.threads)
        self.server.stop()
        for caller in callers:
            self.assertTrue(caller.rest().endswith("* The server stops.\n"))
        for peer, thread in threads.items():
            self.assertFalse(thread.is_alive() or peer.writer.is_alive())

    def test_who_comes_when_the_server_is_full_is_told(self):
        with mock.patch.object(server, "MAX_PEERS", 1):
            self.connect()
            self.assertIn("! The server is full", self.connect().rest())


class MainTest(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        self.file = Path(folder, "users.db")
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words):
        """Run the program with these words on its command line; at once, press Ctrl+C."""
        argv = mock.patch.object(sys, "argv", ["server.py", "--users", str(self.file), *words])
        ctrl_c = mock.patch.object(server.Server, "serve_forever", side_effect=KeyboardInterrupt)
        try:
            with argv, ctrl_c:
                server.main()
        except KeyboardInterrupt:  # it would end the tests too
            self.fail("main() lets the KeyboardInterrupt through")

    def test_ctrl_c_ends_it_cleanly(self):
        self.run_main("-p", "0")
        self.assertRegex(self.screen.getvalue(), r"Listening on 127\.0\.0\.1, port [1-9]\d*\.")
        self.assertTrue(self.screen.getvalue().endswith("Stopped.\n"))

    def test_without_words_it_listens_on_this_computer_port_12345(self):
        refusal = OSError("not today")
        with mock.patch.object(server.socket.socket, "bind", side_effect=refusal) as bind:
            with self.assertRaises(SystemExit):
                self.run_main()
        self.assertEqual(bind.call_args.args[0], ("127.0.0.1", 12345))

    def test_a_port_that_is_taken_ends_in_one_clear_line(self):
        with server.open_listener("127.0.0.1", 0) as other, self.assertRaises(SystemExit) as end:
            self.run_main("-p", str(other.getsockname()[1]))
        self.assertRegex(end.exception.code, r"\ACannot start on .+\Z")

    def test_a_word_that_is_no_port_is_named(self):
        for port in ("70000", "-1", "port"):
            with self.subTest(port=port), self.assertRaises(SystemExit) as end:
                self.run_main("-p", port)
            self.assertEqual(end.exception.code, 2)

    def test_users_that_cannot_be_remembered_are_said_and_do_not_keep_it_from_starting(self):
        self.file.write_bytes(b"not a database" * 100)
        self.run_main("-p", "0")
        self.assertIn("Users are not remembered", self.screen.getvalue())


if __name__ == "__main__":
    unittest.main()
