"""A server under load: a copy of its folder, its process, and what that uses."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from course import environment, processes
from course.bench.lines import connect
from course.harness import program
from course.harness.ports import Port
from course.lessons import CourseError

KEPT_OUT = shutil.ignore_patterns("*.log*", "test_*.py", ".pytest_cache", ".hypothesis")
START = 20  # seconds until it listens
BENCH = Path(__file__).resolve().parent


def python(course):
    """Return the Python that has the packages of the later lessons, where there is one."""
    return environment.python(course) if environment.is_ready(course) else program.sys.executable


class Server:
    """One server that runs, in a copy of its folder: logs and databases end with it."""

    def __init__(self, course, kind):
        self.kind = kind
        self.place = tempfile.TemporaryDirectory(prefix="course bench ", ignore_cleanup_errors=True)
        self.port = Port()
        self.folder = Path(self.place.name)
        self.said = self.folder / "said.txt"
        self.process = None
        address = [kind.address, "127.0.0.1", "-p", str(self.port.number)]
        self.command = [python(course), self.copy(course.root), *address, *kind.options]

    def copy(self, root):
        """Copy what the server consists of; return where its script is."""
        script = Path(self.kind.script)
        if self.kind.wire == "relay":
            return BENCH / script
        for name in (script.parts[0], "common"):
            if (root / name).is_dir():
                shutil.copytree(root / name, self.folder / name, ignore=KEPT_OUT)
        return self.folder / script

    def start(self):
        """Start it; what it says goes into a file, for reading it would take our time."""
        env = program.environment(changes={"JIM_HOME": str(self.folder / "home")})
        with processes.ctrl_c_waits(), open(self.said, "wb") as said:
            self.process = subprocess.Popen(
                self.command,
                **{"cwd": self.folder, "env": env, "start_new_session": True},
                **{"stdin": subprocess.PIPE, "stdout": said, "stderr": said},
            )

    def __enter__(self):
        try:
            self.start()
            self.wait_until_it_listens()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
            program.kill_group(self.process.pid)
            self.process.stdin.close()
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
            said = self.said.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise CourseError(f"it does not listen: {''.join(said)}")

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
