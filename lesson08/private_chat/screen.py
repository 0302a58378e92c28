"""What the user sees: lines in a pipe; on a terminal also what is typed, and what is awaited."""

import re
import shutil
import sys
import unicodedata

from lines import escaped

PROMPT = "> "
SPECIAL_KEYS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O]|$)")  # arrows, Home, F1 …
ERASE, ERASE_ALL, END, CTRL_C = "\x7f\b", "\x15", "\x04", "\x03"


class PlainScreen:
    """Lines, one below the other, and nothing else."""

    can_type = False

    def show(self, line):
        """Print a line in which nothing can do harm."""
        print(escaped(line), flush=True)

    show_waiting = show

    def refresh(self):
        """Draw what time has changed: nothing."""

    close = refresh


class Terminal:
    """Lines, and below them one that is always drawn anew: what is typed, or what is awaited."""

    def __init__(self, waiting):
        self.waiting, self.typed, self.drawn, self.can_type = waiting, "", "", False

    def show(self, line):
        """Print a line above what is being typed."""
        self.write(f"{self.blank()}{escaped(line)}\n")
        self.refresh()

    def show_waiting(self, _):
        """Draw what is awaited."""
        self.refresh()

    def press(self, keys):
        """Take keys; return the lines that they complete, and None for the end of input."""
        done = []
        for key in SPECIAL_KEYS.sub("", keys):
            if key in "\r\n":
                done.append(self.enter())
            elif key == END and not self.typed:
                done.append(None)
            elif key == CTRL_C:  # a key like others on Windows
                raise KeyboardInterrupt
            else:
                self.edit(key)
        self.refresh()
        return done

    def edit(self, key):
        """Let one key change what has been typed."""
        if key in ERASE:
            self.typed = self.typed[:-1]
        elif key == ERASE_ALL:
            self.typed = ""
        elif key.isprintable():
            self.typed += key

    def enter(self):
        """Make what has been typed a line like others, and return it."""
        line, self.typed = self.typed, ""
        self.write(f"{self.blank()}{PROMPT}{line}\n")
        return line

    def refresh(self):
        """Draw the last line anew, if it has changed."""
        old, new = self.drawn, self.last_line()
        if old != new:
            rest = max(width(old) - width(new), 0)
            self.write(f"\r{new}{' ' * rest}{chr(8) * rest}")  # the cursor stays behind the text
            self.drawn = new

    def last_line(self):
        """Return what the last line is: what is typed comes before what is awaited."""
        room = max(shutil.get_terminal_size().columns - 1, 10)
        if self.waiting and not self.typed:
            return end_of(self.waiting.frame(), room)
        return PROMPT + end_of(self.typed, room - len(PROMPT)) if self.can_type else ""

    def blank(self):
        """Return what clears the last line."""
        old, self.drawn = self.drawn, ""
        return f"\r{' ' * width(old)}\r"

    def close(self):
        """Leave an empty line behind."""
        self.write(self.blank())

    def write(self, text):
        """Write in one piece."""
        print(text, end="", flush=True)


def end_of(text, columns):
    """Return as much of the end of a text as fits into so many columns."""
    while width(text) > columns:
        text = text[1:]
    return text


def width(text):
    """Return how many columns a text takes: a character none, one or two."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    joined = sum(unicodedata.combining(character) != 0 for character in text)
    return len(text) + wide - joined


def is_terminal():
    """Tell whether a human sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()
