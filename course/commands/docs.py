"""Build the course's site, in English and Russian.

It works from the file system, without a network and without a server: open its index.html.

    python -m course docs --open
    python -m course docs --update-catalogues

The second form is for translators: it brings docs/locale/ and README.ru.md up to date.
"""

import webbrowser
from pathlib import Path

from course import console
from course.lessons import CourseError

ENVIRONMENT = "needed"


def add_arguments(parser):
    """Describe the command line."""
    parser.add_argument("--open", action="store_true", help="show it in the browser")
    parser.add_argument("--output", type=Path, metavar="DIR", help="build/docs if left out")
    parser.add_argument("--language", choices=("en", "ru"), help="only this one")
    parser.add_argument(
        "--update-catalogues", action="store_true", help="collect the texts to translate"
    )


def run(options, course):
    """Build the site, or update the catalogues; the exit code is 1 if Sphinx warns."""
    try:
        from course.site import build, catalogues
    except ImportError as error:
        raise CourseError(f"{error.name} is missing; run: python -m course setup") from None
    folder = (options.output or course.root / "build" / "docs").resolve()
    if options.update_catalogues:
        return catalogues.update(course, folder)
    languages = [options.language] if options.language else list(build.LANGUAGES)
    problems = build.build(course, folder, languages)
    if problems:
        print(problems, end="")
        return 1
    print(console.paint(f"Built: {folder / 'index.html'}", "green"))
    if options.open and not webbrowser.open((folder / "index.html").as_uri()):
        print("No browser could be opened here.")
    return 0
