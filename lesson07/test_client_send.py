"""Tests of client_send.py: each line that is typed goes to the common chat."""

import io
import socket
import sys
import time
import unittest
from unittest import mock

import client_send
import joining
from telephone import TelephoneTest, as_line

from common.messages import receive_message


class CreateMessageTest(unittest.TestCase):
    def test_its_time_is_now(self):
        now = time.time()
        self.assertAlmostEqual(client_send.create_message("bob", "hi")["time"], now, delta=2)

    def test_it_has_these_fields_and_no_others(self):
        with mock.patch("time.time", return_value=1000):  # a clock that stands still
            message = client_send.create_message("Вася", "привет")
        expected = {
            "action": "msg",
            "time": 1000,
            "to": "#all",
            "from": "Вася",
            "encoding": "utf-8",
            "message": "привет",
        }
        self.assertEqual(message, expected)


class KeyboardTest(TelephoneTest):
    """A test in which somebody types, while the answers of the server have already come."""

    def let_type(self, text, *answers):
        """Let a text come from the keyboard, and answers from the server."""
        self.enterContext(mock.patch.object(sys, "stdin", io.StringIO(text)))
        self.let_arrive(*(as_line(answer) for answer in answers))

    def sent(self):
        """Return what the server has got."""
        self.near.close()  # so that the last one is followed by None
        return list(iter(lambda: receive_message(self.far), None))


class TalkTest(KeyboardTest):
    def texts_sent(self, typed, count):
        """Return what the server hears when this is typed and answered so many times."""
        self.let_type(typed, *[{"response": 200, "alert": "sent"}] * count)
        client_send.talk(self.near, "bob")
        return [message.get("message") for message in self.sent()]

    def test_every_line_is_sent_and_then_a_goodbye(self):
        self.assertEqual(self.texts_sent("one\nдва\n", 2), ["one", "два", None])

    def test_the_last_line_needs_no_end(self):
        self.assertEqual(self.texts_sent("one\ntwo", 2), ["one", "two", None])

    def test_spaces_around_a_line_and_empty_lines_are_not_sent(self):
        self.assertEqual(self.texts_sent("\n  one two \t\n   \n\n", 1), ["one two", None])

    def test_the_goodbye_is_a_quit(self):
        self.let_type("")
        client_send.talk(self.near, "bob")
        (goodbye,) = self.sent()
        self.assertEqual(goodbye["action"], "quit")
        self.assertAlmostEqual(goodbye["time"], time.time(), delta=2)

    def test_a_message_says_who_has_sent_it(self):
        self.let_type("one", {"response": 200})
        client_send.talk(self.near, "Вася")
        self.assertEqual(self.sent()[0]["from"], "Вася")

    def test_the_answers_are_shown(self):
        answers = {"response": 200, "alert": "sent"}, {"response": 400, "error": "too\nlong\x1b"}
        self.let_type("one\ntwo\n", *answers)
        client_send.talk(self.near, "bob")
        self.assertEqual(self.screen.getvalue(), "200: sent\n400: too\\nlong\\x1b\n")

    def test_a_server_that_closes_is_an_error(self):
        self.let_type("one\n")
        with self.assertRaises(ConnectionError):
            client_send.talk(self.near, "bob")


class MainTest(KeyboardTest):
    def setUp(self):
        super().setUp()
        # Where the program would call a server, it gets the near end of our telephone.
        self.enterContext(mock.patch.object(socket, "create_connection", return_value=self.near))
        self.open_log = self.enterContext(mock.patch.object(joining, "open_log"))
        argv = ["client_send.py", "127.0.0.1", "-n", "Вася"]
        self.enterContext(mock.patch.object(sys, "argv", argv))

    def test_it_says_that_it_only_sends_and_sends(self):
        self.let_type("привет\n", {"response": 200}, {"response": 200})
        client_send.main()
        hello, message, goodbye = self.sent()
        self.assertIs(hello["receive"], False)
        self.assertEqual((message["from"], message["message"]), ("Вася", "привет"))
        self.assertEqual(goodbye["action"], "quit")

    def test_it_has_a_log_of_its_own(self):
        self.let_type("", {"response": 200})
        client_send.main()
        self.open_log.assert_called_once_with("client_send")


if __name__ == "__main__":
    unittest.main()
