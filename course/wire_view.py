"""Show what passes on the wire, in a thread of its own, so that showing never delays passing."""

import json
import os
import queue
import re
import sys
import threading
import time

from course import console
from course.scanner import Scanner

BACKLOG = 1000  # pieces that may wait to be shown; what comes on top of them passes unseen
LONGEST = 4000  # characters of a message that are shown
TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|([\[\]{},:])|([^\s"\[\]{},:]+)')


class View:
    """Takes what happens from the loop and prints it, line by line."""

    def __init__(self):
        self.events = queue.Queue(BACKLOG)
        self.missed = 0
        self.scanners = {}
        self.thread = threading.Thread(target=self.print_events, daemon=True)
        self.thread.start()

    def add(self, label, what):
        """Take bytes that pass (none: the end of them), or a remark in words; never wait."""
        try:
            self.events.put_nowait((time.time(), label, what, self.missed))
            self.missed = 0
        except queue.Full:
            self.missed += 1

    def close(self, seconds=1):
        """Print what waits, and tell whether it could be printed in time."""
        try:
            self.events.put(None, timeout=seconds)
        except queue.Full:
            return False
        self.thread.join(seconds)
        return not self.thread.is_alive()

    def print_events(self):
        """Print until the end; when nobody reads any more, into the void: passing goes on."""
        while event := self.events.get():
            try:
                for line in self.lines_of(*event):
                    print(line, flush=True)
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def lines_of(self, moment, label, what, missed):
        """Return the lines that show one event."""
        if missed:
            self.scanners.clear()
            yield line_of(moment, "", note(f"{missed} pieces passed unseen: too many at once"))
        if isinstance(what, str):
            yield line_of(moment, label, note(what))
        else:
            for text in self.texts_of(label, what):
                yield line_of(moment, label, text)

    def texts_of(self, label, data):
        """Return what the bytes of one direction complete; without bytes, what is left of it."""
        scanner = self.scanners.setdefault(label, Scanner())
        texts = [
            pretty(piece) if is_message else odd("no message", piece)
            for is_message, piece in scanner.feed(data)
        ]
        if not data:
            del self.scanners[label]
            texts = [odd("unfinished", scanner.held)] if scanner.held else []
            texts.append(note("has ended"))
        return texts


def line_of(moment, label, text):
    """Return a line: when, who to whom, what."""
    clock = f"{time.strftime('%H:%M:%S', time.localtime(moment))}.{int(moment % 1 * 1000):03}"
    return f"{console.paint(clock, 'dim')}  {label:18}  {text}"


def note(words):
    """Return a remark of our own."""
    return console.paint(f"({console.visible(words)})", "dim")


def odd(mark, data):
    """Return bytes that are no message, marked, with what is invisible shown."""
    return f"{console.paint(f'{mark}:', 'red')} {console.visible(bytes(data), LONGEST)}"


def pretty(data):
    """Return a message on one line, in colours; numbers and repeated keys stay as they are."""
    text = data.decode("utf-8")
    if len(text) > LONGEST:
        return console.visible(text, LONGEST)
    return "".join(paint_token(*match.groups()) for match in TOKEN.finditer(text))


def paint_token(string, colon, punctuation, plain):
    """Return one token of JSON in its colour, and the space that belongs behind it."""
    if string:
        readable = console.visible(json.dumps(json.loads(string), ensure_ascii=False))
        return console.paint(readable, "cyan" if colon else "green") + (": " if colon else "")
    if punctuation:
        return punctuation + (" " if punctuation in ",:" else "")
    return console.paint(plain, "yellow")
