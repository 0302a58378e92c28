"""The view of the open chat: bubbles below each other, and what can be done with them."""

from bubbles import Bubble, Fonts, text_width
from line_models import LINE
from plain_text import clock, shown
from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QApplication, QMenu
from stack_view import StackView

NO_CAP = 10**9
REMEMBERED = 300  # layouts kept for painting again


class MessageView(StackView):
    """The messages of the open chat."""

    again_wanted = pyqtSignal(str)  # the text of a refused message

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setObjectName("messages")
        self.setAccessibleName("Messages")
        self._fonts = Fonts(self.font())
        self._bubbles = {}  # key -> Bubble

    def height_of(self, row):
        """Return the height of a message with all that stands above it."""
        return self._bubble(row).height

    def breadth(self):
        """Return the width of the texts, which in a wide window is always the same."""
        return text_width(self.viewport().width(), self._fonts)

    def paint_row(self, painter, row, top, chosen):
        """Paint a message."""
        self._bubble(row).paint(painter, top, self.palette(), chosen)

    def forget(self, row):
        """Lay a message out anew when it is needed."""
        self._bubbles.pop(self._line(row).key, None)

    def forget_all(self):
        """Lay all messages out anew."""
        self._bubbles.clear()

    def _line(self, row):
        return self.model().index(row, 0).data(LINE)

    def _bubble(self, row):
        key = self._line(row).key
        if key not in self._bubbles:
            if len(self._bubbles) > REMEMBERED:
                self._bubbles.clear()
            index = self.model().index(row, 0)
            self._bubbles[key] = Bubble(index, self.viewport().width(), self._fonts)
        return self._bubbles[key]

    def changeEvent(self, event):
        """Follow another font."""
        super().changeEvent(event)
        if event.type() == event.FontChange:
            self._fonts = Fonts(self.font())
            self._measure_all()

    # Copying

    def keyPressEvent(self, event):  # noqa: N802
        """Copy what is chosen with Ctrl+C."""
        if event.matches(QKeySequence.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def chosen_lines(self):
        """Return the chosen lines from the top down."""
        return [i.data(LINE) for i in sorted(self.selectedIndexes(), key=lambda i: i.row())]

    def copy(self):
        """Put the chosen messages on the clipboard, control characters as escapes."""
        lines = self.chosen_lines()
        texts = [shown(line.text, NO_CAP) for line in lines]
        if len(lines) > 1:
            pairs = zip(lines, texts, strict=True)
            texts = [f"[{clock(at.moment)}] {shown(at.sender)}: {text}" for at, text in pairs]
        if texts:
            QApplication.clipboard().setText("\n".join(texts))

    def contextMenuEvent(self, event):  # noqa: N802
        """Offer what can be done with the chosen messages."""
        if lines := self.chosen_lines():
            self.menu_for(lines).popup(event.globalPos())

    def menu_for(self, lines):
        """Return the menu for some lines."""
        menu = QMenu(self, objectName="message_menu")
        menu.setAttribute(Qt.WA_DeleteOnClose)
        menu.addAction("&Copy", self.copy).setObjectName("copy")
        if [line.state for line in lines] == ["refused"]:
            text = lines[0].text
            menu.addAction("&Send again", lambda: self.again_wanted.emit(text))
        return menu
