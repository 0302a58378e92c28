"""The client's window: it emits signals and shows things; it knows no data, socket or database."""

from appearance import DARK, LIGHT, icon, palette_of, smaller
from chat_pane import ChatPane
from client_models import LINE
from client_questions import SETTINGS, Questions
from conversation_view import ConversationPane
from dialogs import KEYS, tell
from labels import PlainLabel
from notifier import Notifier
from plain_text import brief
from PyQt5.QtCore import QEvent, Qt, QTimer
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QApplication, QShortcut, QSplitter

PAUSE = 600  # milliseconds without a key before a draft is kept
NOTICE = 8000  # milliseconds that a notice is seen
ABOUT = "Messenger\n\nA chat for a class, a lab or a small office.\nBuilt lesson by lesson."


class ClientWindow(Questions):
    """Chats at the left, the open one at the right."""

    def __init__(self, parent=None):
        super().__init__(parent, objectName="client_window", windowTitle="Messenger")
        self._account, self._count, self._system, self._chats = "", 0, None, None
        self.conversations, self.pane = ConversationPane(), ChatPane()
        self._draft = QTimer(self, interval=PAUSE, singleShot=True)
        self._notifier = Notifier(self)
        self._arrange()
        self._make_menu()
        self._connect()
        self._connect_search()
        self.resize(1000, 700)

    def _arrange(self):
        self.splitter = QSplitter(objectName="splitter", handleWidth=1, childrenCollapsible=False)
        self.splitter.addWidget(self.conversations)
        self.splitter.addWidget(self.pane)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([300, 700])
        self.conversations.setMinimumWidth(165)
        self.pane.setMinimumWidth(310)
        self.setCentralWidget(self.splitter)
        self.account = PlainLabel("account_label")
        self.state = PlainLabel("state_label")
        self.statusBar().addPermanentWidget(self.account)
        self.statusBar().addPermanentWidget(self.state)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(8, 0, 16, 2)
        self.setWindowIcon(icon())

    def _make_menu(self):
        menu = self.menuBar().addMenu("&Chat")
        self._action(menu, "add_contact", "&Add a contact…", "Ctrl+N", self.ask_contact)
        self._action(menu, "join_room", "&Join a room…", "Ctrl+J", self.ask_room)
        self._action(menu, "remove", "&Remove this contact or room…", "", self.ask_removal)
        menu.addSeparator()
        self._action(menu, "find_chat", "&Find a chat", "Ctrl+K", self.find_chat)
        self._action(menu, "search", "&Search in all messages", "Ctrl+F", self.open_search)
        menu.addSeparator()
        self._action(menu, "settings", "Se&ttings…", "Ctrl+,", self.ask_settings)
        self._action(menu, "quit", "&Quit", "Ctrl+Q", self.close)
        menu = self.menuBar().addMenu("&Help")
        self._action(menu, "keys", "&Keys", "F1", lambda: tell("Keys", KEYS, self, "keys_box"))
        self._action(menu, "about", "&About", "", lambda: tell("About", ABOUT, self, "about_box"))

    def _action(self, menu, name, words, keys, slot):
        action = QAction(words, self, objectName=f"{name}_action")
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: slot())
        menu.addAction(action)

    def _connect(self):
        left, right = self.conversations, self.pane
        left.opened.connect(self.open_chat)
        left.left.connect(right.composer.setFocus)
        left.contact_dialog_wanted.connect(self.ask_contact)
        left.room_dialog_wanted.connect(self.ask_room)
        left.removal_wanted.connect(self.ask_removal)
        left.contact_wanted.connect(self.contact_wanted)
        left.room_wanted.connect(self.room_wanted)
        right.composer.entered.connect(self._on_entered)
        right.composer.changed.connect(lambda _: self._draft.start())
        right.connection.reconnect_wanted.connect(self.reconnect_wanted)
        right.messages.top_reached.connect(self._on_top)
        right.messages.again_wanted.connect(self._on_entered)
        right.messages.at_end_changed.connect(self._on_end)
        self._draft.timeout.connect(self.save_draft)
        self._notifier.clicked.connect(self.come_to_front)

    def _connect_search(self):
        self.pane.search_opened.connect(self.open_search)
        self.pane.search.closed.connect(lambda: self.pane.show_search(False))
        self.pane.search.search_wanted.connect(self.search_wanted)
        self.pane.search.found_opened.connect(self._on_found)
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda step=step: self.conversations.step(step))
        back = QShortcut(QKeySequence("Esc"), self.pane.messages, context=Qt.WidgetShortcut)
        back.activated.connect(self.pane.composer.setFocus)

    def set_models(self, conversations, messages, found):
        """Show the data of these models."""
        self._chats, self._messages = conversations, messages
        self.conversations.set_model(conversations)
        self.pane.messages.setModel(messages)
        self.pane.search.set_model(found)
        self.pane.messages.at_end_changed.connect(messages.follow_end)
        for changed in (conversations.dataChanged, conversations.rowsInserted):
            changed.connect(self._on_chats_changed)
        for changed in (conversations.modelReset, conversations.rowsRemoved):
            changed.connect(self._on_chats_changed)
        self._on_chats_changed()

    # What the user does

    def open_chat(self, chat):
        """Open a chat; its draft and lines are shown by whoever hears the signal."""
        if self.pane.is_searching():
            self.pane.show_search(False)
        if chat != self.chat:
            self.save_draft()
            self.chat = chat
            self.pane.composer.set_text("")
            self._on_chats_changed()
            self.conversations.show_opened(chat)
            self.chat_opened.emit(chat)
        self.pane.composer.setFocus()
        self.tell_if_read()

    def _on_entered(self, text):
        self._draft.stop()
        self.message_entered.emit(self.chat, text)
        self.draft_changed.emit(self.chat, self.pane.composer.text())
        self.pane.messages.scroll_to_end()

    def save_draft(self):
        """Say what has been typed and not sent, if it has changed."""
        if self._draft.isActive() or self.sender() is self._draft:
            self._draft.stop()
            self.draft_changed.emit(self.chat, self.pane.composer.text())

    def _on_top(self):
        index = self.pane.messages.model().index(0, 0)
        if self.chat and index.isValid():
            self.older_wanted.emit(self.chat, index.data(LINE).key)

    def _on_found(self, chat, key):
        self.open_chat(chat)
        self.found_opened.emit(chat, key)

    def find_chat(self):
        """Go to the field above the list of chats."""
        self.conversations.filter.setFocus()
        self.conversations.filter.selectAll()

    def searched(self):
        """Return what is searched for."""
        return self.pane.search.field.text()

    def open_search(self):
        """Show the search."""
        self.pane.show_search(True)

    def closeEvent(self, event):
        """Keep the draft and say that we go."""
        self.save_draft()
        self.closed.emit()
        super().closeEvent(event)

    def changeEvent(self, event):
        """Note that the window has come to the front: what it shows is read now."""
        super().changeEvent(event)
        if event.type() == QEvent.ActivationChange:
            self.tell_if_read()

    def reading(self):
        """Return the chat whose newest message is before somebody's eyes, "" if there is none."""
        seen = self.isActiveWindow() and not self.pane.is_searching()
        return self.chat if seen and self.pane.messages.is_at_end() else ""

    def tell_if_read(self):
        """Say that the open chat is read, if its newest line is before somebody's eyes."""
        if self.reading():
            self.chat_read.emit(self.chat)

    def _on_end(self, at_end):
        if at_end:
            self.tell_if_read()

    # What is shown

    def show_account(self, name, server):
        """Show who we are, and where."""
        self._account = brief(name)
        self.account.setText(f"{self._account} on {brief(server)}")
        self._show_title()

    def show_draft(self, chat, text):
        """Show what was typed in a chat and not sent, unless something is there already."""
        if chat == self.chat and not self.pane.composer.text():
            self.pane.composer.set_text(text)

    def show_line(self, key):
        """Bring a line of the open chat into view, and choose it."""
        row = self.pane.messages.model().row_of(key)
        if row is not None:
            index = self.pane.messages.model().index(row, 0)
            self.pane.messages.setCurrentIndex(index)
            self.pane.messages.scrollTo(index, self.pane.messages.PositionAtCenter)

    def show_connection(self, state, seconds=0.0, reason=""):
        """Show online, connecting, waiting (with the seconds until the next attempt) or offline."""
        self.pane.connection.show_connection(state, seconds, brief(reason))
        sign = {"online": "●", "connecting": "◌"}.get(state, "○")
        self.state.setText(f"{sign} {self.pane.connection.words()}")

    def show_notice(self, text):
        """Show some words for a while."""
        self.statusBar().showMessage(brief(text), NOTICE)

    def show_unread(self, count):
        """Tell in the title how many messages have not been read."""
        self._count = count
        self._notifier.show_unread(count)
        self._show_title()

    def _show_title(self):
        count = f"({self._count}) " if self._count else ""
        self.setWindowTitle(f"{count}{self._account} — Messenger" if self._account else "Messenger")

    def notify(self, chat, sender, text):
        """Tell about a message, unless the window is in front."""
        if self._settings["notify"] and not self.isActiveWindow():
            who = sender if chat == sender else f"{sender} ({chat})"
            self._notifier.notify(who, text if self._settings["show_text"] else "A new message")

    def come_to_front(self):
        """Show the window before all others."""
        self.setWindowState(self.windowState() & ~Qt.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_settings(self, settings):
        """Follow these settings."""
        self._settings = SETTINGS | settings
        self._system = self._system or QApplication.palette()
        colours = {"dark": DARK, "light": LIGHT}.get(self._settings["theme"])
        QApplication.setPalette(palette_of(colours) if colours else self._system)
        size = self._settings["text_size"]
        QApplication.setFont(smaller(QApplication.font(), size / QApplication.font().pointSizeF()))
        self._on_chats_changed()

    def _on_chats_changed(self, *_):
        if self._chats is None:
            return
        index = self._chats.index_of(self.chat)
        self.pane.show_chat(self.chat, index if index.isValid() else None)
        self.show_unread(self._chats.unread())
