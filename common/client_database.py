"""Taught in lesson 12.

The file of a client's storage: where it lies, how it is opened, what can be wrong with it.
"""

import contextlib
import hashlib
import os
import threading
import unicodedata
from pathlib import Path

import platformdirs
import sqlalchemy
from sqlalchemy.orm import Session

from common.client_tables import Table

VERSION = 1  # of the tables; a newer program raises it, and brings older files up to it
PATIENCE = 5  # seconds that we wait for another program that holds the file
WORDS = {  # what SQLite says, and what we say
    "locked": "another program is using it",
    "busy": "another program is using it",
    "disk is full": "there is no room left on the disk",
    "malformed": "it is damaged",
    "not a database": "it is damaged, or no file of ours",
    "readonly": "it must not be written",
    "unable to open": "it cannot be opened",
    "disk i/o error": "the disk cannot be read or written",
}


class StorageError(Exception):
    """The storage cannot do what was asked; its words say why."""


def fold(text):
    """Return a text in the form in which texts are compared: case makes no difference."""
    return unicodedata.normalize("NFC", text.casefold())


def file_for(account, host, port, folder=None):
    """Return the file of an account on a server: no name becomes a file name as it is."""
    whose = f"{fold(account)}\n{host.casefold()}\n{port}"
    name = hashlib.sha256(whose.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    folder = folder or platformdirs.user_data_path("messenger-course", appauthor=False)
    return Path(folder) / f"{name}.sqlite"


class Database:
    """An open file: transactions for reading, which never wait, and for writing, one at a time."""

    def __init__(self, path):
        self.path = Path(path)
        self._engine = None
        self._writing = threading.RLock()
        self._session = None  # of the writing transaction that is going on
        self._owner = None  # the thread that writes
        with self._in_words():
            create_private(self.path)
            self._engine = open_engine(self.path)
            with contextlib.ExitStack() as stack:
                stack.callback(self.close)  # should the next step fail
                self._set_up()
                stack.pop_all()

    def _set_up(self):
        """Make the tables of a new file; refuse the file of a newer program."""
        with self._engine.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar()
            if version > VERSION:
                raise StorageError(f"{self.path}: a newer version of this program wrote it")
            if version < VERSION:
                Table.metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")

    @contextlib.contextmanager
    def reading(self):
        """Give a session that sees what has been committed, or what this thread has written."""
        with self._in_words():
            if self._writing_here():
                yield self._session
                return
            with Session(self._engine.execution_options(begin="DEFERRED")) as session:
                yield session

    @contextlib.contextmanager
    def writing(self):
        """Give a session whose changes are all committed together, or none of them."""
        with self._in_words(), self._writing:
            if self._session is not None:  # within another transaction of this thread
                yield self._session
                return
            with Session(self._engine) as session, session.begin(), self._current(session):
                yield session

    @contextlib.contextmanager
    def _current(self, session):
        self._session = session
        self._owner = threading.get_ident()
        try:
            yield
        finally:
            self._session = self._owner = None

    def _writing_here(self):
        return self._owner == threading.get_ident()

    @contextlib.contextmanager
    def _in_words(self):
        """Say in words what the database says in its own way."""
        try:
            yield
        except sqlalchemy.exc.DBAPIError as error:
            raise StorageError(f"{self.path}: {in_words(str(error.orig))}") from error
        except OSError as error:
            raise StorageError(f"{self.path}: {error.strerror or error}") from error

    def close(self):
        """Close the file."""
        self._engine.dispose()


def in_words(said):
    """Return what SQLite said as words for the user."""
    return next((words for part, words in WORDS.items() if part in said.lower()), said)


def create_private(path):
    """Make an empty file that nobody else may read; SQLite gives its side files the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def open_engine(path):
    """Open a file so that one thread may write while others read."""
    engine = sqlalchemy.create_engine(
        sqlalchemy.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
    )
    sqlalchemy.event.listen(engine, "connect", prepare)
    sqlalchemy.event.listen(engine, "begin", begin)
    return engine


def prepare(connection, _):
    """Set up a new connection; transactions are begun by `begin`, not by sqlite3's own rules."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what we acknowledge survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def begin(connection):
    """Begin a transaction; one that will write says so now, so that it waits only here."""
    kind = connection.get_execution_options().get("begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {kind}")
