"""Tests of plain_text.py: what the network sends is shown, and does nothing else."""

import sys
import time
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import plain_text
from hypothesis import given
from hypothesis import strategies as st

any_text = st.text(st.characters(exclude_categories=()), max_size=300)


class ShownTest(unittest.TestCase):
    @given(any_text)
    def test_nothing_shown_can_control_a_screen_or_turn_the_direction(self, text):
        self.assertTrue(all(line.isprintable() for line in plain_text.shown(text).split("\n")))
        for words in (plain_text.brief(text), plain_text.for_desktop(text)):
            self.assertTrue(words.isprintable())

    @given(any_text)
    def test_a_tooltip_has_no_signs_of_html_but_our_own(self, text):
        inside = plain_text.tooltip(text).removeprefix("<qt>").removesuffix("</qt>")
        self.assertNotIn("<", inside.replace("<br>", ""))

    @given(st.text("abc абв 123\n", max_size=300))
    def test_an_honest_text_is_shown_as_it_is(self, text):
        self.assertEqual(plain_text.shown(text), text.replace("\r", ""))

    def test_a_million_letters_are_cut_and_this_is_told(self):
        self.assertEqual(plain_text.shown("x" * 10**6), "x" * 4000 + "…")
        self.assertEqual(len(plain_text.brief("x" * 10**6)), 201)


class TimeTest(unittest.TestCase):
    def test_a_time_that_no_clock_knows_is_brought_into_reach(self):
        for moment in (-1e300, 1e300, float("inf"), 10**400):
            self.assertRegex(plain_text.clock(moment), r"\A\d\d:\d\d\Z")
            self.assertTrue(plain_text.day_words(moment, time.time()))

    def test_a_list_tells_the_time_today_and_the_day_before(self):
        now = time.mktime((2026, 11, 20, 14, 30, 0, 0, 0, -1))
        self.assertEqual(plain_text.when(now - 60, now), "14:29")
        self.assertEqual(plain_text.when(now - 24 * 3600, now), "Yesterday")
        self.assertEqual(plain_text.full(now), "20 November 2026, 14:30")
