"""A PostgreSQL server for tests: of its own, in a temporary folder, without a port."""

import atexit
import glob
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

REQUIRED = "COURSE_REQUIRE_POSTGRESQL"  # set by .ci/run: there, a skipped test is a failed one
HOW_TO_GET_IT = "get it with: python3 -m course setup --system"
ORDINARY_USERS = ("postgres", "nobody")  # initdb refuses to work for root
SETTINGS = (
    *("fsync=off", "full_page_writes=off"),  # faster; nothing here must survive a power cut
    *("listen_addresses=", "log_checkpoints=off", "log_min_messages=log"),
)

servers = []  # the one that runs, if any
numbers = itertools.count(1)


def new_url():
    """Return the address of an empty database; start the server if it does not run yet."""
    if not servers:
        servers.append(Server(find_programs()))
    return servers[0].new_url()


def find_programs():
    """Return the folder of PostgreSQL's programs; skip the test where there is none."""
    if os.name == "nt":
        give_up("these tests reach PostgreSQL through a Unix socket, which Windows lacks")
    folders = [*sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True), *os.get_exec_path()]
    for folder in map(Path, folders):
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    return give_up(f"PostgreSQL (initdb, postgres) is not installed; {HOW_TO_GET_IT}")


def give_up(reason):
    """Skip the test, or fail where skipping is not allowed."""
    if os.environ.get(REQUIRED):
        raise AssertionError(f"{reason} ({REQUIRED} is set)")
    raise unittest.SkipTest(reason)


class Server:
    """A running server; it ends with the program that started it."""

    def __init__(self, programs):
        self.folder = tempfile.mkdtemp(prefix="jim-")  # short: the name of a socket has 107 bytes
        self.as_user = ordinary_user(self.folder)
        atexit.register(self.stop)
        self.run(programs / "initdb", "-A", "trust", "-U", "jim", "-E", "UTF8", "--locale=C", "-N")
        words = [word for setting in SETTINGS for word in ("-c", setting)]
        command = [programs / "postgres", "-D", self.data, "-k", self.folder, *words]
        self.process = subprocess.Popen(
            command,
            **{"stderr": subprocess.PIPE, "encoding": "utf-8", "errors": "replace"},
            **{"cwd": self.folder, **self.as_user},
        )
        self.wait_until_ready()

    @property
    def data(self):
        """Return where the server keeps its data."""
        return os.path.join(self.folder, "data")

    def run(self, *command):
        """Run a program on the data, and show what it says if it fails."""
        result = subprocess.run(
            [*command, "-D", self.data],
            **{"capture_output": True, "encoding": "utf-8", "timeout": 120},
            **{"cwd": self.folder, **self.as_user},
        )
        assert result.returncode == 0, result.stdout + result.stderr

    def wait_until_ready(self):
        """Read what the server says until it says that it is ready."""
        said = []
        for line in self.process.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                return
        raise AssertionError("PostgreSQL has not started:\n" + "".join(said))

    def new_url(self):
        """Return the address of a new schema: as good as a database of its own, and made faster."""
        import psycopg  # where it is missing, the tests that need it say so

        name = f"test{next(numbers)}"
        with psycopg.connect(f"host={self.folder} user=jim dbname=postgres") as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        path = f"options=-csearch_path%3D{name}"
        return f"postgresql+psycopg://jim@/postgres?host={self.folder}&{path}"

    def stop(self):
        """End the server and remove its folder."""
        if hasattr(self, "process"):
            self.process.send_signal(signal.SIGINT)  # do not wait for connections
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def ordinary_user(folder):
    """Give a folder to an ordinary user if we are root, and return how a program runs as that."""
    if os.geteuid() != 0:
        return {}
    import pwd  # only where there is a root

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = next(known[name] for name in ORDINARY_USERS if name in known)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
