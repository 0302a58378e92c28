"""Tests of common/hub.py: the rules of the chat. No socket: here a peer is nothing but a word."""

import unittest
from unittest import mock

from common import hub, rules
from common.hub import GOODBYE, Hub
from common.messages import MAX_BYTES, BadMessage, BrokenStream, encode
from common.names import is_account_name
from common.tests.telephone import msg, presence

NOW = 1795208917.5


def ask(action, **fields):
    """Return a request, with its fields."""
    return {"action": action, "time": 1000.5} | fields


class HubTest(unittest.TestCase):
    """A test with a hub, and peers that are words."""

    def setUp(self):
        self.hub = Hub()

    def come(self, *names, **changes):
        """Let peers come who bear these names, and who are called the same here."""
        for name in names:
            self.hub.joined(name)
            code, _ = self.answer(name, presence(user={"account_name": name}, **changes))
            self.assertEqual(code, 200)

    def stranger(self, peer="stranger"):
        """Let a peer come who has not said who it is."""
        self.hub.joined(peer)
        return peer

    def handle(self, peer, message):
        """Return the pairs that follow from a message."""
        return self.hub.handle(peer, message, NOW)

    def answer(self, peer, message):
        """Return code and words of the answer to a message, the last thing that its sender gets."""
        to, reply = self.handle(peer, message)[-1]
        self.assertEqual(to, peer)
        return reply["response"], reply.get("alert", reply.get("error"))

    def expect(self, code, words, peer, message):
        """Expect an answer, and nothing else."""
        pairs = self.handle(peer, message)
        field = "alert" if code < 400 else "error"
        self.assertEqual(pairs, [(peer, {"response": code, "time": NOW, field: words})])

    def expect_heard(self, peers, peer, message):
        """Expect that these peers hear a message as it came, and its sender that it was sent."""
        *heard, (to, reply) = self.handle(peer, message)
        self.assertEqual(heard, [(listener, message) for listener in peers])
        self.assertEqual((to, reply), (peer, {"response": 200, "time": NOW, "alert": "sent"}))

    def expect_nothing_left(self):
        """Expect that the hub remembers nobody and no room."""
        self.assertEqual((self.hub._people, self.hub._named, self.hub._rooms), ({}, {}, {}))


class AnswerTest(unittest.TestCase):
    def test_up_to_399_the_words_are_an_alert_and_from_400_on_an_error(self):
        table = {100: "alert", 200: "alert", 399: "alert", 400: "error", 404: "error", 500: "error"}
        for code, field in table.items():
            answer = hub.answer({}, code, "some words", 1000.5)
            with self.subTest(code=code):
                self.assertEqual(answer, {"response": code, "time": 1000.5, field: "some words"})

    def test_it_bears_the_id_of_the_message_if_that_is_one(self):
        self.assertEqual(hub.answer({"id": "a-1"}, 200, "", 5)["id"], "a-1")
        for value in ("", "x" * 65, "a b", 5, None, ["a"]):
            with self.subTest(value=value):
                self.assertNotIn("id", hub.answer({"id": value}, 200, "", 5))


class PresenceTest(HubTest):
    def setUp(self):
        super().setUp()
        self.stranger("peer")

    def enter(self, name, **changes):
        """Return code and words of the answer to a presence."""
        return self.answer("peer", presence(user={"account_name": name}, **changes))

    def test_the_peer_gets_a_name_and_a_welcome(self):
        self.assertIsNone(self.hub.name_of("peer"))
        self.assertEqual(self.enter("Вася"), (200, "welcome, Вася"))
        self.assertEqual(self.hub.name_of("peer"), "Вася")

    def test_it_hears_the_common_chat_unless_it_says_no(self):
        self.come("eve", receive=False)
        for changes, listeners in (
            ({}, ["peer"]),
            ({"receive": False}, []),
            ({"receive": True}, ["peer"]),
        ):
            with self.subTest(changes=changes):
                self.enter("bob", **changes)
                self.expect_heard(listeners, "eve", msg(**{"from": "eve"}))

    def test_a_second_presence_may_change_whether_it_listens_but_not_its_name(self):
        self.enter("bob")
        self.assertEqual(self.enter("eve", receive=False), (403, "you are bob"))
        self.assertEqual(self.hub.name_of("peer"), "bob")
        self.expect_heard(["peer"], "peer", msg())
        self.assertEqual(self.enter("bob", receive=False)[0], 200)
        self.expect_heard([], "peer", msg())

    def test_its_own_name_in_other_letters_is_another(self):
        self.enter("bob")
        self.assertEqual(self.enter("BOB"), (403, "you are bob"))

    def test_a_name_that_is_taken_is_not_given_again(self):
        self.come("Вася")
        for name in ("Вася", "ВАСЯ", "вася"):
            with self.subTest(name=name):
                self.assertEqual(self.enter(name), (409, f"{name} is here already"))
        self.assertIsNone(self.hub.name_of("peer"))
        self.assertEqual(self.answer("Вася", ask("get_users")), (202, ["Вася"]))

    def test_letters_that_only_grow_when_folded_are_the_same_too(self):
        self.come("Straße")
        self.assertEqual(self.enter("STRASSE")[0], 409)

    def test_who_is_refused_may_ask_for_another_name(self):
        self.come("bob")
        self.assertEqual(self.enter("bob")[0], 409)
        self.assertEqual(self.enter("bob_2")[0], 200)

    def test_a_name_is_free_when_its_owner_has_left(self):
        self.come("bob")
        self.hub.left("bob")
        self.assertEqual(self.enter("bob")[0], 200)

    def test_a_peer_is_known_by_being_equal_not_by_being_the_same_object(self):
        place, again = ("10.0.0.1", 5), tuple(["10.0.0.1", 5])
        self.assertIsNot(place, again)
        self.stranger(place)
        self.assertEqual(self.answer(place, presence())[0], 200)
        self.assertEqual(self.answer(again, presence())[0], 200)

    def test_nobody_has_a_name_who_is_not_here(self):
        self.assertIsNone(self.hub.name_of("nobody"))


class ToAllTest(HubTest):
    def test_it_goes_to_all_who_listen_the_sender_too(self):
        self.come("bob", "eve")
        self.come("deaf", receive=False)
        self.stranger()
        self.expect_heard(["bob", "eve"], "bob", msg(message="привет"))

    def test_the_common_chat_may_be_written_in_capital_letters(self):
        self.come("bob", "eve")
        self.expect_heard(["bob", "eve"], "bob", msg(to="#ALL"))

    def test_it_is_the_message_itself_that_goes_out(self):
        self.come("bob", "eve")
        said = msg(mood="fine", id="a-1")
        for _, heard in self.handle("bob", said)[:-1]:
            self.assertIs(heard, said)  # so the shell can see that it is one and the same

    def test_who_only_sends_may_speak(self):
        self.come("bob")
        self.come("deaf", receive=False)
        self.expect_heard(["bob"], "deaf", msg(**{"from": "deaf"}))


class ToOneTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob", "Eve", "anna")

    def test_it_goes_to_that_one_only_as_it_came(self):
        for name in ("Eve", "EVE", "eve"):
            with self.subTest(name=name):
                self.expect_heard(["Eve"], "bob", msg(to=name, message="привет", mood="fine"))

    def test_one_may_speak_to_oneself(self):
        self.expect_heard(["bob"], "bob", msg(to="bob"))

    def test_who_hears_no_room_hears_what_is_said_to_him_alone(self):
        self.come("deaf", receive=False)
        self.expect_heard(["deaf"], "bob", msg(to="deaf"))

    def test_an_id_comes_back_to_the_sender(self):
        said = msg(to="Eve", id="a-1")
        heard, (_, reply) = self.handle("bob", said)
        self.assertEqual(heard, ("Eve", said))
        self.assertEqual((reply["response"], reply["id"]), (200, "a-1"))

    def test_who_is_not_here_cannot_be_reached(self):
        self.expect(404, "nobody is not here", "bob", msg(to="nobody"))
        self.hub.left("Eve")
        self.expect(404, "Eve is not here", "bob", msg(to="Eve"))

    def test_a_room_and_a_person_of_the_same_name_are_two(self):
        self.handle("anna", ask("join", room="#Eve"))
        self.expect_heard(["Eve"], "bob", msg(to="Eve"))
        self.expect_heard(["anna"], "anna", msg(**{"from": "anna"}, to="#Eve"))


class FromTest(HubTest):
    def test_nobody_can_speak_as_another(self):
        self.come("bob", "eve")
        self.handle("eve", ask("join", room="#a"))
        for name in ("eve", "BOB", "nobody"):
            for to in ("#all", "#a", "#b", "eve", "nobody"):
                with self.subTest(name=name, to=to):
                    self.expect(403, "you are bob", "bob", msg(**{"from": name}, to=to))

    def test_who_has_not_said_who_it_is_cannot_speak_at_all(self):
        self.come("bob")
        self.stranger()
        words = "say who you are first: presence"
        self.expect(400, words, "stranger", msg())
        self.expect(400, words, "stranger", msg(to="bob"))


class TooLongTest(HubTest):
    def test_what_grows_too_long_when_we_write_it_goes_to_nobody(self):
        # The sender writes 1e22 in four characters; Python writes it with zeros if it is an int.
        self.come("bob", "eve")
        said = msg(more="")
        room = MAX_BYTES - len(encode(said))
        words = f"written out, the message is longer than {MAX_BYTES} bytes"
        self.expect_heard(["bob", "eve"], "bob", msg(more="x" * room))
        self.expect(400, words, "bob", msg(more="x" * (room + 1)))


class RoomsTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob", "eve", "anna")

    def join(self, room, *peers):
        """Let peers into a room."""
        for peer in peers:
            self.assertEqual(self.answer(peer, ask("join", room=room))[0], 200)

    def test_what_is_said_in_a_room_goes_to_all_in_it_the_sender_too(self):
        self.join("#Кухня", "bob", "anna")
        self.expect_heard(["bob", "anna"], "anna", msg(**{"from": "anna"}, to="#Кухня"))

    def test_capital_letters_make_no_difference_and_the_first_name_stays(self):
        self.join("#Кухня", "bob")
        self.expect(200, "you are in #Кухня", "eve", ask("join", room="#КУХНЯ"))
        self.expect_heard(["bob", "eve"], "bob", msg(to="#кухня"))
        self.expect(202, ["#Кухня"], "anna", ask("get_rooms"))

    def test_one_may_join_twice_and_still_hears_everything_once(self):
        self.join("#a", "bob", "bob", "eve")
        self.expect_heard(["bob", "eve"], "bob", msg(to="#a"))
        self.expect(200, "you have left #a", "bob", ask("leave", room="#a"))
        self.expect(403, "you are not in #a", "bob", msg(to="#a"))

    def test_nobody_may_be_in_ever_more_rooms(self):
        for number in range(hub.MAX_ROOMS):
            self.join(f"#room{number}", "bob")
        self.join("#ROOM0", "bob")
        self.expect(403, "you are in 50 rooms already", "bob", ask("join", room="#more"))
        self.expect(200, "you have left #room1", "bob", ask("leave", room="#room1"))
        self.join("#more", "bob")

    def test_who_receives_nothing_may_be_in_a_room_and_hears_nothing(self):
        self.come("deaf", receive=False)
        self.join("#a", "deaf", "bob")
        self.expect_heard(["bob"], "deaf", msg(**{"from": "deaf"}, to="#a"))

    def test_who_is_not_in_a_room_cannot_speak_there(self):
        self.join("#a", "eve")
        self.expect(403, "you are not in #a", "bob", msg(to="#A"))

    def test_there_is_no_room_that_nobody_is_in(self):
        self.join("#b", "bob")
        self.expect(404, "there is no room #a", "bob", msg(to="#a"))

    def test_who_has_left_a_room_hears_nothing_of_it(self):
        self.join("#a", "bob", "eve", "anna")
        self.expect(200, "you have left #A", "eve", ask("leave", room="#A"))
        self.expect_heard(["bob", "anna"], "bob", msg(to="#a"))

    def test_one_cannot_leave_where_one_is_not(self):
        self.join("#a", "eve")
        for room in ("#a", "#b"):
            with self.subTest(room=room):
                self.expect(404, f"you are not in {room}", "bob", ask("leave", room=room))
        self.expect_heard(["eve"], "eve", msg(**{"from": "eve"}, to="#a"))

    def test_a_room_closes_behind_the_last(self):
        for part in (
            lambda peer: self.handle(peer, ask("leave", room="#a")),
            lambda peer: self.handle(peer, ask("quit")),
            lambda peer: self.hub.left(peer),
        ):
            self.hub = Hub()
            self.come("bob", "eve", "anna")
            self.join("#a", "bob", "eve")
            part("bob")
            with self.subTest(part=part):
                self.expect(202, ["#a"], "anna", ask("get_rooms"))
                part("eve")
                self.expect(202, [], "anna", ask("get_rooms"))

    def test_who_has_gone_is_in_no_room(self):
        self.join("#a", "bob", "eve")
        self.join("#b", "bob", "eve")
        self.hub.left("eve")
        for room in ("#a", "#b"):
            self.expect_heard(["bob"], "bob", msg(to=room))

    def test_nobody_enters_or_leaves_the_common_chat(self):
        for action in ("join", "leave"):
            for room in ("#all", "#All"):
                with self.subTest(action=action, room=room):
                    code, words = self.answer("bob", ask(action, room=room))
                    self.assertEqual(code, 400)
                    self.assertIn("everybody is in #all", words)

    def test_rooms_do_not_hear_each_other(self):
        self.join("#a", "bob", "eve")
        self.join("#b", "bob", "anna")
        self.expect_heard(["bob", "eve"], "bob", msg(to="#a"))
        self.expect_heard(["bob", "anna"], "bob", msg(to="#b"))


class GetUsersTest(HubTest):
    def users(self, **fields):
        """Return code and names when bob asks who is here."""
        return self.answer("bob", ask("get_users", **fields))

    def setUp(self):
        super().setUp()
        self.come("bob")

    def test_the_names_are_sorted_capital_letters_make_no_difference(self):
        self.come("Яна", "Eve", "anna", "Вася")
        self.stranger()
        self.assertEqual(self.users(), (202, ["anna", "bob", "Eve", "Вася", "Яна"]))

    def test_who_only_sends_is_here_too(self):
        self.come("eve", receive=False)
        self.assertEqual(self.users()[1], ["bob", "eve"])

    def test_who_has_left_is_not_here(self):
        self.come("eve", "anna")
        self.hub.left("eve")
        self.handle("anna", ask("quit"))
        self.assertEqual(self.users()[1], ["bob"])

    def test_after_a_name_only_the_later_ones_are_listed(self):
        self.come("Anna", "Eve")
        table = {"aaa": ["Anna", "bob", "Eve"], "anna": ["bob", "Eve"], "BOB": ["Eve"], "eve": []}
        for after, names in table.items():
            with self.subTest(after=after):
                self.assertEqual(self.users(after=after), (202, names))

    def test_a_page_has_500_names_and_the_longest_ones_fit_into_an_answer(self):
        letters = "".join(chr(0x10428 + n) for n in range(40))  # of four bytes each, in UTF-8
        names = [letters[n // 40] + letters[n % 40] + letters[0] * 23 for n in range(600)]
        self.come(*names)
        self.assertTrue(is_account_name(names[-1]))
        first = self.users(after=letters[0], id="x" * 64)[1]
        self.assertEqual(first, names[:500])
        self.assertEqual(self.users(after=first[-1])[1], names[500:])
        self.assertLess(len(encode(hub.answer({"id": "x" * 64}, 202, first, NOW))), MAX_BYTES)

    def test_a_stranger_is_not_told(self):
        for action in ("get_users", "get_rooms"):
            self.expect(400, "say who you are first: presence", self.stranger(), ask(action))


class GetRoomsTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob", "eve")

    def rooms(self, **fields):
        """Return code and names when bob asks which rooms there are."""
        return self.answer("bob", ask("get_rooms", **fields))

    def test_without_a_room_the_list_is_empty(self):
        self.assertEqual(self.rooms(), (202, []))

    def test_the_names_are_sorted_capital_letters_make_no_difference(self):
        for room in ("#Яма", "#b", "#A"):
            self.handle("eve", ask("join", room=room))
        self.assertEqual(self.rooms(), (202, ["#A", "#b", "#Яма"]))

    def test_a_long_list_comes_page_by_page(self):
        for room in ("#e", "#B", "#a", "#d", "#C"):
            self.handle("eve", ask("join", room=room))
        with mock.patch.object(hub, "PAGE", 2):
            self.assertEqual(self.rooms()[1], ["#a", "#B"])
            self.assertEqual(self.rooms(after="#b")[1], ["#C", "#d"])
            self.assertEqual(self.rooms(after="#D")[1], ["#e"])
            self.assertEqual(self.rooms(after="#e")[1], [])


class QuitTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob", "eve")

    def test_a_goodbye_is_answered_with_a_goodbye(self):
        self.assertEqual(self.handle("bob", {"action": "quit"}), [("bob", GOODBYE)])

    def test_who_has_not_said_who_it_is_may_leave_too(self):
        self.assertEqual(self.handle(self.stranger(), ask("quit")), [("stranger", GOODBYE)])

    def test_the_name_is_free_at_once(self):
        self.handle("bob", ask("quit"))
        self.stranger()
        self.assertEqual(self.answer("stranger", presence())[0], 200)

    def test_what_comes_after_a_goodbye_is_not_done(self):
        self.handle("bob", ask("quit"))
        for message in (presence(), msg(), ask("quit"), BadMessage("odd"), {}):
            with self.subTest(message=message):
                self.assertEqual(self.handle("bob", message), [])

    def test_who_has_left_gets_nothing(self):
        self.handle("eve", ask("join", room="#a"))
        self.handle("bob", ask("join", room="#a"))
        self.handle("bob", ask("quit"))
        for to in ("#all", "#a"):
            with self.subTest(to=to):
                self.expect_heard(["eve"], "eve", msg(**{"from": "eve"}, to=to))


class LeftTest(HubTest):
    def test_nothing_is_left_of_who_has_gone(self):
        self.come("bob", "eve")
        self.stranger()
        for peer in ("bob", "eve"):
            self.handle(peer, ask("join", room="#a"))
        for peer in ("bob", "stranger", "eve"):
            self.assertEqual(self.hub.left(peer), [])
        self.expect_nothing_left()

    def test_one_can_leave_twice_and_the_name_stays_with_its_new_owner(self):
        self.come("bob")
        self.hub.left("bob")
        self.stranger()
        self.handle("stranger", presence())
        self.assertEqual(self.hub.left("bob"), [])
        self.assertEqual(self.hub.name_of("stranger"), "bob")
        self.stranger("third")
        self.assertEqual(self.answer("third", presence())[0], 409)

    def test_who_has_never_come_can_leave(self):
        self.assertEqual(self.hub.left("nobody"), [])

    def test_a_stranger_who_leaves_takes_nobodys_name_away(self):
        self.come("bob")
        self.hub.left(self.stranger())
        self.assertEqual(self.answer("bob", ask("get_users")), (202, ["bob"]))


class RefusalsTest(HubTest):
    def setUp(self):
        super().setUp()
        self.come("bob", "eve")

    def codes(self, *messages):
        """Return the codes of what bob gets, and GOODBYE."""
        found = [reply for message in messages for _, reply in self.handle("bob", message)]
        return [reply and reply.get("response") for reply in found]

    def test_a_bad_message_is_answered_400_and_the_answer_says_why(self):
        self.expect(400, "too odd", "bob", BadMessage("too odd"))
        self.expect(400, "unknown action", "bob", ask("dance"))

    def test_a_message_with_a_problem_is_refused_and_not_done(self):
        self.stranger()
        self.assertEqual(self.answer("stranger", presence(time="noon"))[0], 400)
        self.assertIsNone(self.hub.name_of("stranger"))

    def test_an_id_comes_back_with_every_code(self):
        table = (
            (presence(id="a-1"), 200),
            (msg(id="a-1", to="nobody"), 404),
            (ask("get_users", id="a-1"), 202),
            (msg(id="a-1", message=""), 400),
            (msg(**{"from": "eve"}, id="a-1"), 403),
            (ask("join", room="#a", id="a-1"), 200),
            (ask("leave", room="#a", id="a-1"), 200),
            (ask("get_rooms", id="a-1"), 202),
        )
        for message, code in table:
            with self.subTest(code=code):
                ((_, reply),) = self.handle("bob", message)
                self.assertEqual((reply["response"], reply["id"]), (code, "a-1"))

    def test_four_in_a_row_are_forgiven_and_the_fifth_ends_it(self):
        for bad in (BadMessage("odd"), ask("dance"), msg(time="noon"), ask("join", room="#all")):
            self.hub = Hub()
            self.come("bob")
            with self.subTest(bad=bad):
                self.assertEqual(self.codes(*[bad] * 7), [400] * 5 + [GOODBYE])
                self.expect_nothing_left()

    def test_five_in_a_row_end_a_stranger_too(self):
        self.stranger()
        pairs = [pair for _ in range(6) for pair in self.handle("stranger", msg())]
        self.assertEqual(pairs[-1], ("stranger", GOODBYE))
        self.assertEqual(len(pairs), 6)

    def test_a_good_message_makes_up_for_the_bad_ones_before_it(self):
        for good in (presence(), msg(to="bob"), ask("get_users"), ask("join", room="#a")):
            with self.subTest(good=good):
                self.codes(*[BadMessage("odd")] * 4, good)
                self.assertEqual(self.codes(*[BadMessage("odd")] * 4), [400] * 4)
                self.codes(presence())

    def test_so_does_a_message_that_is_refused_for_another_reason(self):
        for reasonable in (msg(to="nobody"), msg(**{"from": "eve"}), ask("leave", room="#a")):
            with self.subTest(reasonable=reasonable):
                self.codes(*[BadMessage("odd")] * 4, reasonable)
                self.assertEqual(self.codes(*[BadMessage("odd")] * 4), [400] * 4)
                self.codes(presence())

    def test_who_is_only_refused_for_other_reasons_may_stay(self):
        self.assertEqual(self.codes(*[msg(to="nobody")] * 20), [404] * 20)

    def test_each_peer_has_its_own_count(self):
        for _ in range(4):
            self.assertEqual(self.codes(BadMessage("odd")), [400])
            self.assertEqual(self.answer("eve", BadMessage("odd"))[0], 400)

    def test_a_broken_stream_is_answered_and_ends_it_at_once(self):
        self.assertEqual(self.codes(BrokenStream("too long"), presence()), [400, GOODBYE])
        self.expect(404, "bob is not here", "eve", msg(**{"from": "eve"}, to="bob"))

    def test_after_the_fifth_the_name_is_free_at_once(self):
        self.codes(*[BadMessage("odd")] * 5)
        self.stranger()
        self.assertEqual(self.answer("stranger", presence())[0], 200)


class RicherHubTest(unittest.TestCase):
    """What is added to a hub by a later lesson, and not to the others."""

    def setUp(self):
        def ping(hub_, peer, message, now):
            return [(peer, hub.answer(message, 200, "pong", now))]

        class RicherHub(Hub):
            fields = Hub.fields | {"ping": {"number": (rules.is_number, "a number")}}
            optional = Hub.optional | {"msg": Hub.optional["msg"] | {"mood": rules.ROOM}}
            actions = Hub.actions | {"ping": ping}
            open_to_all = Hub.open_to_all | {"ping"}

        self.hub = RicherHub()
        self.hub.joined("bob")

    def words(self, message, of=None):
        """Return the words of the answer."""
        reply = (of or self.hub).handle("bob", message, NOW)[-1][1]
        return reply.get("alert", reply.get("error"))

    def test_its_actions_are_done(self):
        self.assertEqual(self.words(ask("ping", number=5)), "pong")

    def test_its_fields_are_checked(self):
        self.assertEqual(self.words(ask("ping")), "number must be a number")
        self.words(presence())
        self.assertIn("mood must be", self.words(msg(mood="fine")))

    def test_the_plain_hub_stays_as_it_is(self):
        plain = Hub()
        plain.joined("bob")
        self.assertEqual(self.words(ask("ping", number=5), plain), "unknown action")
        self.words(presence(), plain)
        self.assertEqual(self.words(msg(mood="fine"), plain), "sent")
        self.assertNotIn("ping", rules.FIELDS)

    def test_every_action_has_fields_and_every_one_with_fields_is_an_action(self):
        for kind in (Hub, type(self.hub)):
            self.assertEqual(set(kind.actions), set(kind.fields))
            self.assertLessEqual(set(kind.optional), set(kind.actions))
            self.assertLessEqual(kind.open_to_all, set(kind.actions))


if __name__ == "__main__":
    unittest.main()
