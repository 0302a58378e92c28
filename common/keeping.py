"""Taught in lesson 11.

How messages are kept, many at once: a few questions for all, then one insertion for all.
"""

from sqlalchemy import String, and_, bindparam, column, func, insert, select, update, values
from sqlalchemy.exc import IntegrityError

from common.records import DIFFERENT, FULL, NEW, QUOTA, SAME, UNKNOWN, Kept
from common.tables import About, Client, Message, chat_of

PART = 500  # messages in one question: databases bound the length of one
CODES = {DIFFERENT: 409, FULL: 410, UNKNOWN: 404}

# These are on the busiest path, so they are built only once.
CLAIM = (
    update(About.__table__)
    .values(last_number=About.last_number + bindparam("count"))
    .returning(About.last_number)
)
NAMES = select(Client.folded, Client.name).where(
    Client.folded.in_(bindparam("names", expanding=True))
)
WAITING = (
    select(Message.recipient, func.count())
    .where(Message.recipient.in_(bindparam("names", expanding=True)))
    .where(~Message.acknowledged)
    .group_by(Message.recipient)
)
INSERT = insert(Message.__table__)


def keep(connection, messages):
    """Keep messages and return what became of each."""
    parts = [messages[start : start + PART] for start in range(0, len(messages), PART)]
    return [kept for part in parts for kept in keep_part(connection, part)]


def keep_part(connection, messages):
    """Keep messages; whether one was kept before is asked only if there is a sign of that."""
    batch = Batch(connection, messages)
    if not batch.nearly_full():  # else a refusal could be wrong
        savepoint = connection.begin_nested()
        try:
            kept = batch.keep()
        except IntegrityError:  # UNIQUE says so: one was kept before
            savepoint.rollback()
            batch = Batch(connection, messages)
        else:
            savepoint.commit()
            return kept
    batch.look_back()
    return batch.keep()


class Batch:
    """Some messages that are kept together, and what one must know to judge them."""

    def __init__(self, connection, messages):
        self.connection = connection
        self.messages = messages
        self.rows = []  # what will be inserted
        self.before = {}  # (sender, id) -> (number, code, chat, text) of what was kept before
        self.number = connection.scalar(CLAIM, {"count": len(messages)}) - len(messages)
        everybody = (name for message in messages for name in (message.sender, message.recipient))
        self.names = self.ask(NAMES, {name.casefold() for name in everybody})
        recipients = {self.spelled(message.recipient) for message in messages if message.waits}
        self.waiting = self.ask(WAITING, recipients)

    def ask(self, query, names):
        """Return the answer to a question about names; it has two columns."""
        rows = self.connection.execute(query, {"names": list(names)}) if names else ()
        return {key: value for key, value in rows}

    def spelled(self, name):
        """Return a name as its account was made; that of a room, or of nobody known, as it is."""
        return self.names.get(name.casefold(), name)

    def nearly_full(self):
        """Tell whether a recipient could come to its quota."""
        return any(count + len(self.messages) > QUOTA for count in self.waiting.values())

    def look_back(self):
        """Find those that were kept before."""
        keys = {(self.spelled(message.sender), message.id) for message in self.messages}
        keys = [(sender, id) for sender, id in keys if id is not None]
        if keys:
            key = values(column("sender", String), column("id", String)).data(keys).cte("key")
            same = and_(Message.sender == key.c.sender, Message.id == key.c.id)
            body = (Message.number, Message.code, Message.chat, Message.text)
            rows = self.connection.execute(select(key.c.sender, key.c.id, *body).join(key, same))
            self.before = {(sender, id): tuple(rest) for sender, id, *rest in rows}

    def keep(self):
        """Insert what is new, and return what became of each message."""
        results = [self.judge(message) for message in self.messages]
        if self.rows:
            self.connection.execute(INSERT, self.rows)
        return results

    def judge(self, message):
        """Return what becomes of a message."""
        sender, recipient = self.spelled(message.sender), self.spelled(message.recipient)
        if recipient[0] != "#" and recipient.casefold() not in self.names:
            return refused(UNKNOWN)
        chat = chat_of(sender, recipient)
        if earlier := self.before.get((sender, message.id)):
            return again(earlier, chat, message.text)
        if message.waits and self.waiting.get(recipient, 0) >= QUOTA:
            return refused(FULL)
        return self.add(message, sender, recipient, chat)

    def add(self, message, sender, recipient, chat):
        """Let a new message be inserted."""
        self.number += 1
        row = {"number": self.number, "sender": sender, "recipient": recipient, "chat": chat}
        row |= {"id": message.id, "text": message.text, "moment": message.moment}
        self.rows.append(row | {"code": message.code, "acknowledged": not message.waits})
        if message.waits:
            self.waiting[recipient] = self.waiting.get(recipient, 0) + 1
        if message.id is not None:
            self.before[sender, message.id] = (self.number, message.code, chat, message.text)
        return Kept(self.number, message.code, NEW)


def refused(verdict):
    """Return that a message is not kept."""
    return Kept(None, CODES[verdict], verdict)


def again(earlier, chat, text):
    """Return the answer to an id that was used before: the same one, if the message is too."""
    number, code, *body = earlier
    return Kept(number, code, SAME) if body == [chat, text] else refused(DIFFERENT)
