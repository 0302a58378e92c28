"""What the client's window asks its user in dialogs; none of them makes it wait."""

from client_signals import Signals
from dialogs import NameDialog, RoomDialog, SettingsDialog, ask_removal

SETTINGS = {"notify": True, "show_text": True, "theme": "system", "text_size": 10}


class Questions(Signals):
    """A window that asks for names and settings; what is answered leaves it as a signal."""

    def __init__(self, parent=None, **rest):
        super().__init__(parent, **rest)
        self.chat = ""  # the one that is open
        self._settings = dict(SETTINGS)
        self._dialog = None  # the one that asks for a name

    def ask_contact(self):
        """Ask for the name of a contact."""
        self._ask_name(NameDialog("Add a contact", "Name of the account:", self))
        self._dialog.wanted.connect(self.contact_wanted)
        self.users_wanted.emit()

    def ask_room(self):
        """Ask for the name of a room."""
        self._ask_name(RoomDialog("Join a room", "Name of the room:", self))
        self._dialog.wanted.connect(self.room_wanted)
        self.rooms_wanted.emit()

    def _ask_name(self, dialog):
        self._dialog = dialog
        dialog.finished.connect(self._on_dialog_finished)
        dialog.open()

    def _on_dialog_finished(self):
        self._dialog = None

    def ask_removal(self, chat=""):
        """Ask whether a contact or room is to go: the open one, if none is named."""
        chat = chat or self.chat
        if chat and chat.casefold() != "#all":
            signal = self.room_unwanted if chat.startswith("#") else self.contact_unwanted
            ask_removal(chat, self, signal.emit)

    def ask_settings(self):
        """Show the settings."""
        dialog = SettingsDialog(self._settings, self)
        dialog.settings_changed.connect(self.show_settings)
        dialog.settings_changed.connect(self.settings_changed)
        dialog.open()

    def show_users(self, names):
        """Offer these names in the dialog for a contact."""
        if self._dialog:
            self._dialog.set_names(names)

    show_rooms = show_users
