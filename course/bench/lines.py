"""What is said on the wires of the course's servers, as bytes, and how one is answered."""

import json
import socket
import time

MARK = b"^"  # one byte cannot be cut in two, and no server says it of its own accord
PATIENCE = 10  # seconds for an answer while one is introduced
REFUSALS = (b'"response": 500', b'"response":500', b"full")


class TurnedAway(Exception):
    """The server does not let one more in."""


def jim(action, **fields):
    """Return a JIM message as bytes."""
    return json.dumps({"action": action, "time": time.time()} | fields).encode() + b"\n"


def jim_hello(name):
    """Say who we are, to a JIM server."""
    return jim("presence", user={"account_name": name, "status": "here"})


def jim_say(name, text, to="#all"):
    """Say something to a JIM server: to all, to a person or to a room."""
    return jim("msg", to=to, **{"from": name}, encoding="utf-8", message=text)


def with_header(text):
    """Return a text with the header of the variant on selectors."""
    content = text.encode()
    return f"{len(content):<10}".encode() + content


def timed(name, text):
    """Return a message of the variant on selectors."""
    return with_header(f"2026-11-20 14:03:07 +0300\0{name}\0{text}")


def line(text):
    """Return a line of the variants with plain text, and of the relay."""
    return text.encode() + b"\n"


def exchange(sock, data, awaited):
    """Send bytes, and read until the awaited ones have come."""
    answer = b""
    try:
        sock.sendall(data)
        while awaited not in answer:
            piece = sock.recv(65536)
            answer += piece
            if not piece or any(words in answer for words in REFUSALS):
                raise TurnedAway(repr(answer[-200:]))
    except OSError as error:
        raise TurnedAway(f"{error} after {answer[-200:]!r}") from error


def connect(port, receive_buffer=None):
    """Return a connection to a server on this computer."""
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(PATIENCE)
    sock.connect(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Wire:
    """What all wires have; the text of what is said carries the mark once."""

    answers = 0  # lines that the speaker gets for each message, besides what is said
    hears_itself = True  # a speaker in a room
    longest_name = 25

    def introduce(self, sock, name):
        """Say who one is; return the connection to use from now on."""
        raise NotImplementedError

    def enter(self, sock, name):
        """Go where all hear each other."""

    def meet(self, one, other):
        """Let two be a pair; each is a (connection, name)."""

    def to_room(self, name, text):
        """Return the bytes with which one says something to all in the room."""
        raise NotImplementedError

    def to_person(self, name, other, text):
        """Return the bytes with which one says something to one person."""
        raise NotImplementedError
