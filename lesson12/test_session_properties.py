"""A session and a right server in every order of events: nothing is lost, nothing shown twice."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import client_database
from client_storage import ClientStorage
from events import Arrived
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from model_server import ModelServer
from session import Session

NOW = 1000.0
CHATS = ("eve", "#all", "#a")
texts = st.sampled_from(("hi", "hi", "привет", "0"))


real_prepare = client_database.prepare


def prepare_without_waiting(connection, record):
    """Set up a connection that does not wait for the disk: here nobody pulls the plug."""
    real_prepare(connection, record)
    connection.execute("PRAGMA synchronous = OFF")


class Planted(Exception):
    """The power goes off."""


class Conversation(RuleBasedStateMachine):
    """Bob's session, his file, a server, and a network between them that may break anywhere."""

    @initialize()
    def begin(self):
        """Begin with an empty file."""
        self.folder = tempfile.TemporaryDirectory()
        self.server = ModelServer()
        self.said = []  # (chat, text) of what Bob has said, in order
        self.written = []  # texts that others have written to him
        self.shown = []  # texts of others that he has seen
        self.online = False
        self.full = False  # the disk of the server
        self.upstream, self.downstream = [], []  # what is on its way
        self.open()
        self.storage.set_setting("rooms", ["#a"])

    def open(self):
        """Open the file anew, as a new process does."""
        with mock.patch("client_database.prepare", prepare_without_waiting):
            self.storage = ClientStorage(Path(self.folder.name) / "bob.sqlite", "bob")
        self.session = Session("bob", self.storage)

    def teardown(self):
        """Let everything settle; then all must be where it belongs."""
        if not hasattr(self, "server"):
            return
        self.full = False
        for _ in range(2):
            self.lose_connection()
            self.connect()
            self.settle()
        self.check_all()
        self.storage.close()
        self.folder.cleanup()

    # The shell

    def work(self, function, *args, crash=False):
        """Do what a shell does with a message or a verb."""
        try:
            with self.storage.together():
                happened = function(*args)
                if crash:
                    raise Planted
        except Planted:
            return self.lose_connection()
        self.show(happened)
        self.session.acknowledge(NOW)
        if self.online:
            self.upstream += self.session.outgoing
            self.session.outgoing.clear()
        return None

    def show(self, happened):
        """Look at the screen."""
        for event in happened:
            if isinstance(event, Arrived) and not event.line.own:
                self.shown.append(event.line.text)

    def settle(self):
        """Let all arrive that is on its way."""
        while self.upstream or self.downstream:
            self.server_hears()
            self.bob_hears()

    @precondition(lambda self: self.online)
    @rule()
    def wait_a_while(self):
        """Nothing is said until all has arrived."""
        self.settle()

    # What may happen

    @rule(chat=st.sampled_from(CHATS), text=texts)
    def say(self, chat, text):
        """Bob says something, connected or not."""
        self.work(self.session.say, NOW, chat, text)
        self.said.append((chat, text))

    @rule(text=st.sampled_from(("a", "b")), to=st.sampled_from(("bob", "BOB")))
    def write_to_bob(self, text, to):
        """Eve writes to Bob; her texts are numbered, so that none is like another."""
        self.written.append(f"{text}{len(self.written)}")
        message = self.server.say(self.written[-1], to=to, id=f"e{len(self.written)}")
        if self.server.present:
            self.downstream.append(message)

    @precondition(lambda self: not self.online)
    @rule(quiet=st.booleans())
    def connect(self, quiet=False):
        """A new connection is made; if all is quiet, Bob is soon in #a again."""
        self.online = True
        self.work(self.session.connected, NOW)
        if quiet:
            self.settle()

    @precondition(lambda self: self.upstream)
    @rule()
    def server_hears(self):
        """The server gets the next message of Bob's, and answers."""
        message = self.upstream.pop(0) if self.upstream else {"action": "quit"}
        if self.full and message["action"] == "msg":
            self.downstream.append(self.server.answer(message, 500, "the disk is full"))
        else:
            self.downstream += self.server.handle(message)

    @precondition(lambda self: self.downstream)
    @rule(crash=st.booleans())
    def bob_hears(self, crash=False):
        """Bob gets the next message of the server's; perhaps the power fails before the commit."""
        if self.downstream:
            self.work(self.session.handle, self.downstream.pop(0), NOW, crash=crash)

    @rule(full=st.booleans())
    def disk_of_server_is(self, full):
        """While its disk is full, the server answers a line with 500, and keeps nothing."""
        self.full = full

    @precondition(lambda self: self.server.waiting and self.server.present)
    @rule()
    def server_repeats(self):
        """The server sends again all that is not acknowledged."""
        self.downstream += self.server.waiting

    @rule()
    def lose_connection(self):
        """The connection breaks; what was on its way is lost."""
        self.online = self.server.present = False
        self.upstream, self.downstream = [], []
        self.session.disconnected()

    @rule()
    def crash(self):
        """The client is killed, and started again."""
        self.look_into_the_file()
        self.lose_connection()
        self.storage.close()
        self.open()

    # What must always be so

    @invariant()
    def nothing_is_shown_twice_and_all_in_order(self):
        """What Bob has seen is what Eve has written, up to some point."""
        if hasattr(self, "server"):
            assert self.shown == self.written[: len(self.shown)]

    @rule()
    def look_into_the_file(self):
        """What the server has forgotten is in Bob's file; what it has not got, in his outbox."""
        here = [line.text for line in self.storage.lines("eve", limit=999) if not line.own]
        waiting = {message["message"] for message in self.server.waiting}
        assert here == self.written[: len(here)]
        assert set(self.written) - waiting <= set(here)
        ids = {id for _, id in self.server.kept} | {id for id, *_ in self.storage.outbox()}
        assert len(ids) == len(self.said)

    def check_all(self):
        """In the end all has arrived, once."""
        assert self.shown == self.written
        assert self.server.waiting == []
        assert self.storage.outbox() == []
        assert sorted(self.server.delivered) == sorted(self.said)
        for chat in CHATS:
            own = [line.text for line in self.storage.lines(chat, limit=999) if line.own]
            assert own == [text for to, text in self.said if to == chat]


class ByHandTest(unittest.TestCase):
    """What chance brings about rarely, and must be right all the same."""

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.storage = ClientStorage(folder / "bob.sqlite", "bob")
        self.addCleanup(self.storage.close)
        self.session, self.server = Session("bob", self.storage), ModelServer()

    def connect(self, hears=100, answers=100, full=False):
        """Let a connection break after the server has heard and answered so many messages."""
        self.session.connected(NOW)
        for turn in range(hears):
            if not self.session.outgoing:
                break
            message = self.session.outgoing.popleft()
            if full and message["action"] == "msg":
                replies = [self.server.answer(message, 500, "the disk is full")]
            else:
                replies = self.server.handle(message)
            for reply in replies if turn < answers else ():
                self.session.handle(reply, NOW)
        self.session.disconnected()

    def test_lines_arrive_in_order_although_the_connection_breaks_after_each(self):
        for number in range(10):
            self.session.say(NOW, CHATS[number % 2], str(number))
        for hears in range(14):
            self.connect(hears=hears)
        self.assertEqual([text for _, text in self.server.delivered], list("0123456789"))
        self.assertEqual(self.storage.outbox(), [])

    def test_a_line_whose_answer_is_lost_is_delivered_once(self):
        self.session.say(NOW, "eve", "hi")
        self.connect(answers=2)  # to the presence, and with the contacts
        self.assertEqual(len(self.storage.outbox()), 1)
        self.connect()
        self.assertEqual(self.server.delivered, [("eve", "hi")])
        self.assertEqual(self.storage.outbox(), [])

    def test_a_line_that_the_server_could_not_keep_is_delivered_later(self):
        self.session.say(NOW, "eve", "hi")
        self.connect(full=True)
        self.assertEqual((self.server.delivered, len(self.storage.outbox())), ([], 1))
        self.connect()
        self.assertEqual(self.server.delivered, [("eve", "hi")])
        self.assertEqual(self.storage.lines("eve")[0].state, "stored")


ConversationTest = Conversation.TestCase
ConversationTest.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

if __name__ == "__main__":
    unittest.main()
