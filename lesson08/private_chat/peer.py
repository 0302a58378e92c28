"""One user's connection: lines in, lines out, and neither waits for the other."""

import contextlib
import socket
import sys
import threading
import time

from lines import Lines

MAX_WAITING = 256 * 1024  # bytes on their way to one user
TICK = 1  # second after which a thread that waits in a socket looks around
STALLED = 30  # seconds in which not one byte can be sent: the other side is gone
GRACE = 2  # seconds, at the end, for the last words to arrive
KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
if sys.platform == "darwin":
    KEEP_ALIVE["TCP_KEEPALIVE"] = 60  # what others call KEEPIDLE


class Silent(Exception):
    """Nothing that counts has come in time."""


class Outbox:
    """Lines on their way to one user: bounded, so nobody has to wait for a slow reader."""

    def __init__(self, limit=MAX_WAITING):
        self.limit, self.changed = limit, threading.Condition()
        self.waiting, self.under_way, self.closed = bytearray(), 0, False

    def put(self, line):
        """Append a line; return False, and drop it, if too much is waiting already."""
        data = line.encode() + b"\n"
        with self.changed:
            if self.closed:
                return True  # nobody is owed anything any more
            if len(self.waiting) + self.under_way + len(data) > self.limit:
                return False
            self.waiting += data
            self.changed.notify()
        return True

    def take(self):
        """Wait for bytes and return all there are; nothing comes after an empty answer."""
        with self.changed:
            self.under_way = 0
            self.changed.wait_for(lambda: self.waiting or self.closed)
            data, self.waiting = bytes(self.waiting), bytearray()
            self.under_way = len(data)
        return data

    def close(self):
        """Take nothing more."""
        with self.changed:
            self.closed = True
            self.changed.notify()


class Peer:
    """A user at the other end; a thread of its own writes, whoever calls `lines` reads."""

    def __init__(self, sock, address, seconds_for_name):
        self.sock, self.address, self.name = sock, address, None
        self.deadline = time.monotonic() + seconds_for_name
        self.outbox, self.stopped = Outbox(), False
        self.writer = threading.Thread(target=self._write, daemon=True)
        sock.settimeout(TICK)
        tune(sock)
        self.writer.start()

    def tell(self, line):
        """Send a line in a while; cut the connection of one who does not read."""
        if not self.outbox.put(line):
            self.cut()

    def lines(self):
        """Yield what comes, as bytes, until the other side has left or time is up."""
        incoming = Lines()
        while not self.stopped:
            if self.deadline and time.monotonic() > self.deadline:
                raise Silent
            try:
                data = self.sock.recv(4096)
            except TimeoutError:
                continue
            if not data:
                return
            yield from incoming.feed(data)

    def _write(self):
        try:
            while data := self.outbox.take():
                self._send(data)
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.cut()

    def _send(self, data):
        left, until = memoryview(data), time.monotonic() + STALLED
        while left:
            try:
                left = left[self.sock.send(left) :]
                until = time.monotonic() + STALLED
            except TimeoutError:
                if time.monotonic() > until:
                    raise

    def stop(self):
        """Let the reader come to its end, after what waits has been written."""
        self.outbox.close()
        self.stopped = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RD)  # wakes it; on Windows it wakes by itself

    def cut(self):
        """End the connection at once: whoever waits in it wakes up."""
        self.outbox.close()
        self.stopped = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def close(self):
        """End the connection properly: let the last words arrive before the end does."""
        self.outbox.close()
        self.writer.join(GRACE)
        with contextlib.suppress(OSError):
            self._read_rest()
        self.cut()
        self.writer.join()
        self.sock.close()

    def _read_rest(self):
        # Closing with unread bytes would destroy what is on its way to the other side.
        until = time.monotonic() + GRACE
        while time.monotonic() < until and self.sock.recv(65536):
            pass


def tune(sock):
    """Let short lines go at once, and the system find out, in two minutes, who is gone."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
