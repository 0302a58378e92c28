"""All that the client's window says: whoever connects these signals need not know its inside."""

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QMainWindow


class Signals(QMainWindow):
    """What the window says."""

    message_entered = pyqtSignal(str, str)  # chat, text
    chat_opened = pyqtSignal(str)
    chat_read = pyqtSignal(str)  # its newest message is seen
    older_wanted = pyqtSignal(str, int)  # chat, key of the earliest line here
    draft_changed = pyqtSignal(str, str)  # chat, text
    contact_wanted = pyqtSignal(str)
    contact_unwanted = pyqtSignal(str)
    room_wanted = pyqtSignal(str)
    room_unwanted = pyqtSignal(str)
    users_wanted = pyqtSignal()  # names to complete: answered by show_users
    rooms_wanted = pyqtSignal()  # answered by show_rooms
    search_wanted = pyqtSignal(str)
    found_opened = pyqtSignal(str, int)  # chat, key: answered by a page around it, and show_line
    reconnect_wanted = pyqtSignal()
    settings_changed = pyqtSignal(dict)
    closed = pyqtSignal()
