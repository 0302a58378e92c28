"""Taught in lesson 11.

The rules of a chat that remembers: what must be stored first leaves the hub as an effect.
"""

from collections import deque

from common.effects import STORAGE, Effect
from common.hub import Hub, Person, answer
from common.messages import encode
from common.names import same
from common.records import DIFFERENT, FULL, UNKNOWN, NewMessage, StorageError
from common.rules import COMMON_CHAT, is_addressee

LARGEST = 2**63 - 1  # number of a message
BATCH = 20  # waiting messages that are handed out at a time
PAGE = 50  # messages of the past in one answer
ROOM_FOR_PAST = 60_000  # bytes that they may take
REFUSALS = {
    DIFFERENT: "another message had this id",
    FULL: "too many messages wait for {} already",
    UNKNOWN: "there is no {}",
}


def is_flag(value):
    """Tell whether a value is true or false."""
    return isinstance(value, bool)


def is_message_number(value):
    """Tell whether a value can be the number of a message."""
    return type(value) is int and 0 <= value <= LARGEST


class Guest(Person):
    """What the hub knows of a peer, and what it still has to hand out to it."""

    __slots__ = ("acknowledges", "address", "handed", "since", "waiting")

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.acknowledges = False  # it says itself what has arrived
        self.since = None  # when it came in: its login has been written down
        self.handed = 0  # number of the last message that it was given
        self.waiting = deque()  # messages that must not come all at once


class StoringHub(Hub):
    """The rules of the chat, for a server with a storage.

    Among the pairs are (STORAGE, Effect): the shell lets these be carried out and calls `then` with
    the result, which gives more pairs. So nobody is answered before the disk has it.
    """

    def __init__(self):
        super().__init__()
        self._now = 0.0  # when the latest message came

    def joined(self, peer, address=""):
        """Take note of a new peer."""
        self._people[peer] = Guest(address)

    def drained(self, peer, now):
        """Go on with a peer that has taken all it was given: return what comes next."""
        guest = self._people.get(peer)
        if not guest or not (guest.waiting or guest.handed):
            return []
        pairs = []
        if guest.handed and not guest.acknowledges:
            # It will never say so itself: what its socket has taken counts as arrived.
            pairs.append(self._arrived(peer, guest.name, guest.handed, now))
            guest.handed = 0
        return pairs + self._hand_out(peer, guest)

    def handle(self, peer, message, now):
        """Return who gets what because of a message."""
        self._now = now
        return super().handle(peer, message, now)

    def left(self, peer, now=None):
        """Forget a peer, and let its end be written down."""
        guest = self._people.get(peer)
        pairs = super().left(peer)
        if guest and guest.since is not None:
            arguments = (guest.name, self._now if now is None else now)
            pairs.append((STORAGE, Effect("remember_logout", arguments, lambda _: [], peer)))
        return pairs

    # Coming

    def presence_answer(self, peer, message, now):
        """Note who a peer is; it is in when that has been written down."""
        guest = self._people[peer]
        repeated = guest.name is not None
        pairs = super().presence_answer(peer, message, now)
        if repeated:
            return pairs  # the shell lets it wait for what came before
        guest.acknowledges = message.get("acknowledge", False)

        def then(arrival):
            if self._people.get(peer) is not guest:
                return []
            if isinstance(arrival, StorageError):
                return [*self._failed(peer, message, now), *self._say_goodbye(peer)]
            guest.since = now
            guest.waiting.extend(letter(kept) for kept in arrival.waiting)
            return pairs + self._enter(peer, guest, message, arrival, now)

        arguments = (guest.name, guest.address, now)
        return [(STORAGE, Effect("remember_login", arguments, then, peer))]

    def _enter(self, peer, guest, message, arrival, now):
        """Return what else there is for who has come in: first of all the messages that wait."""
        return self._hand_out(peer, guest)

    def _hand_out(self, peer, guest):
        """Return the next messages that wait for a peer."""
        pairs = []
        while guest.waiting and len(pairs) < BATCH:
            pairs += self._hand(peer, guest, guest.waiting.popleft())
        return pairs

    def _hand(self, peer, guest, message):
        """Return a message for a peer, and remember that it has been handed out."""
        guest.handed = message["number"]
        return [(peer, message)]

    # Messages

    def pass_on(self, peer, message, now):
        """Let a message be stored; what becomes of it then, `_kept` says."""
        self._check_letter(peer, message | {"number": LARGEST})  # it will bear one
        to = message["to"]
        in_room = to.startswith("#")
        if in_room:
            self._listeners(peer, to)  # raises if there is no such room for this peer
        code = 200 if in_room or to.casefold() in self._named else 202
        new = NewMessage(
            sender=self._people[peer].name,
            recipient=to,
            id=message.get("id"),
            text=message["message"],
            moment=float(message["time"]),  # a number may be longer than a database likes
            code=code,
            waits=not in_room,
        )

        def then(result):
            return self._kept(peer, message, result, now)

        return [(STORAGE, Effect("keep_messages", ([new],), then, peer))]

    def _kept(self, peer, message, result, now):
        """Deliver what is stored, and answer its sender."""
        if isinstance(result, StorageError):
            return self._failed(peer, message, now)
        [kept] = result
        if kept.verdict in REFUSALS:
            words = REFUSALS[kept.verdict].format(message["to"])
            return self._answer(peer, message, kept.code, words, now)
        pairs = self._deliver(message | {"number": kept.number}) if kept.verdict == "new" else []
        words = "sent" if kept.code == 200 else f"{message['to']} will get it on return"
        return pairs + self._answer(peer, message, kept.code, words, now)

    def _deliver(self, message):
        """Return a stored message for each of those who hear it now."""
        to = message["to"]
        if to.startswith("#"):
            room = self._rooms.get(to.casefold())
            peers = self._people if same(to, COMMON_CHAT) else room.peers if room else ()
            return [(other, message) for other in peers if self._hears(other)]
        peer = self._named.get(to.casefold())
        guest = self._people.get(peer)
        if not guest or guest.since is None:
            return []  # it waits in the storage
        if guest.waiting:
            guest.waiting.append(message)  # after those that came before it
            return []
        return self._hand(peer, guest, message)

    def _hears(self, peer):
        """Tell whether a peer is in, and wants to hear what is said in rooms."""
        guest = self._people[peer]
        return guest.receives and guest.since is not None

    def acknowledge(self, peer, message, now):
        """Let the storage forget what has arrived, and tell the senders."""
        guest = self._people[peer]
        number = min(message["number"], guest.handed)  # a room's may be higher than what waits

        def noted():
            return self._answer(peer, message, 200, "noted", now) if "id" in message else []

        def failed():
            return self._failed(peer, message, now)

        return [self._arrived(peer, guest.name, number, now, noted, failed)]

    def _arrived(self, peer, name, number, now, noted=list, failed=list):
        """Return the effect that all up to a number has arrived; the senders are told then."""

        def then(senders):
            if isinstance(senders, StorageError):
                return failed()
            told = [pair for sender, id in senders for pair in self._tell(sender, id, name, now)]
            return told + noted()

        return STORAGE, Effect("acknowledge", (name, number), then, peer)

    def _tell(self, sender, id, recipient, now):
        """Tell a sender, if it is here and wants to know, that a message has arrived."""
        peer = self._named.get(sender.casefold())
        if peer is None or not self._people[peer].acknowledges:
            return []
        return [(peer, {"action": "delivered", "time": now, "id": id, "to": recipient})]

    def get_history(self, peer, message, now):
        """Return the last messages that one has exchanged with somebody, or heard in a room."""
        other = message["with"]
        if other.startswith("#"):
            self._listeners(peer, other)
        arguments = (self._people[peer].name, other, message.get("before"), PAGE)

        def then(past):
            if isinstance(past, StorageError):
                return self._failed(peer, message, now)
            return self._answer(peer, message, 202, fitting(map(letter, past)), now)

        return [(STORAGE, Effect("history_of", arguments, then, peer))]

    def _answer(self, peer, message, code, words, now):
        """Return an answer for a peer, if that is still here."""
        return [(peer, answer(message, code, words, now))] if peer in self._people else []

    def _failed(self, peer, message, now):
        """Answer that the storage could not do it; why, is in the log."""
        return self._answer(peer, message, 500, "the server could not store this; try later", now)

    fields = Hub.fields | {
        "ack": {"number": (is_message_number, "the number of a message")},
        "get_history": {"with": (is_addressee, "a name or a room")},
    }
    optional = Hub.optional | {
        "presence": Hub.optional["presence"] | {"acknowledge": (is_flag, "true or false")},
        "get_history": {"before": (is_message_number, "the number of a message")},
    }
    actions = Hub.actions | {
        "presence": presence_answer,
        "msg": pass_on,
        "ack": acknowledge,
        "get_history": get_history,
    }


def letter(kept):
    """Return a stored message as it goes over the wire."""
    message = {"action": "msg", "time": kept.moment, "to": kept.recipient, "from": kept.sender}
    message |= {"encoding": "utf-8", "message": kept.text, "number": kept.number}
    return message if kept.id is None else message | {"id": kept.id}


def fitting(messages):
    """Return the last of the messages that fit into one answer, oldest first."""
    found, size = [], 0
    for message in reversed(list(messages)):
        size += len(encode(message))
        if size > ROOM_FOR_PAST:
            break
        found.insert(0, message)
    return found
