"""JIM client that only receives: it shows what is said in the common chat."""

import sys
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from joining import run
from log.client_log_config import logger

from common.loggers import printable
from common.messages import receive_message

LATEST = 32503680000  # the year 3000: some systems know no later time


def shown(message):
    """Return a message as a line for the screen; nothing in it can control the terminal."""
    moment = time.localtime(min(max(message["time"], 0), LATEST))
    text = f"{time.strftime('%H:%M', moment)} {message['from']}: {message['message']}"
    return printable(text)


def talk(sock, _):
    """Show every message until the server closes."""
    while True:
        try:
            message = receive_message(sock)
        except TimeoutError:
            continue  # nobody said anything; go round, so that Ctrl+C is seen on Windows too
        if message is None:
            raise ConnectionError("the server has closed the connection")
        show(message)


def show(message):
    """Show a message; what is none is passed over, and noted in the log."""
    try:
        print(shown(message), flush=True)
    except (KeyError, TypeError) as error:
        logger.warning("what is this? %s (%r)", message, error)


def main():
    """Show what is said."""
    run("client_receive", talk, receive=True, description="JIM client that shows the common chat")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
