"""The tables and pictures of a run, as files."""

from course.bench import tables
from course.bench.results import FIGURES
from course.bench.scenarios import GROWTH, SCENARIOS
from course.lessons import CourseError
from course.site import curves, plots

STYLE = (
    "text{font:14px sans-serif;fill:#222}.head{font-weight:bold}rect{fill:#4a6fa5}"
    "polyline{fill:none;stroke-width:2}.scale{stroke:#ccc}"
    ".c0{stroke:#222;fill:#222}.c1{stroke:#4a6fa5;fill:#4a6fa5}.c2{stroke:#c0562b;fill:#c0562b}"
    ".c3{stroke:#3d8a4e;fill:#3d8a4e}.c4{stroke:#8a4fa3;fill:#8a4fa3}"
    ".c5{stroke:#b08a1e;fill:#b08a1e}.c6{stroke:#2a9a9a;fill:#2a9a9a}polyline{fill:none}"
)
PAGE = '<!DOCTYPE html><meta charset="utf-8"><title>bench</title><style>{}</style>{}\n'


def write(book, folder):
    """Write tables.md, for a page of the site, and pictures.html, to be looked at."""
    found = list(pages(book))
    pictures = [draw(kind, title, table) for kind, title, table in found]
    texts = [f"### {title}\n\n{table}" for _, title, table in found]
    full = ["### All figures\n", tables.everything(book)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tables.md").write_text("\n\n".join([*texts, *full]) + "\n", encoding="utf-8")
        html = PAGE.format(STYLE, "\n".join(pictures))
        (folder / "pictures.html").write_text(html, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{folder} cannot be written: {error.strerror}") from error


def pages(book):
    """Return what is drawn: the kind of picture, its title, its table."""
    for scenario in SCENARIOS:
        name = "memory" if scenario.form == "idle" else "p99" if scenario.rate else "cost"
        rows = [
            row for row in book.of_scenario(scenario.name, scenario.clients) if row.spread(name)
        ]
        if rows:
            title, unit = FIGURES[name]
            lines = [("server", f"{title}: {scenario.title}")]
            lines += [(row.server, f"{row.spread(name)} {unit}") for row in rows]
            yield "bars", scenario.title, tables.markdown(lines)
    for name in GROWTH:
        title, _, table = tables.growth(book, name).partition("\n\n")
        if table:
            yield "curves", title, table


def draw(kind, title, table):
    """Return the picture of a table."""
    return plots.draw(table) if kind == "bars" else curves.draw(table, title)
