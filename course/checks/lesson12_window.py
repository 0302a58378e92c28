"""Checks of lesson 12: the server's window."""

import configparser
from pathlib import Path

from course.harness import check
from course.harness.people import expect_equal
from course.harness.ports import Port

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
