"""Tests of client.py: what every right client does, however it is built."""

import contextlib
import io
import socket
import sys
import time
import unittest
from unittest import mock

import client
from telephone import TelephoneTest, as_line


class CreatePresenceTest(unittest.TestCase):
    def test_it_is_a_presence(self):
        self.assertEqual(client.create_presence("bob", "hi")["action"], "presence")

    def test_it_says_who_is_there_and_how(self):
        presence = client.create_presence("Вася", "at lunch")
        self.assertEqual(presence["user"], {"account_name": "Вася", "status": "at lunch"})

    def test_its_time_is_now(self):
        now = time.time()
        self.assertAlmostEqual(client.create_presence("bob", "hi")["time"], now, delta=2)

    def test_it_has_these_fields_and_no_others(self):
        with mock.patch("time.time", return_value=1000):  # a clock that stands still
            presence = client.create_presence("bob", "hi")
        expected = {
            "action": "presence",
            "time": 1000,
            "type": "status",
            "user": {"account_name": "bob", "status": "hi"},
        }
        self.assertEqual(presence, expected)


class ParseResponseTest(unittest.TestCase):
    def test_an_answer_becomes_its_code_and_its_words(self):
        table = (
            ({"response": 200, "time": 1, "alert": "welcome"}, (200, "welcome")),
            ({"response": 400, "time": 1, "error": "unknown action"}, (400, "unknown action")),
            ({"response": 200, "time": 1, "alert": "здравствуй"}, (200, "здравствуй")),
            ({"response": 200, "time": 1}, (200, "")),
        )
        for message, answer in table:
            with self.subTest(message=message):
                self.assertEqual(client.parse_response(message), answer)

    def test_what_is_no_answer_is_refused(self):
        table = ({}, {"alert": "hi"}, {"response": "200"}, {"response": True}, {"response": None})
        for message in (*table, [200], "200", 200, None):
            with self.subTest(message=message), self.assertRaises(ValueError):
                client.parse_response(message)


class SendAndReceiveTest(TelephoneTest):
    def test_what_is_sent_is_received(self):
        message = client.create_presence("Вася", "здесь")
        client.send_message(self.near, message)
        self.assertEqual(client.receive_message(self.far), message)

    def test_a_long_answer_is_received_whole(self):
        answer = {"response": 200, "alert": "x" * 6000}
        self.let_arrive(as_line(answer))
        self.assertEqual(client.receive_message(self.near), answer)

    def test_answers_that_arrive_together_are_received_one_by_one(self):
        self.let_arrive(as_line({"response": 200}), as_line({"response": 400}))
        self.assertEqual(client.receive_message(self.near), {"response": 200})
        self.assertEqual(client.receive_message(self.near), {"response": 400})

    def test_a_closed_connection_is_none(self):
        self.let_arrive()
        self.assertIsNone(client.receive_message(self.near))

    def test_what_is_no_message_is_refused(self):
        self.let_arrive(b"hello\n")
        with self.assertRaises(ValueError):
            client.receive_message(self.near)


class MainTest(unittest.TestCase):
    def setUp(self):
        self.enterContext(mock.patch.object(client, "open_log"))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["client.py", *words])
        with argv, self.assertRaises(SystemExit) as end:
            client.main()
        return end.exception.code

    def test_without_a_port_it_calls_7777(self):
        refusal = OSError("not today")
        with mock.patch.object(socket.socket, "connect", side_effect=refusal) as connect:
            self.end_of_main("127.0.0.1")
        self.assertEqual(connect.call_args.args, (("127.0.0.1", 7777),))

    def test_a_refused_connection_ends_in_one_clear_line(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # the port is ours, but we do not listen
            end = self.end_of_main("127.0.0.1", str(deaf.getsockname()[1]))
        self.assertRegex(end, r"\A.+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("x" * 70), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in ([], ["127.0.0.1", "port"], ["127.0.0.1", "70000"]):
            with self.subTest(words=words):
                self.assertNotIn(self.end_of_main(*words), (None, 0))


if __name__ == "__main__":
    unittest.main()
