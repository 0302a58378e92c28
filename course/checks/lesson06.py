"""Checks of lesson 6: what @log writes down, and what it never does."""

import re

from course.console import visible
from course.harness import CheckFailed, check

SUPERSEDED = {}
PRELUDE = """
import logging
lines = []
def note(self, record):
    lines.append([record.levelname, record.module, record.getMessage()])
logging.Logger.handle = note
from decorators import log
logging.getLogger().setLevel(logging.DEBUG)
for logger in list(logging.Logger.manager.loggerDict.values()):
    if isinstance(logger, logging.Logger):
        logger.setLevel(logging.DEBUG)
"""


def lines_of(lab, code):
    """Run code that uses @log; return the lines that it writes."""
    return lab.probe(code.strip(), PRELUDE + code + "\nresult = lines")


def expect_line(lines, pattern):
    """Find the line of a pattern."""
    for level, _, text in lines:
        if re.fullmatch(pattern, text):
            return level
    raise CheckFailed(f"a line like: {pattern}", visible(repr(lines), 1000))


@check(
    "L06-C01",
    "L06-R1",
    "a call is logged at level DEBUG, with name and arguments",
    hint="The function that @log returns knows the arguments as *args and **kwargs: log them, "
    "then call the original.",
)
def call_is_logged(lab):
    word, number = lab.word(), lab.random.randrange(1000, 9999)
    lines = lines_of(
        lab,
        f"""
@log
def greet(name, times, mood="calm"):
    return name * times
greet({word!r}, times={number})
""",
    )
    level = expect_line(lines, rf"Function greet\(.*{word}.*{number}.*\) called from .*")
    if level != "DEBUG" or len(lines) != 1:
        raise CheckFailed("one line of level DEBUG", repr(lines))


@check(
    "L06-C02",
    "L06-R2",
    "the line names the caller",
    hint="inspect.currentframe().f_back is the caller's frame, f_code.co_name its name.",
)
def caller_is_logged(lab):
    lines = lines_of(
        lab,
        """
@log
def func_z():
    pass
def main():
    func_z()
main()
""",
    )
    expect_line(lines, r"Function func_z\(\) called from function main")


@check(
    "L06-C03",
    "L06-R3",
    "the decorated function keeps its name, docstring and signature",
    hint="functools.wraps.",
)
def identity_is_kept(lab):
    kept = lab.probe(
        "a decorated add(a, b=2, *, c: int = 3)",
        PRELUDE
        + '''
import inspect
@log
def add(a, b=2, *, c: int = 3):
    """Add."""
result = [add.__name__, add.__doc__, str(inspect.signature(add))]
''',
    )
    if kept != ["add", "Add.", "(a, b=2, *, c: int = 3)"]:
        raise CheckFailed("add, its docstring, (a, b=2, *, c: int = 3)", repr(kept))


@check(
    "L06-C04",
    "L06-R3",
    "it works on methods, returns what the function returns and lets exceptions pass",
    hint="return function(*args, **kwargs), and no try around it.",
)
def behaviour_is_kept(lab):
    result = lab.probe(
        "decorated methods, one of which raises KeyError",
        PRELUDE
        + """
class Desk:
    @log
    def double(self, number):
        return 2 * number
    @staticmethod
    @log
    def fail(text):
        raise KeyError(text)
try:
    Desk.fail("as it should")
except KeyError as error:
    caught = str(error)
result = [Desk().double(number=21), caught, len(lines)]
""",
    )
    if result != [42, "'as it should'", 2]:
        raise CheckFailed("42, KeyError('as it should') and two lines", repr(result))


SECRET_CALLS = """
@log
def login(name, password, *rest, **more):
    pass
login("anna", {0!r})
login("anna", password={0!r})
login("anna", "", {{"user": {{"Password": {0!r}, "name": "anna"}}}})
login("anna", "", [({{"private_key": {0!r}}},)])
login("anna", "", user_secret={0!r})
login("anna", "", auth_token={0!r})
"""


@check(
    "L06-C05",
    "L06-R3",
    "no password and no private key is written",
    hint="inspect.signature(function).bind(*args, **kwargs) gives the arguments with their "
    "names; look into dictionaries and lists as well.",
    after="L06-C01",
)
def secrets_are_hidden(lab):
    secret = lab.word(12)
    lines = lines_of(lab, SECRET_CALLS.format(secret))
    if len(lines) != 6:
        raise CheckFailed("a line for each of six calls", repr(lines))
    for _, _, text in lines:
        if secret in text:
            raise CheckFailed("a line without the secret", visible(text))
        if "anna" not in text:
            raise CheckFailed("the other arguments are still shown", visible(text))


@check(
    "L06-C06",
    "L06-R3",
    "long arguments are shortened",
    hint="Cut the text of an argument after a few dozen characters.",
    after="L06-C01",
)
def long_arguments(lab):
    lines = lines_of(
        lab,
        """
@log
def keep(text, numbers):
    pass
keep("x" * 100_000, list(range(100_000)))
""",
    )
    longest = max(len(text) for _, _, text in lines)
    if longest > 1000:
        raise CheckFailed("a line of at most 1000 characters", f"one of {longest}")


@check(
    "L06-C07",
    "L06-R3",
    "with DEBUG switched off it does not even look at the arguments",
    hint="Ask logger.isEnabledFor(logging.DEBUG) before you make the text.",
    after="L06-C01",
)
def off_costs_nothing(lab):
    looks = lab.probe(
        "a call with DEBUG switched off",
        PRELUDE
        + """
logging.disable(logging.DEBUG)
looks = 0
class Costly(dict):
    def __repr__(self):
        global looks
        looks += 1
        return "costly"
    def items(self):
        global looks
        looks += 1
        return []
@log
def use(value):
    pass
use(Costly())
result = [looks, len(lines)]
""",
    )
    if looks != [0, 0]:
        raise CheckFailed("no look at the argument, and no line", f"[looks, lines] = {looks}")


CALL = re.compile(r" DEBUG (\w+) Function (\w+)\(.*\) called from function (\w+)$")


def calls_in(lines):
    """Return the calls that stand in a log: (module, function, caller)."""
    return [match.groups() for line in lines if (match := CALL.search(line))]


@check(
    "L06-C08",
    "L06-R2",
    "the server's calls stand in its log, under the caller's module",
    hint="Decorate the server's functions; logger.debug(…, stacklevel=2) looks one frame "
    "further up for the module.",
    after="L06-C02",
)
def server_calls(lab):
    server = lab.server()
    server.expect_alive()
    calls = lab.wait_for(lambda: calls_in(lab.log_lines("server")), "lines of calls in the log")
    if not [call for call in calls if call[:2] == ("server", "make_response")]:
        wanted = "DEBUG server Function make_response(…) called from function …"
        raise CheckFailed(wanted, repr(calls))


@check(
    "L06-C09",
    "L06-R1",
    "the client's calls stand in its log",
    hint="Decorate the client's functions too.",
    after="L06-C02",
)
def client_calls(lab):
    listener = lab.listen()
    client = lab.client("127.0.0.1", str(listener.port))
    peer = listener.accept()
    peer.receive()
    peer.send({"response": 200, "time": 1, "alert": "hi"})
    lab.expect_end(client)
    calls = calls_in(lab.log_lines("client"))
    if not [call for call in calls if call[:2] == ("client", "create_presence")]:
        wanted = "DEBUG client Function create_presence(…) called from function …"
        raise CheckFailed(wanted, "\n".join(lab.log_lines("client")))
