"""What the client's windows remember for a user: the last login, and how they look. An INI file."""

import configparser
import contextlib
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from platformdirs import user_config_path

PROGRAM = "messenger-course"
SECTION = "client"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True)
class ClientSettings:
    """The last login, and the choices of the window."""

    address: str = "127.0.0.1"
    port: int = 7777
    name: str = ""
    notify: bool = True
    show_text: bool = True
    theme: str = "system"
    text_size: int = 10


def default_path():
    """Return where the settings are kept on this platform."""
    home = os.environ.get("JIM_HOME")
    return (Path(home) if home else user_config_path(PROGRAM, appauthor=False)) / "client.ini"


def load(path):
    """Read the settings; what is missing or makes no sense is as it is at first."""
    parser = configparser.ConfigParser(interpolation=None)
    with contextlib.suppress(OSError, UnicodeDecodeError, configparser.Error):
        parser.read(path, encoding="utf-8")
    section = parser[SECTION] if parser.has_section(SECTION) else {}
    found = {each.name: value_of(each, section[each.name]) for each in known_in(section)}
    return ClientSettings(**{name: value for name, value in found.items() if value is not None})


def known_in(section):
    """Return the fields that a section of the file has."""
    return [each for each in fields(ClientSettings) if each.name in section]


def value_of(field, text):
    """Return what stands in the file for a field, None if it makes no sense."""
    if field.type is bool:
        return {"True": True, "False": False}.get(text)
    if field.type is int:
        low, high = {"port": (1, 65535), "text_size": (7, 24)}[field.name]
        good = text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high
        return int(text) if good else None
    return text if field.name != "theme" or text in THEMES else None


def save(settings, path):
    """Write the settings: all of them, or, if that fails, none; OSError says why."""
    parser = configparser.ConfigParser(interpolation=None)
    parser[SECTION] = {name: str(value) for name, value in asdict(settings).items()}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        parser.write(file)
    os.replace(file.name, path)
