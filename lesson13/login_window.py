"""The dialog at the start: which server, and who we are."""

from appearance import icon, smaller, warning
from labels import PlainLabel
from plain_text import shown
from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
)

from common.names import is_account_name

RULE = "A name has 1 to 25 letters of one alphabet; digits too, and between them _ . -"


class LoginWindow(QDialog):
    """Ask for address, port and name, and show what went wrong."""

    login_wanted = pyqtSignal(str, int, str)  # address, port, name
    cancelled = pyqtSignal()  # while busy

    def __init__(self, parent=None):
        super().__init__(parent, objectName="login_window", windowTitle="Messenger")
        self.setWindowIcon(icon())
        self.busy = False
        self.address = QLineEdit("127.0.0.1", objectName="address_field", maxLength=255)
        self.port = QSpinBox(objectName="port_field", minimum=1, maximum=65535, value=7777)
        self.port.setButtonSymbols(QSpinBox.NoButtons)
        self.name = QLineEdit(objectName="name_field", maxLength=40)
        self.problem = PlainLabel("login_problem", warning, wordWrap=True)
        self.progress = QProgressBar(objectName="login_progress", maximum=0, textVisible=False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.Cancel)
        self.connect_button = self.buttons.addButton("&Connect", QDialogButtonBox.AcceptRole)
        self.connect_button.setObjectName("connect_button")
        self.cancel_button = self.buttons.button(QDialogButtonBox.Cancel)
        self.cancel_button.setObjectName("cancel_button")
        self._arrange()
        self._connect()
        self.show_busy(False)

    def _arrange(self):
        title = QLabel("Who are you, and where?")
        title.setFont(smaller(self.font(), 1.3, bold=True))
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.addRow("&Address:", self.address)
        form.addRow("&Port:", self.port)
        form.addRow("&Name:", self.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addWidget(self.problem)
        column.addStretch()
        column.addWidget(self.buttons)
        self.progress.setFixedHeight(6)
        self.setMinimumWidth(400)

    def _connect(self):
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        for field in (self.address, self.name):
            field.textChanged.connect(self._judge)

    def show_values(self, address, port, name):
        """Fill in what was used the last time; go to the first field that is empty."""
        self.address.setText(address)
        self.port.setValue(port)
        self.name.setText(name)
        empty = [field for field in (self.address, self.name) if not field.text()]
        (empty or [self.connect_button])[0].setFocus()

    def values(self):
        """Return address, port and name as they have been typed."""
        return self.address.text().strip(), self.port.value(), self.name.text().strip()

    def show_error(self, words):
        """Say why it did not work; the fields can be changed again."""
        self.show_busy(False)
        self.problem.setText(shown(words, 500))
        self.name.setFocus()

    def show_busy(self, busy):
        """Show that we are waiting for the server, or no longer."""
        self.busy = busy
        for field in (self.address, self.port, self.name):
            field.setReadOnly(busy)
        self.progress.setVisible(busy)
        if busy:
            self.problem.clear()
        self._judge(keep=True)

    def _judge(self, _text="", keep=False):
        address, _, name = self.values()
        right = bool(address) and is_account_name(name)
        self.connect_button.setEnabled(right and not self.busy)
        if not keep:
            self.problem.setText(RULE if name and not is_account_name(name) else "")

    def accept_values(self):
        """Do as if somebody had pressed the button, if it can be pressed."""
        self.connect_button.click()

    def _on_accepted(self):
        self.show_busy(True)
        self.login_wanted.emit(*self.values())

    def reject(self):
        """Cancel the attempt; without one, close the dialog."""
        if self.busy:
            self.show_busy(False)
            self.cancelled.emit()
        else:
            super().reject()
