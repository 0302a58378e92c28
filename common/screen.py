"""Taught in lesson 08. The terminal, shared by two threads: one types, one shows what comes."""

import sys
import threading

try:
    import readline  # it knows what has been typed so far; Windows has none
except ImportError:
    readline = None

from common.loggers import printable

CLEAR_LINE = "\r\x1b[K"


class Screen:
    """A prompt that lines from another thread do not tear."""

    __slots__ = ("_asking", "_lock", "_terminal", "prompt")

    def __init__(self, prompt="> "):
        self.prompt = prompt
        self._terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self._asking = False
        self._lock = threading.Lock()  # only one thread writes at a time

    def show(self, text):
        """Show a line above the prompt, and the prompt again with what has been typed so far."""
        with self._lock:
            line = printable(text)
            if self._terminal and self._asking:
                line = f"{CLEAR_LINE}{line}\n{self.prompt}{typed()}"
                print(line, end="", flush=True)
            else:
                print(line, flush=True)

    def ask(self):
        """Return the next line from the keyboard; EOFError at its end."""
        self._asking = True
        try:
            return input(self.prompt if self._terminal else "")
        except KeyboardInterrupt:
            print(end="\n" if self._terminal else "")  # what comes next stands below the ^C
            raise
        finally:
            self._asking = False


def typed():
    """Return what has been typed and not yet sent."""
    return readline.get_line_buffer() if readline else ""
