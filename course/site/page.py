"""Turn a page of the course into one of the site: links, hints, plots."""

import re

from course import readme

LINK = re.compile(r"(\]\(<?)([^)\s>#]+)")
HINT = re.compile(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", re.MULTILINE | re.DOTALL)
MEASURED = re.compile(r"^\| server \|.*\n(?:\|.*\n)+", re.MULTILINE)
GROWING = re.compile(r"^#+ (.+)\n\n(\| clients \|.*\n(?:\|.*\n)+)", re.MULTILINE)


def site_name(name):
    """Return where a page stands in the site: a folder's README is its first page."""
    return re.sub(r"(^|/)README\.md$", r"\1index.md", name)


def file_name(name):
    """Return where a page of the site stands in the course."""
    return re.sub(r"(^|/)index\.md$", r"\1README.md", name)


def transform(text):
    """Return a page of the course as the site needs it."""
    return outside_blocks(fold_hints(add_plots(text)), relink)


def outside_blocks(text, function):
    """Apply a function to what stands outside fenced blocks."""
    parts, end = [], 0
    for block in readme.FENCE.finditer(text):
        parts += [function(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, function(text[end:])])


def relink(text):
    """Let links lead to pages of the site."""
    return LINK.sub(lambda link: link[1] + site_name(link[2]), text)


def unlink(text):
    """Let links lead to pages of the course again."""
    return LINK.sub(lambda link: link[1] + file_name(link[2]), text)


def targets(text):
    """Return where the links and pictures of a page lead."""
    found = []
    outside_blocks(text, lambda part: found.extend(link[2] for link in LINK.finditer(part)) or "")
    return found


def fold_hints(text):
    """Fold each hint, so that a reader opens one at a time."""
    section = re.search(r"^## Hints\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not section:
        return text
    folded = HINT.sub(fold_hint, section[1])
    return text[: section.start(1)] + folded + text[section.end(1) :]


def fold_hint(match):
    """Return one hint, folded."""
    words = re.sub(r"^   ", "", match[2].strip(), flags=re.MULTILINE)
    return f":::{{hint-fold}} {match[1]}\n{words}\n:::\n\n"


def add_plots(text):
    """Put a plot under each table that measures servers, and curves where clients grow more."""
    text = MEASURED.sub(lambda table: f"{table[0]}\n```{{plots}}\n{table[0]}```\n", text)
    return GROWING.sub(lambda found: f"{found[0]}\n```{{curves}} {found[1]}\n{found[2]}```\n", text)
