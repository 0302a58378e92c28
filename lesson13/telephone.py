"""Telephones for tests: connections of which the test holds both ends, one of them or many."""

import contextlib
import io
import json
import select
import socket
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from common.engines import PRAGMAS
from common.peer import Peer
from common.storage import Storage

LIMIT = 10  # seconds until a test of broken code turns red


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


class RoomTest(unittest.TestCase):
    """A test with a room full of peers; each has a telephone, and `far` knows its other end."""

    def setUp(self):
        """Begin with an empty room."""
        socket.setdefaulttimeout(2)
        self.addCleanup(socket.setdefaulttimeout, None)
        self.far = {}  # peer -> the end at which the test speaks

    def come(self):
        """Let a client come in and return its peer."""
        near, far = socket.socketpair()
        self.enterContext(near)
        peer = Peer(near, "192.0.2.7")
        self.far[peer] = self.enterContext(far)
        return peer

    def waiting_for(self, peer):
        """Return the messages in a peer's outbox."""
        return [json.loads(line) for line in bytes(peer.outbox).split(b"\n") if line]

    def codes_for(self, peer):
        """Return the codes of the answers in a peer's outbox."""
        return [message.get("response") for message in self.waiting_for(peer)]


def open_storage(test):
    """Return a new storage that is closed and thrown away when the test is over."""
    hasty = [pragma.replace("FULL", "OFF") for pragma in PRAGMAS]  # nobody cuts the power here
    test.enterContext(mock.patch("common.engines.PRAGMAS", hasty))
    folder = test.enterContext(tempfile.TemporaryDirectory(prefix="stored"))
    storage = Storage(Path(folder, "server.db"))
    test.addCleanup(storage.close)
    return storage


def let_store(server):
    """Wait until all that the server wants to be stored is, and let it act on the results."""
    while server.writer.backlog:
        if not select.select([server.bell], [], [], LIMIT)[0]:
            raise AssertionError("it is never stored")
        server.bell.quiet()
        server.take_results()


def presence(**changes):
    """Return a good presence, with changes."""
    user = {"account_name": "bob", "status": "hi"}
    return {"action": "presence", "time": 1000.5, "type": "status", "user": user} | changes


def msg(**changes):
    """Return a good message to the common chat, with changes."""
    message = {"action": "msg", "time": 1000.5, "to": "#all", "from": "bob", "message": "hi"}
    return message | changes


def as_line(message):
    """Return a message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
