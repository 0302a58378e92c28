"""The reader's own progress: what `check` found last for each lesson, kept in `.course/`."""

import json
import os
import sys
import tempfile


def remember(course, number, folder, passed, total):
    """Keep how many checks of a lesson a folder passed; do without where nothing can be kept."""
    known = read(course)
    known[number] = (passed, total, str(folder))
    try:
        write(progress_file(course), known)
    except OSError as error:
        print(f"Your progress could not be kept: {error}", file=sys.stderr)


def read(course):
    """Return number of lesson -> (passed, total, folder); say so where the file is damaged."""
    try:
        text = progress_file(course).read_text(encoding="utf-8")
        return {int(number): as_entry(*entry) for number, entry in json.loads(text).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        print(f"Your progress in .course/ cannot be read and is left out: {error}", file=sys.stderr)
        return {}


def as_entry(passed, total, folder):
    """Return what is kept of one lesson, if it can be true."""
    if not (
        type(passed) is type(total) is int and 0 <= passed <= total and isinstance(folder, str)
    ):
        raise ValueError(f"{passed!r} of {total!r} in {folder!r}")
    return passed, total, folder


def progress_file(course):
    """Return where the progress is kept."""
    return course.root / ".course" / "progress.json"


def write(path, known):
    """Write the file as a whole: who reads meanwhile sees the old one or the new one."""
    path.parent.mkdir(exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(known, file, ensure_ascii=False, indent=1)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
