"""Checks of lesson 5: what the log says, and what cannot be made to stand in it."""

import re

from course.console import visible
from course.harness import CheckFailed, check
from course.harness.lab import last_words

SUPERSEDED = {
    "L04-C04": "from lesson 5 on the tests rely on common/, which the solution of lesson 3 has not",
    "L04-C05": "the same",
    "L04-C07": "the homework stays in lesson 4",
    "L04-C08": "the same",
}
LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR|CRITICAL) (\w+) \S.*"
)
SERIOUS = re.compile(r" (WARNING|ERROR|CRITICAL) ")


@check(
    "L05-C01",
    "L05-R1",
    "log/client_log_config.py and log/server_log_config.py each make a logger with a name",
    hint='logger = logging.getLogger("messenger.server"), at the top of the module.',
)
def configs_make_loggers(lab):
    for side in ("client", "server"):
        names = lab.probe(
            f"import log.{side}_log_config",
            f"""
import logging, log.{side}_log_config as config
result = [value.name for value in vars(config).values() if isinstance(value, logging.Logger)]
""",
        )
        if not [name for name in names if name != "root"]:
            raise CheckFailed(f"a named logger in log/{side}_log_config.py", f"{names}")


def sides(lab):
    """Return whose logs there are; in lesson 7 there is no client.py."""
    return ("client", "server") if (lab.folder / "client.py").is_file() else ("server",)


def conversation(lab):
    """Let the server answer one good message and one bad one, then end it; return both names."""
    server = lab.server()
    peer = server.connect()
    message = lab.presence()
    peer.send(message)
    peer.expect(200)
    peer.send(b"hello\n")
    peer.expect(400)
    peer.finish()
    if "client" in sides(lab):
        client = lab.client("127.0.0.1", str(server.port))
        client.end_input()
        client.ends(lab.left(8))
    server.program.interrupt()
    lab.expect_end(server.program)
    return server


@check(
    "L05-C02",
    "L05-R2",
    "a line of the log is date and time, level, module, message",
    hint='Formatter("%(asctime)s %(levelname)s %(module)s %(message)s"), and nothing else may '
    "write to the file.",
    after="L03-C01",
)
def lines_have_the_format(lab):
    conversation(lab)
    for side in sides(lab):
        lines = lab.log_lines(side)
        if not lines:
            raise CheckFailed(f"a log file of the {side}, called *{side}*.log", "there is none")
        modules = {path.stem for path in lab.place.rglob("*.py")}
        for line in lines:
            found = LINE.fullmatch(line)
            if not found or found[2] not in modules:
                wanted = "2026-11-20 14:03:07,123 INFO server text"
                raise CheckFailed(f"lines like: {wanted}", visible(line))


ROTATION = """
import logging.handlers, threading, time
result = []
made = logging.handlers.TimedRotatingFileHandler.__init__
def remember(self, *args, **kwargs):
    made(self, *args, **kwargs)
    result.append([self.when, self.interval])
logging.handlers.TimedRotatingFileHandler.__init__ = remember
sys.argv = {words}
import server
threading.Thread(target=server.main, daemon=True).start()
until = time.monotonic() + 3
while not result and time.monotonic() < until:
    time.sleep(0.02)
"""


@check(
    "L05-C03",
    "L05-R2",
    "the server changes its log file at midnight",
    hint='logging.handlers.TimedRotatingFileHandler(path, when="midnight", backupCount=7).',
)
def server_rotates(lab):
    server = lab.server()
    server.program.stop()
    words = ["server.py", "-a", "127.0.0.1", "-p", str(server.port), *lab.in_terminal()]
    code = ROTATION.format(words=words)
    made = lab.probe("server.main(), noting which log files rotate", code)
    if not [1 for when, seconds in made if when in ("MIDNIGHT", "D") and seconds == 86400]:
        raise CheckFailed("one handler that rotates every midnight", f"rotating handlers: {made}")


@check(
    "L05-C04",
    "L05-R3",
    "the server logs its steps, and what it caught",
    hint="logger.info() where something is done, logger.warning() in every except.",
    after="L03-C01",
)
def server_logs_steps(lab):
    server = lab.server()
    peer = server.connect()
    peer.send(lab.presence())
    peer.expect(200)
    steps = lab.wait_for(lambda: lab.log_lines("server"), "lines in the server's log")
    peer.send(b"hello\n")
    peer.expect(400)
    peer.finish()
    expected = "a line of level WARNING or higher about a message that is none"
    new = lab.wait_for(lambda: lab.log_lines("server")[len(steps) :], expected)
    lab.wait_for(lambda: any(map(SERIOUS.search, lab.log_lines("server"))), expected)
    lab.tell("", f"({len(new)} new lines)")


@check(
    "L05-C05",
    "L05-R3",
    "the client logs its steps, and what it caught",
    hint="The except that ends the client with a clear line is the place for logger.error().",
    after="L03-C04",
)
def client_logs_steps(lab):
    listener = lab.listen()
    client = lab.client("127.0.0.1", str(listener.port))
    peer = listener.accept()
    peer.receive()
    peer.send({"response": 200, "time": 1, "alert": "hi"})
    lab.expect_end(client)
    if not lab.log_lines("client"):
        raise CheckFailed("lines in the client's log", "there are none")
    listener.sock.close()
    lab.expect_end(lab.client("127.0.0.1", str(listener.port)))
    if not any(map(SERIOUS.search, lab.log_lines("client"))):
        expected = "a line of level WARNING or higher about the refused connection"
        raise CheckFailed(expected, "\n".join(lab.log_lines("client")))


@check(
    "L05-C06",
    "L05-R3",
    "the server prints nothing: its words go to the log",
    hint="A service message printed is a service message lost: logger.info() instead of "
    "print(). A StreamHandler may show the log on the screen (stderr).",
    after="L03-C01",
)
def server_prints_nothing(lab):
    server = conversation(lab)
    if server.program.stdout:
        raise CheckFailed("nothing on the standard output", last_words(server.program))


FORGED = "2026-11-20 00:00:00,000 INFO server all is well"


@check(
    "L05-C07",
    "L05-R4",
    "what comes from the network cannot forge a line of the log",
    hint="Newlines and control characters must become escapes before they reach the file: a "
    "filter on the handler sees every record.",
    after="L05-C02",
)
def no_forged_lines(lab):
    server = lab.server()
    for line_end in ("\n", "\r", "\u2028", "\x85", "\x1b[2K\r", "\x0b"):
        user = {"account_name": "x", "status": f"a{line_end}{FORGED}"}
        for message in (
            lab.presence(user=user),
            lab.presence(user={"account_name": f"Eve{line_end}forged"}),
            lab.presence(action=f"{line_end}{FORGED}"),
            lab.presence(**{f"key{line_end}{FORGED}": f"\u202e{line_end}{FORGED}"}),
            f"{line_end}{FORGED}".encode() + b"\n",
        ):
            peer = server.connect()
            peer.send(message)
            peer.receive()
            peer.finish()
    server.program.interrupt()
    lab.expect_end(server.program)
    for line in lab.log_lines():
        if line.startswith(FORGED) or not line.isprintable() or not LINE.fullmatch(line):
            raise CheckFailed("a log without this line", visible(line))


@check(
    "L05-C08",
    "L05-R2",
    "nothing is logged twice",
    hint="A handler on the logger and the same one on its parent write each record twice: so "
    "does adding a handler each time a function runs.",
    after="L05-C02",
)
def nothing_twice(lab):
    conversation(lab)
    for side in sides(lab):
        lines = lab.log_lines(side)
        for first, second in zip(lines, lines[1:], strict=False):
            if first == second:
                raise CheckFailed("each record once", f"twice: {visible(first, 300)}")
