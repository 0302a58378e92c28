"""All connections of the server: a list that many threads share."""

import contextlib
import threading

from names import is_same_name


class ConnectionManager:
    """The connections, and what is done with all of them."""

    def __init__(self):
        self.connections = []
        self._lock = threading.Lock()  # for the list and the names; never held while sending
        self._turn = threading.Lock()  # for broadcasts: all users see them in the same order

    def add_connection(self, connection):
        """Take a connection in."""
        with self._lock:
            self.connections.append(connection)

    def remove_connection(self, connection):
        """Take a connection out; harmless when it is not there."""
        with self._lock:
            if connection in self.connections:
                self.connections.remove(connection)

    def everyone(self):
        """Return a copy of the list: one can walk over it while others change the list."""
        with self._lock:
            return list(self.connections)

    def broadcast_message(self, message, exclude_nonames=False):
        """Send a line to all, or to all who have a name."""
        with self._turn:  # may be held: send_message does not wait for any client
            for connection in self.everyone():
                if exclude_nonames and connection.user_name is None:
                    continue
                with contextlib.suppress(OSError):  # one broken connection; the others go on
                    connection.send_message(message)

    def give_name(self, connection, name):
        """Give a connection its name, unless another one has it; tell whether it got it."""
        with self._lock:  # to look and to take must be one step, or two could take the same
            names = [other.user_name for other in self.connections]
            if any(taken is not None and is_same_name(taken, name) for taken in names):
                return False
            connection.user_name = name
            return True

    def close_all_connections(self):
        """Close all connections and forget them."""
        with self._lock:
            connections = list(self.connections)
            self.connections.clear()
        for connection in connections:
            connection.close()
