"""Tests of joining.py: what both clients do first."""

import argparse
import contextlib
import io
import socket
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import joining
from telephone import TelephoneTest, as_line

from common.messages import receive_message


class PortNumberTest(unittest.TestCase):
    def test_a_port_is_a_number_from_1_to_65535(self):
        for text, port in {"1": 1, "7777": 7777, "65535": 65535}.items():
            with self.subTest(text=text):
                self.assertEqual(joining.port_number(text), port)

    def test_everything_else_is_refused(self):
        for text in ("0", "65536", "-1", "7.5", "1e3", "port", "", " 7777"):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                joining.port_number(text)


class ReadArgumentsTest(unittest.TestCase):
    def arguments(self, *words):
        """Return what is read from these words on the command line."""
        with mock.patch.object(sys, "argv", ["client.py", *words]):
            return joining.read_arguments("a client")

    def test_the_address_is_enough(self):
        args = self.arguments("127.0.0.1")
        self.assertEqual((args.addr, args.port, args.name), ("127.0.0.1", 7777, "guest"))

    def test_port_and_name_can_be_chosen(self):
        for option in ("-n", "--name"):
            with self.subTest(option=option):
                args = self.arguments("example.org", "8080", option, "Вася")
                self.assertEqual((args.addr, args.port, args.name), ("example.org", 8080, "Вася"))

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in ([], ["127.0.0.1", "port"], ["127.0.0.1", "70000"], ["127.0.0.1", "0"]):
            errors = contextlib.redirect_stderr(io.StringIO())
            with self.subTest(words=words), errors, self.assertRaises(SystemExit) as end:
                self.arguments(*words)
            self.assertEqual(end.exception.code, 2)

    def test_a_wrong_port_is_named(self):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), self.assertRaises(SystemExit):
            self.arguments("127.0.0.1", "70000")
        self.assertIn("70000 is not a port", errors.getvalue())


class CreatePresenceTest(unittest.TestCase):
    def test_its_time_is_now(self):
        now = time.time()
        self.assertAlmostEqual(joining.create_presence("bob", True)["time"], now, delta=2)

    def test_it_has_these_fields_and_no_others(self):
        for receive in (True, False):
            with mock.patch("time.time", return_value=1000):  # a clock that stands still
                presence = joining.create_presence("Вася", receive)
            expected = {
                "action": "presence",
                "time": 1000,
                "type": "status",
                "user": {"account_name": "Вася", "status": "I am here"},
                "receive": receive,
            }
            with self.subTest(receive=receive):
                self.assertEqual(presence, expected)


class ParseResponseTest(unittest.TestCase):
    def test_an_answer_becomes_its_code_and_its_words(self):
        table = (
            ({"response": 200, "time": 1, "alert": "welcome"}, (200, "welcome")),
            ({"response": 400, "time": 1, "error": "unknown action"}, (400, "unknown action")),
            ({"response": 200, "time": 1, "alert": "здравствуй"}, (200, "здравствуй")),
            ({"response": 200, "time": 1}, (200, "")),
            ({"response": 202, "alert": ["bob", "eve"]}, (202, "['bob', 'eve']")),
        )
        for message, answer in table:
            with self.subTest(message=message):
                self.assertEqual(joining.parse_response(message), answer)

    def test_what_is_no_answer_is_refused(self):
        table = ({}, {"alert": "hi"}, {"response": "200"}, {"response": True}, {"response": None})
        for message in table:
            with self.subTest(message=message), self.assertRaises(ValueError):
                joining.parse_response(message)


class AskTest(TelephoneTest):
    def test_the_server_gets_the_message(self):
        self.let_arrive(as_line({"response": 200}))
        joining.ask(self.near, {"action": "quit", "from": "Вася"})
        self.assertEqual(receive_message(self.far), {"action": "quit", "from": "Вася"})

    def test_the_parsed_answer_is_returned(self):
        self.let_arrive(as_line({"response": 404, "error": "nobody"}))
        self.assertEqual(joining.ask(self.near, {}), (404, "nobody"))

    def test_only_one_answer_is_taken(self):
        self.let_arrive(as_line({"response": 200}), as_line({"response": 404}))
        joining.ask(self.near, {})
        self.assertEqual(receive_message(self.near), {"response": 404})

    def test_no_answer_is_an_error(self):
        self.let_arrive()
        with self.assertRaises(ConnectionError):
            joining.ask(self.near, {})

    def test_a_message_that_is_no_answer_is_an_error(self):
        for line in (as_line({"action": "probe"}), b"hello\n"):
            self.far.sendall(line)
            with self.subTest(line=line), self.assertRaises(ValueError):
                joining.ask(self.near, {})


class RunTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        # Where the client would call a server, it gets the near end of our telephone.
        call = mock.patch.object(socket, "create_connection", return_value=self.near)
        self.call = self.enterContext(call)
        self.enterContext(mock.patch.object(joining, "open_log"))
        self.talk = mock.Mock()  # what the client does once it is in

    def run_client(self, *words, receive=True):
        """Run a client with these words on its command line."""
        with mock.patch.object(sys, "argv", ["client.py", *words]):
            joining.run("test", self.talk, receive, "a client")

    def end_of_client(self, *words):
        """Run a client, which must end early; return what it ends with."""
        with self.assertRaises(SystemExit) as end:
            self.run_client(*words)
        return end.exception.code

    def test_the_server_is_told_the_name_and_whether_the_client_listens(self):
        for receive in (True, False):
            near, far = socket.socketpair()
            self.call.return_value = near
            with self.subTest(receive=receive), near, far:
                far.sendall(as_line({"response": 200}))
                self.run_client("127.0.0.1", "-n", "Вася", receive=receive)
                message = receive_message(far)
                self.assertEqual(message["user"]["account_name"], "Вася")
                self.assertIs(message["receive"], receive)

    def test_the_address_and_the_port_are_called_with_patience_for_five_seconds(self):
        self.let_arrive(as_line({"response": 200}))
        self.run_client("example.org", "8080")
        self.call.assert_called_once_with(("example.org", 8080), timeout=5)

    def test_after_the_answer_it_talks(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome, bob"}))
        self.run_client("127.0.0.1", "-n", "bob")
        self.talk.assert_called_once_with(self.near, "bob")

    def test_the_answer_is_shown_and_how_to_end(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome, Вася"}))
        self.run_client("127.0.0.1")
        self.assertEqual(self.screen.getvalue(), "welcome, Вася. Ctrl+C ends.\n")

    def test_an_answer_cannot_control_the_terminal(self):
        self.let_arrive(as_line({"response": 200, "alert": "\x1b[2J\n"}))
        self.run_client("127.0.0.1")
        self.assertIn(r"\x1b[2J\n.", self.screen.getvalue())

    def test_the_answer_is_logged(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome"}))
        with self.assertLogs("messenger.client", "INFO") as log:
            self.run_client("127.0.0.1")
        self.assertIn("127.0.0.1, port 7777 answered 200: welcome", log.output[0])

    def test_when_all_is_said_the_connection_is_closed(self):
        self.let_arrive(as_line({"response": 200}))
        self.run_client("127.0.0.1")
        self.assertEqual(self.near.fileno(), -1)  # that is how a closed socket shows itself

    def test_ctrl_c_is_a_goodbye_and_no_error(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome"}))
        self.talk.side_effect = KeyboardInterrupt
        try:
            self.run_client("127.0.0.1")
        except KeyboardInterrupt:  # it would end the tests too
            self.fail("run() lets the KeyboardInterrupt through")
        self.assertTrue(self.screen.getvalue().endswith("Goodbye.\n"))

    def test_a_refusal_ends_in_one_clear_line_and_nothing_is_said(self):
        for code in (400, 403, 500):
            near, far = socket.socketpair()
            self.call.return_value = near
            with self.subTest(code=code), near, far:
                far.sendall(as_line({"response": code, "error": "no room\x1b"}))
                end = self.end_of_client("127.0.0.1")
                self.assertEqual(end, r"127.0.0.1, port 7777: no room\x1b")
                self.talk.assert_not_called()

    def test_what_goes_wrong_ends_in_one_clear_line(self):
        for answer in (b"", b"hello\n", as_line({"action": "probe"}), b'{"response": '):
            near, far = socket.socketpair()
            self.call.return_value = near
            with self.subTest(answer=answer), near, far:
                far.sendall(answer)
                far.shutdown(socket.SHUT_WR)
                self.assertRegex(
                    self.end_of_client("127.0.0.1"), r"\A127\.0\.0\.1, port 7777: .+\Z"
                )

    def test_what_goes_wrong_later_does_too(self):
        for error in (ConnectionResetError("reset"), ValueError("odd"), TimeoutError("late")):
            near, far = socket.socketpair()
            self.call.return_value = near
            self.talk.side_effect = error
            with self.subTest(error=error), near, far:
                far.sendall(as_line({"response": 200}))
                self.assertEqual(self.end_of_client("x.org"), f"x.org, port 7777: {error}")

    def test_what_goes_wrong_is_logged_as_an_error(self):
        self.call.side_effect = ConnectionRefusedError("refused")
        with self.assertLogs("messenger.client", "ERROR") as log:
            self.end_of_client("127.0.0.1")
        self.assertEqual(log.output, ["ERROR:messenger.client:127.0.0.1, port 7777: refused"])

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.call.side_effect = UnicodeError("label too long")
        self.assertRegex(self.end_of_client("x" * 70), r"\A.+\Z")


if __name__ == "__main__":
    unittest.main()
