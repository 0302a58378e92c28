"""Taught in lesson 12.

The rules of contacts: who is whose, and who is told when somebody comes or goes.
"""

from common.effects import STORAGE, Effect
from common.hub import Refused
from common.names import same
from common.records import StorageError
from common.rules import is_account_name
from common.storing_hub import StoringHub, is_flag

ADDED = {
    "added": (201, "{} is among your contacts"),
    "twice": (409, "{} is among your contacts already"),
    "oneself": (400, "you need not be your own contact"),
    "unknown": (404, "there is no {}"),
    "full": (403, "nobody has more than 500 contacts"),
}
NAME = (is_account_name, "the name of an account")


class ContactHub(StoringHub):
    """The rules of a chat with contacts; it tells who wants to know when theirs come and go."""

    def __init__(self, server_name=""):
        super().__init__()
        self.server_name = server_name  # shown to who comes in
        self._contacts = {}  # peer that watches -> the folded names of its contacts
        self._watchers = {}  # folded name -> peers that watch it

    def online(self):
        """Return (name, address, since when) of all who are here."""
        here = [guest for guest in self._people.values() if guest.since is not None]
        return [(guest.name, guest.address, guest.since) for guest in here]

    def peer_of(self, name):
        """Return the peer that bears a name, None if nobody does."""
        return self._named.get(name.casefold())

    # Coming and going

    def _enter(self, peer, guest, message, arrival, now):
        """Let somebody in, and tell whom it concerns."""
        pairs = super()._enter(peer, guest, message, arrival, now)
        news = self._announce(guest.name, "online", now)
        if message.get("watch", False):
            self._contacts[peer] = set()
            for name in arrival.contacts:
                self._watch(peer, name)
            pairs += self._tell_who_is_here(peer, now)
        return pairs + news

    def left(self, peer, now=None):
        """Forget a peer, and tell those who watch it."""
        guest = self._people.get(peer)
        pairs = super().left(peer, now)
        for folded in self._contacts.pop(peer, ()):
            self._unwatch(peer, folded)
        if guest and guest.since is not None:
            pairs += self._announce(guest.name, "offline", self._now if now is None else now)
        return pairs

    def _watch(self, peer, name):
        self._contacts[peer].add(name.casefold())
        self._watchers.setdefault(name.casefold(), {})[peer] = True

    def _unwatch(self, peer, folded):
        self._watchers[folded].pop(peer, None)
        if not self._watchers[folded]:
            del self._watchers[folded]

    def _announce(self, name, status, now):
        """Return the news of somebody for all who watch."""
        news = presence(name, status, now)
        return [(peer, news) for peer in self._watchers.get(name.casefold(), ())]

    def _tell_who_is_here(self, peer, now):
        """Return for one who watches which of its contacts are here."""
        here = (self._guest_named(folded) for folded in sorted(self._contacts.get(peer, ())))
        return [(peer, presence(guest.name, "online", now)) for guest in here if guest]

    def _guest_named(self, folded):
        """Return who bears a name, None if nobody does who is here."""
        guest = self._people.get(self._named.get(folded))
        return guest if guest and guest.since is not None else None

    def _greet(self, name):
        """Return the words of the welcome."""
        words = super()._greet(name)
        return words.replace(",", f" to {self.server_name},", 1) if self.server_name else words

    # Contacts

    def get_contacts(self, peer, message, now):
        """Tell somebody its contacts."""
        name = self._own_name(peer, message)

        def then(names):
            if isinstance(names, StorageError):
                return self._failed(peer, message, now)
            return self._answer(peer, message, 202, names, now)

        return [(STORAGE, Effect("contacts_of", (name,), then, peer))]

    def add_contact(self, peer, message, now):
        """Add somebody to one's contacts."""
        name, contact = self._own_name(peer, message), message["user_id"]

        def then(verdict):
            if isinstance(verdict, StorageError):
                return self._failed(peer, message, now)
            code, words = ADDED[verdict]
            news = self._begin_to_watch(peer, contact, now) if verdict == "added" else []
            return self._answer(peer, message, code, words.format(contact), now) + news

        return [(STORAGE, Effect("add_contact", (name, contact), then, peer))]

    def _begin_to_watch(self, peer, contact, now):
        """Let a new contact be watched, if its owner wants that; tell whether it is here."""
        if peer not in self._contacts:
            return []  # it does not want to know, or has gone
        self._watch(peer, contact)
        guest = self._guest_named(contact.casefold())
        return [(peer, presence(guest.name, "online", now))] if guest else []

    def del_contact(self, peer, message, now):
        """Take somebody out of one's contacts."""
        name, contact = self._own_name(peer, message), message["user_id"]

        def then(found):
            if isinstance(found, StorageError):
                return self._failed(peer, message, now)
            if contact.casefold() in self._contacts.get(peer, ()):
                self._contacts[peer].remove(contact.casefold())
                self._unwatch(peer, contact.casefold())
            if not found:
                return self._answer(peer, message, 404, f"{contact} is not there", now)
            return self._answer(peer, message, 200, f"{contact} is no contact any more", now)

        return [(STORAGE, Effect("remove_contact", (name, contact), then, peer))]

    def _own_name(self, peer, message):
        """Return who asks; nobody asks for another."""
        name = self._people[peer].name
        if not same(name, message["user_login"]):
            raise Refused(403, f"you are {name}")
        return name

    fields = StoringHub.fields | {
        "get_contacts": {"user_login": NAME},
        "add_contact": {"user_login": NAME, "user_id": NAME},
        "del_contact": {"user_login": NAME, "user_id": NAME},
    }
    optional = StoringHub.optional | {
        "presence": StoringHub.optional["presence"] | {"watch": (is_flag, "true or false")},
    }
    actions = StoringHub.actions | {
        "get_contacts": get_contacts,
        "add_contact": add_contact,
        "del_contact": del_contact,
    }


def presence(name, status, now):
    """Return the news that somebody has come or gone."""
    user = {"account_name": name, "status": status}
    return {"action": "presence", "time": now, "type": "status", "user": user}
