"""Show what changes from one stage to the next: a table of definitions, then every line."""

from html import escape

from course import definitions, diff_page, stages

VIEWS = """<div class="stage-diff">
<input class="views" type="radio" name="view" id="side" checked>
<label class="views" for="side">{side}</label>
<input class="views" type="radio" name="view" id="unified">
<label class="views" for="unified">{unified}</label>
<div class="files">
{body}
</div>
</div>
"""


def render(old_folder, new_folder, say):
    """Return the whole difference as HTML; `say` translates its words."""
    changes = [change for change in stages.compare(old_folder, new_folder) if not unchanged(change)]
    shown = [change for change in changes if change.kind != "rest"]
    rest = "".join(render_file(change, say) for change in changes if change.kind == "rest")
    body = "".join(render_file(change, say) for change in shown)
    aside = f"<details><summary>{say('Pages and pictures')}</summary>{rest}</details>"
    views = VIEWS.format(
        side=say("side by side"), unified=say("unified"), body=body + (aside if rest else "")
    )
    return render_table(shown, say) + views


def unchanged(change):
    """Tell whether there is nothing to show."""
    return change.status == "unchanged"


def render_table(changes, say):
    """Return the table: each file, its lines, and the functions that come and go."""
    heads = (say("file"), say("lines"), say("functions and classes"))
    head = "".join(f"<th>{escape(words)}</th>" for words in heads)
    rows = "".join(render_row(change, say) for change in changes)
    table = f'<table class="docutils"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="table-wrapper docutils container stage-table">{table}</div>'


def render_row(change, say):
    """Return the row of one file."""
    name = f"<code>{escape(change.name)}</code><br>{escape(say(change.status))}"
    lines = f"+{change.added}&nbsp;−{change.removed}"
    found = definitions.Difference()
    if change.name.endswith(".py") and change.status == "changed":
        found = definitions.compare(change.old_text, change.new_text)
    lists = [
        names(say("new:"), found.added),
        names(say("changed:"), found.changed),
        names(say("removed:"), found.removed),
    ]
    return f"<tr><td>{name}</td><td>{lines}</td><td>{''.join(lists)}</td></tr>"


def names(heading, found):
    """Return one list of names."""
    words = ", ".join(f"<code>{escape(name)}</code>" for name in found)
    return f"<p>{escape(heading)} {words}</p>" if found else ""


def render_file(change, say):
    """Return the lines of one file, in both views."""
    words = f"{change.name}: {say(change.status)}, +{change.added} −{change.removed}"
    is_open = change.status == "changed" and change.kind == "code"
    html = diff_page.render_file(change, words, is_open)
    html = html.replace(">from line ", f">{say('from line')} ")
    return html.replace("<i>(no end of line)</i>", f"<i>({say('no end of line')})</i>")
