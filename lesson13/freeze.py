"""Feel it: the same wait for a socket, once in the thread of the window and once beside it."""

import argparse
import socket
import sys
import threading
import time

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

BEAT = 20  # milliseconds between two moves of the bar


class Server(threading.Thread):
    """Somebody at the other end, who takes some seconds before each answer."""

    def __init__(self, seconds):
        super().__init__(daemon=True)
        self.seconds = seconds
        self.far, self.near = socket.socketpair()

    def run(self):
        """Answer each question, slowly."""
        with self.far:
            while self.far.recv(1):
                time.sleep(self.seconds)
                self.far.sendall(b"!")

    def ask(self):
        """Ask, and wait for the answer: this is where a thread stands still."""
        self.near.sendall(b"?")
        return self.near.recv(1).decode()


class Receiver(QObject):
    """The bridge: its signal is emitted in one thread, and its slots are called in another."""

    answered = pyqtSignal(str)


class FreezeWindow(QWidget):
    """A bar that moves, as long as the window's thread is free to move it."""

    def __init__(self, server):
        super().__init__(objectName="freeze_window", windowTitle="Which one freezes?")
        self.server, self.receiver = server, Receiver()
        self.receiver.answered.connect(self.on_answered)
        self.bar = QProgressBar(objectName="bar", maximum=100, textVisible=False)
        self.here = QPushButton("Wait in the window's thread", objectName="wait_here")
        self.beside = QPushButton("Wait in a thread beside it", objectName="wait_beside")
        self.label = QLabel("Press a button, then try to move the window.", objectName="answer")
        self.here.clicked.connect(self.wait_here)
        self.beside.clicked.connect(self.wait_beside)
        column = QVBoxLayout(self)
        for widget in (self.bar, self.here, self.beside, self.label):
            column.addWidget(widget)
        self.beat = QTimer(self, interval=BEAT)
        self.beat.timeout.connect(self.move_bar)
        self.beat.start()

    def move_bar(self):
        """Move the bar by one step."""
        self.bar.setValue((self.bar.value() + 1) % 100)

    def wait_here(self):
        """Do it wrong: until `recv` returns, nothing is painted and no click is heard."""
        self.on_answered(self.server.ask())

    def wait_beside(self):
        """Do it right: another thread waits, and only its signal touches the window."""
        self.beside.setEnabled(False)
        threading.Thread(target=lambda: self.receiver.answered.emit(self.server.ask())).start()

    def on_answered(self, answer):
        """Show the answer; this runs in the window's thread, whoever emitted the signal."""
        self.beside.setEnabled(True)
        self.label.setText(f"Answer: {answer}")


def main():
    """Show the window."""
    parser = argparse.ArgumentParser(description="Which way of waiting freezes a window?")
    parser.add_argument("--seconds", type=float, default=3, help="until the answer comes")
    seconds = parser.parse_args().seconds
    application = QApplication(sys.argv[:1])
    server = Server(seconds)
    server.start()
    window = FreezeWindow(server)
    window.show()
    sys.exit(application.exec_())


if __name__ == "__main__":
    main()
