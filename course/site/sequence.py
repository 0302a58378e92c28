"""Read Mermaid's sequence diagrams: who takes part, and who calls whom."""

import re
from dataclasses import dataclass, field

from course.site.flowchart import PictureError

CALL = re.compile(r"(\w+)\s*(-?->>?)\s*(\w+)\s*:\s*(.+)")
PERSON = re.compile(r"(?:participant|actor)\s+(\w+)(?:\s+as\s+(.+))?")


@dataclass(frozen=True)
class Call:
    """One arrow between two who take part."""

    source: str
    target: str
    label: str
    answer: bool


@dataclass
class Sequence:
    """Who takes part, name -> label, and the calls in their order."""

    people: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)

    def labels(self):
        """Return every text that a reader sees."""
        return list(dict.fromkeys([*self.people.values(), *(call.label for call in self.calls)]))


def read(text):
    """Return the sequence that a Mermaid text describes."""
    found = Sequence()
    for line in filter(None, map(str.strip, text.splitlines()[1:])):
        if person := PERSON.fullmatch(line):
            found.people[person[1]] = person[2] or person[1]
        elif call := CALL.fullmatch(line):
            found.people.setdefault(call[1], call[1])
            found.people.setdefault(call[3], call[3])
            found.calls.append(Call(call[1], call[3], call[4], call[2].startswith("--")))
        else:
            raise PictureError(f"cannot read this line of a sequence: {line}")
    return found
