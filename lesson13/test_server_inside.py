"""Tests of how server.py is built: its helpers, and how one turn of the loop is taken."""

import contextlib
import errno
import io
import json
import os
import select
import selectors
import socket
import sys
import tempfile
import unittest
from unittest import mock

import server
from server import GOODBYE, Server
from telephone import RoomTest, as_line, let_store, msg, open_storage, presence

from common.messages import BadMessage, encode
from common.peer import MAX_OUTBOX


class InsideTest(RoomTest):
    """A test with a server whose peers have telephones, and of which we try one method."""

    def setUp(self):
        super().setUp()
        self.server = Server("127.0.0.1", 0, open_storage(self))
        self.addCleanup(self.server.close)
        self.peers = self.server.peers

    def come(self, name=None, **changes):
        """Let a client come in; without a name it has not said who it is."""
        peer = super().come()
        self.server.admit(peer)
        if name:
            message = presence(user={"account_name": name}, **changes)
            self.server.deliver(self.server.hub.handle(peer, message, 1000))
            let_store(self.server)
            peer.outbox.clear()
            self.server.unsettled.discard(peer)
        peer.name = name
        return peer

    def serve(self):
        """Let the server read what has come, and act on it, but not yet write."""
        self.server.write_responses(self.server.read_requests(self.server.selector.select(0)))
        let_store(self.server)

    def arrived(self, peer):
        """Return the messages that have arrived at a peer's other end."""
        self.far[peer].setblocking(False)
        try:
            return [json.loads(line) for line in self.far[peer].recv(65536).splitlines()]
        except BlockingIOError:
            return []


class WriteResponsesTest(InsideTest):
    def test_it_is_logged_once_who_came(self):
        peer = self.come()
        with self.assertLogs("messenger.server", "INFO") as log:
            self.server.write_responses([(peer, presence()), (peer, presence())])
        self.assertEqual(log.output, ["INFO:messenger.server:192.0.2.7 is bob"])
        self.assertEqual(peer.name, "bob")

    def test_who_does_not_read_is_lost_and_the_others_get_it(self):
        bob, slow, eve = self.come("bob"), self.come("slow"), self.come("eve")
        slow.queue(b"x" * MAX_OUTBOX)
        with mock.patch("common.peer.Peer.write"):  # the socket of the slow one takes nothing
            self.server.write_responses([(bob, msg())])
            let_store(self.server)
        self.assertTrue(slow.lost)
        self.assertEqual(self.waiting_for(eve), [msg(number=1)])

    def test_the_hub_gets_the_time_of_the_day(self):
        peer = self.come()
        with mock.patch("time.time", return_value=1000.5):
            self.server.write_responses([(peer, presence())])
        let_store(self.server)
        self.assertEqual(self.waiting_for(peer)[0]["time"], 1000.5)


class DeliverTest(InsideTest):
    def test_a_message_for_many_is_written_out_once(self):
        peers = [self.come() for _ in range(10)]
        said = msg()
        with mock.patch.object(server, "encode", side_effect=encode) as write_out:
            self.server.deliver([(peer, said) for peer in peers])
        write_out.assert_called_once_with(said)
        self.assertEqual([self.waiting_for(peer) for peer in peers], [[said]] * 10)

    def test_everybody_gets_what_is_theirs(self):
        bob, eve = self.come(), self.come()
        one, two = msg(message="one"), msg(message="two")
        self.server.deliver([(bob, one), (eve, two), (bob, two), (eve, one)])
        self.assertEqual(self.waiting_for(bob), [one, two])
        self.assertEqual(self.waiting_for(eve), [two, one])

    def test_after_the_goodbye_nothing_is_sent(self):
        bob = self.come()
        with mock.patch("time.monotonic", return_value=1000):
            self.server.deliver([(bob, msg()), (bob, GOODBYE), (bob, msg())])
        self.assertEqual(self.waiting_for(bob), [msg()])
        self.assertEqual(bob.leaving, 1001)

    def test_who_is_lost_gets_nothing(self):
        bob = self.come()
        bob.lost = "reset"
        self.server.deliver([(bob, msg())])
        self.assertEqual(bob.outbox, b"")

    def test_to_whom_something_is_sent_the_end_of_the_turn_matters(self):
        bob, _ = self.come(), self.come()
        self.server.deliver([(bob, msg())])
        self.assertEqual(self.server.unsettled, {bob})


class RefuseTest(InsideTest):
    def test_it_is_logged_as_a_warning(self):
        peer = self.come("bob")
        with self.assertLogs("messenger.server", "WARNING") as log:
            self.server.write_responses([(peer, BadMessage("too odd"))] * 2)
        self.assertIn("bob (192.0.2.7) is refused: too odd", log.output[0])
        self.assertEqual(len(log.output), 2)

    def test_a_good_answer_is_no_warning(self):
        with self.assertNoLogs("messenger.server", "WARNING"):
            self.server.write_responses([(self.come("bob"), msg())])

    def test_nobody_forges_a_warning(self):
        said = msg(error="eve has stolen the silver")
        with self.assertNoLogs("messenger.server", "WARNING"):
            self.server.write_responses([(self.come("bob"), said)])


class ServeClientTest(InsideTest):
    def setUp(self):
        super().setUp()
        self.peer = self.come("bob")

    def answers(self, *pieces):
        """Return the codes of the answers to what a client sends at once."""
        self.far[self.peer].sendall(b"".join(pieces))
        with mock.patch("time.monotonic", return_value=1000):
            self.serve()
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
        self.peer = self.come()
        self.peer.queue(b"\n" * (MAX_OUTBOX - 1))
        with mock.patch("common.peer.Peer.write"):  # the socket takes nothing
            self.assertEqual(self.answers(b"hello\n", as_line(presence())), [])
        self.assertTrue(self.peer.lost)
        self.assertIsNone(self.server.hub.name_of(self.peer))


class LookAfterTest(InsideTest):
    def setUp(self):
        super().setUp()
        self.peer = self.come("bob")

    def look(self, now=1000):
        """Let the server look after the peer; tell whether it still has it."""
        self.server.look_after(self.peer, now)
        self.server.settle(self.peer, now)
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
        self.assertEqual(self.arrived(self.peer), [])
        with mock.patch("time.monotonic", return_value=1030.1):
            self.assertTrue(self.look(1030.1))
        self.assertTrue(self.look(1030.2))
        self.assertEqual([answer["response"] for answer in self.arrived(self.peer)], [400])
        self.assertFalse(self.look(1031.2))

    def test_a_mistake_of_ours_about_who_is_late_is_its_trouble_alone(self):
        self.peer.connection.receive_data(b"{", 1000)
        broken = mock.patch.object(self.server.hub, "handle", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("messenger.server", "ERROR"):
            self.look(1030.1)
        self.assertEqual([answer["response"] for answer in self.arrived(self.peer)], [500])
        self.assertTrue(self.peer.leaving)

    def test_the_name_of_who_leaves_is_free_although_its_answers_still_wait(self):
        for part in (lambda: self.peer.leave(1000), lambda: setattr(self.peer, "ended", True)):
            self.peer = self.come("Вася")
            self.peer.queue(b"nobody reads this")
            part()
            with mock.patch("common.peer.Peer.write"):  # the socket takes nothing
                self.assertTrue(self.look())
            self.assertIsNone(self.server.hub.name_of(self.peer))

    def test_who_has_ended_and_got_all_is_gone(self):
        self.peer.ended = True
        self.assertFalse(self.look())


class WatchTest(InsideTest):
    def events(self, peer):
        """Return for what the selector waits."""
        self.server.watch(peer)
        return self.server.selector.get_key(peer.sock).events

    def test_it_waits_for_words_and_for_room_only_where_something_waits_to_be_sent(self):
        idle, busy = self.come(), self.come()
        busy.queue(b"hello")
        self.assertEqual(self.events(idle), selectors.EVENT_READ)
        self.assertEqual(self.events(busy), selectors.EVENT_READ | selectors.EVENT_WRITE)
        busy.outbox.clear()
        self.assertEqual(self.events(busy), selectors.EVENT_READ)

    def test_who_has_ended_is_not_listened_to(self):
        peer = self.come()
        peer.queue(b"hello")
        peer.ended = True
        self.assertEqual(self.events(peer), selectors.EVENT_WRITE)

    def test_the_selector_is_not_troubled_if_nothing_has_changed(self):
        peer = self.come()
        with mock.patch.object(self.server.selector, "modify") as modify:
            self.server.watch(peer)
        modify.assert_not_called()


class ForgetTest(InsideTest):
    def test_nothing_is_left_of_a_peer(self):
        peer = self.come("bob")
        self.server.forget(peer)
        self.assertEqual(self.peers, {})
        listened_to = {self.server.listener.fileno(), self.server.bell.fileno()}
        self.assertEqual(set(self.server.selector.get_map()), listened_to)
        self.assertIsNone(self.server.hub.name_of(peer))
        self.assertEqual(peer.sock.fileno(), -1)

    def test_who_hears_of_it_and_is_forgotten_in_the_same_turn_is_not_looked_for(self):
        bob, eve = self.come("bob"), self.come("eve")
        self.server.hub.left = mock.Mock(return_value=[(eve, msg())])  # some day a hub may tell
        self.server.forget(bob)
        self.server.hub.left.return_value = []
        self.server.forget(eve)
        self.assertEqual(self.server.unsettled, set())


class WelcomeTest(InsideTest):
    def setUp(self):
        super().setUp()
        near, self.client = socket.socketpair()
        self.near = self.enterContext(near)
        self.enterContext(self.client)
        self.enterContext(self.server.listener)
        self.listener = self.server.listener = mock.Mock()  # it plays the listening socket
        self.listener.accept.side_effect = [(near, ("192.0.2.8", 50000)), BlockingIOError]

    def welcome(self, places):
        """Let a client come when there is room for so many; return what is logged."""
        self.server.places = places
        with self.assertLogs("messenger.server", "INFO") as log:
            self.server.welcome()
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
        other = RoomTest.come(self).sock
        at_the_door = [(self.near, ("192.0.2.8", 50000)), (other, ("192.0.2.9", 50000))]
        self.listener.accept.side_effect = [*at_the_door, BlockingIOError]
        self.welcome(2)
        self.assertEqual(list(self.peers), [self.near, other])

    def test_those_who_are_here_are_served_although_more_and_more_come(self):
        self.listener.accept.side_effect = lambda: (self.near, ("192.0.2.8", 50000))
        with mock.patch.object(server, "BACKLOG", 10), mock.patch.object(Server, "admit") as admit:
            self.server.welcome()
        self.assertEqual((self.listener.accept.call_count, admit.call_count), (10, 10))

    def test_who_is_gone_before_we_look_is_no_error(self):
        self.listener.accept.side_effect = ConnectionAbortedError("gone")
        self.assertIn("nobody there after all: gone", self.welcome(1))
        self.assertEqual(self.peers, {})


class AdmitTest(InsideTest):
    def test_while_there_is_room_a_client_is_let_in(self):
        peer = RoomTest.come(self)
        for room, inside in ((0, False), (1, True)):
            self.server.places = room
            with (
                self.subTest(room=room),
                mock.patch.object(Server, "turn_away") as turn_away,
            ):
                self.server.admit(peer)
                self.assertEqual(peer.sock in self.peers, inside)
                self.assertNotEqual(turn_away.called, inside)


class TurnAwayTest(InsideTest):
    def test_a_peer_that_is_gone_already_is_no_error(self):
        peer = RoomTest.come(self)
        self.far[peer].close()
        self.server.turn_away(peer)
        self.assertEqual(peer.sock.fileno(), -1)


class TakeTurnTest(InsideTest):
    def turn(self):
        """Take a turn."""
        self.server.take_turn()

    def test_a_turn_waits_a_second_at_most(self):
        with mock.patch.object(self.server.selector, "select", return_value=[]) as wait:
            self.turn()
        wait.assert_called_once_with(1)

    def test_it_does_not_wait_while_somebody_is_unsettled(self):
        self.server.unsettled.add(self.come())
        with mock.patch.object(self.server.selector, "select", return_value=[]) as wait:
            self.turn()
            self.turn()
        self.assertEqual([call.args for call in wait.call_args_list], [(0,), (1,)])

    def test_in_one_turn_everybody_is_read_and_answered(self):
        peers = [self.come(), self.come(), self.come()]
        for peer, name in zip(peers, ("bob", "eve", "Вася"), strict=True):
            self.far[peer].sendall(as_line(presence(user={"account_name": name})))
        self.turn()
        let_store(self.server)
        self.turn()
        for peer in peers:
            self.assertEqual(peer.outbox, b"")
            self.assertEqual([answer["response"] for answer in self.arrived(peer)], [200])

    def test_what_a_socket_did_not_take_it_gets_as_soon_as_it_has_room(self):
        slow = self.come("slow")
        slow.queue(b"x" * MAX_OUTBOX)
        self.server.unsettled.add(slow)
        self.turn()
        self.assertTrue(slow.outbox)  # it reads nothing yet
        received = 0
        while received < MAX_OUTBOX:
            received += len(self.far[slow].recv(MAX_OUTBOX))
            if not select.select([self.far[slow]], [], [], 0)[0] and slow.outbox:
                self.turn()
        self.assertEqual(slow.outbox, b"")

    def test_who_is_lost_in_a_turn_is_gone_at_its_end(self):
        bob, slow = self.come("bob"), self.come("slow")
        slow.outbox += b"x" * MAX_OUTBOX
        self.server.next_round = float("inf")  # not because all are looked after
        self.far[bob].sendall(as_line(msg()))
        with mock.patch("common.peer.Peer.write"):  # the socket of the slow one takes nothing
            self.turn()
            let_store(self.server)
            self.turn()
        self.assertEqual(list(self.peers.values()), [bob])
        self.assertIsNone(self.server.hub.name_of(slow))

    def test_a_turn_takes_its_time_from_a_clock_that_never_jumps(self):
        peer = self.come()
        self.far[peer].sendall(b"{")
        with mock.patch("time.monotonic", return_value=1000):
            self.turn()
        self.assertTrue(peer.connection.overdue(1030.1))
        self.assertFalse(peer.connection.overdue(1029))


class IdleTest(InsideTest):
    """Who only is there must not keep the server busy."""

    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch("time.monotonic", return_value=1000))  # no time is ever over

    def expect_silence(self):
        """Expect that after a few turns the server has nothing to do."""
        for _ in range(3):
            self.server.write_responses([])
            if self.server.selector.select(0):
                self.server.take_turn()
        self.assertEqual(self.server.selector.select(0), [])
        self.assertEqual(self.server.unsettled, set())

    def test_who_has_said_everything_and_does_not_read(self):
        peer = self.come("bob")
        while not peer.outbox:
            peer.queue(b"x" * MAX_OUTBOX)
            peer.write()
        self.far[peer].shutdown(socket.SHUT_WR)
        self.expect_silence()
        self.assertIn(peer, self.peers.values())

    def test_who_has_been_sent_away_and_stays(self):
        peer = self.come("bob")
        self.far[peer].sendall(as_line({"action": "quit"}))
        self.expect_silence()
        self.assertTrue(peer.said_goodbye)
        self.assertIn(peer, self.peers.values())

    def test_who_says_nothing(self):
        self.come("bob"), self.come()
        self.expect_silence()

    def test_who_stands_at_the_door_while_no_descriptor_is_left(self):
        with socket.create_connection(self.server.address):
            for code in (errno.EMFILE, errno.ENFILE):
                self.server.watch_door()
                with (
                    self.subTest(code=code),
                    mock.patch("socket.socket.accept", side_effect=OSError(code, "too many")),
                    self.assertLogs("messenger.server", "WARNING"),
                ):
                    self.expect_silence()
            self.assertEqual(len(self.peers), 0)
            with mock.patch("time.monotonic", return_value=1001):
                for _ in range(2):
                    self.server.take_turn()
            self.assertEqual(len(self.peers), 1)  # a second later there is room again


class DueTest(InsideTest):
    def test_once_a_second_everybody_is_looked_after_and_else_to_whom_things_happen(self):
        idle, busy = self.come(), self.come()
        self.server.unsettled.add(busy)
        table = ((1000, [idle, busy]), (1000.5, [busy]), (1001, [idle, busy]), (1001.9, [busy]))
        for now, due in table:
            with self.subTest(now=now):
                self.assertEqual(self.server.due(now), due)

    def test_who_has_begun_a_message_and_fallen_silent_is_not_forgotten(self):
        peer = self.come()
        self.far[peer].sendall(b"{")
        with mock.patch("time.monotonic", return_value=1000):
            self.server.take_turn()
        nothing = mock.patch.object(self.server.selector, "select", return_value=[])
        with nothing, mock.patch("time.monotonic", return_value=1031):
            self.server.take_turn()
        self.assertEqual(self.arrived(peer)[0]["error"], "a message did not end in time")

    def test_who_was_sent_away_and_stays_is_not_waited_for_longer_than_a_second(self):
        peer = self.come("bob")
        self.far[peer].sendall(as_line({"action": "quit"}))
        for now, here in ((1000, True), (1000.9, True), (1002, False)):
            nothing = mock.patch.object(self.server.selector, "select", return_value=[])
            with mock.patch("time.monotonic", return_value=now), contextlib.ExitStack() as stack:
                if now > 1000:
                    stack.enter_context(nothing)
                self.server.take_turn()
            with self.subTest(now=now):
                self.assertEqual(peer in self.peers.values(), here)


class ServerMainTest(InsideTest):
    def test_it_takes_turns_until_ctrl_c(self):
        turns = [None, None, KeyboardInterrupt]
        with (
            mock.patch.object(Server, "take_turn", side_effect=turns) as take_turn,
            self.assertRaises(KeyboardInterrupt),
        ):
            self.server.main()
        self.assertEqual(take_turn.call_count, 3)


class CloseTest(InsideTest):
    def test_no_socket_is_left_open(self):
        peer = self.come()
        self.server.close()
        for sock in (peer.sock, self.server.listener):
            self.assertEqual(sock.fileno(), -1)
        self.assertIsNone(self.server.selector.get_map())


class CreateSocketServerTest(unittest.TestCase):
    def test_nobody_waits_in_accept(self):
        with Server.create_socket_server("127.0.0.1", 0) as listener:
            self.assertFalse(listener.getblocking())

    def test_a_thousand_may_wait_at_the_door(self):
        with (
            mock.patch.object(socket.socket, "listen") as listen,
            Server.create_socket_server("127.0.0.1", 0),
        ):
            listen.assert_called_once_with(1000)


class MainTest(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="data"))
        self.enterContext(mock.patch.dict(os.environ, {"JIM_HOME": folder}))
        self.open_log = self.enterContext(mock.patch.object(server, "open_log"))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words):
        """Run the program with these words on its command line; at once, press Ctrl+C."""
        argv = mock.patch.object(sys, "argv", ["server.py", "--no-gui", *words])
        ctrl_c = mock.patch.object(server.Admin, "start", side_effect=KeyboardInterrupt)
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

    def test_afterwards_every_socket_is_closed(self):
        with mock.patch.object(Server, "close", autospec=True, side_effect=Server.close) as close:
            self.run_main("-a", "127.0.0.1", "-p", "0")
        close.assert_called_once()

    def test_a_wrong_port_is_named_and_gives_exit_code_2(self):
        with self.assertRaises(SystemExit) as end:
            self.run_main("-p", "70000")
        self.assertEqual(end.exception.code, 2)
        self.assertIn("Wrong port: 70000", self.errors.getvalue())


if __name__ == "__main__":
    unittest.main()
