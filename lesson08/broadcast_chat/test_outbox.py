"""Tests of outbox.py: it is bounded, and whoever waits for it is woken."""

import threading
import unittest
from unittest import mock

import outbox
from outbox import Outbox


class OutboxTest(unittest.TestCase):
    def setUp(self):
        self.outbox = Outbox()

    def test_bytes_leave_in_the_order_in_which_they_came(self):
        self.outbox.add(b"one ")
        self.outbox.add(b"two")
        self.assertEqual(self.outbox.next_piece(), b"one two")

    def test_what_was_not_sent_is_the_next_piece_again(self):
        self.outbox.add(b"one two")
        self.outbox.remove(len(b"one "))
        self.assertEqual(self.outbox.next_piece(), b"two")

    def test_a_piece_has_a_limit(self):
        self.outbox.add(b"x" * (outbox.PIECE + 1))
        self.assertEqual(len(self.outbox.next_piece()), outbox.PIECE)

    def test_it_takes_so_much_and_no_more(self):
        self.assertTrue(self.outbox.add(b"x" * outbox.LIMIT))
        self.assertFalse(self.outbox.add(b"x"))
        self.outbox.remove(1)
        self.assertTrue(self.outbox.add(b"x"))

    def test_closed_it_takes_nothing_more_and_gives_what_it_has(self):
        self.outbox.add(b"goodbye")
        self.outbox.close()
        self.assertTrue(self.outbox.add(b"too late"))
        self.assertEqual(self.outbox.next_piece(), b"goodbye")
        self.outbox.remove(len(b"goodbye"))
        self.assertEqual(self.outbox.next_piece(), b"")

    def test_when_its_time_is_up_what_it_has_is_given_up(self):
        self.outbox.add(b"goodbye")
        self.outbox.close(0)
        self.assertEqual(self.outbox.next_piece(), b"")

    def test_closing_again_gives_no_more_time(self):
        self.outbox.add(b"goodbye")
        self.outbox.close(0)
        self.outbox.close()
        self.assertEqual(self.outbox.next_piece(), b"")

    def test_there_is_room_as_long_as_half_is_free(self):
        self.outbox.add(b"x" * (outbox.LIMIT // 2))
        self.assertTrue(self.outbox.wait_for_room(0))
        self.outbox.add(b"x")
        self.assertFalse(self.outbox.wait_for_room(0))
        self.outbox.close()
        self.assertTrue(self.outbox.wait_for_room(0))


class WaitingTest(unittest.TestCase):
    def setUp(self):
        self.outbox = Outbox()
        self.results = []

    def after(self, act, wait):
        """Let a thread wait, act, and return what the wait has returned."""
        thread = threading.Thread(target=lambda: self.results.append(wait()), daemon=True)
        thread.start()
        act()
        thread.join(5)
        return self.results

    def test_new_bytes_wake_the_writer(self):
        act = mock.Mock(side_effect=lambda: self.outbox.add(b"hi"))
        self.assertEqual(self.after(act, self.outbox.next_piece), [b"hi"])

    def test_closing_wakes_the_writer(self):
        self.assertEqual(self.after(self.outbox.close, self.outbox.next_piece), [b""])

    def test_sending_wakes_who_waits_for_room(self):
        self.outbox.add(b"x" * outbox.LIMIT)
        act = mock.Mock(side_effect=lambda: self.outbox.remove(outbox.LIMIT))
        self.assertEqual(self.after(act, lambda: self.outbox.wait_for_room(5)), [True])


if __name__ == "__main__":
    unittest.main()
