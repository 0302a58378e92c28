"""Tests of the client: what it shows, what it sends, how it ends."""

import contextlib
import io
import os
import socket
import sys
import unittest
from unittest import mock

import client
import keyboard
from client import Client
from screen import PlainScreen
from telephone import PATIENCE, Caller
from waiting import Waiting


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.output = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.listener = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        self.listener.settimeout(PATIENCE)
        self.place = self.listener.getsockname()

    def run_client(self, play_server, *typed, nickname=None):
        """Run a client against a server that this test plays; return what it ends with."""
        waiting = Waiting()
        self.client = Client(PlainScreen(), waiting, nickname)

        def type_all(client):
            for line in typed:
                client.report(client.on_typed, line)

        def serve():
            sock, _ = self.listener.accept()
            sock.settimeout(PATIENCE)
            with contextlib.closing(Caller(sock)) as caller:
                play_server(caller)

        server = client.threading.Thread(target=serve, daemon=True)
        server.start()
        error = self.client.run(self.place, type_all)
        server.join(PATIENCE)
        return error


class TalkTest(ClientTest):
    def test_what_comes_is_shown_and_what_is_typed_is_sent(self):
        def play(caller):
            caller.says("? Your nickname?")
            caller.hears("Вася")
            caller.says("+ Welcome!", "[Anna] \x1b[2Jпривет")
            caller.hears("/quit")

        self.assertIsNone(self.run_client(play, "Вася", "", "/quit"))
        shown = "? Your nickname?\n+ Welcome!\n[Anna] \\x1b[2Jпривет\n"
        self.assertEqual(self.output.getvalue(), shown)

    def test_the_nickname_of_the_command_line_is_the_first_answer(self):
        def play(caller):
            caller.says("? Your nickname?")
            caller.hears("Anna")
            caller.says("! taken", "? Your nickname?")
            caller.hears("Bob")
            caller.hears("/quit")

        self.assertIsNone(self.run_client(play, "Bob", "/quit", nickname="Anna"))

    def test_the_end_of_input_says_goodbye(self):
        def play(caller):
            caller.says("? Your nickname?")
            caller.hears("/quit")

        self.assertIsNone(self.run_client(play, None))

    def test_a_server_that_ends_it_is_an_error(self):
        self.assertRegex(self.run_client(lambda caller: None), r"^Lost connection to 127\.0\.0\.1")

    def test_a_line_that_is_too_long_is_not_sent(self):
        def play(caller):
            caller.says("? Your nickname?")
            self.assertEqual(caller.file.readline(), "/quit\n")

        self.assertIsNone(self.run_client(play, "я" * 2049, "/quit"))
        self.assertIn("! Not sent", self.output.getvalue())

    def test_a_server_that_never_ends_a_line_is_left(self):
        def play(caller):
            with contextlib.suppress(OSError):
                caller.sock.sendall(b"x" * 1_000_000)

        self.assertIn("a line may have", self.run_client(play))

    def test_a_server_that_does_not_say_goodbye_is_not_waited_for_long(self):
        def play(caller):
            caller.says("? Your nickname?")
            caller.hears("/quit")
            with contextlib.suppress(OSError):
                caller.sock.recv(1)  # as long as the client stays

        with mock.patch.object(client, "GOODBYE", 0.1):
            with mock.patch.object(client.threading.Thread, "join"):
                self.assertIsNone(self.run_client(play, "/quit"))
        self.client.sock.shutdown(socket.SHUT_RDWR)

    def test_nobody_there_is_an_error(self):
        self.listener.close()
        nobody = Client(PlainScreen(), Waiting())
        self.assertRegex(nobody.run(self.place, None), r"^No connection to 127\.0\.0\.1, port \d+:")


class WaitingTest(unittest.TestCase):
    def setUp(self):
        self.output = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.waiting = Waiting()
        self.client = Client(PlainScreen(), self.waiting)
        self.client.sock = mock.Mock()

    def awaited_after(self, *lines):
        """Return what is awaited after some lines of the server."""
        for line in lines:
            self.client.on_line(line)
        return self.waiting.what

    def test_a_connection_is_awaited_until_the_first_line(self):
        self.client.wait_for("Connecting")
        self.assertIsNone(self.awaited_after("? Your nickname?"))

    def test_an_answer_to_the_nickname_is_awaited_until_it_comes(self):
        for answer in ("+ Welcome!", "! taken"):
            self.client.named = False
            self.client.on_typed("Anna")
            self.assertTrue(self.waiting)
            self.assertIsNone(self.awaited_after(answer))

    def test_a_partner_is_awaited_until_there_is_one_or_another_choice(self):
        for answer in ("+ You are talking with Bob.", "? Where to?"):
            self.assertEqual(
                self.awaited_after("+ Welcome!", "~ Waiting for Bob"), "Waiting for Bob"
            )
            self.assertEqual(self.awaited_after("* Eve has come.", "! no"), "Waiting for Bob")
            self.assertIsNone(self.awaited_after(answer))


class KeyboardTest(unittest.TestCase):
    def typed(self, data):
        """Return what is reported of a pipe with these bytes."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.write(writer, data)
        os.close(writer)
        found = []
        with mock.patch.object(keyboard, "STDIN", reader):
            keyboard.read_lines(found.append)
        return found

    def test_a_pipe_gives_lines_and_then_its_end(self):
        self.assertEqual(self.typed("привет\r\n\nbob\n".encode()), ["привет", "", "bob", None])

    def test_a_last_line_needs_no_end(self):
        self.assertEqual(self.typed(b"a\nb"), ["a", "b", None])

    def test_what_is_not_utf_8_does_no_harm(self):
        self.assertEqual(self.typed(b"\xff\n"), ["\ufffd", None])

    def test_on_windows_an_arrow_is_no_character_and_a_letter_is_one(self):
        for keys, more, expected in ((["\xe0", "H"], True, ""), (["\xe0"], False, "\xe0")):
            msvcrt = mock.Mock()
            msvcrt.getwch.side_effect = keys
            msvcrt.kbhit.return_value = more
            with mock.patch.object(keyboard, "msvcrt", msvcrt):
                self.assertEqual(keyboard.key_of_windows(), expected)


class MainTest(unittest.TestCase):
    def run_main(self, *words):
        """Run the program with these words; return how it ends and where it would connect."""
        argv = mock.patch.object(sys, "argv", ["client.py", *words])
        refusal = OSError("not today")
        connect = mock.patch.object(client.socket, "create_connection", side_effect=refusal)
        quiet = contextlib.redirect_stdout(io.StringIO())
        with argv, connect as connect, quiet, self.assertRaises(SystemExit) as end:
            client.main()
        return end.exception.code, connect.call_args.args[0]

    def test_without_words_it_calls_this_computer_port_12345(self):
        self.assertEqual(self.run_main()[1], ("127.0.0.1", 12345))

    def test_address_and_port_can_be_chosen(self):
        for words in (["-i", "10.0.0.1", "-p", "80"], ["--ip_address", "10.0.0.1", "--port", "80"]):
            self.assertEqual(self.run_main(*words)[1], ("10.0.0.1", 80))

    def test_ctrl_c_ends_it_without_an_error(self):
        argv = mock.patch.object(sys, "argv", ["client.py"])
        try:
            with argv, mock.patch.object(Client, "run", side_effect=KeyboardInterrupt):
                self.assertIsNone(client.main())
        except KeyboardInterrupt:  # it would end the tests too
            self.fail("main() lets the KeyboardInterrupt through")

    def test_a_refused_connection_ends_in_one_clear_line(self):
        line = "No connection to 127.0.0.1, port 12345: not today"
        self.assertEqual(self.run_main()[0], line)


if __name__ == "__main__":
    unittest.main()
