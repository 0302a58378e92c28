"""Tests of the client as a whole: windows at a real server, through clicks and keys."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import client
from client_for_tests import ClientTest, User
from client_models import UNREAD
from client_settings import load
from offscreen import application
from planting import plant
from PyQt5.QtCore import Qt, QTimer
from PyQt5.QtTest import QTest
from real_server import HERE, RealServer

from common.client_storage import ClientStorage, file_for
from common.messages import receive_message

HOSTILE = (
    "<img src='file:///etc/passwd'><b>bold</b>",
    "\u202etxt.exe",
    "\x1b[2J\x07\0",
    "half \\ud800 pair",  # as it stands in the JSON
    "x" * 500,
    "e" + "\u0301" * 400,
)


class Guest:
    """Somebody at the server without a window, who may send what no window would."""

    def __init__(self, test, server, name):
        self.name = name
        self.sock = test.enterContext(socket.create_connection(("127.0.0.1", server.port), 10))
        self.send({"action": "presence", "user": {"account_name": name, "status": "here"}})
        receive_message(self.sock)

    def send(self, message):
        """Send a message."""
        self.sock.sendall(json.dumps({"time": time.time()} | message).encode() + b"\n")

    def say(self, to, text):
        """Say something; the answers are not read."""
        self.send({"action": "msg", "to": to, "from": self.name, "message": text})


class TalkTest(ClientTest):
    def test_two_windows_talk(self):
        anna, boris = self.two()
        anna.say("Привет, Борис!")
        self.wait_until(lambda: boris.shown() == ["Привет, Борис!"])
        boris.say("two lines")
        self.wait_until(lambda: anna.shown() == ["Привет, Борис!", "two lines"])
        self.wait_until(lambda: anna.states() == ["delivered", "received"])

    def test_the_mark_of_a_line_for_somebody_who_is_away_says_stored(self):
        anna, boris = self.two()
        boris.go()
        anna.say("read it later")
        self.wait_until(lambda: anna.states() == ["stored"])

    def test_who_is_here_is_seen(self):
        anna, boris = self.two()
        self.wait_until(lambda: anna.part("chat_presence").text() == "online")
        boris.go()
        self.wait_until(lambda: anna.part("chat_presence").text() == "offline")

    def test_a_message_in_another_chat_is_unread_until_that_chat_is_opened(self):
        anna, boris = self.two()
        anna.open("#all")
        boris.come_to_front()
        boris.say("psst")
        self.wait_until(lambda: anna.window.windowTitle().startswith("(1) "))
        model = anna.part("conversations").model()
        self.assertEqual((anna.chats()[0], model.index(0, 0).data(UNREAD)), (self.boris, 1))
        anna.open(self.boris)
        self.wait_until(lambda: not anna.window.windowTitle().startswith("("))
        self.wait_until(lambda: anna.shown() == ["psst"])

    def test_a_room_and_the_common_chat_stand_beside_the_private_chats(self):
        anna, boris = self.two()
        for user in (anna, boris):
            user.come_to_front()
            user.part("join_room_button").click()
            dialog = application.activeModalWidget()
            self.typed(dialog.field, "друзья")
            QTest.keyClick(dialog.field, Qt.Key_Return)
            user.open("#друзья")
        self.wait_until(lambda: "in it" not in anna.part("chat_presence").text())
        boris.say("is anybody here?")
        self.wait_until(lambda: anna.shown() == ["is anybody here?"])
        boris.open("#all")
        boris.say("hello, all")
        anna.open("#all")
        self.wait_until(lambda: anna.shown() == ["hello, all"])

    def test_names_that_the_server_knows_are_offered_for_a_contact(self):
        anna, _ = self.user(self.anna), self.user(self.boris)
        anna.come_to_front()
        anna.part("add_contact_button").click()
        dialog = application.activeModalWidget()
        self.wait_until(lambda: dialog.names.stringList() == [self.boris])
        self.typed(dialog.field, "bo")
        self.assertEqual(dialog.field.completer().completionCount(), 1)
        dialog.reject()

    def test_a_contact_goes_when_the_question_has_been_answered(self):
        anna, _ = self.user(self.anna), self.user(self.boris)
        anna.add(self.boris)
        anna.open(self.boris)
        anna.window.ask_removal()
        box = application.activeModalWidget()
        QTest.mouseClick(next(b for b in box.buttons() if b.objectName()), Qt.LeftButton)
        self.wait_until(lambda: self.boris not in anna.chats())

    def test_a_search_leads_to_the_line_in_its_chat(self):
        anna, _ = self.two()
        for text in ("the first", "needle", "the last"):
            anna.say(text)
        anna.open("#all")
        QTest.keyClick(anna.part("message_input"), Qt.Key_F, Qt.ControlModifier)
        self.typed(anna.part("search_field"), "NEED")
        QTest.keyClick(anna.part("search_field"), Qt.Key_Return)
        results = anna.part("search_results")
        self.wait_until(lambda: results.model().rowCount() == 1)
        point = results.visualRect(results.model().index(0, 0)).center()
        QTest.mouseClick(results.viewport(), Qt.LeftButton, Qt.NoModifier, point)
        self.wait_until(lambda: anna.part("messages").currentIndex().data() == "needle")
        self.assertEqual(anna.part("chat_title").text(), self.boris)

    def test_a_draft_is_there_after_the_next_start(self):
        anna, _ = self.two()
        self.typed(anna.part("message_input"), "not yet sent")
        anna.window.close()
        self.wait_until(lambda: anna.finished)
        again = self.user(self.anna, home=anna.home)
        again.open(self.boris)
        self.wait_until(lambda: again.part("message_input").toPlainText() == "not yet sent")


class OutageTest(ClientTest):
    def test_what_was_typed_while_the_server_was_dead_arrives_once(self):
        anna, boris = self.two()
        anna.say("before")
        self.wait_until(lambda: boris.shown() == ["before"])
        self.server.kill()
        for user in (anna, boris):
            self.wait_until(lambda user=user: "No connection" in user.part("state_label").text())
        anna.come_to_front()
        anna.say("meanwhile")
        self.wait_until(lambda: anna.states() == ["delivered", "waiting"])
        self.server.start()
        self.wait_until(lambda: anna.states() == ["delivered", "delivered"])
        self.wait_until(lambda: boris.shown() == ["before", "meanwhile"])
        boris.say("and after")
        self.wait_until(lambda: anna.shown() == ["before", "meanwhile", "and after"])
        self.assertEqual(boris.shown(), ["before", "meanwhile", "and after"])

    def test_a_countdown_is_seen_and_one_can_try_at_once(self):
        anna = self.user(self.anna, waits=(3600,))
        self.server.kill()
        label = anna.part("connection_label")
        self.wait_until(lambda: "next attempt in 3600 s" in label.text())
        self.wait_until(lambda: "next attempt in 3599 s" in label.text())
        self.server.start()
        anna.come_to_front()
        QTest.mouseClick(anna.part("reconnect_button"), Qt.LeftButton)
        self.wait_until(lambda: "Connected" in anna.part("state_label").text())
        self.assertFalse(anna.part("connection_bar").isVisible())

    def test_what_waited_when_the_window_was_closed_goes_out_at_the_next_start(self):
        anna, boris = self.two()
        self.server.kill()
        self.wait_until(lambda: "No connection" in anna.part("state_label").text())
        anna.come_to_front()
        anna.say("still here")
        self.wait_until(lambda: anna.states() == ["waiting"])
        anna.window.close()
        self.wait_until(lambda: anna.finished)
        self.server.start()
        self.user(self.anna, home=anna.home)
        self.wait_until(lambda: boris.shown() == ["still here"])


class HostileTest(ClientTest):
    def test_hostile_texts_do_no_harm(self):
        anna = self.user(self.anna)
        eve = Guest(self, self.server, f"eve_{self.boris}")
        for text in HOSTILE:
            eve.say(self.anna, text.replace("\\ud800", "\ud800"))
        eve.send({"action": "msg", "to": self.anna, "from": "eve", "message": "y" * 1_000_000})
        mallory = Guest(self, self.server, f"mal_{self.boris}")
        mallory.say(self.anna, "the end")
        anna.open(mallory.name)
        self.wait_until(lambda: anna.shown() == ["the end"])
        anna.open(eve.name)
        self.wait_until(lambda: anna.shown() and anna.shown()[0] == HOSTILE[0])
        for text in anna.shown():
            self.assertTrue(text.replace("\n", "").isprintable(), ascii(text))
        anna.window.grab()


class LoginTest(ClientTest):
    def test_a_name_that_is_taken_is_told_in_the_dialog(self):
        self.user(self.anna)
        other = User(self, self.server, self.anna)
        self.wait_until(lambda: other.desk.login.problem.text().startswith("409"))
        self.assertFalse(other.window.isVisible())
        self.typed(other.desk.login.name, "2")
        QTest.keyClick(other.desk.login.name, Qt.Key_Return)
        other.enter()
        self.assertIn(f"{self.anna}2 on 127.0.0.1", other.part("account_label").text())

    def test_a_server_that_is_not_there_is_told_in_the_dialog(self):
        self.server.kill()
        anna = User(self, self.server, self.anna)
        self.wait_until(lambda: "refused" in anna.desk.login.problem.text())
        self.server.start()
        QTest.mouseClick(anna.desk.login.connect_button, Qt.LeftButton)
        anna.enter()

    def test_what_was_typed_in_the_dialog_is_there_the_next_time(self):
        anna = self.user(self.anna)
        anna.window.settings_changed.emit({"notify": False})
        anna.go()
        again = User(self, self.server, "", home=anna.home)
        self.assertEqual(again.desk.login.values(), ("127.0.0.1", self.server.port, self.anna))
        self.assertFalse(again.desk.settings.notify)

    def test_an_attempt_can_be_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            anna = User(self, mock.Mock(port=silent.getsockname()[1]), self.anna)
            self.wait_until(lambda: anna.desk.login.busy)
            QTest.mouseClick(anna.desk.login.cancel_button, Qt.LeftButton)
            self.assertFalse(anna.desk.login.busy)
        self.assertFalse(anna.window.isVisible())


class LoadTest(ClientTest):
    def test_a_chat_of_100_000_messages_opens_at_once_and_is_read_page_by_page(self):
        path = file_for(
            "Женя", "127.0.0.1", self.server.port, self.enterContext(tempfile.TemporaryDirectory())
        )
        ClientStorage(path, "Женя").close()
        plant(path, 100_000)
        reader = self.user("Женя", home=path.parent)
        began = time.process_time()
        reader.open("Анна")
        self.wait_until(lambda: len(reader.shown()) == 100)
        reader.window.grab()
        self.assertLess(time.process_time() - began, 1)
        self.assertEqual(reader.shown()[-1], "Строка 99999")
        reader.part("messages").verticalScrollBar().setValue(0)
        self.wait_until(lambda: len(reader.shown()) == 200)
        self.assertEqual(reader.shown()[0], "Строка 99800")

    def test_a_thousand_messages_at_once_leave_the_window_usable(self):
        anna, eve = self.user(self.anna), Guest(self, self.server, f"eve_{self.boris}")
        anna.open("#all")
        lines = [f"line {number}" for number in range(1000)]
        for line in lines:
            eve.say("#all", line)
        self.wait_until(lambda: anna.shown()[-1:] == lines[-1:])
        self.assertEqual(anna.shown(), lines)
        anna.say("I can still type")
        self.wait_until(lambda: anna.states()[-1] == "delivered")


class MainTest(ClientTest):
    """The whole program, in this process."""

    def setUp(self):
        super().setUp()
        self.home = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(mock.patch.object(client, "open_log"))
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.addCleanup(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))

    def run_main(self, *words, typed=""):
        """Run the program while this is typed; return what it ends with."""
        places = ("--data", self.home, "--config", f"{self.home}/client.ini")
        with (
            mock.patch.object(sys, "argv", ["client.py", *words, *places]),
            mock.patch.object(sys, "stdin", io.StringIO(typed)),
        ):
            try:
                client.main()
            except SystemExit as end:
                return end.code
        return None

    def test_the_terminal_is_what_it_was(self):
        words = ("127.0.0.1", str(self.server.port), "-n", self.anna, "--console")
        self.assertIsNone(self.run_main(*words, typed="all Hello\nquit\n"))
        self.assertIn("to #all: 200: sent\nGoodbye.\n", self.screen.getvalue())

    def test_a_server_that_is_not_there_is_one_clear_line_in_the_terminal(self):
        self.server.kill()
        words = ("127.0.0.1", str(self.server.port), "-n", self.anna, "--console")
        self.assertRegex(self.run_main(*words), r"\A127.0.0.1, port \d+: .*refused\Z")

    def test_who_has_said_all_gets_a_window_which_ends_the_program(self):
        beat = QTimer(interval=5)
        beat.timeout.connect(close_the_window)
        beat.start()
        self.addCleanup(beat.stop)
        words = ("127.0.0.1", str(self.server.port), "-n", self.anna)
        self.assertEqual(self.run_main(*words), 0)
        self.assertEqual(load(f"{self.home}/client.ini").name, self.anna)

    def test_without_a_display_nothing_of_qt_is_begun(self):
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            self.enterContext(mock.patch.dict(os.environ, {name: ""}))
        self.enterContext(mock.patch.object(sys, "platform", "linux"))
        self.assertIn("--console", self.run_main("127.0.0.1"))
        self.assertFalse(client.has_display())


def close_the_window():
    """Close the window as soon as it is there."""
    for window in application.topLevelWidgets():
        if window.objectName() == "client_window" and window.isVisible():
            window.close()


class ScriptTest(unittest.TestCase):
    """client.py as it is started."""

    def run_client(self, *words, **env):
        """Run client.py without a display; return how it ended."""
        clean = {name: os.environ[name] for name in os.environ if "DISPLAY" not in name}
        clean.pop("QT_QPA_PLATFORM", None)
        return subprocess.run(
            [sys.executable, str(HERE / "client.py"), *words],
            env=clean | env,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    @unittest.skipIf(sys.platform in ("win32", "darwin"), "here there always is a display")
    def test_without_a_display_it_says_so_and_offers_the_terminal(self):
        ended = self.run_client("192.0.2.7")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("client.py 192.0.2.7 --name NAME --console", ended.stderr)

    def test_in_the_terminal_an_address_is_needed(self):
        self.assertEqual(self.run_client("--console").returncode, 2)

    def test_wrong_words_end_it_and_are_named(self):
        for words in (("127.0.0.1", "70000"), ("127.0.0.1", "-n", "a b")):
            ended = self.run_client(*words)
            self.assertEqual(ended.returncode, 2)
            self.assertIn(words[-1], ended.stderr)

    def test_the_terminal_still_works(self):
        server = RealServer(self.enterContext, self.addCleanup)
        ended = self.run_client("127.0.0.1", str(server.port), "-n", "Анна", "--console")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertIn("200: welcome to JIM server, Анна\nGoodbye.", ended.stdout)


class RuleTest(unittest.TestCase):
    """What each part may import."""

    FORBIDDEN = {
        "transport.py": {"QtWidgets", "QtGui"},
        "client_models.py": {"QtWidgets", "QtGui", "socket", "sqlalchemy", "common"},
        "line_models.py": {"QtWidgets", "QtGui", "socket", "sqlalchemy", "common"},
        "client_window.py": {"socket", "sqlalchemy", "transport", "common"},
        "window_session.py": {"PyQt5", "socket", "threading"},
    }

    def test_each_part_imports_only_what_it_is(self):
        for name, forbidden in self.FORBIDDEN.items():
            text = Path(HERE, name).read_text(encoding="utf-8")
            lines = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
            words = {word for line in lines for word in line.replace(".", " ").split()}
            with self.subTest(file=name):
                self.assertEqual(words & forbidden, set())


if __name__ == "__main__":
    unittest.main()
