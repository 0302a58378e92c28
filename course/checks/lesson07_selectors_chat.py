"""Checks of the variant of lesson 7 on selectors: the wire is spoken here by hand."""

import importlib.util
import re
import time
from datetime import UTC, datetime, timedelta

from course.console import visible
from course.harness import CheckFailed, CheckSkipped, check
from course.harness.lab import Closing, Server, last_words
from course.harness.ports import Port

SUPERSEDED = {}
HEADER, LONGEST, NAME_TIME = 10, 1024 * 1024, 10
LEAVE = "<quit<"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"
CROWD = 200
ELSEWHERE = {"TZ": "XYZ-9"}  # nine hours east of Greenwich, on every system


def frame(content):
    """Return a content, text or bytes, with its header."""
    content = content.encode() if isinstance(content, str) else content
    return str(len(content)).ljust(HEADER).encode() + content


def message(nickname, text, moment="2026-11-20 14:03:07 +0300"):
    """Return the content of a user's message."""
    return f"{moment}\0{nickname}\0{text}"


class Far:
    """The far end of a connection under test, on either side."""

    def __init__(self, lab, peer, nickname=""):
        self.lab, self.peer, self.nickname, self.data = lab, peer, nickname, b""
        self.broken = False  # was it reset?

    def send(self, *contents):
        """Send contents, all in one piece."""
        self.peer.send(b"".join(map(frame, contents)))

    def say(self, *texts):
        """Send messages under the own nickname."""
        self.send(*(message(self.nickname, text) for text in texts))

    def receive(self, within=6):
        """Return the next content; None when the other side has closed."""
        until = time.monotonic() + within
        while (content := self.take()) is None:
            self.peer.sock.settimeout(max(self.lab.left(until - time.monotonic()), 0.001))
            try:
                piece = self.peer.sock.recv(1 << 18)
            except TimeoutError:
                rest = f" but {visible(self.data, 200)}" if self.data else ""
                raise CheckFailed("a message", f"nothing in time{rest}") from None
            except ConnectionError:
                self.broken, piece = True, b""
            if not piece:
                return None
            self.data += piece
        return content

    def take(self):
        """Take the next content from what has come, None while it is not complete."""
        if len(self.data) < HEADER:
            return None
        header = self.data[:HEADER]
        if not re.fullmatch(rb" *\d+ *", header):
            raise CheckFailed("a header: ten characters, digits and spaces", visible(header))
        end = HEADER + int(header)
        if len(self.data) < end:
            return None
        content, self.data = self.data[HEADER:end], self.data[end:]
        self.lab.tell("received", content[:200])
        return content.decode("utf-8", "backslashreplace")

    def expect(self, wanted, what, within=6):
        """Read until a content passes a test; return it."""
        seen = None
        while (content := self.receive(within)) is not None:
            if wanted(content):
                return content
            seen = content
        raise CheckFailed(what, f"the connection was closed; the last was {seen!r:.200}")

    def expect_message(self, nickname, text):
        """Read until a message of somebody comes, which has to say this text."""
        content = self.expect(lambda content: "\0" in content, f"a message of {nickname}")
        moment, _, rest = content.partition("\0")
        if not re.fullmatch(TIME, moment) or rest != f"{nickname}\0{text}":
            expected = f"time, {nickname!r} and {visible(text, 100)!r}, joined by zero characters"
            raise CheckFailed(expected, visible(content, 300))

    def expect_words(self, words="", what="a service message", within=6):
        """Read until a service message comes: one part, not empty."""
        return self.expect(lambda text: text and "\0" not in text and words in text, what, within)

    def expect_closed(self, within=6):
        """Read until the other side closes."""
        while self.receive(within) is not None:
            pass


def folder_of(lab):
    """Return the path of the variant, or skip where a folder has none."""
    if not (lab.folder / "selectors_chat").is_dir():
        raise CheckSkipped("there is no folder selectors_chat here")
    return "selectors_chat"


def start_server(lab):
    """Start the server of the variant."""
    return lab.server(script=f"{folder_of(lab)}/server.py")


def start_client(lab, *words, **options):
    """Start the client of the variant; return it and the far end, which is the server."""
    listener = lab.listen()
    script = f"{folder_of(lab)}/client.py"
    client = lab.run(script, "127.0.0.1", str(listener.port), *words, **options)
    return client, listener


def let_in(lab, *words, **options):
    """Start a client and greet it; return it and the far end."""
    name = lab.word()
    client, listener = start_client(lab, "-n", name, *words, **options)
    far = Far(lab, listener.accept(), name)
    far.receive()
    far.send(f"Welcome. To leave, type {LEAVE}")
    return client, far


def enter(lab, server, nickname=None):
    """Connect and say a nickname; return the far end once it has been welcomed."""
    far = Far(lab, server.connect(), nickname or lab.word())
    far.send(far.nickname)
    far.expect_words(LEAVE, f"a welcome that tells how to leave ({LEAVE})")
    return far


def expect_silence(far, witness):
    """Let a witness say something: what was forbidden must not have come to the far end before."""
    witness.say("marker")
    far.expect_message(witness.nickname, "marker")


def expect_line(lab, program, text):
    """Wait until a program has printed a line with a text in it, and return that line."""

    def found():
        return [line for line in program.stdout.split("\n")[:-1] if text in line]

    try:
        return lab.wait_for(found, text)[0]
    except CheckFailed:
        expected = f"a line on the screen with {visible(text, 100)}"
        raise CheckFailed(expected, last_words(program)) from None


def expect_code(lab, program, wanted):
    """Wait for the end of a program, without a traceback."""
    code = lab.expect_end(program)
    lab.expect_no_traceback(program)
    if code != wanted:
        raise CheckFailed(f"exit code {wanted}", f"exit code {code}: {last_words(program)}")


@check(
    "L07-C41",
    "L07-V1",
    "selectors: who has sent a nickname is welcomed, and told how to leave",
    hint="The first content is the nickname. The welcome is a content of one part, and <quit< "
    "stands in it.",
)
def welcome(lab):
    server = start_server(lab)
    enter(lab, server)
    enter(lab, server, "Ы" * 25)


@check(
    "L07-C42",
    "L07-V1",
    "selectors: a message reaches all others as it was sent",
    hint="Go through all peers but the sender. The header counts bytes: a Cyrillic letter has two.",
    after="L07-C41",
)
def to_all_others(lab):
    server = start_server(lab)
    people = [enter(lab, server) for _ in range(3)]
    for speaker in people:
        text = lab.text()
        speaker.say(text)
        for other in people:
            if other is not speaker:
                other.expect_message(speaker.nickname, text)


@check(
    "L07-C43",
    "L07-V1",
    "selectors: a message may be cut at any byte",
    hint="recv() returns what has come. Keep a buffer for each client, and take a message out "
    "when all of it is there: ten characters, then as many bytes as they say.",
    after="L07-C42",
)
def cut_anywhere(lab):
    server = start_server(lab)
    listener, witness = enter(lab, server), enter(lab, server)
    speaker = Far(lab, server.connect(), lab.word())
    text = lab.text()
    name, data = frame(speaker.nickname), frame(message(speaker.nickname, text))
    speaker.peer.send_pieces([name[:5]])
    expect_silence(listener, witness)  # so we know that the server has read the first piece
    speaker.peer.send_pieces([name[5:]])
    speaker.expect_words(LEAVE)
    for cut in range(1, len(data)):
        speaker.peer.send_pieces([data[:cut]])
        expect_silence(listener, witness)
        speaker.peer.send_pieces([data[cut:]])
        listener.expect_message(speaker.nickname, text)
        del lab.story[8:]


@check(
    "L07-C44",
    "L07-V1",
    "selectors: many messages may come at once, with the nickname too",
    hint="After one message look whether the buffer holds another one.",
    after="L07-C42",
)
def glued(lab):
    server = start_server(lab)
    listener, speaker = enter(lab, server), Far(lab, server.connect(), lab.word())
    texts = [f"{number} {lab.text()}" for number in range(50)]
    contents = [speaker.nickname, *(message(speaker.nickname, text) for text in texts)]
    speaker.send(*contents)
    for text in texts:
        listener.expect_message(speaker.nickname, text)


@check(
    "L07-C45",
    "L07-V1",
    "selectors: a message of 1 MiB arrives",
    hint="A big message comes in many pieces, and leaves in many: what send() did not take stays "
    "in an outbox until the selector says that there is room.",
    after="L07-C42",
)
def longest(lab):
    server = start_server(lab)
    listener, speaker = enter(lab, server), enter(lab, server)
    room = LONGEST - len(message(speaker.nickname, "").encode())
    text = "ж" * (room // 2) + "x" * (room % 2)
    speaker.say(text)
    listener.expect_message(speaker.nickname, text)
    speaker.say("short")
    listener.expect_message(speaker.nickname, "short")


BAD_LENGTHS = {
    "a request of the web, and more": b"GET / HTTP/1.1\r\n" + b"x" * 200_000,
    "a negative length": b"-5        ",
    "nothing but spaces": b" " * 10,
    "two numbers": b"5 5       ",
    "a number as only Python writes it": b"1_0       ",
    "one byte over 1 MiB": b"1048577   ",
    "ten digits": b"9999999999",
}


@check(
    "L07-C46",
    "L07-V1",
    "selectors: a length that is none, or too long, is refused in words, then closed",
    hint="int() takes -5 and 1_0 for numbers: use a pattern. Look at the length as soon as the "
    "header is there. shutdown(SHUT_WR) and a little reading let your words arrive.",
    after="L07-C42",
)
def bad_lengths(lab):
    server = start_server(lab)
    listener, speaker = enter(lab, server), enter(lab, server)
    for fault, header in BAD_LENGTHS.items():
        lab.tell("the fault", fault)
        far = enter(lab, server)
        far.peer.send(header)
        far.expect_words(what="a refusal in words")
        far.expect_closed()
        if far.broken:
            raise CheckFailed("a goodbye", "a reset, which may destroy the words on their way")
        far.peer.close()
    expect_silence(listener, speaker)


@check(
    "L07-C47",
    "L07-V1",
    "selectors: what is not time, nickname and text in UTF-8 is refused in words",
    hint="decode() raises UnicodeDecodeError; split('\\0') has to give three parts. A bad message "
    "harms nobody: say so to its sender, and go on.",
    after="L07-C42",
)
def bad_contents(lab):
    server = start_server(lab)  # who comes last hears of nobody else's coming
    listener, witness, speaker = enter(lab, server), enter(lab, server), enter(lab, server)
    name = speaker.nickname
    for content in (
        message(name, "привет").encode("cp1251"),
        message(name, "half a ").encode() + b"\xd0",
        "the server is closing",
        f"{name}\0hello",
        message(name, "one\0two"),
        message(name, "\x1b[2J"),
        "",
    ):
        speaker.send(content)
        speaker.expect_words(what="a refusal in words")
    expect_silence(listener, witness)


@check(
    "L07-C48",
    "L07-V1",
    "selectors: nobody can speak as another",
    hint="The server knows who said which nickname: compare, before anything is passed on.",
    after="L07-C42",
)
def forged(lab):
    server = start_server(lab)
    listener, victim, mallory = enter(lab, server), enter(lab, server), enter(lab, server)
    for nickname in (victim.nickname, mallory.nickname.upper(), "", "server"):
        mallory.send(message(nickname, "I owe Mallory 100"))
        mallory.expect_words(what="a refusal in words")
    expect_silence(listener, victim)


@check(
    "L07-C49",
    "L07-V1",
    "selectors: a nickname that is none, or taken, is refused in words",
    hint="1 to 25 characters, all of them visible (str.isprintable), nobody else's; free again "
    "when its owner has left.",
    after="L07-C41",
)
def bad_nicknames(lab):
    server = start_server(lab)
    owner = enter(lab, server)
    bad = "", "x" * 26, "Ы" * 26, "a\0b", "a\nb", "\x1b[31mred", "z" * 5000, owner.nickname
    for nickname in bad:
        far = Far(lab, server.connect())
        far.send(nickname)
        words = far.expect_words(what="a refusal in words")
        if LEAVE in words:
            raise CheckFailed(f"a refusal of the nickname {visible(nickname, 40)!r}", words)
    owner.peer.finish()
    enter(lab, server, owner.nickname)


@check(
    "L07-C50",
    "L07-V1",
    "selectors: who never reads is cut off, and the others get everything",
    hint="send() on a socket that never waits raises BlockingIOError: the rest goes into the "
    "outbox of this peer. Who lets more than 256 KiB lie there is closed.",
    after="L07-C42",
)
def slow_reader(lab):
    server = start_server(lab)
    slow, listener, speaker = enter(lab, server), enter(lab, server), enter(lab, server)
    padding = "ы" * 60_000
    for number in range(200):
        speaker.say(f"{number}{padding}")
        listener.expect_message(speaker.nickname, f"{number}{padding}")
        del lab.story[5:]
    lab.tell("", f"(200 messages of {len(padding.encode())} bytes)")
    unread = 0
    slow.peer.sock.settimeout(lab.left(5))
    try:
        while piece := slow.peer.sock.recv(1 << 20):
            unread += len(piece)
    except ConnectionError:
        pass
    except TimeoutError:
        raise CheckFailed(
            "it is cut off", f"it is still connected, and got {unread} bytes"
        ) from None


@check(
    "L07-C51",
    "L07-V1",
    "selectors: who breaks off ends alone",
    hint="recv() and send() raise OSError, recv() returns b'': each is the end of this peer, and "
    "of no other.",
    after="L07-C42",
)
def breaking_off(lab):
    server = start_server(lab)
    listener, speaker = enter(lab, server), enter(lab, server)
    server.connect().reset()
    half = enter(lab, server)
    half.peer.send(frame(message(half.nickname, "half"))[:20])
    half.peer.close()
    for _ in range(3):
        rude = enter(lab, server)
        rude.say(*["hello"] * 20)
        rude.peer.reset()
    speaker.say("still here")
    listener.expect(lambda text: text.endswith("\0still here"), "the others go on talking")


@check(
    "L07-C52",
    "L07-V1",
    "selectors: on Ctrl+C the server tells everybody, and closes every socket",
    hint="except KeyboardInterrupt around the loop: a service message to everybody, then flush "
    "the outboxes, shutdown and close.",
    after="L07-C42",
)
def ctrl_c(lab):
    server = start_server(lab)
    people = [enter(lab, server) for _ in range(3)]
    for speaker in people:  # so that nothing else is on its way
        speaker.say("marker")
        for other in people:
            if other is not speaker:
                other.expect_message(speaker.nickname, "marker")
    server.program.interrupt()
    for far in people:
        far.expect_words(what="a service message: the server is closing")
        far.expect_closed()
        far.peer.close()
    expect_code(lab, server.program, 0)


@check(
    "L07-C53",
    "L07-V1",
    f"selectors: {CROWD} clients at once",
    hint="One loop, one selector, no waiting for any single one.",
    after="L07-C42",
)
def crowd(lab):
    server = start_server(lab)
    people = [Far(lab, server.connect(), f"{lab.word()}{number}") for number in range(CROWD)]
    for far in people:
        far.send(far.nickname)
    for far in people:
        far.expect_words(LEAVE)
    text = lab.text()
    people[0].say(text)
    for far in people[1:]:
        far.expect_message(people[0].nickname, text)
        del lab.story[5:]


@check(
    "L07-C54",
    "L07-V1",
    "selectors: who does not say a nickname within 10 seconds is sent away, others may be silent",
    hint="Note for each peer by when something has to come; the selector's time-out lets you look.",
    after="L07-C42",
)
def nameless(lab):
    server = start_server(lab)
    silent, named = Far(lab, server.connect()), enter(lab, server)
    started = time.monotonic()
    silent.peer.send(b"7  ")
    silent.expect_words(what="words about the missing nickname", within=NAME_TIME + 4)
    if time.monotonic() - started < NAME_TIME - 1.5:
        raise CheckFailed(f"{NAME_TIME} seconds of patience", "less")
    silent.expect_closed()
    expect_silence(named, enter(lab, server))


@check(
    "L07-C55",
    "L07-V1",
    "selectors: server and client use port 7777, the server all addresses",
    hint='add_argument("-p", default=7777), add_argument("-a", default=""), '
    'add_argument("port", nargs="?", default=7777).',
)
def defaults(lab):
    code = """
import os, runpy, socket
sys.path.insert(0, os.path.abspath({folder!r}))
def look(self, address):
    global result
    result = list(address[:2])
    raise ConnectionRefusedError("seen")
socket.socket.{method} = look
sys.argv = [{script!r}, *{words!r}]
try:
    runpy.run_path(os.path.join({folder!r}, {script!r}), run_name="__main__")
except (OSError, SystemExit):
    pass
"""
    for method, script, words in (
        ("bind", "server.py", []),
        ("connect", "client.py", ["127.0.0.1", "-n", "bob"]),
    ):
        about = f"{script} without a port, and {method}() that only looks"
        names = {"folder": folder_of(lab), "method": method, "script": script, "words": words}
        address, port = lab.probe(about, code.format(**names)) or ("nothing", "nothing")
        if port != 7777 or method == "bind" and address not in ("", "0.0.0.0", "::"):
            raise CheckFailed("port 7777, all addresses", f"{address!r}, port {port}")


@check(
    "L07-C56",
    "L07-V1",
    "selectors: the client says the nickname first, asked for or given by -n",
    hint="Ask before you connect; the first content you send is the nickname.",
)
def nickname_first(lab):
    name = lab.word()
    _, listener = start_client(lab, "-n", name)
    client, asked = start_client(lab)
    client.type(f"{name}\n")
    for where in (listener, asked):
        content = Far(lab, where.accept()).receive()
        if content != name:
            raise CheckFailed(f"the nickname {name!r}", repr(content))


@check(
    "L07-C57",
    "L07-V1",
    "selectors: the client sends lines with time, zone and nickname, and no empty ones",
    hint='datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z"); if line.strip() … ',
    after="L07-C56",
)
def lines_become_messages(lab):
    client, far = let_in(lab, env=ELSEWHERE)
    first, second = lab.text(), lab.text()
    client.type(f"{first}\n\n   \n\r\n{second}\n")
    for text in (first, second):
        far.expect_message(far.nickname, text)
    client.type("third\n")
    content = far.expect(lambda content: content.endswith("\0third"), "the third line")
    moment = datetime.strptime(content.split("\0")[0], "%Y-%m-%d %H:%M:%S %z")
    late = abs(datetime.now(UTC) - moment)
    if late > timedelta(minutes=1) or moment.utcoffset() != timedelta(hours=9):
        raise CheckFailed("the time of now, with the zone of the sender (+0900)", str(moment))


@check(
    "L07-C58",
    "L07-V1",
    "selectors: the client shows messages, with the time in its own zone",
    hint='datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone() is the same moment here.',
    after="L07-C56",
)
def time_is_converted(lab):
    client, far = let_in(lab, env=ELSEWHERE)
    name, text = lab.word(), lab.text()
    far.send(message(name, text, "2026-11-20 23:03:07 +0430"))
    line = expect_line(lab, client, text)
    if name not in line or "2026-11-21 03:33:07" not in line:
        raise CheckFailed(f"a line with 2026-11-21 03:33:07, {name} and the text", visible(line))
    far.send("a service message")
    expect_line(lab, client, "a service message")


@check(
    "L07-C59",
    "L07-V1",
    f"selectors: {LEAVE} and the end of the input end the client, after all has been sent",
    hint="shutdown(SHUT_WR), then read until the server closes too: so you know that it has "
    "everything. The thread that reads the socket ends the program.",
    after="L07-C56",
)
def leaving(lab):
    for how in (LEAVE, "the end of the input"):
        lab.tell("leaving by", how)
        client, far = let_in(lab)
        client.type("one\ntwo\n" + (f"{LEAVE}\nnever\n" if how == LEAVE else ""))
        if how != LEAVE:
            client.end_input()
        for text in ("one", "two"):
            far.expect_message(far.nickname, text)
        rest = far.receive()
        if rest is not None:
            raise CheckFailed("nothing more, and the connection is closed", visible(rest, 200))
        far.peer.close()
        expect_code(lab, client, 0)


@check(
    "L07-C60",
    "L07-V1",
    "selectors: Ctrl+C ends the client cleanly, and the server goes on",
    hint="except KeyboardInterrupt in main(), and no wait without a time-out.",
    after="L07-C56",
)
def client_ctrl_c(lab):
    server = start_server(lab)
    listener, speaker = enter(lab, server), enter(lab, server)
    script, name = f"{folder_of(lab)}/client.py", lab.word()
    client = lab.run(script, "127.0.0.1", str(server.port), "-n", name)
    expect_line(lab, client, LEAVE)
    client.interrupt()
    expect_code(lab, client, 0)
    expect_silence(listener, speaker)


@check(
    "L07-C61",
    "L07-V1",
    "selectors: the client says that the server has closed: 0 after a goodbye, 1 if it broke",
    hint="b'' between two messages is a goodbye; b'' inside a message and ConnectionError are a "
    "broken connection. The keyboard must not hold the program.",
    after="L07-C56",
)
def server_closes(lab):
    client, far = let_in(lab)
    far.send("the server is closing")
    far.peer.finish()
    expect_code(lab, client, 0)
    for ending in (b"500       half", b"", b"GET / HTTP/1.1\r\n"):
        client, far = let_in(lab)
        expect_line(lab, client, LEAVE)
        far.peer.send(ending)
        far.peer.close() if ending else far.peer.reset()
        expect_code(lab, client, 1)
        if not client.stderr.strip() + client.stdout.partition(LEAVE)[2].strip():
            raise CheckFailed("a line that says what happened", "nothing")


@check(
    "L07-C62",
    "L07-V1",
    "selectors: the client says in one line why it cannot connect",
    hint="create_connection raises OSError, a strange name UnicodeError; sys.exit('text').",
    after="L07-C56",
)
def cannot_connect(lab):
    script = f"{folder_of(lab)}/client.py"
    listener = lab.listen()
    listener.sock.close()
    for words in (("127.0.0.1", str(listener.port)), ("127.0.0.1", "70000"), ("x" * 70, "7777")):
        client = lab.run(script, *words, "-n", "bob")
        code = lab.expect_end(client)
        lab.expect_no_traceback(client)
        if not code or not client.stderr.strip() + client.stdout.strip():
            raise CheckFailed("a line that says why, exit code not 0", f"exit code {code}")


@check(
    "L07-C63",
    "L07-V1",
    "selectors: what comes from the network cannot command the terminal",
    hint="Show only what str.isprintable() calls printable; escape the rest. Nicknames, times and "
    "service messages come from the network too.",
    after="L07-C56",
)
def hostile_text(lab):
    client, far = let_in(lab)
    evil = "\x1b[2J\x1b]0;title\x07\r\x08\x9b31m\u202eevil\nforged"
    for content in (message("a", evil), message(evil, "b"), message("a", "b", evil), evil):
        far.send(content)
    far.send(message("Eve", "the end"))
    expect_line(lab, client, "the end")
    for line in client.stdout.replace("\r\n", "\n").split("\n"):
        if not line.isprintable() or line.startswith("forged"):
            raise CheckFailed("nothing but printable characters", visible(line))


@check(
    "L07-C64",
    "L07-V1",
    "selectors: no colours in a pipe",
    hint="sys.stdout.isatty() tells a terminal from a pipe.",
    after="L07-C56",
)
def no_colours_in_a_pipe(lab):
    client, far = let_in(lab, env={"NO_COLOR": None, "TERM": "xterm-256color"})
    far.send(message("Eve", "the end"))
    expect_line(lab, client, "the end")
    if "\x1b" in client.stdout:
        raise CheckFailed("plain text", visible(client.stdout))


TERMINAL = """
import os, socket, subprocess
env = {{name: os.environ[name] for name in os.environ if name != "NO_COLOR"}} | {{"TERM": "xterm"}}
if {plain!r}:
    env["NO_COLOR"] = "1"
if hasattr(os, "openpty"):
    inside, outside = os.openpty()
    listener = socket.create_server(("127.0.0.1", 0))
    port = str(listener.getsockname()[1])
    words = [sys.executable, {script!r}, "127.0.0.1", port, "-n", "Anna"]
    client = subprocess.Popen(words, stdin=outside, stdout=outside, env=env)
    os.close(outside)
    listener.settimeout(8)
    sock = listener.accept()[0]
    sock.sendall({data!r})
    data = b""
    while b"the end" not in data:
        data += os.read(inside, 65536)
    client.kill()
    client.wait()
    result = data.decode()
"""


def on_a_terminal(lab, contents, plain):
    """Run a client on a terminal, send it contents, and return what the terminal gets."""
    script, data = f"{folder_of(lab)}/client.py", b"".join(map(frame, contents))
    code = TERMINAL.format(script=str(lab.folder / script), data=data, plain=plain)
    shown = lab.probe("the client on a terminal", code)
    if shown is None:
        raise CheckSkipped("this system has no pseudo-terminals")
    return shown


@check(
    "L07-C65",
    "L07-V1",
    "selectors: on a terminal the server is bold red, each nickname keeps a colour of its own",
    hint="\\x1b[1;31m … \\x1b[0m; a dictionary from nickname to colour. NO_COLOR switches it off.",
    after="L07-C56",
)
def colours_on_a_terminal(lab):
    talk = [message(name, "hello") for name in ("Вася", "Боря", "Вася", "Боря")]
    contents = [f"Welcome. To leave, type {LEAVE}", *talk, message("Eve", "the end")]
    shown = on_a_terminal(lab, contents, plain=False)
    if not re.search(r"\x1b\[(1;31|31;1|1m\x1b\[31|31m\x1b\[1)m[^\x1b]*Welcome", shown):
        raise CheckFailed("the welcome in bold red, \\x1b[1;31m", visible(shown))
    found = re.findall(r"(\x1b\[[\d;]+m)[^\x1b\n]*(Вася|Боря)", shown)
    if len(found) != 4 or len(set(found)) != 2 or len({colour for colour, _ in found}) != 2:
        raise CheckFailed("Вася in one colour, Боря in another, each time", visible(shown))
    shown = on_a_terminal(lab, contents, plain=True)
    if "\x1b" in shown:
        raise CheckFailed("no colours where NO_COLOR is set", visible(shown))


FEW_FILES = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
script, port = sys.argv[1:]
sys.path[0] = script.rpartition("server.py")[0]
sys.argv = [script, "-a", "127.0.0.1", "-p", port]
runpy.run_path(script, run_name="__main__")
"""


@check(
    "L07-C66",
    "L07-V1",
    "selectors: when there are more connections than files may be opened, the chat goes on",
    hint="accept() raises OSError, and would again at once: unregister the listener until a "
    "connection ends. Importing opens files too: import everything at the start.",
    after="L07-C42",
)
def too_many_files(lab):
    if importlib.util.find_spec("resource") is None:
        raise CheckSkipped("this system has no limit of open files")
    port, script = Port(), str(lab.folder / folder_of(lab) / "server.py")
    lab.open.append(Closing(port.release))
    server = Server(lab, lab.run("-c", FEW_FILES, script, str(port.number)), port)
    listener, speaker = enter(lab, server), enter(lab, server)
    crowd = [server.connect() for _ in range(90)]
    for _ in crowd:  # a server accepts somebody in every turn: so it must come to its limit
        text = lab.text()
        speaker.say(text)
        listener.expect_message(speaker.nickname, text)
    for peer in crowd:
        peer.close()
    expect_silence(listener, enter(lab, server))
