"""Tests of hub.py: whose contacts are whose, and who is told what. No socket, no disk."""

import sys
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from hub import ContactHub

from common.effects import STORAGE
from common.hub import GOODBYE
from common.messages import BadMessage, encode
from common.records import Arrival, StorageError
from common.storage import CONTACTS

NOW = 1000.5
BROKEN = StorageError("the disk is full")


def presence(name, **changes):
    """Return a presence, with changes."""
    user = {"account_name": name}
    return {"action": "presence", "time": NOW, "user": user} | changes


def request(action, **fields):
    """Return another request."""
    return {"action": action, "time": NOW} | fields


class HubTest(unittest.TestCase):
    """A test with a hub. Peers are texts; the test itself plays the shell and the storage."""

    def setUp(self):
        self.hub = ContactHub("Test server")
        self.effects = []  # what the storage has been asked for and has not done
        self.sent = []  # pairs of peer and message, as the shell would send them

    def take(self, pairs):
        """Send what is for peers, and note what is for the storage."""
        for peer, message in pairs:
            if peer is STORAGE:
                self.effects.append(message)
            else:
                self.sent.append((peer, message))

    def say(self, peer, message):
        """Let a peer say something."""
        self.take(self.hub.handle(peer, message, NOW))

    def store(self, result):
        """Let the storage answer the oldest effect; return its verb and its arguments."""
        effect = self.effects.pop(0)
        self.take(effect.then(result))
        return effect.verb, effect.arguments

    def leave(self, peer, now=NOW):
        """Let a peer be gone, and let that be written down."""
        self.take(self.hub.left(peer, now))
        self.assertEqual(self.effects.pop().verb, "remember_logout")

    def arrive(self, name, *contacts, **changes):
        """Let somebody come in who has these contacts."""
        self.hub.joined(name, "192.0.2.7")
        self.say(name, presence(name, **changes))
        self.store(Arrival(name, [], list(contacts)))

    def come(self, name, *contacts, **changes):
        """Let somebody come in, and forget what was sent because of it."""
        self.arrive(name, *contacts, **changes)
        self.sent.clear()

    def heard(self):
        """Return what has been sent since we last looked: the peer, and the news or the code."""
        sent, self.sent = self.sent, []
        return [(peer, essence(message)) for peer, message in sent]

    def expect_empty_tables(self):
        """Expect that the hub remembers nobody."""
        tables = ("_people", "_named", "_rooms", "_contacts", "_watchers")
        self.assertEqual([getattr(self.hub, table) for table in tables], [{}] * 5)


def essence(message):
    """Return what matters in a message."""
    if message is GOODBYE:
        return "goodbye"
    if message.get("action") == "presence":
        return f"{message['user']['account_name']} {message['user']['status']}"
    return message.get("response") or message["action"]


class WelcomeTest(HubTest):
    def test_it_names_the_server(self):
        self.arrive("bob")
        self.assertEqual(self.sent[0][1]["alert"], "welcome to Test server, bob")

    def test_a_server_without_a_name_says_welcome_too(self):
        self.hub = ContactHub()
        self.arrive("bob")
        self.assertEqual(self.sent[0][1]["alert"], "welcome, bob")

    def test_a_name_with_commas_and_braces_is_shown_as_it_is(self):
        self.hub = ContactHub("Home, {sweet} %s home")
        self.arrive("bob")
        self.assertEqual(self.sent[0][1]["alert"], "welcome to Home, {sweet} %s home, bob")


class GetContactsTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob")

    def test_they_are_answered_when_the_storage_has_told_them(self):
        self.say("bob", request("get_contacts", user_login="bob", id="c-1"))
        self.assertEqual(self.heard(), [])
        self.assertEqual(self.store(["anna", "Ева"]), ("contacts_of", ("bob",)))
        ((peer, answer),) = self.sent
        self.assertEqual((peer, answer["response"], answer["id"]), ("bob", 202, "c-1"))
        self.assertEqual(answer["alert"], ["anna", "Ева"])

    def test_so_many_as_somebody_may_have_fit_into_one_answer(self):
        names = [f"{number:04}" + "Ж" * 21 for number in range(CONTACTS)]
        self.say("bob", request("get_contacts", user_login="bob"))
        self.store(names)
        self.assertEqual(self.sent[0][1]["alert"], names)
        encode(self.sent[0][1])  # raises if it is too long

    def test_if_they_cannot_be_read_it_is_answered_500(self):
        self.say("bob", request("get_contacts", user_login="bob"))
        self.store(BROKEN)
        self.assertEqual(self.heard(), [("bob", 500)])


class ChangeTest(HubTest):
    """Contacts are added and taken out."""

    def setUp(self):
        super().setUp()
        self.come("bob")

    def ask(self, verb, name="eve", **changes):
        """Let bob want a contact added (add) or taken out (del)."""
        fields = {"user_login": "bob", "user_id": name, "id": "c-1"} | changes
        self.say("bob", request(f"{verb}_contact", **fields))

    def test_each_verdict_of_an_addition_has_its_code(self):
        codes = {"added": 201, "twice": 409, "oneself": 400, "unknown": 404, "full": 403}
        words = {"oneself": "own", "full": "500"}
        for verdict, code in codes.items():
            self.ask("add", "Ева")
            self.assertEqual(self.heard(), [])
            self.assertEqual(self.store(verdict), ("add_contact", ("bob", "Ева")))
            with self.subTest(verdict=verdict):
                answer = self.sent[0][1]
                self.assertEqual(answer["id"], "c-1")
                said = " ".join(map(str, answer.values()))
                self.assertIn(words.get(verdict, "Ева"), said)
                self.assertEqual(self.heard(), [("bob", code)])

    def test_taken_out_is_200_and_not_there_is_404(self):
        for found, code in ((True, 200), (False, 404)):
            self.ask("del", "Ева")
            self.assertEqual(self.heard(), [])
            self.assertEqual(self.store(found), ("remove_contact", ("bob", "Ева")))
            with self.subTest(found=found):
                self.assertEqual(self.sent[0][1]["id"], "c-1")
                self.assertEqual(self.heard(), [("bob", code)])

    def test_what_cannot_be_stored_is_answered_500_and_the_reason_stays_with_us(self):
        for verb in ("add", "del"):
            self.ask(verb)
            self.store(BROKEN)
            self.assertNotIn("disk", self.sent[0][1]["error"])
            with self.subTest(verb=verb):
                self.assertEqual(self.heard(), [("bob", 500)])

    def test_nobody_asks_for_another(self):
        for action in ("get_contacts", "add_contact", "del_contact"):
            self.say("bob", request(action, user_login="eve", user_id="carl"))
            with self.subTest(action=action):
                self.assertEqual((self.heard(), self.effects), ([("bob", 403)], []))

    def test_ones_own_name_may_be_written_in_any_case(self):
        self.ask("add", user_login="BOB")
        self.assertEqual(self.store("added")[1], ("bob", "eve"))

    def test_a_stranger_asks_for_nothing(self):
        self.hub.joined("stranger", "")
        for action in ("get_contacts", "add_contact", "del_contact"):
            self.say("stranger", request(action, user_login="bob", user_id="eve"))
        self.assertEqual((self.heard(), self.effects), ([("stranger", 400)] * 3, []))

    def test_names_must_be_there_and_be_names(self):
        for changes in ({"user_id": "two words"}, {"user_id": 5}, {"user_login": None}):
            with self.subTest(**changes):
                self.ask("add", **changes)
                self.assertEqual((self.heard(), self.effects), ([("bob", 400)], []))
                self.say("bob", request("get_users"))
                self.sent.clear()
        self.say("bob", request("del_contact", user_login="bob"))
        self.assertEqual((self.heard(), self.effects), ([("bob", 400)], []))

    def test_who_has_gone_meanwhile_is_not_answered(self):
        self.come("eve", watch=True)
        for action in ("get_contacts", "add_contact", "del_contact"):
            self.say("eve", request(action, user_login="eve", user_id="bob"))
        self.leave("eve")
        for result in (["bob"], "added", True):
            self.store(result)
        self.assertEqual(self.heard(), [])
        self.leave("bob")
        self.expect_empty_tables()

    def test_the_shell_knows_who_waits_for_the_answer(self):
        self.ask("add")
        self.ask("del")
        self.say("bob", request("get_contacts", user_login="bob"))
        self.assertEqual([effect.asker for effect in self.effects], ["bob"] * 3)


class WatchTest(HubTest):
    """Who wants to know is told when contacts come and go."""

    def test_who_enters_is_told_after_the_welcome_which_contacts_are_here(self):
        for name in ("eve", "carl", "dave"):
            self.come(name)
        self.arrive("bob", "anna", "Eve", "carl", watch=True)
        self.assertEqual(
            self.heard(), [("bob", 200), ("bob", "carl online"), ("bob", "eve online")]
        )

    def test_the_news_is_a_presence_with_a_status(self):
        self.come("bob", "Ева", watch=True)
        self.arrive("Ева")
        user = {"account_name": "Ева", "status": "online"}
        news = {"action": "presence", "time": NOW, "type": "status", "user": user}
        self.assertIn(("bob", news), self.sent)

    def test_it_is_told_when_they_come_and_go(self):
        self.come("bob", "EVE", watch=True)
        self.arrive("eve")
        self.assertEqual(self.heard(), [("eve", 200), ("bob", "eve online")])
        self.leave("eve")
        self.assertEqual(self.heard(), [("bob", "eve offline")])

    def test_whoever_they_say_goodbye_to_and_whoever_sends_them_away(self):
        self.come("bob", "eve", watch=True)
        ways = {"quit": [request("quit")], "bad": [BadMessage("odd")] * 5}
        for way, messages in ways.items():
            self.come("eve")
            for message in messages:
                self.say("eve", message)
            with self.subTest(way=way):
                self.assertEqual(self.heard()[-2:], [("bob", "eve offline"), ("eve", "goodbye")])
            self.effects.clear()

    def test_the_end_has_the_time_that_the_shell_says_or_that_of_the_last_message(self):
        self.come("bob", "eve", watch=True)
        for said, time in ((2000.5, 2000.5), (None, NOW)):
            self.come("eve")
            self.leave("eve", said)
            self.assertEqual(self.sent.pop()[1]["time"], time)

    def test_who_does_not_watch_is_told_nothing(self):
        for changes in ({}, {"watch": False}):
            self.come("bob", "eve", **changes)
            self.come("eve")
            self.leave("eve")
            self.arrive("eve")
            with self.subTest(**changes):
                self.assertEqual(self.heard(), [("eve", 200)])
            for name in ("bob", "eve"):
                self.leave(name)

    def test_others_than_contacts_are_no_news(self):
        self.come("bob", "eve", watch=True)
        self.arrive("carl", "bob", watch=True)
        self.assertEqual(self.heard(), [("carl", 200), ("carl", "bob online")])
        self.leave("bob")
        self.assertEqual(self.heard(), [("carl", "bob offline")])

    def test_who_has_not_been_written_down_is_not_here_yet_and_has_not_gone_either(self):
        self.come("eve", "bob", watch=True)
        self.hub.joined("bob", "")
        self.say("bob", presence("bob", watch=True))
        self.arrive_with_login_under_way()
        self.store(BROKEN)
        self.assertEqual(self.heard(), [("bob", 500), ("bob", "goodbye")])

    def arrive_with_login_under_way(self):
        """Let carl come while bob's login is under way."""
        login = self.effects.pop(0)
        self.arrive("carl", "bob", watch=True)
        self.assertEqual(self.heard(), [("carl", 200)])
        self.effects.append(login)

    def test_watch_is_true_or_false(self):
        self.hub.joined("bob", "")
        self.say("bob", presence("bob", watch="yes"))
        self.assertEqual((self.heard(), self.effects), ([("bob", 400)], []))

    def test_a_new_contact_is_watched_from_then_on(self):
        self.come("bob", watch=True)
        for name, news in (("eve", ["Eve online"]), ("carl", [])):
            if news:
                self.come("Eve")
            self.say("bob", request("add_contact", user_login="bob", user_id=name))
            self.store("added")
            with self.subTest(name=name):
                self.assertEqual(self.heard(), [("bob", 201), *(("bob", one) for one in news)])
        self.leave("Eve")
        self.arrive("carl")
        self.assertIn(("bob", "Eve offline"), (heard := self.heard()))
        self.assertIn(("bob", "carl online"), heard)

    def test_who_is_no_contact_after_all_is_not_watched(self):
        self.come("bob", watch=True)
        for verdict in ("unknown", "oneself", BROKEN):
            self.say("bob", request("add_contact", user_login="bob", user_id="eve"))
            self.store(verdict)
        self.sent.clear()
        self.arrive("eve")
        self.assertEqual(self.heard(), [("eve", 200)])

    def test_who_does_not_watch_does_not_begin_to_by_adding(self):
        self.come("bob")
        self.say("bob", request("add_contact", user_login="bob", user_id="eve"))
        self.store("added")
        self.sent.clear()
        self.arrive("eve")
        self.assertEqual(self.heard(), [("eve", 200)])

    def test_who_is_no_contact_any_more_is_no_news_but_if_it_fails_it_still_is(self):
        for result, news in ((BROKEN, [("bob", "eve online")]), (True, []), (False, [])):
            self.come("bob", "eve", "carl", watch=True)
            self.say("bob", request("del_contact", user_login="bob", user_id="EVE"))
            self.store(result)
            self.sent.clear()
            self.arrive("eve")
            with self.subTest(result=result):
                self.assertEqual(self.heard(), [("eve", 200), *news])
            for name in ("bob", "eve"):
                self.leave(name)
            self.sent.clear()

    def test_several_watch_one_and_each_ends_for_itself(self):
        for name in ("anna", "bob"):
            self.come(name, "eve", watch=True)
        self.arrive("eve")
        self.assertEqual(self.heard()[1:], [("anna", "eve online"), ("bob", "eve online")])
        self.leave("anna")
        self.leave("eve")
        self.assertEqual(self.heard(), [("bob", "eve offline")])

    def test_when_all_have_gone_nothing_is_left(self):
        for name in ("anna", "bob", "eve"):
            self.come(name, "anna", "bob", "gone", watch=True)
        self.say("bob", request("add_contact", user_login="bob", user_id="eve"))
        self.store("added")
        for name in ("bob", "eve", "anna"):
            self.leave(name)
        self.expect_empty_tables()


class OnlineTest(HubTest):
    def test_those_who_are_here_are_told_with_address_and_moment(self):
        self.come("bob")
        self.come("Ева")
        here = [("bob", "192.0.2.7", NOW), ("Ева", "192.0.2.7", NOW)]
        self.assertEqual(self.hub.online(), here)
        self.leave("bob")
        self.assertEqual(self.hub.online(), here[1:])

    def test_strangers_and_those_whose_login_is_under_way_are_not_among_them(self):
        self.hub.joined("stranger", "")
        self.hub.joined("bob", "")
        self.say("bob", presence("bob"))
        self.assertEqual(self.hub.online(), [])

    def test_a_peer_is_found_by_its_name_in_any_case(self):
        self.come("Ева")
        self.assertEqual((self.hub.peer_of("ЕВА"), self.hub.peer_of("bob")), ("Ева", None))


if __name__ == "__main__":
    unittest.main()
