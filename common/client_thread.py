"""Taught in lesson 12.

The client as a thread that keeps the connection; what happens goes to a listener.
"""

import contextlib
import logging
import queue
import selectors
import socket
import threading
import time

from common.bell import Bell
from common.client_storage import StorageError
from common.events import Ended, Rejected
from common.messages import PATIENCE, BadMessage, encode
from common.peer import Peer
from common.verifiers import ClientVerifier

logger = logging.getLogger("messenger.client")
ENTERING = 10  # seconds that the server may take to let us in
ENOUGH = 64 * 1024  # bytes in the outbox; the rest waits its turn
MAX_WISHES = 100  # in one turn; the server must not wait until all is done
OUR_FAULT = "an error of our own; the log says more"


class Client(threading.Thread, metaclass=ClientVerifier):
    """The shell around a session: it waits, reads, asks the session, writes, and tells."""

    def __init__(self, session, address, on_event):
        super().__init__(name="connection", daemon=True)
        self.session = session
        self.address = address
        self.on_event = on_event  # called in this thread, and only after the commit
        self.calling = True  # until there is a connection, or never will be
        self.peer = None  # the server
        self.over = None  # why the connection has ended
        self.patience = None  # until when we wait for the last answers, once we want to go
        self.wishes = queue.SimpleQueue()  # a verb and its arguments, or None: we want to go
        self.bell = Bell()

    # For other threads

    def post(self, verb, *args):
        """Let the session do something, soon."""
        self.wishes.put((verb, args))
        self.bell.ring()

    def leave(self):
        """Go when the last answers have come, or after some seconds; return when all is done."""
        self.wishes.put(None)
        self.bell.ring()
        if not self.calling:  # else it listens to nobody until somebody answers, or nobody does
            self.join()
            self.bell.close()

    # The connection

    def run(self):
        """Keep the connection; in the end tell why it is over, whatever happens."""
        reason = OUR_FAULT
        try:
            reason = self.main()
        except (OSError, UnicodeError, StorageError) as error:
            reason = str(error)
        except Exception:
            logger.exception(OUR_FAULT)
        finally:
            self.calling = False
            logger.info("the connection has ended: %s", reason or "goodbye")
            self.on_event(Ended(reason, wished=reason is None))

    def main(self):
        """Connect, and converse; return why it ended, None if that was our wish."""
        sock = self.create_client_socket(*self.address)
        self.calling = False
        logger.info("connected to %s, port %s", *self.address)
        with contextlib.closing(Peer(sock, self.address[0])) as self.peer:
            return self.converse()

    @staticmethod
    def create_client_socket(addr, port):
        """Return a TCP socket that is connected to the server."""
        return socket.create_connection((addr, port), timeout=PATIENCE)

    def converse(self):
        """Take turns until the connection has ended; return why, None if that was our wish."""
        self.over = None
        self.deadline = time.monotonic() + ENTERING
        with selectors.DefaultSelector() as self.selector:
            self.selector.register(self.bell, selectors.EVENT_READ)
            self.selector.register(self.peer.sock, selectors.EVENT_READ)
            try:
                self.session.connected(time.time())
                while not self.over and not self.peer.gone(time.monotonic()):
                    self.take_turn()
            finally:
                for event in self.session.disconnected():
                    self.on_event(event)
        return None if self.peer.leaving else self.over or self.peer.lost

    def take_turn(self):
        """Send what is to be sent, wait a second at most, and do what there is to do."""
        self.write()
        self.watch()
        more = self.session.outgoing and not self.peer.outbox or not self.wishes.empty()
        ready = {key.fileobj for key, _ in self.selector.select(0 if more else 1)}
        if self.bell in ready:
            self.bell.quiet()
        messages = self.read() if self.peer.sock in ready else []
        self.tell(self.work(self.wanted(), messages))
        self.look_at_clock(time.monotonic())

    def write(self):
        """Let the socket have what the session wants to send, but not more than it can hold."""
        self.session.acknowledge(time.time())
        while self.session.outgoing and len(self.peer.outbox) < ENOUGH:
            self.peer.queue(encode(self.session.outgoing.popleft()))
        if self.peer.outbox:
            self.peer.write()

    def watch(self):
        """Let the selector wait for what we need: who has ended says nothing more."""
        reading = 0 if self.peer.ended else selectors.EVENT_READ
        writing = selectors.EVENT_WRITE if self.peer.outbox else 0
        self.selector.modify(self.peer.sock, reading | writing)

    def read(self):
        """Return the messages that have come; what is none ends the connection."""
        messages = []
        for item in self.peer.read(time.monotonic()):
            if isinstance(item, BadMessage):
                self.over = str(item)
                break
            messages.append(item)
        if self.peer.ended and not self.over:
            entered = "" if self.session.entered else " without an answer"
            self.over = f"the server has closed the connection{entered}"
        return messages

    def wanted(self):
        """Return what has been posted; who wants to go, wants nothing more."""
        wanted = []
        while not self.wishes.empty() and len(wanted) < MAX_WISHES:
            wish = self.wishes.get()
            if wish is None:
                self.patience = self.patience or time.monotonic() + PATIENCE
            else:
                wanted.append(wish)
        return wanted

    def work(self, wanted, messages):
        """Return what has happened, when all of it is on the disk: one commit for everything."""
        if not wanted and not messages:
            return []
        now = time.time()
        with self.session.storage.together():
            events = [self.understand(message, now) for message in messages]
            events += [getattr(self.session, verb)(now, *args) for verb, args in wanted]
        return [event for some in events for event in some]

    def understand(self, message, now):
        """Hand a message to the session; what it cannot be is noted in the log."""
        try:
            return self.session.handle(message, now)
        except BadMessage as error:
            logger.warning("what is this? %s (%s)", message, error)
            return []

    def tell(self, events):
        """Tell what has happened; what the listener then notes is one transaction, too."""
        if not events:
            return
        self.write()  # first the network: the screen may be slow
        with self.session.storage.together():
            for event in events:
                self.on_event(event)
                if isinstance(event, Rejected):
                    self.over = f"{event.code}: {event.words}"

    def look_at_clock(self, now):
        """End what takes too long; part when we want to, and all has been answered."""
        if not self.session.entered and now > self.deadline:
            self.over = self.over or "the server does not answer"
        if self.peer.connection.overdue(now):
            self.over = self.over or "a message did not end in time"
        if self.patience and not self.peer.leaving:
            if self.session.idle or not self.session.entered or now > self.patience:
                self.part(now)

    def part(self, now):
        """Say goodbye."""
        self.session.quit(time.time())
        self.write()
        self.peer.leave(now)
