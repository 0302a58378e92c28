"""Tests of the client's window through clicks and keys; the data is made by hand."""

import re
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from appearance import MARKS
from client_models import ConversationModel
from client_window import ClientWindow
from line_models import FoundModel, MessageModel
from offscreen import DeskTest, application, line
from planting import plant
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QContextMenuEvent, QPixmap
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QAction, QDialog, QDialogButtonBox, QLabel, QWidget

from common.client_storage import ClientStorage, Conversation

HOSTILE = (
    "<img src='file:///etc/passwd'><b>bold</b><a href='http://x'>x</a>",
    "\u202etxt.exe\u2066",
    "\x1b[2J\x07\0\r",
    "half \ud800 pair",
    "x" * 1_000_000,
    "слово " * 100_000,
    "\n" * 100_000,
    "e" + "\u0301" * 100_000,
    "\u2028" * 3000,
)


class WindowTest(DeskTest):
    """A test with a window in front, with chats, and with lines in the chat with Анна."""

    def setUp(self):
        super().setUp()
        self.window = ClientWindow()
        self.chats, self.messages, self.found = ConversationModel(), MessageModel(), FoundModel()
        talks = [Conversation("Анна", "да", 50.0, 2), Conversation("#all", "hi", 40.0, 0)]
        self.chats.load(talks, contacts=["Анна", "bob"], rooms=["#друзья"])
        self.window.set_models(self.chats, self.messages, self.found)
        self.window.chat_opened.connect(self.on_opened)
        self.lines = [line(key, f"line {key}") for key in range(100)]
        self.window.resize(900, 600)
        self.shown(self.window)

    def on_opened(self, chat):
        """Show the lines of a chat, as main() does."""
        self.messages.show_chat(chat, self.lines if chat == "Анна" else [], more=True)

    def part(self, name, kind=QWidget):
        """Return a part of the window by its published name."""
        found = self.window.findChildren(kind, name)
        self.assertEqual(len(found), 1, name)
        return found[0]

    def click(self, widget):
        """Click on a widget."""
        QTest.mouseClick(widget, Qt.LeftButton)

    def keys(self, key, modifier=Qt.NoModifier):
        """Press a key where the focus is."""
        target = application.activePopupWidget() or application.focusWidget()
        QTest.keyClick(target or self.window, key, modifier)

    def type(self, text):
        """Type a text where the focus is."""
        self.typed(application.focusWidget(), text)

    def place(self, name):
        """Return where a chat is in the list."""
        view = self.part("conversations")
        index = next(i for i in map(view.model().index, range(9), [0] * 9) if i.data() == name)
        return view, view.visualRect(index).center()

    def double_click(self, name):
        """Click twice on a chat."""
        view, point = self.place(name)
        QTest.mouseClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, point)
        QTest.mouseDClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, point)

    def enter(self, text):
        """Put a text into the field, where it may have been pasted."""
        self.part("message_input").setPlainText(text)

    def dialog(self):
        """Return the dialog that is open."""
        self.assertIsInstance(application.activeModalWidget(), QDialog)
        return application.activeModalWidget()

    def painted(self):
        """Return what the window looks like."""
        picture = QPixmap(self.window.size())
        self.window.render(picture)
        return picture.toImage()


class OpeningTest(WindowTest):
    def test_a_double_click_opens_a_chat_once(self):
        opened = self.heard(self.window.chat_opened)
        self.double_click("bob")
        self.assertEqual(opened, [("bob",)])
        self.assertEqual(self.part("chat_title").text(), "bob")

    def test_enter_opens_the_chosen_chat_and_leads_to_the_field(self):
        opened = self.heard(self.window.chat_opened)
        self.part("conversations").setFocus()
        self.keys(Qt.Key_Down)
        self.keys(Qt.Key_Down)
        self.keys(Qt.Key_Return)
        self.assertEqual(opened, [("#друзья",)])
        self.assertIs(application.focusWidget(), self.part("message_input"))

    def test_ctrl_k_finds_a_chat_by_typing(self):
        opened = self.heard(self.window.chat_opened)
        self.keys(Qt.Key_K, Qt.ControlModifier)
        self.assertIs(application.focusWidget(), self.part("conversation_filter"))
        self.type("ДРУЗ")
        self.assertEqual(self.part("conversations").model().rowCount(), 1)
        self.keys(Qt.Key_Return)
        self.assertEqual(opened, [("#друзья",)])
        self.assertEqual(self.part("conversations").model().rowCount(), 4)

    def test_escape_leaves_the_filter_and_shows_all_chats(self):
        self.keys(Qt.Key_K, Qt.ControlModifier)
        self.type("zzz")
        self.assertEqual(self.part("conversations").model().rowCount(), 0)
        self.keys(Qt.Key_Return)  # opens nothing
        self.keys(Qt.Key_Escape)
        self.assertEqual(self.part("conversations").model().rowCount(), 4)

    def test_alt_and_arrows_go_to_the_next_chat(self):
        self.double_click("Анна")
        self.keys(Qt.Key_Down, Qt.AltModifier)
        self.assertEqual(self.window.chat, "#all")
        self.keys(Qt.Key_Up, Qt.AltModifier)
        self.assertEqual(self.window.chat, "Анна")

    def test_the_head_tells_who_is_here(self):
        self.double_click("Анна")
        self.assertEqual(self.part("chat_presence").text(), "offline")
        self.chats.set_presence("Анна", True)
        self.assertEqual(self.part("chat_presence").text(), "online")

    def test_a_chat_that_is_seen_is_read(self):
        read = self.heard(self.window.chat_read)
        self.double_click("Анна")
        self.assertIn(("Анна",), read)
        self.assertEqual(self.window.reading(), "Анна")
        self.window.open_search()
        self.assertEqual(self.window.reading(), "")


class WritingTest(WindowTest):
    def setUp(self):
        super().setUp()
        self.double_click("Анна")
        self.said = self.heard(self.window.message_entered)
        self.drafts = self.heard(self.window.draft_changed)

    def test_enter_sends_and_empties_the_field(self):
        self.type("привет, hello")
        self.keys(Qt.Key_Return)
        self.assertEqual(self.said, [("Анна", "привет, hello")])
        self.assertEqual(self.part("message_input").toPlainText(), "")
        self.assertEqual(self.drafts[-1], ("Анна", ""))

    def test_shift_and_enter_break_the_line(self):
        self.type("one")
        self.keys(Qt.Key_Return, Qt.ShiftModifier)
        self.type("two")
        self.keys(Qt.Key_Enter)
        self.assertEqual(self.said, [("Анна", "one\ntwo")])

    def test_the_button_sends_too(self):
        self.enter("привет")
        self.click(self.part("send_button"))
        self.assertEqual(self.said, [("Анна", "привет")])

    def test_nothing_is_not_sent(self):
        self.enter(" \n ")
        self.keys(Qt.Key_Return)
        self.assertFalse(self.part("send_button").isEnabled())
        self.assertEqual(self.said, [])

    def test_the_counter_comes_near_the_end_and_too_much_is_not_sent(self):
        counter = self.part("message_counter")
        self.enter("ы" * 449)
        self.assertFalse(counter.isVisible())
        self.enter("ы" * 500)
        self.assertEqual((counter.isVisible(), counter.text()), (True, "0 left"))
        self.enter("ы" * 501)
        self.assertEqual(counter.text(), "1 too many")
        self.keys(Qt.Key_Return)
        self.assertEqual(self.said, [])
        self.assertEqual(len(self.part("message_input").toPlainText()), 501)

    def test_a_million_letters_are_pasted_in_part(self):
        application.clipboard().setText("x" * 10**6)
        self.keys(Qt.Key_V, Qt.ControlModifier)
        self.assertEqual(len(self.part("message_input").toPlainText()), 4000)

    def test_formatted_text_is_pasted_as_plain(self):
        self.part("message_input").setPlainText("<b>x</b>")
        self.keys(Qt.Key_Return)
        self.assertEqual(self.said, [("Анна", "<b>x</b>")])

    def test_a_draft_belongs_to_its_chat(self):
        self.type("unfinished")
        self.double_click("bob")
        self.assertEqual(self.drafts, [("Анна", "unfinished")])
        self.assertEqual(self.part("message_input").toPlainText(), "")
        self.double_click("Анна")
        self.window.show_draft("Анна", "unfinished")
        self.assertEqual(self.part("message_input").toPlainText(), "unfinished")

    def test_a_draft_is_told_after_a_pause_and_at_the_end(self):
        self.type("a")
        self.wait_until(lambda: self.drafts == [("Анна", "a")])
        self.type("b")
        self.window.close()
        self.assertEqual(self.drafts[1:], [("Анна", "ab")])

    def test_a_draft_does_not_overwrite_what_is_being_typed(self):
        self.type("new")
        self.window.show_draft("Анна", "old")
        self.window.show_draft("bob", "of another")
        self.assertEqual(self.part("message_input").toPlainText(), "new")

    def test_the_field_grows_with_its_text(self):
        low = self.part("message_input").height()
        self.enter("\n" * 3)
        self.assertGreater(self.part("message_input").height(), low)


class ReadingTest(WindowTest):
    def setUp(self):
        super().setUp()
        self.older = self.heard(self.window.older_wanted)
        self.double_click("Анна")
        self.view = self.part("messages")
        self.bar = self.view.verticalScrollBar()

    def test_a_chat_is_opened_at_its_end_and_follows_it(self):
        self.assertEqual(self.bar.value(), self.bar.maximum())
        before = self.bar.maximum()
        self.messages.append(line(100))
        self.messages.flush()
        self.assertGreater(self.bar.maximum(), before)
        self.assertEqual(self.bar.value(), self.bar.maximum())

    def test_earlier_lines_are_wanted_once_when_the_top_is_near(self):
        self.assertEqual(self.older, [])
        self.bar.setValue(0)
        self.bar.setValue(5)
        self.assertEqual(self.older, [("Анна", 0)])
        self.messages.prepend([line(key) for key in range(-50, 0)], more=True)
        self.bar.setValue(0)
        self.assertEqual(self.older[1:], [("Анна", -50)])

    def test_what_is_read_stays_where_it_is_when_earlier_lines_come(self):
        self.bar.setValue(10)
        index = self.messages.index(3)
        before = self.view.visualRect(index).bottom()
        self.messages.prepend([line(key, "long " * 50) for key in range(-50, 0)])
        self.assertEqual(self.view.visualRect(self.messages.index(53)).bottom(), before)

    def test_a_button_leads_to_the_new_lines_below(self):
        self.bar.setValue(self.bar.maximum() // 2)
        here = self.bar.value()
        for key in (100, 101):
            self.messages.append(line(key))
        self.messages.flush()
        button = self.part("messages_to_end")
        self.assertEqual((self.bar.value(), button.text()), (here, "↓ 2 new"))
        self.assertFalse(self.messages.at_end)
        self.click(button)
        self.assertEqual(self.bar.value(), self.bar.maximum())
        self.assertFalse(button.isVisible())
        self.assertTrue(self.messages.at_end)

    def test_the_view_stays_at_the_end_when_the_window_becomes_narrow(self):
        high = self.bar.maximum()
        self.messages.append(line(100, "word " * 100))
        self.messages.flush()
        self.window.resize(500, 500)
        application.processEvents()
        self.assertGreater(self.bar.maximum(), high)
        self.assertEqual(self.bar.value(), self.bar.maximum())

    def test_own_and_others_stand_at_different_sides(self):
        mine = [line(key, own=True) for key in range(3)]
        self.messages.show_chat("Анна", mine + [line(5)])
        own, other = (self.view._bubble(row).box for row in (0, 3))
        self.assertGreater(own.left(), other.right())
        self.assertEqual([self.view._bubble(row).name for row in (0, 1, 3)], ["You", "", "Анна"])

    def test_each_state_has_a_shape_of_its_own(self):
        pictures = []
        for state in ("waiting", "stored", "delivered", "refused"):
            self.messages.show_chat("Анна", [line(1, own=True, state=state)])
            pictures.append(self.view.grab().toImage())
        for picture in pictures:
            self.assertEqual(pictures.count(picture), 1)

    def test_one_tick_says_stored_and_two_say_delivered(self):
        self.assertEqual([len(MARKS[state]) for state in ("stored", "delivered")], [1, 2])

    def test_a_mark_changes_the_picture(self):
        self.messages.show_chat("Анна", [line(1, own=True, state="waiting")])
        before = self.view.grab().toImage()
        self.messages.mark(1, "delivered")
        self.assertNotEqual(self.view.grab().toImage(), before)

    def choose(self, *rows):
        """Click on lines, the second with Shift."""
        for number, row in enumerate(rows):
            point = self.view.visualRect(self.messages.index(row)).center()
            modifier = Qt.ShiftModifier if number else Qt.NoModifier
            QTest.mouseClick(self.view.viewport(), Qt.LeftButton, modifier, point)
        self.view.setFocus()

    def test_ctrl_c_copies_the_text_of_one_line(self):
        self.choose(99)
        self.keys(Qt.Key_C, Qt.ControlModifier)
        self.assertEqual(application.clipboard().text(), "line 99")

    def test_several_lines_are_copied_with_time_and_name(self):
        self.choose(97, 99)
        self.view.copy()
        copied = application.clipboard().text().split("\n")
        self.assertEqual(len(copied), 3)
        self.assertRegex(copied[0], r"\A\[\d\d:\d\d\] Анна: line 97\Z")

    def test_the_menu_offers_copying_and_sending_again_what_was_refused(self):
        self.messages.show_chat("Анна", [line(1, "hi", own=True, state="refused", words="404")])
        said = self.heard(self.window.message_entered)
        self.choose(0)
        point = self.view.visualRect(self.messages.index(0)).center()
        where = self.view.viewport().mapToGlobal(point)
        event = QContextMenuEvent(QContextMenuEvent.Mouse, point, where)
        application.sendEvent(self.view.viewport(), event)
        menu = self.part("message_menu")
        copy, again = menu.actions()
        copy.trigger()
        self.assertEqual(application.clipboard().text(), "hi")
        again.trigger()
        self.assertEqual(said, [("Анна", "hi")])
        menu.close()

    def test_a_line_is_shown_in_the_middle_and_chosen(self):
        self.window.show_line(20)
        self.assertEqual([each.key for each in self.view.chosen_lines()], [20])
        box = self.view.visualRect(self.messages.index(20))
        self.assertTrue(self.view.viewport().rect().contains(box))
        self.window.show_line(12345)  # of a page that is not here

    def test_keys_walk_through_the_lines(self):
        self.view.setFocus()
        for key in (Qt.Key_End, Qt.Key_Up, Qt.Key_PageUp, Qt.Key_Home, Qt.Key_Down):
            self.keys(key)
        self.assertEqual(self.view.currentIndex().row(), 1)
        self.keys(Qt.Key_Escape)
        self.assertIs(application.focusWidget(), self.part("message_input"))


class ContactsTest(WindowTest):
    def test_a_contact_is_added_by_a_dialog_that_knows_names(self):
        wanted, users = self.heard(self.window.contact_wanted), self.heard(self.window.users_wanted)
        self.click(self.part("add_contact_button"))
        self.assertEqual(users, [()])
        self.window.show_users(["Вася", "bob", "<b>no name</b>"])
        self.wait_until(self.dialog().isActiveWindow)
        field = self.part("name_field")
        self.type("BO")
        self.assertEqual(field.completer().currentCompletion(), "bob")
        self.keys(Qt.Key_Down)
        self.keys(Qt.Key_Return)  # takes what is offered
        self.assertEqual(field.text(), "bob")
        self.keys(Qt.Key_Return)
        self.assertEqual(wanted, [("bob",)])

    def test_what_cannot_be_a_name_is_not_accepted_and_the_rule_is_told(self):
        wanted = self.heard(self.window.contact_wanted)
        self.keys(Qt.Key_N, Qt.ControlModifier)
        self.part("name_field").setText("аdmin")
        ok = self.dialog().buttons.button(QDialogButtonBox.Ok)
        self.assertFalse(ok.isEnabled())
        self.assertIn("one alphabet", self.part("name_problem").text())
        self.keys(Qt.Key_Escape)
        self.assertEqual(wanted, [])
        self.window.show_users(["too", "late"])

    def test_a_room_is_joined_with_or_without_its_sign(self):
        wanted = self.heard(self.window.room_wanted)
        for typed in ("#school", "school"):
            self.keys(Qt.Key_J, Qt.ControlModifier)
            self.dialog().field.setText(typed)
            self.click(self.dialog().buttons.button(QDialogButtonBox.Ok))
        self.assertEqual(wanted, [("#school",), ("#school",)])

    def test_the_common_chat_cannot_be_joined(self):
        self.click(self.part("join_room_button"))
        self.dialog().field.setText("#ALL")
        self.assertFalse(self.dialog().buttons.button(QDialogButtonBox.Ok).isEnabled())
        self.dialog().reject()

    def remove(self, name, answer):
        """Choose the removal in the menu of a chat, and answer the question."""
        view, point = self.place(name)
        menu = self.window.conversations.menu_for(view.indexAt(point))
        next(action for action in menu.actions() if action.objectName() == "remove").trigger()
        question = self.dialog()
        self.assertIn(name, question.text())
        buttons = {button.objectName(): button for button in question.buttons()}
        self.click(buttons[answer])

    def test_a_contact_goes_only_after_a_question(self):
        unwanted = self.heard(self.window.contact_unwanted)
        self.remove("bob", "")
        self.assertEqual(unwanted, [])
        self.remove("bob", "removal_yes")
        self.assertEqual(unwanted, [("bob",)])

    def test_a_room_is_left_after_a_question(self):
        unwanted = self.heard(self.window.room_unwanted)
        self.remove("#друзья", "removal_yes")
        self.assertEqual(unwanted, [("#друзья",)])

    def test_a_stranger_can_become_a_contact(self):
        wanted = self.heard(self.window.contact_wanted)
        self.chats.line_arrived(line(1, chat="eve"))
        view, point = self.place("eve")
        self.window.conversations.menu_for(view.indexAt(point)).actions()[1].trigger()
        self.assertEqual(wanted, [("eve",)])


class SearchTest(WindowTest):
    def test_a_search_finds_and_opens(self):
        wanted, opened = self.heard(self.window.search_wanted), self.heard(self.window.found_opened)
        self.keys(Qt.Key_F, Qt.ControlModifier)
        self.part("search_field").setText("line 7")
        self.wait_until(lambda: wanted == [("line 7",)])
        self.found.show([line(7, "line 7"), line(70, "line 70")])
        self.assertEqual(self.part("search_note").text(), "2 found")
        results = self.part("search_results")
        point = results.visualRect(self.found.index(0)).center()
        QTest.mouseClick(results.viewport(), Qt.LeftButton, Qt.NoModifier, point)
        self.assertEqual(opened, [("Анна", 7)])
        self.assertEqual(self.part("chat_title").text(), "Анна")
        self.assertTrue(self.part("messages").isVisible())

    def test_escape_closes_the_search(self):
        self.click(self.part("search_button"))
        self.type("x")
        self.found.show([])
        self.assertEqual(self.part("search_note").text(), "Nothing found")
        self.keys(Qt.Key_Escape)
        self.assertFalse(self.part("search_field").isVisible())


class ConnectionTest(WindowTest):
    def test_without_a_connection_a_bar_counts_down(self):
        self.window.show_connection("waiting", 2)
        label = self.part("connection_label")
        self.assertIn("next attempt in 2 s", label.text())
        self.wait_until(lambda: "next attempt in 1 s" in label.text())
        self.wait_until(lambda: "trying again now" in label.text())
        self.assertIn("No connection", self.part("state_label").text())

    def test_the_button_tries_at_once(self):
        wanted = self.heard(self.window.reconnect_wanted)
        self.window.show_connection("waiting", 30)
        self.click(self.part("reconnect_button"))
        self.assertEqual(wanted, [()])

    def test_a_connection_needs_no_bar(self):
        self.window.show_connection("connecting")
        self.assertTrue(self.part("connection_bar").isVisible())
        self.assertFalse(self.part("reconnect_button").isVisible())
        self.window.show_connection("online")
        self.assertFalse(self.part("connection_bar").isVisible())
        self.assertIn("Connected", self.part("state_label").text())


class TitleTest(WindowTest):
    def test_the_title_tells_who_we_are_and_how_much_is_unread(self):
        self.window.show_account("Женя", "127.0.0.1, port 7777")
        self.assertEqual(self.window.windowTitle(), "(2) Женя — Messenger")
        self.chats.line_arrived(line(1, chat="bob"))
        self.assertEqual(self.window.windowTitle(), "(3) Женя — Messenger")
        self.chats.mark_read("Анна")
        self.chats.mark_read("bob")
        self.assertEqual(self.window.windowTitle(), "Женя — Messenger")

    def test_a_message_is_notified_only_when_the_window_is_not_in_front(self):
        with mock.patch.object(self.window._notifier, "notify") as notify:
            self.window.notify("Анна", "Анна", "hi")
            notify.assert_not_called()
            with mock.patch.object(self.window, "isActiveWindow", return_value=False):
                self.window.notify("#all", "Анна", "hi")
                notify.assert_called_once_with("Анна (#all)", "hi")
                self.window.show_settings({"show_text": False})
                self.window.notify("Анна", "Анна", "secret")
                notify.assert_called_with("Анна", "A new message")

    def test_settings_are_told_and_followed(self):
        changed = self.heard(self.window.settings_changed)
        self.window.ask_settings()
        dialog = self.dialog()
        dialog.theme.setCurrentIndex(2)
        self.click(dialog.notify)
        self.click(dialog.buttons.button(QDialogButtonBox.Ok))
        self.assertEqual((changed[0][0]["theme"], changed[0][0]["notify"]), ("dark", False))
        self.assertLess(application.palette().base().color().lightness(), 128)
        label = self.part("chat_presence")
        self.assertGreater(label.palette().windowText().color().lightness(), 128)
        self.window.show_settings({"theme": "light"})
        self.assertLess(label.palette().windowText().color().lightness(), 128)
        self.window.show_settings({"theme": "system"})
        self.assertGreater(application.palette().base().color().lightness(), 128)

    def test_keys_and_about_are_told(self):
        for name in ("keys", "about"):
            self.part(f"{name}_action", QAction).trigger()
            self.assertEqual(self.dialog().objectName(), f"{name}_box")
            self.dialog().reject()

    def test_closing_is_told(self):
        closed = self.heard(self.window.closed)
        self.window.close()
        self.assertEqual(closed, [()])


class HostileTest(WindowTest):
    def test_hostile_messages_do_no_harm(self):
        for number, text in enumerate(HOSTILE):
            with self.subTest(text=text[:20]):
                self.lines = [line(1, text, sender=text, own=False), line(2, text, own=True)]
                self.chats.line_arrived(line(number, text, chat=text))
                self.window.open_chat("bob")
                self.window.open_chat("Анна")
                self.found.show(self.lines)
                begin = time.process_time()
                self.painted()
                self.window.open_search()
                self.painted()
                self.assertLess(time.process_time() - begin, 2)

    def test_hostile_words_stand_in_labels_as_they_are(self):
        text = HOSTILE[0]
        self.window.show_account(text, text)
        self.window.show_notice(text)
        self.window.open_chat(text)
        for label in self.window.findChildren(QLabel):
            self.assertEqual(label.textFormat(), Qt.PlainText, label.objectName())
        self.assertIn("<img", self.part("chat_title").text())

    def test_nothing_shown_has_control_or_direction_characters(self):
        for text in HOSTILE[:4]:
            self.window.show_account(text, text)
            self.window.show_notice(text)
            self.window.open_chat(text)
            shown = [label.text() for label in self.window.findChildren(QLabel)]
            shown += [self.window.windowTitle(), self.window.statusBar().currentMessage()]
            shown.append(self.part("message_input").placeholderText())
            for words in shown:
                self.assertNotRegex(words, "[\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00-\x1f]")

    def test_a_hostile_name_in_a_question_is_plain(self):
        self.window.ask_removal(HOSTILE[0])
        self.assertEqual(self.dialog().textFormat(), Qt.PlainText)
        self.dialog().reject()

    def test_hostile_notifications_have_no_html(self):
        self.window._notifier.tray = mock.Mock()
        self.window._notifier.notify("<b>bob</b>", "a & <img src='x'>\u202e")
        title, text, _ = self.window._notifier.tray.showMessage.call_args.args
        self.assertNotRegex(title + text, re.compile("[<>&\u202e]"))

    def test_a_flood_makes_one_notification(self):
        self.window._notifier.tray = mock.Mock()
        for _ in range(1000):
            self.window._notifier.notify("bob", "hi")
        self.window._notifier.tray.showMessage.assert_called_once()


class PerformanceTest(WindowTest):
    def spent(self, work):
        """Return the processor time of something: others may share the machine."""
        begin = time.process_time()
        work()
        return time.process_time() - begin

    def test_a_page_of_a_long_chat_is_open_at_once(self):
        self.lines = [line(key, "Сообщение, не слишком короткое. " * 3) for key in range(100)]
        self.assertLess(self.spent(self.open_and_paint), 0.5)

    def test_a_hundred_thousand_messages_are_open_at_once(self):
        path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "me.sqlite"
        ClientStorage(path).close()
        plant(path, 100_000)
        storage = ClientStorage(path)
        self.addCleanup(storage.close)
        self.window.chat_opened.disconnect()
        self.window.chat_opened.connect(
            lambda chat: self.messages.show_chat(chat, storage.lines(chat), more=True)
        )
        self.assertLess(self.spent(self.open_and_paint), 0.5)
        self.assertEqual(self.messages.index(99).data(), "Строка 99999")

    def test_a_thousand_lines_in_memory_do_not_make_resizing_slow(self):
        self.lines = [line(key, "Сообщение, не слишком короткое. " * 3) for key in range(1000)]
        self.open_and_paint()
        self.assertLess(self.spent(self.resize), 1)

    def resize(self):
        """Make the window narrower, step by step."""
        for width in (880, 820, 500):
            self.window.resize(width, 600)
            application.processEvents()

    def open_and_paint(self):
        """Open the chat until it is on the screen."""
        self.window.open_chat("Анна")
        self.painted()

    def test_a_thousand_messages_a_second_leave_time_for_the_user(self):
        self.window.open_chat("Анна")
        spent = self.spent(lambda: self.flood(1000))
        self.assertLess(spent, 1, "a second of messages took more than a second")
        self.assertEqual(self.messages.index(self.messages.rowCount() - 1).data(), "flood 999")

    def flood(self, count):
        """Let messages come, forty at a tick, and paint after each tick."""
        for key in range(count):
            new = line(1000 + key, f"flood {key}", chat="Анна")
            self.messages.append(new)
            self.chats.line_arrived(new, "Анна")
            if key % 40 == 39:
                self.messages.flush()
                application.processEvents()
        self.messages.flush()


class ImportTest(unittest.TestCase):
    """The parts of the client may know only this."""

    WINDOW = (
        "client_window",
        "client_signals",
        "client_questions",
        "chat_pane",
        "conversation_view",
        "message_view",
    )
    WINDOW += ("conversation_delegate", "bubbles", "stack_view", "composer", "connection_bar")
    WINDOW += ("search_pane", "dialogs", "labels", "notifier", "appearance", "login_window")

    def imported(self, module):
        """Return the names of the modules that a module of ours imports."""
        text = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
        return set(re.findall(r"^(?:from|import) ([\w.]+)", text, re.MULTILINE))

    def test_the_window_knows_no_socket_no_database_and_no_rules_of_the_chat(self):
        forbidden = {"socket", "threading", "sqlalchemy", "client_storage", "client_database"}
        forbidden |= {"client_lines", "transport", "session", "json"}
        for module in self.WINDOW:
            self.assertEqual(self.imported(module) & forbidden, set(), module)

    def test_the_models_know_no_widgets_either(self):
        forbidden = {"PyQt5.QtWidgets", "PyQt5.QtGui", "socket", "sqlalchemy", "client_storage"}
        for module in ("client_models", "line_models", "plain_text"):
            self.assertEqual(self.imported(module) & forbidden, set(), module)
