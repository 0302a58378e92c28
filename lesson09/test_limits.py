"""Tests of limits.py: for how many clients there is room."""

import unittest
from unittest import mock

import limits
from limits import MAX_CONNECTIONS, RESERVED

NO_LIMIT = -1  # as the system says it, in these tests
PLENTY = 1_000_000


class PlacesTest(unittest.TestCase):
    def places(self, allowed, most=PLENTY):
        """Return for how many there is room if we may open so many files, and ask for so many."""
        with mock.patch.object(limits, "resource") as self.system:
            self.system.RLIM_INFINITY = NO_LIMIT
            self.system.RLIMIT_NOFILE = "files"
            self.system.getrlimit.return_value = (allowed, most)
            return limits.places()

    def test_there_is_room_for_somebody_here(self):
        self.assertGreater(limits.places(), 0)

    def test_a_few_files_are_kept_for_ourselves(self):
        self.assertEqual(self.places(256, 256), 256 - RESERVED)

    def test_there_is_room_for_no_more_than_the_limit_however_much_is_allowed(self):
        for allowed in (MAX_CONNECTIONS + RESERVED, 65536, NO_LIMIT):
            with self.subTest(allowed=allowed):
                self.assertEqual(self.places(allowed), MAX_CONNECTIONS)
                self.system.setrlimit.assert_not_called()

    def test_where_more_may_be_asked_for_it_is(self):
        wanted = MAX_CONNECTIONS + RESERVED
        for most, granted in ((PLENTY, wanted), (NO_LIMIT, wanted), (1000, 1000)):
            with self.subTest(most=most):
                self.assertEqual(self.places(256, most), granted - RESERVED)
                self.system.setrlimit.assert_called_once_with("files", (granted, most))

    def test_where_the_system_cannot_be_asked_only_the_limit_counts(self):
        with mock.patch.object(limits, "resource", None):
            self.assertEqual(limits.places(), MAX_CONNECTIONS - RESERVED)

    def test_the_limit_is_known_for_this_system(self):
        self.assertIn(MAX_CONNECTIONS, (512, 5000))


class DescriptorsTest(unittest.TestCase):
    @unittest.skipIf(limits.resource is None, "this system cannot be asked")
    def test_what_it_returns_is_what_the_system_allows(self):
        kind = limits.resource.RLIMIT_NOFILE
        before = limits.resource.getrlimit(kind)
        self.addCleanup(limits.resource.setrlimit, kind, before)
        limits.resource.setrlimit(kind, (256, before[1]))
        self.assertEqual(limits.descriptors(300), 300)
        self.assertEqual(limits.resource.getrlimit(kind), (300, before[1]))
        self.assertEqual(limits.descriptors(280), 280)  # enough; nothing is taken away
        self.assertEqual(limits.resource.getrlimit(kind)[0], 300)


if __name__ == "__main__":
    unittest.main()
