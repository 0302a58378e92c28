"""A connection with one client: lines of text in both directions.

One thread reads (the client's thread of the server), another one writes (the connection's own).
Everybody else only puts lines into the outbox, and never waits for this client.
"""

import contextlib
import math
import socket
import threading
import time

from outbox import Outbox

MAX_LINE = 4096  # bytes, without the end of the line
READ = 4096  # bytes to read in one go
TICK = 1  # seconds; no wait for the network is longer, so that every thread notices the end
TOO_LONG = f"* A line may have {MAX_LINE} bytes. Goodbye."
NOT_UTF8 = "* This was not UTF-8, so nobody has seen it."


class Connection:
    """What the server knows of one client: its socket, its address, its name."""

    def __init__(self, sock, address):
        self.sock = sock
        self.address = address
        self.user_name = None
        self._received = b""
        self._outbox = Outbox()
        sock.settimeout(TICK)
        self._writer = threading.Thread(target=self._write, name="writer")
        self._writer.start()

    def send_message(self, text):
        """Let a line be sent; a client that has left too many lines unread is cut off."""
        if not self._outbox.add(text.encode() + b"\n"):
            self._cut()

    def receive_message(self, patience=math.inf):
        """Return the next line, or None when there will be no more.

        Raise TimeoutError if none comes within so many seconds.
        """
        deadline = time.monotonic() + patience
        while not self._outbox.wait_for_room(TICK):
            continue  # who does not read what is here for him need not write either
        while (line := self._next_line(deadline)) is not None:
            if len(line) > MAX_LINE:
                self.send_message(TOO_LONG)
                self.close()
                break
            try:
                return line.decode()
            except UnicodeDecodeError:
                self.send_message(NOT_UTF8)
        return None

    def close(self):
        """Take and send nothing more, except what waits in the outbox; harmless when repeated."""
        self._outbox.close()

    def finish(self):
        """Close, wait until all is said, and give the socket back: the last act of who reads."""
        self.close()
        self._writer.join()
        self._read_the_rest()
        self.sock.close()

    def _next_line(self, deadline):
        """Return the bytes of a line, None at the end; what is too long counts as a line."""
        while b"\n" not in self._received and len(self._received) <= MAX_LINE + len(b"\r"):
            piece = self._read(deadline)
            if not piece:
                return None
            self._received += piece
        line, _, self._received = self._received.partition(b"\n")
        return line.removesuffix(b"\r")

    def _read(self, deadline):
        """Return some bytes; nothing when the connection is over, on either side."""
        while not self._outbox.closed:
            if time.monotonic() > deadline:
                raise TimeoutError("nothing came in time")
            try:
                return self.sock.recv(READ)
            except TimeoutError:
                continue
            except OSError:  # broken off: over, too
                break
        return b""

    def _write(self):
        """Send what is in the outbox until that is closed, then say that no more will come."""
        try:
            while piece := self._outbox.next_piece():
                with contextlib.suppress(TimeoutError):  # the client does not read at the moment
                    self._outbox.remove(self.sock.send(piece))
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._cut()

    def _cut(self):
        """End the connection at once, and wake both threads."""
        self._outbox.close(0)
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def _read_the_rest(self):
        """Read for a moment: closing with unread bytes would destroy our words on their way."""
        until = time.monotonic() + TICK
        with contextlib.suppress(OSError):
            while self.sock.recv(READ) and time.monotonic() < until:
                continue
