"""Taught in lesson 03. A message is a dictionary here and a JSON object on the wire."""

import json
import socket
import time

MAX_BYTES = 64 * 1024  # of one message
MAX_DEPTH = 8  # of objects and lists inside each other
MAX_DIGITS = 40  # of one number
PATIENCE = 5  # seconds that one message may take to arrive


class BadMessage(ValueError):
    """What came is not a message; what comes next may be one."""


class BrokenStream(BadMessage):
    """What came is not a message, and nothing more can be read."""


def send_message(sock, message):
    """Send one message, ended by a newline."""
    sock.settimeout(PATIENCE)
    sock.sendall(encode(message))


def encode(message):
    """Turn a message into bytes, ended by a newline."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def receive_message(sock):
    """Return the next message, or None when the other side has closed the connection.

    Raise BadMessage for what is no message, and TimeoutError when nothing comes at all.
    """
    data = b""
    deadline = time.monotonic() + PATIENCE
    while chunk := look(sock, data, deadline):
        if not data and chunk[0] in b"\r\n":
            sock.recv(1)  # an empty line, or the end of the last one
            continue
        try:
            end = find_end(data + chunk)
        except BadMessage:
            sock.recv(chunk.find(b"\n") + 1 or len(chunk))  # the rest of the line is of no use
            raise
        size = len(chunk) if end is None else end - len(data)
        data += sock.recv(size)
        if len(data.rstrip()) > MAX_BYTES:
            raise BrokenStream(f"a message is longer than {MAX_BYTES} bytes")
        if end is not None:
            return decode(data)
    if data:
        raise BrokenStream("the connection ended in the middle of a message")
    return None


def look(sock, data, deadline):
    """Wait for bytes and return them, but leave them in the socket for now."""
    try:
        sock.settimeout(max(deadline - time.monotonic(), 0.001))
        chunk = sock.recv(4096, socket.MSG_PEEK)
        if time.monotonic() < deadline:
            return chunk
        raise TimeoutError("nothing came")
    except TimeoutError:
        if data:
            raise BrokenStream(f"a message did not end within {PATIENCE} seconds") from None
        raise


def find_end(data):
    """Return where the first object in the bytes ends, or None if it has not ended yet."""
    depth, in_text, escaped = 0, False, False
    for position, byte in enumerate(data):
        if depth == 0 and byte not in b"{":
            raise BadMessage("a message begins with a curly bracket")
        if byte in b"\n":
            raise BadMessage("a line ended inside a message")
        if in_text:
            in_text = escaped or byte not in b'"'
            escaped = byte in b"\\" and not escaped
        elif byte in b'"':
            in_text = True
        elif byte in b"{[":
            depth += 1
        elif byte in b"}]":
            depth -= 1
            if depth == 0:
                return position + 1 + line_end(data[position + 1 : position + 3])
        if depth > MAX_DEPTH:
            raise BadMessage(f"more than {MAX_DEPTH} objects inside each other")
    return None


def line_end(rest):
    """Return how many bytes the end of the line takes, if it follows at once."""
    return 2 if rest == b"\r\n" else 1 if rest[:1] == b"\n" else 0


def decode(data):
    """Turn the bytes of one object into a message."""
    try:
        text = data.decode("utf-8")
        message = json.loads(
            text,
            object_pairs_hook=object_of_pairs,
            parse_int=number,
            parse_float=number,
            parse_constant=number,
        )
        check_text(message)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"not a JSON object in UTF-8: {error}") from None
    if not isinstance(message, dict):
        raise BadMessage("a message is a JSON object")
    return message


def object_of_pairs(pairs):
    """Make a dictionary, but not from pairs in which a key stands twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def number(text):
    """Make a number, but neither an endless nor an infinite one (Python would also take NaN)."""
    if len(text) > MAX_DIGITS or not abs(float(text)) < float("inf"):
        raise ValueError("a number is too long or not finite")
    return int(text) if text.lstrip("-").isdigit() else float(text)


def check_text(value):
    """Refuse text that cannot be sent on or stored: half a character, a zero character."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("a zero character")
    elif isinstance(value, list):
        for item in value:
            check_text(item)
    elif isinstance(value, dict):
        check_text([*value.keys(), *value.values()])
