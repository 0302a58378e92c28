"""Start a server and some clients at once, and end them all together.

Each gets a terminal window of its own where there is one. Else all share this terminal: every line
shows whose it is, and a line typed here begins with the name of the client that it is for.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from common.loggers import printable

HERE = Path(__file__).resolve().parent
HOST = "127.0.0.1"
NAMES = ("Анна", "Boris", "Clara", "Денис", "Eva", "Фёдор", "Greta", "Hans")
PATIENCE = 10  # seconds that a program may take to begin or to end
TERMINALS = (  # programs that open a window, with the words that go before a command
    ("xterm", "-e"),
    ("konsole", "--nofork", "-e"),
    ("gnome-terminal", "--wait", "--"),
)
HELP = "Type NAME and a command, such as: {} help. Ctrl+C ends them all."


writing = threading.Lock()  # lines of several threads must not run into each other


def say(line):
    """Write one line."""
    with writing:
        print(line, flush=True)


class InWindow:
    """A program in a terminal window of its own."""

    def __init__(self, name, words, terminal):
        self.name = name
        flags = subprocess.CREATE_NEW_CONSOLE if sys.platform == "win32" else 0
        self.process = subprocess.Popen([*terminal, *words], creationflags=flags)

    def wait_until_ready(self):
        """Wait for nothing: nobody types for a window but its user."""

    def type(self, line):
        """Say where to type."""
        say(f"{self.name} has a window of its own")

    def end(self):
        """Close the window."""
        self.process.terminate()
        wait_for(self.process)


class Here:
    """A program that shares this terminal: each of its lines shows its name."""

    def __init__(self, name, words):
        self.name = name
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=sys.platform != "win32",  # Ctrl+C here is for the launcher alone
        )
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.show)
        self.thread.start()

    def show(self):
        """Show line after line until the program ends."""
        with self.process.stdout as lines:
            for line in lines:
                say(f"{self.name:>8} | {printable(line.rstrip())}")
                self.ready.set()
        self.ready.set()

    def wait_until_ready(self):
        """Wait for the first line: a welcome, or why there is none."""
        self.ready.wait(PATIENCE)

    def type(self, line):
        """Type a line on the program's keyboard."""
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError:
            say(f"{self.name} has gone")

    def end(self):
        """Close the program's keyboard, at which a client leaves; interrupt a server."""
        with contextlib.suppress(OSError):  # it has gone, and what was typed last is lost
            self.process.stdin.close()
        if self.name == "server" and self.process.poll() is None:
            interrupt = signal.SIGTERM if sys.platform == "win32" else signal.SIGINT
            self.process.send_signal(interrupt)
        wait_for(self.process)
        self.thread.join()


def wait_for(process):
    """Wait until a program has ended; one that does not is killed."""
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def find_terminal():
    """Return the words that open a terminal window, None where there is none."""
    if sys.platform == "win32":
        return ()  # a new console is a flag there, not a program
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return None
    return next((words for words in TERMINALS if shutil.which(words[0])), None)


def start(name, terminal, script, *words):
    """Start one script of this folder."""
    command = [sys.executable, str(HERE / script), *words]
    return Here(name, command) if terminal is None else InWindow(name, command, terminal)


def launch(programs, args, terminal):
    """Start the server, and the clients when it listens; gather them in a list."""
    words = ("--no-gui", "-a", HOST, "-p", str(args.port))
    programs.append(start("server", terminal, "server.py", *words))
    wait_until_it_listens(programs[0].process, args.port)
    for name in args.names:
        words = (HOST, str(args.port), "--name", name)
        programs.append(start(name, terminal, "client.py", *words))
    for program in programs:
        program.wait_until_ready()


def wait_until_it_listens(process, port):
    """Knock until the server opens."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    sys.exit("The server did not start.")


def pass_on_lines(programs):
    """Give each line typed here to the program whose name it begins with."""
    known = {program.name.casefold(): program for program in programs[1:]}
    say(HELP.format(programs[1].name))
    for line in sys.stdin:
        name, _, rest = line.strip().partition(" ")
        if name.casefold() in known:
            known[name.casefold()].type(rest)
        elif name:
            say(f"{printable(name)} is none of: {', '.join(known)}")


def free_port(wanted):
    """Return a port that nobody uses: the wanted one, or any for 0."""
    try:
        with socket.create_server((HOST, wanted)) as listener:
            return listener.getsockname()[1]
    except OSError as error:
        sys.exit(f"Cannot use port {wanted}: {error}")


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def number_of_clients(text):
    """Turn a word of the command line into a number of clients."""
    if not text.isdecimal() or not 1 <= int(text) <= len(NAMES):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {len(NAMES)}")
    return int(text)


def read_arguments():
    """Read the command line: how many clients, which port, and whether windows are wanted."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    number = parser.add_argument("-n", "--number", type=number_of_clients, default=2)
    number.help = f"of clients, 1 to {len(NAMES)}; 2 if left out"
    parser.add_argument("-p", "--port", type=port_number, help="a free one if left out")
    parser.add_argument("--here", action="store_true", help="in this terminal, without windows")
    args = parser.parse_args()
    args.names = NAMES[: args.number]
    args.port = free_port(args.port or 0)
    return args


def be_interrupted(*_):
    """Treat the end of the terminal and a polite kill as Ctrl+C: nothing may stay behind."""
    on_signals(signal.SIG_IGN)  # once is enough: twice would interrupt the tidying up
    raise KeyboardInterrupt


def on_signals(do):
    """Let this be done when somebody wants us to end."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), do)


def main():
    """Launch, wait until it is enough, and end what was started, the server last."""
    args = read_arguments()
    on_signals(be_interrupted)
    programs = []
    try:
        launch(programs, args, None if args.here else find_terminal())
        pass_on_lines(programs)
    except KeyboardInterrupt:
        pass
    finally:
        on_signals(signal.SIG_IGN)
        for program in reversed(programs):
            program.end()
    say("All have ended.")


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace")  # in pipes and on Windows too
    main()
