"""Tests of settings_window.py, by the mouse and the keyboard."""

import sys
import unittest
from pathlib import Path

import qt_for_tests
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QSignalSpy, QTest
from PyQt5.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QPushButton

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import settings_window
from settings import Settings
from settings_window import SettingsWindow

GOOD = Settings("sqlite:////srv/a.db", "::1", 8888, "Семинар", "Анна")


class SettingsWindowTest(qt_for_tests.QtTest):
    def setUp(self):
        super().setUp()
        self.form = self.keep(SettingsWindow(GOOD))
        self.saved = QSignalSpy(self.form.save_wanted)
        self.form.show()
        self.form.activateWindow()
        self.assertTrue(QTest.qWaitForWindowActive(self.form))

    def field(self, name):
        return self.form.findChild(QLineEdit, f"{name}Field")

    def words(self, name):
        return self.form.findChild(QLabel, f"{name}Problem").text()

    def click(self, name):
        QTest.mouseClick(self.form.findChild(QPushButton, name), Qt.LeftButton)

    def type_into(self, name, text):
        """Type a text in place of what stands in a field; letters that no key has are pasted."""
        self.field(name).setFocus()
        self.field(name).selectAll()
        QTest.keyClick(self.field(name), Qt.Key_Delete)
        self.field(name).insert(text)

    def test_it_shows_the_settings(self):
        shown = {name: self.field(name).text() for name in settings_window.FIELDS}
        self.assertEqual(Settings.of_texts(shown), GOOD)

    def test_a_click_on_start_gives_the_settings_away(self):
        self.type_into("port", "9000")
        self.type_into("server_name", "Лаборатория")
        self.click("startButton")
        expected = Settings(GOOD.database, "::1", 9000, "Лаборатория", "Анна")
        self.assertEqual(list(self.saved), [[expected]])

    def test_so_does_the_enter_key(self):
        QTest.keyClick(self.field("port"), Qt.Key_Return)
        self.assertEqual(list(self.saved), [[GOOD]])

    def test_wrong_fields_are_marked_in_words_and_nothing_is_saved(self):
        self.type_into("port", "80")
        self.type_into("host", "my server")
        self.click("startButton")
        self.assertEqual(len(self.saved), 0)
        self.assertIn("must be a number", self.words("port"))
        self.assertIn("neither", self.words("host"))
        self.assertIs(self.form.focusWidget(), self.field("host"))

    def test_what_is_wrong_from_the_beginning_is_marked_at_once(self):
        form = self.keep(SettingsWindow(Settings.of_texts({"port": "80"})))
        self.assertIn("must be a number", form.findChild(QLabel, "portProblem").text())

    def test_a_field_that_nobody_has_touched_is_marked_on_start(self):
        self.field("port").setText("80")
        self.click("startButton")
        self.assertIn("must be a number", self.words("port"))

    def test_what_is_wrong_is_marked_when_the_field_is_left(self):
        self.type_into("port", "80")
        self.assertNotIn("must be", self.words("port"))
        QTest.keyClick(self.field("port"), Qt.Key_Tab)
        self.assertIn("must be a number", self.words("port"))
        self.assertIn("must be a number", self.field("port").accessibleDescription())

    def test_the_mark_goes_as_soon_as_all_is_well(self):
        self.type_into("port", "80")
        self.click("startButton")
        self.field("port").setFocus()
        QTest.keyClicks(self.field("port"), "8080")
        self.assertEqual(self.field("port").text(), "8080")
        self.assertNotIn("must be", self.words("port"))

    def test_words_about_what_was_typed_are_plain_text(self):
        self.type_into("port", "<b>80</b>\x1b")
        self.click("startButton")
        label = self.form.findChild(QLabel, "portProblem")
        self.assertEqual(label.textFormat(), Qt.PlainText)
        self.assertIn("<b>80</b>", label.text())
        self.assertTrue(label.text().isprintable())

    def test_all_words_find_room(self):
        for name in settings_window.FIELDS:
            self.type_into(name, "x y" * 80)
        self.click("startButton")
        QTest.qWait(0)
        for name in settings_window.FIELDS:
            label = self.form.findChild(QLabel, f"{name}Problem")
            self.assertGreaterEqual(label.height(), label.heightForWidth(label.width()), name)

    def test_a_notice_is_shown_above_the_form(self):
        notice = self.form.findChild(QLabel, "settingsNotice")
        self.assertFalse(notice.isVisible())
        self.form.show_notice("a.ini cannot be read\x1b")
        self.assertTrue(notice.isVisible())
        self.assertEqual(notice.text(), r"a.ini cannot be read\x1b")

    def test_cancel_and_escape_reject(self):
        rejected = QSignalSpy(self.form.rejected)
        self.click("cancelButton")
        self.form.show()
        QTest.keyClick(self.form, Qt.Key_Escape)
        self.assertEqual((len(rejected), len(self.saved)), (2, 0))
        self.assertEqual(self.form.result(), QDialog.Rejected)

    def test_a_file_for_the_database_can_be_chosen(self):
        self.click("databaseFileButton")
        dialog = self.form.findChild(QFileDialog, "databaseFileDialog")
        self.assertTrue(dialog.isVisible())
        dialog.fileSelected.emit("/srv/мои данные/b.db")
        dialog.close()
        self.assertEqual(self.field("database").text(), "sqlite:////srv/мои данные/b.db")

    def test_a_chosen_file_that_no_url_can_name_is_marked(self):
        self.click("databaseFileButton")
        dialog = self.form.findChild(QFileDialog, "databaseFileDialog")
        dialog.fileSelected.emit("/srv/what?.db")
        dialog.close()
        self.assertIn("question mark", self.words("database"))

    def test_the_tab_key_goes_through_the_fields_and_to_the_buttons(self):
        names, self_names = [], [f"{name}Field" for name in settings_window.FIELDS]
        self.field("server_name").setFocus()
        for _ in range(8):
            names.append(self.form.focusWidget().objectName())
            QTest.keyClick(self.form.focusWidget(), Qt.Key_Tab)
        buttons = ["databaseFileButton", "startButton", "cancelButton"]
        self.assertEqual(names, self_names + buttons)


if __name__ == "__main__":
    unittest.main()
