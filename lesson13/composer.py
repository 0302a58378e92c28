"""Where a message is typed."""

from appearance import muted
from labels import PlainLabel
from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QTextOption
from PyQt5.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

LONGEST = 500  # characters of a message
NEAR = 50  # so many characters before the end the counter appears
PASTED = 4000  # characters that can be pasted at once: a million would freeze the field
MOST_ROWS = 7


class Field(QPlainTextEdit):
    """A field of several rows that grows with its text; Enter sends."""

    entered = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("message_input")
        self.setAccessibleName("Message")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(6)
        self.textChanged.connect(self.fit)
        self.fit()

    def keyPressEvent(self, event):  # noqa: N802 (Qt's name, like the others below)
        """Send with Enter, break the line with Shift+Enter."""
        enter = event.key() in (Qt.Key_Return, Qt.Key_Enter)
        if enter and not event.modifiers() & (Qt.ShiftModifier | Qt.AltModifier):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source):  # noqa: N802
        """Paste text only, and not without end."""
        self.insertPlainText(source.text()[:PASTED])

    def resizeEvent(self, event):
        """Fit the height when the width has changed."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit()

    def changeEvent(self, event):
        """Fit the height when the font has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.FontChange:
            self.fit()

    def fit(self):
        """Be as high as the text, up to some rows."""
        rows = min(max(int(self.document().size().height()), 1), MOST_ROWS)
        frame = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        self.setFixedHeight(rows * self.fontMetrics().lineSpacing() + frame + 4)


class Composer(QWidget):
    """The field, the button, and a counter when the end is near."""

    entered = pyqtSignal(str)
    changed = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.field = Field()
        self.counter = PlainLabel("message_counter", muted)
        self.counter.setAlignment(Qt.AlignRight)
        self.button = QPushButton("&Send", objectName="send_button")
        self.button.setToolTip("Enter sends, Shift+Enter begins a new line")
        self.button.setAutoDefault(False)
        self.button.setMinimumWidth(64)
        self.button.clicked.connect(self.send)
        self.field.entered.connect(self.send)
        self.field.textChanged.connect(self._on_changed)
        self._arrange()
        self._on_changed()

    def _arrange(self):
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 12)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        side = QVBoxLayout()
        side.setSpacing(2)
        side.addStretch()
        side.addWidget(self.counter)
        side.addWidget(self.button)
        row.addLayout(side)
        self.setFocusProxy(self.field)

    def text(self):
        """Return what has been typed."""
        return self.field.toPlainText()

    def set_text(self, text):
        """Show a draft, with the cursor at its end."""
        self.field.blockSignals(True)
        self.field.setPlainText(text[:PASTED])
        self.field.moveCursor(self.field.textCursor().End)
        self.field.blockSignals(False)
        self.field.fit()
        self._show_counter()

    def send(self):
        """Say what has been typed, if it is something and not too long."""
        text = self.text().strip()
        if text and len(text) <= LONGEST and self.isEnabled():
            self.set_text("")
            self.entered.emit(text)

    def _on_changed(self):
        self._show_counter()
        self.changed.emit(self.text())

    def _show_counter(self):
        text = self.text().strip()
        left = LONGEST - len(text)
        self.counter.setText(f"{left} left" if left >= 0 else f"{-left} too many")
        self.counter.setVisible(left <= NEAR)
        self.button.setEnabled(bool(text) and left >= 0)
