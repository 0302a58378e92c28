"""`course check`, `course grade` and `course prove`, on small lessons made for the purpose."""

import csv
import json
import textwrap

import pytest

from course.commands.prove import MOST_DOUBTS
from course.harness import lab
from course.lessons import ROOT, Course
from course.tests.small_course import run, write_files

CHECKS = """
from course.harness import CheckFailed, check

SUPERSEDED = {}

@check("L03-C01", "L03-R1", "it says hello", hint="Say hello.")
def says_hello(lab):
    program = lab.run("server.py")
    code = lab.expect_end(program)
    lab.expect_no_traceback(program)
    if "hello" not in program.stdout:
        raise CheckFailed("hello", program.stdout or "nothing")

@check("L03-C02", "L03-R2", "it says the random word", hint="Say it.", after="L03-C01")
def says_name(lab):
    program = lab.run("server.py", lab.word())
    lab.expect_end(program)
    if program.title.split()[-1] not in program.stdout:
        raise CheckFailed("the word", program.stdout)
"""
SERVER = 'import sys\nprint("hello", *sys.argv[1:])\n'
BROKEN = """
[[broken]]
name = "mute"
what = "It says nothing."
file = "server.py"
old = 'print("hello", '
new = 'print('
fails = ["L03-C01"]

[[broken]]
name = "forgets the name"
what = "It says hello to nobody."
file = "server.py"
old = ', *sys.argv[1:]'
new = ''
fails = ["L03-C02"]
"""
GOOD = {
    "README.md": "",
    "lesson03/server.py": SERVER,
    "course/checks/lesson03.py": CHECKS,
    "course/broken/lesson03.toml": BROKEN,
}


@pytest.fixture
def small(tmp_path):
    """Make a course of one lesson that is as it should be."""
    return write_files(tmp_path / "small", GOOD)


def write(path, text):
    path.write_text(textwrap.dedent(text), encoding="utf-8")


def student(tmp_path, **files):
    return write_files(tmp_path / "my messenger", {f"{k}.py": v for k, v in files.items()})


class TestCheck:
    def test_a_good_folder_passes_and_the_exit_code_is_0(self, small):
        done = run(small, "check", "3", small / "lesson03")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "[ ok ] L03-C01 (L03-R1) it says hello" in done.stdout
        assert "2 passed, 0 failed" in done.stdout

    def test_a_failure_shows_expected_received_and_hint_and_the_exit_code_is_1(
        self, small, tmp_path
    ):
        done = run(small, "check", "3", student(tmp_path, server='print("good\\tday")'))
        assert done.returncode == 1
        for words in (
            "[FAIL] L03-C01",
            "expected   hello",
            r"received   good\tday",
            "hint       Say",
        ):
            assert words in done.stdout
        assert "[skip] waits for L03-C01: L03-C02" in done.stdout

    def test_all_runs_also_what_would_have_to_wait(self, small, tmp_path):
        folder = student(tmp_path, server="import sys\nprint(sys.argv[1:])")
        done = run(small, "check", "3", folder, "--all")
        assert "[ ok ] L03-C02" in done.stdout

    def test_a_folder_without_the_script_gets_a_clear_line(self, small, tmp_path):
        done = run(small, "check", "3", student(tmp_path, other=""))
        assert "expected   a file server.py in the folder" in done.stdout

    def test_a_traceback_is_shown_without_the_machinery(self, small, tmp_path):
        folder = student(tmp_path, server="import json\njson.loads('x')")
        done = run(small, "check", "3", folder)
        assert 'File "server.py", line 2, in <module>' in done.stdout
        assert "JSONDecodeError" in done.stdout
        assert "received   a traceback" in done.stdout

    def test_the_seed_repeats_the_random_words(self, small, tmp_path):
        folder = student(tmp_path, server='print("hello")')
        stories = []
        for _ in range(2):
            done = run(small, "check", "3", folder, "--seed", "5", "--json")
            stories.append(json.loads(done.stdout)["checks"][1]["story"])
        assert stories[0] == stories[1]

    def test_json_says_everything(self, small):
        done = run(small, "check", "3", small / "lesson03", "--json")
        answer = json.loads(done.stdout)
        assert [row["status"] for row in answer["checks"]] == ["ok", "ok"]

    def test_only_chooses_checks_and_refuses_unknown_ones(self, small):
        done = run(small, "check", "3", small / "lesson03", "--only", "L03-C01")
        assert "1 passed, 0 failed" in done.stdout
        done = run(small, "check", "3", small / "lesson03", "--only", "L03-C99")
        assert done.returncode != 0
        assert "no check L03-C99" in done.stderr

    def test_what_is_no_folder_and_no_lesson_is_said_in_a_line(self, small, tmp_path):
        for words in (("3", tmp_path / "nowhere"), ("9", tmp_path), ("three", tmp_path)):
            done = run(small, "check", *words)
            assert done.returncode != 0
            assert len(done.stderr.splitlines()) == 1

    def test_the_checked_folder_stays_as_it_is(self, small, tmp_path):
        folder = student(tmp_path, server=SERVER + "open('left.txt', 'w').close()")
        run(small, "check", "3", folder)
        assert [path.name for path in folder.iterdir()] == ["server.py"]


class TestLab:
    """What the checks of the real course rely on."""

    def check(self, tmp_path, source):
        folder = student(tmp_path, server=source)
        options = ("check", "3", folder, "--only", "L03-C01")
        return run(ROOT, *options).stdout

    def test_a_server_that_does_not_start_shows_its_error(self, tmp_path):
        said = self.check(tmp_path, "def main(:\n    pass\n")
        assert "SyntaxError" in said
        assert "it ended with exit code 1" in said

    def test_a_server_that_hangs_gets_a_clear_line_and_is_ended(self, tmp_path, monkeypatch):
        monkeypatch.setattr(lab, "START", 0.5)
        folder = student(tmp_path, server="import time\nwhile True:\n    time.sleep(1)\n")
        with lab.Lab(folder, 1, 20) as place:
            server = place.server()
            with pytest.raises(lab.CheckFailed, match="nobody listens there"):
                server.connect()
        assert not server.program.running()

    def test_processes_that_a_program_leaves_behind_are_ended_and_told(self, tmp_path):
        source = """
            import subprocess, sys
            words = [sys.executable, "-c", "import time; time.sleep(60)"]
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL)
            print("started", flush=True)
            """
        folder = student(tmp_path, server=textwrap.dedent(source))
        with lab.Lab(folder, 1, 20) as place:
            program = place.run("server.py")
            assert program.says("started", 10)
        assert place.story[-1][0] == "left over"

    def test_the_time_of_a_check_is_limited(self, tmp_path):
        folder = student(tmp_path, server="input()\n")
        with lab.Lab(folder, 1, limit=0.2) as place:
            program = place.run("server.py")
            with pytest.raises(lab.CheckFailed, match="still runs|done within"):
                place.expect_end(program, within=30)


class TestGrade:
    def test_a_class_gets_a_table_and_a_csv_file(self, small, tmp_path):
        good = write_files(tmp_path / "Аня", {"server.py": SERVER, ".lesson": "3\n"})
        bad = write_files(tmp_path / "Boris", {"server.py": "", ".lesson": "3\n"})
        table = tmp_path / "grades.csv"
        done = run(small, "grade", good, bad, "--csv", table)
        assert done.returncode == 1
        rows = list(csv.DictReader(table.open(encoding="utf-8-sig", newline="")))
        assert [(row["folder"], row["passed"]) for row in rows] == [("Аня", "2"), ("Boris", "0")]
        assert rows[1]["failed checks"] == "L03-C01"

    def test_a_folder_that_does_not_say_its_lesson_needs_the_option(self, small, tmp_path):
        folder = student(tmp_path, server=SERVER)
        done = run(small, "grade", folder)
        assert "add --lesson" in done.stderr
        assert run(small, "grade", folder, "--lesson", "3").returncode == 0


class TestProve:
    def test_a_good_course_is_proved_and_the_matrix_shown(self, small):
        done = run(small, "prove")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "5 passed, 0 failed" in done.stdout.splitlines()
        assert "forgets the name" in done.stdout

    def test_a_check_that_nothing_fails_is_found(self, small):
        only_one = BROKEN[: BROKEN.rindex("[[broken]]")]
        write(small / "course/broken/lesson03.toml", only_one)
        done = run(small, "prove", "3")
        assert done.returncode == 1
        assert "nothing fails L03-C02" in done.stdout

    def test_a_bad_version_that_survives_is_found(self, small):
        text = BROKEN.replace("new = 'print('", "new = 'print(\"hello\", '")
        write(small / "course/broken/lesson03.toml", text)
        done = run(small, "prove")
        assert "L03-C01 (L03-R1) it says hello passes, and should fail" in done.stdout
        assert done.returncode == 1

    def test_a_version_that_fails_more_than_it_names_is_found(self, small):
        text = BROKEN.replace('fails = ["L03-C02"]', "fails = []")
        write(small / "course/broken/lesson03.toml", text)
        done = run(small, "prove")
        assert "it says the random word fails, and should pass" in done.stdout

    def test_a_replacement_that_no_longer_applies_is_found(self, small):
        write(small / "lesson03/server.py", SERVER.replace("hello", "hello you"))
        done = run(small, "prove")
        assert "the text to replace is not 1 time(s) in server.py" in done.stdout
        assert done.returncode == 1

    def test_a_lesson_that_fails_its_own_checks_is_found(self, small):
        write(small / "lesson03/server.py", SERVER + "raise SystemExit(print('\\x00'))\n1 / 0\n")
        write(small / "lesson03/server.py", SERVER.replace('"hello"', '"bye"'))
        assert "(the lesson itself)" in run(small, "prove").stdout

    def test_what_a_lesson_adds_must_fail_on_the_lesson_before(self, small):
        new = CHECKS.replace("L03", "L04").replace("says_", "still_says_")
        files = {"lesson04/server.py": SERVER, "course/checks/lesson04.py": new}
        write_files(small, files)
        done = run(small, "prove", "4")
        assert "L04-C01 (L04-R1) it says hello passes, and should fail" in done.stdout

    def test_a_second_right_solution_must_pass(self, small):
        write_files(small, {"course/alternatives/lesson03/server.py": "print('good day')"})
        done = run(small, "prove", "3")
        assert "(a second right solution)" in done.stdout
        assert done.returncode == 1


MOMENT = """
    runs = pathlib.Path({runs!r})
    with runs.open("a") as file:
        file.write("x")
    plain = (lab.folder / "server.py").read_text() == {server!r}
    if plain and runs.stat().st_size <= {late}:
        raise CheckFailed("an answer", "nothing in time")
"""
SAME = """
[[broken]]
name = "harmless {number}"
what = "It is as good as before."
file = "server.py"
old = 'import sys'
new = 'import sys  # {number}'
fails = ["L03-C01"]
"""


class TestDoubts:
    """A verdict that is not as it should be may be due to the moment: it is looked at again."""

    @pytest.fixture
    def prove(self, small, tmp_path):
        """Return a function: prove when the lesson is too late so often, beside survivors."""
        self.runs = tmp_path / "runs"

        def prove(late=0, survivors=0):
            moment = MOMENT.format(runs=str(self.runs), server=SERVER, late=late)
            broken = BROKEN if not late else ""  # where nothing else is judged, runs are counted
            first = "def says_hello(lab):"
            checks = "import pathlib\n" + CHECKS.replace(first, first + moment)
            write(small / "course/checks/lesson03.py", checks)
            rows = "".join(SAME.format(number=number) for number in range(survivors))
            write(small / "course/broken/lesson03.toml", broken + rows)
            return run(small, "prove", "3")

        return prove

    def test_wrong_and_then_right_is_right_and_the_report_says_so(self, prove):
        done = prove(late=1)
        assert "(the first time, among many others: L03-C01 (L03-R1) it says hello" in done.stdout
        assert "(the lesson itself)" in done.stdout
        assert "WRONG" not in done.stdout

    def test_wrong_twice_is_wrong(self, prove):
        done = prove(late=2)
        assert done.returncode == 1
        assert "WRONG" in done.stdout
        assert "the first time" not in done.stdout
        assert self.runs.stat().st_size == 2

    @pytest.mark.parametrize("survivors", [MOST_DOUBTS, MOST_DOUBTS + 1])
    def test_so_many_wrong_verdicts_are_no_accident_and_are_believed(self, prove, survivors):
        done = prove(survivors=survivors)
        assert f"{survivors} failed" in done.stdout
        versions = len(["the lesson itself", "mute", "forgets the name"]) + survivors
        again = survivors if survivors <= MOST_DOUBTS else 0
        assert self.runs.stat().st_size == versions + again


def test_checks_of_earlier_lessons_hold_until_they_are_superseded(small):
    files = {"lesson04/server.py": "", "course/checks/lesson04.py": 'SUPERSEDED = {"L03-C02": "x"}'}
    write_files(small, files)
    from course.harness import suite

    assert [check.id for check in suite.checks_for(Course(small), 4)] == ["L03-C01"]
