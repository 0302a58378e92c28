"""Cut the bytes of a connection into messages and what is none, to show them."""

import json

MAX_BYTES = 128 * 1024  # twice what a message may have: what is too long is worth a look as well
NEWLINE, OPENING, QUOTE, BACKSLASH = b'\n{"\\'


class Scanner:
    """Finds JSON objects in a stream, with or without line ends between them."""

    def __init__(self):
        self.start()

    def start(self):
        """Forget what was held, and wait for the next object."""
        self.held, self.depth, self.in_text, self.escaped = bytearray(), 0, False, False

    def feed(self, data):
        """Return the pieces that these bytes complete, each as (is it a message, bytes)."""
        pieces = []
        for byte in data:
            if self.held or byte not in b"\r\n":
                self.held.append(byte)
                if self.ends(byte):
                    pieces.append(self.cut())
        if self.held and self.held[0] != OPENING:
            pieces.append(self.cut())  # it will not become a message, so nobody need wait for more
        return pieces

    def ends(self, byte):
        """Take one more byte into account, and tell whether it ends the piece."""
        if byte == NEWLINE or len(self.held) >= MAX_BYTES:
            return True
        if self.in_text:
            self.in_text = self.escaped or byte != QUOTE
            self.escaped = byte == BACKSLASH and not self.escaped
        elif self.held[0] == OPENING:
            self.in_text = byte == QUOTE
            self.depth += (byte in b"{[") - (byte in b"}]")
            return self.depth == 0
        return False

    def cut(self):
        """Return what is held as a piece, and start again."""
        piece = bytes(self.held)
        self.start()
        return is_message(piece), piece


def is_message(data):
    """Tell whether the bytes are a JSON object."""
    try:
        return isinstance(json.loads(data.decode("utf-8")), dict)
    except (ValueError, RecursionError):
        return False
