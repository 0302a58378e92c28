"""Telling the user about new messages while the window is not in front."""

from appearance import icon
from plain_text import for_desktop
from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QApplication, QSystemTrayIcon

PAUSE = 3000  # milliseconds between two notifications: nobody reads more


class Notifier(QObject):
    """A message at the tray if the desktop has one, else a sign at the task bar."""

    clicked = pyqtSignal()

    def __init__(self, window):
        super().__init__(window)
        self._window = window
        self._dot = False
        self._resting = QTimer(self, interval=PAUSE, singleShot=True)
        self.tray = self._tray() if QSystemTrayIcon.isSystemTrayAvailable() else None

    def _tray(self):
        tray = QSystemTrayIcon(icon(), self)
        tray.activated.connect(self.clicked)
        tray.messageClicked.connect(self.clicked)
        tray.show()
        return tray

    def show_unread(self, count):
        """Put a dot on the icons if something has not been read."""
        if self._dot != (count > 0):
            self._dot = count > 0
            self._window.setWindowIcon(icon(self._dot))
            if self.tray:
                self.tray.setIcon(icon(self._dot))

    def notify(self, title, text):
        """Tell about a message, unless we have just told about another."""
        if self._resting.isActive():
            return
        self._resting.start()
        if self.tray and self.tray.supportsMessages():
            self.tray.showMessage(for_desktop(title), for_desktop(text), icon())
        else:
            QApplication.alert(self._window)
