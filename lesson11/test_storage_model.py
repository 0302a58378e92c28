"""A model of storage: whatever happens in whatever order, no message is lost, doubled or moved."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import keeping
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from records import NewMessage
from storage import Storage

PEOPLE = ("Anna", "Вася", "Eve")
QUOTA = 4
people = st.sampled_from(PEOPLE)
letters = st.fixed_dictionaries(
    {
        "sender": people,
        "recipient": st.sampled_from((*PEOPLE, "nobody", "#room")),
        "id": st.sampled_from((None, "1", "2", "3", "4", "5")),
        "text": st.sampled_from(("a", "b")),
    }
)


class Model(RuleBasedStateMachine):
    """Does the same to a storage and to a list of messages, and compares."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.patch = mock.patch.object(keeping, "QUOTA", QUOTA)
        self.patch.start()
        self.storage = Storage(f"{self.folder.name}/server.db")
        for name in PEOPLE:
            self.storage.register(name, 1)
        self.kept = []  # messages, in their order
        self.numbers = []  # theirs
        self.acknowledged = set()  # numbers

    def teardown(self):
        """Close all."""
        self.storage.close()
        self.patch.stop()
        self.folder.cleanup()

    def waiting(self, name):
        """Return the numbers of what should wait for somebody."""
        pairs = zip(self.numbers, self.kept, strict=True)
        mine = [n for n, message in pairs if message.recipient == name and message.waits]
        return [n for n in mine if n not in self.acknowledged]

    def expected_verdict(self, message):
        """Return what should become of a message."""
        if message.recipient == "nobody":
            return "unknown"
        for other in self.kept:
            if message.id and (other.sender, other.id) == (message.sender, message.id):
                return "same" if other == message else "different"
        full = len(self.waiting(message.recipient)) >= QUOTA
        return "full" if full and message.waits else "new"

    @rule(several=st.lists(letters, max_size=6))
    def keep(self, several):
        """Keep some messages; those to a room do not wait."""
        messages = [NewMessage(**m, moment=1, waits=m["recipient"][0] != "#") for m in several]
        for message, kept in zip(messages, self.storage.keep_messages(messages), strict=True):
            assert kept.verdict == self.expected_verdict(message), (message, kept)
            if kept.verdict == "new":
                assert kept.number > max(self.numbers, default=0)
                self.kept.append(message)
                self.numbers.append(kept.number)
            elif kept.verdict == "same":
                assert kept.number in self.numbers

    @precondition(lambda self: self.numbers)
    @rule(name=people, data=st.data())
    def acknowledge(self, name, data):
        """Acknowledge up to some number."""
        number = data.draw(st.sampled_from(self.numbers))
        arrived = [n for n in self.waiting(name) if n <= number]
        messages = [self.kept[self.numbers.index(n)] for n in arrived]
        expected = [(message.sender, message.id) for message in messages if message.id]
        assert self.storage.acknowledge(name, number) == expected
        self.acknowledged |= set(arrived)

    @rule()
    def reopen(self):
        """Close the database and open it again."""
        self.storage.close()
        self.storage = Storage(self.storage.place)

    @rule(name=people)
    def come(self, name):
        """See what waits for somebody who comes."""
        waiting = self.storage.remember_login(name, "192.0.2.7", 1).waiting
        assert [message.number for message in waiting] == self.waiting(name)

    @invariant()
    def all_is_there_once_and_in_order(self):
        """Compare the whole history."""
        history = self.storage.history(limit=len(self.kept) + 1)
        seen = [(m.number, m.sender, m.recipient, m.id, m.text) for m in history]
        pairs = zip(self.numbers, self.kept, strict=True)
        assert seen == [(n, m.sender, m.recipient, m.id, m.text) for n, m in pairs]


class ModelTest(Model.TestCase):
    settings = settings(max_examples=20, stateful_step_count=20, deadline=None)


if __name__ == "__main__":
    unittest.main()
