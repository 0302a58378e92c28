"""The client's logger and its file; the terminal belongs to the user."""

import logging
from pathlib import Path

from common import loggers

logger = logging.getLogger("messenger.client")


def open_log():
    """Begin to write."""
    loggers.open_log(Path(__file__).parent / "client.log")
