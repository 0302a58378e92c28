"""Tests of how server.py is built: its helpers, and how they serve clients together."""

import argparse
import contextlib
import io
import json
import socket
import sys
import unittest
from unittest import mock

import server
from telephone import TelephoneTest, as_line, presence

from common import messages

PEER = ("192.0.2.7", 50000)  # address and port of a client, as accept() tells them


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
            {"account_name": "я" * 25, "status": "x" * 100},
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
        for action in ("dance", None, 5, ["presence"]):
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


class ServeClientTest(TelephoneTest):
    def answers(self, *pieces):
        """Return the codes of the answers to what a client sends before it falls silent."""
        self.let_arrive(*pieces)
        server.serve_client(self.near)
        with self.far.makefile("rb") as lines:  # ends when the server has hung up
            return [json.loads(line)["response"] for line in lines]

    def test_a_presence_is_answered(self):
        self.assertEqual(self.answers(as_line(presence())), [200])

    def test_a_client_that_leaves_without_a_word_gets_no_answer(self):
        self.assertEqual(self.answers(), [])

    def test_messages_that_arrive_together_are_answered_one_by_one(self):
        three = as_line(presence()), as_line(presence(action="dance")), as_line(presence())
        self.assertEqual(self.answers(*three), [200, 400, 200])

    def test_a_long_message_is_answered_once(self):
        self.assertEqual(self.answers(as_line(presence(padding="x" * 6000))), [200])

    def test_after_what_is_no_message_the_next_one_is_served(self):
        bad = (b"hello\n", b"5\n", b"[]\n", b'{"n": NaN}\n', b"\xff\n")
        pieces = [line + as_line(presence()) for line in bad]
        self.assertEqual(self.answers(*pieces), [400, 200] * 5)

    def test_five_bad_messages_in_a_row_end_the_connection(self):
        self.assertEqual(self.answers(b"hello\n" * 5, as_line(presence())), [400] * 5)

    def test_five_unknown_actions_in_a_row_end_it_too(self):
        dances = as_line(presence(action="dance")) * 5
        self.assertEqual(self.answers(dances, as_line(presence())), [400] * 5)

    def test_a_good_message_makes_up_for_the_bad_ones_before_it(self):
        pieces = [b"hello\n" * 4, as_line(presence())] * 2
        self.assertEqual(self.answers(*pieces), ([400] * 4 + [200]) * 2)

    def test_half_a_message_is_answered_400(self):
        self.assertEqual(self.answers(as_line(presence())[:40]), [400])

    def test_half_a_message_and_then_silence_is_answered_400(self):
        self.far.sendall(as_line(presence())[:40])
        with (
            mock.patch.object(messages, "PATIENCE", 0.1),
            mock.patch.object(server, "hang_up"),  # it would wait for the client to leave
        ):
            server.serve_client(self.near)
        self.assertEqual(json.loads(self.far.recv(4096))["response"], 400)

    def test_a_message_that_is_too_long_is_answered_400_and_ends_the_connection(self):
        too_long = as_line(presence(padding="x" * 500))
        with mock.patch.object(messages, "MAX_BYTES", 300):
            self.assertEqual(self.answers(too_long, as_line(presence())), [400])

    def test_silence_is_a_timeout(self):
        with mock.patch.object(messages, "PATIENCE", 0.1), self.assertRaises(TimeoutError):
            server.serve_client(self.near)

    def test_each_step_is_logged(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.answers(as_line(presence()), b"hello\n")
        steps = ("received {", "answered 200: welcome", "not a message", "answered 400: a message")
        for line, step in zip(log.output, steps, strict=True):
            self.assertIn(step, line)

    def test_what_is_caught_is_logged_as_a_warning(self):
        with self.assertLogs("messenger.server", "WARNING") as log:
            self.answers(b"hello\n", b'{"half')
        self.assertEqual(len(log.output), 2)


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


class ServeForeverTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        self.let_arrive(as_line(presence()))  # a good client, who must get an answer every time

    def serve(self, *turns):
        """Serve clients until somebody presses Ctrl+C.

        The listening socket is a mock: its accept() returns or raises what it is given, in turn.
        """
        listener = mock.Mock()
        listener.accept.side_effect = [*turns, KeyboardInterrupt]
        with self.assertRaises(KeyboardInterrupt):
            server.serve_forever(listener)

    def test_a_client_is_served(self):
        self.serve((self.near, PEER))
        self.assertIn(b"200", self.far.recv(4096))

    def test_the_connection_is_closed_when_the_client_has_been_served(self):
        self.serve((self.near, PEER))
        self.assertEqual(self.near.fileno(), -1)  # that is how a closed socket shows itself

    def test_it_goes_on_waiting_when_nobody_comes(self):
        self.serve(TimeoutError, TimeoutError, (self.near, PEER))
        self.assertIn(b"200", self.far.recv(4096))

    def test_a_client_that_breaks_off_ends_only_itself(self):
        broken, other_end = socket.socketpair()
        other_end.sendall(as_line(presence()))
        other_end.close()  # gone, before its answer comes
        self.serve((broken, PEER), (self.near, PEER))
        self.assertIn(b"200", self.far.recv(4096))

    def test_it_logs_who_came_and_who_broke_off(self):
        broken = mock.patch.object(server, "serve_client", side_effect=ConnectionResetError("x"))
        with broken, self.assertLogs("messenger.server", "INFO") as log:
            self.serve((self.near, PEER))
        came, gone = log.output
        self.assertEqual(came, "INFO:messenger.server:192.0.2.7 has connected")
        self.assertEqual(gone, "WARNING:messenger.server:192.0.2.7 is gone: x")


class CreateSocketServerTest(unittest.TestCase):
    def test_the_wait_for_clients_is_interrupted_every_second(self):
        with server.create_socket_server("127.0.0.1", 0) as listener:
            self.assertEqual(listener.gettimeout(), 1)


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
        self.open_log = self.enterContext(mock.patch.object(server, "open_log"))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words):
        """Run the program with these words on its command line; at once, press Ctrl+C."""
        argv = mock.patch.object(sys, "argv", ["server.py", *words])
        ctrl_c = mock.patch.object(server, "serve_forever", side_effect=KeyboardInterrupt)
        try:
            with argv, ctrl_c:
                server.main()
        except KeyboardInterrupt:  # it would end the tests too
            self.fail("main() lets the KeyboardInterrupt through")

    def test_it_logs_on_which_port_it_listens(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertRegex(log.output[0], r"Listening on port [1-9]\d*\.")

    def test_its_log_file_is_named_after_the_port(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        (port,) = self.open_log.call_args.args
        self.assertIn(f"port {port}.", log.output[0])

    def test_ctrl_c_ends_it_cleanly(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertEqual(log.output[-1], "INFO:messenger.server:Stopped.")

    def test_a_log_that_cannot_be_written_ends_in_one_clear_line(self):
        self.open_log.side_effect = PermissionError("read-only")
        with self.assertRaises(SystemExit) as end:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertRegex(end.exception.code, r"\ACannot .+: read-only\Z")

    def test_a_wrong_port_is_named_and_gives_exit_code_2(self):
        with self.assertRaises(SystemExit) as end:
            self.run_main("-p", "70000")
        self.assertEqual(end.exception.code, 2)
        self.assertIn("70000 is not a port", self.errors.getvalue())


if __name__ == "__main__":
    unittest.main()
