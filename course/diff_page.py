"""The difference of two stages as one HTML page that needs nothing else, not even colours."""

import difflib
from html import escape
from itertools import zip_longest

from course import console, stages

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root {{ --ink: #1f2328; --paper: #fff; --pale: #59636e; --line: #d1d9e0; --bar: #f6f8fa;
  --plus: #dafbe1; --minus: #ffebe9; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e6edf3; --paper: #0d1117; --pale: #9198a1;
  --line: #3d444d; --bar: #151b23; --plus: #12361f; --minus: #4b1a1c; }} }}
body {{ color: var(--ink); background: var(--paper); margin: 0 auto; padding: 1rem;
  max-width: 110rem; font: 1rem/1.5 system-ui, sans-serif; }}
details, .table {{ border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0;
  overflow: hidden; }}
summary {{ background: var(--bar); padding: .4rem .8rem; cursor: pointer; }}
table {{ border-collapse: collapse; }}
.table td, .table th {{ padding: .1rem .8rem; text-align: right; }}
.table td:last-child {{ text-align: left; overflow-wrap: anywhere; }}
.diff {{ width: 100%; table-layout: fixed; font: .8rem/1.45 ui-monospace, monospace; }}
.diff td {{ vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0; }}
.diff .number {{ width: 2.6rem; padding-right: .5rem; text-align: right; color: var(--pale);
  user-select: none; }}
.diff .sign {{ width: 1.2rem; text-align: center; user-select: none; }}
.plus {{ background: var(--plus); }} .minus {{ background: var(--minus); }}
.gap td {{ color: var(--pale); background: var(--bar); padding: 0 .5rem; }}
#unified:checked ~ main .side, #side:checked ~ main .unified {{ display: none; }}
@media (max-width: 60rem) {{ .views, .side {{ display: none !important; }}
  #side:checked ~ main .unified {{ display: table; }} }}
</style>
<h1>{title}</h1>
<input class="views" type="radio" name="view" id="side" checked>
<label class="views" for="side">side by side</label>
<input class="views" type="radio" name="view" id="unified">
<label class="views" for="unified">unified</label>
<main>
{body}
</main>
</html>
"""
ONE_SIDE = '<col class="number"><col class="sign"><col>'
UNIFIED = f'<col class="number">{ONE_SIDE}'
COLUMNS = {"unified": UNIFIED, "single": UNIFIED, "side": ONE_SIDE * 2}
SIGNS = {"plus": "+", "minus": "−", "": ""}


def render(changes, old_label, new_label):
    """Return the whole page."""
    body = [render_table(changes), *(render_file(change) for change in changes)]
    title = escape(f"{old_label} → {new_label}")
    return PAGE.format(title=title, body="\n".join(filter(None, body)))


def render_table(changes):
    """Return the table of all files, with the totals."""
    rows = [(change.added, change.removed, change.words) for change in changes]
    cells = [
        f"<tr><td>+{added}<td>−{removed}<td>{escape(console.visible(words))}"
        for added, removed, words in rows + stages.totals(changes)
    ]
    heading = "<tr><th>added<th>removed<th>"
    return f'<div class="table"><table>{heading}{"".join(cells)}</table></div>'


def render_file(change, words=None, is_open=None):
    """Return what changes in one file, in both views; what graduated is folded."""
    if change.binary or change.status == "unchanged":
        return ""
    words = escape(console.visible(words or f"{change.words}, +{change.added} −{change.removed}"))
    unfolded = not change.graduated if is_open is None else is_open
    views = render_view(change, "unified", unified_rows) + render_view(change, "side", side_rows)
    if None in (change.old_text, change.new_text):  # nothing to put beside it
        views = render_view(change, "single", unified_rows)
    name = f'data-file="{escape(change.name)}" data-status="{change.status}"'
    return (
        f"<details {name}{' open' if unfolded else ''}><summary>{words}</summary>{views}</details>"
    )


def render_view(change, view, rows_of):
    """Return one view: its hunks, with a gap before each."""
    old, new = (stages.split_lines(text) for text in (change.old_text, change.new_text))
    rows = []
    for hunk in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(3):
        width = COLUMNS[view].count("<col")
        rows.append(f'<tr class="gap"><td colspan="{width}">from line {hunk[0][3] + 1}</td></tr>')
        for _, old_start, old_end, new_start, new_end in hunk:
            before = list(enumerate(old[old_start:old_end], old_start + 1))
            after = list(enumerate(new[new_start:new_end], new_start + 1))
            rows += rows_of(before, after)
    return f'<table class="diff {view}">{COLUMNS[view]}{"".join(rows)}</table>'


def unified_rows(before, after):
    """Return the rows of one block, the old lines above the new ones."""
    if texts(before) == texts(after):
        pairs = zip(before, after, strict=True)
        return [f"<tr>{number(old)}{cells(new, '')}</tr>" for old, new in pairs]
    gone = [f"<tr>{number(line)}{cells(('', line[1]), 'minus')}</tr>" for line in before]
    return gone + [f"<tr>{number(None)}{cells(line, 'plus')}</tr>" for line in after]


def side_rows(before, after):
    """Return the rows of one block, the old lines beside the new ones."""
    signs = ("", "") if texts(before) == texts(after) else ("minus", "plus")
    pairs = zip_longest(before, after)
    return [f"<tr>{cells(old, signs[0])}{cells(new, signs[1])}</tr>" for old, new in pairs]


def texts(lines):
    """Return the lines without their numbers."""
    return [text for _, text in lines]


def number(line):
    """Return the cell of a line's number."""
    return f'<td class="number">{line[0] if line else ""}</td>'


def cells(line, kind):
    """Return the cells of a line: number, sign, text."""
    if line is None:
        return '<td class="number"></td><td class="sign"></td><td></td>'
    text = escape(stages.printable(line[1]))
    end = "" if line[1].endswith("\n") else " <i>(no end of line)</i>"
    exact = line[1].rstrip("\n")  # what cannot be shown as it is, is kept beside
    data = "" if stages.printable(exact) == exact else f' data-line="{escape(repr(exact))}"'
    sign = f'<td class="sign {kind}">{SIGNS[kind]}</td>'
    return f'{number(line)}{sign}<td class="{kind}"{data}>{text}{end}</td>'
