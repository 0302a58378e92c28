"""Checks of lesson 11: what has arrived is acknowledged, and the past can be read."""

import time

from course.harness import CheckFailed, check
from course.harness.people import expect_equal, shown
from course.harness.stored import Member, introduce, serve, texts

PAGE = 50  # messages of the past in one answer


def growing_numbers(letters):
    """Return the numbers of messages, which must grow."""
    numbers = [letter.get("number") for letter in letters]
    if not all(type(number) is int for number in numbers) or numbers != sorted(set(numbers)):
        raise CheckFailed("each message has a number, and they grow", repr(numbers))
    return numbers


@check(
    "L11-C09",
    "L11-R2",
    "who says acknowledge gets a message again on each return until it is acknowledged",
    hint="To send it is not enough: it waits until an ack with its number, or a greater one, has "
    "come. The number is the key that the message has in the database.",
    after="L11-C06",
)
def until_acknowledged(lab):
    server, name, said = serve(lab), lab.word(), texts(lab, 30)
    introduce(lab, server, name)
    anna = Member(lab, server)
    for text in said:
        anna.say(name, text, 202)
    for _ in range(2):
        boris = Member(lab, server, name, acknowledge=True)
        letters = boris.expect_letters(*said)
        boris.expect_nothing_more("these were all")
        boris.go()
    numbers = growing_numbers(letters)
    boris = Member(lab, server, name, acknowledge=True)
    boris.expect_letters(*said)
    boris.ask("ack", 200, number=numbers[19], id="noted")
    boris.go()
    boris = Member(lab, server, name, acknowledge=True)
    boris.expect_letters(*said[20:])
    anna.say(name, "and one more", 200)
    [last] = boris.expect_letters("and one more")
    boris.peer.send({"action": "ack", "time": time.time(), "number": last["number"]})
    boris.expect_nothing_more("an ack without an id is not answered")
    boris.go()
    Member(lab, server, name).expect_nothing_more("all is acknowledged")


@check(
    "L11-C10",
    "L11-R2",
    "a sender who says acknowledge is told when its message has arrived, not before",
    hint="acknowledge() returns whose messages these were, and their ids: "
    "update(...).returning(...) knows both.",
    after="L11-C09",
)
def delivered_is_told(lab):
    server, name = serve(lab), lab.word()
    introduce(lab, server, name)
    anna, plain = Member(lab, server, acknowledge=True), Member(lab, server)
    plain.say(name, "one", 202, id="plain")
    anna.say(name, "two", 202, id="a-1")
    boris = Member(lab, server, name, acknowledge=True)
    letters = boris.expect_letters("one", "two")
    anna.expect_nothing_more("the message has been sent, and not yet acknowledged")
    boris.ask("ack", 200, number=letters[-1]["number"], id="noted")
    expect_delivered(anna, "a-1", name)
    plain.expect_nothing_more("it has not said acknowledge")
    boris.go()
    anna.say(name, "three", 202, id="a-2")
    Member(lab, server, name).expect_letters("three")  # a plain client: read is acknowledged
    expect_delivered(anna, "a-2", name)
    anna.expect_nothing_more("both have arrived")


def expect_delivered(member, id, to):
    """Wait until a sender is told that a message has arrived."""
    expected = f"action delivered, id {id}, to {to}"
    message = member.next(expected)
    said = message if isinstance(message, dict) else {}
    if (said.get("action"), said.get("id"), said.get("to")) != ("delivered", id, to):
        raise CheckFailed(expected, shown(message))


@check(
    "L11-C11",
    "L11-R2",
    "get_history gives one's own conversation page by page, oldest first, and no one else's",
    hint="The last 50 before a number: ORDER BY number DESC LIMIT 50, then turned round. The "
    "asker's name is what the hub knows, not what the message says. A room: 403 if not in it.",
    after="L11-C06",
)
def history_is_given(lab):
    server, said = serve(lab), texts(lab, PAGE + 12)
    anna, boris, clara = (Member(lab, server) for _ in range(3))
    anna.ask("join", 200, room="#garden")
    for text in said:
        boris.say(anna.name, text)
    anna.say(boris.name, "my answer")
    clara.say(anna.name, "another conversation")
    anna.say("#garden", "it is quiet here")
    page = history(anna, boris.name)
    expect_equal("the last page", [row[1] for row in page], [*said[13:], "my answer"])
    wanted = [(boris.name, anna.name), (anna.name, boris.name)]
    expect_equal("from and to", [tuple(row[2:]) for row in page[-2:]], wanted)
    rest = history(anna, boris.name, before=page[0][0])
    expect_equal("the page before it", [row[1] for row in rest], said[:13])
    expect_equal("with a name that nobody has", history(clara, lab.word()), [])
    expect_equal("Clara with Boris", history(clara, boris.name), [])
    expect_equal("the room", [row[1] for row in history(anna, "#garden")], ["it is quiet here"])
    clara.ask("get_history", 403, **{"with": "#garden"})
    clara.ask("get_history", 404, **{"with": "#nowhere"})


def history(member, other, **fields):
    """Ask for the past; return number, text, from and to of each message."""
    page = member.ask("get_history", 202, **{"with": other}, **fields).get("alert")
    if not isinstance(page, list):
        raise CheckFailed("alert is an array of messages", repr(page))
    return [[row.get(key) for key in ("number", "message", "from", "to")] for row in page]
