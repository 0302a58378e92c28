"""The figures as tables: Markdown, so that they can be read in a terminal and shown on a page."""

import statistics

from course.bench.results import FIGURES
from course.bench.scenarios import GROWTH, SCENARIOS

BUSY = 0.85  # of a processor: who uses more is what holds up the rest
FLOOR = "floor: a bare relay"


def everything(book):
    """Return all that a book says."""
    parts = [head(book)]
    parts += [table_of(book, scenario) for scenario in SCENARIOS]
    parts += [growth(book, name) for name in GROWTH]
    parts.append(failures(book))
    return "\n\n".join(filter(None, parts))


def head(book):
    """Return what the figures depend on."""
    about = book.about
    machine = about["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return "\n".join(
        [
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
            f"{machine['system']}, files on {machine['files']}",
            f"{versions}; revision {about['revision'] or 'unknown'}; {about['made']}",
            about["words"],
        ]
    )


def table_of(book, scenario):
    """Return the table of one scenario, empty if nothing was measured."""
    rows = book.of_scenario(scenario.name, scenario.clients)
    if not rows:
        return ""
    names = [name for name in FIGURES if any(row.spread(name) for row in rows)]
    titles = [f"{title}, {unit}" if unit else title for title, unit in map(FIGURES.get, names)]
    last = "held" if scenario.form == "idle" else "busy"
    lines = [("server", *titles, "× the floor", last)]
    floor = next((row for row in rows if row.server == FLOOR), None)
    for row in rows:
        cells = [str(row.spread(name)) for name in names]
        lines.append((row.server, *cells, times(row, floor, names[0]), remark(row)))
    return f"{scenario.name}: {scenario.title}\n\n{markdown(lines)}"


def times(row, floor, name):
    """Return how many times as much as the floor this is."""
    return f"{row.spread(name).median / floor.spread(name).median:.1f}" if floor else "–"


def remark(row):
    """Say who had all hands full, or how many were held."""
    if "held" in row.runs[0]:
        return f"{row.runs[0]['held']} of {row.runs[0]['offered']}"
    full = [who for who in ("server", "generator") if share(row, who) >= BUSY]
    words = " and ".join(full) or "nobody"
    return f"{words} ({', '.join(f'{share(row, who):.0%}' for who in ('server', 'generator'))})"


def share(row, who):
    """Return how much of a processor somebody has used, in the middle."""
    return statistics.median(run[who] for run in row.runs)


def growth(book, name):
    """Return how the cost of a message grows with the number of clients."""
    rows = book.of_scenario(name)
    sizes = sorted({row.clients for row in rows})
    if len(sizes) < 2:
        return ""
    servers = [name for name in book.servers() if any(row.server == name for row in rows)]
    found = {(row.server, row.clients): row.spread("cost") for row in rows}
    lines = [("clients", *servers)]
    for size in sizes:
        lines.append((str(size), *(cell(found.get((server, size))) for server in servers)))
    return f"{name}: CPU per delivered message by number of clients, µs\n\n{markdown(lines)}"


def cell(spread):
    """Return the median, or that there is none."""
    return str(spread).split(" ")[0] if spread else "–"


def failures(book):
    """Return what could not be measured, and why."""
    found = [
        f"{row.server}, {row.scenario} of {row.clients}: {row.failed[0]}"
        for row in book.rows.values()
        if row.failed
    ]
    return "Not measured:\n\n" + "\n".join(f"- {line}" for line in found) if found else ""


def markdown(lines):
    """Return lines of cells as a table."""
    rule = ["---"] * len(lines[0])
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))
