"""Tests of wire.py: bytes in, messages out, and not a socket anywhere."""

import random
import unittest
from datetime import timedelta

import wire
from wire import FrameReader, Refused, SentAway

TEXTS = ("hello", "здравствуй, мир", "", "1234567890", "\U0001f642", "x" * 300)


def contents(reader, *pieces):
    """Let bytes arrive piece by piece; return the texts that come out."""
    found = []
    for piece in pieces:
        reader.receive_data(piece)
        while (content := reader.next_content()) is not None:
            found.append(content.decode())
    return found


class FrameTest(unittest.TestCase):
    def test_the_header_has_ten_characters(self):
        self.assertEqual(wire.frame("hello"), b"5         hello")

    def test_the_header_counts_bytes_and_not_letters(self):
        self.assertEqual(wire.frame("Вася"), b"8         " + "Вася".encode())

    def test_bytes_are_framed_as_they_are(self):
        self.assertEqual(wire.frame(b"\xff"), b"1         \xff")

    def test_the_longest_content_fits_and_one_byte_more_does_not(self):
        longest = "я" * (wire.MAX_BYTES // 2)
        self.assertEqual(len(wire.frame(longest)), 10 + wire.MAX_BYTES)
        with self.assertRaisesRegex(Refused, "1048577"):
            wire.frame(longest + "x")


class FrameReaderTest(unittest.TestCase):
    def test_what_was_framed_is_read(self):
        for text in TEXTS:
            with self.subTest(text=text):
                self.assertEqual(contents(FrameReader(), wire.frame(text)), [text])

    def test_messages_that_come_together_are_read_one_by_one(self):
        data = b"".join(map(wire.frame, TEXTS))
        self.assertEqual(contents(FrameReader(), data), list(TEXTS))

    def test_a_cut_at_any_byte_changes_nothing(self):
        data = b"".join(map(wire.frame, TEXTS[:5]))
        for cut in range(len(data) + 1):
            with self.subTest(cut=cut):
                self.assertEqual(contents(FrameReader(), data[:cut], data[cut:]), list(TEXTS[:5]))

    def test_a_cut_at_every_byte_changes_nothing(self):
        data = b"".join(map(wire.frame, TEXTS))
        pieces = [data[i : i + 1] for i in range(len(data))]
        self.assertEqual(contents(FrameReader(), *pieces), list(TEXTS))

    def test_pieces_of_any_size_change_nothing(self):
        dice = random.Random(7)
        for _ in range(200):
            texts = ["ы" * dice.randrange(40) for _ in range(dice.randrange(6))]
            data = b"".join(map(wire.frame, texts))
            pieces = []
            while data:
                size = dice.randrange(1, 30)
                pieces, data = [*pieces, data[:size]], data[size:]
            self.assertEqual(contents(FrameReader(), *pieces), texts)

    def test_spaces_may_stand_before_the_number_too(self):
        for header in (b"    5     ", b"         5", b"0000000005"):
            with self.subTest(header=header):
                self.assertEqual(contents(FrameReader(), header + b"hello"), ["hello"])

    def test_a_header_that_is_no_length_ends_the_connection(self):
        headers = (b"-5        ", b"+5        ", b"5_0       ", b"1e3       ", b"          ")
        for header in (*headers, b"5 5       ", b"5\t        ", b"0x10      ", b"GET / HTTP"):
            with self.subTest(header=header), self.assertRaisesRegex(SentAway, "ten characters"):
                contents(FrameReader(), header)

    def test_digits_of_other_scripts_are_no_digits(self):
        with self.assertRaises(SentAway):
            contents(FrameReader(), "٥٥٥٥٥".encode())

    def test_a_length_over_the_limit_ends_the_connection(self):
        contents(FrameReader(limit=5), wire.frame("hello"))
        with self.assertRaisesRegex(SentAway, "6 bytes are too long, 5"):
            contents(FrameReader(limit=5), wire.frame("hello!"))

    def test_too_long_is_known_before_anything_has_come(self):
        with self.assertRaises(SentAway):
            contents(FrameReader(), b"9999999999")

    def test_the_limit_may_change_between_two_messages(self):
        reader = FrameReader(limit=5)
        reader.receive_data(wire.frame("short") + wire.frame("longer now"))
        self.assertEqual(reader.next_content(), b"short")
        reader.limit = 100
        self.assertEqual(reader.next_content(), b"longer now")

    def test_it_knows_whether_a_message_has_begun(self):
        reader = FrameReader()
        data = wire.frame("hello")
        for cut in (0, 1, 9, 10, 12, len(data)):
            reader = FrameReader()
            contents(reader, data[:cut])
            with self.subTest(cut=cut):
                self.assertEqual(reader.is_in_the_middle(), 0 < cut < len(data))

    def test_it_has_slots(self):
        self.assertFalse(hasattr(FrameReader(), "__dict__"))


class PartsTest(unittest.TestCase):
    def test_three_parts_are_joined_and_split(self):
        parts = ["2026-11-20 14:03:07 +0300", "Вася", "привет"]
        self.assertEqual(wire.split_parts(wire.join_parts(*parts)), parts)

    def test_any_other_number_of_parts_is_refused(self):
        for content in ("", "one", "one\0two", "1\0002\0003\0004"):
            with self.subTest(content=content), self.assertRaisesRegex(Refused, "three parts"):
                wire.split_parts(content)

    def test_what_is_not_utf_8_is_refused(self):
        for content in (b"\xff", "привет".encode("cp1251"), b"\xed\xa0\x80", b"\xc0\x80"):
            with self.subTest(content=content), self.assertRaisesRegex(Refused, "UTF-8"):
                wire.decode(content)


class TimeTest(unittest.TestCase):
    def test_a_time_has_a_zone(self):
        moment = wire.parse_time("2026-11-20 14:03:07 +0530")
        self.assertEqual(moment.utcoffset(), timedelta(hours=5, minutes=30))

    def test_everything_else_is_refused(self):
        for text in (
            *("", "now", "2026-11-20", "2026-11-20 14:03:07", "2026-11-20 14:03:07 MSK"),
            *("2026-02-30 14:03:07 +0300", "2026-11-20 25:03:07 +0300", "2026-11-20T14:03:07+0300"),
            *(
                "2026-11-20 14:03:07 +0300 ",
                "2026-11-20 14:03:07 +03:00",
                "٢026-11-20 14:03:07 +0300",
            ),
        ):
            with self.subTest(text=text), self.assertRaises(Refused):
                wire.parse_time(text)


class RulesTest(unittest.TestCase):
    def test_nicknames(self):
        for nickname in ("a", "Вася", "x" * 25, "Ы" * 25, "two words", "\U0001f642"):
            wire.check_nickname(nickname)

    def test_what_is_no_nickname(self):
        for nickname in (
            "",
            "x" * 26,
            " ",
            " a",
            "a ",
            "a\0b",
            "a\nb",
            "a\x1bb",
            "a\u202eb",
            "\x7f",
        ):
            with self.subTest(nickname=nickname), self.assertRaises(Refused):
                wire.check_nickname(nickname)

    def test_texts(self):
        for text in ("a", "  a", "two\ttabs", "привет", "\U0001f468\u200d\U0001f469"):
            wire.check_text(text)

    def test_what_is_no_text(self):
        for text in ("", "   ", "\t", "a\nb", "a\rb", "\x1b[2J", "a\x07", "a\x9bb", "\x7f"):
            with self.subTest(text=text), self.assertRaises(Refused):
                wire.check_text(text)


if __name__ == "__main__":
    unittest.main()
