"""The window on the wire: real sockets on both sides, and what it prints."""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading

import pytest

from course import wire_view
from course.commands import wire
from course.lessons import ROOT, CourseError
from course.scanner import MAX_BYTES, Scanner
from course.tests.small_course import command, run

HOST = "127.0.0.1"
PATIENCE = 20  # seconds for anything, on a machine with other work to do


class Window:
    """A running `wire`, and what it has printed so far."""

    def __init__(self, target):
        line = command(ROOT, "wire", "--listen", "0", "--to", target)
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        buffered = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(line, cwd=ROOT, env=buffered, encoding="utf-8", **streams)
        self.first_line = self.process.stdout.readline()
        self.port = int(self.first_line.split("port ")[1].split(";")[0])
        self.lines, self.news = [], threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()

    def line(self, *words):
        """Wait for a line with all these words and return it without its time."""
        with self.news:
            found = self.news.wait_for(lambda: self.find(words), PATIENCE)
        assert found, (words, self.lines)
        return found.split("  ", 1)[1]

    def find(self, words):
        return next((ln for ln in self.lines if all(word in ln for word in words)), None)

    def connect(self):
        return socket.create_connection((HOST, self.port), timeout=PATIENCE)


@pytest.fixture
def open_window():
    with contextlib.ExitStack() as stack:

        def start(target, read=True):
            window = Window(target)
            stack.callback(window.process.wait, PATIENCE)
            stack.callback(window.process.kill)
            if read:
                window.reader.start()
            return window

        yield start


@pytest.fixture
def server():
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


@pytest.fixture
def window(open_window, server):
    return open_window(server.getsockname()[1])


def accept(server):
    sock, _ = server.accept()
    sock.settimeout(PATIENCE)
    return sock


def receive(sock, size):
    data = b""
    while len(data) < size and (chunk := sock.recv(65536)):
        data += chunk
    return data


def test_the_first_line_says_where_it_listens_and_where_it_leads(window, server):
    port = server.getsockname()[1]
    assert window.first_line == (
        f"Listening on {HOST}, port {window.port}; passing on to {port}.\n"
    )


def test_messages_pass_both_ways_and_are_shown_with_their_direction(window, server):
    with window.connect() as client, accept(server) as peer:
        question = b'{"action":"presence","time":1.50}{"action": "quit"}\r\n'
        client.sendall(question)
        assert receive(peer, len(question)) == question
        answer = '{"response":200,"alert":"\\u0412ася"}\n'.encode()
        peer.sendall(answer)
        assert receive(client, len(answer)) == answer
        shown = window.line("presence")
        assert shown == 'client 1 → server   {"action": "presence", "time": 1.50}'
        assert window.line("quit") == 'client 1 → server   {"action": "quit"}'
        assert window.line("200") == 'server → client 1   {"response": 200, "alert": "Вася"}'


def test_any_bytes_pass_unchanged(window, server):
    data = random.Random(7).randbytes(300_000)
    with window.connect() as client, accept(server) as peer:
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        assert receive(peer, len(data)) == data
        sender.join(PATIENCE)


def test_what_is_no_message_is_marked_and_cannot_control_the_terminal(window, server):
    with window.connect() as client, accept(server):
        client.sendall(b"GET \x1b[2J\xff\r\n" + '{"m": "\x9b2J\u202e\\u001b"}\n'.encode())
        client.sendall(b'[1]\n{"a": 1\n{"last": 1}')
        window.line("last")
        assert window.line("GET").endswith(r"no message: GET \x1b[2J\xff\r\n")
        assert window.line('"m"').endswith(r'{"m": "\x9b2J\u202e\u001b"}')
        assert window.line("[1]").endswith(r"no message: [1]\n")
        assert window.line('"a"').endswith(r'no message: {"a": 1\n')
        assert "\x1b" not in "".join(window.lines)


def test_what_is_unfinished_at_the_end_is_shown_as_such(window, server):
    with window.connect() as client, accept(server):
        client.sendall(b'{"action": "pres')
        client.shutdown(socket.SHUT_WR)
        assert window.line("pres").endswith('client 1 → server   unfinished: {"action": "pres')
        assert window.line("client 1 → server", "has ended")


def test_an_end_is_passed_on_and_the_other_direction_goes_on(window, server):
    with window.connect() as client, accept(server) as peer:
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        assert receive(peer, 100) == b"question"
        peer.sendall(b"answer")
        peer.shutdown(socket.SHUT_WR)
        assert receive(client, 100) == b"answer"


def test_what_a_server_said_before_it_broke_off_still_arrives(window, server):
    with window.connect() as client, accept(server) as peer:
        client.sendall(b"unread")
        window.line("unread")
        peer.sendall(b"last words")
        assert receive(client, 10) == b"last words"
        peer.close()  # with bytes unread, so the connection breaks
        assert client.recv(10) == b""
        window.line("server → client 1", "has ended")


def test_a_silent_client_holds_up_nobody(window, server):
    with window.connect(), accept(server), window.connect() as second, accept(server) as peer:
        second.sendall(b'{"n": 2}\n')
        assert receive(peer, 9) == b'{"n": 2}\n'
        assert window.line('{"n": 2}').startswith("client 2 → server")


def test_without_a_server_the_client_is_sent_away_and_the_wire_goes_on(open_window):
    with socket.socket() as later:
        later.bind((HOST, 0))  # taken, so that nobody else gets it, but nobody listens yet
        later.settimeout(PATIENCE)
        window = open_window(later.getsockname()[1])
        with window.connect() as client, contextlib.suppress(ConnectionError):
            assert client.recv(1) == b""
        assert window.line("client 1", "is sent away")
        later.listen()
        with window.connect() as client, accept(later) as peer:
            client.sendall(b"x")
            assert peer.recv(1) == b"x"


def test_a_server_that_does_not_read_makes_the_client_wait(open_window):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        server.bind((HOST, 0))
        server.listen()
        server.settimeout(PATIENCE)
        window = open_window(server.getsockname()[1])
        with window.connect() as client, accept(server) as peer:
            client.settimeout(0.5)
            sent = send_until_it_waits(client, 64 * 1024 * 1024)
            assert sent < 64 * 1024 * 1024
            client.shutdown(socket.SHUT_WR)
            assert sum(iter(lambda: len(peer.recv(1 << 20)), 0)) == sent


def send_until_it_waits(sock, most):
    sent, chunk = 0, b"\n" * 65536
    with contextlib.suppress(TimeoutError):
        while sent < most:
            sent += sock.send(chunk)
    return sent


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_ctrl_c_ends_it_cleanly_and_shows_what_was_unfinished(window, server):
    with window.connect() as client, accept(server) as peer:
        client.sendall(b'{"half')
        assert peer.recv(10) == b'{"half'
        window.process.send_signal(signal.SIGINT)
        assert window.process.wait(PATIENCE) == 0
        window.reader.join(PATIENCE)
        assert 'unfinished: {"half' in "\n".join(window.lines)
        assert window.process.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
@pytest.mark.parametrize("gone", [False, True], ids=["stuck", "gone"])
def test_passing_goes_on_when_nobody_reads_what_is_shown(open_window, server, gone):
    window = open_window(server.getsockname()[1], read=False)
    if gone:
        window.process.stdout.close()
    message = b'{"n": "' + b"xy" * 500 + b'"}\n'
    with window.connect() as client, accept(server) as peer:
        for _ in range(2000):
            client.sendall(message)
            assert receive(peer, len(message)) == message
        window.process.send_signal(signal.SIGINT)
        assert window.process.wait(PATIENCE) == 0
        assert window.process.stderr.read() == ""


@pytest.mark.parametrize("target", ["", "x", "127.0.0.1:x", "70000", ":"])
def test_a_target_that_is_none_is_said(target):
    result = run(ROOT, "wire", "--listen", "0", "--to", target)
    assert result.returncode == 1 and "neither a port nor HOST:PORT" in result.stderr


def test_a_port_that_is_taken_is_said(server):
    port = server.getsockname()[1]
    result = run(ROOT, "wire", "--listen", port, "--to", "7")
    assert result.returncode == 1 and f"Cannot listen on {HOST}, port {port}" in result.stderr


def test_a_wire_that_would_lead_to_itself_is_refused(monkeypatch, server):
    monkeypatch.setattr(wire, "listen", lambda port: server)
    options = argparse.Namespace(listen=0, to=f"localhost:{server.getsockname()[1]}")
    with pytest.raises(CourseError, match="would lead back"):
        wire.run(options, None)


STREAM = '{"a":"}\\"{\\\\"}{"b":[{}]}\n\r\n{"Я":1}\r\n{"bad"\nnonsense {"c":1}\n{"d":2}'.encode()
PIECES = [
    (True, b'{"a":"}\\"{\\\\"}'),
    (True, b'{"b":[{}]}'),
    (True, '{"Я":1}'.encode()),
    (False, b'{"bad"\n'),
    (False, b'nonsense {"c":1}\n'),
    (True, b'{"d":2}'),
]


def test_messages_are_found_with_and_without_line_ends():
    assert Scanner().feed(STREAM) == PIECES


@pytest.mark.parametrize("at", range(STREAM.index(b"nonsense") + 1))
def test_messages_are_found_when_split_at_any_byte(at):
    scanner = Scanner()
    assert scanner.feed(STREAM[:at]) + scanner.feed(STREAM[at:]) == PIECES


@pytest.mark.parametrize("data", [b'{"a":}', b'{"a":[}]', b"{\xff}", b'{"a":' * 9999 + b"}" * 9999])
def test_what_only_looks_like_a_message_is_none(data):
    assert [is_message for is_message, _ in Scanner().feed(data)] == [False]


def test_an_object_without_end_is_not_held_for_ever():
    scanner = Scanner()
    pieces = scanner.feed(b'{"' + b"x" * MAX_BYTES)
    assert pieces[0][0] is False and len(scanner.held) == 0


def test_on_a_terminal_keys_texts_and_numbers_have_colours(monkeypatch):
    monkeypatch.setattr("course.console.colourful", lambda stream=None: True)
    assert wire_view.pretty(b'{"a":[1,"b"]}') == (
        '{\x1b[36m"a"\x1b[0m: [\x1b[33m1\x1b[0m, \x1b[32m"b"\x1b[0m]}'
    )


def test_a_very_long_message_is_shown_shortened():
    shown = wire_view.pretty(json.dumps({"m": "xy" * 30_000}).encode())
    assert len(shown) < 5000 and "more" in shown


def test_what_comes_too_fast_to_be_shown_is_counted():
    view = object.__new__(wire_view.View)
    view.events, view.missed, view.scanners = wire_view.queue.Queue(1), 0, {}
    for _ in range(3):
        view.add("x", b"{}")
    view.events.get()
    view.add("x", b"{}")
    lines = list(view.lines_of(*view.events.get()))
    assert "2 pieces passed unseen" in lines[0] and len(lines) == 2
