"""Taught in lesson 12.

What goes into a client's storage and what comes out: plain values, checked and frozen.
"""

import math
from dataclasses import dataclass

from common.client_database import fold

LATEST = 32503680000.0  # the year 3000: some systems know no later time
LARGEST = 2**63 - 1  # what SQLite can keep
FOLLOWS = {  # state of a line of ours -> the states that may come after it
    "waiting": ("stored", "delivered", "refused"),
    "stored": ("delivered",),
    "delivered": (),
    "refused": ("waiting", "stored", "delivered"),
    "received": (),
}


@dataclass(frozen=True)
class Line:
    """One line of a chat; state: waiting, stored, delivered or refused if own, else received."""

    key: int
    chat: str
    sender: str
    text: str
    moment: float
    own: bool
    state: str
    words: str = ""


@dataclass(frozen=True)
class Conversation:
    """A chat as the list shows it."""

    chat: str
    last_text: str
    last_moment: float
    unread: int


@dataclass(frozen=True)
class Arrival:
    """A message as it goes into the storage."""

    chat: str
    sender: str
    text: str
    moment: float
    own: bool
    state: str
    id: str | None = None
    number: int | None = None


def arrival(message, name):
    """Turn a message into what is kept; `name` is the owner's, whose own lines come back too."""
    sender, to = clean(message["from"]), clean(message["to"])
    own = bool(name) and fold(sender) == fold(name)
    return Arrival(
        chat=to if own or to.startswith("#") else sender,
        sender=sender,
        text=clean(message["message"]),
        moment=clamped(message["time"]),
        own=own,
        state="stored" if own else "received",
        id=id_of(message.get("id")),
        number=number_of(message.get("number")),
    )


def clean(text):
    """Return a text that can be written as UTF-8: half a surrogate pair becomes an escape."""
    return str(text).encode("utf-8", "backslashreplace").decode()


def clamped(moment):
    """Return a time that every system can show."""
    if isinstance(moment, float) and math.isnan(moment):
        return 0.0
    return float(min(max(moment, 0), LATEST))


def id_of(value):
    """Return the id of a message as a text, whatever its sender has chosen."""
    return None if value is None else clean(value)


def number_of(value):
    """Return the server's number of a message, None if it has none that can be one."""
    return value if type(value) is int and abs(value) <= LARGEST else None
