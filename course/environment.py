"""The environment of the course: `.venv`, made from pyproject.toml and constraints.txt."""

import collections
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tomllib

from course import console, processes
from course.lessons import CourseError

PIP = (
    *("-I", "-X", "utf8", "-m", "pip", "install"),
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
)
# The commands are installed by the setuptools that came with the packages, from these very files.
NO_NETWORK = ("--no-build-isolation", "--no-deps", "--no-index")
LAST_LINES = 8  # of pip's, enough to see why it failed


def folder(course):
    """Return where the environment is."""
    return course.root / ".venv"


def python(course):
    """Return the environment's Python."""
    windows = os.name == "nt"
    return folder(course) / ("Scripts/python.exe" if windows else "bin/python")


def inside(course):
    """Tell whether this very program runs in the environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(folder(course))


def ensure(course):
    """Return the environment's Python; make the environment first, unless nothing has changed."""
    if not is_ready(course):
        make(course)
    return python(course)


def rerun(course):
    """Run this same command again inside the environment and return its exit code."""
    process = subprocess.Popen([ensure(course), "-m", "course", *sys.argv[1:]])
    try:
        return processes.wait(process)
    except KeyboardInterrupt:
        return processes.stop(process)


def is_ready(course):
    """Tell whether the environment was made to its end, from what is asked for today."""
    stamp = stamp_file(course)
    return (
        python(course).is_file()
        and stamp.is_file()
        and stamp.read_text(encoding="utf-8") == fingerprint(course)
    )


def make(course):
    """Make the environment anew and install what the course needs."""
    say("Setting up the course in .venv (once; it needs the network).")
    if not inside(course):  # nobody saws off the branch he sits on
        make_empty(course)
    if needed := requirements(course):
        install(course, needed)
    if names := commands(course):
        say(f"Installing the commands {', '.join(names)} …")
        run_pip(course, *NO_NETWORK, "-e", ".")
    write_stamp(course)
    say("The course is ready.")


def make_empty(course):
    """Make an environment with nothing but pip, in place of what an interruption has left."""
    check_python()
    import venv  # some systems lack it, hence only after the check

    try:
        symlinks = os.name != "nt"
        venv.create(folder(course), clear=True, with_pip=True, symlinks=symlinks)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise CourseError(f"{folder(course)} cannot be made: {error}") from None


def check_python():
    """Raise CourseError where Python came without the modules that make an environment."""
    for name in ("venv", "ensurepip"):
        if importlib.util.find_spec(name) is None:
            package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            raise CourseError(
                f"This Python has no module {name}, which setting up needs. "
                f"On Debian and Ubuntu run: sudo apt install {package}"
            )


def install(course, needed):
    """Let pip install the requirements, in the versions of constraints.txt."""
    say(f"Installing {', '.join(needed)} …")
    run_pip(course, "-c", course.root / "constraints.txt", *needed)


def run_pip(course, *words):
    """Let pip install what the words say; raise CourseError with its last lines if it cannot."""
    process = subprocess.Popen(
        [python(course), *PIP, *words],
        **{"cwd": course.root, "encoding": "utf-8", "errors": "replace"},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},
    )
    try:
        last_lines = watch(process)
        code = processes.wait(process)
    finally:
        processes.stop(process, patience=1)
    if code:
        raise CourseError(
            f"pip could not do that. Its last lines:\n\n{last_lines}\n"
            "Mend what they name (the network?) and run it again: python -m course setup"
        )


def watch(process):
    """Show pip's lines as its progress and return the last of them."""
    line_on_terminal = console.ProgressLine()
    last_lines = collections.deque(maxlen=LAST_LINES)
    try:
        for line in process.stdout:
            last_lines.append(f"    {line.rstrip()}\n")
            line_on_terminal.show(line.strip())
    finally:
        line_on_terminal.clear()
    return "".join(last_lines)


def requirements(course):
    """Return what pyproject.toml asks for: the dependencies, all extras, what installing needs."""
    table = pyproject(course)
    extras = [name for some in table["project"]["optional-dependencies"].values() for name in some]
    return table["project"]["dependencies"] + extras + table["build-system"]["requires"]


def commands(course):
    """Return the names of the commands that pyproject.toml declares."""
    return list(pyproject(course)["project"].get("scripts", {}))


def pyproject(course):
    """Return what pyproject.toml says."""
    return tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))


def stamp_file(course):
    """Return where the environment keeps what it was made from; written last."""
    return folder(course) / "made-from.txt"


def write_stamp(course):
    """Note that the environment is complete."""
    stamp_file(course).write_text(fingerprint(course), encoding="utf-8")


def fingerprint(course):
    """Return a hash of all that the environment is made from."""
    constraints = (course.root / "constraints.txt").read_text(encoding="utf-8")
    table = pyproject(course)
    installed = [table["project"].get("scripts"), table.get("tool", {}).get("setuptools")]
    place = os.path.realpath(course.root)  # its commands would not work in another one
    parts = [requirements(course), constraints, sys.version_info[:2], installed, place]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def say(text):
    """Print beside the output proper: the command that waits for us may print data."""
    print(text, file=sys.stderr, flush=True)
