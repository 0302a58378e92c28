"""Qt for tests: no screen is needed, and where PyQt5 is missing, it says so."""

import os
import sys
import time
import unittest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is loaded

try:
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QApplication
except ImportError as error:
    reason = f"PyQt5 is missing ({error}): python3 -m course setup"
    raise unittest.SkipTest(reason) from error

PATIENCE = 10  # seconds, for a machine that has much else to do
APPLICATION = QApplication.instance() or QApplication([])


class QtTest(unittest.TestCase):
    """A test with an application; what goes wrong in a slot turns it red."""

    def setUp(self):
        """Catch what slots raise: Qt calls them, so nobody above them would hear of it."""
        self.errors = []
        before, sys.excepthook = sys.excepthook, lambda *error: self.errors.append(error)
        self.addCleanup(setattr, sys, "excepthook", before)
        self.addCleanup(lambda: self.assertEqual(self.errors, []))

    def keep(self, widget):
        """Return a widget that is taken away after the test."""
        self.addCleanup(widget.deleteLater)
        self.addCleanup(widget.hide)
        return widget

    def wait_until(self, condition, what):
        """Let events happen until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end or self.errors:
                self.fail(f"in vain waited for: {what} {self.errors}")
            QTest.qWait(5)


def texts(view):
    """Return what a table shows: a list of texts for each row."""
    model = view.model() if hasattr(view, "viewport") else view
    columns = range(model.columnCount())
    return [[model.index(r, c).data() for c in columns] for r in range(model.rowCount())]
