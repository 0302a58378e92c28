"""The wire: lines of text in UTF-8, each ended by a newline."""

MAX_BYTES = 4096  # of a line that a user sends, its end not counted


class TooLong(ValueError):
    """A line goes on and on; what comes after it cannot be told from it."""


class Lines:
    """Bytes in, lines out, wherever the bytes were cut on their way."""

    def __init__(self, limit=MAX_BYTES):
        self.limit, self.rest = limit, b""

    def feed(self, data):
        """Yield the lines that these bytes complete, as bytes; raise TooLong at a long one."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            yield self.checked(line.removesuffix(b"\r"))
        self.checked(self.rest.removesuffix(b"\r"))

    def checked(self, line):
        """Return a line that is not too long."""
        if len(line) > self.limit:
            raise TooLong(f"a line may have {self.limit} bytes")
        return line


def escaped(text):
    """Return a text that can do nothing to a terminal but be read."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
