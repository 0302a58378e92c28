"""Draw the pictures of the pages as SVG; colours come from the site's style sheet."""

import re
from html import escape

from course.site import flowchart, sequence
from course.site.layout import LINE, Layout, text_lines, text_size

WIDEST = 840  # a chart that needs more runs downwards instead
HEAD = (
    '<defs><marker id="{id}" class="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" '
    'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
    '<path d="M0 0 L10 5 L0 10 z"/></marker></defs>'
)


def read(text):
    """Return the chart or the sequence that a Mermaid text describes."""
    module = sequence if text.lstrip().startswith("sequenceDiagram") else flowchart
    return module.read(text)


def draw(text, translate=str, name="tip"):
    """Return the SVG of a Mermaid text; `name` must differ from picture to picture of a page."""
    found = read(text)
    kind = draw_sequence if isinstance(found, sequence.Sequence) else draw_chart
    parts, width, height, words = kind(found, translate, f"url(#{name})")
    style = f"max-width:{width:.0f}px;min-width:{min(width, max(300, width * 0.8)):.0f}px"
    opening = (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {height:.0f}" style="{style}" role="img"'
    )
    label = escape(re.sub(r"<[^>]+>", " ", words), quote=True)
    body = "\n".join([HEAD.format(id=name), *parts])
    return (
        f'<div class="picture" tabindex="0">{opening} aria-label="{label}">\n{body}\n</svg></div>'
    )


def draw_chart(chart, translate, tip):
    """Return the elements of a flowchart, its size, and words for who cannot see it."""
    for node in chart.nodes.values():
        node.label = translate(node.label)
    chart.groups = {name: translate(title) for name, title in chart.groups.items()}
    chart.links = [flowchart.Link(**vars(a) | {"label": translate(a.label)}) for a in chart.links]
    layout = Layout(chart)
    if layout.extent[0] > WIDEST:
        chart.across = False
        layout = Layout(chart)
    parts = [draw_group(layout.boxes[name], title) for name, title in chart.groups.items()]
    wires = [draw_link(layout, link, tip) for link in chart.links]
    parts += [path for path, _ in wires]
    parts += [draw_node(layout.boxes[name], node) for name, node in chart.nodes.items()]
    pairs = zip(chart.links, wires, strict=True)
    once = {(link.label, link.target): label for link, (_, label) in pairs}
    parts += once.values()  # above everything
    return parts, *layout.extent, words_for(chart)


def words_for(chart):
    """Say the links in words."""
    names = chart.groups | {name: node.label for name, node in chart.nodes.items()}
    return "; ".join(f"{names[link.source]} → {names[link.target]}" for link in chart.links)


def draw_group(box, title):
    """Return the frame of a subgraph."""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    frame = f'<rect class="group" x="{left:.1f}" y="{top:.1f}" rx="8"'
    size = f'width="{box.width:.1f}" height="{box.height:.1f}"'
    return f"{frame} {size}/>{text(title, left + 10, top + 17, 'title')}"


def draw_node(box, node):
    """Return a node: its outline and its label."""
    lines = len(text_lines(node.label))
    shift = 4 if node.shape == "[(" else 0
    label = text(node.label, box.x, box.y + shift - (lines - 1) * LINE / 2 + 5)
    return outline(box, node.shape) + label


def outline(box, shape):
    """Return the outline of a node."""
    x, y, w, h = box.x - box.width / 2, box.y - box.height / 2, box.width, box.height
    if shape == "[(":
        sides = f"M{x:.1f} {y + 6:.1f} v{h - 12:.1f} a{w / 2:.1f} 6 0 0 0 {w:.1f} 0 v{12 - h:.1f}"
        lid = f"a{w / 2:.1f} 6 0 0 0 {-w:.1f} 0 a{w / 2:.1f} 6 0 0 0 {w:.1f} 0"
        return f'<path class="box" d="{sides} {lid}"/>'
    if shape in ("[/", "{"):
        points = f"M{x + 8:.1f} {y:.1f} h{w - 8:.1f} l-8 {h:.1f} h{8 - w:.1f} z"
        return f'<path class="box" d="{points}"/>'
    radius = h / 2 if shape in ("([", "((") else 10 if shape == "(" else 4
    size = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{radius:.1f}"'
    inner = (
        f'<path class="box" d="M{x + 6:.1f} {y:.1f} v{h:.1f} M{x + w - 6:.1f} {y:.1f} v{h:.1f}"/>'
    )
    return f'<rect class="box" {size}/>{inner if shape == "[[" else ""}'


def draw_link(layout, link, tip):
    """Return the line of a link, and its label."""
    path, x, y = route(layout, link)
    ends = f' marker-end="{tip}"' * link.head + f' marker-start="{tip}"' * link.both
    wire = f'<path class="wire {link.style}" d="{path}"{ends}/>'
    if not link.label:
        return wire, ""
    width, height = text_size(link.label)
    size = f'width="{width + 8:.1f}" height="{height:.1f}"'
    place = f'x="{x - width / 2 - 4:.1f}" y="{y - height / 2:.1f}"'
    words = text(link.label, x, y - height / 2 + 14, "note")
    return wire, f'<rect class="paper" {place} {size} rx="3"/>{words}'


def route(layout, link):
    """Return the path of a link, and where its label stands."""
    a, b = layout.boxes[link.source], layout.boxes[link.target]
    if layout.leaps(link) or layout.returns(link):
        return arc(layout, link, a, b)
    beside = abs(a.x - b.x) >= (a.width + b.width) / 2
    below = abs(a.y - b.y) >= (a.height + b.height) / 2
    into_group = {link.source, link.target} & layout.chart.groups.keys()
    if beside and (layout.chart.across or into_group or not below):
        return bend(a.x, a.y, a.width, b.x, b.y, b.width, "{0:.1f} {1:.1f}")
    if a.y == b.y:  # one inside the other
        return "", a.x, a.y
    x = min(max(a.x, b.x - b.width / 2 + 10), b.x + b.width / 2 - 10)  # straight, if it can be
    start = x if abs(x - a.x) < a.width / 2 else a.x
    return bend(a.y, start, a.height, b.y, x, b.height, "{1:.1f} {0:.1f}")


def bend(u1, v1, size1, u2, v2, size2, point):
    """Return a path from one box to another further on, and the middle of it."""
    sign = 1 if u2 > u1 else -1
    u1, u2 = u1 + sign * size1 / 2, u2 - sign * size2 / 2
    middle = (u1 + u2) / 2
    points = [point.format(*pair) for pair in ((u1, v1), (middle, v1), (middle, v2), (u2, v2))]
    x, y = map(float, point.format(middle, (v1 + v2) / 2).split())
    return f"M{points[0]} C{' '.join(points[1:])}", x, y


def arc(layout, link, a, b):
    """Return a path beside the lane: before it where columns are passed over, else after it."""
    sign = 1 if layout.returns(link) else -1
    boxes = [layout.boxes[name] for name, node in layout.chart.nodes.items() if not node.group]
    if layout.chart.across:
        return curve(a.x, a.y, a.height, b.x, b.y, b.height, sign, "{0:.1f} {1:.1f}")
    edge = max(sign * box.x + box.width / 2 + 6 for box in boxes) * sign  # beyond the lane
    a_width, b_width = 2 * abs(edge - a.x), 2 * abs(edge - b.x)
    path, x, y = curve(a.y, a.x, a_width, b.y, b.x, b_width, sign, "{1:.1f} {0:.1f}")
    ends = f"M{a.x + sign * a.width / 2:.1f} {a.y:.1f} L{path[1:]}"
    return f"{ends} L{b.x + sign * b.width / 2:.1f} {b.y:.1f}", x, y


def curve(u1, v1, size1, u2, v2, size2, sign, point):
    """Return a curve that swings out to one side, and its furthest point."""
    v1, v2 = v1 + sign * size1 / 2, v2 + sign * size2 / 2
    far = max(sign * v1, sign * v2) * sign + sign * 40
    points = [point.format(*pair) for pair in ((u1, v1), (u1, far), (u2, far), (u2, v2))]
    x, y = map(float, point.format((u1 + u2) / 2, far - sign * 10).split())
    return f"M{points[0]} C{' '.join(points[1:])}", x, y


def text(label, x, y, kind=""):
    """Return a label, line by line; the bold parts stay bold."""
    lines = []
    bold = False
    for number, line in enumerate(text_lines(label)):
        spans = []
        for part in re.split(r"(</?b>)", line):
            if part in ("<b>", "</b>"):
                bold = part == "<b>"
            elif part:
                spans.append(f"<tspan{' class=bold' if bold else ''}>{escape(part)}</tspan>")
        place = f'x="{x:.1f}" y="{y + number * LINE:.1f}"'
        lines.append(f"<tspan {place}>{''.join(spans)}</tspan>")
    return f'<text class="{kind}">{"".join(lines)}</text>'


def draw_sequence(found, translate, tip):
    """Return the elements of a sequence of calls, its size, and words for who cannot see it."""
    names = {name: translate(label) for name, label in found.people.items()}
    step = max(170, *(text_size(label)[0] + 40 for label in names.values()))
    middle = {name: step * (number + 0.5) for number, name in enumerate(names)}
    height = 70 + 44 * len(found.calls)
    parts = [draw_person(label, middle[name], height) for name, label in names.items()]
    for number, call in enumerate(found.calls):
        parts.append(draw_call(call, translate(call.label), middle, 74 + 44 * number, tip))
    words = [f"{names[a.source]} → {names[a.target]}: {translate(a.label)}" for a in found.calls]
    return parts, step * len(names), height, "; ".join(words)


def draw_person(label, x, height):
    """Return the box of one who takes part, and the line of its life."""
    width = text_size(label)[0] + 20
    box = (
        f'<rect class="box" x="{x - width / 2:.1f}" y="8" width="{width:.1f}" height="34" rx="4"/>'
    )
    life = f'<path class="wire dotted" d="M{x:.1f} 42 V{height - 6:.1f}"/>'
    return f"{life}{box}{text(label, x, 30)}"


def draw_call(call, label, middle, y, tip):
    """Return one call, or an answer, with its words above."""
    x1, x2 = middle[call.source], middle[call.target]
    style = "dotted" if call.answer else "solid"
    path, place = f"M{x1:.1f} {y:.1f} H{x2:.1f}", (x1 + x2) / 2
    if x1 == x2:
        path, place = f"M{x1:.1f} {y - 8:.1f} h34 v16 h-32", x1 + 46 + text_size(label)[0] / 2
    wire = f'<path class="wire {style}" d="{path}" marker-end="{tip}"/>'
    return f"{wire}{text(label, place, y + 5 if x1 == x2 else y - 7, 'note')}"
