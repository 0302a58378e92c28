"""JIM server: one client at a time, an answer to each message, and a log of every call."""

import argparse
import socket
import sys
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from decorators import log
from log.server_log_config import logger, open_log

from common.messages import BadMessage, BrokenStream, receive_message, send_message

MAX_REFUSED = 5  # bad messages in a row, then the client is sent away


def create_socket_server(addr, port):
    """Return a TCP socket that listens on the address and the port."""
    server = socket.create_server((addr, port))
    server.settimeout(1)  # to wake up now and then: Windows sees Ctrl+C only between waits
    return server


@log
def make_response(message):
    """Return the answer to a message: 200, or 400 and what is wrong."""
    problem = find_problem(message)
    if problem:
        return bad_request(problem)
    name = message["user"]["account_name"]
    return {"response": 200, "time": time.time(), "alert": f"welcome, {name}"}


@log
def bad_request(problem):
    """Return the answer to what is not a proper message."""
    return {"response": 400, "time": time.time(), "error": str(problem)}


def find_problem(message):
    """Return what is wrong with a message, or None."""
    if not isinstance(message, dict):
        return "a message is a JSON object"
    if message.get("action") != "presence":
        return "unknown action"
    if not is_number(message.get("time")):
        return "time must be a number"
    user = message.get("user")
    if not isinstance(user, dict):
        return "user must be an object"
    if not is_text(user.get("account_name"), 1, 25):
        return "account_name must be text of 1 to 25 characters"
    if not is_text(user.get("status", ""), 0, 100):
        return "status must be text of at most 100 characters"
    return None


def is_number(value):
    """Tell whether a value is a finite number; True and False are none, whatever Python thinks."""
    return type(value) in (int, float) and abs(value) < float("inf")


def is_text(value, shortest, longest):
    """Tell whether a value is text of a proper length."""
    return isinstance(value, str) and shortest <= len(value) <= longest


@log
def serve_client(sock):
    """Answer the messages of one client until it leaves or has to be sent away."""
    refused = 0
    while refused < MAX_REFUSED:
        try:
            message = receive_message(sock)
            if message is None:
                break
            logger.info("received %s", message)
            response = make_response(message)
        except BrokenStream as error:
            logger.warning("cannot go on: %s", error)
            send_message(sock, bad_request(error))
            break
        except BadMessage as error:
            logger.warning("not a message: %s", error)
            response = bad_request(error)
        send_message(sock, response)
        words = response.get("alert", response.get("error"))
        logger.info("answered %s: %s", response["response"], words)
        refused = refused + 1 if response["response"] == 400 else 0
    hang_up(sock)


@log
def hang_up(sock):
    """Say goodbye properly: closing with unread bytes would destroy the answer on its way."""
    sock.shutdown(socket.SHUT_WR)
    sock.settimeout(1)
    for _ in range(100):
        if not sock.recv(65536):
            break


@log
def serve_forever(server):
    """Serve one client after another."""
    while True:
        try:
            sock, peer = server.accept()
        except TimeoutError:
            continue
        with sock:
            logger.info("%s has connected", peer[0])
            try:
                serve_client(sock)
            except OSError as error:
                logger.warning("%s is gone: %s", peer[0], error)


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return int(text)


def main():
    """Read the command line and serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="JIM server")
    parser.add_argument("-p", "--port", type=port_number, default=7777, help="7777 if left out")
    parser.add_argument("-a", "--addr", default="", help="address to listen on; all if left out")
    args = parser.parse_args()
    try:
        server = create_socket_server(args.addr, args.port)
        open_log(server.getsockname()[1])
    except (OSError, UnicodeError) as error:
        sys.exit(f"Cannot start on {args.addr or 'all addresses'}, port {args.port}: {error}")
    with server:
        logger.info("Listening on port %s. Ctrl+C stops the server.", server.getsockname()[1])
        try:
            serve_forever(server)
        except KeyboardInterrupt:
            logger.info("Stopped.")


if __name__ == "__main__":
    sys.stderr.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
