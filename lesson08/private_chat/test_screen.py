"""Tests of what the user sees, on a terminal made of a list of lines."""

import contextlib
import io
import os
import unittest
from unittest import mock

import screen
from screen import PlainScreen, Terminal
from waiting import FRAMES, SECONDS, Waiting


class Clock:
    """A clock that goes when it is told to."""

    now = 0

    def __call__(self):
        return self.now


def shown(output, columns=40):
    """Return what a terminal shows after an output: its lines, the last one the cursor's."""
    lines, column = [""], 0
    for character in output:
        if character == "\n":
            lines.append("")
        elif character not in "\r\b":
            padded = lines[-1].ljust(column)
            lines[-1] = padded[:column] + character + padded[column + 1 :]
        column = {"\n": 0, "\r": 0, "\b": column - 1}.get(character, column + 1)
        if column > columns:
            raise AssertionError("the cursor has gone down to a next line")
    return [line.rstrip() for line in lines]


class ScreenTest(unittest.TestCase):
    def setUp(self):
        self.output = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        size = os.terminal_size((40, 10))
        self.enterContext(mock.patch.object(screen.shutil, "get_terminal_size", return_value=size))
        self.clock = Clock()
        self.waiting = Waiting(self.clock)

    def shown(self):
        """Return what is on the screen."""
        return shown(self.output.getvalue())


class TerminalTest(ScreenTest):
    def setUp(self):
        super().setUp()
        self.terminal = Terminal(self.waiting)
        self.terminal.can_type = True
        self.terminal.refresh()

    def test_what_is_typed_stands_behind_the_prompt(self):
        self.terminal.press("hel")
        self.terminal.press("lo")
        self.assertEqual(self.shown(), ["> hello"])

    def test_a_line_that_comes_stands_above_what_is_being_typed(self):
        self.terminal.press("how are")
        self.terminal.show("[Anna] привет")
        self.terminal.press(" you?")
        self.assertEqual(self.shown(), ["[Anna] привет", "> how are you?"])

    def test_enter_makes_a_line_of_it(self):
        self.assertEqual(self.terminal.press("привет\nho"), ["привет"])
        self.assertEqual(self.shown(), ["> привет", "> ho"])

    def test_mistakes_can_be_erased(self):
        self.terminal.press("abc\x7f\x7fd")
        self.assertEqual(self.shown(), ["> ad"])
        self.terminal.press("\x15new")
        self.assertEqual(self.shown(), ["> new"])

    def test_erasing_nothing_is_harmless(self):
        self.terminal.press("\x7f\x7fa")
        self.assertEqual(self.shown(), ["> a"])

    def test_special_keys_do_nothing(self):
        self.terminal.press("a\x1b[A\x1b[1;5C\x1bOP\x1b[3~\x01\0b")
        self.assertEqual(self.shown(), ["> ab"])

    def test_ctrl_d_on_an_empty_line_is_the_end_and_elsewhere_nothing(self):
        self.assertEqual(self.terminal.press("a\x04"), [])
        self.assertEqual(self.terminal.press("\n\x04"), ["a", None])

    def test_ctrl_c_that_comes_as_a_key_interrupts(self):
        with self.assertRaises(KeyboardInterrupt):
            self.terminal.press("\x03")

    def test_of_a_text_wider_than_the_terminal_the_end_is_shown(self):
        self.terminal.press("x" * 50 + "the end")
        last = self.shown()[-1]
        self.assertTrue(last.startswith("> xx") and last.endswith("the end"))
        self.assertLess(len(last), 40)
        self.assertEqual(self.terminal.press("\n"), ["x" * 50 + "the end"])

    def test_a_wide_character_takes_two_columns_and_an_accent_none(self):
        self.assertEqual(screen.width("你e\u0301"), 3)
        self.assertEqual(screen.end_of("你好吗", 5), "好吗")

    def test_hostile_text_is_shown_and_not_obeyed(self):
        self.terminal.show("[Eve] \x1b[2J\rfake")
        self.assertEqual(self.shown()[0], r"[Eve] \x1b[2J\rfake")

    def test_nothing_can_be_typed_before_it_is_time(self):
        terminal = Terminal(self.waiting)
        terminal.show("? Your nickname?")
        self.assertEqual(self.shown()[-1], "")

    def test_at_the_end_the_last_line_is_empty(self):
        self.terminal.press("half a li")
        self.terminal.close()
        self.assertEqual(self.shown(), [""])


class AnimationTest(ScreenTest):
    def setUp(self):
        super().setUp()
        self.terminal = Terminal(self.waiting)
        self.terminal.can_type = True
        self.waiting.begin("Waiting for Bob")
        self.terminal.show_waiting("~ Waiting for Bob")

    def test_the_bar_turns(self):
        seen = []
        for turn in range(5):
            self.clock.now = (turn + 0.5) * SECONDS
            self.terminal.refresh()
            seen.append(self.shown()[-1][0])
        self.assertEqual("".join(seen), FRAMES + FRAMES[0])

    def test_it_says_what_is_awaited_and_for_how_long(self):
        self.clock.now = 7
        self.terminal.refresh()
        self.assertRegex(self.shown()[-1], r"^. Waiting for Bob \(7 s\)$")

    def test_it_makes_room_for_what_is_typed(self):
        self.terminal.press("/all")
        self.clock.now += 1
        self.terminal.refresh()
        self.assertEqual(self.shown(), ["> /all"])

    def test_it_goes_on_below_a_line_that_comes(self):
        self.terminal.show("* Eve has come.")
        self.assertRegex("\n".join(self.shown()), r"^\* Eve has come\.\n. Waiting for Bob")

    def test_it_ends_without_a_trace(self):
        self.waiting.end()
        self.terminal.show("+ You are talking with Bob.")
        self.assertEqual(self.shown(), ["+ You are talking with Bob.", ">"])

    def test_what_has_not_changed_is_not_drawn_again(self):
        before = self.output.getvalue()
        self.terminal.refresh()
        self.assertEqual(self.output.getvalue(), before)


class PlainScreenTest(ScreenTest):
    def test_lines_are_lines(self):
        plain = PlainScreen()
        self.waiting.begin("Waiting for Bob")
        plain.show_waiting("~ Waiting for Bob")
        plain.refresh()
        plain.show("[Eve] \x1b[2J")
        plain.close()
        self.assertEqual(self.output.getvalue(), "~ Waiting for Bob\n[Eve] \\x1b[2J\n")


if __name__ == "__main__":
    unittest.main()
