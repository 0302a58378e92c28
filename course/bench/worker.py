"""A process of the generator: reads what to do, line by line, and prints what came of it.

It ends with its standard input, whatever it is doing: so it cannot outlive who started it.
"""

import json
import os
import resource
import select
import time

from course.bench.groups import Cast
from course.bench.wires import MARK, TurnedAway

AT_ONCE = 262_144  # bytes to read
PATIENCE = 20  # seconds in which something must come
SAMPLES = 2000  # of the times that were taken, evenly spread over their order


class Stuck(Exception):
    """What was to come has not come."""


class Worker:
    """Connections, and the loops that keep them busy."""

    def __init__(self):
        self.cast, self.casts = None, []
        self.poll = None
        self.buffer = bytearray(AT_ONCE)

    def obey(self, order):
        """Carry out one order and return what there is to say."""
        try:
            return getattr(self, order.pop("do"))(**order)
        except (Stuck, TurnedAway, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    def come(self, **plan):
        """Bring the connections of a scenario, beside those that are here."""
        self.cast = Cast(plan)
        self.casts.append(self.cast)
        self.cast.come()
        self.poll = select.epoll()
        self.poll.register(0, select.EPOLLIN)
        self.table = {0: (self.end, None, False)}
        for group in self.cast.groups:
            for sock in group.socks:
                self.table[sock.fileno()] = sock.recv_into, group, sock is group.listener
                self.poll.register(sock.fileno(), select.EPOLLIN)
        return {"here": len(self.cast.socks)}

    def leave(self):
        """Close all connections."""
        for cast in self.casts:
            cast.leave()
        self.casts.clear()
        return {"here": 0}

    def end(self, _):
        """End: the standard input says something in the midst of work, so it has been closed."""
        os._exit(0)

    def rounds(self, count):
        """Let each group go through so many rounds; return what came of it."""
        groups = self.cast.groups
        before = self.totals()
        start, used = time.perf_counter(), time.process_time()
        for group in groups:
            group.took.clear()
            group.speak(start)
        self.serve(set(groups), groups[0].number + count - 1 if groups else 0)
        return self.report(before, start, used, sum((group.took for group in groups), []))

    def serve(self, going, last):
        """Read, count and go on with whoever has heard all of its round, until all have ended."""
        clock, buffer, table = time.perf_counter, self.buffer, self.table
        while going:
            for descriptor, _ in self.wait(PATIENCE):
                receive, group, _ = table[descriptor]
                self.count(receive(buffer), group)
                if group.heard >= group.due and group.done():
                    now = clock()
                    group.took.append(now - group.began)
                    if group.number < last:
                        group.speak(now)
                    else:
                        going.discard(group)

    def wait(self, seconds):
        """Return what can be read; raise Stuck if nothing can for too long."""
        events = self.poll.poll(seconds)
        if not events:
            raise Stuck(f"nothing has come for {seconds} seconds; {self.state()}")
        return events

    def count(self, size, group):
        """Count what has been read."""
        if not size:
            raise Stuck(f"the server has closed a connection; {self.state()}")
        group.heard += self.buffer.count(MARK, 0, size)
        if group.answered:
            group.lines += self.buffer.count(b"\n", 0, size)

    def state(self):
        """Say how far we are."""
        groups = self.cast.groups
        waits = sum(group.due - group.heard for group in groups)
        return f"{sum(group.heard for group in groups)} deliveries have come, {waits} are awaited"

    def paced(self, rate, seconds):
        """Say something so often in a second, whatever comes; measure how long each takes."""
        groups, took = self.cast.groups, []
        before = self.totals()
        start, used = time.perf_counter(), time.process_time()
        total = int(rate * seconds) if groups else 0
        said, clock = 0, time.perf_counter
        while said < total or not all(group.done() for group in groups):
            now = clock()
            while said < total and start + said / rate <= now:
                group = groups[said % len(groups)]
                group.sent.append(now)
                group.speak(now)
                said += 1
                now = clock()
            until = start + said / rate - clock() if said < total else PATIENCE
            self.take(max(until, 0), took, said < total)
        return self.report(before, start, used, took)

    def take(self, seconds, took, may_be_silent):
        """Wait so long, to the microsecond, and count what comes."""
        select.select([self.poll], [], [], seconds)  # epoll itself counts in milliseconds
        events = self.poll.poll(0)
        if not events and not may_be_silent:
            raise Stuck(f"nothing has come for {seconds} seconds; {self.state()}")
        for descriptor, _ in events:
            receive, group, is_listener = self.table[descriptor]
            heard = group.heard
            self.count(receive(self.buffer), group)
            if is_listener:
                now = time.perf_counter()
                took += [now - group.sent.popleft() for _ in range(group.heard - heard)]

    def totals(self):
        """Return what all groups have heard so far."""
        groups = self.cast.groups
        return sum(group.heard for group in groups), sum(group.lines for group in groups)

    def report(self, before, start, used, took):
        """Return what came since then; raise Stuck unless it is exactly what was to come."""
        wall, used = time.perf_counter() - start, time.process_time() - used
        if not all(group.exact() for group in self.cast.groups):
            raise Stuck(f"more has come than was said; {self.state()}")
        heard, lines = (after - first for after, first in zip(self.totals(), before, strict=True))
        answered = lines - heard if lines else 0
        times = sorted(took)[:: max(1, len(took) // SAMPLES)]
        return {
            **{"heard": heard, "answered": answered, "wall": wall, "used": used},
            **{"took": [round(seconds * 1e6, 1) for seconds in times]},
        }


def main():
    """Obey until the input ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    worker = Worker()
    while text := os.read(0, 65536):
        print(json.dumps(worker.obey(json.loads(text))), flush=True)


if __name__ == "__main__":
    main()
