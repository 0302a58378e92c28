"""Tests of settings.py: what may be set, and the file that keeps it."""

import os
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

try:
    import settings
except ImportError as error:
    raise unittest.SkipTest(f"{error}: python3 -m course setup") from error
from settings import Settings, SettingsError, load, save

GOOD = Settings(database="sqlite:////srv/server.db")
POSTGRES = "postgresql+psycopg://"


class ProblemsTest(unittest.TestCase):
    def expect(self, field, good, bad):
        for value in good:
            with self.subTest(field=field, good=value):
                self.assertEqual(Settings(**{field: value}).problems(), {})
        for value in bad:
            with self.subTest(field=field, bad=value):
                self.assertEqual(list(Settings(**{field: value}).problems()), [field])

    def test_the_default_values_have_none(self):
        self.assertEqual(Settings().problems(), {})

    def test_a_port_is_a_number_between_1024_and_65535(self):
        self.expect("port", (1025, 7777, 65534), (1024, 65535, 0, -1, 10**9, "", "x", "7777.0"))

    def test_a_host_is_an_address_or_a_name_of_proper_form(self):
        good = ("127.0.0.1", "0.0.0.0", "::1", "localhost", "chat.example.org", "сервер.рф", "a_b")
        bad = ("", "my server", "300.1.1.1", "1.2.3", "-a", "a..b", "x" * 64, "a/b", "a\nb", "::g")
        self.expect("host", good, bad)

    def test_a_database_is_a_file_or_one_of_postgresql(self):
        good = ("sqlite:///a.db", "sqlite:///C:/мои данные/a.db", "sqlite:////srv/a.db")
        good += (POSTGRES + "bob:p%40@db:5432/chat", POSTGRES + "/chat", POSTGRES + "[::1]/chat")
        bad = ("", "a.db", "sqlite:a.db", "sqlite://", "sqlite:///", "sqlite:///:memory:")
        bad += ("sqlite:///folder/", "sqlite:///a?b.db", "mysql://a/b", "postgresql://a/b")
        bad += (POSTGRES, POSTGRES + "host", POSTGRES + "host:x/a", POSTGRES + "h:99999/a")
        self.expect("database", good, (*bad, "sqlite:///a\x00.db", POSTGRES + "[::1/chat"))

    def test_names_are_not_empty_and_can_be_seen(self):
        for field in ("server_name", "administrator"):
            bad = ("", " ", " a", "a ", "a\nb", "a\x1b[2J", "a\u202eb", "a\ud800", "x" * 65)
            self.expect(field, ("Семинар", "JIM 50%", "#1; [x] = y", "x" * 64), bad)

    def test_control_characters_do_not_reach_the_words(self):
        words = Settings(server_name="a\x1b[2J", port="\x1b").problems()
        self.assertTrue(all(text.isprintable() for text in words.values()), words)


class OfTextsTest(unittest.TestCase):
    def test_what_was_typed_becomes_settings_and_a_port_a_number(self):
        made = Settings.of_texts({"host": " ::1 ", "port": " 8888 "})
        self.assertEqual((made.host, made.port), ("::1", 8888))

    def test_a_port_that_is_no_number_stays_as_it_was_typed(self):
        for text in ("", "x", "٧٧٧٧", "-8888", "9" * 5000):
            with self.subTest(text=text[:9]):
                made = Settings.of_texts({"port": text})
                self.assertEqual(made.port, text)
                self.assertEqual(list(made.problems()), ["port"])

    def test_a_field_that_nobody_knows_is_left_out(self):
        self.assertEqual(Settings.of_texts({"colour": "red"}), Settings())


class FileTest(unittest.TestCase):
    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = self.home / "мои настройки" / "server.ini"

    def write(self, data):
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(data)

    def words(self, do, *arguments):
        with self.assertRaises(SettingsError) as caught:
            do(*arguments)
        text = str(caught.exception)
        self.assertTrue(text.isprintable(), text)
        return text

    def test_what_was_saved_is_loaded(self):
        made = Settings(POSTGRES + "a:50%25@h/d", "::1", 8888, "Семинар 50%", "#Анна; = [x]")
        save(made, self.path)
        self.assertEqual(load(self.path), made)

    @hypothesis_settings(deadline=None)  # a machine may have much else to do
    @example("%(x)s", "; #")
    @example("a = b: c", "[server]")
    @given(st.text(max_size=64), st.text(max_size=64))
    def test_whatever_has_no_problem_comes_back_as_it_was(self, name, administrator):
        made = Settings(GOOD.database, server_name=name, administrator=administrator)
        if not made.problems():
            save(made, self.home / "any.ini")
            self.assertEqual(load(self.home / "any.ini"), made)

    def test_without_a_file_all_is_default(self):
        self.assertEqual(load(self.path), Settings())

    def test_what_a_file_does_not_name_is_default(self):
        for data in (b"", b"[other]\nport=1", b"[server]\nport = 8888\ncolour = red\n"):
            self.write(data)
            port = 8888 if b"8888" in data else 7777
            self.assertEqual(load(self.path), Settings(port=port))

    def test_the_mark_that_notepad_writes_does_no_harm(self):
        self.write("[server]\r\nserver_name = Ёлка\r\n".encode("utf-8-sig"))
        self.assertEqual(load(self.path).server_name, "Ёлка")

    def test_a_wrong_value_is_loaded_so_that_the_form_can_mark_it(self):
        self.write(b"[server]\nport = eighty\n")
        self.assertEqual(list(load(self.path).problems()), ["port"])

    def test_a_broken_file_is_answered_in_words(self):
        table = {
            b"port = 7777\n": "no INI file: line 1",
            b"[server]\nport\n": "line 2",
            b"[server]\nport=1\nport=2\n": "line 3",
            b"[server]\nname=\xff\xfe\n": "not written in UTF-8",
            b"[server\x1b[2J\n": "no INI file",
        }
        for data, expected in table.items():
            with self.subTest(data=data):
                self.write(data)
                words = self.words(load, self.path)
                self.assertIn(expected, words)
                self.assertIn(str(self.path), words)

    def test_a_file_that_cannot_be_read_or_written_is_answered_in_words(self):
        self.assertIn("cannot be read", self.words(load, self.home))
        self.write(b"")
        self.assertIn("cannot be written", self.words(save, GOOD, self.path / "below.ini"))

    def test_wrong_settings_are_not_saved(self):
        self.assertIn("port must be", self.words(save, Settings(port=80), self.path))
        self.assertFalse(self.path.exists())

    def test_when_writing_fails_the_old_file_stays_and_nothing_else(self):
        save(GOOD, self.path)
        with mock.patch("os.replace", side_effect=OSError(28, "No space left on device")):
            words = self.words(save, Settings(port=8888), self.path)
        self.assertIn("No space left", words)
        self.assertEqual(load(self.path), GOOD)
        self.assertEqual(os.listdir(self.path.parent), [self.path.name])

    def test_the_new_file_is_whole_before_it_takes_its_place(self):
        seen = []
        with mock.patch("os.replace", side_effect=lambda new, old: seen.append(load(new))):
            save(GOOD, self.path)
        self.assertEqual(seen, [GOOD])

    @unittest.skipIf(sys.platform == "win32", "Windows keeps rights otherwise")
    def test_only_its_owner_can_read_the_file(self):
        save(GOOD, self.path)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)

    def test_the_path_is_in_the_folder_of_the_platform(self):
        self.assertTrue(settings.default_path().is_absolute())
        self.assertEqual(settings.default_path().suffix, ".ini")


if __name__ == "__main__":
    unittest.main()
