"""The administration window: widgets that show what they are given and say what is wanted.

No data, no socket, no SQL: `server_desk.py` connects it with the server.
"""

import time

import server_dialogs as dialogs
from PyQt5.QtCore import QSettings, Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QLabel, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from common.server_actions import fill_menus, in_corner, make_actions, make_filter, make_toolbar
from common.server_models import ClientsModel, HistoryModel, OnlineModel, shown
from common.server_tables import LiveTable

NOBODY = "There are no accounts yet. Register somebody, or let a client log in."


class ServerWindow(QMainWindow):
    """Menus, a toolbar, three tables, what has happened last, and how the server is."""

    wanted = pyqtSignal(str)  # start, stop, settings, refresh
    register_wanted = pyqtSignal(str)
    remove_wanted = pyqtSignal(str)
    disconnect_wanted = pyqtSignal(str)
    stop_and_close_wanted = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, memory=None):
        super().__init__(objectName="serverWindow")
        self._memory = QSettings(str(memory), QSettings.IniFormat) if memory else None
        self._running = self._busy = self._closing = False
        self._actions = make_actions(self)
        self._make_tables()
        self._make_frame()
        self._connect()
        self.show_name("")
        self._restore()
        self._enable()
        self.clients.setFocus()

    def _make_tables(self):
        self.clients = LiveTable("clientsTable", ClientsModel(self), NOBODY)
        self.online = LiveTable("onlineTable", OnlineModel(self), "Nobody is online.")
        self.history = LiveTable("historyTable", HistoryModel(self), "No messages yet.")
        self.clients.set_widths(0, (26, 11, 20, 16, 9, 9, 11, 11))
        self.online.set_widths(0, (26, 24, 21))
        self.history.set_widths(3, (21, 22, 22, 40))
        self.clients.sortByColumn(0, Qt.AscendingOrder)
        self.online.sortByColumn(0, Qt.AscendingOrder)
        self.history.sortByColumn(0, Qt.DescendingOrder)  # the newest first
        for table in (self.clients, self.online):
            table.addActions([self._actions["disconnect"], self._actions["remove"]])

    def _make_frame(self):
        fill_menus(self.menuBar(), self._actions)
        self.addToolBar(make_toolbar(self._actions))
        self.tabs = QTabWidget(objectName="tabs", documentMode=True)
        self._titles = {"&Clients": self.clients, "&Online": self.online, "H&istory": self.history}
        for title, table in self._titles.items():
            self.tabs.addTab(table, title)
        self.filter = make_filter()
        self.tabs.setCornerWidget(in_corner(self.filter))
        self._event = dialogs.plain_label("eventLine")
        self._event.setContentsMargins(10, 6, 10, 6)
        self._event.setTextInteractionFlags(Qt.TextSelectableByMouse)
        line = QFrame(frameShape=QFrame.HLine, frameShadow=QFrame.Sunken)
        middle = QWidget()
        layout = QVBoxLayout(middle, spacing=0)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.tabs, line, self._event):
            layout.addWidget(widget)
        self.setCentralWidget(middle)
        self._make_status()

    def _make_status(self):
        self._state = dialogs.plain_label("stateLabel")
        self._count = dialogs.plain_label("onlineLabel")
        self._pace = dialogs.plain_label("paceLabel")
        self.statusBar().addWidget(self._state)
        self.statusBar().addPermanentWidget(self._count)
        self.statusBar().addPermanentWidget(self._pace)
        for label in self.statusBar().findChildren(QLabel):
            label.setWordWrap(False)
            label.setContentsMargins(10, 4, 10, 4)

    def _connect(self):
        own = {"quit": self.close, "register": self._on_register, "remove": self._on_remove}
        own |= {"disconnect": self._on_disconnect, "filter": self._on_filter}
        own |= {"about": self._on_about}
        for name, action in self._actions.items():
            action.triggered.connect(own.get(name, self._on_action))
        for table in self._titles.values():
            self.filter.textChanged.connect(table.show_only)
            table.selectionModel().selectionChanged.connect(self._enable)
        self.filter.textChanged.connect(self._count_rows)
        self.filter.returnPressed.connect(self._on_filter_done)
        self.tabs.currentChanged.connect(self._enable)

    def show_name(self, name):
        """Show the name of the server in the title."""
        self.setWindowTitle(f"{shown(name)} – administration" if name else "Administration")

    def show_snapshot(self, snapshot):
        """Show how everything was a moment ago."""
        self.clients.show_rows(snapshot.clients, snapshot.online)
        self.online.show_rows(snapshot.online)
        self.history.show_rows(snapshot.history)
        self._running = snapshot.running
        self._state.setText(state_text(snapshot))
        self._count.setText(f"{len(snapshot.online)} online")
        self._pace.setText(f"{snapshot.pace:.1f} messages/s")
        self._count_rows()
        self._enable()

    def show_event(self, words):
        """Show what has just happened."""
        self._event.setText(f"{time.strftime('%H:%M:%S')}   {shown(words)}")

    def show_problem(self, text, words):
        """Say what could not be done, and why; where it was asked for, if that is still open."""
        asked = self.findChild(dialogs.RegisterDialog)
        if asked:
            asked.show_problem(words)
        else:
            dialogs.tell(self, shown(text), shown(words))

    def show_registered(self):
        """Close the question for a name: there is an account now."""
        asked = self.findChild(dialogs.RegisterDialog)
        if asked:
            asked.accept()

    def show_busy(self, busy):
        """Let nobody start or stop while the server is starting or stopping."""
        self._busy = busy
        self._enable()

    def close_now(self):
        """Close without a question."""
        self._closing = True
        self.close()

    def _enable(self, *_):
        name = self._selected()
        self._actions["start"].setEnabled(not self._running and not self._busy)
        self._actions["stop"].setEnabled(self._running and not self._busy)
        self._actions["remove"].setEnabled(name is not None)
        self._actions["disconnect"].setEnabled(name is not None and self.online.source.has(name))

    def _selected(self):
        table = self.tabs.currentWidget()
        return table.selected_name() if table in (self.clients, self.online) else None

    def _count_rows(self, *_):
        for place, (title, table) in enumerate(self._titles.items()):
            all_rows, rows = table.source.rowCount(), table.model().rowCount()
            count = all_rows if rows == all_rows else f"{rows} of {all_rows}"
            self.tabs.setTabText(place, f"{title} ({count})")

    def _on_register(self):
        dialog = dialogs.RegisterDialog(self)
        dialog.wanted.connect(self.register_wanted)
        dialog.open()

    def _on_remove(self):
        name = self._selected()
        more = "The account, its contacts and its waiting messages go. This cannot be undone."
        text = f"Remove {shown(name)}?"
        dialogs.ask(self, "removeBox", text, more, "&Remove", lambda: self.remove_wanted.emit(name))

    def _on_disconnect(self):
        self.disconnect_wanted.emit(self._selected())

    def _on_action(self):
        self.wanted.emit(self.sender().objectName().removesuffix("Action"))

    def _on_about(self):
        dialogs.tell_about(self)

    def _on_filter_done(self):
        self.tabs.currentWidget().setFocus()

    def _on_filter(self):
        self.filter.setFocus()
        self.filter.selectAll()

    def _restore(self):
        self.resize(1080, 680)
        if self._memory:
            self.restoreGeometry(self._memory.value("geometry", b""))
            for table in self._titles.values():
                table.horizontalHeader().restoreState(self._memory.value(table.objectName(), b""))

    def _remember(self):
        if self._memory:
            self._memory.setValue("geometry", self.saveGeometry())
            for table in self._titles.values():
                self._memory.setValue(table.objectName(), table.horizontalHeader().saveState())

    def closeEvent(self, event):
        """Ask before a running server is stopped; remember how the window was."""
        if self._running and not self._closing:
            event.ignore()
            self._ask_to_close()
            return
        self._remember()
        self.closed.emit()

    def _ask_to_close(self):
        more = "Everybody who is online will be disconnected."
        then = self.stop_and_close_wanted.emit
        dialogs.ask(self, "closeBox", "Stop the server and close?", more, "&Stop and close", then)


def state_text(snapshot):
    """Return in words how the server is."""
    if not snapshot.running:
        return "○ Stopped"
    if not snapshot.address:
        return "● Running"
    host, port = snapshot.address[:2]
    return f"● Running on {f'[{host}]' if ':' in host else host}, port {port}"
