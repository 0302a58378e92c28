"""Tests of login_window.py: the dialog at the start, through clicks and keys."""

import sys
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from login_window import LoginWindow
from offscreen import DeskTest
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest


class LoginWindowTest(DeskTest):
    def setUp(self):
        super().setUp()
        self.window = self.shown(LoginWindow())
        self.wanted = self.heard(self.window.login_wanted)
        self.window.show_values("localhost", 7777, "")

    def log_in(self, name):
        """Type a name and press Enter."""
        self.window.name.setFocus()
        self.window.name.selectAll()
        self.typed(self.window.name, name)
        QTest.keyClick(self.window.name, Qt.Key_Return)

    def test_what_was_used_the_last_time_is_there(self):
        self.window.show_values("::1", 7788, "Женя")
        self.assertEqual(self.window.values(), ("::1", 7788, "Женя"))
        self.assertTrue(self.window.connect_button.isEnabled())

    def test_the_first_empty_field_has_the_focus(self):
        self.assertIs(self.window.focusWidget(), self.window.name)

    def test_enter_asks_for_a_login_once_and_makes_it_busy(self):
        self.log_in("Женя")
        self.log_in("eve")
        self.assertEqual(self.wanted, [("localhost", 7777, "Женя")])
        self.assertTrue(self.window.progress.isVisible())
        self.assertTrue(self.window.name.isReadOnly())

    def test_what_is_no_name_is_told_and_not_sent(self):
        for name in ("аdmin", "a b", "../x", "_"):
            self.log_in(name)
            self.assertIn("one alphabet", self.window.problem.text())
        self.assertEqual(self.wanted, [])

    def test_without_an_address_there_is_no_login(self):
        self.window.address.clear()
        self.log_in("bob")
        self.assertEqual(self.wanted, [])

    def test_an_error_is_shown_as_plain_words_and_one_can_try_again(self):
        self.log_in("bob")
        self.window.show_error("409: <b>bob</b> is here\u202e" + "x" * 10**6)
        self.assertTrue(self.window.problem.text().startswith("409: <b>bob</b> is here\\u202ex"))
        self.assertLess(len(self.window.problem.text()), 600)
        self.assertEqual(self.window.problem.textFormat(), Qt.PlainText)
        self.log_in("eve")
        self.assertEqual(self.window.problem.text(), "")
        self.assertEqual(self.wanted[1:], [("localhost", 7777, "eve")])

    def test_cancel_ends_the_attempt_and_then_the_dialog(self):
        cancelled, rejected = self.heard(self.window.cancelled), self.heard(self.window.rejected)
        self.log_in("bob")
        QTest.mouseClick(self.window.cancel_button, Qt.LeftButton)
        self.assertEqual((cancelled, rejected), ([()], []))
        self.assertTrue(self.window.connect_button.isEnabled())
        QTest.keyClick(self.window, Qt.Key_Escape)
        self.assertEqual(rejected, [()])

    def test_closing_while_busy_ends_the_attempt(self):
        cancelled = self.heard(self.window.cancelled)
        self.log_in("bob")
        self.window.close()
        self.assertEqual(cancelled, [()])
