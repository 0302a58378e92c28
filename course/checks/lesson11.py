"""Checks of lesson 11: a database for the server."""

import contextlib
import sqlite3
import time

from course.harness import CheckFailed, check
from course.harness.lab import last_words
from course.harness.people import expect_equal
from course.harness.stored import Member, address, ask_storage, database, introduce, serve, texts

SUPERSEDED = {
    f"L10-C{number:02}": "the verifiers and Port have graduated: lesson 10 has their tests"
    for number in range(1, 13)
} | {"L10-C14": "a Server is made with a storage now: L11-C17"}


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
