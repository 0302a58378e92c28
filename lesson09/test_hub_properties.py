"""Properties of hub.py: whatever happens, and in whatever order, its rules hold.

Hypothesis makes up the order; a model that knows only who is called what, and who is in which room,
says what must follow.
"""

import sys
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

try:
    from hypothesis import HealthCheck, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
except ImportError:
    raise unittest.SkipTest("these tests need the package hypothesis") from None

from hub import GOODBYE, MAX_REFUSED, Hub
from telephone import msg, presence

from common.messages import BadMessage, BrokenStream

NAMES = ("anna", "Anna", "bob", "eve", "Вася", "ВАСЯ")  # of four people
ROOMS = ("#a", "#A", "#Кухня")  # two
PEERS = range(6)
peers = st.sampled_from(PEERS)
names, rooms = st.sampled_from(NAMES), st.sampled_from(ROOMS)
good_ids = st.sampled_from([{}, {"id": "a-1"}])


class HubMachine(RuleBasedStateMachine):
    """A hub, and beside it the model."""

    def __init__(self):
        super().__init__()
        self.hub = Hub()
        self.names = {}  # peer -> name, or None
        self.receives = {}  # peer -> whether it hears rooms
        self.rooms = {}  # name, folded -> set of peers
        self.refused = {}  # peer -> bad messages in a row

    # What happens

    @initialize()
    def begin(self):
        """Begin with three who are here, and one who has not said who it is."""
        for peer, name in enumerate(("anna", "bob", "eve")):
            self.come(peer, name, True, {})
        self.connect(3)

    @rule(peer=peers)
    def connect(self, peer):
        """Let a peer come, if it is not here."""
        if peer not in self.names:
            self.hub.joined(peer)
            self.names[peer], self.receives[peer], self.refused[peer] = None, False, 0

    @rule(peer=peers, name=names, receive=st.booleans(), marks=good_ids)
    def come(self, peer, name, receive, marks):
        """Let a peer come, and say at once who it is."""
        self.connect(peer)
        self.say_who_one_is(peer, name, receive, marks)

    @rule(peer=peers, name=names, receive=st.booleans(), marks=good_ids)
    def say_who_one_is(self, peer, name, receive, marks):
        """Say a presence, be it the first or the second."""
        message = presence(user={"account_name": name}, receive=receive, **marks)
        owner = self.owner(name)
        mine = self.names.get(peer)
        code = 403 if mine not in (None, name) else 409 if owner not in (None, peer) else 200
        self.expect_answer(peer, message, code)
        if peer in self.names and code == 200:
            self.names[peer], self.receives[peer] = name, receive

    @rule(peer=peers, room=rooms, marks=good_ids)
    def enter(self, peer, room, marks):
        """Enter a room."""
        message = {"action": "join", "time": 5, "room": room} | marks
        self.expect_answer(peer, message, self.code(peer, 200))
        if self.names.get(peer):
            self.rooms.setdefault(room.casefold(), set()).add(peer)

    @rule(peer=peers, room=rooms, marks=good_ids)
    def walk_out(self, peer, room, marks):
        """Leave a room, be one in it or not."""
        inside = peer in self.rooms.get(room.casefold(), ())
        message = {"action": "leave", "time": 5, "room": room} | marks
        self.expect_answer(peer, message, self.code(peer, 200 if inside else 404))
        self.take_out(peer, room.casefold())

    @rule(peer=peers, to=st.sampled_from(NAMES + ROOMS + ("#all", "nobody")), marks=good_ids)
    def speak(self, peer, to, marks):
        """Say something, to one, to a room or to all."""
        message = msg(**{"from": self.names.get(peer) or "bob"}, to=to, **marks)
        code, listeners = self.who_must_hear(peer, to)
        self.expect_answer(peer, message, self.code(peer, code), listeners)

    @rule(room=rooms)
    def all_enter(self, room):
        """Let all enter a room."""
        for peer in list(self.names):
            self.enter(peer, room, {})

    @rule(peer=peers, sender=names, to=st.sampled_from(NAMES + ROOMS + ("#all",)))
    def forge(self, peer, sender, to):
        """Say something as another: nobody hears it."""
        if sender != self.names.get(peer):
            message = msg(**{"from": sender}, to=to)
            self.expect_answer(peer, message, self.code(peer, 403))

    @rule(peer=peers)
    def ask_who_is_here(self, peer):
        """Ask for the names, which the model knows, too."""
        here = sorted(filter(None, self.names.values()), key=str.casefold)
        reply = self.expect_answer(peer, {"action": "get_users", "time": 5}, self.code(peer, 202))
        if self.names.get(peer):
            assert reply["alert"] == here

    @rule(peer=peers, bad=st.sampled_from([BadMessage("odd"), {"action": "dance"}, msg(time="x")]))
    def say_nonsense(self, peer, bad):
        """Say what is no message."""
        self.expect_answer(peer, bad, 400)

    @rule(peer=peers)
    def quit(self, peer):
        """Say goodbye."""
        expected = [(peer, GOODBYE)] if peer in self.names else []
        assert self.hub.handle(peer, {"action": "quit"}, 5) == expected
        self.forget(peer)

    @rule(peer=peers)
    def break_off(self, peer):
        """Go without a word, or for a second time."""
        assert self.hub.left(peer) == []
        self.forget(peer)

    @rule(peer=peers)
    def break_in_the_middle(self, peer):
        """Go in the middle of a message."""
        pairs = self.hub.handle(peer, BrokenStream("half"), 5)
        if peer in self.names:
            (_, reply), goodbye = pairs
            assert (reply["response"], goodbye) == (400, (peer, GOODBYE))
        else:
            assert pairs == []
        self.forget(peer)

    # What must hold

    @invariant()
    def the_hub_knows_whom_the_model_knows_and_nobody_else(self):
        """Compare the tables: nobody is left over in any of them."""
        for peer in PEERS:
            assert self.hub.name_of(peer) == self.names.get(peer)
        assert set(self.hub._people) == set(self.names)
        assert set(self.hub._named.values()) == {p for p in self.names if self.names[p]}
        assert {name: set(room.peers) for name, room in self.hub._rooms.items()} == self.rooms
        for peer, person in self.hub._people.items():
            assert person.rooms == {name for name in self.rooms if peer in self.rooms[name]}

    def teardown(self):
        """Let all go: nothing is left."""
        for peer in PEERS:
            self.hub.left(peer)
        assert (self.hub._people, self.hub._named, self.hub._rooms) == ({}, {}, {})

    # The model

    def owner(self, name):
        """Return the peer that bears a name, None if nobody does."""
        same = [p for p, n in self.names.items() if n and n.casefold() == name.casefold()]
        return same[0] if same else None

    def code(self, peer, code):
        """Return a code, or 400 for who has not said who it is."""
        return code if self.names.get(peer) else 400

    def who_must_hear(self, peer, to):
        """Return the code for a message, and who hears it."""
        if not to.startswith("#"):
            owner = self.owner(to)
            return (404, []) if owner is None else (200, [owner])
        inside = set(self.names) if to == "#all" else self.rooms.get(to.casefold())
        if inside is None or peer not in inside:
            return 404 if inside is None else 403, []
        return 200, sorted(other for other in inside if self.receives[other])

    def expect_answer(self, peer, message, code, listeners=()):
        """Expect one answer to a message, and that these hear it, once and unchanged."""
        before = message if isinstance(message, BadMessage) else dict(message)
        pairs = self.hub.handle(peer, message, 5)
        if peer not in self.names:
            assert pairs == []
            return None
        heard = [pair for pair in pairs if pair[1] is message]
        if code != 200 or self.names[peer] is None:
            listeners = ()
        assert sorted(to for to, _ in heard) == list(listeners)
        assert message == before
        (to, reply), *goodbye = [pair for pair in pairs if pair[1] is not message]
        assert (to, reply["response"]) == (peer, code)
        assert reply.get("id") == (message.get("id") if isinstance(message, dict) else None)
        self.count(peer, code, goodbye)
        return reply

    def count(self, peer, code, goodbye):
        """Count the refusals in a row: after five the hub says goodbye."""
        self.refused[peer] = self.refused[peer] + 1 if code == 400 else 0
        if self.refused[peer] == MAX_REFUSED:
            assert goodbye == [(peer, GOODBYE)]
            self.forget(peer)
        else:
            assert goodbye == []

    def take_out(self, peer, room):
        """Take a peer out of a room; a room without anybody is none."""
        self.rooms.get(room, set()).discard(peer)
        if room in self.rooms and not self.rooms[room]:
            del self.rooms[room]

    def forget(self, peer):
        """Forget a peer."""
        for table in (self.names, self.receives, self.refused):
            table.pop(peer, None)
        for room in list(self.rooms):
            self.take_out(peer, room)


HubPropertiesTest = HubMachine.TestCase
HubPropertiesTest.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,  # the same in every run: a red test can be repeated
    database=None,
    suppress_health_check=list(HealthCheck),
)


if __name__ == "__main__":
    unittest.main()
