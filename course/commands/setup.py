"""Set up everything the course needs, in .venv.

Makes .venv in the course's folder and installs the packages of pyproject.toml in the versions of
constraints.txt. When nothing has changed since, it does nothing and says nothing.
The commands that need the packages do this by themselves.
With --system it first installs what is no Python package: PostgreSQL for the tests of storage, and
the libraries that windows need.
"""

from course import environment, system


def add_arguments(parser):
    """Declare what the command line may say."""
    parser.add_argument(
        "--system", action="store_true", help="also PostgreSQL and Qt's libraries, with apt-get"
    )


def run(options, course):
    """Set up."""
    if options.system:
        system.install()
    environment.ensure(course)
    return 0
