"""JIM client: one thread shows what comes, the other sends what is typed."""

import argparse
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from chat import Chat
from log.client_log_config import logger, open_log

from common.decorators import log
from common.loggers import printable
from common.messages import PATIENCE, BadMessage, receive_message, send_message
from common.names import is_account_name
from common.port import Port
from common.screen import Screen
from common.verifiers import ClientVerifier

COMMON_CHAT = "#all"
LATEST = 32503680000  # the year 3000: some systems know no later time
HELP = """message NAME TEXT  say something to one person, or to a #room
all TEXT           say something to everybody
join #ROOM         enter a room; the first one opens it
leave #ROOM        leave a room
list               show who is here
rooms              show which rooms there are
help               show this
quit               leave; Ctrl+C and the end of the input do the same"""


class Client(metaclass=ClientVerifier):
    """Somebody who talks: a connection, a screen, and two threads."""

    port = Port(lowest=1)  # nobody listens on port 0

    def __init__(self, name, screen):
        self.name = name
        self.screen = screen
        self.chat = None  # what the two threads share, as long as they talk

    def main(self, addr, port):
        """Connect, say who we are, and converse; return why it ended, if it was not our wish."""
        self.port = port
        with self.create_client_socket(addr, self.port) as sock:
            logger.info("connected to %s, port %s", addr, self.port)
            self.screen.show(self.enter(sock))
            return self.converse(sock)

    @staticmethod
    def create_client_socket(addr, port):
        """Return a TCP socket that is connected to the server."""
        return socket.create_connection((addr, port), timeout=PATIENCE)

    def create_presence(self, status):
        """Return the message that says who is there."""
        return {
            "action": "presence",
            "time": time.time(),
            "type": "status",
            "user": {"account_name": self.name, "status": status},
        }

    @staticmethod
    def parse_response(message):
        """Return code and words of an answer; raise ValueError for what is not an answer."""
        code = message.get("response") if isinstance(message, dict) else None
        if type(code) is not int:
            raise BadMessage("this is not an answer")
        words = message.get("alert", message.get("error", ""))
        return code, str(words)

    @log
    def enter(self, sock):
        """Say who we are, and return the words of the welcome."""
        send_message(sock, self.create_presence("I am here"))
        answer = receive_message(sock)
        if answer is None:
            raise ConnectionError("the server closed the connection without an answer")
        code, words = self.parse_response(answer)
        if code >= 400:
            raise ConnectionError(f"{code}: {words}")
        return f"{code}: {words}"

    # The thread that receives

    def receive(self, sock):
        """Show what comes until the connection ends, for whatever reason."""
        reason = "the server has closed the connection"
        try:
            while (message := next_message(sock)) is not None:
                self.show(message)
        except (OSError, ValueError) as error:
            reason = str(error)
        logger.info("the connection has ended: %s", reason)
        if self.chat.end(reason):
            self.wake_keyboard()

    def show(self, message):
        """Show a message or an answer; what is neither is passed over, and noted in the log."""
        try:
            self.screen.show(self.describe(message))
        except (KeyError, TypeError) as error:
            logger.warning("what is this? %s (%r)", message, error)

    def describe(self, message):
        """Return a message as a line for the screen."""
        if "response" in message and "action" not in message:  # what people say has an action
            code, words = self.parse_response(message)
            if isinstance(message.get("alert"), list):
                words = ", ".join(map(str, message["alert"]))
            return f"{self.chat.answered(message.get('id'))} {code}: {words}".strip()
        moment = time.localtime(min(max(message["time"], 0), LATEST))
        sender = message["from"] + describe_room(message["to"])
        return f"{time.strftime('%H:%M', moment)} {sender}: {message['message']}"

    def wake_keyboard(self):
        """End the wait for the keyboard: the other thread sits in input() and sees nothing else."""
        if sys.platform == "win32":
            self.screen.show(f"{self.chat.closed}: press Enter")  # there input() goes on
        else:
            os.kill(os.getpid(), signal.SIGINT)

    # The thread that sends

    def send_lines(self):
        """Do what is typed until there is no more, or somebody has had enough."""
        while not self.chat.closed:
            try:
                words = self.screen.ask().split(maxsplit=1)
            except EOFError:
                return
            if words[:1] == ["quit"]:
                return
            if words:
                self.obey(*words)

    def obey(self, command, rest=""):
        """Carry out one command."""
        if command in self.commands:
            self.commands[command](self, rest.strip())
        else:
            self.screen.show(f"{command} is not a command; type: help")

    def say_to_one(self, rest):
        """Send a message to one person, or to a room."""
        name, *text = rest.split(maxsplit=1) or [""]
        self.say(name, "".join(text))

    def say_to_all(self, rest):
        """Send a message to everybody."""
        self.say(COMMON_CHAT, rest)

    def say(self, to, text):
        """Send a message, if there is one."""
        if text:
            fields = {"to": to, "from": self.name, "encoding": "utf-8", "message": text}
            self.chat.request("msg", f"to {to}:", **fields)
        else:
            self.screen.show("say what, and to whom? type: help")

    def join(self, room):
        """Enter a room."""
        self.chat.request("join", f"join {room}:", room=room)

    def leave(self, room):
        """Leave a room."""
        self.chat.request("leave", f"leave {room}:", room=room)

    def ask_who_is_here(self, _):
        """Ask for the list of those who are here."""
        self.chat.request("get_users", "here are:")

    def ask_for_rooms(self, _):
        """Ask for the list of rooms."""
        self.chat.request("get_rooms", "rooms:")

    def show_help(self, _):
        """Show the commands."""
        for line in HELP.splitlines():
            self.screen.show(line)

    commands = {
        "message": say_to_one,
        "all": say_to_all,
        "join": join,
        "leave": leave,
        "list": ask_who_is_here,
        "rooms": ask_for_rooms,
        "help": show_help,
    }

    def converse(self, sock):
        """Let two threads work: this one sends, the other receives; return why the other ended."""
        self.chat = Chat(sock, self.name, self.screen)
        # A time-out belongs to a socket object, so each thread has an object of its own.
        with sock.dup() as receiving:
            thread = threading.Thread(target=self.receive, args=(receiving,))
            try:
                thread.start()
                self.send_lines()
            except KeyboardInterrupt:
                logger.info("interrupted")
            finally:
                with deaf_to_ctrl_c():
                    self.part(sock, thread)
        return self.chat.lost

    def part(self, sock, thread):
        """Say goodbye, wake the receiving thread by closing the line, and wait for its end."""
        self.chat.leave()
        with contextlib.suppress(OSError):  # perhaps the line is broken already
            send_message(sock, {"action": "quit", "time": time.time()})
        with contextlib.suppress(OSError):  # whatever became of the goodbye: the thread must wake
            sock.shutdown(socket.SHUT_RDWR)
        if thread.is_alive():
            thread.join()


def next_message(sock):
    """Wait for a message, however long it takes; None at the end of the connection."""
    while True:
        try:
            return receive_message(sock)
        except TimeoutError:
            continue  # nobody has said anything


def describe_room(to):
    """Return where something was said, if it was not said to us alone."""
    if to == COMMON_CHAT:
        return " to all"
    return f" in {to}" if str(to).startswith("#") else ""


@contextlib.contextmanager
def deaf_to_ctrl_c():
    """Ignore Ctrl+C, and the other thread's signal: who is leaving need not be told to."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def account_name(text):
    """Take a word of the command line for a name."""
    if not is_account_name(text):
        raise argparse.ArgumentTypeError(f"{text} is not a name: 1 to 25 letters of one alphabet")
    return text


def get_addr_port():
    """Read the command line: where the server is, and who we are."""
    parser = argparse.ArgumentParser(description="JIM client")
    parser.add_argument("addr", help="address of the server")
    port = parser.add_argument("port", type=Client.port.parse, nargs="?")
    port.default, port.help = Client.port.default, f"{Client.port.default} if left out"
    parser.add_argument("-n", "--name", type=account_name, default="guest", help="your account")
    return parser.parse_args()


def main():
    """Talk; say in one line what went wrong."""
    args = get_addr_port()
    screen = Screen()
    try:
        open_log(args.name)
        reason = Client(args.name, screen).main(args.addr, args.port)
    except (OSError, ValueError) as error:
        reason = str(error)
    except KeyboardInterrupt:
        reason = None
    if reason:
        logger.error("%s, port %s: %s", args.addr, args.port, reason)
        sys.exit(f"{args.addr}, port {args.port}: {printable(reason)}")
    screen.show("Goodbye.")


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
