"""Taught in lesson 12. What a user asks of the server, and what its answers change."""

from common.answers import describe, find_fault, names_in
from common.events import Answered, Contacts, Joined, People, Rooms, Unanswered
from common.names import is_account_name, same
from common.pending import Request, Requests
from common.rules import is_addressee

PAGE = 500  # names in one answer; who gets so many asks for the rest
MAX_NAMES = 10_000  # that we gather from a server that has ever more
NOT_NOW = "there is no connection"


class Asking:
    """The half of a session that asks: requests, and what to do with their answers."""

    def __init__(self, name, storage):
        self.name = name
        self.storage = storage
        self.entered = False  # the server knows us, and may be asked
        self._requests = Requests()
        self._count = 0

    # What may be asked

    def ask_for_contacts(self, now, about="contacts:"):
        """Ask the server for our contacts."""
        then = self._contacts_keeper(about)
        return self._ask(now, "get_contacts", about, then, user_login=self.name)

    def add_contact(self, now, name):
        """Ask the server to add somebody to our contacts."""
        return self._change_contacts(now, "add_contact", f"add {name}:", name, 409, [name])

    def remove_contact(self, now, name):
        """Ask the server to take somebody out of our contacts."""
        return self._change_contacts(now, "del_contact", f"remove {name}:", name, 404, [])

    def join(self, now, room, about="join {}:"):
        """Enter a room."""
        about = about.format(room)
        then = self._rooms_changer(about, room, [room])
        return self._ask(now, "join", about, then, room=room)

    def leave(self, now, room):
        """Leave a room."""
        about = f"leave {room}:"
        return self._ask(now, "leave", about, self._rooms_changer(about, room, []), room=room)

    def ask_who_is_here(self, now, about="here are:"):
        """Ask for the names of those who are here."""
        then = self._gatherer("get_users", about, is_account_name, People)
        return self._ask(now, "get_users", about, then)

    def ask_for_rooms(self, now, about="rooms:"):
        """Ask for the names of the rooms."""
        then = self._gatherer("get_rooms", about, is_addressee, Rooms)
        return self._ask(now, "get_rooms", about, then)

    # How it is asked

    def _request(self, now, action, about, then, **fields):
        self._count += 1
        message = {"action": action, "time": now, "id": f"r{self._count}"} | fields
        if problem := find_fault(message):
            return [Answered(about, 400, problem)]
        self._requests.add(Request(message, about, then))
        return []

    def _ask(self, now, action, about, then, **fields):
        """Send a request, if there is somebody to ask."""
        if self.entered:
            return self._request(now, action, about, then, **fields)
        return [Unanswered(about, NOT_NOW)] if about else []

    # What to do with the answers

    def _contacts_keeper(self, about):
        """Return what to do with the answer that brings our contacts."""

        def then(now, code, words):
            if code >= 400:
                return told(about or "contacts:", code, words)
            names = names_in(words, is_account_name)
            return told(about, code, names) + self._set_contacts(names)

        return then

    def _change_contacts(self, now, action, about, name, so_already, added):
        """Ask for a change; `so_already` is the answer if there is nothing to change."""

        def then(now, code, words):
            if code >= 400 and code != so_already:
                return told(about, code, words)
            others = [other for other in self.storage.contacts() if not same(other, name)]
            return told(about, code, words) + self._set_contacts(others + added)

        return self._ask(now, action, about, then, user_id=name, user_login=self.name)

    def _set_contacts(self, names):
        self.storage.set_contacts(names)
        return [Contacts(tuple(self.storage.contacts()))]

    def _rooms_changer(self, about, room, added):
        """Return what to do with the answer to a wish to enter a room, or to leave it."""

        def then(now, code, words):
            if code >= 500:
                return told(about, code, words)  # we do not know
            rooms = [other for other in self.storage.setting("rooms", []) if not same(other, room)]
            rooms += added if code < 400 else []
            self.storage.set_setting("rooms", rooms)
            return [*told(about, code, words), Joined(tuple(rooms))]

        return then

    def _gatherer(self, action, about, fits, event, before=()):
        """Return what to do with a page of names: ask for the next one, or tell all."""

        def then(now, code, words):
            if code >= 400:
                return told(about, code, words)
            page = names_in(words, fits)
            names = before + page
            if len(page) >= PAGE and len(names) < MAX_NAMES:
                more = self._gatherer(action, about, fits, event, names)
                return self._ask(now, action, about, more, after=names[-1])
            return [*told(about, code, names), event(names)]

        return then


def told(about, code, words):
    """Return what the user is told of an answer: nothing, if it was we who wanted to know."""
    return [Answered(about, code, describe(words))] if about else []
