"""Compare what a program printed with what a page says it prints."""

import difflib
import re
import tempfile

ANY = "..."  # in a page: any lines, or anything in a line
VARYING = (
    (rf"(?:{re.escape(tempfile.gettempdir())}|/tmp)[/\\][^\s'\",:]*", "TEMPORARY"),
    (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?[+-]\d\d:?\d\d)?", "DATE"),
    (r"\b\d{10,}(?:\.\d+)?\b", "TIME"),
    (r"(?<![\d:.])\d\d:\d\d(?![\d:.])", "CLOCK"),
    (r"\b\d+\.\d+ ?(?:s|ms|us|µs)\b", "DURATION"),
    (r"((?:\d+(?:\.\d+){3}|localhost|::1\]?)(?::|', |, port ))\d{5}\b", r"\1PORT"),
    (r"={4,}", "===="),  # pytest draws its lines as long as the rest leaves room
    (r"[ \t]+$", ""),
)  # what differs from run to run -> what stands for it


def normal(text):
    """Return a text without what differs from run to run."""
    for pattern, word in VARYING:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return text.strip("\n")


def agrees(expected, received):
    """Tell whether lines of a page describe what was printed."""
    lines = normal("\n".join(expected)).split("\n")
    pattern = "".join(map(pattern_of_line, lines))
    return bool(re.fullmatch(pattern, normal(received) + "\n"))


def pattern_of_line(line):
    """Return the pattern for one line of a page."""
    if line.strip() == ANY:
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, line.split(ANY))) + r"\n"


def begins(expected, received):
    """Tell whether the first line that a page promises has been printed."""
    promised = [line for line in expected if line.strip() not in ("", ANY)][:1]
    printed = received.split("\n")[:-1]  # what follows the last \n has not ended yet
    return all(any(agrees([line], other) for other in printed) for line in promised)


def difference(expected, received):
    """Return a small unified diff, from what a page says to what was printed."""
    old, new = normal("\n".join(expected)).split("\n"), normal(received).split("\n")
    lines = difflib.unified_diff(old, new, "the page", "the program", lineterm="", n=2)
    return "\n".join(f"    {line}" for line in lines)
