"""Taught in lesson 12. The tables of a client's file: one account on one server."""

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Table(DeclarativeBase):
    """What all tables have in common."""


class LineRow(Table):
    """A line of a chat: a message of ours or of somebody else."""

    __tablename__ = "lines"
    __table_args__ = (
        Index("page", "chat", "key"),  # a page of a chat, however many lines there are
        Index("twin_by_id", "sender", "id"),
        Index("twin_by_number", "number"),
        Index("outbox", "key", sqlite_where=text("state = 'waiting'")),
        {"sqlite_autoincrement": True},  # the key of a deleted line is not given again
    )

    key: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(ForeignKey("chats.folded"))
    sender: Mapped[str]  # as written; "" for a line of ours in a file without an owner
    text: Mapped[str]
    folded: Mapped[str]  # what the search looks at
    moment: Mapped[float]
    own: Mapped[bool]
    state: Mapped[str]
    words: Mapped[str] = mapped_column(default="")  # why it was refused
    id: Mapped[str | None]
    number: Mapped[int | None]

    where: Mapped["ChatRow"] = relationship(lazy="joined", innerjoin=True)


class ChatRow(Table):
    """A chat: its last line, what has not been read, and what was typed and not sent."""

    __tablename__ = "chats"

    folded: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    last: Mapped[int | None]  # the key of its last line
    unread: Mapped[int] = mapped_column(default=0)
    read: Mapped[int | None]  # the key of the last line that has been read
    draft: Mapped[str] = mapped_column(default="")


class ContactRow(Table):
    """Somebody we want to see in the list."""

    __tablename__ = "contacts"

    folded: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class SettingRow(Table):
    """A small thing to remember, as JSON."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
