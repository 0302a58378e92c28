"""Checks of lesson 10: classes that are judged when they are made, and an attribute that checks."""

import textwrap

from course.harness import CheckFailed, check
from course.harness.lab import last_words

SUPERSEDED = {
    f"L09-C0{number}": "Hub has graduated: lesson 9 has its tests; the classes: L10-C16"
    for number in range(1, 8)
}
OPENING = {"Server": "socket.create_server(A)", "Client": "socket.create_connection(A)"}
MAKE = """
import functools, socket, threading
from verifiers import ClientVerifier, ServerVerifier
A = ("127.0.0.1", 7777)
result = {{}}
for case, source in {cases!r}.items():
    try:
        exec(source, dict(globals()))
        result[case] = None
    except Exception as error:
        result[case] = [isinstance(error, TypeError), str(error)]
"""


def shell(kind, lines="", *, before="", bases="", opening=None, name="Shell"):
    """Return the source of a class Server or Client, with more lines in it."""
    opening = OPENING[kind] if opening is None else opening
    head = f"class {name}({bases}metaclass={kind}Verifier):\n"
    body = f"def open(self):\n    return {opening}\n" + textwrap.dedent(lines).strip()
    return textwrap.dedent(before) + head + textwrap.indent(body, "    ") + "\n"


def verdicts(lab, about, cases):
    """Make classes from their sources, in the student's folder; return what became of each."""
    return lab.probe(about, MAKE.format(cases=cases))


def expect_refused(lab, cases):
    """Make classes that must all be refused by a TypeError."""
    for case, verdict in verdicts(lab, "making classes, each in its own way bad", cases).items():
        if verdict is None or not verdict[0]:
            received = f"another exception: {verdict[1]}" if verdict else "the class is made"
            lab.tell("the class", cases[case])
            raise CheckFailed(f"TypeError for {case}", received)


def expect_made(lab, cases):
    """Make classes that must all be accepted."""
    for case, verdict in verdicts(lab, "making good classes", cases).items():
        if verdict is not None:
            lab.tell("the class", cases[case])
            raise CheckFailed(f"the class is made: {case}", f"it is refused: {verdict[1]}")


@check(
    "L10-C01",
    "L10-R1 L10-R2",
    "good classes are made, and may inherit what makes them good",
    hint="Walk over vars(cls).values() and read the functions among them with dis; what is no "
    "function (a text, a number, None) is passed over. A subclass has its socket from its base.",
)
def good_classes(lab):
    word = lab.word()
    stream = "socket.socket(socket.AF_INET, socket.SOCK_STREAM)"
    child = "class Child(Shell):\n    text, number, nothing = 'connect', 7, None\n"
    talk = "def go(self): print('accept'); print('connect'); print('SOCK_DGRAM')"
    cases = {}
    for kind in OPENING:
        cases |= {
            f"a {kind} as it should be": shell(kind, name=kind),
            f"a {kind} with SOCK_STREAM": shell(kind, opening=stream),
            f"a subclass of a good {kind}": shell(kind) + child,
            f"a {kind} that is a thread": shell(kind, bases="threading.Thread, "),
            f"a {kind} that only has the words in texts": shell(kind, talk),
            f"a {kind} with a method {word}": shell(kind, f"def {word}(self): return [self]"),
        }
    cases["a Server that accepts"] = shell("Server", "def go(s): s.listen(); return s.accept()")
    cases["a Client that connects"] = shell("Client", "def go(s): return s.connect(A)")
    expect_made(lab, cases)


def on_anything(kind, name, word):
    """Return classes that call a method of a socket which is called in different ways."""
    ways = {
        "a local name": f"def go(self, {word}): {word}.{name}(A)",
        "an attribute": f"def go(self): self.{word}.{name}(A)",
        "an attribute of an attribute": f"def go(self): self.{word}.sock.{name}(A)",
        "an element": f"def go(self): self.{word}[0].{name}(A)",
        "a new socket": f"def go(self): socket.socket().{name}(A)",
        "a global name": f"def go(self): global {word}; {word}.{name}(A)",
    }
    return {f"{name} on {way}": shell(kind, lines) for way, lines in ways.items()}


@check(
    "L10-C02",
    "L10-R1",
    "a client that accepts or listens is refused, whatever the socket is called",
    hint="Not only LOAD_GLOBAL: a method is loaded by LOAD_METHOD or LOAD_ATTR, and newer Pythons "
    "know others. dis.hasname lists all that go by a name.",
    after="L10-C01",
)
def clients_listen(lab):
    cases = on_anything("Client", "accept", lab.word()) | on_anything("Client", "listen", "sock")
    cases["create_server"] = shell("Client", "def go(self): socket.create_server(A)")
    expect_refused(lab, cases)


@check(
    "L10-C03",
    "L10-R2",
    "a server that connects is refused, whatever the socket is called",
    hint="There are three ways to connect: connect, connect_ex and create_connection.",
    after="L10-C01",
)
def servers_connect(lab):
    cases = on_anything("Server", "connect", lab.word())
    cases |= on_anything("Server", "connect_ex", "sock")
    cases["create_connection"] = shell("Server", "def go(self): socket.create_connection(A)")
    before = "from socket import create_connection\n"
    cases["create_connection, imported"] = shell(
        "Server", "def go(self): create_connection(A)", before=before
    )
    expect_refused(lab, cases)


def not_tcp(kind):
    """Return classes that have no TCP socket."""
    datagram = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
    return {
        "no socket at all": shell(kind, opening="None"),
        "only the word SOCK_STREAM in a text": shell(kind, opening="'SOCK_STREAM'"),
        "a UDP socket": shell(kind, opening=datagram),
        "a UDP socket beside a TCP socket": shell(kind, f"def go(self): return {datagram}"),
    }


@check(
    "L10-C04",
    "L10-R1",
    "a client without a TCP socket is refused",
    hint="SOCK_STREAM or create_connection has to be in its code; SOCK_DGRAM must not.",
    after="L10-C01",
)
def client_without_tcp(lab):
    expect_refused(lab, not_tcp("Client"))


@check(
    "L10-C05",
    "L10-R2",
    "a server without a TCP socket is refused",
    hint="SOCK_STREAM or create_server has to be in its code; SOCK_DGRAM must not.",
    after="L10-C01",
)
def server_without_tcp(lab):
    expect_refused(lab, not_tcp("Server"))


@check(
    "L10-C06",
    "L10-R2",
    "another name for connect hides nothing",
    hint="Refuse that the name is loaded at all: whether it is called later need not interest "
    "you. For getattr look at the constants of the same code (dis.hasconst).",
    after="L10-C03",
)
def other_names(lab):
    word = lab.word()
    cases = {
        "an alias": f"def go(self, sock):\n    {word} = sock.connect\n    {word}(A)",
        "one handed over": "def go(self, sock): map(sock.connect, [A])",
        "getattr with a text": "def go(self, sock): getattr(sock, 'connect')(A)",
    }
    expect_refused(lab, {case: shell("Server", lines) for case, lines in cases.items()})


@check(
    "L10-C07",
    "L10-R2",
    "inner functions, lambdas and comprehensions are read too",
    hint="The code of an inner function is a constant of the outer one: look for code objects in "
    "co_consts, and in theirs.",
    after="L10-C03",
)
def inner_code(lab):
    cases = {
        "an inner function": "def go(self, s):\n    def inner(): s.connect(A)\n    return inner",
        "a function in a function in a function": "def go(self, s):\n    def inner():\n"
        "        return lambda: s.connect(A)\n    return inner",
        "a lambda": "def go(self, s): return lambda: s.connect(A)",
        "a lambda that is a method": "go = lambda self: self.s.connect(A)",
        "a list comprehension": "def go(self, all): return [s.connect(A) for s in all]",
        "a generator": "def go(self, all): return any(s.connect(A) for s in all)",
    }
    expect_refused(lab, {case: shell("Server", lines) for case, lines in cases.items()})


WRAPS = """
def polite(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper
"""


@check(
    "L10-C08",
    "L10-R2",
    "static methods, class methods, properties and decorated methods are read too",
    hint="staticmethod, classmethod and functools.wraps leave the bare function in __wrapped__, a "
    "property has it in fget, fset and fdel.",
    after="L10-C03",
)
def wrapped_methods(lab):
    body = "def go(self, s=None): s.connect(A)"
    decorators = {
        "a static method": "@staticmethod",
        "a class method": "@classmethod",
        "a property": "@property",
        "a method under functools.wraps": "@polite",
        "a static method under functools.wraps": "@staticmethod\n@polite",
        "a property under functools.wraps": "@property\n@polite",
    }
    cases = {case: f"{decorator}\n{body}" for case, decorator in decorators.items()}
    setter = "def go(self, s): s.connect(A)\nx = property(None, go)\ndel go"
    cases["a property that is set"] = setter
    expect_refused(lab, {k: shell("Server", v, before=WRAPS) for k, v in cases.items()})


@check(
    "L10-C09",
    "L10-R1 L10-R2",
    "subclasses are judged too, and what they inherit",
    hint="Go through cls.__mro__, and leave out the classes of the standard library "
    "(sys.stdlib_module_names).",
    after="L10-C03",
)
def inheritance(lab):
    dialling = "class Mixin:\n    def go(self, sock): sock.connect(A)\n"
    waiting = "class Mixin:\n    def go(self, sock): sock.accept()\n"
    child = "class Child(Shell):\n    def go(self, sock): sock."
    expect_refused(
        lab,
        {
            "a base that connects": shell("Server", before=dialling, bases="Mixin, "),
            "a base that accepts": shell("Client", before=waiting, bases="Mixin, "),
            "a subclass that connects": shell("Server") + child + "connect(A)",
            "a subclass that accepts": shell("Client") + child + "accept()",
            "a thread that connects": shell(
                "Server", "def run(self): self.sock.connect(A)", bases="threading.Thread, "
            ),
        },
    )


@check(
    "L10-C10",
    "L10-R1 L10-R2",
    "a refusal names the class, the method and the line",
    hint="cls.__name__, the key of vars(cls) and the position of the instruction: "
    "instruction.positions.lineno.",
    after="L10-C03",
)
def words_of_refusals(lab):
    name, method = lab.word().title(), lab.word()
    for kind, call in {"Server": "connect(A)", "Client": "accept()"}.items():
        lines = f"def {method}(self, sock):\n    text = 'hello'\n    sock.{call}"
        source = shell(kind, lines, name=name)
        line = str(source.count("\n"))
        for verdict in verdicts(lab, "making a bad class", {"bad": source}).values():
            words = verdict[1] if verdict else "nothing"
            wanted = [name, method, call.partition("(")[0], line]
            if not all(word in words for word in wanted):
                lab.tell("the class", source)
                raise CheckFailed(", ".join(wanted) + " in the words of the error", words)


PORT = """
from port import Port
class Owner:
    port = Port()
def put(owner, value):
    try:
        owner.port = value
    except Exception as error:
        return [type(error).__name__, str(error)]
"""


@check(
    "L10-C11",
    "L10-R3",
    "a port is an integer from 0 to 65535, anything else is a ValueError",
    hint="The check belongs into __set__. bool is a kind of int: True would be port 1.",
)
def port_values(lab):
    good = [0, 1, 1024, lab.random.randrange(2, 65535), 65535]
    bad = [-1, 65536, 99999, 10**20, "7777", "", None, True, False, 7777.0, [7777], b"7777"]
    code = PORT + f"good, bad = {good!r}, {bad!r}\n"
    code += "result = [put(Owner(), value) for value in good + bad]"
    given = lab.probe("Port: assigning good and bad values", code)
    for value, error in zip(good, given[: len(good)], strict=True):
        if error:
            raise CheckFailed(f"{value} is a port", f"{error[0]}: {error[1]}")
    for value, error in zip(bad, given[len(good) :], strict=True):
        expect_wrong_port(value, error)


def expect_wrong_port(value, error):
    """Look at what became of a wrong port."""
    expected = f"ValueError: Wrong port: … for {value!r}"
    if not error:
        raise CheckFailed(expected, "it is taken")
    kind, words = error
    if kind != "ValueError" or not words.startswith("Wrong port: ") or str(value) not in words:
        raise CheckFailed(expected, f"{kind}: {words}")


@check(
    "L10-C12",
    "L10-R3",
    "each instance has its own port, 7777 until another is set, and again after del",
    hint="The descriptor exists once for all instances: keep the value in the instance. "
    "__set_name__ tells the name of the attribute. In __get__, instance is None if the class "
    "is asked: return self.",
)
def port_instances(lab):
    first, second = lab.random.sample(range(1024, 65536), 2)
    code = f"""
class Two:
    port = Port()
    spare = Port()
a, b, c, two = Owner(), Owner(), Owner(), Two()
a.port, b.port, two.port, two.spare = {first}, {second}, {first}, {second}
put(b, 99999)
result = {{"a": a.port, "b": b.port, "c": c.port, "two": [two.port, two.spare]}}
del a.port
result |= {{"a after del": a.port, "b after that": b.port}}
result["Owner.port is the descriptor"] = Owner.port is vars(Owner)["port"]
"""
    result = lab.probe("Port: several instances", PORT + code)
    expected = {"a": first, "b": second, "c": 7777, "two": [first, second]}
    expected |= {"a after del": 7777, "b after that": second, "Owner.port is the descriptor": True}
    for what, value in expected.items():
        if result[what] != value:
            raise CheckFailed(f"{what}: {value}", f"{result[what]}")


@check(
    "L10-C13",
    "L10-R1 L10-R2",
    "Server and Client have these metaclasses",
    hint="class Server(metaclass=ServerVerifier), class Client(metaclass=ClientVerifier).",
)
def metaclasses(lab):
    result = lab.probe(
        "the types of server.Server and client.Client",
        "from server import Server\nfrom client import Client\n"
        "result = [type(Server).__name__, type(Client).__name__]",
    )
    if result != ["ServerVerifier", "ClientVerifier"]:
        raise CheckFailed("ServerVerifier and ClientVerifier", " and ".join(result))


@check(
    "L10-C14",
    "L10-R3",
    "Server has a Port, which is checked when a server is created",
    hint="port = Port() in the class, self.port = port in __init__, before the socket is made.",
)
def port_of_the_server(lab):
    result = lab.probe(
        "Server('127.0.0.1', 99999)",
        """
from server import Server
result = [type(vars(Server).get("port")).__name__]
try:
    Server("127.0.0.1", 99999)
except Exception as error:
    result += [type(error).__name__, str(error)]
""",
    )
    if result[0] != "Port":
        raise CheckFailed("vars(Server)['port'] is a Port", result[0])
    expect_wrong_port(99999, result[1:])


@check(
    "L10-C15",
    "L10-R3",
    "the command line refuses a wrong port in the same words, with exit code 2",
    hint="type=Server.port.parse, where parse raises argparse.ArgumentTypeError with the words of "
    "the ValueError: argparse shows no other exception's.",
)
def command_line(lab):
    for word in ("99999", "65536", "abc"):
        program = lab.run("server.py", "-a", "127.0.0.1", "-p", word, *lab.in_terminal())
        code = lab.expect_end(program)
        lab.expect_no_traceback(program)
        said = program.stderr
        if code != 2 or "Wrong port: " not in said or word not in said.rpartition("Wrong port")[2]:
            raise CheckFailed(f"exit code 2, Wrong port: {word}", f"{code}: {last_words(program)}")


@check(
    "L10-C16",
    "L10-R2",
    "the server keeps its published methods, and get_addr_port reads the command line",
    hint="A metaclass changes nothing in the class: create_socket_server, read_requests, "
    "write_responses, send_data and main are where lesson 9 put them.",
    after="L10-C13",
)
def published_methods(lab):
    missing = lab.probe(
        "server.Server and its methods, get_addr_port of both scripts",
        """
import client, server
names = "create_socket_server read_requests write_responses send_data main".split()
result = [name for name in names if not callable(getattr(server.Server, name, None))]
sys.argv = ["server.py", "-a", "127.0.0.1", "-p", "7001"]
read = server.get_addr_port()
result += [] if [read.addr, read.port] == ["127.0.0.1", 7001] else ["server.get_addr_port"]
sys.argv = ["client.py", "127.0.0.1", "7002", "-n", "Anna"]
read = client.get_addr_port()
result += [] if [read.addr, read.port] == ["127.0.0.1", 7002] else ["client.get_addr_port"]
""",
    )
    if missing:
        raise CheckFailed("all published names", f"missing: {', '.join(missing)}")
