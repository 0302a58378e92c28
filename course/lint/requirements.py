"""Every requirement is named on its lesson's page and by a check; no unknown one is named."""

import re
import tomllib

from course import readme
from course.lessons import CourseError
from course.lint import Finding

ID = re.compile(r"\bL\d\d-[RV]\d+\b")


def table(course):
    """Return the requirements of every lesson: its name -> id -> sentence."""
    path = course.root / "course" / "requirements.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError("course/requirements.toml is missing: it lists what is asked.") from None


def check_lessons(course, numbers):
    """Find requirements that no page or no check names, and ids that nobody knows."""
    requirements = table(course)
    known = {name for ids in requirements.values() for name in ids}
    for lesson in map(course.lesson, numbers):
        asked = requirements.get(lesson.name, {})
        page, checks = f"{lesson.name}/README.md", f"course/checks/{lesson.name}.py"
        assignment = readme.sections(lesson.readme).get("Assignment", "")
        yield from unnamed(asked, page, assignment, "name it under Assignment")
        texts = {path: path.read_text("utf-8") for path in course.checks_files(lesson.number)}
        yield from unnamed(asked, checks, "".join(texts.values()), "check it")
        yield from unknown(known, page, lesson.readme)
        for path, text in texts.items():
            yield from unknown(known, f"course/checks/{path.name}", text)


def unnamed(asked, place, text, remedy):
    """Find the requirements that a text does not name."""
    for name, sentence in asked.items():
        if name not in text:
            yield Finding(place, 1, f"{name} is not named: {remedy} ({sentence})")


def unknown(known, place, text):
    """Find the ids in a text that are in no table."""
    for number, line in enumerate(text.splitlines(), 1):
        for name in ID.findall(line):
            if name not in known:
                yield Finding(place, number, f"{name} is not in course/requirements.toml")
