"""Taught in lesson 05. Loggers whose every record is one line of a file."""

import logging
from logging.handlers import TimedRotatingFileHandler

FORMAT = "%(asctime)s %(levelname)s %(module)s %(message)s"
LONGEST = 1000  # characters of one record
DAYS_KEPT = 7

messenger = logging.getLogger("messenger")  # the head of the family: messenger.server and so on


def open_log(path, *, daily=False, on_screen=False, level=logging.DEBUG):
    """Let the whole family write to a file, if daily to a new one after every midnight."""
    messenger.setLevel(level)
    if daily:
        add(TimedRotatingFileHandler(path, "midnight", backupCount=DAYS_KEPT, encoding="utf-8"))
    else:
        add(logging.FileHandler(path, encoding="utf-8"))
    if on_screen:
        add(logging.StreamHandler(), logging.INFO)


def add(handler, level=logging.DEBUG):
    """Add a handler that writes our kind of line."""
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(one_line)
    messenger.addHandler(handler)


def one_line(record):
    """Make the text of a record fit on one line, whatever the network has put into it."""
    text = record.getMessage()
    if record.exc_info:
        text += "\n" + logging.Formatter().formatException(record.exc_info)
        record.exc_info = record.exc_text = None
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    record.msg, record.args = printable(text), ()
    return True


def printable(text):
    """Write newlines, control and direction characters as escapes: they could forge a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
