"""The animation that is shown while something is waited for."""

import time

FRAMES = "|/-\\"
SECONDS = 0.15  # that a frame lasts


class Waiting:
    """What is waited for, if anything, and since when; somebody else draws it."""

    def __init__(self, clock=time.monotonic):
        self.clock, self.what, self.since = clock, None, 0

    def __bool__(self):
        return self.what is not None

    def begin(self, what):
        """Wait for something, from now on."""
        self.what, self.since = what, self.clock()

    def end(self):
        """Wait no more."""
        self.what = None

    def frame(self):
        """Return the picture of this moment: a bar that turns, what is awaited, for how long."""
        passed = self.clock() - self.since
        bar = FRAMES[int(passed / SECONDS) % len(FRAMES)]
        return f"{bar} {self.what} ({int(passed)} s)"
