"""The server's logger: its file, which is changed at midnight, and the terminal."""

import logging
from pathlib import Path

from common import loggers

logger = logging.getLogger("messenger.server")


def open_log(port, debug):
    """Begin to write; the port is in the file's name, for two servers must not share a file."""
    path = Path(__file__).parent / f"server-{port}.log"
    level = logging.DEBUG if debug else logging.INFO
    loggers.open_log(path, daily=True, on_screen=True, level=level)
