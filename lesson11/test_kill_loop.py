"""Tests of kill_loop.py: a short run, and that it finds the faults that are planted."""

import contextlib
import io
import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import kill_loop

TIMES = os.environ.get("COURSE_KILLS", "20")  # a longer run: COURSE_KILLS=300 pytest lesson11/
SCRIPT = Path(__file__).with_name("kill_loop.py")


def run(*words):
    """Run the loop to its end; return exit code and output."""
    result = subprocess.run(
        [sys.executable, SCRIPT, *words],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},
        **{"encoding": "utf-8", "errors": "replace", "timeout": 300},
    )
    return result.returncode, result.stdout


class KillLoopTest(unittest.TestCase):
    def test_what_was_answered_outlives_a_killed_writer(self):
        code, output = run("--times", TIMES)
        self.assertEqual(code, 0, output)
        self.assertRegex(output, rf"^{TIMES} kills in \d+ s: [1-9]\d* messages were answered")

    def test_it_finds_each_planted_fault(self):
        for fault in kill_loop.FAULTS:
            with self.subTest(fault=fault):
                code, output = run("--times", "20", "--fault", fault)
                self.assertEqual(code, 0, output)
                self.assertRegex(output, "^The planted fault was found: .* are here")

    def test_a_run_that_misses_its_fault_has_failed(self):
        self.enterContext(mock.patch.object(kill_loop, "run", return_value="nothing was seen"))
        self.enterContext(mock.patch.object(kill_loop, "plant"))
        self.enterContext(mock.patch.object(kill_loop, "prepare_children"))
        for words, code in (([], 0), (["--fault", "no-unique"], 1)):
            argv = mock.patch.object(sys, "argv", ["kill_loop.py", *words])
            with self.subTest(words=words), argv, contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(kill_loop.main(), code)


if __name__ == "__main__":
    unittest.main()
