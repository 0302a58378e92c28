"""What a reader sees of results: one line each, and the whole story of a failure."""

import json
import textwrap

from course.console import paint, visible

LABEL = {"ok": ("[ ok ]", "green"), "FAIL": ("[FAIL]", "red")}
INDENT = " " * 7


def line(result):
    """Return the one line of a result."""
    label, colour = LABEL[result.status]
    return f"{paint(label, colour)} {result.check}"


def skipped_lines(results):
    """Return a line for each reason to skip checks, with their ids."""
    reasons = {}
    for result in results:
        if result.status == "skip":
            reasons.setdefault(result.received, []).append(result.check.id)
    for reason, ids in reasons.items():
        yield f"{paint('[skip]', 'yellow')} {reason}: {' '.join(ids)}\n"


def details(result):
    """Return what was sent, expected and received, and the hint."""
    story = [step for step in result.story if step != ("received", result.received)]
    steps = [*story, ("expected", result.expected), ("received", result.received)]
    rows = [row(what, text) for what, text in steps]
    return "\n".join([*rows, row("hint", result.hint or result.check.hint, "cyan")])


def row(what, text, colour="bold"):
    """Return one step of a story, its further lines indented."""
    lines = [visible(part) for part in str(text).splitlines()] or [""]
    width = 88
    wrapped = [piece for part in lines for piece in textwrap.wrap(part, width) or [""]]
    rest = "".join(f"\n{INDENT}{'':11}{piece}" for piece in wrapped[1:])
    return f"{INDENT}{paint(f'{what:<10}', colour)} {wrapped[0]}{rest}"


def counts(results):
    """Return how many results passed, failed and were skipped."""
    states = [result.status for result in results]
    return states.count("ok"), states.count("FAIL"), states.count("skip")


def summary(results):
    """Return the closing line."""
    passed, failed, skipped = counts(results)
    text = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    return paint(text, "red" if failed else "green")


def as_json(results, **about):
    """Return the results for machines."""
    rows = [
        {
            "id": result.check.id,
            "requirements": result.check.requirements,
            "title": result.check.title,
            "status": result.status,
            "expected": result.expected,
            "received": result.received,
            "story": [(what, visible(text)) for what, text in result.story],
            "hint": result.hint or result.check.hint,
        }
        for result in results
    ]
    return json.dumps(about | {"checks": rows}, ensure_ascii=False, indent=2)
