"""Taught in lesson 11. A bell that wakes a thread which waits in a selector."""

import contextlib
import socket


class Bell:
    """Two sockets: one thread rings at one of them, the other's selector watches the other."""

    __slots__ = ("_inside", "_outside")

    def __init__(self):
        self._inside, self._outside = socket.socketpair()
        self._inside.setblocking(False)
        self._outside.setblocking(False)

    def ring(self):
        """Wake who waits; any thread may do so, and none waits for anything."""
        with contextlib.suppress(OSError):  # full: it has not heard us yet; closed: it has gone
            self._outside.send(b"!")

    def quiet(self):
        """Silence the bell: do so first and look afterwards, else a ring may be lost."""
        with contextlib.suppress(BlockingIOError):
            while self._inside.recv(4096):
                pass

    def fileno(self):
        """Return what a selector watches."""
        return self._inside.fileno()

    def close(self):
        """Close both sockets."""
        self._inside.close()
        self._outside.close()
