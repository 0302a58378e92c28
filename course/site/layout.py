"""Find a place for everything in a flowchart.

Nodes stand in columns, by their distance from the beginning. Each subgraph has a lane of its own,
and the nodes outside share one; a chart that runs downwards is the same, turned.
"""

import itertools
import re
from dataclasses import dataclass

LINE, WIDTH, PAD = 20, 8.2, 14  # the height of a line, the width of a letter, the space around
GAP, ROW_GAP, LANE_GAP, TITLE, ARC = 44, 20, 34, 26, 34


@dataclass
class Box:
    """A rectangle, by its middle."""

    x: float
    y: float
    width: float
    height: float


def text_lines(label):
    """Return the lines of a label."""
    return re.split(r"<br\s*/?>", label)


def text_size(label):
    """Return the estimated width and height of a label."""
    lines = [re.sub(r"<[^>]+>", "", line) for line in text_lines(label)]
    return max(map(len, lines)) * WIDTH, len(lines) * LINE


class Layout:
    """The boxes of a chart's nodes and subgraphs, and the size of the whole."""

    def __init__(self, chart):
        self.chart = chart
        self.column = columns(chart)
        self.lanes = order_lanes(chart)
        self.sizes = {name: self.size(node) for name, node in chart.nodes.items()}
        self.row_gap = ROW_GAP if chart.across else 2 * ROW_GAP
        self.boxes = {}
        self.place()
        if not chart.across:
            self.turn()

    def size(self, node):
        """Return length and breadth of a node, along the chart and across it."""
        width, height = text_size(node.label)
        found = max(width, 24) + 2 * PAD, height + PAD + 8 * (node.shape == "[(")
        return found if self.chart.across else found[::-1]

    def place(self):
        """Place column after column, lane after lane."""
        starts, ends = self.column_edges()
        self.length, top = max(ends) + 16, 8
        for lane in self.lanes:
            stacks = self.stacks(lane)
            height = max(self.stack_height(stack) for stack in stacks.values())
            middle = top + height / 2 + self.room_before(lane)
            for column, stack in stacks.items():
                self.place_stack(stack, (starts[column] + ends[column]) / 2, middle)
            if lane:
                self.place_group(lane, stacks, starts, ends, height)
            top = middle + height / 2 + self.room_after(lane) + self.lane_gap()
        self.breadth = top - self.lane_gap() + 8

    def lane_gap(self):
        """Return the space between lanes; in a chart that runs downwards labels stand in it."""
        named = [a.label for a in self.chart.links if {a.source, a.target} & {*self.chart.groups}]
        widths = [0 if self.chart.across else text_size(label)[0] + 36 for label in named if label]
        return max([LANE_GAP, *widths])

    def room_before(self, lane):
        """Return the space before a lane: for its title, or for links that pass over a column."""
        if lane:
            return TITLE if self.chart.across else 10
        return self.room_for(filter(self.leaps, self.chart.links))

    def room_after(self, lane):
        """Return the space after a lane: for links that lead back."""
        if lane:
            return 10
        return self.room_for(filter(self.returns, self.chart.links))

    def room_for(self, links):
        """Return the space that arcs and their labels need beside a lane."""
        axis = 1 if self.chart.across else 0
        return max((ARC + text_size(link.label)[axis] / 2 for link in links), default=0)

    def same_lane(self, link):
        """Tell whether a link stays among the nodes outside all subgraphs."""
        ends = self.chart.nodes.get(link.source), self.chart.nodes.get(link.target)
        return all(node and not node.group for node in ends)

    def leaps(self, link):
        """Tell whether a link passes over a column."""
        return self.same_lane(link) and self.column[link.target] - self.column[link.source] > 1

    def returns(self, link):
        """Tell whether a link leads back."""
        return self.same_lane(link) and self.column[link.target] < self.column[link.source]

    def column_edges(self):
        """Return where each column begins and ends."""
        starts, ends = [], []
        position = 16 if self.chart.across or not self.chart.groups else TITLE + 16
        for number in range(max(self.column.values()) + 1):
            names = [name for name in self.chart.nodes if self.column[name] == number]
            starts.append(position)
            ends.append(position + max((self.sizes[name][0] for name in names), default=0))
            position = ends[-1] + self.gap_after(number)
        return starts, ends

    def gap_after(self, number):
        """Return the space after a column, wide enough for the labels of links that cross it."""
        crossing = [
            link.label for link in self.chart.links if link.label and self.spans(link, number)
        ]
        axis = 0 if self.chart.across else 1
        return max([GAP, *(text_size(label)[axis] + 36 for label in crossing)])

    def spans(self, link, number):
        """Tell whether a link leads from this column to the next."""
        ends = sorted(self.column[self.member(name)] for name in (link.source, link.target))
        return ends == [number, number + 1]

    def member(self, name):
        """Return a node: itself, or the first of a subgraph."""
        if name in self.chart.nodes:
            return name
        return next(n for n, node in self.chart.nodes.items() if node.group == name)

    def stacks(self, lane):
        """Return the nodes of a lane: column -> names."""
        names = [name for name, node in self.chart.nodes.items() if node.group == lane]
        found = {}
        for name in names:
            found.setdefault(self.column[name], []).append(name)
        return found

    def stack_height(self, stack):
        """Return the breadth of nodes beside each other in a column."""
        return sum(self.sizes[name][1] for name in stack) + self.row_gap * (len(stack) - 1)

    def place_stack(self, stack, x, middle):
        """Place the nodes of one column in one lane."""
        y = middle - self.stack_height(stack) / 2
        for name in stack:
            width, height = self.sizes[name]
            self.boxes[name] = Box(x, y + height / 2, width, height)
            y += height + self.row_gap

    def place_group(self, lane, stacks, starts, ends, height):
        """Place the frame of a subgraph around its nodes."""
        left = starts[min(stacks)] - (12 if self.chart.across else TITLE)
        right = ends[max(stacks)] + 12
        before, after = self.room_before(lane) - 2, 10
        members = [self.boxes[name] for stack in stacks.values() for name in stack]
        middle = sum((min(b.y for b in members), max(b.y for b in members))) / 2
        top, bottom = middle - height / 2 - before, middle + height / 2 + after
        self.boxes[lane] = Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)

    def turn(self):
        """Exchange along and across."""
        for name, box in self.boxes.items():
            self.boxes[name] = Box(box.y, box.x, box.height, box.width)

    @property
    def extent(self):
        """Return width and height of the whole."""
        found = self.length, self.breadth
        return found if self.chart.across else found[::-1]


def columns(chart):
    """Return the column of each node: one more than that of the furthest that leads to it."""
    units = {name: unit(chart, name) for name in (*chart.groups, *chart.nodes)}
    links = [link for link in chart.links if not joins_groups(chart, link)]
    order = [units[name] for link in links for name in (link.source, link.target)]
    nexts = {name: set() for name in [*order, *(units[name] for name in chart.nodes)]}
    for link in links:
        nexts[units[link.source]].add(units[link.target])
    remove_returns(nexts)
    column = dict.fromkeys(nexts, 0)
    for _ in column:  # no way is longer than there are nodes
        for name, following in nexts.items():
            for after in following:
                column[after] = max(column[after], column[name] + 1)
    steps = {name: itertools.count() for name in chart.groups}  # downwards: one below the other
    below = {
        name: next(steps[units[name]]) if units[name] in steps and not chart.across else 0
        for name in chart.nodes
    }
    return {name: column[units[name]] + below[name] for name in chart.nodes}


def joins_groups(chart, link):
    """Tell whether a link leads from one subgraph to another: one lies below the other then."""
    return chart.groups.keys() >= {link.source, link.target}


def unit(chart, name):
    """Return what keeps its column: a node, or its subgraph if a link to a node names that."""
    group = name if name in chart.groups else chart.nodes[name].group
    named = [link for link in chart.links if group in (link.source, link.target)]
    return group if any(not joins_groups(chart, link) for link in named) else name


def remove_returns(nexts):
    """Take away the links that lead back to where one came from."""
    finished = set()

    def visit(name, path):
        nexts[name] -= {name, *path}
        for after in sorted(nexts[name] - finished, key=list(nexts).index):
            if after not in finished:
                visit(after, (*path, name))
        finished.add(name)

    for name in nexts:
        if name not in finished:
            visit(name, ())


def order_lanes(chart):
    """Return the lanes in the order that makes the links between them shortest."""
    lanes = list(dict.fromkeys(node.group for node in chart.nodes.values()))
    ends = [
        [chart.nodes[name].group if name in chart.nodes else name for name in (a.source, a.target)]
        for a in chart.links
    ]

    def length(order):
        return sum(abs(order.index(a) - order.index(b)) for a, b in ends)

    return min(itertools.permutations(lanes), key=length)
