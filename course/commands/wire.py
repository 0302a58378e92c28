"""Show every message between a client and a server, in colour, as it passes.

Start a server on port 7777, then this window on the wire, then a client with port 7778:
the bytes pass unchanged, and you see both directions. Ctrl+C ends it.
"""

import contextlib
import errno
import os
import selectors
import socket

from course.lessons import CourseError
from course.wire_view import View

HOST = "127.0.0.1"  # nobody else should be able to listen in
CHUNK = 16 * 1024  # bytes that may be on their way in one direction
MOST = 100  # connections at a time: two sockets each, and macOS gives a program 256
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


def add_arguments(parser):
    """Describe the command line."""
    parser.add_argument(
        *("--listen", "-l"), type=int, default=7778, metavar="P", help="7778 if left out"
    )
    parser.add_argument(
        *("--to", "-t"), default="7777", metavar="P", help="port, or HOST:PORT; 7777 if left out"
    )


def run(options, course):
    """Pass everything on until Ctrl+C."""
    family, address = find_target(options.to)
    with listen(options.listen) as listener:
        port = listener.getsockname()[1]
        if address[:2] == (HOST, port):
            raise CourseError(f"Port {port} would lead back to this window; give another --to.")
        view = View()
        wire = Wire(listener, family, address, view)
        try:
            print(f"Listening on {HOST}, port {port}; passing on to {options.to}.", flush=True)
            wire.run()
        except KeyboardInterrupt:
            wire.close()
    if not view.close():
        os._exit(0)  # nobody takes what we print, and a common exit would wait for that
    return 0


def find_target(text):
    """Return the family and the address of the server."""
    host, _, port = text.rpartition(":")
    try:
        if not port.isdecimal() or int(port) not in range(1, 65536):
            raise ValueError("a port is a number from 1 to 65535")
        found = socket.getaddrinfo(host.strip("[]") or HOST, int(port), type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise CourseError(f"{text} is neither a port nor HOST:PORT: {error}") from None
    best = min(found, key=lambda info: info[0] != socket.AF_INET)
    return best[0], best[4]


def listen(port):
    """Return the socket that clients connect to."""
    try:
        listener = socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise CourseError(f"Cannot listen on {HOST}, port {port}: {error}") from None
    listener.setblocking(False)
    return listener


class Lane:
    """One direction of a connection: it reads again only when all it has read is written.

    So what it holds is bounded, and a slow reader makes the writer wait, as without us.
    """

    def __init__(self, label, source, target):
        self.label, self.source, self.target = label, source, target
        self.waiting = b""
        self.ended = False  # all is read, and so all is written
        self.problem = ""

    def wants(self, sock):
        """Return what to wait for on a socket."""
        if self.waiting:
            return WRITE if sock is self.target else 0
        return READ if sock is self.source and not self.ended else 0

    def read(self):
        """Take what has come and return it; at the end, or if the source breaks, nothing."""
        try:
            self.waiting = self.source.recv(CHUNK)
            self.ended = not self.waiting
        except BlockingIOError:
            pass  # it was a false alarm
        except OSError as error:
            self.ended, self.problem = True, str(error.strerror)
        return self.waiting

    def write(self):
        """Write what the target takes now, or tell it that this was all."""
        try:
            if self.waiting:
                self.waiting = self.waiting[self.target.send(self.waiting) :]
            if self.ended:
                self.target.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass  # it takes nothing now
        except OSError as error:
            self.problem = self.problem or str(error.strerror)
            self.waiting, self.ended = b"", True


class Connection:
    """A client, the server it talks to, and the two lanes between them."""

    def __init__(self, name, client, server):
        self.name, self.sockets, self.connected = name, (client, server), False
        self.lanes = (
            Lane(f"{name} → server", client, server),
            Lane(f"server → {name}", server, client),
        )

    def wants(self, sock):
        """Return what to wait for on one of the two sockets."""
        if not self.connected:
            return WRITE if sock is self.sockets[1] else 0
        return self.lanes[0].wants(sock) | self.lanes[1].wants(sock)


class Wire:
    """The loop: one thread that accepts, reads and writes, and never waits for one of them."""

    def __init__(self, listener, family, address, view):
        self.listener, self.family, self.address, self.view = listener, family, address, view
        self.selector = selectors.DefaultSelector()
        self.connections, self.count, self.most = set(), 0, MOST

    def run(self):
        """Pass on for ever."""
        while True:
            self.wait_for(self.listener, READ if len(self.connections) < self.most else 0, None)
            for key, events in self.selector.select(timeout=1):  # Windows sees Ctrl+C in between
                if key.data is None:
                    self.accept()
                elif key.data in self.connections:
                    self.serve(key.data, key.fileobj, events)

    def wait_for(self, sock, events, connection):
        """Wait for these events on a socket, and for no others."""
        known = self.selector.get_map().get(sock)
        if known and known.events != events:
            self.selector.unregister(sock)
        if events and (not known or known.events != events):
            self.selector.register(sock, events, connection)

    def accept(self):
        """Take a client, and begin to connect it to the server."""
        try:
            client, peer = self.listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # it has gone again
        except OSError as error:
            self.most = max(1, len(self.connections))  # the system has no socket for one more
            self.view.add("", f"cannot take a client: {error}")
            return
        self.count += 1
        name = f"client {self.count}"
        self.view.add(name, f"has connected from port {peer[1]}")
        try:
            self.connect(Connection(name, client, socket.socket(self.family)))
        except OSError as error:
            self.view.add(name, f"is sent away, because the server is not there: {error}")
            client.close()

    def connect(self, connection):
        """Begin to connect a client to the server."""
        for sock in connection.sockets:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = connection.sockets[1]
        with contextlib.suppress(BlockingIOError):  # it takes its time; the loop will hear of it
            server.connect(self.address)
        self.connections.add(connection)
        self.wait_for(server, WRITE, connection)

    def serve(self, connection, sock, events):
        """Do what one socket of a connection is ready for."""
        if not connection.connected:
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                return self.refuse(connection, errno.errorcode.get(error, error))
            connection.connected = True
        for lane in connection.lanes:
            if lane.wants(sock) & events:
                self.move(lane)
        for known in connection.sockets:
            self.wait_for(known, connection.wants(known), connection)
        if all(lane.ended for lane in connection.lanes):
            self.end(connection)

    def move(self, lane):
        """Pass on what one lane can; what is read is handed to the view, which takes no time."""
        if not lane.waiting and lane.read():
            self.view.add(lane.label, lane.waiting)
        lane.write()
        if lane.ended:
            self.tell_end(lane)

    def tell_end(self, lane):
        """Show that a lane has ended, and what has broken it."""
        if lane.problem:
            self.view.add(lane.label, lane.problem)
        self.view.add(lane.label, b"")

    def refuse(self, connection, error):
        """Say that the server cannot be reached, and let the client go."""
        self.view.add(connection.name, f"is sent away, because the server is not there: {error}")
        self.end(connection)

    def end(self, connection):
        """Forget a connection."""
        self.connections.discard(connection)
        for sock in connection.sockets:
            self.wait_for(sock, 0, connection)
            sock.close()

    def close(self):
        """End all connections, and show what was unfinished."""
        for connection in tuple(self.connections):
            for lane in connection.lanes:
                if connection.connected and not lane.ended:
                    self.tell_end(lane)
            self.end(connection)
        self.view.add("", "stopped")
