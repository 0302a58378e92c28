"""JIM byte by byte: every recv() asks for one, so nothing that follows a message is ever taken."""

import json
import socket
import time

LIMIT, DEPTH, SECONDS = 65536, 8, 5


class NoMessage(ValueError):
    """Bytes that are no message; `last` tells that no more can be read."""

    def __init__(self, reason, last=False):
        super().__init__(reason)
        self.last = last


def send_message(sock, message):
    """Send a message and the end of its line."""
    sock.settimeout(SECONDS)
    sock.sendall((json.dumps(message) + "\n").encode("ascii"))


def receive_message(sock):
    """Read one message; None at the end of the stream."""
    until, taken = time.monotonic() + SECONDS, bytearray()
    state = [0, False, False]  # open brackets, inside a text, behind a backslash
    while True:
        byte = read_byte(sock, until, taken)
        if not byte:
            return None
        if not taken and byte in b"\r\n":
            continue
        taken += byte
        problem = follow(state, byte)
        if problem or not taken.startswith(b"{"):
            skip_line(sock, byte)
            raise NoMessage(problem or "this begins no object")
        if len(taken) > LIMIT:
            raise NoMessage("too long", last=True)
        if state[0] == 0:
            take_line_end(sock)
            return parse(bytes(taken))


def read_byte(sock, until, taken):
    """Read one byte before the time is over."""
    try:
        if time.monotonic() >= until:
            raise TimeoutError("too slow")
        sock.settimeout(until - time.monotonic() + 0.001)
        byte = sock.recv(1)
    except TimeoutError:
        if taken:
            raise NoMessage("half a message", last=True) from None
        raise
    if not byte and taken:
        raise NoMessage("half a message, then the end", last=True)
    return byte


def follow(state, byte):
    """Follow brackets and texts; return what is wrong."""
    depth, text, escaped = state
    if byte == b"\n":
        return "the line ended too early"
    if text:
        state[1:] = [escaped or byte != b'"', byte == b"\\" and not escaped]
    elif byte == b'"':
        state[1] = True
    else:
        state[0] += (byte in b"{[") - (byte in b"}]")
    return "nested too deeply" if depth > DEPTH else None


def skip_line(sock, byte):
    """Throw away the rest of the line, as far as it has come."""
    sock.setblocking(False)
    try:
        while byte and byte != b"\n":
            byte = sock.recv(1)
    except BlockingIOError:
        return


def take_line_end(sock):
    """Take the newline behind a message, if it is there already."""
    sock.setblocking(False)
    try:
        ahead = sock.recv(2, socket.MSG_PEEK)
        if ahead in (b"\r\n",) or ahead[:1] == b"\n":
            sock.recv(2 if ahead == b"\r\n" else 1)
    except BlockingIOError:
        return


def parse(data):
    """Parse strictly."""
    try:
        message = json.loads(str(data, "utf-8"), object_pairs_hook=pairs, **NUMBERS)
        text = json.dumps(message, ensure_ascii=False)
        text.encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise NoMessage(f"not JSON: {error}") from None
    if has_zero(message):
        raise NoMessage("a zero character")
    return message


def pairs(items):
    """Refuse a key that stands twice."""
    keys = [key for key, _ in items]
    if len(set(keys)) != len(keys):
        raise ValueError("a key twice")
    return dict(items)


def finite(text):
    """Refuse what is no ordinary number."""
    if len(text) > 40 or float(text) in (float("inf"), float("-inf")) or text == "NaN":
        raise ValueError("not an ordinary number")
    return float(text) if set(text) & set(".eE") else int(text)


def has_zero(value):
    """Look for a zero character anywhere inside."""
    if isinstance(value, dict):
        return any(map(has_zero, [*value, *value.values()]))
    if isinstance(value, list):
        return any(map(has_zero, value))
    return isinstance(value, str) and chr(0) in value


NUMBERS = {"parse_int": finite, "parse_float": finite, "parse_constant": finite}
