"""The administrator's commands in the terminal, read in a thread of their own."""

import threading
import time

from common.loggers import printable
from common.server_control import ControlError

LATEST = 32503680000  # the year 3000: some systems know no later time
MESSAGES = 20  # that h shows
HELP = """online           who is here, from where, since when
clients          all accounts
h [NUMBER]       history: the last messages, 20 if no number is given
register NAME    make an account known
remove NAME      forget an account and what it wrote
disconnect NAME  end somebody's connection
help             this
exit             stop the server; Ctrl+C does the same"""


class Admin:
    """Reads commands, line by line, and carries them out."""

    def __init__(self, control, lines, on_exit, show=print):
        self.control = control
        self.lines = lines or ()  # where the commands come from: sys.stdin, or a list
        self.on_exit = on_exit  # what to do when somebody says exit
        self.show = show

    def start(self):
        """Read the commands in a thread; as a daemon, for nobody can wake it at the keyboard."""
        threading.Thread(target=self.admin_commands, name="admin", daemon=True).start()

    def admin_commands(self):
        """Do what is typed until exit; the end of the input ends the commands, not the server."""
        for line in self.lines:
            words = line.split(maxsplit=1)
            if words[:1] == ["exit"]:
                self.on_exit()
                return
            if words:
                self.obey(*words)

    def obey(self, command, rest=""):
        """Carry out one command."""
        if command not in self.commands:
            self.say(f"{command} is not a command; type: help")
            return
        try:
            self.commands[command](self, rest.strip())
        except ControlError as error:
            self.say(str(error))

    def say(self, text):
        """Show a line; what came from the network cannot control the terminal."""
        self.show(printable(text))

    def online(self, _):
        """Show who is here."""
        rows = self.control.online()
        for row in rows:
            self.say(f"{row.name:25} {row.address:15} since {moment(row.since)}")
        self.say(f"{len(rows)} online")

    def clients(self, _):
        """Show all accounts."""
        rows = self.control.clients()
        for row in rows:
            last = moment(row.last_login) if row.last_login else "never"
            self.say(f"{row.name:25} {last:19} {row.sent} sent, {row.received} received")
        self.say(f"{len(rows)} accounts")

    def history(self, rest):
        """Show the last messages."""
        if rest and not (rest.isdecimal() and len(rest) < 6 and 1 <= int(rest) <= 10_000):
            self.say(f"{rest} is not a number from 1 to 10000")
            return
        for row in self.control.history(int(rest or MESSAGES)):
            self.say(f"{moment(row.moment)} {row.sender} to {row.recipient}: {row.text}")

    def register(self, name):
        """Make an account known."""
        self.control.register(name)
        self.say(f"{name} is registered")

    def remove(self, name):
        """Forget an account."""
        self.control.remove(name)
        self.say(f"{name} is removed")

    def disconnect(self, name):
        """End somebody's connection."""
        self.control.disconnect(name)
        self.say(f"{name} is disconnected")

    def help(self, _):
        """Show the commands."""
        for line in HELP.splitlines():
            self.show(line)

    commands = {
        "online": online,
        "clients": clients,
        "h": history,
        "register": register,
        "remove": remove,
        "disconnect": disconnect,
        "help": help,
    }


def moment(seconds):
    """Return a time as a clock and a calendar here show it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(min(max(seconds, 0), LATEST)))
