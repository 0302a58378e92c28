"""Tests of console.py: what is typed becomes a verb, what happens becomes a line."""

import contextlib
import io
import os
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import console
from client_storage import ClientStorage, Line
from console import Console
from events import (
    Answered,
    Arrived,
    Contacts,
    Ended,
    Entered,
    History,
    Marked,
    People,
    Presence,
    Unanswered,
)

from common.screen import Screen


class FakeClient:
    """What a console needs of a client; `script` is what happens when it starts."""

    def __init__(self, on_start=None):
        self.on_start = on_start
        self.posted = []
        self.left = 0

    def start(self):
        """Begin."""
        if self.on_start:
            self.on_start()

    def post(self, verb, *args):
        """Note what is to be done."""
        self.posted.append((verb, *args))

    def leave(self):
        """Note that the user goes."""
        self.left += 1


class Keyboard(io.StringIO):
    """A keyboard for tests, at which after the last line something happens."""

    def __init__(self, text, happens):
        super().__init__(text)
        self.happens = happens

    def readline(self, *args):
        """Return the next line."""
        line = super().readline(*args)
        if not line:
            self.happens()
        return line


def press_ctrl_c():
    """Do what Ctrl+C does."""
    raise KeyboardInterrupt


def clock(moment):
    """Return what a clock on the wall shows at a moment."""
    return time.strftime("%H:%M", time.localtime(moment))


def line(text="hi", **changes):
    """Return a line of Eve's, with changes."""
    fields = {"key": 1, "chat": "eve", "sender": "eve", "text": text, "moment": 1_000_000.0}
    return Line(**(fields | {"own": False, "state": "received"} | changes))


def own(text="hi", **changes):
    """Return a line of ours, with changes."""
    return line(text, **({"sender": "bob", "own": True, "state": "stored"} | changes))


class ConsoleTest(unittest.TestCase):
    """A test with a console; `shown` is what the user sees."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.storage = ClientStorage(Path(folder) / "bob.sqlite", "bob")
        self.addCleanup(self.storage.close)
        self.out = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.use_keyboard(io.StringIO())
        self.console = Console(self.storage, Screen())
        self.client = self.console.client = FakeClient(self.welcome)

    def use_keyboard(self, keyboard):
        """Let what is typed come from here."""
        self.enterContext(mock.patch.object(sys, "stdin", keyboard))

    def welcome(self):
        """Let the server welcome us."""
        self.console.on_event(Entered(200, "welcome, bob"))

    def converse(self, typed="", client=None):
        """Converse while this is typed; return why it ended."""
        if typed:
            self.use_keyboard(io.StringIO(typed))
        return self.console.main(client or self.client)

    def shown(self, *happened):
        """Return the lines on the screen, after something has happened."""
        for event in happened:
            self.console.on_event(event)
        return self.out.getvalue().splitlines()


class CommandsTest(ConsoleTest):
    def posted(self, *words):
        """Return what a command lets the session do."""
        self.client.posted.clear()
        self.console.obey(*words)
        return self.client.posted

    def test_every_command_is_a_verb_of_the_session(self):
        table = {
            ("message", "Вася hi, Вася"): ("say", "Вася", "hi, Вася"),
            ("message", " eve   a  b  "): ("say", "eve", "a  b"),
            ("message", "#Кухня hi"): ("say", "#Кухня", "hi"),
            ("all", "привет, all "): ("say", "#all", "привет, all"),
            ("join", "#Кухня "): ("join", "#Кухня"),
            ("leave", "#Кухня"): ("leave", "#Кухня"),
            ("list",): ("ask_who_is_here",),
            ("rooms",): ("ask_for_rooms",),
            ("contacts",): ("ask_for_contacts",),
            ("add", "eve"): ("add_contact", "eve"),
            ("remove", " eve"): ("remove_contact", "eve"),
            ("history", "#all"): ("history", "#all"),
        }
        for words, posted in table.items():
            with self.subTest(words=words):
                self.assertEqual(self.posted(*words), [posted])
        self.assertEqual({words[0] for words in table}, {*Console.commands} - {"help"})

    def test_every_verb_is_one_that_a_session_has(self):
        from session import Session

        for words in (("message", "eve hi"), *((command,) for command in Console.commands)):
            for verb, *_ in self.posted(*words):
                self.assertTrue(hasattr(Session, verb), verb)

    def test_what_says_nothing_is_not_sent(self):
        for words in (("message",), ("message", "eve"), ("message", " eve "), ("all", " ")):
            with self.subTest(words=words):
                self.assertEqual(self.posted(*words), [])
                self.assertIn("type: help", self.shown()[-1])

    def test_what_is_no_command_is_named(self):
        self.assertEqual(self.posted("dance", "with me"), [])
        self.assertEqual(self.shown(), ["dance is not a command; type: help"])

    def test_help_names_every_command(self):
        self.posted("help")
        self.assertEqual(self.shown(), console.HELP.splitlines())
        for command in (*Console.commands, "quit"):
            self.assertRegex(self.out.getvalue(), rf"(?m)^{command} ")


class KeyboardTest(ConsoleTest):
    def test_every_line_is_done_up_to_the_end_and_then_we_go(self):
        self.assertIsNone(self.converse("all one\n\n   \n  message \t eve два"))
        self.assertEqual(self.client.posted, [("say", "#all", "one"), ("say", "eve", "два")])
        self.assertEqual(self.client.left, 1)

    def test_after_quit_nothing_is_done(self):
        self.converse("all one\n quit \nall two\n")
        self.assertEqual(self.client.posted, [("say", "#all", "one")])

    def test_ctrl_c_goes_too(self):
        self.use_keyboard(Keyboard("all one\n", press_ctrl_c))
        self.assertIsNone(self.converse())
        self.assertEqual((len(self.client.posted), self.client.left), (1, 1))

    def test_nothing_is_read_before_the_welcome(self):
        def check():
            self.assertEqual(self.client.posted, [])
            self.welcome()

        self.client.on_start = lambda: threading.Thread(target=check).start()
        self.converse("all one\n")
        self.assertEqual(len(self.client.posted), 1)

    def test_ctrl_c_before_the_welcome_goes(self):
        self.client.on_start = None
        with mock.patch.object(self.console.settled, "wait", side_effect=KeyboardInterrupt):
            self.assertIsNone(self.converse())
        self.assertEqual(self.client.left, 1)

    def test_what_goes_wrong_at_the_keyboard_leaves_no_thread_behind(self):
        broken = mock.patch.object(Screen, "ask", side_effect=UnicodeError("odd"))
        with broken, self.assertRaises(UnicodeError):
            self.converse()
        self.assertEqual(self.client.left, 1)

    @unittest.skipIf(sys.platform == "win32", "there Ctrl+C cannot be sent")
    def test_a_second_ctrl_c_while_we_go_changes_nothing(self):
        self.client.leave = lambda: os.kill(os.getpid(), signal.SIGINT)
        try:
            self.converse("quit\n")
        except KeyboardInterrupt:
            self.fail("a second Ctrl+C comes through")
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)


class EndTest(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.kill = self.enterContext(mock.patch.object(os, "kill"))

    def test_who_never_gets_in_is_told_why(self):
        self.client.on_start = lambda: self.console.on_event(Ended("409: no", False))
        self.assertEqual(self.converse("all one\n"), "409: no")
        self.assertEqual(self.client.posted, [])
        self.kill.assert_not_called()

    @unittest.skipIf(sys.platform == "win32", "there nobody can be woken")
    def test_who_sits_at_the_keyboard_is_woken(self):
        def end():
            self.console.on_event(Ended("the server is gone", False))
            self.kill.assert_called_once_with(os.getpid(), signal.SIGINT)
            press_ctrl_c()  # the signal does what Ctrl+C does

        self.use_keyboard(Keyboard("", end))
        self.assertEqual(self.converse(), "the server is gone")
        self.assertEqual(self.client.left, 1)

    def test_where_no_signal_does_so_the_user_is_asked_for_help(self):
        self.console.at_keyboard(True)
        with mock.patch.object(sys, "platform", "win32"):
            shown = self.shown(Ended("the server is gone", False))
        self.assertEqual(shown, ["the server is gone: press Enter"])
        self.kill.assert_not_called()

    def test_who_goes_is_not_woken(self):
        for typed in ("", "quit\n"):
            self.client.leave = lambda: self.console.on_event(Ended("too late", False))
            with self.subTest(typed=typed):
                self.assertEqual(self.converse(typed), "too late")
                self.kill.assert_not_called()

    def test_a_wished_end_has_no_reason(self):
        self.client.leave = lambda: self.console.on_event(Ended(None, True))
        self.assertIsNone(self.converse("quit\n"))
        self.kill.assert_not_called()

    def test_when_all_is_over_nothing_is_asked(self):
        self.console.closed = "the server is gone"
        self.assertEqual(self.converse("all one\n"), "the server is gone")
        self.assertEqual(self.client.posted, [])


class ShowTest(ConsoleTest):
    def test_the_welcome_is_shown(self):
        self.assertEqual(self.shown(Entered(200, "welcome")), ["200: welcome"])

    def test_what_others_say_is_shown_with_its_time_and_its_place(self):
        table = (
            (line("привет", sender="Вася", chat="Вася"), "Вася: привет"),
            (line(chat="#all"), "eve to all: hi"),
            (line(chat="#Кухня"), "eve in #Кухня: hi"),
        )
        for said, text in table:
            with self.subTest(text=text):
                self.assertEqual(self.shown(Arrived(said))[-1], f"{clock(1_000_000)} {text}")

    def test_nothing_in_it_can_control_the_terminal(self):
        shown = self.shown(Arrived(line("b\nc\x1b[2J\u202e")))
        self.assertEqual(shown, [clock(1_000_000) + r" eve: b\nc\x1b[2J\u202e"])

    def test_our_own_line_is_shown_in_rooms_only_and_when_it_has_been_said_there(self):
        for chat in ("eve", "#all"):
            for state in ("waiting", "stored", "refused"):
                happened = Arrived(own(chat=chat)), Marked(own(chat=chat, state=state), True)
                self.assertEqual(self.shown(*happened), [])
        self.assertEqual(self.shown(Marked(own(state="delivered"), True)), [])
        shown = self.shown(Marked(own(chat="#all", state="delivered"), True))
        self.assertEqual(shown, [f"{clock(1_000_000)} bob to all: hi"])

    def test_an_answer_says_what_it_is_about(self):
        happened = Answered("to eve:", 202, "kept"), Marked(own(), answered=True)
        self.assertEqual(self.shown(*happened), ["to eve: 202: kept"])
        self.assertEqual(self.shown(Answered("", 400, "too long"))[-1], "400: too long")

    def test_that_a_line_arrived_later_is_shown(self):
        happened = Marked(own(state="delivered"), answered=False)
        self.assertEqual(self.shown(happened), ["to eve: delivered: hi"])

    def test_that_there_will_be_no_answer_is_shown(self):
        self.assertEqual(self.shown(Unanswered("to eve:", "not yet")), ["to eve: not yet"])

    def test_who_comes_and_goes_is_shown(self):
        shown = self.shown(Presence("eve", True), Presence("eve", False))
        self.assertEqual(shown, ["eve is here", "eve has gone"])

    def test_what_only_a_window_shows_is_passed_over(self):
        self.assertEqual(self.shown(Contacts(("eve",)), People(("eve",))), [])

    def test_the_past_is_shown_with_its_date_and_with_what_became_of_our_lines(self):
        lines = (
            line("hello"),
            own("one"),
            own("two", state="delivered"),
            own("three", state="waiting"),
            own("four", state="refused", words="no such user"),
        )
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(1_000_000))
        ends = ("bob: one (stored)", "bob: two", "bob: three (waiting)")
        texts = ("eve: hello", *ends, "bob: four (refused: no such user)")
        self.assertEqual(self.shown(History("eve", lines)), [f"{day} {text}" for text in texts])

    def test_of_an_empty_past_so_much_is_said(self):
        self.assertEqual(self.shown(History("eve", ())), ["nothing was said with eve"])


class RestTest(ConsoleTest):
    def arrive(self, text, sender="eve", to="bob"):
        """Let a message be in the storage, that nobody has seen."""
        message = {"from": sender, "to": to, "message": text, "time": 1_000_000.0}
        return self.storage.add_received(message)

    def unread(self):
        """Return how many lines have not been read."""
        return sum(chat.unread for chat in self.storage.conversations())

    def test_what_came_and_was_not_shown_comes_first_and_only_once(self):
        self.arrive("one")
        self.arrive("two")
        self.arrive("три", sender="Вася", to="#all")
        self.storage.add_own("eve", "mine", 1_000_001.0, "x1")
        self.storage.mark("x1", "stored")
        self.converse()
        expected = [f"eve: {text}" for text in ("one", "two")]
        texts = [text.partition(" ")[2] for text in self.shown()]
        self.assertEqual(sorted(texts[:3]), sorted(["Вася to all: три", *expected]))
        self.assertLess(texts.index("eve: one"), texts.index("eve: two"))
        self.assertEqual(self.shown()[3:], ["200: welcome, bob"])
        self.assertEqual(self.unread(), 0)

    def test_the_latest_chat_comes_last_next_to_the_prompt(self):
        self.arrive("one")
        self.arrive("two", sender="Вася")
        self.console.show_rest()
        self.assertEqual([text.rpartition(" ")[2] for text in self.shown()], ["one", "two"])

    def test_of_a_long_rest_the_end_is_shown(self):
        for number in range(console.UNREAD + 5):
            self.arrive(str(number))
        self.console.show_rest()
        shown = self.shown()
        self.assertEqual(shown[0], f"{console.UNREAD + 5} lines are new; type: history eve")
        self.assertEqual(len(shown), console.UNREAD + 1)
        self.assertTrue(shown[-1].endswith(f"eve: {console.UNREAD + 4}"))

    def test_what_is_shown_is_read(self):
        self.shown(Arrived(self.arrive("one")))
        self.assertEqual(self.unread(), 0)

    def test_what_has_been_read_is_not_shown_again(self):
        self.arrive("one")
        self.storage.mark_read("eve")
        self.arrive("two")
        self.console.show_rest()
        self.assertEqual([text.rpartition(" ")[2] for text in self.shown()], ["two"])

    def test_our_own_lines_are_not_counted_among_the_unread(self):
        self.arrive("one")
        for number in range(3):
            self.storage.add_own("eve", "mine", 1_000_001.0, f"x{number}")
            self.storage.mark(f"x{number}", "stored")
        self.console.show_rest()
        self.assertEqual(self.shown(), [f"{clock(1_000_000)} eve: one"])

    def test_what_was_said_and_not_answered_is_shown(self):
        self.storage.add_own("eve", "hi", 1_000_001.0, "x1")
        self.console.show_rest()
        self.assertEqual(self.shown(), ["to eve, not answered the last time: hi"])


if __name__ == "__main__":
    unittest.main()
