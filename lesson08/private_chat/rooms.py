"""Who is here and who talks with whom: the rules of the chat, without sockets and threads.

What a method returns is to be told to users: a list of pairs (nickname, line).
"""

import nicknames
import words

CHOOSE = "? Where to? /all for everybody, /partner NAME for one user."


class NicknameTaken(ValueError):
    """Somebody who is here has this nickname."""


class Person:
    """A user who is here. Two people talk when each is the partner of the other."""

    def __init__(self, name):
        self.name, self.in_common, self.partner = name, False, None

    @property
    def talks(self):
        """Tell whether the partner has agreed; one who has not is only waited for."""
        return self.partner is not None and self.partner.partner is self

    def place_seen_by(self, other):
        """Return where the person is, in words for another one."""
        if self.partner is other:
            return "talks with you" if self.talks else "waits for you"
        if self.talks:
            return "talks with somebody"
        return "in the common chat" if self.in_common else "has not chosen yet"


class Rooms:
    """The people who are here, each in the common chat, with a partner, or about to choose."""

    def __init__(self):
        self.people = {}
        self.handlers = {
            "": self.say,
            "/all": self.go_to_common,
            "/partner": self.ask_for,
            "/list": self.list_others,
            "/help": self.help,
        }

    def enter(self, name, greeting):
        """Let a user in: greet the user, show who is here, and offer the choice."""
        if nicknames.key(name) in self.people:
            raise NicknameTaken(f"The nickname {name} is taken.")
        news = self.to_everybody(f"* {name} has come.")
        self.people[nicknames.key(name)] = person = Person(name)
        return [*news, (name, greeting), *self.list_others(person), (name, CHOOSE)]

    def leave(self, name):
        """Let a user out; whoever talked with the user or waited is back at the choice."""
        person = self.people.pop(nicknames.key(name))
        news = self.to_everybody(f"* {name} has left.")
        for other in self.people.values():
            if other.partner is person:
                other.partner = None
                news.append((other.name, CHOOSE))
        return news

    def handle(self, name, line):
        """Do what a line asks for: say a text, or obey a special word."""
        person = self.people[nicknames.key(name)]
        word, rest = words.read(line)
        if word not in self.handlers:
            return [(name, f"! There is no special word {word[:25]}"), *self.help(person)]
        return self.handlers[word](person, rest)

    def say(self, person, text):
        """Give a text to those who are to read it, and to nobody else."""
        if not text.strip():
            return []
        if person.talks:
            return [(person.partner.name, f"[{person.name} -> you] {text}")]
        if person.in_common:
            nobody = [(person.name, "* Nobody else is in the common chat.")]
            return self.to_common(person, f"[{person.name}] {text}") or nobody
        if person.partner:
            who = person.partner.name
            return [(person.name, f"! Nobody has read this: {who} has not answered yet.")]
        return [(person.name, "! Nobody has read this. Choose first."), (person.name, CHOOSE)]

    def go_to_common(self, person, _):
        """Bring a user to the common chat."""
        if person.in_common:
            return [(person.name, "! You are in the common chat already.")]
        news = self.part(person)
        news += self.to_common(person, f"* {person.name} has joined the common chat.")
        person.in_common = True
        others = len(self.others_in_common(person))
        return [*news, (person.name, f"+ You are in the common chat. Others there: {others}.")]

    def ask_for(self, person, name):
        """Ask one user to be the partner, or agree where that one has asked before."""
        other = self.people.get(nicknames.key(name))
        problem = self.find_problem(person, other, name)
        if problem:
            return [(person.name, f"! {problem}")]
        news = self.part(person)
        person.partner = other
        if person.talks:
            pair = ((person, other), (other, person))
            return news + [(a.name, f"+ You are talking with {b.name}.") for a, b in pair]
        wish = f"* {person.name} wants to talk with you. To agree: /partner {person.name}"
        return [*news, (other.name, wish), (person.name, f"~ Waiting for {other.name}")]

    def find_problem(self, person, other, name):
        """Return why these two cannot become partners, or None."""
        if not name:
            return "With whom? Write /partner NAME"
        if other is None:
            return f"Nobody called {name[: nicknames.LONGEST]} is here. /list shows who is."
        if other is person:
            return "That is you."
        if other is person.partner:
            return f"You are {'talking with' if person.talks else 'waiting for'} {other.name}."
        return None

    def part(self, person):
        """Take a user away from where the user is, before going elsewhere."""
        partner, talked, was_in_common = person.partner, person.talks, person.in_common
        person.partner, person.in_common = None, False
        if talked:
            partner.partner = None
            return [(partner.name, f"* {person.name} has ended the talk."), (partner.name, CHOOSE)]
        if partner:
            return [(partner.name, f"* {person.name} no longer waits for you.")]
        left = f"* {person.name} has left the common chat."
        return self.to_common(person, left) if was_in_common else []

    def list_others(self, person, _=""):
        """Show a user who else is here, and where."""
        others = [other for _, other in sorted(self.people.items()) if other is not person]
        if not others:
            return [(person.name, "* Nobody else is here.")]
        places = [f"*   {other.name}: {other.place_seen_by(person)}" for other in others]
        return [(person.name, line) for line in [f"* Here with you: {len(others)}", *places]]

    def help(self, person, _=""):
        """Show the special words."""
        return [(person.name, line) for line in words.help_lines()]

    def others_in_common(self, person):
        """Return the names of those who are in the common chat, without the user."""
        people = self.people.values()
        return [other.name for other in people if other.in_common and other is not person]

    def to_common(self, person, line):
        """Tell everybody in the common chat but the user."""
        return [(name, line) for name in self.others_in_common(person)]

    def to_everybody(self, line):
        """Tell everybody who is here."""
        return [(person.name, line) for person in self.people.values()]
