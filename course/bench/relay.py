"""The floor beneath all servers: a relay that moves bytes and understands none of them.

A connection whose piece begins with a zero byte says in the line behind it where it belongs:
`+NAME` is a group in which all hear what is said, `-NAME` one in which all others do.
"""

import collections
import resource
import selectors
import socket
import sys

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
ENOUGH = 262_144  # bytes to read at once
DOOR = 1024


class End:
    """One connection: its group, and what it could not be given yet."""

    __slots__ = ("group", "rest", "sock", "waits")

    def __init__(self, sock):
        self.sock, self.group, self.rest, self.waits = sock, None, b"", False


class Group:
    """Those who hear each other, and what they have said in this turn."""

    __slots__ = ("ends", "said", "to_all")

    def __init__(self, to_all):
        self.ends, self.said, self.to_all = [], [], to_all


class Relay:
    """One loop: read what there is, then write to each once."""

    def __init__(self, port):
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", port), backlog=DOOR)
        self.listener.setblocking(False)
        self.selector.register(self.listener, READ)
        self.groups = collections.defaultdict(dict)  # sign -> name -> group
        self.busy = {}  # groups in which something was said in this turn

    def turn(self):
        """Move what has come."""
        for key, event in self.selector.select():
            if key.data is None:
                self.welcome()
            elif event & WRITE:
                self.write(key.data, b"")
            else:
                self.read(key.data)
        busy, self.busy = self.busy, {}
        for group in busy:
            self.pass_on(group)

    def welcome(self):
        """Accept who waits at the door."""
        sock, _ = self.listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(sock, READ, End(sock))

    def read(self, end):
        """Take what somebody says."""
        try:
            data = end.sock.recv(ENOUGH)
        except OSError:
            data = b""
        if not data:
            self.forget(end)
        elif data[0] == 0:
            self.place(end, data[1:-1].decode())
        else:
            end.group.said.append((end, data))
            self.busy[end.group] = True

    def place(self, end, name):
        """Put somebody into a group."""
        self.leave(end)
        group = self.groups[name[0]].setdefault(name, Group(name[0] == "+"))
        group.ends.append(end)
        end.group = group
        self.write(end, b"ok\n")

    def pass_on(self, group):
        """Give each end of a group what is meant for it, all at once."""
        said, group.said = group.said, []
        data = b"".join([piece for _, piece in said])
        for end in list(group.ends):
            if group.to_all:
                self.write(end, data)
            elif pieces := [piece for speaker, piece in said if speaker is not end]:
                self.write(end, b"".join(pieces))

    def write(self, end, data):
        """Give an end its bytes; what it does not take waits."""
        data = end.rest + data if end.rest else data
        try:
            end.rest = data[end.sock.send(data) :]
        except BlockingIOError:
            end.rest = data
        except OSError:
            self.forget(end)
            return
        if bool(end.rest) != end.waits:
            end.waits = not end.waits
            self.selector.modify(end.sock, READ | WRITE if end.waits else READ, end)

    def leave(self, end):
        """Take an end out of its group."""
        if end.group:
            end.group.ends.remove(end)
            end.group = None

    def forget(self, end):
        """Close a connection; it may have been closed already in this turn."""
        if end.sock.fileno() >= 0:
            self.leave(end)
            self.selector.unregister(end.sock)
            end.sock.close()


def main():
    """Move bytes until killed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    relay = Relay(int(sys.argv[sys.argv.index("-p") + 1]))
    while True:
        relay.turn()


if __name__ == "__main__":
    main()
