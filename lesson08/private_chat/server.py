"""Chat server: everybody chooses whom to talk to; a thread per user."""

import contextlib
import socket
import sys
import threading
import time
from pathlib import Path

import nicknames
import options
import words
from lines import TooLong
from peer import Peer, Silent
from rooms import NicknameTaken, Rooms
from users import Users, UsersError, default_file

MAX_PEERS = 200  # each has two threads
SECONDS_FOR_NAME = 60
SECONDS_TO_STOP = 5
ASK = "? Your nickname?"


class Server:
    """A shell around the rooms: sockets and threads outside, the rules inside, one lock between.

    While the lock is held, lines are only put into outboxes. Nothing is sent, nothing is awaited.
    """

    def __init__(self, listener, users):
        self.listener, self.users = listener, users
        self.lock, self.rooms = threading.Lock(), Rooms()
        self.peers, self.threads = {}, {}  # nickname -> peer; peer -> the thread that serves it

    def serve_forever(self):
        """Give each user who connects a thread."""
        while True:
            try:
                sock, address = self.listener.accept()
            except TimeoutError:
                continue
            except OSError as error:
                say(f"Nobody can come in: {error}")  # too many open files, most likely
                time.sleep(1)
                continue
            self.start(sock, address[0])

    def start(self, sock, address):
        """Serve one user in a thread, or send the user away where there are too many."""
        if len(self.threads) >= MAX_PEERS:
            with contextlib.suppress(OSError), sock:
                sock.send(b"! The server is full. Try again later.\n")
            return
        peer = Peer(sock, address, SECONDS_FOR_NAME)
        thread = threading.Thread(target=self.serve, args=(peer,), daemon=True)
        with self.lock:
            self.threads[peer] = thread
        thread.start()

    def serve(self, peer):
        """Serve one user from the first line to the last, whichever way it ends."""
        try:
            self.talk(peer)
        except TooLong as error:
            peer.tell(f"! Goodbye: {error}.")
        except Silent:
            peer.tell("! Goodbye: you have not told your nickname.")
        except OSError:
            pass  # the line is broken: the user leaves like everybody else
        finally:
            self.let_out(peer)
            peer.close()
            with self.lock:
                del self.threads[peer]

    def talk(self, peer):
        """Let a user in and do what each line asks for, until the user leaves."""
        texts = self.texts(peer)
        if not self.let_in(peer, texts):
            return
        for text in texts:
            self.change(self.rooms.handle, peer.name, text)

    def texts(self, peer):
        """Yield the lines of a user as text, up to the word that says goodbye."""
        for line in peer.lines():
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                peer.tell("! This line is not in UTF-8. Nobody has read it.")
                continue
            if words.read(text)[0] == "/quit":
                peer.tell("+ Goodbye!")
                return
            yield text

    def let_in(self, peer, texts):
        """Ask for a nickname until there is a good one; tell whether there is."""
        peer.tell(ASK)
        for text in texts:
            name = nicknames.cleaned(text)
            problem = nicknames.find_problem(name) or self.find_conflict(peer, name)
            if not problem:
                return True
            peer.tell(f"! {problem}")
            peer.tell(ASK)
        return False

    def find_conflict(self, peer, name):
        """Let a user in under this nickname; return why that cannot be, or None."""
        greeting = self.greeting(name)
        try:
            self.change(self.enter, peer, name, greeting)
        except NicknameTaken as error:
            return error
        peer.name, peer.deadline = name, None
        say(f"{name} has come ({peer.address}).")
        self.remember(self.users.came, name)
        return None

    def enter(self, peer, name, greeting):
        """Let a user into the rooms, and keep who that is."""
        news = self.rooms.enter(name, greeting)
        self.peers[name] = peer
        return news

    def let_out(self, peer):
        """Announce that a user has left; from now on the nickname is free."""
        if peer.name:
            self.change(self.leave, peer.name)
            say(f"{peer.name} has left.")
            self.remember(self.users.left, peer.name)

    def leave(self, name):
        """Let a user out of the rooms, and forget who that was."""
        del self.peers[name]
        return self.rooms.leave(name)

    def greeting(self, name):
        """Return words for one who comes, who may have been here before."""
        try:
            known = self.users.find(name)
        except UsersError as error:
            return f"+ Welcome, {name}! Have you been here before? I cannot tell: {error}."
        if known is None:
            return f"+ Welcome, {name}! You are here for the first time."
        _, last_seen, visits = known
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(last_seen))
        return f"+ Welcome back, {name}! Visits: {visits + 1}. Last seen: {when}."

    def remember(self, note, name):
        """Write something about a user into the database; do without it where it fails."""
        try:
            note(name, time.time())
        except UsersError as error:
            say(f"{name} is not remembered: {error}.")

    def change(self, action, *arguments):
        """Change the rooms, and put what users are told of it into their outboxes."""
        with self.lock:
            news = action(*arguments)
            told = [(self.peers[name], line) for name, line in news]
            slow = [peer for peer, line in told if not peer.outbox.put(line)]
        for peer in set(slow):
            say(f"{peer.name} does not read, and is cut off.")
            peer.cut()

    def stop(self):
        """Tell everybody, and wait until the last thread has ended."""
        with self.lock:
            threads = dict(self.threads)
        for peer in threads:
            peer.tell("* The server stops.")
            peer.outbox.close()  # nobody need be told now who leaves first
        for peer in threads:
            peer.stop()
        until = time.monotonic() + SECONDS_TO_STOP
        for thread in threads.values():
            thread.join(max(until - time.monotonic(), 0))


def say(text):
    """Print a line in one piece, whichever thread says it."""
    print(f"{text}\n", end="", flush=True)


def open_listener(address, port):
    """Return a socket that listens; its waits are short, so that Ctrl+C is heard everywhere."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family)
    listener.settimeout(1)
    return listener


def open_users(path):
    """Return the users who are remembered, and say how many, or why they are not."""
    users = Users(path)
    try:
        say(f"Users remembered in {users.path}: {users.count()}.")
    except UsersError as error:
        say(f"Users are not remembered: {error}")
    return users


def main():
    """Read the command line and serve until Ctrl+C."""
    parser = options.parser("chat-server", "Chat server: everybody chooses whom to talk to.")
    place = "file in which users are remembered"
    parser.add_argument("--users", type=Path, default=default_file(), metavar="FILE", help=place)
    args = parser.parse_args()
    try:
        listener = open_listener(args.ip_address, args.port)
    except (OSError, UnicodeError) as error:
        sys.exit(f"Cannot start on {args.ip_address}, port {args.port}: {error}")
    with listener:
        server = Server(listener, open_users(args.users))
        address, port = listener.getsockname()[:2]
        say(f"Listening on {address}, port {port}. Ctrl+C stops the server.")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    with contextlib.suppress(KeyboardInterrupt):
        server.stop()
    say("Stopped.")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    main()
