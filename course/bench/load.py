"""The loops that keep connections busy, and count what comes."""

import select
import time

from course.bench.lines import MARK

PATIENCE = 20  # seconds in which something must come
SAMPLES = 2000  # of the times that were taken, evenly spread over their order


class Stuck(Exception):
    """What was to come has not come, or more has."""


class Load:
    """Loops over the groups of a cast; who waits for what is in `poll` and `table`."""

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
