"""The wire: how messages become bytes, and bytes messages again. Nothing here knows a socket."""

import re
from datetime import datetime

HEADER = 10  # characters: how many bytes the content has, padded with spaces
MAX_BYTES = 1024 * 1024  # of one content
MAX_NICKNAME = 25  # characters
MAX_NICKNAME_BYTES = 4 * MAX_NICKNAME
TIME_FORMAT = "%Y-%m-%d %H:%M:%S %z"
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")  # the tabulator may stand in a text
LEAVE = "<quit<"  # typed, it ends the client; it stands in the welcome, and only there


class Refused(ValueError):
    """What came is refused; what comes next may be good."""


class SentAway(Refused):
    """What came is refused, and the connection has to end."""


class FrameReader:
    """Bytes in, contents out, wherever the bytes were cut or glued together on their way."""

    __slots__ = ("data", "limit", "size")

    def __init__(self, limit=MAX_BYTES):
        self.data = bytearray()
        self.limit = limit  # of a content, in bytes
        self.size = None  # of the content that is on its way, once its header is complete

    def receive_data(self, data):
        """Take what has come."""
        self.data += data

    def next_content(self):
        """Return the next content, or None until more has come."""
        if self.size is None and len(self.data) >= HEADER:
            self.size = self.read_header(self.take(HEADER))
        if self.size is None or len(self.data) < self.size:
            return None
        size, self.size = self.size, None
        return self.take(size)

    def read_header(self, header):
        """Return the length that a header tells."""
        if not re.fullmatch(rb" *[0-9]+ *", header):
            raise SentAway("a message begins with its length: ten characters, digits and spaces")
        size = int(header)
        if size > self.limit:
            raise SentAway(f"{size} bytes are too long, {self.limit} are the limit here")
        return size

    def take(self, size):
        """Cut so many bytes off the front."""
        piece = bytes(self.data[:size])
        del self.data[:size]
        return piece

    def is_in_the_middle(self):
        """Tell whether a message has begun and not ended."""
        return self.size is not None or bool(self.data)


def frame(content):
    """Return a content, bytes or text, with its header."""
    content = content.encode() if isinstance(content, str) else content
    if len(content) > MAX_BYTES:
        raise Refused(f"a message may have {MAX_BYTES} bytes, not {len(content)}")
    return f"{len(content):<{HEADER}}".encode() + content


def decode(content):
    """Return the text of a content."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"a message is text in UTF-8: {error.reason}") from None


def join_parts(time, nickname, text):
    """Return the content of a user's message."""
    return f"{time}\0{nickname}\0{text}"


def split_parts(content):
    """Return time, nickname and text of a user's message."""
    parts = content.split("\0")
    if len(parts) != 3:
        raise Refused(f"a message has three parts (time, nickname, text), not {len(parts)}")
    return parts


def parse_time(text):
    """Return the moment that a text like 2026-11-20 14:03:07 +0300 means."""
    try:
        if TIME.fullmatch(text):  # strptime would open a file at its first use: there may be none
            return datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
    except ValueError:  # the 30th of February
        pass
    raise Refused("a time looks like 2026-11-20 14:03:07 +0300")


def check_nickname(nickname):
    """Refuse a nickname that cannot be one."""
    if not 1 <= len(nickname) <= MAX_NICKNAME:
        raise Refused(f"a nickname has 1 to {MAX_NICKNAME} characters")
    if not nickname.isprintable() or nickname != nickname.strip():
        raise Refused("a nickname has visible characters only, and no space around them")


def check_text(text):
    """Refuse a text that has nothing to say, or that would rather command a terminal."""
    if not text.strip():
        raise Refused("a message without words")
    if CONTROL.search(text):
        raise Refused("a text has no control characters")
