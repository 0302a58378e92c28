"""`course bench` by its command line: tiny runs, and what an interruption leaves."""

import json
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from course.bench import results
from course.lessons import ROOT
from course.tests.small_course import command, run

TINY = ("--repeat", "1", "--seconds", "0.05", "--offer", "20")


@pytest.mark.parametrize(
    ("server", "scenarios"),
    [
        ("lesson 3", ["answers-1"]),
        ("selectors_chat", ["idle", "room-1"]),
        ("lesson 9", ["room-10", "paced-private"]),
        ("lesson 11", ["room-10"]),
        ("private_chat", ["private-16", "room-10"]),
    ],
)
def test_a_server_is_measured_beside_the_floor(server, scenarios, tmp_path):
    file = tmp_path / "a.json"
    words = ("--only", server, *TINY, "--quick", "--json", file, "--scenarios", *scenarios)
    done = run(ROOT, "bench", *words)
    assert done.returncode == 0, done
    book = results.load(file)
    assert book.servers() == ["floor: a bare relay", server]
    assert not [row for row in book.rows.values() if row.failed]
    talks = [row for row in book.rows.values() if row.scenario != "idle"]
    assert all(row.spread("cost").median > 0 and row.runs[0]["heard"] > 0 for row in talks)
    assert f"| {server} |" in done.stdout


def test_two_files_are_compared_by_the_command_line(tmp_path):
    file = tmp_path / "a.json"
    done = run(
        ROOT, "bench", "--only", "lesson 3", *TINY, "--scenarios", "answers-1", "--json", file
    )
    assert done.returncode == 0, done
    data = json.loads(file.read_text())
    assert data["machine"]["cores"] == os.cpu_count()
    compared = run(ROOT, "bench", "--compare", file, file)
    assert "| lesson 3 | answers-1 | 1 | CPU per delivered message, µs |" in compared.stdout
    assert "| 1.00 | spreads overlap |" in compared.stdout


def test_what_cannot_be_done_is_said_in_words(tmp_path):
    for words in (("--only", "pigeon"), ("--compare", tmp_path / "no", tmp_path / "none")):
        done = run(ROOT, "bench", *words)
        assert done.returncode == 1
        assert "Error:" in done.stderr
        assert "Traceback" not in done.stderr


def with_mark(mark):
    """Return the processes that have the mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has just ended, or is not ours
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc here")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("members", [3, 4])
def test_an_interruption_leaves_no_process_and_keeps_what_was_measured(how, members, tmp_path):
    mark, file = str(uuid.uuid4()), tmp_path / "a.json"
    words = ("--only", "lesson 9", "--scenarios", "room-1", "--seconds", "30", "--json", file)
    # The trial of the first repetition takes a moment, its measurement half a minute.
    process = subprocess.Popen(
        command(ROOT, "bench", *words),
        **{"cwd": ROOT, "env": os.environ | {"MARK": mark}, "encoding": "utf-8"},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True},
    )
    try:
        until = time.monotonic() + 20
        while len(with_mark(mark)) < members and time.monotonic() < until:
            assert process.poll() is None
        process.send_signal(how)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, errors
    assert errors.strip() == "Stopped."
    assert with_mark(mark) == []
