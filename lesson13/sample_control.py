"""A control without a server: people who do not exist, for pictures and for tests."""

import dataclasses

from common.server_control import ClientRow, ControlError, HistoryRow, Online

MORNING = 1_795_161_600.0  # 20 November 2026, 08:00 UTC
DAY = 86_400
PEOPLE = {  # name -> logins, sent, received, contacts, days since the last login
    "Анна": (48, 612, 590, 12, 0),
    "Борис": (31, 208, 254, 7, 0),
    "Вася": (57, 940, 871, 15, 0),
    "Екатерина-Александровна.К": (12, 75, 93, 4, 1),
    "Ёлка25": (9, 33, 41, 3, 6),
    "Мария_Иванова": (27, 187, 203, 8, 0),
    "Тимур": (3, 4, 9, 1, 34),
    "alice": (64, 1204, 1130, 19, 0),
    "bob_2": (22, 96, 140, 6, 0),
    "Chiara": (18, 110, 87, 5, 2),
    "Jürgen": (5, 12, 20, 2, 11),
    "Zoë": (41, 377, 402, 10, 0),
}
HERE = ("Анна", "Борис", "Вася", "Мария_Иванова", "alice", "bob_2", "Zoë")
TALK = (
    ("Вася", "#all", "Доброе утро! Кто сегодня на семинаре?"),
    ("Анна", "#all", "Я буду, и Мария тоже."),
    ("alice", "bob_2", "Did the second lesson run on your laptop?"),
    ("bob_2", "alice", "Yes. The path with a space in it was my mistake, now it finds everything."),
    ("Мария_Иванова", "Екатерина-Александровна.К", "Принесите, пожалуйста, ключ от аудитории."),
    ("Zoë", "#python", "Who has an example of a queue between two threads?"),
    ("alice", "#python", "Lesson 8, chat.py. Look at which lines stand under the lock, and why."),
    ("Борис", "Анна", "Спасибо за конспект, очень помог!"),
    ("Анна", "Борис", "Не за что. В четверг покажу, как окно читает базу в другом потоке."),
    ("Chiara", "Zoë", "See you at lunch"),
    ("Вася", "#all", "Начинаем через пять минут, аудитория 214."),
)


class SampleControl:
    """A server that only remembers; see `server_control.py` for what its methods mean."""

    def __init__(self):
        self.running = False
        self.address = None
        self._clients = [client(number, name) for number, name in enumerate(PEOPLE)]
        self._online = [online(number, name) for number, name in enumerate(HERE)]
        moments = [MORNING + 247 * number for number in range(len(TALK))]
        self._history = [HistoryRow(at, *said) for at, said in zip(moments, TALK, strict=True)]

    def start(self, settings):
        """Run, on the address in the settings."""
        self.running, self.address = True, (settings.host, settings.port)

    def stop(self):
        """Run no more; nobody is here any longer."""
        self.running, self.address, self._online = False, None, []

    def online(self):
        """Return who is here."""
        return list(self._online)

    def clients(self):
        """Return all accounts."""
        return list(self._clients)

    def history(self, limit):
        """Return the last messages."""
        return self._history[-limit:]

    def register(self, name):
        """Make an account."""
        if name in [row.name for row in self._clients]:
            raise ControlError(f"{name} is registered already")
        self._clients.append(ClientRow(name, MORNING, None, None, 0, 0, 0, 0))

    def remove(self, name):
        """Remove an account, and its connection."""
        self._clients = [row for row in self._clients if row.name != name]
        self._online = [row for row in self._online if row.name != name]

    def disconnect(self, name):
        """End the connection of somebody who is here."""
        if name not in [row.name for row in self._online]:
            raise ControlError(f"{name} is not here")
        self._online = [row for row in self._online if row.name != name]

    def say(self, sender, recipient, text, moment=MORNING + DAY):
        """Let somebody send a message."""
        self._history.append(HistoryRow(moment, sender, recipient, text))
        for place, row in enumerate(self._clients):
            if row.name == sender:
                self._clients[place] = dataclasses.replace(row, sent=row.sent + 1)


def client(number, name):
    """Return an account with its figures."""
    logins, sent, received, contacts, days = PEOPLE[name]
    last = MORNING - days * DAY + 97 * number
    return ClientRow(
        *(name, MORNING - 60 * DAY, last, f"192.168.1.{20 + 7 * number}"),
        *(logins, sent, received, contacts),
    )


def online(number, name):
    """Return somebody who is here, since this morning."""
    place = list(PEOPLE).index(name)
    return Online(name, f"192.168.1.{20 + 7 * place}", MORNING + 97 * number)
