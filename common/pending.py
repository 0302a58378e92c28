"""Taught in lesson 12.

Requests on their way: in which order they leave, and which answer belongs to which.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

ALONE = frozenset({"get_contacts"})  # until it is answered, no other request is begun


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its message, what it is about in words, and what to do with its answer."""

    message: dict
    about: str
    then: Callable  # then(now, code, words) returns events


class Requests:
    """Those that wait for their answers, and those that wait until they may be sent."""

    def __init__(self):
        self.outgoing = deque()  # messages for the shell to send
        self._asked = {}  # id -> request that waits for its answer
        self._waiting = deque()  # requests that wait for one that must be alone
        self._alone = None  # the id of that one

    @property
    def idle(self):
        """Tell whether every request has been answered, and everything been sent."""
        return not (self._asked or self.outgoing)  # who waits, waits for one that was asked

    @property
    def held(self):
        """Tell whether a request is on its way that must be alone."""
        return self._alone is not None

    def add(self, request):
        """Send a request as soon as it may be sent; none overtakes another."""
        self._waiting.append(request)
        self._send()

    def answered(self, id):
        """Return the request that an answer belongs to, None if there is none."""
        request = self._asked.pop(id, None) if isinstance(id, str) else None
        if request and id == self._alone:
            self._alone = None
            self._send()
        return request

    def forget(self):
        """Forget everything; return the requests that will get no answer."""
        lost = [*self._asked.values(), *self._waiting]
        for gathered in (self.outgoing, self._asked, self._waiting):
            gathered.clear()
        self._alone = None
        return lost

    def _send(self):
        """Send what may be sent."""
        while self._waiting and not self.held:
            request = self._waiting.popleft()
            self._asked[request.message["id"]] = request
            self.outgoing.append(request.message)
            if request.message["action"] in ALONE:
                self._alone = request.message["id"]
