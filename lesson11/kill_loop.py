"""Kill a program that keeps messages, again and again: is all that it has promised still there?

In each round a child keeps messages and reports those that are committed, until it is killed
(kill -9). The parent then opens the database, as a server does that is started again: it looks at
what waits for the recipient, and sends again whatever it has heard no answer to.
"""

import argparse
import contextlib
import itertools
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from effects import Effect
from records import QUOTA, SAME, NewMessage
from storage import Storage
from tables import Message
from writer import Writer

SENDER, RECIPIENT = "Вася", "Анна"
FAULTS = ("ack-early", "no-unique")
LONGEST_ROUND = QUOTA // 2  # messages: we do not want to meet the quota
WINDOW = 20  # messages without an answer
ROUNDS_EACH = 10  # kills that one database suffers
SIDE_BY_SIDE = 4  # databases: while one waits for its child, others go on
SOON = 0.02  # seconds after its first report in which a child dies
EARLY = 10  # one child in so many dies sooner, perhaps while it opens the database
PATIENCE = 60  # seconds in which a child must have reported something

FORKSERVER = "forkserver" in multiprocessing.get_all_start_methods()
CONTEXT = multiprocessing.get_context("forkserver" if FORKSERVER else "spawn")


class Broken(Exception):
    """A promise has been broken; the text says which."""


def messages(numbers, prefix):
    """Return the messages of some numbers: the same number, the same message."""
    ids = [f"{prefix}-{number}" for number in numbers]
    return [NewMessage(SENDER, RECIPIENT, id, f"I am {id}", 1e9) for id in ids]


# The child


def keep_until_killed(url, prefix, fault, reports):
    """Keep messages, one effect for each, and report how many are committed."""
    woken = threading.Event()
    writer = Writer(Storage(url), woken.set)
    new = iter(messages(range(LONGEST_ROUND), prefix))
    free = WINDOW
    while True:
        for message in itertools.islice(new, free):
            writer.put(Effect("keep_messages", ([message],), None))
        if fault == "ack-early":
            reports.send(free)
        free = wait_for_results(writer, woken)
        if fault != "ack-early":
            reports.send(free)


def wait_for_results(writer, woken):
    """Wait for a commit, and return how many messages it has made safe."""
    woken.wait()
    woken.clear()
    results = [kept.code for _, [kept] in writer.results()]
    assert set(results) <= {202}, results
    return len(results)


# The parent


class Loop:
    """Rounds on one database."""

    def __init__(self, url, fault, rng):
        self.url = url
        self.fault = fault
        self.rng = rng
        self.kept = []  # the ids of all that this database must hold, in their order
        self.answered, self.known = 0, 0  # messages; and those known already when sent again
        with self.storage() as storage:
            storage.register(SENDER)
            storage.register(RECIPIENT)

    @contextlib.contextmanager
    def storage(self):
        """Open the database for a while."""
        storage = Storage(self.url)
        try:
            yield storage
        finally:
            storage.close()

    def run(self, prefix):
        """Let a child work, kill it, and see what has become of its messages."""
        answered, unheard = self.kill_a_child(prefix)
        with self.storage() as storage:
            here = len(look(storage, prefix, answered + unheard))
            missing = messages(range(answered, here + WINDOW), prefix)
            verdicts = [kept.verdict for kept in storage.keep_messages(missing)]
            waiting = look(storage, prefix, here + WINDOW)
            storage.acknowledge(RECIPIENT, waiting[-1].number)
        self.kept += [message.id for message in waiting]
        self.answered += answered
        self.known += verdicts.count(SAME)

    def kill_a_child(self, prefix):
        """Return how many messages were answered, and how many when nobody heard it any more."""
        reports, theirs = CONTEXT.Pipe(duplex=False)
        arguments = (self.url, prefix, self.fault, theirs)
        child = CONTEXT.Process(target=keep_until_killed, args=arguments, daemon=True)
        child.start()
        theirs.close()
        if self.rng.randrange(EARLY) and not reports.poll(PATIENCE):
            raise RuntimeError("a child has reported nothing")
        answered = count(reports, time.monotonic() + self.rng.uniform(0, SOON))
        if child.exitcode is not None:
            raise RuntimeError("a child has ended by itself")
        child.kill()
        child.join()
        return answered, count(reports, time.monotonic() + PATIENCE)

    def look_at_all(self):
        """See whether the database holds all messages of all rounds, each once."""
        with self.storage() as storage:
            here = [message.id for message in storage.history(len(self.kept) + 1)]
        if here != self.kept:
            raise Broken(f"{len(self.kept)} messages must be there, not these {len(here)}")


def count(reports, deadline):
    """Return how many messages a child reports until the deadline, or until it is dead."""
    total = 0
    with contextlib.suppress(EOFError, OSError):  # OSError: killed in the middle of a report
        while (left := deadline - time.monotonic()) > 0 and reports.poll(left):
            total += reports.recv()
    return total


def look(storage, prefix, at_least):
    """Return what waits: the first messages of a round, in order, each once."""
    waiting = storage.remember_login(RECIPIENT, "", 0).waiting
    ids = [message.id for message in waiting]
    if len(ids) < at_least:
        raise Broken(f"{at_least} messages were answered, and {len(ids)} are here")
    if len(ids) > len(set(ids)):
        raise Broken(f"of {len(ids)} messages {len(ids) - len(set(ids))} are here twice")
    if ids != [message.id for message in messages(range(len(ids)), prefix)]:
        raise Broken(f"a message is missing, or not in its place: {ids}")
    return waiting


def run(times, fault, seed, folder):
    """Kill so often, in several databases side by side; return the figures."""

    def run_in_database(start):
        loop = Loop(f"{folder}/{start}.db", fault, random.Random(f"{seed} {start}"))
        for number in range(start, min(start + ROUNDS_EACH, times)):
            loop.run(f"round{number}")
        loop.look_at_all()
        return loop

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        loops = list(pool.map(run_in_database, range(0, times, ROUNDS_EACH)))
    if not any(loop.answered for loop in loops):
        raise RuntimeError("no message was answered: nothing has been shown")
    answered, known = sum(loop.answered for loop in loops), sum(loop.known for loop in loops)
    return f"{answered} messages were answered, and {known} sent again although they were kept"


def prepare_children():
    """Where the system can do it, split children off from a process that has imported all this."""
    if FORKSERVER:
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # where that process finds our modules
        CONTEXT.set_forkserver_preload(["storage", "writer", "sqlalchemy.dialects.sqlite"])


def plant(fault):
    """Plant a fault, if it is one of the tables: so that nothing tells doubles apart."""
    if fault == "no-unique":
        rules = Message.__table__.constraints
        rules -= {rule for rule in rules if rule.name == "messages_once"}


def main():
    """Read the command line, kill, and say what that has shown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=300, help="how many kills; 300 if left out")
    parser.add_argument("--fault", choices=FAULTS, help="plant a fault, which must be found")
    parser.add_argument("--seed", type=int, help="repeat a run, as far as moments repeat")
    args = parser.parse_args()
    seed = random.randrange(10**6) if args.seed is None else args.seed
    prepare_children()
    plant(args.fault)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            figures = run(args.times, args.fault, seed, folder)
    except Broken as problem:
        words = "The planted fault was found" if args.fault else f"BROKEN (--seed {seed})"
        print(f"{words}: {problem}.")
        return 0 if args.fault else 1
    print(f"{args.times} kills in {time.monotonic() - began:.0f} s: {figures}.")
    if args.fault:
        print("The planted fault was not found.")
    return 1 if args.fault else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
