"""Read a lesson's page: its sections, its hints, its console blocks."""

import re
from dataclasses import dataclass

FENCE = re.compile(
    r"(?:^<!-- not executed: (?P<reason>.+?) -->\n+)?^```(?P<language>\w*)\n"
    r"(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, where it begins, and why it is not executed."""

    language: str
    text: str
    line: int
    section: str
    reason: str | None


def title(text):
    """Return the first heading."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def sections(text):
    """Return the second-level sections in order: heading -> body."""
    plain = FENCE.sub(lambda block: re.sub(r"(?m)^#", "\0", block[0]), text)
    parts = re.split(r"^## (.+)$", plain, flags=re.MULTILINE)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {head.strip(): body.replace("\0", "#") for head, body in pairs}


def hints(text):
    """Return the hints: the numbered points of the section of that name."""
    body = sections(text).get("Hints", "")
    return [" ".join(hint.split()) for hint in re.split(r"^\d+\. ", body, flags=re.MULTILINE)[1:]]


def blocks(text):
    """Return every fenced block."""
    found = []
    for match in FENCE.finditer(text):
        headings = re.findall(r"^## (.+)$", text[: match.start()], re.MULTILINE)
        line = text[: match.start("language")].count("\n") + 1
        section = headings[-1].strip() if headings else ""
        found.append(Block(match["language"], match["body"], line, section, match["reason"]))
    return found
