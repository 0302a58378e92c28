"""Taught in lesson 12.

What the administration window knows of the server: one object, called *control*.

The window reads and changes everything through it, and calls it in one thread only (never in the
thread of the widgets). Any object will do that has these, and rows with these attributes:

| what | returns |
|---|---|
| `running` | whether the server serves |
| `address` | `(host, port)` on which it listens, or None |
| `start(settings)` · `stop()` | |
| `online()` | rows like `Online` |
| `clients()` | rows like `ClientRow`, one for each account |
| `history(limit)` | the last messages, rows like `HistoryRow` |
| `register(name)` · `remove(name)` · `disconnect(name)` | |

What cannot be done is a `ControlError` with words for people. Moments are Unix seconds.
"""

from dataclasses import dataclass


class ControlError(Exception):
    """Something could not be done; the words are for people."""


@dataclass(frozen=True)
class Online:
    """Somebody who is here."""

    name: str
    address: str
    since: float


@dataclass(frozen=True)
class ClientRow:
    """An account and its figures; None is the last login of somebody who has never come."""

    name: str
    registered: float
    last_login: float | None
    last_address: str | None
    logins: int
    sent: int
    received: int
    contacts: int


@dataclass(frozen=True)
class HistoryRow:
    """A message that was sent, to a name or to a #room."""

    moment: float
    sender: str
    recipient: str
    text: str


@dataclass(frozen=True)
class Snapshot:
    """What the window shows, as it was at one moment."""

    running: bool
    address: tuple | None
    online: list
    clients: list
    history: list
    pace: float  # messages per second since the last look
