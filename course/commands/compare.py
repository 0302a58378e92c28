"""Measure the chat servers of the course side by side, on this machine.

For the servers of lessons 7 and 8 and for the three variants: how many of the offered connections
are held, memory per idle connection, processor time per delivered message (a room of 20, one
speaks), and what becomes of a client that never reads. It takes about a minute or two, and
everything stays on 127.0.0.1.
"""

import os
import platform
import selectors
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from course import console
from course.bench.lines import jim_hello, jim_say, line, timed, with_header
from course.bench.server import processor_time, resident
from course.harness.ports import Port, allow_descriptors
from course.harness.program import Program
from course.lessons import CourseError

ROOM, MESSAGES, WINDOW = 20, 3000, 20
FLOOD = 400  # messages of 20 KB or less, about 8 MB with all of them
NEEDLE = "needle"


@dataclass(frozen=True)
class Kind:
    """A server, and how its wire says who one is and what one says."""

    name: str
    script: str
    address: str  # the option for it
    hello: object  # name -> bytes
    say: object  # name, text -> bytes
    welcome: bytes  # it is in the answer to who is let in
    longest: int  # bytes of text in one message
    most: int = 10_000  # connections to offer: each arrival is told to all, which takes its time
    extra: tuple = ()


def said(_, text):
    """Return a line of the variants with plain text: whose it is, the server knows."""
    return line(text)


OK = b'"response": 200'
KINDS = (
    Kind("lesson 7: select", "lesson07/server.py", "-a", jim_hello, jim_say, OK, 500),
    Kind("lesson 8: select", "lesson08/server.py", "-a", jim_hello, jim_say, OK, 500),
    Kind(
        *("selectors_chat", "lesson07/selectors_chat/server.py", "-a"),
        *(with_header, timed, b"<quit<", 20_000),
    ),
    Kind(
        *("broadcast_chat: threads", "lesson08/broadcast_chat/server.py", "-a"),
        *(line, said, b"has joined", 4000),
    ),
    Kind(
        *("private_chat: threads", "lesson08/private_chat/server.py", "-i"),
        *(lambda name: line(name) + line("/all"), said, b"You are in", 3000, 300),
        extra=("--users", "users.sqlite"),
    ),
)


def add_arguments(parser):
    """Declare how far to go."""
    parser.add_argument(
        "--offer", type=int, default=1200, help="connections to offer; 1200 if left out"
    )
    parser.add_argument("--only", metavar="WORDS", default="", help="of the server's name")


def run(options, course):
    """Measure one server after another and print a table."""
    kinds = [kind for kind in KINDS if options.only in kind.name]
    if not kinds:
        raise CourseError(f"None of the servers is called so: {options.only}")
    require_a_fit_system(options.offer)
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()}\n")
    print(
        "| server | held | memory per idle connection | CPU per delivered message | slow reader |"
    )
    print("|---|---|---|---|---|")
    for kind in kinds:
        print(row(course, kind, min(options.offer, kind.most)), flush=True)
    return 0


def require_a_fit_system(offer):
    """Refuse to begin where the figures cannot be had."""
    if not Path("/proc/self/stat").exists():
        raise CourseError("Memory and processor time are read from /proc, which only Linux has.")
    if not allow_descriptors(offer + 100):
        raise CourseError(f"This system allows fewer than {offer} connections; try --offer.")


def row(course, kind, offer):
    """Measure one server and return its row of the table."""
    progress = console.ProgressLine()
    progress.show(f"measuring {kind.name} …")
    held, memory = measure_idle(course, kind, offer)
    cost = measure_cost(course, kind)
    slow = measure_slow(course, kind)
    progress.clear()
    return f"| {kind.name} | {held} of {offer} | {memory:.1f} KB | {cost:.1f} µs | {slow} |"


class Running:
    """A server that runs, and those who are connected to it."""

    def __init__(self, course, kind):
        self.kind = kind
        self.port = Port()
        self.place = tempfile.TemporaryDirectory(prefix="course compare ")
        words = [str(course.root / kind.script), kind.address, "127.0.0.1"]
        words += ["-p", str(self.port.number), *kind.extra]
        self.program = Program(words, self.place.name)
        self.members = []
        self.waiting = selectors.DefaultSelector()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sock in self.members:
            sock.close()
        self.waiting.close()
        self.program.stop()
        self.port.release()
        self.place.cleanup()

    def join(self, name, receive_buffer=None):
        """Let somebody come in; return the socket, or None if it is turned away."""
        sock = self.connect(receive_buffer)
        self.members.append(sock)
        answer = b""
        try:
            sock.sendall(self.kind.hello(name))
            while self.kind.welcome not in answer:
                piece = sock.recv(65536)
                answer += piece
                if not piece or b'"response": 500' in answer or b"full" in answer:
                    return None
        except OSError:
            return None
        return None if is_closed(sock) else sock

    def connect(self, receive_buffer):
        """Connect, and wait for the server if it is only about to start."""
        until = time.monotonic() + 10
        while True:
            sock = socket.socket()
            if receive_buffer:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            sock.settimeout(5)
            if sock.connect_ex(("127.0.0.1", self.port.number)) == 0:
                return sock
            sock.close()
            if time.monotonic() > until:
                raise CourseError(
                    f"{self.kind.script} does not listen: {self.program.stderr[-500:]}"
                )

    def room(self, size):
        """Let so many come in; return their sockets."""
        sockets = [self.join(f"m{number}") for number in range(size)]
        for sock in sockets:
            sock.setblocking(False)
            self.waiting.register(sock, selectors.EVENT_READ)
        return sockets

    def hear(self, wanted):
        """Read until all together have heard the needle so often; tell whether they have."""
        until, heard = time.monotonic() + 20, 0
        while heard < wanted and time.monotonic() < until:
            for key, _ in self.waiting.select(1):
                heard += key.fileobj.recv(1 << 20).count(NEEDLE.encode())
        return heard >= wanted

    def listeners(self, speaker):
        """Return how many hear one message: in some chats its speaker does, too."""
        speaker.sendall(self.kind.say("m0", NEEDLE))
        heard, silent, until = 0, False, time.monotonic() + 10
        while not silent:
            ready = self.waiting.select(0.5)
            silent = bool(heard) and not ready
            if time.monotonic() > until:
                raise CourseError(f"{self.kind.script}: nobody hears anything")
            for key, _ in ready:
                heard += key.fileobj.recv(1 << 20).count(NEEDLE.encode())
        return heard

    def stat(self):
        """Return processor time in seconds and resident memory in KB, threads included."""
        pid = self.program.process.pid
        return processor_time(pid), resident(pid)


def is_closed(sock):
    """Tell whether the other side has closed; what it has sent stays where it is."""
    sock.setblocking(False)
    try:
        return sock.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(5)


def measure_idle(course, kind, offered):
    """Return how many connections are held, and the KB that each takes."""
    with Running(course, kind) as server:
        server.join("first")
        _, before = server.stat()
        held = sum(server.join(f"m{number}") is not None for number in range(offered))
        _, after = server.stat()
    return held, (after - before) / max(held, 1)


def measure_cost(course, kind):
    """Return the server's processor time per delivered message, in microseconds."""
    with Running(course, kind) as server:
        speaker = server.room(ROOM)[0]
        listeners = server.listeners(speaker)
        before, _ = server.stat()
        for _ in range(MESSAGES // WINDOW):
            speaker.sendall(kind.say("m0", NEEDLE) * WINDOW)
            server.hear(WINDOW * listeners)
        after, _ = server.stat()
    return (after - before) / (MESSAGES * listeners) * 1e6


def measure_slow(course, kind):
    """Tell what becomes of a member who never reads, and of an honest one beside it."""
    text = NEEDLE + "x" * (min(kind.longest, 20_000) - len(NEEDLE))
    rounds = FLOOD * 20_000 // len(text) // 10
    with Running(course, kind) as server:
        speaker, _ = server.room(2)
        others = server.listeners(speaker)
        slow = server.join("slow", receive_buffer=4096)
        for _ in range(rounds):
            for _ in range(10):
                speaker.sendall(kind.say("m0", text))
            if not server.hear(10 * others):
                return "the others wait"
        return "cut off, others served" if is_cut(slow) else "kept, others served"


def is_cut(sock):
    """Tell whether the server has closed this connection: then sending fails before long."""
    for _ in range(50):
        try:
            sock.send(b"\n")
        except OSError:
            return True
        time.sleep(0.02)
    return False
