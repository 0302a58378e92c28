"""One message as it is painted: its day, its name, its text in a bubble, its time and its mark."""

from appearance import MARK_WIDTH, bubble, draw_mark, mix, muted, of_name, smaller
from line_models import DAY, FIRST, LINE, NEW
from plain_text import brief, clock
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QFontMetricsF, QPalette, QTextLayout, QTextOption

SIDE, PADDING, ROUND = 16, 10, 9  # beside the bubbles, within them, of their corners
NEAR, APART = 3, 10  # between messages of one sender and of two
LINE_SEPARATOR = "\u2028"  # what Qt's layout takes for a line break


class Fonts:
    """The fonts of a view and their measures, made once."""

    def __init__(self, font):
        self.text, self.small, self.bold = font, smaller(font), smaller(font, 0.9, bold=True)
        self.of_text = QFontMetricsF(self.text)
        self.of_small, self.of_bold = QFontMetricsF(self.small), QFontMetricsF(self.bold)
        self.widest = self.of_text.averageCharWidth() * 68  # longer rows are hard to read


class Bubble:
    """The layout of one message for a width."""

    def __init__(self, index, width, fonts):
        self.line = index.data(LINE)
        self.fonts, self.width = fonts, width
        self.text = index.data(Qt.DisplayRole)
        self.day, self.new = index.data(DAY), index.data(NEW)
        self.name = ("You" if self.line.own else brief(self.line.sender)) * index.data(FIRST)
        self.time = clock(self.line.moment)
        self._lay_out(text_width(width, fonts))

    def _lay_out(self, widest):
        fonts = self.fonts
        self.layout, text, last = lay_out(self.text, fonts.text, widest)
        footer = fonts.of_small.horizontalAdvance(self.time) + 8 + MARK_WIDTH * self.line.own
        beside = last.naturalTextWidth() + footer + 6 <= widest
        inner = max(text.width(), footer, min(self._name_width(), widest))
        inner = max(inner, last.naturalTextWidth() + footer + 6) if beside else inner
        below = 0 if beside else fonts.of_small.height()
        self.above = self._above()
        height = text.height() + below + self._name_height() + PADDING * 1.4
        left = self.width - SIDE - inner - 2 * PADDING if self.line.own else SIDE
        self.box = QRectF(left, self.above, inner + 2 * PADDING, height)
        self.height = int(self.above + height + 0.999)

    def _name_width(self):
        return self.fonts.of_bold.horizontalAdvance(self.name) if self.name else 0

    def _name_height(self):
        return self.fonts.of_bold.height() + 1 if self.name else 0

    def _above(self):
        strip = self.fonts.of_small.height() + 18
        strips = bool(self.day) + bool(self.new)
        return strip * strips if strips else APART if self.name else NEAR

    # Painting

    def paint(self, painter, top, palette, selected):
        """Paint the message with its upper edge at this height of the view."""
        painter.save()
        painter.translate(0, top)
        painter.setClipRect(QRectF(0, 0, self.width, self.height))  # accents may pile up high
        self._paint_strips(painter, palette)
        self._paint_box(painter, palette, selected)
        self._paint_name(painter, palette)
        painter.setPen(palette.color(QPalette.Text))
        self.layout.draw(painter, self._text_corner())
        self._paint_footer(painter, palette)
        painter.restore()

    def _paint_strips(self, painter, palette):
        height = self.fonts.of_small.height() + 18
        words = [self.day] * bool(self.day) + ["New messages"] * bool(self.new)
        for number, text in enumerate(words):
            strip = QRectF(SIDE, number * height, self.width - 2 * SIDE, height)
            paint_strip(painter, strip, text, self.fonts, palette)

    def _paint_box(self, painter, palette, selected):
        if selected:
            colour = palette.color(QPalette.Highlight)
            colour.setAlpha(60)
            painter.fillRect(QRectF(0, self.box.top() - 1, self.width, self.height), colour)
        painter.setPen(Qt.NoPen)
        painter.setBrush(bubble(palette, self.line.own))
        painter.drawRoundedRect(self.box, ROUND, ROUND)

    def _paint_name(self, painter, palette):
        if self.name:
            painter.setFont(self.fonts.bold)
            painter.setPen(of_name(self.line.sender, palette))
            down = PADDING * 0.6 + self.fonts.of_bold.ascent()
            corner = self.box.topLeft() + QPointF(PADDING, down)
            room = self.box.width() - 2 * PADDING
            painter.drawText(corner, self.fonts.of_bold.elidedText(self.name, Qt.ElideRight, room))

    def _text_corner(self):
        return self.box.topLeft() + QPointF(PADDING, PADDING * 0.7 + self._name_height())

    def _paint_footer(self, painter, palette):
        right = self.box.right() - PADDING + 2
        bottom = self.box.bottom() - PADDING * 0.6
        if self.line.own:
            right -= MARK_WIDTH
            box = QRectF(right + 2, bottom - 12, MARK_WIDTH, 12)
            draw_mark(painter, box, self.line.state, palette)
        painter.setFont(self.fonts.small)
        painter.setPen(muted(palette))
        width = self.fonts.of_small.horizontalAdvance(self.time)
        base = bottom - self.fonts.of_small.descent() + 1
        painter.drawText(QPointF(right - width, base), self.time)


def text_width(width, fonts):
    """Return how wide a text may be in a view of a width."""
    return max(min((width - 2 * SIDE) * 0.8, fonts.widest) - 2 * PADDING, 20)


def lay_out(text, font, widest):
    """Return the layout of a plain text, its size, and its last line."""
    layout = QTextLayout(text.replace("\n", LINE_SEPARATOR), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    top = width = 0
    while (row := layout.createLine()).isValid():
        row.setLineWidth(widest)
        row.setPosition(QPointF(0, top))
        top, width, last = top + row.height(), max(width, row.naturalTextWidth()), row
    layout.endLayout()
    return layout, QRectF(0, 0, width, top), last


def paint_strip(painter, strip, text, fonts, palette):
    """Paint words in the middle between two fine lines."""
    painter.setFont(fonts.small)
    middle = strip.center().y()
    half = fonts.of_small.horizontalAdvance(text) / 2 + 12
    painter.setPen(mix(palette.color(QPalette.Base), palette.color(QPalette.Text), 0.18))
    painter.drawLine(QPointF(strip.left(), middle), QPointF(strip.center().x() - half, middle))
    painter.drawLine(QPointF(strip.center().x() + half, middle), QPointF(strip.right(), middle))
    painter.setPen(muted(palette))
    painter.drawText(strip, Qt.AlignCenter, text)
