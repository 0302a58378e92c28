"""Tests of session.py: the client's rules, without a socket; the storage is a real file."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import asking
import events
import session
from asking import MAX_NAMES, PAGE
from client_storage import ClientStorage
from events import (
    Answered,
    Arrived,
    Contacts,
    Entered,
    History,
    Joined,
    Marked,
    People,
    Presence,
    Rejected,
    Rooms,
    Unanswered,
)
from model_server import ModelServer
from session import Session

from common.messages import BadMessage, encode
from common.rules import find_problem

NOW = 1000.0


def msg(text="hi", **changes):
    """Return a message that somebody says to us, with changes."""
    message = {"action": "msg", "time": 999.0, "from": "eve", "to": "bob", "message": text}
    return message | changes


class SessionTest(unittest.TestCase):
    """A test with a session of bob, which has entered; nothing is outstanding."""

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.storage = ClientStorage(folder / "bob.sqlite", "bob")
        self.addCleanup(self.storage.close)
        self.session = Session("bob", self.storage)
        self.enter()

    def enter(self):
        """Let the server welcome us, and answer all that a session asks then."""
        server = ModelServer()
        self.session.connected(NOW)
        while self.session.outgoing:
            for answer in server.handle(self.session.outgoing.popleft()):
                self.session.handle(answer, NOW)
        self.assertTrue(self.session.idle)

    def sent(self):
        """Return what the shell is to send, and send it."""
        messages = list(self.session.outgoing)
        self.session.outgoing.clear()
        return messages

    def actions(self):
        """Return the actions of what the shell is to send, and send it."""
        return [message["action"] for message in self.sent()]

    def answer(self, request, code, words=""):
        """Return what happens when a request gets this answer."""
        key = "alert" if code < 400 else "error"
        return self.session.handle({"response": code, key: words, "id": request["id"]}, NOW)

    def ask(self, verb, *args, code=200, words=""):
        """Ask, and return what happens when the answer comes."""
        self.assertEqual(getattr(self.session, verb)(NOW, *args), [])
        (request,) = self.sent()
        return self.answer(request, code, words)

    def reconnect(self):
        """Lose the connection and have a new one; return what the shell is to send then."""
        self.session.disconnected()
        self.session.connected(NOW)
        (presence,) = self.sent()
        self.answer(presence, 200)
        (contacts,) = self.sent()
        self.answer(contacts, 202, [])
        return self.sent()


class EnteringTest(SessionTest):
    def setUp(self):
        super().setUp()
        self.session.disconnected()

    def test_first_we_say_who_we_are_and_what_we_understand(self):
        self.session.connected(NOW)
        (presence,) = self.sent()
        self.assertIsNone(find_problem(presence))
        self.assertEqual(presence["user"]["account_name"], "bob")
        self.assertIs(presence["acknowledge"], True)
        self.assertIs(presence["watch"], True)

    def test_before_the_welcome_nothing_else_is_said(self):
        self.session.connected(NOW)
        self.sent()
        self.session.say(NOW, "eve", "hi")
        self.session.handle(msg(number=1), NOW)
        self.session.acknowledge(NOW)
        self.assertEqual(self.sent(), [])

    def test_the_welcome_is_told(self):
        self.session.connected(NOW)
        happened = self.answer(self.sent()[0], 200, "welcome, bob")
        self.assertEqual(happened, [Entered(200, "welcome, bob")])
        self.assertTrue(self.session.entered)

    def test_a_refusal_is_told_and_we_have_not_entered(self):
        self.session.connected(NOW)
        happened = self.answer(self.sent()[0], 409, "bob is here already")
        self.assertEqual(happened, [Rejected(409, "bob is here already")])
        self.assertFalse(self.session.entered)
        self.assertEqual(self.sent(), [])

    def test_then_the_contacts_are_asked_for_and_nothing_else_until_they_are_here(self):
        self.session.say(NOW, "eve", "from the outbox")
        self.session.connected(NOW)
        self.answer(self.sent()[0], 200)
        self.session.say(NOW, "eve", "new")
        self.session.join(NOW, "#a")
        self.session.handle(msg(number=5), NOW)
        self.session.acknowledge(NOW)
        (contacts,) = self.sent()
        self.assertEqual((contacts["action"], contacts["user_login"]), ("get_contacts", "bob"))
        happened = self.answer(contacts, 202, ["eve", "Вася"])
        self.assertEqual(happened, [Contacts(("eve", "Вася"))])
        self.session.acknowledge(NOW)
        self.assertEqual(self.actions(), ["msg", "get_users", "msg", "join", "ack"])

    def test_a_server_without_contacts_does_not_stop_us(self):
        self.session.connected(NOW)
        self.answer(self.sent()[0], 200)
        happened = self.answer(self.sent()[0], 400, "unknown action")
        self.assertEqual(happened, [Answered("contacts:", 400, "unknown action")])
        self.assertEqual(self.actions(), ["get_users"])

    def test_a_nonsensical_list_of_contacts_does_not_stop_us_either(self):
        self.session.connected(NOW)
        self.answer(self.sent()[0], 200)
        (happened,) = self.answer(self.sent()[0], 202, ["../x"])
        self.assertEqual((happened.code, self.storage.contacts()), (500, []))
        self.assertEqual(self.actions(), ["get_users"])

    def test_what_has_waited_goes_out_in_its_order_and_as_it_was(self):
        for text in ("one", "два"):
            self.session.say(NOW, "eve", text)
        *lines, _ = self.reconnect()
        self.assertEqual([line["message"] for line in lines], ["one", "два"])
        self.assertEqual([find_problem(line) for line in lines], [None, None])

    def test_rooms_are_entered_before_anything_is_said_in_them(self):
        self.storage.set_setting("rooms", ["#a", "#b"])
        self.session.say(NOW, "#a", "hi")
        actions = [request["action"] for request in self.reconnect()]
        self.assertEqual(actions, ["join", "join", "msg", "get_users"])

    def test_what_we_ask_by_ourselves_is_not_shown_as_an_answer(self):
        self.storage.set_setting("rooms", ["#a"])
        join, users = self.reconnect()
        self.assertEqual(self.answer(join, 200, "you are in"), [Joined(("#a",))])
        self.assertEqual(self.answer(users, 202, ["eve"]), [People(("eve",))])


class SayTest(SessionTest):
    def say(self, chat="eve", text="hi"):
        """Say something; return the line and the message that brings it to the server."""
        (arrived,) = self.session.say(NOW, chat, text)
        (message,) = self.sent()
        return arrived.line, message

    def test_a_line_is_kept_shown_and_sent(self):
        line, message = self.say(text="привет")
        self.assertEqual((line.chat, line.text, line.state), ("eve", "привет", "waiting"))
        self.assertIsNone(find_problem(message))
        fields = {"action": "msg", "time": NOW, "to": "eve", "from": "bob", "encoding": "utf-8"}
        self.assertEqual(message, fields | {"message": "привет", "id": message["id"]})
        self.assertEqual(self.storage.outbox(), [(message["id"], "eve", "привет", NOW)])

    def test_two_lines_have_two_ids_although_the_first_has_been_answered(self):
        first, second = self.say()[1], self.say()[1]
        self.assertNotEqual(first["id"], second["id"])
        self.answer(first, 202)
        self.answer(second, 202)
        self.assertNotIn(self.say()[1]["id"], (first["id"], second["id"]))

    def test_an_answer_takes_it_out_of_the_outbox_and_marks_it(self):
        states = {200: "delivered", 202: "stored", 404: "refused", 409: "refused"}
        for code, state in states.items():
            _, message = self.say()
            with self.subTest(code=code):
                marked, told = self.answer(message, code, "words")
                self.assertEqual(told, Answered("to eve:", code, "words"))
                self.assertEqual((marked.line.state, marked.answered), (state, True))
                self.assertEqual(self.storage.outbox(), [])

    def test_after_our_servers_own_fault_or_a_notice_it_stays_in_the_outbox(self):
        for code in (100, 199, 500, 503):
            _, message = self.say()
            with self.subTest(code=code):
                (told,) = self.answer(message, code, "no")
                self.assertEqual(told, Answered("to eve:", code, "no"))
                self.assertIn(message["id"], [id for id, *_ in self.storage.outbox()])

    def test_what_was_not_answered_is_sent_again_with_the_same_id_and_body(self):
        _, silent = self.say(text="silence")
        _, failed = self.say(text="500")
        _, done = self.say(text="done")
        self.answer(failed, 500)
        self.answer(done, 202)
        *again, _ = self.reconnect()
        self.assertEqual(again, [silent, failed])

    def test_what_was_said_in_another_spelling_is_sent_again_as_it_was(self):
        self.answer(self.say(chat="Eve")[1], 202)
        _, message = self.say(chat="eVE")
        self.assertEqual(self.reconnect()[0], message)

    def test_without_a_connection_it_waits(self):
        self.session.disconnected()
        (arrived,) = self.session.say(NOW, "eve", "hi")
        self.assertEqual(arrived.line.state, "waiting")
        self.assertEqual((self.sent(), len(self.storage.outbox())), ([], 1))

    def test_what_no_server_would_take_is_refused_at_once_and_not_kept(self):
        table = (("../x", "hi"), ("", "hi"), ("eve", ""), ("eve", "x" * 501), ("eve", "a\0b"))
        for chat, text in (*table, ("eve", "\ud800")):
            with self.subTest(chat=chat, text=text):
                (told,) = self.session.say(NOW, chat, text)
                self.assertEqual((told.about, told.code), (f"to {chat}:", 400))
        self.assertEqual((self.sent(), self.storage.outbox()), ([], []))

    def test_the_longest_text_can_be_said(self):
        self.assertEqual(self.say(text="я" * 500)[0].state, "waiting")

    def test_the_line_that_a_room_sends_back_to_us_is_not_shown_again(self):
        for answered_first in (True, False):
            _, message = self.say(chat="#all", text=str(answered_first))
            with self.subTest(answered_first=answered_first):
                if answered_first:
                    self.answer(message, 200)
                self.assertEqual(self.session.handle(message, NOW), [])
        self.assertEqual(len(self.storage.lines("#all")), 2)

    def test_that_a_line_has_arrived_is_told_and_only_once(self):
        _, message = self.say()
        self.answer(message, 202)
        delivered = {"action": "delivered", "time": NOW, "id": message["id"], "to": "eve"}
        (marked,) = self.session.handle(delivered, NOW)
        self.assertEqual((marked.line.state, marked.answered), ("delivered", False))
        self.assertEqual(self.session.handle(delivered, NOW), [])


class MessageTest(SessionTest):
    def acknowledged(self):
        """Return the numbers that the session acknowledges now."""
        self.session.acknowledge(NOW)
        return [message["number"] for message in self.sent() if message["action"] == "ack"]

    def test_what_comes_is_kept_and_told(self):
        (arrived,) = self.session.handle(msg("привет", number=1, id="x"), NOW)
        self.assertEqual((arrived.line.chat, arrived.line.text), ("eve", "привет"))
        self.assertEqual(self.storage.lines("eve"), [arrived.line])

    def test_what_comes_twice_is_told_once_but_acknowledged_again(self):
        for expected in (1, 0):
            happened = self.session.handle(msg(number=7, id="x"), NOW)
            self.assertEqual(len(happened), expected)
            self.assertEqual(self.acknowledged(), [7])

    def test_nothing_is_acknowledged_before_the_shell_says_that_all_is_on_the_disk(self):
        self.session.handle(msg(number=1), NOW)
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.acknowledged(), [1])

    def test_one_acknowledgement_is_enough_for_many(self):
        for number in (3, 5, 4):
            self.session.handle(msg(str(number), number=number), NOW)
        self.assertEqual(self.acknowledged(), [5])
        self.assertEqual(self.acknowledged(), [])

    def test_what_has_no_number_is_not_acknowledged(self):
        self.session.handle(msg(), NOW)
        self.assertEqual(self.acknowledged(), [])

    def test_a_number_that_somebody_has_put_into_a_room_is_not_believed(self):
        for to in ("#all", "#a"):
            self.session.handle(msg(to=to, number=10**6), NOW)
        self.assertEqual(self.acknowledged(), [])

    def test_what_was_not_acknowledged_before_the_connection_broke_must_come_again(self):
        self.session.handle(msg(number=1), NOW)
        self.reconnect()
        self.assertEqual(self.acknowledged(), [])

    def test_acknowledgements_do_not_pile_up_before_a_server_that_does_not_read(self):
        for number in range(session.MAX_OUTGOING + 50):
            self.session.handle(msg(str(number), number=number), NOW)
            self.session.acknowledge(NOW)
        self.assertLessEqual(len(self.session.outgoing), session.MAX_OUTGOING)
        self.sent()
        self.assertEqual(self.acknowledged(), [session.MAX_OUTGOING + 49])

    def test_what_is_no_proper_message_is_refused_and_not_kept(self):
        table = (
            *({"time": time} for time in (None, "noon", True)),
            *({"from": name} for name in (None, 5, "", "../x", "x" * 26, "#all")),
            *({"to": to} for to in (None, 5, "", "anna", "#../x", ["bob"])),
            *({"message": text} for text in (None, 5, "", "x" * 501, ["hi"])),
            *({"number": number} for number in (None, "1", 1.5, True, -1, 2**63, 10**39)),
        )
        for changes in table:
            with self.subTest(changes=changes), self.assertRaises(BadMessage):
                self.session.handle(msg(**changes), NOW)
        self.assertEqual((self.storage.conversations(), self.acknowledged()), ([], []))

    def test_the_largest_number_is_one(self):
        self.session.handle(msg(number=2**63 - 1), NOW)
        self.assertEqual(self.acknowledged(), [2**63 - 1])

    def test_our_name_is_ours_in_any_case_of_letters(self):
        self.assertEqual(len(self.session.handle(msg(to="BOB", number=2), NOW)), 1)

    def test_a_message_cannot_pass_for_an_answer(self):
        self.session.say(NOW, "anna", "hi")
        (sent,) = self.sent()
        forged = msg(response=404, error="no such user", id=sent["id"])
        (arrived,) = self.session.handle(forged, NOW)
        self.assertEqual(arrived.line.sender, "eve")
        self.assertEqual([id for id, *_ in self.storage.outbox()], [sent["id"]])

    def test_that_a_contact_comes_and_goes_is_told(self):
        for status, online in (("online", True), ("offline", False), ("at lunch", True)):
            user = {"account_name": "eve", "status": status}
            presence = {"action": "presence", "time": NOW, "type": "status", "user": user}
            self.assertEqual(self.session.handle(presence, NOW), [Presence("eve", online)])

    def test_nonsense_is_refused(self):
        table = (
            *({}, {"action": None}, {"action": "dance"}, {"action": ["msg"]}, {"action": "quit"}),
            *({"action": "presence"}, {"action": "presence", "user": []}),
            *({"action": "presence", "user": {"account_name": "../x"}},),
            *({"action": "delivered"}, {"action": "delivered", "id": 5}, {"response": "x"}),
        )
        for message in table:
            with self.subTest(message=message), self.assertRaises(BadMessage):
                self.session.handle(message, NOW)


class AskingTest(SessionTest):
    def test_an_answer_is_told_with_what_it_is_about(self):
        happened = self.ask("leave", "#a", code=404, words="you are not in #a")
        self.assertEqual(happened[0], Answered("leave #a:", 404, "you are not in #a"))

    def test_answers_find_their_requests_in_any_order(self):
        self.session.leave(NOW, "#a")
        self.session.leave(NOW, "#b")
        first, second = self.sent()
        self.assertEqual(self.answer(second, 404)[0].about, "leave #b:")
        self.assertEqual(self.answer(first, 404)[0].about, "leave #a:")

    def test_an_answer_to_nothing_is_told_as_such(self):
        self.session.join(NOW, "#a")  # else there is nothing with which it could be confused
        for id in ({}, {"id": "r99"}, {"id": 5}, {"id": ["r1"]}, {"id": None}):
            with self.subTest(id=id):
                happened = self.session.handle({"response": 400, "error": "what?"} | id, NOW)
                self.assertEqual(happened, [Answered("", 400, "what?")])

    def test_the_second_answer_to_a_request_is_one_to_nothing(self):
        self.session.add_contact(NOW, "eve")
        (request,) = self.sent()
        self.answer(request, 404)
        self.assertEqual(self.answer(request, 201), [Answered("", 201, "")])
        self.assertEqual(self.storage.contacts(), [])

    def test_idle_is_who_waits_for_nothing(self):
        self.assertTrue(self.session.idle)
        self.session.join(NOW, "#a")
        self.assertFalse(self.session.idle)
        (request,) = self.sent()
        self.assertFalse(self.session.idle)
        self.answer(request, 200)
        self.assertTrue(self.session.idle)

    def test_who_has_something_to_send_is_not_idle(self):
        self.session.handle(msg(number=1), NOW)
        self.session.acknowledge(NOW)
        self.assertFalse(self.session.idle)
        self.sent()
        self.assertTrue(self.session.idle)

    def test_what_waits_for_the_contacts_is_not_forgotten_by_idle(self):
        self.session.ask_for_contacts(NOW)
        self.session.join(NOW, "#a")
        self.sent()
        self.assertFalse(self.session.idle)

    def test_without_a_connection_there_is_nobody_to_ask(self):
        self.session.disconnected()
        happened = self.session.join(NOW, "#a")
        self.assertEqual(happened, [Unanswered("join #a:", asking.NOT_NOW)])
        self.assertEqual(self.sent(), [])

    def test_who_loses_the_connection_is_told_what_will_not_be_answered(self):
        self.session.say(NOW, "eve", "hi")
        self.session.ask_for_contacts(NOW)
        self.session.ask_for_rooms(NOW)
        self.session.ask_who_is_here(NOW, about="")
        lost = self.session.disconnected()
        self.assertEqual([each.about for each in lost], ["to eve:", "contacts:", "rooms:"])
        self.assertEqual(lost[0].words, session.LATER)
        self.assertEqual({each.words for each in lost[1:]}, {session.NO_ANSWER})
        self.assertTrue(self.session.idle)
        self.assertFalse(self.session.entered)

    def test_a_new_connection_is_not_held_up_by_what_the_old_one_did_not_answer(self):
        self.session.ask_for_contacts(NOW)
        self.assertEqual([message["action"] for message in self.reconnect()], ["get_users"])

    def test_an_answer_of_the_old_connection_is_not_taken_for_one_of_the_new(self):
        self.session.add_contact(NOW, "eve")
        (old,) = self.sent()
        self.reconnect()
        self.assertEqual(self.answer(old, 201), [Answered("", 201, "")])

    def test_what_no_server_could_read_is_not_sent(self):
        for room in ("#\0", "#" + "x" * 70_000, "#\ud800"):
            with self.subTest(room=room[:3]):
                (told,) = self.session.join(NOW, room)
                self.assertEqual((told.about, told.code), (f"join {room}:", 400))
        self.assertTrue(self.session.idle)

    def test_goodbye_is_the_last_word(self):
        self.session.join(NOW, "#a")
        self.session.quit(NOW)
        self.assertEqual(self.sent(), [{"action": "quit", "time": NOW}])

    def test_all_that_we_say_can_be_written(self):
        self.session.join(NOW, "#Кухня")
        self.session.quit(NOW)
        for message in self.sent():
            self.assertTrue(encode(message))


class ContactsTest(SessionTest):
    def test_an_added_contact_is_one_of_ours(self):
        for code, name in ((201, "eve"), (200, "Вася"), (409, "anna")):
            told, contacts = self.ask("add_contact", name, code=code, words="words")
            with self.subTest(code=code):
                self.assertEqual(told, Answered(f"add {name}:", code, "words"))
                self.assertIn(name, contacts.names)
        self.assertEqual(self.storage.contacts(), ["anna", "eve", "Вася"])

    def test_one_whom_the_server_does_not_add_is_none(self):
        for code in (400, 403, 404, 500):
            with self.subTest(code=code):
                self.assertEqual(len(self.ask("add_contact", "eve", code=code)), 1)
        self.assertEqual(self.storage.contacts(), [])

    def test_the_same_contact_in_other_letters_is_one(self):
        self.ask("add_contact", "eve", code=201)
        self.ask("add_contact", "Eve", code=409)
        self.assertEqual(self.storage.contacts(), ["Eve"])

    def test_a_removed_contact_is_none_any_more(self):
        for code in (200, 404):
            self.ask("add_contact", "eve", code=201)
            with self.subTest(code=code):
                told, contacts = self.ask("remove_contact", "EVE", code=code)
                self.assertEqual((told.about, contacts), ("remove EVE:", Contacts(())))

    def test_one_whom_the_server_does_not_remove_stays(self):
        self.ask("add_contact", "eve", code=201)
        for code in (400, 403, 409, 500):
            self.ask("remove_contact", "eve", code=code)
        self.assertEqual(self.storage.contacts(), ["eve"])

    def test_the_requests_are_those_of_the_protocol(self):
        for verb, action in (("add_contact", "add_contact"), ("remove_contact", "del_contact")):
            getattr(self.session, verb)(NOW, "eve")
            (request,) = self.sent()
            self.assertEqual(request["action"], action)
            self.assertEqual((request["user_id"], request["user_login"]), ("eve", "bob"))

    def test_the_list_of_the_source_is_understood(self):
        self.session.ask_for_contacts(NOW)
        (request,) = self.sent()
        answer = {"response": "202", "alert": "[‘eve’, ‘anna’]", "id": request["id"]}
        told, contacts = self.session.handle(answer, NOW)
        self.assertEqual(told, Answered("contacts:", 202, "eve, anna"))
        self.assertEqual(contacts, Contacts(("anna", "eve")))

    def test_while_the_contacts_are_asked_for_nothing_else_is(self):
        self.session.ask_for_contacts(NOW)
        self.session.join(NOW, "#a")
        self.session.ask_for_contacts(NOW)
        self.session.join(NOW, "#b")
        for expected in (["get_contacts"], ["join", "get_contacts"], ["join"]):
            messages = self.sent()
            self.assertEqual([message["action"] for message in messages], expected)
            self.answer(messages[-1], 202, [])


class RoomsTest(SessionTest):
    def rooms(self):
        """Return the rooms that we enter again with the next connection."""
        return self.storage.setting("rooms", [])

    def test_a_room_is_remembered_until_we_leave_it(self):
        self.assertEqual(self.ask("join", "#a")[1], Joined(("#a",)))
        self.assertEqual(self.ask("join", "#b")[1], Joined(("#a", "#b")))
        self.assertEqual(self.ask("leave", "#A")[1], Joined(("#b",)))
        self.assertEqual(self.rooms(), ["#b"])

    def test_a_room_that_we_may_not_enter_is_not_remembered(self):
        self.ask("join", "#a", code=403)
        self.assertEqual(self.rooms(), [])
        self.storage.set_setting("rooms", ["#a"])
        self.ask("join", "#a", code=403)
        self.assertEqual(self.rooms(), [])

    def test_a_fault_of_the_server_changes_nothing(self):
        self.ask("join", "#a")
        for verb in ("join", "leave"):
            self.assertEqual(len(self.ask(verb, "#a", code=500)), 1)
        self.assertEqual(self.rooms(), ["#a"])

    def test_the_list_of_rooms_is_told(self):
        happened = self.ask("ask_for_rooms", code=202, words=["#a", "#all"])
        self.assertEqual(happened, [Answered("rooms:", 202, "#a, #all"), Rooms(("#a", "#all"))])


class ListTest(SessionTest):
    def names(self, start, count):
        """Return names in alphabetical order."""
        return [f"name{number:05}" for number in range(start, start + count)]

    def test_a_short_list_is_told_at_once(self):
        happened = self.ask("ask_who_is_here", code=202, words=["bob", "Вася"])
        self.assertEqual(happened[0], Answered("here are:", 202, "bob, Вася"))
        self.assertEqual(happened[1], People(("bob", "Вася")))

    def test_a_full_page_is_not_the_end(self):
        self.assertEqual(self.ask("ask_who_is_here", code=202, words=self.names(0, PAGE)), [])
        (more,) = self.sent()
        self.assertEqual(more["after"], self.names(0, PAGE)[-1])
        told, people = self.answer(more, 202, ["z"])
        self.assertEqual(people.names, (*self.names(0, PAGE), "z"))
        self.assertEqual((told.about, told.words[-3:]), ("here are:", ", z"))

    def test_a_server_that_never_ends_its_list_is_cut_short(self):
        self.session.ask_who_is_here(NOW)
        for turn in range(MAX_NAMES // PAGE):
            (request,) = self.sent()
            happened = self.answer(request, 202, self.names(turn * PAGE, PAGE))
        self.assertEqual(len(happened[1].names), MAX_NAMES)
        self.assertTrue(self.session.idle)

    def test_a_refusal_is_told(self):
        self.assertEqual(
            self.ask("ask_who_is_here", code=500, words="no"), [Answered("here are:", 500, "no")]
        )

    def test_what_is_no_list_is_told_as_a_fault_of_the_server(self):
        for words in ("eve", ["../x"], None, [5]):
            with self.subTest(words=words):
                (told,) = self.ask("ask_who_is_here", code=202, words=words)
                self.assertEqual((told.about, told.code), ("here are:", 500))


class HistoryTest(SessionTest):
    def test_the_last_lines_of_a_chat_are_told(self):
        for number in range(25):
            self.session.handle(msg(str(number)), NOW)
        self.session.handle(msg("elsewhere", to="#all"), NOW)
        (history,) = self.session.history(NOW, "EVE")
        self.assertIsInstance(history, History)
        self.assertEqual([line.text for line in history.lines], [str(n) for n in range(5, 25)])

    def test_of_who_is_unknown_there_is_none(self):
        self.assertEqual(self.session.history(NOW, "nobody"), [History("nobody", ())])


class EventsTest(unittest.TestCase):
    def test_events_are_values_that_nobody_changes(self):
        self.assertEqual(events.Joined(("#a",)), Joined(("#a",)))
        with self.assertRaises(AttributeError):
            Answered("", 200, "").code = 404

    def test_a_line_in_an_event_is_the_storages(self):
        self.assertEqual(Arrived("line").line, Marked("line", True).line)


if __name__ == "__main__":
    unittest.main()
