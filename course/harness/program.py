"""A program under test: a process of its own, what it prints, and how it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

try:
    import pty
except ImportError:  # Windows has no such terminals
    pty = None

WINDOWS = sys.platform == "win32"
UNWANTED = ("PYTEST", "COURSE_")  # what we are told is not meant for the programs under test
STREAMS = ("stdin", "stdout", "stderr")
# Windows can send Ctrl+Break only, to a process group of its own: let it mean Ctrl+C there.
AS_CTRL_C = """import runpy, signal, sys
signal.signal(signal.SIGBREAK, signal.default_int_handler)
sys.argv = sys.argv[1:]
sys.path[0] = str(__import__("pathlib").Path(sys.argv[0]).parent)
runpy.run_path(sys.argv[0], run_name="__main__")"""


def python_command(words):
    """Return the command that runs a Python script, or `-m` or `-c` something."""
    if WINDOWS and not words[0].startswith("-"):
        return [sys.executable, "-c", AS_CTRL_C, *words]
    return [sys.executable, *words]


def environment(terminal=False, changes=None):
    """Return the environment of a program under test: plain, unbuffered, in UTF-8.

    `changes` sets variables; None takes one away.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)}
    ours = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "TERM": "xterm" if terminal else "dumb",
    }
    wanted = kept | ours | (changes or {})
    return {name: value for name, value in wanted.items() if value is not None}


class Program:
    """A running program; `output` holds what it has written so far."""

    def __init__(self, words, folder, *, terminal=False, env=None):
        self.title = "python " + " ".join(words)
        self.output = {"stdout": "", "stderr": ""}
        self.news = threading.Condition()
        self.master = None
        pipes = self._open_terminal() if terminal else dict.fromkeys(STREAMS, subprocess.PIPE)
        extra = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if WINDOWS else {}
        self.process = subprocess.Popen(
            python_command(words),
            cwd=folder,
            env=environment(terminal, env),
            start_new_session=not WINDOWS,
            **pipes,
            **extra,
        )
        if terminal:
            os.close(pipes["stdin"])
            pieces = {"stdout": self._read_terminal}
        else:
            pieces = {name: getattr(self.process, name).read1 for name in self.output}
        self.readers = [
            threading.Thread(target=self._read, args=pair, daemon=True) for pair in pieces.items()
        ]
        for reader in self.readers:
            reader.start()

    def _open_terminal(self):
        self.master, slave = pty.openpty()
        return dict.fromkeys(STREAMS, slave)

    def _read_terminal(self, size=65536):
        try:
            return os.read(self.master, size)
        except OSError:  # so Linux says that the other end has closed
            return b""

    def _read(self, name, read):
        while piece := read(65536):
            with self.news:
                self.output[name] += piece.decode("utf-8", "backslashreplace")
                self.news.notify_all()

    @property
    def stdout(self):
        """Return what it has written to its standard output so far."""
        return self.output["stdout"]

    @property
    def stderr(self):
        """Return what it has written to its standard error so far."""
        return self.output["stderr"]

    def running(self):
        """Tell whether it has not ended."""
        return self.process.poll() is None

    def type(self, text):
        """Write to its standard input."""
        if self.master is not None:
            os.write(self.master, text.encode())
        else:
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()

    def end_input(self):
        """Close its standard input."""
        self.process.stdin.close()

    def says(self, words, within):
        """Wait until it has written the words; tell whether it has."""
        with self.news:
            return self.news.wait_for(lambda: words in self.stdout + self.stderr, within)

    def interrupt(self):
        """Press Ctrl+C."""
        self.process.send_signal(signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGINT)

    def ends(self, within):
        """Wait for its end and return its exit code, or None if it still runs."""
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            return None
        for reader in self.readers:
            reader.join(1)
        return code

    def stop(self):
        """End it whatever it does; return whether it left processes of its own behind."""
        if self.running():
            self.process.kill()
        self.process.wait()
        orphans = not WINDOWS and kill_group(self.process.pid)
        for reader in self.readers:
            reader.join(1)
        for name in STREAMS:
            if stream := getattr(self.process, name):
                close_quietly(stream)
        if self.master is not None:
            os.close(self.master)
            self.master = None
        return orphans


def kill_group(group):
    """End what is left of a process group; tell whether anything was."""
    left = living(group)
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS answers so for a group of zombies
        return False
    return left


def living(group, patience=1.0):
    """Tell whether a group has a process that does not end by itself, now that its head is gone."""
    until = time.monotonic() + patience
    while has_members(group):
        if time.monotonic() > until:
            return True
        time.sleep(0.02)
    return False


def has_members(group):
    """Tell whether a process group has a member; a zombie, which waits to be counted, is none."""
    try:
        os.killpg(group, 0)  # nothing is sent: it only asks
    except (ProcessLookupError, PermissionError):
        return False
    if not Path("/proc/self/stat").exists():
        return True
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            state, _, own = path.read_text().rpartition(")")[2].split()[:3]
            if int(own) == group and state != "Z":
                return True
    return False


def close_quietly(stream):
    """Close a pipe whose reader may be gone already."""
    try:
        stream.close()
    except BrokenPipeError:
        return
