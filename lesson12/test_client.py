"""Tests of client.py: the thread that keeps the connection, against a server that we script."""

import argparse
import contextlib
import io
import os
import queue
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import client
from client import Client
from client_storage import ClientStorage, StorageError, file_for
from events import Answered, Arrived, Contacts, Ended, Entered, History, Marked, People, Unanswered
from scripted_server import TIMEOUT, ScriptedServer, as_line, enter
from session import Session

from common.messages import receive_message
from common.peer import MAX_OUTBOX, Peer

SCRIPT = Path(client.__file__).resolve()


def msg(text="hi", **changes):
    """Return a message that somebody says to us, with changes."""
    message = {"action": "msg", "time": 999.0, "from": "eve", "to": "bob", "message": text}
    return message | changes


class ClientTest(unittest.TestCase):
    """A test with a server and bob's client; `next` waits for what the client tells."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = ScriptedServer(self)
        self.storage = ClientStorage(self.folder / "bob.sqlite", "bob")
        self.addCleanup(self.storage.close)
        self.told = queue.SimpleQueue()
        self.client = self.new_client()

    def new_client(self, address=None):
        """Return a client that has not begun; when the test is over, it has ended."""
        session = Session("bob", self.storage)
        talker = Client(session, address or self.server.address, self.told.put)
        self.addCleanup(self.end, talker)
        return talker

    def end(self, talker):
        """Let a client end."""
        if talker.is_alive():
            talker.leave()
        talker.bell.close()

    def next(self, kind):
        """Wait for the next event of a kind, and return it."""
        while type(event := self.told.get(timeout=TIMEOUT)) is not kind:
            pass
        return event

    def rest(self):
        """Return all that has been told and not been asked for."""
        events = []
        while not self.told.empty():
            events.append(self.told.get())
        return events

    def begin(self, **script):
        """Let a right server serve, and the client enter."""
        self.server.serve(**script)
        self.client.start()
        self.next(Entered)

    def begin_by_hand(self):
        """Let the client enter; return the socket at which the test is its server."""
        self.client.start()
        sock = self.server.accept()
        enter(sock)
        self.next(Contacts)
        users = receive_message(sock)
        sock.sendall(as_line({"response": 202, "alert": [], "id": users["id"]}))
        self.next(People)
        sock.settimeout(TIMEOUT)
        return sock

    def end_of(self, talker):
        """Wait until a client has ended; return what it has told last."""
        talker.join(TIMEOUT)
        self.assertFalse(talker.is_alive())
        return self.next(Ended)


class TalkTest(ClientTest):
    def test_what_is_posted_is_done_and_its_answer_told(self):
        self.begin()
        self.client.post("say", "eve", "привет")
        self.assertEqual(self.next(Arrived).line.text, "привет")
        self.assertEqual(self.next(Marked).line.state, "stored")
        self.assertEqual(self.next(Answered), Answered("to eve:", 202, "kept"))
        self.assertEqual(self.server.model.delivered, [("eve", "привет")])

    def test_what_comes_is_stored_told_and_acknowledged(self):
        self.begin()
        self.server.tell(self.server.model.say("one"))
        self.server.tell(self.server.model.say("два"))
        self.assertEqual([self.next(Arrived).line.text for _ in range(2)], ["one", "два"])
        while self.server.model.waiting:
            self.server.wait_for("ack")
        self.assertEqual([line.text for line in self.storage.lines("eve")], ["one", "два"])

    def test_a_posted_wish_does_not_wait_for_the_server(self):
        self.begin()
        began = time.monotonic()
        for number in range(20):
            self.client.post("say", "eve", str(number))
            self.next(Marked)
        self.assertLess(time.monotonic() - began, 15)  # without the bell each would take a second

    def test_in_one_turn_not_more_is_done_than_the_server_can_wait_for(self):
        for _ in range(client.MAX_WISHES + 5):
            self.client.post("history", "eve")
        self.assertEqual(len(self.client.wanted()), client.MAX_WISHES)
        self.assertEqual(len(self.client.wanted()), 5)

    def test_what_is_left_for_the_next_turn_does_not_wait_for_a_bell(self):
        self.begin()
        self.enterContext(mock.patch.object(client, "MAX_WISHES", 1))
        began = time.monotonic()
        for _ in range(20):
            self.client.wishes.put(("history", ["eve"]))
        self.client.post("history", "eve")
        for _ in range(21):
            self.next(History)
        self.assertLess(time.monotonic() - began, 15)

    def test_many_wishes_are_done_in_their_order(self):
        self.begin()
        texts = [str(number) for number in range(2 * client.MAX_WISHES + 50)]
        for text in texts:
            self.client.post("say", "eve", text)
        for _ in texts:
            self.next(Marked)
        self.assertEqual([text for _, text in self.server.model.delivered], texts)

    def test_a_message_is_understood_however_it_is_cut(self):
        sock = self.begin_by_hand()
        for byte in as_line(msg("привет", number=1)):
            sock.sendall(bytes([byte]))
        self.assertEqual(self.next(Arrived).line.text, "привет")

    def test_what_is_nonsense_is_logged_and_passed_over(self):
        sock = self.begin_by_hand()
        with self.assertLogs("messenger.client", "WARNING") as log:
            sock.sendall(as_line({"action": "dance"}) + as_line(msg()))
            self.assertEqual(self.next(Arrived).line.text, "hi")
        self.assertIn("dance", log.output[0])

    def test_events_are_told_after_the_commit_only(self):
        def look(event):
            if isinstance(event, Arrived):
                with contextlib.closing(ClientStorage(self.folder / "bob.sqlite", "bob")) as other:
                    seen.put(len(other.lines("eve")))

        seen = queue.SimpleQueue()
        sock = self.begin_by_hand()
        self.client.on_event = look
        sock.sendall(as_line(msg("one", number=1)) + as_line(msg("two", number=2)))
        self.assertEqual([seen.get(timeout=TIMEOUT) for _ in range(2)], [2, 2])

    def test_what_the_listener_notes_is_one_transaction(self):
        sock = self.begin_by_hand()
        together = []
        self.client.on_event = lambda event: together.append(self.storage._database._writing_here())
        sock.sendall(as_line(msg()) + as_line({"response": 100, "alert": "end"}))
        sock.shutdown(socket.SHUT_RDWR)
        self.client.join(TIMEOUT)
        self.assertEqual(together, [True, True, False])  # the last one is Ended

    def test_a_server_that_reads_slowly_gets_everything(self):
        sock = self.begin_by_hand()
        count = 600
        for number in range(count):
            self.client.post("say", "eve", f"{number} " + "я" * 490)
        for _ in range(count):
            self.next(Arrived)
        texts = []
        for _ in range(count):
            message = receive_message(sock)
            texts.append(message["message"].split()[0])
        self.assertEqual(texts, [str(number) for number in range(count)])
        self.assertTrue(self.client.is_alive())
        sock.shutdown(socket.SHUT_RDWR)

    def test_before_a_server_that_does_not_read_only_so_much_is_written_out(self):
        near, far = socket.socketpair()
        self.enterContext(far)
        self.client.peer = self.enterContext(contextlib.closing(Peer(near, "192.0.2.7")))
        self.client.session.outgoing.extend([msg("я" * 500)] * 5000)
        for _ in range(100):
            self.client.write()
        self.assertIsNone(self.client.peer.lost)
        self.assertLess(len(self.client.peer.outbox), MAX_OUTBOX)
        self.assertTrue(self.client.session.outgoing)

    def test_what_waits_in_the_outbox_of_the_last_time_is_sent(self):
        self.storage.add_own("eve", "from yesterday", 999.0, "x1")
        self.begin()
        self.assertEqual(self.next(Marked).line.text, "from yesterday")
        self.assertEqual(self.storage.outbox(), [])

    def test_a_lot_that_comes_at_once_is_all_told(self):
        sock = self.begin_by_hand()
        sock.sendall(b"".join(as_line(msg(str(n), number=n)) for n in range(1, 501)))
        texts = [self.next(Arrived).line.text for _ in range(500)]
        self.assertEqual(texts, [str(number) for number in range(1, 501)])
        number = 0
        while number < 500:
            number = receive_message(sock)["number"]
        sock.shutdown(socket.SHUT_RDWR)


class EndTest(ClientTest):
    def reason_after(self, *pieces, close=True):
        """Return why the client ends after the server has sent this."""
        sock = self.begin_by_hand()
        sock.sendall(b"".join(pieces))
        if close:
            sock.shutdown(socket.SHUT_WR)
        ended = self.end_of(self.client)
        self.assertFalse(ended.wished)
        return ended.reason

    def test_a_server_that_closes_is_why(self):
        self.assertEqual(self.reason_after(), "the server has closed the connection")

    def test_what_came_before_the_end_is_told(self):
        self.client.start()
        sock = self.server.accept()
        enter(sock)
        sock.sendall(as_line(msg()) + b"nonsense\n" + as_line(msg("late")))
        self.assertEqual(self.next(Arrived).line.text, "hi")
        self.assertIn("curly bracket", self.end_of(self.client).reason)
        self.assertEqual(len(self.storage.lines("eve")), 1)

    def test_half_a_message_is_said_to_be_one(self):
        self.assertIn("in the middle of a message", self.reason_after(b'{"action": '))

    def test_a_message_that_is_too_long_ends_it_although_the_server_goes_on(self):
        long = b'{"action": "' + b"x" * 66_000
        self.assertIn("longer than 65536 bytes", self.reason_after(long, close=False))

    def test_bytes_that_are_no_text_end_it(self):
        self.assertIn("not a JSON object", self.reason_after(b'{"n": "\xff"}\n', close=False))

    def test_a_message_that_does_not_end_in_time_ends_it(self):
        with mock.patch("common.connection.MAX_SECONDS", 0):
            self.assertIn("did not end in time", self.reason_after(b'{"half', close=False))

    def test_a_connection_that_breaks_is_why(self):
        sock = self.begin_by_hand()
        at_once = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        sock.close()
        ended = self.end_of(self.client)
        self.assertIn("reset", ended.reason)
        self.assertFalse(ended.wished)

    def test_what_was_asked_and_not_answered_is_told(self):
        sock = self.begin_by_hand()
        self.client.post("say", "eve", "hi")
        self.client.post("join", "#a")
        for _ in range(2):
            receive_message(sock)
        sock.shutdown(socket.SHUT_RDWR)
        lost = [self.next(Unanswered).about for _ in range(2)]
        self.assertEqual(lost, ["to eve:", "join #a:"])
        self.assertEqual(len(self.storage.outbox()), 1)

    def test_a_refusal_is_why(self):
        self.client.start()
        sock = self.server.accept()
        presence = receive_message(sock)
        sock.sendall(as_line({"response": 409, "error": "bob is here", "id": presence["id"]}))
        sock.shutdown(socket.SHUT_WR)
        self.assertEqual(self.end_of(self.client), Ended("409: bob is here", wished=False))

    def test_a_server_that_closes_without_an_answer_is_why(self):
        self.client.start()
        self.server.accept().shutdown(socket.SHUT_RDWR)
        self.assertIn("without an answer", self.end_of(self.client).reason)

    def test_a_server_that_does_not_answer_is_left(self):
        with mock.patch.object(client, "ENTERING", 0):
            self.client.start()
            self.server.accept()
            self.assertEqual(self.end_of(self.client).reason, "the server does not answer")

    def test_a_server_that_is_not_there_is_why(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # the port is ours, but we do not listen
            nobody = self.new_client(deaf.getsockname())
            nobody.start()
            ended = self.end_of(nobody)
        self.assertTrue(ended.reason and not ended.wished)

    def test_an_address_that_cannot_be_one_is_why(self):
        nobody = self.new_client(("x" * 70, 7777))
        nobody.start()
        self.assertTrue(self.end_of(nobody).reason)

    def test_a_storage_that_fails_is_why_and_nothing_is_acknowledged(self):
        sock = self.begin_by_hand()
        trouble = StorageError("bob.sqlite: there is no room left on the disk")
        with mock.patch.object(ClientStorage, "add_received", side_effect=trouble):
            sock.sendall(as_line(msg(number=1)))
            self.assertEqual(self.end_of(self.client), Ended(str(trouble), wished=False))
        self.assertIsNone(receive_message(sock))

    def test_an_error_of_our_own_is_logged_and_told_in_words(self):
        self.begin_by_hand()
        with self.assertLogs("messenger.client", "ERROR") as log:
            self.client.post("dance")
            self.assertEqual(self.end_of(self.client), Ended(client.OUR_FAULT, wished=False))
        self.assertIn("AttributeError", log.output[0])

    def test_the_end_is_told_once_and_last(self):
        self.reason_after()
        self.assertEqual(self.rest(), [])

    def test_it_is_logged_where_the_server_was_and_why_it_ended(self):
        with self.assertLogs("messenger.client", "INFO") as log:
            self.reason_after()
        self.assertIn(f"connected to 127.0.0.1, port {self.server.address[1]}", log.output[0])
        self.assertIn("has ended: the server has closed", log.output[-1])

    def test_the_socket_is_closed(self):
        self.reason_after()
        self.assertEqual(self.client.peer.sock.fileno(), -1)


class LeaveTest(ClientTest):
    def test_who_leaves_says_goodbye_and_has_ended(self):
        self.begin()
        self.client.leave()
        self.assertFalse(self.client.is_alive())
        self.assertTrue(self.server.wait_for("quit"))
        self.assertTrue(self.next(Ended).wished)

    def test_who_waits_for_nothing_goes_at_once(self):
        self.begin()
        self.enterContext(mock.patch.object(client, "PATIENCE", TIMEOUT))
        self.server.wait_for("get_users")
        began = time.monotonic()
        self.client.leave()
        self.assertLess(time.monotonic() - began, TIMEOUT / 2)

    def test_goodbye_has_a_time(self):
        self.begin()
        self.client.leave()
        self.assertAlmostEqual(self.server.wait_for("quit")["time"], time.time(), delta=5)

    def test_what_was_posted_before_is_done_and_answered_first(self):
        self.begin()
        for number in range(client.MAX_WISHES + 20):
            self.client.post("say", "eve", str(number))
        self.client.leave()
        self.assertEqual(len(self.server.model.kept), client.MAX_WISHES + 20)
        self.assertEqual(self.storage.outbox(), [])

    def test_answers_that_do_not_come_are_not_waited_for_forever(self):
        self.begin(silent={"msg"})
        with mock.patch.object(client, "PATIENCE", 0):
            self.client.post("say", "eve", "hi")
            self.server.wait_for("msg")
            self.client.leave()
        self.assertTrue(self.server.wait_for("quit"))
        self.assertTrue(self.next(Ended).wished)
        self.assertEqual(len(self.storage.outbox()), 1)

    def test_the_last_answers_come_before_the_goodbye(self):
        sock = self.begin_by_hand()
        self.client.post("say", "eve", "hi")
        line = receive_message(sock)
        leaving = threading.Thread(target=self.client.leave)
        leaving.start()
        sock.settimeout(1.5)
        with self.assertRaises(TimeoutError):
            sock.recv(1)
        sock.sendall(as_line({"response": 202, "alert": "kept", "id": line["id"]}))
        self.assertEqual(receive_message(sock)["action"], "quit")
        sock.shutdown(socket.SHUT_RDWR)
        leaving.join(TIMEOUT)
        self.assertEqual(self.storage.outbox(), [])

    def test_before_the_welcome_nobody_waits(self):
        self.client.start()
        sock = self.server.accept()
        receive_message(sock)
        self.enterContext(mock.patch.object(client, "PATIENCE", TIMEOUT))
        began = time.monotonic()
        self.client.leave()
        self.assertLess(time.monotonic() - began, TIMEOUT / 2)
        self.assertTrue(self.next(Ended).wished)

    def test_a_server_that_goes_while_we_wait_for_answers_is_why(self):
        sock = self.begin_by_hand()
        self.client.post("say", "eve", "hi")
        receive_message(sock)
        leaving = threading.Thread(target=self.client.leave)
        leaving.start()
        sock.shutdown(socket.SHUT_RDWR)
        leaving.join(TIMEOUT)
        self.assertEqual(self.next(Ended).reason, "the server has closed the connection")

    def test_a_server_that_does_not_hang_up_is_not_waited_for(self):
        self.begin_by_hand()
        self.client.leave()
        self.assertTrue(self.next(Ended).wished)

    def test_who_has_ended_already_can_leave(self):
        sock = self.begin_by_hand()
        sock.shutdown(socket.SHUT_RDWR)
        self.end_of(self.client)
        self.client.leave()
        self.client.post("say", "eve", "to nobody")

    def test_who_is_still_calling_is_not_waited_for(self):
        answer = threading.Event()
        with mock.patch.object(Client, "create_client_socket", side_effect=lambda *_: slow(answer)):
            self.client.start()
            self.client.leave()
            self.assertTrue(self.client.is_alive())
            self.assertTrue(self.client.daemon)
            answer.set()
            self.assertFalse(self.end_of(self.client).wished)


def slow(answer):
    """Call a server that does not answer."""
    answer.wait(TIMEOUT)
    raise TimeoutError("timed out")


class TurnTest(ClientTest):
    def test_who_has_nothing_to_do_sleeps(self):
        self.begin_by_hand()
        real, turns = selectors.DefaultSelector.select, []

        def select(selector, timeout=None):
            turns.append(timeout)
            return real(selector, timeout)

        with mock.patch.object(selectors.DefaultSelector, "select", select):
            self.client.post("history", "eve")
            self.client.join(1.2)
        self.assertLess(len(turns), 8)

    def test_room_to_write_is_waited_for_only_if_there_is_something_to_write(self):
        near, far = socket.socketpair()
        self.enterContext(far)
        peer = self.client.peer = self.enterContext(contextlib.closing(Peer(near, "192.0.2.7")))
        with selectors.DefaultSelector() as self.client.selector:
            self.client.selector.register(near, selectors.EVENT_READ)
            for outbox, ended, events in (
                (b"", False, selectors.EVENT_READ),
                (b"x", False, selectors.EVENT_READ | selectors.EVENT_WRITE),
                (b"x", True, selectors.EVENT_WRITE),
            ):
                peer.outbox, peer.ended = outbox, ended
                with self.subTest(outbox=outbox, ended=ended):
                    self.client.watch()
                    self.assertEqual(self.client.selector.get_key(near).events, events)

    def test_it_calls_with_patience_for_five_seconds(self):
        with mock.patch.object(socket, "create_connection") as call:
            Client.create_client_socket("example.org", 8080)
        call.assert_called_once_with(("example.org", 8080), timeout=5)


class ProcessTest(ClientTest):
    """The client as a real process."""

    def start(self):
        """Start the client as a process."""
        port = str(self.server.address[1])
        words = [sys.executable, SCRIPT, "127.0.0.1", port, "-n", "bob", "--data", self.folder]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = self.enterContext(subprocess.Popen(words, encoding="utf-8", **pipes))
        self.addCleanup(process.kill)
        return process

    def begin_process(self, **script):
        """Start a process, and wait until it has entered."""
        self.server.serve(**script)
        process = self.start()
        while not process.stdout.readline().startswith("200"):
            self.assertIsNone(process.poll())
        return process

    def test_when_the_server_goes_who_waits_for_the_keyboard_is_woken(self):
        process = self.begin_process()
        self.server.wait_for("get_users")
        self.server.sock.shutdown(socket.SHUT_RDWR)
        self.assertEqual(process.wait(TIMEOUT), 1)
        rest = process.stdout.read().splitlines()
        port = self.server.address[1]
        self.assertEqual(rest, [f"127.0.0.1, port {port}: the server has closed the connection"])

    @unittest.skipIf(sys.platform == "win32", "there Ctrl+C cannot be sent")
    def test_ctrl_c_says_goodbye(self):
        process = self.begin_process()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertEqual(process.stdout.read(), "Goodbye.\n")
        self.assertTrue(self.server.wait_for("quit"))

    def test_without_a_package_one_line_says_which(self):
        without = "import sys; sys.modules['platformdirs'] = None; import client"
        words = [sys.executable, "-c", without]
        done = subprocess.run(words, cwd=SCRIPT.parent, capture_output=True, encoding="utf-8")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Aplatformdirs is missing; .*python -m course setup\n\Z")

    def test_killed_after_sending_it_delivers_its_line_once(self):
        for silent in ({"msg"}, {"get_contacts"}):  # the server has kept it; it never saw it
            process = self.begin_process(silent=silent)
            process.stdin.write("message eve привет\n")
            process.stdin.flush()
            self.wait_until_sent(silent)
            process.kill()
            process.wait(TIMEOUT)
        self.server.serve()
        out, _ = self.start().communicate("quit\n", timeout=30)
        self.assertEqual(out.count("to eve: 202: kept"), 2)
        self.assertEqual(self.server.model.delivered, [("eve", "привет")] * 2)

    def wait_until_sent(self, silent):
        """Wait until the line is where it cannot be lost: at the server, or in the file."""
        if "msg" in silent:
            self.server.wait_for("msg")
            return
        path = file_for("bob", "127.0.0.1", self.server.address[1], self.folder)
        with contextlib.closing(ClientStorage(path, "bob")) as storage:
            deadline = time.monotonic() + TIMEOUT
            while len(storage.outbox()) < 2 and time.monotonic() < deadline:
                os.sched_yield() if hasattr(os, "sched_yield") else time.sleep(0)


class ArgumentsTest(unittest.TestCase):
    def arguments(self, *words):
        """Return what is read from these words on the command line."""
        with mock.patch.object(sys, "argv", ["client.py", *words]):
            return client.get_addr_port()

    def test_the_address_is_enough(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("JIM_HOME", None)
            args = self.arguments("127.0.0.1")
        values = (args.addr, args.port, args.name, args.data)
        self.assertEqual(values, ("127.0.0.1", 7777, "guest", None))

    def test_port_name_and_folder_can_be_chosen(self):
        args = self.arguments("example.org", "8080", "--name", "Вася", "--data", "here")
        values = (args.addr, args.port, args.name, args.data)
        self.assertEqual(values, ("example.org", 8080, "Вася", "here"))

    def test_the_folder_may_stand_in_the_environment(self):
        with mock.patch.dict(os.environ, JIM_HOME="there"):
            self.assertEqual(self.arguments("127.0.0.1").data, "there")
            self.assertEqual(self.arguments("127.0.0.1", "--data", "here").data, "here")

    def test_wrong_words_on_the_command_line_end_it_and_are_named(self):
        table = {
            (): "addr",
            ("127.0.0.1", "port"): "port is not a port",
            ("127.0.0.1", "70000"): "70000 is not a port",
            ("127.0.0.1", "0"): "0 is not a port",
            ("127.0.0.1", "-n", "../x"): "../x is not a name",
        }
        for words, complaint in table.items():
            errors = io.StringIO()
            screen = contextlib.redirect_stderr(errors)
            with self.subTest(words=words), screen, self.assertRaises(SystemExit) as end:
                self.arguments(*words)
            self.assertEqual(end.exception.code, 2)
            self.assertIn(complaint, errors.getvalue())

    def test_a_port_is_a_number_from_1_to_65535(self):
        self.assertEqual([client.port_number(text) for text in ("1", "65535")], [1, 65535])
        for text in ("0", "65536", "-1", "7.5", "1e3", "", " 7777"):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                client.port_number(text)


class MainTest(ClientTest):
    """The whole program, in this process."""

    def setUp(self):
        super().setUp()
        self.open_log = self.enterContext(mock.patch.object(client, "open_log"))
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.enterContext(contextlib.redirect_stderr(io.StringIO()))  # here the log would go

    def run_main(self, typed="", name="bob", folder=None, address=None):
        """Run the program while this is typed; return what it ends with."""
        host, port = address or self.server.address
        words = [host, str(port), "-n", name, "--data", str(folder or self.folder)]
        with (
            mock.patch.object(sys, "argv", ["client.py", *words]),
            mock.patch.object(sys, "stdin", io.StringIO(typed)),
        ):
            try:
                client.main()
            except SystemExit as end:
                return end.code
        return None

    def where(self):
        """Return how a complaint begins."""
        return f"127.0.0.1, port {self.server.address[1]}: "

    def test_a_conversation_that_we_end_ends_with_goodbye(self):
        self.server.serve()
        self.assertIsNone(self.run_main("message eve привет\nquit\nall too late\n"))
        self.assertNotIn("connection", [thread.name for thread in threading.enumerate()])
        lines = ["200: welcome, bob", "to eve: 202: kept", "Goodbye."]
        self.assertEqual(self.screen.getvalue().splitlines(), lines)
        self.assertEqual(self.server.model.delivered, [("eve", "привет")])

    def test_each_account_and_server_has_a_file_of_its_own(self):
        self.server.serve()
        self.run_main("all hi", name="Вася")
        path = file_for("Вася", "127.0.0.1", self.server.address[1], self.folder)
        with contextlib.closing(ClientStorage(path, "Вася")) as storage:
            self.assertEqual([line.text for line in storage.lines("#all")], ["hi"])

    def test_the_log_is_opened_for_the_account(self):
        self.server.serve()
        self.run_main()
        self.open_log.assert_called_once_with("bob")

    def test_a_refusal_ends_in_one_clear_line_that_controls_no_terminal(self):
        threading.Thread(target=self.refuse, daemon=True).start()
        with self.assertLogs("messenger.client", "ERROR") as log:
            self.assertEqual(self.run_main(), self.where() + r"409: bob\x1b[2J is here")
        self.assertIn("409: bob", log.output[0])
        self.assertNotIn("Goodbye", self.screen.getvalue())

    def refuse(self):
        """Refuse the next client."""
        sock = self.server.accept()
        presence = receive_message(sock)
        refusal = {"response": 409, "error": "bob\x1b[2J is here", "id": presence["id"]}
        sock.sendall(as_line(refusal))
        receive_message(sock)

    def test_a_server_that_is_not_there_ends_in_one_clear_line(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            end = self.run_main(address=deaf.getsockname())
        self.assertRegex(end, r"\A127\.0\.0\.1, port \d+: .+\Z")

    def test_a_folder_that_cannot_be_one_ends_in_one_clear_line(self):
        (self.folder / "file").write_text("not a folder")
        end = self.run_main(folder=self.folder / "file")
        self.assertTrue(end.startswith(self.where()) and "file" in end)

    def test_ctrl_c_is_no_error(self):
        with mock.patch.object(client, "talk", side_effect=KeyboardInterrupt):
            self.assertIsNone(self.run_main())
        self.assertEqual(self.screen.getvalue(), "Goodbye.\n")

    def test_the_storage_is_closed_whatever_happens(self):
        def fail(_, talker):
            talker.bell.close()
            raise OSError("not today")

        with mock.patch.object(client.Console, "main", fail):
            with mock.patch.object(ClientStorage, "close") as close:
                self.assertEqual(self.run_main(), self.where() + "not today")
        close.assert_called_once_with()


if __name__ == "__main__":
    unittest.main()
