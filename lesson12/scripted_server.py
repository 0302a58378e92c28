"""A server for tests at a real port: it does what the test says, or what a right server does."""

import contextlib
import json
import queue
import socket
import threading

from model_server import ModelServer

from common.messages import receive_message, send_message

TIMEOUT = 60  # a test of broken code turns red, it does not hang


class ScriptedServer:
    """One listening socket; `accept` takes the next client, `serve` lets a right server answer."""

    def __init__(self, test):
        self.listener = test.enterContext(socket.create_server(("127.0.0.1", 0)))
        self.listener.settimeout(TIMEOUT)
        self.address = self.listener.getsockname()
        self.model = ModelServer()
        self.heard = queue.SimpleQueue()  # what the served client has said
        self.test = test
        self.thread = None
        test.addCleanup(self.end)

    def end(self):
        """Wait for the end of who is being served."""
        if self.thread:
            self.thread.join(TIMEOUT)

    def accept(self):
        """Wait for the next client; return the socket at which the test speaks to it."""
        sock, _ = self.listener.accept()
        sock.settimeout(TIMEOUT)
        return self.test.enterContext(sock)

    def serve(self, silent=()):
        """Let the next client be served by a right server, which does not answer some actions."""
        self.thread = threading.Thread(target=self.serve_one, args=(silent,), daemon=True)
        self.thread.start()

    def serve_one(self, silent):
        """Serve one client until it goes."""
        with contextlib.suppress(OSError), self.listener.accept()[0] as sock:
            self.sock = sock
            while (message := next_message(sock)) is not None:
                answers = self.model.handle(message)
                for answer in answers if message["action"] not in silent else ():
                    sock.sendall(as_line(answer))
                self.heard.put(message)
                if message["action"] == "quit":
                    return

    def wait_for(self, action):
        """Wait until the client has said something; return it."""
        while (message := self.heard.get(timeout=TIMEOUT))["action"] != action:
            pass
        return message

    def tell(self, message):
        """Send a message to the client that is being served."""
        self.sock.sendall(as_line(message))


def next_message(sock):
    """Wait for a message, however long it takes; None at the end of the connection."""
    while True:
        with contextlib.suppress(TimeoutError):
            return receive_message(sock)


def as_line(message):
    """Return a message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def enter(sock):
    """Let a client in by hand: welcome it, and tell it that it has no contacts."""
    for alert in ("welcome, bob", []):
        request = receive_message(sock)
        send_message(sock, {"response": 200, "alert": alert, "id": request["id"]})
    sock.settimeout(TIMEOUT)
