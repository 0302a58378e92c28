"""The generator of `course bench`: it counts exactly, and says what is wrong."""

import socket
import subprocess
import sys
import threading

import pytest

from course.bench.cast import TEXT
from course.bench.groups import Group, Round
from course.bench.kinds import Kind, kinds
from course.bench.lines import MARK
from course.bench.load import Stuck
from course.bench.measuring import Settings, measure
from course.bench.scenarios import SCENARIOS
from course.bench.server import Server
from course.bench.worker import Worker
from course.bench.workers import Failed, Workers
from course.lessons import ROOT, Course

COURSE = Course(ROOT)
FLOOR = kinds(COURSE)[0]
PROCESSES = 3


@pytest.fixture(scope="module")
def workers():
    with Workers(PROCESSES) as some:
        yield some


@pytest.fixture(scope="module")
def floor():
    with Server(COURSE, FLOOR) as server:
        yield server


TALKS = [scenario for scenario in SCENARIOS if scenario.form != "idle"]


@pytest.mark.parametrize("scenario", TALKS, ids=lambda scenario: scenario.name)
def test_what_comes_back_from_the_floor_is_counted_exactly(scenario, workers, floor):
    shares, rounds = scenario.shares(workers), 6
    workers.all_do("come", *scenario.plans(FLOOR, floor.port.number, shares))
    answers = workers.all_do("rounds", count=rounds)
    workers.all_do("leave")
    said = scenario.window * rounds * (scenario.clients // 2 if scenario.form == "private" else 1)
    said *= scenario.speakers if scenario.form == "room" else 1
    heard = said * (scenario.clients if scenario.form == "room" else 1)
    assert sum(answer["heard"] for answer in answers) == heard
    assert sum(answer["answered"] for answer in answers) == 0


def test_a_pace_is_kept_whatever_the_server_does(workers, floor):
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == "paced-private")
    shares = scenario.shares(workers)
    workers.all_do("come", *scenario.plans(FLOOR, floor.port.number, shares))
    rates = [{"rate": 200.0 * share / sum(shares), "seconds": 0.5} for share in shares]
    answers = workers.all_do("paced", *rates)
    workers.all_do("leave")
    assert 95 <= sum(answer["heard"] for answer in answers) <= 100
    assert sum(len(answer["took"]) for answer in answers) == sum(a["heard"] for a in answers)
    assert max(answer["wall"] for answer in answers) >= 0.45


def pair(rounds):
    """Return a worker whose only group is one end of a connection, and the other end."""
    here, there = socket.socketpair()
    orders, _ = ours = socket.socketpair()
    worker = Worker(orders.fileno())
    worker.cast = type(
        "Cast", (), {"groups": [Group([here], rounds(here))], "leave": lambda: close(here, *ours)}
    )
    worker.casts.append(worker.cast)
    worker.watch()
    return worker, there


def close(*socks):
    """Close sockets."""
    for sock in socks:
        sock.close()


def speak(there, *pieces):
    """Read what is said once, and then say the pieces, one after the other."""
    there.recv(65536)
    for piece in pieces:
        there.sendall(piece)


def say_once(answered=0):
    return lambda here: [Round(((here.send, b"hello"),), 1, answered)]


def hear(worker, there, *pieces):
    """Let the worker say something once, answer with the pieces, and return its report."""
    answering = threading.Thread(target=speak, args=(there, *pieces))
    answering.start()
    try:
        return worker.rounds(1)
    finally:
        answering.join()
        worker.leave()
        there.close()


def test_a_delivery_and_an_answer_are_told_apart_wherever_they_are_cut():
    answer, delivery = b'{"response": 200}\n', b'{"message": "' + TEXT + b'"}\n'
    for stream in (answer + delivery, delivery + answer):
        for cut in range(0, len(stream) + 1, 3):
            worker, there = pair(say_once(answered=1))
            report = hear(worker, there, stream[:cut], stream[cut:])
            assert (report["heard"], report["answered"]) == (1, 1)


def test_a_round_has_ended_only_when_its_answers_have_come():
    group = Group([None], [Round((), 2, 1)])
    group.speak(0.0)
    group.heard, group.lines = 2, 2
    assert not group.done()
    group.lines = 3
    assert group.done()


def test_one_message_too_many_is_noticed():
    with pytest.raises(Stuck, match="more has come than was said"):
        hear(*pair(say_once()), MARK + MARK)


def test_a_connection_that_the_server_closes_is_noticed():
    worker, there = pair(say_once())
    there.shutdown(socket.SHUT_WR)
    with pytest.raises(Stuck, match="closed a connection; 0 deliveries"):
        hear(worker, there)


def test_a_message_that_never_comes_is_given_up(monkeypatch):
    monkeypatch.setattr("course.bench.load.PATIENCE", 0.05)
    with pytest.raises(Stuck, match="1 are awaited"):
        hear(*pair(say_once(answered=1)), b"{}\n")


def test_a_process_of_the_generator_ends_with_its_input():
    command = [sys.executable, "-m", "course.bench.worker"]
    done = subprocess.run(command, cwd=ROOT, input=b"", capture_output=True, timeout=20)
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_wrong_order_is_answered_in_words_and_the_next_one_obeyed(workers):
    plan = {"port": 1, "wire": "relay", "form": "answers", "window": 1, "count": 1}
    plan |= {"process": 0, "speakers": []}
    with pytest.raises(Failed, match="lets in 0 of 1"):
        workers.all_do("come", **plan)
    assert workers.all_do("leave") == [{"here": 0}] * PROCESSES


def test_a_server_that_does_not_start_is_reported_with_its_last_words(workers):
    broken = Kind("broken", "lesson03/server.py", "presence", ("answers",), ("--so-nicht",))
    answers = next(scenario for scenario in SCENARIOS if scenario.form == "answers")
    outcome = measure(COURSE, broken, answers, workers, Settings(0.05, 10))
    assert "--so-nicht" in outcome["failed"]
