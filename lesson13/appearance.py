"""Colours and small pictures of the client's windows, all made from the palette."""

import zlib

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap

DARK = {
    QPalette.Window: "#1f2226",
    QPalette.WindowText: "#e6e8ea",
    QPalette.Base: "#17191c",
    QPalette.AlternateBase: "#24282d",
    QPalette.Text: "#e6e8ea",
    QPalette.Button: "#2b3036",
    QPalette.ButtonText: "#e6e8ea",
    QPalette.BrightText: "#ff8a80",
    QPalette.Highlight: "#3d7fd0",
    QPalette.HighlightedText: "#ffffff",
    QPalette.ToolTipBase: "#2b3036",
    QPalette.ToolTipText: "#e6e8ea",
    QPalette.PlaceholderText: "#8d949c",
    QPalette.Link: "#8ab8f0",
    QPalette.Light: "#3a4047",
    QPalette.Midlight: "#30353b",
    QPalette.Mid: "#3a4047",
    QPalette.Dark: "#121416",
    QPalette.Shadow: "#000000",
}
LIGHT = {
    QPalette.Window: "#f3f4f6",
    QPalette.WindowText: "#1d2126",
    QPalette.Base: "#ffffff",
    QPalette.AlternateBase: "#f1f3f5",
    QPalette.Text: "#1d2126",
    QPalette.Button: "#e9ebee",
    QPalette.ButtonText: "#1d2126",
    QPalette.BrightText: "#b3261e",
    QPalette.Highlight: "#2f6fc0",
    QPalette.HighlightedText: "#ffffff",
    QPalette.ToolTipBase: "#ffffff",
    QPalette.ToolTipText: "#1d2126",
    QPalette.PlaceholderText: "#6c737b",
    QPalette.Link: "#1f5fb0",
    QPalette.Light: "#ffffff",
    QPalette.Midlight: "#f0f1f3",
    QPalette.Mid: "#c4c8cd",
    QPalette.Dark: "#9aa0a6",
    QPalette.Shadow: "#60666c",
}
GREYED = (QPalette.WindowText, QPalette.Text, QPalette.ButtonText)


def palette_of(colours):
    """Return a palette of these colours; what is disabled is half as strong."""
    palette = QPalette()
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in GREYED:
        faded = mix(palette.color(role), palette.color(QPalette.Window), 0.55)
        palette.setColor(QPalette.Disabled, role, faded)
    return palette


def mix(colour, other, share):
    """Return a colour with a share of another in it."""
    parts = zip(colour.getRgbF()[:3], other.getRgbF()[:3], strict=True)
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in parts))


def is_dark(palette):
    """Tell whether the palette is light on dark."""
    return palette.color(QPalette.Base).lightness() < 128


def muted(palette):
    """Return the colour of what matters less; it can still be read."""
    return mix(palette.color(QPalette.Text), palette.color(QPalette.Base), 0.38)


def warning(palette):
    """Return the colour of what has gone wrong."""
    return QColor("#ff8a80") if is_dark(palette) else QColor("#b3261e")


def bubble(palette, own):
    """Return the colour behind a message."""
    if own:
        share = 0.68 if is_dark(palette) else 0.86
        return mix(palette.color(QPalette.Highlight), palette.color(QPalette.Base), share)
    return mix(palette.color(QPalette.Base), palette.color(QPalette.Text), 0.075)


def of_name(name, palette):
    """Return the colour of a name: always the same, and easy to read on this palette."""
    hue = zlib.crc32(name.casefold().encode("utf-8", "replace")) % 12 * 30
    return QColor.fromHsl(hue, 110, 175 if is_dark(palette) else 85)


def smaller(font, share=0.84, bold=False):
    """Return a font for what matters less."""
    font = QFont(font)
    font.setPointSizeF(max(font.pointSizeF() * share, 6))
    font.setBold(bold)
    return font


# Small pictures


def draw_avatar(painter, box, name, palette, online=None):
    """Draw a disc with the first letter of a name, and a dot that tells who is here."""
    painter.setPen(Qt.NoPen)
    colour = mix(of_name(name, palette), palette.color(QPalette.Base), 0.25)
    painter.setBrush(colour)
    painter.drawEllipse(box)
    font = QFont(painter.font())
    font.setPixelSize(int(box.height() * 0.45))
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.Base) if is_dark(palette) else QColor("white"))
    letter = "#" if name.startswith("#") else name[:1].upper()
    painter.drawText(box, Qt.AlignCenter, letter if letter.isprintable() else "?")
    if online is not None:
        draw_presence(painter, box, palette, online)


def draw_presence(painter, box, palette, online):
    """Draw a full dot for who is here, a ring for who is not: the shape tells, not the colour."""
    size = box.height() * 0.32
    dot = QRectF(box.right() - size * 0.85, box.bottom() - size * 0.9, size, size)
    painter.setPen(Qt.NoPen)
    painter.setBrush(palette.color(QPalette.Base))
    painter.drawEllipse(dot)
    dot.adjust(2, 2, -2, -2)
    green = QColor("#4cc26a") if is_dark(palette) else QColor("#1e8e3e")
    painter.setPen(Qt.NoPen if online else QPen(muted(palette), 1.6))
    painter.setBrush(green if online else Qt.NoBrush)
    painter.drawEllipse(dot if online else dot.adjusted(0.8, 0.8, -0.8, -0.8))


def draw_mark(painter, box, state, palette):
    """Draw what became of a message: a clock, one tick, two ticks, or a cross in a ring."""
    painter.setBrush(Qt.NoBrush)
    colour = warning(palette) if state == "refused" else muted(palette)
    painter.setPen(QPen(colour, 1.5))
    unit = box.height() / 12
    painter.save()
    painter.translate(box.topLeft())
    painter.scale(unit, unit)
    for path in MARKS[state]:
        painter.drawPath(path)
    painter.restore()


def strokes(*points):
    """Return a path through points."""
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def ring():
    """Return a ring as a path."""
    path = QPainterPath()
    path.addEllipse(QRectF(3, 1, 10, 10))
    return path


MARKS = {
    "waiting": (ring(), strokes((8, 3), (8, 6.5), (10.5, 7.5))),
    "stored": (strokes((4, 6.5), (7, 9.5), (13, 3)),),
    "delivered": (strokes((1, 6.5), (4, 9.5), (10, 3)), strokes((7, 9.5), (13.5, 3))),
    "refused": (ring(), strokes((6, 4), (10, 8)), strokes((10, 4), (6, 8))),
}
MARK_WIDTH = 16  # of a mark that is 12 high


def icon(dot=False):
    """Return the program's icon: a speech bubble, with a dot if something has not been read."""
    picture = QPixmap(64, 64)
    picture.fill(Qt.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(Qt.NoPen)
    painter.setBrush(QColor("#2f6fc0"))
    painter.drawRoundedRect(QRectF(4, 8, 56, 40), 12, 12)
    painter.drawPolygon(QPointF(16, 46), QPointF(16, 60), QPointF(32, 46))
    painter.setBrush(QColor("white"))
    for x in (20, 32, 44):
        painter.drawEllipse(QPointF(x, 28), 3.5, 3.5)
    if dot:
        painter.setBrush(QColor("#d93025"))
        painter.drawEllipse(QPointF(52, 12), 11, 11)
    painter.end()
    return QIcon(picture)
