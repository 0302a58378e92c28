"""Labels that show plain text only, and fine lines between parts of a window."""

from appearance import mix
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QPainter, QPalette
from PyQt5.QtWidgets import QApplication, QLabel, QWidget


class PlainLabel(QLabel):
    """A label that never takes a text for HTML; its tone is a colour made from the palette."""

    def __init__(self, name, tone=None, **rest):
        super().__init__(objectName=name, textFormat=Qt.PlainText, **rest)
        self._tone = tone
        self._colour()

    def changeEvent(self, event):
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.PaletteChange, QEvent.ApplicationPaletteChange):
            self._colour()

    def _colour(self):
        if self._tone:
            palette = QPalette()  # only one colour is set: the others stay the application's
            palette.setColor(QPalette.WindowText, self._tone(QApplication.palette()))
            if palette.color(QPalette.WindowText) != self.palette().color(QPalette.WindowText):
                self.setPalette(palette)


class Rule(QWidget):
    """A fine line across."""

    def __init__(self):
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event):
        """Paint it a little darker, or lighter, than the window."""
        palette = self.palette()
        colour = mix(palette.color(QPalette.Window), palette.color(QPalette.WindowText), 0.16)
        QPainter(self).fillRect(self.rect(), colour)
