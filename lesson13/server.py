"""JIM server: a thread that serves, a window or a terminal to administer it."""

import argparse
import errno
import importlib.util
import os
import queue
import selectors
import signal
import socket
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Future
from functools import partial
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

try:
    from control import Control, said, settings_of
except ModuleNotFoundError as error:
    sys.exit(f"The package {error.name} is missing. This sets up all: python3 -m course setup")

from admin import Admin
from log.server_log_config import logger, open_log
from settings import SettingsError

from common.bell import Bell
from common.contact_hub import ContactHub
from common.decorators import log
from common.effects import STORAGE, Effect
from common.hub import GOODBYE, answer
from common.limits import places
from common.messages import BrokenStream, encode
from common.peer import Peer
from common.port import Port
from common.records import StorageError
from common.server_control import ControlError
from common.verifiers import ServerVerifier
from common.writer import Writer

PATIENCE = 5  # seconds that other threads wait for an answer of the server's
BACKLOG = 1000  # connections that may wait at the door
USED_UP = (errno.EMFILE, errno.ENFILE)  # no descriptor is left, of ours or of the system's


class Server(threading.Thread, metaclass=ServerVerifier):
    """The shell around the hub, in a thread of its own: it waits, reads, asks, and writes."""

    port = Port()

    def __init__(self, addr, port, storage, name=""):
        super().__init__(name="server", daemon=True)
        self.port = port
        self.hub = ContactHub(name)
        self.stopped = False
        self.wishes = queue.SimpleQueue()  # what other threads want to know or to have done
        self.peers = {}  # socket -> peer
        self.places = places()
        self.owed = Counter()  # peer -> effects whose results it waits for
        self.unsettled = set()  # peers to whom something has happened in this turn
        self.next_round = 0.0  # when all peers are looked after, not only the busy ones
        self.listener = self.create_socket_server(addr, self.port)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.bell = Bell()  # the writer rings when it has stored something
        self.selector.register(self.bell, selectors.EVENT_READ)
        self.bell_alone = selectors.DefaultSelector()
        self.bell_alone.register(self.bell, selectors.EVENT_READ)
        self.writer = Writer(storage, self.bell.ring)

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

    def run(self):
        """Serve in this thread until somebody stops it; what went wrong is in the log."""
        try:
            self.main()
        except Exception:
            logger.exception("The server has ended by a mistake of ours")
        finally:
            self.close()

    @log
    def main(self):
        """Serve everybody who comes."""
        while not self.stopped:
            self.take_turn()

    # For other threads

    def stop(self):
        """Let the server end, and wait until it has."""
        self.stopped = True
        self.bell.ring()
        if self.ident:
            self.join()
        else:
            self.close()

    def call(self, function, *arguments):
        """Have a function called in the server's thread, and return its result."""
        future = Future()
        self.wishes.put((future, function, arguments))
        self.bell.ring()
        return future.result(PATIENCE)

    def online(self):
        """Return (name, address, since when) of all who are here."""
        return self.call(self.hub.online)

    def disconnect(self, name):
        """End somebody's connection; tell whether there was one."""
        return self.call(self.part_with, name)

    # In the server's own thread

    def grant_wishes(self):
        """Do what other threads want."""
        while not self.wishes.empty():
            future, function, arguments = self.wishes.get()
            try:
                future.set_result(function(*arguments))
            except Exception as error:  # whoever asked gets it
                future.set_exception(error)

    def part_with(self, name):
        """End the connection of somebody; tell whether there was one."""
        peer = self.hub.peer_of(name)
        if peer:
            self.unsettled.add(peer)  # it may be silent, and is to be parted with in this turn
            self.deliver([(peer, GOODBYE)])
            self.deliver(self.hub.left(peer, time.time()))
        return bool(peer)

    def take_turn(self):
        """Wait until something can be done, a second at most, and do it."""
        # While the writer has too much to do, nobody is read: who sends too fast has to wait.
        selector = self.bell_alone if self.writer.full else self.selector
        ready = selector.select(0 if self.unsettled else 1)
        self.write_responses(self.read_requests(ready))
        self.take_results()
        self.grant_wishes()
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
            if key.fileobj is self.bell:
                self.bell.quiet()
                continue
            peer = self.peers[key.fileobj]
            self.unsettled.add(peer)
            items = peer.read(now) if event & selectors.EVENT_READ else []
            requests += [(peer, item) for item in items]
            if not items and self.has_left(peer):
                # Another may ask for its name in this very turn.
                self.deliver(self.hub.left(peer, time.time()))
        return requests

    def write_responses(self, requests):
        """Ask the hub what follows from the requests, and let everybody have what is theirs."""
        for peer, message in requests:
            if not peer.lost:
                pairs = self.ask(peer, self.hub.handle, peer, message, time.time())
                self.deliver(self.in_turn(peer, pairs))
            if not peer.name and (name := self.hub.name_of(peer)):
                logger.info("%s is %s", peer.address, name)
                peer.name = name

    def in_turn(self, peer, pairs):
        """Let what needs no storage wait for what came before: answers keep their order."""
        if not self.owed[peer] or any(other is STORAGE for other, _ in pairs):
            return pairs
        return [(STORAGE, Effect("nothing", (), lambda _: pairs, peer))]

    def has_left(self, peer):
        """Tell whether a peer wants nothing more: who has only ended still gets its answers."""
        return bool(peer.lost or (peer.ended and not self.owed[peer]))

    def ask(self, peer, question, *arguments):
        """Ask the hub; a mistake of ours ends the talk with this client, not with the others."""
        try:
            return question(*arguments)
        except Exception:
            reference = f"mistake {time.time_ns():x}"
            logger.exception("%s, made for %s (%s)", reference, peer.name, peer.address)
            words = f"a mistake of the server; its log knows it as {reference}"
            here = peer.sock in self.peers
            return [(peer, answer({}, 500, words, time.time())), (peer, GOODBYE)] if here else []

    def take_results(self):
        """Let everybody have what follows from what has been stored."""
        for effect, result in self.writer.results():
            peer = effect.asker
            self.owed[peer] -= 1
            if not self.owed[peer]:
                del self.owed[peer]
            if peer.sock in self.peers:
                self.unsettled.add(peer)
            self.deliver(self.ask(peer, effect.then, result))

    def deliver(self, pairs):
        """Queue what the hub gives out; a message for many is written out once."""
        last = data = None
        for peer, message in pairs:
            if peer is STORAGE:
                self.owed[message.asker] += 1
                self.writer.put(message)
                continue
            if peer.sock not in self.peers:
                continue  # it has gone while this waited its turn
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
        self.hub.joined(peer, peer.address)
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
        if peer.ended and not self.owed[peer]:
            peer.leave(now)
        if peer.leaving or peer.lost:
            self.deliver(self.hub.left(peer, time.time()))
            self.unsettled.add(peer)

    def settle(self, peer, now):
        """Write what waits for a peer, and let the selector watch for the rest."""
        if peer.outbox and not peer.lost:
            peer.write()
        if peer.gone(now):
            self.forget(peer)
            return
        self.watch(peer)
        if not peer.outbox:
            self.deliver(self.hub.drained(peer, time.time()))

    def watch(self, peer):
        """Let the selector wait for what this peer needs: who has ended says nothing more."""
        reading = 0 if peer.ended else selectors.EVENT_READ
        writing = selectors.EVENT_WRITE if peer.outbox else 0
        key = self.selector.get_map().get(peer.sock)
        if key and key.events == reading | writing:
            return
        if key:
            self.selector.unregister(peer.sock)
        if reading | writing:  # else it waits for the storage only
            self.selector.register(peer.sock, reading | writing)

    def forget(self, peer):
        """Close what is left of a peer."""
        self.deliver(self.hub.left(peer, time.time()))
        if peer.sock in self.selector.get_map():
            self.selector.unregister(peer.sock)
        del self.peers[peer.sock]
        self.unsettled.discard(peer)
        peer.close()
        logger.info("%s (%s) has gone: %s", peer.name, peer.address, peer.lost or "goodbye")

    def close(self):
        """Wait until all is stored, give out what follows from that, and close every socket."""
        self.writer.close()
        self.take_results()
        for peer in self.unsettled:
            peer.write()
        self.bell_alone.close()
        self.bell.close()
        for sock in (*self.peers, self.listener):
            sock.close()
        self.selector.close()


def get_addr_port():
    """Read the command line: what it says goes before the settings of the file."""
    parser = argparse.ArgumentParser(description="JIM server")
    port = parser.add_argument("-p", "--port", type=Server.port.parse)
    port.help = f"{Server.port.default} if left out"
    parser.add_argument("-a", "--addr", help="address to listen on; all if left out")
    parser.add_argument("--db", metavar="URL", help="database; a file of yours if left out")
    parser.add_argument("--no-gui", action="store_true", help="no window, commands in the terminal")
    parser.add_argument("--config", metavar="FILE", help="file of the settings")
    parser.add_argument("--debug", action="store_true", help="log every call")
    return parser.parse_args()


def main():
    """Serve with a window, or with commands in the terminal, until it is enough."""
    args = get_addr_port()
    control = Control(Server, partial(announce, args.debug))
    if args.no_gui or not has_display():
        serve_in_terminal(args, control)
    else:
        serve_with_window(args, control)


def announce(debug, port):
    """Begin the log when we know the port, and say that we listen."""
    if not logger.parent.handlers:  # a window can start the server more than once
        open_log(port, debug)
    logger.info("Listening on port %s. Ctrl+C stops the server.", port)


def has_display():
    """Tell whether windows can be shown here."""
    if importlib.util.find_spec("PyQt5") is None:
        return False
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def serve_in_terminal(args, control):
    """Serve until Ctrl+C or the command exit; say in one line why we cannot."""
    enough, ended_by_itself = threading.Event(), False
    try:
        control.start(settings_of(args))
        Admin(control, sys.stdin, enough.set).start()
        # A time-out lets Ctrl+C through on Windows.
        while not enough.wait(1) and not ended_by_itself:
            ended_by_itself = not control.running
    except (ControlError, SettingsError, StorageError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
    control.stop()
    logger.info("Stopped.")
    if ended_by_itself:
        sys.exit("The server has ended by a mistake of ours; its log says more.")


def serve_with_window(args, control):
    """Serve until the window is closed, or somebody says exit."""
    from server_desk import Desk, give_turns_to, make_application  # not everybody has PyQt5

    application = make_application(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    desk = Desk(control, args.config)
    desk.finished.connect(application.quit)
    signal.signal(signal.SIGINT, lambda *_: application.quit())
    give_turns_to(application)
    desk.open(**said(args))
    Admin(control, sys.stdin, desk.finished.emit).start()
    code = application.exec_()
    desk.finish()  # Ctrl+C comes between two questions: they do not meet a storage that is closed
    control.stop()
    sys.exit(code)


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream:  # a program of windows may have none
            stream.reconfigure(encoding="utf-8", errors="replace")  # in pipes and on Windows too
    main()
