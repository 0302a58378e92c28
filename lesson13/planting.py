"""A long past for tests: a chat with many lines, written as fast as SQLite can."""

import contextlib
import sqlite3


def plant(path, count):
    """Write many lines into a file, as fast as SQLite can."""
    columns = "chat, sender, text, folded, moment, own, state, words"
    rows = (
        ("анна", "Анна", f"Строка {n}", f"строка {n}", n, 0, "received", "") for n in range(count)
    )
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO chats VALUES ('анна', 'Анна', ?, 0, NULL, '')", (count,))
        file.executemany(f"INSERT INTO lines ({columns}) VALUES (?,?,?,?,?,?,?,?)", rows)
