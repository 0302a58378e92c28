"""Make a folder of your own, to work on a lesson.

It gets the lesson before as a beginning (its solution, or your own with --from), the assignment,
and the part of common/ that has been taught so far. Nothing is ever overwritten.
"""

import re
import shutil
import tempfile
from pathlib import Path

from course import readme
from course.lessons import FIRST, GENERATED, CourseError, lesson_number

SECTIONS = ("What hurts", "Assignment", "One idea")
NOT_COPIED = ("README.md", "ASSIGNMENT.md", ".lesson", *GENERATED)
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)")


def add_arguments(parser):
    """Describe the command line."""
    parser.add_argument("lesson", metavar="NN", help="number of the lesson")
    parser.add_argument("folder", metavar="DIR", type=Path, help="the new folder")
    parser.add_argument(
        "--from", dest="source", metavar="FOLDER", type=Path, help="begin with your own folder"
    )


def run(options, course):
    """Make the folder, and say what is in it and what to do next."""
    lesson = course.lesson(lesson_number(options.lesson))
    source = find_source(options.source, lesson, course)
    check_target(options.folder, source)
    taught = [name for name, number in course.common_taught().items() if number < lesson.number]
    try:
        make(options.folder, lesson, source, course.root / "common", taught)
    except (OSError, shutil.Error) as error:
        raise CourseError(f"Cannot make {options.folder}: {error}") from None
    report(options.folder, lesson, source, taught)
    return 0


def find_source(folder, lesson, course):
    """Return the folder to begin with; None for the first lesson, which begins with nothing."""
    if folder is None:
        return None if lesson.number == FIRST else course.lesson(lesson.number - 1).folder
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}.")
    return folder.resolve()


def check_target(folder, source):
    """Refuse a folder that holds something, and one inside the folder that is to be copied."""
    if folder.is_dir() and any(folder.iterdir()) or folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} exists already; nothing is overwritten. Choose another name.")
    if source and source in folder.resolve().parents:
        raise CourseError(f"{folder} lies inside {source}, which is to be copied. Choose another.")


def make(folder, lesson, source, common, taught):
    """Make everything beside the folder, then move it there: it comes whole or not at all."""
    near = next(parent for parent in folder.resolve().parents if parent.is_dir())
    with tempfile.TemporaryDirectory(dir=near, prefix=".start-") as draft:
        fill(Path(draft), folder, lesson, source)
        copy_common(Path(draft, "common"), common, taught)
        folder.mkdir(parents=True, exist_ok=True)
        for made in Path(draft).iterdir():
            made.rename(folder / made.name)


def fill(draft, folder, lesson, source):
    """Put the beginning, the assignment, its pictures and the number of the lesson in place."""
    if source:
        ignored = shutil.ignore_patterns(*NOT_COPIED)
        shutil.copytree(source, draft, ignore=ignored, dirs_exist_ok=True)
    page = assignment(lesson, folder)
    protocol = lesson.folder.parent / "PROTOCOL.md"
    if "../PROTOCOL.md" in page and protocol.is_file():
        shutil.copyfile(protocol, draft / "PROTOCOL.md")
        page = page.replace("../PROTOCOL.md", "PROTOCOL.md")
    (draft / "ASSIGNMENT.md").write_text(page, encoding="utf-8")
    (draft / ".lesson").write_text(f"{lesson.number}\n", encoding="utf-8")
    for name in PICTURE.findall(page):
        if (lesson.folder / name).is_file() and ".." not in name:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(lesson.folder / name, draft / name)


def copy_common(target, common, taught):
    """Copy what has been taught; where nothing has, there is no such folder."""
    if taught:
        target.mkdir(exist_ok=True)
    for name in taught:
        shutil.copyfile(common / f"{name}.py", target / f"{name}.py")


def assignment(lesson, folder):
    """Return the page of the assignment: what the lesson's page says, and how to check."""
    page = lesson.readme
    sections = readme.sections(page)
    parts = [f"# {readme.title(page) or f'Lesson {lesson.number}'}"]
    parts += [f"## {name}\n\n{sections[name].strip()}" for name in SECTIONS if name in sections]
    parts.append(f"## Check your own\n\n{how_to_check(lesson, folder)}")
    return "\n\n".join(parts) + "\n"


def how_to_check(lesson, folder):
    """Return the commands that tell what is missing, and what may help."""
    return (
        "In the folder of the course (`python3 -m …` on some systems, `py -m …` on Windows):\n\n"
        f"```\npython -m course check {lesson.number} {quoted(folder)}\n"
        f"python -m course hint {lesson.number}\n```"
    )


def quoted(folder):
    """Return the folder as one word of a command line."""
    return f'"{folder}"' if " " in str(folder) else str(folder)


def report(folder, lesson, source, taught):
    """Say what was made and what comes next."""
    print(f"Made {folder} for lesson {lesson.number}:")
    print(
        f"  the beginning: {f'a copy of {source.name}' if source else 'nothing, you write it all'}"
    )
    print("  ASSIGNMENT.md: what to do")
    if taught:
        print(f"  common: what has been taught ({', '.join(taught)})")
    print(f"Read {folder / 'ASSIGNMENT.md'}, then see what is missing:")
    print(f"  python -m course check {lesson.number} {quoted(folder)}")
