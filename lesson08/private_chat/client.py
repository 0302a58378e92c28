"""Chat client: shows what comes while you type. Two threads report, the main thread decides."""

import contextlib
import queue
import socket
import sys
import threading
import time

import keyboard
import options
import words
from lines import MAX_BYTES, Lines, TooLong
from peer import tune
from screen import PlainScreen, Terminal, is_terminal
from waiting import Waiting

PATIENCE = 10  # seconds for the server to take a call or a line
LONGEST = 2 * MAX_BYTES  # of a line from the server: a text, and who said it
GOODBYE = 5  # seconds for the server to say it
TICK = 0.1  # second between two looks at the clock


class Client:
    """What happens on screen and connection; all of it in the main thread.

    The other threads put into `events` what is to be done: a method and its argument.
    """

    def __init__(self, screen, waiting, nickname=None):
        self.screen, self.waiting, self.nickname = screen, waiting, nickname
        self.events = queue.Queue(1000)  # bounded: a server that floods us has to wait
        self.sock = self.typist = self.error = self.leaving_since = None
        self.named = self.over = False

    def run(self, place, typist):
        """Talk until the end; return None, or words for what went wrong."""
        self.typist, self.where = typist, f"{place[0]}, port {place[1]}"
        self.wait_for(f"Connecting to {self.where}")
        threading.Thread(target=self.listen, args=(place,), daemon=True).start()
        while not self.over:
            try:
                handler, value = self.events.get(timeout=TICK)
                handler(value)
            except queue.Empty:
                self.screen.refresh()
            if self.leaving_since and time.monotonic() > self.leaving_since + GOODBYE:
                break
        return self.error

    def listen(self, place):
        """In a thread: connect, and report every line that comes."""
        error = "the server has closed it"
        try:
            with socket.create_connection(place, timeout=PATIENCE) as sock:
                self.report(self.on_connected, sock)
                for line in lines_from(sock):
                    self.report(self.on_line, line.decode("utf-8", "replace"))
        except (OSError, UnicodeError, TooLong) as problem:
            error = problem
        self.report(self.on_end, error)

    def report(self, handler, value):
        """Let the main thread do something."""
        self.events.put((handler, value))

    def on_connected(self, sock):
        """Keep the connection, to write to it."""
        self.sock = sock

    def on_line(self, line):
        """Show a line of the server; its first character says what it means."""
        mark = line[:1]
        if mark in "?+" or not self.named:
            self.waiting.end()
        self.named = self.named or mark == "+"
        if mark == "~":
            self.wait_for(line[2:])
            self.screen.show_waiting(line)
        else:
            self.screen.show(line)
        if mark == "?":
            self.answer()

    def answer(self):
        """Answer a question: with the nickname of the command line, or let the user type."""
        if self.nickname:
            nickname, self.nickname = self.nickname, None
            self.send(nickname)
        elif self.typist:
            typist, self.typist = self.typist, None
            self.screen.can_type = True
            self.screen.refresh()
            threading.Thread(target=typist, args=(self,), daemon=True).start()

    def on_keys(self, keys):
        """Take keys of a terminal."""
        for line in self.screen.press(keys):
            self.on_typed(line)

    def on_typed(self, line):
        """Send a line of the user; the end of input means goodbye."""
        line = "/quit" if line is None else line
        if len(line.encode()) > MAX_BYTES:
            self.screen.show(f"! Not sent: a line may have {MAX_BYTES} bytes.")
        elif line.strip():
            self.send(line)
            if words.read(line)[0] == "/quit":
                self.leaving_since = time.monotonic()

    def send(self, line):
        """Send a line."""
        if not self.named:
            self.wait_for("Waiting for the server")
        try:
            self.sock.sendall(line.encode() + b"\n")
        except OSError as error:
            self.on_end(error)

    def wait_for(self, what):
        """Let the screen show that something is awaited, until it comes."""
        self.waiting.begin(what)
        self.screen.refresh()

    def on_end(self, error):
        """Stop: nothing more will come."""
        self.over = True
        if not self.leaving_since:
            self.error = f"{'Lost' if self.sock else 'No'} connection to {self.where}: {error}"


def lines_from(sock):
    """Yield the lines that come, as bytes, until the end."""
    tune(sock)
    incoming = Lines(LONGEST)
    while True:
        try:
            data = sock.recv(65536)
        except TimeoutError:
            continue
        if not data:
            return
        yield from incoming.feed(data)


def type_lines(client):
    """In a thread: report what comes from a pipe."""
    keyboard.read_lines(lambda line: client.report(client.on_typed, line))


def type_keys(client):
    """In a thread: report what is typed at a terminal."""
    keyboard.read_keys(lambda keys: client.report(client.on_keys, keys))


def chat(place, nickname):
    """Chat on this terminal or through this pipe; return None, or words for what went wrong."""
    waiting, on_terminal = Waiting(), is_terminal()
    screen = Terminal(waiting) if on_terminal else PlainScreen()
    keys = keyboard.keys_at_once() if on_terminal else contextlib.nullcontext()
    client = Client(screen, waiting, nickname)
    with keys:
        try:
            return client.run(place, type_keys if on_terminal else type_lines)
        except KeyboardInterrupt:
            return None
        finally:
            screen.close()


def main():
    """Read the command line, chat, and exit with 1 if the connection could not be had or kept."""
    parser = options.parser("chat", "Chat client: you choose whom to talk to.")
    parser.add_argument("-n", "--nickname", help="who you are; you are asked if it is left out")
    args = parser.parse_args()
    error = chat((args.ip_address, args.port), args.nickname)
    if error:
        sys.exit(error)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
