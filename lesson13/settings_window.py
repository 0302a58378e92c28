"""The window that comes first: what the server must know, field by field."""

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)
from settings import Settings, sqlite_url

from common.loggers import printable

QUIET = 0.65  # how strong the colour of a hint is, beside that of a text
FIELDS = {  # name of the setting -> title of the field, what it is for
    "server_name": ("&Name of the server", "Clients see it when they come."),
    "administrator": ("&Administrator", "Your name."),
    "host": ("A&ddress", "127.0.0.1: this computer only. 0.0.0.0: the whole network."),
    "port": ("&Port", "A number from 1025 to 65534. Clients expect 7777."),
    "database": ("Data&base", "sqlite:///… for a file, or postgresql+psycopg://…"),
}


class SettingsWindow(QDialog):
    """A form that marks what is wrong, and gives away only settings that are right."""

    save_wanted = pyqtSignal(object)  # Settings without a problem

    def __init__(self, settings, parent=None, button="&Start"):
        super().__init__(parent, objectName="settingsWindow", windowTitle="Settings of the server")
        self.fields = {name: FormField(name, *words) for name, words in FIELDS.items()}
        self._notice = MarkedLabel("settingsNotice")
        self._notice.hide()
        self._add_file_button()  # before the others: so it is in the order of the Tab key
        self._arrange(self._make_buttons(button))
        for name, field in self.fields.items():
            field.edit.setText(str(getattr(settings, name)))
            field.left.connect(self._check)
            field.edited.connect(self._relieve)
        self._mark(settings.problems())

    def _make_buttons(self, text):
        box = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        start = box.button(QDialogButtonBox.Ok)
        start.setObjectName("startButton")
        start.setText(text)
        start.setDefault(True)
        box.button(QDialogButtonBox.Cancel).setObjectName("cancelButton")
        box.accepted.connect(self._on_start)
        box.rejected.connect(self.reject)
        return box

    def _arrange(self, buttons):
        form = QFormLayout(fieldGrowthPolicy=QFormLayout.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        for field in self.fields.values():
            form.addRow(field.title, field)
        layout = QVBoxLayout(self, spacing=16)
        layout.setContentsMargins(24, 24, 24, 18)
        layout.addWidget(self._notice)
        layout.addLayout(form)
        layout.addStretch()
        layout.addWidget(buttons)
        self.setMinimumWidth(92 * self.fontMetrics().averageCharWidth())

    def _add_file_button(self):
        button = QPushButton("Choose &file…", objectName="databaseFileButton", autoDefault=False)
        button.clicked.connect(self._on_choose_file)
        self.fields["database"].line.addWidget(button)

    def settings(self):
        """Return the settings as they are typed."""
        return Settings.of_texts({name: field.edit.text() for name, field in self.fields.items()})

    def show_notice(self, words):
        """Say something about all of the settings, above the form."""
        self._notice.show_words(words, wrong=True)
        self._notice.show()
        self._make_room()

    def _on_start(self):
        problems = self.settings().problems()
        self._mark(problems)
        wrong = [field for name, field in self.fields.items() if name in problems]
        if wrong:
            wrong[0].edit.setFocus()
            wrong[0].edit.selectAll()
        else:
            self.save_wanted.emit(self.settings())

    def _mark(self, problems):
        for name, field in self.fields.items():
            field.show_problem(problems.get(name))
        self._make_room()

    def _check(self, name):
        self.fields[name].show_problem(self.settings().problems().get(name))
        self._make_room()

    def _make_room(self):
        self.layout().activate()
        height = self.layout().totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), height))

    def _relieve(self, name):
        if name not in self.settings().problems():  # marks go at once, and come at the field's end
            self.fields[name].show_problem(None)

    def _on_choose_file(self):
        dialog = QFileDialog(self, "The file of the database", objectName="databaseFileDialog")
        dialog.setAttribute(Qt.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptSave)
        dialog.setLabelText(QFileDialog.Accept, "Choose")
        dialog.setOption(QFileDialog.DontConfirmOverwrite)  # a file that exists is opened
        dialog.setDefaultSuffix("db")
        dialog.setNameFilters(["Databases (*.db *.sqlite *.sqlite3)", "All files (*)"])
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def _on_file(self, path):
        self.fields["database"].edit.setText(sqlite_url(path))
        self._check("database")


class FormField(QWidget):
    """A line to type in, and words below it: what it is for, or what is wrong."""

    left = pyqtSignal(str)  # its name, when one goes on to another field
    edited = pyqtSignal(str)  # its name, at every key

    def __init__(self, name, title, hint):
        super().__init__()
        self._name = name
        self.edit = QLineEdit(objectName=f"{name}Field")
        self.edit.editingFinished.connect(self._on_left)
        self.edit.textEdited.connect(self._on_edited)
        self.title = QLabel(title)
        self.title.setBuddy(self.edit)
        self.edit.setAccessibleDescription(hint)
        self._hint, self._words = hint, MarkedLabel(f"{name}Problem")
        self._words.show_words(hint)
        self.line = QHBoxLayout()
        self.line.addWidget(self.edit)
        layout = QVBoxLayout(self, spacing=4)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.line)
        layout.addWidget(self._words)

    def show_problem(self, words):
        """Mark the field as wrong, with the words for it; None: as right."""
        self._words.show_words(words or self._hint, wrong=bool(words))
        self.edit.setAccessibleDescription(words or self._hint)

    def _on_left(self):
        self.left.emit(self._name)

    def _on_edited(self, _):
        self.edited.emit(self._name)


class MarkedLabel(QWidget):
    """Words in a quiet colour, or, if something is wrong, in a plain one and with a sign."""

    def __init__(self, name):
        super().__init__()
        self._strength = 1
        self._sign, self._text = QLabel(), QLabel(objectName=name, wordWrap=True)
        self._text.setTextFormat(Qt.PlainText)
        side = self.fontMetrics().height()
        icon = self.style().standardIcon(QStyle.SP_MessageBoxWarning)
        self._sign.setPixmap(icon.pixmap(side, side))
        layout = QHBoxLayout(self, spacing=6)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._sign, 0, Qt.AlignTop)
        layout.addWidget(self._text, 1)

    def show_words(self, words, wrong=False):
        """Show words, with the sign of warning or without."""
        self._text.setText(printable(words))
        self._sign.setVisible(wrong)
        self._colour(1 if wrong else QUIET)

    def _colour(self, strength):
        self._strength = strength
        palette = QPalette(self.palette())
        colour = palette.color(QPalette.WindowText)
        colour.setAlphaF(strength)
        palette.setColor(QPalette.WindowText, colour)
        self._text.setPalette(palette)

    def changeEvent(self, event):
        """Follow the palette when it changes, say from light to dark."""
        super().changeEvent(event)
        if event.type() == QEvent.PaletteChange:
            self._colour(self._strength)
