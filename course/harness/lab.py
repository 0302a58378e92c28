"""What a check works with: a copy of the folder, its programs, connections, random texts."""

import json
import os
import random
import re
import shutil
import socket
import tempfile
import time
from pathlib import Path

from course.console import visible
from course.harness import program
from course.harness.peer import CheckFailed, CheckSkipped, Peer
from course.harness.ports import Port
from course.harness.program import Program
from course.lessons import GENERATED

LETTERS = "abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшэюя"
FOLDER = re.compile(r"[^\"]*course check [^\"]*?messenger[/\\\\]")
IN_THE_FOLDER = re.compile(r'  File "' + FOLDER.pattern)
WITH_WINDOW = 12  # the lesson from which on server.py opens a window, if it is not told not to
CLIENT_WINDOW = 13  # and client.py
START = 10  # seconds that a server may take until it listens
MEND_FIRST = "What the program said, above, is where to begin: it does not even start."
READ_OPTIONS = "Does server.py read -a and -p from the command line, and listen there?"
MAIN_GUARD = (
    "Put what the script does into main(), and call it below: if __name__ == '__main__': "
    "So the functions can be imported without running the program."
)
PROBE = """import json, sys
sys.path[:0] = sys.argv[1:]
sys.argv = ["probe"]
sys.stdout.reconfigure(encoding="utf-8")
result = None
{code}
print("\\n=>" + json.dumps(result, default=repr))"""


class Lab:
    """One check's own place: everything that it starts or opens ends with it."""

    def __init__(self, folder, seed, limit, common=None, number=0):
        self.random = random.Random(seed)
        self.deadline = time.monotonic() + limit
        self.limit = limit
        self.number = number  # of the lesson that is judged
        self.story = []
        self.open = []
        self.programs = []
        self.place = Path(tempfile.mkdtemp(prefix="course check "))
        # A name with a space and Cyrillic letters: a program must run in any folder.
        self.folder = self.place / "Мой messenger"
        shutil.copytree(folder, self.folder, ignore=shutil.ignore_patterns(*GENERATED))
        if common and not (self.folder / "common").is_dir():
            copy_common(common, self.place / "common")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End and remove everything; say which processes or ports were left over."""
        for thing in self.open:
            thing.close()
        left = [program.title for program in self.programs if program.stop()]
        self.open, self.programs = [], []
        shutil.rmtree(self.place, ignore_errors=True)
        if left:
            self.tell("left over", "processes started by " + ", ".join(left))

    def left(self, wanted):
        """Return how many seconds a step may take, at most what is left of the check's time."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise CheckFailed(f"all is done within {self.limit} seconds", "it is not")
        return min(wanted, left)

    def tell(self, what, text):
        """Remember a step for the report."""
        self.story.append((what, text))

    # programs

    def run(self, *words, folder=None, terminal=False, env=None, window=False):
        """Start a script of the folder, or `-m something` in it; `env` changes its variables."""
        if words[0] == "client.py" and self.number >= CLIENT_WINDOW and not window:
            words = (*words, "--console")
        if terminal and not program.pty:
            raise CheckSkipped("this system has no pseudo terminals")
        script = list(words)
        if words[0].endswith(".py"):
            script[0] = str(self.folder / words[0])
        self.tell("started", "python " + " ".join(words))
        if words[0].endswith(".py") and not (self.folder / words[0]).is_file():
            name = f"a file {words[0]} in the folder"
            raise CheckFailed(name, "there is none", hint="Make it; the page says what it does.")
        env = {"JIM_HOME": str(self.place / "home")} | (env or {})  # no data of the user's
        started = Program(script, folder or self.place, terminal=terminal, env=env)
        started.title = "python " + " ".join(words)
        self.programs.append(started)
        return started

    def server(self, *words, script="server.py"):
        """Start a server's script on a port of its own, in the terminal."""
        port = Port()
        address = ("-a", "127.0.0.1", "-p", str(port.number))
        program = self.run(script, *address, *self.in_terminal(), *words)
        self.open.append(Closing(port.release))
        return Server(self, program, port)

    def in_terminal(self):
        """Return the words of the command line that keep a server from opening a window."""
        return ("--no-gui",) if self.number >= WITH_WINDOW else ()

    def client(self, *words):
        """Start client.py."""
        return self.run("client.py", *words)

    def listen(self):
        """Be a server: return one that accepts what a client under test sends."""
        sock = socket.create_server(("127.0.0.1", 0))
        self.open.append(sock)
        return Listener(self, sock)

    def expect_end(self, program, within=8, name=None):
        """Wait for the end of a program and return its exit code."""
        code = program.ends(self.left(within))
        if code is None:
            name = name or program.title
            raise CheckFailed(f"{name} ends", f"it still runs after {within} seconds")
        return code

    def expect_no_traceback(self, program):
        """Refuse an error message that only its programmer understands."""
        if "Traceback" in program.stderr + program.stdout:
            raise CheckFailed("one clear line", "a traceback, which only a programmer understands")

    def probe(self, about, code, within=10):
        """Run Python in a process of its own inside the folder; return its `result`."""
        places = [str(self.folder), str(self.place)]
        home = {"JIM_HOME": str(self.place / "home")}  # no data of the user's
        program = Program(["-c", PROBE.format(code=code), *places], self.folder, env=home)
        program.title = about
        self.programs.append(program)
        self.tell("tried", about)
        if self.expect_end(program, within):
            if re.search(r"messenger.[^\"]*\", line \d+, in <module>", program.stderr):
                expected = "importing a script only defines functions"
                raise CheckFailed(expected, "it runs, and fails", hint=MAIN_GUARD)
            raise CheckFailed("this works", "it ends with an exception")
        return json.loads(program.stdout.rpartition("\n=>")[2])

    def wait_for(self, condition, expected, within=6):
        """Wait until the condition returns something true, and return that."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if found := condition():
                return found
            time.sleep(self.left(0.02))
        raise CheckFailed(expected, f"nothing of the kind within {within} seconds")

    def log_lines(self, name=""):
        """Return the lines of the log files that the folder has now; `name` is a part of theirs."""
        files = [path for path in self.folder.rglob("*.log*") if path.is_file()]
        lines = []
        for path in sorted(files):
            if name in path.name:
                lines += path.read_bytes().decode("utf-8").replace(os.linesep, "\n").split("\n")
        return [line for line in lines if line]

    # random data

    def word(self, length=8):
        """Return a random word, Latin or Cyrillic."""
        letters = self.random.choice(LETTERS)
        return "".join(self.random.choice(letters) for _ in range(length))

    def text(self):
        """Return a random text in which both alphabets stand."""
        words = ["".join(self.random.sample(letters, 7)) for letters in LETTERS * 2]
        return " ".join(words)

    def presence(self, **changes):
        """Return a proper presence; `changes` replace fields, None takes one away."""
        user = {"account_name": self.word(), "status": self.text()}
        message = {"action": "presence", "time": time.time(), "type": "status", "user": user}
        message |= changes
        return {key: value for key, value in message.items() if value is not None}


class Server:
    """A server under test."""

    def __init__(self, lab, program, port):
        self.lab = lab
        self.program = program
        self.port = port.number
        self.answered = False

    def connect(self):
        """Connect to it; the first time, wait until it listens."""
        until = time.monotonic() + START
        while True:
            try:
                sock = socket.create_connection(("127.0.0.1", self.port), self.lab.left(5))
            except OSError as error:
                self._explain(error, until)
                continue
            self.answered = True
            peer = Peer(sock, self.lab)
            self.lab.open.append(peer)
            return peer

    def _explain(self, error, until):
        """Raise unless the server is only about to start."""
        expected = f"server.py listens on 127.0.0.1, port {self.port}"
        code = self.program.ends(0.02)
        if code is not None:
            received = f"it ended with exit code {code}"
            raise CheckFailed(expected, received, hint=MEND_FIRST) from error
        if self.answered or time.monotonic() > until:
            received = "nobody listens there, although the server runs"
            raise CheckFailed(expected, f"{received}: {error}", hint=READ_OPTIONS) from error

    def expect_alive(self):
        """Show that it still serves: a new client is answered."""
        self.lab.tell("", "(a new client)")
        client = self.connect()
        client.send(self.lab.presence())
        client.expect(200)
        client.finish()


class Listener:
    """A server of the check's own, for a client under test."""

    def __init__(self, lab, sock):
        self.lab = lab
        self.sock = sock
        self.port = sock.getsockname()[1]

    def accept(self, within=8):
        """Wait for the client under test."""
        self.sock.settimeout(self.lab.left(within))
        try:
            peer = Peer(self.sock.accept()[0], self.lab)
        except TimeoutError:
            raise CheckFailed("a client connects", "nobody did") from None
        self.lab.open.append(peer)
        return peer


class Closing:
    """Something to be done at the end."""

    def __init__(self, close):
        self.close = close


def copy_common(taught, target):
    """Lay the modules that a lesson may import beside it."""
    target.mkdir()
    for module in taught:
        shutil.copy(module, target)


END = 20_000  # characters of what a program said: thousands of lines would take seconds to read


def last_words(program, lines=6):
    """Return the end of what a program said; of a traceback what concerns its own files."""
    said = (program.stderr.strip() or program.stdout.strip())[-END:]
    if "Traceback (most recent call last):" in said:
        said = shorter_traceback(said)
        lines = 12
    said = FOLDER.sub("", said)
    shown = [visible(line) for line in said.splitlines()[-lines:]]
    return "\n".join(shown) or "nothing"


def shorter_traceback(text):
    """Leave out of a traceback what happened inside Python, and the folder's name."""
    frames = re.split(r"(?m)^(?=  File )", text)
    own = [frame for frame in frames[1:-1] if IN_THE_FOLDER.match(frame)]
    return "".join([frames[0], *own, frames[-1]])
