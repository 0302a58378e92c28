"""Tests of transport.py: the bridge and its thread, against a server that the test plays."""

import contextlib
import json
import queue
import socket
import sys
import tempfile
import threading
import unittest
from functools import partial
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from offscreen import DeskTest
from transport import Transport
from window_session import Opened, open_session

from common import events


class Stage:
    """A server that answers what it is asked, until it is told not to."""

    def __init__(self, test):
        self.listener = test.enterContext(socket.create_server(("127.0.0.1", 0)))
        self.address = self.listener.getsockname()
        self.heard = queue.SimpleQueue()
        self.code, self.open, self.socks = 200, True, []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        """Take one client after the other."""
        while True:
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            self.socks.append(sock)
            if self.open:
                threading.Thread(target=self.serve, args=(sock,), daemon=True).start()
            else:
                sock.close()

    def serve(self, sock):
        """Answer one client."""
        with contextlib.suppress(OSError), sock, sock.makefile("rb") as file:
            for line in file:
                message = json.loads(line)
                self.heard.put(message)
                if "id" in message:
                    alert = [] if message["action"].startswith("get_") else "well"
                    answer = {"response": self.code, "time": 1, "id": message["id"]}
                    sock.sendall(json.dumps(answer | {"alert": alert}).encode() + b"\n")

    def cut(self):
        """End the connection."""
        self.socks[-1].shutdown(socket.SHUT_RDWR)

    def next(self, action):
        """Return the next message with an action."""
        while (message := self.heard.get(timeout=10))["action"] != action:
            pass
        return message


class TransportTest(DeskTest):
    def setUp(self):
        super().setUp()
        self.stage = Stage(self)
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory()), "file.sqlite")

    def transport(self, waits=(0.01,), address=None):
        """Return a transport that has been started, and note what it says."""
        opening = partial(open_session, self.path, "bob")
        transport = Transport(opening, address or self.stage.address, waits)
        self.states, self.happened = [], []
        self.ended = self.heard(transport.ended)
        transport.connection_changed.connect(lambda *state: self.states.append(state))
        transport.happened.connect(self.happened.extend)
        self.addCleanup(transport.join)
        self.addCleanup(transport.leave)
        transport.start()
        return transport

    def wait_for_state(self, name, count=1):
        """Wait until a state has been told so many times."""
        self.wait_until(lambda: [state[0] for state in self.states].count(name) >= count)

    def kinds(self):
        """Return the kinds of what has happened."""
        return [type(event) for event in self.happened]

    def test_it_connects_and_tells_by_signals_in_the_thread_of_the_window(self):
        threads = set()
        transport = self.transport()
        transport.happened.connect(lambda _: threads.add(threading.current_thread()))
        self.wait_for_state("online")
        self.wait_until(lambda: events.People in self.kinds())
        self.assertEqual(threads, {threading.main_thread()})
        self.assertEqual([state[0] for state in self.states], ["connecting", "online"])

    def test_what_happened_in_one_turn_is_one_signal(self):
        transport = self.transport()
        signals = self.heard(transport.happened)
        self.wait_for_state("online")
        lines = [
            {"action": "msg", "time": 1, "from": "eve", "to": "bob", "message": f"line {number}"}
            for number in range(100)
        ]
        self.stage.socks[-1].sendall(b"".join(json.dumps(x).encode() + b"\n" for x in lines))
        self.wait_until(lambda: self.kinds().count(events.Arrived) == 100)
        self.assertLess(len(signals), 50)

    def test_before_the_first_welcome_an_error_is_the_end(self):
        self.stage.code = 409
        self.transport()
        self.wait_until(lambda: self.ended)
        self.assertEqual(self.ended, [("409: well",)])

    def test_a_server_that_is_not_there_is_the_end_too(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = listener.getsockname()
        self.transport(address=address)
        self.wait_until(lambda: self.ended)
        self.assertIn("refused", self.ended[0][0])

    def test_a_file_that_cannot_be_opened_is_the_end_in_words(self):
        self.path.write_bytes(b"this is no database" * 1000)
        self.transport()
        self.wait_until(lambda: self.ended)
        self.assertIn("no file of ours", self.ended[0][0])

    def test_after_a_welcome_it_calls_again_with_growing_waits(self):
        self.transport(waits=(0.01, 0.02, 0.03))
        self.wait_for_state("online")
        self.stage.open = False
        self.stage.cut()
        self.wait_for_state("waiting", 4)
        waits = [state[1] for state in self.states if state[0] == "waiting"]
        self.assertEqual(waits[:4], [0.01, 0.02, 0.03, 0.03])
        self.stage.open = True
        self.wait_for_state("online", 2)

    def test_what_is_said_without_a_connection_is_kept_at_once_and_sent_later(self):
        transport = self.transport(waits=(3600,))
        self.wait_for_state("online")
        self.stage.cut()
        self.wait_for_state("waiting")
        transport.post("say", "#all", "meanwhile")
        transport.post("open_chat", "#all")
        self.wait_until(lambda: Opened in self.kinds())
        opened = next(event for event in self.happened if isinstance(event, Opened))
        self.assertEqual([line.state for line in opened.lines], ["waiting"])
        transport.hurry()
        self.assertEqual(self.stage.next("msg")["message"], "meanwhile")

    def test_leaving_does_not_wait_and_is_told(self):
        for state in ("online", "waiting"):
            with self.subTest(state=state):
                transport = self.transport(waits=(3600,))
                self.wait_for_state("online")
                if state == "waiting":
                    self.stage.cut()
                    self.wait_for_state("waiting")
                transport.leave()
                self.wait_until(lambda: self.ended)
                self.assertEqual(self.ended, [("",)])
                transport.join()
                self.assertFalse(transport.is_running())


if __name__ == "__main__":
    unittest.main()
