"""Checks of lesson 8's variant private_chat: who reads what, and what happens when one goes."""

import contextlib
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from course.console import visible
from course.harness import CheckFailed, CheckSkipped, check
from course.harness.lab import START, Closing, last_words
from course.harness.peer import Peer
from course.harness.ports import Port
from course.harness.program import WINDOWS, environment

FOLDER = "private_chat"
PATIENCE = 6  # seconds for anything to be seen


class Chat:
    """A running chat server and those who talk through it."""

    def __init__(self, lab):
        if not (lab.folder / FOLDER).is_dir():
            raise CheckSkipped(f"there is no folder {FOLDER} here")
        self.lab, self.port = lab, Port()
        lab.open.append(Closing(self.port.release))
        self.where = ["-i", "127.0.0.1", "-p", str(self.port.number)]
        self.users = lab.place / "users.db"
        self.start()

    def start(self):
        """Start the server, and wait until it listens."""
        words = [*self.where, "--users", str(self.users)]
        self.server = self.lab.run(f"{FOLDER}/server.py", *words)
        self.lab.wait_for(
            lambda: self.port.in_use() or not self.server.running(),
            f"the server listens on port {self.port.number}",
            START,
        )
        if not self.server.running():
            raise CheckFailed("the server listens", f"it ended: {last_words(self.server)}")

    def stop(self):
        """Press Ctrl+C at the server, and return its exit code."""
        self.server.interrupt()
        return self.lab.expect_end(self.server, name="the server")

    def client(self, *words):
        """Start a client."""
        return User(self.lab, self.lab.run(f"{FOLDER}/client.py", *self.where, *words))

    def come(self, name=None):
        """Return a user who has told a nickname and sees the choice."""
        user = self.client()
        user.sees("?")
        user.name = name or self.lab.word()
        user.types(user.name)
        user.sees("/partner")
        return user

    def everybody(self, *places):
        """Return a user for each place, who has gone there: "/all", or "" for nowhere."""
        users = [self.come() for _ in places]
        for user, place in zip(users, places, strict=True):
            if place:
                user.types(place)
                user.sees("+")
        return users

    def pair(self, one=None, other=None):
        """Return two users who talk with each other."""
        one, other = one or self.come(), other or self.come()
        one.types(f"/partner {other.name}")
        other.sees(f"/partner {one.name}")
        other.types(f"/partner {one.name}")
        for user, partner in ((one, other), (other, one)):
            user.sees("+")
            user.sees(partner.name)
        return one, other

    def call(self):
        """Return a bare connection to the server."""
        peer = Peer(socket.create_connection(("127.0.0.1", self.port.number), 5), self.lab)
        self.lab.open.append(peer)
        return peer


class User:
    """Somebody at a client: types, and reads on from where the last reading ended."""

    def __init__(self, lab, program):
        self.lab, self.program, self.name, self.read = lab, program, "a user", 0

    def types(self, *lines):
        """Type lines."""
        for line in lines:
            self.lab.tell(f"{self.name} typed", line)
        self.program.type("".join(f"{line}\n" for line in lines))

    def sees(self, *words, within=PATIENCE):
        """Wait for words, one after the other."""
        for word in words:
            with self.program.news:
                self.program.news.wait_for(lambda w=word: w in self.unread, self.lab.left(within))
            if word not in self.unread:
                shown = visible(self.unread[-1000:]) or "nothing"
                raise CheckFailed(f"{self.name} sees {word!r}", shown)
            self.read = self.program.stdout.index(word, self.read) + len(word)

    @property
    def unread(self):
        """Return what has been shown since the last reading."""
        return self.program.stdout[self.read :]

    def is_answered(self):
        """Wait until the server has done with everything that was typed before."""
        self.types("/help")
        self.sees("/quit")

    def never_saw(self, words):
        """Show that words have not come: what is asked for now would come after them."""
        self.is_answered()
        if words in self.program.stdout:
            raise CheckFailed(f"{self.name} does not read {words!r}", visible(self.program.stdout))

    def ends(self, code):
        """Expect that the client ends with an exit code and without a traceback."""
        ended = self.lab.expect_end(self.program, name=f"the client of {self.name}")
        self.lab.expect_no_traceback(self.program)
        if ended != code:
            raise CheckFailed(f"exit code {code}", f"exit code {ended}: {last_words(self.program)}")


@check(
    "L08-C61",
    "L08-V2",
    "who joins sees who is here, and the choice",
    hint="After the nickname: one line for each user who is here, then both ways to go on.",
)
def joining(lab):
    chat = Chat(lab)
    one, other = chat.come(), chat.come()
    third = chat.client()
    third.sees("?")
    third.types(lab.word())
    third.sees("/all", "/partner")
    for user in (one, other):
        if user.name not in third.program.stdout:
            raise CheckFailed(f"{user.name} in the list", visible(third.program.stdout))
    one.sees(other.name)


@check(
    "L08-C62",
    "L08-V2",
    "a nickname that is taken or malformed is asked for again",
    hint="Compare nicknames by casefold(), under the lock, together with letting the user in.",
    after="L08-C61",
)
def nicknames(lab):
    chat = Chat(lab)
    taken = chat.come("Ж" + lab.word())
    user = chat.client()
    user.sees("?")
    wrong = ("two words", "x" * 26, "/all", "a\tb", "a\x1bb", taken.name, taken.name.swapcase())
    for name in wrong:
        user.types(name)
        user.sees("!", "?")
    user.types("_." + lab.word(22) + "-")
    user.sees("+", "/partner")


@check(
    "L08-C63",
    "L08-V2",
    "a text in the common chat goes to everybody there, and to nobody else",
    hint="Keep for each user where the user is; go through those who are in the common chat.",
    after="L08-C61",
)
def common_chat(lab):
    chat = Chat(lab)
    one, other, apart = chat.everybody("/all", "/all", "")
    text = lab.text()
    one.types(text)
    other.sees(one.name, text)
    apart.never_saw(text)
    one.never_saw(text)
    apart.types("/all")
    apart.sees("+")
    apart.types(text[::-1])
    for user in (one, other):
        user.sees(apart.name, text[::-1])


@check(
    "L08-C64",
    "L08-V2",
    "a private text goes to the partner, and to nobody else",
    hint="Who talks with a partner is not in the common chat, neither to read nor to write.",
    after="L08-C61",
)
def private_talk(lab):
    chat = Chat(lab)
    third, one, other = chat.everybody("/all", "/all", "/all")
    chat.pair(one, other)
    for user, partner in ((one, other), (other, one)):
        text = lab.text()
        user.types(text)
        partner.sees(user.name, text)
        third.never_saw(text)
    text = lab.text()
    third.types(text)
    third.is_answered()
    one.never_saw(text)


@check(
    "L08-C65",
    "L08-V2",
    "before a partner has agreed, and after one has withdrawn, nobody reads a text",
    hint="Two talk only when each has chosen the other.",
    after="L08-C64",
)
def waiting_for_agreement(lab):
    chat = Chat(lab)
    one, other = chat.everybody("", "")
    one.types(f"/partner {other.name}")
    one.sees("~", other.name)
    other.sees(f"/partner {one.name}")
    text = lab.text()
    one.types(text)
    one.sees("!")
    other.never_saw(text)
    one.types("/all")
    one.sees("+")
    other.sees(one.name)
    other.types(f"/partner {one.name}", text)
    other.sees("~", "!")
    one.never_saw(text)


@check(
    "L08-C66",
    "L08-V2",
    "when a partner goes, the other is told and is back at the choice",
    hint="Whoever has the one who goes as partner loses that partner, and is shown the choice.",
    after="L08-C64",
)
def partner_goes(lab):
    chat = Chat(lab)
    one, other = chat.pair()
    for word, mark in (("/all", "+"), ("/quit", "+")):
        one.types(word)
        one.sees(mark)
        other.sees(one.name, "?", "/all", "/partner")
        text = lab.text()
        other.types(text)
        other.sees("!")
        if word == "/all":
            one.never_saw(text)
            one.types(f"/partner {other.name}")
            other.types(f"/partner {one.name}")
            other.sees("+")
            one.sees("+")
    again = chat.come(one.name)
    other.types(lab.text())
    other.sees("!")
    again.never_saw(f"[{other.name}")


@check(
    "L08-C67",
    "L08-V2",
    "special words list users and show help; an unknown one is answered with help",
    hint="A table from word to method. What begins with // is a text that begins with /.",
    after="L08-C64",
)
def special_words(lab):
    chat = Chat(lab)
    one, other = chat.pair()
    third = chat.come()
    third.types("/list")
    third.sees("*", "talk")
    for user in (one, other):
        if user.name not in third.program.stdout:
            raise CheckFailed(f"{user.name} in the list", visible(third.program.stdout))
    for word in ("/help", f"/{lab.word()}"):
        one.types(word)
        one.sees("/all", "/partner", "/list", "/help", "/quit")
        if word != "/help":
            other.never_saw(word)
    text = lab.text()
    one.types(f"//{text}")
    other.sees(f" /{text}")


@check(
    "L08-C68",
    "L08-V2",
    "leaving by word, by Ctrl+C and by a broken line is announced; the nickname is free at once",
    hint="finally: one place through which every user goes, whatever has happened before.",
    after="L08-C61",
)
def leaving(lab):
    chat = Chat(lab)
    stays = chat.come()
    ways = {
        "by word": lambda user: user.types("/quit"),
        "by Ctrl+C": lambda user: user.program.interrupt(),
        "by a broken line": lambda user: user.program.process.kill(),
    }
    name = lab.word()
    for way, leave in ways.items():
        user = chat.come(name)
        stays.sees(f"{name} ")
        lab.tell("leaves", way)
        leave(user)
        stays.sees(f"{name} ", "left")
        lab.expect_end(user.program)
    reset = chat.call()
    reset.send(f"{name}\n".encode())
    stays.sees(f"{name} ")
    reset.reset()
    stays.sees(f"{name} ", "left")
    chat.come(name)


@check(
    "L08-C69",
    "L08-V2",
    "users are remembered, also by a server that has been started anew",
    hint="A file of SQLite: first seen, last seen, how often. Commit when the user comes.",
    after="L08-C61",
)
def memory(lab):
    chat = Chat(lab)
    name = lab.word()
    first = chat.come(name)
    if "Welcome back" in first.program.stdout:
        raise CheckFailed("a new user is greeted as new", visible(first.program.stdout))
    first.types("/quit")
    first.ends(0)
    chat.stop()
    chat.start()
    for visits in (2, 3):
        again = chat.client("-n", name.upper())
        again.sees("Welcome back", f"Visits: {visits}.", "/partner")
        again.types("/quit")
        again.ends(0)
    stranger = chat.come()
    if "Welcome back" in stranger.program.stdout:
        raise CheckFailed("a new user is greeted as new", visible(stranger.program.stdout))


@check(
    "L08-C70",
    "L08-V2",
    "a damaged or locked database is said in words, and the chat goes on",
    hint="Catch sqlite3.Error where the database is used, and give connect() a short timeout.",
    after="L08-C69",
)
def broken_database(lab):
    chat = Chat(lab)
    with contextlib.closing(sqlite3.connect(chat.users, isolation_level=None)) as lock:
        lock.execute("PRAGMA locking_mode = EXCLUSIVE")
        lock.execute("BEGIN EXCLUSIVE")
        user = chat.client()
        user.sees("?")
        user.types(lab.word())
        user.sees("database", "/partner", within=8)
    chat.stop()
    chat.users.write_bytes(b"This is no database. " * 100)
    chat.start()
    one, other = chat.pair()
    text = lab.text()
    one.types(text)
    other.sees(text)
    if "database" not in one.program.stdout + chat.server.stdout + chat.server.stderr:
        raise CheckFailed("somebody says that the database is damaged", "nobody does")
    lab.expect_no_traceback(chat.server)


class TerminalUser:
    """Somebody at a client that runs on a terminal; `output` is all that it has drawn."""

    def __init__(self, chat, name):
        import pty  # Windows has none

        self.lab, self.output = chat.lab, b""
        script = str(chat.lab.folder / FOLDER / "client.py")
        self.terminal, other_end = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, script, *chat.where, "-n", name],
            **dict.fromkeys(("stdin", "stdout", "stderr"), other_end),
            env=environment() | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
            start_new_session=True,
        )
        os.close(other_end)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        chat.lab.open.append(self)

    def _read(self):
        with contextlib.suppress(OSError):  # Linux reports the end of a terminal so
            while piece := os.read(self.terminal, 65536):
                self.output += piece

    def types(self, keys):
        """Press keys."""
        self.lab.tell("typed at a terminal", keys)
        os.write(self.terminal, keys.encode())

    def draws(self, condition, expected):
        """Wait until what has been drawn fulfils a condition."""
        self.lab.wait_for(lambda: condition(self.output.decode("utf-8", "replace")), expected)

    def close(self):
        """End the client."""
        self.process.kill()
        self.process.wait()
        self.reader.join(2)
        os.close(self.terminal)


def last_line(output):
    """Return the last line of a terminal after an output."""
    line, column = "", 0
    for piece in re.findall(r"\x1b\[[0-?]*[ -/]*[@-~]|.|\n", output):
        if piece.endswith("K") and len(piece) > 1:
            line = "" if "2" in piece else line[:column]
        elif piece in "\r\n":
            line, column = ("" if piece == "\n" else line), 0
        elif piece == "\b":
            column -= 1
        elif len(piece) == 1:
            line = line[:column].ljust(column) + piece + line[column + 1 :]
            column += 1
    return line.rstrip()


@check(
    "L08-C71",
    "L08-V2",
    "on a terminal something moves while a partner is awaited, spares what is typed, and stops",
    hint="One thread draws everything: lines that come, keys, the next picture.",
    after="L08-C65",
)
def animation(lab):
    if WINDOWS:
        raise CheckSkipped("Python has no pseudo-terminals on Windows")
    chat = Chat(lab)
    partner, name, text = chat.come(), lab.word(), lab.text()
    user = TerminalUser(chat, name)
    user.draws(lambda output: "/partner" in output, "the choice is shown")
    user.types(f"/partner {partner.name}\n")
    partner.sees(f"/partner {name}")
    user.draws(moving(partner.name), f"a last line that moves and names {partner.name}")
    user.types(text)
    user.draws(lambda output: last_line(output).endswith(text), "what is typed, whole")
    time.sleep(0.5)  # pictures come and go meanwhile
    user.draws(lambda output: last_line(output).endswith(text), "that what is typed stays whole")
    partner.types(f"/partner {name}")
    user.draws(lambda output: f"with {partner.name}" in output, "that the partner has agreed")
    user.types("\n")
    partner.sees(text)
    lab.wait_for(lambda: is_quiet(user), "nothing moves any more")
    user.types("/quit\n")
    if user.process.wait(lab.left(8)):
        raise CheckFailed("exit code 0", f"exit code {user.process.returncode}")


def moving(name):
    """Return a test that is passed when the last line has shown the name in four pictures."""
    pictures = set()

    def note(output):
        pictures.add(last_line(output))
        return len([picture for picture in pictures if name in picture]) >= 4

    return note


def is_quiet(user):
    """Look for a while whether anything is drawn."""
    before = len(user.output)
    time.sleep(0.6)
    return len(user.output) == before


@check(
    "L08-C72",
    "L08-V2",
    "in a pipe there are only plain lines, and hostile text can do no harm",
    hint="Escape what is not printable before you print what somebody else has written.",
    after="L08-C64",
)
def plain_lines(lab):
    one, other = Chat(lab).pair()
    one.types(f"\x1b[2J\a\u202e{(text := lab.text())}\r\x1b]0;title")
    other.sees(text)
    one.types("done")
    other.sees("done")
    for user in (one, other):
        shown = user.program.stdout.replace("\r\n", "\n")
        bad = [c for c in shown if not c.isprintable() and c != "\n"]
        if bad:
            raise CheckFailed(f"printable characters only, not {bad[0]!r}", visible(shown[-500:]))


@check(
    "L08-C73",
    "L08-V2",
    "a line that is too long or not UTF-8 is answered in words, and nobody else suffers",
    hint="Bytes first: cut them into lines, count them, then decode() and catch UnicodeError.",
    after="L08-C63",
)
def hostile_bytes(lab):
    chat = Chat(lab)
    (witness,) = chat.everybody("/all")
    longest = "я" * 2048
    good = chat.call()
    good.send(f"{lab.word()}\n/all\n{longest}\r\n".encode())
    witness.sees(longest)
    stranger = chat.call()
    stranger.send(f"{lab.word()}\n/all\n".encode(), "привет\n".encode("cp1251"))
    expect_words(stranger, "!")
    for data in (b"x" * 5000 + b"\n", b"x" * 100_000, b"\xff" * 5000 + b"\n"):
        name = lab.word()
        hostile = chat.call()
        hostile.send(f"{name}\n/all\n".encode())
        witness.sees(name)
        hostile.send(data)
        expect_words(hostile, "!", to_the_end=True)
        witness.sees(name, "left")
    witness.never_saw("x" * 100)
    witness.never_saw("\ufffd")
    lab.expect_no_traceback(chat.server)


def expect_words(peer, words, to_the_end=False):
    """Read lines until one begins with some words, or on to the end of the connection."""
    data, until = b"", time.monotonic() + PATIENCE
    while to_the_end or not re.search(rb"(?m)^" + words.encode(), data):
        peer.sock.settimeout(max(until - time.monotonic(), 0.01))
        try:
            piece = peer.sock.recv(65536)
        except TimeoutError:
            raise CheckFailed("an answer, and the end", visible(data[-500:])) from None
        except OSError:
            piece = b""
        if not piece:
            break
        data += piece
    if not re.search(rb"(?m)^" + words.encode(), data):
        raise CheckFailed(f"a line that begins with {words}", visible(data[-500:]) or "nothing")


@check(
    "L08-C74",
    "L08-V2",
    "who does not read is cut off, and delays nobody",
    hint="Put lines into a bounded outbox; a thread for each user sends what is in it.",
    after="L08-C63",
)
def slow_reader(lab):
    chat = Chat(lab)
    witness, name = chat.come(), lab.word()
    deaf, loud = chat.call(), chat.call()
    deaf.send(f"{name}\n/all\n".encode())
    witness.sees(name)
    loud.send(f"{lab.word()}\n/all\n".encode())
    expect_words(loud, r"\+ You are")
    lab.tell("sent", "texts of 4000 letters, up to 20 MB, for somebody who does not read")
    loud.sock.settimeout(PATIENCE)
    for _ in range(20):
        with contextlib.suppress(OSError):
            loud.sock.sendall((b"x" * 4000 + b"\n") * 250)
        started = time.monotonic()
        witness.never_saw("xxxx")
        if time.monotonic() - started > 2:
            raise CheckFailed("others are answered within 2 seconds", "they wait longer")
        if re.search(f"{name}.* left", witness.program.stdout):
            return
    raise CheckFailed(f"{name}, who does not read, is cut off", "still here after 20 MB")


@check(
    "L08-C75",
    "L08-V2",
    "Ctrl+C ends the server cleanly, and the clients with it",
    hint="Tell everybody, close, join() every thread, then end with exit code 0.",
    after="L08-C64",
)
def server_stops(lab):
    chat = Chat(lab)
    one, other = chat.pair()
    chat.call()
    code = chat.stop()
    lab.expect_no_traceback(chat.server)
    if code:
        raise CheckFailed("exit code 0", f"exit code {code}")
    for user in (one, other):
        user.ends(1)
        if not user.program.stderr.strip():
            raise CheckFailed("a line that says why the client ends", "nothing")


@check(
    "L08-C76",
    "L08-V2",
    "the client ends with 0 when its user leaves, else with 1 and one clear line",
    hint="sys.exit('text') prints one line and gives exit code 1.",
    after="L08-C61",
)
def client_ends(lab):
    chat = Chat(lab)
    by_word, by_ctrl_c, by_end, lost = chat.everybody("", "", "", "/all")
    by_word.types("/quit")
    by_ctrl_c.program.interrupt()
    by_end.program.end_input()
    for user in (by_word, by_ctrl_c, by_end):
        user.ends(0)
    chat.server.process.kill()
    chat.server.ends(lab.left(5))
    lost.ends(1)
    for words in ([], ["-i", "x" * 70]):
        refused = chat.client(*words)
        refused.ends(1)
        if refused.program.stderr.strip().count("\n") or not refused.program.stderr.strip():
            raise CheckFailed("one clear line", last_words(refused.program))


DEFAULTS = """
import socket
calls = []
def note(self, address, *rest):
    calls.append(list(address[:2]))
    raise ConnectionRefusedError("seen")
socket.socket.connect = socket.socket.bind = note
result = []
for words in ([], ["-i", "127.0.0.2", "-p", "7"], ["--ip_address", "127.0.0.3", "--port", "8"]):
    sys.argv = ["{script}.py", *words]
    calls.clear()
    try:
        import {script}
        {script}.main()
    except (OSError, SystemExit):
        pass
    result.append(calls[0])
"""


@check(
    "L08-C77",
    "L08-V2",
    "-i and -p, or --ip_address and --port, choose the place; 127.0.0.1 and 12345 if left out",
    hint='add_argument("-p", "--port", type=port_number, default=12345).',
    after="L08-C61",
)
def options(lab):
    if not (lab.folder / FOLDER).is_dir():
        raise CheckSkipped(f"there is no folder {FOLDER} here")
    wanted = [["127.0.0.1", 12345], ["127.0.0.2", 7], ["127.0.0.3", 8]]
    for script in ("server", "client"):
        enter = f"import sys; sys.path.insert(0, {str(lab.folder / FOLDER)!r})\n"
        code = enter + DEFAULTS.format(script=script)
        found = lab.probe(f"{script}.main(), noting where it would go", code)
        if found != wanted:
            raise CheckFailed(f"the {script} goes to {wanted}", f"{found}")
