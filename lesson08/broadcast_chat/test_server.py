"""Tests of server.py: real clients on a real server, which runs in a thread of the test."""

import contextlib
import io
import logging
import socket
import sys
import threading
import unittest
from unittest import mock

import connection
import names
import outbox
import server
from manager import ConnectionManager
from server import Server


class User:
    """A client of the test's own."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), 5)
        self.lines = self.sock.makefile("r", encoding="utf-8", newline="\n")

    def say(self, *texts):
        self.sock.sendall("".join(f"{text}\n" for text in texts).encode())

    def hear(self):
        """Return the next line, an empty text at the end."""
        return self.lines.readline().removesuffix("\n")

    def close(self):
        self.lines.close()
        self.sock.close()


class ServerTest(unittest.TestCase):
    options = {}

    def setUp(self):
        for module in (connection, server):
            self.enterContext(mock.patch.object(module, "TICK", 0.05))
        logging.disable()
        self.addCleanup(logging.disable, logging.NOTSET)
        self.threads_before = set(threading.enumerate())
        self.server = Server("127.0.0.1", 0, ConnectionManager(), **self.options)
        self.starter = threading.Thread(target=self.server.start)
        self.starter.start()
        self.addCleanup(self.starter.join, 5)
        self.addCleanup(self.server.stop)
        self.assertTrue(self.server.listening.wait(5))

    def user(self, name=None):
        """Return a new user; with a name, one whose joining has been announced."""
        user = User(self.server.port)
        self.addCleanup(user.close)
        if name:
            user.say(name)
            self.assertEqual(user.hear(), f"* {name} has joined.")
        return user

    def unnamed(self):
        """Return a new user without a name, whose thread is at work."""
        user = self.user()
        user.say("x" * 30)
        self.assertIn("another name", user.hear())
        return user

    def expect(self, line, *users):
        """Expect that this is the next line of each of the users."""
        for user in users:
            self.assertEqual(user.hear(), line)


class TalkTest(ServerTest):
    def test_what_one_says_everybody_sees_the_speaker_too(self):
        bob, eve = self.user("bob"), self.user("Ева")
        self.expect("* Ева has joined.", bob)
        eve.say("привет")
        self.expect("[Ева]: привет", bob, eve)
        bob.say("hi")
        self.expect("[bob]: hi", bob, eve)

    def test_an_empty_line_is_shown_to_nobody(self):
        bob = self.user("bob")
        bob.say("", "hi")
        self.expect("[bob]: hi", bob)

    def test_who_has_no_name_yet_sees_nothing(self):
        unnamed = self.unnamed()
        bob = self.user("bob")
        bob.say("secret")
        self.expect("[bob]: secret", bob)
        unnamed.say("eve")
        self.expect("* eve has joined.", unnamed)

    def test_leaving_is_announced(self):
        bob, eve = self.user("bob"), self.user("eve")
        self.expect("* eve has joined.", bob)
        eve.close()
        self.expect("* eve has left.", bob)

    def test_who_will_say_no_more_leaves_after_hearing_the_rest(self):
        bob = self.user("bob")
        bob.say(*map(str, range(50)))
        bob.sock.shutdown(socket.SHUT_WR)
        for number in range(50):
            self.expect(f"[bob]: {number}", bob)
        self.expect("", bob)

    def test_an_error_of_one_client_does_not_reach_the_others(self):
        bob, eve = self.user("bob"), self.user("eve")
        self.expect("* eve has joined.", bob)
        eve.say("x" * 5000)
        self.expect(connection.TOO_LONG, eve)
        self.expect("* eve has left.", bob)
        bob.say("still here")
        self.expect("[bob]: still here", bob)


class NameTest(ServerTest):
    def test_a_taken_name_is_refused_and_another_one_taken(self):
        self.user("bob")
        second = self.user()
        second.say("Bob")
        self.expect("* Please send another name: Bob is here already.", second)
        second.say("rob")
        self.expect("* rob has joined.", second)

    def test_an_improper_name_is_refused(self):
        user = self.user()
        user.say("a\x1b[2J")
        self.assertIn("another name", user.hear())

    def test_spaces_around_a_name_are_taken_away(self):
        user = self.user()
        user.say("  bob ")
        self.expect("* bob has joined.", user)

    def test_who_finds_no_name_is_sent_away(self):
        user = self.user()
        user.say(*["x" * 30] * server.NAME_TRIES)
        for _ in range(server.NAME_TRIES):
            self.assertIn("another name", user.hear())
        self.expect("", user)

    def test_the_name_of_one_who_has_left_is_free(self):
        bob, eve = self.user("bob"), self.user("eve")
        self.expect("* eve has joined.", bob)
        eve.close()
        self.expect("* eve has left.", bob)
        user, line = self.user(), ""
        while "joined" not in line:  # it is free a moment after the announcement
            user.say("eve")
            line = user.hear()

    def test_who_says_no_name_is_sent_away(self):
        with mock.patch.object(server, "NAME_SECONDS", 0.1):
            user = self.user()
            self.assertIn("No name", user.hear())
            self.expect("", user)


class FullTest(ServerTest):
    options = {"max_clients": 1}

    def test_who_finds_no_place_is_told_so(self):
        bob = self.user("bob")
        for _ in range(server.KEPT_OPEN + 5):
            user = self.user()
            self.assertIn("full", user.hear())
            self.expect("", user)
        bob.say("hi")
        self.expect("[bob]: hi", bob)

    def test_who_finds_no_thread_is_told_so_too(self):
        with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError("no more")):
            user = self.user()
            self.assertIn("full", user.hear())
        self.user("bob")


class TroubleTest(ServerTest):
    def test_a_failing_accept_does_not_end_the_server(self):
        accept, troubles = socket.socket.accept, [OSError("too many open files")] * 3

        def sometimes(sock):
            if troubles:
                raise troubles.pop()
            return accept(sock)

        with mock.patch.object(socket.socket, "accept", sometimes):
            self.user("bob")  # the accept that was waiting already may serve this one
            self.user("eve")
        self.assertEqual(troubles, [])

    def test_a_client_that_cannot_be_served_is_let_go(self):
        with mock.patch.object(server, "set_options", side_effect=OSError("gone")):
            self.expect("", self.user())
        self.user("bob")


class StopTest(ServerTest):
    def test_everybody_is_told_and_no_thread_is_left(self):
        bob, unnamed = self.user("bob"), self.unnamed()
        stopper = threading.Thread(target=self.server.stop)
        stopper.start()
        for thread in (stopper, self.starter):
            thread.join(5)
            self.assertFalse(thread.is_alive())
        self.expect("* The server stops. Goodbye.", bob, unnamed)
        self.expect("", bob, unnamed)
        self.assertEqual(set(threading.enumerate()) - self.threads_before, set())
        self.assertEqual(self.server.connection_manager.everyone(), [])

    def test_stopping_twice_is_harmless(self):
        self.server.stop()
        self.server.stop()

    def test_a_client_that_comes_last_is_sent_away_too(self):
        self.server._stopping.set()
        near, far = socket.socketpair()
        far.settimeout(5)
        self.server._serve_client(near, ("192.0.2.7", 50000))  # it ends
        self.assertEqual(far.recv(100), b"")
        far.close()


class BoundsTest(unittest.TestCase):
    def test_they_are_what_the_page_says(self):
        self.assertEqual(server.NAME_SECONDS, 10)
        self.assertEqual(server.MAX_CLIENTS, 500)
        self.assertEqual(connection.MAX_LINE, 4096)
        self.assertEqual(outbox.LIMIT, 256 * 1024)
        self.assertEqual(names.LONGEST, 25)


class MainTest(unittest.TestCase):
    def setUp(self):
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["server.py", *words])
        with argv, self.assertRaises(SystemExit) as end:
            server.main()
        return end.exception.code

    def test_a_port_in_use_ends_in_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            self.assertRegex(self.end_of_main("-a", "127.0.0.1", "-p", port), r"\A.+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("-a", "x" * 70), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in (["-p", "port"], ["-p", "70000"], ["-m", "0"], ["-m", "x"], ["x"]):
            with self.subTest(words=words):
                self.assertEqual(self.end_of_main(*words), 2)

    def test_ctrl_c_stops_the_server(self):
        argv = mock.patch.object(sys, "argv", ["server.py", "-m", "7"])
        start = mock.patch.object(Server, "start", side_effect=KeyboardInterrupt)
        deaf = mock.patch("signal.signal")
        with argv, start, deaf, mock.patch.object(Server, "stop") as stop:
            server.main()
        stop.assert_called_once_with()

    def test_without_arguments_it_serves_all_addresses_on_7777(self):
        argv = mock.patch.object(sys, "argv", ["server.py"])
        with argv, mock.patch.object(server, "Server") as made:
            server.main()
        host, port, _, max_clients = made.call_args.args
        self.assertEqual((host, port, max_clients), ("", 7777, 500))


if __name__ == "__main__":
    unittest.main()
