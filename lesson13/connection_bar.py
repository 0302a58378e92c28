"""The bar that tells how it stands with the connection."""

from math import ceil

from labels import PlainLabel
from PyQt5.QtCore import QTimer, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QPushButton

WORDS = {
    "online": "Connected",
    "connecting": "Connecting…",
    "waiting": "No connection",
    "offline": "Not connected",
}
KEPT = "What you write is kept and sent later."


class ConnectionBar(QFrame):
    """Seen only while there is no connection; it counts down to the next attempt."""

    reconnect_wanted = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("connection_bar")
        self.setFrameShape(QFrame.StyledPanel)
        self.setAutoFillBackground(True)
        self.label = PlainLabel("connection_label", wordWrap=True)
        self.button = QPushButton("&Try now", objectName="reconnect_button")
        self.button.clicked.connect(self.reconnect_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        self._left = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._on_second)
        self.show_connection("offline")

    def show_connection(self, state, seconds=0.0, reason=""):
        """Show a state; while waiting, count down the seconds to the next attempt."""
        self.state, self._left, self._reason = state, ceil(seconds), reason
        if state == "waiting" and self._left > 0:
            self._second.start()
        else:
            self._second.stop()
        self.setVisible(state != "online")
        self.button.setVisible(state in ("waiting", "offline"))
        self._show_words()

    def words(self):
        """Return the state as words."""
        return WORDS[self.state]

    def _on_second(self):
        self._left = max(self._left - 1, 0)
        if not self._left:
            self._second.stop()
        self._show_words()

    def _show_words(self):
        words = f"{self.words()} ({self._reason})" if self._reason else self.words()
        if self.state == "waiting":
            words += f"; next attempt in {self._left} s" if self._left else "; trying again now"
        self.label.setText(f"⚠ {words}. {KEPT}" if self.state != "connecting" else words)
