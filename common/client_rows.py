"""Taught in lesson 12. Finding and adding the rows of a client's storage, within a transaction."""

from sqlalchemy import func, or_, select

from common.client_database import fold
from common.client_lines import Line
from common.client_tables import ChatRow, LineRow


def line_of(row):
    """Return a row as a line."""
    names = ("sender", "text", "moment", "own", "state", "words")
    return Line(row.key, row.where.name, *(getattr(row, name) for name in names))


def chat_row(session, name):
    """Return the row of a chat, a new one if need be."""
    row = session.get(ChatRow, fold(name))
    if row is None:
        row = ChatRow(folded=fold(name), name=name, unread=0, draft="")
        session.add(row)
        session.flush()
    return row


def add(session, new, key=None, news=True):
    """Add a line to its chat: as its last one or, with a key of its own, somewhere before."""
    chat = chat_row(session, new.chat)
    values = vars(new) | {"chat": chat.folded, "folded": fold(new.text), "key": key}
    row = LineRow(**values, where=chat)
    session.add(row)
    session.flush()  # it has its key now
    chat.last = row.key if key is None else chat.last or row.key
    chat.unread += news and not new.own
    return line_of(row)


# The same message twice


def twin(session, new):
    """Return the row of the same message if it is here: by its number, or by sender and id."""
    known = [
        column == value
        for column, value in ((LineRow.number, new.number), (LineRow.id, new.id))
        if value is not None
    ]
    if not known:
        return None
    rows = session.scalars(select(LineRow).where(or_(*known), LineRow.text == new.text))
    return first_same(rows, new)


def first_same(rows, new):
    """Return the first copy; another number is another message, though its sender reuses ids."""
    for row in rows:
        numbered = row.number is not None and new.number is not None
        if fold(row.sender) == fold(new.sender) and (not numbered or row.number == new.number):
            row.number = new.number if row.number is None else row.number
            return row
    return None


def unmarked_twin(session, new):
    """Return the row of a message that had no id and no number when it came."""
    wanted = select(LineRow).where(LineRow.chat == fold(new.chat), LineRow.moment == new.moment)
    rows = session.scalars(wanted.where(LineRow.text == new.text, LineRow.number.is_(None)))
    return first_same(rows, new)


# What the server had kept


def keep_past(session, messages):
    """Add those that are new, before or after what is here; return their lines, oldest first."""
    new = [each for each in messages if not (twin(session, each) or unmarked_twin(session, each))]
    late = [each for each in new if is_later(session, each)]
    early = [each for each in new if each not in late]
    lines = [add(session, each, before_all(session), news=False) for each in reversed(early)]
    return lines[::-1] + [add(session, each, news=False) for each in late]


def is_later(session, new):
    """Tell whether a message came after all that is in its chat: by number, else by time."""
    here = LineRow.chat == fold(new.chat)
    last = session.scalar(select(func.max(LineRow.number)).where(here))
    if last is not None and new.number is not None:
        return new.number > last
    last = session.scalar(select(func.max(LineRow.moment)).where(here))
    return last is None or new.moment > last


def before_all(session):
    """Return a key before all others."""
    return min(session.scalar(select(func.min(LineRow.key))) or 0, 0) - 1
