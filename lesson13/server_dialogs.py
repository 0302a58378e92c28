"""The questions that the administration window asks, and what it has to say.

Each is opened and not waited for: the window lives on, and the answer comes as a signal.
"""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
)

from common.server_models import shown

ABOUT = "The server of the messenger, with its window. Lesson 12 of the course."


def plain_label(name, text=""):
    """Return a label that takes no text for HTML."""
    label = QLabel(objectName=name, wordWrap=True)
    label.setTextFormat(Qt.PlainText)
    label.setText(text)
    return label


def make_box(window, name, icon, text, more):
    """Return a message box that takes no text for HTML."""
    box = QMessageBox(icon, window.windowTitle(), "", parent=window, objectName=name)
    box.setTextFormat(Qt.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    box.findChild(QLabel, "qt_msgbox_informativelabel").setTextFormat(Qt.PlainText)
    box.setAttribute(Qt.WA_DeleteOnClose)
    return box


def ask(window, name, text, more, yes, then):
    """Ask before something is done that cannot be undone; "Cancel" is what Enter means."""
    box = make_box(window, name, QMessageBox.Warning, text, more)
    button = box.addButton(yes, QMessageBox.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.Cancel))
    box.setEscapeButton(QMessageBox.Cancel)
    button.setObjectName("yesButton")
    box.button(QMessageBox.Cancel).setObjectName("cancelButton")
    button.clicked.connect(then)
    box.open()  # now that it has buttons: one without gets an "OK"


def tell(window, text, more):
    """Say that something could not be done."""
    make_box(window, "problemBox", QMessageBox.Warning, text, more).open()


def tell_about(window):
    """Say what this program is."""
    make_box(window, "aboutBox", QMessageBox.Information, window.windowTitle(), ABOUT).open()


class RegisterDialog(QDialog):
    """Asks for the name of a new account, and stays until there is one."""

    wanted = pyqtSignal(str)

    def __init__(self, parent):
        super().__init__(parent, objectName="registerDialog", windowTitle="Register a user")
        self.setAttribute(Qt.WA_DeleteOnClose)
        self._field = QLineEdit(objectName="registerField", maxLength=100)
        self._words = plain_label("registerProblem", "Letters of one alphabet, digits, and . _ -")
        buttons = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        self._yes = buttons.button(QDialogButtonBox.Ok)
        self._yes.setText("&Register")
        self._yes.setObjectName("registerButton")
        buttons.button(QDialogButtonBox.Cancel).setObjectName("registerCancelButton")
        self._connect(buttons)
        self._arrange(buttons)

    def _connect(self, buttons):
        buttons.accepted.connect(self._on_ok)
        buttons.rejected.connect(self.reject)
        self._field.textChanged.connect(self._on_typed)
        self._on_typed("")

    def _arrange(self, buttons):
        layout = QFormLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setVerticalSpacing(10)
        layout.addRow("&Name:", self._field)
        layout.addRow("", self._words)
        layout.addRow(buttons)
        self.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())

    def show_problem(self, words):
        """Say why the name was not taken, and let it be mended."""
        self._words.setText(f"⚠ {shown(words)}")
        self._field.setEnabled(True)
        self._yes.setEnabled(True)
        self._field.setFocus()
        self._field.selectAll()

    def _on_typed(self, text):
        self._yes.setEnabled(bool(text.strip()))

    def _on_ok(self):
        self._yes.setEnabled(False)
        self._field.setEnabled(False)
        self.wanted.emit(self._field.text().strip())
