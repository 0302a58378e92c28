"""Tests of client.py."""

import argparse
import contextlib
import io
import socket
import sys
import time
import unittest
from unittest import mock

import client


class CreatePresenceTest(unittest.TestCase):
    def test_it_is_a_presence(self):
        self.assertEqual(client.create_presence("bob", "hi")["action"], "presence")

    def test_it_says_who_is_there_and_how(self):
        presence = client.create_presence("Вася", "at lunch")
        self.assertEqual(presence["user"], {"account_name": "Вася", "status": "at lunch"})

    def test_its_time_is_now(self):
        before = time.time()
        presence = client.create_presence("bob", "hi")
        self.assertTrue(before <= presence["time"] <= time.time())

    def test_it_has_these_fields_and_no_others(self):
        with mock.patch("time.time", return_value=1000.5):  # a clock that stands still
            presence = client.create_presence("bob", "hi")
        expected = {
            "action": "presence",
            "time": 1000.5,
            "type": "status",
            "user": {"account_name": "bob", "status": "hi"},
        }
        self.assertEqual(presence, expected)


class ParseResponseTest(unittest.TestCase):
    def test_an_answer_becomes_its_code_and_its_words(self):
        table = (
            ({"response": 200, "time": 1, "alert": "welcome"}, (200, "welcome")),
            ({"response": 400, "time": 1, "error": "unknown action"}, (400, "unknown action")),
            ({"response": 200, "alert": "здравствуй"}, (200, "здравствуй")),
            ({"response": 200}, (200, "")),
            ({"response": 202, "alert": ["bob", "eve"]}, (202, "['bob', 'eve']")),
        )
        for message, answer in table:
            with self.subTest(message=message):
                self.assertEqual(client.parse_response(message), answer)

    def test_what_is_no_answer_is_refused(self):
        table = ({}, {"alert": "hi"}, {"response": "200"}, {"response": True}, {"response": None})
        for message in (*table, [200], "200", 200, None):
            with self.subTest(message=message), self.assertRaises(ValueError):
                client.parse_response(message)


class TelephoneTest(unittest.TestCase):
    """What a test needs that holds both ends of a connection: the far end plays the server."""

    def setUp(self):
        near, far = socket.socketpair()
        self.near = self.enterContext(near)  # closed when the test is over, red or green
        self.far = self.enterContext(far)
        self.far.settimeout(2)  # a test of broken code turns red, it does not hang
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def let_answer(self, answer):
        """Let an answer lie ready at the near end: so nobody has to send it later."""
        client.send_message(self.far, answer)


class SendAndReceiveTest(TelephoneTest):
    def test_what_is_sent_is_received(self):
        message = client.create_presence("Вася", "здесь")
        client.send_message(self.near, message)
        self.assertEqual(client.receive_message(self.far), message)

    def test_a_long_answer_is_received_whole(self):
        answer = {"response": 200, "alert": "x" * 6000}
        self.let_answer(answer)
        self.assertEqual(client.receive_message(self.near), answer)

    def test_answers_that_arrive_together_are_received_one_by_one(self):
        self.let_answer({"response": 200})
        self.let_answer({"response": 400})
        self.assertEqual(client.receive_message(self.near), {"response": 200})
        self.assertEqual(client.receive_message(self.near), {"response": 400})


class TalkTest(TelephoneTest):
    def test_the_server_gets_a_presence(self):
        self.let_answer({"response": 200})
        client.talk(self.near, "bob")
        message = client.receive_message(self.far)
        self.assertEqual(message["action"], "presence")
        self.assertEqual(message["user"]["account_name"], "bob")

    def test_the_parsed_answer_is_returned(self):
        self.let_answer({"response": 200, "alert": "welcome"})
        self.assertEqual(client.talk(self.near, "bob"), (200, "welcome"))

    def test_both_messages_are_shown(self):
        self.let_answer({"response": 200, "alert": "welcome"})
        client.talk(self.near, "bob")
        self.assertRegex(self.screen.getvalue(), "Sent: .*bob.*\nReceived: .*welcome")

    def test_no_answer_is_an_error(self):
        self.far.shutdown(socket.SHUT_WR)
        with self.assertRaises(ConnectionError):
            client.talk(self.near, "bob")

    def test_a_message_that_is_no_answer_is_an_error(self):
        self.let_answer({"action": "probe"})
        with self.assertRaises(ValueError):
            client.talk(self.near, "bob")


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

    def run_main(self, *words):
        """Run the program with these words on its command line."""
        with mock.patch.object(sys, "argv", ["client.py", *words]):
            client.main()

    def test_the_answer_is_shown(self):
        self.let_answer({"response": 200, "alert": "welcome, Вася"})
        self.run_main("127.0.0.1")
        self.assertIn("200: 'welcome, Вася'", self.screen.getvalue())

    def test_the_server_is_told_the_name(self):
        self.let_answer({"response": 200})
        self.run_main("127.0.0.1", "--name", "Вася")
        self.assertEqual(client.receive_message(self.far)["user"]["account_name"], "Вася")

    def test_the_address_and_the_port_are_called(self):
        self.let_answer({"response": 200})
        self.run_main("example.org", "8080")
        self.assertEqual(self.call.call_args.args, (("example.org", 8080),))

    def test_without_a_port_7777_is_called(self):
        self.let_answer({"response": 200})
        self.run_main("example.org")
        self.assertEqual(self.call.call_args.args, (("example.org", 7777),))

    def test_the_call_does_not_wait_for_ever(self):
        self.let_answer({"response": 200})
        self.run_main("example.org")
        self.assertEqual(self.call.call_args.kwargs, {"timeout": 5})

    def test_a_refusal_is_shown_and_gives_exit_code_1(self):
        self.let_answer({"response": 400, "error": "unknown action"})
        with self.assertRaises(SystemExit) as end:
            self.run_main("127.0.0.1")
        self.assertEqual(end.exception.code, 1)
        self.assertIn("400: 'unknown action'", self.screen.getvalue())

    def test_what_is_no_answer_ends_in_one_clear_line(self):
        self.far.sendall(b"hello\n")
        self.far.shutdown(socket.SHUT_WR)
        with self.assertRaises(SystemExit) as end:
            self.run_main("127.0.0.1")
        self.assertRegex(end.exception.code, r"\ANo answer from 127\.0\.0\.1, port 7777: .+\Z")

    def test_no_answer_ends_in_one_clear_line(self):
        self.far.shutdown(socket.SHUT_WR)
        with self.assertRaises(SystemExit) as end:
            self.run_main("127.0.0.1")
        self.assertRegex(end.exception.code, r"\ANo answer from .+\Z")


class MainWithoutServerTest(unittest.TestCase):
    def setUp(self):
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words):
        """Run the program, which really calls; return the exit code or the words it ends with."""
        argv = mock.patch.object(sys, "argv", ["client.py", *words])
        with argv, self.assertRaises(SystemExit) as end:
            client.main()
        return end.exception.code

    def test_a_refused_connection_ends_in_one_clear_line(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # the port is ours, but we do not listen
            port = deaf.getsockname()[1]
            end = self.run_main("127.0.0.1", str(port))
        self.assertRegex(end, rf"\ANo answer from 127\.0\.0\.1, port {port}: .+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.run_main("x" * 70), r"\ANo answer from x+, port 7777: .+\Z")

    def test_wrong_words_on_the_command_line_give_exit_code_2(self):
        for words in ([], ["127.0.0.1", "port"], ["127.0.0.1", "70000"], ["127.0.0.1", "0"]):
            with self.subTest(words=words):
                self.assertEqual(self.run_main(*words), 2)

    def test_a_wrong_port_is_named(self):
        self.run_main("127.0.0.1", "70000")
        self.assertIn("70000 is not a port", self.errors.getvalue())


if __name__ == "__main__":
    unittest.main()
