"""Tests of launcher.py: it really launches, in a copy of this folder."""

import argparse
import contextlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import launcher

HERE = Path(__file__).resolve().parent
FOR_DATA = tempfile.TemporaryDirectory(prefix="data")  # not the tester's own database
LIMIT = 60  # seconds until a test of broken code turns red
POSIX = unittest.skipIf(sys.platform == "win32", "there signals are something else")


class Launched:
    """A launcher in a process of its own, at whose keyboard the test sits."""

    def __init__(self, folder, *words):
        self.process = subprocess.Popen(
            [sys.executable, str(folder / "launcher.py"), "--here", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=os.environ | {"PYTHONUTF8": "1", "JIM_HOME": FOR_DATA.name},
        )
        self.lines = []
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.start()

    def read_until(self, *texts):
        """Read until each of the texts has stood in a line."""
        missing = set(texts)
        while missing:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"never came: {missing}; but: {self.lines}")
            self.lines.append(line.rstrip("\n"))
            missing = {text for text in missing if text not in line}

    def type(self, line):
        """Type a line."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        """Read the rest and return the exit code."""
        rest, _ = self.process.communicate(timeout=LIMIT)
        self.lines += rest.splitlines()
        return self.process.returncode

    def close(self):
        """End, whatever has become of it; a red test, too, leaves nothing behind."""
        self.process.terminate()
        self.process.communicate()
        self.timer.cancel()


class LaunchTest(unittest.TestCase):
    """A test with a copy of this folder: there the logs may be written."""

    def setUp(self):
        self.top = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="launched")))
        self.folder = self.top / "lesson"
        skip = shutil.ignore_patterns("test_*", "*.log*", "__pycache__", "tests")
        shutil.copytree(HERE, self.folder, ignore=skip)
        common = next(up / "common" for up in HERE.parents if (up / "common").is_dir())
        shutil.copytree(common, self.top / "common", ignore=skip)

    def launch(self, *words):
        """Launch two clients and wait until one can type."""
        self.port = launcher.free_port(0)
        launched = Launched(self.folder, "-p", str(self.port), *words)
        self.addCleanup(launched.close)
        launched.read_until(
            *(f"welcome to JIM server, {name}" for name in ("Анна", "Boris")), "Type NAME"
        )
        return launched

    def expect_end(self, launched):
        """Expect that all has ended well, and that nothing is left."""
        self.assertEqual(launched.end(), 0, launched.lines)
        self.assertEqual(launched.lines[-1], "All have ended.")
        for name in ("Анна", "Boris"):
            self.assertIn(f"{name:>8} | Goodbye.", launched.lines)
        self.expect_nothing_left()

    def expect_nothing_left(self):
        """Expect that nobody listens and that no program runs in the folder."""
        with socket.socket() as sock:
            self.assertNotEqual(sock.connect_ex(("127.0.0.1", self.port)), 0)
        self.assertEqual(self.running(), [])

    def running(self):
        """Return the command lines of what runs in the folder, where the system lets us look."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # it has just ended
                found.append(path.read_bytes().decode(errors="replace"))
        return [words for words in found if str(self.top) in words]

    def test_what_is_typed_for_one_is_heard_by_the_other(self):
        launched = self.launch()
        launched.type("Анна all привет")
        launched.read_until("   Boris | ", " Анна to all: привет", "    Анна | to #all: 200: sent")
        launched.type("boris message Анна hi, Anna")
        launched.read_until(" Boris: hi, Anna", "   Boris | to Анна: 200: sent")
        launched.type("")
        launched.type("server quit")
        launched.read_until("server is none of: анна, boris")
        launched.process.stdin.close()
        launched.process.stdin = None  # closed; communicate() need not know
        self.expect_end(launched)
        self.assertTrue(launched.lines[0].startswith("  server | "))
        self.assertTrue((self.folder / "log" / f"server-{self.port}.log").is_file())

    @POSIX
    def test_signals_end_all_of_them_and_impatience_changes_nothing(self):
        for first, second in ((signal.SIGINT, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT)):
            with self.subTest(first=first):
                launched = self.launch("-n", "2")
                launched.process.send_signal(first)
                launched.process.send_signal(second)
                self.expect_end(launched)

    @POSIX
    def test_who_has_gone_is_said_to_have(self):
        launched = self.launch()
        launched.type("Boris quit")
        launched.read_until("   Boris | Goodbye.")
        while not any("Boris has gone" in line for line in launched.lines):
            launched.type("Boris all hello?")  # at first the system may still take it
            launched.type("? ")
            launched.read_until("? is none of")
        launched.process.send_signal(signal.SIGINT)
        self.expect_end(launched)

    def test_a_port_that_is_taken_ends_in_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            launched = Launched(self.folder, "-p", str(port))
            self.addCleanup(launched.close)
            self.assertEqual(launched.end(), 1)
        self.assertEqual(len(launched.lines), 1)
        self.assertIn(f"Cannot use port {port}", launched.lines[0])

    def test_if_the_server_does_not_start_all_is_ended(self):
        (self.folder / "server.py").write_text("print('I will not')")
        self.port = launcher.free_port(0)
        launched = Launched(self.folder, "-p", str(self.port))
        self.addCleanup(launched.close)
        self.assertEqual(launched.end(), 1)
        self.assertIn("  server | I will not", launched.lines)
        self.assertIn("The server did not start.", launched.lines)
        self.expect_nothing_left()


class UnitTest(unittest.TestCase):
    """A test of one part, which sees what is written."""

    def setUp(self):
        self.screen = self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def shown(self):
        """Return the lines on the screen."""
        return self.screen.getvalue().splitlines()


class HereTest(UnitTest):
    def run_here(self, script):
        """Run a script, and see to it that it ends."""
        program = launcher.Here("eve", [sys.executable, "-c", script])
        self.addCleanup(program.end)
        return program

    def test_each_line_shows_whose_it_is_and_cannot_control_the_terminal(self):
        self.run_here("print('one'); print('a\\x1b[2Jb')").end()
        self.assertEqual(self.shown(), ["     eve | one", r"     eve | a\x1b[2Jb"])

    def test_errors_are_shown_too(self):
        self.run_here("import sys; sys.exit('no')").end()
        self.assertEqual(self.shown(), ["     eve | no"])

    def test_it_is_ready_with_its_first_line(self):
        program = self.run_here("print('ready'); input()")
        program.wait_until_ready()
        self.assertEqual(self.shown(), ["     eve | ready"])

    def test_it_is_ready_too_if_it_ends_without_a_word(self):
        program = self.run_here("pass")
        program.wait_until_ready()
        self.assertTrue(program.ready.is_set())

    def test_what_is_typed_arrives(self):
        program = self.run_here("print(input()[::-1])")
        program.type("привет")
        program.end()
        self.assertEqual(self.shown(), ["     eve | тевирп"])

    def test_at_the_end_its_keyboard_is_closed_and_it_is_waited_for(self):
        program = self.run_here("import sys; sys.stdin.read(); print('Goodbye.')")
        program.end()
        self.assertEqual(program.process.poll(), 0)
        self.assertFalse(program.thread.is_alive())
        self.assertEqual(self.shown(), ["     eve | Goodbye."])

    @POSIX
    def test_only_a_server_is_interrupted(self):
        script = "try: print('ready'); input(); input()\nexcept BaseException as e: print(repr(e))"
        for name, words in (("server", "KeyboardInterrupt()"), ("eve", "EOFError(")):
            program = launcher.Here(name, [sys.executable, "-c", script])
            program.wait_until_ready()
            program.type("")
            if name == "server":
                keyboard = mock.patch.object(program.process.stdin, "close")  # it stays open
                with keyboard:
                    program.end()
            program.end()
            with self.subTest(name=name):
                self.assertIn(words, self.shown()[-1])


class InWindowTest(UnitTest):
    def setUp(self):
        super().setUp()
        self.popen = self.enterContext(mock.patch.object(subprocess, "Popen"))
        self.program = launcher.InWindow("eve", ["python", "client.py"], ("xterm", "-e"))

    def test_the_terminal_gets_the_command(self):
        self.assertEqual(self.popen.call_args.args, (["xterm", "-e", "python", "client.py"],))

    def test_it_is_typed_there(self):
        self.program.wait_until_ready()
        self.program.type("all hi")
        self.assertEqual(self.shown(), ["eve has a window of its own"])

    def test_at_the_end_the_window_is_closed(self):
        self.program.end()
        steps = [step[0] for step in self.program.process.method_calls]
        self.assertEqual(steps, ["terminate", "wait"])


class WaitForTest(unittest.TestCase):
    def test_a_program_that_does_not_end_is_killed(self):
        process = mock.Mock()
        process.wait.side_effect = [subprocess.TimeoutExpired("python", 10), 0]
        launcher.wait_for(process)
        self.assertEqual([step[0] for step in process.method_calls], ["wait", "kill", "wait"])
        self.assertEqual(process.wait.call_args_list[0].args, (launcher.PATIENCE,))

    def test_a_program_that_ends_is_not(self):
        process = mock.Mock()
        launcher.wait_for(process)
        process.kill.assert_not_called()


class FindTerminalTest(unittest.TestCase):
    def find(self, platform, environment, *programs):
        """Find a terminal on a platform where there are these programs."""
        with (
            mock.patch.object(sys, "platform", platform),
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch.object(shutil, "which", lambda word: word if word in programs else None),
        ):
            return launcher.find_terminal()

    def test_without_a_display_there_is_none(self):
        self.assertIsNone(self.find("linux", {}, "xterm"))
        self.assertIsNone(self.find("linux", {"DISPLAY": ""}, "xterm"))

    def test_with_a_display_it_is_the_first_that_is_installed(self):
        for display in ("DISPLAY", "WAYLAND_DISPLAY"):
            found = self.find("linux", {display: ":0"}, "gnome-terminal", "konsole")
            self.assertEqual(found, ("konsole", "--nofork", "-e"))
        self.assertEqual(self.find("darwin", {"DISPLAY": ":0"}, "xterm"), ("xterm", "-e"))

    def test_if_none_is_installed_there_is_none(self):
        self.assertIsNone(self.find("linux", {"DISPLAY": ":0"}, "firefox"))

    def test_on_windows_no_program_is_needed(self):
        self.assertEqual(self.find("win32", {}), ())


class StartTest(unittest.TestCase):
    def start(self, terminal):
        """Start a client; return what it is made of, and with which words."""
        with (
            mock.patch.object(launcher, "Here", side_effect=lambda *words: ("Here", *words)),
            mock.patch.object(launcher, "InWindow", side_effect=lambda *words: ("Window", *words)),
        ):
            return launcher.start("eve", terminal, "client.py", "127.0.0.1", "-n", "eve")

    def test_a_script_of_this_folder_is_run_by_this_python(self):
        command = [sys.executable, str(HERE / "client.py"), "127.0.0.1", "-n", "eve"]
        self.assertEqual(self.start(None), ("Here", "eve", command))
        for terminal in (("xterm", "-e"), ()):
            self.assertEqual(self.start(terminal), ("Window", "eve", command, terminal))


class WaitUntilItListensTest(unittest.TestCase):
    def setUp(self):
        self.process = mock.Mock()
        self.process.poll.return_value = None

    def test_when_it_listens_the_wait_is_over(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            launcher.wait_until_it_listens(self.process, listener.getsockname()[1])

    def test_it_knocks_until_somebody_opens(self):
        knocks = [ConnectionRefusedError, ConnectionRefusedError, mock.MagicMock()]
        with (
            mock.patch.object(socket, "create_connection", side_effect=knocks) as knock,
            mock.patch("time.sleep"),
        ):
            launcher.wait_until_it_listens(self.process, 7777)
        self.assertEqual(knock.call_count, 3)

    def test_a_server_that_has_ended_will_not_open(self):
        self.process.poll.return_value = 1
        with self.assertRaisesRegex(SystemExit, "did not start"):
            launcher.wait_until_it_listens(self.process, launcher.free_port(0))

    def test_nor_does_one_for_which_we_have_no_patience(self):
        with (
            mock.patch.object(launcher, "PATIENCE", 0),
            self.assertRaisesRegex(SystemExit, "did not start"),
        ):
            launcher.wait_until_it_listens(self.process, launcher.free_port(0))


class PassOnLinesTest(UnitTest):
    def setUp(self):
        super().setUp()
        self.programs = [mock.Mock() for _ in range(3)]
        for program, name in zip(self.programs, ("server", "Анна", "Boris"), strict=True):
            program.name = name

    def type(self, text):
        """Type a text; return what each program is given."""
        with mock.patch.object(sys, "stdin", io.StringIO(text)):
            launcher.pass_on_lines(self.programs)
        return [[call.args[0] for call in program.type.mock_calls] for program in self.programs]

    def test_a_line_goes_to_whose_name_it_begins_with(self):
        typed = "Анна all hi\nboris  help \n\n  АННА\n"
        self.assertEqual(self.type(typed), [[], ["all hi", ""], [" help"]])
        self.assertEqual(len(self.shown()), 1)  # what to type, and nothing about the empty line

    def test_who_is_not_there_is_named_and_so_are_those_who_are(self):
        self.assertEqual(self.type("eve\x1b hi\nserver quit\n"), [[], [], []])
        self.assertEqual(self.shown()[1], r"eve\x1b is none of: анна, boris")
        self.assertEqual(self.shown()[2], "server is none of: анна, boris")

    def test_it_says_what_to_type(self):
        self.type("")
        self.assertIn("Анна help", self.shown()[0])


class LaunchOrderTest(unittest.TestCase):
    def test_the_clients_begin_when_the_server_listens_and_all_are_waited_for(self):
        steps = mock.Mock()
        with (
            mock.patch.object(launcher, "start", steps.start),
            mock.patch.object(launcher, "wait_until_it_listens", steps.listens),
        ):
            programs = []
            launcher.launch(programs, argparse.Namespace(port=7, names=("Анна",)), None)
        self.assertEqual(len(programs), 2)
        names = [step[0] for step in steps.mock_calls]
        ready = "start().wait_until_ready"
        self.assertEqual(names, ["start", "listens", "start", ready, ready])


class FreePortTest(unittest.TestCase):
    def test_it_can_be_used(self):
        with socket.create_server(("127.0.0.1", launcher.free_port(0))) as listener:
            port = listener.getsockname()[1]
        self.assertEqual(launcher.free_port(port), port)

    def test_a_taken_one_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with self.assertRaisesRegex(SystemExit, f"Cannot use port {port}: "):
                launcher.free_port(port)


class ReadArgumentsTest(unittest.TestCase):
    def arguments(self, *words):
        """Return what is read from these words on the command line."""
        with mock.patch.object(sys, "argv", ["launcher.py", *words]):
            return launcher.read_arguments()

    def test_without_words_there_are_two_clients_a_free_port_and_windows(self):
        args = self.arguments()
        self.assertEqual((args.names, args.here), (("Анна", "Boris"), False))
        self.assertGreater(args.port, 0)

    def test_number_port_and_place_can_be_chosen(self):
        port = launcher.free_port(0)
        args = self.arguments("-n", "8", "-p", str(port), "--here")
        self.assertEqual((len(set(args.names)), args.port, args.here), (8, port, True))

    def test_wrong_words_on_the_command_line_end_it_and_are_named(self):
        table = {
            ("-n", "0"): "0 is not a number from 1 to 8",
            ("-n", "9"): "9 is not a number",
            ("-n", "two"): "two is not a number",
            ("-p", "0"): "0 is not a port",
            ("-p", "70000"): "70000 is not a port",
            ("--dance",): "--dance",
        }
        for words, complaint in table.items():
            errors = io.StringIO()
            screen = contextlib.redirect_stderr(errors)
            with self.subTest(words=words), screen, self.assertRaises(SystemExit) as end:
                self.arguments(*words)
            self.assertEqual(end.exception.code, 2)
            self.assertIn(complaint, errors.getvalue())


class NumbersTest(unittest.TestCase):
    def test_a_port_is_a_number_from_1_to_65535(self):
        for text, port in {"1": 1, "7777": 7777, "65535": 65535}.items():
            with self.subTest(text=text):
                self.assertEqual(launcher.port_number(text), port)
        for text in ("0", "65536", "-1", "7.5", "1e3", "port", "", " 7777"):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                launcher.port_number(text)

    def test_a_number_of_clients_is_one_from_1_to_8(self):
        for text, number in {"1": 1, "8": 8}.items():
            with self.subTest(text=text):
                self.assertEqual(launcher.number_of_clients(text), number)
        for text in ("0", "9", "-1", "1.5", "two", ""):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                launcher.number_of_clients(text)


class MainTest(UnitTest):
    def setUp(self):
        super().setUp()
        self.signals = self.enterContext(mock.patch.object(signal, "signal"))
        self.enterContext(mock.patch.object(sys, "argv", ["launcher.py", "--here"]))
        self.ended = []

    def launch(self, programs, args, terminal):
        """Launch programs that do nothing but write down that they end."""
        for name in ("server", *args.names):
            programs.append(mock.Mock())
            programs[-1].end.side_effect = lambda name=name: self.ended.append(name)

    def run_main(self, then):
        """Run the program; this happens once all is launched."""
        with (
            mock.patch.object(launcher, "launch", self.launch),
            mock.patch.object(launcher, "pass_on_lines", side_effect=then),
        ):
            launcher.main()

    def test_however_it_ends_all_are_ended_the_server_last(self):
        for then in (None, KeyboardInterrupt):
            self.ended.clear()
            with self.subTest(then=then):
                self.run_main([then] if then is None else then)
                self.assertEqual(self.ended, ["Boris", "Анна", "server"])
                self.assertEqual(self.shown()[-1], "All have ended.")

    def test_even_an_error_leaves_nothing_behind(self):
        with self.assertRaises(ZeroDivisionError):
            self.run_main(ZeroDivisionError)
        self.assertEqual(self.ended, ["Boris", "Анна", "server"])

    def test_every_wish_to_end_is_heard_once(self):
        self.run_main([None])
        handlers = {}
        for number, handler in [call.args for call in self.signals.call_args_list]:
            handlers.setdefault(number, []).append(handler)
        wanted = {getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")} - {None}
        heard = [launcher.be_interrupted, signal.SIG_IGN]
        self.assertEqual(handlers, dict.fromkeys(wanted, heard))
        self.signals.reset_mock()
        self.assertRaises(KeyboardInterrupt, launcher.be_interrupted, signal.SIGTERM, None)
        self.assertEqual({call.args[1] for call in self.signals.call_args_list}, {signal.SIG_IGN})


if __name__ == "__main__":
    unittest.main()
