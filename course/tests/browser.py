"""A real browser for the tests: Chromium, without a window, over its debugging pipe."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--remote-debugging-pipe"),
)
# Chromium listens on descriptor 3 and speaks on 4; the pipes may have any numbers.
START = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(word), fcntl.F_DUPFD, 10) for word in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 30  # seconds


def find():
    """Return the path of Chromium; without one skip the test, or fail it where it must be there."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path and os.name == "posix":
        return path
    words = "no Chromium here, so nobody has looked at the pages; python -m course setup --system"
    if os.environ.get("COURSE_REQUIRE_SYSTEM") == "1":
        pytest.fail(words)
    pytest.skip(words)


class Browser:
    """One page of one browser."""

    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="course browser ")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        line = [sys.executable, "-c", START, str(theirs_in), str(theirs_out), find(), *FLAGS]
        line.append(f"--user-data-dir={self.home.name}")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(line, pass_fds=(theirs_in, theirs_out), **quiet)
        os.close(theirs_in)
        os.close(theirs_out)
        self.reader, self.writer = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self.numbers, self.received, self.session = count(1), b"", None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        self.ask("Page.enable")

    def close(self):
        """End it."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self.reader.close()
        self.writer.close()
        shutil.rmtree(self.home.name, ignore_errors=True)
        self.home.cleanup()

    def ask(self, method, **parameters):
        """Send a command and return the answer to it."""
        number = next(self.numbers)
        words = {"id": number, "method": method, "params": parameters}
        words |= {"sessionId": self.session} if self.session else {}
        self.writer.write(json.dumps(words).encode() + b"\0")
        self.writer.flush()
        answer = self.hear(lambda message: message.get("id") == number)
        assert "error" not in answer, answer
        return answer["result"]

    def hear(self, wanted):
        """Return the first message that is wanted; the others are of no interest."""
        while True:
            while b"\0" not in self.received:
                data = os.read(self.reader.fileno(), 1 << 20)
                assert data, "Chromium has ended"
                self.received += data
            text, _, self.received = self.received.partition(b"\0")
            message = json.loads(text)
            if wanted(message):
                return message

    def show(self, path, query="", width=1280, height=900, scheme="light"):
        """Open a page of the site, and wait until it is loaded."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", features=[feature])
        self.ask("Page.navigate", url=Path(path).as_uri() + query)
        self.until("document.readyState == 'complete' && location.protocol == 'file:'")

    def value(self, script):
        """Return the value of an expression."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script):
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.value(script):
            assert time.monotonic() < end, f"it never happened: {script}"
            time.sleep(0.02)

    def picture(self, path):
        """Save what is to be seen."""
        data = self.ask("Page.captureScreenshot")["data"]
        Path(path).write_bytes(base64.b64decode(data))
