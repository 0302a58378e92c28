"""What waits to be sent to one client: filled by many threads, emptied by one, never endless."""

import threading
import time

LIMIT = 256 * 1024  # bytes that may wait
PIECE = 64 * 1024  # bytes to be sent in one go
GOODBYE = 3  # seconds in which a closed outbox may still be emptied


class Outbox:
    """Bytes on their way to one client."""

    def __init__(self):
        self.closed = False
        self._data = bytearray()
        self._changed = threading.Condition()
        self._deadline = float("inf")

    def add(self, data):
        """Let bytes wait to be sent; return False if too many do already. Never waits itself."""
        with self._changed:
            if self.closed:
                return True  # nobody will miss them
            if len(self._data) + len(data) > LIMIT:
                return False
            self._data += data
            self._changed.notify_all()
            return True

    def next_piece(self):
        """Wait for bytes and return the first of them; nothing when there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._data or self.closed)
            in_time = time.monotonic() < self._deadline
            return bytes(self._data[:PIECE]) if in_time else b""

    def remove(self, size):
        """Forget the first bytes: they have been sent."""
        with self._changed:
            del self._data[:size]
            self._changed.notify_all()

    def wait_for_room(self, seconds):
        """Wait until at most half of the room is taken, or it is closed; tell whether it is so."""
        with self._changed:
            return self._changed.wait_for(self._has_room, seconds)

    def _has_room(self):
        return self.closed or len(self._data) <= LIMIT // 2

    def close(self, seconds=None):
        """Take nothing more. What waits has a few seconds to be sent; with 0 it is given up."""
        seconds = GOODBYE if seconds is None else seconds
        with self._changed:
            self.closed = True
            self._deadline = min(self._deadline, time.monotonic() + seconds)
            self._changed.notify_all()
