"""Taught in lesson 07. One peer's stream: bytes in, messages out, no socket."""

import re

from common.messages import MAX_BYTES, MAX_DEPTH, BadMessage, BrokenStream, decode, encode

# A whole text, or a single character that matters: an unfinished text is its lonely quote.
# The + behind a * forbids to try again with less: else a long unfinished text takes for ever.
TOKEN = re.compile(rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"|["{}\[\]\n]')
DEEPER = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
MAX_SECONDS = 30  # that a message may take from its first byte to its last


class Connection:
    """What has come from one peer and is not yet a message; it knows framing and limits."""

    __slots__ = ("_data", "_depth", "_searched", "_since", "broken")

    def __init__(self):
        self._data = b""
        self._since = None  # when the first byte of an unfinished message came
        self.broken = False  # nothing more can be understood
        self._forget(0)

    def send(self, message):
        """Return the bytes of a message."""
        return encode(message)

    def receive_data(self, data, now=0.0):
        """Take bytes as they come; return messages, and a BadMessage for each that is none."""
        if self.broken:
            return []
        self._data += data
        found = []
        while not self.broken and (item := self._next()) is not None:
            found.append(item)
        if not self._data:
            self._since = None
        elif found or self._since is None:
            self._since = now
        return found

    def begun(self):
        """Tell whether a message has begun and not ended."""
        return self._since is not None

    def overdue(self, now):
        """Tell whether a message was begun too long ago."""
        return self._since is not None and now - self._since > MAX_SECONDS

    def _next(self):
        """Return the next message or BadMessage, None if it has not come yet."""
        if self._data[:1] in (b"\r", b"\n"):
            self._forget(len(self._data) - len(self._data.lstrip(b"\r\n")))
        try:
            end = self._find_end()
            if (end or len(self._data)) > MAX_BYTES:
                self.broken = True
                return BrokenStream(f"a message is longer than {MAX_BYTES} bytes")
            if end is None:
                return None
        except BadMessage as error:
            self._forget(self._data.find(b"\n") + 1 or len(self._data))
            return error
        return self._decode(end)

    def _find_end(self):
        """Return where the first object ends, None if it has not; go on where we stopped."""
        if self._data[:1] not in (b"", b"{"):
            raise BadMessage("a message begins with a curly bracket")
        for token in TOKEN.finditer(self._data, self._searched):
            mark = token[0]
            if mark == b"\n" or (mark == b'"' and b"\n" in self._data[token.start() :]):
                raise BadMessage("a line ended inside a message")
            if mark == b'"':
                self._searched = token.start()
                return None
            self._depth += DEEPER.get(mark, 0)
            if self._depth > MAX_DEPTH:
                raise BadMessage(f"more than {MAX_DEPTH} objects inside each other")
            if self._depth == 0:
                return token.end()
        self._searched = len(self._data)
        return None

    def _decode(self, end):
        """Take the object that ends here out of the data and decode it."""
        data = self._data[:end]
        self._forget(end)
        try:
            return decode(data)
        except BadMessage as error:
            return error

    def _forget(self, size):
        """Throw away bytes at the beginning, and begin the search anew."""
        self._data = self._data[size:]
        self._searched, self._depth = 0, 0
