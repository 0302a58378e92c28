"""The client's logger and its file; the terminal belongs to the user."""

import logging
from pathlib import Path

from log.lines import FORMAT, one_line

logger = logging.getLogger("messenger.client")


def open_log():
    """Begin to write."""
    path = Path(__file__).parent / "client.log"
    file = logging.FileHandler(path, encoding="utf-8")
    file.setFormatter(logging.Formatter(FORMAT))
    file.addFilter(one_line)
    logger.setLevel(logging.DEBUG)
    logger.addHandler(file)
