"""Tests of client_settings.py: what the windows remember, and files that make no sense."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from client_settings import THEMES, ClientSettings, load, save
from hypothesis import given
from hypothesis import strategies as st

names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=25)


class ClientSettingsTest(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="настройки "))
        self.path = Path(folder, "deeper", "client.ini")

    def test_without_a_file_all_is_as_at_first(self):
        self.assertEqual(load(self.path), ClientSettings())

    @given(
        st.builds(
            ClientSettings,
            name=names,
            port=st.integers(1, 65535),
            theme=st.sampled_from(THEMES),
            text_size=st.integers(7, 24),
        )
    )
    def test_what_was_saved_is_read_again(self, settings):
        save(settings, self.path)
        self.assertEqual(load(self.path), settings)
        self.assertEqual([path.name for path in self.path.parent.iterdir()], ["client.ini"])

    def test_what_makes_no_sense_is_as_at_first_and_the_rest_is_read(self):
        self.path.parent.mkdir()
        for line in ("port = 0", "port = ²", "text_size = 99", "theme = pink", "notify = maybe"):
            with self.subTest(line=line):
                self.path.write_text(f"[client]\n{line}\nname = bob\n", encoding="utf-8")
                self.assertEqual(load(self.path), replace(ClientSettings(), name="bob"))

    def test_a_file_that_is_none_is_like_no_file(self):
        self.path.parent.mkdir()
        for data in (b"\xff\xfe", b"no section", b"[client]\n[client]\n", b"[other]\nport = 1\n"):
            with self.subTest(data=data):
                self.path.write_bytes(data)
                self.assertEqual(load(self.path), ClientSettings())


if __name__ == "__main__":
    unittest.main()
