"""Tests of connection.py: lines in and out, over a connection of which the test has both ends."""

import socket
import struct
import threading
import unittest
from unittest import mock

import connection
import outbox
from connection import MAX_LINE, NOT_UTF8, TOO_LONG, Connection

ADDRESS = ("192.0.2.7", 50000)


class ConnectionTest(unittest.TestCase):
    def setUp(self):
        self.enterContext(mock.patch.object(connection, "TICK", 0.05))
        near, self.far = socket.socketpair()
        self.enterContext(near)
        self.enterContext(self.far)
        self.far.settimeout(5)  # a test of broken code turns red, it does not hang
        self.connection = Connection(near, ADDRESS)
        self.addCleanup(self.connection.finish)

    def say(self, *pieces):
        """Send bytes from the far end."""
        for piece in pieces:
            self.far.sendall(piece)

    def heard(self):
        """Return everything that arrives at the far end until the near one is closed."""
        pieces = []
        while piece := self.far.recv(65536):
            pieces.append(piece)
        return b"".join(pieces).decode()


class BeginningTest(ConnectionTest):
    def test_it_knows_the_address_but_no_name(self):
        self.assertEqual(self.connection.address, ADDRESS)
        self.assertIsNone(self.connection.user_name)


class ReceiveMessageTest(ConnectionTest):
    def received(self, count):
        return [self.connection.receive_message() for _ in range(count)]

    def test_lines_come_one_by_one_without_their_ends(self):
        self.say("раз\nдва\r\n\nтри\n".encode())
        self.assertEqual(self.received(4), ["раз", "два", "", "три"])

    def test_a_line_may_come_in_pieces_cut_anywhere(self):
        data = "Привет, жук\r\n".encode()
        for cut in range(1, len(data)):
            self.say(data[:cut], data[cut:])
            self.assertEqual(self.received(1), ["Привет, жук"])

    def test_only_a_newline_ends_a_line(self):
        self.say("a\x85b\u2028c\rd\n".encode())
        self.assertEqual(self.received(1), ["a\x85b\u2028c\rd"])

    def test_the_end_of_the_connection_is_none_for_ever(self):
        self.far.close()
        self.assertEqual(self.received(2), [None, None])

    def test_half_a_line_before_the_end_is_no_line(self):
        self.say(b"whole\nhalf")
        self.far.shutdown(socket.SHUT_WR)
        self.assertEqual(self.received(2), ["whole", None])

    def test_a_connection_that_was_closed_here_gives_nothing_more(self):
        self.say(b"hello\n")
        self.connection.close()
        self.assertEqual(self.received(1), [None])

    def test_closing_wakes_who_waits(self):
        results = []
        wait = threading.Thread(target=lambda: results.extend(self.received(1)))
        wait.start()
        self.connection.close()
        wait.join(5)
        self.assertEqual(results, [None])

    def test_patience_ends_although_bytes_drip_in(self):
        self.say(b"never ends")
        with self.assertRaises(TimeoutError):
            self.connection.receive_message(patience=0.1)


class RefusedLinesTest(ConnectionTest):
    def test_the_longest_line_is_good(self):
        for end in (b"\n", b"\r\n"):
            self.say(b"x" * MAX_LINE + end)
            self.assertEqual(self.connection.receive_message(), "x" * MAX_LINE)

    def test_a_longer_one_ends_the_connection_with_words(self):
        self.say(b"x" * (MAX_LINE + 1) + b"\nmore\n")
        self.assertIsNone(self.connection.receive_message())
        self.assertEqual(self.heard(), TOO_LONG + "\n")

    def test_one_that_never_ends_does_so_too(self):
        self.say(b"x" * 3 * MAX_LINE)
        self.assertIsNone(self.connection.receive_message())
        self.assertEqual(self.heard(), TOO_LONG + "\n")

    def test_what_is_not_utf8_is_answered_and_skipped(self):
        self.say("привет\n".encode("cp1251"), b"\xed\xa0\x80\n", b"good\n")
        self.assertEqual(self.connection.receive_message(), "good")
        self.connection.close()
        self.assertEqual(self.heard(), f"{NOT_UTF8}\n" * 2)


class SendMessageTest(ConnectionTest):
    def test_lines_arrive_in_their_order(self):
        for number in range(100):
            self.connection.send_message(f"строка {number}")
        self.connection.close()
        self.assertEqual(self.heard(), "".join(f"строка {number}\n" for number in range(100)))

    def test_after_the_end_it_does_nothing(self):
        self.connection.close()
        self.connection.send_message("too late")
        self.assertEqual(self.heard(), "")

    def test_to_one_who_has_gone_it_does_nothing(self):
        self.far.close()
        for _ in range(100):
            self.connection.send_message("x" * 1000)
        self.connection.finish()

    def test_who_does_not_read_is_cut_off_and_nobody_waits(self):
        self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        with mock.patch.object(outbox, "LIMIT", 20_000):
            for _ in range(10_000):
                self.connection.send_message("x" * 1000)
        self.assertIsNone(self.connection.receive_message())
        self.connection.finish()
        self.assertLess(len(self.heard()), 10_000 * 1000)

    def test_who_does_not_read_is_not_listened_to(self):
        with mock.patch.object(outbox, "LIMIT", 10):  # more than half of it waits from now on
            self.say(b"hello\n")
            room = mock.patch.object(self.connection._outbox, "wait_for_room")
            with room as wait_for_room:
                wait_for_room.side_effect = [False, False, True]
                self.assertEqual(self.connection.receive_message(), "hello")
            self.assertEqual(wait_for_room.call_count, 3)


class EndTest(ConnectionTest):
    def test_the_far_end_sees_the_end_after_the_last_line(self):
        self.connection.send_message("goodbye")
        self.connection.close()
        self.connection.close()
        self.assertEqual(self.heard(), "goodbye\n")

    def test_finish_gives_back_the_socket_and_ends_the_writer(self):
        self.connection.finish()
        self.assertEqual(self.connection.sock.fileno(), -1)
        self.assertFalse(self.connection._writer.is_alive())

    def test_finish_does_not_wait_long_for_one_who_never_reads(self):
        self.connection.send_message("x" * 250_000)
        with mock.patch.object(outbox, "GOODBYE", 0.1):
            self.connection.finish()
        self.assertEqual(self.connection.sock.fileno(), -1)

    def test_finish_reads_what_was_not_read(self):
        self.say(b"x" * 10_000)
        self.connection.send_message("goodbye")
        self.connection.finish()
        self.assertEqual(self.heard(), "goodbye\n")


class BrokenOffTest(unittest.TestCase):
    def test_a_reset_is_the_end(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            far = socket.create_connection(listener.getsockname())
            near, address = listener.accept()
        broken = Connection(near, address)
        self.addCleanup(broken.finish)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far.close()  # with this option it is a reset
        self.assertIsNone(broken.receive_message())


if __name__ == "__main__":
    unittest.main()
