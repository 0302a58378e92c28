"""Databases for tests: the same tests run on SQLite and on PostgreSQL."""

import tempfile
from pathlib import Path

import postgres
from records import NewMessage
from storage import Storage


class OnSQLite:
    """Lets a test run on SQLite."""

    def new_url(self):
        """Return the path of a file that is not there yet, in a folder whose name has a space."""
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="моя папка "))
        return str(Path(folder, "server.db"))


class OnPostgreSQL:
    """Lets a test run on PostgreSQL; where that is missing it is skipped, or fails."""

    def new_url(self):
        """Return the address of an empty database."""
        return postgres.new_url()


class StorageTest:
    """A test with a storage in which Anna, Вася and Eve are known."""

    def setUp(self):
        """Make a new database for each test."""
        self.url = self.new_url()
        self.storage = self.open()
        for name in ("Anna", "Вася", "Eve"):
            self.storage.register(name, 1000.5)

    def open(self, timeout=5):
        """Open the database; it is closed when the test is over."""
        storage = Storage(self.url, timeout)
        self.addCleanup(storage.close)
        return storage

    def keep(self, *messages):
        """Keep messages and return pairs of code and verdict."""
        return [(kept.code, kept.verdict) for kept in self.storage.keep_messages(messages)]

    def waiting_for(self, name):
        """Return the texts of what waits for somebody."""
        return [message.text for message in self.storage.remember_login(name, "", 0).waiting]


def new(text="hi", **changes):
    """Return a message from Вася to Anna, with changes."""
    message = {"sender": "Вася", "recipient": "Anna", "id": None, "text": text, "moment": 1000.5}
    return NewMessage(**message | changes)
