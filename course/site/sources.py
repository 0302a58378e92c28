"""Write the tree of pages that Sphinx reads: the course's own pages, and those made from files."""

from course import stages
from course.lint import files
from course.site import mistakes, page

DIFF = """# What lesson {number} changes

The files of [lesson {number}](../{name}/index.md) beside those of the lesson before. First
which functions and classes come and go, then every line.

```{{stage-diff}} {previous} {name}
```
"""
TOCTREE = "```{{toctree}}\n:hidden:\n{options}\n{names}\n```\n"


def write(course, folder):
    """Write all pages into a folder, and the files that they link to; what is stale goes."""
    pages = {}
    for path in pages_of(course):
        name = page.site_name(path.relative_to(course.root).as_posix())
        pages[name] = page.transform(path.read_text(encoding="utf-8"))
    for lesson in course.lessons():
        add_lesson(course, lesson, pages)
    pages["index.md"] += contents(course, pages)
    wanted = {name: text.encode() for name, text in pages.items()}
    wanted |= linked_files(course)
    replace(folder, wanted)


def pages_of(course):
    """Return every page that somebody wrote."""
    names = ("README.md", "PROTOCOL.md", "CONTRIBUTING.md")
    found = [course.root / name for name in names] + sorted((course.root / "docs").glob("*.md"))
    for lesson in course.lessons():
        found += files(lesson.folder, "README.md")
    return [path for path in found if path.is_file()]


def add_lesson(course, lesson, pages):
    """Add what is made of a lesson's files, and what follows its text."""
    before = course.root / f"lesson{lesson.number - 1:02}"
    name, links = f"{lesson.name}/index.md", ""
    if before.is_dir():
        text = DIFF.format(number=lesson.number, name=lesson.name, previous=before.name)
        pages[f"diffs/{lesson.name}.md"] = text
        links = f"[What this lesson changes, line by line](../diffs/{lesson.name}.md)"
    if text := mistakes.render(course, lesson):
        pages[f"mistakes/{lesson.name}.md"] = text
    variants = [other for other in pages if other.startswith(f"{lesson.name}/") and other != name]
    names = [other.removeprefix(f"{lesson.name}/").removesuffix(".md") for other in variants]
    pages[name] += f"\n{links}\n\n{toctree(names)}"


def toctree(names, caption=None):
    """Return a table of contents that only the sidebar shows."""
    options = f":caption: {caption}\n" if caption else ""
    return TOCTREE.format(options=options, names="\n".join(names)) if names else ""


def contents(course, pages):
    """Return the tables of contents of the whole site."""
    stems = [name.removesuffix(".md") for name in pages]
    lessons = [f"{lesson.name}/index" for lesson in course.lessons()]
    changes = [name for name in stems if name.startswith("diffs/")]
    handbook = [name for name in stems if name.startswith("docs/")]
    wrong = [name for name in stems if name.startswith("mistakes/")]
    rest = [name for name in ("PROTOCOL", "CONTRIBUTING") if name in stems]
    parts = {
        "Lessons": [*lessons, *(name for name in rest if name == "PROTOCOL")],
        "Line by line": changes,
        "For instructors": [*handbook, *(name for name in rest if name == "CONTRIBUTING")],
        "Common mistakes": wrong,
    }
    return "\n" + "\n".join(toctree(names, caption) for caption, names in parts.items())


def linked_files(course):
    """Return the files, pages aside, that pages show or link to: name -> bytes."""
    found = {}
    for path in pages_of(course):
        for target in page.targets(path.read_text(encoding="utf-8")):
            linked = (path.parent / target).resolve()
            if linked.is_file() and linked.suffix != ".md" and course.root in linked.parents:
                others = linked.parent.glob(f"{linked.stem}.??{linked.suffix}")  # other languages
                for file in (linked, *others):
                    found[file.relative_to(course.root).as_posix()] = file.read_bytes()
    return found


def replace(folder, wanted):
    """Let a folder hold exactly these files; who has not changed keeps its time."""
    old = stages.read_folder(folder) if folder.is_dir() else {}
    for name in old.keys() - wanted.keys():
        (folder / name).unlink()
    for name, data in wanted.items():
        if old.get(name) != data:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
