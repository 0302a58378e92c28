"""Taught in lesson 10. Metaclasses: the class of a client must not listen, a server's not connect.

What is judged: every function that a class and its bases hold, with all that stands inside it. Not
judged: bases from the standard library (threading.Thread), and functions outside the class.
To load a forbidden name is enough, it need not be called: so an alias cannot hide it.
"""

import dis
import functools
import sys
from pathlib import Path
from types import CellType, CodeType, FunctionType

LISTENING = frozenset({"accept", "listen", "create_server"})
CONNECTING = frozenset({"connect", "connect_ex", "create_connection"})
NOT_TCP = frozenset({"SOCK_DGRAM", "SOCK_RAW"})
TCP = frozenset({"SOCK_STREAM", "create_server", "create_connection"})
BY_TEXT = frozenset({"getattr", "__getattribute__", "attrgetter", "methodcaller"})
HOLDERS = (property, functools.partial, functools.partialmethod, functools.cached_property)
HELD = ("fget", "fset", "fdel", "func")
EMPTY = CellType()  # of a name that an inner function shares, and that has no value yet


class SocketVerifier(type):
    """Refuse a class that loads a forbidden name, or makes no TCP socket."""

    _forbidden = frozenset()

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)
        judge(cls, type(cls)._forbidden)


class ClientVerifier(SocketVerifier):
    """The metaclass of clients: they never wait for others to come."""

    _forbidden = LISTENING


class ServerVerifier(SocketVerifier):
    """The metaclass of servers: they never go to others."""

    _forbidden = CONNECTING


def judge(cls, forbidden):
    """Raise TypeError if a class loads a forbidden name, or makes no TCP socket."""
    loaded = set()
    for method, code in codes_of(cls):
        for name, line in names_in(code):
            if name in forbidden | NOT_TCP:
                place = f"{method}, {Path(code.co_filename).name}:{line}"
                raise TypeError(f"{cls.__name__} must not use {name}: {place}")
            loaded.add(name)
    if not loaded & TCP:
        ways = " or ".join(sorted(TCP - forbidden))
        raise TypeError(f"{cls.__name__} must make a TCP socket: {ways} in one of its methods")


def codes_of(cls):
    """Yield (name of the method, code) for all code of a class and of its bases."""
    for owner in cls.__mro__:
        if owner is cls or not from_standard_library(owner):
            for name, value in vars(owner).items():
                for function in functions_in(value, set()):
                    for code in with_inner(function.__code__):
                        yield f"{owner.__name__}.{name}", code


def from_standard_library(cls):
    """Tell whether a class came with Python."""
    top = cls.__module__.partition(".")[0]
    return top in sys.stdlib_module_names


def functions_in(value, seen):
    """Yield the function that a value is, and those that it wraps or holds."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, FunctionType):
        yield value
    for inner in held_by(value):
        yield from functions_in(inner, seen)


def held_by(value):
    """Yield what is inside a property, a static method, a decorated function and the like."""
    yield getattr(value, "__wrapped__", None)
    if isinstance(value, HOLDERS):
        yield from (getattr(value, name, None) for name in HELD)
    if isinstance(value, FunctionType):
        cells = value.__closure__ or ()
        yield from (cell.cell_contents for cell in cells if cell != EMPTY)


def with_inner(code):
    """Yield a code and all inside it: functions, lambdas, comprehensions, classes."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from with_inner(constant)


def names_in(code):
    """Yield (name, line) for each global and attribute that a code loads, also by getattr."""
    # By dis.hasname and not by opname: LOAD_METHOD and others come and go with Python's versions.
    wanted = dis.hasname + (dis.hasconst if BY_TEXT.intersection(code.co_names) else [])
    for step in dis.get_instructions(code):
        if step.opcode in wanted and not step.opname.startswith(("STORE", "DELETE")):
            yield step.argval, step.positions.lineno
