"""Tests of the wire: bytes become lines, and lines can do no harm."""

import unittest

from lines import Lines, TooLong, escaped


class LinesTest(unittest.TestCase):
    def test_the_same_lines_come_out_wherever_the_bytes_are_cut(self):
        data = "привет\r\n\nhello\n".encode()
        for cut in range(len(data) + 1):
            with self.subTest(cut=cut):
                incoming = Lines()
                found = [*incoming.feed(data[:cut]), *incoming.feed(data[cut:])]
                self.assertEqual(found, ["привет".encode(), b"", b"hello"])

    def test_what_has_no_end_yet_is_kept_for_later(self):
        incoming = Lines()
        self.assertEqual(list(incoming.feed(b"hel")), [])
        self.assertEqual(list(incoming.feed(b"lo\n")), [b"hello"])

    def test_a_line_of_exactly_the_limit_is_good(self):
        for end in (b"\n", b"\r\n"):
            self.assertEqual(list(Lines(5).feed(b"12345" + end)), [b"12345"])

    def test_a_longer_line_is_too_long_with_or_without_its_end(self):
        for data in (b"123456\n", b"123456", b"123456\r\n"):
            with self.subTest(data=data), self.assertRaises(TooLong):
                list(Lines(5).feed(data))

    def test_what_came_before_a_line_that_is_too_long_is_not_lost(self):
        lines = Lines(5).feed(b"hello\n123456\n")
        self.assertEqual(next(lines), b"hello")
        with self.assertRaises(TooLong):
            next(lines)


class EscapedTest(unittest.TestCase):
    def test_letters_of_any_alphabet_stay_as_they_are(self):
        self.assertEqual(escaped("hello, привет, 你好 🙂"), "hello, привет, 你好 🙂")

    def test_what_could_control_a_terminal_becomes_visible(self):
        self.assertEqual(escaped("\x1b[2J\r\a\u202e\x9b"), r"\x1b[2J\r\x07\u202e\x9b")


if __name__ == "__main__":
    unittest.main()
