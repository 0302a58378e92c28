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
from names import is_account_name
from screen import Screen

from common.decorators import log
from common.loggers import printable
from common.messages import PATIENCE, BadMessage, receive_message, send_message

ROOM = "#all"
LATEST = 32503680000  # the year 3000: some systems know no later time
HELP = """message NAME TEXT  say something to one person
all TEXT           say something to everybody
list               show who is here
help               show this
quit               leave; Ctrl+C and the end of the input do the same"""


def create_presence(account_name, status):
    """Return the message that says who is there."""
    return {
        "action": "presence",
        "time": time.time(),
        "type": "status",
        "user": {"account_name": account_name, "status": status},
    }


def parse_response(message):
    """Return code and words of an answer; raise ValueError for what is not an answer."""
    code = message.get("response") if isinstance(message, dict) else None
    if type(code) is not int:
        raise BadMessage("this is not an answer")
    words = message.get("alert", message.get("error", ""))
    return code, str(words)


@log
def enter(sock, account_name):
    """Say who we are, and return the words of the welcome."""
    send_message(sock, create_presence(account_name, "I am here"))
    answer = receive_message(sock)
    if answer is None:
        raise ConnectionError("the server closed the connection without an answer")
    code, words = parse_response(answer)
    if code >= 400:
        raise ConnectionError(f"{code}: {words}")
    return f"{code}: {words}"


# The thread that receives


def receive(chat, sock):
    """Show what comes until the connection ends, for whatever reason."""
    reason = "the server has closed the connection"
    try:
        while (message := next_message(sock)) is not None:
            show(chat, message)
    except (OSError, ValueError) as error:
        reason = str(error)
    logger.info("the connection has ended: %s", reason)
    if chat.end(reason):
        wake_keyboard(chat)


def next_message(sock):
    """Wait for a message, however long it takes; None at the end of the connection."""
    while True:
        try:
            return receive_message(sock)
        except TimeoutError:
            continue  # nobody has said anything


def show(chat, message):
    """Show a message or an answer; what is neither is passed over, and noted in the log."""
    try:
        chat.screen.show(describe(chat, message))
    except (KeyError, TypeError) as error:
        logger.warning("what is this? %s (%r)", message, error)


def describe(chat, message):
    """Return a message as a line for the screen."""
    if "response" in message and "action" not in message:  # what people say has an action
        code, words = parse_response(message)
        if isinstance(message.get("alert"), list):
            words = ", ".join(map(str, message["alert"]))
        return f"{chat.answered(message.get('id'))} {code}: {words}".strip()
    moment = time.localtime(min(max(message["time"], 0), LATEST))
    sender = message["from"] + (" to all" if message["to"] == ROOM else "")
    return f"{time.strftime('%H:%M', moment)} {sender}: {message['message']}"


def wake_keyboard(chat):
    """End the wait for the keyboard: the other thread sits in input() and sees nothing else."""
    if sys.platform == "win32":
        chat.screen.show(f"{chat.closed}: press Enter")  # there input() cannot be interrupted
    else:
        os.kill(os.getpid(), signal.SIGINT)


# The thread that sends


def send_lines(chat):
    """Do what is typed until there is no more, or somebody has had enough."""
    while not chat.closed:
        try:
            words = chat.screen.ask().split(maxsplit=1)
        except EOFError:
            return
        if words[:1] == ["quit"]:
            return
        if words:
            obey(chat, *words)


def obey(chat, command, rest=""):
    """Carry out one command."""
    if command in COMMANDS:
        COMMANDS[command](chat, rest.strip())
    else:
        chat.screen.show(f"{command} is not a command; type: help")


def say_to_one(chat, rest):
    """Send a message to one person."""
    name, *text = rest.split(maxsplit=1) or [""]
    say(chat, name, "".join(text))


def say_to_all(chat, rest):
    """Send a message to everybody."""
    say(chat, ROOM, rest)


def say(chat, to, text):
    """Send a message, if there is one."""
    if text:
        fields = {"to": to, "from": chat.name, "encoding": "utf-8", "message": text}
        chat.request("msg", f"to {to}:", **fields)
    else:
        chat.screen.show("say what, and to whom? type: help")


def ask_who_is_here(chat, _):
    """Ask for the list of those who are here."""
    chat.request("get_users", "here are:")


def show_help(chat, _):
    """Show the commands."""
    for line in HELP.splitlines():
        chat.screen.show(line)


COMMANDS = {
    "message": say_to_one,
    "all": say_to_all,
    "list": ask_who_is_here,
    "help": show_help,
}


def converse(sock, account_name, screen):
    """Let two threads work: this one sends, the other receives; return why the other ended."""
    chat = Chat(sock, account_name, screen)
    # A time-out belongs to a socket object, so each thread has an object of its own.
    with sock.dup() as receiving:
        thread = threading.Thread(target=receive, args=(chat, receiving))
        try:
            thread.start()
            send_lines(chat)
        except KeyboardInterrupt:
            logger.info("interrupted")
        finally:
            with deaf_to_ctrl_c():
                part(chat, thread)
    return chat.lost


@contextlib.contextmanager
def deaf_to_ctrl_c():
    """Ignore Ctrl+C, and the other thread's signal: who is leaving need not be told to."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def part(chat, thread):
    """Say goodbye, wake the receiving thread by closing the line, and wait for its end."""
    chat.leave()
    with contextlib.suppress(OSError):  # perhaps the line is broken already
        send_message(chat.sock, {"action": "quit", "time": time.time()})
    with contextlib.suppress(OSError):  # whatever became of the goodbye: the thread must wake
        chat.sock.shutdown(socket.SHUT_RDWR)
    if thread.is_alive():
        thread.join()


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def account_name(text):
    """Take a word of the command line for a name."""
    if not is_account_name(text):
        raise argparse.ArgumentTypeError(f"{text} is not a name: 1 to 25 letters of one alphabet")
    return text


def read_arguments():
    """Read the command line: where the server is, and who we are."""
    parser = argparse.ArgumentParser(description="JIM client")
    parser.add_argument("addr", help="address of the server")
    parser.add_argument("port", type=port_number, nargs="?", default=7777, help="7777 if left out")
    parser.add_argument("-n", "--name", type=account_name, default="guest", help="your account")
    return parser.parse_args()


def main():
    """Talk; say in one line what went wrong."""
    args = read_arguments()
    screen = Screen()
    try:
        reason = talk(args, screen)
    except (OSError, ValueError) as error:
        reason = str(error)
    except KeyboardInterrupt:
        reason = None
    if reason:
        logger.error("%s, port %s: %s", args.addr, args.port, reason)
        sys.exit(f"{args.addr}, port {args.port}: {printable(reason)}")
    screen.show("Goodbye.")


def talk(args, screen):
    """Connect, say who we are, and converse; return why it ended, if it was not our wish."""
    open_log(args.name)
    with socket.create_connection((args.addr, args.port), timeout=PATIENCE) as sock:
        logger.info("connected to %s, port %s", args.addr, args.port)
        screen.show(enter(sock, args.name))
        return converse(sock, args.name, screen)


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
