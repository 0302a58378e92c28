"""A server under load: a copy of its folder, its process, and what that uses."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from course import environment
from course.bench.wires import connect
from course.harness import program
from course.harness.ports import Port
from course.lessons import CourseError

KEPT_OUT = shutil.ignore_patterns("*.log*", "test_*.py", ".pytest_cache", ".hypothesis")
START = 20  # seconds until it listens
BENCH = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Kind:
    """A server of the course: where it is, how it is started, and which wire it speaks."""

    name: str
    script: str  # within the course
    wire: str
    serves: tuple  # the forms of talk: answers, private, room, idle
    options: tuple = ()
    address: str = "-a"
    lesson: int = 0


def python(course):
    """Return the Python that has the packages of the later lessons, where there is one."""
    return environment.python(course) if environment.is_ready(course) else program.sys.executable


class Server:
    """One server that runs, in a copy of its folder: logs and databases end with it."""

    def __init__(self, course, kind):
        self.kind = kind
        self.place = tempfile.TemporaryDirectory(prefix="course bench ", ignore_cleanup_errors=True)
        self.port = Port()
        folder, env = Path(self.place.name), {"JIM_HOME": str(Path(self.place.name, "home"))}
        script = self.copy(course, folder)
        words = [script, kind.address, "127.0.0.1", "-p", str(self.port.number), *kind.options]
        self.said = open(folder / "said.txt", "wb")  # noqa: SIM115 - closed in __exit__
        self.process = subprocess.Popen(
            [python(course), *words],
            **{"cwd": folder, "env": program.environment(changes=env)},
            **{"stdin": subprocess.PIPE, "stdout": self.said, "stderr": self.said},
            start_new_session=True,
        )

    def copy(self, course, folder):
        """Copy what the server consists of; return where its script is."""
        script = Path(self.kind.script)
        if self.kind.wire == "relay":
            return BENCH / script.name
        top = script.parts[0]
        for name in (top, "common"):
            if (course.root / name).is_dir():
                shutil.copytree(course.root / name, folder / name, ignore=KEPT_OUT)
        return folder / script

    def __enter__(self):
        try:
            self.wait_until_it_listens()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        program.kill_group(self.process.pid)
        self.process.stdin.close()
        self.said.close()
        self.port.release()
        self.place.cleanup()

    def wait_until_it_listens(self):
        """Connect until somebody answers the door."""
        until = time.monotonic() + START
        while True:
            try:
                connect(self.port.number).close()
                return
            except OSError:
                self.explain(until)
            time.sleep(0.01)

    def explain(self, until):
        """Raise CourseError if the server has ended or takes too long."""
        if self.process.poll() is not None or time.monotonic() > until:
            said = Path(self.said.name).read_text("utf-8", "replace").strip()[-300:]
            raise CourseError(f"it does not listen: {said}")

    def used(self):
        """Return the processor time that its processes have used, in seconds, threads included."""
        return sum(map(processor_time, self.processes()))

    def memory(self):
        """Return the resident memory of its processes, in KB."""
        return sum(map(resident, self.processes()))

    def processes(self):
        """Return the numbers of the server's processes: those of its group."""
        stats = ((path, read_stat(path)) for path in Path("/proc").glob("[0-9]*/stat"))
        return [int(path.parent.name) for path, stat in stats if stat[2:3] == [self.group]]

    @property
    def group(self):
        """Return the number of its process group, as /proc writes it."""
        return str(self.process.pid)


def read_stat(path):
    """Return the fields of a process that follow its name; none if it has just ended."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def processor_time(pid):
    """Return user and system time of a process: its own clock counts to the nanosecond."""
    return time.clock_gettime(~pid << 3 | 2)  # so Linux numbers the clock; see clock_getcpuclockid


def resident(pid):
    """Return the resident memory of a process, in KB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def kinds(course):
    """Return the floor, then every server of the course, in order."""
    found = [Kind("floor: a bare relay", "relay.py", "relay", ALL)]
    for lesson in course.lessons():
        if (lesson.folder / "server.py").is_file():
            found.append(of_lesson(lesson))
        found += [kind for kind in VARIANTS if kind.lesson == lesson.number]
    return found


def of_lesson(lesson):
    """Return the server of a lesson: what it serves, and how, has grown with the lessons."""
    first = max(number for number in GROWN if number <= lesson.number)
    wire, serves, options = GROWN[first]
    script = f"{lesson.name}/server.py"
    return Kind(f"lesson {lesson.number}", script, wire, serves, options, lesson=lesson.number)


ALL = ("answers", "private", "room", "idle")
GROWN = {  # from this lesson on: its wire, the forms of talk it serves, and its options
    3: ("presence", ("answers",), ()),
    7: ("jim", ("room", "idle"), ()),
    8: ("jim", ("private", "room", "idle"), ()),
    9: ("rooms", ("private", "room", "idle"), ()),
    12: ("rooms", ("private", "room", "idle"), ("--no-gui",)),
}
VARIANTS = (
    Kind(
        *("selectors_chat", "lesson07/selectors_chat/server.py", "header", ("room", "idle")),
        lesson=7,
    ),
    Kind(
        *("broadcast_chat", "lesson08/broadcast_chat/server.py", "lines", ("room", "idle")),
        lesson=8,
    ),
    Kind(
        *("private_chat", "lesson08/private_chat/server.py", "partners"),
        *(("private", "room", "idle"), ("--users", "users.sqlite"), "-i", 8),
    ),
)
