"""The client's windows and how they are connected: login, window, models, transport."""

from dataclasses import asdict, replace
from functools import partial

from client_questions import SETTINGS
from client_settings import default_path, load, save
from client_window import ClientWindow
from conversation_desk import ConversationDesk
from login_window import LoginWindow
from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QApplication
from transport import WAITS, Transport
from window_session import open_session

from common.client_storage import file_for

TURN = 200  # milliseconds between two looks at Ctrl+C: Qt's loop hears nothing of it


def make_application(arguments=("client",)):
    """Return the application; it ends when the desk says so, not with its last window."""
    application = QApplication.instance() or QApplication(list(arguments))
    application.setApplicationName("Messenger")
    application.setStyle("fusion")
    application.setQuitOnLastWindowClosed(False)
    return application


def give_turns_to(application):
    """Let Python look at signals like Ctrl+C now and then."""
    timer = QTimer(application, interval=TURN)
    timer.timeout.connect(lambda: None)
    timer.start()


class Desk(QObject):
    """One user at the windows: first the dialog, then the window, and its transport."""

    finished = pyqtSignal()

    def __init__(self, path=None, folder=None, waits=WAITS, parent=None):
        super().__init__(parent)
        self.path, self.folder, self.waits = path or default_path(), folder, waits
        self.settings = load(self.path)
        self.login, self.window = LoginWindow(), ClientWindow()
        self.talk = self.transport = self.account = None
        self.closing = False
        self.window.show_settings({name: asdict(self.settings)[name] for name in SETTINGS})
        self._connect()

    def _connect(self):
        self.login.login_wanted.connect(self.log_in)
        self.login.cancelled.connect(self.cancel)
        self.login.rejected.connect(self.finished)
        self.window.closed.connect(self.close)
        self.window.reconnect_wanted.connect(self.reconnect)
        self.window.settings_changed.connect(lambda values: self.remember(**values))

    def open(self, address=None, port=None, name=None):
        """Show the dialog, with what is known; who has said everything is logged in at once."""
        old = self.settings
        self.login.show_values(address or old.address, port or old.port, name or old.name)
        self.login.show()
        if address and name:
            self.login.accept_values()

    # Coming and going

    def log_in(self, *account):
        """Try to get in; the transport says how that went."""
        self.account = account  # address, port, name
        self._start()

    def _start(self):
        address, port, name = self.account
        path = file_for(name, address, port, self.folder)
        transport = Transport(partial(open_session, path, name), (address, port), self.waits, self)
        self.transport = transport
        transport.connection_changed.connect(partial(self.on_connection, transport))
        transport.ended.connect(partial(self.on_ended, transport))
        transport.happened.connect(self.on_happened)
        transport.start()

    def cancel(self):
        """Give up an attempt; whatever it says afterwards is not heard."""
        transport, self.transport = self.transport, None
        transport.leave()

    def on_connection(self, transport, state, seconds, words):
        """Show how it stands with the connection; the first time, open the window."""
        if transport is not self.transport:
            return
        if state == "online" and not self.talk:
            self._enter()
        if state == "online" and words:
            self.window.show_notice(words)
        if self.talk:
            self.window.show_connection(state, seconds, words if state == "waiting" else "")
            if state != "online":
                self.talk.chats.set_online(())

    def _enter(self):
        address, port, name = self.account
        self.remember(address=address, port=port, name=name)
        self.talk = ConversationDesk(self.window, lambda *wish: self.transport.post(*wish), name)
        self.window.show_account(name, f"{address}, port {port}")
        self.window.show()
        self.login.hide()

    def on_happened(self, events):
        """Hand on what has happened; before we are let in, nothing has that matters."""
        if self.talk and not self.closing:
            self.talk.on_happened(events)

    def on_ended(self, transport, words):
        """Tell why there is no connection and will be none, or end, if that was wished."""
        transport.join()
        transport.deleteLater()
        if transport is not self.transport:
            return
        if self.closing:
            self.finished.emit()
        elif self.talk:
            self.window.show_connection("offline", 0, words)
        else:
            self.login.show_error(words)

    def reconnect(self):
        """Try again at once; if the thread has ended, with a new one."""
        if self.transport.is_running():
            self.transport.hurry()
        else:
            self._start()

    def close(self):
        """Go when the last answers have come, without a window meanwhile."""
        self.closing = True
        if self.transport and self.transport.is_running():
            self.transport.leave()
        else:
            self.finished.emit()

    def remember(self, **values):
        """Keep some settings for the next start."""
        self.settings = replace(self.settings, **values)
        try:
            save(self.settings, self.path)
        except OSError as error:
            self.window.show_notice(f"the settings could not be saved: {error.strerror}")
