"""Tests of verifiers.py: what a client and a server must not use, and that both need TCP."""

import functools
import glob
import os
import shutil
import smtplib
import socket
import subprocess
import threading
import unittest
from operator import attrgetter, methodcaller
from pathlib import Path
from socket import SOCK_STREAM, create_connection, create_server

from verifiers import ClientVerifier, ServerVerifier

HERE = Path(__file__).resolve().parent
A = ("127.0.0.1", 7777)


class GoodServer(metaclass=ServerVerifier):
    """A server that does what servers do."""

    listen = None  # an attribute that is only called so, and that nobody asks for

    def open(self, addr, port):
        sock = socket.create_server((addr, port))
        self.connect = False  # to store a name is not to load it
        return sock.accept()


class GoodClient(metaclass=ClientVerifier):
    """A client that does what clients do."""

    def open(self, addr, port):
        accept = socket.create_connection((addr, port))  # a local name may be anything
        return accept.recv(10), self.say("listen")

    def say(self, text):
        return text


class Plain:
    """A base without a metaclass, in the same program."""

    def dial(self, sock):
        sock.connect(A)


class VerifierTest(unittest.TestCase):
    def refuse(self, words, verifier, bases=(), **namespace):
        """Make a class that must be refused, with these words."""
        with self.assertRaisesRegex(TypeError, words):
            verifier("Shell", bases, namespace)

    def refuse_server(self, words="Shell must not use connect: Shell.go, ", **namespace):
        """Make a server that would be good but for what is in the namespace."""
        self.refuse(words, ServerVerifier, (GoodServer,), **namespace)


class ForbiddenTest(VerifierTest):
    def test_a_server_must_not_connect_in_any_way(self):
        table = {
            "connect": lambda s: s.connect(A),
            "connect_ex": lambda s: s.connect_ex(A),
            "create_connection": lambda: socket.create_connection(A),
        }
        for name, method in table.items():
            with self.subTest(name=name):
                self.refuse_server(rf"Shell must not use {name}: Shell\.go, ", go=method)

    def test_a_client_must_not_listen_in_any_way(self):
        table = {
            "accept": lambda s: s.accept(),
            "listen": lambda s: s.listen(),
            "create_server": lambda: socket.create_server(A),
        }
        for name, method in table.items():
            with self.subTest(name=name):
                words = rf"Shell must not use {name}: Shell\.go, "
                self.refuse(words, ClientVerifier, (GoodClient,), go=method)

    def test_neither_may_use_sockets_without_streams(self):
        for verifier, base in ((ServerVerifier, GoodServer), (ClientVerifier, GoodClient)):
            for name, method in {
                "SOCK_DGRAM": lambda: socket.socket(type=socket.SOCK_DGRAM),
                "SOCK_RAW": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW),
            }.items():
                with self.subTest(verifier=verifier.__name__, name=name):
                    self.refuse(f"must not use {name}", verifier, (base,), go=method)

    def test_each_may_do_what_only_the_other_must_not(self):
        ClientVerifier("Shell", (GoodClient,), {"go": lambda s: s.connect(A)})
        ServerVerifier("Shell", (GoodServer,), {"go": lambda s: s.listen() or s.accept()})


class AnywhereTest(VerifierTest):
    def test_on_any_name_or_attribute(self):
        def alone():
            create_connection(A)

        def imported():
            from socket import create_connection as innocent

            innocent(A)

        def inherited(self):
            super(Plain, self).connect(A)

        for name, method in (
            ("connect", lambda whatever: whatever.connect(A)),
            ("connect", lambda self: self.sock.connect(A)),
            ("connect", lambda self: self.socks[0].connect(A)),
            ("connect", lambda: socket.socket().connect(A)),
            ("connect", inherited),
            ("create_connection", alone),
            ("create_connection", imported),
        ):
            with self.subTest(names=method.__code__.co_names):
                self.refuse_server(f"use {name}: ", go=method)

    def test_through_another_name(self):
        def alias(sock):
            go = sock.connect
            go(A)

        def handed_over(sock):
            return threading.Thread(target=sock.connect, args=[A])

        for method in (alias, handed_over):
            with self.subTest(method=method.__name__):
                self.refuse_server(go=method)

    def test_by_its_name_as_a_text(self):
        for method in (
            lambda s: getattr(s, "connect")(A),  # noqa: B009
            lambda s: getattr(s, "connect", None)(A),
            lambda s: s.__getattribute__("connect")(A),
            lambda s: attrgetter("connect")(s)(A),
            lambda s: methodcaller("connect", A)(s),
        ):
            with self.subTest(names=method.__code__.co_names):
                self.refuse_server(go=method)

    def test_a_text_alone_is_harmless(self):
        ServerVerifier("Shell", (GoodServer,), {"go": lambda: print("connect")})

    def test_in_inner_functions_lambdas_and_comprehensions(self):
        def inner(sock):
            def deeper():
                return lambda: sock.connect(A)

            return deeper

        def with_class():
            class Inner:
                def dial(self, sock):
                    sock.connect(A)

            return Inner

        def generator(sock):
            yield sock.connect(A)

        for method in (
            inner,
            with_class,
            generator,
            lambda socks: [sock.connect(A) for sock in socks],
            lambda socks: {sock.connect(A) for sock in socks},
            lambda socks: {sock: sock.connect(A) for sock in socks},
            lambda socks: any(sock.connect(A) for sock in socks),
        ):
            with self.subTest(method=method.__code__.co_name):
                self.refuse_server(go=method)

    def test_in_every_kind_of_method(self):
        def dial(self, sock=None):
            sock.connect(A)

        for method in (
            staticmethod(dial),
            classmethod(dial),
            property(dial),
            property(None, dial),
            property(None, None, dial),
            functools.partial(dial, None),
            functools.partialmethod(dial, None),
            functools.cached_property(dial),
            staticmethod(functools.cache(dial)),
        ):
            with self.subTest(method=type(method).__name__):
                self.refuse_server(go=method)

    def test_under_decorators(self):
        def polite(function):
            @functools.wraps(function)
            def wrapper(*args):
                return function(*args)

            return wrapper

        def rude(function):
            return lambda *args: function(*args)

        def dial(sock):
            sock.connect(A)

        for method in (polite(dial), rude(dial), polite(rude(dial)), staticmethod(rude(dial))):
            with self.subTest(method=method):
                self.refuse_server(go=method)

    def test_in_a_decorator_itself(self):
        def dialling(function):
            @functools.wraps(function)
            def wrapper(sock):
                sock.connect(A)

            return wrapper

        self.refuse_server(go=dialling(len))

    def test_in_a_function_of_the_standard_library_that_is_made_a_method(self):
        self.refuse_server(go=staticmethod(socket.create_connection))

    def test_functions_that_know_each_other_are_read_once(self):
        def ping():
            pong()

        def pong():
            ping()

        ServerVerifier("Shell", (GoodServer,), {"ping": ping})

    def test_a_name_that_has_no_value_yet_is_passed_over(self):
        def go():
            return later

        ServerVerifier("Shell", (GoodServer,), {"go": go})
        later = None


class InheritanceTest(VerifierTest):
    def test_a_subclass_of_a_good_class_is_judged_too(self):
        with self.assertRaisesRegex(TypeError, r"Bad must not use connect: Bad\.dial, "):

            class Bad(GoodServer):
                def dial(self, sock):
                    sock.connect(A)

    def test_a_subclass_need_not_repeat_the_socket(self):
        class Special(GoodServer):
            pass

        self.assertIs(type(Special), ServerVerifier)

    def test_what_a_mixin_does_is_judged_and_the_message_names_it(self):
        words = r"Shell must not use connect: Plain\.dial, test_verifiers\.py:\d+"
        self.refuse(words, ServerVerifier, (GoodServer, Plain))
        self.refuse(words, ServerVerifier, (Plain, GoodServer))

    def test_a_mixin_may_make_the_socket(self):
        class Listening:
            def open(self):
                return create_server(A)

        ServerVerifier("Shell", (Listening,), {})

    def test_bases_from_the_standard_library_are_not_judged(self):
        self.assertIn("connect", smtplib.SMTP.__init__.__code__.co_names)
        for base in (threading.Thread, smtplib.SMTP):
            with self.subTest(base=base.__name__):
                ServerVerifier("Shell", (GoodServer, base), {})

    def test_a_class_that_is_called_like_a_module_of_python_is_judged_all_the_same(self):
        words = "Shell must not use connect"
        self.refuse(words, ServerVerifier, (GoodServer,), __module__="queue", dial=Plain.dial)

    def test_bases_from_the_standard_library_do_not_make_the_socket(self):
        self.refuse("must make a TCP socket", ClientVerifier, (smtplib.SMTP,))

    def test_a_server_may_be_a_thread(self):
        class Server(threading.Thread, metaclass=ServerVerifier):
            def run(self):
                self.sock = socket.create_server(("127.0.0.1", 0))

        server = Server(daemon=True)
        server.start()
        server.join(5)
        self.addCleanup(server.sock.close)
        self.assertTrue(server.sock.getsockname()[1])

    def test_a_bad_thread_is_refused(self):
        self.refuse("connect", ServerVerifier, (threading.Thread,), run=Plain.dial)

    def test_nobody_is_server_and_client(self):
        with self.assertRaisesRegex(TypeError, "metaclass conflict"):
            ClientVerifier("Both", (GoodServer, GoodClient), {})

    def test_options_of_a_class_reach_its_base(self):
        class Base:
            def __init_subclass__(cls, words):
                cls.words = words

            def open(self):
                return create_server(A)

        class Server(Base, metaclass=ServerVerifier, words="hello"):
            pass

        self.assertEqual(Server.words, "hello")


class TcpTest(VerifierTest):
    def test_without_a_tcp_socket_there_is_neither_server_nor_client(self):
        words = "Shell must make a TCP socket: SOCK_STREAM or create_"
        self.refuse(words + "server in one", ServerVerifier)
        self.refuse(words + "connection in one", ClientVerifier, say=GoodClient.say)

    def test_a_type_that_is_left_out_has_to_be_written(self):
        for verifier in (ServerVerifier, ClientVerifier):
            with self.subTest(verifier=verifier.__name__):
                self.refuse("must make a TCP socket", verifier, open=lambda: socket.socket())

    def test_each_way_to_make_one_will_do(self):
        table = {
            "SOCK_STREAM": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
            "SOCK_STREAM imported": lambda: socket.socket(type=SOCK_STREAM),
            "SocketKind": lambda: socket.socket(type=socket.SocketKind.SOCK_STREAM),
        }
        servers = table | {"create_server": lambda: socket.create_server(A)}
        clients = table | {"create_connection": lambda: socket.create_connection(A)}
        for verifier, ways in ((ServerVerifier, servers), (ClientVerifier, clients)):
            for way, method in ways.items():
                with self.subTest(verifier=verifier.__name__, way=way):
                    verifier("Shell", (), {"open": method})

    def test_a_static_method_or_an_inner_function_may_make_it(self):
        def outer():
            return lambda: create_server(A)

        for method in (staticmethod(lambda: create_server(A)), outer):
            with self.subTest(method=method):
                ServerVerifier("Shell", (), {"open": method})

    def test_the_name_of_the_socket_in_a_text_is_not_enough(self):
        self.refuse("TCP", ServerVerifier, open=lambda: print("SOCK_STREAM create_server"))


class MessageTest(VerifierTest):
    def test_it_names_class_method_file_and_line(self):
        def dial(sock):
            words = "the line after this one counts"
            sock.connect(words)

        line = dial.__code__.co_firstlineno + 2
        place = rf"^Shell must not use connect: Shell\.call, test_verifiers\.py:{line}$"
        self.refuse_server(place, call=dial)

    def test_the_line_is_right_in_an_inner_function(self):
        def dial(socks):
            return [
                lambda sock: None,
                lambda sock: sock.connect(A),
            ]

        line = dial.__code__.co_firstlineno + 3
        self.refuse_server(rf"Shell\.call, test_verifiers\.py:{line}$", call=dial)


class NotSeenTest(unittest.TestCase):
    """What such a reading cannot see: here it is on record."""

    def test_these_pass(self):
        def computed(sock, name):
            getattr(sock, name)(A)

        def elsewhere(sock):
            dial_for_me(sock)

        def in_a_default_value(sock, go=socket.socket.connect):
            go(sock, A)

        class Inner:
            dial = Plain.dial

        for value in (computed, elsewhere, in_a_default_value, Inner, socket.socket.connect):
            with self.subTest(value=value):
                ServerVerifier("Shell", (GoodServer,), {"go": value})

    def test_what_is_added_later_passes(self):
        class Server(GoodServer):
            pass

        Server.dial = Plain.dial

    def test_and_these_are_refused_although_they_dial_nobody(self):
        for method in (lambda self: self.button.clicked.connect(print), lambda self: self.connect):
            with self.subTest(names=method.__code__.co_names), self.assertRaises(TypeError):
                ServerVerifier("Shell", (GoodServer,), {"go": method})


def dial_for_me(sock):
    """Be a function outside the class."""
    sock.connect(A)


@unittest.skipIf(os.environ.get("VERIFIERS_ELSEWHERE"), "this is that other Python already")
class OtherPythonsTest(unittest.TestCase):
    """The same tests in other versions of Python: their instructions differ."""

    def run_in(self, version):
        """Run this file's and the port's tests in another Python, if there is one."""
        python = find_python(version)
        if not python:
            self.skipTest(f"there is no Python {version} on this machine: no python{version}")
        result = subprocess.run(
            [*python, "-m", "unittest", "test_verifiers", "test_port"],
            cwd=HERE,
            env=os.environ | {"VERIFIERS_ELSEWHERE": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("OK", result.stderr)

    def test_python_3_12(self):
        self.run_in("3.12")

    def test_python_3_13(self):
        self.run_in("3.13")


def find_python(version):
    """Return the command that starts this version of Python, None if there is none."""
    beside = sorted(glob.glob(str(Path.home() / f".pyenv/versions/{version}.*/bin/python")))
    candidates = [[f"python{version}"], ["py", f"-{version}"], *([path] for path in beside)]
    for command in candidates:
        if shutil.which(command[0]) and answers(command, version):
            return command
    return None


def answers(command, version):
    """Tell whether a command is what its name says: some only say that nothing is installed."""
    question = [*command, "-c", "import sys; print('%s.%s' % sys.version_info[:2])"]
    try:
        said = subprocess.run(question, capture_output=True, encoding="utf-8", timeout=20)
    except OSError:
        return False
    return said.returncode == 0 and said.stdout.strip() == version


if __name__ == "__main__":
    unittest.main()
