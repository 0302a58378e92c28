"""Taught in lesson 08. What may be the name of an account, and when two names are the same."""

import unicodedata

LONGEST = 25
INVISIBLE = "\u115f\u1160"  # letters by name (Hangul fillers) that show nothing
MARKS = "_.-"  # these may stand between letters and digits


def is_account_name(name):
    """Tell whether a value is a name that nobody can mistake for another."""
    return (
        isinstance(name, str)
        and 1 <= len(name) <= LONGEST
        and unicodedata.normalize("NFKC", name) == name
        and all(is_letter_or_digit(c) or c in MARKS for c in name)
        and is_letter_or_digit(name[0])
        and is_letter_or_digit(name[-1])
        and ".." not in name
        and len(scripts(name)) <= 1
    )


def is_letter_or_digit(character):
    """Tell whether a character is a letter that can be seen, or a digit from 0 to 9."""
    return character in "0123456789" or (character.isalpha() and character not in INVISIBLE)


def scripts(name):
    """Return the alphabets of a name: one Cyrillic letter among Latin ones is a disguise."""
    return {unicodedata.name(c, "?").split()[0] for c in name if c.isalpha()}


def same(name, other):
    """Tell whether two names mean the same account: capital letters make no difference."""
    return name is not None and name.casefold() == other.casefold()
