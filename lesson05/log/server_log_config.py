"""The server's logger: its file, which is changed at midnight, and the terminal."""

import logging
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

from log.lines import FORMAT, one_line

DAYS_KEPT = 7

logger = logging.getLogger("messenger.server")


def open_log(port):
    """Begin to write; the port is in the file's name, for two servers must not share a file."""
    path = Path(__file__).parent / f"server-{port}.log"
    file = TimedRotatingFileHandler(path, when="midnight", backupCount=DAYS_KEPT, encoding="utf-8")
    screen = logging.StreamHandler()
    screen.setLevel(logging.INFO)
    logger.setLevel(logging.DEBUG)
    for handler in (file, screen):
        handler.setFormatter(logging.Formatter(FORMAT))
        handler.addFilter(one_line)
        logger.addHandler(handler)
