"""The right side of the window: the open chat, or the search."""

from appearance import muted, smaller
from client_models import CONTACT, KIND, ONLINE
from composer import Composer
from connection_bar import ConnectionBar
from labels import PlainLabel, Rule
from message_view import MessageView
from plain_text import brief
from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from search_pane import SearchPane

NOBODY = "Choose a chat on the left, or add a contact with Ctrl+N."
SILENCE = "Nothing has been said here yet."


class ChatPane(QWidget):
    """A head with the name, the bar of the connection, the messages and the field below them."""

    search_opened = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.title = PlainLabel("chat_title")
        self.title.setMinimumWidth(1)  # a long name does not make the window wider
        self.presence = PlainLabel("chat_presence", muted)
        self.search_button = QToolButton(objectName="search_button", text="Search", autoRaise=True)
        self.search_button.setToolTip("Search in all messages (Ctrl+F)")
        self.connection = ConnectionBar()
        self.messages, self.search, self.composer = MessageView(), SearchPane(), Composer()
        self.pages = QStackedWidget()
        self._arrange()
        self.search_button.clicked.connect(self.search_opened)
        self.show_chat("", None)

    def _arrange(self):
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.presence)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(16, 8, 12, 8)
        self.head.addLayout(names, 1)
        self.head.addWidget(self.search_button)
        talk = QWidget(objectName="chat_page")
        column = bare_column(talk)
        column.addWidget(self.messages, 1)
        column.addWidget(Rule())
        column.addWidget(self.composer)
        self.pages.addWidget(talk)
        self.pages.addWidget(self.search)
        column = bare_column(self)
        column.addLayout(self.head)
        column.addWidget(Rule())
        column.addWidget(self.connection)
        column.addWidget(self.pages, 1)

    def show_search(self, searching):
        """Show the search, or the chat again."""
        self.pages.setCurrentIndex(1 if searching else 0)
        if searching:
            self.search.begin()
        else:
            self.composer.setFocus()

    def is_searching(self):
        """Tell whether the search is shown."""
        return self.pages.currentIndex() == 1

    def show_chat(self, chat, index):
        """Show whose chat this is; `index` is its row in the list of chats."""
        self.title.setFont(smaller(self.font(), 1.15, bold=True))
        self.presence.setFont(smaller(self.font(), 0.88))
        self.title.setText(brief(chat) if chat else "Messenger")
        self.presence.setText(presence_words(index) if index is not None else "")
        self.presence.setVisible(bool(self.presence.text()))
        self.composer.setVisible(bool(chat))
        self.composer.field.setPlaceholderText(f"Message to {brief(chat)}")
        self.messages.placeholder = SILENCE if chat else NOBODY


def presence_words(index):
    """Return as words what is known of the presence in a chat."""
    kind = index.data(KIND)
    if kind == "common":
        return "everybody who is here"
    if kind == "room":
        return "room" if index.data(CONTACT) else "room; you are not in it"
    here = "online" if index.data(ONLINE) else "offline"
    return here if index.data(CONTACT) else f"{here}; not among your contacts"


def bare_column(widget):
    """Return a layout without any margin."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
