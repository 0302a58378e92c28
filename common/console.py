"""Taught in lesson 12.

Keyboard and screen of the client: commands become verbs of the session, events become lines.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
import time

from common import events

logger = logging.getLogger("messenger.client")
COMMON_CHAT = "#all"
UNREAD = 20  # lines of each chat, of those that were not shown the last time
HELP = """message NAME TEXT  say something to one person, or to a #room
all TEXT           say something to everybody
join #ROOM         enter a room; the first one opens it
leave #ROOM        leave a room
list               show who is here
rooms              show which rooms there are
contacts           show your contacts
add NAME           add somebody to your contacts
remove NAME        take somebody out of them
history NAME       show what was said with somebody, or in a #room
help               show this
quit               leave; Ctrl+C and the end of the input do the same"""


class Console:
    """Somebody at a terminal: one thread waits for the keyboard, the client's thread shows."""

    def __init__(self, storage, screen):
        self.storage = storage
        self.screen = screen
        self.client = None
        self.closed = None  # why the connection has ended
        self.settled = threading.Event()  # the server has let us in, or it never will
        self.typing = False  # somebody waits for the keyboard
        self.lock = threading.Lock()  # of what stands between the end and the keyboard

    def main(self, client):
        """Converse through a client; return why it ended, None if that was our wish."""
        self.client = client
        self.show_rest()
        client.start()
        try:
            while not self.settled.wait(1):  # without a time-out Ctrl+C would not wake Windows
                pass
            self.send_lines()
        except KeyboardInterrupt:
            logger.info("interrupted")
        finally:
            with deaf_to_ctrl_c():
                client.leave()
        return self.closed

    # What is left over from the last time

    def show_rest(self):
        """Show what came and was not shown, and what was said and not answered."""
        with self.storage.together():
            for chat, count in unread_chats(self.storage):
                self.show_unread(chat, count)
        for _, chat, text, _ in self.storage.outbox():
            self.screen.show(f"to {chat}, not answered the last time: {text}")

    def show_unread(self, chat, count):
        """Show the last lines of a chat that were not shown the last time."""
        lines = [line for line in self.storage.lines(chat) if not line.own][-count:]
        if count > len(lines[-UNREAD:]):
            self.screen.show(f"{count} lines are new; type: history {chat}")
        for line in lines[-UNREAD:]:
            self.screen.show(describe(line))
        self.storage.mark_read(chat)

    # Keyboard

    def send_lines(self):
        """Do what is typed until there is no more, or somebody has had enough."""
        self.at_keyboard(True)
        while not self.closed:
            try:
                words = self.screen.ask().split(maxsplit=1)
            except EOFError:
                break
            if words[:1] == ["quit"]:
                break
            if words:
                self.obey(*words)
        self.at_keyboard(False)

    def at_keyboard(self, typing):
        """Note whether there is somebody whom the end of the connection must wake."""
        with self.lock:
            self.typing = typing

    def obey(self, command, rest=""):
        """Carry out one command."""
        if command in self.commands:
            self.commands[command](self, rest.strip())
        else:
            self.screen.show(f"{command} is not a command; type: help")

    def say_to_one(self, rest):
        """Send a message to one person, or to a room."""
        name, *text = rest.split(maxsplit=1) or [""]
        self.say(name, "".join(text))

    def say_to_all(self, rest):
        """Send a message to everybody."""
        self.say(COMMON_CHAT, rest)

    def say(self, to, text):
        """Send a message, if there is one."""
        if text:
            self.client.post("say", to, text)
        else:
            self.screen.show("say what, and to whom? type: help")

    def join(self, room):
        """Enter a room."""
        self.client.post("join", room)

    def leave(self, room):
        """Leave a room."""
        self.client.post("leave", room)

    def ask_who_is_here(self, _):
        """Ask for the list of those who are here."""
        self.client.post("ask_who_is_here")

    def ask_for_rooms(self, _):
        """Ask for the list of rooms."""
        self.client.post("ask_for_rooms")

    def ask_for_contacts(self, _):
        """Ask for the list of contacts."""
        self.client.post("ask_for_contacts")

    def add_contact(self, name):
        """Ask to add somebody to the contacts."""
        self.client.post("add_contact", name)

    def remove_contact(self, name):
        """Ask to take somebody out of the contacts."""
        self.client.post("remove_contact", name)

    def look_back(self, chat):
        """Show what was said in a chat."""
        self.client.post("history", chat)

    def show_help(self, _):
        """Show the commands."""
        for line in HELP.splitlines():
            self.screen.show(line)

    commands = {
        "message": say_to_one,
        "all": say_to_all,
        "join": join,
        "leave": leave,
        "list": ask_who_is_here,
        "rooms": ask_for_rooms,
        "contacts": ask_for_contacts,
        "add": add_contact,
        "remove": remove_contact,
        "history": look_back,
        "help": show_help,
    }

    # Screen; from here on it is the client's thread that calls

    def on_event(self, event):
        """Show what has happened, if it is something to see."""
        if type(event) in self.shown:
            self.shown[type(event)](self, event)

    def on_entered(self, event):
        """Show the welcome, and let the keyboard be used."""
        self.screen.show(f"{event.code}: {event.words}")
        self.settled.set()

    def on_arrived(self, event):
        """Show a line; our own is in the outbox only, and on the screen already: we typed it."""
        if not event.line.own:
            self.screen.show(describe(event.line))
            self.storage.mark_read(event.line.chat)

    def on_marked(self, event):
        """Show what we said in a room when all there hear it, and what has arrived late."""
        line = event.line
        if not event.answered:
            self.screen.show(f"to {line.chat}: {line.state}: {line.text}")
        elif line.chat.startswith("#") and line.state == "delivered":
            self.screen.show(describe(line))

    def on_answered(self, event):
        """Show an answer."""
        self.screen.show(f"{event.about} {event.code}: {event.words}".strip())

    def on_unanswered(self, event):
        """Show that there will be no answer."""
        self.screen.show(f"{event.about} {event.words}")

    def on_history(self, event):
        """Show what was said in a chat."""
        for line in event.lines:
            self.screen.show(describe(line, "%Y-%m-%d %H:%M") + becoming(line))
        if not event.lines:
            self.screen.show(f"nothing was said with {event.chat}")

    def on_presence(self, event):
        """Show that a contact has come or gone."""
        self.screen.show(f"{event.name} {'is here' if event.online else 'has gone'}")

    def on_ended(self, event):
        """Wake who waits: for the welcome, or for the keyboard."""
        self.closed = event.reason
        self.settled.set()
        with self.lock:
            if self.typing and self.closed:
                self.wake_keyboard()

    def wake_keyboard(self):
        """End the wait for the keyboard: the other thread sits in input() and sees nothing else."""
        if sys.platform == "win32":
            self.screen.show(f"{self.closed}: press Enter")  # there input() goes on
        else:
            os.kill(os.getpid(), signal.SIGINT)

    shown = {
        events.Entered: on_entered,
        events.Arrived: on_arrived,
        events.Marked: on_marked,
        events.Answered: on_answered,
        events.Unanswered: on_unanswered,
        events.History: on_history,
        events.Presence: on_presence,
        events.Ended: on_ended,
    }


def unread_chats(storage):
    """Return (chat, number of lines) where something has not been shown, the latest last."""
    chats = [(each.chat, each.unread) for each in storage.conversations() if each.unread]
    return chats[::-1]


def describe(line, clock="%H:%M"):
    """Return a line of a chat as a line for the screen."""
    where = " to all" if line.chat == COMMON_CHAT else f" in {line.chat}"
    sender = line.sender + where if line.chat.startswith("#") else line.sender
    return f"{time.strftime(clock, time.localtime(line.moment))} {sender}: {line.text}"


def becoming(line):
    """Return what has become of a line of ours, if it has not arrived."""
    words = f": {line.words}" if line.words else ""
    return f" ({line.state}{words})" if line.own and line.state != "delivered" else ""


@contextlib.contextmanager
def deaf_to_ctrl_c():
    """Ignore Ctrl+C, and the other thread's signal: who is leaving need not be told to."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
