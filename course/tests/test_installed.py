"""The commands `chat` and `chat-server`, from a wheel in a fresh environment: no network needed."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata

import pytest

from course.harness.program import WINDOWS
from course.lessons import GENERATED, ROOT

PIP = (sys.executable, "-I", "-m", "pip", "--disable-pip-version-check")
OFFLINE = ("--no-index", "--no-deps", "--quiet")
SECONDS = 60


def missing():
    """Return which package is needed here to make a wheel and is not there, or None."""
    for name, oldest in {"pip": 23, "setuptools": 77}.items():
        try:
            if int(metadata.version(name).partition(".")[0]) < oldest:
                return f"{name} {oldest} or newer"
        except metadata.PackageNotFoundError:
            return name
    return None


pytestmark = pytest.mark.skipif(
    missing() is not None,
    reason=f"{missing()} is missing, which makes the wheel: python -m course setup installs it",
)


def sources():
    """Return what the wheel is made from: pyproject.toml, what it names, the folders of code."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    folders = tomllib.loads(text)["tool"]["setuptools"]["package-dir"].values()
    return ["pyproject.toml", "README.md", "LICENSE", *folders]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel made from a copy of the course: making it leaves files behind."""
    place = tmp_path_factory.mktemp("мой курс")
    for name in sources():
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        more = {"ignore": shutil.ignore_patterns(*GENERATED)} if copy is shutil.copytree else {}
        copy(ROOT / name, place / name, **more)
    made = place / "made"
    run(*PIP, "wheel", "--no-build-isolation", *OFFLINE, "-w", made, place)
    return next(made.glob("*.whl"))


@pytest.fixture(scope="module")
def commands(wheel, tmp_path_factory):
    """The folder of the commands of an environment that has this wheel and nothing else."""
    place = tmp_path_factory.mktemp("fresh environment")
    builder = venv.EnvBuilder(symlinks=not WINDOWS)
    builder.create(place)
    folder = place / ("Scripts" if WINDOWS else "bin")
    python = folder / ("python.exe" if WINDOWS else "python")
    run(*PIP, "--python", python, "install", *OFFLINE, wheel)
    return folder


def run(*words, **more):
    """Run a program to its end and return its output; it must succeed."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    done = subprocess.run(words, timeout=SECONDS, env=clean(), **{**pipes, **more})
    assert done.returncode == 0, done.stdout
    return done.stdout


def clean():
    """Return an environment in which nothing leads back to the course."""
    unwanted = ("PYTHON", "PYTEST", "VIRTUAL_ENV", "PIP_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"PYTHONUTF8": "1"}


@contextlib.contextmanager
def chat_server(commands, folder):
    """Run the installed server; give its process and its port."""
    words = [commands / "chat-server", "-p", "0", "--users", folder / "users.db"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, encoding="utf-8", env=clean(), cwd=folder
    ) as process:
        try:
            while not (port := re.search(r"port (\d+)", process.stdout.readline())):
                assert process.poll() is None
            yield process, port[1]
        finally:
            process.kill()


def test_two_installed_commands_talk_to_each_other(commands, tmp_path):
    with chat_server(commands, tmp_path) as (process, port):
        typed = "/list\n/quit\n"
        said = run(commands / "chat", "-p", port, "-n", "Вася", input=typed, cwd=tmp_path)
        assert "+ Welcome, Вася!" in said
        assert said.endswith("+ Goodbye!\n")
        if not WINDOWS:  # one program cannot send Ctrl+C to another there
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0


def test_they_are_called_by_their_own_names(commands):
    for name in ("chat", "chat-server"):
        assert run(commands / name, "--help").startswith(f"usage: {name} ")


def test_the_wheel_holds_one_package_of_a_name_of_its_own(wheel):
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"messenger_course"}


def test_a_command_that_cannot_connect_says_so_and_fails(commands, tmp_path):
    with chat_server(commands, tmp_path) as (_, port):
        pass
    words = [commands / "chat", "-p", port]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", env=clean(), timeout=60)
    assert done.returncode == 1
    assert re.fullmatch(r"No connection to 127\.0\.0\.1, port \d+: .+\n", done.stderr)
