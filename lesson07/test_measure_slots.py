"""Tests of measure_slots.py: what __slots__ saves."""

import contextlib
import io
import unittest
from unittest import mock

import measure_slots
from connection import Connection


class WithoutSlotsTest(unittest.TestCase):
    def test_its_objects_have_a_dictionary(self):
        self.assertIn("_data", vars(measure_slots.without_slots()()))

    def test_it_is_the_same_class_in_all_else(self):
        loose = measure_slots.without_slots()()
        self.assertEqual(loose.receive_data(b'{"n": 1}{"n": '), [{"n": 1}])
        self.assertEqual(loose.receive_data(b"2}"), [{"n": 2}])

    def test_the_class_itself_keeps_its_slots(self):
        measure_slots.without_slots()
        self.assertFalse(hasattr(Connection(), "__dict__"))


class MeasureTest(unittest.TestCase):
    def setUp(self):
        self.enterContext(mock.patch.object(measure_slots, "COUNT", 200))

    def test_big_objects_are_bigger_than_small_ones(self):
        self.assertGreater(measure_slots.measure(lambda: bytearray(5000)), 5000)
        self.assertLess(measure_slots.measure(lambda: bytearray(10)), 500)

    def test_slots_save_something(self):
        loose = measure_slots.without_slots()
        self.assertLess(measure_slots.measure(Connection), measure_slots.measure(loose))

    def test_both_figures_are_printed(self):
        screen = io.StringIO()
        with contextlib.redirect_stdout(screen):
            measure_slots.main()
        figures = r"\A.*with __slots__: +\d+ bytes\n.*without __slots__: +\d+ bytes\n\Z"
        self.assertRegex(screen.getvalue(), figures)


if __name__ == "__main__":
    unittest.main()
