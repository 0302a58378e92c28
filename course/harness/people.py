"""People in the chat, and clients, that checks play with; and how what came is compared."""

import time

from course.console import visible
from course.harness.lab import last_words
from course.harness.peer import CheckFailed, encode


class Member:
    """Somebody in the chat who is played by the check."""

    def __init__(self, lab, server, name=None, code=200, **presence):
        self.lab = lab
        self.name = name or lab.word()
        self.peer = server.connect()
        self.heard = []  # what came while we waited for an answer
        user = {"account_name": self.name, "status": "here"}
        self.peer.send(lab.presence(user=user, **presence))
        self.expect(code, within=12)

    def ask(self, action, code, **fields):
        """Send a request and return its answer, which must have this code."""
        self.peer.send({"action": action, "time": time.time()} | fields)
        return self.expect(code)

    def letter(self, to, text, **fields):
        """Return a message."""
        message = {"action": "msg", "time": time.time(), "to": to, "from": self.name}
        return message | {"encoding": "utf-8", "message": text} | fields

    def say(self, to, text, code=200, **fields):
        """Say something to a person or a room, and expect an answer with this code."""
        self.peer.send(self.letter(to, text, **fields))
        return self.expect(code)

    def expect(self, code, within=6):
        """Read until an answer comes; it must have this code."""
        message = self._next_answer(code, within)
        if not isinstance(message, dict) or message["response"] != code:
            raise CheckFailed(f"an answer with response {code}", shown(message))
        return message

    def _next_answer(self, code, within):
        while True:
            try:
                message = self.peer.receive(within)
            except CheckFailed as failure:
                raise CheckFailed(f"an answer with response {code}", failure.received) from None
            if not isinstance(message, dict) or "response" in message:
                return message
            self.heard.append(message)

    def next(self, expected, within=6):
        """Return what comes next and is no answer."""
        try:
            return self.heard.pop(0) if self.heard else self.peer.receive(within)
        except CheckFailed as failure:
            raise CheckFailed(expected, failure.received) from None

    def expect_heard(self, text, sender, within=6):
        """Take the next thing that was said: it must be this text of this sender."""
        expected = f"the message {text!r} from {sender} is what {self.name} hears next"
        message = self.next(expected, within)
        said = message if isinstance(message, dict) else {}
        if (said.get("message"), said.get("from")) != (text, sender):
            raise CheckFailed(expected, shown(message))


def shown(message):
    """Return a message as a report shows it."""
    return "the connection was closed" if message is None else visible(encode(message), 400)


def expect_equal(what, received, expected):
    """Compare what came with what should."""
    if received != expected:
        raise CheckFailed(f"{what}: {expected!r}", repr(received))


def greeted(lab, server):
    """Tell whether a new client is answered 200."""
    peer = server.connect()
    peer.send(lab.presence())
    answer = peer.receive()
    peer.close()
    return isinstance(answer, dict) and answer.get("response") == 200


def run_client(lab, server, name, **options):
    """Start client.py and wait until it is in the chat."""
    server.connect().close()  # now we know that it listens
    client = lab.run("client.py", "127.0.0.1", str(server.port), "-n", name, **options)
    expect_words(lab, client, name)
    return client


def expect_words(lab, program, *words, within=8):
    """Wait until a program has shown these words."""
    for text in words:
        if not program.says(text, lab.left(within)):
            raise CheckFailed(f"{text!r} on the screen", last_words(program))
