"""Tests of how server.py is built: its helpers, and how one turn of the loop is taken."""

import argparse
import contextlib
import io
import socket
import sys
import unittest
from unittest import mock

import server
from peer import MAX_OUTBOX
from telephone import RoomTest, as_line, msg, presence

from common.messages import MAX_BYTES, encode


class MakeAnswerTest(unittest.TestCase):
    def test_up_to_399_the_words_are_an_alert_and_from_400_on_an_error(self):
        table = {100: "alert", 200: "alert", 299: "alert", 400: "error", 404: "error", 500: "error"}
        for code, field in table.items():
            with mock.patch("time.time", return_value=1000.5):  # a clock that stands still
                answer = server.make_answer(code, "some words")
            with self.subTest(code=code):
                self.assertEqual(answer, {"response": code, "time": 1000.5, field: "some words"})


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
            {"action": "quit"},
            {"action": "quit", "time": 5},
        )
        for message in table:
            with self.subTest(message=message):
                self.assertIsNone(server.find_problem(message))

    def test_a_field_that_nobody_knows_is_no_problem(self):
        for message in (presence(mood="fine"), msg(mood=["fine"]), {"action": "quit", "mood": 5}):
            with self.subTest(message=message):
                self.assertIsNone(server.find_problem(message))

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

    def test_the_question_who_is_here_has_a_time(self):
        self.expect_problem("time must be", {"action": "get_users"})

    def test_another_encoding_is_a_problem(self):
        for value in ("utf-16", "UTF-8", "", None, 5, ["utf-8"], {}):
            self.expect_problem("encoding must be", msg(encoding=value))

    def expect_problem(self, words, message):
        """Expect that a message is refused in these words."""
        with self.subTest(message=message):
            self.assertIn(words, str(server.find_problem(message)))


class IsNumberTest(unittest.TestCase):
    def test_finite_numbers_are_numbers(self):
        for value in (0, -5, 1.5, 10**20):
            with self.subTest(value=value):
                self.assertTrue(server.is_number(value))

    def test_nothing_else_is_a_number(self):
        for value in (True, False, "5", None, [5], float("inf"), -float("inf"), float("nan")):
            with self.subTest(value=value):
                self.assertFalse(server.is_number(value))


class IsTextTest(unittest.TestCase):
    def test_text_between_the_two_lengths_is_text(self):
        for value in ("ab", "abc", "Жук", "abcd"):
            with self.subTest(value=value):
                self.assertTrue(server.is_text(value, 2, 4))

    def test_nothing_else_is_text(self):
        for value in ("", "a", "abcde", 55, None, True, ["a", "b"], b"abc"):
            with self.subTest(value=value):
                self.assertFalse(server.is_text(value, 2, 4))


class IsAddresseeTest(unittest.TestCase):
    def test_people_and_rooms_can_be_spoken_to(self):
        for value in ("b", "Вася", "я" * 25, "#all", "#" + "x" * 25):
            with self.subTest(value=value):
                self.assertTrue(server.is_addressee(value))

    def test_nothing_else_can(self):
        for value in ("", "#", "##all", "all#", "# all", "я" * 26, "#" + "x" * 26, 5, None, ["b"]):
            with self.subTest(value=value):
                self.assertFalse(server.is_addressee(value))


class IsUserTest(unittest.TestCase):
    def test_a_user_has_a_name_and_perhaps_a_status(self):
        for value in ({"account_name": "bob"}, {"account_name": "bob", "status": "hi", "age": 5}):
            with self.subTest(value=value):
                self.assertTrue(server.is_user(value))

    def test_nothing_else_is_a_user(self):
        for value in (None, "bob", [], {}, {"account_name": 5}, {"account_name": "b", "status": 5}):
            with self.subTest(value=value):
                self.assertFalse(server.is_user(value))


class OnPresenceTest(RoomTest):
    def setUp(self):
        super().setUp()
        self.peer = self.come()

    def answer(self, name, **changes):
        """Return code and words of the answer to a presence."""
        message = presence(user={"account_name": name}, **changes)
        return server.on_presence(self.peer, message, self.peers)

    def test_the_peer_gets_a_name_and_a_welcome(self):
        self.assertEqual(self.answer("Вася"), (200, "welcome, Вася"))
        self.assertEqual(self.peer.name, "Вася")

    def test_it_hears_the_common_chat_unless_it_says_no(self):
        for changes, receives in (
            ({}, True),
            ({"receive": True}, True),
            ({"receive": False}, False),
        ):
            with self.subTest(changes=changes):
                self.answer("bob", **changes)
                self.assertIs(self.peer.receives, receives)

    def test_a_second_presence_may_change_whether_it_listens_but_not_its_name(self):
        self.answer("bob")
        self.assertEqual(self.answer("eve", receive=False), (403, "you are bob"))
        self.assertEqual((self.peer.name, self.peer.receives), ("bob", True))
        self.assertEqual(self.answer("bob", receive=False)[0], 200)
        self.assertFalse(self.peer.receives)

    def test_a_name_that_is_taken_is_not_given_again(self):
        self.come("Вася")
        for name in ("Вася", "ВАСЯ"):
            with self.subTest(name=name):
                self.assertEqual(self.answer(name), (409, f"{name} is here already"))
        self.assertIsNone(self.peer.name)
        self.assertFalse(self.peer.receives)

    def test_a_name_is_free_when_its_owner_is_leaving_or_lost(self):
        for change in ({"leaving": 1000}, {"lost": "reset"}):
            owner, self.peer = self.come("bob"), self.come()
            for field, value in change.items():
                setattr(owner, field, value)
            with self.subTest(change=change):
                self.assertEqual(self.answer("bob")[0], 200)
            self.peers.clear()

    def test_it_is_logged_who_came(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.answer("Вася")
        self.assertEqual(log.output, ["INFO:messenger.server:192.0.2.7 is Вася"])


class FindTest(RoomTest):
    def test_who_bears_the_name_is_found_however_it_is_written(self):
        _, eve, _ = self.come("bob"), self.come("Eve"), self.come()
        for name in ("Eve", "eve", "EVE"):
            with self.subTest(name=name):
                self.assertIs(server.find(name, self.peers), eve)

    def test_nobody_is_found_under_another_name(self):
        self.come("bob"), self.come()
        for name in ("eve", "bo", "bobb", "#all"):
            with self.subTest(name=name):
                self.assertIsNone(server.find(name, self.peers))

    def test_who_is_leaving_or_lost_is_not_found(self):
        leaving, lost = self.come("bob"), self.come("eve")
        leaving.leave(1000)
        lost.lost = "reset"
        for name in ("bob", "eve"):
            with self.subTest(name=name):
                self.assertIsNone(server.find(name, self.peers))


class OnMessageTest(RoomTest):
    def test_it_goes_to_all_who_listen_the_sender_too(self):
        bob, eve = self.come("bob"), self.come("eve")
        deaf, stranger = self.come("deaf", receives=False), self.come()
        said = msg(message="привет", id="a-1")
        self.assertEqual(server.on_message(bob, said, self.peers), (200, "sent"))
        for peer, waiting in ((bob, [said]), (eve, [said]), (deaf, []), (stranger, [])):
            with self.subTest(name=peer.name):
                self.assertEqual(self.waiting_for(peer), waiting)

    def test_to_one_it_goes_to_that_one_only_as_it_came(self):
        bob, eve, anna = self.come("bob"), self.come("eve"), self.come("anna")
        said = msg(to="EVE", message="привет", id="a-1", mood="fine")
        self.assertEqual(server.on_message(bob, said, self.peers), (200, "sent"))
        for peer, waiting in ((bob, []), (eve, [said]), (anna, [])):
            with self.subTest(name=peer.name):
                self.assertEqual(self.waiting_for(peer), waiting)

    def test_one_may_speak_to_oneself(self):
        bob = self.come("bob")
        server.on_message(bob, msg(to="bob"), self.peers)
        self.assertEqual(self.waiting_for(bob), [msg(to="bob")])

    def test_a_message_that_is_refused_goes_to_nobody(self):
        bob, stranger = self.come("bob"), self.come()
        table = (
            (stranger, msg(), 400, "presence"),
            (bob, msg(**{"from": "eve"}), 403, "you are bob"),
            (bob, msg(to="eve"), 404, "eve is not here"),
            (bob, msg(to="#room"), 404, "#room is not here"),
            (bob, msg(**{"from": "BOB"}), 403, "you are bob"),
        )
        for peer, message, code, words in table:
            with self.subTest(code=code):
                answer = server.on_message(peer, message, self.peers)
                self.assertEqual(answer[0], code)
                self.assertIn(words, answer[1])
                self.assertEqual(self.waiting_for(bob), [])

    def test_who_is_leaving_is_sent_nothing_more(self):
        bob, eve = self.come("bob"), self.come("eve")
        eve.leave(1000)
        server.on_message(bob, msg(), self.peers)
        self.assertEqual(server.on_message(bob, msg(to="eve"), self.peers)[0], 404)
        self.assertEqual(eve.outbox, b"")

    def test_who_does_not_read_is_lost_and_the_others_get_it(self):
        bob, slow, eve = self.come("bob"), self.come("slow"), self.come("eve")
        slow.queue(b"x" * MAX_OUTBOX)
        with mock.patch("peer.Peer.write"):  # the socket of the slow one takes nothing
            server.on_message(bob, msg(), self.peers)
        self.assertTrue(slow.lost)
        self.assertEqual(self.waiting_for(eve), [msg()])


class OnGetUsersTest(RoomTest):
    def users(self, **fields):
        """Return code and names when bob asks who is here."""
        message = {"action": "get_users", "time": 5} | fields
        return server.on_get_users(self.bob, message, self.peers)

    def setUp(self):
        super().setUp()
        self.bob = self.come("bob")

    def test_the_names_are_sorted_capital_letters_make_no_difference(self):
        for name in ("Яна", "Eve", "anna", "Вася", None):
            self.come(name)
        self.assertEqual(self.users(), (202, ["anna", "bob", "Eve", "Вася", "Яна"]))

    def test_who_only_sends_is_here_too(self):
        self.come("eve", receives=False)
        self.assertEqual(self.users()[1], ["bob", "eve"])

    def test_who_is_leaving_is_not_here(self):
        self.come("eve").leave(1000)
        self.assertEqual(self.users()[1], ["bob"])

    def test_after_a_name_only_the_later_ones_are_listed(self):
        for name in ("Anna", "Eve"):
            self.come(name)
        table = {"aaa": ["Anna", "bob", "Eve"], "anna": ["bob", "Eve"], "BOB": ["Eve"], "eve": []}
        for after, names in table.items():
            with self.subTest(after=after):
                self.assertEqual(self.users(after=after), (202, names))

    def test_a_page_has_500_names_and_the_longest_ones_fit_into_an_answer(self):
        letters = "".join(chr(0x10400 + n) for n in range(40))  # of four bytes each, in UTF-8
        for n in range(600):
            name = letters[n // 40] + letters[n % 40] + letters[0] * 23
            self.peers[n] = mock.Mock(leaving=None)
            self.peers[n].name = name.casefold()
        _, names = self.users()
        self.assertEqual(len(names), 500)
        self.assertTrue(server.is_account_name(names[-1]))
        self.assertLess(len(encode(server.make_answer(202, names) | {"id": "x" * 64})), MAX_BYTES)

    def test_a_stranger_is_not_told(self):
        self.bob.name = None
        self.assertEqual(self.users()[0], 400)


class OnQuitTest(RoomTest):
    def test_the_peer_leaves_and_there_is_no_answer(self):
        bob = self.come("bob")
        with mock.patch("time.monotonic", return_value=1000):
            self.assertEqual(server.on_quit(bob, {}, self.peers), (None, None))
        self.assertEqual(bob.leaving, 1001)


class RespondTest(RoomTest):
    def respond(self, peer, message):
        """Let the server respond to a message; return the code of the last answer."""
        server.respond(peer, message, self.peers)
        return (self.codes_for(peer) or [None])[-1]

    def test_each_action_is_done_and_answered(self):
        peer = self.come()
        self.assertEqual(self.respond(peer, presence()), 200)
        self.assertEqual(self.respond(peer, msg()), 200)
        self.assertEqual(len(self.waiting_for(peer)), 3)  # two answers, and bob's own words
        self.assertEqual(self.respond(peer, msg(to="eve")), 404)
        self.assertEqual(self.respond(peer, {"action": "get_users", "time": 5}), 202)

    def test_a_goodbye_has_no_answer(self):
        self.assertIsNone(self.respond(self.come("bob"), {"action": "quit"}))

    def test_a_message_with_a_problem_is_refused_and_not_done(self):
        peer = self.come()
        self.assertEqual(self.respond(peer, presence(time="noon")), 400)
        self.assertIsNone(peer.name)
        self.assertEqual(peer.refused, 1)

    def test_a_good_message_makes_up_for_the_bad_ones_before_it(self):
        peer = self.come()
        peer.refused = 4
        self.respond(peer, presence())
        self.assertEqual(peer.refused, 0)

    def test_an_id_comes_back_with_every_code(self):
        bob = self.come("bob")
        server.respond(bob, presence(id="a-1"), self.peers)
        server.respond(bob, msg(to="eve", id="a-2"), self.peers)
        answers = self.waiting_for(bob)
        self.assertEqual([(a["response"], a["id"]) for a in answers], [(200, "a-1"), (404, "a-2")])

    def test_without_an_id_there_is_none_in_the_answer(self):
        bob = self.come("bob")
        server.respond(bob, presence(), self.peers)
        self.assertNotIn("id", self.waiting_for(bob)[0])


class RefuseTest(RoomTest):
    def test_it_is_a_400_which_says_why(self):
        peer = self.come()
        server.refuse(peer, ValueError("too late"))
        (answer,) = self.waiting_for(peer)
        self.assertEqual((answer["response"], answer["error"]), (400, "too late"))

    def test_it_is_counted_and_logged_as_a_warning(self):
        peer = self.come("bob")
        with self.assertLogs("messenger.server", "WARNING") as log:
            server.refuse(peer, "too late")
            server.refuse(peer, "too late")
        self.assertEqual(peer.refused, 2)
        self.assertIn("bob (192.0.2.7) is refused: too late", log.output[0])


class ServeClientTest(RoomTest):
    def setUp(self):
        super().setUp()
        self.peer = self.come()

    def answers(self, *pieces):
        """Return the codes of the answers to what a client sends at once."""
        self.far[self.peer].sendall(b"".join(pieces))
        server.serve_client(self.peer, self.peers, 1000)
        return self.codes_for(self.peer)

    def test_nothing_has_come_and_nothing_is_answered(self):
        self.assertEqual(self.answers(), [])

    def test_messages_that_arrive_together_are_answered_one_by_one(self):
        three = as_line(presence()), as_line(presence(action="dance")), as_line(presence())
        self.assertEqual(self.answers(*three), [200, 400, 200])

    def test_after_what_is_no_message_the_next_one_is_served(self):
        bad = (b"hello\n", b"5\n", b"[]\n", b'{"n": NaN}\n', b"{\xff}\n")
        pieces = [line + as_line(presence()) for line in bad]
        self.assertEqual(self.answers(*pieces), [400, 200] * 5)
        self.assertIsNone(self.peer.leaving)

    def test_four_bad_messages_in_a_row_are_forgiven(self):
        self.assertEqual(self.answers(b"hello\n" * 4), [400] * 4)
        self.assertIsNone(self.peer.leaving)

    def test_the_fifth_ends_the_connection_and_what_follows_is_not_served(self):
        self.assertEqual(self.answers(b"hello\n" * 7, as_line(presence())), [400] * 5)
        self.assertEqual(self.peer.leaving, 1001)

    def test_five_unknown_actions_in_a_row_end_it_too(self):
        dances = as_line(presence(action="dance")) * 5
        self.assertEqual(self.answers(dances, as_line(presence())), [400] * 5)
        self.assertEqual(self.peer.leaving, 1001)

    def test_the_bad_ones_are_counted_over_all_turns(self):
        for _ in range(5):
            self.assertIsNone(self.peer.leaving)
            self.answers(b"hello\n")
        self.assertTrue(self.peer.leaving)

    def test_who_lets_too_much_wait_is_not_served_any_more(self):
        self.peer.queue(b"\n" * (MAX_OUTBOX - 1))
        with mock.patch("peer.Peer.write"):  # the socket takes nothing
            self.assertEqual(self.answers(b"hello\n", as_line(presence())), [])
        self.assertTrue(self.peer.lost)
        self.assertIsNone(self.peer.name)


class LookAfterTest(RoomTest):
    def setUp(self):
        super().setUp()
        self.peer = self.come("bob")

    def look(self, now=1000):
        """Let the server look after the peer; tell whether it still has it."""
        server.look_after(self.peer, self.peers, now)
        return self.peer in self.peers.values()

    def test_who_stays_stays(self):
        self.assertTrue(self.look())
        self.assertEqual(self.peer.outbox, b"")

    def test_who_is_gone_is_closed_and_forgotten(self):
        self.peer.lost = "reset"
        self.assertFalse(self.look())
        self.assertEqual(self.peer.sock.fileno(), -1)  # that is how a closed socket shows itself

    def test_it_is_logged_why(self):
        for lost, words in (("reset", "reset"), (None, "goodbye")):
            self.peer = self.come("Вася")
            self.peer.lost = lost
            self.peer.leave(500)
            with self.subTest(lost=lost), self.assertLogs("messenger.server", "INFO") as log:
                self.look()
            self.assertTrue(log.output[0].endswith(f"Вася (192.0.2.7) has gone: {words}"))

    def test_a_message_that_takes_too_long_is_refused_once_and_ends_the_connection(self):
        self.peer.connection.receive_data(b"{", 1000)
        self.assertTrue(self.look(1030))
        self.assertEqual(self.codes_for(self.peer), [])
        self.assertTrue(self.look(1030.1))
        self.assertTrue(self.look(1030.2))
        self.assertEqual(self.codes_for(self.peer), [400])
        self.assertFalse(self.look(1031.2))


class WelcomeTest(RoomTest):
    def setUp(self):
        super().setUp()
        near, self.client = socket.socketpair()
        self.near = self.enterContext(near)
        self.enterContext(self.client)
        self.listener = mock.Mock()  # it plays the listening socket
        self.listener.accept.side_effect = [(near, ("192.0.2.8", 50000)), BlockingIOError]

    def welcome(self, places):
        """Let a client come when there is room for so many; return what is logged."""
        with (
            mock.patch.object(server, "places", return_value=places),
            self.assertLogs("messenger.server", "INFO") as log,
        ):
            server.welcome(self.listener, self.peers)
        return log.output[0]

    def test_a_client_becomes_a_peer(self):
        line = self.welcome(1)
        self.assertEqual(self.peers[self.near].address, "192.0.2.8")
        self.assertTrue(line.endswith("192.0.2.8 has connected"))

    def test_the_last_place_is_given_away_and_no_more(self):
        self.come("bob")
        self.welcome(1)
        self.assertNotIn(self.near, self.peers)

    def test_who_finds_no_room_is_told_so_and_closed(self):
        line = self.welcome(0)
        self.assertEqual(self.peers, {})
        self.assertIn(b'"response": 500', self.client.recv(4096))
        self.assertEqual(self.client.recv(4096), b"")
        self.assertEqual(self.near.fileno(), -1)
        self.assertIn("WARNING", line)

    def test_who_speaks_first_and_finds_no_room_is_told_so_too(self):
        self.client.sendall(as_line(presence()))
        self.welcome(0)
        self.assertIn(b'"response": 500', self.client.recv(4096))
        self.assertEqual(self.client.recv(4096), b"")

    def test_all_who_wait_at_the_door_come_in_at_once(self):
        other = self.come("bob").sock
        self.peers.clear()
        at_the_door = [(self.near, ("192.0.2.8", 50000)), (other, ("192.0.2.9", 50000))]
        self.listener.accept.side_effect = [*at_the_door, BlockingIOError]
        self.welcome(2)
        self.assertEqual(list(self.peers), [self.near, other])

    def test_those_who_are_here_are_served_although_more_and_more_come(self):
        self.listener.accept.side_effect = lambda: (self.near, ("192.0.2.8", 50000))
        with mock.patch.object(server, "BACKLOG", 10):
            self.welcome(100)
        self.assertEqual(self.listener.accept.call_count, 10)

    def test_who_is_gone_before_we_look_is_no_error(self):
        self.listener.accept.side_effect = ConnectionAbortedError("gone")
        self.assertIn("nobody there after all: gone", self.welcome(1))
        self.assertEqual(self.peers, {})


class AdmitTest(RoomTest):
    def test_while_there_is_room_a_client_is_let_in(self):
        peer = self.come()
        self.peers.clear()
        for room, inside in ((0, False), (1, True)):
            with (
                self.subTest(room=room),
                mock.patch.object(server, "places", return_value=room),
                mock.patch.object(server, "turn_away") as turn_away,
            ):
                server.admit(peer, self.peers)
                self.assertEqual(peer.sock in self.peers, inside)
                self.assertNotEqual(turn_away.called, inside)


class TurnAwayTest(RoomTest):
    def test_a_peer_that_is_gone_already_is_no_error(self):
        peer = self.come()
        self.far[peer].close()
        server.turn_away(peer)
        self.assertEqual(peer.sock.fileno(), -1)


class TakeTurnTest(RoomTest):
    def setUp(self):
        super().setUp()
        self.listener = self.enterContext(server.create_socket_server("127.0.0.1", 0))

    def turn(self):
        """Take a turn."""
        server.take_turn(self.listener, self.peers)

    def test_a_turn_waits_a_second_at_most(self):
        with mock.patch("select.select", return_value=([], [], [])) as wait:
            self.turn()
        self.assertEqual(wait.call_args.args[3], 1)

    def test_it_waits_for_room_only_where_something_waits_to_be_sent(self):
        idle, busy = self.come(), self.come()
        busy.queue(b"hello")
        with mock.patch("select.select", return_value=([], [], [])) as wait:
            self.turn()
        readable, writable, *_ = wait.call_args.args
        self.assertEqual(readable, [self.listener, idle.sock, busy.sock])
        self.assertEqual(writable, [busy.sock])

    def test_in_one_turn_everybody_is_read_and_in_the_next_everybody_is_written(self):
        peers = [self.come(), self.come(), self.come()]
        for peer, name in zip(peers, ("bob", "eve", "Вася"), strict=True):
            self.far[peer].sendall(as_line(presence(user={"account_name": name})))
        self.turn()
        self.assertEqual([self.codes_for(peer) for peer in peers], [[200]] * 3)
        self.turn()
        for peer in peers:
            self.assertEqual(peer.outbox, b"")
            self.assertIn(b"200", self.far[peer].recv(4096))

    def test_who_is_lost_in_a_turn_is_gone_at_its_end(self):
        bob, slow = self.come("bob"), self.come("slow")
        slow.outbox += b"x" * MAX_OUTBOX
        self.far[bob].sendall(as_line(msg()))
        with mock.patch("peer.Peer.write"):  # the socket of the slow one takes nothing
            self.turn()
        self.assertEqual(list(self.peers.values()), [bob])

    def test_a_turn_takes_its_time_from_a_clock_that_never_jumps(self):
        peer = self.come()
        self.far[peer].sendall(b"{")
        with mock.patch("time.monotonic", return_value=1000):
            self.turn()
        self.assertTrue(peer.connection.overdue(1030.1))
        self.assertFalse(peer.connection.overdue(1029))


class ServeForeverTest(unittest.TestCase):
    def test_it_takes_turns_with_the_same_peers_until_ctrl_c(self):
        turns = [None, None, KeyboardInterrupt]
        with (
            mock.patch.object(server, "take_turn", side_effect=turns) as take_turn,
            self.assertRaises(KeyboardInterrupt),
        ):
            server.serve_forever("listener")
        (first, peers), *others = [call.args for call in take_turn.call_args_list]
        self.assertEqual((first, peers), ("listener", {}))
        self.assertEqual(len(others), 2)
        for _, later in others:
            self.assertIs(later, peers)


class CreateSocketServerTest(unittest.TestCase):
    def test_nobody_waits_in_accept(self):
        with server.create_socket_server("127.0.0.1", 0) as listener:
            self.assertFalse(listener.getblocking())

    def test_a_thousand_may_wait_at_the_door(self):
        with (
            mock.patch.object(socket.socket, "listen") as listen,
            server.create_socket_server("127.0.0.1", 0),
        ):
            listen.assert_called_once_with(1000)


class PortNumberTest(unittest.TestCase):
    def test_a_port_is_a_number_from_0_to_65535(self):
        for text, port in {"0": 0, "7777": 7777, "65535": 65535}.items():
            with self.subTest(text=text):
                self.assertEqual(server.port_number(text), port)

    def test_everything_else_is_refused(self):
        for text in ("65536", "-1", "7.5", "1e3", "port", "", " 7777"):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                server.port_number(text)


class MainTest(unittest.TestCase):
    def setUp(self):
        self.open_log = self.enterContext(mock.patch.object(server, "open_log"))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words):
        """Run the program with these words on its command line; at once, press Ctrl+C."""
        argv = mock.patch.object(sys, "argv", ["server.py", *words])
        ctrl_c = mock.patch.object(server, "serve_forever", side_effect=KeyboardInterrupt)
        try:
            with argv, ctrl_c:
                server.main()
        except KeyboardInterrupt:  # it would end the tests too
            self.fail("main() lets the KeyboardInterrupt through")

    def test_it_logs_on_which_port_it_listens(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertRegex(log.output[0], r"Listening on port [1-9]\d*\.")

    def test_its_log_file_is_named_after_the_port(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        port, _ = self.open_log.call_args.args
        self.assertIn(f"port {port}.", log.output[0])

    def test_calls_are_logged_only_if_we_ask_for_them(self):
        for words, debug in (([], False), (["--debug"], True)):
            self.run_main("-a", "127.0.0.1", "-p", "0", *words)
            with self.subTest(words=words):
                self.assertIs(self.open_log.call_args.args[1], debug)

    def test_ctrl_c_ends_it_cleanly(self):
        with self.assertLogs("messenger.server", "INFO") as log:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertEqual(log.output[-1], "INFO:messenger.server:Stopped.")

    def test_a_log_that_cannot_be_written_ends_in_one_clear_line(self):
        self.open_log.side_effect = PermissionError("read-only")
        with self.assertRaises(SystemExit) as end:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        self.assertRegex(end.exception.code, r"\ACannot .+: read-only\Z")

    def test_a_wrong_port_is_named_and_gives_exit_code_2(self):
        with self.assertRaises(SystemExit) as end:
            self.run_main("-p", "70000")
        self.assertEqual(end.exception.code, 2)
        self.assertIn("70000 is not a port", self.errors.getvalue())


if __name__ == "__main__":
    unittest.main()
