"""The people of one process of the generator: they come in, and fall into groups."""

from concurrent.futures import ThreadPoolExecutor

from course.bench.groups import Group, Round
from course.bench.lines import MARK, TurnedAway, connect
from course.bench.wires import WIRES

TEXT = ("x" * 99).encode() + MARK  # about as long as what people write
AT_A_TIME = 32  # who come in beside each other


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
        """Let one come in under a name; return the connection, None if it is turned away."""
        try:
            sock = connect(self.plan["port"])
        except OSError:
            return None
        try:
            return self.wire.introduce(sock, name)
        except TurnedAway:
            sock.close()
            return None

    def join_all(self, names):
        """Let many come in, some at a time: a server may store who comes. Return who they are."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            came = list(pool.map(self.join, names))
        self.socks += [sock for sock in came if sock]
        return came

    def people(self):
        """Let everybody of this process come in; return pairs of a connection and a name."""
        names = self.names()
        if None in (came := self.join_all(names)):
            raise TurnedAway(f"the server lets in {len(self.socks)} of {len(names)} people here")
        return list(zip(came, names, strict=True))

    def names(self):
        """Return the names of this process's people."""
        prefix = f"b{self.plan['process']}"
        return [f"{prefix}n{number}" for number in range(self.plan["count"])]

    def text(self):
        """Return what everybody says."""
        return TEXT.decode()

    def alone(self):
        """Let one ask and be answered, again and again."""
        for sock, name in self.people():
            window = self.plan["window"]
            data = self.wire.to_room(name, self.text()) * window
            self.groups.append(Group([sock], [Round(((sock.send, data),), window)]))

    def pairs(self):
        """Let one of each pair speak, and the other one listen."""
        people, window = self.people(), self.plan["window"]
        for one, other in zip(people[::2], people[1::2], strict=True):
            self.wire.meet(one, other)
            data = self.wire.to_person(one[1], other[1], self.text()) * window
            step = Round(((one[0].send, data),), window, window * self.wire.answers)
            self.groups.append(Group([one[0], other[0]], [step]))

    def room(self):
        """Let the speakers of this process speak to all, in turn or all at once."""
        people = self.people()
        for sock, name in people:
            self.wire.enter(sock, name)
        if people:
            self.groups.append(Group([sock for sock, _ in people], self.rounds(people)))

    def rounds(self, people):
        """Return what this part of a room says, and hears, round by round.

        With one speaker the processes take turns: nobody goes on before its own people have heard
        the last round, so no listener falls behind, and the processes need not talk to each other.
        """
        window, text = self.plan["window"], self.text()
        says = [(sock.send, self.wire.to_room(name, text) * window) for sock, name in people]
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
        """Let so many come who say nothing; stop when some are turned away."""
        names = self.names()
        for start in range(0, len(names), AT_A_TIME):
            if None in self.join_all(names[start : start + AT_A_TIME]):
                return
