"""A program under test: a process of its own, what it prints, and how it ends."""

import os
import signal
import subprocess
import sys
import threading

WINDOWS = sys.platform == "win32"
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


def environment():
    """Return the environment of a program under test: plain, unbuffered, in UTF-8."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        "QT_QPA_PLATFORM": "offscreen",
    }


class Program:
    """A running program; `output` holds what it has written so far."""

    def __init__(self, words, folder):
        self.title = "python " + " ".join(words)
        self.output = {"stdout": "", "stderr": ""}
        self.news = threading.Condition()
        extra = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if WINDOWS else {}
        self.process = subprocess.Popen(
            python_command(words),
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not WINDOWS,
            **extra,
        )
        self.readers = [
            threading.Thread(target=self._read, args=(name,), daemon=True) for name in self.output
        ]
        for reader in self.readers:
            reader.start()

    def _read(self, name):
        stream = getattr(self.process, name)
        while piece := stream.read1(65536):
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
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            close_quietly(stream)
        return orphans


def kill_group(group):
    """End what is left of a process group; tell whether anything was."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS answers so for a group of zombies
        return False
    return True


def close_quietly(stream):
    """Close a pipe whose reader may be gone already."""
    try:
        stream.close()
    except BrokenPipeError:
        return
