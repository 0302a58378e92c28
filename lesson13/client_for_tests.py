"""Windows of clients for tests, at a real server, and hands that click and type in them."""

import itertools
import tempfile
from pathlib import Path

from client_desk import Desk
from client_models import STATE
from offscreen import DeskTest, application
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QWidget
from real_server import RealServer

NUMBERS = itertools.count(1)
SOON = (0.05,)  # seconds before each new attempt


class User:
    """Somebody at a desk of their own."""

    def __init__(self, test, server, name, waits=SOON, home=None):
        self.test, self.name = test, name
        self.home = home or Path(test.enterContext(tempfile.TemporaryDirectory(prefix="user ")))
        self.desk = Desk(self.home / "client.ini", self.home, waits)
        self.finished = test.heard(self.desk.finished)
        test.addCleanup(self.go)
        self.port = server.port
        self.desk.open("127.0.0.1", server.port, name)

    def go(self):
        """Close all, and wait until the thread has ended."""
        self.desk.close()
        self.test.wait_until(lambda: self.finished)
        for window in (self.desk.window, self.desk.login):
            window.hide()
            window.deleteLater()

    @property
    def window(self):
        """Return the window."""
        return self.desk.window

    def part(self, name, kind=QWidget):
        """Return a part of the window by its published name."""
        return self.window.findChild(kind, name)

    def enter(self):
        """Wait until the window is open, and the list of chats is there."""
        self.test.wait_until(lambda: self.desk.talk and self.desk.talk.chats.rowCount())
        return self

    def come_to_front(self):
        """Put the window before the others."""
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)

    def chats(self):
        """Return what the list of chats shows."""
        model = self.part("conversations").model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def open(self, chat):
        """Open a chat by a double click on it, as soon as it is in the list."""
        self.test.wait_until(lambda: chat in self.chats())
        self.come_to_front()
        view = self.part("conversations")
        point = view.visualRect(view.model().index(self.chats().index(chat), 0)).center()
        QTest.mouseClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, point)
        QTest.mouseDClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, point)
        self.test.assertEqual(self.part("chat_title").text(), chat)

    def say(self, text):
        """Type a message and press Enter."""
        field = self.part("message_input")
        self.test.typed(field, text)
        QTest.keyClick(field, Qt.Key_Return)

    def add(self, name):
        """Add a contact: Ctrl+N, the name, Enter."""
        self.part("add_contact_button").click()
        dialog = application.activeModalWidget()
        self.test.typed(dialog.field, name)
        QTest.keyClick(dialog.field, Qt.Key_Return)
        self.test.wait_until(lambda: name in self.chats())

    def shown(self):
        """Return the texts of the open chat."""
        model = self.part("messages").model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def states(self):
        """Return what has become of the lines of the open chat."""
        model = self.part("messages").model()
        return [model.index(row, 0).data(STATE) for row in range(model.rowCount())]


class ClientTest(DeskTest):
    """A test with a real server, at which windows are opened; each test has names of its own."""

    @classmethod
    def setUpClass(cls):
        """Start the server, once for all tests of a class."""
        super().setUpClass()
        cls.server = RealServer(cls.enterClassContext, cls.addClassCleanup)

    def setUp(self):
        """Start the server again if a test has killed it."""
        super().setUp()
        number = next(NUMBERS)
        self.anna, self.boris = f"Анна{number}", f"Boris{number}"
        if not self.server.running():
            self.server.start()

    def user(self, name, **rest):
        """Open the windows of somebody, and wait until they are let in."""
        return User(self, self.server, name, **rest).enter()

    def two(self):
        """Let two people come who have a chat with each other open."""
        anna, boris = self.user(self.anna), self.user(self.boris)
        for user, other in ((anna, boris), (boris, anna)):
            user.add(other.name)
            user.open(other.name)
        return anna, boris
