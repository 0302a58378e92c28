"""Hostile lines: each is a proper message but for one fault, which its name tells."""

import json

PRESENCE = {
    "action": "presence",
    "time": 1,
    "type": "status",
    "user": {"account_name": "guest", "status": "here"},
}
GOOD = json.dumps(PRESENCE)


def changed(old, new):
    """Return the good message with one piece of its text replaced."""
    if old not in GOOD:
        raise ValueError(f"{old} is not in the good message")
    return GOOD.replace(old, new, 1).encode("utf-8", "surrogatepass")


def with_fields(**fields):
    """Return the good message with other fields; ... takes one away."""
    message = PRESENCE | fields
    return json.dumps({key: value for key, value in message.items() if value is not ...}).encode()


NOT_JSON = {
    "plain words": b"hello",
    "a request of the web": b"POST / HTTP/1.1",
    "binary rubbish (the start of TLS)": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "nothing but spaces": b"   \t  ",
    "a line that ends inside a text": b'{"action":"pres',
    "a line that ends inside an escape": b'{"action":"a\\u00',
    "a line that ends inside the object": GOOD[:-1].encode(),
    "values of Python instead of JSON": changed('"here"', "None"),
    "a raw control character": changed("here", "a\x01b"),
    "a pickled object": b'cos\nsystem\n(S"id"\ntR.',
}
NOT_AN_OBJECT = {
    "a number": b"5",
    "a text": b'"presence"',
    "true": b"true",
    "null": b"null",
    "a list": b"[" + GOOD.encode() + b"]",
}
UNKNOWN_ACTIONS = {
    "an empty object": b"{}",
    "no action": with_fields(action=...),
    "an action that nobody knows": with_fields(action="dance"),
    "an action in capitals": with_fields(action="PRESENCE"),
    "a list as action": with_fields(action=["presence"]),
    "null as action": with_fields(action=None),
    "the name of a method as action": with_fields(action="__class__"),
    "an endless action": with_fields(action="a" * 3000),
}
WRONG_FIELDS = {
    "no time": with_fields(time=...),
    "text as time": with_fields(time="now"),
    "true as time": with_fields(time=True),
    "null as time": with_fields(time=None),
    "no user": with_fields(user=...),
    "null as user": with_fields(user=None),
    "text as user": with_fields(user="guest"),
    "a user without a name": with_fields(user={"status": "here"}),
    "a list as name": with_fields(user={"account_name": ["guest"], "status": "here"}),
    "an empty name": with_fields(user={"account_name": "", "status": "here"}),
    "a name of 26 letters": with_fields(user={"account_name": "Ы" * 26, "status": "here"}),
    "a number as status": with_fields(user={"account_name": "guest", "status": 1}),
}
TRICKS = {
    "NaN as time": changed('"time": 1', '"time": NaN'),
    "minus infinity as time": changed('"time": 1', '"time": -Infinity'),
    "a time too large for a float": changed('"time": 1', '"time": 1e999'),
    "a time of 3000 digits": changed('"time": 1', '"time": ' + "9" * 3000),
    "a key that stands twice": changed('"time": 1', '"time": 1, "time": 2'),
    "half a character, escaped": changed("here", r"\ud800"),
    "half a character as key": changed('"type"', r'"\udfff"'),
    "half a character, as bytes": changed("here", "\ud800"),
    "a zero character": changed("here", r"a\u0000b"),
    "another encoding (CP1251)": GOOD.replace("here", "привет").encode("cp1251"),
    "UTF-16": GOOD.encode("utf-16-le"),
    "UTF-32": GOOD.encode("utf-32-be"),
    "nine lists inside each other": changed(
        '"time": 1', '"x": ' + "[" * 8 + "]" * 8 + ', "time": 1'
    ),
    "700 objects inside each other": b'{"a":' * 700,
    "4000 lists inside each other": changed('"time": 1', '"x": ' + "[" * 4000),
}


NAMES = {
    "26 letters": "a" * 26,
    "a path": "/etc/passwd",
    "a path with backslashes": "..\\..\\x",
    "two dots": "a..b",
    "a dot at the end": "bob.",
    "an escape sequence": "bob\x1b[2J",
    "a combining mark": "a\u0300lice",
    "a pile of marks": "a" + "\u0300" * 20,
    "full-width letters": "\uff41\uff44\uff4d\uff49\uff4e",
    "HTML": "<img src=x>",
    "a format": "{0.__class__}",
    "a line of a log": "bob\nINFO login admin ok",
    "a newline at the end": "alice\n",
    "a change of direction": "bob\u202etxt.exe",
    "SQL": "x' OR '1'='1",
    "a space": "bob smith",
    "an emoji": "bob\N{GRINNING FACE}",
    "one Cyrillic letter among Latin ones": "\u0430dmin",
    "nothing": "",
}
