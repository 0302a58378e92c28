"""What the course needs beyond Python packages, from the system's package manager."""

import os
import shutil
import subprocess
import sys

from course import console, processes
from course.environment import say
from course.lessons import CourseError

PACKAGES = (
    "postgresql",  # the tests of storage run on it too
    *("libgl1", "libegl1", "libdbus-1-3", "libfontconfig1", "libglib2.0-0"),  # PyQt5 itself
    *("libxkbcommon-x11-0", "libx11-xcb1", "libxext6"),  # and its windows under X11
    *("libxcb-glx0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0"),
    *("libxcb-render0", "libxcb-render-util0", "libxcb-shape0", "libxcb-shm0", "libxcb-sync1"),
    *("libxcb-xfixes0", "libxcb-xinerama0"),
    "fonts-dejavu-core",  # letters to show in them
)
BY_HAND = {
    "darwin": "PostgreSQL comes with: brew install postgresql. PyQt5 brings all that it needs.",
    "win32": "PyQt5 brings all that it needs. The tests on PostgreSQL are skipped on Windows.",
}
OTHERWISE = (
    "Install PostgreSQL (the programs initdb and postgres) and, for windows, the libraries of Qt 5 "
    "for X11 with your system's package manager."
)


def install():
    """Install what is missing, or say what to do; never become root by ourselves."""
    apt = shutil.which("apt-get")
    if apt is None:
        say(f"This system has no apt-get. {BY_HAND.get(sys.platform, OTHERWISE)}")
        return
    if missing := find_missing(apt):
        command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
        if os.geteuid() != 0:
            raise CourseError(
                f"{', '.join(missing)}: only root can install that. Run:\n\n"
                f"    sudo apt-get update && sudo {' '.join(command)}\n"
            )
        say(f"Installing for the whole system: {', '.join(missing)} …")
        for words in (["apt-get", "update"], command):
            run(words)
    say("The system has all that the course needs.")


def find_missing(apt):
    """Return what apt-get would install; all of it where it does not even know the names."""
    words = [apt, "install", "--simulate", "--no-upgrade", "--no-install-recommends", *PACKAGES]
    result = subprocess.run(words, **quietly(), timeout=120)
    if result.returncode:
        return list(PACKAGES)
    lines = [line.split() for line in result.stdout.splitlines()]
    return [words[1] for words in lines if words[:1] == ["Inst"]]


def run(words):
    """Run a command to its end; show its lines as progress, and its output if it fails."""
    process = subprocess.Popen(words, **quietly())
    progress, lines = console.ProgressLine(), []
    try:
        for line in process.stdout:
            lines.append(line)
            progress.show(line.strip())
        code = processes.wait(process)
    finally:
        progress.clear()
        processes.stop(process, patience=1)
    if code:
        raise CourseError(f"{' '.join(words[:2])} could not do that:\n\n{''.join(lines[-8:])}")


def quietly():
    """Return how to start a program whose output we read, and which asks no questions."""
    return {
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},
        **{"encoding": "utf-8", "errors": "replace"},
    }
