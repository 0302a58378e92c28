"""Prove that the checks can fail: run them on known-bad versions of the lessons.

Each lesson keeps known-bad versions in course/broken/lessonNN.toml: a small replacement in one
file, and the ids of the checks that must fail, and no others. Proved is that every check is failed
by some bad version, every bad version is caught by exactly the checks it names, the lesson itself
and a second right solution (where one is kept) pass, and the lesson before fails what is new.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from course import console
from course.console import paint
from course.harness import broken, suite
from course.lessons import CourseError, lesson_number

MARK = {"ok": "·", "FAIL": "x", "skip": "-"}


def add_arguments(parser):
    """Declare the arguments."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="all if left out")
    parser.add_argument("--full", action="store_true", help="run all earlier checks as well")


def run(options, course):
    """Prove lesson by lesson; the exit code is 1 if anything is not as it should be."""
    numbers = [lesson_number(word) for word in options.lessons]
    lessons = [course.lesson(number) for number in numbers] or course.lessons()
    if not lessons:
        raise CourseError("There are no lessons here.")
    started = time.monotonic()
    verdicts = [verdict for lesson in lessons for verdict in prove(course, lesson, options.full)]
    bad = sum(not good for good in verdicts)
    print(f"\nProved in {time.monotonic() - started:.0f} s.")
    print(f"{len(verdicts) - bad} passed, {bad} failed")
    return 1 if bad else 0


def prove(course, lesson, full):
    """Prove one lesson: print its matrix; return a verdict for each version and check."""
    print(paint(f"\nLesson {lesson.number}", "bold"))
    own = suite.own_checks(course, lesson.number)
    versions = [*broken.controls(course, lesson), *broken.read(course, lesson)]
    progress = console.ProgressLine()
    done = []

    def judge(version):
        checks = version.checks(course, own, full)
        problem, states = broken.judge(course, lesson, version, checks)
        done.append(version)
        progress.show(f"Lesson {lesson.number}: {len(done)} of {len(versions)} versions judged")
        return problem, states

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(judge, versions))
    progress.clear()
    print_matrix(own, versions, outcomes)
    killed = {
        id
        for version, (_, states) in zip(versions, outcomes, strict=True)
        for id, state in states.items()
        if version.file and state == "FAIL"
    }
    survivors = [check for check in own if check.id not in killed]
    for check in survivors:
        print(f"  {paint('nothing fails', 'red')} {check}")
    return [not problem for problem, _ in outcomes] + [check.id in killed for check in own]


def print_matrix(own, versions, outcomes):
    """Print which version fails which check, and what is not as it should be."""
    width = max(len(version.name) for version in versions)
    for row in zip(*(check.id[-2:] for check in own), strict=True):
        print(f"  {'':{width}}  {' '.join(row)}")
    for version, (problem, states) in zip(versions, outcomes, strict=True):
        marks = " ".join(MARK.get(states.get(check.id), " ") for check in own)
        others = [id for id in states if states[id] == "FAIL" and id not in {c.id for c in own}]
        good = paint("as it should be", "green") if not problem else paint("WRONG", "red")
        print(f"  {version.name:{width}}  {marks}  {good} {' '.join(others)}".rstrip())
        for line in problem:
            print(f"      {line}")
