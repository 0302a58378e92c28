"""The Russian texts: code and commands are as in English, README.ru.md is current."""

from course.lint import Finding
from course.site import russian

UPDATE = "python -m course docs --update-catalogues"


def check(course):
    """Find what is wrong with the translations; what is only missing is no finding."""
    for path in russian.catalogues(course):
        name = path.relative_to(course.root).as_posix()
        for entry in russian.read(path):
            if entry.problem:
                yield Finding(name, entry.line, entry.problem)
    yield from check_readme(course)


def check_readme(course):
    """Check that README.ru.md is what its catalogue makes of README.md."""
    path = course.root / "README.ru.md"
    if path.is_file() and path.read_text(encoding="utf-8") != russian.make_readme(course):
        yield Finding(path.name, 1, f"README.md or its catalogue has changed; run: {UPDATE}")


def notes(course):
    """Return in figures what is not translated, or was translated from another text."""
    lines = russian.figures(course)
    return lines if len(lines) > 1 else []
