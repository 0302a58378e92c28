"""A real server for tests, in a process of its own: it can be killed, and comes back."""

import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
LISTENING = re.compile(r"Listening on port (\d+)")


class RealServer:
    """server.py with a database in a folder of its own; it keeps its port from start to start."""

    def __init__(self, enter, at_end):
        self.home = enter(
            tempfile.TemporaryDirectory(prefix="real server ", ignore_cleanup_errors=True)
        )
        self.port = 0
        self.process = None
        at_end(self.kill)
        self.start()

    def running(self):
        """Tell whether it is there."""
        return self.process.poll() is None

    def start(self):
        """Start it; return when it listens."""
        words = ("--no-gui", "-a", "127.0.0.1", "-p", str(self.port))
        database = f"sqlite:///{Path(self.home, 'server.db').as_posix()}"
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), *words, "--db", database],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | {"JIM_HOME": self.home, "PYTHONUTF8": "1"},
        )
        for line in self.process.stderr:
            if found := LISTENING.search(line):
                self.port = int(found[1])
                self.drain = threading.Thread(target=self.process.stderr.read, daemon=True)
                self.drain.start()  # else it would stand still when the pipe is full
                return
        raise AssertionError("the server has not come up")

    def kill(self):
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()
        self.drain.join()
        self.process.stderr.close()
