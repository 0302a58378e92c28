"""What the server keeps of each connection."""

import contextlib
import selectors
import socket
import struct
import sys
import time

from wire import MAX_BYTES, MAX_NICKNAME_BYTES, FrameReader

CHUNK = 65536  # bytes read in one turn: then it is the next one's turn
MAX_OUTBOX = 256 * 1024  # bytes that may still wait when more is to be sent
NAME_TIME = 10  # seconds from connecting to a nickname
MESSAGE_TIME = 30  # seconds from the beginning of a message to its end
GOODBYE_TIME = 2  # seconds to read the last words
NEVER = float("inf")
RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # for SO_LINGER


class Peer:
    """A socket that never waits, what came of it, and what it has still to get."""

    __slots__ = ("sock", "address", "reader", "outbox", "deadline", "ending", "finished", "stuck")

    def __init__(self, sock, address):
        sock.setblocking(False)
        self.sock, self.address = sock, address
        self.reader = FrameReader(MAX_NICKNAME_BYTES)
        self.outbox = bytearray()
        self.deadline = time.monotonic() + NAME_TIME
        self.ending = False  # nothing is taken from it or put into its outbox any more
        self.finished = False  # it sends nothing more
        self.stuck = False  # its outbox is full

    def receive(self):
        """Take what has come; tell whether anything may follow."""
        data = self.sock.recv(CHUNK)
        if not self.ending:
            self.reader.receive_data(data)
        self.finished = not data
        return not self.finished

    def put(self, data):
        """Put bytes into the outbox, or mark the peer as one that does not read."""
        if not self.ending:
            self.stuck = self.stuck or len(self.outbox) > MAX_OUTBOX
            if not self.stuck:
                self.outbox += data

    def send(self):
        """Send from the outbox what the system takes without waiting."""
        if self.outbox:
            with contextlib.suppress(BlockingIOError, InterruptedError):
                sent = self.sock.send(self.outbox)
                del self.outbox[:sent]

    def interest(self):
        """Return what the selector has to watch for."""
        reading = 0 if self.finished else selectors.EVENT_READ
        return reading | (selectors.EVENT_WRITE if self.outbox else 0)

    def greet(self):
        """Note that its name is known: it may say more, and be silent as long as it likes."""
        self.reader.limit = MAX_BYTES
        self.deadline = NEVER

    def watch_the_time(self):
        """Note until when a message that has begun must have ended."""
        if self.deadline == NEVER and self.reader.is_in_the_middle():
            self.deadline = time.monotonic() + MESSAGE_TIME

    def end(self):
        """Take and give nothing more but what is in the outbox."""
        self.ending = True
        self.deadline = time.monotonic() + GOODBYE_TIME

    def close(self):
        """Close the connection; what it would not read is thrown away, by the system too."""
        if self.outbox:
            with contextlib.suppress(OSError):
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.sock.close()
