"""A chat client: a thread waits for the keyboard, and the program itself for the server."""

import argparse
import contextlib
import selectors
import socket
import sys
import threading
import time
from datetime import datetime

import wire
from colours import Painter, harmless, wants_colours
from wire import LEAVE, TIME_FORMAT, FrameReader, Refused, SentAway

TICK = 1  # seconds of waiting at most: Windows sees Ctrl+C only between waits
GOODBYE_TIME = 10  # seconds for the server to take what was sent, once we want to leave


class ChatClient:
    """One who talks and listens at the same time."""

    def __init__(self, sock, nickname, painter):
        self.sock, self.nickname, self.painter = sock, nickname, painter
        self.reader = FrameReader()
        self.welcome = False  # has the server let us in?
        self.leaving = None  # the time by which the server has to let us go

    def talk(self, lines):
        """Send lines until one says goodbye or there are no more."""
        with contextlib.suppress(OSError):  # the connection broke: listen() knows why
            for line in lines:
                if line.strip() == LEAVE:
                    break
                self.say(line.rstrip("\r\n"))
            self.leaving = time.monotonic() + GOODBYE_TIME
            self.sock.shutdown(socket.SHUT_WR)  # so the server sees the end after all we said

    def say(self, text):
        """Send one line, unless there is nothing in it."""
        if not text.strip():
            return
        try:
            data = wire.frame(wire.join_parts(now(), self.nickname, text))
        except Refused as reason:
            print(self.painter.service(f"Not sent: {reason}."))
        else:
            self.sock.sendall(data)

    def listen(self):
        """Show what comes until the server closes."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            while self.wait(selector) and (data := self.sock.recv(65536)):
                self.reader.receive_data(data)
                while (content := self.reader.next_content()) is not None:
                    print(self.shown(content))
        if self.reader.is_in_the_middle():
            raise ConnectionError("it ended in the middle of a message")

    def wait(self, selector):
        """Wait for the server, but not for ever once we want to leave."""
        while not selector.select(TICK):
            if self.leaving and time.monotonic() > self.leaving:
                raise TimeoutError("the server does not say goodbye")
        return True

    def shown(self, content):
        """Return how a message looks on the screen."""
        text = content.decode("utf-8", "backslashreplace")
        try:
            moment, nickname, words = wire.split_parts(text)
        except Refused:
            self.welcome = self.welcome or LEAVE in text
            return self.painter.service(harmless(text))
        who = self.painter.nickname(harmless(nickname))
        return f"{here(moment)} {who}: {harmless(words)}"


def now():
    """Return the time with its zone, as it is written on the wire."""
    return datetime.now().astimezone().strftime(TIME_FORMAT)


def here(text):
    """Return a time of the sender's zone in our own."""
    try:
        return wire.parse_time(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (Refused, OverflowError, OSError):  # no time at all, or one that no clock here shows
        return harmless(text)


def ask_nickname():
    """Ask until the answer can be a nickname."""
    while True:
        print("Your nickname: ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            sys.exit("No nickname, no chat.")
        try:
            return proper_nickname(line.strip())
        except argparse.ArgumentTypeError as problem:
            print(problem)


def proper_nickname(text):
    """Turn a word of the command line, or what was typed, into a nickname."""
    try:
        wire.check_nickname(text)
    except Refused as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
    return text


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def chat(sock, name):
    """Talk and listen until one side ends; return the exit code."""
    client = ChatClient(sock, name, Painter(wants_colours(sys.stdout)))
    try:
        sock.sendall(wire.frame(name))
        threading.Thread(target=client.talk, args=(sys.stdin,), daemon=True).start()
        client.listen()
    except (OSError, SentAway) as error:
        print(f"The connection broke: {error}", file=sys.stderr)
        return 1
    print("You have left." if client.leaving else "The server has closed the connection.")
    return 0 if client.welcome else 1


def main():
    """Read the command line, connect, and chat."""
    parser = argparse.ArgumentParser(description="chat client")
    parser.add_argument("addr", help="address of the server")
    parser.add_argument("port", type=port_number, nargs="?", default=7777, help="7777 if left out")
    parser.add_argument(
        "-n", "--name", type=proper_nickname, help="nickname; asked for if left out"
    )
    args = parser.parse_args()
    try:
        name = args.name or ask_nickname()
        with connect(args.addr, args.port) as sock:
            sys.exit(chat(sock, name))
    except KeyboardInterrupt:
        print("\nYou have left.")


def connect(addr, port):
    """Return a connection to the server, or say why there is none."""
    try:
        sock = socket.create_connection((addr, port), timeout=5)
    except (OSError, UnicodeError) as error:
        sys.exit(f"No connection to {addr}, port {port}: {error}")
    sock.settimeout(None)
    return sock


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # in pipes and on Windows too
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    sys.stderr.reconfigure(encoding="utf-8")
    main()
