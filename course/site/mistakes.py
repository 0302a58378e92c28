"""Make a page of common mistakes from the known-bad versions of a lesson."""

import difflib
import re
from dataclasses import replace
from itertools import groupby

from course.harness import broken, suite

PAGE = """# Common mistakes in lesson {number}

Each of them once stood in somebody's program, or could. The checks of
[the lesson](../{name}/index.md) notice every one; `python -m course prove {number}`
shows that they do.
"""
MISTAKE = """
### {name}

{what}

:::{{mistake-fold}} {file}
{changes}
```text
{checks}
```
:::
"""


def render(course, lesson):
    """Return the page as Markdown, empty if no bad versions are kept."""
    versions = broken.read(course, lesson)
    if not versions:
        return ""
    titles = {check.id: str(check) for check in suite.checks_for(course, lesson.number)}
    parts = [PAGE.format(number=lesson.number, name=lesson.name)]
    for group, found in groupby(versions, lambda version: version.group):
        parts.append(f"\n## {heading(group, lesson)}\n")
        parts += [render_one(version, titles) for version in without_prefix(list(found))]
    return "".join(parts)


def without_prefix(versions):
    """Return versions without the words that all their names begin with: "private: …"."""
    prefixes = {version.name.partition(": ")[0] + ": " for version in versions}
    prefix = prefixes.pop()
    if prefixes or not all(version.name.startswith(prefix) for version in versions):
        return versions
    return [replace(version, name=version.name.removeprefix(prefix)) for version in versions]


def heading(group, lesson):
    """Return the heading of one file of bad versions: the lesson's, or a variant's."""
    variant = group.removeprefix(lesson.name).strip("_")
    return f"`{variant}`" if variant else "In the messenger"


def render_one(version, titles):
    """Return one mistake: what it is, what is changed, who notices."""
    checks = [titles.get(id, id) for id in version.fails]
    return MISTAKE.format(
        name=markdown(version.name),
        what=markdown(version.what) or "–",
        file=version.file,
        changes=changes(version),
        checks="\n".join(checks),
    )


def changes(version):
    """Return the replacement as a diff."""
    if not version.file or version.remove:
        return ""
    texts = version.old.splitlines(), version.new.splitlines()
    lines = list(difflib.unified_diff(*texts, lineterm="", n=99))[3:]
    return "````diff\n" + "\n".join(lines or ["-" + version.old]) + "\n````\n"


def markdown(text):
    """Return a plain text as Markdown: what looks like code is shown as code."""
    safe = re.sub(r"([\\*<>\[\]#|])", r"\\\1", text)
    return re.sub(r"(?<![\w`.])(\w+(?:\.\w+)*\(\)|\w+_\w+(?:\.\w+)*)(?![\w`])", r"`\1`", safe)
