"""Tests of client_storage.py: what a client remembers, in every order of events."""

import contextlib
import os
import sqlite3
import stat
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from client_database import VERSION
from client_storage import ClientStorage, Conversation, StorageError, file_for
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from planting import plant

PEOPLE = ("Анна", "bob", "Zoë")
texts = st.text(max_size=20)


def message(sender="Анна", text="привет", to="me", moment=1000.0, **more):
    """Return a message as the network brings it."""
    return {"action": "msg", "time": moment, "from": sender, "to": to, "message": text} | more


class StorageTest(unittest.TestCase):
    """A test with a new storage, which belongs to `me`."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = self.folder / "me.sqlite"
        self.storage = self.opened()

    def opened(self):
        """Open the file; it is closed when the test is over."""
        storage = ClientStorage(self.path, "me")
        self.addCleanup(storage.close)
        return storage

    def texts(self, chat="Анна", **more):
        """Return the texts of a chat."""
        return [line.text for line in self.storage.lines(chat, **more)]

    def states(self, chat="Анна"):
        """Return the states of the lines of a chat."""
        return [line.state for line in self.storage.lines(chat)]


class LinesTest(StorageTest):
    def test_a_line_of_ours_waits_in_the_outbox_until_it_is_marked(self):
        self.storage.add_own("Анна", "hi", 5.0, "x1")
        self.assertEqual(self.storage.outbox(), [("x1", "Анна", "hi", 5.0)])
        self.storage.mark("x1", "stored")
        self.assertEqual(self.storage.outbox(), [])
        self.assertEqual(self.states(), ["stored"])

    def test_the_outbox_keeps_the_order_of_writing(self):
        for number in range(5):
            self.storage.add_own("Анна", str(number), 100.0 - number, f"id{number}")
        self.assertEqual([text for _, _, text, _ in self.storage.outbox()], list("01234"))

    def test_delivered_stays_delivered_although_stored_comes_late(self):
        self.storage.add_own("Анна", "hi", 5.0, "x1")
        self.assertEqual(self.storage.mark("x1", "delivered").state, "delivered")
        self.assertIsNone(self.storage.mark("x1", "stored"))
        self.assertEqual(self.states(), ["delivered"])

    def test_a_refused_line_keeps_the_words_and_may_wait_again(self):
        self.storage.add_own("Анна", "hi", 5.0, "x1")
        self.assertEqual(self.storage.mark("x1", "refused", "404: who?").words, "404: who?")
        self.assertEqual(self.storage.outbox(), [])
        self.storage.mark("x1", "waiting")
        self.assertEqual(len(self.storage.outbox()), 1)

    def test_nobody_else_can_mark_what_is_not_ours(self):
        self.storage.add_received(message(id="x1"))
        self.assertIsNone(self.storage.mark("x1", "delivered"))
        self.assertIsNone(self.storage.mark("no such id", "stored"))

    def test_the_chat_of_a_message_is_its_sender_or_its_room(self):
        self.storage.add_received(message("bob", "one"))
        self.storage.add_received(message("bob", "all", to="#all"))
        self.storage.add_received(message("me", "from my other window", to="Анна"))
        self.assertEqual((self.texts("bob"), self.texts("#all")), (["one"], ["all"]))
        self.assertEqual(self.storage.lines("Анна")[0].own, True)

    def test_case_makes_no_other_chat(self):
        self.storage.add_received(message("Анна", "1"))
        self.storage.add_received(message("АННА", "2"))
        self.assertEqual(self.texts("анна"), ["1", "2"])

    def test_pages_by_key_meet_without_a_gap(self):
        for number in range(25):
            self.storage.add_received(message(text=str(number)))
        page, found = self.storage.lines("Анна", limit=10), []
        while page:
            found = [line.text for line in page] + found
            page = self.storage.lines("Анна", before=page[0].key, limit=10)
        self.assertEqual(found, [str(number) for number in range(25)])

    def test_lines_around_a_key_hold_what_is_before_and_after_it(self):
        keys = [self.storage.add_received(message(text=str(n))).key for n in range(9)]
        around = self.storage.lines_around("Анна", keys[4], 2)
        self.assertEqual([line.text for line in around], list("2345"))

    def test_half_a_surrogate_pair_and_a_zero_do_no_harm(self):
        line = self.storage.add_received(message(text="a\ud800b\0c"))
        self.assertEqual(line.text, "a\\ud800b\0c")
        self.assertEqual(self.storage.lines("Анна"), [line])

    def test_an_impossible_time_is_brought_into_what_can_be_shown(self):
        moments = (-1, 10**400, float("nan"), float("inf"))
        for moment in moments:
            self.storage.add_received(message(moment=moment))
        kept = [line.moment for line in self.storage.lines("Анна")]
        self.assertEqual(kept, [0.0, 32503680000.0, 0.0, 32503680000.0])

    def test_a_whole_batch_is_kept_or_nothing(self):
        with contextlib.suppress(ZeroDivisionError), self.storage.together():
            self.storage.add_received(message())
            self.assertEqual(self.texts(), ["привет"])
            raise ZeroDivisionError
        self.assertEqual(self.texts(), [])


class TwiceTest(StorageTest):
    def test_the_same_sender_and_id_are_kept_once(self):
        self.assertIsNotNone(self.storage.add_received(message(id="a1")))
        self.assertIsNone(self.storage.add_received(message("АННА", id="a1")))
        self.assertEqual(self.texts(), ["привет"])

    def test_the_same_number_is_kept_once(self):
        self.assertIsNotNone(self.storage.add_received(message(number=7)))
        self.assertIsNone(self.storage.add_received(message(number=7)))

    def test_the_same_id_of_another_sender_is_another_message(self):
        self.storage.add_received(message("Анна", id="1"))
        self.assertIsNotNone(self.storage.add_received(message("bob", id="1")))

    def test_nothing_is_lost_if_a_sender_counts_from_one_again(self):
        self.storage.add_received(message(id=1, number=1))
        self.assertIsNotNone(self.storage.add_received(message(id=1, number=2)))
        self.assertIsNotNone(self.storage.add_received(message(id=1, text="another")))

    def test_nothing_is_lost_if_the_server_counts_from_one_again(self):
        self.storage.add_received(message(number=1, text="before it was set up anew"))
        self.assertIsNotNone(self.storage.add_received(message(number=1, text="after")))

    def test_what_has_neither_id_nor_number_is_kept_each_time(self):
        self.storage.add_received(message())
        self.assertIsNotNone(self.storage.add_received(message()))

    def test_our_own_line_that_comes_back_from_a_room_is_known(self):
        self.storage.add_own("#all", "hi", 5.0, "x1")
        self.assertIsNone(self.storage.add_received(message("me", "hi", to="#all", id="x1")))


class HistoryTest(StorageTest):
    def test_older_lines_come_before_those_that_are_here_and_are_not_unread(self):
        self.storage.add_received(message(text="5", number=5))
        past = [message(text=str(n), number=n) for n in (1, 2, 5)]
        self.assertEqual([line.text for line in self.storage.add_history(past)], ["1", "2"])
        self.assertEqual(self.texts(), ["1", "2", "5"])
        self.assertEqual(self.storage.unread("Анна"), 1)

    def test_what_was_said_meanwhile_comes_after(self):
        self.storage.add_received(message(text="5", number=5))
        self.storage.add_history([message(text="6", number=6), message(text="7", number=7)])
        self.assertEqual(self.texts(), ["5", "6", "7"])

    def test_the_past_of_an_empty_chat_comes_in_its_order(self):
        self.storage.add_history([message(text=str(n), number=n) for n in range(4)])
        self.assertEqual(self.texts(), list("0123"))

    def test_a_line_without_id_is_known_when_it_comes_back_with_a_number(self):
        self.storage.add_received(message("bob", "hi", to="#all"))
        self.assertEqual(self.storage.add_history([message("bob", "hi", to="#all", number=3)]), [])
        self.assertIsNone(self.storage.add_received(message("bob", "hi", to="#all", number=3)))


class ChatsTest(StorageTest):
    def test_conversations_tell_the_last_line_the_latest_first(self):
        self.storage.add_received(message("bob", "1", moment=1.0))
        self.storage.add_received(message("Анна", "2", moment=2.0))
        self.storage.add_received(message("bob", "3", moment=3.0))
        self.assertEqual(
            self.storage.conversations(),
            [Conversation("bob", "3", 3.0, 2), Conversation("Анна", "2", 2.0, 1)],
        )

    def test_reading_leaves_nothing_unread_and_own_lines_never_are(self):
        self.storage.add_received(message())
        self.storage.mark_read("АННА")
        self.storage.add_own("Анна", "hi", 5.0, "x1")
        self.assertEqual(self.storage.unread("Анна"), 0)

    def test_drafts_are_kept_for_each_chat(self):
        self.storage.set_draft("Анна", "как де\nла")
        self.assertEqual(
            (self.storage.draft("анна"), self.storage.draft("bob")), ("как де\nла", "")
        )
        self.assertEqual(self.storage.conversations(), [])

    def test_contacts_and_settings_are_kept(self):
        self.storage.set_contacts(["bob", "Анна", "BOB"])
        self.storage.set_contacts(["bob", "Анна"])
        self.storage.set_setting("rooms", ["#друзья"])
        self.assertEqual(self.opened().contacts(), ["bob", "Анна"])
        self.assertEqual(self.opened().setting("rooms"), ["#друзья"])
        self.assertEqual(self.storage.setting("nothing", 5), 5)


class SearchTest(StorageTest):
    def found(self, text):
        """Return the texts that a search finds."""
        return [line.text for line in self.storage.search(text)]

    def test_capital_letters_make_no_difference_in_any_alphabet(self):
        self.storage.add_received(message(text="ЁЛКА и Straße"))
        for text in ("ёлка", "Ёлка", "STRASSE", "straße", "е\u0308лка"):
            with self.subTest(text=text):
                self.assertEqual(self.found(text), ["ЁЛКА и Straße"])

    def test_signs_of_sql_are_letters_like_others(self):
        self.storage.add_received(message(text="100% sure_thing"))
        self.storage.add_received(message(text="100 times"))
        self.assertEqual(self.found("0% s"), ["100% sure_thing"])
        self.assertEqual(self.found("_"), ["100% sure_thing"])
        self.assertEqual(self.found("' OR 1=1 --"), [])

    def test_spaces_alone_find_nothing(self):
        self.storage.add_received(message(text="a b"))
        self.assertEqual(self.found("  "), [])


class FileTest(StorageTest):
    def test_each_account_on_each_server_has_a_file_of_its_own(self):
        whose = [("bob", "h", 1), ("eve", "h", 1), ("bob", "g", 1), ("bob", "h", 2)]
        self.assertEqual(len({file_for(*each, self.folder) for each in whose}), 4)
        self.assertEqual(file_for("Боб", "H", 1), file_for("боб", "h", 1))

    def test_no_name_leaves_the_folder(self):
        for name in ("../../etc/passwd", "a/b", "CON", "nul.txt", "x" * 5000, "\0", "\ud800"):
            with self.subTest(name=name[:20]):
                path = file_for(name, "../host", 1, self.folder)
                self.assertEqual(path.parent, self.folder)
                self.assertRegex(path.name, r"\A[0-9a-f]{32}\.sqlite\Z")

    @unittest.skipIf(sys.platform == "win32", "Windows has other rights")
    def test_only_the_owner_may_read(self):
        self.storage.add_received(message())
        for path in self.folder.iterdir():
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path.name)

    def test_everything_is_there_after_a_second_opening(self):
        self.storage.add_own("Анна", "hi", 5.0, "x1")
        self.storage.close()
        self.assertEqual(len(self.opened().outbox()), 1)

    def test_the_file_of_a_newer_program_is_left_alone(self):
        self.storage.close()
        with contextlib.closing(sqlite3.connect(self.path)) as file:
            file.execute(f"PRAGMA user_version = {VERSION + 1}")
        with self.assertRaisesRegex(StorageError, "newer"):
            self.opened()

    def test_a_damaged_file_is_refused_in_words(self):
        path = self.folder / "other.sqlite"
        path.write_bytes(b"no database at all" * 1000)
        with self.assertRaisesRegex(StorageError, "damaged"):
            ClientStorage(path)

    def test_a_folder_in_place_of_the_file_is_refused_in_words(self):
        with self.assertRaisesRegex(StorageError, "cannot be opened"):
            ClientStorage(self.folder)

    def test_a_full_disk_is_told_in_words_and_what_was_there_stays(self):
        self.storage.add_received(message(text="before"))
        with self.assertRaisesRegex(StorageError, "no room"), self.storage.together():
            fill(self.storage)
        self.assertEqual(self.texts(), ["before"])

    def test_a_file_held_by_another_program_is_told_in_words(self):
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            impatient(self.storage)
            with self.assertRaisesRegex(StorageError, "another program"):
                self.storage.add_received(message())


def fill(storage):
    """Let the file not grow any more, and write until this is felt."""
    with storage._database.writing() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(100):
            storage.add_received(message(text="x" * 1000, number=number))


def impatient(storage):
    """Let a storage not wait for another program."""
    with storage._database.reading() as session:
        session.connection().exec_driver_sql("PRAGMA busy_timeout = 0")


class ThreadsTest(StorageTest):
    def test_two_threads_write_and_a_third_reads(self):
        def write(sender):
            for number in range(40):
                self.storage.add_received(message(sender, str(number), id=str(number)))

        threads = [threading.Thread(target=write, args=(name,)) for name in ("Анна", "bob")]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self.texts()
        self.assertEqual(self.texts("Анна"), [str(number) for number in range(40)])
        self.assertEqual(self.storage.unread("bob"), 40)

    def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_is_committed(self):
        seen = []
        with self.storage.together():
            self.storage.add_received(message())
            reader = threading.Thread(target=lambda: seen.append(self.texts()))
            reader.start()
            reader.join(10)
        self.assertEqual(seen, [[]])


class LargeTest(StorageTest):
    def test_a_page_of_100_000_lines_comes_in_milliseconds(self):
        plant(self.path, 100_000)
        self.assertLess(self.quickest(lambda: self.storage.lines("Анна")), 0.05)
        self.assertLess(self.quickest(lambda: self.storage.lines("Анна", before=50_000)), 0.05)
        self.assertLess(self.quickest(self.storage.conversations), 0.05)
        self.assertLess(self.quickest(lambda: self.storage.search("нет такого")), 1)

    def test_a_page_is_found_by_an_index_however_many_other_chats_there_are(self):
        question = "EXPLAIN QUERY PLAN SELECT * FROM lines WHERE chat = 'x' ORDER BY key DESC"
        with contextlib.closing(sqlite3.connect(self.path)) as file:
            plan = [row[3] for row in file.execute(question)]
        self.assertEqual(plan, ["SEARCH lines USING INDEX page (chat=?)"])

    def quickest(self, work):
        """Return the shortest of five times: the others had to share the processor."""
        times = []
        for _ in range(5):
            begin = time.process_time()
            work()
            times.append(time.process_time() - begin)
        return min(times)


class AnyOrder(RuleBasedStateMachine):
    """Lines are written, received twice, marked and read in any order, with reopenings between."""

    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.path = Path(folder) / "me.sqlite"
        self.storage = ClientStorage(self.path, "me")
        self.lines = {name: [] for name in PEOPLE}  # chat -> [[text, state, id]]
        self.unread = dict.fromkeys(PEOPLE, 0)
        self.order = []  # the latest chat last

    def note(self, chat, text, state, id):
        """Note what should be there now."""
        self.lines[chat].append([text, state, id])
        self.order = [name for name in self.order if name != chat] + [chat]

    @rule(target=ids, chat=st.sampled_from(PEOPLE), text=texts)
    def write(self, chat, text):
        """We say something."""
        id = f"own{sum(map(len, self.lines.values()))}"
        self.storage.add_own(chat, text, 1.0, id)
        self.note(chat, text.encode("utf-8", "backslashreplace").decode(), "waiting", id)
        return id

    @rule(
        chat=st.sampled_from(PEOPLE),
        text=texts,
        twice=st.booleans(),
        by=st.sampled_from(["id", "number"]),
    )
    def hear(self, chat, text, twice, by):
        """Somebody says something, and perhaps it comes a second time."""
        mark = {by: 1000 + sum(map(len, self.lines.values()))}
        assert self.storage.add_received(message(chat, text, **mark))
        assert not (twice and self.storage.add_received(message(chat, text, **mark)))
        self.note(chat, text, "received", None)
        self.unread[chat] += 1

    @rule(id=ids, state=st.sampled_from(["stored", "delivered", "refused"]))
    def mark(self, id, state):
        """The server says what became of a line."""
        line = next(line for lines in self.lines.values() for line in lines if line[2] == id)
        allowed = {"waiting": {"stored", "delivered", "refused"}, "stored": {"delivered"}}
        allowed["refused"] = {"stored", "delivered"}
        changed = state in allowed.get(line[1], ())
        assert (self.storage.mark(id, state) is not None) == changed
        line[1] = state if changed else line[1]

    @rule(chat=st.sampled_from(PEOPLE))
    def read(self, chat):
        """We look at a chat."""
        self.storage.mark_read(chat)
        self.unread[chat] = 0

    @rule()
    def reopen(self):
        """The program ends and is started again."""
        self.storage.close()
        self.storage = ClientStorage(self.path, "me")

    @invariant()
    def everything_is_as_noted(self):
        """The storage tells what has happened."""
        for chat, lines in self.lines.items():
            here = [(line.text, line.state) for line in self.storage.lines(chat)]
            assert here == [(text, state) for text, state, _ in lines]
        waiting = {
            id for lines in self.lines.values() for _, state, id in lines if state == "waiting"
        }
        assert {row[0] for row in self.storage.outbox()} == waiting
        told = [(each.chat, each.unread) for each in self.storage.conversations()]
        assert told == [(name, self.unread[name]) for name in reversed(self.order)]

    def teardown(self):
        """Close and remove the file."""
        self.storage.close()
        self.stack.close()


AnyOrderTest = AnyOrder.TestCase
AnyOrderTest.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
