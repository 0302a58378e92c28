"""A server built on socketserver: another right answer to lesson 3."""

import argparse
import contextlib
import socket
import socketserver
import sys
import time

from wire import NoMessage, receive_message, send_message


class Turn(socketserver.BaseRequestHandler):
    """One client's turn."""

    def handle(self):
        """Answer until there is no more to answer."""
        with contextlib.suppress(OSError):
            strikes = 0
            while strikes < 5 and (answer := self.next_answer()):
                send_message(self.request, answer)
                strikes = strikes + 1 if answer["response"] == 400 else 0
                strikes = 5 if answer.pop("last", False) else strikes
            self.request.shutdown(socket.SHUT_WR)
            self.request.settimeout(0.5)
            while self.request.recv(100_000):
                pass

    def next_answer(self):
        """Return the answer to what comes next, None at the end."""
        try:
            message = receive_message(self.request)
        except NoMessage as problem:
            return refusal(problem) | ({"last": True} if problem.last else {})
        return make_response(message) if message is not None else None


class Listener(socketserver.TCPServer):
    """One client after another."""

    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 50


def create_socket_server(addr, port):
    """Return a listening socket."""
    return Listener((addr, port), Turn).socket


def refusal(problem):
    """Return a 400."""
    return {"response": 400, "time": int(time.time()), "error": f"{problem}"}


def make_response(message):
    """Return 200 for a good presence."""
    match message:
        case {"action": "presence", "time": int() | float() as moment, "user": dict(user)}:
            if isinstance(moment, bool):
                return refusal("true is no time")
        case {"action": "presence"}:
            return refusal("time or user is missing")
        case _:
            return refusal("no such action")
    match user:
        case {"account_name": str(name), **rest} if 0 < len(name) < 26:
            if isinstance(rest.get("status", ""), str):
                return {"response": 200, "time": int(time.time()), "alert": f"hello {name}"}
    return refusal("no proper user")


def main():
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-a", dest="addr", default="")
    parser.add_argument("-p", dest="port", type=int, default=7777)
    args = parser.parse_args()
    try:
        listener = Listener((args.addr, args.port), Turn)
    except (OSError, OverflowError, UnicodeError) as error:
        sys.exit(f"It is not possible to listen: {error}")
    with listener, contextlib.suppress(KeyboardInterrupt):
        listener.serve_forever()


if __name__ == "__main__":
    main()
