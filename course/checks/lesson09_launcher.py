"""Checks of lesson 9's launcher: it starts a server and clients, and ends them all."""

import contextlib
import os
import signal
import sys
import uuid
from functools import partial
from pathlib import Path

from course.harness import CheckFailed, CheckSkipped, check
from course.harness.lab import Closing, Server, last_words
from course.harness.people import Member
from course.harness.ports import Port
from course.harness.program import WINDOWS

PATIENCE = 20  # seconds for anything to be seen: several programs have to start
MANY = 100  # lines that are typed just before the end


class Launched:
    """A launcher under test, and everything that it has started."""

    def __init__(self, lab, *words, env=None):
        self.lab, self.port, self.mark = lab, Port(), uuid.uuid4().hex
        lab.open += [Closing(self.port.release), Closing(self.end_all)]
        env = {"COURSE_CHECK": self.mark} | (env or {})
        self.program = lab.run("launcher.py", *words, "-p", str(self.port.number), env=env)

    def enter(self, number):
        """Wait until so many clients are in the chat; return a guest of ours, and their names."""
        self.lab.wait_for(self.port.in_use, "a server listens on the port of -p", PATIENCE)
        guest = Member(self.lab, Server(self.lab, self.program, self.port))
        wanted = f"{number} clients enter the chat"
        names = self.lab.wait_for(partial(others, guest, number), wanted, PATIENCE)
        del self.lab.story[4:]
        return guest, names

    def expect_line(self, name, *words):
        """Wait for a line that begins with a name and has these words in it."""
        wanted = f"a line that begins with {name} and contains {' and '.join(map(repr, words))}"
        self.lab.wait_for(partial(self.has_line, name, *words), wanted, PATIENCE)

    def has_line(self, name, *words):
        """Tell whether there is a line that begins with a name and has these words in it."""
        lines = [line.strip() for line in self.program.stdout.splitlines()]
        rest = [line.removeprefix(name) for line in lines if line.startswith(name)]
        return any(all(word in line for word in words) for line in rest)

    def expect_all_gone(self):
        """Wait for the launcher's end; nothing of what it has started may be left."""
        code = self.lab.expect_end(self.program, PATIENCE)
        self.lab.expect_no_traceback(self.program)
        if code:
            raise CheckFailed("exit code 0", f"{code}: {last_words(self.program)}")
        if self.port.in_use() or self.left_over():
            raise CheckFailed("server and clients have ended too", "some of them still run")

    def left_over(self):
        """Return the processes that it has started, where the system shows whose they are."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):  # it has just ended, or belongs to somebody else
                if self.mark.encode() in path.read_bytes():
                    found.append(int(path.parent.name))
        return found

    def end_all(self):
        """End what a launcher that does not work has left."""
        while found := self.left_over():
            for number in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)


def others(guest, number):
    """Return who else is in the chat, None as long as they are not so many."""
    names = [name for name in guest.ask("get_users", 202)["alert"] if name != guest.name]
    return names if len(names) == number else None


@check(
    "L09-C21",
    "L09-R2",
    "the launcher starts a server and clients, and shows whose each line is",
    hint="subprocess.Popen with stdout=PIPE, and one thread for each program that prints its lines "
    "behind its name. sys.executable is the Python to start them with.",
    limit=60,
)
def launcher_starts(lab):
    launched = Launched(lab, "--here", "-n", "3")
    guest, names = launched.enter(3)
    words = lab.text()
    guest.say("#all", words)
    launched.expect_line("server", "Listening")
    for name in names:
        launched.expect_line(name, "welcome")
        launched.expect_line(name, guest.name, words)


@check(
    "L09-C22",
    "L09-R2",
    "a line that is typed goes to the client whose name it begins with",
    hint="Split it once: the first word is the name, the rest goes to that client's stdin, with a "
    "newline, and flush().",
    after="L09-C21",
    limit=60,
)
def launcher_passes_lines_on(lab):
    launched = Launched(lab, "--here", "-n", "2")
    _, (first, second) = launched.enter(2)
    words, reply = lab.text(), lab.text()
    launched.program.type(f"{first} message {second} {words}\n")
    launched.expect_line(second, first, words)
    launched.program.type(f"{second} message {first} {reply}\n")
    launched.expect_line(first, second, reply)
    launched.program.type(f"nobody message all hello\n{first} quit\n")
    launched.expect_line("nobody")
    launched.expect_line(first, "Goodbye")
    launched.program.type(f"{first} help\n{second} help\n")
    launched.expect_line(second, "help")
    lab.expect_no_traceback(launched.program)


@check(
    "L09-C23",
    "L09-R2",
    "Ctrl+C, the end of the input and a polite kill end the launcher and all that it has started",
    hint="try … finally: end each program that was started, the server last, and wait for it. A "
    "handler for SIGTERM and SIGHUP that raises KeyboardInterrupt makes them the same.",
    after="L09-C21",
    limit=120,
)
def launcher_ends_all(lab):
    ways = {"Ctrl+C": lambda program: program.interrupt()}
    ways["the end of the input"] = lambda program: program.end_input()
    if not WINDOWS:
        ways["a polite kill"] = lambda program: program.process.send_signal(signal.SIGTERM)
        ways["a closed terminal"] = lambda program: program.process.send_signal(signal.SIGHUP)
    for title, end in ways.items():
        launched = Launched(lab, "--here", "-n", "1")
        launched.enter(1)
        lab.tell("ended by", title)
        end(launched.program)
        launched.expect_all_gone()


@check(
    "L09-C24",
    "L09-R2",
    "what is typed last is done before all ends",
    hint="A client that leaves when its stdin ends has read everything by then: close stdin and "
    "wait, kill only what does not end.",
    after="L09-C21",
    limit=60,
)
def last_lines_are_done(lab):
    launched = Launched(lab, "--here", "-n", "1")
    guest, (name,) = launched.enter(1)
    texts = [f"{number} {lab.word()}" for number in range(MANY)]
    launched.program.type("".join(f"{name} message {guest.name} {text}\n" for text in texts))
    launched.program.end_input()
    for text in texts:
        guest.expect_heard(text, name, PATIENCE)
    launched.expect_all_gone()


@check(
    "L09-C25",
    "L09-R2",
    "the launcher says in one line what it cannot do",
    hint="argparse refuses what a type= function refuses with ArgumentTypeError: exit code 2.",
    limit=60,
)
def launcher_refuses(lab):
    for words in (["-n", "0"], ["-n", "many"], ["-p", "70000"]):
        program = lab.run("launcher.py", "--here", *words)
        program.end_input()
        code = lab.expect_end(program, PATIENCE)
        lab.expect_no_traceback(program)
        if code != 2 or words[1] not in program.stderr:
            wanted = f"exit code 2, and a line about {words[1]}"
            raise CheckFailed(wanted, f"{code}: {last_words(program)}")


WINDOW = """import os, sys
with open(os.environ["WINDOWS_OPENED"], "a", encoding="utf-8") as opened:
    print(*sys.argv[2:], file=opened)
reading, keyboard = os.pipe()  # nobody types, but somebody could
os.set_inheritable(keyboard, True)
os.dup2(reading, 0)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.execv(sys.argv[2], sys.argv[2:])
"""


@check(
    "L09-C26",
    "L09-R2",
    "where there are windows, server and clients get a terminal window each",
    hint="DISPLAY or WAYLAND_DISPLAY is set, and shutil.which() finds a terminal: then the command "
    "is xterm -e PYTHON SCRIPT …",
    after="L09-C21",
    limit=60,
)
def launcher_opens_windows(lab):
    if WINDOWS:
        raise CheckSkipped("a console window here would open on somebody's screen")
    programs, opened = lab.place / "programs", lab.place / "opened.txt"
    programs.mkdir()
    (programs / "window.py").write_text(WINDOW, encoding="utf-8")
    xterm = f'#!/bin/sh\nexec "{sys.executable}" "{programs / "window.py"}" "$@"\n'
    (programs / "xterm").write_text(xterm, encoding="utf-8")
    (programs / "xterm").chmod(0o755)
    env = {"PATH": str(programs), "DISPLAY": ":99", "WINDOWS_OPENED": str(opened)}
    launched = Launched(lab, "-n", "2", env=env)
    _, names = launched.enter(2)
    lines = opened.read_text(encoding="utf-8").splitlines()
    for script, number in (("server.py", 1), ("client.py", 2)):
        if sum(script in line for line in lines) != number:
            raise CheckFailed(f"{number} window(s) with {script}", repr(lines))
    if any(launched.has_line(name, "welcome") for name in names):
        raise CheckFailed("the lines of clients stand in their windows", launched.program.stdout)
    launched.program.end_input()
    launched.expect_all_gone()
