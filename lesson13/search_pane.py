"""The search in the history."""

from appearance import muted, smaller
from client_models import CHAT, LINE, WHEN
from labels import PlainLabel
from plain_text import brief
from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

PAUSE = 250  # milliseconds without a key before we search
LONGEST = 100


class FoundDelegate(QStyledItemDelegate):
    """A found line: where and when it was said, by whom, and its text below."""

    def sizeHint(self, option, index):  # noqa: N802 (Qt's name)
        """Return the same size for all."""
        return QSize(200, option.fontMetrics.height() * 2 + 18)

    def paint(self, painter, option, index):
        """Paint plain text only."""
        style = option.widget.style()
        whole = QStyleOptionViewItem(option)
        style.drawPrimitive(QStyle.PE_PanelItemViewItem, whole, painter, option.widget)
        chosen = option.state & QStyle.State_Selected
        role = QPalette.HighlightedText if chosen else QPalette.Text
        box = option.rect.adjusted(16, 7, -16, -7)
        painter.save()
        painter.setPen(option.palette.color(role) if chosen else muted(option.palette))
        painter.setFont(smaller(option.font, 0.88))
        self._paint_head(painter, box, index)
        painter.setPen(option.palette.color(role))
        painter.setFont(option.font)
        text = painter.fontMetrics().elidedText(index.data(), Qt.ElideRight, box.width())
        painter.drawText(box, Qt.AlignBottom | Qt.TextSingleLine, text)
        painter.restore()

    def _paint_head(self, painter, box, index):
        line = index.data(LINE)
        who = "You" if line.own else brief(line.sender)
        head = who if index.data(CHAT) == line.sender else f"{who} — {brief(line.chat)}"
        when = index.data(WHEN)
        room = box.width() - painter.fontMetrics().horizontalAdvance(when) - 12
        head = painter.fontMetrics().elidedText(head, Qt.ElideRight, room)
        painter.drawText(box, Qt.AlignTop | Qt.TextSingleLine, head)
        painter.drawText(box, Qt.AlignTop | Qt.AlignRight | Qt.TextSingleLine, when)


class SearchPane(QWidget):
    """A field, and below it what was found."""

    search_wanted = pyqtSignal(str)
    found_opened = pyqtSignal(str, int)
    closed = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.field = QLineEdit(objectName="search_field", maxLength=LONGEST)
        self.field.setPlaceholderText("Search in all messages")
        self.field.setAccessibleName("Search in all messages")
        self.field.setClearButtonEnabled(True)
        self.results = QListView(objectName="search_results", uniformItemSizes=True)
        self.results.setFrameShape(QListView.NoFrame)
        self.results.setItemDelegate(FoundDelegate(self.results))
        self.note = PlainLabel("search_note", muted)
        self.close_button = QPushButton("&Close", objectName="search_close")
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._arrange()
        self._connect()

    def _arrange(self):
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        self.note.setContentsMargins(16, 0, 16, 8)
        column.addWidget(self.note)
        column.addWidget(self.results, 1)

    def _connect(self):
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._on_enter)
        self._pause.timeout.connect(self.search)
        self.close_button.clicked.connect(self.closed)
        self.results.activated.connect(self._open)
        self.results.clicked.connect(self._open)

    def set_model(self, model):
        """Show what a model has found."""
        self.results.setModel(model)
        model.modelReset.connect(self._on_found)

    def begin(self):
        """Be ready for typing."""
        self.field.setFocus()
        self.field.selectAll()

    def search(self):
        """Say what is searched for."""
        self._pause.stop()
        self.search_wanted.emit(self.field.text())

    def _on_enter(self):
        self.search()
        if self.results.model() and self.results.model().rowCount():
            self.results.setFocus()
            self.results.setCurrentIndex(self.results.model().index(0, 0))

    def _on_found(self):
        count = self.results.model().rowCount()
        typed = bool(self.field.text().strip())
        self.note.setText(f"{count or 'Nothing'} found" if typed else "")

    def _open(self, index):
        line = index.data(LINE)
        self.found_opened.emit(line.chat, line.key)

    def keyPressEvent(self, event):  # noqa: N802 (Qt's name)
        """Close with Escape."""
        if event.key() == Qt.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
