"""Tests of one connection: who writes never waits for who reads."""

import socket
import threading
import time
import unittest
from unittest import mock

import peer
from lines import TooLong
from peer import Outbox, Peer, Silent
from telephone import PATIENCE, TelephoneTest


class OutboxTest(unittest.TestCase):
    def test_lines_come_out_together_and_in_order(self):
        outbox = Outbox()
        outbox.put("one")
        outbox.put("два")
        self.assertEqual(outbox.take(), "one\nдва\n".encode())

    def test_it_holds_no_more_than_its_limit_counted_in_bytes(self):
        outbox = Outbox(limit=10)
        self.assertTrue(outbox.put("дважды"[:4]))  # 9 bytes with the end of the line
        started = time.monotonic()
        self.assertFalse(outbox.put("a"))
        self.assertLess(time.monotonic() - started, 1, "nobody waits until there is room")

    def test_what_is_on_its_way_counts_too(self):
        outbox = Outbox(limit=10)
        outbox.put("12345678")
        outbox.take()
        self.assertFalse(outbox.put("12"))

    def test_what_has_gone_makes_room(self):
        outbox = Outbox(limit=10)
        outbox.put("12345678")
        outbox.take()
        outbox.close()
        outbox.take()
        self.assertEqual(outbox.under_way, 0)

    def test_after_the_end_comes_nothing(self):
        outbox = Outbox()
        outbox.put("last words")
        outbox.close()
        outbox.put("too late")
        self.assertEqual([outbox.take(), outbox.take()], [b"last words\n", b""])

    def test_who_waits_is_woken(self):
        outbox, taken = Outbox(), []
        waiting = threading.Thread(target=lambda: taken.append(outbox.take()), daemon=True)
        waiting.start()
        outbox.put("hello")
        waiting.join(PATIENCE)
        self.assertEqual(taken, [b"hello\n"])


class PeerTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        near, self.caller = self.call()
        self.peer = Peer(near, "test", 60)
        self.addCleanup(self.peer.close)
        self.addCleanup(self.caller.close)

    def test_lines_come_and_go(self):
        self.caller.says("привет", "hello")
        lines = self.peer.lines()
        self.assertEqual([next(lines), next(lines)], ["привет".encode(), b"hello"])
        self.peer.tell("welcome")
        self.assertEqual(self.caller.hears("welcome"), "welcome")

    def test_the_lines_end_when_the_other_side_leaves(self):
        self.caller.says("bye")
        self.caller.close()
        self.assertEqual(list(self.peer.lines()), [b"bye"])

    def test_a_line_that_is_too_long_is_an_error(self):
        self.caller.says("я" * 3000)
        with self.assertRaises(TooLong):
            list(self.peer.lines())

    def test_who_does_not_tell_a_name_in_time_is_an_error_even_when_bytes_drip_in(self):
        self.peer.deadline = 1  # long ago
        self.caller.sock.sendall(b"x")
        with self.assertRaises(Silent):
            list(self.peer.lines())

    def test_a_deadline_that_is_lifted_does_not_matter(self):
        self.peer.deadline = None
        self.caller.close()
        self.assertEqual(list(self.peer.lines()), [])

    def test_last_words_arrive_although_something_was_not_read(self):
        self.caller.says("unread " * 500)
        self.peer.tell("goodbye")
        self.peer.close()
        self.assertEqual(self.caller.rest(), "goodbye\n")

    def test_who_never_reads_is_cut_and_nobody_waits(self):
        line = "x" * 4000
        for _ in range(10_000):
            self.peer.tell(line)
            if self.peer.stopped:
                break
        self.assertTrue(self.peer.stopped)
        self.assertEqual(list(self.peer.lines()), [])

    def test_where_nothing_can_be_sent_for_long_the_connection_is_cut(self):
        self.peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.caller.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with mock.patch.object(peer, "STALLED", 0.1):
            for _ in range(10):
                self.peer.outbox.put("x" * 100_000)
            self.peer.writer.join(PATIENCE)
        self.assertFalse(self.peer.writer.is_alive())
        self.assertTrue(self.peer.stopped)

    def test_stopping_wakes_the_reader_and_sends_what_waits(self):
        found = []
        reader = threading.Thread(target=lambda: found.extend(self.peer.lines()), daemon=True)
        reader.start()
        self.peer.tell("we stop")
        self.peer.stop()
        reader.join(PATIENCE)
        self.assertFalse(reader.is_alive())
        self.assertEqual(self.caller.rest(), "we stop\n")

    def test_afterwards_no_thread_is_left(self):
        self.peer.close()
        self.assertFalse(self.peer.writer.is_alive())


if __name__ == "__main__":
    unittest.main()
