"""The command line of the course: `python -m course COMMAND`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before an import fails on an older one
    sys.exit(
        f"The course needs Python 3.11 or newer; this is {sys.version.split()[0]}. Get one from "
        "https://www.python.org/downloads/ and name it, such as: python3.13 -m course setup"
    )

import argparse
import importlib
import signal
from pathlib import Path

from course import console, environment
from course.lessons import ROOT, Course, CourseError

COMMANDS = (
    *("demo", "test", "list", "start", "check", "hint"),
    *("diff", "wire", "compare", "bench", "prove", "lint", "grade", "docs", "setup"),
)


def build_parser():
    """Make the parser: one sub-command for each module of `course/commands`."""
    parser = argparse.ArgumentParser(prog="python -m course", description="The messenger course.")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"course.commands.{name}")
        text = module.__doc__
        command = commands.add_parser(name, help=text.splitlines()[0], description=text)
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        module.add_arguments(command)
        command.set_defaults(run=module.run, environment=getattr(module, "ENVIRONMENT", None))
    return parser


def hear_ctrl_c():
    """Let Ctrl+C reach us, and the programs we start, also where a shell has switched it off."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def run(options, course):
    """Run the command, inside the environment if it wants that."""
    if options.environment and course.root == ROOT and not environment.inside(course):
        if options.environment == "needed":
            environment.ensure(course)
        if environment.is_ready(course):
            return environment.rerun(course)
    return options.run(options, course)


def main():
    """Run one command and exit with its code."""
    console.prepare_streams()
    hear_ctrl_c()
    options = build_parser().parse_args()
    try:
        sys.exit(run(options, Course(options.root.resolve())))
    except CourseError as error:
        sys.exit(f"{console.paint('Error:', 'red')} {error}")
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone
        sys.exit(1)


if __name__ == "__main__":
    main()
