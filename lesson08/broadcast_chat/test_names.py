"""Tests of names.py: what a user may be called."""

import unittest

from names import is_same_name, name_problem


class NameProblemTest(unittest.TestCase):
    def test_a_printable_name_of_1_to_25_characters_is_good(self):
        for name in ("b", "Вася", "Ы" * 25, "Jean-Luc 2", "李", "😀"):
            with self.subTest(name=name):
                self.assertIsNone(name_problem(name))

    def test_a_wrong_length_is_a_problem(self):
        for name in ("", " ", "x" * 26):
            with self.subTest(name=name):
                self.assertIn("1 to 25", name_problem(name))

    def test_what_cannot_be_seen_is_a_problem(self):
        for name in ("a\x1b[2J", "a\0b", "a\u202eb", "a\u200bb", "a\nb", "\ud800"):
            with self.subTest(name=name):
                self.assertIn("printable", name_problem(name))

    def test_brackets_are_a_problem_since_they_could_forge_a_speaker(self):
        self.assertIn("brackets", name_problem("bob]: hi, I am"))


class IsSameNameTest(unittest.TestCase):
    def test_names_that_look_alike_are_the_same(self):
        for one, other in (("Bob", "bob"), ("ЁЖ", "ёж"), ("é", "e\u0301"), ("１", "1")):
            with self.subTest(one=one):
                self.assertTrue(is_same_name(one, other))

    def test_others_are_not(self):
        self.assertFalse(is_same_name("Bob", "Rob"))


if __name__ == "__main__":
    unittest.main()
