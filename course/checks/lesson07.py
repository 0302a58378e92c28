"""Checks of lesson 7: many at once, a stream cut anywhere, clients that harm only themselves."""

import time

from course.console import visible
from course.harness import CheckFailed, CheckSkipped, check, frames
from course.harness.lab import last_words
from course.harness.peer import encode
from course.harness.people import greeted
from course.harness.ports import allow_descriptors

ROOM = "#all"
SUPERSEDED = {
    "L03-C04": "two clients now, one that sends and one that receives: L07-C11, L07-C12",
    "L03-C05": "the same",
    "L03-C06": "the same",
    "L03-C07": "Connection and Peer do now what those functions did",
    "L03-C08": "the same",
    "L03-C15": "a message that was begun has 30 seconds now",
    "L03-C16": "who listens may be silent as long as he likes",
    "L03-C22": "there are two clients: L07-C14",
    "L03-C24": "the same",
    "L03-C25": "the same",
    "L03-C26": "a message that was begun has 30 seconds now",
    "L04-C02": "the tests are grouped as the modules are",
    "L05-C05": "client.py is back in lesson 8",
    "L06-C01": "@log has graduated: its tests are in common/tests/",
    "L06-C02": "the same",
    "L06-C03": "the same",
    "L06-C04": "the same",
    "L06-C05": "the same",
    "L06-C06": "the same",
    "L06-C07": "the same",
    "L06-C08": "calls are logged only when asked: --debug",
    "L06-C09": "the same",
}


class Guest:
    """A member of the chat who is played by the check."""

    def __init__(self, lab, server, name=None, **presence):
        self.lab = lab
        self.name = name or lab.word()
        self.peer = server.connect()
        user = {"account_name": self.name, "status": "here"}
        self.peer.send(lab.presence(user=user, **presence))
        self.peer.expect(200)

    def message(self, text, **changes):
        """Return a message to the common chat."""
        fields = {"action": "msg", "time": time.time(), "to": ROOM, "from": self.name}
        return fields | {"encoding": "utf-8", "message": text} | changes

    def say(self, *texts, **options):
        """Say something, all of it in one piece."""
        self.peer.send(*map(self.message, texts), **options)

    def expect_heard(self, *texts, sender=None):
        """Read what the others say until these texts have come, in this order; skip answers."""
        for text in texts:
            message = self._next_message(text)
            if message.get("message") != text or (sender and message.get("from") != sender):
                who = f" from {sender}" if sender else ""
                raise CheckFailed(f"the message {text!r}{who}", visible(encode(message), 400))

    def _next_message(self, text):
        while True:
            try:
                message = self.peer.receive()
            except CheckFailed as failure:
                raise CheckFailed(f"the message {text!r}", failure.received) from None
            if message is None:
                raise CheckFailed(f"the message {text!r}", "the connection was closed")
            if "response" not in message:
                return message


@check(
    "L07-C01",
    "L07-R1",
    "what one says is sent to all who are connected",
    hint="Keep all sockets in a collection. When a message comes, queue it for each of them.",
    after="L03-C01",
)
def everybody_hears(lab):
    server = lab.server()
    anna, boris, clara = (Guest(lab, server) for _ in range(3))
    words = lab.text()
    anna.say(words)
    boris.expect_heard(words, sender=anna.name)
    clara.expect_heard(words, sender=anna.name)


@check(
    "L07-C02",
    "L07-R1",
    "a silent client keeps nobody waiting",
    hint="recv() on a socket that has nothing waits: ask select() first which of them have "
    "something.",
    after="L03-C01",
)
def nobody_waits(lab):
    server = lab.server()
    silent = server.connect()
    half = server.connect()
    half.send(frames.GOOD[:40].encode())
    anna, boris = Guest(lab, server), Guest(lab, server)
    anna.say("hello")
    boris.expect_heard("hello")
    silent.close()


@check(
    "L07-C03",
    "L07-R1",
    "200 clients at once",
    hint="socket.create_server(…, backlog=200), and no thread, no waiting for any one of them.",
    after="L07-C01",
)
def two_hundred(lab):
    server = lab.server()
    guests = [Guest(lab, server, name=f"гость{number}") for number in range(200)]
    guests[0].say("hello, all 200")
    for guest in guests[1:]:
        guest.expect_heard("hello, all 200")
        del lab.story[10:]


@check(
    "L07-C04",
    "L07-R3",
    "a message may be cut at any byte, and nobody else waits for its rest",
    hint="Keep what has come of each client in a buffer of its own, and decode when it is whole.",
    after="L07-C01",
)
def cut_anywhere(lab):
    server = lab.server()
    anna, boris, clara = (Guest(lab, server) for _ in range(3))
    message = encode(anna.message("Ёжик 🦔")) + b"\n"
    for cut in range(1, len(message)):
        del lab.story[8:]
        anna.peer.send_pieces([message[:cut]])
        if cut % 10 == 0:
            clara.say("in between")
            boris.expect_heard("in between")
        anna.peer.send_pieces([message[cut:]])
        boris.expect_heard("Ёжик 🦔")


@check(
    "L07-C05",
    "L07-R3",
    "fifty messages in one segment are fifty messages",
    hint="While there is a whole object in the buffer: take it out, handle it, look again.",
    after="L07-C01",
)
def fifty_together(lab):
    server = lab.server()
    anna, boris = Guest(lab, server), Guest(lab, server)
    for end in (b"\n", b"\r\n", b""):
        del lab.story[8:]
        texts = [f"{number} {lab.word()} {{}}" for number in range(50)]
        anna.say(*texts, end=end)
        boris.expect_heard(*texts)


@check(
    "L07-C06",
    "L07-R3",
    "who never reads is cut off, and the others get everything",
    hint="One outbox per client, with a limit: who lets it run over is closed. Send only to "
    "sockets that select() calls writable, and never with sendall().",
    after="L07-C01",
    limit=150,
)
def slow_reader(lab):
    server = lab.server()
    anna, honest = Guest(lab, server, receive=False), Guest(lab, server)
    slow = Guest(lab, server)
    slow.peer.hold_back()
    text = "𝕏" * 500
    for number in range(4500):
        del lab.story[8:]
        anna.say(text)
        anna.peer.expect(200)
        if number % 20 == 19:  # never more than 40 KiB ahead of the honest reader
            honest.expect_heard(*[text] * 20)
    slow.peer.expect_cut()


@check(
    "L07-C07",
    "L07-R3",
    "a client that breaks off ends itself alone",
    hint="Every recv() and send() can raise OSError: close that socket, forget that client, go on.",
    after="L07-C01",
)
def breaking_off(lab):
    server = lab.server()
    anna, boris = Guest(lab, server), Guest(lab, server)
    for number in range(30):
        rude = Guest(lab, server)
        rude.say("x" * 100)
        rude.peer.reset() if number % 2 else rude.peer.close()
        server.connect().close()
        server.connect().reset()
    anna.say("still here")
    lab.wait_for(
        lambda: boris._next_message("still here")["message"] == "still here", "it is heard"
    )


@check(
    "L07-C08",
    "L07-R3",
    "who has said everything and closes half still gets the answers",
    hint="recv() returns b'' when the other side sends no more. It may still read: empty the "
    "outbox, then close.",
    after="L07-C01",
)
def half_close(lab):
    server = lab.server()
    anna, boris = Guest(lab, server, receive=False), Guest(lab, server)
    anna.say(*[f"{number}" for number in range(20)])
    anna.peer.half_close()
    for _ in range(20):
        anna.peer.expect(200)
    anna.peer.expect_closed(within=3)
    boris.expect_heard(*[f"{number}" for number in range(20)])


@check(
    "L07-C09",
    "L07-R1",
    "more clients than select can watch are turned away in words",
    hint="select() takes descriptors below 1,024 (512 sockets on Windows), and the process may"
    " have less: count, and answer the next one with a 500 before you close.",
    after="L07-C01",
    limit=60,
)
def too_many(lab):
    if not allow_descriptors(2300):
        raise CheckSkipped("this system does not let the check open 2,000 connections")
    server = lab.server()
    anna, boris = Guest(lab, server), Guest(lab, server)
    crowd = [server.connect() for _ in range(2000)]
    del lab.story[4:]
    answer = crowd[-1].receive()
    if not isinstance(answer, dict) or not answer.get("response", 0) >= 400:
        raise CheckFailed("an answer of 400 or more for number 2,000", visible(repr(answer)))
    crowd[-1].expect_closed()
    anna.say("still here")
    boris.expect_heard("still here")
    for peer in crowd:
        peer.close()
    lab.wait_for(lambda: greeted(lab, server), "room for a new client when the crowd has gone", 10)


@check(
    "L07-C10",
    "L07-R1",
    "a message has fields too, and nobody speaks as another",
    hint="Check to, from, message (text of 1 to 500 characters) as you check the presence. 403"
    " for a from that is not the client's own name, 404 for a room that is not there.",
    after="L07-C01",
)
def fields_of_a_message(lab):
    server = lab.server()
    anna, boris = Guest(lab, server), Guest(lab, server)
    table = {
        "an object as message": ({"message": {"html": "x"}}, 400),
        "an empty message": ({"message": ""}, 400),
        "501 characters": ({"message": "я" * 501}, 400),
        "a list as to": ({"to": [ROOM]}, 400),
        "another's name": ({"from": boris.name}, 403),
        "a room that is not there": ({"to": "#nowhere"}, 404),
        "500 characters": ({"message": "я" * 500}, 200),
    }
    for fault, (changes, code) in table.items():
        del lab.story[8:]
        lab.tell("the fault", fault)
        anna.peer.send(anna.message("hello", **changes))
        expect_answer(anna, code)
    boris.expect_heard("я" * 500)
    stranger = server.connect()
    stranger.send(anna.message("I have not said who I am"))
    stranger.expect(400)


def expect_answer(guest, code):
    """Read until an answer comes; it must have this code."""
    while True:
        message = guest.peer.receive()
        if message is None or "response" in message:
            break
    if message is None or message["response"] != code:
        raise CheckFailed(f"an answer with response {code}", visible(repr(message), 400))


@check(
    "L07-C11",
    "L07-R2",
    "client_send.py sends each typed line to the common chat",
    hint='Its presence says "receive": false. For each line of sys.stdin: send, read the answer.',
    after="L07-C01",
)
def sender_sends(lab):
    server = lab.server()
    anna, name, words = Guest(lab, server), lab.word(), lab.text()
    client = lab.run("client_send.py", "127.0.0.1", str(server.port), "-n", name)
    client.type(f"{words}\n\nsecond\n")
    anna.expect_heard(words, "second", sender=name)
    client.end_input()
    code = lab.expect_end(client)
    if code:
        raise CheckFailed("exit code 0 at the end of the input", f"{code}: {last_words(client)}")


@check(
    "L07-C12",
    "L07-R2",
    "client_receive.py shows what is said, and Ctrl+C ends it cleanly",
    hint="A loop of receive_message and print; except KeyboardInterrupt around it.",
    after="L07-C01",
)
def receiver_shows(lab):
    server = lab.server()
    anna, words = Guest(lab, server), lab.text()
    client = lab.run("client_receive.py", "127.0.0.1", str(server.port), "-n", lab.word())
    lab.wait_for(lambda: said_and_shown(anna, client, words), "the words on the screen")
    if anna.name not in client.stdout:
        raise CheckFailed(f"the name {anna.name} on the screen", last_words(client))
    client.interrupt()
    lab.expect_end(client)
    lab.expect_no_traceback(client)


def said_and_shown(guest, client, words):
    """Say the words and tell whether they are shown; the client may still be about to connect."""
    guest.say(words)
    return client.says(words, within=0.5)


@check(
    "L07-C13",
    "L07-R2",
    "who only sends is sent answers, no chat",
    hint='Remember "receive": false from the presence, and leave that client out.',
    after="L07-C01",
)
def sender_hears_nothing(lab):
    server = lab.server()
    sender, anna = Guest(lab, server, receive=False), Guest(lab, server)
    anna.say("hello")
    anna.expect_heard("hello")
    sender.say("mine")
    answer = sender.peer.receive()
    if answer is None or "response" not in answer:
        raise CheckFailed("the answer to its own message first", visible(encode(answer)))


@check(
    "L07-C14",
    "L07-R2",
    "both clients say in one line why they cannot connect, and survive a server that misbehaves",
    hint="sys.exit('text') for OSError and ValueError, around everything.",
)
def clients_fail_clearly(lab):
    listener = lab.listen()
    for script in ("client_send.py", "client_receive.py"):
        for answer in (b"hello\n", b'{"response":400,"error":"no"}\n', b"[]\n", b""):
            client = lab.run(script, "127.0.0.1", str(listener.port))
            peer = listener.accept()
            peer.receive()
            peer.send(answer)
            peer.half_close()
            expect_clear_end(lab, client)
            peer.close()
    listener.sock.close()
    for script in ("client_send.py", "client_receive.py"):
        expect_clear_end(lab, lab.run(script, "127.0.0.1", str(listener.port)))


def expect_clear_end(lab, client):
    """Wait for an end with exit code 1 and one line, without a traceback."""
    code = lab.expect_end(client)
    lab.expect_no_traceback(client)
    if not code or not client.stderr.strip():
        raise CheckFailed("one line on stderr and an exit code", f"{code}: {last_words(client)}")


@check(
    "L07-C15",
    "L07-R2",
    "what others say cannot control the terminal",
    hint="Print a character only if str.isprintable() says so, else its escape.",
    after="L07-C12",
)
def harmless_screen(lab):
    server = lab.server()
    anna = Guest(lab, server)
    client = lab.run("client_receive.py", "127.0.0.1", str(server.port))
    hostile = "\x1b[2J\x1b]0;owned\x07\u202eend"
    lab.wait_for(lambda: said_and_shown(anna, client, hostile[-3:]), "the client listens")
    anna.say(hostile)
    lab.wait_for(lambda: client.stdout.count("end") > 1, "the words on the screen")
    if not client.stdout.replace("\n", "").replace("\r", "").isprintable():
        raise CheckFailed("nothing but printable characters", visible(client.stdout))


@check(
    "L07-C16",
    "L07-R4",
    "Connection turns bytes into messages without a socket, and has __slots__",
    hint="receive_data(bytes) returns a list; keep the rest for the next call. __slots__ = (…)"
    " in the class, and no other base class.",
)
def connection_alone(lab):
    result = lab.probe(
        "Connection: bytes in, messages out",
        """
from connection import Connection
c = Connection()
first = c.receive_data(b'{"a": "\\xd0')
second = c.receive_data(b'\\x96"}{"b": 2}\\r\\n{"c"')
third = c.receive_data(b': 3}\\n')
sent = c.send({"d": "Ж"})
result = [first, second, third, sent.decode(), hasattr(c, "__dict__")]
""",
    )
    expected = [[], [{"a": "Ж"}, {"b": 2}], [{"c": 3}]]
    if result[:3] != expected:
        raise CheckFailed(f"{expected}", f"{result[:3]}")
    if result[4]:
        raise CheckFailed("no __dict__ beside the slots", "there is one")
    if not result[3].endswith("\n") or "response" in result[3]:
        raise CheckFailed("send() returns the bytes of the message and a newline", result[3])
