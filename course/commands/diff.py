"""Show what changes between two lessons, or two folders, without git.

A and B are lessons (6, 07, lesson07) or folders. The code comes first, then the tests; pages,
pictures and the copy of common/ come last and only with --all. The output can be applied:

    python -m course diff 6 7 > next.patch
    cd my_messenger && patch -p1 < ../next.patch
"""

import itertools
import sys
from pathlib import Path

from course import console, diff_page, stages
from course.lessons import CourseError, lesson_number

COLOURS = {"+": ["green"], "-": ["red"], "@": ["cyan"]}


def add_arguments(parser):
    """Describe the command line."""
    parser.add_argument("old", metavar="A", help="a lesson or a folder")
    parser.add_argument("new", metavar="B", help="a lesson or a folder")
    parser.add_argument("--stat", action="store_true", help="only count the lines of each file")
    parser.add_argument("--all", action="store_true", help="README, pictures and common/ too")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page instead")


def run(options, course):
    """Compare the two, and show the result in the way that was asked for."""
    old, new = find_folder(options.old, course), find_folder(options.new, course)
    found = stages.compare(old, new)
    changes = [change for change in found if options.all or change.kind != "rest"]
    labels = old.name or "a", new.name or "b"
    if options.html:
        write(options.html, diff_page.render(changes, *labels))
    if options.stat or not options.html:
        print_table(changes, *labels)
    if not (options.stat or options.html):
        print_diff(changes, *labels)
    return 0


def find_folder(text, course):
    """Return the folder of a lesson, or the one whose path was given."""
    if not text.isdecimal() and Path(text).is_dir():
        return Path(text).resolve()
    try:
        return course.lesson(lesson_number(text)).folder
    except CourseError as error:
        raise CourseError(f"{error} There is no folder {text} either.") from None


def write(path, page):
    """Write the page and say so."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"Cannot write the page: {error}") from None
    print(f"Written: {path}")


def print_table(changes, old_label, new_label):
    """Print a line for each file, and the totals beside the budgets."""
    print(console.paint(f"{old_label} → {new_label}", "bold"))
    print("added  removed")
    for change in changes:
        print_row(change.added, change.removed, change.words, *row_colours(change))
    for row in stages.totals(changes):
        print_row(*row, "bold")


def print_row(added, removed, words, *colours):
    """Print a line of the table."""
    row = f"{added:5}  {removed:7}  {console.visible(words)}"
    print(console.paint(row, *colours) if colours else row)


def row_colours(change):
    """Return the colours of a row: pale where nothing happens, yellow where it is too much."""
    if change.status == "unchanged":
        return ["dim"]
    return ["yellow"] if change.kind == "code" and change.lines > stages.FILE_BUDGET else []


def print_diff(changes, *labels):
    """Print each change: for the eye on a terminal, and byte by byte in a pipe."""
    sys.stdout.reconfigure(newline="\n")  # what is piped may be applied, on Windows too
    for change in changes:
        if not sys.stdout.isatty():
            print(*stages.unified(change, *labels), sep="", end="")
        elif not change.graduated:  # the table has said that, and every line of it is known
            print_for_the_eye(stages.unified(change, *labels))


def print_for_the_eye(lines):
    """Print one change in colours; what stands in a file must not control the terminal."""
    heading = list(itertools.takewhile(lambda line: not line.startswith("@"), lines))
    print(end="\n" if lines else "")
    for number, line in enumerate(lines):
        colours = ["bold"] if number < len(heading) else COLOURS.get(line[0], [])
        for part in line.rstrip("\n").split("\n"):
            words = stages.printable(part)
            print(console.paint(words, *colours) if colours else words)
