"""The room: who is here, and who gets what. Nothing here knows a socket."""

import unicodedata

import wire
from wire import LEAVE, Refused, SentAway

CROWD = 100  # with more than that, nobody is told any more who comes and who goes
MAX_NAMED = 10  # in the room, and a welcome still says who they are


class Room:
    """Everybody who has said a nickname. A peer may be anything that can be a dictionary's key.

    Each method returns what has to be delivered: pairs of a peer and the bytes it gets.
    """

    def __init__(self):
        self.nicknames = {}  # peer -> nickname
        self.taken = set()  # nicknames, all in one form

    def __contains__(self, peer):
        return peer in self.nicknames

    def handle(self, peer, content):
        """Deal with one message: the first is the peer's nickname, all others are for the rest."""
        if peer not in self:
            return self.enter(peer, content)
        self.check_message(peer, wire.decode(content))
        return self.to_others(peer, wire.frame(content))

    def enter(self, peer, content):
        """Let a peer in under its nickname, or send it away."""
        try:
            nickname = wire.decode(content)
            wire.check_nickname(nickname)
        except Refused as problem:
            raise SentAway(problem) from None
        if one_form(nickname) in self.taken:
            raise SentAway(f"the nickname {nickname} is taken")
        self.nicknames[peer] = nickname
        self.taken.add(one_form(nickname))
        welcome = f"Welcome, {nickname}! {self.who_else(peer)} To leave, type {LEAVE}"
        return [(peer, wire.frame(welcome)), *self.announce(peer, f"{nickname} has joined.")]

    def who_else(self, peer):
        """Return words about who is here already."""
        if len(self.nicknames) > MAX_NAMED:
            return f"{len(self.nicknames) - 1} others are here."
        others = [name for other, name in self.nicknames.items() if other is not peer]
        return f"Already here: {', '.join(others)}." if others else "Nobody else is here yet."

    def check_message(self, peer, text):
        """Refuse what a peer must not say: who it is we know ourselves."""
        time, nickname, words = wire.split_parts(text)
        wire.parse_time(time)
        if nickname != self.nicknames[peer]:
            raise Refused(f"you are {self.nicknames[peer]}, and nobody else")
        wire.check_text(words)

    def left(self, peer):
        """Take a peer out, if it is in."""
        nickname = self.nicknames.pop(peer, None)
        if nickname is None:
            return []
        self.taken.discard(one_form(nickname))
        return self.announce(peer, f"{nickname} has left.")

    def announce(self, peer, words):
        """Tell the others of a coming or going, unless they are so many that nobody could read."""
        return self.to_others(peer, wire.frame(words)) if len(self.nicknames) <= CROWD else []

    def to_others(self, peer, data):
        """Return a delivery of the same bytes to everybody else."""
        return [(other, data) for other in self.nicknames if other is not peer]


def one_form(nickname):
    """Return what is the same for nicknames that look the same: Anna, anna, ａｎｎａ."""
    return unicodedata.normalize("NFKC", nickname).casefold()
