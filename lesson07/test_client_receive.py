"""Tests of client_receive.py: it shows what is said in the common chat."""

import socket
import sys
import time
import unittest
from unittest import mock

import client_receive
import joining
from telephone import TelephoneTest, as_line, msg

from common.messages import BadMessage, receive_message


def clock(moment):
    """Return what a clock on the wall shows at a moment."""
    return time.strftime("%H:%M", time.localtime(moment))


class ShownTest(unittest.TestCase):
    def test_a_message_is_shown_with_its_time_and_its_sender(self):
        line = client_receive.shown(msg(**{"from": "Вася"}, message="привет", time=1_000_000))
        self.assertEqual(line, f"{clock(1_000_000)} Вася: привет")

    def test_a_time_that_no_clock_shows_is_moved_to_one_that_it_does(self):
        for moment in (-1, -1e300, 10**39, 1e300):
            with self.subTest(moment=moment):
                shown = client_receive.shown(msg(time=moment))
                nearest = 0 if moment < 0 else client_receive.LATEST
                self.assertEqual(shown, f"{clock(nearest)} bob: hi")

    def test_nothing_in_it_can_control_the_terminal(self):
        line = client_receive.shown(msg(**{"from": "a\x1b[2J"}, message="b\nc\u202e"))
        self.assertTrue(line.endswith(r"a\x1b[2J: b\nc\u202e"))


class ShowTest(TelephoneTest):
    def test_a_message_is_a_line_on_the_screen(self):
        client_receive.show(msg())
        self.assertEqual(self.screen.getvalue(), f"{clock(1000.5)} bob: hi\n")

    def test_what_is_no_message_is_passed_over_and_logged(self):
        for message in ({}, {"response": 200}, msg(time="noon"), msg(time=None)):
            with (
                self.subTest(message=message),
                self.assertLogs("messenger.client", "WARNING") as log,
            ):
                client_receive.show(message)
            self.assertIn(str(message), log.output[0])
        self.assertEqual(self.screen.getvalue(), "")


class TalkTest(TelephoneTest):
    def listen(self):
        """Listen until the server closes."""
        with self.assertRaisesRegex(ConnectionError, "the server has closed"):
            client_receive.talk(self.near, "bob")

    def test_every_message_is_shown(self):
        self.let_arrive(as_line(msg(message="one")), as_line(msg(message="два")))
        self.listen()
        self.assertRegex(self.screen.getvalue(), r"\A.* bob: one\n.* bob: два\n\Z")

    def test_silence_is_no_reason_to_go(self):
        turns = [TimeoutError, TimeoutError, msg(), TimeoutError, None]
        with mock.patch.object(client_receive, "receive_message", side_effect=turns):
            self.listen()
        self.assertIn("bob: hi", self.screen.getvalue())

    def test_what_is_no_message_is_an_error(self):
        self.far.sendall(b"hello\n")
        with self.assertRaises(BadMessage):
            client_receive.talk(self.near, "bob")


class MainTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        # Where the program would call a server, it gets the near end of our telephone.
        self.enterContext(mock.patch.object(socket, "create_connection", return_value=self.near))
        self.open_log = self.enterContext(mock.patch.object(joining, "open_log"))
        self.enterContext(mock.patch.object(sys, "argv", ["client_receive.py", "127.0.0.1"]))

    def test_it_says_that_it_receives_and_shows_what_is_said(self):
        self.let_arrive(as_line({"response": 200}), as_line(msg(message="привет")))
        with self.assertRaises(SystemExit) as end:
            client_receive.main()
        self.assertIn("the server has closed", end.exception.code)
        self.assertIn("bob: привет\n", self.screen.getvalue())
        self.assertIs(receive_message(self.far)["receive"], True)

    def test_it_has_a_log_of_its_own(self):
        self.let_arrive()
        with self.assertRaises(SystemExit):
            client_receive.main()
        self.open_log.assert_called_once_with("client_receive")


if __name__ == "__main__":
    unittest.main()
