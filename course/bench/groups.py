"""What a process of the generator holds: connections that say something and wait for the same.

What has come is counted, not understood. Each text bears one byte, the mark, that no server says by
itself, so the marks are the deliveries; the ends of lines that are left are the answers. A single
byte cannot be cut in two between two reads, so nothing has to be kept from one read to the next.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """What a group says at once, and what must come until it may go on."""

    says: tuple = ()  # pairs of a function that sends, and bytes
    heard: int = 0  # marks
    answered: int = 0  # lines


class Group:
    """Connections that wait for each other, and what they have heard so far."""

    __slots__ = ("answered", "began", "due", "due_lines", "heard", "lines", "listener", "number")
    __slots__ += ("rounds", "sent", "socks", "took")

    def __init__(self, socks, rounds):
        self.socks, self.rounds = socks, rounds
        self.listener = socks[-1]  # the one whose waiting is measured
        self.number = self.heard = self.lines = self.due = self.due_lines = 0
        self.answered = any(each.answered for each in rounds)  # are lines to be counted?
        self.sent = deque()  # when what is on its way was said
        self.began, self.took = 0.0, []

    def speak(self, now):
        """Begin the next round."""
        step = self.rounds[self.number % len(self.rounds)]
        self.number += 1
        self.began = now
        self.due += step.heard
        self.due_lines += step.heard + step.answered
        for send, data in step.says:
            send(data)

    def done(self):
        """Tell whether all has come that was to come."""
        return self.heard >= self.due and (not self.answered or self.lines >= self.due_lines)

    def exact(self):
        """Tell whether exactly that has come."""
        return self.heard == self.due and (not self.answered or self.lines == self.due_lines)
