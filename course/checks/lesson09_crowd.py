"""Checks of lesson 9 with a crowd: thousands of connections, and more than there is room for."""

from course.harness import CheckFailed, CheckSkipped, check
from course.harness.peer import encode
from course.harness.people import Member, greeted, shown
from course.harness.ports import resource

MANY = 3000  # connections; select can watch 1,024 at most


@check(
    "L09-C31",
    "L09-R1",
    f"{MANY:,} connections hold, and who speaks is heard",
    hint="selectors.DefaultSelector() watches any number. A process may open few files at first: "
    "resource.setrlimit(RLIMIT_NOFILE, …) raises that, as far as the system allows.",
    after="L03-C01",
    limit=90,
)
def thousands_hold(lab):
    if not resource or 0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2 * MANY:
        raise CheckSkipped(f"this system does not let a program open {MANY:,} connections")
    server = limited_server(lab, FEW, "most")
    anna = Member(lab, server)
    words = lab.text()
    last = (
        encode(lab.presence(user={"account_name": "last"})),
        encode(anna.letter(anna.name, words, **{"from": "last"})),
    )
    code = CROWD.format(wanted=MANY, port=server.port, lines=last)
    answers = lab.probe(f"{MANY:,} connections, of which the last one speaks", code, within=60)
    if answers != [200, 200]:
        raise CheckFailed("a presence and a message of the last one: 200, 200", repr(answers))
    anna.expect_heard(words, "last")


# In a process of its own, for it needs thousands of descriptors itself.
CROWD = """
import json, resource, socket
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (2 * {wanted}, most))
crowd = [socket.create_connection(("127.0.0.1", {port}), 10) for _ in range({wanted})]
result = []
with crowd[-1].makefile("rb") as answers:
    for line in {lines}:
        crowd[-1].sendall(line + b"\\n")
        result.append(json.loads(answers.readline()).get("response"))
"""
FEW = 200  # files that a small system lets a program open
LIMITED = """import pathlib, resource, runpy
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, ({at_first}, {at_most}))
runpy.run_path(str(pathlib.Path(__file__).with_name("server.py")), run_name="__main__")
"""


def limited_server(lab, at_first, at_most):
    """Start the server where a program may open so many files at first, and so many if it asks."""
    script = LIMITED.format(at_first=at_first, at_most=at_most)
    (lab.folder / "limited_server.py").write_text(script, encoding="utf-8")
    lab.tell("", f"(it may open {at_first} files, and if it asks: {at_most})")
    return lab.server(script="limited_server.py")


@check(
    "L09-C32",
    "L09-R1",
    "more connections than the system allows are turned away in words",
    hint="Ask for the limit and keep some descriptors for yourself; who comes then is answered 500 "
    "and closed. Room that becomes free is given away again.",
    after="L03-C01",
    limit=60,
)
def too_many(lab):
    if not resource:
        raise CheckSkipped("this system sets no such limit")
    server = limited_server(lab, FEW, FEW)
    anna, boris = Member(lab, server), Member(lab, server)
    crowd = [server.connect() for _ in range(FEW + 50)]
    del lab.story[4:]
    answer = crowd[-1].receive()
    if not isinstance(answer, dict) or not answer.get("response", 0) >= 400:
        raise CheckFailed("an answer of 400 or more for who is too many", shown(answer))
    crowd[-1].expect_closed()
    words = lab.text()
    anna.say("#all", words)
    boris.expect_heard(words, anna.name)
    for peer in crowd:
        peer.close()
    lab.wait_for(lambda: greeted(lab, server), "room for a new client when the crowd has gone", 10)
