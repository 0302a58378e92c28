"""Tests of storage.py: what its verbs do, on SQLite and on PostgreSQL alike."""

import sys
import threading
import unittest
from pathlib import Path
from unittest import mock

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

import keeping
from databases import OnPostgreSQL, OnSQLite, StorageTest, new
from records import ClientRow, Kept, KeptMessage, LoginRow, StorageError, StorageUnavailable
from sqlalchemy import insert
from tables import Message


class People(StorageTest):
    def test_who_was_never_seen_is_not_known(self):
        self.assertFalse(self.storage.is_known("nobody"))

    def test_who_has_come_once_is_known_for_good(self):
        self.storage.remember_login("Zoë", "192.0.2.7", 1000.5)
        self.assertTrue(self.open().is_known("Zoë"))

    def test_capital_letters_make_no_other_account(self):
        arrival = self.storage.remember_login("ВАСЯ", "192.0.2.7", 1000.5)
        self.assertEqual(arrival.name, "Вася")
        self.assertTrue(self.storage.is_known("вася"))
        self.assertEqual(len(self.storage.clients()), 3)

    def test_who_is_registered_is_known_before_it_comes(self):
        self.assertTrue(self.storage.register("Zoë"))
        self.assertTrue(self.storage.is_known("Zoë"))

    def test_a_name_is_registered_only_once(self):
        self.assertFalse(self.storage.register("ANNA"))

    def test_logins_are_a_history_with_addresses_and_an_end(self):
        self.storage.remember_login("Anna", "192.0.2.7", 1000.5)
        self.storage.remember_logout("anna", 1060.5)
        self.storage.remember_login("Eve", "192.0.2.8", 1001.5)
        expected = [
            LoginRow("Anna", 1000.5, "192.0.2.7", 1060.5),
            LoginRow("Eve", 1001.5, "192.0.2.8", None),
        ]
        self.assertEqual(self.storage.logins(), expected)
        self.assertEqual(self.storage.logins(limit=1), expected[1:])

    def test_only_the_last_login_ends(self):
        for moment in (1, 2):
            self.storage.remember_login("Anna", "192.0.2.7", moment)
        self.storage.remember_logout("Anna", 3)
        self.assertEqual([row.ended for row in self.storage.logins()], [None, 3])

    def test_who_leaves_without_having_come_leaves_no_trace(self):
        self.storage.remember_logout("Anna", 3)
        self.storage.remember_logout("nobody", 3)
        self.assertEqual(self.storage.logins(), [])

    def test_of_each_client_the_figures_are_known(self):
        self.storage.remember_login("Вася", "192.0.2.7", 2000.5)
        self.storage.remember_login("Вася", "192.0.2.8", 2001.5)
        self.storage.add_contact("Вася", "Anna")
        self.keep(new("1"), new("2"), new("3", recipient="#all", waits=False))
        expected = [
            ClientRow("Anna", 1000.5, None, None, 0, 0, 2, 0),
            ClientRow("Eve", 1000.5, None, None, 0, 0, 0, 0),
            ClientRow("Вася", 1000.5, 2001.5, "192.0.2.8", 2, 3, 0, 1),
        ]
        self.assertEqual(self.storage.clients(), expected)


class Remove(StorageTest):
    def test_who_is_removed_is_not_known_any_more(self):
        self.assertTrue(self.storage.remove("anna"))
        self.assertFalse(self.storage.is_known("Anna"))
        self.assertFalse(self.storage.remove("Anna"))

    def test_all_that_belongs_to_it_goes_with_it_and_nothing_else(self):
        self.storage.remember_login("Anna", "192.0.2.7", 1)
        self.storage.add_contact("Eve", "Anna")
        self.storage.add_contact("Anna", "Eve")
        self.keep(new("to Anna"), new("to Eve", recipient="Eve"), new("by Anna", sender="Anna"))
        self.storage.remove("Anna")
        self.assertEqual(self.storage.logins(), [])
        self.assertEqual(self.storage.contacts_of("Eve"), [])
        self.assertEqual([message.text for message in self.storage.history()], ["to Eve"])

    def test_who_takes_its_name_later_begins_with_nothing(self):
        self.keep(new("secret", id="7"))
        self.storage.remove("Anna")
        self.assertEqual(self.waiting_for("Anna"), [])
        self.assertEqual(self.storage.history_of("Anna", "Вася"), [])

    def test_the_next_account_inherits_nothing(self):
        self.storage.remember_login("Eve", "192.0.2.7", 1)  # the newest: its row's id is free again
        self.storage.add_contact("Eve", "Anna")
        self.storage.remove("Eve")
        self.storage.register("Zoë", 2)
        self.assertEqual(self.storage.clients()[1], ClientRow("Zoë", 2, None, None, 0, 0, 0, 0))

    def test_its_numbers_are_never_given_again(self):
        [before] = self.storage.keep_messages([new()])
        self.storage.remove("Anna")
        [after] = self.open().keep_messages([new(recipient="Eve")])
        self.assertGreater(after.number, before.number)


class Contacts(StorageTest):
    def test_a_contact_is_added_once(self):
        self.assertEqual(self.storage.add_contact("Anna", "Вася"), "added")
        self.assertEqual(self.storage.add_contact("ANNA", "вася"), "twice")
        self.assertEqual(self.storage.contacts_of("anna"), ["Вася"])

    def test_the_other_one_does_not_get_a_contact_by_that(self):
        self.storage.add_contact("Anna", "Вася")
        self.assertEqual(self.storage.contacts_of("Вася"), [])

    def test_nobody_is_a_contact_of_oneself(self):
        self.assertEqual(self.storage.add_contact("Anna", "ANNA"), "oneself")

    def test_who_is_not_known_is_no_contact(self):
        self.assertEqual(self.storage.add_contact("Anna", "nobody"), "unknown")
        self.assertEqual(self.storage.add_contact("nobody", "Anna"), "unknown")
        self.assertEqual(self.storage.contacts_of("nobody"), [])

    def test_nobody_has_more_than_fit_into_an_answer(self):
        with mock.patch("storage.CONTACTS", 1):
            self.assertEqual(self.storage.add_contact("Anna", "Вася"), "added")
            self.assertEqual(self.storage.add_contact("Anna", "Eve"), "full")
            self.assertEqual(self.storage.add_contact("Anna", "Вася"), "twice")
            self.assertEqual(self.storage.add_contact("Eve", "Вася"), "added")

    def test_contacts_come_in_alphabetical_order_with_the_login(self):
        for name in ("Вася", "Eve"):
            self.storage.add_contact("Anna", name)
        self.assertEqual(self.storage.remember_login("anna", "", 1).contacts, ["Eve", "Вася"])

    def test_a_contact_is_removed_once(self):
        self.storage.add_contact("Anna", "Вася")
        self.assertTrue(self.storage.remove_contact("anna", "ВАСЯ"))
        self.assertFalse(self.storage.remove_contact("Anna", "Вася"))
        self.assertEqual(self.storage.contacts_of("Anna"), [])

    def test_nobody_can_be_removed_who_is_not_there(self):
        for owner, name in (("Anna", "Eve"), ("Anna", "nobody"), ("nobody", "Anna")):
            with self.subTest(owner=owner, name=name):
                self.assertFalse(self.storage.remove_contact(owner, name))


class KeepMessages(StorageTest):
    def test_each_message_gets_a_number_and_the_numbers_grow(self):
        first = self.storage.keep_messages([new("1"), new("2", code=200)])
        second = self.storage.keep_messages([new("3")])
        expected = [Kept(1, 202, "new"), Kept(2, 200, "new"), Kept(3, 202, "new")]
        self.assertEqual(first + second, expected)

    def test_no_messages_are_kept_at_once(self):
        self.assertEqual(self.storage.keep_messages([]), [])

    def test_what_waits_is_there_on_return_in_order_as_it_was(self):
        self.keep(new("привет", id="7"), new("\u2028🙂'; DROP TABLE messages", sender="eve"))
        waiting = self.open().remember_login("anna", "", 1).waiting
        expected = [
            KeptMessage(1, "Вася", "Anna", "7", "привет", 1000.5),
            KeptMessage(2, "Eve", "Anna", None, "\u2028🙂'; DROP TABLE messages", 1000.5),
        ]
        self.assertEqual(waiting, expected)

    def test_what_does_not_wait_is_only_history(self):
        self.keep(new("to all", recipient="#all", waits=False), new("to her", waits=False))
        self.assertEqual(self.waiting_for("Anna"), [])
        self.assertEqual(len(self.storage.history()), 2)

    def test_a_name_is_kept_as_its_account_was_made(self):
        self.keep(new(sender="ВАСЯ", recipient="aNNA"))
        [message] = self.storage.history()
        self.assertEqual((message.sender, message.recipient), ("Вася", "Anna"))

    def test_nothing_is_kept_for_who_is_not_known(self):
        self.assertEqual(
            self.keep(new(recipient="nobody"), new()), [(404, "unknown"), (202, "new")]
        )
        self.assertEqual(len(self.storage.history()), 1)

    def test_many_are_kept_at_once(self):
        count = 2 * keeping.PART + 1
        self.keep(*(new(str(n), id=str(n), waits=False) for n in range(count)))
        texts = [message.text for message in self.storage.history(limit=count)]
        self.assertEqual(texts, [str(n) for n in range(count)])


class Doubles(StorageTest):
    def test_the_same_message_again_gets_the_same_answer_and_is_kept_once(self):
        message = new(id="7", code=200)
        [first] = self.storage.keep_messages([message])
        [again] = self.open().keep_messages([message])
        self.assertEqual(again, Kept(first.number, 200, "same"))
        self.assertEqual(len(self.storage.history()), 1)

    def test_the_first_answer_counts_whatever_would_be_answered_now(self):
        self.keep(new(id="7", code=202))
        self.assertEqual(self.keep(new(id="7", code=200, moment=2.5)), [(202, "same")])

    def test_doubles_are_found_in_one_bunch_too(self):
        answers = self.keep(new("a", id="7"), new("a", id="7"), new("b", id="7"), new("c", id="8"))
        self.assertEqual([verdict for _, verdict in answers], ["new", "same", "different", "new"])

    def test_doubles_among_new_ones_do_not_hold_them_up(self):
        self.keep(new("a", id="7"))
        answers = self.keep(new("b", id="8"), new("a", id="7"), new("c"))
        self.assertEqual([verdict for _, verdict in answers], ["new", "same", "new"])
        self.assertEqual(self.waiting_for("Anna"), ["a", "b", "c"])

    def test_the_same_id_with_another_body_is_refused(self):
        self.keep(new("a", id="7"))
        for changed in (new("b", id="7"), new("a", id="7", recipient="Eve")):
            with self.subTest(changed=changed):
                self.assertEqual(self.keep(changed), [(409, "different")])
        self.assertEqual(len(self.storage.history()), 1)

    def test_capital_letters_make_no_other_sender_and_no_other_body(self):
        self.keep(new(id="7"))
        self.assertEqual(self.keep(new(id="7", sender="вася", recipient="ANNA")), [(202, "same")])

    def test_two_senders_may_use_the_same_id(self):
        self.keep(new("a", id="7"))
        self.assertEqual(self.keep(new("b", id="7", sender="Eve")), [(202, "new")])

    def test_without_an_id_nobody_can_tell_doubles(self):
        self.assertEqual(self.keep(new(), new()), [(202, "new")] * 2)

    def test_the_table_itself_refuses_doubles(self):
        row = {"sender": "a", "recipient": "b", "id": "7", "text": "", "moment": 1.5, "code": 200}
        rows = [{"number": n, "acknowledged": True, **row} for n in (1, 2)]
        with self.assertRaises(StorageError), self.storage.transaction() as session:
            session.execute(insert(Message), rows)


class Quota(StorageTest):
    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(keeping, "QUOTA", 3))

    def test_over_the_quota_nothing_is_kept(self):
        answers = self.keep(*(new(str(n)) for n in range(5)))
        self.assertEqual(answers, [(202, "new")] * 3 + [(410, "full")] * 2)
        self.assertEqual(self.keep(new()), [(410, "full")])
        self.assertEqual(self.waiting_for("Anna"), ["0", "1", "2"])

    def test_each_recipient_has_a_quota_of_its_own(self):
        self.keep(*(new() for _ in range(3)))
        self.assertEqual(self.keep(new(recipient="Eve")), [(202, "new")])

    def test_what_does_not_wait_is_not_counted_and_not_refused(self):
        self.keep(*(new(waits=False) for _ in range(3)))
        self.assertEqual(self.keep(*(new() for _ in range(3))), [(202, "new")] * 3)
        self.assertEqual(self.keep(new(waits=False)), [(202, "new")])

    def test_what_has_been_acknowledged_makes_room(self):
        self.keep(*(new() for _ in range(3)))
        self.storage.acknowledge("Anna", 1)
        self.assertEqual(self.keep(new(), new()), [(202, "new"), (410, "full")])

    def test_who_sends_again_gets_the_same_answer_also_when_all_is_full(self):
        self.keep(*(new(id=str(n)) for n in range(3)))
        self.assertEqual(self.keep(new(id="0"), new(id="9")), [(202, "same"), (410, "full")])

    def test_doubles_do_not_count(self):
        self.keep(new("a", id="1"))
        answers = self.keep(new("a", id="1"), new("b", id="2"), new("c", id="3"))
        self.assertEqual([verdict for _, verdict in answers], ["same", "new", "new"])

    def test_what_was_refused_may_come_again(self):
        self.keep(*(new(id=str(n)) for n in range(4)))
        self.storage.acknowledge("Anna", 3)
        self.assertEqual(self.keep(new(id="3")), [(202, "new")])


class Acknowledge(StorageTest):
    def test_all_up_to_the_number_has_arrived_and_the_rest_still_waits(self):
        self.keep(new("1"), new("2"), new("3"))
        self.storage.acknowledge("ANNA", 2)
        self.assertEqual(self.waiting_for("Anna"), ["3"])

    def test_it_returns_whose_messages_these_were_in_order_and_once(self):
        self.keep(new(id="7"), new(), new(id="3", sender="Eve"), new(id="9"))
        self.assertEqual(self.storage.acknowledge("Anna", 3), [("Вася", "7"), ("Eve", "3")])
        self.assertEqual(self.storage.acknowledge("Anna", 3), [])

    def test_nobody_acknowledges_for_another(self):
        self.keep(new())
        for name in ("Eve", "nobody"):
            self.storage.acknowledge(name, 100)
        self.assertEqual(self.waiting_for("Anna"), ["hi"])

    def test_what_was_acknowledged_stays_in_the_history(self):
        self.keep(new())
        self.storage.acknowledge("Anna", 1)
        self.assertEqual(len(self.storage.history_of("Anna", "Вася")), 1)


class History(StorageTest):
    def setUp(self):
        super().setUp()
        self.keep(
            *(new("1"), new("2", sender="Anna", recipient="Вася"), new("3", sender="Eve")),
            *(new("4", recipient="#Кино"), new("5", sender="Eve", recipient="#Кино"), new("6")),
        )

    def texts(self, *args, **more):
        """Return the texts of a history."""
        return [message.text for message in self.storage.history_of(*args, **more)]

    def test_both_sides_see_what_they_said_to_each_other_and_nothing_else(self):
        for name, other in (("Anna", "Вася"), ("Вася", "Anna"), ("ВАСЯ", "anna")):
            with self.subTest(name=name, other=other):
                self.assertEqual(self.texts(name, other), ["1", "2", "6"])

    def test_a_room_has_one_history(self):
        self.assertEqual(self.texts("Anna", "#кино"), ["4", "5"])

    def test_one_goes_back_page_by_page(self):
        self.assertEqual(self.texts("Anna", "Вася", limit=2), ["2", "6"])
        self.assertEqual(self.texts("Anna", "Вася", before=2, limit=2), ["1"])
        self.assertEqual(self.texts("Anna", "Вася", before=1), [])

    def test_the_administrator_sees_the_last_messages_of_all(self):
        texts = [message.text for message in self.storage.history(limit=2)]
        self.assertEqual(texts, ["5", "6"])


class Transaction(StorageTest):
    def test_verbs_in_one_transaction_are_all_undone_together(self):
        with self.assertRaisesRegex(ValueError, "no"), self.storage.transaction():
            self.storage.register("Zoë")
            self.keep(new())
            raise ValueError("no")
        self.assertFalse(self.storage.is_known("Zoë"))
        self.assertEqual(self.storage.history(), [])

    def test_inside_of_it_one_sees_what_one_has_done(self):
        with self.storage.transaction():
            self.storage.register("Zoë")
            self.assertTrue(self.storage.is_known("Zoë"))

    def test_who_writes_holds_off_others_from_the_beginning(self):
        other = self.open(timeout=0.1)
        with self.storage.transaction():
            with self.assertRaises(StorageUnavailable):
                other.register("Zoë")
        self.assertTrue(other.register("Zoë"))

    def test_others_see_it_when_it_is_done(self):
        seen = []
        look = threading.Thread(target=lambda: seen.append(self.storage.is_known("Zoë")))
        with self.storage.transaction():
            self.storage.register("Zoë")
            look.start()
            look.join(10)
        self.assertEqual(seen, [False])
        self.assertTrue(self.storage.is_known("Zoë"))


class PeopleOnSQLiteTest(OnSQLite, People, unittest.TestCase):
    pass


class RemoveOnSQLiteTest(OnSQLite, Remove, unittest.TestCase):
    pass


class ContactsOnSQLiteTest(OnSQLite, Contacts, unittest.TestCase):
    pass


class KeepMessagesOnSQLiteTest(OnSQLite, KeepMessages, unittest.TestCase):
    pass


class DoublesOnSQLiteTest(OnSQLite, Doubles, unittest.TestCase):
    pass


class QuotaOnSQLiteTest(OnSQLite, Quota, unittest.TestCase):
    pass


class AcknowledgeOnSQLiteTest(OnSQLite, Acknowledge, unittest.TestCase):
    pass


class HistoryOnSQLiteTest(OnSQLite, History, unittest.TestCase):
    pass


class TransactionOnSQLiteTest(OnSQLite, Transaction, unittest.TestCase):
    pass


class PeopleOnPostgreSQLTest(OnPostgreSQL, People, unittest.TestCase):
    pass


class RemoveOnPostgreSQLTest(OnPostgreSQL, Remove, unittest.TestCase):
    pass


class ContactsOnPostgreSQLTest(OnPostgreSQL, Contacts, unittest.TestCase):
    pass


class KeepMessagesOnPostgreSQLTest(OnPostgreSQL, KeepMessages, unittest.TestCase):
    pass


class DoublesOnPostgreSQLTest(OnPostgreSQL, Doubles, unittest.TestCase):
    pass


class QuotaOnPostgreSQLTest(OnPostgreSQL, Quota, unittest.TestCase):
    pass


class AcknowledgeOnPostgreSQLTest(OnPostgreSQL, Acknowledge, unittest.TestCase):
    pass


class HistoryOnPostgreSQLTest(OnPostgreSQL, History, unittest.TestCase):
    pass


class TransactionOnPostgreSQLTest(OnPostgreSQL, Transaction, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
