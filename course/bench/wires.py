"""The wires of the course's servers: how one is introduced, and how something is said.

A wire is what the generator of load knows of a server. `introduce` is given a connection on which
nothing has been said, and returns the one to use from then on: here belong a login and TLS.
"""

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


class Presence(Wire):
    """Lessons 3 to 6: what is said is a presence, and what comes is its answer with the name."""

    def introduce(self, sock, name):
        """Say nothing: who comes is served when the one before has gone."""
        return sock

    def to_room(self, name, text):
        """Return a presence; its name carries the mark into the answer."""
        return jim_hello(f"{name}{MARK.decode()}")


class Jim(Wire):
    """Lessons 7 and 8: everybody is in one chat."""

    answers = 1
    room = "#all"

    def introduce(self, sock, name):
        """Say who one is, and wait for the answer."""
        exchange(sock, jim_hello(name), b'"response": 200')
        return sock

    def to_room(self, name, text):
        """Say something to all in the room."""
        return jim_say(name, text, self.room)

    def to_person(self, name, other, text):
        """Say something to one person."""
        return jim_say(name, text, other)


class JimRooms(Jim):
    """From lesson 9 on: one goes into a room first."""

    room = "#bench"

    def enter(self, sock, name):
        """Go into the room, and wait for the answer."""
        exchange(sock, jim("join", room=self.room), b'"response": 200')


class Header(Wire):
    """The variant on selectors: a length, then what is said; a speaker does not hear itself."""

    hears_itself = False

    def introduce(self, sock, name):
        """Say a nickname, and wait for the welcome."""
        exchange(sock, with_header(name), b"<quit<")
        return sock

    def to_room(self, name, text):
        """Say something to all."""
        return timed(name, text)


class Lines(Wire):
    """The variant with a thread for each client: lines of text."""

    def introduce(self, sock, name):
        """Say a name, and wait until all are told so."""
        exchange(sock, line(name), f"* {name} has joined".encode())
        return sock

    def to_room(self, name, text):
        """Say something to all."""
        return line(text)


class Partners(Lines):
    """The variant with private talks: one chooses a partner, or the common chat."""

    hears_itself = False

    def introduce(self, sock, name):
        """Say a nickname, and wait for the question what next."""
        exchange(sock, line(name), b"? Where to?")
        return sock

    def enter(self, sock, name):
        """Go to the common chat."""
        exchange(sock, line("/all"), b"You are in")

    def meet(self, one, other):
        """Ask, and let the other agree."""
        exchange(one[0], line(f"/partner {other[1]}"), b"~ Waiting")
        exchange(other[0], line(f"/partner {one[1]}"), b"+ You are talking")

    def to_person(self, name, other, text):
        """Say something to the partner."""
        return line(text)


class Relay(Wire):
    """The floor: the first line names a group, then bytes are passed on to its members."""

    def introduce(self, sock, name):
        """Be alone in a group of one's own."""
        return self.go(sock, f"+{name}")

    def enter(self, sock, name):
        """Go where all hear all, the speaker too."""
        self.go(sock, "+room")

    def meet(self, one, other):
        """Be a group of two, of which the other one hears."""
        for sock, _ in (one, other):
            self.go(sock, f"-{one[1]}")

    def go(self, sock, group):
        """Go into a group, and wait until it is done."""
        exchange(sock, b"\0" + line(group), b"ok\n")
        return sock

    def to_room(self, name, text):
        """Say something to all."""
        return line(text)

    def to_person(self, name, other, text):
        """Say something to the other one."""
        return line(text)


WIRES = {
    **{"presence": Presence(), "jim": Jim(), "rooms": JimRooms(), "header": Header()},
    **{"lines": Lines(), "partners": Partners(), "relay": Relay()},
}


def connect(port, receive_buffer=None):
    """Return a connection to a server on this computer."""
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(PATIENCE)
    sock.connect(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
