"""Tests of common/messages.py: what goes out on the wire, and what is made of what comes in."""

import json
import time
import unittest
from unittest import mock

from common import messages
from common.messages import BadMessage, BrokenStream
from common.tests.telephone import TelephoneTest


class ExceptionsTest(unittest.TestCase):
    def test_a_bad_message_is_a_value_error(self):
        self.assertTrue(issubclass(BadMessage, ValueError))

    def test_a_broken_stream_is_a_bad_message_too(self):
        self.assertTrue(issubclass(BrokenStream, BadMessage))


class SendMessageTest(TelephoneTest):
    def test_a_message_is_sent_as_a_json_object(self):
        messages.send_message(self.near, {"action": "quit", "time": 5})
        self.assertEqual(json.loads(self.far.recv(4096)), {"action": "quit", "time": 5})

    def test_a_message_is_ended_by_a_newline(self):
        messages.send_message(self.near, {"action": "quit"})
        self.assertTrue(self.far.recv(4096).endswith(b"}\n"))

    def test_a_newline_inside_a_text_does_not_end_the_line(self):
        messages.send_message(self.near, {"message": "one\ntwo"})
        self.assertEqual(self.far.recv(4096).count(b"\n"), 1)

    def test_text_is_sent_as_utf_8(self):
        messages.send_message(self.near, {"from": "Вася"})
        self.assertIn("Вася".encode(), self.far.recv(4096))

    def test_sending_gives_up_after_five_seconds(self):
        messages.send_message(self.near, {"action": "quit"})
        self.assertEqual(self.near.gettimeout(), 5)


class EncodeTest(unittest.TestCase):
    def test_a_message_becomes_a_json_object_and_a_newline(self):
        data = messages.encode({"action": "quit", "time": 5})
        self.assertEqual(json.loads(data), {"action": "quit", "time": 5})
        self.assertTrue(data.endswith(b"}\n"))

    def test_the_text_is_utf_8_and_its_newlines_do_not_end_the_line(self):
        self.assertEqual(messages.encode({"m": "Ж\n"}), '{"m": "Ж\\n"}\n'.encode())

    def test_what_was_encoded_is_decoded(self):
        for message in ({}, {"from": "Вася 🙂", "list": [1, 2.5, None, {"deep": True}]}):
            with self.subTest(message=message):
                self.assertEqual(messages.decode(messages.encode(message)), message)


class ReceiveMessageTest(TelephoneTest):
    def receive(self):
        """Receive a message at the near end."""
        return messages.receive_message(self.near)

    def test_what_was_sent_is_received(self):
        table = (
            {},
            {"action": "presence", "time": 1.5, "user": {"account_name": "Вася"}},
            {"list": [1, -2, [3.5, None, True]], "emoji": "🙂"},
            {"message": 'a quote ", a bracket }, a backslash \\, a newline \n'},
        )
        for message in table:
            with self.subTest(message=message):
                messages.send_message(self.far, message)
                self.assertEqual(self.receive(), message)

    def test_messages_that_arrive_together_are_received_one_by_one(self):
        for end in (b"\n", b"\r\n", b""):
            with self.subTest(end=end):
                self.far.sendall(b'{"n": 1}' + end + b'{"n": 2}' + end)
                self.assertEqual([self.receive(), self.receive()], [{"n": 1}, {"n": 2}])

    def test_what_follows_a_message_stays_in_the_socket(self):
        self.far.sendall(b'{"n": 1}\n{"n": 2}\n')
        self.receive()
        self.assertEqual(self.near.recv(4096), b'{"n": 2}\n')

    def test_a_message_longer_than_one_recv_is_received_whole(self):
        message = {"message": "x" * 6000}
        messages.send_message(self.far, message)
        self.assertEqual(self.receive(), message)

    def test_a_letter_may_be_cut_in_two_by_recv(self):
        for filling in ("", "x"):  # one of the two puts the cut inside a letter
            message = {"message": filling + "Ж" * 3000}
            with self.subTest(filling=filling):
                messages.send_message(self.far, message)
                self.assertEqual(self.receive(), message)

    def test_empty_lines_are_passed_over(self):
        self.let_arrive(b'\r\n\n\n{"n": 1}\n')
        self.assertEqual(self.receive(), {"n": 1})

    def test_the_end_of_the_connection_is_none(self):
        self.let_arrive(b"")
        self.assertIsNone(self.receive())

    def test_the_end_of_the_connection_after_a_message_is_none(self):
        self.let_arrive(b"{}\n")
        self.receive()
        self.assertIsNone(self.receive())

    def test_half_a_message_and_then_the_end_is_a_broken_stream(self):
        self.let_arrive(b'{"n": ')
        with self.assertRaises(BrokenStream):
            self.receive()

    def test_half_a_message_and_then_silence_is_a_broken_stream(self):
        self.far.sendall(b'{"n": ')
        with mock.patch.object(messages, "PATIENCE", 0.1), self.assertRaises(BrokenStream):
            self.receive()

    def test_silence_is_a_timeout(self):
        with mock.patch.object(messages, "PATIENCE", 0.1), self.assertRaises(TimeoutError):
            self.receive()

    def test_the_wait_for_a_message_ends_after_five_seconds(self):
        self.let_arrive(b"{}\n")
        self.receive()
        self.assertAlmostEqual(self.near.gettimeout(), 5, delta=1)

    def test_what_is_no_message_is_refused(self):
        lines = (b"hello\n", b"[1]\n", b"5\n", b'{"n": }\n', b'{"n": "\xff"}\n', b'{"n"\n')
        self.let_arrive(b"".join(lines))
        for line in lines:
            with self.subTest(line=line), self.assertRaises(BadMessage):
                self.receive()

    def test_a_line_that_is_no_message_can_be_followed_by_one(self):
        self.let_arrive(b'hello, {"n": 1}\n{"n": 2}\n')
        with self.assertRaises(BadMessage):
            self.receive()
        self.assertEqual(self.receive(), {"n": 2})

    def test_a_bad_message_without_a_newline_is_thrown_away(self):
        self.let_arrive(b"hello")
        with self.assertRaises(BadMessage):
            self.receive()
        self.assertIsNone(self.receive())

    def test_the_longest_message_has_64_kibibytes(self):
        # So much does not fit into every socket: the next two tests work with less.
        self.assertEqual(messages.MAX_BYTES, 64 * 1024)

    def test_the_longest_message_is_received(self):
        message = b'{"n": "' + b"x" * 91 + b'"}'
        self.far.sendall(message + b"\n")
        with mock.patch.object(messages, "MAX_BYTES", len(message)):
            self.assertEqual(self.receive(), {"n": "x" * 91})

    def test_one_byte_more_is_a_broken_stream(self):
        message = b'{"n": "' + b"x" * 91 + b'"}'
        self.far.sendall(message + b"\n")
        with (
            mock.patch.object(messages, "MAX_BYTES", len(message) - 1),
            self.assertRaises(BrokenStream),
        ):
            self.receive()


class LookTest(TelephoneTest):
    def test_looking_takes_nothing_away(self):
        self.far.sendall(b"abc")
        soon = time.monotonic() + 5
        self.assertEqual(messages.look(self.near, b"", soon), b"abc")
        self.assertEqual(messages.look(self.near, b"", soon), b"abc")

    def test_the_end_of_the_connection_looks_empty(self):
        self.let_arrive(b"")
        self.assertEqual(messages.look(self.near, b"", time.monotonic() + 5), b"")

    def test_silence_before_a_message_is_a_timeout(self):
        with self.assertRaises(TimeoutError):
            messages.look(self.near, b"", time.monotonic() + 0.05)

    def test_silence_inside_a_message_is_a_broken_stream(self):
        with self.assertRaises(BrokenStream):
            messages.look(self.near, b'{"n": ', time.monotonic() + 0.05)

    def test_bytes_that_come_too_late_do_not_count(self):
        self.far.sendall(b"1}\n")
        with self.assertRaises(BrokenStream):
            messages.look(self.near, b'{"n": ', time.monotonic() - 1)


class FindEndTest(unittest.TestCase):
    def test_an_object_ends_with_its_last_bracket(self):
        for data in (b"{}", b'{"n": 1}', b'{"a": {"b": [{}, {}]}}'):
            with self.subTest(data=data):
                self.assertEqual(messages.find_end(data), len(data))

    def test_what_follows_does_not_belong_to_the_object(self):
        for rest in (b"{}", b"hello", b" \n"):
            with self.subTest(rest=rest):
                self.assertEqual(messages.find_end(b"{}" + rest), 2)

    def test_the_end_of_the_line_belongs_to_the_object(self):
        self.assertEqual(messages.find_end(b"{}\n{}"), 3)
        self.assertEqual(messages.find_end(b"{}\r\n{}"), 4)

    def test_brackets_and_quotes_inside_a_text_do_not_count(self):
        for data in (rb'{"n": "}"}', rb'{"n": "\"}"}', rb'{"n": "\\"}', rb'{"n": "["}'):
            with self.subTest(data=data):
                self.assertEqual(messages.find_end(data), len(data))

    def test_an_unfinished_object_has_no_end(self):
        for data in (b"", b"{", b'{"n": [1}', b'{"n": "}', rb'{"n": "\"}'):
            with self.subTest(data=data):
                self.assertIsNone(messages.find_end(data))

    def test_what_does_not_begin_with_a_bracket_is_refused(self):
        for data in (b"hello", b" {}", b"[]", b"5", b"}"):
            with self.subTest(data=data), self.assertRaises(BadMessage):
                messages.find_end(data)

    def test_an_end_of_line_inside_an_object_is_refused(self):
        for data in (b"{\n", b'{"n": "\n'):
            with self.subTest(data=data), self.assertRaises(BadMessage):
                messages.find_end(data)

    def test_eight_brackets_inside_each_other_are_allowed(self):
        data = b'{"n": ' + b"[" * 7 + b"]" * 7 + b"}"
        self.assertEqual(messages.find_end(data), len(data))

    def test_nine_brackets_inside_each_other_are_refused(self):
        with self.assertRaises(BadMessage):
            messages.find_end(b'{"n": ' + b"[" * 8 + b"]" * 8 + b"}")


class LineEndTest(unittest.TestCase):
    def test_the_end_of_a_line_is_counted(self):
        table = {b"\n": 1, b"\r\n": 2, b"\n\n": 1, b"\n{": 1, b"": 0, b"{}": 0, b"\r": 0}
        for rest, length in table.items():
            with self.subTest(rest=rest):
                self.assertEqual(messages.line_end(rest), length)


class DecodeTest(unittest.TestCase):
    def test_bytes_become_a_message(self):
        data = '{"from": "Вася", "time": 1.5}\n'.encode()
        self.assertEqual(messages.decode(data), {"from": "Вася", "time": 1.5})

    def test_what_is_no_object_in_utf_8_is_refused(self):
        table = {
            "not JSON": b"{hello}",
            "a list": b"[1]",
            "a number": b"5",
            "two objects": b"{}{}",
            "half a letter": b'{"n": "\xd0"}',
            "another encoding": '{"n": 1}'.encode("utf-16"),
            "deeper than Python can go": b'{"n": ' * 100_000,
        }
        self.expect_refusals(table)

    def test_what_python_would_take_and_others_would_not_is_refused(self):
        table = {
            "not a number": b'{"n": NaN}',
            "infinite": b'{"n": -Infinity}',
            "infinite after reading": b'{"n": 1e999}',
            "a key twice": b'{"n": 1, "n": 2}',
            "a key twice, deep inside": b'{"a": [{"n": 1, "n": 2}]}',
            "half a character": rb'{"n": "\ud800"}',
            "a zero character": rb'{"n": "\u0000"}',
        }
        self.expect_refusals(table)

    def expect_refusals(self, table):
        """Expect that none of the bytes in a table become a message."""
        for fault, data in table.items():
            with self.subTest(fault), self.assertRaises(BadMessage):
                messages.decode(data)


class ObjectOfPairsTest(unittest.TestCase):
    def test_pairs_become_a_dictionary(self):
        self.assertEqual(messages.object_of_pairs([("a", 1), ("b", 2)]), {"a": 1, "b": 2})

    def test_no_pairs_become_an_empty_dictionary(self):
        self.assertEqual(messages.object_of_pairs([]), {})

    def test_a_key_that_stands_twice_is_refused(self):
        with self.assertRaises(ValueError):
            messages.object_of_pairs([("a", 1), ("a", 1)])


class NumberTest(unittest.TestCase):
    def test_text_becomes_a_number(self):
        for text, value in {"0": 0, "-5": -5, "1.5": 1.5, "1e3": 1000.0}.items():
            with self.subTest(text=text):
                self.assertEqual(messages.number(text), value)

    def test_a_whole_number_stays_whole(self):
        self.assertIs(type(messages.number("7")), int)
        self.assertIs(type(messages.number("7.0")), float)

    def test_a_number_may_have_40_digits(self):
        self.assertEqual(messages.number("1" * 40), int("1" * 40))

    def test_endless_and_infinite_numbers_are_refused(self):
        for text in ("1" * 41, "1e999", "NaN", "Infinity", "-Infinity"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                messages.number(text)


class CheckTextTest(unittest.TestCase):
    def test_good_values_pass(self):
        for value in ("", "Вася 🙂", 5, None, True, [], {}, {"a": ["b", {"c": "d"}]}):
            with self.subTest(value=value):
                messages.check_text(value)  # no exception: that is the test

    def test_half_a_character_is_refused_wherever_it_is(self):
        for value in ("\ud800", ["\ud800"], {"a": "\ud800"}, {"\ud800": 1}, [[{"a": ["\ud800"]}]]):
            with self.subTest(value=ascii(value)), self.assertRaises(ValueError):
                messages.check_text(value)

    def test_a_zero_character_is_refused_wherever_it_is(self):
        for value in ("a\0b", ["\0"], {"a": "\0"}, {"\0": 1}, [[{"a": ["\0"]}]]):
            with self.subTest(value=value), self.assertRaises(ValueError):
                messages.check_text(value)


if __name__ == "__main__":
    unittest.main()
