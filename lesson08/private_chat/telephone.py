"""A telephone for tests: a connection of which the test holds both ends."""

import socket
import unittest
from unittest import mock

import peer

PATIENCE = 5  # seconds; a test of broken code turns red, it does not hang


def connection():
    """Return both ends of a TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far = socket.create_connection(listener.getsockname(), timeout=PATIENCE)
        near, _ = listener.accept()
    return near, far


class Caller:
    """The far end: says lines and hears lines."""

    def __init__(self, sock):
        self.sock, self.file = sock, sock.makefile("r", encoding="utf-8", newline="\n")

    def says(self, *lines):
        """Send lines."""
        self.sock.sendall("".join(f"{line}\n" for line in lines).encode())

    def hears(self, words):
        """Read on until a line has these words, and return that line."""
        while line := self.file.readline():
            if words in line:
                return line.rstrip("\n")
        raise AssertionError(f"the connection ended before a line with {words!r}")

    def rest(self):
        """Return everything up to the end of the connection."""
        return self.file.read()

    def close(self):
        """Leave without a word."""
        self.file.close()
        self.sock.close()


class TelephoneTest(unittest.TestCase):
    """A test that makes connections, in which nobody waits long."""

    def setUp(self):
        """Let the threads look around more often."""
        for name, seconds in {"TICK": 0.05, "GRACE": 0.2}.items():
            self.enterContext(mock.patch.object(peer, name, seconds))

    def call(self):
        """Return both ends of a new connection: a socket, and a caller."""
        near, far = connection()
        caller = Caller(far)
        self.addCleanup(near.close)
        self.addCleanup(caller.close)
        return near, caller
