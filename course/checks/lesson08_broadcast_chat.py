"""Checks of lesson 8's variant: a many-user chat in plain text, with a thread for each client."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

from course.console import visible
from course.harness import CheckFailed, CheckSkipped, check
from course.harness.lab import Closing, last_words
from course.harness.ports import Port

FOLDER = "broadcast_chat"
NAME_SECONDS = 10  # that a client has to say its name
MAX_LINE = 4096
BLOCK = 20  # long lines, together less than what may wait for a client
ENOUGH, TOO_MUCH = 2 << 20, 8 << 20  # bytes; the latter is more than a system keeps for one client


def need_variant(lab):
    """Skip a check where nobody has tried the variant."""
    if not (lab.folder / FOLDER).is_dir():
        raise CheckSkipped(f"there is no folder {FOLDER} here")


def start_server(lab, *words):
    """Start the variant's server."""
    need_variant(lab)
    return lab.server(*words, script=f"{FOLDER}/server.py")


def start_client(lab, *words):
    """Start the variant's client."""
    need_variant(lab)
    return lab.run(f"{FOLDER}/client.py", *words)


def probe(lab, about, code, within=10):
    """Run Python inside the variant's folder."""
    need_variant(lab)
    here = f"sys.path.insert(0, {str(lab.folder / FOLDER)!r})\n"
    return lab.probe(about, here + code, within)


class User:
    """Somebody at a raw connection, who may speak properly or not."""

    def __init__(self, server, name=None):
        self.lab, self.server = server.lab, server
        self.peer = server.connect()
        self.data = b""
        self.name = name
        if name is not None:
            self.enter()

    def enter(self):
        """Say who is there, and wait until the others' words reach us: one's own do."""
        self.say(self.name, "here")
        self.hear(f"[{self.name}]: here")

    def say(self, *texts, end="\n"):
        """Send lines, in one segment."""
        self.send(*["".join(text + end for text in texts).encode()])

    def send(self, *pieces):
        """Send bytes, each piece in a segment of its own."""
        self.peer.send_pieces(pieces)

    def read_line(self, within=6):
        """Return the next line; None at the end of the connection."""
        until = time.monotonic() + within
        while b"\n" not in self.data:
            self.peer.sock.settimeout(max(self.lab.left(until - time.monotonic()), 0.001))
            try:
                piece = self.peer.sock.recv(65536)
            except TimeoutError:
                raise CheckFailed("a line", f"nothing in time {visible(self.data)}") from None
            except ConnectionError:
                return None
            if not piece:
                return None
            self.data += piece
        line, _, self.data = self.data.partition(b"\n")
        return line.decode("utf-8", "backslashreplace").removesuffix("\r")

    def lines_until(self, fits, expected, within=6):
        """Return the lines up to one that fits, that one included."""
        lines = []
        while not lines or not fits(lines[-1]):
            try:
                line = self.read_line(within)
            except CheckFailed as failure:
                received = f"{failure.received}; before that {brief(lines)}"
                raise CheckFailed(expected, received) from None
            if line is None:
                raise CheckFailed(expected, f"the connection was closed after {brief(lines)}")
            lines.append(line)
        self.lab.tell("received", brief(lines))
        return lines

    def hear(self, *expected):
        """Read until these lines have come, in this order; what others say may be between."""
        for wanted in expected:
            speaker = wanted[: wanted.index(" ") + 1]
            lines = self.lines_until(
                lambda line, speaker=speaker: line.startswith(speaker),
                f"the line {brief([wanted])}",
            )
            if lines[-1] != wanted:
                raise CheckFailed(f"the line {brief([wanted])}", brief([lines[-1]]))

    def hear_block(self, texts):
        """Read what the writer has said, all these lines; return what the server said between."""
        chat, others = [], []
        while len(chat) < len(texts):
            line = self.lines_until(lambda line: True, "all lines of the writer", within=10)[-1]
            (chat if is_chat(line) else others).append(line)
        if chat != [f"[Writer]: {text}" for text in texts]:
            raise CheckFailed("all lines of the writer", brief(chat))
        return others

    def hear_words(self, about="some words of the server"):
        """Read a line that is not what a user said, and return it."""
        line = self.lines_until(lambda line: line.strip(), about)[-1]
        if is_chat(line):
            raise CheckFailed(about, brief([line]))
        return line

    def hear_of(self, name, what):
        """Read until the server says something about a user."""
        expected = f"a line which says that {name} {what}"
        self.lines_until(lambda line: name in line and not is_chat(line), expected)

    def hear_end(self, within=6, because=""):
        """Read until the connection is closed."""
        expected = f"the connection is closed{because}"
        until = time.monotonic() + within
        try:
            while self.read_line(until - time.monotonic()) is not None:
                continue
        except CheckFailed:
            raise CheckFailed(expected, f"still open after {within} seconds") from None


def is_chat(line):
    """Tell whether a line is what a user said: [name]: text."""
    return line.startswith("[") and "]: " in line


def brief(lines):
    """Return lines for a report, not too many of them."""
    shown = [visible(line, 100) for line in lines[-4:]]
    more = f"({len(lines) - 4} lines) … " if len(lines) > 4 else ""
    return more + (" | ".join(shown) or "nothing")


def expect_talk(lab, server):
    """Show that two new users can talk to each other."""
    lab.tell("", "(two new users)")
    one, two = User(server, lab.word(12)), User(server, lab.word(13))
    text = lab.text()
    one.say(text)
    two.hear(f"[{one.name}]: {text}")
    one.hear(f"[{two.name}]: here")
    return one, two


@check(
    "L08-C41",
    "L08-V1",
    "what a named user says is shown to all named users, the sender too, in order",
    hint="The first line is the name. Of every later one, broadcast_message makes [name]: text "
    "for each connection in the list, the sender's too.",
)
def everybody_sees(lab):
    server = start_server(lab)
    users = [User(server, lab.word(length)) for length in (5, 9)]
    users[0].hear(f"[{users[1].name}]: here")
    for user in (*users, *users):
        texts = [lab.text() for _ in range(5)]
        for text in texts:
            user.say(text)
        for reader in users:
            reader.hear(*[f"[{user.name}]: {text}" for text in texts])


@check(
    "L08-C42",
    "L08-V1",
    "who has not said a name sees nothing of the chat",
    hint="broadcast_message(…, exclude_nonames=True): a connection whose user_name is None is left"
    " out.",
    after="L08-C41",
)
def unnamed_see_nothing(lab):
    server = start_server(lab)
    unnamed = User(server)
    user = User(server, lab.word())
    user.say(*[lab.text() for _ in range(5)])
    user.say("last")
    user.lines_until(lambda line: line.endswith("last"), "one's own last line")
    unnamed.name = lab.word(7)
    unnamed.say(unnamed.name, "here")
    lines = unnamed.lines_until(is_chat, "the line that it has said itself")
    if lines[-1] != f"[{unnamed.name}]: here":
        raise CheckFailed("nothing of what was said before it had a name", brief(lines))
    user.hear(f"[{unnamed.name}]: here")


@check(
    "L08-C43",
    "L08-V1",
    "lines may come in pieces or together, cut inside a letter, ended by \\n or \\r\\n",
    hint="TCP keeps no borders: gather bytes until there is a \\n, take the line, keep the rest. "
    "Decode the whole line, not what recv() has returned.",
    after="L08-C41",
)
def any_pieces(lab):
    server = start_server(lab)
    reader = User(server, "Reader")
    writer = User(server)
    name = "Ёж" + lab.word(6)
    for byte in f"{name}\r\n".encode():
        writer.send(bytes([byte]))
    texts = [f"{number} {lab.text()}" for number in range(300)]
    writer.say(*texts[:200])
    writer.say(*texts[200:], end="\r\n")
    reader.hear(*[f"[{name}]: {text}" for text in texts])
    for head, tail in (("жя", "ы"), ("e", "й"), ("", "ё")):
        letter = tail.encode()
        writer.send(head.encode() + letter[:1])
        reader.say("meanwhile")  # so that the server has seen the first half when the second comes
        reader.hear("[Reader]: meanwhile")
        writer.send(letter[1:] + b"\n")
        reader.hear(f"[{name}]: {head}{tail}")


BAD_NAMES = {
    "no letters": "",
    "26 letters": "Ы" * 26,
    "an escape character": "a\x1b[2Jb",
    "a letter that turns the writing around": "a\u202eb",
    "a zero character": "a\0b",
}


@check(
    "L08-C44",
    "L08-V1",
    "a name that is taken or improper is refused in words, and asked for again",
    hint="1 to 25 characters, str.isprintable(). To look whether a name is free and to take it is "
    "one step under the lock.",
    after="L08-C41",
)
def names_are_refused(lab):
    server = start_server(lab)
    for fault, name in BAD_NAMES.items():
        lab.tell("the fault", fault)
        user = User(server)
        user.say(name)
        user.hear_words("words that the name is improper")
        user.name = lab.word(25)
        user.enter()
        user.peer.close()
    first = User(server, lab.word())
    second = User(server)
    second.say(first.name)
    second.hear_words("words that the name is taken")
    second.name = lab.word(9)
    second.enter()
    first.hear(f"[{second.name}]: here")


@check(
    "L08-C45",
    "L08-V1",
    "joining and leaving are announced, and the name becomes free again",
    hint="Broadcast a line when a user has got a name, and one when its thread ends: in finally, "
    "so that a broken connection counts too.",
    after="L08-C41",
)
def announcements(lab):
    server = start_server(lab)
    stays = User(server, "Stays")
    name = lab.word(10)
    for leave in ("close", "reset", "half_close"):
        leaver = User(server)
        leaver.say(name)
        stays.hear_of(name, "has joined")
        leaver.hear_of(name, "has joined")  # what is unread would make a reset of each close
        getattr(leaver.peer, leave)()
        stays.hear_of(name, "has left")


@check(
    "L08-C46",
    "L08-V1",
    f"a line over {MAX_LINE} bytes is refused in words, and the connection closed",
    hint="Count what has come without a \\n. Closing with unread bytes resets the connection and "
    "destroys your words: shutdown(SHUT_WR), read a little more, then close.",
    after="L08-C41",
)
def long_lines(lab):
    server = start_server(lab)
    reader = User(server, "Reader")
    writer = User(server, lab.word())
    reader.hear(f"[{writer.name}]: here")
    writer.say("ж" * (MAX_LINE // 2))
    for user in (reader, writer):
        user.hear(f"[{writer.name}]: " + "ж" * (MAX_LINE // 2))
    for excess in (b"x" * (MAX_LINE + 1) + b"\n", b"x" * 100_000):
        writer.send(excess)
        writer.hear_words("words that the line is too long")
        writer.hear_end()
        reader.hear_of(writer.name, "has left")
        writer = User(server, lab.word())
        reader.hear(f"[{writer.name}]: here")


@check(
    "L08-C47",
    "L08-V1",
    "a line that is not UTF-8 is answered in words and skipped",
    hint="bytes.decode() raises UnicodeDecodeError: tell the sender, show nobody, go on with the "
    "next line.",
    after="L08-C41",
)
def not_utf8(lab):
    server = start_server(lab)
    reader, writer = User(server, "Reader"), User(server, "Writer")
    reader.hear("[Writer]: here")
    for line in ("привет".encode("cp1251"), b"\xff\xfe", b"\xed\xa0\x80", "é".encode("latin-1")):
        writer.send(line + b"\n")
        writer.hear_words("words that this was not UTF-8")
        text = lab.text()
        writer.say(text)
        writer.hear(f"[Writer]: {text}")
        reader.hear(f"[Writer]: {text}")


@check(
    "L08-C48",
    "L08-V1",
    "broken clients end only themselves",
    hint="recv() and send() raise OSError, recv() returns b'': each ends this client's thread, and "
    "nothing else.",
    after="L08-C41",
)
def broken_clients(lab):
    server = start_server(lab)
    one, two = expect_talk(lab, server)
    for garbage in (
        b"",
        b"half a na",
        b"\x16\x03\x01\x02\x00\n\xff\xfe\n",
        b"{}\n" * 50,
        b"\0" * 9,
    ):
        for end in ("close", "reset", "half_close"):
            del lab.story[8:]  # what came before is of no interest if this one does harm
            broken = User(server)
            broken.send(garbage)
            getattr(broken.peer, end)()
    for end in ("close", "reset", "half_close"):
        rude = User(server, lab.word(14))
        rude.say(*["x" * 1000] * 20)
        getattr(rude.peer, end)()
    text = lab.text()
    two.say(text)
    one.hear(f"[{two.name}]: {text}")
    expect_talk(lab, server)
    lab.expect_no_traceback(server.program)


@check(
    "L08-C49",
    "L08-V1",
    "who does not read is cut off, and the others get every line without delay",
    hint="Nobody may wait for a client while others do: put lines into an outbox that another "
    "thread empties, and cut who has more than 256 KiB in it.",
    after="L08-C41",
)
def slow_reader(lab):
    server = start_server(lab)
    slow = User(server, lab.word(11))  # from now on it does not read
    writer, reader = User(server, "Writer"), User(server, "Reader")
    writer.hear("[Reader]: here")
    block = b"".join(b"%d" % number + b"x" * (MAX_LINE - 9) + b"\n" for number in range(BLOCK))
    sent, announced = 0, False
    while sent < ENOUGH or sent < TOO_MUCH and not announced:
        del lab.story[8:]
        writer.send(block)
        sent += len(block)
        for user in (writer, reader):
            lines = user.hear_block(block.decode().splitlines())
            announced = announced or any(slow.name in line for line in lines)
    if not announced:
        reader.hear_of(slow.name, "has left")
    slow.hear_end(because=" when more than 256 KiB wait for it")


@check(
    "L08-C50",
    "L08-V1",
    f"a connection without a name is closed after {NAME_SECONDS} seconds",
    hint="A time-out for each recv() is not enough: a byte now and then would keep the place "
    "for ever. Note when the whole name must be there.",
    after="L08-C41",
)
def no_name(lab):
    server = start_server(lab)
    started = time.monotonic()
    silent, dripping = User(server), User(server)
    while not dripping.peer.answered(within=0.4):
        if time.monotonic() > started + NAME_SECONDS + 3:
            raise CheckFailed("the connection is closed", "it is open as long as bytes drip in")
        dripping.send(b"x")
    if time.monotonic() < started + NAME_SECONDS - 1:
        raise CheckFailed(f"{NAME_SECONDS} seconds of patience", "it was closed before")
    silent.hear_end(within=3, because=f" after {NAME_SECONDS} seconds of silence")
    dripping.hear_end(within=3)


@check(
    "L08-C51",
    "L08-V1",
    "a hundred clients talk at once",
    hint="accept() must not wait for anybody: start the thread and accept the next one.",
    after="L08-C41",
)
def hundred_clients(lab):
    allow_files()
    server = start_server(lab)
    server.connect().close()
    names = [f"{lab.word(6)}{number}" for number in range(100)]
    with ThreadPoolExecutor(16) as pool:
        users = list(pool.map(lambda name: User(server, name), names))
    del lab.story[3:]
    lines = {f"[{user.name}]: {lab.text()}" for user in users}
    texts = {line[1:].partition("]: ")[0]: line.partition(": ")[2] for line in lines}
    for user in users:
        user.say(texts[user.name])
    for user in users:
        missing = set(lines)
        del lab.story[3:]
        while missing:
            missing -= set(user.lines_until(is_chat, f"{len(missing)} more lines"))


def allow_files(wanted=1024):
    """Let this process and its programs open more files, where the system is mean (macOS: 256)."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows knows no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= soft < wanted:
            more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))


@check(
    "L08-C52",
    "L08-V1",
    "with --max-clients N the next client is refused in words, until a place is free",
    hint="Count before you start a thread. Send one line, then close; send() to a new connection "
    "does not wait.",
    after="L08-C41",
)
def full(lab):
    server = start_server(lab, "--max-clients", "3")
    users = [User(server, lab.word(length)) for length in (5, 6, 7)]
    users[0].hear(f"[{users[2].name}]: here")
    refused = User(server)
    refused.hear_words("words that the chat is full")
    refused.hear_end()
    users[1].peer.finish()
    users[0].hear_of(users[1].name, "has left")
    lab.wait_for(lambda: has_place(server), "a place for a new client")


def has_place(server):
    """Try to enter; tell whether there was a place."""
    user = User(server)
    user.name = user.lab.word(12)
    user.say(user.name)
    line = user.read_line()
    return line is not None and user.name in line


@check(
    "L08-C53",
    "L08-V1",
    "Ctrl+C ends the server cleanly while clients are connected",
    hint="except KeyboardInterrupt around start(), then stop(): close all connections and join "
    "the threads. A wait without a time-out does not see Ctrl+C on Windows.",
    after="L08-C41",
)
def ctrl_c(lab):
    server = start_server(lab)
    users = expect_talk(lab, server)
    unnamed = User(server)
    server.program.interrupt()
    code = lab.expect_end(server.program)
    lab.expect_no_traceback(server.program)
    if code:
        raise CheckFailed("exit code 0", f"exit code {code}")
    for user in (*users, unnamed):
        user.hear_end()


THREADS = """
import socket, threading, time, connection, manager, server
before = threading.active_count()
made = manager.ConnectionManager()
chat = server.Server("127.0.0.1", {port}, made)
starter = threading.Thread(target=chat.start)
starter.start()
def connect():
    until = time.monotonic() + 5
    while True:
        try:
            return socket.create_connection(("127.0.0.1", {port}), 5)
        except OSError:
            if time.monotonic() > until: raise
            time.sleep(0.01)
peers = [connect() for _ in range(5)]
for number, peer in enumerate(peers[:3]):
    peer.sendall(f"user{{number}}\\nhello\\n".encode())
    said = b""
    while b"]: hello" not in said: said += peer.recv(4096)
serving = threading.active_count() - before - 1
chat.stop()
starter.join(3)
left = threading.active_count() - before
for peer in peers: peer.close()
import os
print("\\n=>" + json.dumps([serving, left]), flush=True)
os._exit(0)
"""


@check(
    "L08-C54",
    "L08-V1",
    "Server: start() gives each client a thread, and after stop() none of them is left",
    hint="Remember the threads that you start. stop() closes the connections, then join()s every "
    "thread; recv() with a time-out notices that its connection is to end.",
    after="L08-C41",
)
def threads_end(lab):
    port = Port()
    lab.open.append(Closing(port.release))
    code = THREADS.format(port=port.number)
    serving, left = probe(lab, "start() in a thread, five clients, stop()", code, within=15)
    if serving < 5:
        raise CheckFailed("at least a thread for each of five clients", f"{serving} threads")
    if left:
        raise CheckFailed("no thread is left after stop()", f"{left} more than before start()")


FAKES = """
import threading, manager
class Fake:
    def __init__(self, user_name=None):
        self.user_name, self.heard, self.closed = user_name, [], 0
        self.address = ("192.0.2.1", 5000)
        self.act = lambda: None
    def send_message(self, text):
        self.heard.append(text)
        self.act()
    def receive_message(self):
        return None
    def close(self):
        self.closed += 1
def in_time(function, *args):
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    thread.join(3)
    return not thread.is_alive()
manager = manager.ConnectionManager()
"""
MANAGER = """
one, two, unnamed = fakes = [Fake({one!r}), Fake({two!r}), Fake()]
for fake in fakes:
    manager.add_connection(fake)
manager.broadcast_message("to all")
manager.broadcast_message("to the named", exclude_nonames=True)
manager.remove_connection(two)
manager.remove_connection(two)
manager.broadcast_message("after one has left")
manager.close_all_connections()
manager.broadcast_message("after all have left")
result = [fake.heard for fake in fakes], [fake.closed for fake in fakes]
"""


@check(
    "L08-C55",
    "L08-V1",
    "ConnectionManager: add, broadcast, remove (twice), close all",
    hint="It needs no network: a list, and four methods. Try it with objects that only remember "
    "what they were told to send.",
)
def manager_works(lab):
    code = FAKES + MANAGER.format(one=lab.word(), two=lab.word())
    heard, closed = probe(lab, "ConnectionManager with three connections that only remember", code)
    everything = ["to all", "to the named", "after one has left"]
    expected = [everything, everything[:2], everything[::2]]
    if heard != expected:
        raise CheckFailed(f"two named and an unnamed hear {expected}", f"{heard}")
    if closed != [1, 0, 1]:
        raise CheckFailed("close_all_connections closes both that are left", f"{closed}")


SHARED = """
one, two, three = fakes = [Fake("one"), Fake("two"), Fake("three")]
for fake in fakes:
    manager.add_connection(fake)
changed = []
def others_come_and_go():
    def change():
        manager.add_connection(Fake("new"))
        manager.remove_connection(one)
    changed.append(in_time(change))
def break_off():
    raise ConnectionResetError("gone")
one.act = others_come_and_go
two.act = break_off
ended = in_time(manager.broadcast_message, "hello")
result = ended and changed, [fake.heard for fake in fakes]
if not ended:
    import os
    print("\\n=>" + json.dumps(result), flush=True)
    os._exit(0)
"""


@check(
    "L08-C56",
    "L08-V1",
    "ConnectionManager: the list may change during a broadcast, and one broken connection harms "
    "no other",
    hint="Copy the list under the lock, then walk over the copy without it: who sends must not "
    "keep others from coming and going.",
    after="L08-C55",
)
def list_changes(lab):
    about = "while a broadcast sends, another thread adds and removes; then one connection breaks"
    changed, heard = probe(lab, about, FAKES + SHARED)
    if changed != [True]:
        raise CheckFailed("adding and removing while a message is sent", "both wait for the sender")
    if heard != [["hello"]] * 3:
        raise CheckFailed("each of the three gets the message once", f"{heard}")


PAIR = """
import socket, connection
with socket.create_server(("127.0.0.1", 0)) as listener:
    far = socket.create_connection(listener.getsockname(), 5)
    near, address = listener.accept()
made = connection.Connection(near, ("192.0.2.1", 5000))
far.sendall({line!r} + b"\\n")
result = [made.user_name, list(made.address), made.receive_message()]
made.send_message({text!r})
made.close()
said = b""
while piece := far.recv(4096):
    said += piece
far.close()
result += [said.decode(), made.receive_message()]
made.close()
"""


@check(
    "L08-C57",
    "L08-V1",
    "Connection: send_message, receive_message, close, user_name, address",
    hint="close() may be called in any thread, more than once, and what was sent before it still "
    "arrives. After the end receive_message returns None.",
)
def connection_works(lab):
    line, text = lab.text(), lab.text()
    code = PAIR.format(line=line.encode(), text=text)
    received = probe(lab, "a Connection whose other end we have", code)
    expected = [None, ["192.0.2.1", 5000], line, text + "\n", None]
    if received != expected:
        raise CheckFailed(f"{expected}", f"{received}")


def meet_client(lab, *words):
    """Start a client; return it and the end of the connection that it talks to."""
    need_variant(lab)
    listener = lab.listen()
    client = start_client(lab, "127.0.0.1", str(listener.port), *words)
    peer = listener.accept()
    return client, peer


def expect_sent(lab, peer, expected):
    """Read from a client until these lines have come."""
    data = b""
    peer.sock.settimeout(lab.left(5))
    try:
        while data.count(b"\n") < len(expected) and (piece := peer.sock.recv(4096)):
            data += piece
    except OSError as error:
        raise CheckFailed(f"the lines {brief(expected)}", f"{visible(data)}, {error}") from None
    if data.decode("utf-8", "backslashreplace").splitlines() != expected:
        raise CheckFailed(f"the lines {brief(expected)}", visible(data))


@check(
    "L08-C58",
    "L08-V1",
    "the client sends its name and what is typed, and shows what comes meanwhile",
    hint="One thread waits for the keyboard, the other one for the socket. print(…, flush=True).",
)
def client_talks(lab):
    name, texts = lab.word(), [lab.text() for _ in range(3)]
    client, peer = meet_client(lab, "-n", name)
    expect_sent(lab, peer, [name])
    for text in texts:
        peer.send(f"[bob]: {text}\n".encode())
        if not client.says(text, lab.left(5)):
            raise CheckFailed(f"{text!r} on the screen, before a key is pressed", "it is not there")
        client.type(text[::-1] + "\n")
        expect_sent(lab, peer, [text[::-1]])


@check(
    "L08-C59",
    "L08-V1",
    "hostile text cannot control the terminal",
    hint="Before printing, turn every character that is not str.isprintable() into an escape; "
    "decode with errors='backslashreplace'.",
    after="L08-C58",
)
def client_escapes(lab):
    client, peer = meet_client(lab, "-n", lab.word())
    word = lab.word()
    hostile = "a\x1b[2Jb\rc\x9b1md\u202ee\0f\x07g\u2028h"
    peer.send(f"[eve]: {hostile}\n".encode() + b"[eve]: \xff\xfe\n" + f"[bob]: {word}\n".encode())
    if not client.says(word, lab.left(5)):
        raise CheckFailed("the line after the hostile ones on the screen", last_words(client))
    for line in client.stdout.replace("\r\n", "\n").split("\n"):
        if not line.isprintable():
            raise CheckFailed("a screen without control characters", visible(client.stdout))


@check(
    "L08-C60",
    "L08-V1",
    "the end of a pipe ends the client, after what it sent has come back: exit code 0",
    hint="After the last line shutdown(SHUT_WR): the server reads all, answers, and closes; go on "
    "showing lines until then.",
    after="L08-C58",
)
def client_in_a_pipe(lab):
    server = start_server(lab)
    reader = User(server, "Reader")
    client = start_client(lab, "127.0.0.1", str(server.port), "-n", "Пайп")
    texts = [f"{number} {lab.text()}" for number in range(200)]
    client.type("".join(f"{text}\n" for text in texts))
    client.end_input()
    reader.hear(*[f"[Пайп]: {text}" for text in texts])
    code = lab.expect_end(client)
    lines = [line for line in client.stdout.splitlines() if is_chat(line)]
    if lines != [f"[Пайп]: {text}" for text in texts]:
        raise CheckFailed(f"{len(texts)} lines on the screen", f"{len(lines)}: {brief(lines)}")
    if code:
        raise CheckFailed("exit code 0", f"exit code {code}")


@check(
    "L08-C31",
    "L08-V1",
    "the client ends with exit code 1 and a clear line when the server ends or is not there",
    hint="The thread that reads the socket must end the whole program, although the main thread "
    "waits for the keyboard.",
    after="L08-C58",
)
def client_ends(lab):
    client, peer = meet_client(lab, "-n", lab.word())
    peer.finish()
    expect_clear_end(lab, client)
    listener = lab.listen()
    listener.sock.close()
    for words in (("127.0.0.1", str(listener.port)), ("x" * 70, "7777")):
        expect_clear_end(lab, start_client(lab, *words, "-n", "bob"))


def expect_clear_end(lab, client):
    """Wait for an end with exit code 1 and a line that says why."""
    code = lab.expect_end(client)
    lab.expect_no_traceback(client)
    if code != 1 or not client.stderr.strip() + client.stdout.strip():
        raise CheckFailed("exit code 1 and a clear line", f"exit code {code}: {last_words(client)}")


DEFAULTS = """
import socket
def bind(self, address):
    global result
    result = list(address)
    raise KeyboardInterrupt
socket.socket.bind = bind
sys.argv = ["server.py"]
import server
try:
    server.main()
except (KeyboardInterrupt, SystemExit):
    pass
"""


@check(
    "L08-C32",
    "L08-V1",
    "without arguments the server listens on all addresses, port 7777",
    hint='add_argument("-p", default=7777) and add_argument("-a", default="").',
)
def server_defaults(lab):
    about = "server.main() without arguments, and bind() that only looks"
    host, port = probe(lab, about, DEFAULTS) or ("nothing", "nothing")
    if host not in ("", "0.0.0.0", "::") or port != 7777:
        raise CheckFailed("all addresses, port 7777", f"address {host!r}, port {port}")


@check(
    "L08-C33",
    "L08-V1",
    "the server says in one line why it cannot listen",
    hint="OSError from bind: sys.exit('text') prints one line and gives exit code 1.",
    after="L08-C41",
)
def server_refused(lab):
    server = start_server(lab)
    server.connect().close()
    for words in (["-a", "127.0.0.1", "-p", str(server.port)], ["-p", "70000"], ["-p", "port"]):
        second = lab.run(f"{FOLDER}/server.py", *words)
        code = lab.expect_end(second)
        lab.expect_no_traceback(second)
        if not code or not second.stderr.strip():
            received = f"exit code {code}, and: {last_words(second)}"
            raise CheckFailed("a line that says what is wrong, exit code not 0", received)
