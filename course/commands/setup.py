"""Set up everything the course needs, in .venv.

Makes .venv in the course's folder and installs the packages of pyproject.toml in the versions of
constraints.txt. When nothing has changed since, it does nothing and says nothing.
The commands that need the packages do this by themselves.
"""

from course import environment


def add_arguments(parser):
    """Declare what the command line may say: nothing."""


def run(options, course):
    """Set up."""
    environment.ensure(course)
    return 0
