"""Taught in lesson 12.

The thread in which the control is called: a slow database must not freeze the window.
"""

import logging
import queue
import threading
import time

from PyQt5.QtCore import QObject, pyqtSignal

from common.server_control import ControlError, Snapshot

HISTORY = 1000  # messages that the window shows
logger = logging.getLogger("messenger.window")


class ControlThread(QObject):
    """Does one thing after the other; the results reach the widgets' thread by signals."""

    done = pyqtSignal(str, tuple, object)  # verb, arguments, result
    failed = pyqtSignal(str, tuple, str)  # verb, arguments, words

    def __init__(self, control):
        super().__init__()
        self._control = control
        self._orders = queue.SimpleQueue()
        self._pace = Pace()
        # A daemon: a database that never answers must not keep a closed program alive.
        self._thread = threading.Thread(target=self._work, name="control", daemon=True)
        self._thread.start()

    def ask(self, verb, *arguments):
        """Have a verb of the control called, or `look`, when its turn comes."""
        self._orders.put((verb, arguments))

    def finish(self, patience=5.0):
        """End the thread after what was asked so far, and wait for it for some seconds."""
        self._orders.put(None)
        self._thread.join(patience)

    def _work(self):
        while (order := self._orders.get()) is not None:
            verb, arguments = order
            try:
                self.done.emit(verb, arguments, self._call(verb, arguments))
            except ControlError as error:
                self.failed.emit(verb, arguments, str(error))
            except Exception as error:  # nobody above us: the next order must still be heard
                logger.exception("%s has failed", verb)
                self.failed.emit(verb, arguments, f"{type(error).__name__}: {error}")

    def _call(self, verb, arguments):
        if verb == "look":
            return self._look()
        return getattr(self._control, verb)(*arguments)

    def _look(self):
        control, clients = self._control, self._control.clients()
        sent = sum(row.sent for row in clients)
        return Snapshot(
            running=control.running,
            address=control.address,
            online=control.online(),
            clients=clients,
            history=control.history(HISTORY),
            pace=self._pace.at(time.monotonic(), sent),
        )


class Pace:
    """How many messages a second: from what all have sent, at two moments."""

    def __init__(self):
        self._moment = self._total = None

    def at(self, moment, total):
        """Return the pace since the last call; it is 0 where a removed account took its share."""
        before, self._moment, self._total = (self._moment, self._total), moment, total
        if before[0] is None or moment <= before[0]:
            return 0.0
        return max(0, total - before[1]) / (moment - before[0])
