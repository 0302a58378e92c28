"""`python -m course demo`, with the newest messenger and with small programs in its place."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import venv
from pathlib import Path
from unittest import mock

import pytest

from course import environment
from course.commands import demo
from course.lessons import GENERATED, ROOT, Course, CourseError

SERVER = """
import os, socket, sys
server = socket.create_server(("127.0.0.1", 0))
server.settimeout(60)
print("pid", os.getpid(), flush=True)
port = server.getsockname()[1]
print(f"2026-11-20 14:03:07 INFO server Listening on port {port}. Ctrl+C stops.", file=sys.stderr)
try:
    while True:
        server.accept()[0].close()
except KeyboardInterrupt:
    print("Bye.")
"""
CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5):
    print("Here is", sys.argv[4])
"""
not_on_windows = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows cannot send Ctrl+C to one program"
)


class SmallCourse:
    """A course that is set up and has what lessons the test gives it."""

    def __init__(self, root):
        self.root = root
        for name in ("pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, root)
        venv.create(root / ".venv", symlinks=os.name != "nt")
        environment.write_stamp(Course(root))

    def lend_packages(self):
        """Let its programs have the packages that are installed for us."""
        base = {"base": str(self.root / ".venv"), "platbase": str(self.root / ".venv")}
        folders = [path for path in sys.path if path.endswith("site-packages")]
        lent = Path(sysconfig.get_path("purelib", "venv", vars=base), "lent.pth")
        lent.write_text("\n".join(folders), encoding="utf-8")

    def write(self, number, **scripts):
        """Write the scripts of a lesson."""
        folder = self.root / f"lesson{number:02}"
        folder.mkdir(exist_ok=True)
        for name, text in scripts.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")

    @contextlib.contextmanager
    def demo(self, *arguments):
        """Start the demo; end it after a minute at the latest."""
        command = [sys.executable, "-m", "course", "--root", self.root, "demo", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
        with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
            alarm = threading.Timer(60, process.kill)
            alarm.start()
            try:
                yield process
            finally:
                alarm.cancel()
                process.kill()

    def show(self):
        """Run the demo once; return exit code, output, errors."""
        with self.demo("--once") as process:
            output, errors = process.communicate()
        return process.returncode, output, errors


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "мой курс"
    root.mkdir()
    course = SmallCourse(root)
    course.write(3, server=SERVER, client=CLIENT)
    return course


def read_until(stream, words):
    """Read lines until one contains the words; return all."""
    lines = ""
    for line in stream:
        lines += line
        if words in line:
            return lines
    raise AssertionError(f"{words!r} never came; what came was:\n{lines}")


def assert_gone(output):
    """Check that the server, whose process id is in the output, does not run any more."""
    with pytest.raises(ProcessLookupError):
        os.kill(int(re.search(r"pid (\d+)", output)[1]), 0)


def test_the_newest_messenger_of_the_course_is_shown(course):
    for folder in (*(lesson.folder for lesson in Course().lessons()), ROOT / "common"):
        if folder.is_dir():
            ignore = shutil.ignore_patterns(*GENERATED)
            shutil.copytree(folder, course.root / folder.name, dirs_exist_ok=True, ignore=ignore)
    course.lend_packages()
    code, output, errors = course.show()
    assert (code, errors) == (0, "")
    for start in ("The messenger of lesson", "server │", "  Анна │", " Boris │"):
        assert f"\n{start}" in f"\n{output}"


def test_every_line_is_shown_behind_the_name_of_its_program(course):
    code, output, errors = course.show()
    assert (code, errors) == (0, "")
    assert "server │ 2026-11-20 14:03:07 INFO server Listening on port" in output
    assert "  Анна │ Here is Анна\n Boris │ Here is Boris\n" in output


WRITER = "import os, time; open(os.environ['JIM_HOME'] + '/x', 'w').close(); print('written')\n"


@pytest.mark.parametrize("end", [None, CourseError, KeyboardInterrupt])
def test_the_folder_of_its_data_is_gone_when_it_ends(end):
    with contextlib.suppress(end or ()), demo.Cast() as cast:
        home = Path(cast.home.name)
        cast.show(cast.start("Анна", sys.executable, "-c", WRITER), "written")
        assert (home / "x").is_file()
        if end:
            raise end
    assert not home.exists()


def test_the_folder_is_gone_also_when_ctrl_c_is_pressed_twice():
    with contextlib.suppress(KeyboardInterrupt), demo.Cast() as cast:
        home = Path(cast.home.name)
        cast.processes.append(mock.Mock(wait=mock.Mock(side_effect=KeyboardInterrupt)))
    assert not home.exists()


def test_a_lesson_without_both_sides_is_passed_over(course):
    course.write(4, server="")
    assert course.show()[1].startswith("The messenger of lesson03")


def test_a_server_that_does_not_begin_shows_why(course):
    course.write(3, server="import sys; sys.exit('no port is left')")
    code, output, errors = course.show()
    assert code == 1
    assert "server │ no port is left" in output
    assert "The server has ended before it listened (exit code 1)" in errors
    assert "Traceback" not in errors


def test_a_client_that_fails_ends_the_demo_with_an_error(course):
    course.write(3, client="import sys; sys.exit('nobody is there')")
    code, output, errors = course.show()
    assert code == 1
    assert "Анна │ nobody is there" in output
    assert "Анна could not talk to the server (exit code 1)" in errors


@not_on_windows
def test_the_demo_tells_how_to_join_and_who_does_so_is_seen(course):
    with course.demo() as process:
        output = read_until(process.stdout, "Ctrl+C ends the demo")
        assert f"in the folder {course.root}:" in output
        command = re.search(r"^    (.+client\.py .+)$", output, re.MULTILINE)[1].split()
        command[0] = os.path.join(course.root, command[0])
        joined = subprocess.run(
            command,
            **{"cwd": course.root, "capture_output": True, "timeout": 60, "encoding": "utf-8"},
        )
        assert (joined.returncode, joined.stdout) == (0, "Here is Clara\n")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@not_on_windows
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_a_kill_and_a_closed_terminal_end_everything_cleanly(course, name):
    with course.demo() as process:
        output = read_until(process.stdout, "Ctrl+C ends the demo")
        process.send_signal(getattr(signal, name))
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "server │ Bye." in rest
    assert_gone(output)


@not_on_windows
def test_a_server_that_ignores_ctrl_c_is_ended_all_the_same(course):
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    course.write(3, server=deaf + SERVER)
    code, output, errors = course.show()
    assert (code, errors) == (0, "")
    assert_gone(output)


@not_on_windows
def test_a_reader_who_goes_away_ends_everything(course):
    course.write(3, server=SERVER.replace("server.accept()[0].close()", "print('And more.')"))
    with course.demo() as process:
        output = read_until(process.stdout, "pid")
        process.stdout.close()
        assert process.wait(60) == 1
        assert process.stderr.read() == ""
    assert_gone(output)


def test_a_course_without_a_messenger_says_so(course):
    (course.root / "lesson03" / "client.py").unlink()
    code, _, errors = course.show()
    assert code == 1
    assert "There is no lesson with a server.py and a client.py yet." in errors
