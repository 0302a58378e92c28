"""Judge a folder: does it do what a lesson asks, and if not, what is missing?

Starts the programs of the folder (a copy of it, to be exact), talks to them over real sockets, and
says of each requirement whether it is met. What was sent, expected and received is shown in full.
"""

import random
import time
from pathlib import Path

from course import console, progress
from course.harness import report, suite
from course.lessons import GENERATED, CourseError, lesson_number

ENVIRONMENT = "used if it is ready"


def add_arguments(parser):
    """Declare the arguments."""
    parser.add_argument("lesson", help="number of the lesson")
    parser.add_argument("folder", type=Path, help="the folder to judge")
    parser.add_argument("--all", action="store_true", help="also try what waits for a failed check")
    parser.add_argument("--watch", action="store_true", help="check again after every change")
    parser.add_argument("--json", action="store_true", help="print the results for machines")
    parser.add_argument("--seed", type=int, help="repeat the random texts of an earlier run")
    parser.add_argument("--only", nargs="+", metavar="ID", help="only these checks")


def run(options, course):
    """Check once, or after every change; the exit code is 1 if anything fails."""
    number = course.lesson(lesson_number(options.lesson)).number
    if not options.folder.is_dir():
        raise CourseError(f"{options.folder} is not a folder.")
    if not options.watch:
        return check_once(options, course, number)
    while True:
        before = fingerprint(options.folder)
        check_once(options, course, number)
        print("Waiting for a change. Ctrl+C ends.", flush=True)
        while fingerprint(options.folder) == before:
            time.sleep(0.5)


def check_once(options, course, number):
    """Run the checks and report."""
    seed = random.randrange(10**6) if options.seed is None else options.seed
    checks = chosen(suite.checks_for(course, number), options.only)
    progress_line = console.ProgressLine()
    done = []

    def count(result):
        done.append(result)
        progress_line.show(f"{len(done)} of {len(checks)} checks done")

    results = suite.run_checks(
        course, checks, options.folder, number, seed, everything=options.all, report=count
    )
    progress_line.clear()
    if options.json:
        print(report.as_json(results, lesson=number, folder=str(options.folder), seed=seed))
    else:
        print_report(results, number, options.folder, seed)
    passed, failed, _ = report.counts(results)
    if not options.only:
        progress.remember(course, number, options.folder, passed, len(results))
    return 1 if failed else 0


def chosen(checks, ids):
    """Return the checks with these ids, all where none is named."""
    unknown = set(ids or ()) - {check.id for check in checks}
    if unknown:
        raise CourseError(f"There is no check {', '.join(sorted(unknown))}.")
    return [check for check in checks if not ids or check.id in ids]


def print_report(results, number, folder, seed):
    """Print a line for each check, the story of each failure, and the sum."""
    for result in results:
        if result.status != "skip":
            print(report.line(result))
        if result.status == "FAIL":
            print(report.details(result) + "\n")
    print("".join(report.skipped_lines(results)), end="")
    print(f"Lesson {number}, {folder}, seed {seed}: {report.summary(results)}")
    if any(result.status == "FAIL" for result in results):
        print(f"More help: python -m course hint {number}")


def fingerprint(folder):
    """Return what changes when a file of the folder does."""
    files = [path for path in folder.rglob("*") if not any(map(path.match, GENERATED))]
    times = {}
    for path in files:
        try:
            times[path] = path.stat().st_mtime_ns
        except FileNotFoundError:  # an editor replaces files while we look
            continue
    return times
