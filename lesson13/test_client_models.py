"""Tests of client_models.py and line_models.py: data in, rows out, and no needless reset."""

import sys
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import client_models
import line_models
from client_models import (
    CHAT,
    CONTACT,
    KIND,
    LAST,
    ONLINE,
    UNREAD,
    WHEN,
    ConversationFilter,
    ConversationModel,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from line_models import DAY, FIRST, LINE, NEW, FoundModel, MessageModel
from offscreen import DeskTest, line
from PyQt5.QtCore import QModelIndex, Qt
from PyQt5.QtTest import QAbstractItemModelTester

from common.client_storage import Conversation

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
NOON = time.mktime((2023, 11, 15, 12, 0, 0, 0, 0, -1))
DAYS = 24 * 3600


class ModelTest(DeskTest):
    """A test with a model that Qt's own tester watches."""

    def watched(self, model):
        """Let Qt's tester watch a model, and count its resets."""
        self.tester = QAbstractItemModelTester(model, FATAL, model)
        self.resets = self.heard(model.modelReset)
        return model

    def column(self, role=Qt.DisplayRole):
        """Return what all rows say in a role."""
        return [self.model.index(row).data(role) for row in range(self.model.rowCount())]


class ConversationModelTest(ModelTest):
    def setUp(self):
        super().setUp()
        self.model = self.watched(ConversationModel())
        talks = [Conversation("bob", "see you", 50.0, 2), Conversation("Анна", "да", 40.0, 0)]
        self.model.load(talks, contacts=["Анна", "Zoë"], rooms=["#друзья"])
        self.resets.clear()

    def test_the_latest_comes_first_and_then_who_was_never_written_to(self):
        self.assertEqual(self.column(CHAT), ["bob", "Анна", "#all", "#друзья", "Zoë"])

    def test_each_row_says_what_it_is(self):
        self.assertEqual(self.column(KIND), ["person", "person", "common", "room", "person"])
        self.assertEqual(self.column(CONTACT), [False, True, True, True, True])
        self.assertEqual(self.column(UNREAD), [2, 0, 0, 0, 0])
        self.assertEqual(self.column(LAST), ["see you", "да", "", "", ""])
        self.assertEqual(self.column(WHEN)[2:], ["", "", ""])

    def test_a_new_line_brings_its_chat_to_the_top_without_a_reset(self):
        self.model.line_arrived(line(1, "ты где?", chat="АННА"))
        self.assertEqual(self.column(CHAT)[:2], ["Анна", "bob"])
        self.assertEqual((self.column(LAST)[0], self.column(UNREAD)[0]), ("ты где?", 1))
        self.assertEqual(self.resets, [])

    def test_a_stranger_gets_a_row_and_is_no_contact(self):
        self.model.line_arrived(line(1, chat="eve"))
        self.assertEqual((self.column(CHAT)[0], self.column(CONTACT)[0]), ("eve", False))

    def test_what_is_being_read_and_what_we_say_is_not_unread(self):
        self.model.line_arrived(line(1, chat="Zoë"), reading="zoë")
        self.model.line_arrived(line(2, chat="Анна", own=True))
        self.assertEqual(self.model.unread(), 2)
        self.model.mark_read("BOB")
        self.assertEqual(self.model.unread(), 0)

    def test_many_lines_at_once_move_each_chat_once(self):
        moved = self.heard(self.model.rowsMoved)
        lines = [line(n, chat=("Zoë", "Анна")[n % 2]) for n in range(100)]
        self.model.lines_arrived(lines)
        self.assertEqual((len(moved), self.column(UNREAD)[:3]), (2, [50, 50, 2]))

    def test_presence_is_known_of_people_only(self):
        self.model.set_online(["АННА", "bob"])
        self.assertEqual(self.column(ONLINE), [True, True, None, None, False])
        self.model.set_presence("bob", False)
        self.assertEqual(self.column(ONLINE)[0], False)

    def test_who_was_online_before_the_row_came_is_online(self):
        self.model.set_online(["eve"])
        self.model.add_chat("eve")
        self.assertTrue(self.model.index_of("EVE").data(ONLINE))

    def test_a_removed_contact_goes_unless_something_was_said(self):
        self.model.set_contacts(["Маша"])
        self.assertEqual(self.column(CHAT), ["bob", "Анна", "#all", "#друзья", "Маша"])
        self.assertFalse(self.model.index_of("Анна").data(CONTACT))

    def test_a_left_room_goes_and_the_common_chat_stays(self):
        self.model.set_rooms(["#work"])
        self.assertEqual(self.column(CHAT), ["bob", "Анна", "#all", "Zoë", "#work"])

    def test_hostile_texts_become_one_harmless_line(self):
        self.model.line_arrived(line(1, "<b>x</b>\n\u202e\x1b[2J" + "y" * 10**6, chat="<i>\ud800"))
        self.assertEqual(self.column()[0], "<i>\\ud800")
        self.assertTrue(self.column(LAST)[0].startswith("<b>x</b> \\u202e\\x1b[2Jyy"))
        self.assertLess(len(self.column(LAST)[0]), 300)
        self.assertIn("&lt;i&gt;", self.column(Qt.ToolTipRole)[0])

    def test_the_filter_finds_any_part_in_any_case(self):
        chosen = ConversationFilter()
        tester = QAbstractItemModelTester(chosen, FATAL)
        chosen.setSourceModel(self.model)
        for typed, names in (
            ("АНН", ["Анна"]),
            (" ë", ["Zoë"]),
            ("#", ["#all", "#друзья"]),
            ("q", []),
        ):
            with self.subTest(typed=typed):
                chosen.set_wanted(typed)
                found = [chosen.index(row, 0).data(CHAT) for row in range(chosen.rowCount())]
                self.assertEqual(found, names)
        del tester


class MessageModelTest(ModelTest):
    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(line_models, "time", lambda: NOON))
        self.model = self.watched(MessageModel())

    def show(self, *lines, **more):
        """Open a chat with these lines."""
        self.model.show_chat("Анна", list(lines), **more)
        self.resets.clear()

    def keys(self):
        """Return the keys of all lines."""
        return [each.key for each in self.column(LINE)]

    def test_pages_are_put_before_and_lines_after_without_a_reset(self):
        self.show(line(5), line(6), more=True)
        self.model.prepend([line(3), line(4)], more=True)
        self.model.append(line(7))
        self.model.flush()
        self.assertEqual((self.keys(), self.model.first_key()), ([3, 4, 5, 6, 7], 3))
        self.assertEqual((self.resets, self.model.more), ([], True))

    def test_views_are_told_where_earlier_and_new_lines_stand(self):
        self.show(line(5), line(6))
        inserted = self.heard(self.model.rowsInserted)
        self.model.prepend([line(3), line(4)])
        self.model.append(line(7))
        self.model.flush()
        self.assertEqual([rows[1:3] for rows in inserted], [(0, 1), (4, 4)])

    def test_the_last_page_tells_that_there_is_no_more(self):
        self.show(line(5), more=True)
        self.model.prepend([])
        self.assertFalse(self.model.more)

    def test_lines_of_one_tick_come_together(self):
        self.show(line(1))
        inserted = self.heard(self.model.rowsInserted)
        for key in range(2, 500):
            self.model.append(line(key))
        self.wait_until(lambda: self.model.rowCount() == 499)
        self.assertEqual(len(inserted), 1)

    def test_a_line_that_is_there_already_does_not_come_twice(self):
        self.show(line(1))
        self.model.append(line(1))
        self.model.flush()
        self.assertEqual(self.keys(), [1])

    def test_lines_gathered_for_one_chat_do_not_appear_in_the_next(self):
        self.show(line(1))
        self.model.append(line(2))
        self.show(line(9))
        self.model.flush()
        self.assertEqual(self.keys(), [9])

    def test_a_mark_reaches_its_line_also_before_the_tick(self):
        self.show(line(1, own=True, state="waiting"))
        self.model.append(line(2, own=True, state="waiting"))
        changed = self.heard(self.model.dataChanged)
        self.model.mark(2, "refused", "404: who?")
        self.assertEqual([each.state for each in self.column(LINE)], ["waiting", "refused"])
        self.assertIn("404: who?", self.column(Qt.ToolTipRole)[1])
        self.assertEqual([index.row() for index, *_ in changed], [1])
        self.model.mark(77, "stored")  # of another page

    def test_the_earliest_are_let_go_while_we_follow_the_newest(self):
        self.show(*map(line, range(1500)))
        self.model.append(line(1500))
        self.model.flush()
        self.assertEqual((len(self.keys()), self.keys()[-1], self.model.more), (1000, 1500, True))

    def test_nothing_is_let_go_while_somebody_reads_above(self):
        self.show(*map(line, range(1500)))
        self.model.follow_end(False)
        self.model.append(line(1500))
        self.model.flush()
        self.assertEqual(self.model.rowCount(), 1501)

    def test_the_first_line_of_a_day_says_the_day(self):
        ages = (400 * DAYS, 3 * DAYS, DAYS, DAYS - 60, 0, -60)
        self.show(*(line(key, moment=NOON - age) for key, age in enumerate(ages)))
        self.assertEqual(
            self.column(DAY),
            ["11 October 2022", "12 November", "Yesterday", "", "Today", ""],
        )

    def test_a_day_moves_up_when_earlier_lines_of_it_come(self):
        self.show(line(5, moment=NOON))
        changed = self.heard(self.model.dataChanged)
        self.model.prepend([line(4, moment=NOON - 60)])
        self.assertEqual(self.column(DAY), ["Today", ""])
        self.assertEqual(changed[0][0].row(), 1)

    def test_the_name_stands_above_the_first_of_several_lines(self):
        lines = [
            line(1),
            line(2),
            line(3, own=True),
            line(4, own=True),
            line(5),
            line(6, sender="eve"),
        ]
        self.show(*lines)
        self.assertEqual(self.column(FIRST), [True, False, True, False, True, True])

    def test_the_first_unread_line_is_told(self):
        self.show(line(1), line(2), line(3), unread=2)
        self.assertEqual(self.column(NEW), [False, True, False])

    def test_hostile_texts_are_told_as_they_may_be_shown(self):
        table = {
            "<img src='file:///x'>": "<img src='file:///x'>",
            "a\u202eb\x1b[2J\0": "a\\u202eb\\x1b[2J\\x00",
            "one\r\ntwo\nthree": "one\ntwo\nthree",
            "tab\tand\u00a0space": "tab and space",
            "half \ud83d pair": "half \\ud83d pair",
            "x" * 10**6: "x" * 4000 + "…",
            "\n" * 5000: "\n" * 99 + "…",
        }
        for text, told in table.items():
            with self.subTest(text=text[:20]):
                self.show(line(1, text))
                self.assertEqual(self.column(), [told])

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["prepend", "append", "flush"]), st.integers(0, 9))))
    def test_keys_stay_in_order_whatever_comes_when(self, steps):
        self.show(line(0))
        low = high = 0
        for step, count in steps:
            if step == "prepend":
                self.model.prepend([line(low - count + n) for n in range(count)])
                low -= count
            elif step == "append":
                for _ in range(count):
                    high += 1
                    self.model.append(line(high))
            else:
                self.model.flush()
        self.model.flush()
        self.assertEqual(self.keys(), list(range(low, high + 1)))


class FoundModelTest(ModelTest):
    def test_it_tells_text_chat_and_time(self):
        self.model = self.watched(FoundModel())
        self.model.show([line(1, "<b>да</b>\nнет")])
        self.assertEqual((self.column(), self.column(CHAT)), (["<b>да</b> нет"], ["Анна"]))


class EdgeTest(ModelTest):
    def test_what_does_not_exist_has_no_data(self):
        for model in (ConversationModel(), MessageModel(), FoundModel()):
            self.watched(model)
            self.assertIsNone(model.data(QModelIndex()))
            self.assertEqual(model.rowCount(QModelIndex()), 0)


class KindTest(unittest.TestCase):
    def test_a_chat_is_common_a_room_or_a_person(self):
        kinds = [client_models.kind_of(chat) for chat in ("#all", "#all2", "all")]
        self.assertEqual(kinds, ["common", "room", "person"])
