"""Checks of lesson 12: contacts, a client that remembers, and the server's window."""

import configparser
import contextlib
import socket
import time
from pathlib import Path

from course.harness import CheckFailed, check
from course.harness.people import expect_equal, shown
from course.harness.ports import Port
from course.harness.stored import Member, introduce, locked, serve

SUPERSEDED = {}


def add(member, name, code=201):
    """Ask for a new contact."""
    return member.ask("add_contact", code, user_id=name, user_login=member.name)


def remove(member, name, code=200):
    """Ask for a contact to be taken out of the list."""
    return member.ask("del_contact", code, user_id=name, user_login=member.name)


def contacts(member):
    """Return somebody's contacts."""
    names = member.ask("get_contacts", 202, user_login=member.name).get("alert")
    if not isinstance(names, list):
        raise CheckFailed("alert is an array of names", repr(names))
    return sorted(names)


# Contacts, over the wire


@check(
    "L12-C01",
    "L12-R1",
    "add_contact, get_contacts and del_contact are answered by their codes",
    hint="201 for a new contact, 409 if it is there, 400 for oneself, 404 for somebody who was "
    "never here; 202 and a JSON array in alert; 200, or 404 if it is not there.",
    after="L03-C01",
)
def codes_of_contacts(lab):
    server = serve(lab)
    boris, clara = introduce(lab, server, lab.word(), lab.word())
    anna = Member(lab, server)
    expect_equal("get_contacts at the beginning", contacts(anna), [])
    for name, code in {boris: 201, clara: 201, boris.upper(): 409, anna.name: 400}.items():
        add(anna, name, code)
    add(anna, boris + boris[0], 404)
    expect_equal("get_contacts", contacts(anna), sorted([boris, clara]))
    remove(anna, clara.upper())
    remove(anna, clara, 404)
    remove(anna, boris + boris[0], 404)
    expect_equal("get_contacts", contacts(anna), [boris])


@check(
    "L12-C02",
    "L12-R1",
    "user_login is one's own name: another's is answered 403, a missing one 400",
    hint="Compare user_login with the name that the hub knows the peer by, before storage is "
    "asked for anything.",
    after="L12-C01",
)
def own_lists_only(lab):
    server = serve(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    add(boris, anna.name)
    anna.ask("get_contacts", 403, user_login=boris.name)
    anna.ask("add_contact", 403, user_id=anna.name, user_login=boris.name)
    anna.ask("del_contact", 403, user_id=anna.name, user_login=boris.name)
    anna.ask("get_contacts", 400)
    anna.ask("get_contacts", 202, user_login=anna.name.upper())
    anna.ask("add_contact", 400, user_login=anna.name)
    anna.ask("del_contact", 400, user_id=7, user_login=anna.name)
    expect_equal("Boris's contacts", contacts(boris), [anna.name])


@check(
    "L12-C03",
    "L12-R1",
    "contacts survive a killed server, and are their owner's only",
    hint="Let the storage of lesson 11 carry the wish out, and answer when it is committed.",
    after="L12-C01",
)
def contacts_last(lab):
    server = serve(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    add(anna, boris.name)
    server.program.process.kill()
    lab.tell("", "(the server is killed; then one is started again)")
    server = serve(lab)
    expect_equal("Anna's contacts", contacts(Member(lab, server, anna.name)), [boris.name])
    expect_equal("Boris's contacts", contacts(Member(lab, server, boris.name)), [])


def expect_status(member, name, status):
    """Take the news that a contact has come or gone."""
    expected = f"a presence of the server: {name} is {status}"
    message = member.next(expected)
    user = message.get("user") if isinstance(message, dict) else None
    wanted = {"account_name": name, "status": status}
    if not isinstance(user, dict) or message.get("action") != "presence" or user != wanted:
        raise CheckFailed(expected, shown(message))


@check(
    "L12-C04",
    "L12-R1",
    "who says watch is told when contacts come and go; nobody else is",
    hint="Keep for each name the peers that watch it. A presence goes to them when somebody has "
    "been let in, and when a connection has ended, however that was.",
    after="L12-C01",
)
def watching(lab):
    server = serve(lab)
    anna, plain = Member(lab, server, watch=True), Member(lab, server)
    boris, clara = Member(lab, server), Member(lab, server)
    for member in (anna, plain):
        add(member, boris.name)
    expect_status(anna, boris.name, "online")
    boris.go()
    expect_status(anna, boris.name, "offline")
    boris = Member(lab, server, boris.name)
    expect_status(anna, boris.name, "online")
    again = anna.name
    anna.go()
    anna = Member(lab, server, again, watch=True)
    expect_status(anna, boris.name, "online")
    clara.go()
    remove(anna, boris.name)
    boris.go()
    anna.expect_nothing_more("Clara is no contact, and Boris is none any more")
    plain.expect_nothing_more("it has not said watch")


# The client and a server that the check plays


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
    expect_equal("the contacts", contacts(Member(lab, server, name)), [boris])


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


# The client's memory


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


# The server in the terminal


def command(lab, server, line, words):
    """Type a command of the administrator; wait for words on the screen."""
    before = len(server.program.stdout)
    lab.tell("typed", line)
    server.program.type(line + "\n")
    lab.wait_for(lambda: words in server.program.stdout[before:], f"{line} shows: {words}")
    return server.program.stdout[before:]


@check(
    "L12-C12",
    "L12-R4",
    "the administrator's commands online, h, help and exit work while the server serves",
    hint="for line in sys.stdin, in a thread of its own; what it wants to know of the server's "
    "loop it must ask that loop for, not look up itself.",
    after="L03-C01",
)
def admin_commands(lab):
    server, text = serve(lab), lab.text()
    anna, boris = Member(lab, server), Member(lab, server)
    anna.say(boris.name, text)
    here = command(lab, server, "online", boris.name)
    lab.wait_for(lambda: anna.name in server.program.stdout, "online shows both")
    expect_equal("the address is there", "127.0.0.1" in here, True)
    command(lab, server, "h", text)
    for word in ("exit", "online", "help"):
        command(lab, server, "help", word)
    boris.go()
    command(lab, server, "nonsense", "help")
    before = len(server.program.stdout)
    command(lab, server, "online", anna.name)
    if boris.name in server.program.stdout[before:]:
        raise CheckFailed("online: only who is here", boris.name)
    server.program.type("exit\n")
    expect_equal("exit code after exit", lab.expect_end(server.program), 0)
    lab.expect_no_traceback(server.program)


@check(
    "L12-C13",
    "L12-R4",
    "the end of the input ends the commands, not the server",
    hint="When the loop over sys.stdin is over, the thread of the commands ends; that is all.",
    after="L03-C01",
)
def end_of_input(lab):
    server = serve(lab)
    Member(lab, server)
    server.program.end_input()
    lab.tell("", "(the end of the input)")
    if server.program.ends(1.5) is not None:
        raise CheckFailed("the server goes on", "it has ended")
    server.expect_alive()
    server.program.interrupt()
    expect_equal("exit code after Ctrl+C", lab.expect_end(server.program), 0)


@check(
    "L12-C14",
    "L12-R4",
    "Server is a thread; admin_commands, refresh_table and save_config have their places",
    hint="class Server(threading.Thread, metaclass=ServerVerifier). The page says where the "
    "methods are.",
)
def places(lab):
    code = """
import threading
from admin import Admin
from server import Server
from server_desk import Desk
result = [issubclass(Server, threading.Thread), callable(getattr(Admin, "admin_commands", None))]
result += [callable(getattr(Desk, name, None)) for name in ("refresh_table", "save_config")]
"""
    found = lab.probe("Server, Admin.admin_commands, Desk.refresh_table, Desk.save_config", code)
    expect_equal("Server is a thread; three methods are there", found, [True] * 4)


def write_settings(lab, **values):
    """Write a settings file."""
    path = lab.place / "my settings.ini"
    parser = configparser.ConfigParser(interpolation=None)
    parser["server"] = {name: str(value) for name, value in values.items()}
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    return path


@check(
    "L12-C15",
    "L12-R4",
    "--config names the settings file; the command line goes before it, and mistakes are words",
    hint="configparser reads it, section [server]. What argparse has not been given is None: "
    "then the file's value holds.",
    after="L03-C01",
)
def settings_file(lab):
    port, data = Port(), lab.place / "from the file.db"
    values = {"database": f"sqlite:///{data.as_posix()}", "host": "127.0.0.1"}
    values |= {"port": port.number, "server_name": lab.word(), "administrator": "Анна"}
    path = write_settings(lab, **values)
    program = lab.run("server.py", "--no-gui", "--config", str(path))
    lab.wait_for(lambda: answers(port.number) or not program.running(), "it listens", 15)
    port.release()
    expect_equal("it listens on the port of the file", answers(port.number), True)
    expect_equal("the database of the file is there", data.is_file(), True)
    server = lab.server("--config", str(path), "--db", values["database"] + "2")
    welcome = Member(lab, server).peer
    expect_equal("the name of the server is in the welcome", named(lab, server, values), True)
    welcome.close()
    write_settings(lab, **values | {"port": 80})
    program = lab.run("server.py", "--no-gui", "--config", str(path))
    expect_equal("exit code for port 80 in the file", lab.expect_end(program), 1)
    lab.expect_no_traceback(program)


def answers(port):
    """Tell whether somebody listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def named(lab, server, values):
    """Tell whether the welcome of a server has its name."""
    peer = server.connect()
    peer.send(lab.presence())
    return values["server_name"] in str(peer.receive(8).get("alert"))


# The window

DESK = """
import json, socket, time
from control import Control
from server import Server
from server_desk import Desk, make_application
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QAction, QApplication, QLabel, QLineEdit, QPushButton, QTableView
from PyQt5.QtWidgets import QWidget

application = make_application(["check"])
application.setQuitOnLastWindowClosed(False)
desk = Desk(Control(Server), {path!r}, 300)
desk.open()

def find(kind, name):
    tops = [top for top in application.topLevelWidgets()]
    return next((w for top in tops for w in [top, *top.findChildren(kind, name)]
                 if w.objectName() == name and isinstance(w, kind)), None)

def shown(name):
    widget = find(QWidget, name)
    return bool(widget and widget.isVisible())

def until(condition, seconds=8):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QTest.qWait(10)
    return bool(condition())

def fill(name, text):
    field = find(QLineEdit, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text) if text.isascii() else field.insert(text)

def press(name, kind=QPushButton):
    QTest.mouseClick(find(kind, name), Qt.LeftButton)

def trigger(name):
    find(QAction, name).trigger()

def rows(name):
    model = find(QTableView, name).model()
    places = range(model.columnCount())
    return [[model.index(r, c).data() for c in places] for r in range(model.rowCount())]

def names(table):
    return [row[0] for row in rows(table)]

def select(table, name):
    view = find(QTableView, table)
    view.selectRow(names(table).index(name))

def selected(table):
    view = find(QTableView, table)
    return [view.model().index(i.row(), 0).data() for i in view.selectionModel().selectedRows()]

def start():
    for name, text in {values!r}.items():
        fill(name + "Field", text)
    press("startButton")
    return until(lambda: "Running" in getattr(find(QLabel, "stateLabel"), "text", str)())

def client(name):
    sock = socket.create_connection(("127.0.0.1", {port}), 5)
    ask(sock, {{"action": "presence", "user": {{"account_name": name}}}})
    return sock

def ask(sock, message):
    sock.sendall(json.dumps({{"time": time.time()}} | message).encode() + b"\\n")
    return json.loads(sock.makefile("rb").readline())

def say(sock, sender, to, text):
    return ask(sock, {{"action": "msg", "from": sender, "to": to, "message": text}})

def listens():
    try:
        socket.create_connection(("127.0.0.1", {port}), 1).close()
    except OSError:
        return False
    return True

"""
FINISH = """
import os
print("\\n=>" + json.dumps(result), flush=True)
os._exit(0)
"""


def at_desk(lab, about, code):
    """Run code in a process that has the windows open; return its `result`."""
    port = Port()
    values = {"database": f"sqlite:///{(lab.place / 'desk.db').as_posix()}"}
    values |= {"host": "127.0.0.1", "port": str(port.number), "server_name": "Семинар"}
    path = str(lab.place / "desk.ini")
    opening = DESK.format(path=path, values=values, port=port.number)
    port.release()
    result = lab.probe(about, opening + code + FINISH, within=25)
    return result, path, values


@check(
    "L12-C16",
    "L12-R3 L12-R4",
    "the settings window comes first; a wrong port is marked in words, and nothing is saved",
    hint="Ask settings.problems() when Start is pressed: words beside the field, no traceback. "
    "Only right settings leave the window.",
)
def settings_first(lab):
    code = """
result = [shown("settingsWindow"), shown("serverWindow"), listens()]
before = find(QLabel, "portProblem").text()
fill("portField", "80")
press("startButton")
QTest.qWait(300)
words = find(QLabel, "portProblem").text()
result += [shown("settingsWindow"), shown("serverWindow"), words not in ("", before)]
"""
    result, path, _ = at_desk(lab, "open the desk, type 80 as the port, press Start", code)
    expect_equal("settings shown, tables shown, listening", result[:3], [True, False, False])
    expect_equal(
        "after Start: settings, tables, words at the port", result[3:], [True, False, True]
    )
    expect_equal("a settings file was written", Path(path).exists(), False)


@check(
    "L12-C17",
    "L12-R3 L12-R4",
    "Start saves the settings to the INI file, starts the server and shows the tables",
    hint="save_config writes with configparser, section [server]; then the window of the tables "
    "is shown and the server started.",
    after="L12-C16",
)
def start_saves(lab):
    code = """
result = [start(), listens(), shown("serverWindow"), shown("settingsWindow")]
"""
    result, path, values = at_desk(lab, "fill in the settings and press Start", code)
    expect_equal("Running, listens, tables, settings", result, [True, True, True, False])
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path, encoding="utf-8")
    saved = dict(parser["server"]) if "server" in parser else {}
    expect_equal("the file's section [server]", {key: saved.get(key) for key in values}, values)


@check(
    "L12-C18",
    "L12-R3",
    "the tables show all clients with their figures, who is online, and the history",
    hint="A timer reads control.clients(), online() and history() and gives the rows to the "
    "models.",
    after="L12-C17",
)
def tables(lab):
    anna, boris, text = lab.word(), lab.word(), lab.text()
    code = f"""
start()
anna, boris = {(anna, boris)!r}
here, gone = client(anna), client(boris)
say(here, anna, boris, {text!r})
gone.close()
until(lambda: set(names("clientsTable")) == {{anna, boris}} and names("onlineTable") == [anna])
until(lambda: any({text!r} in row for row in rows("historyTable")))
figures = {{row[0]: row[4:7] for row in rows("clientsTable")}}
online = {{row[0]: "online" in str(row[1]) for row in rows("clientsTable")}}
result = [figures, online, names("onlineTable")]
result += [row[1:] for row in rows("historyTable")]
"""
    result, *_ = at_desk(lab, "two clients come, one goes", code)
    wanted = {anna: ["1", "1", "0"], boris: ["1", "0", "1"]}
    figures = {name: [str(value) for value in row] for name, row in result[0].items()}
    expect_equal("logins, sent, received in clientsTable", figures, wanted)
    expect_equal("the column Online", result[1], {anna: True, boris: False})
    expect_equal("onlineTable", result[2], [anna])
    expect_equal("historyTable", result[3:], [[anna, boris, text]])


@check(
    "L12-C19",
    "L12-R3",
    "a refresh keeps the selected row and the order",
    hint="Tell the view what has changed (beginInsertRows, dataChanged) and never "
    "beginResetModel: that forgets what is selected.",
    after="L12-C18",
)
def refresh_keeps(lab):
    code = """
start()
socks = [client(name) for name in ("bbb", "ddd", "fff")]
until(lambda: names("clientsTable") == ["bbb", "ddd", "fff"])
select("clientsTable", "ddd")
socks += [client(name) for name in ("aaa", "eee")]
trigger("refreshAction")
until(lambda: len(names("clientsTable")) == 5)
say(socks[0], "bbb", "ddd", "hello")
until(lambda: [str(r[6]) for r in rows("clientsTable") if r[0] == "ddd"] == ["1"])
result = [names("clientsTable"), selected("clientsTable")]
"""
    result, *_ = at_desk(lab, "select ddd; then aaa and eee come", code)
    expect_equal("the order", result[0], ["aaa", "bbb", "ddd", "eee", "fff"])
    expect_equal("what is selected", result[1], ["ddd"])


@check(
    "L12-C20",
    "L12-R3",
    "register, remove and disconnect do what they say",
    hint="The window emits signals; what they mean is done by the control, in another thread, "
    "and the tables are read anew.",
    after="L12-C18",
)
def deeds(lab):
    code = f"""
start()
name, other = {(lab.word(), lab.word())!r}
trigger("registerAction")
until(lambda: shown("registerDialog"))
fill("registerField", name)
press("registerButton")
result = [until(lambda: name in names("clientsTable"))]
sock = client(other)
result.append(say(sock, other, name, "are you there?")["response"])
until(lambda: other in names("clientsTable"))
select("clientsTable", other)
until(lambda: find(QAction, "disconnectAction").isEnabled())
trigger("disconnectAction")
result.append(sock.recv(1) == b"" if until(lambda: not names("onlineTable")) else None)
select("clientsTable", name)
trigger("removeAction")
until(lambda: shown("removeBox"))
press("yesButton")
result.append(until(lambda: names("clientsTable") == [other]))
"""
    result, *_ = at_desk(lab, "register somebody, disconnect another, remove the first", code)
    what = "registered, is known to the server, disconnected, removed"
    expect_equal(what, result, [True, 202, True, True])


@check(
    "L12-C21",
    "L12-R3",
    "the window stops the server and starts it again",
    hint="stopAction and startAction; after a stop nobody listens on the port any more, and the "
    "next start makes a new Server: a thread runs once.",
    after="L12-C17",
)
def stop_and_start(lab):
    code = """
state = lambda: find(QLabel, "stateLabel").text()
result = [start(), listens()]
trigger("stopAction")
result += [until(lambda: "Stopped" in state()), listens()]
until(lambda: find(QAction, "startAction").isEnabled())
trigger("startAction")
result += [until(lambda: "Running" in state()), listens()]
"""
    result, *_ = at_desk(lab, "start, stop and start", code)
    wanted = [True, True, True, False, True, True]
    expect_equal("started, listens; stopped, listens; started, listens", result, wanted)
