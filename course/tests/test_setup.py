"""`python -m course setup`, with a pip that only pretends: no test needs the network."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from course.lessons import ROOT

FAKE_VENV = """
import pathlib, sysconfig, venv

def create(folder, clear, with_pip, symlinks):
    venv.EnvBuilder(clear=clear, symlinks=symlinks).create(folder)
    base = {"base": str(folder), "platbase": str(folder)}
    pip = pathlib.Path(sysconfig.get_path("purelib", scheme="venv", vars=base), "pip")
    pip.mkdir(parents=True)
    source = pathlib.Path(__file__).with_name("fake_pip.txt")
    (pip / "__main__.py").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")

venv.create = create
"""
WILLING_PIP = """
import pathlib, sys
with pathlib.Path(sys.prefix, "asked.txt").open("a", encoding="utf-8") as record:
    print(*sys.argv[1:], sep="\\n", file=record)
"""
FAILING_PIP = """
import sys
for number in range(50):
    print(f"line {number} of pip: не вышло")
sys.exit(1)
"""
ENDLESS_PIP = """
import os, socket
with socket.create_connection(("127.0.0.1", int(os.environ["TEST_PORT"])), timeout=60) as sock:
    sock.recv(1)
"""
FAKE_APT = """#!{python}
import pathlib, sys
record = pathlib.Path(__file__).with_name("asked-apt.txt")
if "--simulate" in sys.argv:
    print("NOTE: a simulation", *["Inst " + name + " (1.0)" for name in {missing}], sep="\\n")
else:
    with record.open("a", encoding="utf-8") as file:
        print(*sys.argv[1:], file=file)
    print("line of apt: не вышло")
sys.exit({code})
"""
AS_ROOT = "import os; os.geteuid = lambda: 0"
AS_STUDENT = "import os; os.geteuid = lambda: 1000"
PYPROJECT = """
[build-system]
requires = ["maker"]
[project]
dependencies = ["one>=1"]
[project.optional-dependencies]
test = ["two"]
docs = ["three"]
"""


class SmallCourse:
    """A course of nothing but its requirements, and a Python that is changed for the test."""

    def __init__(self, folder):
        self.root, self.fakes = folder / "мой курс", folder / "fakes"
        self.environment = self.root / ".venv"
        for path in (self.root, self.fakes):
            path.mkdir()
        (self.root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
        self.constrain("one==1.2")
        self.fake(FAKE_VENV, WILLING_PIP)

    def constrain(self, text):
        """Write constraints.txt."""
        (self.root / "constraints.txt").write_text(text, encoding="utf-8")

    def declare_commands(self, *names):
        """Let pyproject.toml declare commands."""
        lines = ["[project.scripts]", *(f'{name} = "package:function"' for name in names)]
        text = "\n".join([PYPROJECT, *lines])
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def move(self, name):
        """Give the folder of the course another name."""
        self.root = self.root.rename(self.root.with_name(name))
        self.environment = self.root / ".venv"

    def fake(self, at_start, pip=""):
        """Choose what every Python of the test runs first, and what plays pip."""
        (self.fakes / "sitecustomize.py").write_text(at_start, encoding="utf-8")
        (self.fakes / "fake_pip.txt").write_text(pip, encoding="utf-8")

    def fake_apt(self, *missing, code=0):
        """Play apt-get, which finds these packages missing."""
        path = self.fakes / "apt-get"
        script = FAKE_APT.format(python=sys.executable, missing=list(missing), code=code)
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def setup_system(self):
        """Run `python -m course setup --system` where only our apt-get can be found."""
        command = ["-m", "course", "--root", str(self.root), "setup", "--system"]
        return self.run(*command, env={"PATH": str(self.fakes)})

    def asked_of_apt(self):
        """Return the command lines that apt-get was given, simulations aside."""
        record = self.fakes / "asked-apt.txt"
        return record.read_text(encoding="utf-8").splitlines() if record.is_file() else []

    def start(self, *command, python=sys.executable, **more):
        """Start a Python that sees the fakes."""
        environment = {**os.environ, "PYTHONPATH": str(self.fakes), "PYTHONUTF8": "1"}
        return subprocess.Popen(
            [python, *command],
            **{"cwd": ROOT, "encoding": "utf-8", "env": {**environment, **more.pop("env", {})}},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
        )

    def run(self, *command, **more):
        """Run a Python to its end; return exit code, output, errors."""
        with self.start(*command, **more) as process:
            try:
                output, errors = process.communicate(timeout=60)
            finally:
                process.kill()
        return process.returncode, output, errors

    def setup(self, **more):
        """Run `python -m course setup`."""
        return self.run("-m", "course", "--root", str(self.root), "setup", **more)

    def python(self):
        """Return the environment's Python."""
        return self.environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def asked_of_pip(self):
        """Return the arguments pip was started with, and forget them; None if it was not."""
        record = self.environment / "asked.txt"
        if not record.is_file():
            return None
        asked = record.read_text(encoding="utf-8").splitlines()
        record.unlink()
        return asked


@pytest.fixture
def course(tmp_path):
    return SmallCourse(tmp_path)


def test_setup_installs_what_pyproject_and_constraints_ask_for(course):
    code, output, errors = course.setup()
    assert (code, output) == (0, "")
    assert "Installing one>=1, two, three, maker …\nThe course is ready." in errors
    constraints = str(course.root / "constraints.txt")
    assert course.asked_of_pip()[-6:] == ["-c", constraints, "one>=1", "two", "three", "maker"]


def test_setup_installs_the_commands_from_the_course_itself_without_the_network(course):
    course.declare_commands("chat", "chat-server")
    code, output, errors = course.setup()
    assert (code, output) == (0, "")
    assert "Installing the commands chat, chat-server …\nThe course is ready." in errors
    last = course.asked_of_pip()[-5:]
    assert last == ["--no-build-isolation", "--no-deps", "--no-index", "-e", "."]
    assert course.setup() == (0, "", "")


def test_a_new_command_sets_everything_up_again(course):
    course.setup()
    course.asked_of_pip()
    course.declare_commands("chat")
    course.setup()
    assert course.asked_of_pip()


def test_a_course_that_has_been_moved_is_set_up_again(course):
    course.setup()
    course.move("moved")
    course.asked_of_pip()
    assert course.setup()[0] == 0
    assert course.asked_of_pip()


def test_a_second_setup_does_nothing_and_says_nothing(course):
    course.setup()
    course.asked_of_pip()
    assert course.setup() == (0, "", "")
    assert course.asked_of_pip() is None


def test_a_changed_constraint_sets_everything_up_again(course):
    course.setup()
    course.asked_of_pip()
    course.constrain("one==1.3")
    assert course.setup()[0] == 0
    assert course.asked_of_pip()


def test_a_half_made_environment_is_made_anew(course):
    course.environment.mkdir()
    (course.environment / "half-made").touch()
    assert course.setup()[0] == 0
    assert not (course.environment / "half-made").exists()
    assert course.asked_of_pip()


def test_an_environment_whose_python_is_gone_is_made_anew(course):
    course.setup()
    course.asked_of_pip()
    shutil.rmtree(course.python().parent)
    assert course.setup()[0] == 0
    assert course.asked_of_pip()


def test_an_environment_that_runs_the_setup_itself_is_renewed_but_not_deleted(course):
    course.setup()
    course.asked_of_pip()
    course.constrain("one==1.3")
    (course.environment / "in-use").touch()
    assert course.setup(python=course.python())[0] == 0
    assert (course.environment / "in-use").exists()
    assert course.asked_of_pip()
    assert course.setup() == (0, "", "")


def test_when_pip_fails_its_last_lines_are_shown_and_the_next_setup_tries_again(course):
    course.fake(FAKE_VENV, FAILING_PIP)
    code, _, errors = course.setup()
    assert code == 1
    assert "line 49 of pip: не вышло" in errors
    assert "line 9 of pip" not in errors
    assert "Traceback" not in errors
    assert course.setup()[0] == 1


def test_a_python_that_cannot_make_environments_is_told_which_package_it_lacks(course):
    course.fake("import sys; sys.modules['ensurepip'] = None")
    code, _, errors = course.setup()
    assert code == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert errors.endswith(f"On Debian and Ubuntu run: sudo apt install python{version}-venv\n")
    assert "Traceback" not in errors


def test_a_folder_that_cannot_be_made_is_one_clear_line(course):
    course.environment.touch()
    code, _, errors = course.setup()
    assert code == 1
    assert f"Error: {course.environment} cannot be made" in errors
    assert "Traceback" not in errors


def test_an_older_python_is_told_what_is_needed_and_nothing_else(course):
    course.fake("import sys; sys.version_info = (3, 8, 18, 'final', 0)")
    code, output, errors = course.setup()
    assert (code, output) == (1, "")
    assert errors.startswith("The course needs Python 3.11 or newer")
    assert errors.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send Ctrl+C to one program")
def test_ctrl_c_ends_pip_and_leaves_nothing_that_counts_as_ready(course):
    course.fake(FAKE_VENV, ENDLESS_PIP)
    command = ["-m", "course", "--root", str(course.root), "setup"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        port = {"TEST_PORT": str(listener.getsockname()[1])}
        with course.start(*command, env=port, start_new_session=True) as process:
            pip, _ = listener.accept()
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(60) == 130
            assert "Traceback" not in process.stderr.read()
    with pip:
        pip.settimeout(60)
        assert pip.recv(1) == b""  # its end of the connection is closed: it is gone
    course.fake(FAKE_VENV, WILLING_PIP)
    course.setup()
    assert course.asked_of_pip()


def test_a_command_runs_again_inside_the_environment_and_its_exit_code_comes_back(course):
    program = (
        "import pathlib, sys\n"
        "from course import environment, lessons\n"
        "course = lessons.Course(pathlib.Path(sys.argv.pop(1)))\n"
        "assert not environment.inside(course)\n"
        "sys.exit(environment.rerun(course))\n"
    )
    code, _, errors = course.run("-c", program, str(course.root), "setup", "--no-such-option")
    assert code == 2
    assert "--no-such-option" in errors


posix_only = pytest.mark.skipif(os.name == "nt", reason="apt-get is played by a script")


@posix_only
def test_for_the_system_root_installs_what_is_missing_and_then_the_packages(course):
    course.fake(FAKE_VENV + AS_ROOT, WILLING_PIP)
    course.fake_apt("postgresql", "libgl1")
    code, output, errors = course.setup_system()
    assert (code, output) == (0, "")
    assert "Installing for the whole system: postgresql, libgl1 …" in errors
    update, install = course.asked_of_apt()
    assert update == "update"
    assert install.startswith("install -y --no-install-recommends postgresql ")
    assert course.asked_of_pip()


@posix_only
def test_for_the_system_nothing_is_done_where_nothing_is_missing(course):
    course.fake(FAKE_VENV + AS_STUDENT, WILLING_PIP)
    course.fake_apt()
    code, _, errors = course.setup_system()
    assert code == 0
    assert errors.startswith("The system has all that the course needs.\n")
    assert course.asked_of_apt() == []


@posix_only
def test_who_is_not_root_is_shown_the_command_and_nothing_is_installed(course):
    course.fake(FAKE_VENV + AS_STUDENT, WILLING_PIP)
    course.fake_apt("postgresql")
    code, _, errors = course.setup_system()
    assert code == 1
    assert "sudo apt-get update && sudo apt-get install -y" in errors
    assert "Traceback" not in errors
    assert course.asked_of_apt() == []


@posix_only
def test_when_apt_fails_its_last_lines_are_shown(course):
    course.fake(FAKE_VENV + AS_ROOT, WILLING_PIP)
    course.fake_apt("postgresql", code=100)
    code, _, errors = course.setup_system()
    assert code == 1
    assert "line of apt: не вышло" in errors
    assert "Traceback" not in errors
    assert course.asked_of_apt() == ["update"]


def test_a_system_without_apt_is_told_what_to_do_by_hand(course):
    code, _, errors = course.setup_system()
    assert code == 0
    assert errors.startswith("This system has no apt-get. ")
    assert "PostgreSQL" in errors


def test_without_the_option_the_system_is_left_alone(course):
    course.fake_apt("postgresql")
    course.run("-m", "course", "--root", str(course.root), "setup", env={"PATH": str(course.fakes)})
    assert course.asked_of_apt() == []
