"""What a user may be called."""

import unicodedata

LONGEST = 25  # characters


def name_problem(name):
    """Return what is wrong with a name, or None."""
    if not 1 <= len(name) <= LONGEST or not name.strip():
        return f"a name has 1 to {LONGEST} characters"
    if not name.isprintable():
        return "a name has printable characters only"
    if "[" in name or "]" in name:  # [bob]: hi, called so, could put words into another's mouth
        return "a name has no square brackets"
    return None


def is_same_name(one, other):
    """Tell whether two names look so much alike that they count as one: Bob and bob."""
    return folded(one) == folded(other)


def folded(name):
    """Return the form in which names are compared."""
    return unicodedata.normalize("NFKC", name).casefold()
