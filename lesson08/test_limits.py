"""Tests of limits.py: for how many clients there is room."""

import unittest
from unittest import mock

import limits
from limits import RESERVED, SELECT_LIMIT


class PlacesTest(unittest.TestCase):
    def places(self, allowed):
        """Return for how many there is room if the system allows so many open files."""
        with mock.patch.object(limits, "resource") as system:
            system.RLIM_INFINITY = -1
            system.getrlimit.return_value = (allowed, 1_000_000)
            return limits.places()

    def test_there_is_room_for_somebody_here(self):
        self.assertGreater(limits.places(), 0)

    def test_a_few_files_are_kept_for_ourselves(self):
        self.assertEqual(self.places(256), 256 - RESERVED)

    def test_select_watches_no_more_than_its_limit_however_much_is_allowed(self):
        for allowed in (SELECT_LIMIT, 65536, -1):  # -1 stands for no limit here
            with self.subTest(allowed=allowed):
                self.assertEqual(self.places(allowed), SELECT_LIMIT - RESERVED)

    def test_where_the_system_cannot_be_asked_the_limit_of_select_counts(self):
        with mock.patch.object(limits, "resource", None):
            self.assertEqual(limits.places(), SELECT_LIMIT - RESERVED)

    def test_the_limit_is_known_for_this_system(self):
        self.assertIn(SELECT_LIMIT, (512, 1024))


if __name__ == "__main__":
    unittest.main()
