"""Tests of server.py: what every right server does, however it is built.

All is done by hand in one thread: a client speaks, the server takes a turn, the client looks.
"""

import contextlib
import io
import os
import select
import selectors
import socket
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import server
from server import Server
from telephone import as_line, msg, open_storage, presence

from common import limits
from common.limits import MAX_CONNECTIONS
from common.messages import receive_message
from common.peer import AT_ONCE


class CreateSocketServerTest(unittest.TestCase):
    def setUp(self):
        # Port 0 means: a port that is free. So two tests never want the same one.
        self.listener = self.enterContext(Server.create_socket_server("127.0.0.1", 0))

    def test_it_listens_on_the_address(self):
        self.assertEqual(self.listener.getsockname()[0], "127.0.0.1")

    def test_it_speaks_tcp(self):
        self.assertEqual(self.listener.type, socket.SOCK_STREAM)

    def test_a_client_can_connect(self):
        with socket.create_connection(self.listener.getsockname(), timeout=2) as far:
            select.select([self.listener], [], [], 2)
            near, _ = self.listener.accept()
            with near:
                far.sendall(b"hello")
                near.settimeout(2)
                self.assertEqual(near.recv(100), b"hello")

    def test_a_port_that_is_taken_is_an_error(self):
        with self.assertRaises(OSError):
            Server.create_socket_server(*self.listener.getsockname())


class ServerTest(unittest.TestCase):
    """A test with a server on a real port; clients are sockets of the test."""

    def setUp(self):
        socket.setdefaulttimeout(2)  # a test of broken code turns red, it does not hang
        self.addCleanup(socket.setdefaulttimeout, None)
        self.server = Server("127.0.0.1", 0, open_storage(self))
        self.addCleanup(self.server.close)
        self.peers = self.server.peers

    def turn(self):
        """Let the server take a turn."""
        self.server.take_turn()

    def come(self, name=None, **changes):
        """Let a client connect, and say who it is if it has a name; return its socket."""
        client = self.enterContext(socket.create_connection(self.server.address, timeout=2))
        self.turn()
        if name:
            client.sendall(as_line(presence(user={"account_name": name}, **changes)))
            self.assertEqual(self.hear(client)["response"], 200)
        return client

    def hear(self, client):
        """Return the next message to a client; the server takes turns until it comes."""
        for _ in range(20):
            if has_come(client):
                return receive_message(client)
            self.turn()
        self.fail("nothing came")

    def hear_codes(self, client, count):
        """Return the codes of the next answers to a client."""
        return [self.hear(client)["response"] for _ in range(count)]


def has_come(client):
    """Tell whether something has come for a client."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ)
        return bool(selector.select(0))


def break_off(client):
    """Close a connection so that the other side sees a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    client.close()


class AnswersTest(ServerTest):
    def test_a_presence_is_answered_with_a_welcome(self):
        client = self.come()
        client.sendall(as_line(presence(user={"account_name": "Вася"})))
        answer = self.hear(client)
        self.assertEqual(answer["response"], 200)
        self.assertIn("Вася", answer["alert"])
        self.assertAlmostEqual(answer["time"], time.time(), delta=2)

    def test_messages_that_arrive_together_are_answered_one_by_one(self):
        client = self.come("bob")
        client.sendall(as_line(presence()) + as_line(presence(action="dance")) + b"hello\n{}")
        self.assertEqual(self.hear_codes(client, 4), [200, 400, 400, 400])

    def test_a_message_that_comes_in_two_pieces_is_answered_once(self):
        client = self.come("bob")
        line = as_line(presence())
        client.sendall(line[:40])
        self.turn()
        self.assertFalse(has_come(client))
        client.sendall(line[40:] + b"hello\n")
        self.assertEqual(self.hear_codes(client, 2), [200, 400])

    def test_half_a_message_holds_up_nobody(self):
        half, whole = self.come(), self.come()
        half.sendall(as_line(presence())[:40])
        whole.sendall(as_line(presence()))
        self.assertEqual(self.hear(whole)["response"], 200)

    def test_an_id_comes_back_with_the_answer(self):
        client = self.come()
        client.sendall(as_line(presence(id="a-1")) + as_line(presence(id="a-2")))
        self.assertEqual([self.hear(client)["id"], self.hear(client)["id"]], ["a-1", "a-2"])


class CommonChatTest(ServerTest):
    def test_what_one_says_goes_to_everybody(self):
        clients = [self.come("bob"), self.come("eve"), self.come("Вася")]
        said = msg(message="привет", encoding="utf-8")
        clients[0].sendall(as_line(said))
        for client in clients:
            heard = self.hear(client)
            self.assertEqual(heard, said | {"number": 1})
        self.assertEqual(self.hear(clients[0])["response"], 200)

    def test_who_only_sends_hears_answers_and_no_chat(self):
        sender, other = self.come("bob", receive=False), self.come("eve")
        sender.sendall(as_line(msg()))
        self.assertEqual(self.hear(other)["message"], "hi")
        self.assertEqual(self.hear(sender)["response"], 200)
        other.sendall(as_line(msg(**{"from": "eve"})))
        self.hear(other)
        sender.sendall(b"hello\n")
        self.assertEqual(self.hear(sender)["response"], 400)  # and eve's words did not come first

    def test_who_has_not_said_who_it_is_hears_nothing(self):
        bob, stranger = self.come("bob"), self.come()
        bob.sendall(as_line(msg()))
        self.hear(bob)
        stranger.sendall(as_line(presence(user={"account_name": "eve"})))
        self.assertEqual(self.hear(stranger)["response"], 200)

    def test_words_in_a_rush_arrive_in_their_order(self):
        bob, eve = self.come("bob", receive=False), self.come("eve")
        bob.sendall(b"".join(as_line(msg(message=f"word {n}")) for n in range(200)))
        heard = [self.hear(eve)["message"] for _ in range(200)]
        self.assertEqual(heard, [f"word {n}" for n in range(200)])


class OneToOneTest(ServerTest):
    def test_what_is_said_to_one_is_heard_by_that_one_only(self):
        bob, eve, anna = self.come("bob"), self.come("eve"), self.come("Анна")
        secret, later = msg(to="Анна", message="тайна"), msg(message="to all")
        bob.sendall(as_line(secret) + as_line(later))
        secret["number"], later["number"] = 1, 2
        self.assertEqual([self.hear(anna), self.hear(anna)], [secret, later])
        self.assertEqual(self.hear(eve), later)
        self.assertEqual(self.hear(bob)["response"], 200)

    def test_capital_letters_make_no_difference(self):
        bob, anna = self.come("bob"), self.come("Анна")
        bob.sendall(as_line(msg(to="АННА")))
        self.assertEqual(self.hear(anna)["message"], "hi")

    def test_who_was_here_once_will_get_it_on_return(self):
        bob, leaver = self.come("bob"), self.come("eve")
        leaver.sendall(as_line({"action": "quit"}))
        self.assertIsNone(self.hear(leaver))
        bob.sendall(as_line(msg(to="eve")))
        answer = self.hear(bob)
        self.assertEqual(answer["response"], 202)
        self.assertIn("eve", answer["alert"])
        self.assertEqual(self.hear(self.come("EVE"))["message"], "hi")

    def test_who_was_never_here_cannot_be_reached(self):
        bob = self.come("bob")
        for name in ("nobody", "#room"):
            bob.sendall(as_line(msg(to=name)))
            with self.subTest(name=name):
                answer = self.hear(bob)
                self.assertEqual(answer["response"], 404)
                self.assertIn(name, answer["error"])

    def test_both_ways_at_once(self):
        bob, eve = self.come("bob"), self.come("eve")
        for n in range(20):
            bob.sendall(as_line(msg(to="eve", message=f"b{n}")))
            eve.sendall(as_line(msg(**{"from": "eve"}, to="bob", message=f"e{n}")))
        for client, letter in ((bob, "e"), (eve, "b")):
            heard = [self.hear(client) for _ in range(40)]
            texts = [message["message"] for message in heard if "message" in message]
            self.assertEqual(texts, [f"{letter}{n}" for n in range(20)])
            self.assertEqual([m["response"] for m in heard if "response" in m], [200] * 20)


class RoomsTest(ServerTest):
    def ask(self, client, action, **fields):
        """Ask for something; return code and words of the answer."""
        client.sendall(as_line({"action": action, "time": 1000.5} | fields))
        answer = self.hear(client)
        return answer["response"], answer.get("alert", answer.get("error"))

    def test_what_is_said_in_a_room_is_heard_by_who_is_in_it_only(self):
        bob, eve, anna = self.come("bob"), self.come("eve"), self.come("Анна")
        for client in (bob, anna):
            self.assertEqual(self.ask(client, "join", room="#Кухня")[0], 200)
        inside, outside = msg(to="#Кухня", message="here"), msg(message="to all")
        bob.sendall(as_line(inside) + as_line(outside))
        inside["number"], outside["number"] = 1, 2
        heard = [self.hear(bob) for _ in range(4)]
        self.assertEqual([m["message"] for m in heard if "message" in m], ["here", "to all"])
        self.assertEqual([self.hear(anna), self.hear(anna)], [inside, outside])
        self.assertEqual(self.hear(eve), outside)

    def test_a_room_is_there_until_the_last_one_has_left_or_gone(self):
        bob, eve = self.come("bob"), self.come("eve")
        self.ask(bob, "join", room="#a")
        self.ask(eve, "join", room="#b")
        self.assertEqual(self.ask(bob, "get_rooms"), (202, ["#a", "#b"]))
        break_off(eve)
        self.turn()
        self.assertEqual(self.ask(bob, "get_rooms"), (202, ["#a"]))
        self.assertEqual(self.ask(bob, "leave", room="#a")[0], 200)
        self.assertEqual(self.ask(bob, "get_rooms"), (202, []))

    def test_who_is_not_in_a_room_cannot_speak_there(self):
        bob, eve = self.come("bob"), self.come("eve")
        self.ask(eve, "join", room="#a")
        fields = {"to": "#a", "from": "bob", "message": "hi"}
        self.assertEqual(self.ask(bob, "msg", **fields)[0], 403)
        self.ask(eve, "leave", room="#a")
        self.assertEqual(self.ask(bob, "msg", **fields)[0], 404)


class NamesTest(ServerTest):
    def ask_for(self, name):
        """Return the code with which a new client is answered that wants this name."""
        client = self.come()
        client.sendall(as_line(presence(user={"account_name": name})))
        return self.hear(client)["response"]

    def test_a_name_that_is_taken_is_answered_409_and_its_owner_stays(self):
        owner = self.come("Вася")
        for name in ("Вася", "ВАСЯ", "вася"):
            with self.subTest(name=name):
                self.assertEqual(self.ask_for(name), 409)
        owner.sendall(as_line(msg(**{"from": "Вася"})))
        self.assertEqual(self.hear(owner)["message"], "hi")

    def test_who_is_refused_may_ask_for_another_name(self):
        self.come("bob")
        client = self.come()
        for name in ("bob", "bob_2"):
            client.sendall(as_line(presence(user={"account_name": name})))
        self.assertEqual(self.hear_codes(client, 2), [409, 200])

    def test_a_name_is_free_as_soon_as_its_owner_has_left(self):
        goodbye = as_line({"action": "quit"})
        ways = (lambda owner: owner.sendall(goodbye), socket.socket.close, break_off)
        for name, leave in zip(("anna", "bob", "eve"), ways, strict=True):
            leave(self.come(name))
            self.turn()
            with self.subTest(name=name):
                self.assertEqual(self.ask_for(name), 200)

    def test_it_is_free_in_the_same_turn_too(self):
        ways = (socket.socket.close, break_off, lambda owner: owner.shutdown(socket.SHUT_WR))
        for name, leave in zip(("anna", "bob", "eve"), ways, strict=True):
            other, owner = self.come(), self.come(name)
            leave(owner)
            other.sendall(as_line(presence(user={"account_name": name})))
            with self.subTest(name=name):
                self.assertEqual(self.hear(other)["response"], 200)

    def test_a_name_that_could_pass_for_another_is_answered_400(self):
        for name in ("аdmin", "bob ", "../x", "bob\u202e", "x" * 26):
            with self.subTest(name=name):
                self.assertEqual(self.ask_for(name), 400)


class ListTest(ServerTest):
    def ask(self, client, **changes):
        """Ask who is here; return the answer."""
        client.sendall(as_line({"action": "get_users", "time": 1000.5} | changes))
        return self.hear(client)

    def test_the_list_has_everybody_who_has_said_who_it_is(self):
        bob, _, _, _ = self.come("bob"), self.come("Анна"), self.come("Eve"), self.come()
        answer = self.ask(bob, id="q-1")
        self.assertEqual((answer["response"], answer["id"]), (202, "q-1"))
        self.assertEqual(answer["alert"], ["bob", "Eve", "Анна"])

    def test_who_has_left_is_not_in_the_list(self):
        bob, leaver = self.come("bob"), self.come("eve")
        leaver.sendall(as_line({"action": "quit"}))
        self.assertIsNone(self.hear(leaver))
        self.assertEqual(self.ask(bob)["alert"], ["bob"])

    def test_a_long_list_comes_page_by_page(self):
        clients = [self.come(name) for name in ("eve", "Bob", "anna", "dave", "carl")]
        with mock.patch("common.hub.PAGE", 2):
            pages = [self.ask(clients[0])["alert"]]
            for _ in range(3):
                pages.append(self.ask(clients[0], after=pages[-1][-1])["alert"])
        self.assertEqual(pages, [["anna", "Bob"], ["carl", "dave"], ["eve"], []])

    def test_a_stranger_is_not_told(self):
        self.come("bob")
        self.assertEqual(self.ask(self.come())["response"], 400)


class PartingTest(ServerTest):
    def expect_the_end(self, client):
        """Expect that a client sees the end, and that the server forgets it."""
        self.assertIsNone(self.hear(client))
        client.close()
        if self.peers:  # else the turn would only wait
            self.turn()
        self.assertEqual(self.peers, {})

    def test_a_goodbye_has_no_answer(self):
        client = self.come("bob")
        client.sendall(as_line({"action": "quit"}))
        self.expect_the_end(client)

    def test_what_comes_after_a_goodbye_is_not_answered(self):
        client = self.come("bob")
        client.sendall(as_line({"action": "quit"}) + as_line(presence()))
        self.expect_the_end(client)

    def test_who_has_said_everything_still_gets_the_answers(self):
        client = self.come()
        client.sendall(as_line(presence()) * 3)
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(self.hear_codes(client, 3), [200] * 3)
        self.expect_the_end(client)

    def test_five_bad_messages_in_a_row_end_the_connection(self):
        client = self.come()
        client.sendall(b"hello\n" * 50 + as_line(presence()))
        self.assertEqual(self.hear_codes(client, 5), [400] * 5)
        self.expect_the_end(client)

    def test_a_good_message_makes_up_for_the_bad_ones_before_it(self):
        client = self.come("bob")
        client.sendall((b"hello\n" * 4 + as_line(presence())) * 2)
        self.assertEqual(self.hear_codes(client, 10), ([400] * 4 + [200]) * 2)

    def test_a_message_that_is_too_long_is_answered_400_and_ends_the_connection(self):
        client = self.come("bob")
        client.sendall(b'{"n": "' + b"x" * 70_000)
        self.assertEqual(self.hear(client)["response"], 400)
        self.expect_the_end(client)

    def test_a_message_that_takes_too_long_is_answered_400_and_ends_the_connection(self):
        client = self.come()
        client.sendall(b'{"half')
        with mock.patch("common.connection.MAX_SECONDS", -1):  # time is over at once
            self.assertIn("in time", self.hear(client)["error"])
        self.expect_the_end(client)

    def test_who_ends_in_the_middle_of_a_message_is_told_so(self):
        client = self.come("bob")
        client.sendall(as_line(presence())[:40])
        self.turn()
        client.shutdown(socket.SHUT_WR)
        answer = self.hear(client)
        self.assertEqual(answer["response"], 400)
        self.assertIn("in the middle", answer["error"])
        self.expect_the_end(client)

    def test_a_client_that_breaks_off_ends_only_itself(self):
        broken, good = self.come("eve"), self.come("bob")
        break_off(broken)
        good.sendall(as_line(msg()))
        self.assertEqual(self.hear(good)["message"], "hi")
        self.assertEqual([one.name for one in self.peers.values()], ["bob"])

    def test_when_there_is_no_room_a_client_is_told_so(self):
        with mock.patch.object(self.server, "places", 0):
            client = self.come()
            self.assertEqual(self.peers, {})
        self.assertEqual(self.hear(client)["response"], 500)
        self.expect_the_end(client)

    def test_when_there_is_no_room_those_who_are_here_go_on(self):
        client = self.come("bob")
        with mock.patch.object(self.server, "places", 1):
            self.come()
        client.sendall(as_line(msg()))
        self.assertEqual(self.hear(client)["message"], "hi")


class MistakeTest(ServerTest):
    """A mistake of ours in the hub is one client's trouble."""

    def test_it_is_answered_500_and_logged_and_the_others_talk_on(self):
        bob, eve = self.come("bob"), self.come("eve")
        broken = mock.patch.object(self.server.hub, "handle", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("messenger.server", "ERROR") as logged:
            bob.sendall(as_line(msg(to="eve")))
            answer = self.hear(bob)
        self.assertEqual(answer["response"], 500)
        reference = answer["error"].rpartition("mistake ")[2]
        self.assertIn(reference, logged.output[0])
        self.assertIn("ZeroDivisionError", logged.output[0])
        self.assertIsNone(self.hear(bob))
        eve.sendall(as_line(msg(**{"from": "eve"}, to="eve")))
        self.assertEqual(self.hear(eve)["message"], "hi")


class StorageTest(ServerTest):
    """The loop and the storage: nobody waits for the disk but who must."""

    def hold_commits(self):
        """Let no commit happen until the event that is returned is set."""
        allowed, commit = threading.Event(), self.server.writer._storage.transaction

        @contextlib.contextmanager
        def transaction():
            with commit() as session:
                yield session
                allowed.wait(10)

        self.addCleanup(allowed.set)
        held = mock.patch.object(self.server.writer._storage, "transaction", transaction)
        self.enterContext(held)
        return allowed

    def test_while_a_commit_takes_its_time_others_are_answered(self):
        bob, eve = self.come("bob"), self.come("eve")
        allowed = self.hold_commits()
        bob.sendall(as_line(msg(to="eve")))
        eve.sendall(as_line({"action": "get_users", "time": 1000.5}))
        self.assertEqual(self.hear(eve)["response"], 202)
        self.assertFalse(has_come(eve) or has_come(bob))
        allowed.set()
        self.assertEqual(self.hear(eve)["message"], "hi")
        self.assertEqual(self.hear(bob)["response"], 200)

    def test_answers_keep_the_order_of_their_questions(self):
        bob = self.come("bob")
        asked = [msg(to="bob"), {"action": "get_users", "time": 1}, {"action": "dance", "time": 1}]
        bob.sendall(b"".join(as_line(message) for message in asked))
        self.assertEqual(self.hear(bob)["message"], "hi")
        self.assertEqual(self.hear_codes(bob, 3), [200, 202, 400])

    def test_the_end_of_a_visit_is_written_down(self):
        bob = self.come("bob")
        bob.close()
        storage = self.server.writer._storage
        while storage.logins()[-1].ended is None:
            self.turn()
        self.assertGreaterEqual(storage.logins()[-1].ended, storage.logins()[-1].moment)

    def test_who_has_said_everything_costs_nothing_until_it_is_stored(self):
        bob, eve = self.come("bob"), self.come("eve")
        allowed = self.hold_commits()
        bob.sendall(as_line(msg(to="eve")))
        bob.shutdown(socket.SHUT_WR)
        while self.server.selector.select(0) or self.server.unsettled:
            self.turn()
        self.assertFalse(has_come(bob))
        allowed.set()
        self.assertEqual(self.hear(bob)["response"], 200)
        self.assertIsNone(self.hear(bob))
        self.assertEqual(self.hear(eve)["message"], "hi")

    def test_who_breaks_off_before_it_is_stored_is_no_trouble(self):
        bob, eve = self.come("bob"), self.come("eve")
        allowed = self.hold_commits()
        bob.sendall(as_line(msg(to="eve")))
        while not self.server.owed:
            self.turn()
        break_off(bob)
        while len(self.peers) > 1:
            self.turn()
        allowed.set()
        self.assertEqual(self.hear(eve)["message"], "hi")
        self.assertEqual(len(self.peers), 1)

    def test_a_mistake_in_what_follows_is_one_clients_trouble(self):
        bob, eve = self.come("bob"), self.come("eve")
        broken = mock.patch.object(self.server.hub, "_kept", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("messenger.server", "ERROR"):
            bob.sendall(as_line(msg(to="eve")))
            self.assertEqual(self.hear(bob)["response"], 500)
        self.assertIsNone(self.hear(bob))
        eve.sendall(as_line(msg(**{"from": "eve"}, to="eve")))
        self.assertEqual(self.hear(eve)["message"], "hi")


class ManyTest(ServerTest):
    """So many as no select() can watch."""

    def come_many(self, count):
        """Let so many clients connect, and see that each has a place."""
        for n in range(count):
            client = self.enterContext(socket.create_connection(self.server.address, timeout=2))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)  # leave no trace
            if n % 500 == 499:
                self.turn()  # else the door would be full
        while len(self.peers) < count and has_come(self.server.listener):
            self.turn()
        self.assertEqual(len(self.peers), count)

    def test_five_thousand_are_held_and_a_message_to_one_of_them_comes_soon(self):
        wanted = MAX_CONNECTIONS
        descriptors = limits.descriptors(2 * wanted + 100)  # both ends of each are ours
        count = min(wanted, (descriptors - 100) // 2)
        with mock.patch.object(self.server, "places", count):
            self.come_many(count - 2)
            bob, eve = self.come("bob"), self.come("eve")
        began = time.monotonic()
        bob.sendall(as_line(msg(to="eve")))
        self.assertEqual(self.hear(eve), msg(to="eve", number=1))
        self.assertLess(time.monotonic() - began, 1)
        if count < wanted:
            self.skipTest(f"{count} were held; this process may not open files for {wanted}")

    def test_who_is_silent_costs_no_turn_anything(self):
        for _ in range(20):
            self.come()
        with mock.patch.object(Server, "look_after") as look_after:
            self.come("bob")
        self.assertLess(len(look_after.mock_calls), 20)


class MainTest(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="data"))
        self.enterContext(mock.patch.dict(os.environ, {"JIM_HOME": folder}))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def end_of_main(self, *words):
        """Run the program with these words on its command line; return what it ends with."""
        argv = mock.patch.object(sys, "argv", ["server.py", "--no-gui", *words])
        with argv, self.assertRaises(SystemExit) as end:
            server.main()
        return end.exception.code

    def listening_place(self, *words):
        """Return where the program would listen, given these words."""
        refusal = OSError("not today")
        with mock.patch.object(socket.socket, "bind", side_effect=refusal) as bind:
            self.end_of_main(*words)
        return bind.call_args.args[0]

    def test_without_words_it_listens_on_all_addresses_port_7777(self):
        self.assertEqual(self.listening_place(), ("", 7777))

    def test_address_and_port_can_be_chosen(self):
        self.assertEqual(self.listening_place("-a", "10.0.0.1", "-p", "80"), ("10.0.0.1", 80))

    def test_a_port_that_is_taken_ends_in_one_clear_line(self):
        with Server.create_socket_server("127.0.0.1", 0) as other:
            port = str(other.getsockname()[1])
            end = self.end_of_main("-a", "127.0.0.1", "-p", port)
        self.assertRegex(end, r"\A.+\Z")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("-a", "x" * 70, "-p", "0"), r"\A.+\Z")

    def test_wrong_words_on_the_command_line_end_it(self):
        for words in (["-p", "port"], ["-p", "70000"], ["--dance"]):
            with self.subTest(words=words):
                self.assertNotIn(self.end_of_main(*words), (None, 0))


if __name__ == "__main__":
    unittest.main()
