"""Tests of control.py: a real server in its thread, a database in a file."""

import argparse
import os
import socket
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import server  # it puts common/ within reach
from control import Control, said, settings_of
from server import Server
from settings import Settings, SettingsError, save, sqlite_url
from telephone import LIMIT, as_line, msg, presence

from common.messages import receive_message
from common.records import StorageError
from common.server_control import ControlError, Online


class ControlTest(unittest.TestCase):
    """A test with a control and a folder for the database."""

    def setUp(self):
        self.threads = set(threading.enumerate())
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="controlled")))
        self.ports = []
        self.control = Control(Server, self.ports.append)
        self.addCleanup(self.control.stop)
        self.settings = Settings(sqlite_url(self.folder / "server.db"), "127.0.0.1", 0, "Test")

    def start(self):
        """Start the server."""
        self.control.start(self.settings)

    def come(self, name):
        """Let a client come in; return its socket."""
        client = socket.create_connection(self.control.address, timeout=LIMIT)
        client = self.enterContext(client)
        self.ask(client, presence(user={"account_name": name}), 200)
        return client

    def ask(self, client, message, code):
        """Send a message, and expect an answer with this code."""
        client.sendall(as_line(message))
        while "response" not in (answer := receive_message(client)):
            pass
        self.assertEqual(answer["response"], code)

    def expect_words(self, pattern, verb, *arguments):
        """Expect that a verb fails, in one line that says so much."""
        with self.assertRaisesRegex(ControlError, pattern) as failure:
            getattr(self.control, verb)(*arguments)
        self.assertNotIn("\n", str(failure.exception))

    def expect_nothing_open(self):
        """Expect that the control holds neither a server nor a storage, nor runs threads."""
        self.assertEqual((self.control.server, self.control.storage), (None, None))
        self.assertEqual(self.control.address, None)
        self.assertFalse(self.control.running)
        names = {thread.name for thread in set(threading.enumerate()) - self.threads}
        self.assertEqual(names & {"server", "writer"}, set())


class StartTest(ControlTest):
    def test_when_it_has_started_it_listens_and_says_where(self):
        self.start()
        self.assertTrue(self.control.running)
        self.assertEqual(self.control.address, ("127.0.0.1", self.ports[0]))
        self.come("bob")

    def test_the_welcome_bears_the_name_of_the_settings(self):
        self.start()
        client = socket.create_connection(self.control.address, timeout=LIMIT)
        with client:
            client.sendall(as_line(presence()))
            self.assertEqual(receive_message(client)["alert"], "welcome to Test, bob")

    def test_it_does_not_start_twice(self):
        self.start()
        self.expect_words("runs already", "start", self.settings)
        self.assertTrue(self.control.running)
        self.assertEqual(len(self.ports), 1)

    def test_when_it_has_stopped_nobody_is_served_and_nothing_is_open(self):
        self.start()
        address, client = self.control.address, self.come("bob")
        self.control.stop()
        self.expect_nothing_open()
        self.assertEqual(client.recv(100), b"")
        with self.assertRaises(OSError):
            socket.create_connection(address, timeout=LIMIT)

    def test_to_stop_what_does_not_run_is_no_error(self):
        self.control.stop()
        self.start()
        for _ in range(2):
            self.control.stop()
        self.expect_nothing_open()

    def test_it_starts_again_and_knows_what_it_knew(self):
        self.start()
        self.ask(self.come("bob"), msg(to="#all"), 200)
        self.control.stop()
        self.start()
        self.assertEqual([row.name for row in self.control.clients()], ["bob"])
        self.assertEqual([row.text for row in self.control.history(10)], ["hi"])
        self.assertEqual(self.control.online(), [])
        self.come("bob")

    def test_after_a_mistake_of_ours_it_can_be_started_again(self):
        broken = mock.patch.object(Server, "take_turn", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("messenger.server", "ERROR"):
            self.start()
            self.control.server.join(LIMIT)
        self.assertFalse(self.control.running)
        with mock.patch.object(self.control.storage, "close") as close:
            self.start()
        close.assert_called_once_with()
        self.come("bob")


class CannotStartTest(ControlTest):
    def cannot_start(self, pattern, **changes):
        """Expect that it does not start with these settings, and that nothing is left open."""
        settings = Settings(**vars(self.settings) | changes)
        self.expect_words(pattern, "start", settings)
        self.expect_nothing_open()

    def test_on_a_port_that_is_taken(self):
        with Server.create_socket_server("127.0.0.1", 0) as other:
            port = other.getsockname()[1]
            self.cannot_start(f"port {port}", port=port)
        self.assertEqual(self.ports, [])
        self.start()

    def test_on_what_cannot_be_an_address(self):
        for host in ("x" * 70, "host.invalid", "a..b", "two words"):
            with self.subTest(host=host):
                self.cannot_start(host, host=host)

    def test_on_what_cannot_be_a_port(self):
        for port in (70000, -1, "port", "", None):
            with self.subTest(port=port):
                self.cannot_start("port", port=port)

    def test_with_a_broken_database(self):
        path = self.folder / "server.db"
        path.write_bytes(b"this is no database " * 1000)
        self.cannot_start("server.db")
        path.unlink()
        self.start()

    def test_with_a_database_that_cannot_be_one(self):
        for url in (sqlite_url(self.folder / "no" / "folder.db"), "mysql://x/y", "sqlite://"):
            with self.subTest(url=url):
                self.cannot_start(".", database=url)

    def test_if_the_log_cannot_be_written(self):
        self.control.on_listening = mock.Mock(side_effect=PermissionError("read-only"))
        self.cannot_start("read-only")


class PeopleTest(ControlTest):
    def setUp(self):
        super().setUp()
        self.start()

    def names(self):
        """Return the names of all accounts."""
        return [row.name for row in self.control.clients()]

    def test_who_is_registered_is_known_and_may_be_written_to(self):
        self.control.register("Анна")
        (row,) = self.control.clients()
        self.assertEqual((row.name, row.last_login, row.logins), ("Анна", None, 0))
        self.ask(self.come("bob"), msg(to="Анна"), 202)

    def test_a_name_that_can_be_none_is_not_registered(self):
        for name in ("", "two words", "аdmin", "x" * 26, "#room", "\x1b[2J", "../x"):
            with self.subTest(name=name):
                self.expect_words("a name has", "register", name)
        self.assertEqual(self.names(), [])

    def test_nobody_is_registered_twice(self):
        self.control.register("Анна")
        for name in ("Анна", "АННА"):
            self.expect_words(f"{name} is known", "register", name)
        self.assertEqual(self.names(), ["Анна"])

    def test_who_is_removed_is_not_known_any_more(self):
        self.control.register("eve")
        self.control.remove("EVE")
        self.assertEqual(self.names(), [])
        self.expect_words("there is no eve", "remove", "eve")
        self.ask(self.come("bob"), msg(to="eve"), 404)

    def test_whose_account_is_removed_is_sent_away(self):
        bob, eve = self.come("bob"), self.come("eve")
        self.control.remove("eve")
        self.assertEqual(eve.recv(100), b"")
        self.assertEqual(self.names(), ["bob"])
        self.assertEqual([row.name for row in self.control.online()], ["bob"])
        self.ask(bob, msg(to="eve"), 404)

    def test_who_is_disconnected_has_gone_but_may_return(self):
        for name in ("bob", "BOB"):
            client = self.come("bob")
            self.control.disconnect(name)
            self.assertEqual(self.control.online(), [])
            self.assertEqual(client.recv(100), b"")
        self.expect_words("bob is not here", "disconnect", "bob")
        self.come("bob")
        self.assertEqual(self.names(), ["bob"])

    def test_contacts_of_who_is_disconnected_are_told(self):
        bob, _ = self.come("bob"), self.come("eve")
        bob.sendall(as_line(presence(action="quit")))
        self.assertEqual(bob.recv(100), b"")
        bob = self.come_watching("bob", "eve")
        self.control.disconnect("eve")
        self.assertEqual(receive_message(bob)["user"], {"account_name": "eve", "status": "offline"})

    def come_watching(self, name, contact):
        """Let a client come that watches a contact; return its socket."""
        client = self.enterContext(socket.create_connection(self.control.address, timeout=LIMIT))
        self.ask(client, presence(user={"account_name": name}, watch=True), 200)
        fields = {"action": "add_contact", "time": 1, "user_login": name, "user_id": contact}
        self.ask(client, fields, 201)
        self.assertEqual(receive_message(client)["user"]["status"], "online")
        return client

    def test_who_is_here_is_told_with_address_and_moment(self):
        with mock.patch("time.time", return_value=1000.5):
            self.come("bob")
        self.assertEqual(self.control.online(), [Online("bob", "127.0.0.1", 1000.5)])

    def test_the_figures_of_the_accounts_are_told(self):
        bob = self.come("bob")
        self.come("eve")
        self.ask(bob, msg(to="eve"), 200)
        bob, eve = self.control.clients()
        self.assertEqual((bob.name, bob.sent, bob.received, bob.logins), ("bob", 1, 0, 1))
        self.assertEqual((eve.name, eve.received, eve.last_address), ("eve", 1, "127.0.0.1"))

    def test_the_last_messages_are_told_oldest_first(self):
        bob = self.come("bob")
        for text in ("one", "two", "three"):
            self.ask(bob, msg(message=text), 200)
        self.assertEqual([row.text for row in self.control.history(2)], ["two", "three"])

    def test_what_the_storage_cannot_do_is_said_in_words(self):
        broken = mock.Mock(side_effect=StorageError("the disk is full"))
        with (
            mock.patch.multiple(self.control.storage, clients=broken, register=broken),
            self.assertLogs("messenger.server", "ERROR"),
        ):
            self.expect_words("the disk is full", "clients")
            self.expect_words("the disk is full", "register", "bob")
        self.assertEqual(self.control.clients(), [])

    def test_a_server_that_does_not_answer_is_said_not_to(self):
        with (
            mock.patch.object(server, "PATIENCE", 0),
            mock.patch.object(Server, "grant_wishes"),
        ):
            self.expect_words("does not answer", "online")
            self.expect_words("does not answer", "disconnect", "bob")
        self.assertEqual(self.control.online(), [])


class NotRunningTest(ControlTest):
    def test_there_is_nobody_and_nothing(self):
        self.expect_nothing_open()
        answers = [self.control.online(), self.control.clients(), self.control.history(5)]
        self.assertEqual(answers, [[], [], []])

    def test_what_needs_the_server_cannot_be_done(self):
        for verb in ("register", "remove"):
            self.expect_words("does not run", verb, "bob")
        self.expect_words("bob is not here", "disconnect", "bob")


class SettingsOfTest(unittest.TestCase):
    """The command line goes before the file, the file before the default values."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="set")))
        self.enterContext(mock.patch.dict(os.environ, JIM_HOME=str(self.folder)))

    def settings(self, **changes):
        """Return the settings for a command line with these words."""
        nothing = dict.fromkeys(("addr", "port", "db", "config"))
        return settings_of(argparse.Namespace(**nothing | changes))

    def test_without_anything_all_addresses_are_listened_on(self):
        self.assertEqual(self.settings(), Settings(host=""))

    def test_the_file_of_the_user_is_read(self):
        saved = Settings("sqlite:////x/y.db", "10.0.0.1", 8888, "Школа", "Вася")
        save(saved, self.folder / "server.ini")
        self.assertEqual(self.settings(), saved)

    def test_another_file_can_be_named_and_the_command_line_goes_before_it(self):
        saved = Settings("sqlite:////x/y.db", "10.0.0.1", 8888, "Школа", "Вася")
        save(saved, self.folder / "other.ini")
        config = str(self.folder / "other.ini")
        found = self.settings(config=config, port=0, db="z.db")
        self.assertEqual((found.host, found.port, found.database), ("10.0.0.1", 0, "z.db"))
        self.assertEqual(found.server_name, "Школа")

    def test_a_broken_file_is_named(self):
        (self.folder / "server.ini").write_text("hello")
        with self.assertRaisesRegex(SettingsError, "server.ini"):
            self.settings()

    def test_only_what_was_said_counts(self):
        nothing = argparse.Namespace(addr=None, port=None, db=None)
        self.assertEqual(said(nothing), {})
        words = argparse.Namespace(addr="", port=0, db="x")
        self.assertEqual(said(words), {"host": "", "port": 0, "database": "x"})


if __name__ == "__main__":
    unittest.main()
