"""What the course consists of: its lessons, what has graduated to `common/`, where things lie."""

import re
from dataclasses import dataclass
from pathlib import Path

FIRST, LAST = 3, 15
ROOT = Path(__file__).resolve().parent.parent
GENERATED = (
    "__pycache__",
    ".venv",
    ".git",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    "*.log*",
    "*.pyc",
)


class CourseError(Exception):
    """Something that the user of a command can put right; its text says how."""


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number and its folder."""

    number: int
    folder: Path

    @property
    def name(self):
        """Return the name of its folder, `lesson03`."""
        return f"lesson{self.number:02}"

    @property
    def readme(self):
        """Return the text of its page, empty while there is none."""
        path = self.folder / "README.md"
        return path.read_text(encoding="utf-8") if path.is_file() else ""


@dataclass(frozen=True)
class Course:
    """A course: this repository, or a small one that a test has made in its image."""

    root: Path = ROOT

    def lessons(self):
        """Return the lessons that exist, in order."""
        numbers = range(FIRST, LAST + 1)
        lessons = [Lesson(number, self.root / f"lesson{number:02}") for number in numbers]
        return [lesson for lesson in lessons if lesson.folder.is_dir()]

    def lesson(self, number):
        """Return one lesson, or say which there are."""
        for lesson in self.lessons():
            if lesson.number == number:
                return lesson
        known = ", ".join(str(lesson.number) for lesson in self.lessons())
        raise CourseError(f"There is no lesson {number}. There are: {known}.")

    def checks_files(self, number):
        """Return where the checks of a lesson are: lesson07.py, then those of its variants."""
        return sorted((self.root / "course" / "checks").glob(f"lesson{number:02}*.py"))

    def broken_files(self, number):
        """Return where the known-bad versions of a lesson are, its variants' too."""
        return sorted((self.root / "course" / "broken").glob(f"lesson{number:02}*.toml"))

    def alternative(self, number):
        """Return where a second right solution of a lesson is, if one is kept."""
        return self.root / "course" / "alternatives" / f"lesson{number:02}"

    def common_taught(self):
        """Return the modules of `common/`: name -> number of the lesson that taught it."""
        taught = {}
        for path in sorted((self.root / "common").glob("*.py")):
            found = re.search(r"Taught in lesson (\d+)\.", path.read_text(encoding="utf-8"))
            if found:
                taught[path.stem] = int(found[1])
        return taught


def lesson_number(text):
    """Turn a word of the command line (`7`, `07`, `lesson07`) into the number of a lesson."""
    found = re.fullmatch(r"(?:lesson)?0?(\d{1,2})/?", text)
    if not found:
        raise CourseError(f"{text} is not a lesson; write its number, such as 7.")
    return int(found[1])
