"""Tests of the users whom the server remembers."""

import contextlib
import sqlite3
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath
from unittest import mock

import users
from users import Users, UsersError


class UsersTest(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = Path(folder, "новая папка", "users.db")
        self.users = Users(self.path)
        self.enterContext(mock.patch.object(users, "PATIENCE", 0.05))

    def test_a_new_user_is_unknown(self):
        self.assertIsNone(self.users.find("Вася"))

    def test_file_and_folder_are_made_when_they_are_missing(self):
        self.assertEqual(self.users.count(), 0)
        self.assertTrue(self.path.is_file())

    def test_first_seen_last_seen_and_visits_are_remembered(self):
        self.users.came("Вася", 1000)
        self.users.left("Вася", 1500)
        self.assertEqual(self.users.find("Вася"), (1000, 1500, 1))
        self.users.came("Вася", 2000)
        self.assertEqual(self.users.find("Вася"), (1000, 2000, 2))

    def test_another_server_finds_them_again_in_upper_or_lower_case(self):
        self.users.came("Вася", 1000)
        self.assertEqual(Users(self.path).find("ВАСЯ"), (1000, 1000, 1))
        self.assertEqual(self.users.count(), 1)

    def test_a_nickname_is_data_and_never_a_piece_of_sql(self):
        name = "x'); DROP TABLE users; --"
        self.users.came(name, 1000)
        self.assertEqual(self.users.find(name), (1000, 1000, 1))

    def test_a_locked_file_is_said(self):
        self.users.count()
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with self.assertRaisesRegex(UsersError, "locked"):
                self.users.came("Вася", 1000)
        self.users.came("Вася", 1000)

    def test_a_crowd_is_remembered_one_after_the_other(self):
        with mock.patch.object(users, "PATIENCE", 10), ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda number: self.users.came(f"user{number}", 1000), range(40)))
        self.assertEqual(self.users.count(), 40)

    def test_whose_turn_does_not_come_is_told(self):
        with self.users.lock, self.assertRaisesRegex(UsersError, "others are waiting"):
            self.users.count()

    def test_a_damaged_file_is_said_and_left_as_it_is(self):
        self.path.parent.mkdir()
        self.path.write_bytes(b"not a database" * 100)
        for action in (self.users.count, lambda: self.users.find("Вася")):
            with self.assertRaisesRegex(UsersError, "cannot be used"):
                action()
        self.assertEqual(self.path.read_bytes(), b"not a database" * 100)

    def test_a_folder_that_cannot_be_made_is_said(self):
        self.path.parent.write_text("a file is in the way")
        with self.assertRaises(UsersError):
            self.users.count()


class DefaultFileTest(unittest.TestCase):
    def test_each_system_has_its_own_place(self):
        home = Path.home()
        places = {
            ("linux", "XDG_DATA_HOME", ""): home / ".local" / "share",
            ("linux", "XDG_DATA_HOME", "/data"): PurePath("/data"),
            ("darwin", "XDG_DATA_HOME", "/data"): home / "Library" / "Application Support",
            ("win32", "LOCALAPPDATA", "D:/Local"): PurePath("D:/Local"),
            ("win32", "LOCALAPPDATA", ""): home / "AppData" / "Local",
        }
        for (platform, variable, value), folder in places.items():
            with self.subTest(platform=platform, value=value):
                self.assertEqual(users.data_folder(platform, {variable: value}), folder)

    def test_the_file_lies_in_a_folder_of_ours(self):
        self.assertEqual(users.default_file().parts[-2:], ("messenger-course", "chat-users.db"))


if __name__ == "__main__":
    unittest.main()
