"""Checks of lesson 4: are there tests, do they pass, and would they notice a mistake?"""

import ast
import re
from concurrent.futures import ThreadPoolExecutor

from course.harness import CheckFailed, CheckSkipped, broken, check
from course.harness.lab import last_words

SUPERSEDED = {}
RAN = re.compile(r"Ran (\d+) tests? in")
JUDGED = ("test_client.py", "test_server.py")
SOLUTION = ("client.py", "server.py", "messages.py")
# Runs the tests of the folder and prints the functions that they call: file and name.
LONG = 300  # seconds that a suite may take, on a machine with other work to do

# Hypothesis must not find fault with tests for the time that our noting costs them.
WATCH = """
import threading, unittest
try:
    from hypothesis import HealthCheck, settings
    settings.register_profile("noted", deadline=None, suppress_health_check=list(HealthCheck))
    settings.load_profile("noted")
except ModuleNotFoundError:
    pass
called = set()
def note(frame, event, _):
    if event == "call":
        called.add((frame.f_code.co_filename, frame.f_code.co_name))
sys.setprofile(note)
threading.setprofile(note)
tests = unittest.main(module=None, argv=["tests"], exit=False)
sys.setprofile(None)
result = tests.result.wasSuccessful(), [list(pair) for pair in called]
"""


def run_tests(lab, *words, folder=None):
    """Run a suite; return the program after its end, and how many tests it had."""
    program = lab.run("-m", "unittest", *words, folder=folder or lab.folder)
    lab.expect_end(program, within=LONG)
    found = RAN.search(program.stderr)
    return program, int(found[1]) if found else 0


def expect_green(lab, program, tests, what):
    """Refuse a suite that is red or empty."""
    if not tests:
        raise CheckFailed(f"{what}: at least one test", last_words(program))
    if program.process.returncode:
        raise CheckFailed(f"{what}: all tests pass", last_words(program, lines=25))


@check(
    "L04-C01",
    "L04-R1",
    "python -m unittest in the folder runs tests, and they pass",
    hint="Files called test_*.py, classes that inherit from unittest.TestCase, methods called "
    "test_*.",
    limit=LONG + 20,
)
def unittest_passes(lab):
    program, tests = run_tests(lab)
    expect_green(lab, program, tests, "python -m unittest")


@check(
    "L04-C02",
    "L04-R1",
    "test_client.py and test_server.py hold tests of their own",
    hint="The two scripts are tested in two files: what belongs to the client in test_client.py.",
)
def both_files_exist(lab):
    for name in JUDGED:
        if not (lab.folder / name).is_file():
            raise CheckFailed(f"a file {name}", "there is none")
        program, tests = run_tests(lab, name.removesuffix(".py"))
        expect_green(lab, program, tests, f"python -m unittest {name.removesuffix('.py')}")


@check(
    "L04-C03",
    "L04-R1",
    "pytest runs them too",
    hint="pytest finds the same files; a test that needs another one to run first fails here.",
    after="L04-C01",
    limit=LONG + 20,
)
def pytest_passes(lab):
    # A variant has modules of the same names, and tests of its own: they need a run of their own.
    variants = [f"--ignore={path.parent.name}" for path in lab.folder.glob("*/server.py")]
    words = "-m", "pytest", "-q", "-p", "no:cacheprovider", *variants
    program = lab.run(*words, folder=lab.folder)
    code = lab.expect_end(program, within=LONG)
    if "No module named pytest" in program.stderr:
        raise CheckSkipped("pytest is missing here; python -m course setup installs it")
    if code:
        raise CheckFailed("python -m pytest: all tests pass", last_words(program, lines=25))


@check(
    "L04-C04",
    "L04-R1",
    "the tests pass on the right solution of lesson 3",
    hint="A test may rely on the published functions only, and on what lesson 3's table says "
    "of them. Tests of helpers of your own go to other files than test_client.py and "
    "test_server.py.",
)
def right_solution_passes(lab):
    use_solution(lab, lab.course.lesson(3).folder, lab.folder)
    program, tests = run_tests(lab, *modules())
    expect_green(lab, program, tests, "your tests on the right solution")


def modules():
    """Return the names of the judged test modules."""
    return [name.removesuffix(".py") for name in JUDGED]


def use_solution(lab, solution, folder):
    """Put another solution of lesson 3 in place of the folder's own."""
    for name in SOLUTION:
        (folder / name).write_bytes((solution / name).read_bytes())


@check(
    "L04-C05",
    "L04-R1",
    "the tests notice the usual mistakes",
    hint="For each mistake in the list, write the test that would be red, make the mistake in "
    "your code, see it red, and take the mistake back.",
    after="L04-C04",
    limit=60,
)
def mistakes_are_noticed(lab):
    versions = [v for v in broken.read(lab.course, lab.course.lesson(3)) if v.unit]
    with ThreadPoolExecutor(4) as pool:
        noticed = list(pool.map(lambda version: notices(lab, version), versions))
    overlooked = [v.what for v, seen in zip(versions, noticed, strict=True) if not seen]
    if overlooked:
        mistakes = "\n".join(f"- {what}" for what in overlooked)
        raise CheckFailed("red tests for every usual mistake", f"green ones for these:\n{mistakes}")


def notices(lab, version):
    """Tell whether the tests fail on a known-bad solution."""
    place = lab.place / re.sub(r"\W+", "-", version.name)
    version.make(place / "solution")
    (place / "tests").mkdir()
    for path in lab.folder.glob("*.py"):
        (place / "tests" / path.name).write_bytes(path.read_bytes())
    use_solution(lab, place / "solution", place / "tests")
    program, _ = run_tests(lab, *modules(), folder=place / "tests")
    return program.process.returncode != 0


@check(
    "L04-C06",
    "L04-R1",
    "every function of the scripts is called by a test",
    hint="Go through your scripts from top to bottom: which function has no test yet?",
    after="L04-C01",
    limit=LONG + 20,
)
def every_function_is_called(lab):
    passed, pairs = lab.probe("your tests, noting what they call", WATCH, within=LONG)
    if not passed:
        raise CheckFailed("python -m unittest in the folder: all tests pass", "some fail")
    called, missing = set(map(tuple, pairs)), []
    for name in SOLUTION:
        path = lab.folder / name
        if path.is_file():
            functions = functions_of(path)
            missing += [f"{name}: {f}" for f in functions if (str(path), f) not in called]
    if missing:
        raise CheckFailed("a test that calls each function", "no test calls " + ", ".join(missing))


def functions_of(path):
    """Return the names of the functions that a file defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@check(
    "L04-C07",
    "L04-R2",
    "the homework in homework/ has tests that pass",
    hint="homework/__init__.py (it may be empty) makes the folder a package: python -m "
    "unittest then finds its test_*.py too. Import as: from homework.tasks import …",
)
def homework_is_tested(lab):
    if not (lab.folder / "homework").is_dir():
        raise CheckFailed("a folder homework", "there is none")
    tests = sorted((lab.folder / "homework").glob("test_*.py"))
    names = [f"homework.{path.stem}" for path in tests]
    if not names:
        raise CheckFailed("files homework/test_*.py", "there is none")
    program, tests = run_tests(lab, *names)
    expect_green(lab, program, tests, "the homework")


# Replaces every function by one that does nothing: whoever tests it must notice.
LAZY = """

def _lazy(*args, **kwargs):
    return None
{name} = _lazy
"""


@check(
    "L04-C08",
    "L04-R2",
    "the homework's tests notice a function that does nothing",
    hint="assertEqual(function(arguments), what you worked out by hand), for every function.",
    after="L04-C07",
)
def homework_tests_can_fail(lab):
    folder = lab.folder / "homework"
    tests = [f"homework.{path.stem}" for path in sorted(folder.glob("test_*.py"))]
    for path in sorted(folder.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        for name in [] if path.name.startswith("test_") else functions_of(path):
            path.write_text(source + LAZY.format(name=name), encoding="utf-8")
            program, _ = run_tests(lab, *tests)
            if program.process.returncode == 0:
                received = f"green ones when {path.name}: {name}() does nothing"
                raise CheckFailed("red tests", received)
        path.write_text(source, encoding="utf-8")
