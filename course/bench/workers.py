"""The processes of the generator, as who starts them sees them."""

import json
import os
import subprocess
import sys

from course import processes
from course.lessons import ROOT

MOST = 4


class Failed(Exception):
    """A scenario could not be carried out; its words are the row's."""


class Workers:
    """Several processes of the generator; each obeys the same orders, in its own part."""

    def __init__(self, count=None):
        count = count or min(MOST, max(2, (os.cpu_count() or 2) - 1))
        command = [sys.executable, "-m", "course.bench.worker"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.processes = []
        try:
            for _ in range(count):  # Ctrl+C is not for them: they end with their input
                with processes.ctrl_c_waits():
                    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes)
                    self.processes.append(process)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()

    def __len__(self):
        return len(self.processes)

    def all_do(self, what, *orders, **order):
        """Give each process an order, its own or the same, and return what they say."""
        orders = orders or [order] * len(self)
        for process, own in zip(self.processes, orders, strict=True):
            process.stdin.write(json.dumps({"do": what} | own).encode() + b"\n")
            process.stdin.flush()
        answers = [json.loads(process.stdout.readline() or b"{}") for process in self.processes]
        for answer in answers:
            if not answer or "error" in answer:
                raise Failed(answer.get("error", "a process of the generator has ended"))
        return answers

    def share(self, total):
        """Divide a number among the processes, as evenly as can be."""
        count = len(self)
        return [total // count + (number < total % count) for number in range(count)]
