"""Run every test of the course, or those of some lessons.

Without a lesson: ruff, the course's own lint, and pytest over everything, each file in one of
several processes. With lessons: pytest over these alone. What follows `--` is handed to pytest.

    python -m course test
    python -m course test 3 4
    python -m course test 7 -- -k segment -x
"""

import argparse
import contextlib
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from course import console, environment, processes
from course.lessons import ROOT, CourseError, lesson_number

# The checks of a lesson are one file: they are run by one process, beside each other.
SPREAD = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]


def add_arguments(parser):
    """Declare the lessons, and what is for pytest."""
    parser.usage = "%(prog)s [-h] [NN ...] [-- PYTEST_ARGUMENT ...]"
    help_text = "numbers of lessons, then -- and arguments for pytest"
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="NN", help=help_text)


def run(options, course):
    """Run the tests and count them."""
    lessons, arguments = split(options.words, course)
    python = environment.ensure(course)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        folder = Path(folder)
        jobs = {} if lessons else start_jobs(python, course, folder, running)
        spread = [] if lessons or arguments else SPREAD
        counts = run_pytest(python, course, folder / "report.xml", [*spread, *lessons, *arguments])
        for name, (process, output) in jobs.items():
            counts[finish_job(name, process, output)] += 1
    print(closing_line(counts))
    return 1 if counts["failed"] else 0


def split(words, course):
    """Return the folders of the lessons, and what comes after `--`."""
    end = words.index("--") if "--" in words else len(words)
    if options := [word for word in words[:end] if word.startswith("-")]:
        raise CourseError(f"Arguments for pytest come after --, as in: test 7 -- {options[0]}")
    lessons = [course.lesson(lesson_number(word)) for word in words[:end]]
    return [f"{lesson.name}/" for lesson in lessons], words[end + 1 :]


def start_jobs(python, course, folder, running):
    """Start what can run beside pytest; its output goes to files, to be shown afterwards."""
    commands = {
        "ruff check": ([python, "-m", "ruff", "check"], course.root),
        "ruff format --check": ([python, "-m", "ruff", "format", "--check"], course.root),
        "python -m course lint": (
            [python, "-m", "course", "--root", course.root, "lint"],
            ROOT,
        ),
    }
    announce(f"{', '.join(commands)} (beside pytest; shown below)")
    jobs = {}
    for name, (command, cwd) in commands.items():
        output = running.enter_context(open(folder / name.replace(" ", "-"), "w+b"))
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)
        running.callback(processes.stop, process, patience=1)
        jobs[name] = process, output
    return jobs


def finish_job(name, process, output):
    """Wait for a job, show what it said, and return how it ended."""
    code = processes.wait(process)
    announce(f"{name}: {console.paint('FAILED', 'red') if code else 'ok'}")
    output.seek(0)
    if text := output.read().decode("utf-8", "backslashreplace").rstrip():
        print(text)
    return "failed" if code else "passed"


def run_pytest(python, course, report, arguments):
    """Run pytest before the user's eyes and count its tests."""
    announce(" ".join(["pytest", *arguments]))
    command = [python, "-m", "pytest", f"--junitxml={report}", *arguments]
    process = subprocess.Popen(command, cwd=course.root)
    try:
        code = processes.wait(process)
    finally:
        processes.stop(process)
    counts = count(report) if report.is_file() else Counter()
    if code and not counts["failed"]:  # nothing to run, or a wrong argument: no test has failed
        counts["failed"] = 1
    return counts


def count(report):
    """Count the tests that pytest's report names by how they ended."""
    return Counter(outcome(case) for case in ElementTree.parse(report).iter("testcase"))


def outcome(case):
    """Return how one test ended."""
    marks = {mark.tag for mark in case}
    if marks & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in marks else "passed"


def closing_line(counts):
    """Return the line that says it all."""
    line = f"{counts['passed']} passed, {counts['failed']} failed"
    return f"{line}, {counts['skipped']} skipped" if counts["skipped"] else line


def announce(text):
    """Say what comes next, before it comes."""
    print(console.paint(f"── {text}", "bold"), flush=True)
