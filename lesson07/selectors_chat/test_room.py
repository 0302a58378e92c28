"""Tests of room.py: who gets what. Any object will do as a peer."""

import unittest

import wire
from room import CROWD, Room
from wire import Refused, SentAway

TIME = "2026-11-20 14:03:07 +0300"


def words(delivery):
    """Return who gets which text."""
    return [(peer, data[wire.HEADER :].decode()) for peer, data in delivery]


class RoomTest(unittest.TestCase):
    def setUp(self):
        self.room = Room()
        self.room.handle("a", b"Anna")
        self.room.handle("b", "Борис".encode())

    def say(self, peer, text="hello", nickname="Anna", time=TIME):
        """Let a peer say something; return who gets what."""
        return words(self.room.handle(peer, wire.join_parts(time, nickname, text).encode()))


class EnterTest(RoomTest):
    def test_the_first_message_is_the_nickname(self):
        (peer, welcome), *_ = words(self.room.handle("c", "Вася".encode()))
        self.assertEqual(peer, "c")
        self.assertIn("Вася", welcome)
        self.assertIn("<quit<", welcome)

    def test_the_others_are_told(self):
        _, *others = words(self.room.handle("c", b"Carl"))
        self.assertEqual(others, [("a", "Carl has joined."), ("b", "Carl has joined.")])

    def test_the_welcome_tells_who_is_here(self):
        (_, welcome), *_ = words(self.room.handle("c", b"Carl"))
        self.assertIn("Already here: Anna, Борис.", welcome)

    def test_a_crowd_is_only_counted_and_not_told(self):
        for number in range(CROWD):
            delivery = self.room.handle(number, f"n{number}".encode())
        [(_, welcome)] = words(delivery)
        self.assertIn(f"{CROWD + 1} others are here.", welcome)

    def test_a_taken_nickname_is_refused_however_it_is_written(self):
        for nickname in ("Anna", "anna", "ＡＮＮＡ", "БОРИС"):
            with self.subTest(nickname=nickname), self.assertRaisesRegex(SentAway, "taken"):
                self.room.handle("c", nickname.encode())

    def test_what_is_no_nickname_is_refused(self):
        for content in (b"", b"x" * 26, b"a\0b", b"a\nb", b"\xff"):
            with self.subTest(content=content), self.assertRaises(SentAway):
                self.room.handle("c", content)
        self.assertNotIn("c", self.room)


class SpeakTest(RoomTest):
    def test_all_others_get_the_message_as_it_came(self):
        self.room.handle("c", b"Carl")
        content = wire.join_parts(TIME, "Anna", "привет").encode()
        delivery = self.room.handle("a", content)
        self.assertEqual(delivery, [("b", wire.frame(content)), ("c", wire.frame(content))])

    def test_nobody_can_speak_as_another(self):
        for nickname in ("Борис", "anna", "", "Carl"):
            with self.subTest(nickname=nickname), self.assertRaisesRegex(Refused, "you are Anna"):
                self.say("a", nickname=nickname)

    def test_a_wrong_time_is_refused(self):
        with self.assertRaisesRegex(Refused, "time"):
            self.say("a", time="yesterday")

    def test_a_text_of_nothing_or_of_control_characters_is_refused(self):
        for text in ("", "  ", "\x1b[2J"):
            with self.subTest(text=text), self.assertRaises(Refused):
                self.say("a", text)

    def test_a_service_message_cannot_be_sent_by_a_peer(self):
        with self.assertRaisesRegex(Refused, "three parts"):
            self.room.handle("a", b"the server is closing")

    def test_what_is_refused_does_not_end_the_connection(self):
        for content in (b"\xff", b"one\0two", b"a\0b\0c\0d"):
            with self.assertRaises(Refused) as caught:
                self.room.handle("a", content)
            self.assertNotIsInstance(caught.exception, SentAway)


class LeftTest(RoomTest):
    def test_the_others_are_told(self):
        self.assertEqual(words(self.room.left("a")), [("b", "Anna has left.")])

    def test_the_nickname_is_free_again(self):
        self.room.left("a")
        self.room.handle("c", b"Anna")
        self.assertIn("c", self.room)

    def test_nobody_leaves_twice(self):
        self.room.left("a")
        self.assertEqual(self.room.left("a"), [])

    def test_who_never_entered_leaves_in_silence(self):
        self.assertEqual(self.room.left("z"), [])


if __name__ == "__main__":
    unittest.main()
