"""Prove that the checks can fail: run them on known-bad versions of the lessons.

Each lesson keeps known-bad versions in course/broken/lessonNN.toml: a small replacement in one
file, and the ids of the checks that must fail, and no others. Proved is that every check is failed
by some bad version, every bad version is caught by exactly the checks it names, the lesson itself
and a second right solution (where one is kept) pass, and the lesson before fails what is new.

Many versions are judged at once, and a loaded machine can make a good program late. So a verdict
that is not as it should be is doubted: that version is judged once more, alone, and this counts.
The report says where it happened.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from course import console
from course.console import paint
from course.harness import broken, suite
from course.lessons import CourseError, Lesson, lesson_number

ENVIRONMENT = "needed"  # a check of lesson 4 runs pytest
MARK = {"ok": "·", "FAIL": "x", "skip": "-"}
AT_ONCE = 12  # versions, each of which runs many checks at once
MOST_DOUBTS = 15  # more wrong verdicts than these are no accident


@dataclass
class Proof:
    """What is known of one lesson: its checks, its versions, and how these went."""

    lesson: Lesson
    own: list
    versions: list
    outcomes: dict = field(default_factory=dict)  # version -> (what is wrong, id -> state)
    doubted: dict = field(default_factory=dict)  # version -> what was wrong the first time


def add_arguments(parser):
    """Declare the arguments."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="all if left out")
    parser.add_argument("--full", action="store_true", help="run all earlier checks as well")


def run(options, course):
    """Prove the lessons, many versions at once; the exit code is 1 if anything is wrong."""
    numbers = [lesson_number(word) for word in options.lessons]
    lessons = [course.lesson(number) for number in numbers] or course.lessons()
    if not lessons:
        raise CourseError("There are no lessons here.")
    started = time.monotonic()
    proofs = [prepare(course, lesson) for lesson in lessons]
    judge_all(course, proofs, options.full)
    verdicts = [verdict for proof in proofs for verdict in report(proof)]
    bad = verdicts.count(False)
    print(f"\nProved in {time.monotonic() - started:.0f} s.")
    print(f"{len(verdicts) - bad} passed, {bad} failed")
    return 1 if bad else 0


def prepare(course, lesson):
    """Gather the checks and the versions of a lesson."""
    own = suite.own_checks(course, lesson.number)
    versions = [*broken.controls(course, lesson), *broken.read(course, lesson)]
    return Proof(lesson, own, versions)


def judge_all(course, proofs, full):
    """Judge every version of every lesson, and once more, alone, where the verdict is in doubt."""
    work = [(proof, version) for proof in proofs for version in proof.versions]
    progress = console.ProgressLine()

    def judge(pair):
        proof, version = pair
        checks = version.checks(course, proof.own, full)
        proof.outcomes[version] = broken.judge(course, proof.lesson, version, checks)
        done = sum(len(proof.outcomes) for proof in proofs)
        progress.show(f"{done} of {len(work)} versions judged")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(judge, work))
    doubtful = [(proof, version) for proof, version in work if proof.outcomes[version][0]]
    for proof, version in doubtful if len(doubtful) <= MOST_DOUBTS else ():
        proof.doubted[version] = proof.outcomes[version][0]
        judge((proof, version))
    progress.clear()


def report(proof):
    """Print the matrix of a lesson; return a verdict for each version and each check."""
    print(paint(f"\nLesson {proof.lesson.number}", "bold"))
    print_matrix(proof)
    killed = killed_checks(proof)
    for check in proof.own:
        if check.id not in killed:
            print(f"  {paint('nothing fails', 'red')} {check}")
    good = [not problems for problems, _ in proof.outcomes.values()]
    return good + [check.id in killed for check in proof.own]


def killed_checks(proof):
    """Return the ids of the checks that fail on some bad version."""
    return {
        id
        for version, (_, states) in proof.outcomes.items()
        for id, state in states.items()
        if version.file and state == "FAIL"
    }


def print_matrix(proof):
    """Print which version fails which check, and what is not as it should be."""
    width = max(len(version.name) for version in proof.versions)
    for row in zip(*(check.id[-2:] for check in proof.own), strict=True):
        print(f"  {'':{width}}  {' '.join(row)}")
    for version in proof.versions:
        problems, states = proof.outcomes[version]
        own = {check.id: MARK.get(states.get(check.id), " ") for check in proof.own}
        others = [id for id in states if states[id] == "FAIL" and id not in own]
        verdict = paint("WRONG", "red") if problems else paint("as it should be", "green")
        print(f"  {version.name:{width}}  {' '.join(own.values())}  {verdict}", *others)
        for problem in problems:
            print(f"      {problem}")
        if not problems:
            for doubt in proof.doubted.get(version, []):
                print(f"      (the first time, among many others: {doubt})")
