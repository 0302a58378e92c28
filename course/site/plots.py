"""Draw the columns of a table as bars."""

import re
from html import escape

ROW, LABEL, BAR = 30, 230, 330


def cells(table):
    """Return the rows of a Markdown table, without the line under its head."""
    lines = [line.strip().strip("|") for line in table.strip().splitlines()]
    return [[cell.strip() for cell in line.split("|")] for line in lines if set(line) - set("|-: ")]


def numbers(column):
    """Return the first number of each cell; None if one has none."""
    found = [re.match(r"[\d.,]*\d", cell) for cell in column]
    return [float(match[0].replace(",", "")) for match in found] if all(found) else None


def draw(table, translate=str):
    """Return a picture for each column of numbers."""
    head, *rows = cells(table)
    names = [translate(row[0]) for row in rows]
    pictures = []
    for number, title in enumerate(head[1:], 1):
        column = [row[number] for row in rows]
        values = numbers(column)
        if values:
            pictures.append(bars(translate(title), names, values, map(translate, column)))
    return "\n".join(pictures)


def bars(title, names, values, words):
    """Return one picture: a bar and its words for each row."""
    top = max(values) or 1
    parts = [f'<text class="head" x="0" y="20">{escape(title)}</text>']
    for number, (name, value, word) in enumerate(zip(names, values, words, strict=True)):
        y, length = 34 + number * ROW, value / top * BAR
        parts.append(f'<text x="0" y="{y + 16}">{escape(name.replace("`", ""))}</text>')
        parts.append(f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="22" rx="3"/>')
        parts.append(f'<text x="{LABEL + length + 8:.1f}" y="{y + 16}">{escape(word)}</text>')
    size = f'viewBox="0 0 {LABEL + BAR + 220} {40 + len(names) * ROW}"'
    opening = f'<svg class="plot" {size} role="img" aria-label="{escape(title, quote=True)}">'
    return f'<div class="picture" tabindex="0">{opening}{"".join(parts)}</svg></div>'
