"""Read the part of Mermaid's flowcharts that pages use: nodes, links, a level of subgraphs."""

import re
from dataclasses import dataclass, field

SHAPES = {  # opening bracket: closing bracket, in the order in which they are tried
    "([": "])",
    "[[": "]]",
    "[(": ")]",
    "[/": "/]",
    "((": "))",
    "[": "]",
    "(": ")",
    "{": "}",
}
NODE = re.compile(
    r"\s*(?P<id>\w+)(?:"
    + "|".join(rf'{re.escape(a)}(?:"[^"]*"|[^"\]\)}}]*){re.escape(b)}' for a, b in SHAPES.items())
    + r")?\s*"
)
LINK = re.compile(
    r"(?P<back><)?(?:--(?:\s+(?P<solid>.+?)\s+--)?[->]"
    r"|==(?:\s+(?P<thick>.+?)\s+==)?[=>]"
    r"|-\.(?:\s+(?P<dotted>.+?)\s+\.)?->?)(?:\|(?P<bar>[^|]*)\|)?"
)
STYLES = {"--": "solid", "==": "thick", "-.": "dotted"}


class PictureError(ValueError):
    """A line of a picture that cannot be read; its text names the line."""


@dataclass
class Node:
    """A box: its label, its shape, and the subgraph around it."""

    label: str
    shape: str = "["
    group: str = ""


@dataclass(frozen=True)
class Link:
    """An arrow between two nodes, or subgraphs."""

    source: str
    target: str
    label: str = ""
    style: str = "solid"
    head: bool = True
    both: bool = False


@dataclass
class Chart:
    """A flowchart: which way it runs, its nodes, its subgraphs with their titles, its links."""

    across: bool = True
    nodes: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    links: list = field(default_factory=list)

    def labels(self):
        """Return every text that a reader sees."""
        texts = [node.label for node in self.nodes.values()]
        texts += [*self.groups.values(), *(link.label for link in self.links)]
        return [text for text in dict.fromkeys(texts) if text]


def read(text):
    """Return the chart that a Mermaid text describes."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kind = re.fullmatch(r"(?:flowchart|graph)\s+(LR|TB|TD)", lines[0])
    if not kind:
        raise PictureError(f"not a flowchart that runs LR, TB or TD: {lines[0]}")
    chart, group = Chart(across=kind[1] == "LR"), ""
    for line in lines[1:]:
        group = read_line(chart, line, group)
    for name in chart.groups:
        chart.nodes.pop(name, None)  # a link may have named the subgraph before it began
    return chart


def read_line(chart, line, group):
    """Read one line; return the subgraph that the next line stands in."""
    opened = re.fullmatch(r'subgraph\s+(\w+)\s*(?:\[\s*"?(.*?)"?\s*\])?', line)
    if opened and group:
        raise PictureError(f"a subgraph inside a subgraph: {line}")
    if opened:
        chart.groups[opened[1]] = opened[2] or opened[1]
        return opened[1]
    if line == "end":
        return ""
    if not line.startswith("direction "):
        read_chain(chart, line, group)
    return group


def read_chain(chart, line, group):
    """Read nodes and the links between them: a & b --> c -- text --> d."""
    sources, position = read_nodes(chart, line, 0, group)
    while position < len(line):
        match = LINK.match(line, position)
        if not match:
            raise PictureError(f"cannot read from {line[position:]!r}: {line}")
        targets, position = read_nodes(chart, line, match.end(), group)
        chart.links += [link(match, a, b) for a in sources for b in targets]
        sources = targets


def link(match, source, target):
    """Return the link that was matched."""
    texts = ("solid", "thick", "dotted", "bar")
    label = next((match[name] for name in texts if match[name]), "").strip().strip('"')
    arrow = re.sub(r"\|[^|]*\|$", "", match[0])
    style = STYLES[arrow.lstrip("<")[:2]]
    return Link(source, target, label, style, arrow.endswith(">"), bool(match["back"]))


def read_nodes(chart, line, position, group):
    """Read nodes joined by &; return their names and where the next thing begins."""
    names = []
    while True:
        match = NODE.match(line, position)
        if not match:
            raise PictureError(f"cannot read a node from {line[position:]!r}: {line}")
        names.append(add_node(chart, match, group))
        position = match.end()
        if line[position : position + 1] != "&":
            return names, position
        position += 1


def add_node(chart, match, group):
    """Note a node, or what is said about it here; return its name."""
    name, rest = match["id"], match[0].strip()[len(match["id"]) :]
    node = (
        chart.nodes.setdefault(name, Node(name, group=group)) if name not in chart.groups else None
    )
    if rest:
        shape = next(opening for opening in SHAPES if rest.startswith(opening))
        node.shape, node.label = shape, rest[len(shape) : -len(SHAPES[shape])].strip().strip('"')
    if node and group and not node.group:
        node.group = group
    return name
