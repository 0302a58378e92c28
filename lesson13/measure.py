"""Measure what the window can take: a long past, many messages a second. No screen is needed."""

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from client_desk import Desk, make_application
from planting import plant
from PyQt5.QtCore import PYQT_VERSION_STR, QTimer
from PyQt5.QtTest import QTest

from common.client_storage import ClientStorage, file_for
from common.messages import receive_message

HERE = Path(__file__).resolve().parent
NAME, LONG = "Женя", 100_000
QUIET = 6  # seconds without a message: then no more will come
BEAT = 5  # milliseconds between two beats of the window's loop, if nothing keeps it


def main():
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="messages a second")
    parser.add_argument("--seconds", type=int, default=5)
    args = parser.parse_args()
    versions = f"Python {platform.python_version()}, PyQt5 {PYQT_VERSION_STR}"
    print(f"{platform.machine()}, {os.cpu_count()} processors, {versions}")
    with tempfile.TemporaryDirectory(prefix="measure ", ignore_cleanup_errors=True) as home:
        server, port = start_server(home)
        try:
            measure(Path(home), port, args)
        finally:
            server.kill()
            server.wait()


def start_server(home):
    """Start the server on a free port; return it when it listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    words = ("--no-gui", "-a", "127.0.0.1", "-p", str(port), "--db", f"sqlite:///{home}/server.db")
    command = [sys.executable, str(HERE / "server.py"), *words]
    server = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    while not listens(port):
        QTest.qWait(20)
    return server, port


def listens(port):
    """Tell whether somebody listens on a port."""
    with closing(socket.socket()) as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def measure(home, port, args):
    """Open a window with a long past, open its chat, and let many messages come."""
    application = make_application()
    path = file_for(NAME, "127.0.0.1", port, home)
    ClientStorage(path, NAME).close()
    plant(path, LONG)
    desk = Desk(home / "client.ini", home)
    desk.open("127.0.0.1", port, NAME)
    until(lambda: desk.talk and desk.talk.chats.rowCount() > 1)
    desk.window.resize(1280, 800)
    open_long_chat(desk)
    search(desk)
    flood(desk, port, args)
    desk.finished.connect(application.quit)
    desk.close()
    application.exec_()


def open_long_chat(desk):
    """Measure from the wish to the painted page."""
    began = time.perf_counter()
    desk.window.open_chat("Анна")
    until(lambda: desk.talk.messages.rowCount() == 100)
    desk.window.grab()
    print(f"a chat of {LONG:,} messages is open and painted after {spent(began)}")


def search(desk):
    """Measure a search through all of it."""
    began = time.perf_counter()
    desk.window.open_search()
    desk.window.pane.search.field.setText("строка 4242")
    desk.window.pane.search.search()
    until(lambda: desk.talk.found.rowCount())
    print(f"a search through all of them has its results after {spent(began)}")
    desk.window.pane.show_search(False)


def flood(desk, port, args):
    """Let somebody send many messages a second; see how long the window's loop stands still."""
    came, gaps = [], []
    desk.transport.happened.connect(lambda events: came.append((time.perf_counter(), len(events))))
    desk.window.open_chat("Vera")
    QTest.qWait(300)
    thread = threading.Thread(target=send, args=(port, args.rate, args.rate * args.seconds))
    beat = start_beats(gaps)
    began = time.perf_counter()
    thread.start()
    until(lambda: not thread.is_alive() and time.perf_counter() - came[-1][0] > QUIET)
    beat.stop()
    tell(sum(count for _, count in came), came[-1][0] - began, sorted(gaps))


def start_beats(gaps):
    """Begin to note how long the window's loop takes from one turn to the next."""
    last = [time.perf_counter()]

    def on_beat():
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now

    beat = QTimer(interval=BEAT)
    beat.timeout.connect(on_beat)
    beat.start()
    return beat


def tell(count, seconds, gaps):
    """Print what the flood has shown."""
    print(f"{count:,} events came in {seconds:.1f} s: {count / seconds:,.0f} a second")
    usual = gaps[int(len(gaps) * 0.99)]
    print(f"meanwhile the window's loop stood still for {gaps[-1]:.0f} ms at most,")
    print(f"in 99 of 100 cases for less than {usual:.0f} ms")


def send(port, rate, count):
    """Be somebody who sends messages at a steady rate."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        say(sock, action="presence", user={"account_name": "Vera", "status": "here"})
        receive_message(sock)
        swallowing = threading.Thread(target=swallow, args=(sock,), daemon=True)
        swallowing.start()
        began = time.perf_counter()
        for number in range(count):
            say(sock, **{"action": "msg", "from": "Vera", "to": NAME, "message": f"line {number}"})
            if number % 20 == 19:
                time.sleep(max(0, began + number / rate - time.perf_counter()))
        say(sock, action="quit")
        swallowing.join(10)


def say(sock, **fields):
    """Send a message."""
    sock.sendall(json.dumps({"time": time.time()} | fields).encode() + b"\n")


def swallow(sock):
    """Read the answers, as every client does."""
    while sock.recv(65536):
        pass


def until(condition):
    """Let the window live until something has come true."""
    while not condition():
        QTest.qWait(1)


def spent(began):
    """Return how much time has gone by, in words."""
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"


if __name__ == "__main__":
    main()
