"""Tests of hub.py: what must be stored first, and who gets what when it is. No socket, no disk."""

import sys
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import hub
from effects import STORAGE
from hub import BATCH, StoringHub
from records import Arrival, Kept, KeptMessage, NewMessage, StorageError

from common.hub import GOODBYE
from common.messages import MAX_BYTES, BadMessage, encode

NOW = 1000.5
BROKEN = StorageError("the disk is full")


def presence(name, **changes):
    """Return a presence, with changes."""
    user = {"account_name": name}
    return {"action": "presence", "time": NOW, "user": user} | changes


def msg(sender, to, text="hi", **changes):
    """Return a message, with changes."""
    message = {"action": "msg", "time": NOW, "to": to, "from": sender, "message": text}
    return message | changes


def request(action, **fields):
    """Return another request."""
    return {"action": action, "time": NOW} | fields


def kept_message(number, text=None, **changes):
    """Return a message that waits for eve."""
    fields = {"sender": "bob", "recipient": "eve", "id": None, "moment": NOW}
    return KeptMessage(number, text=text or f"word {number}", **fields | changes)


class HubTest(unittest.TestCase):
    """A test with a hub. Peers are texts; the test itself plays the shell and the storage."""

    def setUp(self):
        self.hub = StoringHub()
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

    def keep(self, number, code=200, verdict="new"):
        """Let the storage keep the oldest message; return what it was given."""
        verb, ([message],) = self.store([Kept(number, code, verdict)])
        self.assertEqual(verb, "keep_messages")
        return message

    def drain(self, peer):
        """Let the socket of a peer have taken everything."""
        self.take(self.hub.drained(peer, NOW))

    def leave(self, peer):
        """Let a peer be gone."""
        self.take(self.hub.left(peer))

    def come(self, name, waiting=(), **changes):
        """Let somebody come in; forget the welcome, but not what waited."""
        self.hub.joined(name, "192.0.2.7")
        self.say(name, presence(name, **changes))
        self.store(Arrival(name, list(waiting), []))
        self.assertEqual(self.sent.pop(0)[1]["response"], 200)

    def heard(self):
        """Return what has been sent since we last looked: the peer, and the text or the code."""
        sent, self.sent = self.sent, []
        return [(peer, essence(message)) for peer, message in sent]


def essence(message):
    """Return what matters in a message."""
    if message is GOODBYE:
        return "goodbye"
    return message.get("message") or message.get("response") or message["action"]


class PresenceTest(HubTest):
    def setUp(self):
        super().setUp()
        self.hub.joined("eve", "192.0.2.9")

    def test_it_is_answered_when_the_login_has_been_written_down(self):
        self.say("eve", presence("eve", id="p-1"))
        self.assertEqual(self.heard(), [])
        self.assertEqual(
            self.store(Arrival("eve", [], [])), ("remember_login", ("eve", "192.0.2.9", NOW))
        )
        ((peer, answer),) = self.sent
        self.assertEqual((peer, answer["response"], answer["id"]), ("eve", 200, "p-1"))

    def test_what_waited_comes_after_the_answer_oldest_first(self):
        self.say("eve", presence("eve"))
        self.store(Arrival("eve", [kept_message(3), kept_message(5, id="m-1")], []))
        self.assertEqual([essence(message) for _, message in self.sent], [200, "word 3", "word 5"])
        plain, marked = self.sent[1][1], self.sent[2][1]
        self.assertEqual(plain, msg("bob", "eve", "word 3", number=3, encoding="utf-8"))
        self.assertEqual((marked["number"], marked["id"]), (5, "m-1"))

    def test_until_then_nobody_else_has_the_name_and_nothing_is_heard(self):
        self.come("bob")
        self.say("eve", presence("eve"))
        self.hub.joined("other", "")
        self.say("other", presence("EVE"))
        self.say("bob", msg("bob", "#all"))
        login = self.effects.pop(0)
        self.keep(1)
        self.assertEqual(self.heard(), [("other", 409), ("bob", "hi"), ("bob", 200)])
        self.take(login.then(Arrival("eve", [], [])))
        self.say("bob", msg("bob", "#all"))
        self.keep(2)
        self.assertEqual(self.heard(), [("eve", 200), ("eve", "hi"), ("bob", "hi"), ("bob", 200)])

    def test_a_login_that_cannot_be_stored_ends_the_connection_and_frees_the_name(self):
        self.say("eve", presence("eve", id="p-1"))
        self.store(BROKEN)
        self.assertEqual(self.sent[0][1]["id"], "p-1")
        self.assertEqual(self.heard(), [("eve", 500), ("eve", "goodbye")])
        self.hub.joined("other", "")
        self.say("other", presence("eve"))
        self.store(Arrival("eve", [], []))
        self.assertEqual(self.heard(), [("other", 200)])

    def test_who_has_gone_before_the_result_is_told_nothing(self):
        for result in (Arrival("eve", [kept_message(1)], []), BROKEN):
            with self.subTest(result=result):
                self.hub.joined("eve", "")
                self.say("eve", presence("eve"))
                self.leave("eve")
                self.store(result)
                self.assertEqual((self.heard(), self.effects), ([], []))

    def test_who_came_again_on_the_same_place_is_not_taken_for_who_was_there(self):
        self.say("eve", presence("eve"))
        self.leave("eve")
        self.hub.joined("eve", "")
        self.say("eve", presence("eve", id="second"))
        self.store(Arrival("eve", [kept_message(1)], []))
        self.assertEqual(self.heard(), [])
        self.store(Arrival("eve", [kept_message(1)], []))
        self.assertEqual(self.heard(), [("eve", 200), ("eve", "word 1")])

    def test_who_repeats_it_is_answered_again_and_nothing_is_stored(self):
        self.come("eve")
        self.say("eve", presence("eve", id="p-2"))
        self.assertEqual((self.sent[0][1]["id"], self.heard()), ("p-2", [("eve", 200)]))
        self.assertEqual(self.effects, [])

    def test_who_repeats_it_too_early_is_not_in_before_the_first_time_is_stored(self):
        self.come("bob")
        for _ in range(2):
            self.say("eve", presence("eve"))
        [login] = self.effects
        self.effects.clear()
        self.assertEqual(self.heard(), [("eve", 200)])  # which the shell keeps back until then
        for to in ("#all", "eve"):
            self.say("bob", msg("bob", to))
            self.keep(1)
        self.assertEqual(self.heard(), [("bob", "hi"), ("bob", 200), ("bob", 200)])
        self.take(login.then(Arrival("eve", [], [])))
        self.say("bob", msg("bob", "#all"))
        self.keep(2)
        self.assertEqual(self.heard(), [("eve", 200), ("eve", "hi"), ("bob", "hi"), ("bob", 200)])

    def test_acknowledge_is_true_or_false(self):
        self.say("eve", presence("eve", acknowledge="yes"))
        self.assertEqual((self.heard(), self.effects), ([("eve", 400)], []))

    def test_who_does_not_want_to_receive_hears_no_room_but_what_waits(self):
        self.come("bob", [kept_message(1)], receive=False)
        self.say("bob", msg("bob", "#all"))
        self.keep(2)
        self.assertEqual(self.heard(), [("bob", "word 1"), ("bob", 200)])


class WaitingTest(HubTest):
    """Many messages wait for somebody who comes."""

    def numbers(self):
        """Return the numbers of the messages that have been sent since we last looked."""
        sent, self.sent = self.sent, []
        return [message["number"] for _, message in sent]

    def test_they_come_in_their_order_and_not_all_at_once(self):
        for name, changes in (("eve", {"acknowledge": True}), ("bob", {})):
            with self.subTest(**changes):
                self.come(name, [kept_message(number) for number in range(1, 46)], **changes)
                batches = [self.numbers()]
                for _ in range(3):
                    self.drain(name)
                    batches.append(self.numbers())
                expected = [*range(1, 21)], [*range(21, 41)], [*range(41, 46)], []
                self.assertEqual(batches, [list(batch) for batch in expected])
        self.assertEqual(BATCH, 20)

    def test_what_is_said_meanwhile_comes_after_them(self):
        self.come("bob")
        self.come("eve", [kept_message(number) for number in range(1, 31)])
        self.numbers()
        self.say("bob", msg("bob", "eve"))
        self.keep(31)
        self.assertEqual(self.heard(), [("bob", 200)])
        self.drain("eve")
        self.assertEqual(self.numbers(), [*range(21, 32)])
        self.say("bob", msg("bob", "eve"))
        self.effects.pop(0)  # the acknowledgement of the first ones
        self.keep(32)
        self.assertEqual(self.heard(), [("eve", "hi"), ("bob", 200)])

    def test_to_a_stranger_nothing_is_handed_out(self):
        self.hub.joined("eve", "")
        self.drain("eve")
        self.drain("nobody")
        self.assertEqual((self.heard(), self.effects), ([], []))


class MessageTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob")

    def test_it_is_stored_before_anybody_hears_of_it(self):
        self.come("eve")
        self.say("bob", msg("bob", "EVE", id="m-1", time=7))
        self.assertEqual(self.heard(), [])
        new = NewMessage("bob", "EVE", "m-1", "hi", 7.0, 200, waits=True)
        self.assertEqual(self.keep(9), new)
        heard = msg("bob", "EVE", id="m-1", time=7, number=9)
        self.assertEqual(self.sent[0], ("eve", heard))
        self.assertEqual((self.sent[1][0], self.sent[1][1]["id"]), ("bob", "m-1"))
        self.assertEqual(self.heard(), [("eve", "hi"), ("bob", 200)])

    def test_its_moment_is_a_number_that_a_database_likes(self):
        self.say("bob", msg("bob", "eve", time=10**30))
        moment = self.effects[0].arguments[0][0].moment
        self.assertEqual((type(moment), moment), (float, 1e30))

    def test_to_who_is_away_it_is_stored_and_answered_202(self):
        self.say("bob", msg("bob", "eve"))
        self.assertEqual(self.keep(1, 202).code, 202)
        self.assertIn("eve", self.sent[0][1]["alert"])
        self.assertEqual(self.heard(), [("bob", 202)])

    def test_every_verdict_has_its_answer_and_what_is_refused_is_not_delivered(self):
        self.come("eve")
        refusals = {"unknown": (404, "eve"), "different": (409, "id"), "full": (410, "eve")}
        for verdict, (code, word) in refusals.items():
            with self.subTest(verdict=verdict):
                self.say("bob", msg("bob", "eve", id="m-1"))
                self.keep(None, code, verdict)
                answer = self.sent[0][1]
                self.assertIn(word, answer["error"])
                self.assertEqual(answer["id"], "m-1")
                self.assertEqual(self.heard(), [("bob", code)])

    def test_the_same_once_more_is_answered_the_same_and_not_delivered_again(self):
        self.come("eve")
        for code in (200, 202):
            with self.subTest(code=code):
                self.say("bob", msg("bob", "eve", id="m-1"))
                self.keep(1, code, "same")
                self.assertEqual(self.heard(), [("bob", code)])

    def test_what_cannot_be_stored_is_answered_500_and_heard_by_nobody(self):
        self.come("eve")
        for to in ("eve", "#all"):
            with self.subTest(to=to):
                self.say("bob", msg("bob", to))
                self.store(BROKEN)
                self.assertNotIn("disk", self.sent[0][1]["error"])
                self.assertEqual(self.heard(), [("bob", 500)])
        self.say("bob", request("get_users"))
        self.assertEqual(self.heard(), [("bob", 202)])

    def test_anothers_name_is_refused_and_nothing_is_stored(self):
        self.say("bob", msg("eve", "bob"))
        self.assertEqual((self.heard(), self.effects), ([("bob", 403)], []))

    def test_a_stranger_stores_nothing(self):
        self.hub.joined("eve", "")
        for message in (
            msg("eve", "bob"),
            request("ack", number=1),
            request("get_history", **{"with": "bob"}),
        ):
            self.say("eve", message)
        self.assertEqual((self.heard(), self.effects), ([("eve", 400)] * 3, []))

    def test_a_sender_that_has_gone_is_not_answered_but_its_message_is_delivered(self):
        self.come("eve")
        self.say("bob", msg("bob", "eve"))
        self.leave("bob")
        self.keep(1)
        self.assertEqual(self.heard(), [("eve", "hi")])

    def test_a_recipient_that_has_gone_gets_it_on_return(self):
        self.come("eve")
        self.say("bob", msg("bob", "eve"))
        self.leave("eve")
        self.keep(1)
        self.assertEqual(self.heard(), [("bob", 200)])

    def test_a_recipient_whose_login_is_under_way_gets_it_once(self):
        self.hub.joined("eve", "")
        self.say("bob", msg("bob", "eve"))
        self.say("eve", presence("eve"))
        self.keep(1, 202)
        self.store(Arrival("eve", [kept_message(1, "hi")], []))
        self.assertEqual(self.heard(), [("bob", 202), ("eve", 200), ("eve", "hi")])

    def test_the_number_is_ours_whatever_the_sender_says(self):
        self.come("eve")
        self.say("bob", msg("bob", "eve", number=-5))
        self.keep(7)
        self.assertEqual(self.sent[0][1]["number"], 7)

    def test_with_its_number_too_it_fits_into_a_message(self):
        self.come("eve")
        rest = MAX_BYTES - len(encode(msg("bob", "eve", more="")))
        for more, codes in (("x" * rest, [400]), ("x" * (rest - 40), [])):
            self.say("bob", msg("bob", "eve", more=more))
            self.assertEqual([code for _, code in self.heard()], codes)
        self.keep(2**63 - 1)
        self.assertLessEqual(len(encode(self.sent[0][1])), MAX_BYTES)


class RoomTest(HubTest):
    def setUp(self):
        super().setUp()
        for name in ("bob", "eve", "Анна"):
            self.come(name)

    def test_what_is_said_there_is_stored_and_waits_for_nobody(self):
        for room in ("#all", "#Kitchen"):
            with self.subTest(room=room):
                self.say("bob", request("join", room="#kitchen"))
                self.sent.clear()
                self.say("bob", msg("bob", room))
                new = self.keep(1)
                self.assertEqual((new.waits, new.code, new.recipient), (False, 200, room))

    def test_it_is_heard_by_those_who_are_in_it_when_it_has_been_stored(self):
        for name in ("bob", "eve"):
            self.say(name, request("join", room="#kitchen"))
        self.say("bob", msg("bob", "#kitchen"))
        self.say("eve", request("leave", room="#kitchen"))
        self.say("Анна", request("join", room="#kitchen"))
        self.sent.clear()
        self.keep(1)
        self.assertEqual(self.heard(), [("bob", "hi"), ("Анна", "hi"), ("bob", 200)])

    def test_to_a_room_that_has_closed_meanwhile_it_is_said_all_the_same(self):
        self.say("bob", request("join", room="#kitchen"))
        self.say("bob", msg("bob", "#kitchen"))
        self.say("bob", request("leave", room="#kitchen"))
        self.sent.clear()
        self.keep(1)
        self.assertEqual(self.heard(), [("bob", 200)])

    def test_what_all_hear_is_not_heard_by_who_has_left(self):
        self.say("bob", msg("bob", "#all"))
        self.leave("eve")
        self.keep(1)
        self.assertEqual(self.heard(), [("bob", "hi"), ("Анна", "hi"), ("bob", 200)])

    def test_who_is_not_in_a_room_neither_speaks_there_nor_reads_its_past(self):
        self.say("eve", request("join", room="#kitchen"))
        self.sent.clear()
        for room, code in (("#kitchen", 403), ("#nowhere", 404)):
            for message in (msg("bob", room), request("get_history", **{"with": room})):
                with self.subTest(room=room, action=message["action"]):
                    self.say("bob", message)
                    self.assertEqual((self.heard(), self.effects), ([("bob", code)], []))

    def test_what_is_heard_in_a_room_is_not_acknowledged(self):
        self.say("bob", msg("bob", "#all"))
        self.keep(1)
        self.drain("eve")
        self.assertEqual(self.effects, [])


class AcknowledgeTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob", acknowledge=True)
        self.come("eve", [kept_message(number) for number in range(1, 31)], acknowledge=True)
        self.sent.clear()

    def ack(self, number, **fields):
        """Let eve acknowledge something."""
        self.say("eve", request("ack", number=number, **fields))

    def test_it_is_stored_and_has_no_answer(self):
        self.ack(15)
        self.assertEqual(self.store([]), ("acknowledge", ("eve", 15)))
        self.assertEqual(self.heard(), [])

    def test_with_an_id_it_is_answered_when_it_has_been_stored(self):
        self.ack(15, id="a-1")
        self.assertEqual(self.heard(), [])
        self.store([])
        self.assertEqual(self.sent[0][1]["id"], "a-1")
        self.assertEqual(self.heard(), [("eve", 200)])

    def test_what_was_not_handed_out_cannot_be_acknowledged(self):
        for number in (21, 2**63 - 1):
            self.ack(number)
            self.assertEqual(self.store([])[1], ("eve", 20))
        self.drain("eve")
        self.ack(25)
        self.assertEqual(self.store([])[1], ("eve", 25))
        self.ack(99)
        self.assertEqual(self.store([])[1], ("eve", 30))

    def test_senders_who_acknowledge_themselves_are_told(self):
        self.come("plain")
        self.ack(20)
        self.store([("BOB", "m-1"), ("plain", "m-2"), ("gone", "m-3"), ("bob", "m-4")])
        told = [
            {"action": "delivered", "time": NOW, "id": id, "to": "eve"} for id in ("m-1", "m-4")
        ]
        self.assertEqual(self.sent, [("bob", message) for message in told])

    def test_they_are_told_although_the_recipient_has_gone(self):
        self.ack(20, id="a-1")
        self.leave("eve")
        self.store([("bob", "m-1")])
        self.assertEqual(self.heard(), [("bob", "delivered")])

    def test_who_acknowledges_is_not_taken_to_have_what_its_socket_took(self):
        self.drain("eve")
        self.drain("eve")
        self.assertEqual(self.effects, [])

    def test_if_it_cannot_be_stored_it_is_answered_500(self):
        self.ack(20, id="a-1")
        self.store(BROKEN)
        self.assertEqual(self.heard(), [("eve", 500)])

    def test_a_number_is_a_whole_one_and_no_less_than_zero(self):
        for number in (-1, 2**63, 1.5, True, "1", None):
            with self.subTest(number=number):
                self.ack(number)
                self.assertEqual(self.effects, [])
                self.say("eve", request("get_users"))
        self.assertEqual([code for _, code in self.heard()], [400, 202] * 6)


class PlainClientTest(HubTest):
    """A client that does not acknowledge: what its socket has taken counts as arrived."""

    def setUp(self):
        super().setUp()
        self.come("bob", acknowledge=True)
        self.come("eve", [kept_message(number) for number in range(1, 31)])
        self.sent.clear()

    def test_each_batch_is_acknowledged_when_the_socket_has_taken_it(self):
        for number in (20, 30):
            self.assertEqual(self.effects, [])
            self.drain("eve")
            self.assertEqual(self.store([("bob", "m-1")]), ("acknowledge", ("eve", number)))
            self.assertIn(("bob", "delivered"), self.heard())
        self.drain("eve")
        self.assertEqual(self.effects, [])

    def test_what_is_said_to_it_while_it_is_here_is_acknowledged_too(self):
        self.drain("eve"), self.drain("eve")
        self.effects.clear()
        self.say("bob", msg("bob", "eve"))
        self.keep(31)
        self.drain("eve")
        self.assertEqual(self.store([])[1], ("eve", 31))

    def test_who_is_gone_before_its_socket_took_it_will_get_it_again(self):
        self.leave("eve")
        self.drain("eve")
        self.assertEqual([effect.verb for effect in self.effects], ["remember_logout"])

    def test_if_that_cannot_be_stored_the_client_hears_nothing_of_it(self):
        self.drain("eve")
        self.sent.clear()
        self.store(BROKEN)
        self.assertEqual(self.heard(), [])


class HistoryTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob")

    def ask(self, **fields):
        """Let bob ask for the past."""
        self.say("bob", request("get_history", **{"with": "eve"} | fields))

    def answer(self, past):
        """Let the storage find this past; return the answer that bob gets."""
        self.store(past)
        ((peer, answer),) = self.sent
        self.assertEqual(peer, "bob")
        return answer

    def test_the_last_fifty_are_asked_for(self):
        for fields, before in (({}, None), ({"before": 7}, 7)):
            self.ask(**fields)
            self.assertEqual(self.heard(), [])
            self.assertEqual(self.store([]), ("history_of", ("bob", "eve", before, 50)))
            self.assertEqual(self.heard(), [("bob", 202)])

    def test_the_answer_has_them_oldest_first(self):
        self.ask(id="h-1")
        answer = self.answer([kept_message(3), kept_message(4)])
        self.assertEqual((answer["response"], answer["id"]), (202, "h-1"))
        first = {"number": 3, "time": NOW, "from": "bob", "to": "eve", "message": "word 3"}
        self.assertLessEqual(first.items(), answer["alert"][0].items())
        self.assertEqual([message["number"] for message in answer["alert"]], [3, 4])

    def test_of_long_ones_it_has_the_last_that_fit_into_a_message(self):
        for text in ("\U0001f600" * 500, "\x01" * 500, "x" * 500):
            with self.subTest(text=text[0]):
                self.ask(id="i" * 64)
                answer = self.answer([kept_message(n, text) for n in range(2**62, 2**62 + 50)])
                self.sent.clear()
                self.assertLessEqual(len(encode(answer)), MAX_BYTES)
                numbers = [message["number"] for message in answer["alert"]]
                self.assertGreater(len(numbers), 15)
                self.assertEqual(numbers, [*range(2**62 + 50 - len(numbers), 2**62 + 50)])

    def test_what_a_room_has_heard_is_told_to_who_is_in_it(self):
        self.say("bob", request("join", room="#kitchen"))
        for room in ("#all", "#kitchen"):
            self.ask(**{"with": room})
            self.assertEqual(self.store([])[1][1], room)

    def test_if_it_cannot_be_read_it_is_answered_500(self):
        self.ask()
        self.assertEqual(self.answer(BROKEN)["response"], 500)

    def test_who_has_gone_meanwhile_is_not_answered(self):
        self.ask()
        self.ask()
        self.leave("bob")
        for result in ([], BROKEN):
            self.store(result)
        self.assertEqual(self.heard(), [])

    def test_with_whom_and_before_what_must_be_right(self):
        for fields in ({"with": "two words"}, {"with": None}, {"before": -1}, {"before": "1"}):
            with self.subTest(**fields):
                self.ask(**fields)
                self.assertEqual((self.heard(), self.effects), ([("bob", 400)], []))
                self.say("bob", request("get_users"))
                self.sent.clear()


class OldRulesTest(HubTest):
    def test_a_bad_message_is_answered_at_once(self):
        self.come("bob")
        self.say("bob", BadMessage("too odd"))
        self.assertEqual((self.heard(), self.effects), ([("bob", 400)], []))

    def test_everybody_has_the_asker_of_an_effect(self):
        self.come("bob")
        self.come("eve", [kept_message(1)])
        self.drain("eve")
        self.say("bob", msg("bob", "eve"))
        self.say("bob", request("ack", number=1))
        self.say("bob", request("get_history", **{"with": "eve"}))
        askers = [(effect.verb, effect.asker) for effect in self.effects]
        verbs = ["acknowledge", "keep_messages", "acknowledge", "history_of"]
        self.assertEqual(askers, list(zip(verbs, ("eve", "bob", "bob", "bob"), strict=True)))

    def test_a_page_of_the_past_is_what_the_table_says(self):
        self.assertEqual((hub.PAGE, BATCH), (50, 20))


if __name__ == "__main__":
    unittest.main()
