"""Tests of writer.py: one thread that commits in groups."""

import contextlib
import logging
import sys
import threading
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import writer
from databases import OnPostgreSQL, OnSQLite, StorageTest, new
from effects import Effect
from records import Kept, StorageError, StorageUnavailable
from writer import Writer

PATIENCE = 10


def effect(verb, *arguments):
    """Return an effect whose result nobody turns into messages."""
    return Effect(verb, arguments, lambda result: [])


def keep(*messages):
    """Return an effect that keeps messages."""
    return effect("keep_messages", list(messages))


class FakeStorage:
    """A storage that notes what happens; the test decides when a transaction may begin."""

    def __init__(self):
        self.calls = []  # verbs and arguments, "commit" and "undo"
        self.begins, self.may_begin = threading.Semaphore(0), threading.Semaphore(0)
        self.errors = []  # raised by the next commits

    @contextlib.contextmanager
    def transaction(self):
        """Begin when the test allows it, and commit."""
        self.begins.release()
        self.may_begin.acquire(timeout=PATIENCE)
        try:
            yield
            if self.errors:
                raise self.errors.pop(0)
        except BaseException:
            self.calls.append("undo")
            raise
        self.calls.append("commit")

    def note(self, *words):
        """Do nothing but be remembered."""
        self.calls.append(words)
        return f"{words} is done"

    def fail(self, error):
        """Raise an error."""
        raise error

    def keep_messages(self, messages):
        """Keep no message."""
        self.calls.append([message.text for message in messages])
        return [message.text for message in messages]


class WriterTest(unittest.TestCase):
    """A test with a writer and its storage."""

    def setUp(self):
        self.woken = threading.Semaphore(0)
        self.storage = FakeStorage()
        self.writer = Writer(self.storage, self.woken.release)
        self.addCleanup(self.writer.close)
        self.addCleanup(self.allow, 1000)
        logging.getLogger("messenger.writer").disabled = True
        self.addCleanup(setattr, logging.getLogger("messenger.writer"), "disabled", False)

    def allow(self, transactions):
        """Let so many transactions begin."""
        self.storage.may_begin.release(transactions)

    def results(self):
        """Wait for a group, and return its results."""
        self.assertTrue(self.woken.acquire(timeout=PATIENCE), "nobody was woken")
        return [result for _, result in self.writer.results()]

    def put_while_busy(self, *effects):
        """Put effects while the writer is busy with another; then let it go on."""
        self.writer.put(effect("note", "first"))
        self.assertTrue(self.storage.begins.acquire(timeout=PATIENCE), "it does not begin")
        for each in effects:
            self.writer.put(each)
        self.allow(1)
        self.results()
        self.storage.calls.clear()


class GroupTest(WriterTest):
    def test_what_gathers_while_it_is_busy_shares_one_commit_and_wakes_once(self):
        self.put_while_busy(effect("note", 1), effect("note", 2))
        self.allow(1)
        self.assertEqual(self.results(), ["(1,) is done", "(2,) is done"])
        self.assertEqual(self.storage.calls, [(1,), (2,), "commit"])
        self.assertFalse(self.woken.acquire(blocking=False))

    def test_there_is_no_result_before_the_commit(self):
        self.writer.put(effect("note", 1))
        self.assertFalse(self.woken.acquire(timeout=0.05))
        self.assertEqual(list(self.writer.results()), [])

    def test_messages_side_by_side_are_kept_all_at_once_and_each_gets_its_share(self):
        self.put_while_busy(keep(new("a"), new("b")), keep(), keep(new("c")))
        self.allow(1)
        self.assertEqual(self.results(), [["a", "b"], [], ["c"]])
        self.assertEqual(self.storage.calls, [["a", "b", "c"], "commit"])

    def test_order_is_kept_between_messages_and_other_verbs(self):
        self.put_while_busy(keep(new("a")), effect("note", 1), keep(new("b")), keep(new("c")))
        self.allow(1)
        self.assertEqual(self.results(), [["a"], "(1,) is done", ["b"], ["c"]])
        self.assertEqual(self.storage.calls, [["a"], (1,), ["b", "c"], "commit"])

    def test_each_result_comes_with_its_effect(self):
        effects = [effect("note", 1), keep(new("a"))]
        self.put_while_busy(*effects)
        self.allow(1)
        self.assertTrue(self.woken.acquire(timeout=PATIENCE))
        self.assertEqual([each for each, _ in self.writer.results()], effects)

    def test_a_group_has_a_bound(self):
        with mock.patch.object(writer, "GROUP", 2):
            self.put_while_busy(*(effect("note", n) for n in range(3)))
            self.allow(2)
            both = self.results() + self.results()
        self.assertEqual(len(both), 3)
        self.assertEqual(self.storage.calls, [(0,), (1,), "commit", (2,), "commit"])


class FailureTest(WriterTest):
    def test_a_bad_one_does_not_take_others_along(self):
        bad = StorageError("not this one")
        self.put_while_busy(effect("note", 1), effect("fail", bad), effect("note", 2))
        self.allow(4)
        self.assertEqual(self.results(), ["(1,) is done", bad, "(2,) is done"])
        self.assertEqual(self.storage.calls, [(1,), "undo", (1,), "commit", "undo", (2,), "commit"])

    def test_a_commit_that_fails_is_a_failure_too(self):
        self.storage.errors = [StorageError("full")] * 2
        self.writer.put(effect("note", 1))
        self.allow(1)
        [result] = self.results()
        self.assertIsInstance(result, StorageError)

    def test_where_nobody_could_succeed_nobody_tries_one_by_one(self):
        locked = StorageUnavailable("locked")
        self.put_while_busy(effect("note", 1), effect("fail", locked), effect("note", 2))
        self.allow(1)
        self.assertEqual(self.results(), [locked] * 3)

    def test_one_by_one_they_stop_trying_when_the_database_has_gone(self):
        bad, locked = StorageError("not this one"), StorageUnavailable("locked")
        effects = [effect("note", 1), effect("fail", bad), effect("note", 2), effect("note", 3)]
        self.put_while_busy(*effects)
        self.storage.errors = [locked]  # the group fails before its commit, so this hits the first
        self.allow(2)
        self.assertEqual(self.results(), [locked] * 4)

    def test_our_own_mistakes_are_answered_logged_and_do_not_end_the_thread(self):
        logging.getLogger("messenger.writer").disabled = False
        with self.assertLogs("messenger.writer") as logs:
            self.writer.put(effect("no_such_verb"))
            self.allow(1)
            [result] = self.results()
        self.assertIsInstance(result, StorageError)
        self.assertNotIn("no_such_verb", str(result))
        self.assertIn("AttributeError", logs.output[0])
        self.writer.put(effect("note", 1))
        self.allow(1)
        self.assertEqual(self.results(), ["(1,) is done"])


class BacklogTest(WriterTest):
    def test_what_was_put_counts_until_its_result_is_taken(self):
        for n in range(3):
            self.writer.put(effect("note", n))
        self.assertEqual(self.writer.backlog, 3)
        self.allow(3)
        while self.writer.backlog:
            self.results()
        self.assertEqual(len([call for call in self.storage.calls if call != "commit"]), 3)

    def test_it_says_when_it_is_full_and_when_there_is_room_again(self):
        with mock.patch.object(writer, "MOST", 2):
            self.writer.put(effect("note", 1))
            self.assertFalse(self.writer.full)
            self.writer.put(effect("note", 2))
            self.assertTrue(self.writer.full)
            self.allow(2)
            while self.writer.backlog:
                self.results()
            self.assertFalse(self.writer.full)


class CloseTest(WriterTest):
    def test_what_was_put_is_done_before_it_ends(self):
        self.put_while_busy(*(effect("note", n) for n in range(3)))
        self.allow(3)
        self.assertTrue(self.writer.close())
        self.assertEqual(self.storage.calls, [(0,), (1,), (2,), "commit"])
        self.assertEqual(len(list(self.writer.results())), 3)

    def test_it_can_be_closed_without_work_and_twice(self):
        self.assertTrue(self.writer.close())
        self.assertTrue(self.writer.close())

    def test_it_does_not_wait_for_ever(self):
        self.writer.put(effect("note", 1))
        self.assertFalse(self.writer.close(patience=0.01))


class WithStorage(StorageTest):
    """Tests of the writer with a real storage."""

    def setUp(self):
        super().setUp()
        self.woken = threading.Semaphore(0)
        self.writer = Writer(self.storage, self.woken.release)
        self.addCleanup(self.writer.close)

    def carry_out(self, *effects):
        """Put effects, and return their results."""
        for each in effects:
            self.writer.put(each)
        results = []
        while self.writer.backlog:
            self.assertTrue(self.woken.acquire(timeout=PATIENCE))
            results += [result for _, result in self.writer.results()]
        return results

    def test_a_day_in_the_life_of_a_server(self):
        login = effect("remember_login", "Anna", "192.0.2.7", 1.5)
        results = self.carry_out(
            *(keep(new("a", id="7")), keep(new("b"), new("a", id="7")), login),
            *(effect("acknowledge", "Anna", 1), effect("remember_logout", "Anna", 2.5)),
        )
        self.assertEqual(results[0], [Kept(1, 202, "new")])
        self.assertEqual([kept.verdict for kept in results[1]], ["new", "same"])
        self.assertEqual([message.text for message in results[2].waiting], ["a", "b"])
        self.assertEqual(results[3:], [[("Вася", "7")], None])

    def test_when_a_result_is_there_others_can_read_what_was_done(self):
        other = self.open()
        for n in range(20):
            self.carry_out(keep(new(str(n))))
            self.assertEqual(other.history(1)[0].text, str(n))

    def test_a_message_that_the_database_refuses_does_not_take_others_along(self):
        bad = keep(new(None))
        with self.assertLogs("messenger.writer", "ERROR"):
            results = self.carry_out(keep(new("a")), bad, keep(new("b")))
        self.assertIsInstance(results[1], StorageError)
        self.assertEqual([message.text for message in self.storage.history()], ["a", "b"])


class OnSQLiteTest(OnSQLite, WithStorage, unittest.TestCase):
    pass


class OnPostgreSQLTest(OnPostgreSQL, WithStorage, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
