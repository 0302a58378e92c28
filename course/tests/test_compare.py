"""`course compare`, on servers of the course: the smallest measurement that shows it works."""

import re

from course.lessons import ROOT
from course.tests.small_course import run


def test_a_server_is_measured_and_has_its_row():
    done = run(ROOT, "compare", "--only", "lesson 7", "--offer", "30")
    row = done.stdout.splitlines()[-1]
    cells = r"30 of 30 \| -?\d+\.\d KB \| \d+\.\d µs \| cut off, others served \|"
    assert re.fullmatch(rf"\| lesson 7: select \| {cells}", row), done


def test_a_server_of_no_such_name_is_answered_in_words():
    done = run(ROOT, "compare", "--only", "carrier pigeon")
    assert done.returncode == 1
    assert "carrier pigeon" in done.stderr
    assert "Traceback" not in done.stderr
