"""JIM server: sockets and waiting. What a message means, the hub knows."""

import argparse
import errno
import selectors
import socket
import sys
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from log.server_log_config import logger, open_log
from port import Port
from verifiers import ServerVerifier

from common.decorators import log
from common.hub import GOODBYE, Hub, answer
from common.limits import places
from common.messages import BrokenStream, encode
from common.peer import Peer

BACKLOG = 1000  # connections that may wait at the door
USED_UP = (errno.EMFILE, errno.ENFILE)  # no descriptor is left, of ours or of the system's


class Server(metaclass=ServerVerifier):
    """The shell around the hub: it waits, reads, asks the hub, and writes."""

    port = Port()

    def __init__(self, addr, port):
        self.port = port
        self.hub = Hub()
        self.peers = {}  # socket -> peer
        self.places = places()
        self.unsettled = set()  # peers to whom something has happened in this turn
        self.next_round = 0.0  # when all peers are looked after, not only the busy ones
        self.listener = self.create_socket_server(addr, self.port)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)

    @staticmethod
    def create_socket_server(addr, port):
        """Return a TCP socket that listens on the address and the port."""
        listener = socket.create_server((addr, port), backlog=BACKLOG)
        listener.setblocking(False)
        return listener

    @property
    def address(self):
        """Where the server can be found: address and port."""
        return self.listener.getsockname()[:2]

    @log
    def main(self):
        """Serve everybody who comes."""
        while True:
            self.take_turn()

    def take_turn(self):
        """Wait until something can be done, a second at most, and do it."""
        ready = self.selector.select(0 if self.unsettled else 1)
        self.write_responses(self.read_requests(ready))
        now = time.monotonic()
        for peer in self.due(now):
            self.look_after(peer, now)
        unsettled, self.unsettled = self.unsettled, set()
        for peer in unsettled:
            self.settle(peer, now)

    def due(self, now):
        """Return the peers to look after: once a second all, else those to whom things happen."""
        if now < self.next_round:
            return list(self.unsettled)
        self.next_round = now + 1
        self.watch_door()
        return list(self.peers.values())

    def read_requests(self, events):
        """Return what has come: pairs of a peer and a message, or a BadMessage."""
        now = time.monotonic()
        requests = []
        for key, event in events:
            if key.fileobj is self.listener:
                self.welcome()
                continue
            peer = self.peers[key.fileobj]
            self.unsettled.add(peer)
            items = peer.read(now) if event & selectors.EVENT_READ else []
            requests += [(peer, item) for item in items]
            if not items and (peer.ended or peer.lost):
                self.deliver(self.hub.left(peer))  # another may ask for its name in this very turn
        return requests

    def write_responses(self, requests):
        """Ask the hub what follows from the requests, and let everybody have what is theirs."""
        for peer, message in requests:
            if not peer.lost:
                self.deliver(self.ask(peer, message))
            if not peer.name and (name := self.hub.name_of(peer)):
                logger.info("%s is %s", peer.address, name)
                peer.name = name

    def ask(self, peer, message):
        """Ask the hub; a mistake of ours ends the talk with this client, not with the others."""
        try:
            return self.hub.handle(peer, message, time.time())
        except Exception:
            reference = f"mistake {time.time_ns():x}"
            logger.exception("%s, made for %s (%s)", reference, peer.name, peer.address)
            words = f"a mistake of the server; its log knows it as {reference}"
            return [(peer, answer({}, 500, words, time.time())), (peer, GOODBYE)]

    def deliver(self, pairs):
        """Queue what the hub gives out; a message for many is written out once."""
        last = data = None
        for peer, message in pairs:
            if message is GOODBYE:
                peer.leave(time.monotonic())
                continue
            if message is not last:
                last, data = message, encode(message)
            if "error" in message and "action" not in message:  # else somebody says so, not we
                logger.warning("%s (%s) is refused: %s", peer.name, peer.address, message["error"])
            self.send_data(data, peer)

    def send_data(self, data, peer):
        """Let a peer have bytes; they are written at the end of the turn, all at once."""
        if not peer.lost and not peer.leaving:
            peer.queue(data)
        self.unsettled.add(peer)

    def welcome(self):
        """Accept everybody who waits at the door."""
        for _ in range(BACKLOG):
            try:
                sock, address = self.listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                logger.warning("nobody there after all: %s", error)
                if error.errno in USED_UP:  # who stands there would wake us again at once
                    self.watch_door(False)
                return
            self.admit(Peer(sock, address[0]))

    def watch_door(self, wanted=True):
        """Let the selector watch who comes; while nobody can be let in, let it not."""
        watched = self.listener in self.selector.get_map()
        if wanted and not watched:
            self.selector.register(self.listener, selectors.EVENT_READ)
        elif watched and not wanted:
            self.selector.unregister(self.listener)

    def admit(self, peer):
        """Let a client in, or tell it that there is no room."""
        if len(self.peers) >= self.places:
            return self.turn_away(peer)
        self.peers[peer.sock] = peer
        self.hub.joined(peer)
        self.selector.register(peer.sock, selectors.EVENT_READ)
        logger.info("%s has connected", peer.address)

    def turn_away(self, peer):
        """Say that there is no room, and close."""
        logger.warning("%s is turned away: there is no room", peer.address)
        peer.queue(encode(answer({}, 500, "no room: too many connections", time.time())))
        peer.write()
        peer.read(0)
        peer.say_goodbye()
        peer.close()

    def look_after(self, peer, now):
        """Part with a peer whose time has come."""
        if peer.connection.overdue(now) and not peer.leaving:
            late = BrokenStream("a message did not end in time")
            self.write_responses([(peer, late)])
        if peer.ended:
            peer.leave(now)
        if peer.leaving or peer.lost:
            self.deliver(self.hub.left(peer))
            self.unsettled.add(peer)

    def settle(self, peer, now):
        """Write what waits for a peer, and let the selector watch for the rest."""
        if peer.outbox and not peer.lost:
            peer.write()
        if peer.gone(now):
            self.forget(peer)
        else:
            self.watch(peer)

    def watch(self, peer):
        """Let the selector wait for what this peer needs: who has ended says nothing more."""
        reading = 0 if peer.ended else selectors.EVENT_READ
        writing = selectors.EVENT_WRITE if peer.outbox else 0
        if self.selector.get_key(peer.sock).events != reading | writing:
            self.selector.modify(peer.sock, reading | writing)

    def forget(self, peer):
        """Close what is left of a peer."""
        self.deliver(self.hub.left(peer))
        self.selector.unregister(peer.sock)
        del self.peers[peer.sock]
        self.unsettled.discard(peer)
        peer.close()
        logger.info("%s (%s) has gone: %s", peer.name, peer.address, peer.lost or "goodbye")

    def close(self):
        """Close every socket."""
        for sock in (*self.peers, self.listener):
            sock.close()
        self.selector.close()


def get_addr_port():
    """Read the command line: the address and the port, and whether to log every call."""
    parser = argparse.ArgumentParser(description="JIM server")
    port = parser.add_argument("-p", "--port", type=Server.port.parse)
    port.default, port.help = Server.port.default, f"{Server.port.default} if left out"
    parser.add_argument("-a", "--addr", default="", help="address to listen on; all if left out")
    parser.add_argument("--debug", action="store_true", help="log every call")
    return parser.parse_args()


def main():
    """Serve until Ctrl+C; say in one line why we cannot."""
    args = get_addr_port()
    try:
        server = Server(args.addr, args.port)
        open_log(server.address[1], args.debug)
    except (OSError, UnicodeError) as error:
        sys.exit(f"Cannot start on {args.addr or 'all addresses'}, port {args.port}: {error}")
    logger.info("Listening on port %s. Ctrl+C stops the server.", server.address[1])
    try:
        server.main()
    except KeyboardInterrupt:
        logger.info("Stopped.")
    finally:
        server.close()


if __name__ == "__main__":
    sys.stderr.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
