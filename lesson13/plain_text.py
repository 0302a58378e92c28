"""Texts from the network as they may be shown: never as HTML, never without end."""

import html
import time
import unicodedata

from common.loggers import printable

LONGEST = 4000  # characters of one message that are shown
MOST_LINES = 100
BRIEF = 200  # characters where there is room for one line
LATEST = 32503680000  # the year 3000: some systems know no later time


def shown(text, longest=LONGEST):
    """Return a text with its line breaks and without anything that could forge or freeze."""
    lines = text[:longest].replace("\r\n", "\n").split("\n")
    cut = len(text) > longest or len(lines) > MOST_LINES
    return "\n".join(one_line(line) for line in lines[:MOST_LINES]) + "…" * cut


def one_line(text):
    """Return a piece of text as one line; spaces of all kinds become ordinary ones."""
    return printable("".join(" " if is_space(c) else c for c in text))


def is_space(character):
    """Tell whether a character is a tab or some other kind of space."""
    return character == "\t" or unicodedata.category(character) == "Zs"


def brief(text):
    """Return the beginning of a text as one line."""
    words = " ".join(text[: BRIEF + 1].split())
    return one_line(words[:BRIEF]) + "…" * (len(text) > BRIEF)


def tooltip(text):
    """Return a text for a tooltip: Qt guesses whether it is HTML, so we tell it that it is."""
    return f"<qt>{html.escape(shown(text, BRIEF)).replace(chr(10), '<br>')}</qt>"


def for_desktop(text):
    """Return a text for the desktop's notifications, some of which understand HTML."""
    return brief(text).translate({ord("<"): "‹", ord(">"): "›", ord("&"): "＆"})


def clock(moment):
    """Return what a clock on the wall shows at a moment."""
    return time.strftime("%H:%M", local(moment))


def day(moment):
    """Return the day of a moment here: year, month and day of the month."""
    return local(moment)[:3]


def local(moment):
    """Return a moment as local time; one that the system does not know is brought into reach."""
    return time.localtime(min(max(moment, 0), LATEST))


def full(moment):
    """Return a moment in full."""
    here = local(moment)
    return f"{here.tm_mday} {MONTHS[here.tm_mon - 1]} {here.tm_year}, {clock(moment)}"


def day_words(moment, now):
    """Return a day as words: today, yesterday, or its date."""
    if day(moment) == day(now):
        return "Today"
    if day(moment) == day(now - 24 * 3600):
        return "Yesterday"
    here = local(moment)
    year = "" if here.tm_year == local(now).tm_year else f" {here.tm_year}"
    return f"{here.tm_mday} {MONTHS[here.tm_mon - 1]}{year}"


def when(moment, now):
    """Return a moment for a list: the time if it is today, else the day."""
    return clock(moment) if day(moment) == day(now) else day_words(moment, now)


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
