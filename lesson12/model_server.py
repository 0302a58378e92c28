"""A right server for tests, without sockets: what it keeps, it keeps once."""

from common.messages import BadMessage


class ModelServer:
    """What a server promises: UNIQUE(sender, id), numbers that grow, waiting until acknowledged."""

    def __init__(self):
        self.kept = {}  # (sender, id) -> (to, text): what has been committed
        self.delivered = []  # (to, text) of all that the client has said, as others see it
        self.waiting = []  # messages to the client that it has not acknowledged
        self.contacts = []
        self.rooms = set()  # that the client is in
        self.number = 0
        self.present = False  # the client has said who it is, on this connection
        self.heard = []  # every message of the client

    def say(self, text, sender="eve", to="bob", id=None):
        """Let somebody write to the client; return the message."""
        self.number += 1
        message = {"action": "msg", "time": 1000.0, "from": sender, "to": to, "message": text}
        message |= {"encoding": "utf-8", "number": self.number} | ({"id": id} if id else {})
        self.waiting.append(message)
        return message

    def handle(self, message):
        """Return what the client gets because of a message."""
        if isinstance(message, BadMessage):
            raise message
        self.heard.append(message)
        return self.actions.get(message["action"], ModelServer.refuse)(self, message)

    def answer(self, message, code, words=""):
        """Return an answer."""
        key = "alert" if code < 400 else "error"
        return {"response": code, "time": 1000.0, key: words, "id": message["id"]}

    def presence(self, message):
        """Welcome the client, which has left all rooms, and send what waits for it."""
        self.rooms.clear()
        self.present = True
        return [self.answer(message, 200, "welcome, bob"), *self.waiting]

    def msg(self, message):
        """Keep a message once; a room's goes back to its sender too."""
        to, text = message["to"], message["message"]
        if to.startswith("#") and to not in {*self.rooms, "#all"}:
            return [self.answer(message, 404, f"there is no room {to}")]
        known = self.kept.get((message["from"], message["id"]))
        if known and known != (to, text):
            return [self.answer(message, 409, "that id was used before")]
        if known:
            return [self.answer(message, 200 if to.startswith("#") else 202, "kept")]
        self.kept[message["from"], message["id"]] = (to, text)
        self.delivered.append((to, text))
        if to.startswith("#"):
            return [message, self.answer(message, 200, "sent")]
        return [self.answer(message, 202, "kept")]

    def ack(self, message):
        """Forget what the client has on its disk."""
        self.waiting = [one for one in self.waiting if one["number"] > message["number"]]
        return []

    def join(self, message):
        """Let the client into a room."""
        self.rooms.add(message["room"])
        return [self.answer(message, 200, f"you are in {message['room']}")]

    def leave(self, message):
        """Let the client out of a room."""
        self.rooms.discard(message["room"])
        return [self.answer(message, 200, f"you have left {message['room']}")]

    def get_contacts(self, message):
        """Tell the contacts."""
        return [self.answer(message, 202, list(self.contacts))]

    def add_contact(self, message):
        """Add a contact."""
        self.contacts.append(message["user_id"])
        return [self.answer(message, 201, "added")]

    def get_users(self, message):
        """Tell who is here."""
        return [self.answer(message, 202, ["bob", "eve"])]

    def get_rooms(self, message):
        """Tell which rooms there are."""
        return [self.answer(message, 202, sorted(self.rooms))]

    def quit(self, message):
        """Say nothing: a goodbye has no answer."""
        return []

    def refuse(self, message):
        """Refuse what is unknown."""
        return [self.answer(message, 400, "unknown action")]

    actions = {
        "presence": presence,
        "msg": msg,
        "ack": ack,
        "join": join,
        "leave": leave,
        "get_contacts": get_contacts,
        "add_contact": add_contact,
        "get_users": get_users,
        "get_rooms": get_rooms,
        "quit": quit,
    }
