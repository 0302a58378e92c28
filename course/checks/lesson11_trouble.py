"""Checks of lesson 11: answers that keep what they promise, also when the database is locked."""

import time

from course.harness import CheckFailed, check
from course.harness.stored import Member, introduce, locked, serve


@check(
    "L11-C13",
    "L11-R2",
    "the answer comes after the commit: not while the database is locked",
    hint="200 and 202 are promises. Return an Effect from handle(), and the answer from its "
    "then(): the shell calls that when the transaction is over.",
    after="L11-C06",
)
def commit_then_answer(lab):
    server, name = serve(lab), lab.word()
    introduce(lab, server, name)
    anna, boris = Member(lab, server), Member(lab, server)
    with locked(lab):
        for to in (name, boris.name, "#all"):
            anna.peer.send(anna.letter(to, f"for {to}"))
        guest = server.connect()
        guest.send(lab.presence())
        if anna.peer.answered(1) or boris.peer.answered(0) or guest.answered(0):
            raise CheckFailed("nothing is said that is not stored yet", "something was said")
    for code in (202, 200, 200):
        anna.expect(code, within=12)
    guest.expect(200, within=12)
    boris.expect_letters(f"for {boris.name}", "for #all")


@check(
    "L11-C14",
    "L11-R2",
    "while the database is locked, the server serves what needs no database",
    hint="The loop must never wait for the database: one thread writes, and a socket pair wakes "
    "the selector when it has something to tell.",
    after="L11-C06",
)
def loop_never_waits(lab):
    server = serve(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    with locked(lab):
        anna.peer.send(anna.letter(boris.name, "this has to wait"))
        began = time.monotonic()
        for _ in range(20):
            boris.ask("get_users", 202)
        took = time.monotonic() - began
    if took > 2:
        raise CheckFailed("20 times get_users, at once", f"it took {took:.1f} seconds")
    anna.expect(200, within=12)


@check(
    "L11-C15",
    "L11-R2",
    "a database that stays locked: 500 in words, nothing answered is lost, and the server lives on",
    hint="sqlite3 raises OperationalError after its timeout: 5 seconds by default. Turn it into "
    "an error of your own, and answer 500 to whom it concerns.",
    after="L11-C13",
)
def stays_locked(lab):
    server, name = serve(lab), lab.word()
    introduce(lab, server, name)
    anna = Member(lab, server)
    anna.say(name, "before", 202)
    with locked(lab):
        anna.peer.send(anna.letter(name, "in vain"))
        answer = anna.expect(500, within=12)
        words = answer.get("error")
        if not isinstance(words, str) or not words or "sqlite" in words.lower():
            raise CheckFailed("words for people, without details", repr(words))
    anna.say(name, "after", 202)
    boris = Member(lab, server, name)
    boris.expect_letters("before", "after")
    boris.expect_nothing_more("what was answered 500 is not kept")
    lab.expect_no_traceback(server.program)
