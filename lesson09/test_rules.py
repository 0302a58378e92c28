"""Tests of rules.py: what a message must look like."""

import sys
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import rules
from rules import find_problem
from telephone import msg, presence


class FindProblemTest(unittest.TestCase):
    def test_a_good_message_has_no_problem(self):
        table = (
            presence(),
            presence(user={"account_name": "b", "status": ""}),
            presence(user={"account_name": "я" * 25, "status": "x" * 100}),
            presence(user={"account_name": "no_status"}),
            presence(receive=False, id="A-z_9"),
            msg(),
            msg(to="x" * 25, message="я" * 500, encoding="utf-8", id="x" * 64),
            msg(to="Вася", **{"from": "bob_2"}),
            {"action": "get_users", "time": 5},
            {"action": "get_users", "time": 5, "after": "Вася", "id": "a"},
            {"action": "join", "time": 5, "room": "#Кухня", "id": "a"},
            {"action": "leave", "time": 5, "room": "#" + "x" * 25},
            {"action": "get_rooms", "time": 5},
            {"action": "get_rooms", "time": 5, "after": "#Кухня", "id": "a"},
            {"action": "quit"},
            {"action": "quit", "time": 5},
        )
        for message in table:
            with self.subTest(message=message):
                self.assertIsNone(find_problem(message))

    def test_a_field_that_nobody_knows_is_no_problem(self):
        for message in (presence(mood="fine"), msg(mood=["fine"]), {"action": "quit", "mood": 5}):
            with self.subTest(message=message):
                self.assertIsNone(find_problem(message))

    def test_an_action_that_nobody_knows_is_a_problem(self):
        for action in ("dance", "Presence", "msg ", "", None, 5, True, ["presence"], {"msg": 1}):
            self.expect_problem("unknown action", presence(action=action))
        self.expect_problem("unknown action", {})

    def test_a_time_that_is_no_number_is_a_problem(self):
        for moment in ("1000", None, True, [1000], float("inf")):
            self.expect_problem("time must be", presence(time=moment))
            self.expect_problem("time must be", msg(time=moment))
            self.expect_problem("time must be", {"action": "quit", "time": moment})

    def test_a_user_that_is_none_is_a_problem(self):
        names = ("", "x" * 26, "a b", 5, None, True, ["bob"])
        no_names = [{"account_name": name} for name in names]
        for user in ("bob", None, 5, ["bob"], {}, {"status": "hi"}, *no_names):
            self.expect_problem("user must be", presence(user=user))

    def test_a_status_that_is_no_text_of_proper_length_is_a_problem(self):
        for status in ("x" * 101, 5, None, {}):
            user = {"account_name": "bob", "status": status}
            self.expect_problem("user must be", presence(user=user))

    def test_a_wrong_sender_or_receiver_is_a_problem(self):
        for field in ("to", "from"):
            for value in ("", "x" * 26, "bob ", "../x", "##all", 5, None, True, ["bob"]):
                self.expect_problem(f"{field} must be", msg(**{field: value}))

    def test_a_text_that_is_none_of_proper_length_is_a_problem(self):
        for text in ("", "x" * 501, 5, None, True, ["hi"]):
            self.expect_problem("message must be", msg(message=text))

    def test_a_missing_field_is_a_problem(self):
        for message in (presence(), msg()):
            for field in message:
                if field != "type":
                    rest = {key: message[key] for key in message if key != field}
                    self.expect_problem("action" if field == "action" else field, rest)

    def test_an_id_that_cannot_be_one_is_a_problem(self):
        for value in ("", "x" * 65, "a b", "я", "a\n", 5, None, True, ["a"]):
            for message in (presence(id=value), msg(id=value), {"action": "quit", "id": value}):
                self.expect_problem("id must be", message)

    def test_receive_is_true_or_false(self):
        for value in ("false", 0, 1, None, []):
            self.expect_problem("receive must be", presence(receive=value))

    def test_a_room_cannot_speak(self):
        self.expect_problem("from must be", msg(**{"from": "#all"}))

    def test_the_list_cannot_go_on_after_what_is_no_name(self):
        for value in ("", "#all", "x" * 26, 5, None, ["bob"]):
            self.expect_problem("after must be", {"action": "get_users", "time": 5, "after": value})

    def test_what_one_enters_and_leaves_is_a_room_and_not_the_common_chat(self):
        for value in ("", "#", "a", "##a", "#a b", "#" + "x" * 26, "#all", "#ALL", 5, None, ["#a"]):
            for action in ("join", "leave"):
                self.expect_problem("room must be", {"action": action, "time": 5, "room": value})

    def test_the_list_of_rooms_cannot_go_on_after_what_is_no_room(self):
        for value in ("", "#", "a", "#a b", "#" + "x" * 26, 5, None, ["#a"]):
            self.expect_problem("after must be", {"action": "get_rooms", "time": 5, "after": value})

    def test_a_richer_table_counts_where_it_is_given(self):
        fields = {"ping": {"number": (rules.is_number, "a number")}}
        optional = {"ping": {"text": (rules.is_id, "short")}}
        ping = {"action": "ping", "time": 5, "number": 5}
        self.assertEqual(find_problem(ping), "unknown action")
        self.assertIsNone(find_problem(ping, fields, optional))
        self.assertIsNone(find_problem(ping, fields, {}))
        self.assertEqual(find_problem(ping | {"number": ""}, fields), "number must be a number")
        self.assertEqual(find_problem(ping | {"text": ""}, fields, optional), "text must be short")
        self.assertIsNone(find_problem(ping | {"text": ""}, fields, {}))
        self.assertEqual(find_problem(presence(), fields, optional), "unknown action")

    def test_the_question_who_is_here_has_a_time(self):
        self.expect_problem("time must be", {"action": "get_users"})

    def test_an_answer_is_no_request_whatever_else_it_says(self):
        for message in (msg(), presence(), {"action": "quit"}):
            for code in (200, "200", None, False):
                self.expect_problem("is an answer", message | {"response": code})

    def test_another_encoding_is_a_problem(self):
        for value in ("utf-16", "UTF-8", "", None, 5, ["utf-8"], {}):
            self.expect_problem("encoding must be", msg(encoding=value))

    def expect_problem(self, words, message):
        """Expect that a message is refused in these words."""
        with self.subTest(message=message):
            self.assertIn(words, str(find_problem(message)))


class IsNumberTest(unittest.TestCase):
    def test_finite_numbers_are_numbers(self):
        for value in (0, -5, 1.5, 10**20):
            with self.subTest(value=value):
                self.assertTrue(rules.is_number(value))

    def test_nothing_else_is_a_number(self):
        for value in (True, False, "5", None, [5], float("inf"), -float("inf"), float("nan")):
            with self.subTest(value=value):
                self.assertFalse(rules.is_number(value))


class IsTextTest(unittest.TestCase):
    def test_text_between_the_two_lengths_is_text(self):
        for value in ("ab", "abc", "Жук", "abcd"):
            with self.subTest(value=value):
                self.assertTrue(rules.is_text(value, 2, 4))

    def test_nothing_else_is_text(self):
        for value in ("", "a", "abcde", 55, None, True, ["a", "b"], b"abc"):
            with self.subTest(value=value):
                self.assertFalse(rules.is_text(value, 2, 4))


class IsAddresseeTest(unittest.TestCase):
    def test_people_and_rooms_can_be_spoken_to(self):
        for value in ("b", "Вася", "я" * 25, "#all", "#" + "x" * 25):
            with self.subTest(value=value):
                self.assertTrue(rules.is_addressee(value))

    def test_nothing_else_can(self):
        for value in ("", "#", "##all", "all#", "# all", "я" * 26, "#" + "x" * 26, 5, None, ["b"]):
            with self.subTest(value=value):
                self.assertFalse(rules.is_addressee(value))


class IsRoomTest(unittest.TestCase):
    def test_a_room_is_a_name_behind_a_hash(self):
        for value in ("#b", "#Кухня", "#" + "x" * 25, "#allo"):
            with self.subTest(value=value):
                self.assertTrue(rules.is_room(value))

    def test_nothing_else_is_and_the_common_chat_is_not_entered(self):
        for value in ("", "#", "b", "##b", "b#", "#all", "#ALL", "#" + "x" * 26, 5, None, ["#b"]):
            with self.subTest(value=value):
                self.assertFalse(rules.is_room(value))


class IsIdTest(unittest.TestCase):
    def test_letters_digits_and_two_marks_make_an_id(self):
        for value in ("a", "A-z_9", "x" * 64):
            with self.subTest(value=value):
                self.assertTrue(rules.is_id(value))

    def test_nothing_else_does(self):
        for value in ("", "x" * 65, "a b", "я", "a\n", "a.b", 5, None, True, ["a"]):
            with self.subTest(value=value):
                self.assertFalse(rules.is_id(value))


class IsUserTest(unittest.TestCase):
    def test_a_user_has_a_name_and_perhaps_a_status(self):
        for value in ({"account_name": "bob"}, {"account_name": "bob", "status": "hi", "age": 5}):
            with self.subTest(value=value):
                self.assertTrue(rules.is_user(value))

    def test_nothing_else_is_a_user(self):
        for value in (None, "bob", [], {}, {"account_name": 5}, {"account_name": "b", "status": 5}):
            with self.subTest(value=value):
                self.assertFalse(rules.is_user(value))


if __name__ == "__main__":
    unittest.main()
