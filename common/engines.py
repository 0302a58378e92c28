"""Taught in lesson 11. A database by its address: SQLite in a file, or PostgreSQL."""

import logging
import os
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from common.records import StorageError

DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # who reads does not wait for who writes
    "PRAGMA synchronous=FULL",  # a commit is on the disk when it returns
    "PRAGMA foreign_keys=ON",
)
SMALLEST = 512  # bytes of a database; SQLite takes a smaller file for an empty one
ONE_WRITER = 7777  # PostgreSQL: the number of the lock that stands for writing


def default_url():
    """Return the address of a file in the user's data folder; make that folder if need be.

    The environment variable JIM_HOME names another folder.
    """
    folder = Path(os.environ.get("JIM_HOME") or user_data_path("messenger-course", appauthor=False))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return address_of(folder / "server.db").render_as_string()


def address_of(path):
    """Return the address of a SQLite file."""
    return URL.create("sqlite", database=str(path))


def open_engine(url, timeout):
    """Return an engine for the database at an address; who waits for a lock gives up in time."""
    url = read_address(url)
    if url.drivername.startswith("sqlite"):
        prepare_file(url.database)
        return sqlite_engine(url, timeout)
    return postgresql_engine(url, timeout)


def read_address(text):
    """Return the URL in a text that is one, or else the path of a SQLite file."""
    try:
        url = make_url(text) if "://" in str(text) else address_of(text)
    except (ArgumentError, ValueError) as error:
        raise StorageError("The address of the database cannot be understood.") from error
    if url.drivername not in DRIVERS:
        raise StorageError(f"A database must be {' or '.join(DRIVERS[1:])}: not {url.drivername}.")
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise StorageError("A database in memory keeps nothing: name a file.")
    return url


def place_of(url):
    """Return where a database is, to be shown to people: without its password."""
    is_file = url.drivername.startswith("sqlite")
    return url.database if is_file else url.render_as_string(hide_password=True)


def prepare_file(path):
    """Make a new file that only its owner may read; SQLite's helper files follow its example."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:  # we must not open it: to close it would take SQLite's locks away
        if 0 < os.path.getsize(path) < SMALLEST:
            raise StorageError(f"The file {path} is no database. Name another one.") from None
    except OSError as error:
        raise StorageError(f"The database {path} cannot be made: {error.strerror}.") from error


def sqlite_engine(url, timeout):
    """Return an engine for a file. The driver begins no transaction by itself, we do."""
    engine = create_engine(url, connect_args={"timeout": timeout, "isolation_level": None})
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection, _):
    """Prepare a new connection to SQLite."""
    for pragma in PRAGMAS:
        connection.execute(pragma)


def begin_sqlite(connection):
    """Begin a transaction; who will write takes the lock at once, not in the middle."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def postgresql_engine(url, timeout):
    """Return an engine for a server; a connection that has died is replaced by a new one."""
    arguments = {"connect_timeout": max(2, round(timeout))}
    try:
        engine = create_engine(url, connect_args=arguments, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError) as error:
        words = "PostgreSQL needs the package psycopg. Get it with: python3 -m course setup"
        raise StorageError(words) from error
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of every double
    milliseconds = round(timeout * 1000)
    event.listen(engine, "connect", lambda new, _: prepare_postgresql(new, milliseconds))
    event.listen(engine, "begin", begin_postgresql)
    return engine


def prepare_postgresql(connection, milliseconds):
    """Prepare a new connection to PostgreSQL."""
    connection.execute(f"SET lock_timeout = {milliseconds}")
    connection.commit()


def begin_postgresql(connection):
    """Take the lock for writing: so numbers come in the order of the commits, as in SQLite."""
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_WRITER})")
