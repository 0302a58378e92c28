"""The users whom the server remembers, in a database file that SQLite keeps."""

import contextlib
import os
import sqlite3
import sys
import threading
from pathlib import Path

import nicknames

PATIENCE = 1  # second that a database locked by another program is waited for
TABLE = """CREATE TABLE IF NOT EXISTS users (
    key TEXT PRIMARY KEY, name TEXT NOT NULL,
    first_seen REAL NOT NULL, last_seen REAL NOT NULL, visits INTEGER NOT NULL)"""
FIND = "SELECT first_seen, last_seen, visits FROM users WHERE key = ?"
CAME = """INSERT INTO users VALUES (?, ?, ?, ?, 1) ON CONFLICT (key) DO UPDATE
    SET name = excluded.name, last_seen = excluded.last_seen, visits = visits + 1"""
LEFT = "UPDATE users SET last_seen = ? WHERE key = ?"


class UsersError(Exception):
    """The database cannot be used now; the words say why."""


class Users:
    """A file of users. Each method opens it anew, so it may be lost and come back meanwhile."""

    def __init__(self, path):
        self.path, self.lock = Path(path), threading.Lock()

    def find(self, name):
        """Return when a user was first and last seen and how often, or None for a new one."""
        with self.open() as database:
            return database.execute(FIND, (nicknames.key(name),)).fetchone()

    def came(self, name, now):
        """Note that a visit begins."""
        with self.open() as database:
            database.execute(CAME, (nicknames.key(name), name, now, now))

    def left(self, name, now):
        """Note that a visit has ended."""
        with self.open() as database:
            database.execute(LEFT, (now, nicknames.key(name)))

    def count(self):
        """Return how many users are remembered."""
        with self.open() as database:
            return database.execute("SELECT count(*) FROM users").fetchone()[0]

    @contextlib.contextmanager
    def open(self):
        """Open the database for one statement; make it first where there is none."""
        try:
            with self.turn():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                opened = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
                with contextlib.closing(opened) as database:
                    database.execute(TABLE)
                    yield database  # where each statement is committed at once
        except (sqlite3.Error, OSError) as error:
            raise UsersError(f"the database of users cannot be used: {error}") from None

    @contextlib.contextmanager
    def turn(self):
        """Wait until no other thread uses the file, but not for ever."""
        if not self.lock.acquire(timeout=PATIENCE):
            raise TimeoutError("others are waiting for it, too")
        try:
            yield
        finally:
            self.lock.release()


def default_file():
    """Return where the users are remembered unless the command line says otherwise."""
    return data_folder(sys.platform, os.environ) / "messenger-course" / "chat-users.db"


def data_folder(platform, environment):
    """Return the folder in which programs keep their data for this user of the computer."""
    home = Path.home()
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
