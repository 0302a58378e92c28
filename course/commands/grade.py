"""Check the folders of a whole class and print a table.

The lesson of a folder stands in its file .lesson (`course start` writes it), or follows --lesson.
The table can be saved as CSV: one row a folder, with the ids of the checks that failed.
"""

import csv
import random
from pathlib import Path

from course import console
from course.harness import report, suite
from course.lessons import CourseError, lesson_number

COLUMNS = ("folder", "lesson", "passed", "failed", "skipped", "failed checks")

ENVIRONMENT = "used if it is ready"


def add_arguments(parser):
    """Declare the arguments."""
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folders to grade")
    parser.add_argument("--lesson", metavar="NN", help="the lesson, where a folder does not say it")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="save the table too")
    parser.add_argument("--seed", type=int, help="repeat the random texts of an earlier run")


def run(options, course):
    """Grade each folder; the exit code is 1 if any folder fails a check."""
    lessons = [lesson_of(folder, options.lesson, course) for folder in options.folders]
    seed = random.randrange(10**6) if options.seed is None else options.seed
    progress = console.ProgressLine()
    rows = []
    for folder, number in zip(options.folders, lessons, strict=True):
        progress.show(f"{len(rows)} of {len(lessons)} graded; now {folder}")
        rows.append(grade(course, folder, number, seed))
    progress.clear()
    print_table(rows)
    print(f"Seed {seed}. What a folder lacks: python -m course check NN DIR --seed {seed}")
    if options.csv:
        save(options.csv, rows)
    return 1 if any(row["failed"] or row["skipped"] for row in rows) else 0


def lesson_of(folder, given, course):
    """Return the number of the lesson that a folder is about."""
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder.")
    marker = folder / ".lesson"
    if not given and not marker.is_file():
        raise CourseError(f"{folder} does not say its lesson; add --lesson NN.")
    text = given or marker.read_text(encoding="utf-8").strip()
    return course.lesson(lesson_number(text)).number


def grade(course, folder, number, seed):
    """Run the checks on one folder and return its row."""
    results = suite.run_checks(course, suite.checks_for(course, number), folder, number, seed)
    passed, failed, skipped = report.counts(results)
    ids = " ".join(result.check.id for result in results if result.status == "FAIL")
    values = (folder.name, number, passed, failed, skipped, ids)
    return dict(zip(COLUMNS, values, strict=True))


def print_table(rows):
    """Print one line a folder."""
    width = max(len(row["folder"]) for row in [*rows, {"folder": "folder"}])
    print(f"{'folder':{width}}  lesson  passed  failed  skipped")
    for row in rows:
        colour = "red" if row["failed"] else "green"
        figures = f"{row['lesson']:6}  {row['passed']:6}  {row['failed']:6}  {row['skipped']:7}"
        print(f"{row['folder']:{width}}  {console.paint(figures, colour)}  {row['failed checks']}")


def save(path, rows):
    """Write the table as CSV; the mark at its beginning tells Excel that it is UTF-8."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(rows)
    except OSError as error:
        raise CourseError(f"Cannot write {path}: {error.strerror}.") from error
    print(f"Saved: {path}")
