"""The settings of the server: what they are, what is wrong with them, and their INI file."""

import configparser
import contextlib
import ipaddress
import os
import re
import tempfile
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path

from common.engines import default_url
from common.loggers import printable

PROGRAM = "messenger-course"
SECTION = "server"
LONGEST = {"database": 1000, "host": 253, "server_name": 64, "administrator": 64}  # characters
LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


class SettingsError(Exception):
    """The settings cannot be read or written; the words are for people."""


def default_path():
    """Return where the settings are kept on this platform."""
    home = os.environ.get("JIM_HOME")
    return (Path(home) if home else user_config_path(PROGRAM, appauthor=False)) / "server.ini"


def sqlite_url(path):
    """Return how SQLAlchemy calls the database in a file."""
    return f"sqlite:///{Path(path).as_posix()}"


@dataclass(frozen=True)
class Settings:
    """What the server must know before it can start."""

    database: str = field(default_factory=default_url)
    host: str = "127.0.0.1"
    port: int = 7777
    server_name: str = "JIM server"
    administrator: str = "Administrator"

    @classmethod
    def of_texts(cls, texts):
        """Return settings from what was typed; a port that is no number stays as it was typed."""
        known = {each.name for each in fields(cls)}
        values = {name: text.strip() for name, text in texts.items() if name in known}
        if re.fullmatch("[0-9]{1,9}", values.get("port", "")):
            values["port"] = int(values["port"])
        return cls(**values)

    def problems(self):
        """Return the words for each field that is wrong; none of them is: an empty dictionary."""
        found = {name: words_for(name, value) for name, value in asdict(self).items()}
        return {name: words for name, words in found.items() if words}


def words_for(name, value):
    """Return what is wrong with the value of a field, None if it is good."""
    if name == "port":
        return port_problem(value)
    return text_problem(value, LONGEST[name]) or MORE_CHECKS.get(name, nothing_more)(value)


def nothing_more(_):
    """Find nothing wrong: for fields that may hold any text."""
    return None


def text_problem(text, longest):
    """Return what is wrong with a text that people typed, None if it is good."""
    if not text.strip():
        return "must not be empty"
    if len(text) > longest:
        return f"has {len(text)} characters, {longest} are the limit"
    if text != text.strip():
        return "must not begin or end with a space"
    if printable(text) != text:
        return f"holds characters that cannot be seen: {printable(text)}"
    return None


def port_problem(port):
    """Return what is wrong with a port, None if it is good."""
    if isinstance(port, int) and 1024 < port < 65535:
        return None
    return f"must be a number from 1025 to 65534, not {printable(str(port)) or 'nothing'}"


def host_problem(host):
    """Return what is wrong with the form of an address or a host name; nobody is asked for it."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host) and None
    try:
        labels = host.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return "is neither an IP address nor the name of a computer"
    if not all(map(LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return "is neither an IP address nor the name of a computer"
    return None


def database_problem(url):
    """Return what is wrong with the address of a database, None if we understand it."""
    if url.startswith("sqlite:"):
        return sqlite_problem(url)
    if url.startswith("postgresql+psycopg://"):
        return postgresql_problem(url)
    return "must begin with sqlite:/// or postgresql+psycopg://"


def sqlite_problem(url):
    """Return what is wrong with the address of a file, None if we understand it."""
    start, slashes, path = url.partition(":///")
    if start != "sqlite" or not slashes or path in ("", ":memory:") or path.endswith("/"):
        return "must name a file: sqlite:///C:/folder/server.db or sqlite:////folder/server.db"
    if "?" in path:
        return "the path of the file must not hold a question mark"
    return None


def postgresql_problem(url):
    """Return what is wrong with the address of a PostgreSQL database, None if we understand it."""
    try:
        parts = urlsplit(url)
        number = parts.port  # it is read when it is asked for
    except ValueError:
        return "cannot be read: is it …//user:password@host:port/database?"
    if number == 0 or not parts.path.strip("/"):
        return "must name a database: postgresql+psycopg://user:password@host:5432/database"
    return None


MORE_CHECKS = {"database": database_problem, "host": host_problem}


def load(path):
    """Return the settings in a file; what it does not name, and a file not there, is default."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with open(path, encoding="utf-8-sig") as file:  # Notepad puts a mark at the beginning
            parser.read_file(file)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not written in UTF-8") from error
    except configparser.Error as error:
        raise SettingsError(
            f"{path} is no INI file: line {line_of(error)} is not understood"
        ) from error
    return Settings.of_texts(dict(parser[SECTION]) if SECTION in parser else {})


def line_of(error):
    """Return the number of the line at which a parser stumbled first."""
    return error.lineno if hasattr(error, "lineno") else error.errors[0][0]


def save(settings, path):
    """Write settings to a file; who reads it sees the old or the new, never a part."""
    for name, words in settings.problems().items():
        raise SettingsError(f"{name} {words}")
    parser = configparser.ConfigParser(interpolation=None)
    parser[SECTION] = {name: str(value) for name, value in asdict(settings).items()}
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        replace(Path(path), parser.write)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error


def replace(path, write):
    """Write a new file beside the old one, and put it in its place when it is whole.

    Only its owner can read it: the address of a database may hold a password.
    """
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(number, "w", encoding="utf-8") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
