"""Tests of server.py: what every right server does, however it is built."""

import contextlib
import io
import socket
import sys
import time
import unittest
from unittest import mock

import server
from telephone import TelephoneTest, as_line, presence


class CreateSocketServerTest(unittest.TestCase):
    def setUp(self):
        # Port 0 means: a port that is free. So two tests never want the same one.
        self.listener = self.enterContext(server.create_socket_server("127.0.0.1", 0))

    def test_it_listens_on_the_address(self):
        self.assertEqual(self.listener.getsockname()[0], "127.0.0.1")

    def test_it_speaks_tcp(self):
        self.assertEqual(self.listener.type, socket.SOCK_STREAM)

    def test_a_client_can_connect(self):
        with socket.create_connection(self.listener.getsockname(), timeout=2) as far:
            near, _ = self.listener.accept()
            with near:
                far.sendall(b"hello")
                self.assertEqual(near.recv(100), b"hello")

    def test_a_port_that_is_taken_is_an_error(self):
        with self.assertRaises(OSError):
            server.create_socket_server(*self.listener.getsockname())


class MakeResponseTest(unittest.TestCase):
    def test_a_presence_is_answered_200(self):
        self.assertEqual(server.make_response(presence())["response"], 200)

    def test_the_welcome_names_the_account(self):
        response = server.make_response(presence(user={"account_name": "Вася"}))
        self.assertIn("Вася", response["alert"])

    def test_an_unknown_action_is_answered_400(self):
        for action in ("dance", "Presence", "PRESENCE", "presence ", "", None, 5, ["presence"]):
            self.expect_refusal(presence(action=action))

    def test_a_time_that_is_no_number_is_answered_400(self):
        for moment in ("1000", None, True, [1000]):
            self.expect_refusal(presence(time=moment))

    def test_a_user_that_is_none_is_answered_400(self):
        for user in ("bob", None, {}, {"account_name": ""}, {"account_name": 5}):
            self.expect_refusal(presence(user=user))

    def test_a_missing_field_is_answered_400(self):
        for field in ("action", "time", "user"):
            message = presence()
            del message[field]
            self.expect_refusal(message)

    def test_a_refusal_says_what_is_wrong(self):
        response = server.make_response(presence(action="dance"))
        self.assertIsInstance(response["error"], str)

    def test_every_answer_has_the_time(self):
        for message in (presence(), presence(action="dance")):
            with self.subTest(message=message):
                moment = server.make_response(message)["time"]
                self.assertAlmostEqual(moment, time.time(), delta=2)

    def expect_refusal(self, message):
        """Expect that a message is answered 400."""
        with self.subTest(message=message):
            self.assertEqual(server.make_response(message)["response"], 400)


class SendAndReceiveTest(TelephoneTest):
    def test_what_is_sent_is_received(self):
        server.send_message(self.near, {"response": 200, "alert": "здравствуй"})
        message = server.receive_message(self.far)
        self.assertEqual(message, {"response": 200, "alert": "здравствуй"})

    def test_a_long_message_is_received_whole(self):
        message = presence(padding="x" * 6000)
        self.let_arrive(as_line(message))
        self.assertEqual(server.receive_message(self.near), message)

    def test_messages_that_arrive_together_are_received_one_by_one(self):
        self.let_arrive(as_line(presence(time=1)), as_line(presence(time=2)))
        self.assertEqual(server.receive_message(self.near), presence(time=1))
        self.assertEqual(server.receive_message(self.near), presence(time=2))

    def test_a_closed_connection_is_none(self):
        self.let_arrive()
        self.assertIsNone(server.receive_message(self.near))

    def test_what_is_no_message_is_refused(self):
        self.let_arrive(b"hello\n")
        with self.assertRaises(ValueError):
            server.receive_message(self.near)


class MainTest(unittest.TestCase):
    def setUp(self):
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["server.py", *words])
        with argv, self.assertRaises(SystemExit) as end:
            server.main()
        return end.exception.code

    def listening_place(self, *words):
        """Return where the program would listen, given these words."""
        refusal = OSError("not today")
        with mock.patch.object(socket.socket, "bind", side_effect=refusal) as bind:
            self.end_of_main(*words)
        return bind.call_args.args[0]

    def test_without_words_it_listens_on_all_addresses_port_7777(self):
        self.assertEqual(self.listening_place(), ("", 7777))

    def test_address_and_port_can_be_chosen(self):
        self.assertEqual(self.listening_place("-a", "10.0.0.1", "-p", "80"), ("10.0.0.1", 80))

    def test_a_port_that_is_taken_ends_in_one_clear_line(self):
        with server.create_socket_server("127.0.0.1", 0) as other:
            port = str(other.getsockname()[1])
            end = self.end_of_main("-a", "127.0.0.1", "-p", port)
        self.assertRegex(end, r"\A.+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("-a", "x" * 70, "-p", "0"), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in (["-p", "port"], ["-p", "70000"], ["--dance"]):
            with self.subTest(words=words):
                self.assertNotIn(self.end_of_main(*words), (None, 0))


if __name__ == "__main__":
    unittest.main()
