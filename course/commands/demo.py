"""Show the newest messenger of the course: in windows, or here in the terminal.

Starts the server of the newest lesson, lets two clients talk, tells how to join from a second
terminal, and goes on until Ctrl+C. Where there is a display, server and clients have windows.
"""

import math
import os
import queue
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import time

from course import console, environment, processes
from course.lessons import CourseError

HOST = "127.0.0.1"
LISTENING = r"Listening on (?:.*\D)?port (\d+)"
PATIENCE = 30  # seconds that a server may take to begin, and a client for its turn
WITH_WINDOW = 12  # the lesson from which on server.py opens a window, if it is not told not to
CLIENT_WINDOW = 13  # and client.py
GRACE = 2  # seconds that it may take to end
PLAIN = {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}  # for the programs that are shown
COLOURS = ("cyan", "magenta", "yellow", "green", "blue")


def add_arguments(parser):
    """Declare how long the demo goes on."""
    parser.add_argument("--once", action="store_true", help="end after the first conversation")


def run(options, course):
    """Show the newest messenger until Ctrl+C, however early that comes."""
    lesson = newest(course)
    kind = KINDS[max(first for first in KINDS if first <= lesson.number)]
    python = environment.ensure(course)
    processes.listen_to_signals()
    try:
        with Cast() as cast:
            kind(cast, python, lesson, options.once)
    except KeyboardInterrupt:
        pass
    return 0


def newest(course):
    """Return the newest lesson that has both sides of the messenger."""
    for lesson in reversed(course.lessons()):
        if all((lesson.folder / name).is_file() for name in ("server.py", "client.py")):
            return lesson
    raise CourseError("There is no lesson with a server.py and a client.py yet.")


def two_visitors(cast, python, lesson, once):
    """Show a server and two clients, each of which says who it is and reads the answer."""
    print(f"The messenger of {lesson.name}: a server, and two clients in turn.")
    server, port = start_server(cast, python, lesson, once)
    for name in ("Анна", "Boris"):
        client = cast.start(name, python, lesson.folder / "client.py", HOST, port, "-n", name)
        cast.show(client)
        if client.returncode:
            raise CourseError(f"{name} could not talk to the server{with_code(client)}.")
    if not once:
        go_on(cast, server, invitation(python, lesson, port))


def start_server(cast, python, lesson, once):
    """Start the server on a free port; return it, and the port."""
    window = has_window(lesson, once)
    port = free_port() if window else 0  # a person who is asked for a port cannot say: any
    words = ("-a", HOST, "-p", str(port))
    words += ("--no-gui",) if lesson.number >= WITH_WINDOW and not window else ()
    if window:
        print("The server's window opens: look at its settings, and press Start.")
    server = cast.start("server", python, lesson.folder / "server.py", *words)
    listening = cast.show(server, LISTENING, math.inf if window else PATIENCE)
    if not listening:
        raise CourseError(f"The server has ended before it listened{with_code(server)}.")
    return server, listening[1]


def has_window(lesson, once):
    """Tell whether the server opens a window: not where nobody sits who could press Start."""
    if lesson.number < WITH_WINDOW or once or not sys.stdout.isatty():
        return False
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(screen) or sys.platform in ("win32", "darwin")


def free_port():
    """Return a port that nobody uses."""
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


def go_on(cast, server, words):
    """Say how to join, and show what happens until Ctrl+C."""
    print(words, flush=True)
    cast.show(server, patience=math.inf)
    raise CourseError(f"The server has ended by itself{with_code(server)}.")


CONVERSATION = (  # who types what, and who then shows which words
    ("Анна", "message Boris Привет, Boris! Слышишь меня?", "Boris", "Слышишь"),
    ("Boris", "message Анна Every word. And you?", "Анна", "Every word"),
    ("Анна", "all Hello, everybody!", "Boris", "everybody"),
    ("Boris", "list", "Boris", "here are"),
)
CONTACT = (("Анна", "add Boris", "Анна", "among your contacts"),)
ROOM = (
    ("Анна", "join #garden", "Анна", "you are in"),
    ("Boris", "join #garden", "Boris", "you are in"),
    ("Boris", "message #garden It is quiet here.", "Анна", "quiet"),
)


def two_talkers(cast, python, lesson, once, conversation=CONVERSATION, then=None):
    """Show a server and two clients that stay connected and talk with each other."""
    print(f"The messenger of {lesson.name}: a server, and two people who talk.")
    server, port = start_server(cast, python, lesson, once)
    people = {}

    def enter(name, window=False):
        words = (python, lesson.folder / "client.py", HOST, port, "-n", name)
        words += () if window else in_terminal(lesson)
        people[name] = cast.start(name, *words, keyboard=subprocess.PIPE)
        if not window:
            expect(cast, people[name], "welcome", name)

    for name in ("Анна", "Boris"):
        enter(name)
    for speaker, line, listener, words in conversation:
        cast.type(people[speaker], speaker, line)
        expect(cast, people[listener], words, listener)
    if then:
        then(cast, people, enter)
    if not once:
        go_on(cast, server, invitation(python, lesson, port))
    for name, person in people.items():
        cast.type(person, name, "quit")
        cast.show(person)


def talkers_in_a_room(cast, python, lesson, once):
    """Show the same, and how they go into a room."""
    two_talkers(cast, python, lesson, once, CONVERSATION + ROOM)


def one_returns(cast, python, lesson, once):
    """Show the same, and how one of them gets on return what was said meanwhile."""
    two_talkers(cast, python, lesson, once, CONVERSATION + ROOM, boris_returns)


def boris_returns(cast, people, enter):
    """Let Boris leave and come back, and Анна write to him in between."""
    cast.type(people["Boris"], "Boris", "quit")
    cast.show(people["Boris"])
    cast.type(people["Анна"], "Анна", "message Boris Read this when you are back.")
    expect(cast, people["Анна"], "on return", "Анна")
    enter("Boris")
    expect(cast, people["Boris"], "when you are back", "Boris")


def in_windows(cast, python, lesson, once):
    """Show the same, in windows if there can be any: they know what has been said."""
    then = windows_open if has_window(lesson, once) else boris_returns
    two_talkers(cast, python, lesson, once, CONTACT + CONVERSATION + ROOM, then)


def windows_open(cast, people, enter):
    """Let both leave the terminal and come back with a window."""
    for name, person in people.items():
        cast.type(person, name, "quit")
        cast.show(person)
    print("Two windows open, Анна's and Boris's.")
    for name in list(people):
        enter(name, window=True)


def in_terminal(lesson):
    """Return the words that keep a client from opening a window."""
    return ("--console",) if lesson.number >= CLIENT_WINDOW else ()


def expect(cast, person, words, name):
    """Show what happens until a person's screen has the words."""
    if not cast.show(person, re.escape(words)):
        raise CourseError(f"{name} has left early{with_code(person)}.")


def with_code(process):
    """Return how a program ended, and where to look for the reason."""
    return f" (exit code {process.returncode}); its lines above say why"


def invitation(python, lesson, port):
    """Return how to join from a second terminal."""
    root = lesson.folder.parent
    script = lesson.folder / "client.py"
    words = [*(str(path.relative_to(root)) for path in (python, script)), HOST, port, "-n", "Clara"]
    words += () if has_window(lesson, False) else in_terminal(lesson)
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    return (
        f"\nJoin from a second terminal, in the folder {root}:\n\n"
        f"    {console.paint(command, 'bold')}\n\nCtrl+C ends the demo.\n"
    )


# The first lesson that is shown in this way -> how.
KINDS = {3: two_visitors, 8: two_talkers, 9: talkers_in_a_room, 11: one_returns, 13: in_windows}


class Cast:
    """The programs of a demo; their lines come through one queue and are printed in one place."""

    def __init__(self):
        self.processes = []
        self.lines = queue.SimpleQueue()
        self.home = tempfile.TemporaryDirectory(prefix="course demo ", ignore_cleanup_errors=True)

    def __enter__(self):
        """Begin with nobody."""
        return self

    def start(self, name, *command, keyboard=subprocess.DEVNULL):
        """Start a program that Ctrl+C does not reach: we end it, once we have shown its lines."""
        process = subprocess.Popen(
            command,
            stdin=keyboard,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            env=os.environ | PLAIN | {"JIM_HOME": self.home.name},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        colour = COLOURS[len(self.processes) % len(COLOURS)]
        self.processes.append(process)
        prefix = console.paint(f"{name:>6} │", colour)
        threading.Thread(target=self.listen, args=(process, prefix), daemon=True).start()
        return process

    def type(self, process, name, line):
        """Type a line for a program, and show that."""
        print(console.paint(f"{name:>6} >", "bold"), line, flush=True)
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def listen(self, process, prefix):
        """Put the lines of a program into the queue, and None after the last."""
        with process.stdout:
            for line in process.stdout:
                self.lines.put((process, f"{prefix} {console.visible(line.rstrip())}"))
        self.lines.put((process, None))

    def show(self, awaited, pattern="(?!)", patience=PATIENCE):
        """Print all lines until one of the awaited program matches; return None if it ends first.

        Raise CourseError when neither comes in time.
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            process, line = self.next_line()
            if line:
                print(line, flush=True)
            if process is awaited and line is None:
                processes.stop(process, GRACE)  # it has nothing more to say
                return None
            if process is awaited and (found := re.search(pattern, line)):
                return found
        raise CourseError(f"The demo has waited {patience} seconds in vain; see the lines above.")

    def next_line(self):
        """Return the next line and whose it is; give up soon, so that Windows sees Ctrl+C."""
        try:
            return self.lines.get(timeout=0.5)
        except queue.Empty:
            return None, ""

    def __exit__(self, kind, *details):
        """Ask each program that still runs to end, show its last lines, and insist."""
        try:
            if kind is KeyboardInterrupt:
                print()  # after the terminal's ^C
            for process in self.processes:
                if process.poll() is None:
                    processes.interrupt(process)
                    self.show(process, patience=GRACE)
        except CourseError:
            pass  # it does not want to end
        finally:
            with self.home:  # it is removed when nobody writes there any more, whatever happens
                for process in self.processes:
                    process.kill()
                    process.wait(GRACE)
