"""Taught in lesson 09. What a message must look like: which fields, and what may stand in them."""

import re

from common.names import is_account_name

COMMON_CHAT = "#all"  # everybody is in it
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_number(value):
    """Tell whether a value is a finite number; True and False are none, whatever Python thinks."""
    return type(value) in (int, float) and abs(value) < float("inf")


def is_text(value, shortest, longest):
    """Tell whether a value is text of a proper length."""
    return isinstance(value, str) and shortest <= len(value) <= longest


def is_addressee(value):
    """Tell whether a value can be the name of an account, or # and the name of a room."""
    return is_account_name(value.removeprefix("#")) if isinstance(value, str) else False


def is_room(value):
    """Tell whether a value can be the name of a room that one enters and leaves."""
    return is_addressee(value) and value.startswith("#") and value.casefold() != COMMON_CHAT


def is_id(value):
    """Tell whether a value can mark a request and its answer."""
    return isinstance(value, str) and bool(ID.fullmatch(value))


def is_user(value):
    """Tell whether a value says who somebody is."""
    is_object = isinstance(value, dict) and is_account_name(value.get("account_name"))
    return is_object and is_text(value.get("status", ""), 0, 100)


NAME = "a name: 1 to 25 letters of one alphabet and digits, between them . _ -"
ROOM = (is_room, f"# and {NAME}; everybody is in {COMMON_CHAT}")
FIELDS = {
    "presence": {"user": (is_user, f"an object with account_name, {NAME}")},
    "msg": {
        "to": (is_addressee, f"a room such as {COMMON_CHAT}, or {NAME}"),
        "from": (is_account_name, NAME),
        "message": (lambda value: is_text(value, 1, 500), "text of 1 to 500 characters"),
    },
    "join": {"room": ROOM},
    "leave": {"room": ROOM},
    "get_users": {},
    "get_rooms": {},
    "quit": {},
}
OPTIONAL = {
    "presence": {"receive": (lambda value: isinstance(value, bool), "true or false")},
    "msg": {"encoding": (lambda value: value == "utf-8", "utf-8")},
    "get_users": {"after": (is_account_name, NAME)},
    "get_rooms": {"after": ROOM},
}
EVERYWHERE = {"id": (is_id, "1 to 64 of A-Za-z0-9_-")}


def find_problem(message, fields=FIELDS, optional=OPTIONAL):
    """Return what is wrong with a message, or None; a richer hub has richer tables."""
    action = message.get("action")
    if not isinstance(action, str) or action not in fields:
        return "unknown action"
    if "response" in message:  # passed on, it would answer somebody in our name
        return "what has a response is an answer, and no request"
    if not is_number(message.get("time", 0 if action == "quit" else None)):
        return "time must be a number"
    allowed = optional.get(action, {}) | EVERYWHERE
    present = {field: rule for field, rule in allowed.items() if field in message}
    for field, (fits, rule) in (fields[action] | present).items():
        if not fits(message.get(field)):
            return f"{field} must be {rule}"
    return None
