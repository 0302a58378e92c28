"""The models of the client's window: data only; what is shown of it is the views' business."""

from dataclasses import dataclass
from time import time

from plain_text import brief, tooltip, when
from PyQt5.QtCore import QAbstractListModel, QModelIndex, QSortFilterProxyModel, Qt

(CHAT, KIND, ONLINE, LAST, WHEN, UNREAD, CONTACT, LINE, DAY, FIRST, NEW, STATE) = range(
    Qt.UserRole + 1, Qt.UserRole + 13
)
COMMON = "#all"


def fold(name):
    """Return a name in the form in which names are compared."""
    return name.casefold()


def kind_of(chat):
    """Tell whether a chat is the common one, a room, or a person."""
    return "common" if chat == COMMON else "room" if chat.startswith("#") else "person"


# The list of chats


@dataclass(eq=False)
class Chat:
    """A row of the list of chats."""

    name: str
    last: str = ""
    moment: float = 0.0
    unread: int = 0
    online: bool | None = None  # None: we do not know, or it is a room
    contact: bool = False  # a contact, or a room we are in


class ConversationModel(QAbstractListModel):
    """People, rooms and the common chat; where something was said last comes first."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._chats = []
        self._rows = {}  # folded name -> Chat
        self._online = set()

    def load(self, conversations, contacts=(), rooms=()):
        """Show these conversations, the latest first, and then who was never written to."""
        self.beginResetModel()
        rows = [Chat(c.chat, c.last_text, c.last_moment, c.unread) for c in conversations]
        self._rows = {fold(chat.name): chat for chat in rows}
        for name in (COMMON, *rooms, *contacts):
            self._rows.setdefault(fold(name), Chat(name)).contact = True
        self._chats = list(self._rows.values())
        for chat in self._chats:
            chat.online = self._is_online(chat)
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 (Qt's name; never changed)
        """Return the number of chats."""
        return 0 if parent.isValid() else len(self._chats)

    def data(self, index, role=Qt.DisplayRole):
        """Return what is known of a chat."""
        if not index.isValid() or index.row() >= len(self._chats):
            return None
        part = CHAT_PARTS.get(role)
        return part(self._chats[index.row()]) if part else None

    def index_of(self, chat):
        """Return the index of a chat, an invalid one if it is not here."""
        row = self._rows.get(fold(chat))
        return QModelIndex() if row is None else self.index(self._chats.index(row))

    def unread(self):
        """Return how many lines have not been read, in all chats."""
        return sum(chat.unread for chat in self._chats)

    def unread_in(self, chat):
        """Return how many lines of a chat have not been read."""
        row = self._rows.get(fold(chat))
        return row.unread if row else 0

    def names(self):
        """Return the names of all chats."""
        return [chat.name for chat in self._chats]

    # What happens

    def lines_arrived(self, lines, reading=""):
        """Note new lines; those in the chat that is being read are not unread."""
        for line in lines:
            chat = self._chat(line.chat)
            chat.last, chat.moment = line.text, line.moment
            chat.unread += not line.own and fold(line.chat) != fold(reading)
        for name in dict.fromkeys(fold(line.chat) for line in lines):
            self._to_top(self._rows[name])

    def line_arrived(self, line, reading=""):
        """Note one new line."""
        self.lines_arrived([line], reading)

    def mark_read(self, chat):
        """Note that a chat has been read."""
        self._change(chat, unread=0)

    def add_chat(self, chat, contact=True):
        """Show a chat, or note that it is wanted."""
        self._chat(chat)
        self._change(chat, contact=contact)

    def set_contacts(self, names):
        """Let these people be the contacts, and take out who is none and has said nothing."""
        self._set_wanted(names, lambda chat: kind_of(chat.name) == "person")

    def set_rooms(self, names):
        """Let these be the rooms we are in."""
        self._set_wanted((COMMON, *names), lambda chat: kind_of(chat.name) != "person")

    def _set_wanted(self, names, concerned):
        wanted = {fold(name): name for name in names}
        for chat in [chat for chat in self._chats if concerned(chat)]:
            if fold(chat.name) in wanted or chat.moment:
                self._change(chat.name, contact=fold(chat.name) in wanted)
            else:
                self._remove(chat)
        for name in wanted.values():
            self.add_chat(name)

    def set_online(self, names):
        """Let these people be here, and no others."""
        self._online = {fold(name) for name in names}
        for chat in self._chats:
            chat.online = self._is_online(chat)
        if self._chats:
            self.dataChanged.emit(self.index(0), self.index(len(self._chats) - 1))

    def set_presence(self, name, online):
        """Note that somebody has come or gone."""
        (self._online.add if online else self._online.discard)(fold(name))
        self._change(name, online=online)

    # Rows

    def _is_online(self, chat):
        return fold(chat.name) in self._online if kind_of(chat.name) == "person" else None

    def _chat(self, name):
        if fold(name) not in self._rows:
            self.beginInsertRows(QModelIndex(), len(self._chats), len(self._chats))
            chat = Chat(name)
            chat.online = self._is_online(chat)
            self._chats.append(chat)
            self._rows[fold(name)] = chat
            self.endInsertRows()
        return self._rows[fold(name)]

    def _remove(self, chat):
        row = self._chats.index(chat)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._chats[row], self._rows[fold(chat.name)]
        self.endRemoveRows()

    def _to_top(self, chat):
        row = self._chats.index(chat)
        if row:
            self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), 0)
            self._chats.insert(0, self._chats.pop(row))
            self.endMoveRows()
        self.dataChanged.emit(self.index(0), self.index(0))

    def _change(self, name, **values):
        chat = self._rows.get(fold(name))
        if chat and any(getattr(chat, field) != value for field, value in values.items()):
            vars(chat).update(values)
            self.dataChanged.emit(self.index_of(name), self.index_of(name))


def spoken(chat):
    """Return a chat as a screen reader says it."""
    unread = f", {chat.unread} unread" if chat.unread else ""
    presence = {True: ", online", False: ", offline", None: ""}[chat.online]
    return f"{brief(chat.name)}{presence}{unread}: {brief(chat.last)}"


CHAT_PARTS = {
    Qt.DisplayRole: lambda chat: brief(chat.name),
    Qt.ToolTipRole: lambda chat: tooltip(spoken(chat)),
    Qt.AccessibleTextRole: spoken,
    CHAT: lambda chat: chat.name,
    KIND: lambda chat: kind_of(chat.name),
    ONLINE: lambda chat: chat.online,
    LAST: lambda chat: brief(chat.last),
    WHEN: lambda chat: when(chat.moment, time()) if chat.moment else "",
    UNREAD: lambda chat: chat.unread,
    CONTACT: lambda chat: chat.contact,
}


class ConversationFilter(QSortFilterProxyModel):
    """The chats whose name contains what is typed, in any case."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._wanted = ""

    def set_wanted(self, text):
        """Show only chats whose name contains this."""
        self._wanted = fold(text.strip())
        self.invalidateFilter()

    def filterAcceptsRow(self, row, parent):
        """Tell whether a chat is shown."""
        return self._wanted in fold(self.sourceModel().index(row, 0, parent).data(CHAT))
