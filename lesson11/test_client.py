"""Tests of client.py: one thread shows what comes, the other sends what is typed."""

import argparse
import contextlib
import io
import os
import signal
import socket
import sys
import threading
import time
import unittest
from unittest import mock

import client
from chat import Chat
from client import Client
from telephone import TelephoneTest, as_line, msg

from common.messages import BadMessage, receive_message
from common.screen import Screen


def clock(moment):
    """Return what a clock on the wall shows at a moment."""
    return time.strftime("%H:%M", time.localtime(moment))


class ClientTest(TelephoneTest):
    """A test with a telephone and a chat; `screen` is what the user sees."""

    def setUp(self):
        super().setUp()
        self.use_keyboard(io.StringIO())
        self.wake = self.enterContext(mock.patch.object(Client, "wake_keyboard"))
        self.client = Client("bob", Screen())
        self.chat = self.client.chat = Chat(self.near, "bob", self.client.screen)
        self.chat.session = "evening"  # its ids are known now

    def use_keyboard(self, keyboard):
        """Let what is typed come from here."""
        self.enterContext(mock.patch.object(sys, "stdin", keyboard))

    def let_type(self, text):
        """Let a text come from the keyboard, and then its end."""
        self.use_keyboard(io.StringIO(text))

    def shown(self):
        """Return the lines on the screen."""
        return self.screen.getvalue().splitlines()

    def heard(self):
        """Return the next message that the server gets."""
        return receive_message(self.far)


class CreatePresenceTest(unittest.TestCase):
    def test_its_time_is_now(self):
        now = time.time()
        self.assertAlmostEqual(Client("bob", None).create_presence("hi")["time"], now, delta=2)

    def test_it_has_these_fields_and_no_others(self):
        with mock.patch("time.time", return_value=1000):  # a clock that stands still
            presence = Client("Вася", None).create_presence("at lunch")
        expected = {
            "action": "presence",
            "time": 1000,
            "type": "status",
            "user": {"account_name": "Вася", "status": "at lunch"},
        }
        self.assertEqual(presence, expected)


class ParseResponseTest(unittest.TestCase):
    def test_an_answer_becomes_its_code_and_its_words(self):
        table = (
            ({"response": 200, "time": 1, "alert": "welcome"}, (200, "welcome")),
            ({"response": 409, "time": 1, "error": "bob is here"}, (409, "bob is here")),
            ({"response": 200, "time": 1, "alert": "здравствуй"}, (200, "здравствуй")),
            ({"response": 200, "time": 1}, (200, "")),
            ({"response": 202, "alert": ["bob", "eve"]}, (202, "['bob', 'eve']")),
        )
        for message, answer in table:
            with self.subTest(message=message):
                self.assertEqual(Client.parse_response(message), answer)

    def test_what_is_no_answer_is_refused(self):
        table = ({}, {"alert": "hi"}, {"response": "200"}, {"response": True}, {"response": None})
        for message in (*table, [200], "200", 200, None):
            with self.subTest(message=message), self.assertRaises(ValueError):
                Client.parse_response(message)


class EnterTest(ClientTest):
    def test_the_server_is_told_who_we_are(self):
        self.let_arrive(as_line({"response": 200}))
        Client("Вася", None).enter(self.near)
        presence = self.heard()
        self.assertEqual(presence["action"], "presence")
        self.assertEqual(presence["user"], {"account_name": "Вася", "status": "I am here"})

    def test_the_words_of_the_welcome_are_returned(self):
        self.let_arrive(as_line({"response": 200, "alert": "welcome, Вася"}))
        self.assertEqual(Client("Вася", None).enter(self.near), "200: welcome, Вася")

    def test_only_one_answer_is_taken(self):
        self.let_arrive(as_line({"response": 200}), as_line(msg()))
        Client("bob", None).enter(self.near)
        self.assertEqual(receive_message(self.near), msg())

    def test_a_refusal_is_an_error_which_says_why(self):
        for code in (400, 409, 500):
            self.far.sendall(as_line({"response": code, "error": "no"}))
            with self.subTest(code=code), self.assertRaisesRegex(ConnectionError, f"{code}: no"):
                Client("bob", None).enter(self.near)

    def test_no_answer_is_an_error(self):
        self.let_arrive()
        with self.assertRaisesRegex(ConnectionError, "without an answer"):
            Client("bob", None).enter(self.near)

    def test_a_message_that_is_no_answer_is_an_error(self):
        for line in (as_line(msg()), b"hello\n"):
            self.far.sendall(line)
            with self.subTest(line=line), self.assertRaises(ValueError):
                Client("bob", None).enter(self.near)


class DescribeTest(ClientTest):
    def describe(self, message):
        """Return a message as a line for the screen."""
        return self.client.describe(message)

    def test_what_one_says_to_us_is_shown_with_its_time_and_its_sender(self):
        said = msg(**{"from": "Вася"}, to="bob", message="привет", time=1_000_000)
        self.assertEqual(self.describe(said), f"{clock(1_000_000)} Вася: привет")

    def test_what_one_says_to_all_is_shown_as_such(self):
        self.assertEqual(self.describe(msg(time=1_000_000)), f"{clock(1_000_000)} bob to all: hi")

    def test_what_one_says_in_a_room_is_shown_with_the_room(self):
        said = msg(to="#Кухня", time=1_000_000)
        self.assertEqual(self.describe(said), f"{clock(1_000_000)} bob in #Кухня: hi")

    def test_a_room_that_is_no_text_does_no_harm(self):
        for to in (5, None, ["#all"]):
            with self.subTest(to=to):
                self.assertEqual(self.describe(msg(to=to)), f"{clock(1000.5)} bob: hi")

    def test_a_message_cannot_pass_for_an_answer(self):
        self.chat.request("msg", "to eve:")
        said = msg(to="bob", response=200, alert="sent", id="evening-1")
        self.assertEqual(self.describe(said), f"{clock(1000.5)} bob: hi")
        self.assertEqual(self.chat.answered("evening-1"), "to eve:")

    def test_a_time_that_no_clock_shows_is_moved_to_one_that_it_does(self):
        for moment in (-1, -1e300, 10**39, 1e300):
            nearest = 0 if moment < 0 else client.LATEST
            with self.subTest(moment=moment):
                line = self.describe(msg(to="bob", time=moment))
                self.assertEqual(line, f"{clock(nearest)} bob: hi")

    def test_an_answer_says_what_it_is_about(self):
        self.chat.request("msg", "to eve:")
        self.chat.request("msg", "to anna:")
        second = {"response": 404, "error": "anna is not here", "id": "evening-2"}
        first = {"response": 200, "alert": "sent", "id": "evening-1"}
        self.assertEqual(self.describe(second), "to anna: 404: anna is not here")
        self.assertEqual(self.describe(first), "to eve: 200: sent")

    def test_an_answer_that_nobody_waits_for_is_shown_too(self):
        for changes in ({}, {"id": "7"}):
            with self.subTest(changes=changes):
                answer = {"response": 400, "error": "too long"} | changes
                self.assertEqual(self.describe(answer), "400: too long")

    def test_a_list_is_shown_as_names(self):
        self.chat.request("get_users", "here are:")
        answer = {"response": 202, "alert": ["bob", "Вася"], "id": "evening-1"}
        self.assertEqual(self.describe(answer), "here are: 202: bob, Вася")

    def test_what_is_no_message_is_an_error(self):
        table = ({}, {"action": "probe"}, {"response": "200"}, msg(time="noon"), msg(time=None))
        for message in (*table, msg(**{"from": 5})):
            errors = (KeyError, TypeError, ValueError)
            with self.subTest(message=message), self.assertRaises(errors):
                self.describe(message)


class ShowTest(ClientTest):
    def test_a_message_is_a_line_on_the_screen(self):
        self.client.show(msg())
        self.assertEqual(self.shown(), [f"{clock(1000.5)} bob to all: hi"])

    def test_nothing_in_it_can_control_the_terminal(self):
        self.client.show(msg(**{"from": "a\x1b[2J"}, to="bob", message="b\nc\u202e"))
        self.assertEqual(self.shown(), [clock(1000.5) + r" a\x1b[2J: b\nc\u202e"])

    def test_what_we_do_not_understand_is_passed_over_and_logged(self):
        for message in ({}, {"action": "probe", "time": 1}, msg(time="noon"), msg(**{"from": 5})):
            with (
                self.subTest(message=message),
                self.assertLogs("messenger.client", "WARNING") as log,
            ):
                self.client.show(message)
            self.assertIn(str(message), log.output[0])
        self.assertEqual(self.shown(), [])

    def test_an_answer_that_is_none_is_an_error(self):
        with self.assertRaises(BadMessage):
            self.client.show({"response": "200"})


class NextMessageTest(ClientTest):
    def test_messages_come_one_by_one_and_then_the_end(self):
        self.let_arrive(as_line(msg(message="one")), as_line(msg(message="два")))
        self.assertEqual(client.next_message(self.near)["message"], "one")
        self.assertEqual(client.next_message(self.near)["message"], "два")
        self.assertIsNone(client.next_message(self.near))

    def test_silence_is_no_reason_to_go(self):
        turns = [TimeoutError, TimeoutError, msg()]
        with mock.patch.object(client, "receive_message", side_effect=turns):
            self.assertEqual(client.next_message(self.near), msg())

    def test_what_is_no_message_is_an_error(self):
        self.let_arrive(b"hello\n")
        with self.assertRaises(BadMessage):
            client.next_message(self.near)


class ReceiveTest(ClientTest):
    def receive(self, *pieces):
        """Receive these pieces, and then the end of the connection."""
        self.let_arrive(*pieces)
        self.client.receive(self.near)

    def test_every_message_is_shown(self):
        self.receive(as_line(msg(message="one")), as_line(msg(message="два", to="bob")))
        self.assertRegex(self.screen.getvalue(), r"\A.* bob to all: one\n.* bob: два\n\Z")

    def test_when_the_server_closes_that_is_why_it_ended(self):
        self.receive()
        self.assertEqual(self.chat.lost, "the server has closed the connection")

    def test_a_message_that_we_do_not_understand_does_not_end_it(self):
        self.receive(as_line({"action": "probe", "time": 1}), as_line(msg(message="one")))
        self.assertRegex(self.screen.getvalue(), r"\A.* bob to all: one\n\Z")

    def test_nonsense_ends_it(self):
        pieces = b"hello\n", b"[]\n", b'{"half\n', b'{"n": "\xff"}\n', b'{"response": "x"}\n'
        for piece in pieces:
            near, far = socket.socketpair()
            with self.subTest(piece=piece), near, far:
                self.client.chat = Chat(near, "bob", self.client.screen)
                far.sendall(piece + as_line(msg()))
                far.shutdown(socket.SHUT_WR)
                self.client.receive(near)
                self.assertTrue(self.client.chat.lost)
        self.assertEqual(self.shown(), [])  # not what came after it, either

    def test_a_connection_that_breaks_ends_it(self):
        reset = ConnectionResetError("reset")
        with mock.patch.object(client, "receive_message", side_effect=reset):
            self.client.receive(self.near)
        self.assertEqual(self.chat.lost, "reset")

    def test_who_sits_at_the_keyboard_is_woken(self):
        self.receive()
        self.wake.assert_called_once_with()

    def test_who_has_left_is_not(self):
        self.chat.leave()
        self.receive()
        self.wake.assert_not_called()
        self.assertIsNone(self.chat.lost)

    def test_the_reason_is_logged(self):
        with self.assertLogs("messenger.client", "INFO") as log:
            self.receive()
        self.assertIn("has ended: the server has closed", log.output[-1])


class WakeKeyboardTest(TelephoneTest):
    def wake(self, platform):
        """Wake the keyboard on a platform; return what has been sent to the own process."""
        talker = Client("bob", Screen())
        talker.chat = Chat(self.near, "bob", talker.screen)
        talker.chat.end("the server is gone")
        with (
            mock.patch.object(sys, "platform", platform),
            mock.patch.object(os, "kill") as kill,
        ):
            talker.wake_keyboard()
        return [call.args for call in kill.call_args_list]

    def test_a_signal_ends_input(self):
        for platform in ("linux", "darwin"):
            with self.subTest(platform=platform):
                self.assertEqual(self.wake(platform), [(os.getpid(), signal.SIGINT)])
        self.assertEqual(self.screen.getvalue(), "")

    def test_where_no_signal_does_so_the_user_is_asked_for_help(self):
        self.assertEqual(self.wake("win32"), [])
        self.assertEqual(self.screen.getvalue(), "the server is gone: press Enter\n")


class CommandsTest(ClientTest):
    def obey(self, *words):
        """Carry out a command; return what the server gets, without what every request has."""
        self.client.obey(*words)
        self.near.shutdown(socket.SHUT_WR)
        message = self.heard()
        if message is None:
            return None
        self.assertAlmostEqual(message.pop("time"), time.time(), delta=2)
        self.assertEqual(message.pop("id"), "evening-1")
        return message

    def fields(self, to, text):
        """Return the fields of a message."""
        return {"action": "msg", "to": to, "from": "bob", "encoding": "utf-8", "message": text}

    def test_message_speaks_to_one(self):
        self.assertEqual(self.obey("message", "Вася hi, Вася"), self.fields("Вася", "hi, Вася"))
        self.assertEqual(self.chat.answered("evening-1"), "to Вася:")

    def test_spaces_around_a_text_are_not_sent(self):
        self.assertEqual(self.obey("message", " eve   a  b  "), self.fields("eve", "a  b"))

    def test_all_speaks_to_all(self):
        self.assertEqual(self.obey("all", "привет, all "), self.fields("#all", "привет, all"))
        self.assertEqual(self.chat.answered("evening-1"), "to #all:")

    def test_list_asks_who_is_here(self):
        self.assertEqual(self.obey("list"), {"action": "get_users"})
        self.assertEqual(self.chat.answered("evening-1"), "here are:")

    def test_a_message_may_go_to_a_room(self):
        self.assertEqual(self.obey("message", "#Кухня hi"), self.fields("#Кухня", "hi"))
        self.assertEqual(self.chat.answered("evening-1"), "to #Кухня:")

    def test_join_enters_a_room(self):
        self.assertEqual(self.obey("join", "#Кухня "), {"action": "join", "room": "#Кухня"})
        self.assertEqual(self.chat.answered("evening-1"), "join #Кухня:")

    def test_leave_leaves_a_room(self):
        self.assertEqual(self.obey("leave", "#Кухня"), {"action": "leave", "room": "#Кухня"})
        self.assertEqual(self.chat.answered("evening-1"), "leave #Кухня:")

    def test_rooms_asks_which_rooms_there_are(self):
        self.assertEqual(self.obey("rooms"), {"action": "get_rooms"})
        self.assertEqual(self.chat.answered("evening-1"), "rooms:")

    def test_help_names_every_command(self):
        self.assertIsNone(self.obey("help"))
        for command in (*Client.commands, "quit"):
            with self.subTest(command=command):
                self.assertRegex(self.screen.getvalue(), rf"(?m)^{command} ")

    def test_help_is_made_of_lines(self):
        self.obey("help")
        self.assertEqual(self.shown(), client.HELP.splitlines())

    def test_what_says_nothing_is_not_sent(self):
        for words in (("message",), ("message", "eve"), ("message", " eve "), ("all", " ")):
            with self.subTest(words=words):
                self.client.obey(*words)
                self.assertIn("type: help", self.shown()[-1])
        self.assertIsNone(self.obey("all"))

    def test_what_is_no_command_is_named_and_nothing_is_sent(self):
        self.assertIsNone(self.obey("dance", "with me"))
        self.assertEqual(self.shown(), ["dance is not a command; type: help"])


class EachCommandTest(ClientTest):
    """The methods behind the commands, one by one."""

    def test_say_to_one_takes_the_first_word_for_the_name(self):
        self.client.say_to_one("eve hi there")
        message = self.heard()
        self.assertEqual((message["to"], message["message"]), ("eve", "hi there"))

    def test_say_to_all_takes_the_whole_line(self):
        self.client.say_to_all("eve hi there")
        message = self.heard()
        self.assertEqual((message["to"], message["message"]), ("#all", "eve hi there"))

    def test_say_sends_what_is_not_empty(self):
        self.client.say("eve", "")
        self.client.say("eve", "hi")
        self.assertEqual(self.heard()["message"], "hi")

    def test_ask_who_is_here_asks_the_server(self):
        self.client.ask_who_is_here("")
        self.assertEqual(self.heard()["action"], "get_users")

    def test_ask_for_rooms_asks_the_server(self):
        self.client.ask_for_rooms("")
        self.assertEqual(self.heard()["action"], "get_rooms")

    def test_join_and_leave_name_the_room(self):
        self.client.join("#a")
        self.client.leave("#b")
        heard = [self.heard(), self.heard()]
        self.assertEqual([m["action"] for m in heard], ["join", "leave"])
        self.assertEqual([m["room"] for m in heard], ["#a", "#b"])

    def test_show_help_shows_lines(self):
        self.client.show_help("")
        self.assertGreater(len(self.shown()), 4)


class SendLinesTest(ClientTest):
    def texts_sent(self, typed):
        """Return the texts that the server hears when this is typed."""
        self.let_type(typed)
        self.client.send_lines()
        self.near.shutdown(socket.SHUT_WR)
        return [message["message"] for message in iter(self.heard, None)]

    def test_every_line_is_done(self):
        self.assertEqual(self.texts_sent("all one\nmessage eve два\n"), ["one", "два"])

    def test_the_last_line_needs_no_end(self):
        self.assertEqual(self.texts_sent("all one\nall two"), ["one", "two"])

    def test_empty_lines_are_passed_over(self):
        self.assertEqual(self.texts_sent("\n   \n\nall one\n\t\n"), ["one"])
        self.assertEqual(self.shown(), [])

    def test_spaces_around_a_command_do_no_harm(self):
        self.assertEqual(self.texts_sent("  all \t one \n quit \nall two"), ["one"])

    def test_after_quit_nothing_is_done(self):
        self.assertEqual(self.texts_sent("all one\nquit\nall two\n"), ["one"])

    def test_when_the_connection_has_ended_nothing_is_asked(self):
        self.chat.end("closed")
        self.assertEqual(self.texts_sent("all one\n"), [])


class OneGuestServer(threading.Thread):
    """A server for one: it answers every request, up to the goodbye, and writes down all."""

    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock = sock
        self.heard = []

    def run(self):
        """Answer until the client says goodbye, or has gone; then close."""
        while (message := receive_message(self.sock)) is not None:
            self.heard.append(message)
            if message["action"] == "quit":
                break
            answer = {"response": 200, "alert": "sent", "id": message.get("id")}
            self.sock.sendall(as_line(answer))
        with contextlib.suppress(OSError):  # the client may have closed first
            self.sock.shutdown(socket.SHUT_WR)

    def actions(self):
        """Return what has been asked for."""
        return [message["action"] for message in self.heard]


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


class ConversationTest(ClientTest):
    """A test in which both threads of the client work; afterwards none of them is left."""

    def setUp(self):
        super().setUp()
        self.before = threading.enumerate()
        self.addCleanup(lambda: self.assertEqual(threading.enumerate(), self.before))
        self.server = OneGuestServer(self.far)
        self.server.start()
        self.addCleanup(self.end_server)

    def end_server(self):
        """Hang up and wait for the server's end."""
        with contextlib.suppress(OSError):
            self.far.shutdown(socket.SHUT_RDWR)
        self.server.join(2)

    def type_and_press_ctrl_c(self, text=""):
        """Let a text be typed, and then Ctrl+C be pressed."""
        self.use_keyboard(Keyboard(text, press_ctrl_c))


class ConverseTest(ConversationTest):
    def converse(self):
        """Converse; return why it ended. Nothing of it is left."""
        reason = self.client.converse(self.near)
        left = set(threading.enumerate()) - {*self.before, self.server}
        self.assertEqual(left, set(), "a thread of the client is left")
        self.end_server()
        return reason

    def test_what_is_typed_is_sent_and_the_answers_are_shown(self):
        self.let_type("all one\nmessage eve два\n")
        self.assertIsNone(self.converse())
        self.assertEqual(self.server.actions(), ["msg", "msg", "quit"])
        self.assertEqual(self.shown(), ["to #all: 200: sent", "to eve: 200: sent"])

    def test_what_others_say_is_shown_although_nobody_types(self):
        def wait_for_it():  # as long as input() would wait
            self.assertTrue(on_screen.wait(2))

        on_screen = threading.Event()
        screen = Screen()
        self.enterContext(mock.patch.object(Screen, "show", lambda _, line: on_screen.set()))
        self.use_keyboard(Keyboard("", wait_for_it))
        self.far.sendall(as_line(msg()))
        self.assertIsNone(Client("bob", screen).converse(self.near))

    def test_quit_the_end_of_the_input_and_ctrl_c_say_goodbye(self):
        for end in (
            lambda: self.let_type("quit\nall one"),
            lambda: self.let_type(""),
            self.type_and_press_ctrl_c,
        ):
            near, far = socket.socketpair()
            server = OneGuestServer(far)
            server.start()
            end()
            with self.subTest(end=end), near, far:
                self.assertIsNone(self.client.converse(near))
                server.join(2)
                self.assertEqual(server.actions(), ["quit"])

    def test_the_goodbye_has_a_time(self):
        self.let_type("quit")
        self.converse()
        self.assertAlmostEqual(self.server.heard[0]["time"], time.time(), delta=2)

    def test_when_the_server_closes_the_keyboard_is_woken_and_the_reason_returned(self):
        woken = threading.Event()
        self.wake.side_effect = woken.set

        def wait_to_be_woken():
            self.assertTrue(woken.wait(2))
            press_ctrl_c()  # the signal does what Ctrl+C does

        self.use_keyboard(Keyboard("", wait_to_be_woken))
        self.far.shutdown(socket.SHUT_RDWR)
        self.assertEqual(self.converse(), "the server has closed the connection")

    def test_a_line_that_breaks_while_we_send_is_an_error_and_no_thread_is_left(self):
        self.let_type("all one\n")
        with (
            mock.patch.object(Chat, "request", side_effect=BrokenPipeError("broken")),
            self.assertRaisesRegex(BrokenPipeError, "broken"),
        ):
            self.converse()

    def test_each_thread_has_a_socket_object_of_its_own(self):
        # Else the time-out with which one waits would cut short what the other sends.
        self.let_type("")
        with mock.patch.object(Client, "receive") as receive:
            self.converse()
        (receiving,) = receive.call_args.args
        self.assertIs(self.client.chat.sock, self.near)
        self.assertIsNot(receiving, self.near)
        self.assertEqual(receiving.fileno(), -1)  # closed, for it has done its work

    @unittest.skipIf(sys.platform == "win32", "there the keyboard is woken otherwise")
    def test_a_signal_while_we_part_changes_nothing(self):
        self.let_type("")
        signals = mock.patch.object(
            Chat, "leave", side_effect=lambda: os.kill(os.getpid(), signal.SIGINT)
        )
        with signals:
            try:
                self.client.converse(self.near)
            except KeyboardInterrupt:
                self.fail("a second Ctrl+C comes through")
        self.assertFalse(set(threading.enumerate()) - {*self.before, self.server})
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)


class PartTest(ClientTest):
    def start(self, function):
        """Call a function in a thread of its own."""
        thread = threading.Thread(target=function, daemon=True)
        thread.start()
        return thread

    def test_the_server_gets_a_goodbye_and_then_the_end(self):
        self.client.part(self.near, threading.Thread())
        self.assertEqual(self.heard()["action"], "quit")
        self.assertIsNone(self.heard())

    def test_a_thread_that_waits_for_the_server_ends(self):
        receiving = self.enterContext(self.near.dup())
        thread = self.start(lambda: self.client.receive(receiving))
        parting = self.start(lambda: self.client.part(self.near, thread))
        parting.join(2)
        self.assertFalse(thread.is_alive() or parting.is_alive())
        self.wake.assert_not_called()

    def test_we_wait_until_the_thread_has_ended(self):
        end = threading.Event()
        thread = self.start(lambda: end.wait(2))
        parting = self.start(lambda: self.client.part(self.near, thread))
        parting.join(0.05)
        self.assertTrue(parting.is_alive())
        end.set()
        parting.join(2)
        self.assertFalse(parting.is_alive())

    def test_a_thread_that_has_not_begun_is_not_waited_for(self):
        self.client.part(self.near, threading.Thread(target=self.fail))

    def test_a_line_that_is_broken_already_is_no_error(self):
        self.far.close()
        self.client.part(self.near, threading.Thread())
        self.assertTrue(self.chat.leaving)

    def test_the_last_answers_come_before_the_goodbye(self):
        self.chat.request("msg", "to eve:", message="one")
        thread = self.start(lambda: self.client.part(self.near, threading.Thread()))
        self.heard()
        thread.join(0.05)
        self.assertTrue(thread.is_alive())
        self.chat.answered("evening-1")
        thread.join(2)
        self.assertEqual(self.heard()["action"], "quit")

    def test_if_the_goodbye_cannot_be_sent_the_thread_ends_all_the_same(self):
        receiving = self.enterContext(self.near.dup())
        thread = self.start(lambda: self.client.receive(receiving))
        with mock.patch.object(client, "send_message", side_effect=TimeoutError("full")):
            parting = self.start(lambda: self.client.part(self.near, thread))
            parting.join(2)
        self.assertFalse(thread.is_alive() or parting.is_alive())


class AccountNameTest(unittest.TestCase):
    def test_a_name_stays_as_it_is(self):
        for name in ("Вася", "bob_2"):
            with self.subTest(name=name):
                self.assertEqual(client.account_name(name), name)

    def test_everything_else_is_refused(self):
        for name in ("", "bob ", "../x", "аdmin", "x" * 26):
            with self.subTest(name=name), self.assertRaises(argparse.ArgumentTypeError):
                client.account_name(name)


class GetAddrPortTest(unittest.TestCase):
    def arguments(self, *words):
        """Return what is read from these words on the command line."""
        with mock.patch.object(sys, "argv", ["client.py", *words]):
            return client.get_addr_port()

    def test_the_address_is_enough(self):
        args = self.arguments("127.0.0.1")
        self.assertEqual((args.addr, args.port, args.name), ("127.0.0.1", 7777, "guest"))

    def test_port_and_name_can_be_chosen(self):
        for option in ("-n", "--name"):
            with self.subTest(option=option):
                args = self.arguments("example.org", "8080", option, "Вася")
                self.assertEqual((args.addr, args.port, args.name), ("example.org", 8080, "Вася"))

    def test_wrong_words_on_the_command_line_end_it_and_are_named(self):
        table = {
            (): "addr",
            ("127.0.0.1", "port"): "Wrong port: 'port'",
            ("127.0.0.1", "70000"): "Wrong port: 70000",
            ("127.0.0.1", "0"): "Wrong port: 0",
            ("127.0.0.1", "-n", "../x"): "../x is not a name",
        }
        for words, complaint in table.items():
            errors = io.StringIO()
            screen = contextlib.redirect_stderr(errors)
            with self.subTest(words=words), screen, self.assertRaises(SystemExit) as end:
                self.arguments(*words)
            self.assertEqual(end.exception.code, 2)
            self.assertIn(complaint, errors.getvalue())


class ClientMainTest(ConversationTest):
    def setUp(self):
        super().setUp()
        # Where the client would call a server, it gets the near end of our telephone.
        call = mock.patch.object(socket, "create_connection", return_value=self.near)
        self.call = self.enterContext(call)
        self.client = Client("Вася", Screen())

    def talk(self):
        """Talk; return why it ended."""
        return self.client.main("example.org", 8080)

    def test_it_calls_with_patience_for_five_seconds(self):
        self.talk()
        self.call.assert_called_once_with(("example.org", 8080), timeout=5)

    def test_it_enters_converses_and_leaves(self):
        self.let_type("all привет\n")
        self.assertIsNone(self.talk())
        self.end_server()
        self.assertEqual(self.server.actions(), ["presence", "msg", "quit"])
        self.assertEqual(self.server.heard[1]["from"], "Вася")
        self.assertEqual(self.shown()[0], "200: sent")

    def test_it_is_logged_where_the_server_is(self):
        with self.assertLogs("messenger.client", "INFO") as log:
            self.talk()
        self.assertTrue(log.output[0].endswith("connected to example.org, port 8080"))

    def test_when_all_is_said_the_connection_is_closed(self):
        self.talk()
        self.assertEqual(self.near.fileno(), -1)  # that is how a closed socket shows itself


class MainTest(TelephoneTest):
    def setUp(self):
        super().setUp()
        self.open_log = self.enterContext(mock.patch.object(client, "open_log"))
        self.enterContext(mock.patch.object(sys, "stdin", io.StringIO()))
        self.errors = self.enterContext(contextlib.redirect_stderr(io.StringIO()))

    def run_main(self, *words, talk=None):
        """Run the program with these words on its command line; let its talk be another."""
        with mock.patch.object(sys, "argv", ["client.py", *words]), contextlib.ExitStack() as stack:
            if talk:
                stack.enter_context(mock.patch.object(Client, "main", **talk))
            try:
                client.main()
            except KeyboardInterrupt:  # it would end the tests too
                self.fail("main() lets the KeyboardInterrupt through")

    def end_of_main(self, *words, talk=None):
        """Run the program, which must end early; return what it ends with."""
        with self.assertRaises(SystemExit) as end:
            self.run_main(*words, talk=talk)
        return end.exception.code

    def answer(self, *pieces):
        """Let the program call us instead of a server, and get these pieces."""
        self.let_arrive(*pieces)
        call = mock.patch.object(socket, "create_connection", return_value=self.near)
        self.enterContext(call)

    def test_it_has_a_log_of_its_own(self):
        self.run_main("127.0.0.1", "-n", "Вася", talk={"return_value": None})
        self.open_log.assert_called_once_with("Вася")

    def test_a_conversation_that_we_end_ends_with_goodbye(self):
        self.run_main("127.0.0.1", talk={"return_value": None})
        self.assertEqual(self.screen.getvalue(), "Goodbye.\n")

    def test_a_conversation_that_we_did_not_end_is_an_error(self):
        end = self.end_of_main("x.org", talk={"return_value": "the server is gone"})
        self.assertEqual(end, "x.org, port 7777: the server is gone")
        self.assertNotIn("Goodbye", self.screen.getvalue())

    def test_a_name_that_is_taken_ends_in_one_clear_line(self):
        self.answer(as_line({"response": 409, "error": "Вася is here already"}))
        end = self.end_of_main("127.0.0.1", "-n", "Вася")
        self.assertEqual(end, "127.0.0.1, port 7777: 409: Вася is here already")

    def test_a_refused_connection_ends_in_one_clear_line(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # the port is ours, but we do not listen
            end = self.end_of_main("127.0.0.1", str(deaf.getsockname()[1]))
        self.assertRegex(end, r"\A127\.0\.0\.1, port \d+: .+\Z")

    def test_what_is_no_answer_ends_in_one_clear_line(self):
        for line in (b"", b"hello\n", as_line(msg()), b'{"response": '):
            near, far = socket.socketpair()
            call = mock.patch.object(socket, "create_connection", return_value=near)
            with self.subTest(line=line), near, far, call:
                far.sendall(line)
                far.shutdown(socket.SHUT_WR)
                self.assertRegex(self.end_of_main("127.0.0.1"), r"\A127\.0\.0\.1, port 7777: .+\Z")

    def test_what_goes_wrong_later_does_too(self):
        for error in (ConnectionResetError("reset"), ValueError("odd"), TimeoutError("late")):
            with self.subTest(error=error):
                end = self.end_of_main("x.org", talk={"side_effect": error})
                self.assertEqual(end, f"x.org, port 7777: {error}")

    def test_an_address_that_cannot_be_one_ends_in_one_clear_line(self):
        self.assertRegex(self.end_of_main("x" * 70), r"\A.+\Z")

    def test_a_refusal_cannot_control_the_terminal(self):
        self.answer(as_line({"response": 500, "error": "no\x1b[2J\n"}))
        self.assertEqual(self.end_of_main("x.org"), r"x.org, port 7777: 500: no\x1b[2J\n")

    def test_what_goes_wrong_is_logged_as_an_error(self):
        with self.assertLogs("messenger.client", "ERROR") as log:
            self.end_of_main("x.org", talk={"side_effect": OSError("not today")})
        self.assertEqual(log.output, ["ERROR:messenger.client:x.org, port 7777: not today"])

    def test_ctrl_c_while_connecting_is_no_error(self):
        ctrl_c = mock.patch.object(socket, "create_connection", side_effect=KeyboardInterrupt)
        with ctrl_c:
            self.run_main("127.0.0.1")
        self.assertEqual(self.screen.getvalue(), "Goodbye.\n")


if __name__ == "__main__":
    unittest.main()
