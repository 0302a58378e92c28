"""Tests of the programs as they are: processes, a terminal, five thousand connections."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import limits
import wire
from limits import resource

HERE = Path(__file__).resolve().parent
WINDOWS = sys.platform == "win32"
MANY = 5000
TIME = "2026-11-20 14:03:07 +0300"
FEW_FILES = """import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
sys.path.insert(0, {folder!r})
sys.argv = ["server.py", "-a", "127.0.0.1", "-p", "0"]
import limits
limits.SPARE = -1000  # so that the system says no, and not we
runpy.run_path({script!r}, run_name="__main__")"""


class WholeTest(unittest.TestCase):
    def start(self, *words, **options):
        """Start a program that ends with the test."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
        program = subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env=kept | {"PYTHONUNBUFFERED": "1", "TERM": "xterm"},
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE} | options,
        )
        self.addCleanup(self.end, program)
        return program

    def end(self, program):
        """End a program whatever it does."""
        program.kill()
        program.wait()
        for stream in (program.stdin, program.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def start_server(self, *words):
        """Start a server; return it and its port."""
        words = words or (str(HERE / "server.py"), "-a", "127.0.0.1", "-p", "0")
        server = self.start(*words)
        first = server.stdout.readline().decode()
        return server, int(re.search(r"port (\d+)", first)[1])

    def connect(self, port, nickname=None):
        """Connect, and say a nickname."""
        sock = self.enterContext(socket.create_connection(("127.0.0.1", port), timeout=5))
        if nickname:
            sock.sendall(wire.frame(nickname))
            self.assertIn("Welcome", receive(sock))
        return sock


def receive(sock, part=""):
    """Return the next text with a part in it."""
    reader = wire.FrameReader()
    while True:
        reader.receive_data(sock.recv(1))  # not a byte of the next one
        if (content := reader.next_content()) is not None and part in content.decode():
            return content.decode()


class ConversationTest(WholeTest):
    def test_two_clients_talk_and_leave(self):
        _, port = self.start_server()
        script = str(HERE / "client.py")
        anna = self.start(script, "127.0.0.1", str(port), "-n", "Anna")
        self.assertIn("Welcome, Anna!", anna.stdout.readline().decode())
        boris = self.start(script, "127.0.0.1", str(port))
        boris.stdin.write("Борис\nпривет\n\nпока".encode())
        boris.stdin.close()
        self.assertEqual(boris.wait(5), 0)
        lines = [anna.stdout.readline().decode().rstrip() for _ in range(4)]
        self.assertEqual(lines[0], "Борис has joined.")
        self.assertRegex(lines[1], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Борис: привет$")
        self.assertRegex(lines[2], r"Борис: пока$")
        self.assertEqual(lines[3], "Борис has left.")
        anna.stdin.write(b"<quit<\n")
        anna.stdin.flush()
        self.assertEqual(anna.wait(5), 0)

    @unittest.skipIf(WINDOWS, "Windows cannot send Ctrl+C to one program")
    def test_ctrl_c_ends_both_sides_cleanly(self):
        server, port = self.start_server()
        client = self.start(str(HERE / "client.py"), "127.0.0.1", str(port), "-n", "Anna")
        other = self.start(str(HERE / "client.py"), "127.0.0.1", str(port), "-n", "Other")
        client.stdout.readline(), other.stdout.readline()
        client.send_signal(signal.SIGINT)
        self.assertEqual(client.wait(5), 0)
        server.send_signal(signal.SIGINT)
        self.assertEqual(server.wait(5), 0)
        self.assertEqual(other.wait(5), 0)
        self.assertIn("the server is closing", other.stdout.read().decode())


@unittest.skipUnless(hasattr(os, "openpty"), "this system has no pseudo-terminal")
class TerminalTest(WholeTest):
    def test_on_a_terminal_there_are_colours(self):
        _, port = self.start_server()
        inside, outside = os.openpty()
        self.addCleanup(os.close, inside)
        words = str(HERE / "client.py"), "127.0.0.1", str(port), "-n", "Anna"
        self.start(*words, stdin=outside, stdout=outside)
        os.close(outside)
        shown = self.read_until(inside, "<quit<\x1b[0m")
        self.assertIn("\x1b[1;31mWelcome, Anna!", shown)
        boris = self.connect(port, "Борис")
        boris.sendall(2 * wire.frame(f"{TIME}\0Борис\0да"))
        shown = self.read_until(inside, "да", "да")
        first, second = re.findall(r"(\x1b\[38;5;\d+m)Борис\x1b\[0m: да", shown)
        self.assertEqual(first, second)

    def read_until(self, terminal, *parts):
        """Read a terminal until it has shown some parts, one after another."""
        data = b""
        while not re.search(".*".join(map(re.escape, parts)), data.decode(errors="replace"), re.S):
            data += os.read(terminal, 65536)
        return data.decode()


@unittest.skipUnless(resource, "this system has no limit of open files")
class LimitsTest(WholeTest):
    def test_the_soft_limit_is_raised_to_the_hard_one(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
        self.assertEqual(limits.peers_allowed(), min(soft, 256) - limits.SPARE)
        limits.raise_descriptor_limit()
        wanted = limits.PLENTY if hard == resource.RLIM_INFINITY else hard
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE)[0], wanted)

    def test_when_there_are_no_descriptors_left_the_chat_goes_on(self):
        code = FEW_FILES.format(folder=str(HERE), script=str(HERE / "server.py"))
        server, port = self.start_server("-c", code)
        anna, boris = self.connect(port, "Anna"), self.connect(port, "Boris")
        crowd = [self.connect(port) for _ in range(80)]
        lines = iter(server.stdout.readline, b"")
        self.assertTrue(next(line for line in lines if b"Too many open files" in line))
        anna.sendall(wire.frame(f"{TIME}\0Anna\0hello"))
        receive(boris, "hello")
        for sock in crowd:
            sock.close()
        self.connect(port, "Carl")

    @unittest.skipUnless(Path("/proc/self/stat").exists(), "needs the processor time in /proc")
    def test_waiting_for_descriptors_costs_no_processor_time(self):
        code = FEW_FILES.format(folder=str(HERE), script=str(HERE / "server.py"))
        server, port = self.start_server("-c", code)
        for _ in range(80):
            self.connect(port)
        lines = iter(server.stdout.readline, b"")
        self.assertTrue(next(line for line in lines if b"Too many open files" in line))
        before = self.ticks(server)
        time.sleep(0.5)  # not to wait for anything: to let it burn, if it does
        self.assertLess(self.ticks(server) - before, 20)

    def ticks(self, program):
        """Return the processor time of a program in hundredths of a second."""
        words = Path(f"/proc/{program.pid}/stat").read_text().rpartition(")")[2].split()
        return int(words[11]) + int(words[12])


@unittest.skipUnless(resource, "this system cannot say how many files one may open")
class CrowdTest(WholeTest):
    def setUp(self):
        self.addCleanup(resource.setrlimit, *self.old_limit())
        limits.raise_descriptor_limit()
        if limits.peers_allowed() < MANY:
            self.skipTest(f"this system allows {limits.peers_allowed()} connections, not {MANY}")

    def old_limit(self):
        """Return what puts the limit back."""
        return resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)

    def test_five_thousand_hear_what_one_says(self):
        server, port = self.start_server()
        threading.Thread(target=server.stdout.read, daemon=True).start()  # it tells who joins
        anna = self.connect(port, "Anna")
        crowd = [self.connect(port) for _ in range(MANY - 1)]
        for number, sock in enumerate(crowd):
            sock.sendall(wire.frame(f"n{number}"))
        for sock in crowd:
            self.assertIn("Welcome", receive_all(sock, "Welcome"))
        anna.sendall(wire.frame(f"{TIME}\0Anna\0привет"))
        for sock in crowd:
            self.assertIn("Anna\0привет", receive_all(sock, "Anna\0привет"))
        self.assertIsNone(server.poll())


def receive_all(sock, part):
    """Return what has come as soon as a part is in it."""
    data = b""
    while part.encode() not in data:
        data += sock.recv(65536)
    return data.decode(errors="replace")


if __name__ == "__main__":
    unittest.main()
