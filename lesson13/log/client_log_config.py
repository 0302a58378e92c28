"""The client's logger and its file; the terminal belongs to the user."""

import logging
from pathlib import Path

from common import loggers

logger = logging.getLogger("messenger.client")


def open_log(name):
    """Begin to write; the account is in the file's name, for clients must not share a file."""
    loggers.open_log(Path(__file__).parent / f"client-{name}.log", level=logging.INFO)
