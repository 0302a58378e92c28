"""Statistics of repetitions, and how figures are written."""

import math
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The middle of several figures, the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values):
        """Return the spread of some figures."""
        return cls(statistics.median(values), min(values), max(values))

    def overlaps(self, other):
        """Tell whether both could be the same figure."""
        return self.least <= other.greatest and other.least <= self.greatest

    def __str__(self):
        """Write the median, and where it is worth it what it lies between."""
        words = [short(value) for value in (self.least, self.greatest)]
        between = f" ({words[0]}–{words[1]})" if words[0] != words[1] else ""
        return f"{short(self.median)}{between}"


def percentile(values, percent):
    """Return the figure that so many percent of sorted figures do not exceed."""
    if not values:
        return math.nan
    return values[max(0, math.ceil(len(values) * percent / 100) - 1)]


def short(value):
    """Write a figure with as many digits as can be meant: two or three."""
    if math.isnan(value):
        return "–"
    if abs(value) >= 100:
        digits = 3 - len(str(round(abs(value))))
        return f"{round(value, min(0, digits)):,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
