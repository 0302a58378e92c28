"""The rules of the course, and what breaks them: a `Finding` names the place and the remedy."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from course.lessons import CourseError
from course.stages import is_generated


@dataclass(frozen=True)
class Finding:
    """One thing to put right: where it is, what is wrong, what to do."""

    place: str
    line: int
    text: str

    def __str__(self):
        """Return the line that is shown."""
        return f"{self.place}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Source:
    """One file of Python: where it lies, and the name it goes by in a finding."""

    path: Path
    name: str

    @cached_property
    def text(self):
        """Return what is written in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self):
        """Return its syntax tree."""
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise CourseError(f"{self.name}:{error.lineno}: {error.msg}") from None

    @property
    def is_test(self):
        """Tell whether it is a file of tests."""
        return self.path.name.startswith("test_")

    def finding(self, line, text):
        """Return a finding in this file."""
        return Finding(self.name, line, text)


def files(folder, pattern):
    """Return the files of a folder and its subfolders, without what running things made."""
    found = [path for path in sorted(folder.rglob(pattern)) if path.is_file()]
    return [path for path in found if not any(map(is_generated, path.relative_to(folder).parts))]


def sources(course, folder):
    """Return the Python files of a folder of the course."""
    root = course.root
    return [Source(path, path.relative_to(root).as_posix()) for path in files(folder, "*.py")]


def lesson_sources(course, numbers):
    """Return number and Python file of the chosen lessons."""
    lessons = [course.lesson(number) for number in numbers]
    return [(lesson, source) for lesson in lessons for source in sources(course, lesson.folder)]


def common_files(course):
    """Return the modules of `common/`, without the folder of their tests."""
    folder = course.root / "common"
    return [source for source in sources(course, folder) if source.path.parent == folder]


def common_sources(course):
    """Return number and Python file of the modules of `common/` that say where they are taught."""
    taught = course.common_taught()
    found = [(taught.get(source.path.stem), source) for source in common_files(course)]
    return [(number, source) for number, source in found if number]


def course_sources(course):
    """Return the Python files of `course/`, without the solutions that are kept there."""
    kept_apart = ("broken", "alternatives")
    folder = course.root / "course"
    found = sources(course, folder)
    return [file for file in found if file.path.relative_to(folder).parts[0] not in kept_apart]
