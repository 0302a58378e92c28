"""Tests of client.py: the test is the server at the far end."""

import contextlib
import io
import re
import socket
import sys
import threading
import time
import unittest
from datetime import datetime
from unittest import mock

import client
import wire
from colours import Painter

WELCOME = wire.frame("Welcome! To leave, type <quit<")


class TimeTest(unittest.TestCase):
    def test_now_has_a_zone(self):
        moment = wire.parse_time(client.now())
        self.assertLess(abs(moment.timestamp() - time.time()), 5)
        self.assertEqual(moment.utcoffset(), datetime.now().astimezone().utcoffset())

    @unittest.skipUnless(hasattr(time, "tzset"), "this system cannot change its zone")
    def test_times_go_from_zone_to_zone(self):
        self.addCleanup(time.tzset)
        with mock.patch.dict("os.environ", TZ="XYZ-9"):  # nine hours east of Greenwich
            time.tzset()
            self.assertTrue(client.now().endswith(" +0900"))
            self.assertEqual(client.here("2026-11-20 23:03:07 +0300"), "2026-11-21 05:03:07")

    def test_what_is_no_time_is_shown_as_it_is_but_harmless(self):
        for text, shown in (("noon", "noon"), ("\x1b[2J", r"\x1b[2J")):
            self.assertEqual(client.here(text), shown)

    def test_the_edges_of_the_calendar_are_no_error(self):
        for text in ("0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1200"):
            self.assertTrue(client.here(text))


class ClientTest(unittest.TestCase):
    def setUp(self):
        near, far = socket.socketpair()
        self.near, self.far = self.enterContext(near), self.enterContext(far)
        self.far.settimeout(2)
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))
        self.client = client.ChatClient(self.near, "Вася", Painter(False))

    def sent(self):
        """Return the texts that have been sent, when nothing more will be."""
        reader = wire.FrameReader()
        while data := self.far.recv(65536):
            reader.receive_data(data)
        contents = iter(reader.next_content, None)
        return [content.decode() for content in contents]

    def texts(self, lines):
        """Let the client read these lines; return the texts that it sends."""
        self.client.talk(lines)
        return [wire.split_parts(content)[2] for content in self.sent()]


class TalkTest(ClientTest):
    def test_a_line_becomes_a_message_with_time_and_nickname(self):
        self.client.talk(["привет\n"])
        [content] = self.sent()
        moment, nickname, text = wire.split_parts(content)
        self.assertTrue(wire.parse_time(moment))
        self.assertEqual((nickname, text), ("Вася", "привет"))

    def test_empty_lines_are_not_sent(self):
        self.assertEqual(
            self.texts(["\n", "one\n", "   \n", "\r\n", "\t\n", "two\n"]), ["one", "two"]
        )

    def test_the_word_for_leaving_ends_it(self):
        self.assertEqual(self.texts(["one\n", " <quit< \n", "two\n"]), ["one"])

    def test_the_last_line_needs_no_end(self):
        self.assertEqual(self.texts(["one\n", "two"]), ["one", "two"])

    def test_spaces_inside_are_kept(self):
        self.assertEqual(self.texts(["  a  b \n"]), ["  a  b "])

    def test_what_is_too_long_is_not_sent_and_that_is_said(self):
        self.assertEqual(self.texts(["x" * wire.MAX_BYTES, "short"]), ["short"])
        self.assertIn("Not sent: a message may have", self.screen.getvalue())

    def test_a_broken_connection_ends_it_quietly(self):
        self.far.close()
        self.client.talk(["one\n"] * 100)


class ShownTest(ClientTest):
    def test_a_users_message_has_time_nickname_and_text(self):
        line = self.client.shown(b"2026-11-20 14:03:07 +0300\0Anna\0hello")
        self.assertRegex(line, r"\A2026-11-\d\d \d\d:\d\d:07 Anna: hello\Z")

    def test_a_service_message_has_one_part(self):
        self.assertEqual(self.client.shown("закрываемся".encode()), "закрываемся")

    def test_a_message_of_four_parts_is_nobodys(self):
        self.assertEqual(self.client.shown(b"a\0b\0c\0d"), r"a\x00b\x00c\x00d")

    def test_nothing_commands_the_terminal(self):
        for content in ("\x1b[2J", "a\0\x1b[2J\0c", "a\0b\0\x1b[2J\r\n", "\x1b]0;x\x07\0b\0c"):
            with self.subTest(content=content):
                self.assertTrue(self.client.shown(content.encode()).isprintable())

    def test_what_is_not_utf_8_is_shown_as_far_as_it_is(self):
        self.assertEqual(self.client.shown(b"a\xffb"), r"a\xffb")


class ChatTest(ClientTest):
    def chat(self, *pieces, keyboard=None):
        """Let the server send these bytes and close; return the exit code."""
        for piece in pieces:
            self.far.sendall(piece)
        self.far.shutdown(socket.SHUT_WR)
        with mock.patch.object(sys, "stdin", keyboard or waiting()):
            return client.chat(self.near, "Вася")

    def test_the_nickname_comes_first(self):
        self.chat(WELCOME)
        self.assertEqual(self.far.recv(100), wire.frame("Вася"))

    def test_a_server_that_says_goodbye_is_no_error(self):
        self.assertEqual(self.chat(WELCOME, wire.frame("closing")), 0)
        self.assertEqual(
            self.screen.getvalue().splitlines()[-2:],
            ["closing", "The server has closed the connection."],
        )

    def test_a_server_that_does_not_let_us_in_is_one(self):
        self.assertEqual(self.chat(wire.frame("the nickname is taken")), 1)

    def test_an_end_in_the_middle_of_a_message_is_one(self):
        self.assertEqual(self.chat(WELCOME, b"5         hel"), 1)
        self.assertIn("in the middle of a message", self.errors.getvalue())

    def test_a_server_that_speaks_another_language_is_one(self):
        self.assertEqual(self.chat(b"HTTP/1.1 400 Bad Request\r\n"), 1)
        self.assertIn("ten characters", self.errors.getvalue())

    def test_messages_are_shown_however_they_are_cut(self):
        data = WELCOME + wire.frame("2026-11-20 14:03:07 +0300\0Анна\0да")
        thread = threading.Thread(target=self.drip, args=(data,))
        thread.start()
        with mock.patch.object(sys, "stdin", waiting()):
            self.assertEqual(client.chat(self.near, "Вася"), 0)
        thread.join()
        self.assertTrue(re.search(r"Анна: да$", self.screen.getvalue(), re.MULTILINE))

    def drip(self, data):
        """Send bytes one by one."""
        for byte in data:
            self.far.sendall(bytes([byte]))
        self.far.shutdown(socket.SHUT_WR)

    def test_a_server_that_does_not_let_us_go_is_not_waited_for(self):
        self.far.sendall(WELCOME)
        with (
            mock.patch.multiple(client, TICK=0.01, GOODBYE_TIME=0.05),
            mock.patch.object(sys, "stdin", io.StringIO("<quit<\n")),
        ):
            self.assertEqual(client.chat(self.near, "Вася"), 1)
        self.assertIn("does not say goodbye", self.errors.getvalue())


def waiting():
    """Return a keyboard that nobody touches."""
    return iter(threading.Event().wait, True)


class AskTest(unittest.TestCase):
    def ask(self, typed):
        """Let somebody type; return what was asked, and the answer."""
        screen = io.StringIO()
        with mock.patch.object(sys, "stdin", io.StringIO(typed)):
            with contextlib.redirect_stdout(screen):
                return client.ask_nickname(), screen.getvalue()

    def test_the_answer_is_the_nickname(self):
        self.assertEqual(self.ask(" Вася \n"), ("Вася", "Your nickname: "))

    def test_what_is_no_nickname_is_asked_for_again(self):
        name, screen = self.ask("\n" + "x" * 26 + "\nAnna\n")
        self.assertEqual(name, "Anna")
        self.assertEqual(screen.count("Your nickname: "), 3)
        self.assertIn("1 to 25 characters", screen)

    def test_no_answer_is_the_end(self):
        with self.assertRaises(SystemExit) as end:
            self.ask("")
        self.assertNotIn(end.exception.code, (None, 0))


class MainTest(unittest.TestCase):
    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["client.py", *words])
        errors = contextlib.redirect_stderr(io.StringIO())
        with argv, errors, self.assertRaises(SystemExit) as end:
            client.main()
        return end.exception.code

    def test_without_a_port_it_calls_7777(self):
        refused = ConnectionRefusedError("not today")
        with mock.patch.object(socket, "create_connection", side_effect=refused) as connect:
            end = self.end_of_main("127.0.0.1", "-n", "Anna")
        self.assertEqual(connect.call_args.args[0], ("127.0.0.1", 7777))
        self.assertIn("not today", end)

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("x" * 70, "-n", "Anna"), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in ([], ["here", "port"], ["here", "0"], ["here", "-n", "x" * 26]):
            with self.subTest(words=words):
                self.assertNotIn(self.end_of_main(*words), (None, 0))


if __name__ == "__main__":
    unittest.main()
