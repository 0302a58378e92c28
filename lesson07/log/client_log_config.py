"""The clients' logger and its file; the terminal belongs to the user."""

import logging
from pathlib import Path

from common import loggers

logger = logging.getLogger("messenger.client")


def open_log(name):
    """Begin to write; each of the two clients has a file of its own."""
    loggers.open_log(Path(__file__).parent / f"{name}.log", level=logging.INFO)
