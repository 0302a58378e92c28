"""JIM client that only sends: each line that is typed goes to the common chat."""

import sys
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from joining import ask, run

from common.loggers import printable
from common.messages import send_message


def create_message(account_name, text):
    """Return a message to the common chat."""
    return {
        "action": "msg",
        "time": time.time(),
        "to": "#all",
        "from": account_name,
        "encoding": "utf-8",
        "message": text,
    }


def talk(sock, account_name):
    """Send every line of the keyboard until there are no more."""
    for line in sys.stdin:
        text = line.strip()
        if text:
            code, words = ask(sock, create_message(account_name, text))
            print(f"{code}: {printable(words)}", flush=True)
    send_message(sock, {"action": "quit", "time": time.time()})


def main():
    """Send what is typed."""
    run("client_send", talk, receive=False, description="JIM client that sends to the common chat")


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
