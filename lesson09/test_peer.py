"""Tests of peer.py: a socket that never blocks, and what waits to be sent."""

import socket
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from peer import GOODBYE, MAX_OUTBOX, Peer
from telephone import RoomTest, as_line, presence

from common.messages import BadMessage, BrokenStream


class PeerTest(RoomTest):
    def setUp(self):
        super().setUp()
        self.peer = self.come()
        self.other_end = self.far[self.peer]


class NewPeerTest(PeerTest):
    def test_it_has_a_socket_that_never_blocks(self):
        self.assertFalse(self.peer.sock.getblocking())

    def test_small_pieces_are_sent_at_once(self):
        with (
            socket.create_server(("127.0.0.1", 0)) as listener,
            socket.create_connection(listener.getsockname(), timeout=2) as sock,
        ):
            Peer(sock, "127.0.0.1")
            self.assertTrue(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def test_it_knows_its_address_and_nothing_else_yet(self):
        self.assertEqual(self.peer.address, "192.0.2.7")
        self.assertIsNone(self.peer.name)

    def test_two_peers_share_nothing(self):
        other = self.come()
        self.peer.queue(b"for one only")
        self.assertEqual(other.outbox, b"")
        self.assertIsNot(other.connection, self.peer.connection)

    def test_it_has_slots_and_no_dictionary(self):
        self.assertFalse(hasattr(self.peer, "__dict__"))


class ReadTest(PeerTest):
    def test_a_message_that_has_come_is_returned(self):
        self.other_end.sendall(as_line(presence()))
        self.assertEqual(self.peer.read(1000), [presence()])

    def test_a_message_in_two_pieces_is_returned_with_the_second(self):
        line = as_line(presence())
        self.other_end.sendall(line[:40])
        self.assertEqual(self.peer.read(1000), [])
        self.other_end.sendall(line[40:])
        self.assertEqual(self.peer.read(1000), [presence()])

    def test_what_is_no_message_is_returned_as_a_bad_message(self):
        self.other_end.sendall(b"hello\n")
        (item,) = self.peer.read(1000)
        self.assertIsInstance(item, BadMessage)

    def test_nothing_has_come_and_nobody_waits_for_it(self):
        self.assertEqual(self.peer.read(1000), [])
        self.assertIsNone(self.peer.lost)
        self.assertIsNone(self.peer.leaving)

    def test_a_message_has_its_time_from_now_on(self):
        self.other_end.sendall(b"{")
        self.peer.read(1000)
        self.assertFalse(self.peer.connection.overdue(1029))
        self.assertTrue(self.peer.connection.overdue(1031))

    def test_who_has_said_everything_has_ended(self):
        self.other_end.shutdown(socket.SHUT_WR)
        self.assertEqual(self.peer.read(1000), [])
        self.assertTrue(self.peer.ended)
        self.assertIsNone(self.peer.leaving)  # when it leaves, the server decides

    def test_who_ends_in_the_middle_of_a_message_has_broken_its_stream(self):
        self.other_end.sendall(b'{"half')
        self.peer.read(1000)
        self.other_end.shutdown(socket.SHUT_WR)
        (item,) = self.peer.read(1000)
        self.assertIsInstance(item, BrokenStream)
        self.assertTrue(self.peer.ended)

    def test_who_leaves_and_then_ends_has_ended(self):
        self.peer.leave(1000)
        self.other_end.sendall(b'{"half')
        self.other_end.shutdown(socket.SHUT_WR)
        self.assertEqual([self.peer.read(1000), self.peer.read(1000)], [[], []])
        self.assertTrue(self.peer.ended)

    def test_what_a_leaving_peer_says_is_thrown_away(self):
        self.other_end.sendall(as_line(presence()))
        self.peer.leave(1000)
        self.assertEqual(self.peer.read(1000), [])
        self.assertEqual(self.peer.read(1000), [])  # it was read all the same
        self.assertFalse(self.peer.ended)

    def test_a_socket_that_fails_is_lost(self):
        self.peer.sock = mock.Mock()  # no real socket fails at our wish
        self.peer.sock.recv.side_effect = ConnectionResetError("reset")
        self.assertEqual(self.peer.read(1000), [])
        self.assertEqual(self.peer.lost, "reset")


class QueueTest(PeerTest):
    def test_bytes_wait_in_their_order(self):
        self.peer.queue(b"one ")
        self.peer.queue(b"two")
        self.assertEqual(self.peer.outbox, b"one two")

    def test_256_kibibytes_may_wait(self):
        self.assertEqual(MAX_OUTBOX, 256 * 1024)
        self.peer.queue(b"x" * (MAX_OUTBOX - 1))
        self.peer.queue(b"x")
        self.assertIsNone(self.peer.lost)
        self.assertEqual(len(self.peer.outbox), MAX_OUTBOX)

    def test_who_lets_more_wait_is_lost(self):
        self.peer.sock = mock.Mock()  # it plays a socket that is full
        self.peer.sock.send.side_effect = BlockingIOError
        self.peer.queue(b"x" * MAX_OUTBOX)
        self.peer.queue(b"x")
        self.assertIn("does not read", self.peer.lost)

    def test_who_has_read_since_we_last_looked_is_not_lost(self):
        self.peer.sock = mock.Mock()
        self.peer.sock.send.return_value = 1  # by now there is room for a byte
        self.peer.queue(b"x" * MAX_OUTBOX)
        self.peer.queue(b"y")
        self.assertIsNone(self.peer.lost)
        self.assertEqual(self.peer.outbox, b"x" * (MAX_OUTBOX - 1) + b"y")

    def test_more_does_not_wait(self):
        self.peer.sock = mock.Mock()
        self.peer.sock.send.side_effect = BlockingIOError
        self.peer.queue(b"x")
        self.peer.queue(b"x" * MAX_OUTBOX)
        self.assertEqual(self.peer.outbox, b"x")


class WriteTest(PeerTest):
    def test_what_waits_is_sent(self):
        self.peer.queue(b"hello")
        self.peer.write()
        self.assertEqual(self.other_end.recv(100), b"hello")
        self.assertEqual(self.peer.outbox, b"")

    def test_what_the_socket_does_not_take_goes_on_waiting(self):
        self.peer.sock = mock.Mock()
        self.peer.sock.send.return_value = 2  # it takes two bytes, no more
        self.peer.queue(b"hello")
        self.peer.write()
        self.assertEqual(self.peer.outbox, b"llo")

    def test_a_socket_that_is_full_is_not_waited_for(self):
        while self.peer.lost is None and len(self.peer.outbox) < MAX_OUTBOX:
            self.peer.queue(b"x" * (MAX_OUTBOX - len(self.peer.outbox)))
            self.peer.write()  # the other end does not read: some day nothing more fits in
        self.peer.write()
        self.assertIsNone(self.peer.lost)
        self.assertEqual(len(self.peer.outbox), MAX_OUTBOX)

    def test_everything_arrives_in_its_order(self):
        self.peer.queue(bytes(range(256)) * 1000)
        arrived = b""
        while self.peer.outbox:
            self.peer.write()
            arrived += self.other_end.recv(65536)
        while len(arrived) < 256_000:
            arrived += self.other_end.recv(65536)
        self.assertEqual(arrived, bytes(range(256)) * 1000)

    def test_a_socket_that_fails_is_lost(self):
        self.peer.sock = mock.Mock()
        self.peer.sock.send.side_effect = BrokenPipeError("nobody there")
        self.peer.queue(b"hello")
        self.peer.write()
        self.assertEqual(self.peer.lost, "nobody there")


class LeaveTest(PeerTest):
    def test_there_is_a_second_for_the_last_answer(self):
        self.peer.leave(1000)
        self.assertEqual(self.peer.leaving, 1000 + GOODBYE)

    def test_who_leaves_twice_gets_no_more_time(self):
        self.peer.leave(1000)
        self.peer.leave(5000)
        self.assertEqual(self.peer.leaving, 1000 + GOODBYE)


class GoneTest(PeerTest):
    def test_who_stays_is_not_gone(self):
        self.assertFalse(self.peer.gone(1000))
        self.assertFalse(self.peer.said_goodbye)

    def test_who_is_lost_is_gone_at_once(self):
        self.peer.queue(b"too late")
        self.peer.lost = "reset"
        self.assertTrue(self.peer.gone(1000))
        self.assertFalse(self.peer.said_goodbye)

    def test_the_last_answer_comes_before_the_goodbye(self):
        self.peer.queue(b"the last answer")
        self.peer.leave(1000)
        self.assertFalse(self.peer.gone(1000))
        self.assertFalse(self.peer.said_goodbye)

    def test_with_an_empty_outbox_it_says_goodbye_and_waits_for_the_other_side(self):
        self.peer.leave(1000)
        self.assertFalse(self.peer.gone(1000))
        self.assertTrue(self.peer.said_goodbye)
        self.assertEqual(self.other_end.recv(100), b"")

    def test_when_both_have_ended_it_is_gone(self):
        self.other_end.shutdown(socket.SHUT_WR)
        self.peer.read(1000)
        self.peer.leave(1000)
        self.assertTrue(self.peer.gone(1000))

    def test_who_has_ended_still_gets_what_waits(self):
        self.other_end.shutdown(socket.SHUT_WR)
        self.peer.queue(b"the last answer")
        self.peer.read(1000)
        self.peer.leave(1000)
        self.assertFalse(self.peer.gone(1000))
        self.peer.write()
        self.assertTrue(self.peer.gone(1000))
        self.assertEqual(self.other_end.recv(100), b"the last answer")

    def test_when_its_time_is_over_it_is_gone_with_a_full_outbox_too(self):
        self.peer.queue(b"nobody reads this")
        self.peer.leave(1000)
        self.assertFalse(self.peer.gone(1001))
        self.assertTrue(self.peer.gone(1001.1))

    def test_it_says_goodbye_only_once(self):
        self.peer.leave(1000)
        with mock.patch.object(Peer, "say_goodbye", autospec=True) as say_goodbye:
            say_goodbye.side_effect = lambda peer: setattr(peer, "said_goodbye", True)
            self.peer.gone(1000)
            self.peer.gone(1000.5)
        say_goodbye.assert_called_once()


class CloseTest(PeerTest):
    def test_the_socket_is_closed(self):
        self.peer.close()
        self.assertEqual(self.peer.sock.fileno(), -1)  # that is how a closed socket shows itself

    def test_only_what_a_lost_client_has_not_read_is_thrown_away(self):
        for lost, steps in ((None, ["close"]), ("reset", ["setsockopt", "close"])):
            self.peer.sock, self.peer.lost = mock.Mock(), lost
            with self.subTest(lost=lost):
                self.peer.close()
                self.assertEqual([step[0] for step in self.peer.sock.method_calls], steps)


class SayGoodbyeTest(PeerTest):
    def test_the_other_side_sees_the_end(self):
        self.peer.say_goodbye()
        self.assertEqual(self.other_end.recv(100), b"")
        self.assertTrue(self.peer.said_goodbye)

    def test_what_comes_after_it_is_still_read(self):
        self.peer.leave(1000)
        self.peer.say_goodbye()
        self.other_end.sendall(b"one more word")
        self.peer.read(1000)
        self.assertIsNone(self.peer.lost)

    def test_a_socket_that_fails_is_lost(self):
        self.peer.sock = mock.Mock()
        self.peer.sock.shutdown.side_effect = OSError("not connected")
        self.peer.say_goodbye()
        self.assertEqual(self.peer.lost, "not connected")


if __name__ == "__main__":
    unittest.main()
