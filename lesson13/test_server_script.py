"""Tests of the script server.py with its window, in this process."""

import io
import os
import signal
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import server
import server_desk
from qt_for_tests import QtTest


class ScriptTest(QtTest):
    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        words = ["server.py", "--config", str(Path(folder, "server.ini"))]
        self.enterContext(mock.patch.object(sys, "argv", words))
        self.enterContext(mock.patch.object(sys, "stdin", io.StringIO()))
        self.addCleanup(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))

    def test_with_a_display_the_desk_is_opened_and_its_end_is_the_programs(self):
        names = ("make_application", "give_turns_to", "Desk")
        parts = [self.enterContext(mock.patch.object(server_desk, name)) for name in names]
        parts[0].return_value.exec_.return_value = 0
        with self.assertRaises(SystemExit) as end:
            server.main()
        self.assertEqual(end.exception.code, 0)
        parts[2].return_value.open.assert_called_once_with()

    def test_there_is_a_display_if_qt_is_told_how_to_do_without(self):
        self.assertTrue(server.has_display())
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            self.enterContext(mock.patch.dict(os.environ, {name: ""}))
        self.enterContext(mock.patch.object(sys, "platform", "linux"))
        self.assertFalse(server.has_display())


if __name__ == "__main__":
    unittest.main()
