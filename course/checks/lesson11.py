"""Checks of lesson 11: a database, and answers that keep what they promise."""

import codecs
import contextlib
import json
import sqlite3
import time

from course.harness import CheckFailed, check
from course.harness.lab import last_words
from course.harness.peer import encode
from course.harness.people import expect_equal, shown
from course.harness.stored import (
    Member,
    address,
    ask_storage,
    database,
    introduce,
    locked,
    serve,
    texts,
)

SUPERSEDED = {
    f"L10-C{number:02}": "the verifiers and Port have graduated: common/tests/ has their tests"
    for number in range(1, 13)
} | {"L10-C14": "a Server is made with a storage now: L11-C17"}
QUOTA = 1000  # messages that may wait for one recipient
PAGE = 50  # messages of the past in one answer


# The database


@check(
    "L11-C01",
    "L11-R1",
    "storage keeps clients, and for each login its time and address",
    hint="remember_login adds the client if it is new, and always a row to the history. Is the "
    "transaction committed (session.begin() does it at the end of its block)?",
    after="L03-C01",
)
def logins_are_kept(lab):
    anna, boris = lab.word(), lab.word()
    entries = [(anna, "192.0.2.7", 1000.5), (boris, "2001:db8::1", 2000.25)]
    entries.append((anna, "192.0.2.9", 3000.75))
    about = "Storage(URL): remember_login, three times"
    ask_storage(lab, about, f"for entry in {entries!r}:\n    storage.remember_login(*entry)")
    code = f"""
clients = [[c.name, c.last_login, c.last_address, c.logins] for c in storage.clients()]
logins = [[login.name, login.address, login.moment] for login in storage.logins(10)]
result = [sorted(clients), logins, [storage.is_known(n) for n in {[anna, boris, "x" + anna]!r}]]
"""
    clients, logins, known = ask_storage(lab, "another process reads it", code)
    expect_equal("clients()", clients, sorted([[anna, 3000.75, "192.0.2.9", 2], two(entries[1])]))
    expect_equal("logins(10), oldest first", logins, [list(entry) for entry in entries])
    expect_equal("is_known, the third was never seen", known, [True, True, False])


def two(entry):
    """Return the row of a client who came once."""
    return [entry[0], entry[2], entry[1], 1]


@check(
    "L11-C02",
    "L11-R1",
    "storage keeps contact lists, each its owner's",
    hint="A row of owner_id and client_id, and both together are the key. That Boris is a contact "
    "of Anna does not make Anna one of Boris.",
    after="L11-C01",
)
def contacts_are_kept(lab):
    anna, boris, clara = sorted(lab.word() for _ in range(3))
    code = f"""
anna, boris, clara = {(anna, boris, clara)!r}
for name in (anna, boris, clara):
    storage.remember_login(name, "", 1)
result = [storage.add_contact(anna, name) for name in (clara, boris, boris, anna, "x" + anna)]
result += [storage.add_contact(boris, clara), storage.remove_contact(boris, clara)]
result += [storage.remove_contact(boris, clara)]
"""
    wanted = ["added", "added", "twice", "oneself", "unknown", "added", True, False]
    expect_equal("what became of each", ask_storage(lab, "add and remove contacts", code), wanted)
    code = f"""
result = [storage.contacts_of(name) for name in {(anna, boris, clara)!r}]
result.append([c.contacts for c in storage.clients() if c.name == {anna!r}])
"""
    lists = ask_storage(lab, "another process reads the lists", code)
    expect_equal("contacts_of, of three people; a figure", lists, [[boris, clara], [], [], [2]])


@check(
    "L11-C03",
    "L11-R1 L11-R2",
    "a name is one account, whatever its capital letters",
    hint="Keep the name as it was first written, and beside it name.casefold() with a UNIQUE "
    "constraint; look for that one.",
    after="L11-C01",
)
def one_account(lab):
    server, name = serve(lab), lab.word()
    boris = Member(lab, server)
    introduce(lab, server, name, name.upper())
    boris.say(name.title(), "for you", 202)
    Member(lab, server, name.upper()).expect_letters("for you")
    code = "result = sorted([c.name, c.logins] for c in storage.clients())"
    clients = ask_storage(lab, "the clients in the database", code)
    expect_equal("clients()", clients, sorted([[name, 3], [boris.name, 1]]))


@check(
    "L11-C04",
    "L11-R2",
    "the running server fills the tables, and the statistics are right",
    hint="The hub lets remember_login be carried out at a presence, with the address that the "
    "shell has from accept(), and keep_messages at a message.",
    after="L11-C01",
)
def server_fills_tables(lab):
    server, began = serve(lab), time.time()
    anna, boris = Member(lab, server), Member(lab, server)
    said = texts(lab, 3)
    anna.say(boris.name, said[0])
    anna.say("#all", said[1])
    boris.say(anna.name, said[2])
    code = """
result = {c.name: [c.last_address, c.logins, c.sent, c.received] for c in storage.clients()}
moments = [login.moment for login in storage.logins(10)]
past = [[letter.sender, letter.recipient, letter.text] for letter in storage.history(10)]
result = [result, moments, past]
"""
    figures, moments, past = ask_storage(lab, "the database of the running server", code)
    wanted = {anna.name: ["127.0.0.1", 1, 2, 1], boris.name: ["127.0.0.1", 1, 1, 1]}
    expect_equal("address, logins, sent, received of each", figures, wanted)
    if not all(began - 1 <= moment <= time.time() + 1 for moment in moments):
        raise CheckFailed("the times of the logins, in seconds since 1970", repr(moments))
    people = [(anna.name, boris.name), (anna.name, "#all"), (boris.name, anna.name)]
    wanted = [[*pair, text] for pair, text in zip(people, said, strict=True)]
    expect_equal("history(10), oldest first", past, wanted)


@check(
    "L11-C05",
    "L11-R3",
    "without --db the database is a SQLite file of the user's",
    hint="The folder JIM_HOME if the environment names one, else the user's data folder of the "
    "platform (platformdirs knows it); in it server.db. Make the folder.",
    after="L11-C01",
)
def default_place(lab):
    Member(lab, lab.server()).go()
    path = lab.place / "home" / "server.db"
    if not path.is_file() or not path.read_bytes().startswith(b"SQLite format 3"):
        raise CheckFailed("a SQLite database server.db in the folder JIM_HOME", "there is none")


# Messages that wait


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


# Trouble


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


def expect_refusal(lab, url, *words, never=None):
    """Start a server on a database that it cannot use: one line with these words, exit code 1."""
    options = ("-a", "127.0.0.1", "-p", "0", "--db", url, *lab.in_terminal())
    program = lab.run("server.py", *options)
    code = lab.expect_end(program, 15)
    said = program.stderr.strip()
    lab.expect_no_traceback(program)
    good = code == 1 and said.count("\n") == 0 and all(word in said for word in words)
    if not good or (never and never in said):
        without = f", without {never}" if never else ""
        wanted = f"exit code 1, one line with {', '.join(words)}{without}"
        raise CheckFailed(wanted, f"exit code {code}: {last_words(program)}")


@check(
    "L11-C16",
    "L11-R3",
    "a database that cannot be used is refused in one line: damaged, too new, out of reach",
    hint="Open the database and compare the version in its table about when the server starts; "
    "sys.exit(words) gives exit code 1. str(url) would show the password: render_as_string.",
    after="L11-C01",
    limit=60,
)
def unusable_databases(lab):
    ask_storage(lab, "a good database", "storage.remember_login('Anna', '', 1)")
    with contextlib.closing(sqlite3.connect(database(lab))) as connection, connection:
        connection.execute("UPDATE about SET version = version + 1000")
    lab.tell("", "(its version is 1,000 greater now)")
    expect_refusal(lab, address(lab), database(lab).name, "newer")
    database(lab).write_bytes(lab.random.randbytes(20_000))
    for helper in lab.place.glob("the data.db-*"):
        helper.unlink()
    lab.tell("", "(it holds noise now)")
    expect_refusal(lab, address(lab), database(lab).name)
    expect_refusal(lab, f"sqlite:///{lab.place.as_posix()}/nowhere/x.db", "nowhere")
    with contextlib.closing(lab.listen().sock) as sock:
        port = sock.getsockname()[1]
    secret = lab.random.randbytes(8).hex()
    url = f"postgresql+psycopg://anna:{secret}@127.0.0.1:{port}/chat"
    expect_refusal(lab, url, str(port), never=secret)


@check(
    "L11-C17",
    "L11-R2",
    "Server(address, port, storage) checks its port first, as in lesson 10",
    hint="self.port = port is the first line of __init__, and Port comes from common.port.",
)
def port_of_the_server(lab):
    code = """
from server import Server
result = [type(vars(Server).get("port")).__name__]
try:
    Server("127.0.0.1", 99999, None)
except Exception as error:
    result.append(f"{type(error).__name__}: {error}")
"""
    kind, words = lab.probe("Server('127.0.0.1', 99999, None)", code)
    if kind != "Port" or not words.startswith("ValueError: Wrong port: "):
        raise CheckFailed("vars(Server)['port'] is a Port; ValueError: Wrong port: …", words)
