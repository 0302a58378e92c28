"""Checks of lesson 13: the client's window, through clicks and keys, at a real server."""

from pathlib import Path

from course.harness import CheckFailed, check
from course.harness.suite import load


def earlier(*names):
    """Return what the checks of lesson 12 have of these names."""
    module = load(Path(__file__).with_name("lesson12.py"))
    return [getattr(module, name) for name in names]


expect_equal, serve = earlier("expect_equal", "serve")
SUPERSEDED = {
    f"L09-C{number}": "the launcher ends with lesson 12: everybody opens a window of their own"
    for number in range(21, 27)
}

OPENING = r"""
import json, os, socket, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from client_desk import Desk, make_application
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QAction, QApplication, QWidget

application = make_application(["check"])
PORT, HOME = {port!r}, Path({home!r})

def until(condition, seconds=8):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QTest.qWait(10)
    return bool(condition())

def type_in(widget, text):
    for character in text:
        for kind in (QEvent.KeyPress, QEvent.KeyRelease):
            application.sendEvent(widget, QKeyEvent(kind, Qt.Key_unknown, Qt.NoModifier, character))

def key(widget, key, modifier=Qt.NoModifier):
    QTest.keyClick(widget, key, modifier)

def click(widget):
    QTest.mouseClick(widget, Qt.LeftButton)

def dialog():
    return application.activeModalWidget()

class User:
    def __init__(self, name, port=PORT, waits=(0.2,), home=None):
        self.home = home or HOME / str(len(list(HOME.iterdir())))
        self.home.mkdir(exist_ok=True)
        self.desk = Desk(self.home / "client.ini", self.home, waits)
        self.ended = []
        self.desk.finished.connect(lambda: self.ended.append(True))
        self.desk.open("127.0.0.1", port, name)

    def part(self, name):
        tops = [self.desk.window, self.desk.login]
        return next((w for top in tops for w in [top, *top.findChildren(QWidget)]
                     if w.objectName() == name), None)

    def text(self, name):
        return self.part(name).text()

    def is_in(self):
        return until(lambda: self.part("client_window").isVisible() and "#all" in self.chats())

    def rows(self, view, role=Qt.DisplayRole):
        model = self.part(view).model()
        return [model.index(r, 0).data(role) for r in range(model.rowCount())] if model else []

    def chats(self):
        return self.rows("conversations")

    def lines(self):
        return self.rows("messages")

    def marks(self):
        return self.rows("messages", Qt.ToolTipRole)

    def front(self):
        self.desk.window.activateWindow()
        QTest.qWaitForWindowActive(self.desk.window)

    def open(self, chat):
        if not until(lambda: chat in self.chats()):
            return
        self.front()
        view = self.part("conversations")
        place = view.visualRect(view.model().index(self.chats().index(chat), 0)).center()
        for do in (QTest.mouseClick, QTest.mouseDClick):
            do(view.viewport(), Qt.LeftButton, Qt.NoModifier, place)

    def say(self, text):
        type_in(self.part("message_input"), text)
        key(self.part("message_input"), Qt.Key_Return)

    def ask(self, button, text):
        self.front()
        click(self.part(button))
        until(dialog)
        field = dialog().findChild(QWidget, "name_field")
        type_in(field, text)
        key(field, Qt.Key_Return)

    def close(self):
        self.desk.window.close()
        return until(lambda: self.ended)

class Guest:
    def __init__(self, name, port=PORT):
        self.name = name
        self.sock = socket.create_connection(("127.0.0.1", port), 5)
        self.file = self.sock.makefile("rb")
        self.ask(action="presence", user=dict(account_name=name))

    def ask(self, **message):
        self.sock.sendall(json.dumps(dict(time=time.time()) | message).encode() + b"\n")
        return self.next(lambda got: "response" in got)

    def say(self, to, text):
        return self.ask(action="msg", to=to, message=text, **{{"from": self.name}})

    def next(self, fits):
        while True:
            got = json.loads(self.file.readline() or b"null")
            if got is None or fits(got):
                return got

    def hears(self):
        return self.next(lambda got: got.get("action") == "msg")["message"]

    def contacts(self):
        return self.ask(action="get_contacts", user_login=self.name)["alert"]

"""
FINISH = """
print("\\n=>" + json.dumps(result), flush=True)
os._exit(0)
"""


def at_window(lab, about, code, port=None, within=25):
    """Run code in a process that has windows; return its `result`."""
    if port is None:
        server = serve(lab)
        server.connect().close()
        port = server.port
    home = lab.place / "windows"
    home.mkdir()
    opening = OPENING.format(port=port, home=str(home))
    return lab.probe(about, opening + code + FINISH, within=within)


def expect_steps(steps, result):
    """Compare what has happened with a list of steps that should all have succeeded."""
    wrong = [step for step, went in zip(steps, result, strict=True) if went is not True]
    if wrong:
        received = [f"{step}: {went!r}" for step, went in zip(steps, result, strict=True)]
        raise CheckFailed("; ".join(steps), "; ".join(received))


@check(
    "L13-C01",
    "L13-R1",
    "the dialog leads to the window; what goes wrong at the login is told in it",
    hint="Connect to the server in a thread; its signals say how that went. Show the window at "
    "the answer 200, and the words of anything else in the dialog.",
    after="L03-C01",
)
def login(lab):
    anna, spare = lab.word(), lab.listen()
    code = f"""
guest = Guest({anna!r})
user = User({anna!r})
shown = lambda who: who.part("client_window").isVisible()
result = [until(lambda: "409" in user.text("login_problem")), not shown(user)]
type_in(user.part("name_field"), "2")
key(user.part("name_field"), Qt.Key_Return)
result += [user.is_in(), {anna!r} + "2" in user.part("client_window").windowTitle()]
nobody = User("bob", {spare.port})
result += [until(lambda: nobody.text("login_problem")), not shown(nobody)]
user.close()
again = Desk(user.home / "client.ini", user.home)
again.open()
result += [again.login.findChild(QWidget, "name_field").text() == {anna!r} + "2"]
"""
    spare.sock.close()
    result = at_window(lab, "log in under a name that is taken, then under another", code)
    steps = ["409 is told in the dialog", "there is no window", "then there is", "with the name"]
    steps += ["a refused connection is told", "there is no window", "the name is remembered"]
    expect_steps(steps, result)


@check(
    "L13-C02",
    "L13-R1",
    "a contact is added, a double click opens the chat, Enter sends, and what comes is shown",
    hint="The window emits message_entered(chat, text); whoever connects it lets the session say "
    "it. Lines reach the model as events of the session.",
    after="L13-C01",
)
def talk(lab):
    anna, boris, hello, answer = lab.word(), lab.word(), lab.text(), lab.text()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
user.ask("add_contact_button", {boris!r})
result = [until(lambda: {boris!r} in user.chats())]
user.open({boris!r})
result += [user.text("chat_title") == {boris!r}]
user.say({hello!r})
result += [guest.hears() == {hello!r}, until(lambda: user.lines() == [{hello!r}])]
guest.say({anna!r}, {answer!r})
result += [until(lambda: user.lines() == [{hello!r}, {answer!r}])]
field = user.part("message_input")
type_in(field, "one")
key(field, Qt.Key_Return, Qt.ShiftModifier)
type_in(field, "two")
result += [field.toPlainText() == "one\\ntwo"]
click(user.part("send_button"))
result += [guest.hears() == "one\\ntwo"]
"""
    result = at_window(lab, "add a contact, open the chat, talk", code)
    steps = ["the contact is in the list", "its chat is open", "what was typed arrives"]
    steps += ["it is shown", "so is the answer", "Shift+Enter breaks", "the button sends"]
    expect_steps(steps, result)


@check(
    "L13-C03",
    "L13-R1",
    "a contact is removed when a question has been answered, not before",
    hint="QMessageBox.open() returns at once; the signal goes out when Yes has been clicked.",
    after="L13-C02",
)
def removal(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
user.ask("add_contact_button", {boris!r})
user.open({boris!r})
remove = user.part("client_window").findChild(QAction, "remove_action")
remove.trigger()
result = [until(dialog)]
dialog().reject()
QTest.qWait(300)
result += [{boris!r} in user.chats()]
remove.trigger()
until(dialog)
click(dialog().findChild(QWidget, "removal_yes"))
result += [until(lambda: {boris!r} not in user.chats())]
user.close()
result += [Guest({anna!r}).contacts() == []]
"""
    result = at_window(lab, "remove a contact: first No, then Yes", code)
    expect_steps(["it asks", "No keeps", "Yes removes", "on the server too"], result)


@check(
    "L13-C04",
    "L13-R2",
    "unread messages are counted in the title and in the list, until their chat is opened",
    hint="A line is read when its chat is open, at its end, and the window is in front.",
    after="L13-C02",
)
def unread(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
user.open("#all")
for text in ("one", "two"):
    guest.say({anna!r}, text)
title = lambda: user.part("client_window").windowTitle()
result = [until(lambda: title().startswith("(2) ")), user.chats()[0] == {boris!r}]
user.close()
user = User({anna!r}, home=user.home)
user.is_in()
result += [until(lambda: title().startswith("(2) "))]
user.open({boris!r})
result += [until(lambda: user.lines() == ["one", "two"]), until(lambda: title()[:1] != "(")]
"""
    result = at_window(lab, "two messages come into a chat that is not open", code)
    steps = ["(2) in the title", "the chat is the first", "(2) after a restart too"]
    expect_steps([*steps, "both are shown", "then nothing is unread"], result)


@check(
    "L13-C05",
    "L13-R2",
    "the mark of a message tells whether it waits, is stored or has been delivered",
    hint="The session tells with Marked what became of a line: find its row by its key, and emit "
    "dataChanged.",
    after="L13-C02",
)
def marks(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest = Guest({boris!r})
user = User({anna!r})
user.is_in()
user.ask("add_contact_button", {boris!r})
user.open({boris!r})
user.say("first")
result = [until(lambda: user.marks() and "delivered" in user.marks()[-1])]
guest.file.close()
guest.sock.close()
until(lambda: user.text("chat_presence") == "offline")
user.say("second")
result += [until(lambda: len(user.marks()) == 2 and "stored" in user.marks()[-1])]
result += ["delivered" in user.marks()[0]]
"""
    result = at_window(lab, "write to somebody who is here, and then has gone", code)
    expect_steps(["delivered", "stored", "and the first is still delivered"], result)


@check(
    "L13-C06",
    "L13-R2",
    "history and drafts are there after a restart, each in its chat",
    hint="Opening a chat reads a page of it, and its draft, from the client's file.",
    after="L13-C02",
)
def memory(lab):
    anna, boris, text = lab.word(), lab.word(), lab.text()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
user.ask("add_contact_button", {boris!r})
user.open({boris!r})
user.say({text!r})
until(lambda: user.lines())
type_in(user.part("message_input"), "a draft")
user.open("#all")
result = [user.part("message_input").toPlainText() == ""]
type_in(user.part("message_input"), "for all")
result += [user.close()]
user = User({anna!r}, home=user.home)
user.is_in()
drafts = lambda: user.part("message_input").toPlainText()
user.open({boris!r})
result += [until(lambda: user.lines() == [{text!r}]), until(lambda: drafts() == "a draft")]
user.open("#all")
result += [until(lambda: drafts() == "for all")]
"""
    result = at_window(lab, "type in two chats, close the window, open it again", code)
    steps = ["each chat has its own draft", "the window closes", "the history is there"]
    expect_steps([*steps, "the draft is there", "the other one too"], result)


@check(
    "L13-C07",
    "L13-R2",
    "the search finds a text in any chat and any case, and leads to its line",
    hint="ClientStorage.search looks; show the lines around the one that was chosen, and scroll "
    "to it.",
    after="L13-C02",
)
def search(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
for number in range(3):
    guest.say({anna!r}, ["before", "Die НАДЕЖДА", "after"][number])
user.open("#all")
key(user.part("client_window"), Qt.Key_F, Qt.ControlModifier)
type_in(user.part("search_field"), "надежда")
key(user.part("search_field"), Qt.Key_Return)
result = [until(lambda: user.rows("search_results") == ["Die НАДЕЖДА"])]
view = user.part("search_results")
place = view.visualRect(view.model().index(0, 0)).center()
QTest.mouseClick(view.viewport(), Qt.LeftButton, Qt.NoModifier, place)
current = lambda: user.part("messages").currentIndex().data()
result += [until(lambda: current() == "Die НАДЕЖДА"), user.text("chat_title") == {boris!r}]
"""
    result = at_window(lab, "search for a word that was said in another chat", code)
    expect_steps(["it is found", "its line is chosen", "its chat is open"], result)


@check(
    "L13-C08",
    "L13-R2",
    "one sees who is online, and when that changes",
    hint="People says who is here, Presence who has come or gone; the model tells its view.",
    after="L13-C02",
)
def presence(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
user.ask("add_contact_button", {boris!r})
user.open({boris!r})
here = lambda: user.text("chat_presence")
result = [until(lambda: here() == "online")]
guest.file.close()
guest.sock.close()
result += [until(lambda: here() == "offline")]
guest = Guest({boris!r})
result += [until(lambda: here() == "online")]
"""
    result = at_window(lab, "a contact goes and comes back", code)
    expect_steps(["online", "offline", "online"], result)


@check(
    "L13-C09",
    "L13-R2",
    "what the network says is shown as plain text, and controls nothing",
    hint="Qt.PlainText for labels; escape what cannot be printed; a tooltip needs html.escape.",
    after="L13-C02",
)
def hostile(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
for text in ("<b>bold</b><img src='file:///etc/passwd'>", "\\u202etxt.exe\\x1b[2J"):
    guest.say({anna!r}, text)
user.open({boris!r})
result = [until(lambda: len(user.lines()) == 2)]
first, second = user.lines()
result += [first == "<b>bold</b><img src='file:///etc/passwd'>", second.isprintable()]
guest.say({anna!r}, "<i>tip</i>")
tip = lambda: user.rows("conversations", Qt.ToolTipRole)[user.chats().index({boris!r})]
result += [until(lambda: "tip" in tip()), "<i>" not in tip() and "<b>" not in tip()]
user.part("client_window").grab()
"""
    result = at_window(lab, "somebody sends HTML and control characters", code)
    steps = ["both are shown", "HTML as it was typed", "nothing that cannot be printed"]
    expect_steps([*steps, "the list's tooltip has it", "without the HTML"], result)


@check(
    "L13-C10",
    "L13-R2",
    "rooms and the common chat stand beside the private ones",
    hint="A chat is a name, or #all, or a #room: the same list, the same view.",
    after="L13-C02",
)
def rooms(lab):
    anna, boris = lab.word(), lab.word()
    code = f"""
guest, user = Guest({boris!r}), User({anna!r})
user.is_in()
guest.ask(action="join", room="#lab")
user.ask("join_room_button", "lab")
result = [until(lambda: "#lab" in user.chats())]
user.open("#lab")
user.say("anybody here?")
result += [guest.hears() == "anybody here?"]
guest.say("#lab", "me")
result += [until(lambda: user.lines() == ["anybody here?", "me"])]
user.open("#all")
guest.say("#all", "hello")
result += [until(lambda: user.lines() == ["hello"])]
"""
    result = at_window(lab, "join a room, talk in it and in the common chat", code)
    expect_steps(["the room is there", "it hears us", "we hear it", "and the common chat"], result)
