"""Taught in lesson 11. The tables of the database. Nobody but storage knows them."""

from typing import Annotated

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Number = BigInteger().with_variant(Integer, "sqlite")  # whose INTEGER has 64 bits already
ClientId = Annotated[int, mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))]
WAITING = ("recipient", "number")
WAITS = {  # few do, so an index of these only stays small
    "sqlite_where": text("acknowledged = 0"),
    "postgresql_where": text("NOT acknowledged"),
}


class Base(DeclarativeBase):
    """What all tables have in common: moments are seconds since 1970."""

    type_annotation_map = {float: Double}


class About(Base):
    """One row about the database itself."""

    __tablename__ = "about"

    version: Mapped[int] = mapped_column(primary_key=True)  # of the schema
    last_number: Mapped[int] = mapped_column(Number)  # of a message; no number is given twice


class Client(Base):
    """An account that was seen once."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)  # capital letters make no other account
    registered: Mapped[float]
    info: Mapped[str] = mapped_column(server_default="")


class Login(Base):
    """The history of a client: when it came, from where, when it left."""

    __tablename__ = "logins"
    __table_args__ = (Index("logins_of", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId]
    moment: Mapped[float]
    address: Mapped[str]
    ended: Mapped[float | None]


class Contact(Base):
    """A client is in the contact list of another, its owner."""

    __tablename__ = "contacts"

    owner_id: Mapped[ClientId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(primary_key=True)


class Message(Base):
    """A message; it waits for its recipient until that has acknowledged it."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("sender", "id", name="messages_once"),
        Index("messages_waiting", *WAITING, **WAITS),
        Index("messages_of_chat", "chat", "number"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    sender: Mapped[str]
    recipient: Mapped[str]  # a name, or # and the name of a room
    id: Mapped[str | None]  # the one that its sender gave
    text: Mapped[str]
    moment: Mapped[float]
    code: Mapped[int]  # of the answer: who sends it again gets the same one
    acknowledged: Mapped[bool]
    chat: Mapped[str] = mapped_column(server_default="")  # see chat_of


def chat_of(sender, recipient):
    """Return the key of a conversation: the same for both sides, and however they are written."""
    if recipient.startswith("#"):
        return recipient.casefold()
    return " ".join(sorted([sender.casefold(), recipient.casefold()]))
