"""Taught in lesson 12.

What a client remembers of one account on one server: contacts, lines, drafts and settings.
"""

import json

from sqlalchemy import delete, func, select, update

from common.client_database import Database, StorageError, file_for, fold
from common.client_lines import FOLLOWS, Arrival, Conversation, Line, arrival, clamped, clean, id_of
from common.client_rows import add, chat_row, keep_past, line_of, twin
from common.client_tables import ChatRow, ContactRow, LineRow, SettingRow

__all__ = ["ClientStorage", "Conversation", "Line", "StorageError", "file_for"]


class ClientStorage:
    """The memory of a client; every verb is one transaction, and any thread may call it."""

    def __init__(self, path, name=""):
        self.name = name  # whose it is: lines from this sender are own
        self._database = Database(path)

    def close(self):
        """Close the file."""
        self._database.close()

    def together(self):
        """Let all that is done in a `with` block be one transaction, with one wait for the disk."""
        return self._database.writing()

    # Lines

    def lines(self, chat, before=None, limit=100):
        """Return the last lines of a chat, or the last before a key, oldest first."""
        wanted = select(LineRow).where(LineRow.chat == fold(clean(chat)))
        if before is not None:
            wanted = wanted.where(LineRow.key < before)
        return self._select(wanted.order_by(LineRow.key.desc()).limit(limit))[::-1]

    def lines_around(self, chat, key, limit=100):
        """Return the lines about a key, and all that follow them up to a limit, oldest first."""
        here = select(LineRow).where(LineRow.chat == fold(clean(chat)), LineRow.key >= key)
        later = self._select(here.order_by(LineRow.key).limit(limit))
        return self.lines(chat, key, limit) + later

    def search(self, text, limit=100):
        """Return the latest lines that contain a text in any case, latest first."""
        if not text.strip():
            return []
        found = func.instr(LineRow.folded, fold(clean(text.strip()))) > 0
        return self._select(select(LineRow).where(found).order_by(LineRow.key.desc()).limit(limit))

    def _select(self, wanted):
        with self._database.reading() as session:
            return [line_of(row) for row in session.scalars(wanted)]

    def add_own(self, chat, text, moment, id):
        """Keep a line of ours, which waits in the outbox until it is marked."""
        chat, text = clean(chat), clean(text)
        new = Arrival(chat, self.name, text, clamped(moment), True, "waiting", id_of(id))
        with self._database.writing() as session:
            return add(session, new)

    def add_received(self, message):
        """Keep a message and return its line, None if it was there already."""
        new = arrival(message, self.name)
        with self._database.writing() as session:
            return None if twin(session, new) else add(session, new)

    def add_history(self, messages):
        """Keep messages that the server had kept; return the lines of those that are new here."""
        with self._database.writing() as session:
            return keep_past(session, [arrival(message, self.name) for message in messages])

    def mark(self, id, state, words=""):
        """Note what became of a line of ours; None if that is no news, or no line of ours."""
        with self._database.writing() as session:
            wanted = select(LineRow).where(LineRow.id == id_of(id), LineRow.own)
            row = session.scalars(wanted.order_by(LineRow.key.desc()).limit(1)).first()
            if row is None or state not in FOLLOWS[row.state]:
                return None
            row.state, row.words = state, clean(words)
            return line_of(row)

    def outbox(self):
        """Return (id, chat, text, moment) of the lines that wait, in the order of writing."""
        wanted = select(LineRow.id, ChatRow.name, LineRow.text, LineRow.moment).join(ChatRow)
        wanted = wanted.where(LineRow.state == "waiting").order_by(LineRow.key)
        with self._database.reading() as session:
            return [tuple(row) for row in session.execute(wanted)]

    # Chats

    def conversations(self):
        """Return all chats that have been written in, the latest first."""
        wanted = select(ChatRow.name, LineRow.text, LineRow.moment, ChatRow.unread)
        wanted = wanted.join(LineRow, LineRow.key == ChatRow.last).order_by(LineRow.key.desc())
        with self._database.reading() as session:
            return [Conversation(*row) for row in session.execute(wanted)]

    def mark_read(self, chat):
        """Note that all lines of a chat have been read."""
        change = {"unread": 0, "read": ChatRow.last}
        self._write(update(ChatRow).where(ChatRow.folded == fold(clean(chat))).values(change))

    def unread(self, chat):
        """Return how many lines of a chat have not been read."""
        return self._one(select(ChatRow.unread).where(ChatRow.folded == fold(clean(chat)))) or 0

    def draft(self, chat):
        """Return what was typed in a chat and not sent."""
        return self._one(select(ChatRow.draft).where(ChatRow.folded == fold(clean(chat)))) or ""

    def set_draft(self, chat, text):
        """Keep what was typed in a chat and not sent."""
        with self._database.writing() as session:
            chat_row(session, clean(chat)).draft = clean(text)

    # Contacts and settings

    def contacts(self):
        """Return the names of the contacts."""
        with self._database.reading() as session:
            return list(session.scalars(select(ContactRow.name).order_by(ContactRow.folded)))

    def set_contacts(self, names):
        """Let these be the contacts."""
        rows = {fold(name): ContactRow(folded=fold(name), name=name) for name in map(clean, names)}
        with self._database.writing() as session:
            session.execute(delete(ContactRow))
            session.add_all(rows.values())

    def setting(self, name, default=None):
        """Return a small thing that was kept under a name."""
        value = self._one(select(SettingRow.value).where(SettingRow.name == name))
        return default if value is None else json.loads(value)

    def set_setting(self, name, value):
        """Keep a small thing: whatever JSON can say."""
        with self._database.writing() as session:
            session.merge(SettingRow(name=name, value=json.dumps(value)))

    def _one(self, wanted):
        with self._database.reading() as session:
            return session.scalar(wanted)

    def _write(self, statement):
        with self._database.writing() as session:
            session.execute(statement)
