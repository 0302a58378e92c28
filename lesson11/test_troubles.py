"""Tests of troubles.py and engines.py: what goes wrong with a database is said in words."""

import contextlib
import os
import stat
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import engines
from databases import OnPostgreSQL, OnSQLite, StorageTest, new
from records import StorageError, StorageUnavailable
from sqlalchemy import event, text
from storage import Storage

PRAGMAS = ("journal_mode", "synchronous", "foreign_keys")
LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


class TroubleTest(unittest.TestCase):
    def expect(self, words, url, kind=StorageError):
        """Expect that a database cannot be opened, and that one line says why."""
        with self.assertRaises(kind) as caught:
            Storage(url, timeout=0.1)
        self.assertRegex(str(caught.exception), words)
        self.assertNotIn("\n", str(caught.exception))
        return str(caught.exception)


class FileTest(OnSQLite, TroubleTest):
    def setUp(self):
        self.path = Path(self.new_url())

    def test_a_new_file_is_for_its_owner_only(self):
        Storage(self.path).close()
        if os.name != "nt":
            self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)

    def test_a_commit_is_on_the_disk_when_it_returns(self):
        storage = Storage(self.path)
        self.addCleanup(storage.close)
        with storage.engine.connect() as connection:
            pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS]
        self.assertEqual(pragmas, ["wal", 2, 1])  # 2 is FULL

    def test_a_file_of_something_else_is_refused_and_left_as_it_is(self):
        for content in (b"not a database" * 100, os.urandom(10_000), b"x"):
            with self.subTest(content=content[:20]):
                self.path.write_bytes(content)
                self.expect("is no database", self.path)
                self.assertEqual(self.path.read_bytes(), content)

    def test_a_file_that_was_cut_short_is_damaged(self):
        Storage(self.path).close()
        with self.path.open("r+b") as file:
            file.truncate(self.path.stat().st_size // 2)
        self.expect("is damaged", self.path)

    def test_damage_in_the_middle_is_noticed_when_it_is_met(self):
        storage = Storage(self.path)
        storage.register("Anna")
        storage.close()
        with self.path.open("r+b") as file:
            file.seek(4096)
            file.write(os.urandom(self.path.stat().st_size - 4096))
        with self.assertRaises(StorageError):
            Storage(self.path).keep_messages([new()])

    def test_a_folder_that_is_not_there_is_named(self):
        self.assertIn("nowhere", self.expect("No such file", self.path.parent / "nowhere" / "db"))

    def test_a_folder_is_no_database(self):
        self.expect("Is a directory|denied|no database|cannot", self.path.parent)

    @unittest.skipIf(os.name == "nt", "Windows has other permissions")
    def test_without_permission_it_says_so(self):
        Storage(self.path).close()
        self.path.chmod(0o400)
        self.path.parent.chmod(0o500)
        self.addCleanup(self.path.parent.chmod, 0o700)
        with as_ordinary_user(self.path):
            self.expect("no permission", self.path)
            self.expect("Permission denied", self.path.with_name("new.db"))

    def test_a_database_in_memory_keeps_nothing(self):
        for url in ("sqlite://", "sqlite:///:memory:"):
            with self.subTest(url=url):
                self.expect("keeps nothing", url)

    def test_an_address_must_be_one(self):
        self.expect("cannot be understood", "postgresql+psycopg://host:port/x")
        self.expect("sqlite or postgresql", "mysql://host/x")


class DefaultTest(OnSQLite, TroubleTest):
    def test_without_an_address_it_is_a_file_in_the_users_data_folder(self):
        folder = Path(self.new_url()).parent / "data" / "ours"
        nowhere = mock.patch.dict(os.environ, JIM_HOME="")
        with nowhere, mock.patch.object(engines, "user_data_path", return_value=folder):
            storage = Storage()
            self.addCleanup(storage.close)
        self.assertEqual(storage.place, str(folder / "server.db"))
        if os.name != "nt":
            self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)

    def test_a_data_folder_that_cannot_be_made_is_named(self):
        file = Path(self.new_url())
        file.touch()
        nowhere = mock.patch.dict(os.environ, JIM_HOME="")
        with nowhere, mock.patch.object(engines, "user_data_path", return_value=file / "data"):
            self.expect("The folder .* cannot be made", None)


class LockedTest(OnSQLite, StorageTest, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.storage = self.open(timeout=0.1)

    @contextlib.contextmanager
    def locked(self):
        """Let another process lock the database."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        command = [sys.executable, "-c", LOCKER, self.url]
        with subprocess.Popen(command, **pipes) as locker:
            self.assertEqual(locker.stdout.readline().strip(), b"locked")
            yield
            locker.stdin.close()

    def test_who_wants_to_write_is_told_that_it_is_locked(self):
        with self.locked(), self.assertRaisesRegex(StorageUnavailable, "locked by another program"):
            self.storage.keep_messages([new()])

    def test_afterwards_all_is_as_before(self):
        with self.locked(), contextlib.suppress(StorageError):
            self.storage.keep_messages([new("refused")])
        self.keep(new("kept"))
        self.assertEqual(self.waiting_for("Anna"), ["kept"])

    def test_reading_goes_on(self):
        with self.locked():
            self.assertTrue(self.storage.is_known("Anna"))

    def test_it_cannot_be_opened_either(self):
        with self.locked(), self.assertRaisesRegex(StorageUnavailable, "locked"):
            Storage(self.url, timeout=0.1)


class FullTest(OnSQLite, StorageTest, unittest.TestCase):
    def let_grow_to(self, pages):
        """Let the file have so many pages at most, as if the disk were full."""

        def limit(connection, _):
            connection.execute(f"PRAGMA max_page_count={pages}")

        event.listen(self.storage.engine, "connect", limit)
        self.storage.engine.dispose()  # so that it connects anew

    def test_what_finds_no_room_is_refused_and_what_was_kept_stays(self):
        self.keep(new("kept"))
        self.let_grow_to(1)
        with self.assertRaisesRegex(StorageError, "the disk is full"):
            self.keep(*(new("x" * 500) for _ in range(100)))
        self.let_grow_to(2**30)
        self.keep(new("later"))
        self.assertEqual(self.waiting_for("Anna"), ["kept", "later"])


class PostgreSQLTest(OnPostgreSQL, StorageTest, TroubleTest):
    def test_one_that_is_locked_says_so_after_a_while(self):
        storage = self.open(timeout=0.1)
        with self.storage.transaction():
            with self.assertRaisesRegex(StorageUnavailable, "locked by another program"):
                storage.keep_messages([new()])
        self.assertEqual(storage.keep_messages([new()])[0].verdict, "new")

    def test_a_server_that_drops_us_is_found_again(self):
        with self.assertRaises(StorageUnavailable), self.storage.transaction() as session:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        self.assertEqual(self.keep(new()), [(202, "new")])

    def test_a_database_that_is_not_there_is_named(self):
        self.expect("does not exist", self.url.replace("/postgres?", "/nowhere?"))

    def test_who_may_not_come_in_is_told_so(self):
        self.expect('role "eve" does not exist', self.url.replace("jim@", "eve@"))


class UnreachableTest(TroubleTest):
    def setUp(self):
        try:
            import psycopg  # noqa: F401 - only whether it is there
        except ImportError:
            self.skipTest("psycopg is not installed: python3 -m course setup")

    def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(self):
        url = "postgresql+psycopg://jim:secret@127.0.0.1:1/x"
        text = self.expect("out of reach: .*refused", url, StorageUnavailable)
        self.assertNotIn("secret", text)


class DriverTest(TroubleTest):
    def test_a_missing_driver_is_named_with_the_command_that_gets_it(self):
        with mock.patch.dict(sys.modules, {"psycopg": None}):
            self.expect("psycopg.*python3 -m course setup", "postgresql+psycopg://127.0.0.1/x")


@contextlib.contextmanager
def as_ordinary_user(path):
    """Be somebody for whom permissions count, also if we are root."""
    if os.geteuid() != 0:
        yield
        return
    for each in (path.parent, path):
        os.chown(each, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


if __name__ == "__main__":
    unittest.main()
