"""Tests of manager.py: without a network, and with many threads."""

import threading
import unittest

from manager import ConnectionManager


class Listener:
    """A connection that only remembers what it was told to send."""

    def __init__(self, user_name=None):
        self.user_name = user_name
        self.heard = []
        self.closed = 0

    def send_message(self, text):
        self.heard.append(text)

    def close(self):
        self.closed += 1


class Broken(Listener):
    """A connection that cannot send."""

    def send_message(self, text):
        raise ConnectionResetError("gone")


class ManagerTest(unittest.TestCase):
    def setUp(self):
        self.manager = ConnectionManager()

    def add(self, *connections):
        """Add connections and return them."""
        for connection in connections:
            self.manager.add_connection(connection)
        return connections


class BroadcastTest(ManagerTest):
    def test_everybody_hears_it(self):
        bob, unnamed = self.add(Listener("bob"), Listener())
        self.manager.broadcast_message("hello")
        self.assertEqual((bob.heard, unnamed.heard), (["hello"], ["hello"]))

    def test_those_without_a_name_may_be_left_out(self):
        bob, unnamed = self.add(Listener("bob"), Listener())
        self.manager.broadcast_message("hello", exclude_nonames=True)
        self.assertEqual((bob.heard, unnamed.heard), (["hello"], []))

    def test_nobody_there_is_no_problem(self):
        self.manager.broadcast_message("hello")

    def test_a_broken_connection_does_not_keep_it_from_the_others(self):
        _, bob = self.add(Broken("eve"), Listener("bob"))
        self.manager.broadcast_message("hello")
        self.assertEqual(bob.heard, ["hello"])

    def test_who_leaves_in_the_middle_of_it_shifts_nobody_out(self):
        eve, bob = self.add(Listener("eve"), Listener("bob"))
        eve.send_message = lambda text: self.manager.remove_connection(eve)
        broadcast = threading.Thread(target=self.manager.broadcast_message, args=("hello",))
        broadcast.daemon = True  # a test of broken code turns red, it does not hang
        broadcast.start()
        broadcast.join(5)
        self.assertEqual(bob.heard, ["hello"])
        self.assertEqual(self.manager.everyone(), [bob])

    def test_all_hear_what_many_say_at_once_in_the_same_order(self):
        listeners = self.add(*[Listener(f"user{number}") for number in range(5)])
        start = threading.Barrier(4)
        threads = [threading.Thread(target=self.say, args=(start, name)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        self.assertEqual(len(listeners[0].heard), 4 * 200)
        for listener in listeners:
            self.assertEqual(listener.heard, listeners[0].heard)

    def say(self, start, name):
        start.wait(5)
        for number in range(200):
            self.manager.broadcast_message(f"{name}{number}")

    def test_a_second_one_begins_when_the_first_has_reached_everybody(self):
        eve, bob = self.add(Listener("eve"), Listener("bob"))
        second = threading.Thread(target=self.manager.broadcast_message, args=("two",))
        eve.send_message = lambda text: second.start() if text == "one" else None
        self.manager.broadcast_message("one")
        second.join(5)
        self.assertEqual(bob.heard, ["one", "two"])


class RemoveTest(ManagerTest):
    def test_who_was_removed_hears_nothing_more(self):
        bob, eve = self.add(Listener("bob"), Listener("eve"))
        self.manager.remove_connection(bob)
        self.manager.broadcast_message("hello")
        self.assertEqual((bob.heard, eve.heard), ([], ["hello"]))

    def test_removing_twice_is_harmless(self):
        bob, eve = self.add(Listener("bob"), Listener("eve"))
        self.manager.remove_connection(bob)
        self.manager.remove_connection(bob)
        self.assertEqual(self.manager.everyone(), [eve])


class CloseAllTest(ManagerTest):
    def test_all_are_closed_and_forgotten(self):
        listeners = self.add(Listener("bob"), Listener())
        self.manager.close_all_connections()
        self.assertEqual([listener.closed for listener in listeners], [1, 1])
        self.assertEqual(self.manager.everyone(), [])


class GiveNameTest(ManagerTest):
    def test_a_free_name_is_given(self):
        (bob,) = self.add(Listener())
        self.assertTrue(self.manager.give_name(bob, "bob"))
        self.assertEqual(bob.user_name, "bob")

    def test_a_taken_one_is_not(self):
        _, eve = self.add(Listener("bob"), Listener())
        self.assertFalse(self.manager.give_name(eve, "BOB"))
        self.assertIsNone(eve.user_name)

    def test_the_name_of_one_who_has_left_is_free(self):
        bob, eve = self.add(Listener("bob"), Listener())
        self.manager.remove_connection(bob)
        self.assertTrue(self.manager.give_name(eve, "bob"))

    def test_of_many_who_want_it_at_once_one_gets_it(self):
        listeners = self.add(*[Listener() for _ in range(8)])
        start, results = threading.Barrier(8), []

        def want(listener):
            start.wait(5)
            results.append(self.manager.give_name(listener, "bob"))

        threads = [threading.Thread(target=want, args=(one,)) for one in listeners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        self.assertEqual(sorted(results), [False] * 7 + [True])


if __name__ == "__main__":
    unittest.main()
