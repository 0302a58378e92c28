"""JIM client: says who is there, reads one answer, and keeps a log."""

import argparse
import socket
import sys
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from log.client_log_config import logger, open_log

from common.messages import BadMessage, receive_message, send_message


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


def talk(sock, account_name):
    """Send a presence and return the parsed answer."""
    presence = create_presence(account_name, "I am here")
    send_message(sock, presence)
    logger.info("sent %s", presence)
    message = receive_message(sock)
    if message is None:
        raise ConnectionError("the server closed the connection without an answer")
    logger.info("received %s", message)
    return parse_response(message)


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def main():
    """Read the command line, talk to the server, and exit with 1 if it did not say yes."""
    parser = argparse.ArgumentParser(description="JIM client")
    parser.add_argument("addr", help="address of the server")
    parser.add_argument("port", type=port_number, nargs="?", default=7777, help="7777 if left out")
    parser.add_argument("-n", "--name", default="guest", help="your account name")
    args = parser.parse_args()
    try:
        open_log()
        with socket.create_connection((args.addr, args.port), timeout=5) as sock:
            logger.info("connected to %s, port %s", args.addr, args.port)
            code, words = talk(sock, args.name)
    except (OSError, ValueError) as error:
        logger.error("no answer from %s, port %s: %s", args.addr, args.port, error)
        sys.exit(f"No answer from {args.addr}, port {args.port}: {error}")
    print(f"The server answered {code}: {words!r}")
    if code >= 400:
        sys.exit(1)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
