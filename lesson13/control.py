"""What an administrator can do with the server, in a window or in a terminal."""

import dataclasses
import time
from pathlib import Path

from log.server_log_config import logger
from settings import Settings, SettingsError, default_path, load

from common.names import is_account_name
from common.records import StorageError
from common.server_control import ControlError, Online
from common.storage import Storage


class Control:
    """Starts and stops a server and its storage, and asks both."""

    def __init__(self, make_server, on_listening=print):
        self.make_server = make_server
        self.on_listening = on_listening  # is told the port when the server has begun
        self.server = None
        self.storage = None

    @property
    def running(self):
        """Tell whether the server serves."""
        return bool(self.server and self.server.is_alive())

    @property
    def address(self):
        """Where it listens: host and port; None if it does not."""
        return self.server.address if self.running else None

    def start(self, settings):
        """Open the storage and start the server; it listens when this returns."""
        if self.running:
            raise ControlError("it runs already")
        self.stop()
        try:
            self.storage = Storage(settings.database)
            arguments = settings.host, settings.port, self.storage, settings.server_name
            self.server = self.make_server(*arguments)
            self.on_listening(self.server.address[1])
        except StorageError as error:
            raise ControlError(str(error)) from error
        except (OSError, ValueError) as error:  # a host or a port that cannot be one, too
            self.stop()
            where = f"{settings.host or 'all addresses'}, port {settings.port}"
            raise ControlError(f"Cannot start on {where}: {error}") from error
        self.server.start()

    def stop(self):
        """Stop the server if it runs, and close the storage."""
        if self.server:
            self.server.stop()
        if self.storage:
            self.storage.close()
        self.server = self.storage = None

    # Questions

    def online(self):
        """Return who is here."""
        return [Online(*row) for row in self.ask_server("online")] if self.running else []

    def clients(self):
        """Return all accounts with their figures."""
        return self.read("clients") if self.storage else []

    def history(self, limit):
        """Return the last messages of all."""
        return self.read("history", limit) if self.storage else []

    def ask_server(self, verb, *arguments):
        """Ask the server, in whose thread something may take long, or that may just end."""
        try:
            return getattr(self.server, verb)(*arguments)
        except TimeoutError as error:
            raise ControlError("the server does not answer") from error

    def read(self, verb, *arguments):
        """Ask the storage; its troubles are an administrator's, too."""
        if not self.storage:
            raise ControlError("the server does not run")
        try:
            return getattr(self.storage, verb)(*arguments)
        except StorageError as error:
            logger.error("%s: %s", verb, error)
            raise ControlError(str(error)) from error

    # Deeds

    def register(self, name):
        """Make an account known before it first comes."""
        if not is_account_name(name):
            raise ControlError("a name has 1 to 25 letters of one alphabet and digits")
        if not self.read("register", name, time.time()):
            raise ControlError(f"{name} is known already")

    def remove(self, name):
        """Forget an account, and part with whoever uses it."""
        self.disconnect_if_here(name)
        if not self.read("remove", name):
            raise ControlError(f"there is no {name}")

    def disconnect(self, name):
        """End somebody's connection."""
        if not self.disconnect_if_here(name):
            raise ControlError(f"{name} is not here")

    def disconnect_if_here(self, name):
        """End somebody's connection; tell whether there was one."""
        return self.running and self.ask_server("disconnect", name)


def settings_of(args):
    """Return the settings of the file, if there is one; the command line goes before it."""
    path = Path(args.config or default_path())
    saved = load_checked(path) if path.is_file() or args.config else Settings(host="")
    return dataclasses.replace(saved, **said(args))


def load_checked(path):
    """Return the settings in a file; there is no form here that could mark what is wrong."""
    settings = load(path)
    for name, words in settings.problems().items():
        raise SettingsError(f"{path}: {name} {words}")
    return settings


def said(args):
    """Return the settings that the command line names."""
    values = {"database": args.db, "host": args.addr, "port": args.port}
    return {name: value for name, value in values.items() if value is not None}
