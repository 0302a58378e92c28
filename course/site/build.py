"""Let Sphinx build the site, one process for each language."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course import console, processes
from course.lessons import ROOT, CourseError
from course.site import sources

LANGUAGES = {"en": "English", "ru": "Русский"}
STRICT = ("-W", "-n", "--keep-going")
WORK = ".work"  # what only the next build needs
START = """<!DOCTYPE html>
<html lang="{first}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={first}/index.html">
<title>The messenger course</title>
<p>{links}</p>
</html>
"""


def build(course, folder, languages):
    """Build the site; return what Sphinx has to complain about, nothing at best."""
    write_sources(course, folder)
    progress = console.ProgressLine()

    def build_one(language):
        settings = {"language": language, "html_context.languages": ",".join(languages)}
        words = [*STRICT, "-b", "html", *sphinx_settings(course, settings)]
        return run_sphinx(words, folder, language, folder / language, progress.show)

    try:
        with ThreadPoolExecutor() as pool:
            problems = "".join(pool.map(build_one, languages))
    finally:
        progress.clear()
    links = " · ".join(f'<a href="{name}/index.html">{LANGUAGES[name]}</a>' for name in languages)
    text = START.format(first=languages[0], links=links)
    (folder / "index.html").write_text(text, encoding="utf-8")
    report(folder, languages)
    return problems


def write_sources(course, folder):
    """Write the pages for Sphinx, into a place of ours."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sources.write(course, folder / WORK / "pages")
    except OSError as error:
        raise CourseError(f"Cannot write the site: {error}") from None


def sphinx_settings(course, settings):
    """Return settings as words of a command line."""
    locale = (course.root / "docs" / "locale").as_posix()
    settings = {"course_root": str(course.root), "locale_dirs": locale} | settings
    return [word for name, value in settings.items() for word in ("-D", f"{name}={value}")]


def run_sphinx(words, folder, name, target, show):
    """Run Sphinx once; return its warnings if there are any."""
    places = [folder / WORK / "pages", target]
    trees = folder / WORK / f"trees-{name}"
    warnings = folder / WORK / f"warnings-{name}.txt"
    command = [sys.executable, "-X", "utf8", "-m", "sphinx", "--no-color", *words]
    command += ["-c", ROOT / "docs", "-d", trees, "-w", warnings, *places]
    process = subprocess.Popen(
        command,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},
        **{"encoding": "utf-8", "errors": "replace"},
    )
    try:
        last = watch(process, name, show)
        code = processes.wait(process)
    finally:
        processes.stop(process, patience=1)
    found = warnings.read_text(encoding="utf-8") if warnings.is_file() else ""
    return (found or last) if code else ""


def watch(process, name, show):
    """Show how far Sphinx is; return its last lines."""
    lines = []
    for line in process.stdout:
        lines = [*lines[-9:], line]
        if part := re.search(r"^(.+?\[ *\d+%\])", line):
            show(f"{name}: {part[1]}")
    return "".join(lines)


def report(folder, languages):
    """Say how much is translated."""
    for language in languages:
        path = Path(folder, WORK, f"trees-{language}", "translated.json")
        translated, total = json.loads(path.read_text()) if path.is_file() else (0, 0)
        if language != "en" and total:
            percent = 100 * translated // total
            print(f"{LANGUAGES[language]}: {translated} of {total} texts, {percent} %")
