"""Two books beside each other: what a change has gained or cost."""

from course.bench.results import FIGURES
from course.bench.tables import markdown


def compare(one, other):
    """Return a table of what both have measured, with ratios; then what only one has."""
    both = [key for key in one.rows if key in other.rows]
    lines = [("server", "scenario", "clients", "figure", "A", "B", "B / A", "")]
    for key in both:
        lines += lines_of(one.rows[key], other.rows[key])
    parts = [*warnings(one, other), markdown(lines)]
    alone = [name for book, rest in ((one, other), (other, one)) for name in only_in(book, rest)]
    if alone:
        parts.append("In one of them only: " + "; ".join(alone))
    return "\n\n".join(parts)


def lines_of(one, other):
    """Return a line for each figure that both have."""
    for name, (title, unit) in FIGURES.items():
        a, b = one.spread(name), other.spread(name)
        if a and b:
            ratio = f"{b.median / a.median:.2f}" if a.median else "–"
            note = "spreads overlap" if a.overlaps(b) else ""
            titled = f"{title}, {unit}" if unit else title
            yield (*key_cells(one), titled, str(a), str(b), ratio, note)


def key_cells(row):
    """Return which row this is."""
    return row.server, row.scenario, str(row.clients)


def only_in(book, other):
    """Return the rows that the other book does not have."""
    return [" ".join(map(str, key)) for key in book.rows if key not in other.rows]


def warnings(one, other):
    """Say what else differs: such figures are to be compared by their ratios to the floor."""
    found = []
    for name in ("machine", "versions", "settings"):
        if one.about.get(name) != other.about.get(name):
            found.append(f"The {name} differ: {one.about.get(name)} and {other.about.get(name)}")
    return found
