"""What a window wants of the session besides talking: pages, drafts, a search. No socket, no Qt."""

from dataclasses import dataclass

from common.client_storage import ClientStorage
from common.session import Session

PAGE = 100  # lines that are read at once, however long a chat is
AROUND = 300  # lines before and after one that was found
FOUND = 200  # lines that a search shows


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is at the start: chats, contacts, rooms."""

    conversations: tuple
    contacts: tuple
    rooms: tuple


@dataclass(frozen=True, slots=True)
class Opened:
    """The last lines of a chat; `more`: there are earlier ones; how many are new; its draft."""

    chat: str
    lines: tuple
    more: bool
    unread: int
    draft: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """The lines of a chat before those that are shown."""

    chat: str
    lines: tuple
    more: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The lines around one that was found; `cut`: later ones were left out."""

    chat: str
    key: int
    lines: tuple
    more: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The lines in which a text stands, the latest first."""

    text: str
    lines: tuple


class WindowSession(Session):
    """A session with verbs for a window; its thread reads the file, so the window never waits."""

    def load(self, now):
        """Read what the list of chats shows."""
        rooms = self.storage.setting("rooms", [])
        chats, contacts = self.storage.conversations(), self.storage.contacts()
        return [Loaded(tuple(chats), tuple(contacts), tuple(rooms))]

    def open_chat(self, now, chat):
        """Read the end of a chat: all that is new in it, and a page at least."""
        unread = self.storage.unread(chat)
        lines, more = self._page(chat, None, min(PAGE + unread, AROUND))
        return [Opened(chat, lines, more, unread, self.storage.draft(chat))]

    def read_earlier(self, now, chat, key):
        """Read a page of a chat before a line."""
        return [Earlier(chat, *self._page(chat, key, PAGE))]

    def read_around(self, now, chat, key):
        """Read what was said before and after a line."""
        lines = tuple(self.storage.lines_around(chat, key, AROUND))
        before = sum(line.key < key for line in lines)
        cut = len(lines) - before >= AROUND
        return [Around(chat, key, lines, before >= AROUND, cut)]

    def search(self, now, text):
        """Look for a text in all chats."""
        return [Found(text, tuple(self.storage.search(text, FOUND)))]

    def mark_read(self, now, chat):
        """Note that a chat has been read."""
        self.storage.mark_read(chat)
        return []

    def keep_draft(self, now, chat, text):
        """Keep what was typed and not sent."""
        self.storage.set_draft(chat, text)
        return []

    def _page(self, chat, before, limit):
        lines = self.storage.lines(chat, before, limit + 1)  # one more: are there earlier ones?
        return tuple(lines[-limit:]), len(lines) > limit


def open_session(path, name):
    """Open the file of an account, and begin a session with it."""
    return WindowSession(name, ClientStorage(path, name))
