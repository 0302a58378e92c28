"""JIM client: a window; in the terminal with --console."""

import argparse
import contextlib
import importlib.util
import os
import signal
import sys
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

try:
    from common.client_storage import ClientStorage, StorageError, file_for
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is missing; this sets everything up: python -m course setup")
from log.client_log_config import logger, open_log

from common.client_thread import Client
from common.console import Console
from common.loggers import printable
from common.names import is_account_name
from common.screen import Screen
from common.session import Session

DEFAULT_PORT = 7777
NO_WINDOW = "no window can be shown here; in the terminal it goes like this:"


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


def get_addr_port():
    """Read the command line: where the server is, who we are, and where our data lie."""
    parser = argparse.ArgumentParser(description="JIM client")
    parser.add_argument("addr", nargs="?", help="address of the server; the window asks for it")
    parser.add_argument("port", type=port_number, nargs="?", help=f"{DEFAULT_PORT} if left out")
    parser.add_argument("-n", "--name", type=account_name, help="your account")
    home = os.environ.get("JIM_HOME") or None  # None: where this platform keeps such things
    parser.add_argument("--data", metavar="FOLDER", default=home, help="folder of your messages")
    parser.add_argument("--console", action="store_true", help="no window, but the terminal")
    parser.add_argument("--config", metavar="FILE", help="what the window remembers")
    args = parser.parse_args()
    if args.console and not args.addr:
        parser.error("the following arguments are required: addr")
    return args


def main():
    """Talk, in a window or in the terminal."""
    args = get_addr_port()
    if args.console:
        talk_in_terminal(args)
    elif not has_display():
        command = f"{Path(sys.argv[0]).name} {args.addr or 'ADDRESS'} --name NAME --console"
        sys.exit(f"{NO_WINDOW} python {command}")
    else:
        talk_in_window(args)


def has_display():
    """Tell whether windows can be shown here."""
    if importlib.util.find_spec("PyQt5") is None:
        return False
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def talk_in_window(args):
    """Talk in the window until it is closed."""
    from client_desk import Desk, give_turns_to, make_application  # not everybody has PyQt5

    application = make_application(sys.argv[:1])
    desk = Desk(args.config, args.data)
    open_log(args.name or desk.settings.name or "window")
    desk.finished.connect(application.quit)
    signal.signal(signal.SIGINT, lambda *_: desk.close())
    give_turns_to(application)
    desk.open(args.addr, args.port, args.name)
    sys.exit(application.exec_())


def talk(args, screen):
    """Open the storage and converse; return why it ended, None if that was our wish."""
    path = file_for(args.name, args.addr, args.port, args.data)
    with contextlib.closing(ClientStorage(path, args.name)) as storage:
        console = Console(storage, screen)
        client = Client(Session(args.name, storage), (args.addr, args.port), console.on_event)
        return console.main(client)


def talk_in_terminal(args):
    """Talk in the terminal; say in one line what went wrong."""
    args.name, args.port = args.name or "guest", args.port or DEFAULT_PORT
    screen = Screen()
    try:
        open_log(args.name)
        reason = talk(args, screen)
    except (OSError, ValueError, StorageError) as error:
        reason = str(error)
    except KeyboardInterrupt:
        reason = None
    if reason:
        logger.error("%s, port %s: %s", args.addr, args.port, reason)
        sys.exit(f"{args.addr}, port {args.port}: {printable(reason)}")
    screen.show("Goodbye.")


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream:  # a program of windows may have none
            stream.reconfigure(encoding="utf-8", errors="replace")  # in pipes and on Windows too
    main()
