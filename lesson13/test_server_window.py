"""Tests of the administration window, by the mouse and the keyboard, with a control of samples."""

import dataclasses
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import qt_for_tests
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtTest import QSignalSpy, QTest
from PyQt5.QtWidgets import (
    QAction,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTabWidget,
)

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import server_desk
from sample_control import SampleControl
from server_desk import Desk
from settings import Settings, load, save
from settings_window import SettingsWindow

from common import control_thread
from common.control_thread import Pace
from common.server_control import ClientRow, ControlError, Online

NEVER = 10**8  # milliseconds: only what a test asks for is read
NASTY = "a<b>x</b>\x1b[2J"
MANY = 10_000


class Gate(SampleControl):
    """A control whose database can be made to wait, or to fail."""

    def __init__(self):
        super().__init__()
        self.gate, self.words = threading.Event(), None
        self.gate.set()
        self.threads = set()

    def clients(self):
        """Return all accounts, as soon as the gate is open."""
        self.threads.add(threading.current_thread())
        self.gate.wait(qt_for_tests.PATIENCE)
        if self.words:
            raise ControlError(self.words)
        return super().clients()

    def start(self, settings):
        """Run, if nothing is to fail."""
        if self.words:
            raise ControlError(self.words)
        super().start(settings)


class DeskTest(qt_for_tests.QtTest):
    interval = NEVER

    def setUp(self):
        super().setUp()
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = self.home / "server.ini"
        save(Settings(server_name="Семинар"), self.path)
        self.control = Gate()
        self.desk = Desk(self.control, self.path, self.interval)
        self.window = self.keep(self.desk.window)
        self.addCleanup(self.desk._thread.finish)
        self.addCleanup(self.control.gate.set)
        self.finished = QSignalSpy(self.desk.finished)

    def begin(self):
        """Go through the settings window, and wait for the tables."""
        self.desk.open()
        self.click(self.desk.form, "startButton")
        self.wait_until(self.running, "a server that runs")

    def running(self):
        rows = self.window.clients.source.rowCount()
        return rows and "Running" in self.label("stateLabel") and not self.desk._looking

    def refresh(self):
        """Have the tables read, by the key for it, and wait for them."""
        with mock.patch.object(
            self.window, "show_snapshot", wraps=self.window.show_snapshot
        ) as show:
            self.press(Qt.Key_F5)
            self.wait_until(lambda: show.called, "the tables")

    def press(self, key, modifier=Qt.NoModifier):
        """Press a key in the window; after a question it must come to the front again."""
        self.window.activateWindow()
        self.assertTrue(QTest.qWaitForWindowActive(self.window))
        QTest.keyClick(self.window, key, modifier)

    def label(self, name):
        return self.window.findChild(QLabel, name).text()

    def action(self, name):
        return self.window.findChild(QAction, f"{name}Action")

    def click(self, parent, name):
        QTest.mouseClick(parent.findChild(QPushButton, name), Qt.LeftButton)

    def wait_event(self, words):
        self.wait_until(lambda: words in self.label("eventLine"), words)

    def row_of(self, table, name):
        return [row[0] for row in qt_for_tests.texts(table)].index(name)

    def select(self, name, table=None):
        """Click on a name in a table."""
        table = table or self.window.clients
        index = table.model().index(self.row_of(table, name), 0)
        where = table.visualRect(index).center()
        QTest.mouseClick(table.viewport(), Qt.LeftButton, Qt.NoModifier, where)

    def box(self, name):
        self.wait_until(lambda: self.window.findChild(QMessageBox, name), name)
        return self.window.findChild(QMessageBox, name)

    def names(self):
        return [row[0] for row in qt_for_tests.texts(self.window.clients)]


class BeginningTest(DeskTest):
    def test_the_settings_come_first_then_the_server_runs(self):
        self.desk.open()
        self.assertTrue(self.desk.form.isVisible())
        self.assertFalse(self.window.isVisible() or self.control.running)
        self.desk.form.findChild(QLineEdit, "portField").setText("8888")
        self.click(self.desk.form, "startButton")
        self.wait_until(self.running, "a server that runs")
        self.assertEqual(self.label("stateLabel"), "● Running on 127.0.0.1, port 8888")
        self.assertEqual(load(self.path).port, 8888)
        self.assertIn("Семинар", self.window.windowTitle())

    def test_cancel_ends_the_program(self):
        self.desk.open()
        self.click(self.desk.form, "cancelButton")
        self.assertEqual(len(self.finished), 1)
        self.assertFalse(self.control.running)

    def test_the_command_line_goes_before_the_file(self):
        self.desk.open(port=9000)
        self.assertEqual(self.desk.form.findChild(QLineEdit, "portField").text(), "9000")

    def test_a_broken_file_is_said_in_words_and_can_be_written_anew(self):
        self.path.write_text("nonsense\n", encoding="utf-8")
        self.desk.open()
        notice = self.desk.form.findChild(QLabel, "settingsNotice")
        self.assertTrue(notice.isVisible())
        self.assertIn("line 1", notice.text())
        self.click(self.desk.form, "startButton")
        self.assertEqual(load(self.path), Settings())

    def test_where_settings_cannot_be_saved_the_form_stays_and_says_so(self):
        self.desk.open()
        with mock.patch("os.replace", side_effect=OSError(28, "No space left on device")):
            self.click(self.desk.form, "startButton")
        self.assertTrue(self.desk.form.isVisible())
        self.assertIn("No space", self.desk.form.findChild(QLabel, "settingsNotice").text())
        self.assertFalse(self.window.isVisible())

    def test_a_server_that_cannot_start_says_why_and_can_be_started_again(self):
        self.control.words = "port 7777 is taken"
        self.desk.open()
        self.click(self.desk.form, "startButton")
        self.assertIn("port 7777 is taken", self.box("problemBox").informativeText())
        self.box("problemBox").close()
        self.wait_until(lambda: not self.window.findChild(QMessageBox), "no words any more")
        self.control.words = None
        self.assertTrue(self.action("start").isEnabled())
        self.press(Qt.Key_F6)
        self.wait_until(self.running, "a server that runs")


class DeedsTest(DeskTest):
    def setUp(self):
        super().setUp()
        self.begin()

    def test_the_server_can_be_stopped_and_started(self):
        self.action("stop").trigger()
        self.assertFalse(self.action("stop").isEnabled())
        self.wait_until(lambda: self.label("stateLabel") == "○ Stopped", "a stopped server")
        self.assertFalse(self.action("stop").isEnabled())
        self.action("start").trigger()
        self.wait_until(self.running, "a server that runs")
        self.assertFalse(self.action("start").isEnabled())

    def open_register(self, name):
        self.press(Qt.Key_N, Qt.ControlModifier)
        dialog = self.window.findChild(QDialog, "registerDialog")
        field = dialog.findChild(QLineEdit, "registerField")
        field.insert(name)
        QTest.keyClick(field, Qt.Key_Return)
        return dialog

    def test_a_user_can_be_registered(self):
        closed = QSignalSpy(self.open_register("Ольга").finished)
        self.wait_until(lambda: "Ольга" in self.names(), "a new name")
        self.assertEqual(list(closed), [[QDialog.Accepted]])
        self.assertIn("Ольга is registered", self.label("eventLine"))

    def test_a_name_that_is_taken_is_said_where_it_was_typed(self):
        dialog = self.open_register("Анна")
        problem = dialog.findChild(QLabel, "registerProblem")
        self.wait_until(lambda: "already" in problem.text(), "words")
        self.assertEqual(problem.textFormat(), Qt.PlainText)
        self.assertTrue(dialog.isVisible())
        field = dialog.findChild(QLineEdit, "registerField")
        self.assertEqual((field.isEnabled(), field.selectedText()), (True, "Анна"))
        QTest.keyClick(field, Qt.Key_End)
        QTest.keyClicks(field, "2")
        self.click(dialog, "registerButton")
        self.wait_until(lambda: "Анна2" in self.names(), "a new name")

    def test_without_a_name_nobody_can_be_registered(self):
        dialog = self.open_register("  ")
        self.assertFalse(dialog.findChild(QPushButton, "registerButton").isEnabled())
        dialog.reject()

    def test_removing_asks_first(self):
        self.select("Тимур")
        QTest.keyClick(self.window.clients, Qt.Key_Delete)
        box = self.box("removeBox")
        self.assertIn("Тимур", box.text())
        self.assertEqual(len(box.buttons()), 2)
        self.assertIn("Тимур", [row.name for row in self.control.clients()])
        self.click(box, "yesButton")
        self.wait_until(lambda: "Тимур" not in self.names(), "a table without him")

    def test_enter_and_escape_do_not_remove(self):
        for key in (Qt.Key_Return, Qt.Key_Escape):
            self.select("Тимур")
            self.action("remove").trigger()
            QTest.keyClick(self.box("removeBox"), key)
            self.wait_until(lambda: not self.window.findChild(QMessageBox), "no question")
        self.refresh()
        self.assertIn("Тимур", self.names())

    def test_who_is_online_can_be_disconnected(self):
        self.window.findChild(QTabWidget, "tabs").setCurrentWidget(self.window.online)
        self.select("Вася", self.window.online)
        self.assertTrue(self.action("disconnect").isEnabled())
        self.action("disconnect").trigger()
        self.wait_until(lambda: self.label("onlineLabel") == "6 online", "six online")
        self.assertFalse(self.action("disconnect").isEnabled())

    def test_when_the_selected_user_goes_nobody_else_is_selected(self):
        for go in (lambda: self.control.remove("Вася"), lambda: self.window.filter.insert("bob")):
            self.select("Вася" if "Вася" in self.names() else "Анна")
            go()
            self.refresh()
            self.assertIsNone(self.window.clients.selected_name())
            self.assertFalse(self.action("remove").isEnabled())

    def test_what_needs_a_selected_user_is_off_without_one(self):
        for name in ("remove", "disconnect"):
            self.assertFalse(self.action(name).isEnabled(), name)
        self.select("Тимур")  # he is away
        self.assertTrue(self.action("remove").isEnabled())
        self.assertFalse(self.action("disconnect").isEnabled())

    def test_new_settings_are_saved_and_hold_from_the_next_start_on(self):
        self.action("settings").trigger()
        form = self.window.findChild(SettingsWindow)
        form.findChild(QLineEdit, "portField").setText("8888")
        self.click(form, "startButton")
        self.assertIn("next start", self.label("eventLine"))
        self.assertEqual(load(self.path).port, 8888)
        self.assertEqual(self.control.address[1], 7777)
        self.action("stop").trigger()
        self.wait_until(lambda: "Stopped" in self.label("stateLabel"), "a stopped server")
        self.action("start").trigger()
        self.wait_until(lambda: "8888" in self.label("stateLabel"), "the new port")

    def test_every_action_has_words_and_no_two_share_their_keys(self):
        actions = [
            a for a in self.window.findChildren(QAction) if a.objectName().endswith("Action")
        ]
        keys = [a.shortcut().toString() for a in actions if not a.shortcut().isEmpty()]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertTrue(all(a.text() and a.toolTip() for a in actions))


class ClosingTest(DeskTest):
    def test_a_running_server_is_stopped_only_after_a_question(self):
        self.begin()
        self.window.close()
        self.assertTrue(self.window.isVisible() and self.control.running)
        self.click(self.box("closeBox"), "yesButton")
        self.wait_until(lambda: len(self.finished), "the end")
        self.assertFalse(self.window.isVisible() or self.control.running)

    def test_who_says_cancel_goes_on(self):
        self.begin()
        self.window.close()
        self.click(self.box("closeBox"), "cancelButton")
        self.refresh()
        self.assertTrue(self.window.isVisible() and self.control.running)

    def test_the_next_window_is_as_the_last_one_was(self):
        self.begin()
        self.window.resize(900, 500)
        self.window.clients.sortByColumn(5, Qt.DescendingOrder)
        self.window.close_now()
        other = Desk(self.control, self.path, NEVER)
        self.addCleanup(other._thread.finish)
        window = self.keep(other.window)
        self.assertEqual((window.width(), window.height()), (900, 500))
        self.assertEqual(window.clients.horizontalHeader().sortIndicatorSection(), 5)


class ShownTest(DeskTest):
    def setUp(self):
        super().setUp()
        self.begin()

    def test_the_tables_show_clients_online_and_history(self):
        self.assertEqual(len(self.names()), 12)
        self.assertEqual(len(qt_for_tests.texts(self.window.online)), 7)
        self.assertEqual(qt_for_tests.texts(self.window.history)[0][1], "Вася")
        tabs = self.window.findChild(QTabWidget, "tabs")
        titles = [tabs.tabText(place).replace("&", "") for place in range(3)]
        self.assertEqual(titles, ["Clients (12)", "Online (7)", "History (11)"])

    def test_in_a_narrow_window_names_and_the_filter_still_find_room(self):
        self.window.resize(600, 400)
        self.assertTrue(self.window.filter.isVisible())
        letter = self.window.fontMetrics().averageCharWidth()
        self.assertGreater(self.window.clients.columnWidth(0), 20 * letter)

    def test_the_filter_holds_for_all_tables(self):
        self.press(Qt.Key_F, Qt.ControlModifier)
        field = self.window.findChild(QLineEdit, "filterField")
        self.assertIs(self.window.focusWidget(), field)
        field.insert("ВАС")
        self.assertEqual(self.names(), ["Вася"])
        tabs = self.window.findChild(QTabWidget, "tabs")
        self.assertEqual(tabs.tabText(0).replace("&", ""), "Clients (1 of 12)")
        self.assertEqual(len(qt_for_tests.texts(self.window.history)), 2)

    def test_nothing_from_the_network_is_taken_for_html_or_escapes(self):
        self.control.register(NASTY)
        self.control.say(NASTY, "#all", NASTY)
        self.refresh()
        self.assertIn(r"a<b>x</b>\x1b[2J", self.names())
        self.select(r"a<b>x</b>\x1b[2J")
        self.action("remove").trigger()
        box = self.box("removeBox")
        self.assertEqual(box.textFormat(), Qt.PlainText)
        self.assertIn(r"<b>x</b>\x1b[2J", box.text())
        self.click(box, "yesButton")
        self.wait_event("is removed")
        self.assertTrue(self.label("eventLine").isprintable())
        self.wait_until(lambda: len(self.names()) == 12, "a table without it")
        for label in self.window.findChildren(QLabel):
            if label.objectName() in ("eventLine", "stateLabel", "onlineLabel", "paceLabel"):
                self.assertEqual(label.textFormat(), Qt.PlainText)

    def test_words_of_a_problem_are_plain_text(self):
        self.select("Вася")
        with mock.patch.object(self.control, "disconnect", side_effect=ControlError(NASTY)):
            self.action("disconnect").trigger()
            box = self.box("problemBox")
        label = box.findChild(QLabel, "qt_msgbox_informativelabel")
        self.assertEqual(label.textFormat(), Qt.PlainText)
        self.assertEqual(label.text(), r"a<b>x</b>\x1b[2J")

    def test_a_long_name_has_a_tooltip(self):
        name = "Екатерина-Александровна.К"
        index = self.window.clients.model().index(self.row_of(self.window.clients, name), 0)
        self.assertIn(name, index.data(Qt.ToolTipRole))


class SlowTest(DeskTest):
    def test_a_slow_database_does_not_freeze_the_window(self):
        self.begin()
        self.control.gate.clear()
        self.press(Qt.Key_F5)
        self.window.findChild(QLineEdit, "filterField").insert("bob")
        self.assertEqual(self.names(), ["bob_2"])
        self.select("bob_2")
        self.assertTrue(self.action("remove").isEnabled())
        self.control.gate.set()
        self.wait_until(lambda: not self.desk._looking, "the tables")

    def test_the_control_is_called_in_one_thread_which_is_not_the_windows(self):
        self.begin()
        self.refresh()
        self.assertEqual(self.control.threads, {self.desk._thread._thread})

    def test_while_one_look_waits_no_other_is_asked_for(self):
        self.begin()
        self.control.gate.clear()
        with mock.patch.object(self.desk._thread, "ask", wraps=self.desk._thread.ask) as ask:
            for _ in range(5):
                self.desk.refresh_table()
            self.assertEqual(ask.call_count, 1)
            self.control.gate.set()
            self.wait_until(lambda: ask.call_count == 2, "one more look, at what came later")
            self.wait_until(lambda: not self.desk._looking, "the tables")

    def test_a_database_that_fails_is_said_once_and_asked_again(self):
        self.begin()
        self.control.words = "the database is locked"
        self.desk.refresh_table()
        self.wait_event("The tables cannot be read: the database is locked")
        self.window.show_event("something else")
        self.desk.refresh_table()
        self.wait_until(lambda: not self.desk._looking, "the second look")
        self.assertIn("something else", self.label("eventLine"))
        self.assertEqual(len(self.names()), 12)
        self.control.words = None
        self.refresh()

    def test_an_error_that_nobody_foresaw_is_logged_and_the_thread_lives_on(self):
        self.begin()
        with (
            self.assertLogs(control_thread.logger, "ERROR") as logs,
            mock.patch.object(self.control, "online", side_effect=ZeroDivisionError("oh")),
        ):
            self.desk.refresh_table()
            self.wait_event("ZeroDivisionError: oh")
        self.assertIn("Traceback", logs.output[0])
        self.refresh()


class TimerTest(DeskTest):
    interval = 1

    def test_the_tables_are_read_again_and_again(self):
        self.begin()
        self.control.register("Ольга")
        self.wait_until(lambda: "Ольга" in self.names(), "a new name")
        self.control.remove("Ольга")
        self.wait_until(lambda: "Ольга" not in self.names(), "a table without her")

    def test_looking_takes_only_a_part_of_the_time(self):
        self.begin()
        self.wait_until(self.desk._timer.isActive, "a pause")
        with mock.patch.object(self.desk, "_clock") as clock:
            clock.elapsed.return_value = 700
            self.desk._look_later()
            self.assertEqual(self.desk._timer.interval(), 700 * server_desk.SHARE)


class ManyTest(DeskTest):
    def setUp(self):
        super().setUp()
        places = range(MANY)
        self.control._clients = [
            ClientRow(f"user{n:05}", 0, 1e9 + n, f"10.0.{n // 256}.{n % 256}", n % 50, n, 0, 0)
            for n in places
        ]
        self.control._online = [Online(f"user{n:05}", "10.0.0.1", 1e9) for n in places[::3]]
        self.begin()
        self.table = self.window.clients
        self.table.sortByColumn(5, Qt.DescendingOrder)
        bar = self.table.verticalScrollBar()
        self.wait_until(lambda: bar.maximum() > 4000, "the rows")  # they are laid out a bit later
        bar.setValue(4000)
        top = self.table.indexAt(QPoint(5, 5)).row()
        self.table.selectRow(top + 3)

    def view(self):
        """Return what somebody who looks at the table sees of it."""
        top = self.table.indexAt(QPoint(5, 5))
        header = self.table.horizontalHeader()
        order = (header.sortIndicatorSection(), header.sortIndicatorOrder())
        return top.data(), self.table.selected_name(), order

    def test_a_refresh_keeps_selection_sorting_and_place(self):
        before = self.view()
        clients = self.control._clients
        for n in range(0, MANY, 100):
            clients[n] = dataclasses.replace(clients[n], last_login=2e9, received=9)
        del clients[9000:9050]  # above the place, as it is sorted
        clients += [ClientRow(f"new{n}", 0, None, None, 0, 20_000 + n, 0, 0) for n in range(70)]
        self.refresh()
        self.assertEqual(self.table.source.rowCount(), MANY + 20)
        self.assertEqual(self.view(), before)
        shown = [self.table.model().index(row, 5).data() for row in range(MANY + 20)]
        self.assertEqual(shown, sorted(shown, key=int, reverse=True))

    def test_who_is_at_the_very_top_sees_what_comes_there(self):
        self.table.scrollToTop()
        self.control._clients.append(ClientRow("new", 0, None, None, 0, 20_000, 0, 0))
        self.refresh()
        self.assertEqual(self.table.indexAt(QPoint(5, 5)).data(), "new")

    def test_a_refresh_is_quick(self):
        clients, spent = list(self.control._clients), []
        for step in range(5):
            for n in range(step, MANY, 500):
                clients[n] = dataclasses.replace(clients[n], sent=clients[n].sent + 1)
            begin = time.process_time()
            self.table.show_rows(clients, self.control._online)
            spent.append(time.process_time() - begin)
        self.assertLess(min(spent), 0.3)


class PaceTest(unittest.TestCase):
    def test_it_is_what_came_between_two_moments(self):
        pace = Pace()
        table = ((10, 100, 0), (12, 110, 5), (12, 120, 0), (13, 120, 0), (14, 60, 0), (15, 61, 1))
        for moment, total, expected in table:
            self.assertEqual(pace.at(moment, total), expected)


if __name__ == "__main__":
    unittest.main()
