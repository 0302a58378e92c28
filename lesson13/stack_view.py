"""A view of rows of different heights: it measures what comes and paints what is seen."""

from bisect import bisect_right
from itertools import accumulate

from PyQt5.QtCore import QItemSelection, QModelIndex, QPoint, QRect, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QPalette, QRegion
from PyQt5.QtWidgets import QAbstractItemView, QToolButton

FOOT = 12  # below the last row


class StackView(QAbstractItemView):
    """Rows below each other; it stays at the end if it was there, else where it was."""

    top_reached = pyqtSignal()
    at_end_changed = pyqtSignal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._heights, self._tops, self._measured_for = [], [0], None
        self._at_end, self._asked, self._unseen = True, False, 0
        self.setSelectionMode(QAbstractItemView.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractItemView.NoFrame)
        self.viewport().setBackgroundRole(QPalette.Base)
        self.placeholder = ""  # what stands in the middle when there is no row
        self.to_end = QToolButton(self, objectName="messages_to_end", focusPolicy=Qt.NoFocus)
        self.to_end.clicked.connect(self.scroll_to_end)
        self.to_end.hide()
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # What a subclass knows

    def height_of(self, row):
        """Return the height of a row."""
        raise NotImplementedError

    def paint_row(self, painter, row, top, chosen):
        """Paint a row."""
        raise NotImplementedError

    def breadth(self):
        """Return the width on which the heights depend."""
        return self.viewport().width()

    def forget(self, row):
        """Note that a row has changed."""

    def forget_all(self):
        """Note that all rows must be measured anew."""

    # Measures

    def _measure(self, begin, end):
        return [self.height_of(row) for row in range(begin, end)]

    def _measure_all(self):
        self.forget_all()
        self._measured_for = self.breadth()
        count = self.model().rowCount() if self.model() else 0
        self._heights = self._measure(0, count)
        self._heights_changed()

    def _heights_changed(self):
        self._tops = list(accumulate(self._heights, initial=0))
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self):  # noqa: N802 (Qt's name, like the others below)
        """Tell the scroll bar how much there is."""
        super().updateGeometries()
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(room)
        bar.setSingleStep(self.fontMetrics().height() * 2)
        bar.setRange(0, max(0, self._tops[-1] + FOOT - room))

    def verticalOffset(self):  # noqa: N802
        """Return how far the view is scrolled; few rows stand at the bottom."""
        missing = self.viewport().height() - FOOT - self._tops[-1]
        return -max(missing, 0) or self.verticalScrollBar().value()

    def horizontalOffset(self):  # noqa: N802
        """Return 0: it is never scrolled sideways."""
        return 0

    def visualRect(self, index):  # noqa: N802
        """Return where a row is."""
        row = index.row()
        if not 0 <= row < len(self._heights):
            return QRect()
        top = self._tops[row] - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._heights[row])

    def indexAt(self, point):  # noqa: N802
        """Return the row at a point."""
        row = bisect_right(self._tops, point.y() + self.verticalOffset()) - 1
        return self.model().index(row, 0) if 0 <= row < len(self._heights) else QModelIndex()

    def isIndexHidden(self, index):  # noqa: N802
        """Return False: all are there."""
        return False

    # Scrolling

    def scrollTo(self, index, hint=QAbstractItemView.EnsureVisible):  # noqa: N802
        """Bring a row into view."""
        box, bar, room = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        if hint == QAbstractItemView.PositionAtCenter:
            bar.setValue(bar.value() + box.center().y() - room // 2)
        elif box.top() < 0 or box.height() > room:
            bar.setValue(bar.value() + box.top())
        elif box.bottom() > room:
            bar.setValue(bar.value() + box.bottom() - room + FOOT)

    def scroll_to_end(self):
        """Show the last row."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def is_at_end(self):
        """Tell whether the last row is seen."""
        return self._at_end

    def scrollContentsBy(self, x, y):  # noqa: N802
        """Paint anew: most of the view has moved."""
        self.viewport().update()

    def _on_scrolled(self):
        bar = self.verticalScrollBar()
        self._set_at_end(bar.value() >= bar.maximum() - 2)
        if bar.value() < self.viewport().height() and self._heights and not self._asked:
            self._asked = True
            self.top_reached.emit()

    def _set_at_end(self, at_end):
        changed, self._at_end = at_end != self._at_end, at_end
        self._unseen = 0 if at_end else self._unseen
        self._show_end_button()
        if changed:
            self.at_end_changed.emit(at_end)

    def _show_end_button(self):
        self.to_end.setText(f"↓ {self._unseen} new" if self._unseen else "↓")
        self.to_end.adjustSize()
        size = self.to_end.size()
        corner = self.viewport().geometry().bottomRight() - QPoint(size.width(), size.height())
        self.to_end.move(corner - QPoint(14, 10))
        self.to_end.setVisible(not self._at_end)

    # What the model says

    def setModel(self, model):  # noqa: N802
        """Show another model."""
        super().setModel(model)
        model.rowsRemoved.connect(self._on_removed)
        self.reset()

    def reset(self):
        """Show other rows, from their end."""
        super().reset()
        self._asked, self._unseen = False, 0
        self._measure_all()
        self.scroll_to_end()
        self._on_scrolled()

    def rowsInserted(self, parent, start, end):  # noqa: N802
        """Measure what has come, and stay where we are."""
        at_end, above = self._at_end, start < len(self._heights)
        self._heights[start:start] = self._measure(start, end + 1)
        self._unseen += 0 if at_end or above else end + 1 - start
        self._keep_place(at_end, above)
        self._asked = self._asked and not above
        super().rowsInserted(parent, start, end)

    def _on_removed(self, parent, start, end):
        at_end = self._at_end
        del self._heights[start : end + 1]
        self._keep_place(at_end, start == 0)
        self._asked = self._asked and start > 0

    def _keep_place(self, at_end, from_end):
        bar = self.verticalScrollBar()
        below = bar.maximum() - bar.value()
        bar.blockSignals(True)
        self._heights_changed()
        if at_end or from_end:
            bar.setValue(bar.maximum() - (0 if at_end else below))
        bar.blockSignals(False)
        self._set_at_end(bar.value() >= bar.maximum() - 2)

    def dataChanged(self, first, last, roles=()):  # noqa: N802
        """Measure again what has changed."""
        super().dataChanged(first, last, roles)
        at_end = self._at_end
        for row in range(first.row(), last.row() + 1):
            self.forget(row)
        fresh = self._measure(first.row(), last.row() + 1)
        if fresh != self._heights[first.row() : last.row() + 1]:
            self._heights[first.row() : last.row() + 1] = fresh
            self._keep_place(at_end, True)
        self.viewport().update()

    def resizeEvent(self, event):
        """Measure everything anew if need be; stay at the end or at the row."""
        at_end, first = self._at_end, self.indexAt(QPoint(5, 5))
        if self.breadth() != self._measured_for:
            self._measure_all()
        else:
            self.forget_all()  # other places, but the same heights
        super().resizeEvent(event)
        self.updateGeometries()
        if at_end:
            self.scroll_to_end()
        elif first.isValid():
            self.verticalScrollBar().setValue(self._tops[first.row()])
        self._on_scrolled()

    # Painting

    def paintEvent(self, event):
        """Paint the rows that are seen."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.Antialiasing)
        if not self._heights:
            painter.setPen(self.palette().color(QPalette.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignCenter, self.placeholder)
            return
        offset = self.verticalOffset()
        first = max(bisect_right(self._tops, event.rect().top() + offset) - 1, 0)
        for row in range(first, len(self._heights)):
            if self._tops[row] - offset > event.rect().bottom():
                break
            chosen = self.selectionModel().isSelected(self.model().index(row, 0))
            self.paint_row(painter, row, self._tops[row] - offset, chosen)

    # Choosing

    def moveCursor(self, action, modifiers):  # noqa: N802
        """Return the row to which a key leads."""
        row, last = self.currentIndex().row(), len(self._heights) - 1
        far = max(self.viewport().height() // (self.fontMetrics().height() * 4), 1)
        steps = {self.MoveUp: -1, self.MoveDown: 1, self.MovePageUp: -far, self.MovePageDown: far}
        steps |= {self.MoveHome: -len(self._heights), self.MoveEnd: len(self._heights)}
        row = last if row < 0 else row + steps.get(action, 0)
        return self.model().index(min(max(row, 0), last), 0)

    def setSelection(self, box, command):  # noqa: N802
        """Choose all rows that a rectangle touches."""
        box = box.normalized().translated(0, self.verticalOffset())
        first = bisect_right(self._tops, box.top()) - 1
        last = min(bisect_right(self._tops, box.bottom()) - 1, len(self._heights) - 1)
        chosen = QItemSelection()
        if self._heights and first <= last:
            chosen.select(self.model().index(max(first, 0), 0), self.model().index(last, 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection):  # noqa: N802
        """Return where the chosen rows are."""
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region
