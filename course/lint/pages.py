"""What the page of a lesson must have: its headings, its hints, its table of files, no source."""

import re
from itertools import zip_longest

from course import readme
from course.lint import Finding, files

HEADINGS = (
    *("What hurts", "Assignment", "One idea", "Files", "Read in this order"),
    *("Try it", "Check your own", "Hints", "Still wrong"),
)
HINTS = 3
LONGEST_SOURCE = 5  # lines of Python that a page may show


def check_lessons(course, numbers):
    """Find what is wrong with the pages of lessons."""
    for lesson in map(course.lesson, numbers):
        page = Page(course, lesson)
        for line, text in page.problems():
            yield Finding(f"{lesson.name}/README.md", line, text)


def without_blocks(text):
    """Return a page with its fenced blocks emptied, line by line."""
    return readme.FENCE.sub(lambda block: re.sub(r".", "", block[0]), text)


class Page:
    """The page of one lesson beside the files that it speaks of."""

    def __init__(self, course, lesson):
        self.root, self.lesson = course.root, lesson
        earlier = [other for other in course.lessons() if other.number < lesson.number]
        self.previous = earlier[-1] if earlier else None
        self.text = lesson.readme
        self.prose = without_blocks(self.text)

    def problems(self):
        """Yield line and words for everything that is wrong."""
        yield from self.title_problems()
        yield from self.heading_problems()
        yield from self.hint_problems()
        yield from self.source_problems()
        yield from self.table_problems()
        yield from self.unnamed_files()

    def title_problems(self):
        """Check that the page says which lesson it is."""
        if not re.fullmatch(rf"Lesson {self.lesson.number}: \S.*", readme.title(self.prose)):
            yield 1, f"begin the page with: # Lesson {self.lesson.number}: TITLE"

    def heading_problems(self):
        """Check the second-level headings: the first that is out of order is told."""
        found = re.finditer(r"^## (.*)$", self.prose, re.MULTILINE)
        lines = [(self.line_at(match.start()), match[1].strip()) for match in found]
        end = self.line_at(len(self.prose))
        for expected, place in zip_longest(HEADINGS, lines):
            line, heading = place or (end, None)
            if heading != expected:
                wish = f"write ## {expected} here" if expected else "end the page before this"
                yield line, f"{wish}, instead of ## {heading}" if heading else wish
                return

    def hint_problems(self):
        """Check the number of hints."""
        count = len(readme.hints(self.text))
        if count != HINTS:
            yield self.line_of("## Hints"), f"{count} hints: give {HINTS}, numbered 1. 2. 3."

    def source_problems(self):
        """Check that no source is pasted."""
        for block in readme.blocks(self.text):
            if block.language in ("python", "py") and block.text.count("\n") > LONGEST_SOURCE:
                yield block.line, f"more than {LONGEST_SOURCE} lines of source: name the file"

    def table_problems(self):
        """Check the files that the table names: they exist, and are unchanged where it says so."""
        for line, name, what in self.table():
            path = self.path_of(name)
            if what.startswith("graduated"):
                continue  # it may lie here still, or in common/ only
            if what.startswith("removed") == path.exists():
                yield line, f"{name} is there" if path.exists() else f"there is no {name}"
            elif what.startswith("unchanged"):
                yield from ((line, text) for text in self.changes(path))

    def changes(self, path):
        """Say which files of a path are not what they were in the lesson before."""
        for new in files(path, "*") if path.is_dir() else [path]:
            name = new.relative_to(self.lesson.folder).as_posix()
            old = self.previous.folder / name if self.previous else None
            if not (old and old.is_file()):
                yield f"{name} is called unchanged, but the lesson before has none"
            elif old.read_bytes() != new.read_bytes():
                yield f"{name} is called unchanged, but differs from {self.previous.name}/{name}"

    def unnamed_files(self):
        """Check that the table names every file of code, itself or by its folder."""
        named = [self.path_of(name) for _, name, _ in self.table()]
        for path in files(self.lesson.folder, "*.py"):
            if path.name != "__init__.py" and not any(up in named for up in (path, *path.parents)):
                name = path.relative_to(self.lesson.folder).as_posix()
                yield self.line_of("## Files"), f"{name} is not named in the table of Files"

    def table(self):
        """Return line, name and second column for each file in the table of Files."""
        inside, found = False, []
        for line, text in enumerate(self.prose.splitlines(), 1):
            inside = text.strip() == "## Files" if text.startswith("## ") else inside
            cells = [cell.strip() for cell in text.split("|")[1:]] if inside else []
            names = re.findall(r"`([^`]+)`", cells[0]) if len(cells) > 1 else []
            found += [(line, name, cells[1].lower()) for name in names]
        return found

    def path_of(self, name):
        """Return where a file of the table lies; what has graduated is in `common/`."""
        return (self.root if name.startswith("common/") else self.lesson.folder) / name

    def line_at(self, position):
        """Return the number of the line at a position of the text."""
        return self.prose.count("\n", 0, position) + 1

    def line_of(self, words):
        """Return the number of the first line with these words, 1 if there is none."""
        return self.line_at(max(self.prose.find(words), 0))
