"""A telephone for tests: a connection of which the test holds both ends."""

import contextlib
import io
import json
import socket
import unittest


class TelephoneTest(unittest.TestCase):
    """A test with a telephone: the code under test gets `near`, the test itself speaks at `far`."""

    def setUp(self):
        """Make a new connection for each test, and catch what is printed."""
        near, far = socket.socketpair()
        self.near = self.enterContext(near)  # closed when the test is over, red or green
        self.far = self.enterContext(far)
        self.far.settimeout(2)  # a test of broken code turns red, it does not hang
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def let_arrive(self, *pieces):
        """Let these bytes arrive at the near end, and nothing after them."""
        self.far.sendall(b"".join(pieces))
        self.far.shutdown(socket.SHUT_WR)


def presence(**changes):
    """Return a good presence, with changes."""
    user = {"account_name": "bob", "status": "hi"}
    return {"action": "presence", "time": 1000.5, "type": "status", "user": user} | changes


def as_line(message):
    """Return a message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
