"""What the user types: lines from a pipe, keys from a terminal."""

import codecs
import contextlib
import os
import signal

from lines import Lines, TooLong
from screen import END, ERASE_ALL

try:
    import msvcrt  # Windows
except ImportError:
    import termios
    import tty

    msvcrt = None
STDIN = 0  # not sys.stdin: a thread that sleeps in it would keep the program from ending
MOST = 1024 * 1024  # bytes of a line that is read, though it will not be sent


def read_lines(report):
    """Report each line of a pipe as text, and None at its end."""
    incoming = Lines(MOST)
    with contextlib.suppress(OSError, TooLong):
        while data := os.read(STDIN, 65536):
            for line in incoming.feed(data):
                report(line.decode("utf-8", "replace"))
    if incoming.rest:
        report(incoming.rest.decode("utf-8", "replace"))
    report(None)


def read_keys(report):
    """Report what is typed at a terminal, as soon as it is typed."""
    while msvcrt:
        report(key_of_windows())
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with contextlib.suppress(OSError):
        while data := os.read(STDIN, 1024):
            report(decoder.decode(data))
    report(ERASE_ALL + END)  # the terminal is gone


def key_of_windows():
    """Return a key; one without a character, such as an arrow, comes in two parts and gives ""."""
    key = msvcrt.getwch()
    if key in "\0\xe0" and msvcrt.kbhit():
        msvcrt.getwch()
        return ""
    return key


@contextlib.contextmanager
def keys_at_once():
    """Let the terminal give each key at once and show none; at the end it is as it was before."""
    if msvcrt:
        yield  # there it is so for who asks for keys
        return
    before = termios.tcgetattr(STDIN)

    def begin(*_):
        tty.setcbreak(STDIN, termios.TCSADRAIN)

    begin()
    signal.signal(signal.SIGCONT, begin)  # back from Ctrl+Z
    try:
        yield
    finally:
        termios.tcsetattr(STDIN, termios.TCSADRAIN, before)
