"""The figures of a run, and the file in which they are kept."""

import json
import os
from dataclasses import dataclass, field

from course.bench.figures import Spread
from course.lessons import CourseError

VERSION = 1  # of the file's form
FIGURES = {  # name -> title, unit; in the order of the tables
    "cost": ("CPU per delivered message", "µs"),
    "speed": ("messages a second", ""),
    "p50": ("p50", "ms"),
    "p99": ("p99", "ms"),
    "memory": ("memory per idle connection", "KB"),
}


@dataclass
class Row:
    """All repetitions of one scenario on one server."""

    server: str
    scenario: str
    clients: int
    runs: list = field(default_factory=list)  # of each repetition its figures
    failed: list = field(default_factory=list)  # why there are none

    def spread(self, name):
        """Return the spread of one figure, None if it was not taken."""
        values = [run[name] for run in self.runs if name in run]
        return Spread.of(values) if values else None


@dataclass
class Book:
    """Everything that a run has found out."""

    about: dict  # machine, versions, date, settings
    rows: dict = field(default_factory=dict)  # (server, scenario, clients) -> Row

    def note(self, server, scenario, outcome):
        """Keep what one repetition has brought."""
        key = server, scenario.name, scenario.clients
        row = self.rows.setdefault(key, Row(*key))
        if "failed" in outcome:
            row.failed.append(outcome["failed"])
        else:
            row.runs.append(outcome)

    def servers(self):
        """Return the names of the servers, in the order in which they were measured."""
        return list(dict.fromkeys(row.server for row in self.rows.values()))

    def of_scenario(self, name, clients=None):
        """Return the rows of one scenario, one for each server that has figures of it."""
        rows = [row for row in self.rows.values() if row.scenario == name and row.runs]
        return [row for row in rows if clients in (None, row.clients)]

    def save(self, path):
        """Write the file whole or not at all."""
        rows = [vars(row) for row in self.rows.values()]
        text = json.dumps({"version": VERSION, **self.about, "rows": rows}, indent=1)
        beside = path.with_name(f"{path.name}.part")
        try:
            beside.write_text(text + "\n", encoding="utf-8")
            os.replace(beside, path)
        except OSError as error:
            raise CourseError(f"{path} cannot be written: {error.strerror}") from error


def load(path):
    """Return the book in a file; raise CourseError where there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("version") != VERSION:
            raise CourseError(f"{path} was written by another version of bench: measure anew.")
        rows = [Row(**row) for row in data.pop("rows")]
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CourseError(f"{path} is no file that bench has written.") from None
    return Book(data, {(row.server, row.scenario, row.clients): row for row in rows})
