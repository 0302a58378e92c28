"""Taught in lesson 12. The tables of the administration window as Qt models: data only.

A model keeps its rows in the order in which they came; a `TableProxy` sorts and filters them.
`update` tells the views only what differs, so that selection, sorting and scroll position stay.
"""

import html
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt

from common.loggers import printable

LONGEST = 300  # characters in a cell: a view that must lay out 100,000 stands still
LONGEST_TIP = 2000  # characters in a tooltip
MANY = 30  # separate changes, from here on they are told as one
NAME_ROLE = Qt.UserRole  # the name of the row's account as it is, for whoever acts on it
ROOT = QModelIndex()  # the parent of all rows: a table is a tree without branches
LAST_MOMENT = 253_370_764_800  # the first day of the year 9999; later ones have no date


def shown(text):
    """Return a text as it may be shown: control characters escaped, and not too long."""
    return cut(printable(text[: LONGEST + 1]), LONGEST)


def cut(text, longest):
    """Return a text, or its beginning."""
    return text if len(text) <= longest else text[:longest] + "…"


def tip(text):
    """Return a text as a tooltip: Qt would take it for HTML where it looks like it."""
    return f"<p>{html.escape(cut(printable(text[: LONGEST_TIP + 1]), LONGEST_TIP))}</p>"


def moment_text(moment):
    """Return a moment as local date and time; what is out of all range is put at its edge."""
    if moment is None:
        return "never"
    # On Windows there is no local time before 1970, which is a day later at the date line.
    clamped = min(max(moment, 86_400), LAST_MOMENT)
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(clamped))


def natural(text):
    """Return a key that sorts 9 before 10, ё like е, and capital letters like small ones."""
    apart = unicodedata.normalize("NFD", (text or "").casefold())  # letters, then their marks
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return re.sub("[0-9]{1,9}", lambda digits: digits[0].zfill(9), plain), apart


def or_dash(text):
    """Return a text that may be missing."""
    return shown(text) if text else "–"


def mark(online):
    """Return the mark of who is online."""
    return "● online" if online else "○ away"


def number_or_least(value):
    """Return a key for a number that may be missing."""
    return float("-inf") if value is None else value


@dataclass(frozen=True)
class Column:
    """One column: its title, the attribute in it, and how that is shown and sorted."""

    title: str
    attribute: str
    show: callable = shown
    order: callable = natural
    right: bool = False
    tip: callable = None  # makes the tooltip, where the text may not find room


def name_column(title, attribute):
    """Return a column of names."""
    return Column(title, attribute, tip=tip)


def number_column(title, attribute):
    """Return a column of numbers."""
    return Column(title, attribute, str, number_or_least, right=True)


def moment_column(title, attribute):
    """Return a column of moments."""
    return Column(title, attribute, moment_text, number_or_least)


class RowsModel(QAbstractTableModel):
    """A table of rows; each row is a tuple of the values in its columns."""

    columns = ()
    key = slice(0, 1)  # which values of a row say which row it is

    def __init__(self, parent=None):
        super().__init__(parent)
        self._keys = {}  # a dictionary serves as a set that keeps the order of the table
        self._table = []  # the rows
        self.orders = []  # for each row the keys by which it is sorted

    def rowCount(self, parent=ROOT):
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._table)

    def columnCount(self, parent=ROOT):
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        """Return the title of a column."""
        if orientation != Qt.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.TextAlignmentRole:
            return self._alignment(self.columns[section])
        return self.columns[section].title if role == Qt.DisplayRole else None

    def data(self, index, role=Qt.DisplayRole):
        """Return what a view asks for."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._table[index.row()]
        if role == Qt.DisplayRole:
            return column.show(row[index.column()])
        if role == Qt.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ToolTipRole and column.tip:
            return column.tip(row[index.column()])
        return self._name(row) if role == NAME_ROLE else None

    def holds(self, row, words):
        """Tell whether a text (in small letters) stands somewhere in a row."""
        return any(isinstance(v, str) and words in v.casefold() for v in self._table[row])

    def has(self, name):
        """Tell whether a row is about an account."""
        return any(self._name(row) == name for row in self._table)

    def update(self, rows):
        """Become these rows, and tell the views what differs."""
        new = self._keyed(map(self._values, rows))
        self._remove([i for i, key in enumerate(self._keys) if key not in new])
        self._change([new[key] for key in self._keys])
        self._append({key: row for key, row in new.items() if key not in self._keys})

    def _keyed(self, rows):
        seen, keyed = Counter(), {}
        for row in rows:  # two rows may be the same: the first, the second … of its kind
            seen[row[self.key]] += 1
            keyed[row[self.key], seen[row[self.key]]] = row
        return keyed

    def _remove(self, places):
        keys = list(self._keys)
        for first, last in reversed(runs(places)):
            self.beginRemoveRows(ROOT, first, last)
            for key in keys[first : last + 1]:
                del self._keys[key]
            del self._table[first : last + 1], self.orders[first : last + 1]
            self.endRemoveRows()

    def _change(self, rows):
        changed = [i for i, row in enumerate(rows) if row != self._table[i]]
        width = range(len(self.columns))
        columns = [c for c in width if any(rows[i][c] != self._table[i][c] for i in changed)]
        for i in changed:
            self._table[i], self.orders[i] = rows[i], self._order(rows[i])
        spans = runs(changed)
        if len(spans) > MANY:
            spans = [(changed[0], changed[-1])]
        for first, last in spans:
            self.dataChanged.emit(self.index(first, columns[0]), self.index(last, columns[-1]))

    def _append(self, rows):
        if rows:
            first = len(self._table)
            self.beginInsertRows(ROOT, first, first + len(rows) - 1)
            self._keys.update(dict.fromkeys(rows))
            self._table.extend(rows.values())
            self.orders.extend(map(self._order, rows.values()))
            self.endInsertRows()

    def _values(self, row):
        return attrgetter(*[column.attribute for column in self.columns])(row)

    def _order(self, row):
        return [column.order(value) for column, value in zip(self.columns, row, strict=True)]

    def _name(self, row):
        return row[0]

    def _alignment(self, column):
        return int(Qt.AlignVCenter | (Qt.AlignRight if column.right else Qt.AlignLeft))


def runs(numbers):
    """Return the unbroken runs in growing numbers: (first, last) of each."""
    groups = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    found = [[number for _, number in group] for _, group in groups]
    return [(run[0], run[-1]) for run in found]


class ClientsModel(RowsModel):
    """All accounts, and who of them is online."""

    columns = (
        name_column("Name", "name"),
        Column("Online", "online", mark, lambda online: not online),
        moment_column("Last login", "last_login"),
        Column("IP address", "last_address", or_dash),
        number_column("Logins", "logins"),
        number_column("Sent", "sent"),
        number_column("Received", "received"),
        number_column("Contacts", "contacts"),
    )

    def update(self, rows, online=()):
        """Become these rows; those whose names are among the others are online."""
        self._online = {row.name.casefold() for row in online}
        super().update(rows)

    def _values(self, row):
        here = row.name.casefold() in self._online
        last = (row.last_login, row.last_address)
        return (row.name, here, *last, row.logins, row.sent, row.received, row.contacts)


class OnlineModel(RowsModel):
    """Who is here."""

    columns = (
        name_column("Name", "name"),
        Column("IP address", "address", or_dash),
        moment_column("Since", "since"),
    )


class HistoryModel(RowsModel):
    """The last messages."""

    key = slice(None)  # a message is never changed: another text is another message
    columns = (
        moment_column("Time", "moment"),
        name_column("From", "sender"),
        name_column("To", "recipient"),
        Column("Message", "text", tip=tip),
    )

    def _name(self, row):
        return row[1]


class TableProxy(QSortFilterProxyModel):
    """Sorts a model by the values in it, and shows only the rows that hold a text."""

    def __init__(self, model, parent=None):
        super().__init__(parent)
        self._words = ""
        self._orders = model.orders
        self.setSourceModel(model)

    def show_only(self, words):
        """Show only the rows that hold a text; capital letters make no difference."""
        if words.casefold() != self._words:
            self._words = words.casefold()
            self.invalidateFilter()

    def lessThan(self, left, right):
        """Tell whether a cell comes before another: asked 150,000 times to sort 10,000 rows."""
        column = left.column()
        return self._orders[left.row()][column] < self._orders[right.row()][column]

    def filterAcceptsRow(self, row, parent):
        """Tell whether a row is shown."""
        return not self._words or self.sourceModel().holds(row, self._words)
