"""The other end of a connection under test: sends anything, reads messages, remembers both."""

import contextlib
import json
import select
import socket
import struct
import time

from course.console import visible

MUCH = 1 << 22  # bytes: more than any message may have


class CheckFailed(Exception):
    """What the checked program did is not what it should do."""

    def __init__(self, expected, received, hint=None):
        super().__init__(f"expected {expected}; received {received}")
        self.expected = expected
        self.received = received
        self.hint = hint  # where it fits better than the check's own


class CheckSkipped(Exception):
    """What a check needs is not on this machine; the text says what."""


class Peer:
    """One end of a TCP connection that speaks JIM, properly or not."""

    def __init__(self, sock, lab):
        self.sock = sock
        self.lab = lab
        self.data = b""

    def send(self, *messages, end=b"\n"):
        """Send messages, in one piece; bytes are sent as they are."""
        pieces = [m if isinstance(m, bytes) else encode(m) + end for m in messages]
        self.send_pieces([b"".join(pieces)])

    def send_pieces(self, pieces):
        """Send bytes in pieces, each in a segment of its own."""
        self.lab.tell("sent", b"".join(pieces))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(self.lab.left(10))
        try:
            for piece in pieces:
                self.sock.sendall(piece)
        except OSError as error:
            self.lab.tell("", f"(not all of it: {error})")

    def receive(self, within=6):
        """Return the next message; None when the other side has closed."""
        until = time.monotonic() + within
        while True:
            message = self._take()
            if message is not None:
                return message
            piece = self._read(until)
            if not piece:
                return None
            self.data += piece

    def _take(self):
        text = self.data.lstrip()
        if not text:
            return None
        try:
            message, size = json.JSONDecoder().raw_decode(text.decode("utf-8"))
        except ValueError:
            return None
        taken = len(text.decode("utf-8")[:size].encode())
        self.data = text[taken:]
        self.lab.tell("received", text[:taken])
        return message

    def _read(self, until):
        self.sock.settimeout(max(self.lab.left(until - time.monotonic()), 0.001))
        try:
            if time.monotonic() > until or len(self.data) > MUCH:
                raise TimeoutError
            return self.sock.recv(65536)
        except TimeoutError:
            rest = f" but {visible(self.data)}" if self.data else ""
            raise CheckFailed("an answer", f"nothing in time{rest}") from None
        except ConnectionError:
            return b""

    def expect(self, code, within=6):
        """Read an answer with this code, and return it."""
        expected = f"an answer with response {code}"
        try:
            answer = self.receive(within)
        except CheckFailed as failure:
            raise CheckFailed(expected, failure.received) from None
        if answer is None:
            raise CheckFailed(expected, "the connection was closed without it")
        if not isinstance(answer, dict) or answer.get("response") != code:
            raise CheckFailed(expected, visible(encode(answer), 400))
        return answer

    def expect_closed(self, within=6, because=""):
        """Wait until the other side closes."""
        expected = f"the connection is closed{because}"
        try:
            answer = self.receive(within)
        except CheckFailed:
            raise CheckFailed(expected, f"it is still open after {within} seconds") from None
        if answer is not None:
            raise CheckFailed(expected, visible(encode(answer), 400))

    def answered(self, within):
        """Tell whether anything comes in time; it is left where it is."""
        readable, _, _ = select.select([self.sock], [], [], self.lab.left(within))
        return bool(readable)

    def finish(self):
        """Close politely: say that we are done, and read what is still on its way."""
        until = time.monotonic() + 3
        with contextlib.suppress(OSError):  # the other side may be gone already
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(self.lab.left(2))
            while self.sock.recv(65536):
                if time.monotonic() > until:
                    ended = "nothing more is sent to a client that has closed"
                    raise CheckFailed(ended, "it goes on and on")
        self.close()

    def hold_back(self):
        """Take as little as possible from now on: a small buffer, and no reading."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.lab.tell("", "(this client reads nothing any more)")

    def expect_cut(self, within=6):
        """Wait until the other side has closed; we do not read, so only sending can tell."""
        try:
            self.lab.wait_for(self._cannot_send, "who does not read is cut off", within)
        except CheckFailed as failure:
            raise CheckFailed(failure.expected, "it is still connected") from None
        self.lab.tell("", "(this client was cut off)")

    def _cannot_send(self):
        try:
            self.sock.send(b"\n")
        except OSError:
            return True
        return False

    def half_close(self):
        """Say that nothing more will be sent."""
        self.lab.tell("closed", "our sending direction")
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """Break the connection off without a goodbye."""
        self.lab.tell("broke off", "the connection (reset)")
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        """Close the connection."""
        self.sock.close()


def encode(message):
    """Turn a message into bytes."""
    return json.dumps(message, ensure_ascii=False).encode()
