"""Tests of chat.py: what two threads share, and the lock that guards it."""

import sys
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import chat
from chat import Chat
from telephone import TelephoneTest

from common.messages import receive_message


class ChatTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        self.chat = Chat(self.near, "bob", "a screen")
        self.chat.session = "evening"  # its ids are known now

    def start(self, function, *args):
        """Call a function in a thread of its own."""
        thread = threading.Thread(target=function, args=args, daemon=True)
        thread.start()
        return thread

    def expect_end(self, thread):
        """Expect that a thread ends by itself."""
        thread.join(2)
        self.assertFalse(thread.is_alive(), "a thread waits, and nobody wakes it")


class NewChatTest(ChatTest):
    def test_it_knows_its_socket_its_name_and_its_screen(self):
        self.assertIs(self.chat.sock, self.near)
        self.assertEqual((self.chat.name, self.chat.screen), ("bob", "a screen"))

    def test_nobody_leaves_and_nothing_is_lost_yet(self):
        self.assertFalse(self.chat.leaving)
        self.assertIsNone(self.chat.closed)
        self.assertIsNone(self.chat.lost)

    def test_it_has_slots_and_no_dictionary(self):
        self.assertFalse(hasattr(self.chat, "__dict__"))


class RequestTest(ChatTest):
    def test_the_server_gets_the_action_the_fields_and_an_id(self):
        with mock.patch("time.time", return_value=1000.5):  # a clock that stands still
            self.chat.request("msg", "to eve:", to="eve", message="привет")
        expected = {
            "action": "msg",
            "time": 1000.5,
            "id": "evening-1",
            "to": "eve",
            "message": "привет",
        }
        self.assertEqual(receive_message(self.far), expected)

    def test_no_id_comes_again_on_another_evening(self):
        chats = [Chat(self.near, "bob", "a screen") for _ in range(2)]
        for one in chats:
            one.request("get_users", "here are:")
        first, second = (receive_message(self.far)["id"] for _ in chats)
        self.assertNotEqual(first, second)

    def test_its_time_is_now(self):
        self.chat.request("get_users", "here are:")
        self.assertAlmostEqual(receive_message(self.far)["time"], time.time(), delta=2)

    def test_every_request_has_an_id_of_its_own(self):
        for _ in range(20):
            self.chat.request("get_users", "here are:")
        ids = [receive_message(self.far)["id"] for _ in range(20)]
        self.assertEqual(len(set(ids)), 20)

    def test_several_threads_at_once_lose_nothing(self):
        # A message says what its request was about; so its answer must be about the same.
        self.switch_threads_often()
        heard = []
        hearing = self.start(lambda: heard.extend(receive_message(self.far) for _ in range(400)))
        speaking = [self.start(self.speak, name) for name in ("anna", "bob", "eve", "Вася")]
        for thread in [*speaking, hearing]:
            self.expect_end(thread)
        self.assertEqual(len({message["id"] for message in heard}), 400)
        for message in heard:
            self.assertEqual(self.chat.answered(message["id"]), message["message"])

    def speak(self, name):
        """Send a hundred requests."""
        for n in range(100):
            self.chat.request("msg", f"{name} {n}", message=f"{name} {n}")

    def switch_threads_often(self):
        """Let Python go from thread to thread as often as it can, until the test is over."""
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)

    def test_its_subject_is_known_before_it_is_sent(self):
        # An answer can be here before send_message() has come back.
        subjects = []
        answer = mock.patch.object(
            chat, "send_message", lambda _, message: subjects.append(answered(message["id"]))
        )
        answered = self.chat.answered
        with answer:
            self.chat.request("msg", "to eve:")
        self.assertEqual(subjects, ["to eve:"])

    def test_while_it_is_sent_the_other_thread_goes_on(self):
        # So the lock is free: a network that is slow must not hold up what is shown.
        def send(_, message):
            self.expect_end(self.start(self.chat.answered, message["id"]))

        with mock.patch.object(chat, "send_message", send):
            self.chat.request("msg", "to eve:")


class AnsweredTest(ChatTest):
    def setUp(self):
        super().setUp()
        self.chat.request("msg", "to eve:")
        self.chat.request("get_users", "here are:")

    def test_answers_may_come_in_another_order(self):
        self.assertEqual(self.chat.answered("evening-2"), "here are:")
        self.assertEqual(self.chat.answered("evening-1"), "to eve:")

    def test_what_has_been_answered_is_forgotten(self):
        self.chat.answered("evening-1")
        self.assertEqual(self.chat.answered("evening-1"), "")

    def test_what_has_been_answered_leaves_its_id_to_nobody(self):
        self.chat.answered("evening-1")
        self.chat.request("get_users", "here are:")
        self.assertEqual(
            [receive_message(self.far)["id"] for _ in range(3)], [f"evening-{n}" for n in (1, 2, 3)]
        )

    def test_an_answer_that_nobody_waits_for_is_about_nothing(self):
        for number in ("3", "", None, 1):
            with self.subTest(number=number):
                self.assertEqual(self.chat.answered(number), "")


class EndTest(ChatTest):
    def test_an_end_that_we_did_not_want_is_a_loss(self):
        self.assertTrue(self.chat.end("closed"))
        self.assertEqual((self.chat.closed, self.chat.lost), ("closed", "closed"))

    def test_an_end_after_we_have_left_is_none(self):
        self.chat.leave()
        self.assertFalse(self.chat.end("closed"))
        self.assertEqual((self.chat.closed, self.chat.lost), ("closed", None))


class LeaveTest(ChatTest):
    def leave(self, patience=4):
        """Let a thread leave; it waits so many seconds at most."""
        self.enterContext(mock.patch.object(chat, "PATIENCE", patience))
        return self.start(self.chat.leave)

    def expect_wait(self, thread):
        """Expect that a thread goes on waiting."""
        thread.join(0.05)
        self.assertTrue(thread.is_alive())
        self.assertFalse(self.chat.leaving)

    def test_if_no_answer_is_missing_we_leave_at_once(self):
        with mock.patch.object(chat, "PATIENCE", 4):
            self.expect_end(self.start(self.chat.leave))
        self.assertTrue(self.chat.leaving)

    def test_we_wait_for_the_last_answer(self):
        self.chat.request("msg", "to eve:")
        self.chat.request("msg", "to eve:")
        thread = self.leave()
        for number in ("evening-1", "evening-2"):
            self.expect_wait(thread)
            self.chat.answered(number)
        self.expect_end(thread)
        self.assertTrue(self.chat.leaving)

    def test_when_the_connection_has_ended_no_answer_will_come(self):
        self.chat.request("msg", "to eve:")
        thread = self.leave()
        self.expect_wait(thread)
        self.chat.end("closed")
        self.expect_end(thread)

    def test_we_do_not_wait_for_ever(self):
        self.chat.request("msg", "to eve:")
        self.expect_end(self.leave(patience=0.01))
        self.assertTrue(self.chat.leaving)


if __name__ == "__main__":
    unittest.main()
