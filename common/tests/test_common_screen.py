"""Tests of screen.py: one thread types, and another shows what comes."""

import io
import sys
import threading
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from common import screen
from common.screen import Screen

AGAIN = "\r\x1b[K"  # to the beginning of the line, and clear it
HOSTILE = {
    "a\nb": r"a\nb",
    "a\rb": r"a\rb",
    "\x1b[2J": r"\x1b[2J",
    "\x07": r"\x07",
    "\u202eend": r"\u202eend",
    "Вася 🙂": "Вася 🙂",
}


class Keyboard:
    """A keyboard for tests: while input() waits for its line, something happens."""

    def __init__(self, is_terminal, line, happens=lambda: None):
        self.isatty = lambda: is_terminal
        self.line = line
        self.happens = happens

    def readline(self, *_):
        """Return the line that is typed."""
        self.happens()
        if isinstance(self.line, BaseException):
            raise self.line
        return self.line


class ScreenTest(unittest.TestCase):
    """A test that sees what is written to the screen."""

    def use(self, keyboard=False, display=False, stream=None):
        """Make a screen; keyboard and display tell whether these two are a terminal."""
        self.stream = stream or io.StringIO()
        self.stream.isatty = lambda: display
        self.enterContext(mock.patch.object(sys, "stdout", self.stream))
        self.enterContext(mock.patch.object(sys, "stdin", Keyboard(keyboard, "")))
        return Screen()

    def ask(self, screen, line, happens=lambda: None):
        """Let this line be typed, and something happen before its end; return what is asked."""
        keyboard = Keyboard(sys.stdin.isatty(), line, happens)
        with mock.patch.object(sys, "stdin", keyboard):
            return screen.ask()

    def written(self):
        """Return what has been written."""
        return self.stream.getvalue()


class ShowTest(ScreenTest):
    def test_a_line_is_a_line_with_and_without_a_terminal(self):
        for terminal in (True, False):
            with self.subTest(terminal=terminal):
                self.use(terminal, terminal).show("привет")
                self.assertEqual(self.written(), "привет\n")

    def test_it_is_seen_at_once(self):
        # A pipe keeps back what is not pushed through.
        screen = self.use()
        with mock.patch.object(self.stream, "flush") as flush:
            screen.show("привет")
        flush.assert_called()

    def test_nothing_in_a_line_can_control_the_terminal(self):
        for terminal in (True, False):
            for text, line in HOSTILE.items():
                with self.subTest(terminal=terminal, text=text):
                    self.use(terminal, terminal).show(text)
                    self.assertEqual(self.written(), line + "\n")


class AskTest(ScreenTest):
    def test_at_a_terminal_there_is_a_prompt(self):
        screen = self.use(keyboard=True, display=True)
        self.assertEqual(self.ask(screen, "привет\n"), "привет")
        self.assertEqual(self.written(), "> ")

    def test_the_prompt_can_be_another(self):
        self.use(keyboard=True, display=True)
        self.ask(Screen("? "), "привет\n")
        self.assertEqual(self.written(), "? ")

    def test_where_one_of_the_two_is_no_terminal_there_is_none(self):
        for keyboard, display in ((True, False), (False, True), (False, False)):
            with self.subTest(keyboard=keyboard, display=display):
                self.assertEqual(self.ask(self.use(keyboard, display), "привет\n"), "привет")
                self.assertEqual(self.written(), "")

    def test_the_end_of_the_input_is_an_error(self):
        with self.assertRaises(EOFError):
            self.ask(self.use(), "")


class PromptTest(ScreenTest):
    """While somebody types, a line is shown."""

    def setUp(self):
        self.typed = self.enterContext(mock.patch.object(screen, "typed", return_value="half a "))

    def show_while_asking(self, *lines, keyboard=True, display=True):
        """Show lines while somebody types; return what is written."""
        screen = self.use(keyboard, display)
        self.ask(screen, "half a line\n", lambda: [screen.show(line) for line in lines])
        return self.written()

    def test_the_line_takes_the_place_of_the_prompt_which_comes_again_with_what_was_typed(self):
        written = self.show_while_asking("14:03 eve: hi")
        self.assertEqual(written, f"> {AGAIN}14:03 eve: hi\n> half a ")

    def test_it_does_so_for_every_line(self):
        written = self.show_while_asking("one", "two")
        self.assertEqual(written, f"> {AGAIN}one\n> half a {AGAIN}two\n> half a ")

    def test_the_prompt_comes_again_at_once(self):
        screen = self.use(keyboard=True, display=True)
        with mock.patch.object(self.stream, "flush") as flush:
            self.ask(screen, "\n", lambda: [flush.reset_mock(), screen.show("one")])
        flush.assert_called()

    def test_nothing_in_the_line_can_control_the_terminal(self):
        for text, line in HOSTILE.items():
            with self.subTest(text=text):
                self.assertEqual(self.show_while_asking(text), f"> {AGAIN}{line}\n> half a ")

    def test_where_one_of_the_two_is_no_terminal_a_line_is_only_a_line(self):
        for keyboard, display in ((True, False), (False, True), (False, False)):
            with self.subTest(keyboard=keyboard, display=display):
                written = self.show_while_asking("hi", keyboard=keyboard, display=display)
                self.assertEqual(written, "hi\n")

    def test_when_nobody_types_any_more_no_prompt_comes_again(self):
        for end in ("a line\n", "", KeyboardInterrupt()):
            screen = self.use(keyboard=True, display=True)
            try:
                self.ask(screen, end)
            except (EOFError, KeyboardInterrupt):
                pass  # as it should be: these end the program
            screen.show("one")
            below = "\n" if isinstance(end, KeyboardInterrupt) else ""  # the ^C stands there
            with self.subTest(end=end):
                self.assertEqual(self.written(), f"> {below}one\n")


class Crowd(io.StringIO):
    """A display at which two threads meet, if both are let in at the same time."""

    def __init__(self):
        super().__init__()
        self.meeting = threading.Barrier(2, timeout=0.05)
        self.met = False

    def write(self, text):
        """Write a text, after a short wait for somebody else."""
        try:
            self.meeting.wait()
            self.met = True
        except threading.BrokenBarrierError:
            pass  # nobody came, and nobody will be waited for again
        return super().write(text)


class ThreadsTest(ScreenTest):
    def show_in_threads(self, screen, names):
        """Let several threads show a hundred lines each."""

        def show(name):
            for n in range(100):
                screen.show(f"{name} {n}")

        threads = [threading.Thread(target=show, args=(name,), daemon=True) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2)
            self.assertFalse(thread.is_alive())

    def test_only_one_thread_writes_at_a_time(self):
        display = Crowd()
        self.show_in_threads(self.use(stream=display), ["anna", "bob"])
        self.assertFalse(display.met)

    def test_lines_of_several_threads_are_never_mixed_and_none_is_lost(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)  # let Python go from thread to thread as often as it can
        names = ["anna", "bob", "eve", "Вася"]
        self.show_in_threads(self.use(), names)
        lines = self.written().splitlines()
        self.assertEqual(len(lines), 400)
        for name in names:
            own = [line for line in lines if line.startswith(name)]
            with self.subTest(name=name):
                self.assertEqual(own, [f"{name} {n}" for n in range(100)])

    def test_who_types_does_not_hold_up_who_shows(self):
        screen = self.use(keyboard=True, display=True)
        self.ask(screen, "a line\n", lambda: self.show_in_threads(screen, ["anna"]))
        self.assertIn("anna 99\n", self.written())


class TypedTest(unittest.TestCase):
    def test_it_is_what_readline_has_got_so_far(self):
        with mock.patch.object(screen, "readline") as readline:
            readline.get_line_buffer.return_value = "half a li"
            self.assertEqual(screen.typed(), "half a li")

    def test_where_there_is_no_readline_nothing_is_known(self):
        with mock.patch.object(screen, "readline", None):
            self.assertEqual(screen.typed(), "")


if __name__ == "__main__":
    unittest.main()
