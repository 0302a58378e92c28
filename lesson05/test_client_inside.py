"""Tests of how client.py is built: its helpers, and how its main() brings all together."""

import argparse
import contextlib
import io
import socket
import sys
import unittest
from unittest import mock

import client
from telephone import TelephoneTest, as_line


class TalkTest(TelephoneTest):
    def test_the_server_gets_a_presence(self):
        self.let_arrive(as_line({"response": 200}))
        client.talk(self.near, "Вася")
        message = client.receive_message(self.far)
        self.assertEqual(message["action"], "presence")
        self.assertEqual(message["user"]["account_name"], "Вася")

    def test_the_parsed_answer_is_returned(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome"}))
        self.assertEqual(client.talk(self.near, "bob"), (200, "welcome"))

    def test_both_messages_are_logged(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome"}))
        with self.assertLogs("messenger.client", "INFO") as log:
            client.talk(self.near, "bob")
        self.assertRegex("\n".join(log.output), "sent .*bob.*\n.*received .*welcome")

    def test_no_answer_is_an_error(self):
        self.let_arrive()
        with self.assertRaises(ConnectionError):
            client.talk(self.near, "bob")

    def test_a_message_that_is_no_answer_is_an_error(self):
        self.let_arrive(as_line({"action": "probe"}))
        with self.assertRaises(ValueError):
            client.talk(self.near, "bob")


class ParseResponseTest(unittest.TestCase):
    def test_the_words_are_always_text(self):
        answer = client.parse_response({"response": 202, "alert": ["bob", "eve"]})
        self.assertEqual(answer, (202, "['bob', 'eve']"))


class PortNumberTest(unittest.TestCase):
    def test_a_port_is_a_number_from_1_to_65535(self):
        for text, port in {"1": 1, "7777": 7777, "65535": 65535}.items():
            with self.subTest(text=text):
                self.assertEqual(client.port_number(text), port)

    def test_everything_else_is_refused(self):
        for text in ("0", "65536", "-1", "7.5", "1e3", "port", "", " 7777"):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                client.port_number(text)


class MainTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        # Where the program would call a server, it gets the near end of our telephone.
        call = mock.patch.object(socket, "create_connection", return_value=self.near)
        self.call = self.enterContext(call)
        self.enterContext(mock.patch.object(client, "open_log"))

    def run_main(self, *words):
        """Run the program with these words on its command line."""
        with mock.patch.object(sys, "argv", ["client.py", *words]):
            client.main()

    def end_of_main(self, *words):
        """Run the program, which must end early; return what it ends with."""
        with self.assertRaises(SystemExit) as end:
            self.run_main(*words)
        return end.exception.code

    def test_the_answer_is_shown(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome, Вася"}))
        self.run_main("127.0.0.1")
        self.assertIn("200: 'welcome, Вася'", self.screen.getvalue())

    def test_the_server_is_told_the_name(self):
        self.let_arrive(as_line({"response": 200}))
        self.run_main("127.0.0.1", "--name", "Вася")
        self.assertEqual(client.receive_message(self.far)["user"]["account_name"], "Вася")

    def test_the_address_and_the_port_are_called_with_patience_for_five_seconds(self):
        self.let_arrive(as_line({"response": 200}))
        self.run_main("example.org", "8080")
        self.call.assert_called_once_with(("example.org", 8080), timeout=5)

    def test_a_refusal_is_shown_and_gives_exit_code_1(self):
        self.let_arrive(as_line({"response": 400, "error": "unknown action"}))
        self.assertEqual(self.end_of_main("127.0.0.1"), 1)
        self.assertIn("400: 'unknown action'", self.screen.getvalue())

    def test_an_answer_that_is_none_ends_in_one_clear_line(self):
        self.let_arrive(b"hello\n")
        end = self.end_of_main("127.0.0.1")
        self.assertRegex(end, r"\ANo answer from 127\.0\.0\.1, port 7777: .+\Z")

    def test_a_server_that_closes_without_an_answer_ends_in_one_clear_line(self):
        self.let_arrive()
        self.assertRegex(self.end_of_main("127.0.0.1"), r"\ANo answer from .+\Z")

    def test_what_goes_wrong_is_logged_as_an_error(self):
        self.let_arrive()
        with self.assertLogs("messenger.client", "ERROR") as log:
            self.end_of_main("127.0.0.1")
        self.assertIn("no answer from 127.0.0.1, port 7777", log.output[0])

    def test_a_wrong_port_is_named_and_gives_exit_code_2(self):
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            self.assertEqual(self.end_of_main("127.0.0.1", "70000"), 2)
        self.assertIn("70000 is not a port", errors.getvalue())


if __name__ == "__main__":
    unittest.main()
