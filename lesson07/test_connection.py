"""Tests of connection.py: bytes in, messages out, however the bytes are cut. No socket here."""

import random
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import connection
from connection import MAX_SECONDS, Connection
from telephone import as_line

from common.messages import MAX_BYTES, BadMessage, BrokenStream

BAD = "bad"
MESSAGES = [
    {"from": "Вася", "message": "ёж 🙂"},
    {"message": 'a quote ", a bracket }, a backslash \\, a newline \n'},
    {"folder": "C:\\", "next": "a text after a text that ends with a backslash"},
    {"list": [1, -2, [3.5, None, {"deep": True}]]},
    {},
]
ESCAPES = rb'{"message": "\u0416\"\\\n}"}'  # escapes as other programs write them
ESCAPED = {"message": 'Ж"\\\n}'}


def seen(found):
    """Return what a connection has found, with BAD for each BadMessage."""
    return [BAD if isinstance(item, BadMessage) else item for item in found]


def receive(*pieces):
    """Return what a new connection finds in these pieces of a stream."""
    stream = Connection()
    return seen(item for piece in pieces for item in stream.receive_data(piece))


def in_pieces(data, size):
    """Return data in pieces of this size."""
    return [data[start : start + size] for start in range(0, len(data), size)]


class OnePieceTest(unittest.TestCase):
    def test_a_message_is_found(self):
        self.assertEqual(receive(b'{"n": 1}\n'), [{"n": 1}])

    def test_nothing_is_found_in_nothing(self):
        self.assertEqual(receive(b""), [])

    def test_an_unfinished_message_is_not_found_yet(self):
        for data in (b"{", b'{"n": [1}', b'{"n": "}', rb'{"n": "\"}', b'{"n": "x\\'):
            with self.subTest(data=data):
                self.assertEqual(receive(data), [])

    def test_fifty_messages_in_one_piece_are_found_in_their_order(self):
        fifty = [{"n": n, "from": "Вася"} for n in range(50)]
        for end in (b"\n", b"\r\n", b""):
            with self.subTest(end=end):
                data = b"".join(as_line(message).rstrip() + end for message in fifty)
                self.assertEqual(receive(data), fifty)

    def test_empty_lines_are_passed_over(self):
        self.assertEqual(receive(b'\r\n\n\n{"n": 1}\n\n\r\n{"n": 2}\r\n\r'), [{"n": 1}, {"n": 2}])

    def test_brackets_and_quotes_inside_a_text_do_not_count(self):
        for text in (b"}", b"{", b"[", rb"\"}", rb"\\", rb"\\\""):
            data = b'{"n": "' + text + b'"}'
            with self.subTest(data=data):
                self.assertEqual(len(receive(data, b"{}")), 2)

    def test_what_is_found_in_one_piece_is_not_found_again_in_the_next(self):
        self.assertEqual(receive(b'{"n": 1}', b'{"n": 2}'), [{"n": 1}, {"n": 2}])


class ManyPiecesTest(unittest.TestCase):
    def setUp(self):
        good = b"".join(as_line(message) for message in MESSAGES)
        self.data = good.rstrip() + ESCAPES + b"\r\n" + ESCAPES
        self.expected = [*MESSAGES, ESCAPED, ESCAPED]

    def test_a_stream_may_be_cut_anywhere(self):
        # So it is also cut inside a letter, inside an escape and inside \r\n.
        for cut in range(len(self.data) + 1):
            with self.subTest(cut=cut, left=self.data[:cut]):
                self.assertEqual(receive(self.data[:cut], self.data[cut:]), self.expected)

    def test_a_stream_may_come_byte_by_byte(self):
        self.assertEqual(receive(*in_pieces(self.data, 1)), self.expected)

    def test_a_stream_may_be_cut_at_random(self):
        for seed in range(100):  # a red test names its seed: the same cuts come again
            dice = random.Random(seed)
            cuts = sorted(dice.choices(range(len(self.data)), k=dice.randint(1, 40)))
            ends = [*cuts[1:], len(self.data)]
            pieces = [
                self.data[: cuts[0]],
                *(self.data[a:b] for a, b in zip(cuts, ends, strict=True)),
            ]
            with self.subTest(seed=seed):
                self.assertEqual(receive(*pieces), self.expected)

    def test_bad_messages_in_between_may_be_cut_anywhere_too(self):
        data = (
            b'{"n": 1}\n{hello}\n{"n": NaN}{"n": 2}\n{"half\n{"n": "\xff"}\n{"list": [\n{"n": 3}\n'
        )
        expected = [{"n": 1}, BAD, BAD, {"n": 2}, BAD, BAD, BAD, {"n": 3}]
        for cut in range(len(data) + 1):
            with self.subTest(cut=cut, left=data[:cut]):
                self.assertEqual(receive(data[:cut], data[cut:]), expected)
        self.assertEqual(receive(*in_pieces(data, 1)), expected)

    def test_a_message_is_found_with_its_last_byte_and_needs_no_newline(self):
        stream = Connection()
        *begin, last = in_pieces(ESCAPES, 1)
        for piece in begin:
            self.assertEqual(stream.receive_data(piece), [])
        self.assertEqual(stream.receive_data(last), [ESCAPED])

    def test_two_streams_do_not_mix(self):
        one, two = Connection(), Connection()
        one.receive_data(b'{"n": ')
        two.receive_data(b'{"m": ')
        self.assertEqual(one.receive_data(b"1}"), [{"n": 1}])
        self.assertEqual(two.receive_data(b"2}"), [{"m": 2}])

    def test_what_has_been_searched_is_not_searched_again(self):
        # A clock would measure the computer; so we count the bytes that are looked at.
        pattern, looked_at = connection.TOKEN, []

        def count(data, start):
            looked_at.append(len(data) - start)
            return pattern.finditer(data, start)

        data = b'{"list": [' + b"1, " * 3000 + b"1]}"
        with mock.patch.object(connection, "TOKEN") as token:
            token.finditer.side_effect = count
            self.assertEqual(len(receive(*in_pieces(data, 10))), 1)
        self.assertLess(sum(looked_at), 2 * len(data))


class BadMessagesTest(unittest.TestCase):
    def test_what_begins_no_object_is_bad_and_the_next_line_is_read(self):
        for line in (
            b"hello",
            b"5",
            b"[]",
            b'"text"',
            b"}",
            b" {}",
            b"\n {}",
            b"\xff",
            b'hello, {"n": 1}',
            b'[]{"n": 1}',
        ):
            with self.subTest(line=line):
                self.assertEqual(receive(line + b'\n{"n": 2}\n'), [BAD, {"n": 2}])

    def test_of_what_begins_no_object_all_that_has_come_is_bad(self):
        self.assertEqual(receive(b'hello, {"n": 1}', b'{"n": 2}\n'), [BAD, {"n": 2}])

    def test_a_line_that_ends_inside_an_object_is_bad_and_the_next_one_is_read(self):
        for line in (b"{", b'{"n": 1', b'{"n": "x', b'{"n": "x\\', b'{"n": {"m": 1}', b'{"n": [1}'):
            with self.subTest(line=line):
                self.assertEqual(receive(line + b'\n{"n": 2}\n'), [BAD, {"n": 2}])

    def test_what_is_no_json_is_bad_and_what_abuts_is_read(self):
        for data in (b"{hello}", b"{]", b'{"n": NaN}', b'{"n": "\xff"}', b'{"n": "\r"}'):
            with self.subTest(data=data):
                self.assertEqual(receive(data + b'{"n": 2}'), [BAD, {"n": 2}])

    def test_a_space_between_two_messages_begins_no_object(self):
        self.assertEqual(receive(b'{"n": 1} {"n": 2}\n{"n": 3}\n'), [{"n": 1}, BAD, {"n": 3}])

    def test_eight_brackets_inside_each_other_are_allowed(self):
        data = b'{"n": ' + b"[" * 7 + b"]" * 7 + b"}"
        self.assertEqual(receive(data), [{"n": [[[[[[[]]]]]]]}])

    def test_brackets_side_by_side_are_not_inside_each_other(self):
        self.assertEqual(receive(b'{"n": [[], [], [], [], [], [], [], [], []]}'), [{"n": [[]] * 9}])

    def test_nine_brackets_are_bad_before_they_are_closed(self):
        self.assertEqual(receive(b'{"n": ' + b"[" * 8), [BAD])

    def test_after_nine_brackets_the_next_line_is_read(self):
        line = b'{"n": ' + b"[" * 8 + b"]" * 8 + b"}\n"
        self.assertEqual(receive(line + b'{"n": 2}\n'), [BAD, {"n": 2}])

    def test_brackets_of_a_bad_message_are_forgotten(self):
        self.assertEqual(receive(b"{[[[[[[\n" * 2 + b'{"n": [[[]]]}'), [BAD, BAD, {"n": [[[]]]}])

    def test_a_bad_message_says_what_is_wrong(self):
        table = {
            b"hello\n": "begins with a curly bracket",
            b'{"n"\n': "a line ended",
            b'{"n": "\n': "a line ended",
            b"{[[[[[[[[": "more than 8",
            b"{hello}": "not a JSON object",
        }
        for data, words in table.items():
            with self.subTest(data=data):
                (problem,) = Connection().receive_data(data)
                self.assertIn(words, str(problem))

    def test_bad_messages_do_not_break_the_stream(self):
        stream = Connection()
        stream.receive_data(b'hello\n{"half\n{hello}{[[[[[[[[[')
        self.assertFalse(stream.broken)


class LongMessagesTest(unittest.TestCase):
    def setUp(self):
        self.stream = Connection()
        self.longest = b'{"n": "' + b"x" * (MAX_BYTES - 9) + b'"}'

    def expect_break(self, *pieces):
        """Expect that the stream breaks in these pieces, and not before the last."""
        *before, last = pieces
        for piece in before:
            self.assertEqual(self.stream.receive_data(piece), [])
        (problem,) = self.stream.receive_data(last)
        self.assertIsInstance(problem, BrokenStream)
        self.assertTrue(self.stream.broken)

    def test_the_longest_message_is_found(self):
        self.assertEqual(len(self.longest), 64 * 1024)
        for end in (b"", b"\n", b"\r\n"):
            with self.subTest(end=end):
                self.assertEqual(len(receive(self.longest + end)), 1)

    def test_many_messages_together_may_be_longer(self):
        self.assertEqual(len(receive(self.longest * 2 + b"\n" + self.longest)), 3)

    def test_one_byte_more_breaks_the_stream(self):
        self.expect_break(self.longest[:-2] + b'x"}')

    def test_too_long_and_unfinished_breaks_it_too(self):
        self.expect_break(self.longest[:-2], b"xx", b"x")

    def test_too_long_in_many_pieces_breaks_it_at_the_first_byte_too_many(self):
        pieces = in_pieces(b'{"n": ["' + b'x","' * MAX_BYTES, 1024)
        self.expect_break(*pieces[:64], pieces[64])

    def test_in_a_broken_stream_nothing_more_is_found(self):
        self.stream.receive_data(b'{"n": "' + b"x" * MAX_BYTES)
        self.assertEqual(self.stream.receive_data(b'"}\n{"n": 1}\n'), [])


class ClockTest(unittest.TestCase):
    def setUp(self):
        self.stream = Connection()

    def test_a_message_may_take_30_seconds(self):
        self.assertEqual(MAX_SECONDS, 30)

    def test_a_message_is_overdue_after_its_time(self):
        self.stream.receive_data(b"{", 1000)
        for now, overdue in {1000: False, 1029.9: False, 1030: False, 1030.1: True}.items():
            with self.subTest(now=now):
                self.assertEqual(self.stream.overdue(now), overdue)

    def test_the_first_byte_counts_and_no_later_one(self):
        self.stream.receive_data(b"{", 1000)
        for now in range(1001, 1030):
            self.stream.receive_data(b" ", now)
        self.assertTrue(self.stream.overdue(1030.1))

    def test_the_clock_may_begin_anywhere(self):
        self.stream.receive_data(b"{", 0)
        self.assertTrue(self.stream.overdue(31))

    def test_who_is_silent_between_two_messages_is_not_overdue(self):
        self.assertFalse(self.stream.overdue(5000))
        self.stream.receive_data(b'{"n": 1}\n', 1000)
        self.assertFalse(self.stream.overdue(5000))

    def test_empty_lines_begin_no_message(self):
        self.stream.receive_data(b"\r\n", 1000)
        self.assertFalse(self.stream.overdue(5000))

    def test_bad_messages_are_forgotten(self):
        self.stream.receive_data(b'hello\n{"half\n', 1000)
        self.assertFalse(self.stream.overdue(5000))

    def test_a_message_that_is_complete_stops_the_clock(self):
        self.stream.receive_data(b"{", 1000)
        self.stream.receive_data(b"}", 1020)
        self.assertFalse(self.stream.overdue(5000))

    def test_the_next_message_has_a_time_of_its_own(self):
        self.stream.receive_data(b"{", 1000)
        self.stream.receive_data(b"}{", 1020)
        self.assertFalse(self.stream.overdue(1040))
        self.assertTrue(self.stream.overdue(1051))

    def test_after_silence_the_next_message_has_a_time_of_its_own(self):
        self.stream.receive_data(b"{}", 1000)
        self.stream.receive_data(b"{", 2000)
        self.assertFalse(self.stream.overdue(2020))


class SendTest(unittest.TestCase):
    def test_a_message_becomes_a_line(self):
        self.assertEqual(Connection().send({"from": "Вася"}), '{"from": "Вася"}\n'.encode())

    def test_what_one_sends_another_receives(self):
        for message in MESSAGES:
            with self.subTest(message=message):
                self.assertEqual(receive(Connection().send(message)), [message])


class SlotsTest(unittest.TestCase):
    def test_a_connection_has_slots_and_no_dictionary(self):
        self.assertFalse(hasattr(Connection(), "__dict__"))

    def test_a_misspelt_name_is_an_error(self):
        with self.assertRaises(AttributeError):
            Connection().borken = True


if __name__ == "__main__":
    unittest.main()
