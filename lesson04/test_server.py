"""Tests of server.py."""

import argparse
import contextlib
import io
import json
import socket
import sys
import time
import unittest
from unittest import mock

import messages
import server

PEER = ("192.0.2.7", 50000)  # address and port of a client, as accept() tells them


def presence(**changes):
    """Return a good presence, with changes."""
    user = {"account_name": "bob", "status": "hi"}
    return {"action": "presence", "time": 1000.5, "type": "status", "user": user} | changes


def as_line(message):
    """Return a message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


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

    def test_it_wakes_up_every_second(self):
        self.assertEqual(self.listener.gettimeout(), 1)


class MakeResponseTest(unittest.TestCase):
    def test_a_presence_is_answered_200(self):
        self.assertEqual(server.make_response(presence())["response"], 200)

    def test_the_welcome_names_the_account(self):
        response = server.make_response(presence(user={"account_name": "Вася"}))
        self.assertIn("Вася", response["alert"])

    def test_an_unknown_action_is_answered_400(self):
        self.assertEqual(server.make_response(presence(action="dance"))["response"], 400)

    def test_a_refusal_says_what_is_wrong(self):
        self.assertEqual(server.make_response(presence(action="x"))["error"], "unknown action")

    def test_every_answer_has_the_time(self):
        for message in (presence(), presence(action="dance"), None):
            before = time.time()
            response = server.make_response(message)
            with self.subTest(message=message):
                self.assertTrue(before <= response["time"] <= time.time())


class BadRequestTest(unittest.TestCase):
    def test_it_is_a_400_with_time_and_error(self):
        with mock.patch("time.time", return_value=1000.5):  # a clock that stands still
            response = server.bad_request("too late")
        self.assertEqual(response, {"response": 400, "time": 1000.5, "error": "too late"})

    def test_an_exception_becomes_its_words(self):
        self.assertEqual(server.bad_request(ValueError("too late"))["error"], "too late")


class FindProblemTest(unittest.TestCase):
    def test_a_good_presence_has_no_problem(self):
        users = (
            {"account_name": "b", "status": ""},
            {"account_name": "Вася" + "я" * 21, "status": "x" * 100},
            {"account_name": "no status"},
        )
        for user in users:
            with self.subTest(user=user):
                self.assertIsNone(server.find_problem(presence(user=user)))

    def test_a_field_that_nobody_knows_is_no_problem(self):
        self.assertIsNone(server.find_problem(presence(mood="fine")))

    def test_what_is_not_an_object_is_a_problem(self):
        for message in (None, 5, "presence", [presence()]):
            self.expect_problem("a message is a JSON object", message)

    def test_an_action_that_is_not_presence_is_a_problem(self):
        for action in ("dance", "Presence", "PRESENCE", "presence ", "", None, 5, ["presence"]):
            self.expect_problem("unknown action", presence(action=action))

    def test_a_time_that_is_no_number_is_a_problem(self):
        for moment in ("1000", None, True, [1000], float("inf")):
            self.expect_problem("time must be", presence(time=moment))

    def test_a_user_that_is_not_an_object_is_a_problem(self):
        for user in ("bob", None, 5, ["bob"]):
            self.expect_problem("user must be", presence(user=user))

    def test_an_account_name_that_is_no_text_of_proper_length_is_a_problem(self):
        for name in ("", "x" * 26, 5, None, True, ["bob"]):
            self.expect_problem("account_name must be", presence(user={"account_name": name}))

    def test_a_status_that_is_no_text_of_proper_length_is_a_problem(self):
        for status in ("x" * 101, 5, None, {}):
            user = {"account_name": "bob", "status": status}
            self.expect_problem("status must be", presence(user=user))

    def test_a_missing_field_is_a_problem(self):
        for field, problem in {"action": "unknown", "time": "time", "user": "user"}.items():
            message = presence()
            del message[field]
            self.expect_problem(problem, message)

    def test_a_missing_account_name_is_a_problem(self):
        self.expect_problem("account_name must be", presence(user={"status": "hi"}))

    def expect_problem(self, words, message):
        """Expect that a message is refused in these words."""
        with self.subTest(message=message):
            self.assertIn(words, str(server.find_problem(message)))


class IsNumberTest(unittest.TestCase):
    def test_finite_numbers_are_numbers(self):
        for value in (0, -5, 1.5, 10**20):
            with self.subTest(value=value):
                self.assertTrue(server.is_number(value))

    def test_nothing_else_is_a_number(self):
        for value in (True, False, "5", None, [5], float("inf"), -float("inf"), float("nan")):
            with self.subTest(value=value):
                self.assertFalse(server.is_number(value))


class IsTextTest(unittest.TestCase):
    def test_text_between_the_two_lengths_is_text(self):
        for value in ("ab", "abc", "Жук", "abcd"):
            with self.subTest(value=value):
                self.assertTrue(server.is_text(value, 2, 4))

    def test_nothing_else_is_text(self):
        for value in ("", "a", "abcde", 55, None, True, ["a", "b"], b"abc"):
            with self.subTest(value=value):
                self.assertFalse(server.is_text(value, 2, 4))


class TelephoneTest(unittest.TestCase):
    """What a test needs that holds both ends of a connection: the far end plays the client."""

    def setUp(self):
        near, far = socket.socketpair()
        self.near = self.enterContext(near)  # closed when the test is over, red or green
        self.far = self.enterContext(far)
        self.far.settimeout(2)  # a test of broken code turns red, it does not hang
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def let_arrive(self, *lines):
        """Let these bytes arrive at the near end, and nothing after them."""
        self.far.sendall(b"".join(lines))
        self.far.shutdown(socket.SHUT_WR)

    def answers(self):
        """Return the answers that come back until the server hangs up."""
        with self.far.makefile("rb") as lines:
            return [json.loads(line) for line in lines]

    def codes(self):
        """Return the codes of these answers."""
        return [answer["response"] for answer in self.answers()]


class ServeClientTest(TelephoneTest):
    def test_a_presence_is_answered(self):
        self.let_arrive(as_line(presence()))
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [200])

    def test_a_client_that_says_nothing_and_leaves_gets_no_answer(self):
        self.let_arrive()
        server.serve_client(self.near)
        self.assertEqual(self.answers(), [])

    def test_messages_that_arrive_together_are_answered_one_by_one(self):
        self.let_arrive(as_line(presence()), as_line(presence(action="dance")), as_line(presence()))
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [200, 400, 200])

    def test_a_long_message_is_answered_once(self):
        self.let_arrive(as_line(presence(padding="x" * 6000)))
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [200])

    def test_what_is_no_message_is_answered_400_and_the_next_one_served(self):
        for bad in (b"hello\n", b"5\n", b"[]\n", b'{"n": NaN}\n', b"\xff\n"):
            self.far.sendall(bad + as_line(presence()))
        self.let_arrive()
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [400, 200] * 5)

    def test_five_bad_messages_in_a_row_end_the_connection(self):
        self.let_arrive(b"hello\n" * 5, as_line(presence()))
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [400] * 5)

    def test_five_unknown_actions_in_a_row_end_it_too(self):
        self.let_arrive(as_line(presence(action="dance")) * 5, as_line(presence()))
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [400] * 5)

    def test_a_good_message_makes_up_for_the_bad_ones_before(self):
        self.let_arrive(b"hello\n" * 4, as_line(presence()), b"hello\n" * 4, as_line(presence()))
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [400] * 4 + [200] + [400] * 4 + [200])

    def test_half_a_message_is_answered_400(self):
        self.let_arrive(as_line(presence())[:40])
        server.serve_client(self.near)
        self.assertEqual(self.codes(), [400])

    def test_half_a_message_and_then_silence_is_answered_400(self):
        self.far.sendall(as_line(presence())[:40])
        with (
            mock.patch.object(messages, "PATIENCE", 0.1),
            mock.patch.object(server, "hang_up"),  # it would wait for the client to leave
        ):
            server.serve_client(self.near)
        self.assertEqual(json.loads(self.far.recv(4096))["response"], 400)

    def test_a_message_that_is_too_long_is_answered_400_and_ends_the_connection(self):
        self.let_arrive(as_line(presence(padding="x" * 500)), as_line(presence()))
        with mock.patch.object(messages, "MAX_BYTES", 300):
            server.serve_client(self.near)
        self.assertEqual(self.codes(), [400])

    def test_silence_is_a_timeout(self):
        with mock.patch.object(messages, "PATIENCE", 0.1), self.assertRaises(TimeoutError):
            server.serve_client(self.near)

    def test_each_answer_is_shown(self):
        self.let_arrive(as_line(presence()), as_line(presence(action="dance")))
        server.serve_client(self.near)
        self.assertRegex(self.screen.getvalue(), "Answered 200 .*\nAnswered 400 unknown action\n")


class HangUpTest(TelephoneTest):
    def test_the_client_sees_the_end(self):
        self.let_arrive()
        server.hang_up(self.near)
        self.assertEqual(self.far.recv(100), b"")

    def test_an_answer_on_its_way_still_arrives(self):
        self.let_arrive(b"unread " * 1000)
        self.near.sendall(b"goodbye")
        server.hang_up(self.near)
        self.near.close()
        self.assertEqual(self.far.recv(100), b"goodbye")

    def test_what_was_not_read_is_read(self):
        self.let_arrive(b"unread " * 1000)
        server.hang_up(self.near)
        self.assertEqual(self.near.recv(100), b"")

    def test_a_silent_client_is_waited_for_no_longer_than_a_second(self):
        self.let_arrive()
        server.hang_up(self.near)
        self.assertEqual(self.near.gettimeout(), 1)

    def test_a_client_that_never_stops_talking_is_left_alone_after_a_while(self):
        # No real socket has so much to say: this one is a mock, which plays the socket.
        chatterbox = mock.Mock()
        chatterbox.recv.return_value = b"blah"
        server.hang_up(chatterbox)
        self.assertEqual(chatterbox.recv.call_count, 100)


class ServeForeverTest(unittest.TestCase):
    def setUp(self):
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def client_that_says(self, data):
        """Return both ends of a connection over which a client has said something."""
        near, far = socket.socketpair()
        self.enterContext(near)
        self.enterContext(far)
        far.settimeout(2)
        far.sendall(data)
        far.shutdown(socket.SHUT_WR)
        return near, far

    def serve(self, *turns):
        """Serve clients until somebody presses Ctrl+C.

        The listening socket is a mock: its accept() returns or raises what it is given, in turn.
        """
        listener = mock.Mock()
        listener.accept.side_effect = [*turns, KeyboardInterrupt]
        with self.assertRaises(KeyboardInterrupt):
            server.serve_forever(listener)

    def test_clients_are_served_one_after_another(self):
        first, first_far = self.client_that_says(as_line(presence()))
        second, second_far = self.client_that_says(as_line(presence()))
        self.serve((first, PEER), (second, PEER))
        for far in (first_far, second_far):
            self.assertIn(b"200", far.recv(4096))

    def test_the_connection_is_closed_when_the_client_has_been_served(self):
        near, _ = self.client_that_says(as_line(presence()))
        self.serve((near, PEER))
        self.assertEqual(near.fileno(), -1)

    def test_it_goes_on_waiting_when_nobody_comes(self):
        near, far = self.client_that_says(as_line(presence()))
        self.serve(TimeoutError, TimeoutError, (near, PEER))
        self.assertIn(b"200", far.recv(4096))

    def test_a_client_that_breaks_off_ends_only_itself(self):
        broken, broken_far = self.client_that_says(as_line(presence()))
        broken_far.close()  # gone, before its answer comes
        near, far = self.client_that_says(as_line(presence()))
        self.serve((broken, PEER), (near, PEER))
        self.assertIn(b"200", far.recv(4096))

    def test_it_says_who_came_and_who_broke_off(self):
        near, _ = self.client_that_says(b"")
        with mock.patch.object(server, "serve_client", side_effect=ConnectionResetError("reset")):
            self.serve((near, PEER))
        expected = "192.0.2.7 has connected.\n192.0.2.7 is gone: reset\n"
        self.assertEqual(self.screen.getvalue(), expected)

    def test_a_real_client_is_served_through_a_real_listener(self):
        with server.create_socket_server("127.0.0.1", 0) as listener:
            with socket.create_connection(listener.getsockname(), timeout=2) as far:
                far.sendall(as_line(presence()))
                far.shutdown(socket.SHUT_WR)
                near, _ = listener.accept()
                self.serve((near, PEER))
                self.assertIn(b"200", far.recv(4096))


class PortNumberTest(unittest.TestCase):
    def test_a_port_is_a_number_from_0_to_65535(self):
        for text, port in {"0": 0, "7777": 7777, "65535": 65535}.items():
            with self.subTest(text=text):
                self.assertEqual(server.port_number(text), port)

    def test_everything_else_is_refused(self):
        for text in ("65536", "-1", "7.5", "1e3", "port", "", " 7777"):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                server.port_number(text)


class MainTest(unittest.TestCase):
    def setUp(self):
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words):
        """Run the program with these words on its command line; at once, Ctrl+C is pressed."""
        with (
            mock.patch.object(sys, "argv", ["server.py", *words]),
            mock.patch.object(server, "serve_forever", side_effect=KeyboardInterrupt),
        ):
            server.main()

    def listening_place(self, *words):
        """Return where the program would listen, given these words."""
        create = mock.Mock(side_effect=OSError("not today"))
        with (
            mock.patch.object(server, "create_socket_server", create),
            self.assertRaises(SystemExit),
        ):
            self.run_main(*words)
        return create.call_args.args

    def test_without_words_it_listens_on_all_addresses_port_7777(self):
        self.assertEqual(self.listening_place(), ("", 7777))

    def test_address_and_port_can_be_chosen(self):
        self.assertEqual(self.listening_place("-a", "10.0.0.1", "-p", "80"), ("10.0.0.1", 80))

    def test_it_says_on_which_port_it_listens(self):
        self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertRegex(self.screen.getvalue(), r"Listening on port [1-9]\d*\.")

    def test_ctrl_c_ends_it_cleanly(self):
        self.run_main("-a", "127.0.0.1", "-p", "0")  # a KeyboardInterrupt would make it red
        self.assertTrue(self.screen.getvalue().endswith("Stopped.\n"))

    def test_a_port_that_is_taken_ends_in_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with self.assertRaises(SystemExit) as end:
                self.run_main("-a", "127.0.0.1", "-p", str(port))
        self.assertRegex(end.exception.code, rf"\ACannot .+ 127\.0\.0\.1, port {port}: .+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        with self.assertRaises(SystemExit) as end:
            self.run_main("-a", "x" * 70, "-p", "0")
        self.assertRegex(end.exception.code, r"\ACannot .+ x+, port 0: .+\Z")

    def test_a_wrong_port_is_named_and_gives_exit_code_2(self):
        for port in ("port", "70000", "-1"):
            with self.subTest(port=port), self.assertRaises(SystemExit) as end:
                self.run_main(f"--port={port}")
            self.assertEqual(end.exception.code, 2)
            self.assertIn(f"{port} is not a port", self.errors.getvalue())


if __name__ == "__main__":
    unittest.main()
