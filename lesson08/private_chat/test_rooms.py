"""Tests of the rules: who is told what. No socket, no thread, no waiting."""

import unittest

from rooms import CHOOSE, NicknameTaken, Rooms


class RoomsTest(unittest.TestCase):
    def setUp(self):
        self.rooms = Rooms()
        for name in ("Anna", "Bob", "Вася"):
            self.rooms.enter(name, "+ Welcome!")

    def does(self, name, *lines):
        """Let a user do something; return what is told of the last line, by name."""
        for line in lines:
            news = self.rooms.handle(name, line)
        return by_name(news)

    def let_talk(self, one="Anna", other="Bob"):
        """Make two users partners."""
        self.does(one, f"/partner {other}")
        self.does(other, f"/partner {one}")


def by_name(news):
    """Return what each user is told."""
    told = {}
    for name, line in news:
        told.setdefault(name, []).append(line)
    return told


class EnterTest(RoomsTest):
    def test_the_others_are_told(self):
        told = by_name(self.rooms.enter("Eve", "+ Welcome!"))
        for name in ("Anna", "Bob", "Вася"):
            self.assertEqual(told[name], ["* Eve has come."])

    def test_who_comes_is_greeted_and_sees_who_is_here_and_the_choice(self):
        self.does("Bob", "/all")
        greeting, *others, choice = by_name(self.rooms.enter("Eve", "+ Welcome!"))["Eve"]
        self.assertEqual((greeting, choice), ("+ Welcome!", CHOOSE))
        self.assertEqual(others[:2], ["* Here with you: 3", "*   Anna: has not chosen yet"])
        self.assertEqual(others[2], "*   Bob: in the common chat")

    def test_the_first_is_told_that_nobody_else_is_here(self):
        told = by_name(Rooms().enter("Eve", "+ Welcome!"))
        self.assertEqual(told, {"Eve": ["+ Welcome!", "* Nobody else is here.", CHOOSE]})

    def test_a_nickname_can_be_had_once(self):
        for name in ("Anna", "anna", "ВАСЯ"):
            with self.subTest(name=name), self.assertRaises(NicknameTaken):
                self.rooms.enter(name, "+ Welcome!")


class CommonChatTest(RoomsTest):
    def test_a_text_goes_to_the_others_there_and_to_nobody_else(self):
        for name in ("Anna", "Bob"):
            self.does(name, "/all")
        self.assertEqual(self.does("Anna", "привет"), {"Bob": ["[Anna] привет"]})

    def test_who_is_alone_there_is_told_so(self):
        told = self.does("Anna", "/all", "hello?")
        self.assertEqual(told, {"Anna": ["* Nobody else is in the common chat."]})

    def test_coming_and_going_is_announced_there(self):
        self.does("Anna", "/all")
        self.assertEqual(self.does("Bob", "/all")["Anna"], ["* Bob has joined the common chat."])
        told = self.does("Bob", "/partner Вася")
        self.assertEqual(told["Anna"], ["* Bob has left the common chat."])

    def test_going_there_twice_changes_nothing(self):
        told = self.does("Anna", "/all", "/all")
        self.assertEqual(list(told), ["Anna"])
        self.assertTrue(told["Anna"][0].startswith("!"))


class PartnerTest(RoomsTest):
    def test_one_asks_and_waits(self):
        told = self.does("Anna", "/partner bob")
        self.assertEqual(told["Anna"], ["~ Waiting for Bob"])
        self.assertIn("/partner Anna", told["Bob"][0])

    def test_the_other_agrees_and_both_are_told(self):
        self.does("Anna", "/partner Bob")
        told = self.does("Bob", "/partner Anna")
        self.assertEqual(told["Anna"], ["+ You are talking with Bob."])
        self.assertEqual(told["Bob"], ["+ You are talking with Anna."])

    def test_a_text_goes_to_the_partner_and_to_nobody_else(self):
        self.does("Вася", "/all")
        self.let_talk()
        self.assertEqual(self.does("Anna", "тайна"), {"Bob": ["[Anna -> you] тайна"]})

    def test_nothing_of_the_common_chat_reaches_those_who_talk(self):
        for name in ("Anna", "Bob", "Вася"):
            self.does(name, "/all")
        self.let_talk()
        self.assertEqual(list(self.does("Вася", "hello")), ["Вася"])

    def test_before_the_other_agrees_nobody_reads_a_text(self):
        told = self.does("Anna", "/partner Bob", "тайна")
        self.assertEqual(list(told), ["Anna"])
        self.assertIn("! Nobody has read this", told["Anna"][0])

    def test_who_is_asked_while_talking_goes_on_talking(self):
        self.let_talk()
        self.does("Вася", "/partner Bob")
        self.assertEqual(list(self.does("Bob", "hello")), ["Anna"])

    def test_agreeing_to_another_ends_the_talk(self):
        self.let_talk()
        self.does("Вася", "/partner Bob")
        told = self.does("Bob", "/partner Вася")
        self.assertEqual(told["Anna"], ["* Bob has ended the talk.", CHOOSE])
        self.assertEqual(list(self.does("Bob", "hello")), ["Вася"])

    def test_whom_one_leaves_is_back_at_the_choice_and_writes_to_nobody(self):
        self.let_talk()
        told = self.does("Anna", "/all")
        self.assertEqual(told["Bob"], ["* Anna has ended the talk.", CHOOSE])
        self.assertEqual(list(self.does("Bob", "are you there?")), ["Bob"])

    def test_who_is_no_longer_waited_for_is_told(self):
        told = self.does("Anna", "/partner Bob", "/all")
        self.assertEqual(told["Bob"], ["* Anna no longer waits for you."])
        self.assertEqual(self.does("Bob", "/partner Anna")["Bob"], ["~ Waiting for Anna"])

    def test_who_cannot_be_a_partner_is_said_and_nothing_changes(self):
        self.let_talk()
        for name in ("Nobody", "", "anna", "Bob", "x" * 4000):
            told = self.does("Anna", f"/partner {name}")
            self.assertEqual(list(told), ["Anna"], name)
            self.assertTrue(told["Anna"][0].startswith("!"), name)
        self.assertEqual(list(self.does("Anna", "hello")), ["Bob"])


class LeaveTest(RoomsTest):
    def test_everybody_is_told(self):
        told = by_name(self.rooms.leave("Anna"))
        self.assertEqual(told, dict.fromkeys(("Bob", "Вася"), ["* Anna has left."]))

    def test_the_partner_is_back_at_the_choice(self):
        self.let_talk()
        self.assertEqual(by_name(self.rooms.leave("Anna"))["Bob"], ["* Anna has left.", CHOOSE])
        self.assertEqual(list(self.does("Bob", "hello?")), ["Bob"])

    def test_so_is_who_was_waiting(self):
        self.does("Bob", "/partner Anna")
        self.assertEqual(by_name(self.rooms.leave("Anna"))["Bob"], ["* Anna has left.", CHOOSE])

    def test_the_nickname_is_free_at_once(self):
        self.rooms.leave("Anna")
        self.rooms.enter("ANNA", "+ Welcome!")

    def test_somebody_else_of_that_name_does_not_inherit_the_partner(self):
        self.let_talk()
        self.rooms.leave("Anna")
        self.rooms.enter("Anna", "+ Welcome!")
        self.assertEqual(list(self.does("Bob", "secret")), ["Bob"])


class WordsTest(RoomsTest):
    def test_the_list_shows_who_is_where(self):
        self.does("Вася", "/partner Anna")
        self.let_talk("Bob", "Вася")
        self.does("Anna", "/partner Bob")
        lines = self.does("Bob", "/list")["Bob"]
        self.assertEqual(lines[1:], ["*   Anna: waits for you", "*   Вася: talks with you"])
        self.assertIn("*   Bob: talks with somebody", self.does("Anna", "/list")["Anna"])

    def test_an_unknown_word_is_answered_with_help_and_read_by_nobody(self):
        self.let_talk()
        told = self.does("Anna", "/dance")
        self.assertEqual(list(told), ["Anna"])
        self.assertIn("/dance", told["Anna"][0])
        self.assertEqual(told["Anna"][1:], self.does("Anna", "/help")["Anna"])

    def test_two_marks_are_said_as_one(self):
        self.let_talk()
        self.assertEqual(self.does("Anna", "//all"), {"Bob": ["[Anna -> you] /all"]})

    def test_an_empty_line_is_nothing(self):
        self.let_talk()
        self.assertEqual(self.does("Anna", "  "), {})

    def test_who_has_not_chosen_is_asked_to(self):
        told = self.does("Anna", "hello")
        self.assertEqual(told, {"Anna": ["! Nobody has read this. Choose first.", CHOOSE]})


if __name__ == "__main__":
    unittest.main()
