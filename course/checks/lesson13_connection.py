"""Checks of lesson 13: the connection behind the window, and the parts that it is made of."""

import ast
from pathlib import Path

from course.harness import CheckFailed, check
from course.harness.suite import load


def earlier(*names):
    """Return what the other checks of this lesson have of these names."""
    module = load(Path(__file__).with_name("lesson13.py"))
    return [getattr(module, name) for name in names]


at_window, expect_equal, expect_steps = earlier("at_window", "expect_equal", "expect_steps")
SUPERSEDED = {}

SERVER = r"""
import threading
class Stage:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.said, self.times, self.mute, self.shut, self.socks = [], [], set(), False, []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            sock = self.listener.accept()[0]
            self.times.append(time.monotonic())
            self.socks.append(sock)
            if self.shut:
                sock.close()
            else:
                threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        try:
            for line in sock.makefile("rb"):
                message = json.loads(line)
                if message["action"] == "msg":
                    self.said.append(message)
                if message["action"] not in self.mute | {"ack", "quit"}:
                    alert = [] if message["action"].startswith("get_") else "well"
                    answer = dict(response=200, time=time.time(), alert=alert, id=message["id"])
                    sock.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            pass

    def cut(self, shut=True):
        self.shut = shut
        for sock in self.socks:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def texts(self):
        return [message["message"] for message in self.said]

    def flood(self, lines):
        self.socks[-1].sendall(b"".join(json.dumps(line).encode() + b"\n" for line in lines))

def away(user):
    return "onnected" not in user.text("state_label") and "○" in user.text("state_label")

stage = Stage()
"""


def at_stage(lab, about, code, within=25):
    """Run code in a process that has windows and plays the server; return its `result`."""
    return at_window(lab, about, SERVER + code, port=0, within=within)


@check(
    "L13-C21",
    "L13-R2",
    "without a connection one goes on typing; what was typed goes out once when it is back",
    hint="The thread goes on without a connection: it keeps what is said in the outbox, calls "
    "again, and sends after the welcome what is there.",
    after="L13-C01",
)
def outage(lab):
    code = """
user = User("Anna", stage.port, waits=(5,))
result = [user.is_in()]
user.open("#all")
stage.mute = {"msg"}
user.say("on the way")
until(lambda: stage.texts() == ["on the way"])
stage.cut()
result += [until(lambda: away(user))]
user.say("meanwhile")
result += [until(lambda: len(user.lines()) == 2 and "waiting" in user.marks()[1], 3)]
stage.mute, stage.shut = set(), False
result += [until(lambda: "Connected" in user.text("state_label"), 12)]
result += [until(lambda: "delivered" in user.marks()[0] and "delivered" in user.marks()[1])]
result += [stage.texts() == ["on the way", "on the way", "meanwhile"]]
result += [stage.said[0]["id"] == stage.said[1]["id"], user.lines() == ["on the way", "meanwhile"]]
"""
    result = at_stage(lab, "the server goes, a line is typed, the server comes back", code)
    steps = ["the window is open", "it shows that it is not connected", "a line waits"]
    steps += ["it connects by itself", "both lines are delivered", "each was sent as it should"]
    expect_steps([*steps, "under the same id", "and is shown once"], result)


@check(
    "L13-C22",
    "L13-R2",
    "the waits between attempts grow, are counted down, and can be cut short",
    hint="1, 2, 4, 8 … seconds, and from the beginning after a welcome. A QTimer changes the "
    "words each second; the button wakes the thread.",
    after="L13-C21",
)
def countdown(lab):
    code = r"""
import re
user = User("Anna", stage.port, waits=(1, 2, 3600))
user.is_in()
seen = set()
def look():
    seen.update(map(int, re.findall(r"(\d+) s", user.text("connection_label"))))
    return 3600 in seen
stage.cut()
result = [until(look, 12), {1, 2} <= seen, until(lambda: look() and 3599 in seen)]
stage.shut = False
before = len(stage.times)
QTest.qWait(300)
result += [len(stage.times) == before]
user.front()
click(user.part("reconnect_button"))
result += [until(lambda: "Connected" in user.text("state_label"))]
stage.cut(shut=False)
result += [until(lambda: len(stage.times) == before + 2, 4)]
"""
    result = at_stage(lab, "the server goes and stays away for some attempts", code)
    steps = ["the third wait is announced", "so were the first two", "seconds are counted down"]
    steps += ["meanwhile nobody calls", "the button calls at once"]
    expect_steps([*steps, "after a welcome the waits begin anew"], result)


FLOOD = """
from PyQt5.QtCore import QTimer
gaps, last = [0.0], [time.monotonic()]
def beat():
    now = time.monotonic()
    gaps.append(now - last[0])
    last[0] = now
timer = QTimer(interval=5)
timer.timeout.connect(beat)
def listen():
    gaps[:], last[0] = [0.0], time.monotonic()
    timer.start()

stage.mute = {"presence"}
listen()
user = User("Anna", stage.port)
until(lambda: len(stage.times) == 1)
QTest.qWait(2500)
result = [max(gaps)]
stage.mute = set()
click(user.part("cancel_button"))
user = User("Anna", stage.port)
user.is_in()
user.open("#all")
lines = [dict(action="msg", time=1.7e9 + n, to="#all", message=f"line {n}", **{"from": "eve"})
         for n in range(2000)]
model = user.part("messages").model()
newest = lambda: model.index(model.rowCount() - 1, 0).data()
listen()
threading.Thread(target=stage.flood, args=(lines,), daemon=True).start()
result += [until(lambda: newest() == "line 1999", 30), max(gaps)]
user.say("still alive")
result += [until(lambda: stage.texts() == ["still alive"])]
"""
SLOW = 3  # seconds for which a window may stand still on a machine that has much else to do


@check(
    "L13-C23",
    "L13-R2",
    "the window goes on while the server is silent, and while thousands of messages come",
    hint="No recv, no connect and no file in the window's thread. What comes in one turn goes "
    "through one signal; a view is told what has changed, not that everything has.",
    after="L13-C01",
    limit=60,
)
def never_freezes(lab):
    result = at_stage(lab, "a server that does not answer, then one that says very much", FLOOD, 50)
    silent, came, flooded, typed = result
    expect_equal("2,000 messages are shown, and one can type", [came, typed], [True, True])
    for what, gap in {
        "while nobody answered": silent,
        "while 2,000 messages came": flooded,
    }.items():
        if gap > SLOW:
            raise CheckFailed(f"the window's loop goes on {what}", f"it stood for {gap:.1f} s")


@check(
    "L13-C24",
    "L13-R2",
    "without a display client.py says so and offers the terminal; --console talks there",
    hint="Look at DISPLAY and WAYLAND_DISPLAY before Qt is imported: it would abort the program.",
    after="L03-C02",
)
def no_display(lab):
    env = {"QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    program = lab.run("client.py", "127.0.0.1", env=env, window=True)
    code = lab.expect_end(program)
    lab.expect_no_traceback(program)
    said = program.stderr + program.stdout
    if code != 1 or "--console" not in said:
        raise CheckFailed("exit code 1, and --console is named", f"exit code {code}: {said}")
    server = lab.server()
    server.connect().close()
    name = lab.word()
    program = lab.run("client.py", "127.0.0.1", str(server.port), "--name", name, env=env)
    program.type("quit\n")
    expect_equal("exit code of --console", lab.expect_end(program), 0)
    if "welcome" not in program.stdout:
        raise CheckFailed("the welcome is shown", program.stdout)


RULES = {  # part of the name -> what the file must not import
    "transport": ("PyQt5.QtWidgets", "PyQt5.QtGui", "client_window"),
    "models": ("PyQt5.QtWidgets", "PyQt5.QtGui", "socket", "sqlalchemy", "sqlite3", "transport"),
    "client_window": ("socket", "sqlalchemy", "sqlite3", "threading", "transport"),
    "login_window": ("socket", "sqlalchemy", "sqlite3", "threading", "transport"),
}
STORAGE = ("client_storage", "client_database", "session")  # nor these, wherever they lie


@check(
    "L13-C25",
    "L13-R2",
    "transport, models and windows import only what each of them may",
    hint="The window emits signals; what they mean is connected elsewhere, in a desk or in main.",
)
def parts(lab):
    files = [path for path in lab.folder.glob("*.py") if not path.name.startswith("test_")]
    for part, forbidden in RULES.items():
        found = [path for path in files if part in path.stem and "server" not in path.stem]
        if not found:
            raise CheckFailed(f"a file {part}.py", "there is none")
        for path in found:
            for name in imports(path):
                bad = forbidden + (STORAGE if part != "transport" else ())
                if any(part_of(name, each) for each in bad):
                    raise CheckFailed(f"{path.name} does not import {name}", "it does")


def imports(path):
    """Return the dotted names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(name, forbidden):
    """Tell whether a dotted name is, or lies in, what is forbidden."""
    name = name.removeprefix("common.")
    return name == forbidden or name.startswith(f"{forbidden}.")
