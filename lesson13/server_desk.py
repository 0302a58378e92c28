"""Connects the windows with the server: settings first, then the tables, read again and again."""

import dataclasses
from pathlib import Path

from PyQt5.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtWidgets import QApplication
from server_window import ServerWindow
from settings import Settings, SettingsError, default_path, load, save
from settings_window import SettingsWindow

from common.control_thread import ControlThread

TURNS = 200  # milliseconds until Ctrl+C is heard
INTERVAL = 1500  # milliseconds from one look at the server to the next
SHARE = 10  # looking takes no more than this part of the time, however slow the database is
SAID = {
    "start": "The server has started.",
    "stop": "The server has stopped.",
    "register": "{} is registered.",
    "remove": "{} is removed.",
    "disconnect": "{} is disconnected.",
}
FAILED = {
    "start": "The server cannot start",
    "stop": "The server cannot stop",
    "register": "{} cannot be registered",
    "remove": "{} cannot be removed",
    "disconnect": "{} cannot be disconnected",
    "look": "The tables cannot be read",
}


def make_application(arguments=()):
    """Return the application that every program with windows has one of, sharp on any screen."""
    QApplication.setAttribute(Qt.AA_EnableHighDpiScaling)
    QApplication.setAttribute(Qt.AA_UseHighDpiPixmaps)
    return QApplication(list(arguments))


def give_turns_to(application):
    """Let Python have a turn now and then: while Qt waits, nobody would hear Ctrl+C."""
    ticks = QTimer(application)
    ticks.timeout.connect(lambda: None)
    ticks.start(TURNS)


class Desk(QObject):
    """The administrator's desk: both windows, a thread that asks the server, and a timer."""

    finished = pyqtSignal()

    def __init__(self, control, path=None, interval=INTERVAL):
        super().__init__()
        self._path = Path(path or default_path())
        self.settings = Settings()
        self.form = None
        self.window = ServerWindow(self._path.with_name("window.ini"))
        self._thread = ControlThread(control)
        self._interval = interval
        self._timer = QTimer(self, singleShot=True)
        self._clock = QElapsedTimer()
        self._looking = self._again = self._closing = False
        self._trouble = None  # what went wrong at the last look: said once, not every second
        self._connect()

    def _connect(self):
        self._timer.timeout.connect(self.refresh_table)
        self._thread.done.connect(self._on_done)
        self._thread.failed.connect(self._on_failed)
        window = self.window
        window.wanted.connect(self._on_wanted)
        window.register_wanted.connect(self.register)
        window.remove_wanted.connect(self.remove)
        window.disconnect_wanted.connect(self.disconnect_user)
        window.stop_and_close_wanted.connect(self._on_stop_and_close)
        window.closed.connect(self._on_closed)

    def open(self, **changes):
        """Open the settings window; what the command line says goes before the file."""
        notice = None
        try:
            self.settings = load(self._path)
        except SettingsError as error:
            notice = f"{error}. These are the default values; starting writes the file anew."
        self.settings = dataclasses.replace(self.settings, **changes)
        self._open_form("&Start", notice, self._on_first_settings)
        self.form.rejected.connect(self._on_closed)

    def _open_form(self, button, notice, then):
        parent = self.window if self.window.isVisible() else None
        self.form = SettingsWindow(self.settings, parent, button)
        if notice:
            self.form.show_notice(notice)
        self.form.save_wanted.connect(then)
        self.form.open()

    def save_config(self, settings):
        """Save settings to their file; return whether that went well."""
        try:
            save(settings, self._path)
        except SettingsError as error:
            self.form.show_notice(str(error))
            return False
        self.settings = settings
        self.window.show_name(settings.server_name)
        return True

    def refresh_table(self):
        """Have the tables read; what is being read already may be old, then once more."""
        self._again = self._looking
        if not self._looking:
            self._looking = True
            self._clock.start()
            self._thread.ask("look")

    def start(self):
        """Have the server started."""
        self.window.show_busy(True)
        self.window.show_event("The server is starting.")
        self._thread.ask("start", self.settings)

    def stop(self):
        """Have the server stopped."""
        self.window.show_busy(True)
        self.window.show_event("The server is stopping.")
        self._thread.ask("stop")

    def register(self, name):
        """Have an account made."""
        self._thread.ask("register", name)

    def remove(self, name):
        """Have an account removed."""
        self._thread.ask("remove", name)

    def disconnect_user(self, name):
        """Have somebody's connection ended; plain `disconnect` is a method of every QObject."""
        self._thread.ask("disconnect", name)

    def finish(self):
        """Ask no more; what was asked is done when this returns, or some seconds have passed."""
        self._timer.stop()
        self._thread.finish()

    def _on_wanted(self, deed):
        deeds = {"start": self.start, "stop": self.stop, "refresh": self.refresh_table}
        deeds.get(deed, self._on_settings)()

    def _on_first_settings(self, settings):
        if self.save_config(settings):
            self.window.show()  # first this, then that: no window at all would end the program
            self.form.accept()
            self.start()
            self.refresh_table()

    def _on_settings(self):
        self._open_form("&Save", None, self._on_new_settings)

    def _on_new_settings(self, settings):
        if self.save_config(settings):
            self.form.accept()
            self.window.show_event("The settings are saved. They hold from the next start on.")

    def _on_done(self, verb, arguments, result):
        if verb == "look":
            self._trouble = None
            self.window.show_snapshot(result)
            self._look_later()
            return
        if verb == "register":
            self.window.show_registered()
        self.window.show_event(SAID[verb].format(*arguments))
        self._after(verb)

    def _on_failed(self, verb, arguments, words):
        text = FAILED[verb].format(*arguments)
        if verb != "look":
            self.window.show_event(f"{text}: {words}")
            self.window.show_problem(f"{text}.", words)
            self._after(verb)
            return
        if words != self._trouble:
            self.window.show_event(f"{text}: {words}")
        self._trouble = words
        self._look_later()

    def _after(self, verb):
        if verb in ("start", "stop"):
            self.window.show_busy(False)
        if verb == "stop" and self._closing:
            self.window.close_now()
        else:
            self.refresh_table()

    def _look_later(self):
        self._looking = False
        pause = max(self._interval, SHARE * self._clock.elapsed())
        self._timer.start(0 if self._again else pause)

    def _on_stop_and_close(self):
        self._closing = True
        self.stop()

    def _on_closed(self):
        self.finish()
        self.finished.emit()
