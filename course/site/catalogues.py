"""Bring the catalogues of translated texts, and the pages made with them, up to date."""

import re
import subprocess
import sys

from course import console
from course.lessons import CourseError
from course.site import build, russian


def update(course, folder):
    """Collect the texts of all pages, put them into the catalogues, and make README.ru.md."""
    build.write_sources(course, folder)
    progress = console.ProgressLine()
    texts = folder / build.WORK / "texts"
    words = [*build.STRICT, "-b", "gettext", *build.sphinx_settings(course, {})]
    problems = build.run_sphinx(words, folder, "gettext", texts, progress.show)
    progress.clear()
    if problems:
        print(problems, end="")
        return 1
    merge(course, texts)
    share(course)
    russian.write_readme(course)
    print(*russian.figures(course), sep="\n")
    return 0


def merge(course, texts):
    """Put new texts into the catalogues; what has become of an old one is marked fuzzy."""
    locale = course.root / "docs" / "locale"
    command = [sys.executable, "-X", "utf8", "-m", "sphinx_intl", "update", "--no-obsolete"]
    command += ["-p", texts, "-d", locale, "-l", "ru"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise CourseError(f"sphinx-intl could not do that:\n{done.stdout}{done.stderr}")
    for path in russian.catalogues(course):
        name = path.relative_to(russian.folder(course)).with_suffix(".pot")
        if not (texts / name).is_file() and name.name != "sphinx.pot":
            path.unlink()  # its page has gone


def share(course):
    """Translate what is new on one page as it is translated on another, whatever the numbers."""
    catalogues = {path: russian.read(path) for path in russian.catalogues(course)}
    done = [entry for entries in catalogues.values() for entry in entries if entry.is_done]
    known = {}
    for entry in done:
        if numbers(entry.text) == numbers(entry.translation):
            known[without_numbers(entry.text)] = entry.translation
    known |= {entry.text: entry.translation for entry in done}
    for path, entries in catalogues.items():
        texts = [entry.translation or translate(entry.text, known) for entry in entries]
        russian.write(path, entries, texts)


def translate(text, known):
    """Return the translation of a text from what is known, empty if nothing is."""
    if is_without_words(text) or text in known:
        return known.get(text, text)
    if picture := re.fullmatch(r"!\[(.+)\]\(([^)]+)\)", text):
        words = known.get(picture[1])
        return f"![{words}]({picture[2]})" if words else ""
    found = iter(numbers(text))
    return re.sub(r"\d+", lambda _: next(found), known.get(without_numbers(text), ""))


def numbers(text):
    """Return the numbers in a text."""
    return re.findall(r"\d+", text)


def without_numbers(text):
    """Return a text in which all numbers are alike."""
    return re.sub(r"\d+", "0", text)


def is_without_words(text):
    """Tell whether a text is the same in every language: code, numbers, a sign."""
    plain = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)
    return not re.search(r"[^\W\d_]", plain)
