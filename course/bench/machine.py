"""What a figure depends on besides the code: machine, system, versions."""

import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from course.bench.server import python

PROBE = """import importlib.metadata, json, platform, sqlite3, sys
found = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))"""
PACKAGES = ("SQLAlchemy", "PyQt5", "psycopg", "cryptography")  # that a server may use


def about(course):
    """Return all that."""
    return {
        "made": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "machine": machine(),
        "versions": versions(course),
        "revision": revision(course),
    }


def machine():
    """Return processor, memory, system, and on what the databases lie."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "files": file_system(tempfile.gettempdir()),
    }


def processor():
    """Return the name of the processor, where the system knows it."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def file_system(place):
    """Return the kind of file system that a folder is on: a commit costs more on a disk."""
    lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    mounts = [line.split()[1:3] for line in lines]
    fitting = [pair for pair in mounts if Path(place).resolve().is_relative_to(pair[0])]
    return max(fitting, key=lambda pair: len(pair[0]), default=["", "unknown"])[1]


def versions(course):
    """Return the versions of the Python that runs the servers, and of its packages."""
    command = [python(course), "-c", PROBE, *PACKAGES]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def revision(course):
    """Return the revision of the course, with a + if something has changed; None without git."""
    if not shutil.which("git") or not (course.root / ".git").exists():
        return None
    said = [ask_git(course, *words) for words in (("rev-parse", "HEAD"), ("status", "--porcelain"))]
    return said[0] and said[0] + ("+" if said[1] else "")


def ask_git(course, *words):
    """Return what git says."""
    command = ["git", "-C", str(course.root), *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    return done.stdout.strip()
