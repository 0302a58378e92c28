"""Tests of tasks.py: for each function the ordinary case first, then the edges."""

import unittest
from decimal import Decimal

from homework.tasks import (
    average_grade,
    count_words,
    deposit,
    fizz_buzz,
    is_palindrome,
    roman,
    transliterate,
)


class FizzBuzzTest(unittest.TestCase):
    def test_threes_fizz_and_fives_buzz(self):
        self.assertEqual(fizz_buzz(6), [1, 2, "fizz", 4, "buzz", "fizz"])

    def test_what_is_both_does_both(self):
        self.assertEqual(fizz_buzz(15)[-1], "fizzbuzz")

    def test_up_to_one_there_is_one(self):
        self.assertEqual(fizz_buzz(1), [1])

    def test_up_to_zero_there_is_nothing(self):
        self.assertEqual(fizz_buzz(0), [])

    def test_up_to_less_than_zero_there_is_nothing(self):
        self.assertEqual(fizz_buzz(-5), [])

    def test_half_a_number_is_refused(self):
        with self.assertRaises(TypeError):
            fizz_buzz(2.5)


class CountWordsTest(unittest.TestCase):
    def test_words_are_counted(self):
        self.assertEqual(count_words("to be or not to be"), {"to": 2, "be": 2, "or": 1, "not": 1})

    def test_capital_letters_make_no_difference(self):
        self.assertEqual(count_words("Ёж ёж ЁЖ"), {"ёж": 3})

    def test_marks_around_a_word_do_not_belong_to_it(self):
        self.assertEqual(count_words("«Да!» — да, (да)…"), {"да": 3})

    def test_marks_inside_a_word_belong_to_it(self):
        self.assertEqual(count_words("don't кто-то"), {"don't": 1, "кто-то": 1})

    def test_any_space_is_between_words(self):
        self.assertEqual(count_words("  one\ttwo\n\none "), {"one": 2, "two": 1})

    def test_where_there_are_no_words_there_is_nothing_to_count(self):
        for text in ("", "   \n", "— … !"):
            with self.subTest(text=text):
                self.assertEqual(count_words(text), {})

    def test_what_is_no_text_is_refused(self):
        with self.assertRaises(AttributeError):
            count_words(5)


class IsPalindromeTest(unittest.TestCase):
    def test_palindromes_read_the_same_from_both_ends(self):
        for text in ("level", "abba", "казак", "12321"):
            with self.subTest(text=text):
                self.assertTrue(is_palindrome(text))

    def test_other_texts_do_not(self):
        for text in ("ab", "levels", "казаки", "1231"):
            with self.subTest(text=text):
                self.assertFalse(is_palindrome(text))

    def test_only_letters_and_digits_count(self):
        for text in ("А роза упала на лапу Азора", "Madam, I'm Adam!"):
            with self.subTest(text=text):
                self.assertTrue(is_palindrome(text))

    def test_yo_counts_as_ye(self):
        self.assertTrue(is_palindrome("Лёша на полке клопа нашел"))

    def test_a_text_without_letters_is_a_palindrome(self):
        for text in ("", " ", "я", "?!"):
            with self.subTest(text=text):
                self.assertTrue(is_palindrome(text))


class RomanTest(unittest.TestCase):
    def test_letters_are_added(self):
        for number, numeral in {
            1: "I",
            3: "III",
            6: "VI",
            27: "XXVII",
            3888: "MMMDCCCLXXXVIII",
        }.items():
            with self.subTest(number=number):
                self.assertEqual(roman(number), numeral)

    def test_four_and_nine_are_written_by_taking_away(self):
        for number, numeral in {4: "IV", 9: "IX", 49: "XLIX", 400: "CD", 1994: "MCMXCIV"}.items():
            with self.subTest(number=number):
                self.assertEqual(roman(number), numeral)

    def test_the_greatest_is_3999(self):
        self.assertEqual(roman(3999), "MMMCMXCIX")

    def test_what_the_romans_could_not_write_is_refused(self):
        for number in (0, -1, 4000):
            with self.subTest(number=number), self.assertRaises(ValueError):
                roman(number)

    def test_what_is_no_whole_number_is_refused(self):
        for value in ("5", 5.0, True, None):
            with self.subTest(value=value), self.assertRaises(TypeError):
                roman(value)


class DepositTest(unittest.TestCase):
    def test_interest_comes_every_year(self):
        self.assertEqual(deposit(1000_00, "10", 1), 1100_00)

    def test_interest_earns_interest(self):
        self.assertEqual(deposit(1000_00, "10", 3), 1331_00)

    def test_half_a_kopeck_is_rounded_up(self):
        self.assertEqual(deposit(50, "1", 1), 51)

    def test_less_than_half_a_kopeck_is_lost(self):
        self.assertEqual(deposit(49, "1", 100), 49)

    def test_each_year_is_rounded_for_itself(self):
        self.assertEqual(deposit(25, "2", 2), 27)

    def test_the_percentage_is_exact(self):
        # As floats, 1.15 % of 3000 are 34.49999999999999: a kopeck would be lost.
        self.assertEqual(deposit(3000, "1.15", 1), 3035)

    def test_the_percentage_may_be_a_decimal_or_a_whole_number(self):
        for percent in (Decimal("8"), 8, "8"):
            with self.subTest(percent=percent):
                self.assertEqual(deposit(100_00, percent, 1), 108_00)

    def test_what_does_not_grow_stays(self):
        table = {"no money": (0, "10", 5), "no time": (500, "10", 0), "no interest": (500, "0", 5)}
        for name, words in table.items():
            with self.subTest(name):
                self.assertEqual(deposit(*words), words[0])

    def test_negative_money_or_time_is_refused(self):
        for kopecks, years in ((-1, 1), (1, -1)):
            with self.subTest(kopecks=kopecks, years=years), self.assertRaises(ValueError):
                deposit(kopecks, "10", years)

    def test_a_float_as_percentage_is_refused(self):
        with self.assertRaises(TypeError):
            deposit(100, 7.5, 1)


class AverageGradeTest(unittest.TestCase):
    def test_the_average_is_the_sum_divided_by_the_number(self):
        self.assertEqual(average_grade([5, 4]), 4.5)

    def test_it_has_two_digits_after_the_point(self):
        self.assertEqual(average_grade([5, 4, 4]), 4.33)

    def test_the_average_of_one_grade_is_this_grade(self):
        self.assertEqual(average_grade([3]), 3)

    def test_no_grades_have_no_average(self):
        with self.assertRaises(ValueError):
            average_grade([])

    def test_what_is_no_grade_is_refused(self):
        for grade in (0, 6, -5, 4.5, "5", None):
            with self.subTest(grade=grade), self.assertRaises(ValueError):
                average_grade([5, grade])


class TransliterateTest(unittest.TestCase):
    def test_names_are_written_in_latin_letters(self):
        table = {"Вася": "Vasia", "Щукин": "Shchukin", "Юрий": "Iurii", "Ольга": "Olga"}
        for name, latin in table.items():
            with self.subTest(name=name):
                self.assertEqual(transliterate(name), latin)

    def test_yo_is_written_as_ye(self):
        self.assertEqual(transliterate("Ёлкин"), "Elkin")
        self.assertEqual(transliterate("Семён"), "Semen")

    def test_capital_letters_stay_capital(self):
        self.assertEqual(transliterate("ЩУКИН"), "SHCHUKIN")
        self.assertEqual(transliterate("Анна-Мария"), "Anna-Mariia")

    def test_every_russian_letter_becomes_latin(self):
        for letter in "абвгдеёжзийклмнопрстуфхцчшщъыьэюя":
            with self.subTest(letter=letter):
                self.assertTrue(transliterate(letter).isascii())

    def test_what_is_not_russian_stays(self):
        for name in ("", "Bob 2", "日本"):
            with self.subTest(name=name):
                self.assertEqual(transliterate(name), name)


if __name__ == "__main__":
    unittest.main()
