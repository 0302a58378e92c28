"""Taught in lesson 11.

Storage of the server: what it remembers of people and of messages, in verbs of its own.
"""

import contextlib
import threading
import time

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import sessionmaker

from common import queries
from common.engines import default_url, open_engine, place_of
from common.keeping import keep
from common.queries import find
from common.records import Arrival, StorageError
from common.schema import bring_up_to_date
from common.tables import Contact, Login, Message, chat_of
from common.troubles import in_words

CONTACTS = 500  # that one account may have: their names fit into one answer


class Storage:
    """A database by its address; without one it is a file in the user's data folder.

    Every verb is a transaction of its own, or part of one that is shared. Any thread may call it.
    What cannot be done raises StorageError, and has changed nothing.
    """

    def __init__(self, url=None, timeout=5):
        self.engine = open_engine(url or default_url(), timeout)
        self.place = place_of(self.engine.url)
        self._writing = sessionmaker(self.engine.execution_options(writes=True))
        self._reading = sessionmaker(self.engine)
        self._shared = threading.local()  # .session: the transaction that a thread has begun
        try:
            with self.transaction() as session:
                bring_up_to_date(session.connection(), self.place)
        except StorageError:
            self.close()
            raise

    def close(self):
        """Close all connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def transaction(self):
        """Let all verbs called inside share one transaction: one commit for all, or for none."""
        with in_words(self.place), self._writing.begin() as session:
            session.connection()  # begin at once: who is locked out learns it here
            self._shared.session = session
            try:
                yield session
            finally:
                del self._shared.session

    @contextlib.contextmanager
    def _session(self, sessions):
        """Yield the session of the transaction that this thread has begun, or of a new one."""
        if hasattr(self._shared, "session"):
            yield self._shared.session
        else:
            with in_words(self.place), sessions.begin() as session:
                yield session

    def nothing(self):
        """Do nothing: for what must only wait its turn."""

    # People

    def remember_login(self, name, address, moment, info=""):
        """Note who comes, and return what awaits it."""
        with self._session(self._writing) as session:
            client = find(session, name) or queries.add_client(session, name, moment)
            client.info = info or client.info
            session.add(Login(client_id=client.id, address=address, moment=moment))
            waiting = queries.waiting_for(session, client.name)
            return Arrival(client.name, waiting, queries.contact_names(session, name))

    def remember_logout(self, name, moment):
        """Note that somebody leaves."""
        with self._session(self._writing) as session:
            client = find(session, name)
            last = client and session.scalar(
                select(Login).where(Login.client_id == client.id).order_by(Login.id.desc()).limit(1)
            )
            if last:
                last.ended = moment

    def is_known(self, name):
        """Tell whether an account was ever seen or registered."""
        with self._session(self._reading) as session:
            return find(session, name) is not None

    def register(self, name, moment=None):
        """Make an account known before it first comes, and tell whether it is new."""
        with self._session(self._writing) as session:
            if find(session, name):
                return False
            queries.add_client(session, name, time.time() if moment is None else moment)
            return True

    def remove(self, name):
        """Forget an account with all that it wrote and got, and tell whether it was known."""
        with self._session(self._writing) as session:
            client = find(session, name)
            if client is None:
                return False
            theirs = or_(Message.sender == client.name, Message.recipient == client.name)
            session.execute(delete(Message.__table__).where(theirs))
            session.delete(client)  # and the database, by itself, what refers to it
            return True

    # Contacts

    def add_contact(self, owner, name):
        """Add to somebody's contacts; return "added", or why not."""
        with self._session(self._writing) as session:
            mine, other = find(session, owner), find(session, name)
            if not mine or not other:
                return "unknown"
            if mine is other:
                return "oneself"
            if session.get(Contact, (mine.id, other.id)):
                return "twice"
            if queries.count_contacts(session, mine) >= CONTACTS:
                return "full"
            session.add(Contact(owner_id=mine.id, client_id=other.id))
            return "added"

    def remove_contact(self, owner, name):
        """Take a name out of somebody's contacts, and tell whether it was there."""
        with self._session(self._writing) as session:
            mine, other = find(session, owner), find(session, name)
            contact = mine and other and session.get(Contact, (mine.id, other.id))
            if contact:
                session.delete(contact)
            return bool(contact)

    def contacts_of(self, owner):
        """Return the names of somebody's contacts, in alphabetical order."""
        with self._session(self._reading) as session:
            return queries.contact_names(session, owner)

    # Messages

    def keep_messages(self, messages):
        """Keep messages, and return what became of each."""
        with self._session(self._writing) as session:
            return keep(session.connection(), messages)

    def acknowledge(self, name, number):
        """Note that all to somebody up to a number has arrived; return whose that was, by id."""
        with self._session(self._writing) as session:
            client = find(session, name)
            waited = (
                Message.recipient == (client.name if client else name),
                ~Message.acknowledged,
                Message.number <= number,
            )
            note = update(Message).where(*waited).values(acknowledged=True)
            rows = session.execute(note.returning(Message.number, Message.sender, Message.id))
            return [(sender, id) for _, sender, id in sorted(rows) if id is not None]

    def history_of(self, name, other, before=None, limit=50):
        """Return the last messages of two people, or of a room, before a number; oldest first."""
        earlier = () if before is None else (Message.number < before,)
        with self._session(self._reading) as session:
            chat = Message.chat == chat_of(name, other)
            return queries.last_messages(session, limit, chat, *earlier)

    # For the administrator

    def clients(self):
        """Return all accounts with their figures, in alphabetical order."""
        with self._session(self._reading) as session:
            return queries.client_rows(session)

    def logins(self, limit=100):
        """Return the last logins, oldest first."""
        with self._session(self._reading) as session:
            return queries.last_logins(session, limit)

    def history(self, limit=100):
        """Return the last messages of all, oldest first."""
        with self._session(self._reading) as session:
            return queries.last_messages(session, limit)
