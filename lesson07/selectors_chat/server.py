"""A chat server: one loop on `selectors` serves everybody, and waits for nobody in particular."""

import argparse
import contextlib
import selectors
import socket
import sys
import time

import wire
from limits import peers_allowed, raise_descriptor_limit
from peer import MESSAGE_TIME, NAME_TIME, Peer
from room import Room
from wire import Refused, SentAway

TICK = 1  # seconds of waiting at most: Windows sees Ctrl+C only between waits


class ChatServer:
    """The loop: wait, read, let the room decide, write."""

    def __init__(self, listener, limit):
        listener.setblocking(False)
        self.listener, self.limit = listener, limit
        self.accepting = self.told = False
        self.room, self.peers = Room(), set()
        self.unsent = set()  # peers for whom there is something to do in flush()
        self.next_look = time.monotonic() + TICK
        self.selector = selectors.DefaultSelector()
        self.accept_again()

    def serve_forever(self):
        """Take one turn after another."""
        while True:
            self.turn()

    def turn(self):
        """Wait until something can be done, and do it."""
        for key, events in self.selector.select(TICK):
            if key.data is None:
                self.accept()
            elif key.data in self.peers:  # it may have been dropped a moment ago
                self.serve(key.data, events)
            self.flush()
        self.look_at_the_clock()
        self.flush()

    # coming

    def accept(self):
        """Let one in, or leave them all outside for a while if no more can be held."""
        if len(self.peers) >= self.limit:
            self.leave_outside(f"{self.limit} are connected")
            return
        try:
            sock, address = self.listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return  # whoever knocked has gone
        except OSError as error:  # too many open files, say: to try again at once would be a spin
            self.leave_outside(error)
            return
        peer = Peer(sock, address[0])
        self.selector.register(sock, peer.interest(), peer)
        self.peers.add(peer)
        self.told = False

    def leave_outside(self, reason):
        """Let in nobody until somebody leaves or a tick has passed, and say so once."""
        self.stop_accepting()
        if not self.told:
            print(f"No more connections for now: {reason}.")
            self.told = True

    def stop_accepting(self):
        """Do not watch the door."""
        if self.accepting:
            self.selector.unregister(self.listener)
            self.accepting = False

    def accept_again(self):
        """Watch the door, unless it has been closed for good."""
        if self.listener and not self.accepting:
            self.selector.register(self.listener, selectors.EVENT_READ)
            self.accepting = True

    # being here

    def serve(self, peer, events):
        """Read and write without waiting; an error is the end of this peer, and of no other."""
        try:
            if events & selectors.EVENT_READ:
                self.read(peer)
        except (BlockingIOError, InterruptedError):
            pass  # a false alarm
        except OSError as error:
            self.drop(peer, error)
        if events & selectors.EVENT_WRITE:
            self.unsent.add(peer)

    def read(self, peer):
        """Take what has come from a peer, and handle what is complete."""
        if not peer.receive():
            self.say_goodbye(peer)
        try:
            while not peer.ending and (content := peer.reader.next_content()) is not None:
                self.handle(peer, content)
        except SentAway as reason:
            self.say_goodbye(peer, reason)
        peer.watch_the_time()

    def handle(self, peer, content):
        """Let the room decide who gets a message; what is refused is refused in words."""
        is_new = peer not in self.room
        try:
            self.deliver(self.room.handle(peer, content))
        except SentAway:
            raise
        except Refused as reason:
            self.tell(peer, f"Refused: {reason}.")
        peer.greet()
        if is_new:
            print(f"{self.name(peer)} has joined.")

    def name(self, peer):
        """Return how a peer is called on the server's screen."""
        return f"{self.room.nicknames.get(peer, 'somebody')} ({peer.address})"

    def tell(self, peer, words):
        """Send a service message to one peer."""
        self.deliver([(peer, wire.frame(words))])

    def deliver(self, delivery):
        """Put into outboxes what the room wants to be sent."""
        for peer, data in delivery:
            peer.put(data)
            self.unsent.add(peer)

    def flush(self):
        """Send what can be sent without waiting; cut off who lets too much lie."""
        while self.unsent:
            peer = self.unsent.pop()
            if peer in self.peers:
                try:
                    self.write(peer)
                except OSError as error:
                    self.drop(peer, error)

    def write(self, peer):
        """Send to one peer, hang up if these were the last words, else watch for more."""
        if peer.stuck:
            raise TimeoutError("it does not read")
        peer.send()
        if peer.ending and not peer.outbox:
            if peer.finished:
                self.drop(peer)
                return
            peer.sock.shutdown(socket.SHUT_WR)  # it reads the words and closes; so no reset
        if peer.interest() != self.selector.get_key(peer.sock).events:
            self.selector.modify(peer.sock, peer.interest(), peer)

    # going

    def look_at_the_clock(self):
        """Once a tick, end those whose time is over."""
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + TICK
            self.accept_again()
            for peer in [peer for peer in self.peers if peer.deadline < now]:
                self.end_late(peer)

    def end_late(self, peer):
        """End a peer that has taken too long."""
        if peer.ending:
            self.drop(peer, "it does not close")
        elif peer in self.room:
            self.say_goodbye(peer, f"a message has to end within {MESSAGE_TIME} seconds")
        else:
            self.say_goodbye(peer, f"a nickname has to come within {NAME_TIME} seconds")

    def say_goodbye(self, peer, reason=None):
        """Let a peer read its last words before the connection is closed."""
        if not peer.ending:
            if reason:
                self.tell(peer, f"Goodbye: {reason}.")
            self.forget(peer, reason)
            peer.end()
        self.unsent.add(peer)

    def drop(self, peer, reason=None):
        """Close a connection, and tell the others who has gone."""
        if not peer.ending:
            self.forget(peer, reason)
        self.peers.discard(peer)
        self.selector.unregister(peer.sock)
        peer.close()
        self.accept_again()

    def forget(self, peer, reason=None):
        """Take a peer out of the room, and say so while there is anybody to tell."""
        if self.listener:
            print(f"{self.name(peer)} has left{f': {reason}' if reason else ''}.")
            self.deliver(self.room.left(peer))

    def close(self):
        """Tell everybody that the server is closing, and close every socket."""
        self.stop_accepting()
        self.listener.close()
        self.listener = None
        for peer in list(self.peers):
            self.say_goodbye(peer, "the server is closing")
        while self.peers:
            self.turn()
        self.selector.close()


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return int(text)


def main():
    """Read the command line and serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="chat server on selectors")
    parser.add_argument("-p", "--port", type=port_number, default=7777, help="7777 if left out")
    parser.add_argument("-a", "--addr", default="", help="address to listen on; all if left out")
    args = parser.parse_args()
    raise_descriptor_limit()
    try:
        listener = socket.create_server((args.addr, args.port), backlog=1024)
    except (OSError, UnicodeError) as error:
        sys.exit(f"Cannot start on {args.addr or 'all addresses'}, port {args.port}: {error}")
    with listener:
        run(ChatServer(listener, peers_allowed()))


def run(server):
    """Serve until Ctrl+C; a second one ends the goodbyes too."""
    port = server.listener.getsockname()[1]
    print(f"Listening on port {port}, room for {server.limit}. Ctrl+C stops the server.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        with contextlib.suppress(KeyboardInterrupt):
            server.close()
        print("Stopped.")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)  # in pipes and on Windows too
    main()
