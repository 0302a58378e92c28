"""A program that a console block starts: its input, its output as a terminal shows it, its end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

from course.harness.program import kill_group

WINDOWS = sys.platform == "win32"
PATIENCE = 2  # seconds for the output to end after the program has
# Python reads this before a program: Ctrl+C works also where the shell that began all this had
# switched it off, and Ctrl+Break (all that can be sent on Windows) means the same.
SITE = """import signal
for name in ("SIGINT", "SIGBREAK"):
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), signal.default_int_handler)
"""


class Stopped(Exception):
    """The one who waits has been told to stop."""


class Program:
    """A running program; `cancelled` is an event that ends all waiting."""

    def __init__(self, words, folder, environment, typed, cancelled):
        self.data, self.cancelled, self.changed = b"", cancelled, threading.Condition()
        flags = subprocess.CREATE_NEW_PROCESS_GROUP if WINDOWS else 0
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=flags,
            start_new_session=not WINDOWS,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self._type(typed)

    def _read(self):
        while piece := self.process.stdout.read1(65536):
            with self.changed:
                self.data += piece
                self.changed.notify_all()

    def _type(self, text):
        if text:
            with contextlib.suppress(OSError):  # it may have ended already
                self.process.stdin.write(text.encode())
                self.process.stdin.flush()

    @property
    def output(self):
        """Return what it has printed so far."""
        return self.data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")

    def running(self):
        """Tell whether it has not ended."""
        return self.process.poll() is None

    def end_input(self):
        """Let it read the end of its input."""
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def printed(self, test, seconds):
        """Wait until its output passes a test, or it ends; tell whether the output passes."""
        self.wait_until(lambda: test(self.output) or not self.running(), seconds)
        self.reader.join(0 if self.running() else PATIENCE)
        return test(self.output)

    def ends(self, seconds):
        """Wait for its end; tell whether it came."""
        return self.wait_until(lambda: not self.running(), seconds)

    def wait_until(self, condition, seconds):
        """Wait for a condition; tell whether it has come true."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not condition() and time.monotonic() < deadline:
                if self.cancelled.is_set():
                    raise Stopped
                self.changed.wait(0.05)
            return condition()

    def interrupt(self):
        """Press Ctrl+C; like a terminal, tell the programs that it has started too."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if WINDOWS:
                self.process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                os.killpg(self.process.pid, signal.SIGINT)

    @property
    def exit_code(self):
        """Return its exit code as a shell would."""
        code = self.process.returncode
        return 128 - code if code < 0 else code

    def close(self):
        """End it, and what it has left behind; tell whether there was anything left."""
        left = self.running()
        if left:
            self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        if self.reader.is_alive() and not WINDOWS:
            left = kill_group(self.process.pid)
            self.reader.join(PATIENCE)
        if not self.reader.is_alive():
            self.process.stdout.close()
        self.end_input()
        return left
