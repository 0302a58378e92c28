"""The bridge: a thread keeps the connection, and all that the window hears of it is a signal.

The thread owns session, file and socket for as long as the program runs. When a connection ends,
it waits, longer each time, and calls again; what is typed meanwhile it keeps in the outbox.
"""

import contextlib
import logging
import queue
import selectors
import threading
import time

from PyQt5.QtCore import QObject, pyqtSignal

from common.client_storage import StorageError
from common.client_thread import OUR_FAULT, Client
from common.events import Entered, Rejected
from common.peer import Peer

WAITS = (1, 2, 4, 8, 16, 30)  # seconds before the next attempt; then 30 each time
logger = logging.getLogger("messenger.client")


class LastingClient(Client):
    """A client that calls again when its connection has ended; `tell_*` run in its thread."""

    def __init__(self, open_session, address, bridge, waits=WAITS):
        super().__init__(None, address, lambda event: bridge.happened.emit([event]))
        self.open_session = open_session  # called in this thread: a slow disk is our trouble
        self.bridge = bridge
        self.waits = waits
        self.attempts = 0  # since the server knew us
        self.known = False  # the server has let us in once; before that, an error is the end
        self.rest_ends = 0

    # For the thread of the window

    def leave(self):
        """Go when the last answers have come, or after some seconds; nobody is made to wait."""
        self.wishes.put(None)
        self.bell.ring()

    def hurry(self):
        """Call now, not later."""
        self.rest_ends = 0
        self.bell.ring()

    # In this thread

    def run(self):
        """Keep the connection until we want to go, or cannot even begin."""
        reason = OUR_FAULT
        try:
            self.session = self.open_session()
            with contextlib.closing(self.session.storage):
                reason = self.keep_connection()
        except StorageError as error:
            reason = str(error)
        except Exception:
            logger.exception(OUR_FAULT)
        finally:
            self.bell.close()
            self.bridge.ended.emit(reason or "")

    def keep_connection(self):
        """Call, converse, wait, and call again; return why that is over, None if we wished it."""
        while not self.patience:
            reason = self.main()
            if self.patience:
                break
            if not self.known:
                return reason
            logger.info("the connection has ended: %s", reason)
            self.rest(reason)
        return None

    def main(self):
        """Connect, and converse; return why it ended, None if that was our wish."""
        self.bridge.connection_changed.emit("connecting", 0.0, "")
        answer = queue.SimpleQueue()
        threading.Thread(target=self.call, args=(answer,), daemon=True).start()
        self.work_until(lambda: not answer.empty())
        if self.patience:
            return None
        sock, reason = answer.get()
        if not sock:
            return reason
        with contextlib.closing(Peer(sock, self.address[0])) as self.peer:
            return self.converse()

    def call(self, answer):
        """Call the server, in a thread of its own: a connection can take its time."""
        try:
            answer.put((self.create_client_socket(*self.address), None))
        except (OSError, UnicodeError) as error:
            answer.put((None, str(error)))
        self.bell.ring()

    def rest(self, reason):
        """Wait before the next attempt; tell how long."""
        seconds = self.waits[min(self.attempts, len(self.waits) - 1)]
        self.attempts += 1
        self.rest_ends = time.monotonic() + seconds
        self.bridge.connection_changed.emit("waiting", float(seconds), reason)
        self.work_until(lambda: time.monotonic() >= self.rest_ends)

    def work_until(self, condition):
        """Do what is wished without a connection, until a condition holds or we want to go."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.bell, selectors.EVENT_READ)
            while not condition() and not self.patience:
                left = self.rest_ends - time.monotonic()
                selector.select(0 if not self.wishes.empty() else min(left, 1) if left > 0 else 1)
                self.bell.quiet()
                self.tell(self.work(self.wanted(), []))

    def tell(self, events):
        """Tell all that has happened in one turn by one signal: a thousand would have a price."""
        for event in events:
            if isinstance(event, Entered):
                self.known, self.attempts = True, 0
                self.bridge.connection_changed.emit("online", 0.0, event.words)
            elif isinstance(event, Rejected):
                self.over = f"{event.code}: {event.words}"
        if events:
            self.bridge.happened.emit(events)


class Transport(QObject):
    """What the window's thread has of it: slots that post a wish, and signals."""

    happened = pyqtSignal(list)  # events, in their order; their lines are on the disk
    connection_changed = pyqtSignal(str, float, str)  # connecting, online, waiting; seconds; why
    ended = pyqtSignal(str)  # why there will be no connection; "" if that was our wish

    def __init__(self, open_session, address, waits=WAITS, parent=None):
        super().__init__(parent)
        self._client = LastingClient(open_session, address, self, waits)

    def start(self):
        """Begin to connect."""
        self._client.start()

    def post(self, verb, *args):
        """Let the session do something, soon."""
        self._client.post(verb, *args)

    def hurry(self):
        """Try again now."""
        self._client.hurry()

    def leave(self):
        """Go; `ended` says when."""
        self._client.leave()

    def is_running(self):
        """Tell whether there is a thread that could do something."""
        return self._client.is_alive()

    def join(self):
        """Wait until the thread has ended: for the end of the program."""
        self._client.join()
