"""What both clients do first: read the command line, connect, say who is there."""

import argparse
import socket
import sys
import time

from log.client_log_config import logger, open_log

from common.decorators import log
from common.loggers import printable
from common.messages import BadMessage, receive_message, send_message


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def read_arguments(description):
    """Read the command line: where the server is, and who we are."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("addr", help="address of the server")
    parser.add_argument("port", type=port_number, nargs="?", default=7777, help="7777 if left out")
    parser.add_argument("-n", "--name", default="guest", help="your account name")
    return parser.parse_args()


@log
def create_presence(account_name, receive):
    """Return the message that says who is there, and whether it wants to hear the others."""
    return {
        "action": "presence",
        "time": time.time(),
        "type": "status",
        "user": {"account_name": account_name, "status": "I am here"},
        "receive": receive,
    }


def parse_response(message):
    """Return code and words of an answer; raise ValueError for what is not an answer."""
    code = message.get("response")
    if type(code) is not int:
        raise BadMessage("this is not an answer")
    words = message.get("alert", message.get("error", ""))
    return code, str(words)


def ask(sock, message):
    """Send a message, wait for its answer, and raise ConnectionError if there is none."""
    send_message(sock, message)
    answer = receive_message(sock)
    if answer is None:
        raise ConnectionError("the server has closed the connection")
    return parse_response(answer)


def run(name, talk, receive, description):
    """Connect, say who is there, and talk; say in one line what went wrong."""
    args = read_arguments(description)
    try:
        open_log(name)
        with socket.create_connection((args.addr, args.port), timeout=5) as sock:
            code, words = ask(sock, create_presence(args.name, receive))
            logger.info("%s, port %s answered %s: %s", args.addr, args.port, code, words)
            if code >= 400:
                raise ConnectionError(words)
            print(f"{printable(words)}. Ctrl+C ends.", flush=True)
            talk(sock, args.name)
    except (OSError, ValueError) as error:
        logger.error("%s, port %s: %s", args.addr, args.port, error)
        sys.exit(f"{args.addr}, port {args.port}: {printable(str(error))}")
    except KeyboardInterrupt:
        print("Goodbye.")
