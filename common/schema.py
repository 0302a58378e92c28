"""Taught in lesson 11.

The versions of the tables: an older database is brought up to date, a newer one is refused.

Alembic does this for big schemas; it wants a folder of scripts, settings and a command. Ours is
small, lives in folders that students copy, and is upgraded by the server itself when it starts:
a list of functions is enough.
An upgrade is written in SQL and never changed afterwards, while the tables in tables.py move on.
"""

from sqlalchemy import Connection, insert, inspect, select, text, update

from common.records import StorageError
from common.tables import About, Base, chat_of


def bring_up_to_date(connection: Connection, place):
    """Make the tables, or what they lack: in the caller's transaction, so all of it or nothing."""
    names = set(inspect(connection).get_table_names())
    if not names:
        Base.metadata.create_all(connection)
        connection.execute(insert(About).values(version=VERSION, last_number=0))
    elif "about" not in names:
        raise StorageError(f"The database {place} belongs to another program. Name another one.")
    else:
        upgrade(connection, connection.scalar(select(About.version)), place)


def upgrade(connection, version, place):
    """Take one step after the other, from a version to ours."""
    if version not in range(1, VERSION + 1):
        raise StorageError(
            f"The database {place} was made by a newer messenger: its version is {version}, and "
            f"this messenger knows those up to {VERSION}. Update the messenger."
        )
    for step in UPGRADES[version - 1 :]:
        step(connection)
    connection.execute(update(About).values(version=VERSION))


def to_2(connection):
    """Give logins an end, and messages the key of their conversation, to find a history quickly."""
    connection.execute(text("ALTER TABLE logins ADD COLUMN ended DOUBLE PRECISION"))
    connection.execute(text("ALTER TABLE messages ADD COLUMN chat VARCHAR DEFAULT '' NOT NULL"))
    connection.execute(text("CREATE INDEX messages_of_chat ON messages (chat, number)"))
    rows = connection.execute(text("SELECT number, sender, recipient FROM messages")).all()
    chats = [{"number": row.number, "chat": chat_of(row.sender, row.recipient)} for row in rows]
    if chats:
        connection.execute(text("UPDATE messages SET chat = :chat WHERE number = :number"), chats)


UPGRADES = [to_2]  # from version 1 to 2, from 2 to 3, and so on
VERSION = len(UPGRADES) + 1
