"""Tests of colours.py."""

import io
import unittest
from unittest import mock

import colours
from colours import PALETTE, Painter, harmless


class PainterTest(unittest.TestCase):
    def test_the_server_speaks_in_bold_red(self):
        self.assertEqual(Painter(True).service("hello"), "\x1b[1;31mhello\x1b[0m")

    def test_a_nickname_keeps_its_colour(self):
        painter = Painter(True)
        first = painter.nickname("Вася")
        painter.nickname("Anna")
        self.assertEqual(painter.nickname("Вася"), first)
        self.assertRegex(first, r"\A\x1b\[38;5;\d+mВася\x1b\[0m\Z")

    def test_two_nicknames_have_two_colours_while_there_are_enough(self):
        painter = Painter(True)
        painted = {painter.nickname(f"n{i}")[:10] for i in range(len(PALETTE))}
        self.assertEqual(len(painted), len(PALETTE))

    def test_the_colours_are_random(self):
        painted = {Painter(True).nickname("Anna") for _ in range(100)}
        self.assertGreater(len(painted), 1)

    def test_in_a_pipe_nothing_is_coloured(self):
        painter = Painter(False)
        self.assertEqual((painter.service("a"), painter.nickname("b")), ("a", "b"))

    def test_endless_nicknames_take_no_endless_memory(self):
        painter = Painter(True)
        for number in range(3000):
            painter.nickname(str(number))
        self.assertEqual(len(painter.given), colours.MAX_KNOWN)


class WantsColoursTest(unittest.TestCase):
    def wants(self, terminal, **environment):
        """Ask for a terminal or a pipe, with these variables."""
        stream = mock.Mock(io.StringIO, isatty=lambda: terminal)
        with mock.patch.dict("os.environ", environment, clear=True):
            return colours.wants_colours(stream)

    def test_a_terminal_gets_colours_and_a_pipe_does_not(self):
        self.assertTrue(self.wants(True))
        self.assertFalse(self.wants(False))

    def test_no_color_is_obeyed(self):
        self.assertFalse(self.wants(True, NO_COLOR="1"))
        self.assertTrue(self.wants(True, NO_COLOR=""))

    def test_a_simple_terminal_gets_no_colours(self):
        self.assertFalse(self.wants(True, TERM="dumb"))


class HarmlessTest(unittest.TestCase):
    def test_words_stay_as_they_are(self):
        for text in ("hello", "привет, Вася!", "日本語", "\U0001f468\u200d\U0001f469"):
            self.assertEqual(harmless(text), text)

    def test_what_commands_a_terminal_is_shown_instead(self):
        for text, shown in (
            ("\x1b[2J", r"\x1b[2J"),
            ("a\rb\nc", r"a\rb\nc"),
            ("\x07\x08\x7f", r"\x07\x08\x7f"),
            ("\x9b31m", r"\x9b31m"),
            ("\u202eabc", r"\u202eabc"),
            ("a\u2028b", r"a\u2028b"),
        ):
            with self.subTest(text=text):
                self.assertEqual(harmless(text), shown)


if __name__ == "__main__":
    unittest.main()
