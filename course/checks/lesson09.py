"""Checks of lesson 9: classes, rules without a socket, rooms."""

import ast

from course.harness import CheckFailed, check
from course.harness.peer import Peer, encode
from course.harness.people import Member, expect_equal, expect_words, run_client

SUPERSEDED = {
    "L07-C09": "the server waits with selectors now: L09-C31, L09-C32",
} | {
    f"L08-C{number}": "the variant stays in lesson 8"
    for number in (*range(31, 34), *range(41, 61), *range(61, 78))
}
FORBIDDEN = {"socket", "select", "selectors", "threading", "time"}


def a_room(lab):
    """Return a random name of a room."""
    return f"#{lab.word()}"


# Classes


@check(
    "L09-C01",
    "L09-R1",
    "Server, Client and Hub are classes with the published methods",
    hint="The names are in the lesson's table. A method stands where the part lives that does it: "
    "presence_answer is a rule of the chat, so it belongs to Hub.",
    after="L03-C01",
)
def classes_have_methods(lab):
    missing = lab.probe(
        "import server, client, hub",
        """
import server, client, hub
published = {
    "Server": (server, "create_socket_server read_requests write_responses send_data main"),
    "Client": (client, "main create_client_socket create_presence parse_response"),
    "Hub": (hub, "joined handle left presence_answer"),
}
result = []
for name, (module, methods) in published.items():
    found = getattr(module, name, None)
    if not isinstance(found, type):
        result.append(f"a class {name} in {module.__name__}.py")
    result += [f"{name}.{m}" for m in methods.split() if not callable(getattr(found, m, None))]
""",
    )
    if missing:
        raise CheckFailed("all published classes and methods", f"missing: {', '.join(missing)}")


@check(
    "L09-C02",
    "L09-R1",
    "get_addr_port reads the command line of both scripts",
    hint="parser.parse_args() returns an object that has addr and port: give that back.",
    after="L09-C01",
)
def command_lines_are_read(lab):
    port = lab.random.randrange(2000, 60000)
    lines = {
        "server": {("-a", "127.0.0.1", "-p", str(port)): ["127.0.0.1", port], (): ["", 7777]},
        "client": {
            ("127.0.0.1", str(port), "-n", "Anna"): ["127.0.0.1", port],
            ("127.0.0.1",): ["127.0.0.1", 7777],
        },
    }
    for script, expected in lines.items():
        read = lab.probe(
            f"get_addr_port() of {script}.py, with arguments and without",
            f"""
import {script}
result = []
for words in {list(expected)!r}:
    sys.argv = ["{script}.py", *words]
    read = {script}.get_addr_port()
    result.append(["" if read.addr in ("0.0.0.0", "::") else read.addr, read.port])
""",
        )
        wanted = list(expected.values())
        expect_equal(f"get_addr_port() of {script}.py: addr and port", read, wanted)


CLIENT_METHODS = """
import client
anna = client.Client(name, None)
try:
    none = anna.parse_response({"time": 1})
except ValueError:
    none = "ValueError"
result = [
    anna.create_presence(status),
    anna.parse_response({"response": 200, "time": 1, "alert": words}),
    anna.parse_response({"response": 409, "time": 1, "error": words}),
    none,
]
with anna.create_client_socket("127.0.0.1", port) as sock:
    sock.sendall(b'{"action": "seen"}')
"""


@check(
    "L09-C03",
    "L09-R1",
    "the client's methods return what the functions returned",
    hint="create_presence(status) takes the name from self; parse_response is the function it was.",
    after="L09-C01",
)
def client_methods_return(lab):
    listener = lab.listen()
    name, status, words = lab.word(), lab.text(), lab.text()
    values = f"name, status, words, port = {name!r}, {status!r}, {words!r}, {listener.port}"
    presence, good, bad, none = lab.probe(
        "a Client without a screen, its methods called one by one", values + CLIENT_METHODS
    )
    expect_equal("create_presence", presence.get("user"), {"account_name": name, "status": status})
    expect_equal("create_presence", presence.get("action"), "presence")
    expect_equal("parse_response (an alert)", good, [200, words])
    expect_equal("parse_response (an error)", bad, [409, words])
    expect_equal("parse_response (what is no answer)", none, "ValueError")
    expect_equal("create_client_socket", listener.accept().receive(), {"action": "seen"})


SERVED = """
import hub, json, server, socket, threading
seen, made = set(), {}

def watched(owner, name, plain):
    def method(self, *args, **kwargs):
        seen.add(f"{owner}.{name}")
        made[name] = plain(self)(*args, **kwargs)
        return made[name]
    return method

class Watched(server.Server):
    pass

def bequeathed(name):
    return lambda self: getattr(super(Watched, self), name)

for name in ("create_socket_server", "read_requests", "write_responses", "send_data", "main"):
    setattr(Watched, name, watched("Server", name, bequeathed(name)))
handle = hub.Hub.handle
hub.Hub.handle = watched("Hub", "handle", lambda self: handle.__get__(self))
one = Watched("127.0.0.1", 0)
threading.Thread(target=one.main, daemon=True).start()
address = made["create_socket_server"].getsockname()
with socket.create_connection(address, timeout=6) as sock:
    sock.sendall(MESSAGE)
    answer = json.loads(sock.recv(65536))
result = [answer.get("response"), sorted(seen)]
"""


@check(
    "L09-C04",
    "L09-R1",
    "a message walks through the methods of Server and through the Hub",
    hint="main() repeats: wait, read_requests, write_responses; that one asks hub.handle() and "
    "gives what comes back to send_data().",
    after="L09-C01",
)
def message_walks_through(lab):
    message = encode(lab.presence()) + b"\n"
    code, seen = lab.probe(
        "a Server in a thread, noting which methods a presence passes",
        SERVED.replace("MESSAGE", repr(message)),
    )
    steps = "create_socket_server", "main", "read_requests", "send_data", "write_responses"
    expect_equal("a presence", code, 200)
    expect_equal("its way", seen, ["Hub.handle", *(f"Server.{step}" for step in steps)])


# The rules, without a socket


@check(
    "L09-C05",
    "L09-R1",
    "the Hub imports no socket, no waiting, no thread and no clock",
    hint="What the Hub needs of the outside is handed to it: peers, messages, the time as `now`.",
    after="L09-C01",
)
def hub_has_no_sockets(lab):
    looked_at, waiting = set(), ["hub"]
    while waiting:
        name = waiting.pop()
        path = lab.folder / f"{name}.py"
        if name in looked_at or not path.is_file():
            continue
        looked_at.add(name)
        imported = imports(path)
        if imported & FORBIDDEN:
            wanted = f"no import of {', '.join(sorted(imported & FORBIDDEN))}"
            raise CheckFailed(wanted, f"{path.name} has one, and the Hub needs {path.name}")
        waiting += imported


def imports(path):
    """Return the names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def hub_says(lab, about, steps):
    """Let strings be the peers of a Hub; return, for each message, the pairs that it gives out."""
    code = f"""
from hub import Hub
hub, result = Hub(), []
for verb, peer, message in {steps!r}:
    if verb == "handle":
        pairs = hub.handle(peer, message, 12.5)
    elif verb == "presence_answer":
        pairs = hub.presence_answer(peer, message, 12.5)
    else:
        pairs = getattr(hub, verb)(peer) or []
    result.append([[other, given] for other, given in pairs if given])
"""
    return lab.probe(about, code)


def presence_of(name):
    """Return a presence."""
    return {"action": "presence", "time": 1, "user": {"account_name": name, "status": "here"}}


def message_of(sender, to, text="hello"):
    """Return a message."""
    return {"action": "msg", "time": 1, "to": to, "from": sender, "message": text}


def codes(pairs, peer):
    """Return the codes of the answers that a peer gets."""
    return [given["response"] for other, given in pairs if other == peer and "response" in given]


@check(
    "L09-C06",
    "L09-R1",
    "the Hub answers a presence, with the time that it is given",
    hint="handle(peer, message, now) returns a list of pairs: who gets what. For a presence this "
    "is one pair, the peer and its answer; `now` is the answer's time.",
    after="L09-C01",
)
def hub_answers_presence(lab):
    steps = [
        *[("joined", peer, None) for peer in ("one", "two", "three")],
        ("handle", "one", presence_of("Anna")),
        ("handle", "two", presence_of("ANNA")),
        ("handle", "one", presence_of("Boris")),
        ("presence_answer", "three", presence_of("Clara")),
        ("left", "one", None),
        ("handle", "two", presence_of("ANNA")),
        ("handle", "one", presence_of("Anna")),
    ]
    given = hub_says(lab, "a Hub whose peers are strings", steps)[3:]
    answers = [codes(given[0], "one"), codes(given[1], "two"), codes(given[2], "one")]
    answers += [codes(given[3], "three"), codes(given[5], "two"), given[6]]
    expected = [[200], [409], [403], [200], [200], []]
    expect_equal(
        "welcome, a taken name, a second name, presence_answer, the name of one who has left, "
        "a message of one who has left",
        answers,
        expected,
    )
    expect_equal("the time of an answer", given[0][0][1].get("time"), 12.5)


@check(
    "L09-C07",
    "L09-R1",
    "the Hub tells who hears a message, and whose it is",
    hint="handle() returns the message itself beside everybody who is to have it, and the sender's "
    "answer; what a message claims in `from` is compared with what the Hub knows of the peer.",
    after="L09-C06",
)
def hub_passes_on(lab):
    to_all, to_one = message_of("Anna", "#all", lab.text()), message_of("Anna", "boris", lab.text())
    forged, to_nobody = message_of("Boris", "#all"), message_of("Anna", "nobody")
    steps = [
        *[("joined", peer, None) for peer in ("one", "two", "three")],
        ("handle", "one", presence_of("Anna")),
        ("handle", "two", presence_of("Boris")),
        ("handle", "one", to_all),
        ("handle", "one", to_one),
        ("handle", "one", forged),
        ("handle", "one", to_nobody),
        ("handle", "three", message_of("Anna", "#all")),
    ]
    given = hub_says(lab, "a Hub whose peers are strings", steps)[5:]
    heard = [[[who, what] for who, what in pairs if "message" in what] for pairs in given]
    expect_equal("a message to #all", sorted(heard[0]), [["one", to_all], ["two", to_all]])
    expect_equal("a message to one person", heard[1], [["two", to_one]])
    expect_equal("forged, to nobody, from a stranger", heard[2:], [[], [], []])
    answers = [codes(pairs, "one") for pairs in given[:4]] + [codes(given[4], "three")]
    expect_equal("the senders' answers", answers, [[200], [200], [403], [404], [400]])


# Rooms


@check(
    "L09-C08",
    "L09-R1",
    "a message to a room reaches those who have joined it, and nobody else",
    hint="Keep the peers of each room in a collection. Whoever is in it gets the message, its "
    "sender too.",
    after="L03-C01",
)
def rooms_reach_members(lab):
    server, room = lab.server(), a_room(lab)
    anna, boris, clara = (Member(lab, server) for _ in range(3))
    silent = Member(lab, server, receive=False)
    for member in (anna, boris, silent):
        member.ask("join", 200, room=room)
    for to in (room, room.upper()):
        secret, later = lab.text(), lab.text()
        anna.say(to, secret)
        boris.say("#all", later)
        for member in (anna, boris):
            member.expect_heard(secret, anna.name)
            member.expect_heard(later, boris.name)
        clara.expect_heard(later, boris.name)
    silent.say(room, "who listens to nothing may still speak")
    if silent.heard:
        raise CheckFailed("no messages for who does not want to receive", repr(silent.heard))


@check(
    "L09-C09",
    "L09-R1",
    "who has left a room hears it no more, and is not in it any more",
    hint="leave takes the peer out of the room; the answer is 404 for who is not in it.",
    after="L09-C08",
)
def rooms_are_left(lab):
    server, room = lab.server(), a_room(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    for member in (anna, boris):
        member.ask("join", 200, room=room)
    boris.ask("leave", 200, room=room)
    boris.ask("leave", 404, room=room)
    secret, later = lab.text(), lab.text()
    anna.say(room, secret)
    anna.say("#all", later)
    boris.expect_heard(later, anna.name)
    boris.say(room, "let me in", 403)
    anna.expect_heard(secret, anna.name)
    anna.expect_heard(later, anna.name)


NO_ROOMS = ("#all", "#ALL", "", "#", "##x", "#../x", "#" + "a" * 26, "#a b", 5)


@check(
    "L09-C10",
    "L09-R1",
    "rooms refuse what is against their rules",
    hint="404: there is no such room. 403: there is, and you are not in it. 400: that is no name "
    "of a room, or everybody is in it, or you have not said who you are.",
    after="L09-C08",
)
def rooms_refuse(lab):
    server, room = lab.server(), a_room(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    anna.say(room, "is anybody there?", 404)
    anna.ask("leave", 404, room=room)
    anna.ask("join", 200, room=room)
    anna.ask("join", 200, room=room)
    boris.say(room, "hello", 403)
    for fault in (*NO_ROOMS, room[1:], [room]):
        lab.tell("the fault", f"{fault!r} as room")
        for action in ("join", "leave"):
            boris.ask(action, 400, room=fault)
            boris.ask("get_rooms", 202)  # five bad ones in a row would end the connection
    for action in ("join", "leave", "get_rooms"):
        stranger = server.connect()
        stranger.send({"action": action, "time": 1, "room": room})
        stranger.expect(400)
        stranger.finish()


@check(
    "L09-C11",
    "L09-R1",
    "nobody speaks as another in a room",
    hint="Compare `from` with the name of the peer before you look where the message goes.",
    after="L09-C08",
)
def no_forgery_in_rooms(lab):
    server, room = lab.server(), a_room(lab)
    anna, boris, mallory = (Member(lab, server) for _ in range(3))
    for member in (anna, boris, mallory):
        member.ask("join", 200, room=room)
    mallory.say(room, "I owe Mallory a hundred", 403, **{"from": anna.name})
    words = lab.text()
    anna.say(room, words)
    boris.expect_heard(words, anna.name)


@check(
    "L09-C12",
    "L09-R1",
    "who leaves the chat leaves its rooms, and an empty room is gone",
    hint="left(peer) takes the peer out of every room; with the last one the room ends. It has to "
    "happen for quit, for a closed and for a broken connection.",
    after="L09-C09",
)
def rooms_end(lab):
    server, room = lab.server(), a_room(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    for leave in (lambda peer: peer.send({"action": "quit"}), Peer.close, Peer.reset):
        leaver = Member(lab, server)
        leaver.ask("join", 200, room=room)
        anna.ask("join", 200, room=room)
        anna.ask("leave", 200, room=room)
        leave(leaver.peer)
        lab.wait_for(lambda: not rooms(boris), "no room is left")
        boris.say(room, "is anybody there?", 404)


def rooms(member, **fields):
    """Ask which rooms there are."""
    return member.ask("get_rooms", 202, **fields).get("alert")


@check(
    "L09-C13",
    "L09-R1",
    "the list of rooms",
    hint="get_rooms is answered 202 with a JSON array in alert, in alphabetical order, as "
    "get_users is; `after` asks for the rest.",
    after="L09-C08",
)
def list_of_rooms(lab):
    server = lab.server()
    anna, boris = Member(lab, server), Member(lab, server)
    expect_equal("get_rooms while there is none", rooms(anna), [])
    for room in ("#beta", "#Gamma", "#alpha"):
        anna.ask("join", 200, room=room)
    boris.ask("join", 200, room="#GAMMA")
    expect_equal("get_rooms", rooms(boris), ["#alpha", "#beta", "#Gamma"])
    expect_equal("get_rooms after #alpha", rooms(boris, after="#alpha"), ["#beta", "#Gamma"])
    anna.ask("leave", 200, room="#beta")
    expect_equal("get_rooms when #beta is empty", rooms(boris), ["#alpha", "#Gamma"])


# The client


@check(
    "L09-C14",
    "L09-R1",
    "the client's commands for rooms: join, message, leave, rooms, help",
    hint="join and leave send the room; message NAME TEXT serves for a #room too; rooms asks with "
    "get_rooms.",
    after="L09-C08",
)
def client_has_rooms(lab):
    server, room = lab.server(), a_room(lab)
    boris = Member(lab, server)
    boris.ask("join", 200, room=room)
    client = run_client(lab, server, "Anna")
    client.type(f"message {room} too early\n")
    expect_words(lab, client, "403")
    words, reply = lab.text(), lab.text()
    client.type(f"join {room}\nmessage {room} {words}\n")
    boris.expect_heard(words, "Anna")
    boris.say(room, reply)
    lab.wait_for(lambda: in_one_line(client, room, boris.name, reply), "room, sender and words")
    boris.ask("join", 200, room="#another")
    client.type("rooms\n")
    expect_words(lab, client, "#another")
    client.type(f"leave {room}\nhelp\n")
    expect_words(lab, client, "join", "leave", "rooms", "message")
    boris.ask("leave", 200, room=room)
    lab.wait_for(lambda: room not in rooms(boris), "the room is empty after: leave")


def in_one_line(program, *words):
    """Tell whether a program has written a line in which all these words stand."""
    lines = (program.stdout + program.stderr).splitlines()
    return any(all(word in line for word in words) for line in lines)
