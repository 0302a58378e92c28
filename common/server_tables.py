"""Taught in lesson 12.

The tables as one sees them: views that keep their place while the rows change below them.
"""

import contextlib

from PyQt5.QtCore import QPersistentModelIndex, Qt
from PyQt5.QtGui import QPainter, QPalette
from PyQt5.QtWidgets import QAbstractItemView, QHeaderView, QProxyStyle, QStyle, QTableView

from common.server_models import NAME_ROLE, TableProxy

AIR = 12  # pixels that a row is higher than its text
SIDE = 8  # pixels to the left and right of a text


class RoomyStyle(QProxyStyle):
    """The style of the platform, with some room around the text of cells and titles."""

    def pixelMetric(self, metric, option=None, widget=None):
        """Return how many pixels something has."""
        if metric in (QStyle.PM_FocusFrameHMargin, QStyle.PM_HeaderMargin):
            return SIDE
        return super().pixelMetric(metric, option, widget)


class LiveTable(QTableView):
    """A sorted, filtered view of a model that changes all the time."""

    def __init__(self, name, model, empty):
        super().__init__()
        self.setObjectName(name)
        self.source = model
        self._wide, self._least = 0, 0  # the column that grows, and its smallest width
        self._empty = empty  # what is said where there are no rows
        self.setModel(TableProxy(model, self))
        self._look_calm()
        self._behave()

    def _look_calm(self):
        style = RoomyStyle()
        style.setParent(self)
        self.setStyle(style)
        self.horizontalHeader().setStyle(style)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(self.NoFrame)
        rows, titles = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + AIR)
        titles.setHighlightSections(False)
        titles.setMinimumSectionSize(5 * self.fontMetrics().averageCharWidth())

    def _behave(self):
        self.setSelectionBehavior(QAbstractItemView.SelectRows)
        self.setSelectionMode(QAbstractItemView.SingleSelection)
        self.setEditTriggers(QAbstractItemView.NoEditTriggers)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setContextMenuPolicy(Qt.ActionsContextMenu)
        self.setSortingEnabled(True)

    def set_widths(self, wide, letters):
        """Give each column room for so many letters; one takes what is left over."""
        titles, letter = self.horizontalHeader(), self.fontMetrics().averageCharWidth()
        for section, count in enumerate(letters):
            titles.resizeSection(section, count * letter + 2 * AIR)
        self._wide, self._least = wide, titles.sectionSize(wide)

    def resizeEvent(self, event):
        """Let the wide column take what is left over, but never less than it needs."""
        super().resizeEvent(event)
        titles = self.horizontalHeader()
        others = titles.length() - titles.sectionSize(self._wide)
        titles.resizeSection(self._wide, max(self._least, self.viewport().width() - others))

    def show_rows(self, *rows):
        """Show these rows, and let what was at the top stay at the top."""
        with self._same_choice(), self._same_place():
            self.source.update(*rows)

    def show_only(self, words):
        """Show only the rows that hold a text."""
        with self._same_choice():
            self.model().show_only(words)

    def selected_name(self):
        """Return the name of the account in the selected row, None if there is none."""
        selected = self.selectionModel().selectedRows()
        return selected[0].data(NAME_ROLE) if selected else None

    @contextlib.contextmanager
    def _same_choice(self):
        chosen = self.selected_name()
        yield
        if self.selected_name() != chosen:  # Qt goes on to the next row: somebody else
            self.clearSelection()

    @contextlib.contextmanager
    def _same_place(self):
        bar = self.verticalScrollBar()  # it counts rows
        top = QPersistentModelIndex(self.model().index(bar.value(), 0))
        scrolled = bar.value() > 0  # who is at the very top wants to see what comes there
        yield
        if scrolled and top.isValid():
            self.executeDelayedItemsLayout()
            self.updateGeometries()
            bar.setValue(top.row())

    def paintEvent(self, event):
        """Draw the rows, or say why there are none."""
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.Disabled, QPalette.Text))
            words = "Nothing here matches the filter." if self.source.rowCount() else self._empty
            painter.drawText(self.viewport().rect(), Qt.AlignCenter | Qt.TextWordWrap, words)
