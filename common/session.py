"""Taught in lesson 12.

What the client knows and wants. Messages in, events out; no socket, no clock, no thread.

A shell calls `handle` or a verb within a transaction of the storage; after the commit it calls
`acknowledge`, sends what `outgoing` holds, and shows the events.
"""

import uuid

from common.answers import describe, find_fault, parse_response, require
from common.asking import Asking, told
from common.events import (
    Answered,
    Arrived,
    Entered,
    History,
    Marked,
    Presence,
    Rejected,
    Unanswered,
)
from common.messages import BadMessage
from common.names import is_account_name, same
from common.pending import Request
from common.rules import FIELDS, find_problem, is_id, is_number

MAX_NUMBER = 2**63 - 1  # of a message
MAX_OUTGOING = 100  # while so much waits to be sent, an acknowledgement can wait too
NO_ANSWER = "the connection has ended before the answer"
LATER = "not answered; it goes out again with the next connection"


class Session(Asking):
    """One account on one server, over any number of connections."""

    def __init__(self, name, storage):
        super().__init__(name, storage)
        self._stored = None  # number of the last message to us that the storage has

    @property
    def outgoing(self):
        """The messages for the shell to send."""
        return self._requests.outgoing

    @property
    def idle(self):
        """Tell whether every request has been answered, and everything been sent."""
        return self._requests.idle

    # Coming and going

    def connected(self, now):
        """Say who we are: that is the first thing on a new connection."""
        user = {"account_name": self.name, "status": "I am here"}
        wishes = {"type": "status", "user": user, "acknowledge": True, "watch": True}
        self._request(now, "presence", "", self._on_welcome, **wishes)
        return []

    def disconnected(self):
        """Forget what will not be answered any more; our lines stay in the storage's outbox."""
        self.entered, self._stored = False, None
        lost = [request for request in self._requests.forget() if request.about]
        return [
            Unanswered(request.about, LATER if request.message["action"] == "msg" else NO_ANSWER)
            for request in lost
        ]

    def quit(self, now):
        """Say goodbye; what has not been sent by now stays in the storage's outbox."""
        self.outgoing.clear()
        self.outgoing.append({"action": "quit", "time": now})
        return []

    # What a user wants

    def say(self, now, chat, text):
        """Keep a line of ours, and send it as soon as we can; what no server takes is not kept."""
        id = uuid.uuid4().hex
        message = self._line(id, chat, text, now)
        if problem := find_problem(message) or find_fault(message):
            return [Answered(f"to {chat}:", 400, problem)]
        line = self.storage.add_own(chat, text, now, id)
        if self.entered:
            self._send_line(id, line.chat, line.text, line.moment)
        return [Arrived(line)]

    def history(self, now, chat, limit=20):
        """Look up what was said in a chat."""
        return [History(chat, tuple(self.storage.lines(chat, limit=limit)))]

    # What the server says

    def handle(self, message, now):
        """Return what has happened because of a message; raise BadMessage for what is none."""
        if "response" in message and "action" not in message:  # what people say has an action
            return self._on_answer(message, now)
        handler = self._handlers.get(str(message.get("action")))
        require(handler, "action")
        return handler(self, message)

    def acknowledge(self, now):
        """Tell the server up to which message all is on our disk: only after the commit!"""
        if self._stored is None or not self.entered or self._requests.held:
            return
        if len(self.outgoing) < MAX_OUTGOING:
            self.outgoing.append({"action": "ack", "time": now, "number": self._stored})
            self._stored = None

    def _on_message(self, message):
        """Keep a message, and show it unless it was here before."""
        require(is_number(message.get("time")), "time")
        for field, (fits, _) in FIELDS["msg"].items():
            require(fits(message.get(field)), field)
        require(message["to"].startswith("#") or same(self.name, message["to"]), "to")
        line = self.storage.add_received(self._numbered(message))
        return [Arrived(line)] if line else []

    def _numbered(self, message):
        """Note the number of a message to us; elsewhere somebody may have made one up."""
        if message["to"].startswith("#") or "number" not in message:
            return {field: message[field] for field in message if field != "number"}
        number = message["number"]
        require(type(number) is int and 0 <= number <= MAX_NUMBER, "number")
        self._stored = max(number, self._stored or 0)
        return message

    def _on_delivered(self, message):
        """Note that a line of ours has reached its recipient."""
        require(is_id(message.get("id")), "id")
        return self._mark(message["id"], "delivered", answered=False)

    def _on_presence(self, message):
        """Note that a contact has come or gone."""
        user = message.get("user")
        require(isinstance(user, dict) and is_account_name(user.get("account_name")), "user")
        return [Presence(user["account_name"], user.get("status") != "offline")]

    _handlers = {"msg": _on_message, "delivered": _on_delivered, "presence": _on_presence}

    def _on_answer(self, message, now):
        """Hand an answer to the request that waits for it."""
        code, words = parse_response(message)
        request = self._requests.answered(message.get("id"))
        if request is None:
            return [Answered("", code, describe(words))]  # to nothing: what have we done?
        try:
            return request.then(now, code, words)
        except BadMessage as error:
            return [Answered(request.about, 500, str(error))]

    # Requests

    def _line(self, id, chat, text, moment):
        """Return the message that brings a line of ours to the server."""
        message = {"action": "msg", "time": moment, "id": id, "to": chat, "from": self.name}
        return message | {"encoding": "utf-8", "message": text}

    def _send_line(self, id, chat, text, moment):
        """Send a line of ours; its answer says what became of it."""
        message, about = self._line(id, chat, text, moment), f"to {chat}:"
        self._requests.add(Request(message, about, self._line_marker(id, about)))

    # Answers

    def _on_welcome(self, now, code, words):
        """Begin: first the contacts; then the rooms, for what has waited may be said in one."""
        if code >= 400:
            return [Rejected(code, describe(words))]
        self.entered = True
        self.ask_for_contacts(now, about="")
        for room in self.storage.setting("rooms", []):
            self.join(now, room, about="")
        for line in self.storage.outbox():
            self._send_line(*line)
        self.ask_who_is_here(now, about="")
        return [Entered(code, describe(words))]

    def _line_marker(self, id, about):
        """Return what to do with the answer to a line of ours; after a 5xx it waits on."""

        def then(now, code, words):
            if not 200 <= code < 500:
                return told(about, code, words)
            state = "refused" if code >= 400 else "stored" if code == 202 else "delivered"
            return self._mark(id, state, describe(words)) + told(about, code, words)

        return then

    def _mark(self, id, state, words="", answered=True):
        line = self.storage.mark(id, state, words)
        return [Marked(line, answered)] if line else []
