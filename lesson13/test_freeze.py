"""Tests of freeze.py: one button stops the bar, the other does not."""

import freeze
from offscreen import DeskTest
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest


class FreezeTest(DeskTest):
    def setUp(self):
        super().setUp()
        self.server = freeze.Server(0.3)
        self.server.start()
        self.addCleanup(self.server.near.close)
        self.window = self.shown(freeze.FreezeWindow(self.server))
        self.beats = self.heard(self.window.beat.timeout)

    def test_the_bar_stands_still_while_the_window_itself_waits(self):
        self.beats.clear()
        QTest.mouseClick(self.window.here, Qt.LeftButton)
        self.assertEqual((self.beats, self.window.label.text()), ([], "Answer: !"))

    def test_the_bar_moves_while_another_thread_waits(self):
        self.beats.clear()
        QTest.mouseClick(self.window.beside, Qt.LeftButton)
        self.assertFalse(self.window.beside.isEnabled())
        self.wait_until(lambda: self.window.label.text() == "Answer: !")
        self.assertGreater(len(self.beats), 3)
        self.assertTrue(self.window.beside.isEnabled())
