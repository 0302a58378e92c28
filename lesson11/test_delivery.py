"""What a server has promised it keeps, even if it is killed: real processes, and kill -9."""

import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from telephone import as_line, msg, presence

HERE = Path(__file__).resolve().parent
LIMIT = 30  # seconds until a test of broken code turns red
PROGRAM = """
import sys, server
from log import server_log_config
server_log_config.__file__ = sys.argv.pop(1)  # its log is written beside this
server.main()
"""


class Running:
    """A server in a process of its own."""

    def __init__(self, folder, database):
        words = ["-a", "127.0.0.1", "-p", "0", "--db", f"sqlite:///{database.as_posix()}"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder / "log.py"), *words],
            cwd=HERE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.start()
        self.lines = []

    def port(self):
        """Return the port on which it listens, as soon as it says so."""
        for line in self.process.stderr:
            self.lines.append(line)
            if found := re.search(r"Listening on port (\d+)", line):
                return int(found[1])
        raise AssertionError(f"it does not listen: {self.lines}")

    def end(self):
        """Wait for its end; return the exit code and what it has said."""
        self.lines += self.process.stderr.read().splitlines()
        code = self.process.wait(LIMIT)
        self.close()
        return code, self.lines

    def close(self):
        """Kill it, kill -9."""
        self.timer.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


class DeliveryTest(unittest.TestCase):
    """A test with a server that is killed and started again."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="killed")))
        self.database = self.folder / "server.db"

    def start(self):
        """Start a server on the one database."""
        self.server = Running(self.folder, self.database)
        self.addCleanup(self.server.close)
        self.port = self.server.port()

    def come(self, name, **changes):
        """Let a client come; return the stream of what it says and hears."""
        sock = self.enterContext(socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT))
        client = Client(name, self.enterContext(sock.makefile("rwb")))
        client.say(presence(user={"account_name": name}, **changes))
        assert client.hear()["response"] == 200
        return client

    def restart(self):
        """Kill the server and start it again."""
        self.server.close()
        self.start()


class Client:
    """One end of a connection."""

    def __init__(self, name, stream):
        self.name = name
        self.stream = stream

    def say(self, *messages):
        """Say something."""
        self.stream.write(b"".join(map(as_line, messages)))
        self.stream.flush()

    def hear(self):
        """Return the next message."""
        return json.loads(self.stream.readline())

    def tell(self, to, *texts):
        """Send messages, with ids; return the codes of the answers."""
        words = {"from": self.name, "to": to}
        self.say(*(msg(**words, message=text, id=f"{self.name}-{text}") for text in texts))
        return [self.hear()["response"] for _ in texts]

    def quit(self):
        """Leave, and wait until the server has understood."""
        self.say({"action": "quit"})
        assert self.stream.readline() == b""

    def waiting(self):
        """Return the texts of all that has come; the last comes as an answer to a question."""
        self.say({"action": "ack", "time": 1, "number": 0, "id": "end"})
        texts = []
        while (message := self.hear()).get("id") != "end":
            texts.append(message["message"])
        return texts


class KilledTest(DeliveryTest):
    def setUp(self):
        super().setUp()
        self.start()
        self.come("eve").quit()  # now she is known
        self.bob = self.come("bob")

    def send(self, *texts):
        """Let bob send something to eve, who is away."""
        codes = set(self.bob.tell("eve", *texts))
        self.assertLessEqual(codes, {200, 202})

    def test_what_was_promised_comes_once_and_in_order_after_a_kill(self):
        texts = [f"word_{n}" for n in range(15)]
        self.send(*texts)
        self.restart()
        eve = self.come("eve", acknowledge=True)
        self.assertEqual(eve.waiting(), texts)

    def test_who_sends_again_after_a_kill_sends_no_double(self):
        self.send("one")
        self.restart()
        self.bob = self.come("bob")
        self.send("one", "two")
        self.assertEqual(self.come("eve", acknowledge=True).waiting(), ["one", "two"])

    def test_what_was_not_acknowledged_comes_again_and_what_was_never(self):
        self.send("one", "two", "three")
        eve = self.come("eve", acknowledge=True)
        numbers = [eve.hear()["number"] for _ in range(3)]
        eve.say({"action": "ack", "time": 1, "number": numbers[1], "id": "a"})
        self.assertEqual(eve.hear()["response"], 200)
        self.restart()
        self.assertEqual(self.come("eve", acknowledge=True).waiting(), ["three"])

    def test_who_does_not_acknowledge_does_not_get_it_twice(self):
        self.send("one", "two")
        eve = self.come("eve")
        self.assertEqual([eve.hear()["message"], eve.hear()["message"]], ["one", "two"])
        self.assertEqual(eve.tell("nobody", "hello"), [404])  # stored after what has come
        self.restart()
        self.assertEqual(self.come("eve").waiting(), [])


class BadDatabaseTest(DeliveryTest):
    def expect_one_line(self, *words):
        """Expect that no server starts, and that it says in one line why."""
        server = Running(self.folder, self.database)
        self.addCleanup(server.close)
        code, lines = server.end()
        self.assertEqual((code, len(lines)), (1, 1), lines)
        for word in words:
            self.assertIn(word, lines[0])

    def test_what_is_no_database(self):
        self.database.write_bytes(b"no database at all " * 500)
        self.expect_one_line("server.db")

    def test_a_database_that_is_newer_than_we_are(self):
        self.start()
        self.server.close()
        with contextlib.closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute("UPDATE about SET version = 999")
        self.expect_one_line("server.db", "999")


if __name__ == "__main__":
    unittest.main()
