"""Give every lesson its own `server` and `client`, and run its checks beside its tests.

The folders of the lessons hold modules of the same names. So while a file of a lesson is collected,
and while one of its tests runs, its folder stands first on `sys.path`, and `sys.modules` holds its
modules and no other lesson's: random order and `mock.patch("server.x")` find the right ones.
"""

import atexit
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from course.harness import report, suite
from course.lessons import Course

ROOT = Path(__file__).resolve().parent
# These run all tests of a lesson: as pytest does right now, and as L04-C06 does with unittest.
REPEATED = {"L04-C01", "L04-C03"}
LESSON = re.compile(r"lesson(\d\d)")
SEED = 1
modules_of = {}  # folder -> {name: module}, kept between the turns of a folder

# What a server or a client keeps must not lie about in the folders of the user.
os.environ["JIM_HOME"] = tempfile.mkdtemp(prefix="course home ")
atexit.register(shutil.rmtree, os.environ["JIM_HOME"], ignore_errors=True)

# A machine may have much else to do: how long examples take is no verdict on a test.
with contextlib.suppress(ModuleNotFoundError):
    from hypothesis import HealthCheck, settings

    settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("course")

if threading.current_thread() is threading.main_thread():
    # A shell that starts us in the background makes Ctrl+C deaf, and our programs would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def lesson_folder(path):
    """Return the folder from which the modules of a file are imported, None outside the lessons."""
    path = Path(path)
    if ROOT not in path.parents or not LESSON.fullmatch(path.relative_to(ROOT).parts[0]):
        return None
    folder = path if path.is_dir() else path.parent
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def from_a_lesson(module):
    """Tell whether a module was loaded from a lesson's folder."""
    return (getattr(module, "__file__", None) or "").startswith(str(ROOT / "lesson"))


def take_out(unwanted):
    """Take modules out of `sys.modules` and return them."""
    names = [name for name, module in list(sys.modules.items()) if unwanted(name, module)]
    return {name: sys.modules.pop(name) for name in names}


@contextlib.contextmanager
def at_home(folder):
    """Let a lesson's folder be the one whose modules are seen."""
    if folder is None:
        yield
        return
    path = list(sys.path)
    sys.path.insert(0, str(folder))
    siblings = {path.stem for path in folder.iterdir()}
    strangers = take_out(lambda name, _: name.partition(".")[0] in siblings)
    sys.modules.update(modules_of.get(folder, {}))
    try:
        yield
    finally:
        sys.path[:] = path
        modules_of[folder] = take_out(lambda _, module: from_a_lesson(module))
        sys.modules.update(strangers)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Import a test file where its lesson's modules are seen."""
    path = getattr(collector, "path", None)
    with at_home(lesson_folder(path) if path and path.is_file() else None):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Run a test where its lesson's modules are seen."""
    with at_home(lesson_folder(item.path)):
        return (yield)


def pytest_collect_file(file_path, parent):
    """Collect the checks of a lesson with its page."""
    if file_path.name == "README.md" and LESSON.fullmatch(file_path.parent.name):
        return Checks.from_parent(parent, path=file_path)
    return None


class Checks(pytest.File):
    """The checks of a lesson, run on the lesson itself, all at once."""

    def collect(self):
        """Make an item of each check."""
        self.number = int(LESSON.fullmatch(self.path.parent.name)[1])
        self.results, self.done = {}, threading.Condition()
        self.runner = None
        for check in suite.checks_for(Course(ROOT), self.number):
            if self.number > 4 and check.id in REPEATED:
                continue
            yield CheckItem.from_parent(self, name=str(check), check=check)

    def result(self, check):
        """Return the result of a check; the first call starts them all."""
        if self.runner is None:
            wanted = {item.check.id for item in self.session.items if item.parent is self}
            self.runner = threading.Thread(target=self._run, args=(wanted,), daemon=True)
            self.runner.start()
        with self.done:
            self.done.wait_for(lambda: check.id in self.results, timeout=600)
        return self.results[check.id]

    def _run(self, wanted):
        checks = [c for c in suite.checks_for(Course(ROOT), self.number) if c.id in wanted]
        folder = self.path.parent
        suite.run_checks(Course(ROOT), checks, folder, self.number, SEED, report=self._note)

    def _note(self, result):
        with self.done:
            self.results[result.check.id] = result
            self.done.notify_all()


class CheckItem(pytest.Item):
    """One check of a lesson."""

    def __init__(self, *, check, **rest):
        super().__init__(**rest)
        self.check = check

    def runtest(self):
        """Wait for the result and judge it."""
        result = self.parent.result(self.check)
        if result.status == "skip":
            pytest.skip(result.received)
        if result.status == "FAIL":
            raise AssertionError(report.details(result))

    def repr_failure(self, excinfo, style=None):
        """Show the story of the check instead of a traceback through its machinery."""
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        """Say where the check comes from."""
        return self.path, None, self.name
