"""Tests of the special words, and of what may be a nickname."""

import unittest

import nicknames
import words


class ReadTest(unittest.TestCase):
    def test_a_line_without_the_mark_is_a_text(self):
        for line in ("hello", "", " /all", "and/or"):
            self.assertEqual(words.read(line), ("", line))

    def test_a_word_may_be_followed_by_something(self):
        self.assertEqual(words.read("/partner Вася"), ("/partner", "Вася"))
        self.assertEqual(words.read("/list"), ("/list", ""))

    def test_upper_case_and_blanks_do_not_matter(self):
        self.assertEqual(words.read("/PARTNER   Вася "), ("/partner", "Вася"))

    def test_two_marks_are_a_text_that_begins_with_one(self):
        self.assertEqual(words.read("//all"), ("", "/all"))

    def test_every_special_word_is_in_the_help(self):
        text = "\n".join(words.help_lines())
        for word in ("/all", "/partner NAME", "/list", "/help", "/quit"):
            self.assertIn(word, text)


class NicknamesTest(unittest.TestCase):
    def test_letters_digits_and_three_marks_make_a_nickname(self):
        for name in ("a", "Вася", "bob_2", "J.-P.", "ё" * 25, "小明"):
            self.assertIsNone(nicknames.find_problem(name), name)

    def test_nothing_else_does(self):
        for name in ("", "x" * 26, "two words", "a\tb", "a\x1bb", "/all", "🙂", "a\u202eb", "²"):
            self.assertIsNotNone(nicknames.find_problem(name), name)

    def test_blanks_around_it_do_not_count_and_accents_are_joined(self):
        self.assertEqual(nicknames.cleaned(" Zoe\u0308 "), "Zo\u00eb")

    def test_upper_and_lower_case_make_no_difference(self):
        for one, other in (("ВАСЯ", "вася"), ("STRASSE", "straße"), ("É", "e\u0301")):
            self.assertEqual(nicknames.key(one), nicknames.key(other))


if __name__ == "__main__":
    unittest.main()
