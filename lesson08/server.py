"""JIM server: one loop serves everybody, and a message goes to one person or to all."""

import argparse
import re
import select
import socket
import sys
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from limits import places
from log.server_log_config import logger, open_log
from names import is_account_name, same
from peer import Peer

from common.decorators import log
from common.messages import MAX_BYTES, BadMessage, BrokenStream, encode

ROOM = "#all"
PAGE = 500  # names in one answer: it must stay under 64 KiB
BACKLOG = 1000  # connections that may wait at the door
MAX_REFUSED = 5  # bad messages in a row, then the client is sent away
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def create_socket_server(addr, port):
    """Return a TCP socket that listens on the address and the port."""
    server = socket.create_server((addr, port), backlog=BACKLOG)
    server.setblocking(False)
    return server


@log
def serve_forever(server):
    """Serve everybody who comes."""
    peers = {}  # socket -> peer
    while True:
        take_turn(server, peers)


def take_turn(server, peers):
    """Wait until something can be done, a second at most, and do it."""
    waiting = [sock for sock, peer in peers.items() if peer.outbox]
    readable, writable, _ = select.select([server, *peers], waiting, [], 1)
    now = time.monotonic()
    for sock in readable:
        if sock is server:
            welcome(server, peers)
        else:
            serve_client(peers[sock], peers, now)
    for sock in writable:
        peers[sock].write()
    for peer in list(peers.values()):
        look_after(peer, peers, now)


def welcome(server, peers):
    """Accept everybody who waits at the door."""
    for _ in range(BACKLOG):
        try:
            sock, address = server.accept()
        except BlockingIOError:
            return
        except OSError as error:
            logger.warning("nobody there after all: %s", error)
            return
        admit(Peer(sock, address[0]), peers)


def admit(peer, peers):
    """Let a client in, or tell it that there is no room."""
    if len(peers) < places():
        peers[peer.sock] = peer
        logger.info("%s has connected", peer.address)
    else:
        turn_away(peer)


def turn_away(peer):
    """Say that there is no room, and close."""
    logger.warning("%s is turned away: there is no room", peer.address)
    peer.queue(encode(make_answer(500, "no room: too many connections")))
    peer.write()
    peer.read(0)
    peer.say_goodbye()
    peer.close()


def look_after(peer, peers, now):
    """Part with a client whose time has come."""
    if peer.connection.overdue(now) and not peer.leaving:
        refuse(peer, BadMessage("a message did not end in time"))
        peer.leave(now)
    if peer.gone(now):
        del peers[peer.sock]
        peer.close()
        logger.info("%s (%s) has gone: %s", peer.name, peer.address, peer.lost or "goodbye")


def serve_client(peer, peers, now):
    """Act on what has come from a client."""
    for item in peer.read(now):
        if isinstance(item, BadMessage):
            refuse(peer, item)
        else:
            respond(peer, item, peers)
        if peer.refused >= MAX_REFUSED or isinstance(item, BrokenStream):
            peer.leave(now)
        if peer.leaving or peer.lost:
            break


def refuse(peer, problem, message=None):
    """Answer what is not a proper message."""
    logger.warning("%s (%s) is refused: %s", peer.name, peer.address, problem)
    peer.refused += 1
    answer(peer, 400, str(problem), message or {})


@log
def respond(peer, message, peers):
    """Do what a message asks for, and answer it."""
    problem = find_problem(message)
    code, words = (400, problem) if problem else ACTIONS[message["action"]](peer, message, peers)
    if code == 400:
        refuse(peer, words, message)
    elif code:
        peer.refused = 0
        answer(peer, code, words, message)


def answer(peer, code, words, message):
    """Queue an answer; it bears the id of the message, if that has one."""
    reply = make_answer(code, words)
    if is_id(message.get("id")):
        reply["id"] = message["id"]
    peer.queue(encode(reply))


def make_answer(code, words):
    """Return an answer: a code, and words for people."""
    return {"response": code, "time": time.time(), "alert" if code < 400 else "error": words}


def on_presence(peer, message, peers):
    """Note who a client is, and whether it wants to hear the others."""
    name = message["user"]["account_name"]
    if peer.name not in (None, name):
        return 403, f"you are {peer.name}"
    if find(name, peers) not in (None, peer):
        return 409, f"{name} is here already"
    peer.name, peer.receives = name, message.get("receive", True)
    logger.info("%s is %s", peer.address, name)
    return 200, f"welcome, {name}"


def find(name, peers):
    """Return who bears a name, None if nobody does who is still here."""
    for peer in peers.values():
        if same(peer.name, name) and not peer.leaving and not peer.lost:
            return peer
    return None


def on_message(peer, message, peers):
    """Send what a client says to one person, or to everybody who listens."""
    if peer.name is None:
        return 400, "say who you are first: presence"
    if message["from"] != peer.name:
        return 403, f"you are {peer.name}"
    if message["to"] == ROOM:
        others = [other for other in peers.values() if other.receives and not other.leaving]
    else:
        others = [find(message["to"], peers)]
    if others == [None]:
        return 404, f"{message['to']} is not here"
    data = encode(message)
    if len(data) > MAX_BYTES:  # our way to write a number may be longer than the sender's
        return 400, f"written out, the message is longer than {MAX_BYTES} bytes"
    for other in others:
        other.queue(data)
    return 200, "sent"


def on_get_users(peer, message, peers):
    """Return who is here, as many as an answer holds; `after` asks for the rest."""
    if peer.name is None:
        return 400, "say who you are first: presence"
    after = message.get("after", "").casefold()
    names = {other.name for other in peers.values() if other.name and not other.leaving}
    rest = sorted((name for name in names if name.casefold() > after), key=str.casefold)
    return 202, rest[:PAGE]


def on_quit(peer, _, __):
    """Part; a goodbye has no answer."""
    peer.leave(time.monotonic())
    return None, None


ACTIONS = {
    "presence": on_presence,
    "msg": on_message,
    "get_users": on_get_users,
    "quit": on_quit,
}


def is_number(value):
    """Tell whether a value is a finite number; True and False are none, whatever Python thinks."""
    return type(value) in (int, float) and abs(value) < float("inf")


def is_text(value, shortest, longest):
    """Tell whether a value is text of a proper length."""
    return isinstance(value, str) and shortest <= len(value) <= longest


def is_addressee(value):
    """Tell whether a value can be the name of an account, or # and the name of a room."""
    return is_account_name(value.removeprefix("#")) if isinstance(value, str) else False


def is_id(value):
    """Tell whether a value can mark a request and its answer."""
    return isinstance(value, str) and bool(ID.fullmatch(value))


def is_user(value):
    """Tell whether a value says who somebody is."""
    is_object = isinstance(value, dict) and is_account_name(value.get("account_name"))
    return is_object and is_text(value.get("status", ""), 0, 100)


NAME = "a name: 1 to 25 letters of one alphabet and digits, between them . _ -"
FIELDS = {
    "presence": {"user": (is_user, f"an object with account_name, {NAME}")},
    "msg": {
        "to": (is_addressee, f"a room such as {ROOM}, or {NAME}"),
        "from": (is_account_name, NAME),
        "message": (lambda value: is_text(value, 1, 500), "text of 1 to 500 characters"),
    },
    "get_users": {},
    "quit": {},
}
OPTIONAL = {
    "presence": {"receive": (lambda value: isinstance(value, bool), "true or false")},
    "msg": {"encoding": (lambda value: value == "utf-8", "utf-8")},
    "get_users": {"after": (is_account_name, NAME)},
}
EVERYWHERE = {"id": (is_id, "1 to 64 of A-Za-z0-9_-")}


def find_problem(message):
    """Return what is wrong with a message, or None."""
    action = message.get("action")
    if not isinstance(action, str) or action not in FIELDS:
        return "unknown action"
    if not is_number(message.get("time", 0 if action == "quit" else None)):
        return "time must be a number"
    allowed = OPTIONAL.get(action, {}) | EVERYWHERE
    optional = {field: rule for field, rule in allowed.items() if field in message}
    for field, (fits, rule) in (FIELDS[action] | optional).items():
        if not fits(message.get(field)):
            return f"{field} must be {rule}"
    return None


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
    parser.add_argument("--debug", action="store_true", help="log every call")
    args = parser.parse_args()
    try:
        server = create_socket_server(args.addr, args.port)
        open_log(server.getsockname()[1], args.debug)
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
