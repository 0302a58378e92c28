"""Taught in lesson 12. Reading what a server says: nothing is taken for granted."""

import json

from common.messages import MAX_BYTES, BadMessage, decode, encode

QUOTES = str.maketrans("'‘’", '"""')  # published programs write lists with these


def require(condition, what):
    """Refuse a message that lacks something."""
    if not condition:
        raise BadMessage(f"the server sends a message without a proper {what}")


def parse_response(message):
    """Return code and words of an answer; some servers send the code as text."""
    code = message.get("response")
    if isinstance(code, str) and len(code) == 3 and code.isascii() and code.isdigit():
        code = int(code)
    require(type(code) is int and 100 <= code <= 599, "response")
    return code, message.get("alert", message.get("error", ""))


def names_in(words, fits):
    """Return the names in the words of an answer; `fits` tells what may be one."""
    names = listed(words) if isinstance(words, str) else words
    require(isinstance(names, list) and all(map(fits, names)), "list of names")
    return tuple(names)


def listed(text):
    """Return what a text holds that was meant to be a list, None if there is no such thing."""
    for attempt in (text, text.translate(QUOTES)):
        try:
            return json.loads(attempt)
        except (ValueError, RecursionError):  # the latter: ten thousand brackets
            continue
    return None


def describe(words):
    """Return the words of an answer as one text."""
    return ", ".join(map(str, words)) if isinstance(words, list | tuple) else str(words)


def find_fault(message):
    """Return why no server would understand a message of ours, or None."""
    try:
        data = encode(message)
        decode(data)
    except ValueError as error:
        return str(error)
    return f"longer than {MAX_BYTES} bytes" if len(data) > MAX_BYTES else None
