"""Draw a table as curves: the first column is across, each other one is a curve."""

import math
from html import escape

from course.site.plots import cells

LEFT, TOP, WIDTH, HEIGHT, LEGEND = 60, 40, 430, 300, 240
STROKES = ("", "6 3", "2 3", "9 3 2 3")  # so that they differ without colours, too
HUES = 7


def draw(table, title, translate=str):
    """Return the picture: both scales double at equal steps."""
    head, *rows = cells(table)
    across = [float(row[0].replace(",", "")) for row in rows]
    columns = {head[n]: points(across, [row[n] for row in rows]) for n in range(1, len(head))}
    values = [value for column in columns.values() for _, value in column]
    if len(across) < 2 or not values:
        return ""
    place = Place(across, values)
    parts = [f'<text class="head" x="0" y="20">{escape(translate(title))}</text>', *place.scales()]
    for number, (name, column) in enumerate(columns.items()):
        parts += curve(number, translate(name), [place.of(*point) for point in column])
    height = TOP + max(HEIGHT + 40, 24 * len(columns))
    opening = f'<svg class="curves" viewBox="0 0 {LEFT + WIDTH + LEGEND} {height}" role="img"'
    label = f' aria-label="{escape(translate(title), quote=True)}">'
    return f'<div class="picture" tabindex="0">{opening}{label}{"".join(parts)}</svg></div>'


def points(across, column):
    """Return the points of a curve; a cell without a figure has none."""
    found = ((x, cell.replace(",", "")) for x, cell in zip(across, column, strict=True))
    return [(x, float(cell)) for x, cell in found if cell[:1].isdigit() and float(cell) > 0]


class Place:
    """Where a figure stands in the picture."""

    def __init__(self, across, values):
        self.across = sorted(across)
        self.low = 10 ** math.floor(math.log10(min(values)))
        self.high = 10 ** math.ceil(math.log10(max(values) * 1.001))

    def of(self, x, y):
        """Return the point of a figure."""
        first, last = math.log(self.across[0]), math.log(self.across[-1])
        part = (math.log(x) - first) / (last - first)
        height = math.log(y / self.low) / math.log(self.high / self.low)
        return LEFT + part * WIDTH, TOP + (1 - height) * HEIGHT

    def scales(self):
        """Return the lines of the scales, and their figures."""
        level = self.low
        while level <= self.high * 1.001:
            _, y = self.of(self.across[0], level)
            yield f'<path class="scale" d="M{LEFT} {y:.1f}h{WIDTH}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{level:g}</text>'
            level *= 10
        for x in self.across:
            left, bottom = self.of(x, self.low)
            yield f'<text x="{left:.1f}" y="{bottom + 22:.1f}" text-anchor="middle">{x:g}</text>'


def curve(number, name, spots):
    """Return one curve, its points, and its line in the legend."""
    look = f'class="c{number % HUES}" stroke-dasharray="{STROKES[number // HUES % len(STROKES)]}"'
    if spots:
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        yield f'<polyline {look} points="{line}"/>'
        yield from (
            f'<circle class="c{number % HUES}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in spots
        )
    left, y = LEFT + WIDTH + 24, TOP + 8 + 24 * number
    yield f'<polyline {look} points="{left},{y} {left + 30},{y}"/>'
    yield f'<text x="{left + 38}" y="{y + 5}">{escape(name)}</text>'
