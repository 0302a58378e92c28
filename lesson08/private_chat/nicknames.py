"""What may be a nickname, and when two of them are the same."""

import unicodedata

LONGEST = 25  # characters
MARKS = "_.-"


def cleaned(text):
    """Return a nickname as it is shown: accents joined to their letters, no blanks around."""
    return unicodedata.normalize("NFC", text).strip()


def key(name):
    """Return what two nicknames have in common that differ in upper and lower case only."""
    return unicodedata.normalize("NFC", cleaned(name).casefold())


def find_problem(name):
    """Return what is wrong with a nickname, or None."""
    if not 1 <= len(name) <= LONGEST:
        return f"A nickname has 1 to {LONGEST} characters."
    if not all(c.isalpha() or c.isdecimal() or c in MARKS for c in name):
        return f"A nickname is made of letters, digits and {' '.join(MARKS)}"
    return None
