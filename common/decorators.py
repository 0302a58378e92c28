"""Taught in lesson 06. A decorator that writes down who calls what."""

import functools
import inspect
import logging
import re

SECRET = re.compile("pass|pwd|secret|token|private|credential", re.IGNORECASE)
PLAIN = (str, int, float, bool, type(None))  # these are shown; of other things only the type
LONGEST = 60  # characters of one argument
DEEPEST = 8  # dictionaries and lists inside each other

calls = logging.getLogger("messenger.calls")


def log(function):
    """Log each call of the function: its name, its arguments, and who called it."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def logged(*args, **kwargs):
        if calls.isEnabledFor(logging.DEBUG):
            caller = inspect.currentframe().f_back
            note_call(function, describe(signature, args, kwargs), caller)
        return function(*args, **kwargs)

    return logged


def note_call(function, arguments, caller):
    """Write the line, under the name of the module that the call stands in."""
    name = caller.f_code.co_name if caller else "outside Python"
    text = "Function %s(%s) called from function %s"
    calls.debug(text, function.__name__, arguments, name, stacklevel=3)


def describe(signature, args, kwargs):
    """Return the arguments of a call as text, each with its name."""
    try:
        arguments = signature.bind(*args, **kwargs).arguments
    except TypeError:
        return "wrong arguments"  # the call itself is about to say so
    safe = hide_secrets(arguments)
    return ", ".join(f"{name}={shorten(repr(value))}" for name, value in safe.items())


def hide_secrets(value, depth=0):
    """Return a copy of a value that may be written down."""
    if depth > DEEPEST:
        return ...
    if isinstance(value, dict):
        return {
            name: "***" if SECRET.search(str(name)) else hide_secrets(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [hide_secrets(inner, depth + 1) for inner in value]
    if isinstance(value, str) and SECRET.search(value):
        return "***"  # perhaps a whole message, still as JSON
    return value if isinstance(value, PLAIN) else type(value)


def shorten(text):
    """Leave out the end of a long text."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
