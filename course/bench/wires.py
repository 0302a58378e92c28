"""The wires of the course's servers: how one is introduced, and how something is said.

A wire is what the generator of load knows of a server. `introduce` is given a connection on which
nothing has been said, and returns the one to use from then on: here belong a login and TLS.
"""

from course.bench.lines import (
    MARK,
    Wire,
    exchange,
    jim,
    jim_hello,
    jim_say,
    line,
    timed,
    with_header,
)


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
