"""Taught in lesson 11. What goes wrong with a database, in words for people."""

import contextlib

from sqlalchemy.exc import DBAPIError, OperationalError

from common.loggers import printable
from common.records import StorageError, StorageUnavailable

# How an error of SQLite or the state that PostgreSQL gives begins -> what we say.
TROUBLES = {
    "SQLITE_BUSY": (StorageUnavailable, "is locked by another program. Close that one"),
    "SQLITE_LOCKED": (StorageUnavailable, "is locked by another program. Close that one"),
    "SQLITE_FULL": (StorageError, "cannot grow: the disk is full. Make room on it"),
    "SQLITE_READONLY": (StorageError, "must not be changed: no permission to write"),
    "SQLITE_PERM": (StorageError, "must not be opened: no permission"),
    "SQLITE_CANTOPEN": (
        StorageUnavailable,
        "cannot be opened: its folder is missing, or there is no permission",
    ),
    "SQLITE_CORRUPT": (
        StorageError,
        "is damaged. Put a copy back, or move it away to begin anew",
    ),
    "SQLITE_NOTADB": (
        StorageError,
        "is no database, or damaged. Name another file, or move it away",
    ),
    "SQLITE_IOERR": (StorageError, "is unreadable: the disk reports an error"),
    "53100": (StorageError, "cannot grow: the server's disk is full. Make room on it"),
    "53": (StorageUnavailable, "is short of connections or of memory"),
    "55P03": (StorageUnavailable, "is locked by another program. Close that one"),
    "57014": (StorageUnavailable, "is too slow: it did not answer in time"),
    "42501": (StorageError, "must not be used by this user: no permission"),
    "25006": (StorageError, "must not be changed: it is open for reading only"),
    "08": (StorageUnavailable, "is out of reach"),
    "57P": (StorageUnavailable, "is out of reach: the server is going down"),
}


@contextlib.contextmanager
def in_words(place):
    """Turn what a driver raises inside into a StorageError; `place` is where the database is."""
    try:
        yield
    except DBAPIError as error:
        kind, words = explain(error)
        raise kind(f"The database {place} {words}.") from error


def explain(error):
    """Return the kind of a trouble, and words for it."""
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    for beginning, trouble in TROUBLES.items():
        if name and name.startswith(beginning):
            return trouble
    if name is None and isinstance(error, OperationalError):
        return StorageUnavailable, f"is out of reach: {first_line(error.orig)}"
    return StorageError, f"refuses: {first_line(error.orig)}"


def first_line(error):
    """Return the first line of what a driver says."""
    return printable((str(error).strip() or type(error).__name__).splitlines()[0])
