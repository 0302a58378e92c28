"""List the lessons: what each asks and teaches, and how far your own work has come."""

import re
import shutil
import textwrap

from course import console, progress
from course.lessons import CourseError

LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
BAR = 10  # characters


def add_arguments(parser):
    """Describe the command line: nothing to say."""


def run(options, course):
    """Print a few lines for each lesson."""
    rows = read_table(course)
    if not rows:
        raise CourseError("README.md has no table of lessons.")
    known = progress.read(course)
    here = {lesson.number for lesson in course.lessons()}
    width = max(10, (min(shutil.get_terminal_size((100, 24)).columns, 100) - 26) // 2)
    for number, question, idea in rows:
        colours = ["bold"] if number in here else ["dim"]
        idea = idea if number in here else f"{idea} (not here yet)"
        print_row(number, question, idea, bar(known.get(number)), width, colours)
    return 0


def read_table(course):
    """Return number, question and new idea of each lesson, from the table in README.md."""
    path = course.root / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    rows = [split_row(line) for line in text.splitlines() if line.startswith("|")]
    return [(int(row[0]), row[1], row[2]) for row in rows if len(row) > 2 and row[0].isdecimal()]


def split_row(line):
    """Return the cells of a row of a table, without marks."""
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    plain = [LINK.sub(r"\1", cell).replace("`", "").replace("**", "") for cell in cells]
    return [cell.replace("\\|", "|").strip() for cell in plain]


def bar(entry):
    """Return the bar of one lesson; nothing where nothing was checked."""
    if not entry or not entry[1]:
        return ""
    passed, total, _ = entry
    full = passed * BAR // total
    colour = "green" if passed == total else "yellow"
    return f"{console.paint('█' * full + '░' * (BAR - full), colour)} {passed}/{total}"


def print_row(number, question, idea, progress_bar, width, colours):
    """Print one lesson in columns, on as many lines as its words need."""
    left, right = (textwrap.wrap(text, width) or [""] for text in (question, idea))
    for line in range(max(len(left), len(right))):
        first = console.paint(f"{left[line] if line < len(left) else '':{width}}", *colours)
        second = f"{right[line] if line < len(right) else '':{width}}"
        ends = (f"{number:2}", progress_bar) if line == 0 else ("  ", "")
        print(f"{ends[0]}  {first}  {second}  {ends[1]}".rstrip())
