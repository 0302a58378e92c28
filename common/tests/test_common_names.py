"""Tests of names.py: what may be a name, and when two names are the same."""

import unittest

from common import names


class IsAccountNameTest(unittest.TestCase):
    def test_these_are_names(self):
        table = {
            "one letter": "b",
            "one digit": "7",
            "25 letters": "я" * 25,
            "Latin": "Zoë",
            "Cyrillic": "Ёлка",
            "Greek": "Ωμέγα",
            "Arabic": "سلام",
            "Chinese": "王小明",
            "letters and digits": "Ёлка25",
            "digits first": "25bob",
            "marks between letters": "a.b-c_d",
            "marks between digits": "1-2.3_4",
            "two marks that are not dots": "a--b__c",
        }
        for reason, name in table.items():
            with self.subTest(reason=reason, name=name):
                self.assertTrue(names.is_account_name(name))

    def test_these_are_not(self):
        table = {
            "nothing": "",
            "26 letters": "a" * 26,
            "a space": "bob smith",
            "a space at the end": "bob ",
            "a newline at the end": "bob\n",
            "a zero character": "bob\0",
            "an escape sequence": "bob\x1b[2J",
            "a change of direction": "bob\u202etxt",
            "a space without width": "bo\u200bb",
            "an emoji": "bob\U0001f600",
            "a path": "../x",
            "a path with backslashes": "..\\x",
            "a mark at the beginning": "_bob",
            "a dot at the beginning": ".bob",
            "a mark at the end": "bob-",
            "a dot at the end": "bob.",
            "two dots": "a..b",
            "only a mark": "_",
            "another mark": "bob@home",
            "a room": "#all",
            "one Cyrillic letter among Latin ones": "\u0430dmin",
            "one Latin letter among Cyrillic ones": "Вacя",
            "two alphabets with a mark between": "bob-Вася",
            "a letter and an accent apart": "a\u0300lice",
            "an accent that no letter has taken in": "x\u0300",
            "full-width letters": "\uff41\uff44\uff4d",
            "letters made into one sign": "\ufb01sh",
            "a sign for kelvin": "\u212a",
            "Arabic digits": "bob\u0663",
            "a power": "bob\u00b2",
        }
        for reason, name in table.items():
            with self.subTest(reason=reason, name=name):
                self.assertFalse(names.is_account_name(name))

    def test_what_is_no_text_is_no_name(self):
        for value in (None, 5, True, ["b"], {"b": 1}, b"bob", ("b", "o")):
            with self.subTest(value=value):
                self.assertFalse(names.is_account_name(value))


class IsLetterOrDigitTest(unittest.TestCase):
    def test_letters_of_any_alphabet_and_ten_digits_are(self):
        for character in "azAZéЯωש王0123456789":
            with self.subTest(character=character):
                self.assertTrue(names.is_letter_or_digit(character))

    def test_nothing_else_is(self):
        for character in "_.- \n\0/#@\u0300\u200b\u0663²½":
            with self.subTest(character=character):
                self.assertFalse(names.is_letter_or_digit(character))


class ScriptsTest(unittest.TestCase):
    def test_every_alphabet_is_counted_once_and_digits_belong_to_none(self):
        table = {
            "bob": {"LATIN"},
            "Вася": {"CYRILLIC"},
            "bob-Вася": {"LATIN", "CYRILLIC"},
            "1_2.3": set(),
            "": set(),
        }
        for name, expected in table.items():
            with self.subTest(name=name):
                self.assertEqual(names.scripts(name), expected)


class SameTest(unittest.TestCase):
    def test_capital_letters_make_no_difference(self):
        for name, other in (("bob", "bob"), ("Bob", "bOB"), ("ВАСЯ", "Вася"), ("Groß", "GROSS")):
            with self.subTest(name=name, other=other):
                self.assertTrue(names.same(name, other))

    def test_other_letters_do(self):
        for name, other in (("bob", "bobb"), ("bob", "eve"), ("Ёлка", "Елка"), ("o0", "oO")):
            with self.subTest(name=name, other=other):
                self.assertFalse(names.same(name, other))

    def test_who_has_no_name_is_the_same_as_nobody(self):
        self.assertFalse(names.same(None, "None"))


if __name__ == "__main__":
    unittest.main()
