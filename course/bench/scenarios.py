"""What is measured: the scenarios."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Scenario:
    """A form of talk, by how many, and how much of it is on its way at once."""

    name: str
    form: str  # answers, private, room or idle
    clients: int
    speakers: int = 1  # in a room
    window: int = 1  # messages that one says before it waits
    rate: int = 0  # messages a second, whatever comes back; 0: as fast as they come back
    title: str = ""

    def plans(self, kind, port, shares):
        """Return each process's part: a number of people, and who of them speaks."""
        speakers = self.turns(len(shares)) if self.form == "room" else []
        plan = {"port": port, "wire": kind.wire, "form": self.form, "window": self.window}
        return [
            plan | {"process": number, "count": count, "speakers": speakers}
            for number, count in enumerate(shares)
        ]

    def turns(self, processes):
        """Return how many speak in each process: of one speaker the processes are it in turn."""
        if self.rate:  # the moments of saying and hearing are compared: by one clock, in one place
            return [[1] + [0] * (processes - 1)]
        if self.speakers == 1:
            return [[int(here == turn) for here in range(processes)] for turn in range(processes)]
        each, rest = divmod(self.speakers, processes)
        return [[each + (number < rest) for number in range(processes)]]

    def shares(self, workers):
        """Return how many people each process brings."""
        if self.form == "answers" or (self.rate and self.form == "room"):
            return [self.clients] + [0] * (len(workers) - 1)
        if self.form == "private":
            return [2 * pairs for pairs in workers.share(self.clients // 2)]
        return workers.share(self.clients)


ONE, MANY = "one at a time", "16 in flight"
SCENARIOS = (
    Scenario("idle", "idle", 5000, title="idle connections"),
    Scenario("answers-1", "answers", 1, title=f"one client is answered, {ONE}"),
    Scenario("answers-16", "answers", 1, window=16, title=f"one client is answered, {MANY}"),
    Scenario("private-1", "private", 200, title=f"100 pairs, {ONE}"),
    Scenario("private-16", "private", 200, window=16, title=f"100 pairs, {MANY}"),
    Scenario("room-1", "room", 100, title="a room of 100, one speaks"),
    Scenario("room-10", "room", 100, 10, 4, title="a room of 100, ten speak, 4 messages each"),
    Scenario("paced-answers", "answers", 1, rate=2000, title="2,000 questions a second"),
    Scenario(
        "paced-private", "private", 200, rate=2000, title="2,000 messages a second, 100 pairs"
    ),
    Scenario("paced-room", "room", 2, rate=2000, title="2,000 messages a second, a room of two"),
)
GROWTH = {"private-1": (10, 50, 200, 800), "room-1": (10, 30, 100, 300)}


def grown():
    """Return the scenarios again, with other numbers of clients."""
    found = {scenario.name: scenario for scenario in SCENARIOS}
    for name, sizes in GROWTH.items():
        for clients in sizes:
            if clients != found[name].clients:
                yield replace(found[name], clients=clients)
