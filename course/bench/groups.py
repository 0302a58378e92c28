"""What a process of the generator holds: connections that say something and wait for the same.

What has come is counted, not understood. Each text bears one byte, the mark, that no server says by
itself, so the marks are the deliveries; the ends of lines that are left are the answers. A single
byte cannot be cut in two between two reads, so nothing has to be kept from one read to the next.
"""

from collections import deque
from dataclasses import dataclass

from course.bench.wires import MARK, WIRES, TurnedAway, connect

TEXT = ("x" * 99).encode() + MARK  # about as long as what people write


@dataclass(frozen=True)
class Round:
    """What a group says at once, and what must come until it may go on."""

    says: tuple = ()  # pairs of a function that sends, and bytes
    heard: int = 0  # marks
    answered: int = 0  # lines


class Group:
    """Connections that wait for each other, and what they have heard so far."""

    __slots__ = ("answered", "began", "due", "due_lines", "heard", "lines", "listener", "number")
    __slots__ += ("rounds", "sent", "socks", "took")

    def __init__(self, socks, rounds, listener=None):
        self.socks, self.rounds = socks, rounds
        self.listener = listener or socks[0]  # the one whose waiting is measured
        self.number = self.heard = self.lines = self.due = self.due_lines = 0
        self.answered = any(each.answered for each in rounds)  # are lines to be counted?
        self.sent = deque()  # when what is on its way was said
        self.began, self.took = 0.0, []

    def speak(self, now):
        """Begin the next round."""
        step = self.rounds[self.number % len(self.rounds)]
        self.number += 1
        self.began = now
        self.due += step.heard
        self.due_lines += step.heard + step.answered
        for send, data in step.says:
            send(data)

    def done(self):
        """Tell whether all has come that was to come."""
        return self.heard >= self.due and (not self.answered or self.lines >= self.due_lines)

    def exact(self):
        """Tell whether exactly that has come."""
        return self.heard == self.due and (not self.answered or self.lines == self.due_lines)


class Cast:
    """The connections of one process for one scenario."""

    def __init__(self, plan):
        self.plan = plan
        self.wire = WIRES[plan["wire"]]
        self.socks, self.groups = [], []

    def come(self):
        """Connect and introduce everybody; raise TurnedAway where one is not let in."""
        make = {"answers": self.alone, "private": self.pairs, "room": self.room, "idle": self.idle}
        make[self.plan["form"]]()
        for sock in self.socks:
            sock.setblocking(False)

    def leave(self):
        """Close all connections."""
        for sock in self.socks:
            sock.close()

    def join(self, name):
        """Let one come in under a name; return the connection."""
        try:
            sock = connect(self.plan["port"])
        except OSError as error:
            raise TurnedAway(str(error)) from error
        self.socks.append(sock)
        self.socks[-1] = self.wire.introduce(sock, name)
        return self.socks[-1]

    def names(self):
        """Return the names of this process's people."""
        prefix = f"b{self.plan['process']}"
        return [f"{prefix}n{number}" for number in range(self.plan["count"])]

    def text(self):
        """Return what everybody says."""
        return TEXT.decode()

    def alone(self):
        """Let one ask and be answered, again and again."""
        for name in self.names()[:1]:
            sock, window = self.join(name), self.plan["window"]
            data = self.wire.to_room(name, self.text()) * window
            self.groups.append(Group([sock], [Round(((sock.send, data),), window)]))

    def pairs(self):
        """Let one of each pair speak, and the other one listen."""
        window, names = self.plan["window"], self.names()
        for name, other in zip(names[::2], names[1::2], strict=True):
            one, two = self.join(name), self.join(other)
            self.wire.meet((one, name), (two, other))
            data = self.wire.to_person(name, other, self.text()) * window
            step = Round(((one.send, data),), window, window * self.wire.answers)
            self.groups.append(Group([one, two], [step], two))

    def room(self):
        """Let the speakers of this process speak to all, in turn or all at once."""
        names = self.names()
        socks = [self.join(name) for name in names]
        for sock, name in zip(socks, names, strict=True):
            self.wire.enter(sock, name)
        if socks:
            self.groups.append(Group(socks, self.rounds(socks, names), socks[-1]))

    def rounds(self, socks, names):
        """Return what this part of a room says, and hears, round by round.

        With one speaker the processes take turns: nobody goes on before its own people have heard
        the last round, so no listener falls behind, and the processes need not talk to each other.
        """
        data = [self.wire.to_room(name, self.text()) * self.plan["window"] for name in names]
        says = [(sock.send, piece) for sock, piece in zip(socks, data, strict=True)]
        shares = self.plan["speakers"]  # of each turn: how many speak in each process
        return [self.round_of(says, share) for share in shares]

    def round_of(self, says, share):
        """Return one round: what is said here, and what is heard here of all that is said."""
        here, window = share[self.plan["process"]], self.plan["window"]
        heard = sum(share) * window * len(says)
        if not self.wire.hears_itself:
            heard -= here * window
        return Round(tuple(says[:here]), heard, here * window * self.wire.answers)

    def idle(self):
        """Let so many come who say nothing; stop when one is turned away."""
        for name in self.names():
            before = len(self.socks)
            try:
                self.join(name)
            except TurnedAway:
                for sock in self.socks[before:]:
                    sock.close()
                del self.socks[before:]
                return
