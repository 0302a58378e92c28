"""Checks of lesson 11: messages wait for who is away, and come in order and once."""

import codecs
import contextlib
import json

from course.harness import CheckFailed, check
from course.harness.peer import encode
from course.harness.people import expect_equal, shown
from course.harness.stored import Member, introduce, serve, texts

QUOTA = 1000  # messages that may wait for one recipient


@check(
    "L11-C06",
    "L11-R2",
    "a message to somebody absent is answered 202, and comes on return, in order and once",
    hint="202 if the recipient is known and not here. remember_login returns what waits, oldest "
    "first; a client that does not acknowledge has it when its socket has taken it.",
    after="L11-C01",
)
def waits_for_return(lab):
    server, name, said = serve(lab), lab.word(), texts(lab, 60)
    anna = Member(lab, server)
    anna.say(name, "to somebody never seen", 404)
    introduce(lab, server, name)
    for text in said:
        anna.say(name, text, 202)
    boris = Member(lab, server, name)
    boris.expect_letters(*said)
    anna.say(name, "now you are here", 200)
    boris.expect_letters("now you are here")
    boris.expect_nothing_more("everything came already")
    boris.go()
    Member(lab, server, name).expect_nothing_more("all that waited came at the first return")


@check(
    "L11-C07",
    "L11-R2",
    "the same id and text again gets the same answer and is not sent twice; another text gets 409",
    hint="UNIQUE(sender, id). If an insertion breaks it, look at what was kept: the same recipient "
    "and text give the code that is kept beside it, anything else is 409.",
    after="L11-C06",
)
def ids_are_used_once(lab):
    server, name, id = serve(lab), lab.word(), lab.random.randbytes(8).hex()
    introduce(lab, server, name)
    anna, clara = Member(lab, server), Member(lab, server)
    for _ in range(3):
        answer = anna.say(name, "hello", 202, id=id)
        expect_equal("the id of the answer", answer.get("id"), id)
    anna.say(name, "another text", 409, id=id)
    clara.say(name, "another sender", 202, id=id)
    boris = Member(lab, server, name)
    boris.expect_letters("hello", "another sender")
    anna.say(name, "hello", 202, id=id)
    anna.say("#all", "hello", 409, id=id)
    for _ in range(2):
        anna.say(name, "you are here", 200, id=id + "-2")
    boris.expect_letters("you are here")
    boris.expect_nothing_more("every id was used before")


@check(
    "L11-C08",
    "L11-R2",
    "what was answered survives kill -9, and comes in order and once",
    hint="Answer when the transaction has been committed, not before: effect.then() is called with "
    "its result. A client that got no answer sends the same id again.",
    after="L11-C07",
)
def survives_a_kill(lab):
    server, name, said = serve(lab), lab.word(), texts(lab, 400)
    introduce(lab, server, name)
    anna = Member(lab, server)
    for number, text in enumerate(said):
        anna.peer.send(anna.letter(name, text, id=f"id-{number}"))
    answered = lab.random.randrange(10, 100)
    for _ in range(answered):
        anna.expect(202)
    server.program.process.kill()
    lab.tell("", "(the server is killed; then one is started again)")
    server = serve(lab)
    anna = Member(lab, server, anna.name)
    for number, text in enumerate(said[answered:], answered):
        anna.say(name, text, 202, id=f"id-{number}")
    boris = Member(lab, server, name)
    boris.expect_letters(*said)
    boris.expect_nothing_more("what was not answered was sent again, with the same id")


@check(
    "L11-C12",
    "L11-R2",
    "1,000 messages may wait for one recipient, the next are refused with 410 until it returns",
    hint="Count what waits for the recipient, in the transaction that adds to it.",
    after="L11-C06",
)
def quota(lab):
    server, name, other = serve(lab), lab.word(), lab.word()
    introduce(lab, server, name, other)
    anna = Member(lab, server)
    letters = [anna.letter(name, f"number {number}") for number in range(QUOTA + 5)]
    lab.tell("sent", f"{QUOTA + 5} messages to {name}")
    anna.peer.sock.sendall(b"\n".join(map(encode, letters)) + b"\n")
    answers = read_many(anna.peer, QUOTA + 5)
    codes = [answer.get("response") for answer in answers]
    if codes != [202] * QUOTA + [410] * 5:
        counted = {code: codes.count(code) for code in codes}
        raise CheckFailed("1,000 times 202, then 410", f"these codes, so often: {counted}")
    anna.say(other, "somebody else", 202)
    boris = Member(lab, server, name)
    heard = [letter.get("message") for letter in read_many(boris.peer, QUOTA)]
    if heard != [letter["message"] for letter in letters[:QUOTA]]:
        raise CheckFailed("the first 1,000 messages, in order", f"{heard[:3]} … {heard[-3:]}")
    boris.ask("get_history", 202, **{"with": name})  # by now it is noted that they have arrived
    boris.go()
    anna.say(name, "there is room again", 202)


def read_many(peer, count):
    """Read many messages quickly, and without a report that nobody could read."""
    decoder, messages = json.JSONDecoder(), []
    text = codecs.getincrementaldecoder("utf-8")()
    rest = text.decode(peer.data).lstrip()
    while len(messages) < count:
        try:
            message, end = decoder.raw_decode(rest)
        except ValueError:
            rest += text.decode(read_piece(peer, f"{count} messages", len(messages)))
        else:
            messages.append(message)
            rest = rest[end:].lstrip()
    peer.data = rest.encode()
    peer.lab.tell("received", f"{count} messages, the last is {shown(messages[-1])}")
    return messages


def read_piece(peer, expected, so_far):
    """Return the next bytes."""
    peer.sock.settimeout(peer.lab.left(8))
    with contextlib.suppress(OSError):
        if piece := peer.sock.recv(1 << 16):
            return piece
    raise CheckFailed(expected, f"{so_far}, and then nothing more")
