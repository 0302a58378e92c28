"""Checks of lesson 3: one client, one server, and everything that may come instead of a message."""

import time

from course.console import visible
from course.harness import CheckFailed, check, frames
from course.harness.lab import last_words
from course.harness.peer import encode

SECONDS = 5  # that an idle connection and half a message may last


@check(
    "L03-C01",
    "L03-R1",
    "a presence is answered 200",
    hint="The server receives, makes the answer, sends it: three functions. Call all three, in"
    " that order, for every client that accept() returns.",
)
def presence_is_answered(lab):
    client = lab.server().connect()
    client.send(lab.presence())
    client.expect(200)


@check(
    "L03-C02",
    "L03-R1",
    "an answer has a code, a time and a text",
    hint='An answer is {"response": 200, "time": …, "alert": "…"}; from 400 on "alert" is "error".',
    after="L03-C01",
)
def answer_is_complete(lab):
    client = lab.server().connect()
    client.send(lab.presence())
    good = client.expect(200)
    client.send(lab.presence(action="dance"))
    bad = client.expect(400)
    for answer, words in ((good, "alert"), (bad, "error")):
        if type(answer.get("time")) not in (int, float) or not isinstance(answer.get(words), str):
            raise CheckFailed(
                f'a number as "time" and a text as "{words}"', visible(encode(answer))
            )


@check(
    "L03-C03",
    "L03-R1",
    "without arguments the server listens on all addresses, port 7777",
    hint='add_argument("-p", default=7777) and add_argument("-a", default="").',
    after="L03-C01",
)
def server_defaults(lab):
    host, port = lab.probe(
        "server.main() without arguments, and bind() that only looks",
        f"""
import socket
def bind(self, address):
    global result
    result = address
    raise KeyboardInterrupt
socket.socket.bind = bind
sys.argv = {["server.py", *lab.in_terminal()]}
import server
try:
    server.main()
except (KeyboardInterrupt, SystemExit):
    pass
""",
    ) or ("nothing", "nothing")
    if host not in ("", "0.0.0.0", "::") or port != 7777:
        raise CheckFailed("all addresses, port 7777", f"address {host!r}, port {port}")


@check(
    "L03-C04",
    "L03-R2",
    "the client sends a presence",
    hint="create_presence() makes the dictionary; send_message() turns it into JSON and sends it.",
)
def client_sends_presence(lab):
    listener = lab.listen()
    lab.client("127.0.0.1", str(listener.port))
    message = listener.accept().receive()
    problems = [
        not isinstance(message, dict) or message.get("action") != "presence",
        not isinstance(message, dict) or type(message.get("time")) not in (int, float),
        not isinstance(message, dict) or "account_name" not in (message.get("user") or {}),
    ]
    if any(problems):
        wanted = "a presence with action, time and user.account_name"
        raise CheckFailed(wanted, visible(encode(message)))


@check(
    "L03-C05",
    "L03-R2",
    "the client prints the answer and ends with exit code 0",
    hint="print() what parse_response() returns.",
    after="L03-C04",
)
def client_prints_answer(lab):
    listener = lab.listen()
    client = lab.client("127.0.0.1", str(listener.port))
    peer = listener.accept()
    peer.receive()
    words = lab.text()
    peer.send({"response": 200, "time": time.time(), "alert": words})
    code = lab.expect_end(client)
    if words not in client.stdout or "200" not in client.stdout:
        raise CheckFailed(f"200 and the words {words!r} on the screen", last_words(client))
    if code:
        raise CheckFailed("exit code 0", f"exit code {code}")


@check(
    "L03-C06",
    "L03-R2",
    "without a port the client calls 7777",
    hint='add_argument("port", nargs="?", type=int, default=7777).',
    after="L03-C04",
)
def client_default_port(lab):
    port = lab.probe(
        "client.main() with an address only, and connect() that only looks",
        """
import socket
def connect(self, address):
    global result
    result = address[1]
    raise ConnectionRefusedError("seen")
socket.socket.connect = connect
sys.argv = ["client.py", "127.0.0.1"]
import client
try:
    client.main()
except (OSError, SystemExit):
    pass
""",
    )
    if port != 7777:
        raise CheckFailed("a connection to port 7777", f"port {port}")


@check(
    "L03-C07",
    "L03-R3",
    "every step is a function with the published name",
    hint="The names are in the lesson's table of functions. A name that both scripts need may "
    "be defined in messages.py and imported into both.",
    after="L03-C01",
)
def functions_have_names(lab):
    missing = lab.probe(
        "import client, server",
        """
import inspect, client, server
both = {"send_message": 2, "receive_message": 1, "main": 0}
published = {
    client: both | {"create_presence": 2, "parse_response": 1},
    server: both | {"create_socket_server": 2, "make_response": 1},
}
result = []
for module, functions in published.items():
    for name, size in functions.items():
        try:
            inspect.signature(getattr(module, name)).bind(*range(size))
        except (AttributeError, TypeError) as error:
            result.append(f"{module.__name__}.{name} with {size} arguments: {error}")
""",
    )
    if missing:
        raise CheckFailed("all published functions", "; ".join(missing))


@check(
    "L03-C08",
    "L03-R3",
    "the functions return what the lesson's table says",
    hint="Try each function alone in the interpreter, with the values of the table.",
    after="L03-C07",
)
def functions_return(lab):
    name, status, words = lab.word(), lab.text(), lab.text()
    presence, good, bad, welcome, refusal = lab.probe(
        "create_presence, parse_response and make_response, called one by one",
        f"""
import client, server
result = [
    client.create_presence({name!r}, {status!r}),
    client.parse_response({{"response": 200, "time": 1, "alert": {words!r}}}),
    client.parse_response({{"response": 400, "time": 1, "error": {words!r}}}),
    server.make_response(client.create_presence({name!r}, {status!r})),
    server.make_response({{"action": "dance", "time": 1}}),
]""",
    )
    expect_equal("create_presence", presence.get("user"), {"account_name": name, "status": status})
    expect_equal("create_presence", presence.get("action"), "presence")
    expect_equal("parse_response (an alert)", good, [200, words])
    expect_equal("parse_response (an error)", bad, [400, words])
    expect_equal("make_response (a presence)", welcome.get("response"), 200)
    expect_equal("make_response (a dance)", refusal.get("response"), 400)


def expect_equal(what, received, expected):
    if received != expected:
        raise CheckFailed(f"{what} gives {expected!r}", repr(received))


def expect_refusals(lab, lines):
    """Send each line on a connection of its own: 400 each time, and the server lives."""
    server = lab.server()
    for fault, line in lines.items():
        del lab.story[1:]  # what came before is of no interest if this one fails
        lab.tell("the fault", fault)
        client = server.connect()
        client.send(line + b"\n")
        client.expect(400, within=SECONDS - 1)
        client.finish()
    server.expect_alive()


@check(
    "L03-C09",
    "L03-R4",
    "what is not JSON is answered 400",
    hint="json.loads raises ValueError: catch it where you call it, answer 400, go on.",
    after="L03-C01",
)
def not_json(lab):
    expect_refusals(lab, frames.NOT_JSON)


@check(
    "L03-C10",
    "L03-R4",
    "JSON that is not an object is answered 400",
    hint="5 and null are JSON too, and have no .get(): ask isinstance(message, dict) first.",
    after="L03-C01",
)
def not_an_object(lab):
    expect_refusals(lab, frames.NOT_AN_OBJECT)


@check(
    "L03-C11",
    "L03-R4",
    "an unknown action is answered 400",
    hint="Compare the action with those you know; everything else, of whatever type, is 400.",
    after="L03-C01",
)
def unknown_action(lab):
    expect_refusals(lab, frames.UNKNOWN_ACTIONS)


@check(
    "L03-C12",
    "L03-R4",
    "a field that is missing or of a wrong type is answered 400",
    hint="Use .get() and isinstance() for every field, also inside user. isinstance(True, int)"
    " is true!",
    after="L03-C01",
)
def wrong_fields(lab):
    expect_refusals(lab, frames.WRONG_FIELDS)


@check(
    "L03-C13",
    "L03-R4",
    "the tricks of JSON and Unicode are answered 400",
    hint="bytes.decode('utf-8') before json.loads; parse_constant, parse_float, parse_int and "
    "object_pairs_hook let you refuse NaN, infinity, endless numbers and keys that stand "
    "twice.",
    after="L03-C01",
)
def tricks(lab):
    expect_refusals(lab, frames.TRICKS)


@check(
    "L03-C14",
    "L03-R4",
    "a message over 64 KiB is answered 400, then the connection is closed",
    hint="Count what you have received. Closing with unread bytes resets the connection and "
    "destroys your answer: shutdown(SHUT_WR), read a little more, then close.",
    after="L03-C01",
)
def too_long(lab):
    server = lab.server()
    client = server.connect()
    client.send(lab.presence(padding="x" * 60_000))
    client.expect(200)
    client.send(lab.presence(padding="x" * 70_000))
    client.expect(400)
    client.expect_closed()
    server.expect_alive()


@check(
    "L03-C15",
    "L03-R4",
    "half a message, then silence: 400 and closed after 5 seconds",
    hint="settimeout() on the client's socket; a deadline for the whole message, not for each "
    "recv().",
    after="L03-C01",
)
def half_a_message(lab):
    server = lab.server()
    client = server.connect()
    started = time.monotonic()
    client.send(frames.GOOD[:40].encode())
    client.expect(400, within=SECONDS + 5)
    expect_patience(time.monotonic() - started)
    client.expect_closed()
    server.expect_alive()


@check(
    "L03-C16",
    "L03-R4",
    "an idle connection is closed after 5 seconds, and the next client is served",
    hint="A client that connects and says nothing must not keep the others waiting: "
    "settimeout(5), and TimeoutError means goodbye.",
    after="L03-C01",
)
def idle(lab):
    server = lab.server()
    client = server.connect()
    started = time.monotonic()
    client.expect_closed(within=SECONDS + 5, because=" after 5 seconds of silence")
    expect_patience(time.monotonic() - started)
    server.expect_alive()


def expect_patience(seconds):
    if seconds < SECONDS - 1:
        raise CheckFailed(f"the connection lasts {SECONDS} seconds", f"{seconds:.1f} seconds")


@check(
    "L03-C26",
    "L03-R4",
    "a message that comes drop by drop is cut off after 5 seconds too",
    hint="Each recv() starts the time-out anew. Note when the message must be complete, and give "
    "each recv() only what is left until then.",
    after="L03-C01",
)
def dripping(lab):
    server = lab.server()
    client = server.connect()
    started = time.monotonic()
    for byte in frames.GOOD.encode():
        if client.answered(within=0.3):
            break
        client.send(bytes([byte]))
    client.expect(400)
    expect_patience(time.monotonic() - started)
    server.expect_alive()


@check(
    "L03-C17",
    "L03-R4",
    "a client that breaks off ends only itself",
    hint="recv() and sendall() raise ConnectionError, recv() returns b'': each ends this "
    "client's turn.",
    after="L03-C01",
)
def breaking_off(lab):
    server = lab.server()
    server.connect().close()
    half = server.connect()
    half.send(frames.GOOD[:40].encode())
    half.close()
    rude = server.connect()
    rude.send(*[lab.presence() for _ in range(20)])
    rude.reset()
    server.expect_alive()


@check(
    "L03-C18",
    "L03-R4",
    "a message may come in pieces, cut at any byte",
    hint="recv() returns what has come, not what was sent: read until the object is complete, "
    "and decode only then (a Cyrillic letter is two bytes).",
    after="L03-C01",
)
def pieces(lab):
    client = lab.server().connect()
    message = encode(lab.presence()) + b"\n"
    for cut in range(1, len(message), 7):
        client.send_pieces([message[:cut], message[cut:]])
        client.expect(200)
    client.send_pieces([message[i : i + 1] for i in range(len(message))])
    client.expect(200)


@check(
    "L03-C19",
    "L03-R4",
    "messages that arrive together are answered one by one",
    hint="Take one message out of what has come and keep the rest: it is the next one. Objects"
    " are separated by \\n, \\r\\n or nothing at all.",
    after="L03-C01",
)
def together(lab):
    client = lab.server().connect()
    message = lab.presence()
    for end in (b"\n", b"\r\n", b""):
        client.send(message, message, message, end=end)
        for _ in range(3):
            client.expect(200)
    client.send(encode(message) + b"//x\n")
    client.expect(200)
    client.expect(400, within=SECONDS - 1)


@check(
    "L03-C20",
    "L03-R4",
    "a bad message does not end the connection, five in a row do",
    hint="After a 400 go on reading behind the next newline. Count the bad ones, and start "
    "anew after a good one.",
    after="L03-C01",
)
def five_in_a_row(lab):
    client = lab.server().connect()
    message = lab.presence()
    for _ in range(2):
        for _ in range(4):
            client.send(b"hello\n")
            client.expect(400)
        client.send(message)
        client.expect(200)
    for _ in range(5):
        client.send(b"hello\n")
        client.expect(400)
    client.expect_closed(within=SECONDS - 1, because=" after five bad messages in a row")


@check(
    "L03-C21",
    "L03-R1",
    "Ctrl+C ends the server cleanly",
    hint="except KeyboardInterrupt around the loop, and a time-out on the listening socket.",
    after="L03-C01",
)
def ctrl_c(lab):
    server = lab.server()
    server.expect_alive()
    server.program.interrupt()
    code = lab.expect_end(server.program)
    lab.expect_no_traceback(server.program)
    if code:
        raise CheckFailed("exit code 0", f"exit code {code}")


def run_server(lab, *words):
    """Start a server that is going to be refused something."""
    return lab.run("server.py", *words, *lab.in_terminal())


def expect_clear_refusal(lab, program):
    """Wait for an end with one clear line."""
    code = lab.expect_end(program)
    lab.expect_no_traceback(program)
    if not code or not program.stderr.strip() + program.stdout.strip():
        raise CheckFailed(
            "a line that says what is wrong, and an exit code other than 0",
            f"exit code {code}, and: {last_words(program)}",
        )


@check(
    "L03-C22",
    "L03-R4",
    "the client says in one line why it cannot connect",
    hint="create_connection raises OSError; a strange name even UnicodeError. sys.exit('text')"
    " prints one line and gives exit code 1.",
    after="L03-C04",
)
def client_refused(lab):
    listener = lab.listen()
    listener.sock.close()
    expect_clear_refusal(lab, lab.client("127.0.0.1", str(listener.port)))
    expect_clear_refusal(lab, lab.client("127.0.0.1", "port"))
    expect_clear_refusal(lab, lab.client("127.0.0.1", "70000"))
    expect_clear_refusal(lab, lab.client("x" * 70, str(listener.port)))


@check(
    "L03-C23",
    "L03-R4",
    "the server says in one line why it cannot listen",
    hint="Check the port's range yourself (OverflowError is no OSError), and catch OSError "
    "from bind.",
    after="L03-C01",
)
def server_refused(lab):
    server = lab.server()
    server.connect().close()
    expect_clear_refusal(lab, run_server(lab, "-a", "127.0.0.1", "-p", str(server.port)))
    expect_clear_refusal(lab, run_server(lab, "-p", "port"))
    expect_clear_refusal(lab, run_server(lab, "-p", "70000"))
    expect_clear_refusal(lab, run_server(lab, "-a", "203.0.113.1"))


BAD_ANSWERS = {
    "no answer at all": b"",
    "plain words": b"hello\n",
    "a list": b"[200]\n",
    "no code": b'{"time":1,"alert":"hi"}\n',
    "text as code": b'{"response":"yes","time":1}\n',
    "half an answer": b'{"response":',
}


@check(
    "L03-C24",
    "L03-R4",
    "the client says in one line that an answer is none",
    hint="What the server sends is as doubtful as what a client sends: the same checks, and "
    "ValueError.",
    after="L03-C04",
)
def client_bad_answers(lab):
    listener = lab.listen()
    for fault, answer in BAD_ANSWERS.items():
        lab.tell("the fault", fault)
        client = lab.client("127.0.0.1", str(listener.port))
        peer = listener.accept()
        peer.receive()
        peer.send(answer)
        peer.half_close()
        expect_clear_refusal(lab, client)
        peer.close()


@check(
    "L03-C25",
    "L03-R4",
    "the client waits neither for ever nor for gigabytes",
    hint="A time-out on the client's socket, and a limit for the length of an answer.",
    after="L03-C04",
)
def client_limits(lab):
    silent, endless = lab.listen(), lab.listen()
    waiting = lab.client("127.0.0.1", str(silent.port))
    flooded = lab.client("127.0.0.1", str(endless.port))
    silent.accept()
    flood = endless.accept()
    flood.receive()
    flood.send(b'{"alert":"' + b"x" * 1_000_000)
    expect_clear_refusal(lab, flooded)
    expect_clear_refusal(lab, waiting)
