"""What a message looks like: colours on a terminal, and nothing that could command it."""

import os
import random
import sys

BOLD_RED, PLAIN = "\x1b[1;31m", "\x1b[0m"
PALETTE = (33, 37, 64, 97, 107, 130, 136, 139, 168, 172)  # of 256; readable on black and on white
MAX_KNOWN = 1000  # nicknames whose colour is remembered
JOINERS = "\u200c\u200d"  # invisible, but words and emoji are written with them


class Painter:
    """Gives the server bold red, and each nickname a colour of its own."""

    def __init__(self, colourful):
        self.colourful = colourful
        self.palette = random.sample(PALETTE, len(PALETTE))
        self.given = {}  # nickname -> the escape sequence of its colour

    def service(self, text):
        """Return the words of the server."""
        return f"{BOLD_RED}{text}{PLAIN}" if self.colourful else text

    def nickname(self, nickname):
        """Return a nickname in its colour: a random one, and the same as last time."""
        if not self.colourful:
            return nickname
        if nickname not in self.given:
            self.forget_the_oldest()
            self.given[nickname] = self.next_colour()
        return f"{self.given[nickname]}{nickname}{PLAIN}"

    def next_colour(self):
        """Return the colour whose turn it is: no two are the same before all have been used."""
        self.palette.append(self.palette.pop(0))
        return f"\x1b[38;5;{self.palette[-1]}m"

    def forget_the_oldest(self):
        """Keep the table small, whatever a server makes up."""
        if len(self.given) >= MAX_KNOWN:
            del self.given[next(iter(self.given))]


def wants_colours(stream):
    """Tell whether colours help the reader: on a terminal, unless NO_COLOR is set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain or not stream.isatty():
        return False
    if sys.platform == "win32":
        os.system("")  # an old console learns about colours by this call
    return True


def harmless(text):
    """Return a text in which nothing is left that moves the cursor, rings or turns the line."""
    return "".join(c if c.isprintable() or c in JOINERS else escape(c) for c in text)


def escape(character):
    r"""Return an invisible character as one writes it in Python: \x1b."""
    return character.encode("unicode_escape").decode()
