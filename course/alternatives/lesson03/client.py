"""A client in one breath: another right answer to lesson 3."""

import argparse
import socket
import sys
import time

from wire import receive_message, send_message


def create_presence(account_name, status):
    """Return a presence."""
    user = dict(account_name=account_name, status=status)
    return dict(action="presence", time=int(time.time()), type="status", user=user)


def parse_response(message):
    """Return code and words."""
    try:
        code = message["response"]
    except (KeyError, TypeError):
        raise ValueError("no answer") from None
    if not isinstance(code, int) or isinstance(code, bool):
        raise ValueError("the code is no number")
    return code, message.get("error" if code > 399 else "alert", "")


def main():
    """Say hello."""
    parser = argparse.ArgumentParser()
    parser.add_argument("addr")
    parser.add_argument("port", type=int, nargs="?", default=7777)
    args = parser.parse_args()
    try:
        sock = socket.create_connection((args.addr, args.port), 5)
        send_message(sock, create_presence("somebody", ""))
        code, words = parse_response(receive_message(sock))
    except (OSError, ValueError, OverflowError) as error:
        sys.exit(f"This did not work: {error}")
    print(code, words)
    sys.exit(code > 399)


if __name__ == "__main__":
    main()
