"""The rules of the chat: who is here, and who gets what. No socket, no clock, no thread."""

from rules import COMMON_CHAT, FIELDS, OPTIONAL, find_problem, is_id

from common.messages import MAX_BYTES, BadMessage, BrokenStream, encode
from common.names import same

PAGE = 500  # names in one answer: it must stay under 64 KiB
MAX_ROOMS = 50  # that one peer may be in
MAX_REFUSED = 5  # bad messages in a row, then the client is sent away
GOODBYE = None  # what a peer gets instead of a message when it is to be parted with


class Refused(Exception):
    """What a peer wants is against a rule: the code of the answer, and its words."""

    def __init__(self, code, words):
        super().__init__(words)
        self.code = code


class Person:
    """What the hub knows of a peer."""

    __slots__ = ("name", "receives", "refused", "rooms")

    def __init__(self):
        self.name = None  # until its presence
        self.receives = False  # what is said in rooms; from its presence on
        self.refused = 0  # messages in a row
        self.rooms = set()  # their names, as `Hub` folds them


class Room:
    """A room as long as somebody is in it: its name as first written, and who is in it."""

    __slots__ = ("name", "peers")

    def __init__(self, name):
        self.name = name
        self.peers = {}  # a dictionary keeps the order in which they came


class Hub:
    """Messages of peers in, (peer, message) pairs out. What a peer is, the hub need not know."""

    def __init__(self):
        self._people = {}  # peer -> Person
        self._named = {}  # name, folded -> peer
        self._rooms = {}  # name, folded -> Room

    def joined(self, peer):
        """Take note of a new peer."""
        self._people[peer] = Person()

    def left(self, peer):
        """Forget a peer, and free its name; return who is to be told what."""
        person = self._people.pop(peer, None)
        if person:
            self._named.pop((person.name or "").casefold(), None)
            for room in person.rooms:
                self._walk_out(peer, room)
        return []

    def name_of(self, peer):
        """Return the name of a peer, None if it has not said one."""
        return self._people[peer].name if peer in self._people else None

    def handle(self, peer, message, now):
        """Return who gets what because of a message; a BadMessage is one, too."""
        if peer not in self._people:
            return []  # it said more after its goodbye
        try:
            return self._act(peer, message, now)
        except Refused as refusal:
            return self._refuse(peer, message, refusal, now)

    def _act(self, peer, message, now):
        """Do what a message asks for."""
        if isinstance(message, BadMessage):
            raise Refused(400, str(message))
        if problem := find_problem(message, self.fields, self.optional):
            raise Refused(400, problem)
        person = self._people[peer]
        if message["action"] not in self.open_to_all and not person.name:
            raise Refused(400, "say who you are first: presence")
        pairs = self.actions[message["action"]](self, peer, message, now)
        person.refused = 0
        return pairs

    def _refuse(self, peer, message, refusal, now):
        """Answer what is against a rule; say goodbye to who does not know better."""
        bad = isinstance(message, BadMessage)
        pairs = [(peer, answer({} if bad else message, refusal.code, str(refusal), now))]
        person = self._people[peer]
        person.refused = person.refused + 1 if refusal.code == 400 else 0
        if person.refused >= MAX_REFUSED or isinstance(message, BrokenStream):
            pairs += self._say_goodbye(peer)
        return pairs

    def _say_goodbye(self, peer):
        """Part with a peer; its name is free at once."""
        return [*self.left(peer), (peer, GOODBYE)]

    def presence_answer(self, peer, message, now):
        """Note who a peer is, and whether it wants to hear what is said in rooms."""
        person, name = self._people[peer], message["user"]["account_name"]
        if person.name not in (None, name):
            raise Refused(403, f"you are {person.name}")
        if self._named.setdefault(name.casefold(), peer) != peer:
            raise Refused(409, f"{name} is here already")
        person.name, person.receives = name, message.get("receive", True)
        return [(peer, answer(message, 200, self._greet(name), now))]

    def _greet(self, name):
        """Return the words of the welcome."""
        return f"welcome, {name}"

    def pass_on(self, peer, message, now):
        """Send what somebody says to one person, or to a room."""
        self._check_letter(peer, message)
        pairs = [(other, message) for other in self._listeners(peer, message["to"])]
        return [*pairs, (peer, answer(message, 200, "sent", now))]

    def _check_letter(self, peer, message):
        """Refuse a message that bears another's name, or is too long for who gets it."""
        if message["from"] != self._people[peer].name:
            raise Refused(403, f"you are {self._people[peer].name}")
        if len(encode(message)) > MAX_BYTES:  # our way to write it may be longer than the sender's
            raise Refused(400, f"written out, the message is longer than {MAX_BYTES} bytes")

    def _listeners(self, peer, to):
        """Return who hears what a peer says to a name or a room."""
        if not to.startswith("#"):
            if to.casefold() not in self._named:
                raise Refused(404, f"{to} is not here")
            return [self._named[to.casefold()]]
        peers = self._people if same(to, COMMON_CHAT) else self._room(peer, to).peers
        return [other for other in peers if self._people[other].receives]

    def _room(self, peer, name):
        """Return the room of this name, in which the peer must be."""
        room = self._rooms.get(name.casefold())
        if not room:
            raise Refused(404, f"there is no room {name}")
        if peer not in room.peers:
            raise Refused(403, f"you are not in {room.name}")
        return room

    def join(self, peer, message, now):
        """Let a peer into a room; the first one opens it."""
        person, folded = self._people[peer], message["room"].casefold()
        if len(person.rooms | {folded}) > MAX_ROOMS:
            raise Refused(403, f"you are in {MAX_ROOMS} rooms already")
        room = self._rooms.setdefault(folded, Room(message["room"]))
        room.peers[peer] = True
        person.rooms.add(folded)
        return [(peer, answer(message, 200, f"you are in {room.name}", now))]

    def leave(self, peer, message, now):
        """Let a peer out of a room."""
        folded = message["room"].casefold()
        if folded not in self._people[peer].rooms:
            raise Refused(404, f"you are not in {message['room']}")
        self._people[peer].rooms.remove(folded)
        self._walk_out(peer, folded)
        return [(peer, answer(message, 200, f"you have left {message['room']}", now))]

    def _walk_out(self, peer, folded):
        """Take a peer out of a room, and close the room behind the last one."""
        del self._rooms[folded].peers[peer]
        if not self._rooms[folded].peers:
            del self._rooms[folded]

    def get_users(self, peer, message, now):
        """Tell who is here."""
        names = (person.name for person in self._people.values() if person.name)
        return [(peer, answer(message, 202, page(names, message.get("after", "")), now))]

    def get_rooms(self, peer, message, now):
        """Tell which rooms there are."""
        names = (room.name for room in self._rooms.values())
        return [(peer, answer(message, 202, page(names, message.get("after", "")), now))]

    def quit(self, peer, message, now):
        """Part with a peer that wants to; a goodbye has no answer."""
        return self._say_goodbye(peer)

    # A hub that knows more has longer tables: `actions = Hub.actions | {"ack": acknowledge}`.
    fields, optional = FIELDS, OPTIONAL
    open_to_all = frozenset({"presence", "quit"})  # the rest asks for a name first
    actions = {
        "presence": presence_answer,
        "msg": pass_on,
        "join": join,
        "leave": leave,
        "get_users": get_users,
        "get_rooms": get_rooms,
        "quit": quit,
    }


def answer(message, code, words, now):
    """Return the answer to a message; it bears the id of the message, if that has one."""
    reply = {"response": code, "time": now, "alert" if code < 400 else "error": words}
    return reply | {"id": message["id"]} if is_id(message.get("id")) else reply


def page(names, after):
    """Return the first names in alphabetical order that come after one."""
    rest = (name for name in names if name.casefold() > after.casefold())
    return sorted(rest, key=str.casefold)[:PAGE]
