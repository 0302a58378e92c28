"""A client as the server sees it: a socket that never blocks, and what waits to be sent."""

import contextlib
import socket
import struct
import sys

from common.connection import Connection
from common.messages import BrokenStream

MAX_OUTBOX = 256 * 1024  # bytes that may wait for a client; who does not read is cut off
AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
GOODBYE = 1  # seconds that the last answer may take to arrive


class Peer:
    """One client: its socket, its stream, its outbox, and what we know of it."""

    __slots__ = (
        *("address", "connection", "ended", "leaving", "lost", "name"),
        *("outbox", "said_goodbye", "sock"),
    )

    def __init__(self, sock, address):
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # it may have left already
            # Else the system keeps small pieces back until the last one has been confirmed.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.address = address
        self.connection = Connection()
        self.outbox = bytearray()
        self.name = None  # for the log; what it means, the hub knows
        self.leaving = None  # when its time is over, once we want to part
        self.said_goodbye = False
        self.ended = False  # it sends nothing more
        self.lost = None  # why it is gone

    def read(self, now):
        """Take what has come and return it: messages, and BadMessage for bad ones."""
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return []
        except OSError as error:
            self.lost = str(error)
            return []
        if self.leaving:
            self.ended = self.ended or not data
            return []
        if data:
            return self.connection.receive_data(data, now)
        self.ended = True
        half = BrokenStream("the connection ended in the middle of a message")
        return [half] if self.connection.begun() else []

    def queue(self, data):
        """Let bytes wait until the socket takes them."""
        if len(self.outbox) + len(data) > MAX_OUTBOX:
            self.write()  # perhaps it has read since we last looked
        if len(self.outbox) + len(data) > MAX_OUTBOX:
            self.lost = "it does not read what is sent to it"
        else:
            self.outbox += data

    def write(self):
        """Give the socket as much as it takes."""
        try:
            del self.outbox[: self.sock.send(self.outbox)]
        except BlockingIOError:
            return
        except OSError as error:
            self.lost = str(error)

    def leave(self, now):
        """Part when the outbox is empty, or when its time is over."""
        self.leaving = self.leaving or now + GOODBYE

    def gone(self, now):
        """Say goodbye if it is time to; tell whether nothing is left to do."""
        if self.lost or not self.leaving:
            return bool(self.lost)
        if not self.outbox and not self.said_goodbye:
            self.say_goodbye()
        return now > self.leaving or (self.said_goodbye and self.ended)

    def close(self):
        """Close the socket; what a lost client has not read is thrown away at once."""
        if self.lost:
            with contextlib.suppress(OSError):  # some systems refuse once it is broken
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.sock.close()

    def say_goodbye(self):
        """Send nothing more, but read on: closing with unread bytes would destroy the answer."""
        self.said_goodbye = True
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            self.lost = str(error)
