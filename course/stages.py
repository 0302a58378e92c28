"""What changes between two stages: two lessons, or any two folders with the same file names."""

import ast
import difflib
import os
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from course.lessons import GENERATED

FILE_BUDGET, TOTAL_BUDGET = 60, 200  # changed lines that a reader of one lesson can follow
KINDS = ("code", "test", "rest")  # in the order in which an instructor wants to see them


@dataclass(frozen=True)
class FileChange:
    """What happens to one file. A text is None where there is no such file.

    A binary file has its bytes for text, one character each, and no lines that could be counted.
    """

    name: str  # inside its folder, with / on every system
    old_text: str | None
    new_text: str | None
    added: int = 0  # lines
    removed: int = 0
    binary: bool = False
    graduated: bool = False  # gone from here, and imported from common/ now
    stayed: bool = False  # of a variant, all of which stays in its lesson

    @property
    def kind(self):
        """Tell code from tests, and both from the rest: pages, pictures, the copy of common/."""
        path = PurePosixPath(self.name)
        if fnmatch(path.name, "test_*.py") or path.name == "conftest.py":
            return "test"
        hidden = any(part.startswith(".") for part in path.parts)
        aside = hidden or path.suffix in (".md", ".svg") or path.parts[0] == "common"
        return "rest" if aside else "code"

    @property
    def status(self):
        """Say in a word what happens."""
        if self.old_text is None:
            return "created"
        if self.new_text is None:
            return "graduated" if self.graduated else "gone"
        return "unchanged" if self.old_text == self.new_text else "changed"

    @property
    def words(self):
        """Say in words what happens."""
        if self.graduated:
            return f"{self.name} graduated to common/{PurePosixPath(self.name).name}"
        status = "stays behind with its variant" if self.stayed else self.status
        return f"{self.name} ({'binary, ' if self.binary else ''}{status})"

    @property
    def lines(self):
        """Return how many lines a reader has to follow."""
        return self.added + self.removed if self.counts else 0

    @property
    def counts(self):
        """Tell whether its lines are to be counted: what graduated or stays behind is known."""
        return not (self.graduated or self.stayed)


def compare(old_folder, new_folder):
    """Return the changes of all files: the code first, then the tests, then the rest."""
    old, new = read_folder(old_folder), read_folder(new_folder)
    imported, left = names_from_common(new), top_folders(old) - top_folders(new)
    changes = [
        change(name, old.get(name), new.get(name), imported, left) for name in {**old, **new}
    ]
    return sorted(changes, key=lambda change: (KINDS.index(change.kind), change.name))


def top_folders(files):
    """Return the names of the folders that stand in a stage beside its scripts."""
    return {name.partition("/")[0] for name in files if "/" in name}


def read_folder(folder):
    """Return the files of a folder and of those inside it, without what running things made."""
    files = {}
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_generated(name)]
        paths = [Path(where, name) for name in names if not is_generated(name)]
        files |= {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if p.is_file()}
    return files


def is_generated(name):
    """Tell whether a file or folder of this name was made by running things."""
    return any(fnmatch(name, pattern) for pattern in GENERATED)


def names_from_common(files):
    """Return the names of the modules that these files import from `common/`."""
    nodes = [node for name in files if name.endswith(".py") for node in walk(files[name])]
    modules = [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            modules += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return {name.split(".")[1] for name in modules if name.startswith("common.")}


def walk(source):
    """Return the nodes of a program; none where it is no Python yet."""
    try:
        return list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return []


def change(name, old, new, imported=(), left=()):
    """Return the change from some bytes to others; None stands for no file.

    `imported` are the modules that come from `common/` now, `left` the folders that stayed behind.
    """
    binary = is_binary(old) or is_binary(new)
    old_text, new_text = align_line_ends(decode(old, binary), decode(new, binary))
    added, removed = (0, 0) if binary else count(old_text, new_text)
    path = PurePosixPath(name)
    graduated = new is None and name in {f"{module}.py" for module in imported}
    stayed = "/" in name and path.parts[0] in left
    return FileChange(name, old_text, new_text, added, removed, binary, graduated, stayed)


def is_binary(data):
    """Tell whether bytes are no text in UTF-8."""
    try:
        return data is not None and "\0" in data.decode("utf-8")
    except UnicodeDecodeError:
        return True


def decode(data, binary):
    """Turn the bytes of a file into text."""
    return data if data is None else data.decode("latin-1" if binary else "utf-8")


def align_line_ends(old, new):
    r"""Return both texts with \n where one was written on Windows: that is not what changed."""
    if old and new and has_windows_line_ends(old) != has_windows_line_ends(new):
        return old.replace("\r\n", "\n"), new.replace("\r\n", "\n")
    return old, new


def has_windows_line_ends(text):
    r"""Tell whether every line ends with \r\n."""
    return 0 < text.count("\n") == text.count("\r\n")


def count(old, new):
    """Return how many lines are added and removed."""
    diff = difflib.unified_diff(split_lines(old), split_lines(new), n=0)
    signs = [line[0] for line in diff][2:]  # without the header
    return signs.count("+"), signs.count("-")


def split_lines(text):
    r"""Return the lines with their ends; other than str.splitlines, only \n ends a line."""
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")


def unified(change, old_label, new_label):
    """Return a change as lines that `patch -p1` and `git apply` understand."""
    if change.binary or change.status == "unchanged":
        return []
    old, new = f"{old_label}/{change.name}", f"{new_label}/{change.name}"
    lines = [f"diff --git {old} {new}\n"]  # this form can tell of a new file that is empty
    if change.old_text is None:
        lines, old = [*lines, "new file mode 100644\n"], "/dev/null"
    elif change.new_text is None:
        lines, new = [*lines, "deleted file mode 100644\n"], "/dev/null"
    texts = split_lines(change.old_text), split_lines(change.new_text)
    names = [f"{name}\t" if " " in name else name for name in (old, new)]  # a tab ends the name
    return lines + [end_line(line) for line in difflib.unified_diff(*texts, *names)]


def end_line(line):
    """Return a line of a diff, and the remark that patch expects where a file has no last end."""
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def printable(line):
    """Return a line of a file as it is, but unable to control what shows it."""
    plain = line.rstrip("\r\n").expandtabs()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)


def totals(changes):
    """Return what stands under the table: added and removed lines, and what they are."""
    code = [c for c in changes if c.kind == "code" and c.counts]
    tests = [c for c in changes if c.kind == "test" and c.counts]
    aim = f"aim at {TOTAL_BUDGET} in all and {FILE_BUDGET} in a file"
    words = f"code: {sum(change.lines for change in code)} changed lines; {aim}"
    return [(*add_up(code), words), (*add_up(tests), "tests")]


def add_up(changes):
    """Return the added and the removed lines of several files."""
    return sum(change.added for change in changes), sum(change.removed for change in changes)
