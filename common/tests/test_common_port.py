"""Tests of port.py: what may be a port, and whose it is."""

import argparse
import contextlib
import io
import unittest
from enum import IntEnum

from common.port import Port

RULE = r" \(an integer from 0 to 65535\)"


class Server:
    """Somebody who has a port."""

    port = Port()


class Client:
    """Somebody with two ports, who can do without zero."""

    port = Port(lowest=1)
    spare = Port(default=8888, lowest=1025, highest=65534)


class Known(IntEnum):
    """Numbers that have names are of a type of their own."""

    CHAT = 7777


class SetTest(unittest.TestCase):
    def test_these_are_ports(self):
        server = Server()
        for value in (0, 1, 80, 1024, 7777, 65534, 65535):
            with self.subTest(value=value):
                server.port = value
                self.assertEqual(server.port, value)

    def test_numbers_outside_the_range_are_not(self):
        for value in (-1, -7777, 65536, 99999, 10**30):
            with self.subTest(value=value):
                with self.assertRaisesRegex(ValueError, rf"^Wrong port: {value}{RULE}$"):
                    Server().port = value

    def test_what_is_no_integer_is_not(self):
        for value in ("7777", "", None, True, False, 7777.0, float("nan"), b"7", [7777], 7j):
            with self.subTest(value=value):
                with self.assertRaises(ValueError) as caught:
                    Server().port = value
                wrong = f"Wrong port: {value!r} (an integer from 0 to 65535)"
                self.assertEqual(str(caught.exception), wrong)

    def test_a_number_of_another_type_is_not(self):
        with self.assertRaisesRegex(ValueError, "Wrong port: <Known.CHAT: 7777>"):
            Server().port = Known.CHAT

    def test_after_a_wrong_port_the_old_one_is_still_there(self):
        server = Server()
        server.port = 8000
        with self.assertRaises(ValueError):
            server.port = 99999
        self.assertEqual(server.port, 8000)

    def test_it_is_checked_when_the_owner_is_created(self):
        class Created(Server):
            def __init__(self, port):
                self.port = port

        self.assertEqual(Created(8000).port, 8000)
        with self.assertRaisesRegex(ValueError, "^Wrong port: 99999"):
            Created(99999)


class OwnerTest(unittest.TestCase):
    def test_who_has_set_none_has_the_default(self):
        self.assertEqual((Server().port, Client().port, Client().spare), (7777, 7777, 8888))

    def test_each_instance_has_its_own(self):
        first, second, third = Server(), Server(), Server()
        first.port, second.port = 8001, 8002
        self.assertEqual([first.port, second.port, third.port], [8001, 8002, 7777])

    def test_two_ports_of_one_instance_are_two(self):
        client = Client()
        client.port, client.spare = 8001, 8002
        self.assertEqual((client.port, client.spare), (8001, 8002))

    def test_deleting_restores_the_default(self):
        server, other = Server(), Server()
        server.port = other.port = 8000
        del server.port
        self.assertEqual((server.port, other.port), (7777, 8000))
        del server.port  # once more: it is the default already
        self.assertEqual(server.port, 7777)

    def test_the_class_shows_the_descriptor_itself(self):
        self.assertIsInstance(Server.port, Port)
        self.assertIs(Server.port, vars(Server)["port"])

    def test_a_subclass_inherits_it(self):
        class Special(Server):
            pass

        special = Special()
        special.port = 8000
        self.assertEqual(special.port, 8000)
        self.assertIs(Special.port, Server.port)

    def test_the_value_is_kept_in_the_instance_under_the_same_name(self):
        server = Server()
        self.assertEqual(vars(server), {})
        server.port = 8000
        self.assertEqual(vars(server), {"port": 8000})

    def test_nobody_gets_round_the_check_by_hasattr_and_setattr(self):
        server = Server()
        self.assertTrue(hasattr(server, "port"))
        with self.assertRaises(ValueError):
            setattr(server, "port", "7777")  # noqa: B010


class RangeTest(unittest.TestCase):
    def test_the_range_can_be_smaller_and_the_words_say_so(self):
        table = {"port": (0, "1 to 65535"), "spare": (1024, "1025 to 65534")}
        for name, (value, words) in table.items():
            with self.subTest(name=name), self.assertRaisesRegex(ValueError, words):
                setattr(Client(), name, value)

    def test_the_ends_of_the_range_belong_to_it(self):
        client = Client()
        for value in (1025, 65534):
            client.spare = value
            self.assertEqual(client.spare, value)
        with self.assertRaises(ValueError):
            client.spare = 65535

    def test_a_default_has_to_be_a_port(self):
        for options in ({"default": 99999}, {"default": "7777"}, {"lowest": 8000}):
            with self.subTest(options=options), self.assertRaisesRegex(ValueError, "Wrong port"):
                Port(**options)


class ParseTest(unittest.TestCase):
    def setUp(self):
        self.parser = argparse.ArgumentParser(prog="server.py")
        self.parser.add_argument("-p", type=Server.port.parse, default=Server.port.default)

    def refusal(self, *words):
        """Return what the command line says to wrong words, after exit code 2."""
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            with self.assertRaises(SystemExit) as caught:
                self.parser.parse_args(words)
        self.assertEqual(caught.exception.code, 2)
        return errors.getvalue()

    def test_a_word_becomes_a_port(self):
        for text, port in (("0", 0), ("7777", 7777), ("65535", 65535), ("0080", 80)):
            with self.subTest(text=text):
                self.assertEqual(self.parser.parse_args(["-p", text]).p, port)

    def test_without_a_word_it_is_the_default(self):
        self.assertEqual(self.parser.parse_args([]).p, 7777)

    def test_the_command_line_says_the_same_as_the_descriptor(self):
        for value in (99999, 65536, -1):
            with self.subTest(value=value):
                with self.assertRaises(ValueError) as caught:
                    Server().port = value
                self.assertIn(f": {caught.exception}\n", self.refusal("-p", str(value)))

    def test_a_word_that_is_no_number_is_shown(self):
        for text in (
            "abc",
            "",
            " 7777",
            "7777\n",
            "7_777",
            "+7777",
            "77.0",
            "0x1e61",
            "７７",
            "\x1b",
        ):
            with self.subTest(text=text):
                wrong = f"Wrong port: {text!r} (an integer from 0 to 65535)"
                self.assertIn(wrong, self.refusal("-p", text))

    def test_a_number_that_never_ends_is_refused_too(self):
        self.assertIn("Wrong port: '999", self.refusal("-p", "9" * 5000))

    def test_the_words_follow_the_range(self):
        with self.assertRaisesRegex(argparse.ArgumentTypeError, r"Wrong port: 0 \(.* 1 to 65535"):
            Client.port.parse("0")
