"""What the commands print: colours and a progress line on a terminal, plain lines in a pipe."""

import os
import re
import sys

COLOURS = {
    "red": 31,
    "green": 32,
    "yellow": 33,
    "blue": 34,
    "magenta": 35,
    "cyan": 36,
    "bold": 1,
    "dim": 2,
}


def prepare_streams():
    """Write UTF-8 everywhere, whatever the system prefers, and never stumble over a character."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if sys.platform == "win32" and colourful():
        os.system("")  # an old console learns about colours by this call


def colourful(stream=None):
    """Tell whether colours help the reader: on a terminal, unless NO_COLOR is set."""
    stream = stream or sys.stdout
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def paint(text, *colours):
    """Return the text in colours, or as it is where there are none."""
    if not colourful():
        return text
    codes = ";".join(str(COLOURS[colour]) for colour in colours)
    return f"\x1b[{codes}m{text}\x1b[0m"


def visible(data, limit=None):
    """Return bytes or text with every invisible character shown as an escape."""
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else str(data)
    text = re.sub(r"(.)\1{40,}", fold, text, flags=re.DOTALL)
    if limit and len(text) > limit:
        text = f"{text[: limit // 2]} …({len(text) - limit} more)… {text[-limit // 2 :]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def fold(run):
    """Return a short form of a character that stands many times in a row."""
    return f"{run[1] * 3}…({len(run[0])} times)…"


class ProgressLine:
    """One line that tells how far a long work is; only on a terminal, and gone at the end."""

    def __init__(self):
        self.shown = 0

    def show(self, text):
        """Replace the line."""
        if sys.stderr.isatty():
            print(f"\r{text[:78]:<{self.shown}}", end="", file=sys.stderr, flush=True)
            self.shown = len(text[:78])

    def clear(self):
        """Take the line away."""
        if self.shown:
            print("\r" + " " * self.shown + "\r", end="", file=sys.stderr, flush=True)
            self.shown = 0
