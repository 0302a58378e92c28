"""Taught in lesson 12.

Icons drawn with lines, in the colours of the palette: sharp at every size, light or dark.
"""

from PyQt5.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PyQt5.QtGui import (
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)

GRID = 24  # the drawings below are made on a square of this size


def icon(name):
    """Return the icon of that name."""
    return QIcon(DrawnIcon(DRAWINGS[name]))


class DrawnIcon(QIconEngine):
    """An icon that is drawn anew whenever it is shown: so it follows the palette."""

    def __init__(self, draw):
        super().__init__()
        self._draw = draw

    def paint(self, painter, rect, mode, state):
        """Draw the icon into a rectangle."""
        group = QPalette.Disabled if mode == QIcon.Disabled else QPalette.Active
        colour = QGuiApplication.palette().color(group, QPalette.ButtonText)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.translate(QRectF(rect).center() - QPointF(side / 2, side / 2))
        painter.scale(side / GRID, side / GRID)
        painter.setPen(QPen(colour, 1.8, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
        self._draw(painter, colour)
        painter.restore()

    def pixmap(self, size, mode, state):
        """Return the icon as a picture."""
        picture = QPixmap(size)
        picture.fill(Qt.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self):
        """Return another engine for the same icon."""
        return DrawnIcon(self._draw)


def lines(painter, *points):
    """Draw a line through points."""
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def start(painter, colour):
    """Draw a triangle."""
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(8, 5), QPointF(19, 12), QPointF(8, 19)]))


def stop(painter, colour):
    """Draw a square."""
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(6.5, 6.5, 11, 11), 1, 1)


def settings(painter, colour):
    """Draw three sliders."""
    for height, knob in ((6, 15), (12, 8), (18, 13)):
        lines(painter, (4, height), (knob - 2.5, height))
        lines(painter, (knob + 2.5, height), (20, height))
        painter.drawEllipse(QPointF(knob, height), 2.3, 2.3)


def person(painter, colour):
    """Draw head and shoulders."""
    painter.drawEllipse(QPointF(9.5, 8), 3.7, 3.7)
    painter.drawArc(QRectF(3, 14, 13, 13), 0, 180 * 16)


def register(painter, colour):
    """Draw a person and a plus."""
    person(painter, colour)
    lines(painter, (15.5, 11), (21.5, 11))
    lines(painter, (18.5, 8), (18.5, 14))


def remove(painter, colour):
    """Draw a person and a minus."""
    person(painter, colour)
    lines(painter, (15.5, 11), (21.5, 11))


def disconnect(painter, colour):
    """Draw a line that is cut."""
    lines(painter, (3, 12), (8, 12))
    lines(painter, (16, 12), (21, 12))
    lines(painter, (9.5, 8.5), (14.5, 15.5))
    lines(painter, (14.5, 8.5), (9.5, 15.5))


def refresh(painter, colour):
    """Draw an arrow that goes round."""
    painter.drawArc(QRectF(5, 5, 14, 14), 40 * 16, 290 * 16)
    lines(painter, (18.5, 3.5), (18, 8), (13.5, 7.5))


DRAWINGS = {
    "start": start,
    "stop": stop,
    "settings": settings,
    "register": register,
    "remove": remove,
    "disconnect": disconnect,
    "refresh": refresh,
}
