"""What the window says goes to the transport, and what the transport says to the models."""

from itertools import groupby

from client_models import ConversationModel
from line_models import FoundModel, MessageModel
from PyQt5.QtCore import QObject
from window_session import Around, Earlier, Found, Loaded, Opened

from common import events
from common.names import same


class ConversationDesk(QObject):
    """Connects one window with one transport; it lives in the window's thread."""

    def __init__(self, window, post, name):
        super().__init__(window)
        self.window, self.post, self.name = window, post, name
        self.chats, self.messages, self.found = ConversationModel(), MessageModel(), FoundModel()
        self._cut = False  # the lines that are shown do not reach to the newest
        window.set_models(self.chats, self.messages, self.found)
        self._connect()
        post("load")

    def _connect(self):
        window, post = self.window, self.post
        window.chat_opened.connect(self.on_chat_opened)
        window.chat_read.connect(self.on_chat_read)
        for signal, verb in (
            (window.message_entered, "say"),
            (window.older_wanted, "read_earlier"),
            (window.draft_changed, "keep_draft"),
            (window.contact_wanted, "add_contact"),
            (window.contact_unwanted, "remove_contact"),
            (window.room_wanted, "join"),
            (window.room_unwanted, "leave"),
            (window.search_wanted, "search"),
            (window.found_opened, "read_around"),
        ):
            signal.connect(lambda *values, verb=verb: post(verb, *values))
        window.users_wanted.connect(lambda: post("ask_who_is_here", ""))
        window.rooms_wanted.connect(lambda: post("ask_for_rooms", ""))
        window.pane.messages.at_end_changed.connect(self.on_end)

    # What the window says

    def on_chat_opened(self, chat):
        """Empty the view until the lines of the chat are here."""
        self._cut = False
        self.messages.show_chat(chat, [])
        self.post("open_chat", chat)

    def on_chat_read(self, chat):
        """Note that the newest line is before somebody's eyes."""
        index = self.chats.index_of(chat)
        if index.isValid() and self.chats.unread_in(chat) and not self._cut:
            self.chats.mark_read(chat)
            self.post("mark_read", chat)

    def on_end(self, at_end):
        """Go on to the newest lines from those around a found one."""
        if at_end and self._cut:
            self.on_chat_opened(self.window.chat)

    # What the transport says

    def on_happened(self, happened):
        """Let the models know what has happened, lines that came together at once."""
        for kind, some in groupby(happened, type):
            if kind is events.Arrived:
                self.on_lines([event.line for event in some])
            elif kind in self.handlers:
                for event in some:
                    self.handlers[kind](self, event)

    def on_lines(self, lines):
        """Show lines that have come, and tell who is not looking."""
        reading = self.window.reading()
        self.chats.lines_arrived(lines, reading)
        for line in lines:
            if same(line.chat, self.window.chat) and not self._cut:
                self.messages.append(line)
        if any(same(line.chat, reading) for line in lines if not line.own):
            self.post("mark_read", reading)
        for line in [line for line in lines if not line.own][-1:]:
            self.window.notify(line.chat, line.sender, line.text)

    def on_loaded(self, event):
        """Show the list of chats."""
        self.chats.load(event.conversations, event.contacts, event.rooms)

    def on_opened(self, event):
        """Show the end of a chat, if it is still the one that is open."""
        if same(event.chat, self.window.chat):
            self.messages.show_chat(event.chat, event.lines, event.more, event.unread)
            self.window.show_draft(event.chat, event.draft)
            self.window.tell_if_read()

    def on_earlier(self, event):
        """Show a page above what is shown."""
        first = self.messages.first_key()
        fits = event.lines and first is not None and event.lines[-1].key < first
        if same(event.chat, self.window.chat) and (fits or not event.lines):
            self.messages.prepend(list(event.lines), event.more)

    def on_around(self, event):
        """Show a line that was found, with what was said before and after."""
        if same(event.chat, self.window.chat):
            self._cut = event.cut
            self.messages.show_chat(event.chat, event.lines, event.more)
            self.window.show_line(event.key)

    def on_found(self, event):
        """Show what a search has found, unless another one has been begun since."""
        if event.text == self.window.searched():
            self.found.show(event.lines)

    def on_marked(self, event):
        """Show what became of a line of ours."""
        if same(event.line.chat, self.window.chat):
            self.messages.mark(event.line.key, event.line.state, event.line.words)

    def on_people(self, event):
        """Show who is here, and offer their names."""
        self.chats.set_online(event.names)
        self.window.show_users([name for name in event.names if not same(name, self.name)])

    def on_answered(self, event):
        """Say what the server has answered; what became of a line stands beside it."""
        if event.code >= 400 or not event.about.startswith("to "):
            self.window.show_notice(f"{event.about} {event.words}".strip())

    def on_unanswered(self, event):
        """Say what will not be answered; a line that waits has its mark."""
        if not event.about.startswith("to "):
            self.window.show_notice(f"{event.about} {event.words}")

    handlers = {
        Loaded: on_loaded,
        Opened: on_opened,
        Earlier: on_earlier,
        Around: on_around,
        Found: on_found,
        events.Marked: on_marked,
        events.Contacts: lambda self, event: self.chats.set_contacts(event.names),
        events.Joined: lambda self, event: self.chats.set_rooms(event.names),
        events.People: on_people,
        events.Rooms: lambda self, event: self.window.show_rooms(event.names),
        events.Presence: lambda self, event: self.chats.set_presence(event.name, event.online),
        events.Answered: on_answered,
        events.Unanswered: on_unanswered,
    }
