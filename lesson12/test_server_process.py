"""Tests of server.py as a program: real processes, what is typed, Ctrl+C, and how they end."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import server  # it puts common/ within reach
from settings import Settings, save, sqlite_url
from telephone import as_line, presence

from common.messages import receive_message

HERE = Path(__file__).resolve().parent
LIMIT = 30  # seconds until a test of broken code turns red
POSIX = unittest.skipIf(sys.platform == "win32", "there Ctrl+C is something else")
WINDOWS = unittest.skipUnless(server.importlib.util.find_spec("PyQt5"), "PyQt5 is not installed")
PROGRAM = """
import signal, sys, server
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have made Ctrl+C deaf
from log import server_log_config
server_log_config.__file__ = sys.argv.pop(1)  # its log is written beside this
server.main()
"""
OPENING = PROGRAM.replace(
    "server.main()",
    """
import server_desk
def opened(desk, *, open=server_desk.Desk.open, **changes):
    open(desk, **changes)
    server_desk.QTimer.singleShot(0, lambda: print("shown", desk.form.isVisible(), flush=True))
server_desk.Desk.open = opened
server.main()
""",
)


class Running:
    """A server in a process of its own, at whose keyboard the test sits."""

    def __init__(self, folder, words, program):
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(folder / "log.py"), *words],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=os.environ
            | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
            | {"JIM_HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"},
        )
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.start()
        self.lines = []

    def read_until(self, pattern):
        """Read until a line has this in it; return what was found."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern} never came: {self.lines}")

    def type(self, *lines):
        """Type lines."""
        self.process.stdin.writelines(f"{line}\n" for line in lines)
        self.process.stdin.flush()

    def end_input(self):
        """Type the end of the input."""
        self.process.stdin.close()
        self.process.stdin = None  # communicate() need not know

    def end(self):
        """Wait for the end; return the exit code. The lines that were said are in `lines`."""
        self.lines += self.process.stdout.read().splitlines()
        return self.process.wait(LIMIT)

    def close(self):
        """End, whatever has become of it; a red test, too, leaves nothing behind."""
        self.timer.cancel()
        self.process.kill()
        self.process.communicate()


class ProcessTest(unittest.TestCase):
    """A test with a server that is a process, and with a folder for what it writes."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="process")))

    def run_server(self, *words, program=PROGRAM):
        """Let a server run with these words on its command line."""
        running = Running(self.folder, words, program)
        self.addCleanup(running.close)
        return running

    def start(self, *words):
        """Start a server in the terminal, and wait until it listens."""
        running = self.run_server("--no-gui", "-a", "127.0.0.1", "-p", "0", *words)
        self.port = int(running.read_until(r"Listening on port (\d+)")[1])
        return running

    def come(self, name):
        """Let a client come in; return its socket and the welcome."""
        address = ("127.0.0.1", self.port)
        client = self.enterContext(socket.create_connection(address, timeout=LIMIT))
        client.sendall(as_line(presence(user={"account_name": name})))
        return client, receive_message(client)["alert"]

    def expect_clean_end(self, running):
        """Expect exit code 0, "Stopped." and no traceback."""
        self.assertEqual(running.end(), 0, running.lines)
        self.assertTrue(running.lines[-1].endswith("Stopped."), running.lines)
        self.assertNotIn("Traceback", " ".join(running.lines))

    def expect_one_line(self, running, pattern):
        """Expect exit code 1 and one line that says why."""
        self.assertEqual(running.end(), 1, running.lines)
        self.assertEqual(len(running.lines), 1, running.lines)
        self.assertRegex(running.lines[0], pattern)


class TerminalTest(ProcessTest):
    def test_commands_are_answered_and_exit_ends_it(self):
        running = self.start()
        client, _ = self.come("Ева")
        running.type("online")
        running.read_until(r"^Ева +127\.0\.0\.1 +since \d{4}-")
        running.type("register Анна", "clients", "dance", "h 5", "help")
        for pattern in ("^Анна is registered", "^2 accounts", "^dance is not", "^exit "):
            running.read_until(pattern)
        running.type("disconnect Ева")
        running.read_until("^Ева is disconnected")
        self.assertEqual(client.recv(100), b"")
        running.type("exit")
        self.expect_clean_end(running)

    def test_the_end_of_the_input_does_not_end_it(self):
        running = self.start()
        running.type("help")
        running.end_input()
        running.read_until("^exit ")
        self.come("bob")
        running.read_until("is bob")
        running.process.terminate()
        running.end()

    @POSIX
    def test_ctrl_c_ends_it_cleanly_with_or_without_a_keyboard(self):
        for has_keyboard in (True, False):
            running = self.start()
            if not has_keyboard:
                running.end_input()
            client, _ = self.come("bob")
            running.process.send_signal(signal.SIGINT)
            with self.subTest(has_keyboard=has_keyboard):
                self.expect_clean_end(running)
                self.assertEqual(client.recv(100), b"")

    @POSIX
    def test_ctrl_c_as_soon_as_it_listens_ends_it_cleanly_too(self):
        running = self.start()
        running.process.send_signal(signal.SIGINT)
        self.expect_clean_end(running)


class CannotStartTest(ProcessTest):
    def test_a_wrong_port_is_named_and_gives_exit_code_2(self):
        for port in ("70000", "port"):
            running = self.run_server("--no-gui", "-p", port)
            self.assertEqual(running.end(), 2)
            self.assertIn(f"Wrong port: {port}", running.lines[-1].replace("'", ""))

    def test_a_port_that_is_taken_ends_in_one_line(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            running = self.run_server("--no-gui", "-a", "127.0.0.1", "-p", port)
            self.expect_one_line(running, f"port {port}")

    def test_a_broken_database_ends_in_one_line(self):
        path = self.folder / "broken.db"
        path.write_bytes(b"this is no database " * 1000)
        self.expect_one_line(self.run_server("--no-gui", "-p", "0", "--db", str(path)), "broken.db")

    def test_settings_that_cannot_be_used_end_in_one_line(self):
        path = self.folder / "broken.ini"
        texts = {"hello": "broken.ini", "[server]\nport = seven\n": "port must be .* not seven"}
        for text, pattern in texts.items():
            path.write_text(text, encoding="utf-8")
            with self.subTest(text=text):
                running = self.run_server("--no-gui", "--config", str(path))
                self.expect_one_line(running, pattern)

    def test_a_folder_that_cannot_be_made_ends_in_one_line(self):
        (self.folder / "file").touch()
        program = "import os\nos.environ['JIM_HOME'] += '/file/folder'\n" + PROGRAM
        running = self.run_server("--no-gui", "-p", "0", program=program)
        self.expect_one_line(running, "cannot be made")


class SettingsTest(ProcessTest):
    def test_the_file_is_used_and_the_command_line_goes_before_it(self):
        path, database = self.folder / "my.ini", self.folder / "my.db"
        save(Settings(sqlite_url(database), "192.0.2.1", 7777, "Школа"), path)
        running = self.start("--config", str(path))  # with another address, and another port
        self.assertNotEqual(self.port, 7777)
        self.assertEqual(self.come("bob")[1], "welcome to Школа, bob")
        self.assertTrue(database.is_file())
        running.type("exit")
        self.expect_clean_end(running)
        self.assertFalse((self.folder / "server.db").exists())

    def test_without_one_the_database_is_in_the_users_folder(self):
        running = self.start()
        self.assertTrue((self.folder / "server.db").is_file())
        running.type("exit")
        self.expect_clean_end(running)


@WINDOWS
class WindowTest(ProcessTest):
    def open(self):
        """Start a server with a window, and wait until the settings are shown."""
        running = self.run_server("-p", "0", program=OPENING)
        running.read_until("^shown True")
        running.type("online")  # meanwhile the thread of the windows comes to rest
        running.read_until("^0 online")
        return running

    @POSIX
    def test_the_settings_are_shown_and_ctrl_c_ends_it(self):
        running = self.open()
        running.process.send_signal(signal.SIGINT)
        self.assertEqual(running.end(), 0, running.lines)

    def test_the_commands_work_beside_the_window(self):
        running = self.open()
        running.type("register bob")
        running.read_until("does not run")
        running.type("exit")
        self.assertEqual(running.end(), 0, running.lines)


if __name__ == "__main__":
    unittest.main()
