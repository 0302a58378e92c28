"""How one scenario is carried out on one server."""

import time
from dataclasses import dataclass, replace

from course.bench.figures import percentile
from course.bench.server import Server
from course.bench.workers import Failed
from course.lessons import CourseError

FIRST_ROUNDS = 2  # of the trial that tells how many rounds take the time that we want


@dataclass(frozen=True)
class Settings:
    """How long, and how many."""

    seconds: float = 2.0
    offer: int = 5000  # idle connections


def measure(course, kind, scenario, workers, settings):
    """Carry out one scenario on one server; return its figures, or why there are none."""
    try:
        with Server(course, kind) as server:
            try:
                if scenario.form == "idle":
                    return measure_idle(server, scenario, workers, settings)
                return measure_talk(server, scenario, workers, settings)
            finally:
                workers.all_do("leave")
    except (Failed, CourseError) as error:
        return {"failed": str(error)}


def measure_idle(server, scenario, workers, settings):
    """Return how many connections are held, and the memory of each."""
    wanted = replace(scenario, clients=1).plans(
        server.kind, server.port.number, [1, *no_more(workers)]
    )
    workers.all_do("come", *wanted)  # the first one costs what all share
    before = server.memory()
    shares = workers.share(settings.offer - 1)
    plans = scenario.plans(server.kind, server.port.number, shares)
    plans = [plan | {"process": len(workers) + plan["process"]} for plan in plans]
    held = sum(answer["here"] for answer in workers.all_do("come", *plans))
    memory = (server.memory() - before) / max(held, 1)
    return {"memory": memory, "held": held + 1, "offered": settings.offer}


def no_more(workers):
    """Return the shares of the processes that bring nobody."""
    return [0] * (len(workers) - 1)


def measure_talk(server, scenario, workers, settings):
    """Return the figures of a scenario in which people talk."""
    shares = scenario.shares(workers)
    workers.all_do("come", *scenario.plans(server.kind, server.port.number, shares))
    order = trial(scenario, shares, workers, settings)
    used, start = server.used(), time.perf_counter()
    answers = workers.all_do(order.pop("do"), *order.pop("own"))
    wall, used = time.perf_counter() - start, server.used() - used
    return figures(answers, wall, used)


def trial(scenario, shares, workers, settings):
    """Let everybody talk for a moment; return the order that lasts as long as we want."""
    if scenario.rate:
        rates = [scenario.rate * count / sum(shares) for count in shares]
        own = [{"rate": rate, "seconds": settings.seconds} for rate in rates]
        workers.all_do("paced", *[each | {"seconds": 0.2} for each in own])
        return {"do": "paced", "own": own}
    count, seconds = FIRST_ROUNDS, 0.0
    while seconds < settings.seconds / 10:
        count *= 2
        seconds = max(answer["wall"] for answer in workers.all_do("rounds", count=count))
    count = max(1, round(count * settings.seconds / seconds))
    return {"do": "rounds", "own": [{"count": count}] * len(workers)}


def figures(answers, wall, used):
    """Return what a run says: cost, speed, waiting, and who had most to do."""
    heard = sum(answer["heard"] for answer in answers)
    took = sorted(time for answer in answers for time in answer["took"])
    generator = max(answer["used"] for answer in answers) / wall
    return {
        **{"heard": heard, "answered": sum(answer["answered"] for answer in answers)},
        **{"cost": used / heard * 1e6, "speed": heard / wall},
        **{"p50": percentile(took, 50) / 1e3, "p99": percentile(took, 99) / 1e3},
        **{"server": used / wall, "generator": generator},
    }
