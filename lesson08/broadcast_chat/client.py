"""Chat client: the main thread reads the keyboard, another one shows what the server sends."""

import argparse
import contextlib
import os
import socket
import sys
import threading

from connection import MAX_LINE
from names import name_problem

PATIENCE = 5  # seconds for connecting, and for silence after our last word
LONGEST = 2 * MAX_LINE  # bytes of a line that are shown in one piece


def receive_lines(sock, leaving):
    """Yield lines from the server until it closes, or falls silent while we are leaving."""
    data = b""
    while True:
        try:
            piece = sock.recv(65536)
        except TimeoutError:
            if leaving.is_set():
                return
            continue
        if not piece:
            return
        *lines, data = (data + piece).split(b"\n")
        if len(data) > LONGEST:  # a server that never ends its line must not fill our memory
            lines, data = [*lines, data], b""
        yield from lines


def printable(line):
    """Turn bytes into text that cannot control the terminal: what is invisible is escaped."""
    text = line.removesuffix(b"\r").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def show_lines(sock, leaving):
    """Print what the server sends; end the program if the server ends before we do."""
    with contextlib.suppress(OSError):  # a broken connection has ended, too
        for line in receive_lines(sock, leaving):
            print(printable(line))
    if not leaving.is_set():
        print("The connection has ended.", file=sys.stderr, flush=True)
        # The main thread waits for the keyboard, and nothing wakes it on every system.
        os._exit(1)


def send_line(sock, text):
    """Send a line, however long the server needs to take it."""
    data = text.encode() + b"\n"
    while data:
        with contextlib.suppress(TimeoutError):
            data = data[sock.send(data) :]


def send_keyboard(sock):
    """Send what is typed, until the end of the input."""
    for line in sys.stdin:
        text = line.rstrip("\n")
        if len(text.encode()) > MAX_LINE:
            print(f"(not sent: longer than {MAX_LINE} bytes)")
        elif text:
            send_line(sock, text)


def ask_name():
    """Return the name that is typed."""
    print("What is your name?")
    for line in sys.stdin:
        problem = name_problem(line.strip())
        if problem is None:
            return line.strip()
        print(f"Please choose another: {problem}.")
    sys.exit("Without a name there is no chat.")


def chat(sock, name):
    """Talk until either side ends."""
    leaving = threading.Event()
    receiver = threading.Thread(target=show_lines, args=(sock, leaving), daemon=True)
    receiver.start()
    try:
        send_line(sock, name)
        send_keyboard(sock)
        leaving.set()
        sock.shutdown(socket.SHUT_WR)  # the server answers this by closing, after its last line
        while receiver.is_alive():
            receiver.join(1)
    except OSError:
        receiver.join(PATIENCE)  # it may still have to show why the server has hung up
        raise
    except KeyboardInterrupt:
        print()  # behind the ^C that the terminal shows
        leaving.set()
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)  # wakes the receiver
        receiver.join(1)


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def user_name(text):
    """Turn a word of the command line into a name."""
    problem = name_problem(text.strip())
    if problem:
        raise argparse.ArgumentTypeError(problem)
    return text.strip()


def main():
    """Read the command line and chat; exit with 1 if there is no connection, or it breaks."""
    parser = argparse.ArgumentParser(description="chat client")
    parser.add_argument("addr", help="address of the server")
    parser.add_argument("port", type=port_number, nargs="?", default=7777, help="7777 if left out")
    parser.add_argument("-n", "--name", type=user_name, help="your name; asked for if left out")
    args = parser.parse_args()
    try:
        name = args.name or ask_name()
        with socket.create_connection((args.addr, args.port), timeout=PATIENCE) as sock:
            print(f"Connected to {args.addr}, port {args.port}. Ctrl+C or the end of input leaves.")
            chat(sock, name)
    except KeyboardInterrupt:
        return
    except (OSError, UnicodeError) as error:
        sys.exit(f"No chat with {args.addr}, port {args.port}: {error}")


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # in pipes, on Windows too
    sys.stdout.reconfigure(line_buffering=True)
    main()
