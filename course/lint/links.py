"""Every link of a page that stays within the course leads to a file, and to a place in it."""

import re
from urllib.parse import unquote

from course.lint import Finding
from course.lint.pages import without_blocks

TARGETS = re.compile(
    r"\]\(\s*<?([^)\s>]+)"  # [text](target) and ![text](target)
    r"|^\[[^\]]+\]:\s*(\S+)"  # [name]: target
    r"|<(?:img|a)\s[^>]*?(?:src|href)=\"([^\"]+)",
    re.MULTILINE,
)


def check_pages(course, pages):
    """Find links of pages that lead nowhere."""
    for path in pages:
        place = path.relative_to(course.root).as_posix()
        text = re.sub(r"`[^`\n]*`", "", without_blocks(path.read_text(encoding="utf-8")))
        for match in TARGETS.finditer(text):
            target = match[1] or match[2] or match[3]
            problem = link_problem(path, unquote(target))
            if problem:
                yield Finding(place, text.count("\n", 0, match.start()) + 1, problem)


def link_problem(page, target):
    """Return what is wrong with a link, or None."""
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return None  # it leads out into the world
    name, _, anchor = target.partition("#")
    path = page.parent / name if name else page
    if name.startswith("/") or not path.exists():
        return f"the link to {target} leads nowhere: correct it, or make {name}"
    if anchor and path.suffix == ".md" and anchor not in anchors(path):
        return f"there is no heading for #{anchor} in {path.name}"
    return None


def anchors(path):
    """Return the anchors of a page: one for each heading, and those that are written out."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"<[^>]+\b(?:id|name)=\"([^\"]+)\"", text)
    for heading in re.findall(r"^#+ (.+)$", without_blocks(text), re.MULTILINE):
        found.append(slug(heading, found))
    return found


def slug(heading, taken):
    """Return the anchor of a heading, numbered if others have the same."""
    words = re.sub(r"\]\([^)]*\)", "", heading.strip().lower())
    plain = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
    same = [name for name in taken if re.fullmatch(re.escape(plain) + r"(-\d+)?", name)]
    return f"{plain}-{len(same)}" if same else plain
