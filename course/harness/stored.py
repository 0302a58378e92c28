"""A server with a database, as checks from lesson 11 on use it: its address, its people, a lock."""

import contextlib
import sqlite3

from course.harness import people
from course.harness.peer import CheckFailed
from course.harness.people import shown

OPEN = """
try:
    from storage import Storage
except ModuleNotFoundError:  # it has graduated
    from common.storage import Storage
storage = Storage({url!r})
"""


class Member(people.Member):
    """Somebody whose messages are kept while he is away."""

    def expect_letters(self, *texts):
        """Take what others have said: these texts, in this order; return the messages."""
        letters = []
        for number, text in enumerate(texts, 1):
            expected = f"{self.name} hears {text!r} (number {number} of {len(texts)})"
            letters.append(self.next(expected))
            if not isinstance(letters[-1], dict) or letters[-1].get("message") != text:
                raise CheckFailed(expected, shown(letters[-1]))
        return letters

    def expect_nothing_more(self, why):
        """Ask for something; nothing else must have come before its answer, nor comes soon."""
        self.ask("get_users", 202)
        self.ask("get_history", 202, **{"with": self.name})  # this one waits for the database
        self.ask("get_users", 202)
        if self.heard:
            raise CheckFailed(f"nothing for {self.name}: {why}", shown(self.heard[0]))

    def go(self):
        """Say goodbye, and wait until the server has parted with us."""
        self.peer.send({"action": "quit"})
        while self.peer.receive() is not None:
            pass


def database(lab):
    """Return the path of a file for a database, which is not there yet."""
    return lab.place / "the data.db"


def address(lab):
    """Return the address of that database."""
    return f"sqlite:///{database(lab).as_posix()}"


def serve(lab):
    """Start a server on the check's database."""
    return lab.server("--db", address(lab))


def ask_storage(lab, about, code):
    """Open the check's database with the student's Storage; return the result of some code."""
    return lab.probe(about, OPEN.format(url=address(lab)) + code + "\nstorage.close()")


def introduce(lab, server, *names):
    """Let people come and go, so that they are known; return their names."""
    for name in names:
        Member(lab, server, name).go()
    return names


def texts(lab, count):
    """Return some texts, each of which tells its place."""
    return [f"{number}: {lab.text()}" for number in range(1, count + 1)]


@contextlib.contextmanager
def locked(lab):
    """Lock the database, as a program does that writes into it for a long time."""
    connection = sqlite3.connect(database(lab), isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    lab.tell("", "(another program has locked the database)")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()
        lab.tell("", "(the database is free again)")
