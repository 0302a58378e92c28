"""The list of chats at the left, with its filter."""

from client_models import CHAT, CONTACT, KIND, ConversationFilter
from conversation_delegate import ConversationDelegate
from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)


class ConversationList(QListView):
    """The list itself: a click, a double click or Enter opens a chat."""

    opened = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("conversations")
        self.setAccessibleName("Chats")
        self.setFrameShape(QListView.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.Window)
        self.setItemDelegate(ConversationDelegate(self))
        for signal in (self.clicked, self.doubleClicked):
            signal.connect(self._open)

    def keyPressEvent(self, event):  # noqa: N802 (Qt's name)
        """Open the chosen chat with Enter, on every platform."""
        if event.key() in (Qt.Key_Return, Qt.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index):
        if index.isValid():
            self.opened.emit(index.data(CHAT))

    def step(self, by):
        """Choose the chat above or below."""
        row = min(max(self.currentIndex().row() + by, 0), self.model().rowCount() - 1)
        self.setCurrentIndex(self.model().index(row, 0))


class FilterField(QLineEdit):
    """The field above the list: arrows walk through the list, Enter opens, Escape clears."""

    stepped = pyqtSignal(int)
    left = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("conversation_filter")
        self.setMaxLength(50)
        self.setPlaceholderText("Find a chat (Ctrl+K)")
        self.setAccessibleName("Find a chat")
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event):  # noqa: N802 (Qt's name)
        """Hand some keys on to the list."""
        steps = {Qt.Key_Up: -1, Qt.Key_Down: 1}
        if event.key() in steps:
            self.stepped.emit(steps[event.key()])
        elif event.key() == Qt.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ConversationPane(QWidget):
    """The filter, the list, and buttons for a contact and a room."""

    opened = pyqtSignal(str)
    left = pyqtSignal()
    contact_dialog_wanted = pyqtSignal()
    room_dialog_wanted = pyqtSignal()
    removal_wanted = pyqtSignal(str)
    contact_wanted = pyqtSignal(str)
    room_wanted = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("conversation_pane")
        self.filter = FilterField()
        self.list = ConversationList()
        self._chosen = ConversationFilter(self)
        self.list.setModel(self._chosen)
        self.list.setContextMenuPolicy(Qt.CustomContextMenu)
        self.add_contact = self._button("add_contact_button", "+", "Add a contact (Ctrl+N)")
        self.join_room = self._button("join_room_button", "#", "Join a room (Ctrl+J)")
        self._arrange()
        self._connect()

    def _button(self, name, text, tip):
        button = QToolButton(objectName=name, text=text, toolTip=tip, autoRaise=True)
        button.setAccessibleName(tip)
        button.setFixedSize(30, 30)
        return button

    def _arrange(self):
        self.top = QHBoxLayout()
        self.top.setContentsMargins(12, 10, 8, 8)
        for widget in (self.filter, self.add_contact, self.join_room):
            self.top.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.top)
        column.addWidget(self.list, 1)

    def _connect(self):
        self.filter.textChanged.connect(self._on_filter)
        self.filter.returnPressed.connect(self._open_first)
        self.filter.stepped.connect(self.list.step)
        self.filter.left.connect(self.left)
        self.list.opened.connect(self.opened)
        self.list.customContextMenuRequested.connect(self._on_menu)
        self.add_contact.clicked.connect(self.contact_dialog_wanted)
        self.join_room.clicked.connect(self.room_dialog_wanted)

    def set_model(self, model):
        """Show the chats of a model."""
        self._chosen.setSourceModel(model)

    def show_opened(self, chat):
        """Point at the chat that is open."""
        self.list.itemDelegate().opened = chat
        self.list.viewport().update()
        for row in range(self._chosen.rowCount()):
            index = self._chosen.index(row, 0)
            if index.data(CHAT).casefold() == chat.casefold():
                self.list.setCurrentIndex(index)

    def step(self, by):
        """Open the chat above or below."""
        self.list.step(by)
        self.list._open(self.list.currentIndex())

    def _on_filter(self, text):
        self._chosen.set_wanted(text)
        if text:
            self.list.setCurrentIndex(self._chosen.index(0, 0))

    def _open_first(self):
        index = self.list.currentIndex()
        index = index if index.isValid() else self._chosen.index(0, 0)
        if index.isValid():
            chat = index.data(CHAT)
            self.filter.clear()
            self.opened.emit(chat)

    def _on_menu(self, point):
        index = self.list.indexAt(point)
        if index.isValid():
            self.menu_for(index).popup(self.list.viewport().mapToGlobal(point))

    def menu_for(self, index):
        """Return the menu of a chat."""
        chat, kind, wanted = index.data(CHAT), index.data(KIND), index.data(CONTACT)
        menu = QMenu(self, objectName="conversation_menu")
        menu.setAttribute(Qt.WA_DeleteOnClose)
        menu.addAction("&Open", lambda: self.opened.emit(chat))
        if kind != "common" and wanted:
            words = "&Remove contact…" if kind == "person" else "&Leave room…"
            menu.addAction(words, lambda: self.removal_wanted.emit(chat)).setObjectName("remove")
        elif kind == "person":
            menu.addAction("&Add to contacts", lambda: self.contact_wanted.emit(chat))
        elif kind == "room":
            menu.addAction("&Join again", lambda: self.room_wanted.emit(chat))
        return menu
