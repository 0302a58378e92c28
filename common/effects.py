"""Taught in lesson 11.

What must wait: an effect is returned by the hub beside messages, and carried out elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

STORAGE = "storage"  # in place of a peer: the pair's other half is an Effect, not a message


@dataclass(frozen=True, slots=True)
class Effect:
    """A verb of Storage and its arguments; `then(result)` returns what is to be sent after it."""

    verb: str
    arguments: tuple
    then: Callable
    asker: object = None  # the peer that waits for what follows
