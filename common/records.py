"""Taught in lesson 11.

What storage takes and gives: plain values that know no database, and its bounds.
"""

from dataclasses import dataclass

QUOTA = 1000  # messages that may wait for one recipient
NEW, SAME, DIFFERENT, FULL, UNKNOWN = "new", "same", "different", "full", "unknown"


class StorageError(Exception):
    """Something could not be stored or read; the text says why, in words for people."""


class StorageUnavailable(StorageError):
    """The database is locked or out of reach: whatever one asks of it now fails."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be kept; one that waits is kept for its recipient until acknowledged."""

    sender: str
    recipient: str  # a name, or # and the name of a room
    id: str | None  # the sender's own; without one there is no protection against doubles
    text: str
    moment: float
    code: int = 202  # the answer that its sender gets
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a message: its number if it is kept, the code of the answer, and why."""

    number: int | None
    code: int
    verdict: str


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as it is kept."""

    number: int
    sender: str
    recipient: str
    id: str | None
    text: str
    moment: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """What awaits somebody who comes: the account's name as it was first written, and more."""

    name: str
    waiting: list  # of KeptMessage, oldest first
    contacts: list  # of names


@dataclass(frozen=True, slots=True)
class ClientRow:
    """What is known of an account."""

    name: str
    registered: float
    last_login: float | None
    last_address: str | None
    logins: int
    sent: int
    received: int
    contacts: int


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One entry of the history of logins; `ended` is None for who is here, or was cut off."""

    name: str
    moment: float
    address: str
    ended: float | None
