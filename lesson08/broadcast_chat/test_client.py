"""Tests of client.py: the test is the server, and types."""

import contextlib
import io
import os
import socket
import sys
import threading
import unittest
from unittest import mock

import client


class ClientTest(unittest.TestCase):
    """A test with both ends of a connection, a keyboard and a screen."""

    def setUp(self):
        near, far = socket.socketpair()
        self.near, self.far = self.enterContext(near), self.enterContext(far)
        self.near.settimeout(0.05)
        self.far.settimeout(5)
        self.leaving = threading.Event()
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def let_arrive(self, data):
        """Let these bytes arrive, and nothing after them."""
        self.far.sendall(data)
        self.far.shutdown(socket.SHUT_WR)

    def type(self, text):
        """Let this stand in the input."""
        self.enterContext(mock.patch.object(sys, "stdin", io.StringIO(text)))

    def sent(self):
        """Return what has been sent, once that is over."""
        with self.far.makefile("r", encoding="utf-8", newline="\n") as file:
            return file.read()


class ReceiveLinesTest(ClientTest):
    def lines(self):
        return list(client.receive_lines(self.near, self.leaving))

    def test_lines_come_one_by_one(self):
        self.let_arrive("раз\nдва\n".encode())
        self.assertEqual(self.lines(), ["раз".encode(), "два".encode()])

    def test_a_line_that_never_ends_comes_in_pieces(self):
        self.near.settimeout(5)
        with mock.patch.object(client, "LONGEST", 10):
            self.let_arrive(b"x" * 25)
            self.assertEqual(b"".join(self.lines()), b"x" * 25)

    def test_silence_is_the_end_only_for_one_who_is_leaving(self):
        self.leaving.set()
        self.far.sendall(b"last\n")
        self.assertEqual(self.lines(), [b"last"])

    def test_one_who_stays_goes_on_waiting(self):
        lines = client.receive_lines(self.near, self.leaving)
        self.near.settimeout(0.01)
        with mock.patch.object(self.leaving, "is_set", side_effect=[False, False, True]) as asked:
            self.assertEqual(list(lines), [])
        self.assertEqual(asked.call_count, 3)


class PrintableTest(unittest.TestCase):
    def test_what_can_be_seen_stays_as_it_is(self):
        self.assertEqual(
            client.printable("[Вася]: привет, 李 😀\r".encode()), "[Вася]: привет, 李 😀"
        )

    def test_what_controls_terminals_becomes_an_escape(self):
        self.assertEqual(client.printable(b"a\x1b[2Jb\rc\x07"), r"a\x1b[2Jb\rc\x07")
        self.assertEqual(client.printable("a\x9b1mb\u202ec".encode()), r"a\x9b1mb\u202ec")

    def test_what_is_not_utf8_becomes_escapes(self):
        self.assertEqual(client.printable(b"a\xff"), r"a\xff")


class ShowLinesTest(ClientTest):
    def test_lines_stand_on_the_screen(self):
        self.let_arrive(b"one\ntwo\n")
        self.leaving.set()
        client.show_lines(self.near, self.leaving)
        self.assertEqual(self.screen.getvalue(), "one\ntwo\n")

    def test_the_end_of_the_server_is_the_end_of_the_program(self):
        self.let_arrive(b"goodbye\n")
        with mock.patch.object(os, "_exit") as end:
            client.show_lines(self.near, self.leaving)
        end.assert_called_once_with(1)
        self.assertIn("ended", self.errors.getvalue())

    def test_who_is_leaving_is_not_told(self):
        self.leaving.set()
        self.let_arrive(b"")
        with mock.patch.object(os, "_exit") as end:
            client.show_lines(self.near, self.leaving)
        end.assert_not_called()
        self.assertEqual(self.errors.getvalue(), "")


class SendTest(ClientTest):
    def test_a_line_is_sent_with_its_end(self):
        client.send_line(self.near, "привет")
        self.near.close()
        self.assertEqual(self.sent(), "привет\n")

    def test_it_is_sent_whole_although_the_server_takes_its_time(self):
        reader = threading.Thread(target=lambda: results.append(self.sent()))
        results = []
        waited = threading.Event()
        send = socket.socket.send

        def slow(sock, data):
            if not waited.is_set():
                waited.set()
                raise TimeoutError("no room")
            return send(sock, data[:1000])

        with mock.patch.object(socket.socket, "send", slow):
            reader.start()
            client.send_line(self.near, "x" * 5000)
        self.near.close()
        reader.join(5)
        self.assertEqual(results, ["x" * 5000 + "\n"])

    def test_what_is_typed_is_sent_but_no_empty_lines(self):
        self.type("раз\n\nдва")
        client.send_keyboard(self.near)
        self.near.close()
        self.assertEqual(self.sent(), "раз\nдва\n")

    def test_a_line_that_the_server_would_refuse_is_not_sent(self):
        self.type("ж" * 2049 + "\nshort\n")
        client.send_keyboard(self.near)
        self.near.close()
        self.assertEqual(self.sent(), "short\n")
        self.assertIn("not sent", self.screen.getvalue())


class AskNameTest(ClientTest):
    def test_the_first_good_name_is_taken_and_the_rest_stays(self):
        self.type("\na[b]\n Вася \nhello\n")
        self.assertEqual(client.ask_name(), "Вася")
        self.assertEqual(sys.stdin.readline(), "hello\n")

    def test_without_a_name_there_is_no_chat(self):
        self.type("")
        with self.assertRaises(SystemExit):
            client.ask_name()


class ChatTest(ClientTest):
    def test_the_name_is_sent_first_and_the_server_has_the_last_word(self):
        self.type("hello\n")
        self.near.settimeout(5)
        server = threading.Thread(target=self.serve)
        server.start()
        client.chat(self.near, "bob")
        server.join(5)
        self.assertEqual(self.screen.getvalue(), "bob\nhello\n")

    def serve(self):
        """Read all, send it back, close: as a server that answers slowly."""
        self.let_arrive(self.sent().encode())

    def test_ctrl_c_leaves(self):
        with mock.patch.object(client, "send_keyboard", side_effect=KeyboardInterrupt):
            client.chat(self.near, "bob")
        self.assertEqual(self.sent(), "bob\n")

    def test_a_broken_connection_is_the_end(self):
        broken = ConnectionResetError("gone")
        self.let_arrive(b"goodbye\n")
        with (
            mock.patch.object(client, "send_keyboard", side_effect=broken),
            mock.patch.object(os, "_exit"),
            self.assertRaises(ConnectionResetError),
        ):
            client.chat(self.near, "bob")
        self.assertIn("goodbye", self.screen.getvalue())


class MainTest(ClientTest):
    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["client.py", *words])
        with argv, self.assertRaises(SystemExit) as end:
            client.main()
        return end.exception.code

    def test_without_a_port_it_calls_7777(self):
        refusal = OSError("not today")
        with mock.patch.object(socket.socket, "connect", side_effect=refusal) as connect:
            self.end_of_main("127.0.0.1", "-n", "bob")
        self.assertEqual(connect.call_args.args, (("127.0.0.1", 7777),))

    def test_a_refused_connection_ends_in_one_clear_line(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # the port is ours, but we do not listen
            end = self.end_of_main("127.0.0.1", str(deaf.getsockname()[1]), "-n", "bob")
        self.assertRegex(end, r"\A.+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("x" * 70, "-n", "bob"), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in ([], ["127.0.0.1", "port"], ["127.0.0.1", "70000"], ["a", "-n", "a\nb"]):
            with self.subTest(words=words):
                self.assertEqual(self.end_of_main(*words), 2)

    def test_the_name_is_asked_for_before_connecting(self):
        self.type("")
        with mock.patch.object(socket, "create_connection") as connect:
            self.assertIn("name", self.end_of_main("127.0.0.1"))
        connect.assert_not_called()


if __name__ == "__main__":
    unittest.main()
