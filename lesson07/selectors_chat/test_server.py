"""Tests of server.py: the test turns the loop by hand, and speaks at the far ends."""

import contextlib
import errno
import io
import selectors
import socket
import struct
import sys
import time
import unittest
from unittest import mock

import peer as peers
import server
import wire

TIME = "2026-11-20 14:03:07 +0300"
RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Far:
    """The other end of a connection to the server under test."""

    def __init__(self, test, nickname=None):
        self.test, self.nickname = test, nickname
        self.closed = self.broken = False
        self.reader = wire.FrameReader()
        self.sock = test.enterContext(socket.create_connection(test.address, timeout=2))
        self.sock.setblocking(False)
        test.wait_until(lambda: self.sock.getsockname() in test.seen())
        if nickname:
            self.send(nickname)
            test.wait_until(lambda: "Welcome" in self.next())

    def send(self, *contents):
        """Send contents, all in one piece."""
        self.send_bytes(b"".join(map(wire.frame, contents)))

    def say(self, *texts):
        """Send a user's messages."""
        self.send(*(wire.join_parts(TIME, self.nickname, text) for text in texts))

    def send_bytes(self, data):
        """Send bytes, and let the server take them."""
        while data:
            with contextlib.suppress(BlockingIOError):
                data = data[self.sock.send(data) :]
            self.test.turn()

    def read(self):
        """Take what has come."""
        try:
            data = self.sock.recv(1 << 20)
            self.closed = self.closed or not data
            self.reader.receive_data(data)
        except BlockingIOError:
            pass
        except ConnectionError:
            self.closed = self.broken = True

    def next(self):
        """Return the next content that has come, "" if there is none yet."""
        self.read()
        return (self.reader.next_content() or b"").decode()

    def gets(self, part):
        """Wait for a content with this part in it, and return it."""
        found = []
        self.test.wait_until(lambda: part in (found.append(self.next()) or found[-1]), part)
        return found[-1]

    def is_closed(self):
        """Wait until the server has closed."""
        self.test.wait_until(lambda: self.read() or self.closed, "the connection is closed")


class ServerTest(unittest.TestCase):
    def setUp(self):
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.enterContext(mock.patch.object(server, "TICK", 0.01))
        self.listener = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        self.address = self.listener.getsockname()
        self.server = server.ChatServer(self.listener, 100)
        self.addCleanup(self.end)

    def end(self):
        """Close what is left."""
        for peer in self.server.peers:
            peer.sock.close()
        self.server.selector.close()

    def turn(self):
        """Let the server take one turn."""
        self.server.turn()

    def wait_until(self, condition, what="it"):
        """Turn until a condition comes true."""
        deadline = time.monotonic() + 5
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"{what} did not come")
            self.turn()

    def seen(self):
        """Return the addresses of those whom the server has let in."""
        return [peer.sock.getpeername() for peer in self.server.peers]

    def peer_of(self, far):
        """Return the server's peer for a far end."""
        here = far.sock.getsockname()
        return next(p for p in self.server.peers if p.sock.getpeername() == here)


class ChatTest(ServerTest):
    def test_what_one_says_all_others_get(self):
        anna, boris, carl = Far(self, "Anna"), Far(self, "Борис"), Far(self, "Carl")
        anna.say("привет")
        for far in (boris, carl):
            self.assertEqual(far.gets("привет"), f"{TIME}\0Anna\0привет")

    def test_the_nickname_and_messages_may_come_in_one_piece(self):
        boris, anna = Far(self, "Борис"), Far(self)
        anna.send("Anna", *(f"{TIME}\0Anna\0{text}" for text in ("one", "two", "x" * 5000)))
        for text in ("one", "two", "x" * 5000):
            boris.gets(text)

    def test_a_message_may_come_byte_by_byte(self):
        boris, anna = Far(self, "Борис"), Far(self)
        for byte in wire.frame("Анна") + wire.frame(f"{TIME}\0Анна\0да"):
            anna.send_bytes(bytes([byte]))
        boris.gets("Анна\0да")

    def test_a_message_of_one_mebibyte_arrives(self):
        anna, boris = Far(self, "Anna"), Far(self, "Борис")
        text = "я" * (wire.MAX_BYTES // 2 - 20)
        anna.say(text)
        self.assertTrue(boris.gets(text).endswith(text))

    def test_what_is_refused_is_refused_in_words_and_the_chat_goes_on(self):
        anna, boris = Far(self, "Anna"), Far(self, "Борис")
        anna.send(b"\xff")
        anna.gets("Refused: a message is text in UTF-8")
        anna.send(f"{TIME}\0Борис\0I am Boris")
        anna.gets("Refused: you are Anna")
        anna.say("still here")
        self.assertEqual(boris.gets("\0"), f"{TIME}\0Anna\0still here")

    def test_a_bad_header_is_refused_in_words_and_ends_the_connection(self):
        for header in (b"-1        ", b"hello, wor", b"1048577   "):
            with self.subTest(header=header):
                far = Far(self, "Anna")
                far.send_bytes(header)
                far.gets("Goodbye: ")
                far.is_closed()
                far.sock.close()
                self.wait_until(lambda: not self.server.peers)

    def test_before_the_nickname_only_a_nickname_fits(self):
        far = Far(self)
        far.send_bytes(b"101       ")
        far.gets("101 bytes are too long")
        far.is_closed()

    def test_the_words_arrive_although_more_was_sent(self):
        far = Far(self)
        far.send_bytes(b"rubbish " * 100_000)
        far.gets("Goodbye: ")
        far.is_closed()
        self.assertFalse(far.broken, "a reset destroys words on their way")

    def test_who_has_finished_still_gets_everything_and_is_closed(self):
        anna, boris = Far(self, "Anna"), Far(self, "Борис")
        boris.say("one")
        boris.sock.shutdown(socket.SHUT_WR)
        boris.is_closed()
        anna.gets("one")
        anna.gets("Борис has left.")

    def test_a_broken_connection_ends_alone(self):
        anna, boris, carl = Far(self, "Anna"), Far(self, "Борис"), Far(self, "Carl")
        boris.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        boris.sock.close()
        anna.gets("Борис has left.")
        anna.say("hello")
        carl.gets("hello")

    def test_an_error_while_sending_ends_that_peer_alone(self):
        anna, boris, carl = Far(self, "Anna"), Far(self, "Борис"), Far(self, "Carl")
        broken, send = self.peer_of(boris), peers.Peer.send

        def fail(peer):
            if peer is broken:
                raise TimeoutError("gone")
            send(peer)

        with mock.patch.object(peers.Peer, "send", fail):
            anna.say("hello")
            carl.gets("hello")
        self.assertNotIn(broken, self.server.peers)


class SlowReaderTest(ServerTest):
    def test_who_never_reads_is_cut_and_the_others_get_everything(self):
        anna, slow, boris = Far(self, "Anna"), Far(self, "Slow"), Far(self, "Борис")
        stuck = self.peer_of(slow)
        longest = 0
        for number in range(300):
            anna.say(f"{number} " + "x" * 60_000)
            boris.gets(f"\0{number} x")
            longest = max(longest, len(stuck.outbox))
            if stuck not in self.server.peers:
                break
        self.assertNotIn(stuck, self.server.peers)
        self.assertLess(longest, peers.MAX_OUTBOX + 70_000)
        boris.gets("Slow has left.")
        self.assertIn("does not read", self.screen.getvalue())

    def test_one_long_message_cuts_nobody(self):
        anna, boris = Far(self, "Anna"), Far(self, "Борис")
        self.peer_of(boris).sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        anna.say("x" * 1_000_000)
        boris.gets("xxx")
        self.assertEqual(len(self.server.peers), 2)


class ClockTest(ServerTest):
    def test_who_does_not_say_its_name_is_sent_away_in_words(self):
        with mock.patch.object(peers, "NAME_TIME", 0.05):
            far = Far(self)
        far.gets("Goodbye: a nickname has to come within")
        far.is_closed()

    def test_a_name_that_comes_drop_by_drop_buys_no_time(self):
        with mock.patch.object(peers, "NAME_TIME", 0.1):
            far = Far(self)
        far.send_bytes(b"4   ")
        far.send_bytes(b"      An")
        far.gets("Goodbye: a nickname")

    def test_a_message_that_does_not_end_is_refused_in_words(self):
        far = Far(self, "Anna")
        with mock.patch.object(peers, "MESSAGE_TIME", 0.05):
            far.send_bytes(b"5         hel")
            far.gets("Goodbye: a message has to end within")
        far.is_closed()

    def test_time_begins_anew_with_each_message(self):
        far = Far(self, "Anna")
        data = wire.frame(f"{TIME}\0Anna\0hello")
        far.send_bytes(data[:20])
        first = self.peer_of(far).deadline
        far.send_bytes(data[20:] + data[:20])
        self.wait_until(lambda: self.peer_of(far).deadline > first)
        far.send_bytes(data[20:])
        self.wait_until(lambda: self.peer_of(far).deadline == peers.NEVER)

    def test_who_has_said_its_name_may_be_silent(self):
        far = Far(self, "Anna")
        self.assertEqual(self.peer_of(far).deadline, peers.NEVER)

    def test_who_does_not_close_after_the_last_words_is_dropped(self):
        far = Far(self)
        with mock.patch.object(peers, "GOODBYE_TIME", 0.05):
            far.send_bytes(b"not a name")
            self.wait_until(lambda: not self.server.peers)


class AcceptTest(ServerTest):
    def is_watching(self):
        """Tell whether the server looks at its door."""
        return self.listener in [key.fileobj for key in self.server.selector.get_map().values()]

    def test_over_the_limit_they_wait_outside_until_somebody_leaves(self):
        self.server.limit = 1
        anna = Far(self, "Anna")
        waiting = self.enterContext(socket.create_connection(self.address, timeout=2))
        waiting.sendall(wire.frame("Борис"))
        self.wait_until(lambda: "No more connections" in self.screen.getvalue())
        self.assertEqual(len(self.server.peers), 1)
        anna.sock.close()
        self.wait_until(lambda: waiting.getsockname() in self.seen())

    def test_too_many_open_files_are_no_spin_and_no_end(self):
        full = OSError(errno.EMFILE, "Too many open files")
        with mock.patch.object(socket.socket, "accept", side_effect=full):
            self.server.accept()
        self.assertFalse(self.is_watching())
        self.assertIn("No more connections for now: [Errno", self.screen.getvalue())

    def test_it_is_said_once(self):
        self.server.limit = 0
        for _ in range(3):
            self.server.accept()
            self.server.accept_again()
        self.assertEqual(self.screen.getvalue().count("No more"), 1)

    def test_after_a_tick_the_door_is_looked_at_again(self):
        self.server.leave_outside("full")
        self.assertFalse(self.is_watching())
        self.wait_until(self.is_watching)

    def test_whoever_has_gone_before_being_let_in_is_no_error(self):
        for error in (ConnectionAbortedError(), BlockingIOError()):
            with mock.patch.object(socket.socket, "accept", side_effect=error):
                self.server.accept()
        self.assertTrue(self.is_watching())


class CloseTest(ServerTest):
    def test_everybody_is_told_and_every_socket_is_closed(self):
        fars = Far(self, "Anna"), Far(self, "Борис"), Far(self)
        socks = [peer.sock for peer in self.server.peers]
        turn = self.server.turn

        def turn_and_read():
            turn()
            for far in fars:
                if not far.closed:
                    far.read()
                elif far.sock.fileno() >= 0:
                    far.sock.close()

        with mock.patch.object(self.server, "turn", turn_and_read):
            self.server.close()
        for far in fars:
            self.assertIn("closing", [text for text in all_texts(far) if "closing" in text][0])
        self.assertEqual([sock.fileno() for sock in (*socks, self.listener)], [-1] * 4)

    def test_who_does_not_react_is_not_waited_for(self):
        Far(self, "Anna")
        started = time.monotonic()
        with mock.patch.object(peers, "GOODBYE_TIME", 0.05):
            self.server.close()
        self.assertLess(time.monotonic() - started, 1)


def all_texts(far):
    """Return all contents that have arrived and not been taken."""
    found = []
    while (content := far.reader.next_content()) is not None:
        found.append(content.decode())
    return found


class MainTest(unittest.TestCase):
    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["server.py", *words])
        errors = contextlib.redirect_stderr(io.StringIO())
        limit = mock.patch.object(server, "raise_descriptor_limit")
        with argv, errors, limit, self.assertRaises(SystemExit) as end:
            server.main()
        return end.exception.code

    def listening_place(self, *words):
        """Return where the program would listen, given these words."""
        with mock.patch.object(socket, "create_server", side_effect=OSError("not today")) as create:
            self.end_of_main(*words)
        return create.call_args.args[0]

    def test_without_words_it_listens_on_all_addresses_port_7777(self):
        self.assertEqual(self.listening_place(), ("", 7777))

    def test_address_and_port_can_be_chosen(self):
        self.assertEqual(self.listening_place("-a", "10.0.0.1", "-p", "80"), ("10.0.0.1", 80))

    def test_what_cannot_be_is_said_in_one_line(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = str(other.getsockname()[1])
            for words in (("-a", "127.0.0.1", "-p", taken), ("-a", "x" * 70, "-p", "0")):
                with self.subTest(words=words):
                    self.assertRegex(self.end_of_main(*words), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in (["-p", "port"], ["-p", "70000"], ["--dance"]):
            with self.subTest(words=words):
                self.assertNotIn(self.end_of_main(*words), (None, 0))


class PeerTest(unittest.TestCase):
    def test_it_has_slots(self):
        near, far = socket.socketpair()
        with near, far:
            self.assertFalse(hasattr(peers.Peer(near, "here"), "__dict__"))

    def test_it_is_watched_for_what_it_needs(self):
        near, far = socket.socketpair()
        with near, far:
            peer = peers.Peer(near, "here")
            self.assertEqual(peer.interest(), selectors.EVENT_READ)
            peer.put(b"hello")
            self.assertEqual(peer.interest(), selectors.EVENT_READ | selectors.EVENT_WRITE)
            peer.finished = True
            self.assertEqual(peer.interest(), selectors.EVENT_WRITE)


if __name__ == "__main__":
    unittest.main()
