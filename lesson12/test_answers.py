"""Tests of answers.py: what a server says is believed only as far as it makes sense."""

import sys
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from answers import describe, find_fault, names_in, parse_response, require
from hypothesis import given
from hypothesis import strategies as st

from common.messages import BadMessage
from common.names import is_account_name

texts = st.text("ab [],'‘’\"\\\0\n1я", max_size=9)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


class ParseResponseTest(unittest.TestCase):
    def test_an_answer_becomes_its_code_and_its_words(self):
        table = (
            ({"response": 200, "time": 1, "alert": "welcome"}, (200, "welcome")),
            ({"response": 409, "time": 1, "error": "bob is here"}, (409, "bob is here")),
            ({"response": 202, "alert": ["bob", "Вася"]}, (202, ["bob", "Вася"])),
            ({"response": 200}, (200, "")),
            ({"response": "202", "alert": "['bob']"}, (202, "['bob']")),
        )
        for message, answer in table:
            with self.subTest(message=message):
                self.assertEqual(parse_response(message), answer)

    def test_what_is_no_code_is_refused(self):
        codes = (None, True, 200.0, [200], {}, 99, 600, -1)
        words = ("", "20", "2000", "two", "２００", "²00", "-20")
        for code in (*codes, *words):
            with self.subTest(code=code), self.assertRaises(BadMessage):
                parse_response({"response": code})
        with self.assertRaises(BadMessage):
            parse_response({"alert": "hi"})

    def test_the_smallest_and_the_largest_code_are_codes(self):
        for code in (100, 599):
            self.assertEqual(parse_response({"response": code})[0], code)

    @given(st.dictionaries(st.sampled_from(["response", "alert", "error", "id"]), anything))
    def test_nothing_but_a_bad_message_comes_out_of_nonsense(self, message):
        try:
            code, words = parse_response(message)
        except BadMessage:
            return
        self.assertIs(type(code), int)
        self.assertIsInstance(describe(words), str)


class NamesInTest(unittest.TestCase):
    def test_a_list_of_names_is_taken(self):
        self.assertEqual(names_in(["bob", "Вася"], is_account_name), ("bob", "Вася"))
        self.assertEqual(names_in([], is_account_name), ())

    def test_lists_that_are_written_as_text_are_taken_too(self):
        for text in ('["bob", "Вася"]', "['bob', 'Вася']", "[‘bob’, ‘Вася’]"):
            with self.subTest(text=text):
                self.assertEqual(names_in(text, is_account_name), ("bob", "Вася"))

    def test_what_is_no_list_of_names_is_refused(self):
        table = (None, 5, {}, "", "bob", "[", '"bob"', ["../x"], ["bob", None], [["bob"]], "[5]")
        for words in table:
            with self.subTest(words=words), self.assertRaises(BadMessage):
                names_in(words, is_account_name)

    def test_ten_thousand_brackets_are_refused_like_anything_else(self):
        with self.assertRaises(BadMessage):
            names_in("[" * 60_000, is_account_name)

    @given(anything)
    def test_only_names_come_out(self, words):
        try:
            names = names_in(words, is_account_name)
        except BadMessage:
            return
        self.assertTrue(all(map(is_account_name, names)))


class DescribeTest(unittest.TestCase):
    def test_words_stay_words_and_lists_become_words(self):
        for words, text in (("hi", "hi"), (["a", 5], "a, 5"), (("a", "b"), "a, b"), (None, "None")):
            with self.subTest(words=words):
                self.assertEqual(describe(words), text)


class RequireTest(unittest.TestCase):
    def test_what_is_missing_is_named(self):
        require(True, "time")
        with self.assertRaisesRegex(BadMessage, "time"):
            require(False, "time")


class FindFaultTest(unittest.TestCase):
    def test_a_good_message_has_none(self):
        self.assertIsNone(find_fault({"action": "join", "room": "#Кухня"}))

    def test_what_no_server_could_read_has_one(self):
        for text in ("a\0b", "\ud800", "x" * 65536):
            with self.subTest(text=text[:5]):
                self.assertTrue(find_fault({"message": text}))


if __name__ == "__main__":
    unittest.main()
