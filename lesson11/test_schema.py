"""Tests of schema.py: databases of other versions, older and newer ones."""

import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import schema
from databases import OnPostgreSQL, OnSQLite, new
from engines import open_engine
from records import StorageError
from sqlalchemy import inspect, text
from storage import Storage

# As the first version of this lesson made them. {key} is a number that the database gives.
VERSION_1 = """
CREATE TABLE about (version INTEGER NOT NULL, last_number BIGINT NOT NULL, PRIMARY KEY (version));
CREATE TABLE clients (id {key}, name VARCHAR NOT NULL, folded VARCHAR NOT NULL UNIQUE,
    registered DOUBLE PRECISION NOT NULL, info VARCHAR DEFAULT '' NOT NULL);
CREATE TABLE logins (id {key}, client_id INTEGER NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    moment DOUBLE PRECISION NOT NULL, address VARCHAR NOT NULL);
CREATE INDEX logins_of ON logins (client_id);
CREATE TABLE contacts (owner_id INTEGER NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    client_id INTEGER NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (owner_id, client_id));
CREATE TABLE messages (number BIGINT NOT NULL PRIMARY KEY, sender VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL, id VARCHAR, text VARCHAR NOT NULL,
    moment DOUBLE PRECISION NOT NULL, code INTEGER NOT NULL, acknowledged BOOLEAN NOT NULL,
    CONSTRAINT messages_once UNIQUE (sender, id));
CREATE INDEX messages_waiting ON messages (recipient, number) WHERE {waits};
INSERT INTO about VALUES (1, 3);
INSERT INTO clients (name, folded, registered) VALUES ('Anna', 'anna', 1.5), ('Вася', 'вася', 2.5);
INSERT INTO logins (client_id, moment, address) VALUES (1, 3.5, '192.0.2.7');
INSERT INTO contacts VALUES (1, 2);
INSERT INTO messages VALUES
    (1, 'Вася', 'Anna', '7', 'привет', 4.5, 202, {no}),
    (2, 'Anna', 'Вася', NULL, 'hi', 5.5, 200, {yes}),
    (3, 'Anna', '#Кино', NULL, 'all', 6.5, 200, {yes})
"""
SQLITE = {"key": "INTEGER NOT NULL PRIMARY KEY", "waits": "acknowledged = 0", "no": "0", "yes": "1"}
POSTGRES = {"key": "SERIAL PRIMARY KEY", "waits": "NOT acknowledged", "no": "false", "yes": "true"}


class SchemaTest:
    def setUp(self):
        self.url = self.new_url()
        self.engine = open_engine(self.url, 5).execution_options(writes=True)
        self.addCleanup(self.engine.dispose)

    def execute(self, script):
        """Execute statements, all in one transaction."""
        with self.engine.begin() as connection:
            for statement in script.split(";"):
                connection.execute(text(statement.replace(":", r"\:")))

    def make_version_1(self):
        """Make the database that the first version of this lesson made."""
        words = SQLITE if self.engine.name == "sqlite" else POSTGRES
        self.execute(VERSION_1.format(**words))

    def open(self):
        """Open the database as the server does."""
        storage = Storage(self.url)
        self.addCleanup(storage.close)
        return storage

    def shape(self):
        """Return columns, keys and indexes of all tables."""
        look = inspect(self.engine)
        shape = {}
        for table in look.get_table_names():
            columns = [(c["name"], c["nullable"]) for c in look.get_columns(table)]
            unique = [tuple(u["column_names"]) for u in look.get_unique_constraints(table)]
            indexes = [(i["name"], tuple(i["column_names"])) for i in look.get_indexes(table)]
            shape[table] = (sorted(columns), sorted(unique), sorted(indexes))
        return shape


class NewDatabase(SchemaTest):
    def test_an_empty_one_gets_the_tables_of_today(self):
        self.open()
        self.assertEqual(set(self.shape()), {"about", "clients", "logins", "contacts", "messages"})

    def test_one_that_is_up_to_date_is_left_as_it_is(self):
        self.open().register("Anna")
        self.assertTrue(self.open().is_known("Anna"))


class OlderDatabase(SchemaTest):
    def test_it_gets_the_shape_of_a_new_one(self):
        self.open()
        expected = self.shape()
        self.url = self.new_url()
        self.engine = open_engine(self.url, 5).execution_options(writes=True)
        self.addCleanup(self.engine.dispose)
        self.make_version_1()
        self.assertNotEqual(self.shape(), expected)
        self.open()
        self.assertEqual(self.shape(), expected)

    def test_what_it_held_is_still_there(self):
        self.make_version_1()
        storage = self.open()
        self.assertEqual([row.name for row in storage.clients()], ["Anna", "Вася"])
        self.assertEqual(storage.logins()[0].ended, None)
        arrival = storage.remember_login("Anna", "", 7.5)
        self.assertEqual([message.text for message in arrival.waiting], ["привет"])
        self.assertEqual(arrival.contacts, ["Вася"])

    def test_its_messages_belong_to_conversations(self):
        self.make_version_1()
        storage = self.open()
        texts = [message.text for message in storage.history_of("anna", "вася")]
        self.assertEqual(texts, ["привет", "hi"])
        self.assertEqual(len(storage.history_of("Anna", "#кино")), 1)

    def test_work_goes_on_where_it_was_left(self):
        self.make_version_1()
        storage = self.open()
        messages = [new("привет", id="7"), new("next", id="8")]
        kept = storage.keep_messages(messages)
        self.assertEqual([each.verdict for each in kept], ["same", "new"])
        self.assertGreater(kept[1].number, 3)

    def test_an_upgrade_that_fails_changes_nothing(self):
        self.make_version_1()
        before = self.shape()

        def fail(connection):
            raise StorageError("in the middle")

        steps = [*schema.UPGRADES, fail]
        with mock.patch.multiple(schema, UPGRADES=steps, VERSION=3):
            self.assertRaisesRegex(StorageError, "in the middle", Storage, self.url)
        self.assertEqual(self.shape(), before)
        self.assertEqual(len(self.open().clients()), 2)

    def test_no_step_is_taken_twice(self):
        self.make_version_1()
        self.open()
        with mock.patch.object(schema, "UPGRADES", [self.fail]):
            self.open()


class StrangeDatabase(SchemaTest):
    def test_a_newer_one_is_refused_in_words(self):
        self.open()
        self.execute("UPDATE about SET version = 99")
        words = r"made by a newer messenger: its version is 99, .* up to \d+\. Update"
        self.assertRaisesRegex(StorageError, words, Storage, self.url)

    def test_a_newer_one_is_not_touched(self):
        self.open()
        self.execute("DROP TABLE contacts; UPDATE about SET version = 99")
        self.assertRaises(StorageError, Storage, self.url)
        self.assertNotIn("contacts", self.shape())

    def test_one_of_another_program_is_refused_and_not_touched(self):
        self.execute("CREATE TABLE cakes (name VARCHAR)")
        self.assertRaisesRegex(StorageError, "belongs to another program", Storage, self.url)
        self.assertEqual(list(self.shape()), ["cakes"])

    def test_one_that_does_not_know_its_version_is_refused(self):
        self.open()
        self.execute("DELETE FROM about")
        self.assertRaisesRegex(StorageError, "its version", Storage, self.url)


class NewOnSQLiteTest(OnSQLite, NewDatabase, unittest.TestCase):
    pass


class OlderOnSQLiteTest(OnSQLite, OlderDatabase, unittest.TestCase):
    pass


class StrangeOnSQLiteTest(OnSQLite, StrangeDatabase, unittest.TestCase):
    pass


class NewOnPostgreSQLTest(OnPostgreSQL, NewDatabase, unittest.TestCase):
    pass


class OlderOnPostgreSQLTest(OnPostgreSQL, OlderDatabase, unittest.TestCase):
    pass


class StrangeOnPostgreSQLTest(OnPostgreSQL, StrangeDatabase, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
