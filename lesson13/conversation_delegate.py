"""A row of the list of chats as it is painted."""

from appearance import draw_avatar, mix, muted, smaller
from client_models import CHAT, CONTACT, KIND, LAST, ONLINE, UNREAD, WHEN
from PyQt5.QtCore import QRectF, QSize, Qt
from PyQt5.QtGui import QPainter, QPalette
from PyQt5.QtWidgets import QStyle, QStyledItemDelegate

GAP = 10


class ConversationDelegate(QStyledItemDelegate):
    """A chat: who and whether online, when and what was said last, how much is unread."""

    opened = ""  # the chat that is open

    def sizeHint(self, option, index):  # noqa: N802 (Qt's name)
        """Return the same size for all."""
        return QSize(180, option.fontMetrics.height() * 2 + 22)

    def paint(self, painter, option, index):
        """Paint a chat; all texts are plain."""
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setFont(option.font)
        self._paint_ground(painter, option, index)
        box = QRectF(option.rect).adjusted(12, 8, -12, -8)
        side = box.height() * 0.92
        disc = QRectF(box.left(), box.center().y() - side / 2, side, side)
        draw_avatar(painter, disc, index.data(CHAT), option.palette, index.data(ONLINE))
        painter.setFont(option.font)
        box.setLeft(disc.right() + GAP)
        self._paint_name(painter, option, box, index)
        self._paint_last(painter, option, box, index)
        painter.restore()

    def _paint_ground(self, painter, option, index):
        palette = option.palette
        ground, accent = palette.color(QPalette.Window), palette.color(QPalette.Highlight)
        shares = {"chosen": 0.14, "open": 0.24}
        if index.data(CHAT).casefold() == self.opened.casefold():
            painter.fillRect(option.rect, mix(ground, accent, shares["open"]))
            painter.fillRect(option.rect.left(), option.rect.top(), 3, option.rect.height(), accent)
        elif option.state & (QStyle.State_Selected | QStyle.State_MouseOver):
            painter.fillRect(option.rect, mix(ground, accent, shares["chosen"]))
        if option.state & QStyle.State_HasFocus:
            painter.setPen(accent)
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def _paint_name(self, painter, option, box, index):
        painter.setFont(smaller(option.font, 0.82))
        painter.setPen(muted(option.palette))
        when = index.data(WHEN)
        room = box.width() - painter.fontMetrics().horizontalAdvance(when) - GAP
        if room < box.width() / 2:  # in a narrow list the name matters more
            when, room = "", box.width()
        painter.drawText(box, Qt.AlignTop | Qt.AlignRight | Qt.TextSingleLine, when)
        font = smaller(option.font, 1, bold=bool(index.data(UNREAD)))
        font.setItalic(index.data(KIND) == "person" and not index.data(CONTACT))
        pen = option.palette.color(QPalette.Text)
        where = Qt.AlignTop if index.data(LAST) else Qt.AlignVCenter
        self._paint_text(painter, box, index.data(), room, font, where, pen)

    def _paint_last(self, painter, option, box, index):
        unread = index.data(UNREAD)
        room = box.width() - (self._paint_count(painter, option, box, unread) if unread else 0)
        font, pen = smaller(option.font, 0.9), muted(option.palette)
        self._paint_text(painter, box, index.data(LAST), room, font, Qt.AlignBottom, pen)

    def _paint_text(self, painter, box, text, room, font, where, pen):
        painter.setFont(font)
        painter.setPen(pen)
        text = painter.fontMetrics().elidedText(text, Qt.ElideRight, int(room))
        painter.drawText(box, where | Qt.TextSingleLine, text)

    def _paint_count(self, painter, option, box, unread):
        painter.setFont(smaller(option.font, 0.82, bold=True))
        text = str(unread) if unread < 1000 else "999+"
        height = painter.fontMetrics().height() + 2
        width = max(painter.fontMetrics().horizontalAdvance(text) + 10, height)
        badge = QRectF(box.right() - width, box.bottom() - height, width, height)
        painter.setPen(Qt.NoPen)
        painter.setBrush(option.palette.color(QPalette.Highlight))
        painter.drawRoundedRect(badge, height / 2, height / 2)
        painter.setPen(option.palette.color(QPalette.HighlightedText))
        painter.drawText(badge, Qt.AlignCenter, text)
        return width + GAP
