"""The models of lines: the open chat, and what a search has found."""

from bisect import bisect_left
from dataclasses import replace
from time import time

from client_models import CHAT, DAY, FIRST, LINE, NEW, STATE, WHEN
from plain_text import brief, clock, day, day_words, full, shown, tooltip, when
from PyQt5.QtCore import QAbstractListModel, QModelIndex, Qt, QTimer

TICK = 40  # milliseconds during which new lines are gathered
LARGEST, KEPT = 1500, 1000  # lines in memory before and after the earliest are let go
MARKS = {
    "waiting": "waiting: it will be sent when there is a connection",
    "stored": "stored: the server has it",
    "delivered": "delivered",
    "refused": "refused",
}


class LineModel(QAbstractListModel):
    """Lines, each with its key."""

    PARTS = {}

    def __init__(self, parent=None):
        super().__init__(parent)
        self._lines = []

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 (Qt's name; never changed)
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index, role=Qt.DisplayRole):
        """Return what is known of a line."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        part = self.PARTS.get(role)
        return part(self, index.row(), self._lines[index.row()]) if part else None

    def show(self, lines):
        """Show other lines in place of these."""
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()


class FoundModel(LineModel):
    """What a search has found."""

    PARTS = {
        Qt.DisplayRole: lambda model, row, line: brief(line.text),
        Qt.AccessibleTextRole: lambda model, row, line: brief(f"{line.sender}: {line.text}"),
        CHAT: lambda model, row, line: line.chat,
        LINE: lambda model, row, line: line,
        WHEN: lambda model, row, line: when(line.moment, time()),
    }


class MessageModel(LineModel):
    """The open chat: a page of its lines, which grows at both ends."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.chat = ""
        self.more = False  # there are earlier lines than those here
        self.at_end = True  # the views follow the newest line, so the earliest may be let go
        self._first_new = None  # the key of the first line that has not been read
        self._gathered = []
        self._tick = QTimer(self, interval=TICK, singleShot=True)
        self._tick.timeout.connect(self.flush)

    def show_chat(self, chat, lines, more=False, unread=0):
        """Show the last lines of a chat; `more` tells whether there are earlier ones."""
        self._gathered.clear()
        self.chat, self.more = chat, more
        self._first_new = lines[-unread].key if 0 < unread <= len(lines) else None
        self.show(lines)

    def follow_end(self, at_end):
        """Note whether the newest line is seen: then the earliest may be let go."""
        self.at_end = at_end

    def first_key(self):
        """Return the key of the earliest line that is here."""
        return self._lines[0].key if self._lines else None

    def row_of(self, key):
        """Return the row of a line, None if it is not here."""
        row = bisect_left(self._lines, key, key=lambda line: line.key)
        found = row < len(self._lines) and self._lines[row].key == key
        return row if found else None

    def prepend(self, lines, more=False):
        """Add earlier lines."""
        self.more = more
        if lines:
            self.beginInsertRows(QModelIndex(), 0, len(lines) - 1)
            self._lines[:0] = lines
            self.endInsertRows()
            self._changed(len(lines))  # it is perhaps no longer the first of its day

    def append(self, line):
        """Add a new line at the next tick: a thousand a second make 25 changes, not a thousand."""
        self._gathered.append(line)
        if not self._tick.isActive():
            self._tick.start()

    def flush(self):
        """Add the new lines that have been gathered."""
        lines, self._gathered = self._gathered, []
        lines = [line for line in lines if self.row_of(line.key) is None]
        if lines:
            begin = len(self._lines)
            self.beginInsertRows(QModelIndex(), begin, begin + len(lines) - 1)
            self._lines += lines
            self.endInsertRows()
            self._let_go()

    def _let_go(self):
        if self.at_end and len(self._lines) > LARGEST:
            gone = len(self._lines) - KEPT
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._lines[:gone]
            self.more = True
            self.endRemoveRows()
            self._changed(0)

    def mark(self, key, state, words=""):
        """Note what became of a line."""
        self.flush()
        row = self.row_of(key)
        if row is not None:
            self._lines[row] = replace(self._lines[row], state=state, words=words)
            self._changed(row)

    def _changed(self, row):
        if row < len(self._lines):
            self.dataChanged.emit(self.index(row), self.index(row))

    # What is told of a line besides itself

    def day_words(self, row, line):
        """Return the day above a line, nothing if the line before it is of the same day."""
        before = self._lines[row - 1] if row else None
        same = before and day(before.moment) == day(line.moment)
        return "" if same else day_words(line.moment, time())

    def is_first(self, row, line):
        """Tell whether a line is the first of several by the same sender on a day."""
        before = self._lines[row - 1] if row else None
        same = before and (before.own, before.sender) == (line.own, line.sender)
        return not same or bool(self.day_words(row, line)) or self.is_new(row, line)

    def is_new(self, row, line):
        """Tell whether a line is the first that has not been read."""
        return line.key == self._first_new

    def spoken(self, row, line):
        """Return a line as a screen reader says it."""
        who = "You" if line.own else brief(line.sender)
        return f"{who}, {clock(line.moment)}: {shown(line.text)}{said_of(line, ', ')}"

    PARTS = {
        Qt.DisplayRole: lambda model, row, line: shown(line.text),
        Qt.AccessibleTextRole: spoken,
        Qt.ToolTipRole: lambda model, row, line: tooltip(full(line.moment) + said_of(line, "\n")),
        LINE: lambda model, row, line: line,
        STATE: lambda model, row, line: line.state,
        DAY: day_words,
        FIRST: is_first,
        NEW: is_new,
    }


def said_of(line, before=""):
    """Return the state of a line of ours as words."""
    words = f": {brief(line.words)}" if line.words else ""
    return f"{before}{MARKS[line.state]}{words}" if line.own else ""
