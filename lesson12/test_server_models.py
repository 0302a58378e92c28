"""Tests of server_models.py: the tables as data, without a window."""

import dataclasses
import sys
import unittest
from pathlib import Path

import qt_for_tests
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt5.QtCore import QPersistentModelIndex, Qt
from PyQt5.QtTest import QAbstractItemModelTester, QSignalSpy

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import server_models
from sample_control import SampleControl
from server_control import ClientRow, HistoryRow, Online
from server_models import NAME_ROLE, ClientsModel, HistoryModel, OnlineModel, TableProxy

NASTY = "a<b>x</b>\x1b[2J\u202e\n"
names = st.sampled_from("abcdefgh")
people = st.lists(
    st.builds(Online, names, names, st.integers(0, 2)), unique_by=lambda row: row.name
)
messages = st.lists(st.builds(HistoryRow, st.integers(0, 2), names, names, names))


def watched(model):
    """Return a model together with Qt's own tester, which raises where it breaks a rule."""
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setParent(model)
    return model


def someone(name="bob", **changes):
    """Return an account."""
    row = ClientRow(name, 0.0, 1000.0, "10.0.0.1", 1, 2, 3, 4)
    return dataclasses.replace(row, **changes)


def table(model):
    """Return what a model holds, in its own order."""
    return [tuple(row) for row in qt_for_tests.texts(model)]


class Signals:
    """Counts what a model tells its views."""

    def __init__(self, model):
        signals = ("modelReset", "layoutChanged", "rowsInserted", "rowsRemoved", "dataChanged")
        self.spies = {name: QSignalSpy(getattr(model, name)) for name in signals}

    def counts(self):
        """Return how often each signal came, those that never did left out."""
        return {name: len(spy) for name, spy in self.spies.items() if len(spy)}


class UpdateTest(qt_for_tests.QtTest):
    def setUp(self):
        super().setUp()
        self.model = watched(ClientsModel())

    @settings(deadline=None)  # a machine may have much else to do
    @given(st.lists(people, max_size=6))
    def test_whatever_comes_a_table_holds_just_that(self, steps):
        model = watched(OnlineModel())
        signals = Signals(model)
        for rows in steps:
            model.update(rows)
            expected = sorted((row.name, row.address) for row in rows)
            self.assertEqual(sorted(row[:2] for row in table(model)), expected)
        self.assertNotIn("modelReset", signals.counts())

    @settings(deadline=None)  # a machine may have much else to do
    @given(st.lists(messages, max_size=6))
    def test_messages_may_be_the_same_in_every_word(self, steps):
        model = watched(HistoryModel())
        for rows in steps:
            model.update(rows)
            expected = sorted((row.sender, row.recipient, row.text) for row in rows)
            self.assertEqual(sorted(row[1:] for row in table(model)), expected)

    @settings(deadline=None)  # a machine may have much else to do
    @given(people, people)
    def test_who_stays_keeps_the_place_in_every_view(self, before, after):
        model = watched(OnlineModel())
        model.update(before)
        kept = [QPersistentModelIndex(model.index(row, 0)) for row in range(len(before))]
        model.update(after)
        staying = {row.name for row in after}
        for index, row in zip(kept, before, strict=True):
            self.assertEqual(index.isValid(), row.name in staying)
            self.assertEqual(index.data(), row.name if index.isValid() else None)

    @settings(deadline=None)  # a machine may have much else to do
    @given(people, people)
    def test_a_sorted_and_filtered_view_is_what_a_new_one_would_be(self, before, after):
        model, fresh = OnlineModel(), OnlineModel()
        proxy = watched(TableProxy(model))
        proxy.sort(1)
        proxy.show_only("a")
        model.update(before)
        model.update(after)
        fresh.update(after)
        other = TableProxy(fresh)
        other.show_only("a")
        self.assertEqual(sorted(table(proxy)), sorted(table(other)))
        shown = [row[1] for row in table(proxy)]
        self.assertEqual(shown, sorted(shown))

    def test_nothing_is_told_where_nothing_differs(self):
        rows = SampleControl().clients()
        self.model.update(rows)
        signals = Signals(self.model)
        self.model.update(list(rows))
        self.assertEqual(signals.counts(), {})

    def test_of_one_change_only_its_cells_are_told(self):
        self.model.update([someone("a"), someone("b"), someone("c")])
        signals = Signals(self.model)
        self.model.update([someone("a"), someone("b", sent=9), someone("c")])
        self.assertEqual(signals.counts(), {"dataChanged": 1})
        first, last = signals.spies["dataChanged"][0][:2]
        self.assertEqual([(first.row(), first.column()), (last.row(), last.column())], [(1, 5)] * 2)

    def test_coming_and_going_are_told_as_such(self):
        self.model.update([someone("a"), someone("b")])
        signals = Signals(self.model)
        self.model.update([someone("b"), someone("c"), someone("d")])
        self.assertEqual(signals.counts(), {"rowsInserted": 1, "rowsRemoved": 1})

    def test_very_many_changes_are_told_as_one(self):
        names = [f"user{number}" for number in range(200)]
        self.model.update([someone(name) for name in names])
        signals = Signals(self.model)
        self.model.update([someone(name, sent=2 + number % 2) for number, name in enumerate(names)])
        self.assertEqual(signals.counts(), {"dataChanged": 1})

    def test_the_order_in_which_rows_come_makes_no_difference(self):
        rows = SampleControl().clients()
        self.model.update(rows)
        signals = Signals(self.model)
        self.model.update(rows[::-1])
        self.assertEqual(signals.counts(), {})


class ClientsModelTest(qt_for_tests.QtTest):
    def setUp(self):
        super().setUp()
        self.model = watched(ClientsModel())

    def test_it_shows_an_account_and_its_figures(self):
        self.model.update([someone("Вася")], [Online("Вася", "10.0.0.1", 0)])
        name, online, login, *rest = table(self.model)[0]
        self.assertEqual((name, online), ("Вася", "● online"))
        self.assertRegex(login, r"^19(69|70)-\d\d-\d\d \d\d:\d\d:\d\d$")
        self.assertEqual(rest, ["10.0.0.1", "1", "2", "3", "4"])

    def test_who_comes_and_goes_is_marked(self):
        here = [Online("Вася", "10.0.0.1", 0)]
        for online, mark in (((), "○ away"), (here, "● online"), ((), "○ away")):
            self.model.update([someone("вася")], online)
            self.assertEqual(self.model.index(0, 1).data(), mark)

    def test_who_has_never_been_here_has_no_last_login(self):
        self.model.update([someone(last_login=None, last_address=None)])
        self.assertEqual(table(self.model)[0][2:4], ("never", "–"))

    def test_every_column_has_a_title_and_numbers_stand_at_the_right(self):
        titles = [self.model.headerData(c, Qt.Horizontal) for c in range(8)]
        self.assertEqual(titles[:4], ["Name", "Online", "Last login", "IP address"])
        self.assertEqual(titles[4:], ["Logins", "Sent", "Received", "Contacts"])
        self.model.update([someone()])
        right = [self.model.index(0, c).data(Qt.TextAlignmentRole) & Qt.AlignRight for c in (0, 5)]
        self.assertEqual(list(map(bool, right)), [False, True])


class PlainTextTest(qt_for_tests.QtTest):
    def setUp(self):
        super().setUp()
        self.model = watched(HistoryModel())

    def test_control_characters_are_escaped(self):
        self.model.update([HistoryRow(0, NASTY, NASTY, NASTY)])
        for text in table(self.model)[0]:
            self.assertTrue(text.isprintable(), text)
        self.assertEqual(table(self.model)[0][3], r"a<b>x</b>\x1b[2J\u202e\n")

    def test_a_tooltip_shows_a_tag_as_it_was_typed(self):
        self.model.update([HistoryRow(0, "bob", "#all", NASTY)])
        tip = self.model.index(0, 3).data(Qt.ToolTipRole)
        self.assertIn("a&lt;b&gt;x&lt;/b&gt;", tip)
        self.assertTrue(tip.isprintable())

    def test_the_name_for_deeds_is_the_true_one(self):
        self.model.update([HistoryRow(0, NASTY, "#all", "x")])
        self.assertEqual(self.model.index(0, 3).data(NAME_ROLE), NASTY)

    def test_a_very_long_text_is_shown_by_its_beginning(self):
        self.model.update([HistoryRow(0, "bob", "#all", "я" * 100_000)])
        index = self.model.index(0, 3)
        self.assertEqual(index.data(), "я" * 300 + "…")
        self.assertLess(len(index.data(Qt.ToolTipRole)), 2100)

    def test_no_moment_is_too_far_away_to_be_shown(self):
        for moment in (-1e300, -1, 0, 1e10, 1e300):
            with self.subTest(moment=moment):
                self.assertRegex(server_models.moment_text(moment), r"^\d{4}-\d\d-\d\d ")


class SortingTest(qt_for_tests.QtTest):
    def setUp(self):
        super().setUp()
        self.model = watched(ClientsModel())
        self.proxy = watched(TableProxy(self.model))

    def column(self, number, order=Qt.AscendingOrder):
        self.proxy.sort(number, order)
        return [row[number] for row in table(self.proxy)]

    def test_names_are_sorted_by_the_alphabet(self):
        self.model.update(map(someone, ("Жук", "bob", "Ёлка", "Егор", "Anna", "bob10", "bob9")))
        expected = ["Anna", "bob", "bob9", "bob10", "Егор", "Ёлка", "Жук"]
        self.assertEqual(self.column(0), expected)
        self.assertEqual(self.column(0, Qt.DescendingOrder), expected[::-1])

    def test_numbers_are_sorted_by_value(self):
        self.model.update(someone(str(number), sent=number) for number in (10, 9, 100))
        self.assertEqual(self.column(5), ["9", "10", "100"])

    def test_addresses_are_sorted_by_their_numbers(self):
        hosts = ("10.0.0.10", "10.0.0.9", None)
        self.model.update(someone(str(host), last_address=host) for host in hosts)
        self.assertEqual(self.column(3), ["–", "10.0.0.9", "10.0.0.10"])

    def test_who_has_never_been_here_comes_before_all_logins(self):
        self.model.update([someone("a"), someone("b", last_login=None)])
        self.assertEqual(self.column(2)[0], "never")

    def test_who_is_online_comes_first(self):
        self.model.update([someone("a"), someone("b")], [Online("b", "", 0)])
        self.assertEqual(self.column(1), ["● online", "○ away"])

    def test_a_change_of_a_value_moves_its_row(self):
        self.model.update([someone("a", sent=1), someone("b", sent=2)])
        self.assertEqual(self.column(5), ["1", "2"])
        self.model.update([someone("a", sent=3), someone("b", sent=2)])
        self.assertEqual([row[5] for row in table(self.proxy)], ["2", "3"])


class FilterTest(qt_for_tests.QtTest):
    def setUp(self):
        super().setUp()
        self.model = watched(ClientsModel())
        self.proxy = watched(TableProxy(self.model))
        self.model.update([someone("Вася"), someone("bob", last_address="10.9.9.9")])

    def shown(self, words):
        self.proxy.show_only(words)
        return [row[0] for row in table(self.proxy)]

    def test_it_looks_at_names_and_addresses_not_at_capitals(self):
        self.assertEqual(self.shown("вАС"), ["Вася"])
        self.assertEqual(self.shown("9.9"), ["bob"])
        self.assertEqual(self.shown("nobody"), [])
        self.assertEqual(len(self.shown("")), 2)

    def test_its_signs_have_no_second_meaning(self):
        self.assertEqual(self.shown(".*"), [])

    def test_who_comes_later_is_filtered_too(self):
        self.assertEqual(self.shown("вас"), ["Вася"])
        self.model.update([someone("Вася"), someone("Василиса"), someone("Борис")])
        self.assertEqual(sorted(row[0] for row in table(self.proxy)), ["Василиса", "Вася"])


if __name__ == "__main__":
    unittest.main()
