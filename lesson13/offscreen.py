"""A desk for tests of windows: no screen is needed, and nothing that fails in a slot is missed."""

import os
import sys
import unittest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt5.QtCore import QDeadlineTimer, QEvent, QEventLoop, Qt, QTimer
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication

from common.client_storage import Line

application = QApplication.instance() or QApplication(["test", "-platform", "offscreen"])
LONG_ENOUGH = 10_000  # milliseconds: then a test of broken code turns red, it does not hang


class DeskTest(unittest.TestCase):
    """A test with windows; what goes wrong in a slot fails the test, as it would end a program."""

    def setUp(self):
        """Catch what no handler has caught."""
        self.uncaught = []
        before, sys.excepthook = sys.excepthook, lambda *error: self.uncaught.append(error)
        self.addCleanup(self._look_back, before)

    def _look_back(self, before):
        application.sendPostedEvents(None, QEvent.DeferredDelete)
        application.processEvents()
        sys.excepthook = before
        self.assertEqual(self.uncaught, [])

    def shown(self, widget):
        """Show a window, in front; it is gone when the test is over."""
        widget.show()
        widget.activateWindow()
        QTest.qWaitForWindowActive(widget, LONG_ENOUGH)
        self.addCleanup(widget.deleteLater)
        self.addCleanup(widget.hide)
        return widget

    def heard(self, signal):
        """Return a list that grows by what a signal says."""
        said = []
        signal.connect(lambda *values: said.append(values))
        return said

    def typed(self, widget, text):
        """Type a text into a widget: QTest itself ends the program at a Cyrillic letter."""
        for character in text:
            key = Qt.Key_Return if character == "\n" else Qt.Key_unknown
            for kind in (QEvent.KeyPress, QEvent.KeyRelease):
                application.sendEvent(widget, QKeyEvent(kind, key, Qt.NoModifier, character))

    def wait_until(self, condition):
        """Let the window live until something has come true."""
        end = QDeadlineTimer(LONG_ENOUGH)
        beat = QTimer(interval=5)  # so that the loop wakes up and looks again
        beat.start()
        while not condition():
            self.assertFalse(end.hasExpired(), "it did not come true")
            application.processEvents(QEventLoop.WaitForMoreEvents)


def line(
    key, text="привет", sender="Анна", chat="Анна", moment=None, own=False, state=None, words=""
):
    """Return a line, one minute after the one with the key before."""
    moment = 1_700_000_000.0 + 60 * key if moment is None else moment
    state = state or ("stored" if own else "received")
    return Line(key, chat, "me" if own else sender, text, moment, own, state, words)
