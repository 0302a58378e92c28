"""Execute the console blocks of pages and compare what they print with what the pages say.

A line `$ COMMAND` is a command, lines `> TEXT` right after it are typed, the rest is its output.
A line `^C` means that it keeps running until the end of the section and is stopped there.
"""

import os
import re
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from itertools import groupby
from pathlib import Path

from course import readme
from course.harness.ports import Port
from course.lessons import GENERATED
from course.lint import Finding, compare, programs
from course.lint.steps import PORT, executable, steps

LIMIT, BEGIN, STOP = 60, 10, 10  # seconds: for a command, for what it prints first, for its end
WORKERS = 2
RUNNING = "COURSE_LINT_RUNNING"  # set for every program of a block: no blocks inside blocks
CONSOLE = re.compile(r"\s*[`~]{3,}\s*(?:console|bash|sh|shell|cmd|powershell)\b")


def check_pages(course, pages, show_progress):
    """Execute the console blocks of pages; return what is wrong, and how many ran and did not."""
    cancelled = threading.Event()
    runs = [PageRun(course, path, cancelled) for path in pages]
    pool = ThreadPoolExecutor(WORKERS)
    try:
        for run, done in [(run, pool.submit(run.execute)) for run in runs]:
            show_progress(f"console blocks of {run.name}")
            while not done.done():
                wait([done], 0.5)  # awake to Ctrl+C on every system
            done.result()
    finally:
        cancelled.set()
        pool.shutdown(cancel_futures=True)
    findings = [finding for run in runs for finding in run.findings]
    return findings, sum(run.executed for run in runs), sum(run.skipped for run in runs)


class PageRun:
    """The console blocks of one page, executed in a copy of the course."""

    def __init__(self, course, path, cancelled):
        self.course, self.path, self.cancelled = course, path, cancelled
        self.name = path.relative_to(course.root).as_posix()
        self.findings, self.executed, self.skipped = [], 0, 0

    def execute(self):
        """Execute the sections in order."""
        text = self.path.read_text(encoding="utf-8")
        blocks = [block for block in readme.blocks(text) if block.language == "console"]
        self.find_others(text, {block.line for block in blocks})
        self.skipped = sum(bool(block.reason) for block in blocks)
        blocks = [block for block in blocks if not block.reason]
        if blocks:
            self.execute_blocks(blocks)

    def find_others(self, text, known):
        """Find blocks that are meant as console blocks and would never be executed."""
        for line, words in enumerate(text.splitlines(), 1):
            if CONSOLE.match(words) and line not in known:
                self.find(line, "begin the line with ```console, so that the block is executed")

    def execute_blocks(self, blocks):
        """Execute blocks in a fresh copy of the course."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            root = Path(folder).resolve() / "course"
            with suppress(shutil.Error):  # another program may just have removed a file of its own
                shutil.copytree(self.course.root, root, ignore=shutil.ignore_patterns(*GENERATED))
            site = Path(folder, "site")
            site.mkdir()
            (site / "sitecustomize.py").write_text(programs.SITE, encoding="utf-8")
            for _, section in groupby(blocks, key=lambda block: block.section):
                SectionRun(self, root, environment(site, folder)).execute(list(section))

    def find(self, line, text):
        """Record a finding."""
        self.findings.append(Finding(self.name, line, text))


def environment(site, home):
    """Return the environment of the programs: plain, in UTF-8, the same on every computer."""
    unwanted = ("PYTHON", "PYTEST", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {
        "PYTHONPATH": str(site),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",  # both output streams in their order, as on a terminal
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "-p no:randomly -p no:cacheprovider",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "QT_QPA_PLATFORM": "offscreen",
        "JIM_HOME": str(home),  # the data of the user are not touched
        RUNNING: "1",
    }


class SectionRun:
    """The blocks of one section: their programs run together and share their ports."""

    def __init__(self, page, root, environment):
        self.page, self.root, self.environment = page, root, environment
        self.ports, self.kept = {}, []  # port on the page -> our port; programs that keep running

    def execute(self, blocks):
        """Execute the blocks, then stop what keeps running, the newest first."""
        with ExitStack() as self.stack:
            done = all(self.execute_block(block) for block in blocks)
            while done and self.kept:
                self.interrupt(*self.kept.pop())

    def execute_block(self, block):
        """Execute the commands of a block; return False if the rest of the section is of no use."""
        self.page.executed += 1
        found = steps(block)
        if not found:
            self.page.find(block.line, "a console block without a line that begins with $")
        return all(self.execute_step(step) for step in found)

    def execute_step(self, step):
        """Execute one command; return False if the rest of the section is of no use."""
        try:
            problem = step.problem()
            program = None if problem else self.start(step)
        except (ValueError, OSError) as error:
            problem = str(error)  # a quotation that does not end, a folder that is not there
        if problem:
            self.page.find(step.line, f"{step.command}: {problem}")
            return False
        return self.run(program, step) if step.before is None else self.keep(program, step)

    def start(self, step):
        """Start a command, with ports of our own."""
        words = [PORT.sub(self.our_port, word) for word in step.words]
        typed = "".join(f"{PORT.sub(self.our_port, text)}\n" for text in step.typed)
        words = executable(words[0]) + words[1:]
        folder = self.root / step.folder
        program = programs.Program(words, folder, self.environment, typed, self.page.cancelled)
        self.stack.callback(program.close)
        return program

    def our_port(self, match):
        """Return the port that stands for one of the page, as text."""
        if match[0] not in self.ports:
            self.ports[match[0]] = port = Port()
            self.stack.callback(port.release)
        return str(self.ports[match[0]].number)

    def as_on_page(self, output):
        """Return an output with the ports and the paths of the page."""
        for written, port in self.ports.items():
            output = re.sub(rf"\b{port.number}\b", written, output)
        return output.replace(f"{self.root}{os.sep}", "").replace(str(self.root), ".")

    def prints(self, program, test, expected):
        """Wait until the output of a program passes a test; tell whether it does."""
        return program.printed(lambda output: test(expected, self.as_on_page(output)), BEGIN)

    def run(self, program, step):
        """Run a command to its end."""
        program.end_input()
        if program.ends(LIMIT):
            return self.judge(program, step)
        text = f"it runs longer than {LIMIT} s; if it is to keep running, say so by a line ^C"
        self.page.find(step.line, f"{step.command}: {text}")
        return False

    def keep(self, program, step):
        """Wait until a program that keeps running has begun to."""
        expected = step.output[: step.before]
        if self.prints(program, compare.begins, expected):
            self.kept.append((program, step))
            return True
        self.report(step, expected, program, "it did not begin as the page says")
        return False

    def interrupt(self, program, step):
        """Stop a program by Ctrl+C once it has printed what comes before that."""
        expected = step.output[: step.before]
        self.prints(program, compare.agrees, expected)
        if not program.running():
            self.report(step, step.output, program, "it ended before Ctrl+C")
            return
        program.interrupt()
        if program.ends(STOP):
            self.judge(program, step)
        else:
            self.page.find(step.line, f"{step.command}: it did not stop within {STOP} s of Ctrl+C")

    def judge(self, program, step):
        """Compare output and exit code of a program that has ended with those on the page."""
        if program.close():
            self.page.find(step.line, f"{step.command}: it left a program running that it started")
        received = self.as_on_page(program.output)
        if not compare.agrees(step.output, received):
            self.report(step, step.output, program, "it prints something else than the page says")
        elif program.exit_code != step.exit_code:
            text = f"exit code {program.exit_code}, not {step.exit_code}: [exit code N] says which"
            self.page.find(step.line, f"{step.command}: {text}")
        return True

    def report(self, step, expected, program, text):
        """Record that a program did not print what it should have."""
        diff = compare.difference(expected, self.as_on_page(program.output))
        self.page.find(step.line, f"{step.command}: {text}\n{diff}".rstrip())
