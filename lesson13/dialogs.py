"""The small dialogs of the client; none of them makes the window wait."""

from appearance import warning
from labels import PlainLabel
from plain_text import brief
from PyQt5.QtCore import QStringListModel, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QSpinBox,
    QVBoxLayout,
)

from common.names import is_account_name

RULE = "1 to 25 letters of one alphabet; digits too, and between them _ . -"
KEYS = """Ctrl+K\tfind a chat
Alt+↑, Alt+↓\tthe chat above or below
Enter\topen a chat; send a message
Shift+Enter\ta new line in a message
Ctrl+N\tadd a contact
Ctrl+J\tjoin a room
Ctrl+F\tsearch in all messages
Ctrl+C\tcopy the chosen messages
Esc\tback to the field for messages"""


class NameDialog(QDialog):
    """Ask for a name, and help with those that are known."""

    wanted = pyqtSignal(str)

    def __init__(self, title, label, parent=None):
        super().__init__(parent, objectName="name_dialog", windowTitle=title)
        self.setAttribute(Qt.WA_DeleteOnClose)
        self.field = QLineEdit(objectName="name_field", maxLength=30)
        self.problem = PlainLabel("name_problem", warning, wordWrap=True)
        self.names = QStringListModel(self)
        self.field.setCompleter(completer(self.names))
        self.buttons = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self.field.textChanged.connect(self._judge)
        column = QVBoxLayout(self)
        for widget in (QLabel(label), self.field, self.problem, self.buttons):
            column.addWidget(widget)
        self.problem.setMinimumHeight(self.fontMetrics().lineSpacing() * 2 + 4)
        self.setMinimumWidth(380)
        self._judge()

    def name(self):
        """Return the name that has been typed."""
        return self.field.text().strip()

    def is_right(self, name):
        """Tell whether this can be a name."""
        return is_account_name(name)

    def set_names(self, names):
        """Offer these names."""
        self.names.setStringList(sorted(filter(self.is_right, names), key=str.casefold))

    def _judge(self):
        right = self.is_right(self.name())
        self.buttons.button(QDialogButtonBox.Ok).setEnabled(right)
        self.problem.setText(RULE if self.name() and not right else "")

    def _on_accepted(self):
        if self.is_right(self.name()):
            self.wanted.emit(self.name())
            self.accept()


class RoomDialog(NameDialog):
    """Ask for a room; its first character may be left out."""

    def name(self):
        """Return the name of the room, which begins with #."""
        return "#" + super().name().removeprefix("#")

    def is_right(self, name):
        """Tell whether this can be a room one joins."""
        return is_account_name(name.removeprefix("#")) and name.casefold() != "#all"

    def _judge(self):
        super()._judge()
        if self.name() == "#":
            self.problem.clear()


def completer(names):
    """Return a helper that knows names by any part of them."""
    helper = QCompleter(names)
    helper.setCaseSensitivity(Qt.CaseInsensitive)
    helper.setFilterMode(Qt.MatchContains)
    return helper


class SettingsDialog(QDialog):
    """What each user may want in another way."""

    settings_changed = pyqtSignal(dict)

    def __init__(self, settings, parent=None):
        super().__init__(parent, objectName="settings_dialog", windowTitle="Settings")
        self.setAttribute(Qt.WA_DeleteOnClose)
        self.notify = QCheckBox("&Tell me about new messages", objectName="notify_box")
        self.show_text = QCheckBox("&Show their text", objectName="show_text_box")
        self.theme = QComboBox(objectName="theme_box")
        for name in ("system", "light", "dark"):
            self.theme.addItem(name.capitalize(), name)
        self.text_size = QSpinBox(objectName="text_size_box", minimum=7, maximum=24, suffix=" pt")
        self.buttons = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self._arrange()
        self._fill(settings)

    def _arrange(self):
        form = QFormLayout(self)
        form.addRow(self.notify)
        form.addRow(self.show_text)
        form.addRow("&Colours:", self.theme)
        form.addRow("Text si&ze:", self.text_size)
        form.addRow(self.buttons)
        self.notify.toggled.connect(self.show_text.setEnabled)

    def _fill(self, settings):
        self.notify.setChecked(settings["notify"])
        self.show_text.setChecked(settings["show_text"])
        self.show_text.setEnabled(settings["notify"])
        self.theme.setCurrentIndex(max(self.theme.findData(settings["theme"]), 0))
        self.text_size.setValue(settings["text_size"])

    def _on_accepted(self):
        values = {
            "notify": self.notify.isChecked(),
            "show_text": self.show_text.isChecked(),
            "theme": self.theme.currentData(),
            "text_size": self.text_size.value(),
        }
        self.settings_changed.emit(values)
        self.accept()


def ask_removal(chat, parent, on_yes):
    """Ask whether a contact or a room is to go; the answer comes later."""
    room = chat.startswith("#")
    verb, what = ("Leave", "room") if room else ("Remove", "contact")
    box = QMessageBox(parent, objectName="removal_question", windowTitle=f"{verb} {what}")
    box.setAttribute(Qt.WA_DeleteOnClose)
    box.setTextFormat(Qt.PlainText)
    box.setIcon(QMessageBox.Question)
    box.setText(f"{verb} the {what} {brief(chat)}?")
    box.setInformativeText("The messages stay on this computer.")
    yes = box.addButton(verb, QMessageBox.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.Cancel))
    yes.setObjectName("removal_yes")
    yes.clicked.connect(lambda: on_yes(chat))
    box.open()


def tell(title, text, parent, name):
    """Show a text of ours; the window goes on."""
    box = QMessageBox(parent, objectName=name, windowTitle=title)
    box.setAttribute(Qt.WA_DeleteOnClose)
    box.setTextFormat(Qt.PlainText)
    box.setText(text)
    box.open()
