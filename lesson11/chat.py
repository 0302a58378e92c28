"""What the two threads of the client share, and the lock that guards it."""

import itertools
import threading
import time
import uuid

from common.messages import PATIENCE, send_message


class Chat:
    """What the two threads share: the screen, and the questions that wait for answers."""

    __slots__ = (
        *("_changed", "_numbers", "_waiting", "closed", "leaving", "lost"),
        *("name", "screen", "session", "sock"),
    )

    def __init__(self, sock, name, screen):
        self.sock = sock
        self.name = name
        self.screen = screen
        self.leaving = False  # we have had enough
        self.closed = None  # why the connection has ended
        self.lost = None  # the same, if it was not we who ended it
        self.session = uuid.uuid4().hex[:8]  # so that no id of ours ever comes again
        self._numbers = itertools.count(1)
        self._waiting = {}  # id of a request -> what it was about
        self._changed = threading.Condition()  # a lock, and a bell that rings at every change

    def request(self, action, about, **fields):
        """Send a request, and remember what it was about until its answer comes."""
        with self._changed:
            number = f"{self.session}-{next(self._numbers)}"
            self._waiting[number] = about
        # The lock is free again: who sends while holding one makes others wait for the network.
        message = {"action": action, "time": time.time(), "id": number}
        send_message(self.sock, message | fields)

    def answered(self, number):
        """Return what an answer is about, and forget it."""
        with self._changed:
            self._changed.notify_all()
            return self._waiting.pop(number, "")

    def end(self, reason):
        """Note that the connection has ended; tell whether somebody is still at the keyboard."""
        with self._changed:
            self.closed = reason
            self.lost = None if self.leaving else reason
            self._changed.notify_all()
            return not self.leaving

    def leave(self):
        """Wait for the last answers, for some seconds, and say that we leave."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting or self.closed, PATIENCE)
            self.leaving = True
