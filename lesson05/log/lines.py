"""What a line of a log looks like."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(module)s %(message)s"
LONGEST = 1000  # characters of one record


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
