"""Taught in lesson 12.

What a session tells its shell: things that have happened, each a small plain value.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entered:
    """The server knows us now; its code, and its words of welcome."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server does not let us in: its code, and its words."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is over, and why; None if we wished it."""

    reason: str | None
    wished: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """A line has come, or one of ours has been written down: the storage has it already."""

    line: object


@dataclass(frozen=True, slots=True)
class Marked:
    """Something became of a line of ours; `answered`: an Answered has told so in words."""

    line: object
    answered: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The server has answered a request; `about` says in words what it was about."""

    about: str
    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request has no answer, and will get none; the words say what that means."""

    about: str
    words: str


@dataclass(frozen=True, slots=True)
class History:
    """What was said in a chat, oldest first."""

    chat: str
    lines: tuple


@dataclass(frozen=True, slots=True)
class Contacts:
    """These are our contacts now."""

    names: tuple


@dataclass(frozen=True, slots=True)
class People:
    """These are here now."""

    names: tuple


@dataclass(frozen=True, slots=True)
class Rooms:
    """These rooms have somebody in them."""

    names: tuple


@dataclass(frozen=True, slots=True)
class Joined:
    """We are in these rooms now."""

    names: tuple


@dataclass(frozen=True, slots=True)
class Presence:
    """A contact has come or gone."""

    name: str
    online: bool
