"""Checks of lesson 12: the server in the terminal, its commands and its settings."""

import configparser
import contextlib
import socket

from course.harness import CheckFailed, check
from course.harness.people import expect_equal
from course.harness.ports import Port
from course.harness.stored import Member, serve


def command(lab, server, line, words):
    """Type a command of the administrator; wait for words on the screen."""
    before = len(server.program.stdout)
    lab.tell("typed", line)
    server.program.type(line + "\n")
    lab.wait_for(lambda: words in server.program.stdout[before:], f"{line} shows: {words}")
    return server.program.stdout[before:]


@check(
    "L12-C12",
    "L12-R4",
    "the administrator's commands online, h, help and exit work while the server serves",
    hint="for line in sys.stdin, in a thread of its own; what it wants to know of the server's "
    "loop it must ask that loop for, not look up itself.",
    after="L03-C01",
)
def admin_commands(lab):
    server, text = serve(lab), lab.text()
    anna, boris = Member(lab, server), Member(lab, server)
    anna.say(boris.name, text)
    here = command(lab, server, "online", boris.name)
    lab.wait_for(lambda: anna.name in server.program.stdout, "online shows both")
    expect_equal("the address is there", "127.0.0.1" in here, True)
    command(lab, server, "h", text)
    for word in ("exit", "online", "help"):
        command(lab, server, "help", word)
    boris.go()
    command(lab, server, "nonsense", "help")
    before = len(server.program.stdout)
    command(lab, server, "online", anna.name)
    if boris.name in server.program.stdout[before:]:
        raise CheckFailed("online: only who is here", boris.name)
    server.program.type("exit\n")
    expect_equal("exit code after exit", lab.expect_end(server.program), 0)
    lab.expect_no_traceback(server.program)


@check(
    "L12-C13",
    "L12-R4",
    "the end of the input ends the commands, not the server",
    hint="When the loop over sys.stdin is over, the thread of the commands ends; that is all.",
    after="L03-C01",
)
def end_of_input(lab):
    server = serve(lab)
    Member(lab, server)
    server.program.end_input()
    lab.tell("", "(the end of the input)")
    if server.program.ends(1.5) is not None:
        raise CheckFailed("the server goes on", "it has ended")
    server.expect_alive()
    server.program.interrupt()
    expect_equal("exit code after Ctrl+C", lab.expect_end(server.program), 0)


@check(
    "L12-C14",
    "L12-R4",
    "Server is a thread; admin_commands, refresh_table and save_config have their places",
    hint="class Server(threading.Thread, metaclass=ServerVerifier). The page says where the "
    "methods are.",
)
def places(lab):
    code = """
import threading
from admin import Admin
from server import Server
from server_desk import Desk
result = [issubclass(Server, threading.Thread), callable(getattr(Admin, "admin_commands", None))]
result += [callable(getattr(Desk, name, None)) for name in ("refresh_table", "save_config")]
"""
    found = lab.probe("Server, Admin.admin_commands, Desk.refresh_table, Desk.save_config", code)
    expect_equal("Server is a thread; three methods are there", found, [True] * 4)


def write_settings(lab, **values):
    """Write a settings file."""
    path = lab.place / "my settings.ini"
    parser = configparser.ConfigParser(interpolation=None)
    parser["server"] = {name: str(value) for name, value in values.items()}
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    return path


@check(
    "L12-C15",
    "L12-R4",
    "--config names the settings file; the command line goes before it, and mistakes are words",
    hint="configparser reads it, section [server]. What argparse has not been given is None: "
    "then the file's value holds.",
    after="L03-C01",
)
def settings_file(lab):
    port, data = Port(), lab.place / "from the file.db"
    values = {"database": f"sqlite:///{data.as_posix()}", "host": "127.0.0.1"}
    values |= {"port": port.number, "server_name": lab.word(), "administrator": "Анна"}
    path = write_settings(lab, **values)
    program = lab.run("server.py", "--no-gui", "--config", str(path))
    lab.wait_for(lambda: answers(port.number) or not program.running(), "it listens", 15)
    port.release()
    expect_equal("it listens on the port of the file", answers(port.number), True)
    expect_equal("the database of the file is there", data.is_file(), True)
    server = lab.server("--config", str(path), "--db", values["database"] + "2")
    welcome = Member(lab, server).peer
    expect_equal("the name of the server is in the welcome", named(lab, server, values), True)
    welcome.close()
    write_settings(lab, **values | {"port": 80})
    program = lab.run("server.py", "--no-gui", "--config", str(path))
    expect_equal("exit code for port 80 in the file", lab.expect_end(program), 1)
    lab.expect_no_traceback(program)


def answers(port):
    """Tell whether somebody listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def named(lab, server, values):
    """Tell whether the welcome of a server has its name."""
    peer = server.connect()
    peer.send(lab.presence())
    return values["server_name"] in str(peer.receive(8).get("alert"))
