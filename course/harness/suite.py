"""Checks: how they are written down, found, and run."""

import importlib.util
import os
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from course.console import visible
from course.harness.lab import Lab, last_words
from course.harness.peer import CheckFailed, CheckSkipped
from course.lessons import FIRST, CourseError

# Most checks wait more than they work, so many can run at once on few processors.
PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))  # that run checks beside us
AT_ONCE = max(2, 6 * (os.cpu_count() or 1) // PROCESSES)
SLOTS = threading.BoundedSemaphore(AT_ONCE)
LABS = set()  # where checks are running now
STOPPED = threading.Event()  # somebody has pressed Ctrl+C


@dataclass(frozen=True)
class Check:
    """One thing that a finished lesson does."""

    id: str
    requirements: str
    title: str
    hint: str
    run: object
    after: str | None = None
    limit: float = 30
    group: str = ""  # the file that it stands in: the lesson's, or one of a variant's

    @property
    def lesson(self):
        """Return the number of the lesson that it belongs to."""
        return int(self.id[1:3])

    def __str__(self):
        """Return how it is named in a report."""
        return f"{self.id} ({self.requirements}) {self.title}"


@dataclass
class Result:
    """How a check went, and everything that helps to understand why."""

    check: Check
    status: str  # "ok", "FAIL" or "skip"
    expected: str = ""
    received: str = ""
    story: list = field(default_factory=list)
    hint: str | None = None


def check(id, requirements, title, *, hint, after=None, limit=30):
    """Declare a function to be a check."""

    def declare(function):
        function.check = Check(id, requirements, title, hint, function, after, limit)
        return function

    return declare


def load(path):
    """Import a file of checks by its path."""
    spec = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def own_checks(course, number):
    """Return the checks that a lesson adds, by their numbers: those of its variants are last."""
    checks = [
        replace(function.check, group=path.stem)
        for path in course.checks_files(number)
        for function in vars(load(path)).values()
        if hasattr(function, "check")
    ]
    twice = {check.id for check in checks if [other.id for other in checks].count(check.id) > 1}
    if twice:
        raise CourseError(f"Two checks are called {', '.join(sorted(twice))}.")
    return sorted(checks, key=lambda check: check.id)


def checks_for(course, number):
    """Return the checks that hold for a lesson: its own and the earlier ones not superseded."""
    checks, superseded = [], {}
    for lesson in range(FIRST, number + 1):
        checks += own_checks(course, lesson)
        for path in course.checks_files(lesson):
            superseded |= getattr(load(path), "SUPERSEDED", {})
    return [check for check in checks if check.id not in superseded]


def run_checks(course, checks, folder, number, seed, *, everything=False, report=None):
    """Run checks on a folder, many at once; return the results in the order of the checks."""
    results = {}

    def run(one):
        results[one.id] = result = waiting(one) or run_check(course, one, folder, number, seed)
        if report:
            report(result)

    def waiting(one):
        before = results.get(one.after)
        if everything or before is None or before.status == "ok":
            return None
        return Result(one, "skip", received=f"waits for {one.after}")

    for wave in waves(checks):
        with ThreadPoolExecutor(len(wave)) as pool:
            try:
                list(pool.map(run, wave))
            except KeyboardInterrupt:
                end_all()
                raise
    return [results[one.id] for one in checks]


def end_all():
    """End all that the checks have started, so that Ctrl+C need not wait for them."""
    STOPPED.set()
    for lab in list(LABS):
        lab.deadline = 0
        for program in lab.programs:
            program.process.kill()


def waves(checks):
    """Sort checks into groups: each waits only for checks of an earlier group."""
    left, done = list(checks), set()
    known = {one.id for one in checks}
    while left:
        wave = [one for one in left if one.after in done or one.after not in known]
        yield wave
        done |= {one.id for one in wave}
        left = [one for one in left if one not in wave]


def run_check(course, one, folder, number, seed):
    """Run one check in a place of its own."""
    taught = course.common_taught()
    common = [course.root / "common" / f"{name}.py" for name in taught if taught[name] < number]
    with SLOTS, Lab(folder, f"{seed}:{one.id}", one.limit, common, number) as lab:
        lab.course = course
        LABS.add(lab)
        try:
            if not STOPPED.is_set():
                one.run(lab)
        except CheckFailed as failure:
            return failed(one, lab, failure.expected, failure.received, failure.hint)
        except CheckSkipped as reason:
            return Result(one, "skip", received=str(reason))
        except Exception:  # a mistake in the check itself is shown as such, and fails
            return failed(one, lab, "the check itself works", traceback.format_exc())
        finally:
            LABS.discard(lab)
        lab.close()
        if any(what == "left over" for what, _ in lab.story):
            return failed(one, lab, "nothing is left over", lab.story[-1][1])
        return Result(one, "ok", story=lab.story)


def failed(one, lab, expected, received, hint=None):
    """Gather what a report shows of a failure, the last words of the programs included."""
    story = [(what, visible(text) or "nothing") for what, text in lab.story]
    for program in lab.programs:
        program.ends(0.3)  # if it is just about to end, its last line is the one that matters
        if program.stderr.strip():
            story.append(("it said", last_words(program)))
    return Result(one, "FAIL", expected, received, story, hint)
