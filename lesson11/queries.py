"""Questions that several verbs of storage ask the database, within a session of theirs."""

from records import ClientRow, KeptMessage, LoginRow
from sqlalchemy import func, select
from tables import Client, Contact, Login, Message

KEPT = (
    *(Message.number, Message.sender, Message.recipient),
    *(Message.id, Message.text, Message.moment),
)


def find(session, name):
    """Return the client of a name, however that is written; None if nobody bore it ever."""
    return session.scalar(select(Client).where(Client.folded == name.casefold()))


def add_client(session, name, moment):
    """Add a client and return it; from now on it has an id."""
    client = Client(name=name, folded=name.casefold(), registered=moment)
    session.add(client)
    session.flush()
    return client


def waiting_for(session, name):
    """Return what waits for somebody, oldest first."""
    waits = (Message.recipient == name, ~Message.acknowledged)
    rows = session.execute(select(*KEPT).where(*waits).order_by(Message.number))
    return [KeptMessage(*row) for row in rows]


def last_messages(session, limit, *conditions):
    """Return the last messages under some conditions, oldest first."""
    query = select(*KEPT).where(*conditions).order_by(Message.number.desc()).limit(limit)
    return [KeptMessage(*row) for row in session.execute(query)][::-1]


def contact_names(session, owner):
    """Return the names of somebody's contacts, in alphabetical order."""
    mine = select(Client.id).where(Client.folded == owner.casefold()).scalar_subquery()
    query = select(Client.name).join(Contact, Contact.client_id == Client.id)
    return sorted(session.scalars(query.where(Contact.owner_id == mine)), key=str.casefold)


def count_contacts(session, client):
    """Return how many contacts a client has."""
    return session.scalar(select(func.count()).where(Contact.owner_id == client.id))


def last_logins(session, limit):
    """Return the last logins, oldest first."""
    columns = (Client.name, Login.moment, Login.address, Login.ended)
    query = select(*columns).join_from(Login, Client).order_by(Login.id.desc()).limit(limit)
    return [LoginRow(*row) for row in session.execute(query)][::-1]


def client_rows(session):
    """Return all clients with their figures, in alphabetical order."""
    logins, sent, received, contacts = (
        counts(Login.client_id, func.max(Login.id).label("last")),
        *(counts(column) for column in (Message.sender, Message.recipient, Contact.owner_id)),
    )
    figures = [func.coalesce(table.c.count, 0) for table in (logins, sent, received, contacts)]
    query = (
        select(Client.name, Client.registered, Login.moment, Login.address, *figures)
        .outerjoin(logins, logins.c.key == Client.id)
        .outerjoin(Login, Login.id == logins.c.last)
        .outerjoin(sent, sent.c.key == Client.name)
        .outerjoin(received, received.c.key == Client.name)
        .outerjoin(contacts, contacts.c.key == Client.id)
    )
    rows = [ClientRow(*row) for row in session.execute(query)]
    return sorted(rows, key=lambda row: row.name.casefold())


def counts(column, *more):
    """Return a table of how often each value stands in a column."""
    counted = (column.label("key"), func.count().label("count"), *more)
    return select(*counted).group_by(column).subquery()
