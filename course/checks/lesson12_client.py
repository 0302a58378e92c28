"""Checks of lesson 12: a client that remembers what was said."""

import contextlib
import time

from course.harness import CheckFailed, check
from course.harness.people import expect_equal, shown
from course.harness.stored import Member, introduce, locked, serve


class Stage:
    """A server played by the check, and one client of it after another."""

    def __init__(self, lab, name=None):
        self.lab, self.name = lab, name or lab.word()
        self.listener = lab.listen()
        self.program = self.peer = None

    def enter(self, contacts=(), name=None):
        """Start the client and let it in, until it has its contacts; return its presence."""
        presence = self.begin(name)
        self.answer(presence, 200, "welcome")
        self.answer(self.expect("get_contacts"), 202, list(contacts))
        return presence

    def begin(self, name=None):
        """Start the client; return the presence that it sends."""
        words = ("127.0.0.1", str(self.listener.port), "--name", name or self.name)
        self.program = self.lab.client(*words)
        self.peer = self.listener.accept()
        return self.expect("presence", first=True)

    def expect(self, action, first=False):
        """Return the next message with this action; other questions are answered on the way."""
        while True:
            message = self.peer.receive(8)
            if not isinstance(message, dict) or (first and message.get("action") != action):
                raise CheckFailed(f"a message with action {action}", shown(message))
            if message.get("action") == action:
                return message
            if message.get("action") in ("get_users", "get_rooms", "get_contacts"):
                self.answer(message, 202, [])
            elif message.get("action") == "msg":
                raise CheckFailed(f"a message with action {action}", shown(message))

    def answer(self, message, code, words):
        """Answer a request."""
        fields = {"response": code, "time": time.time(), "alert": words}
        self.peer.send(fields | ({"id": message["id"]} if "id" in message else {}))

    def say(self, sender, text, to=None, **fields):
        """Let somebody say something to the client."""
        message = {"action": "msg", "time": time.time(), "to": to or self.name, "from": sender}
        self.peer.send(message | {"encoding": "utf-8", "message": text} | fields)

    def type(self, line):
        """Type a line for the client."""
        self.lab.tell("typed", line)
        self.program.type(line + "\n")

    def expect_shown(self, words, within=8):
        """Wait until the client has shown something."""
        if not self.program.says(words, self.lab.left(within)):
            raise CheckFailed(f"the client shows: {words}", self.program.stdout[-500:])

    def expect_ack(self, number):
        """Wait for the acknowledgement of all messages up to a number."""
        while (got := self.expect("ack").get("number")) != number:
            if type(got) is not int or got > number:
                raise CheckFailed(f"action ack, number {number}", f"number {got!r}")

    def leave(self):
        """End the connection; wait for the client's end."""
        self.peer.sock.close()
        self.lab.tell("", "(the server is gone)")
        with contextlib.suppress(OSError):
            self.program.end_input()
        self.lab.expect_end(self.program, 12)


@check(
    "L12-C05",
    "L12-R1",
    "the client asks for its contacts after the presence, and nothing else until they are here",
    hint="Keep what is to be sent in a queue while an answer to get_contacts is awaited; it goes "
    "out afterwards.",
    after="L03-C02",
)
def contacts_come_first(lab):
    stage = Stage(lab)
    stage.answer(stage.begin(), 200, "welcome")
    asked = stage.peer.receive(8)
    wanted = {"action": "get_contacts", "user_login": stage.name}
    expect_equal("after the presence", {key: asked.get(key) for key in wanted}, wanted)
    stage.type("all hello")
    stage.type("list")
    if stage.peer.answered(1):
        raise CheckFailed("nothing until get_contacts is answered", shown(stage.peer.receive(1)))
    stage.answer(asked, 202, [])
    expect_msg(stage, "hello")


def expect_msg(stage, text):
    """Take what the client says; it must be this."""
    message = stage.expect("msg")
    expect_equal("what the client says", message.get("message"), text)
    return message


@check(
    "L12-C06",
    "L12-R1",
    "the client's commands add, contacts and remove change the list on the server",
    hint="add NAME sends add_contact with user_id and user_login; show the code of the answer.",
    after="L12-C01",
)
def commands_for_contacts(lab):
    server, name = serve(lab), lab.word()
    boris, clara = introduce(lab, server, lab.word(), lab.word())
    client = lab.client("127.0.0.1", str(server.port), "--name", name)
    steps = {f"add {boris}": "201", f"add {clara}": "201", f"remove {clara}": "200"}
    for line, code in (steps | {f"add {boris.title()}": "409", "contacts": boris}).items():
        before = len(client.stdout)
        client.type(line + "\n")
        lab.tell("typed", line)
        lab.wait_for(lambda s=before, c=code: c in client.stdout[s:], f"the client shows {code}")
    client.type("quit\n")
    expect_equal("exit code of the client", lab.expect_end(client), 0)
    answer = Member(lab, server, name).ask("get_contacts", 202, user_login=name)
    expect_equal("the contacts", answer.get("alert"), [boris])


@check(
    "L12-C07",
    "L12-R1",
    "the client understands a server that answers with texts: \"202\" and \"['a', 'b']\"",
    hint="int() for a response of three digits; turn the quotation marks of such a list into "
    "those of JSON and read it with json.loads. Never eval().",
    after="L12-C05",
)
def strings_of_the_source(lab):
    stage, names = Stage(lab), [lab.word(), lab.word()]
    stage.answer(stage.begin(), "200", "welcome")
    stage.answer(stage.expect("get_contacts"), "202", str(names))
    stage.type("contacts")
    stage.answer(stage.expect("get_contacts"), "202", str(names))
    for name in names:
        stage.expect_shown(name)
    stage.type("all still here")
    expect_msg(stage, "still here")


@check(
    "L12-C08",
    "L12-R2",
    "a line that was not answered goes out again at the next start, with its id, and then no more",
    hint="Write the line with its id into the outbox and commit, then send it. Only an answer "
    "takes it out. Send what is in the outbox after the welcome.",
    after="L12-C05",
)
def outbox(lab):
    stage, text = Stage(lab), lab.text()
    stage.enter()
    stage.type(f"message Boris {text}")
    id = expect_msg(stage, text).get("id")
    stage.leave()
    stage.enter()
    message = expect_msg(stage, text)
    expect_equal("the same id, and to whom", [message.get("id"), message.get("to")], [id, "Boris"])
    stage.answer(message, 202, "stored")
    stage.type("all a mark")
    stage.answer(expect_msg(stage, "a mark"), 200, "sent")
    stage.expect_shown("200")
    stage.leave()
    stage.enter()
    stage.type("all the end")
    expect_msg(stage, "the end")


@check(
    "L12-C09",
    "L12-R2",
    "what was typed arrives once, if client and server are killed before the answer",
    hint="The commit comes before the sending, so that no moment is left in which a killed "
    "client would have forgotten what it has sent. UNIQUE(sender, id) does the rest.",
    after="L12-C08",
)
def killed_both(lab):
    server, name, text = serve(lab), lab.word(), lab.text()
    (boris,) = introduce(lab, server, lab.word())
    client = enter_client(lab, server, name)
    with locked(lab):
        client.type(f"message {boris} {text}\n")
        lab.wait_for(lambda: client_has(lab, text), "the text is in the client's data")
        client.process.kill()
        server.program.process.kill()
        lab.tell("", "(both are killed; then both are started again)")
    server = serve_on(lab, server)
    for line in ("the second", "the third"):
        client = enter_client(lab, server, name)
        client.type(f"message {boris} {line}\nquit\n")
        lab.expect_end(client)
    Member(lab, server, boris).expect_letters(text, "the second", "the third")


def enter_client(lab, server, name):
    """Start the client; wait until it is let in."""
    server.connect().close()
    client = lab.client("127.0.0.1", str(server.port), "--name", name)
    if not client.says("welcome", lab.left(10)):
        raise CheckFailed("the client shows the welcome", client.stdout or "nothing")
    return client


def client_has(lab, text):
    """Tell whether a text stands in a file of the client's."""
    files = [path for path in (lab.place / "home").rglob("*") if path.is_file()]
    return any(text.encode() in path.read_bytes() for path in files)


def serve_on(lab, server):
    """Start a server again, on the same port: the client keeps one file for each server."""
    address = ("-a", "127.0.0.1", "-p", str(server.port))
    url = f"sqlite:///{(lab.place / 'the data.db').as_posix()}"
    server.program.ends(lab.left(5))
    server.program = lab.run("server.py", *address, *lab.in_terminal(), "--db", url)
    server.answered = False
    return server


@check(
    "L12-C10",
    "L12-R2",
    "history shows after a restart what was said with somebody, from the client's own file",
    hint="A table of lines: chat, sender, text, time, state. A line of one's own is there from "
    "the moment at which it was typed.",
    after="L12-C05",
)
def history_stays(lab):
    stage, mine, theirs = Stage(lab), lab.text(), lab.text()
    stage.enter()
    stage.say("Boris", theirs, number=3)
    stage.expect_shown(theirs)
    stage.type(f"message Boris {mine}")
    stage.answer(expect_msg(stage, mine), 200, "sent")
    stage.leave()
    stage.enter()
    stage.type("history Boris")
    for text in (theirs, mine):
        stage.expect_shown(text)
    stage.leave()
    stage.enter(name="Clara")
    stage.type("history Boris")
    stage.type("all done")
    stage.answer(expect_msg(stage, "done"), 200, "all have heard it")
    stage.expect_shown("all have heard it")
    if theirs in stage.program.stdout:
        raise CheckFailed("each account has a file of its own", "Clara sees another's history")


@check(
    "L12-C11",
    "L12-R2",
    "the client acknowledges what it has stored, and shows nothing twice",
    hint="Say acknowledge in the presence; commit, then send ack with the number. A message "
    "whose number is there already is acknowledged, not shown.",
    after="L12-C05",
)
def acknowledges(lab):
    stage, said = Stage(lab), [lab.text() for _ in range(3)]
    expect_equal("acknowledge of the presence", stage.enter().get("acknowledge"), True)
    stage.say("Boris", said[0], number=5)
    stage.expect_ack(5)
    stage.say("Boris", said[1], to="#all", number=900)
    stage.say("Boris", "not to be forgotten", number=6)
    stage.expect_ack(6)
    stage.leave()
    stage.enter()
    stage.say("Boris", said[0], number=5)
    stage.say("Boris", said[2], number=7)
    stage.expect_ack(7)
    stage.expect_shown(said[2])
    if said[0] in stage.program.stdout:
        raise CheckFailed("what was shown is not shown again", said[0])
