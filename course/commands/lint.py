"""Check the rules of the course: imports, later concepts, pages, requirements, console blocks.

Every console block of every page is executed, and what it prints compared with what the page says.

    python -m course lint
    python -m course lint 5 6
    python -m course lint --no-blocks
"""

import os

from course import console
from course.lessons import lesson_number
from course.lint import (
    blocks,
    budgets,
    concepts,
    files,
    imports,
    links,
    pages,
    requirements,
    translations,
)

ENVIRONMENT = "used if it is ready"


def add_arguments(parser):
    """Declare the lessons, and whether console blocks are executed."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="number of a lesson; all if none")
    parser.add_argument("--no-blocks", action="store_true", help="do not execute console blocks")


def run(options, course):
    """Print the findings and return 1 if there are any."""
    numbers = [course.lesson(lesson_number(word)).number for word in options.lessons]
    everything = not numbers
    numbers = numbers or [lesson.number for lesson in course.lessons()]
    paths = pages_of(course, numbers, everything)
    findings = list(read(course, numbers, everything)) + list(links.check_pages(course, paths))
    words = "no console block executed"
    if not options.no_blocks and blocks.RUNNING not in os.environ:
        more, words = execute(course, paths)
        findings += more
    findings = list(dict.fromkeys(findings))  # one import of many names breaks a rule once
    notes = [*budgets.notes(course, numbers), *(translations.notes(course) if everything else ())]
    return report(findings, notes, words)


def pages_of(course, numbers, everything):
    """Return the pages of the chosen lessons, and those in the root where all are meant."""
    lessons = [course.lesson(number) for number in numbers]
    root = sorted(course.root.glob("*.md")) + files(course.root / "docs", "*.md")
    return (root if everything else []) + [
        path for lesson in lessons for path in files(lesson.folder, "*.md")
    ]


def read(course, numbers, everything):
    """Find what can be found by reading."""
    for rules in (imports, concepts, pages, requirements, budgets):
        yield from rules.check_lessons(course, numbers)
    if everything:
        yield from imports.check_common(course)
        yield from imports.check_course(course)
        yield from concepts.check_common(course)
        yield from budgets.check_rest(course)
        yield from translations.check(course)


def execute(course, paths):
    """Find what can be found by executing the console blocks; return it, and words about them."""
    progress = console.ProgressLine()
    try:
        findings, executed, skipped = blocks.check_pages(course, paths, progress.show)
    finally:
        progress.clear()
    return findings, f"console blocks executed: {executed}, not executed: {skipped}"


def report(findings, notes, words):
    """Print findings and notes, and return the exit code."""
    for note in notes:
        print("note:", note)
    for finding in findings:
        print(finding)
    colour = "red" if findings else "green"
    counts = f"findings: {len(findings)}, notes: {len(notes)}, {words}"
    print(console.paint(counts, colour))
    return 1 if findings else 0
