"""Small courses for the tests, and the command line that is run on them."""

import subprocess
import sys

from course.lessons import ROOT


def write_files(folder, files):
    """Make a folder with files, name -> text or bytes, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read_files(folder):
    """Return the files of a folder, name -> bytes."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def command(root, *arguments):
    """Return the command line of the course at this root."""
    return [sys.executable, "-m", "course", "--root", str(root), *map(str, arguments)]


def run(root, *arguments):
    """Run one command of the course at this root, and return its exit code and its words."""
    line = command(root, *arguments)
    return subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
