"""The Russian catalogues: how complete they are, and README.ru.md, which is made with them.

Standard library only: the rules of the course are checked in a bare clone, too.
"""

import ast
import re
from dataclasses import dataclass

from course.site import page

ENTRY = re.compile(
    r"(?P<remarks>(?:^#.*\n)*)^msgid (?P<id>(?:\".*\"\n)+)^msgstr (?P<text>(?:\".*\"\n?)+)",
    re.MULTILINE,
)
CODE = re.compile(r"(`+)(.+?)\1")
BLOCK = re.compile(r"^((?:\s*(?:[-*]|\d+\.) +|#+ +)?)(.*)$", re.DOTALL)
MADE = "<!-- Made by `python -m course docs --update-catalogues` from README.md. -->\n"
WIDTH = 110
HEAD = """msgid ""
msgstr ""
"Language: ru\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


@dataclass(frozen=True)
class Entry:
    """One text and its translation."""

    text: str
    translation: str
    fuzzy: bool
    line: int

    @property
    def is_done(self):
        """Tell whether it is translated, and from this very text."""
        return bool(self.translation) and not self.fuzzy

    @property
    def problem(self):
        """Say what is wrong with the code in it, if anything is."""
        if self.is_done and codes(self.text) != codes(self.translation):
            return f"the code in the translation is not that in the text: {self.text[:60]}"
        return ""


def codes(text):
    """Return the code spans of a text; their order is the language's affair."""
    return sorted(code[2] for code in CODE.finditer(text))


def folder(course):
    """Return where the catalogues are."""
    return course.root / "docs" / "locale" / "ru" / "LC_MESSAGES"


def catalogues(course):
    """Return the files of the catalogues."""
    return sorted(folder(course).rglob("*.po"))


def read(path):
    """Return the entries of a catalogue, without its head."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in ENTRY.finditer(text):
        fuzzy = re.search(r"^#,.*\bfuzzy\b", match["remarks"], re.MULTILINE)
        line = text.count("\n", 0, match.start("id")) + 1
        found.append(Entry(unquote(match["id"]), unquote(match["text"]), bool(fuzzy), line))
    return [entry for entry in found if entry.text]


def write(path, entries, translations):
    """Write a catalogue with other translations; its head names neither a day nor a person."""
    parts = [HEAD]
    for entry, translation in zip(entries, translations, strict=True):
        flag = "#, fuzzy\n" if entry.fuzzy else ""
        parts.append(f"{flag}msgid {quote(entry.text)}msgstr {quote(translation)}")
    path.write_text("\n".join(parts), encoding="utf-8", newline="\n")


def quote(text):
    """Return a text in quoted lines."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if len(safe) < WIDTH - 10:
        return f'"{safe}"\n'
    pieces, last = [], ""
    for word in re.findall(r"\S+\s*|\s+", safe):
        if len(last) + len(word) > WIDTH - 10:
            pieces, last = [*pieces, last], ""
        last += word
    return '""\n' + "".join(f'"{piece}"\n' for piece in [*pieces, last] if piece)


def unquote(lines):
    """Return the text that stands in quoted lines."""
    return "".join(ast.literal_eval(line) for line in lines.splitlines())


def figures(course):
    """Return a line for each catalogue that is not complete, and one for all of them."""
    lines, whole = [], []
    for path in catalogues(course):
        entries = read(path)
        whole += entries
        name = path.relative_to(course.root).as_posix()
        if not all(entry.is_done for entry in entries):
            lines.append(f"{name}: {count(entries)}")
    return [*lines, f"Russian: {count(whole)}"]


def count(entries):
    """Return in words how many texts are translated."""
    done = sum(entry.is_done for entry in entries)
    fuzzy = sum(entry.fuzzy for entry in entries)
    missing = len(entries) - done - fuzzy
    percent = 100 * done // max(len(entries), 1)
    return f"{done} of {len(entries)} texts, {percent} % ({missing} missing, {fuzzy} fuzzy)"


def write_readme(course):
    """Write README.ru.md."""
    path = course.root / "README.ru.md"
    path.write_text(make_readme(course), encoding="utf-8", newline="\n")


def make_readme(course):
    """Return README.md in Russian, as far as it is translated."""
    path = folder(course) / "index.po"
    entries = read(path) if path.is_file() else []
    known = {entry.text: entry.translation for entry in entries if entry.is_done}
    text = (course.root / "README.md").read_text(encoding="utf-8")
    first, rest = translate(text, known, course.root).split("\n", 1)
    return f"{first}\n\n{MADE}{rest}"


def translate(text, known, root):
    """Return a page with every block translated that is known; fenced blocks stay."""

    def translate_part(part):
        blocks = re.split(r"(\n(?:[ \t]*\n)+)", part)
        return "".join(translate_block(block, known, root) for block in blocks)

    return page.outside_blocks(text, translate_part)


def translate_block(block, known, root):
    """Return one block: a heading, a paragraph, a list, or the rows of a table."""
    if not block.strip() or block.startswith("<!--"):
        return block
    if block.lstrip().startswith("|"):
        return "\n".join(translate_row(row, known) for row in block.split("\n"))
    picture = re.fullmatch(r"\s*!\[(.*?)\]\((.*?)\)\s*", block)
    if picture:
        return translate_picture(picture, known, root)
    lines = re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", block)
    return "\n".join(translate_text(line, known) for line in lines)


def translate_picture(match, known, root):
    """Return a picture with Russian words, if there is such a one."""
    path = re.sub(r"\.(\w+)$", r".ru.\1", match[2])
    target = path if (root / path).is_file() else match[2]
    return match[0].replace(match[1], known.get(match[1], match[1])).replace(match[2], target)


def translate_row(row, known):
    """Return a row of a table."""
    cells = [translate_text(cell.strip(), known, wrap=False) for cell in row.strip("| ").split("|")]
    return row if set(row) <= set("|-: ") else f"| {' | '.join(cells)} |"


def translate_text(text, known, wrap=True):
    """Return a paragraph, a heading, a point of a list, or a cell."""
    mark, words = BLOCK.match(text).groups()
    plain = page.relink(" ".join(words.split()))
    if plain not in known:
        return text
    found = mark + page.unlink(known[plain])
    return fold(found) if wrap and not mark.startswith("#") else found


def fold(text):
    """Return a text in lines of a readable length; code stays whole."""
    words = re.findall(r"(?:`[^`]*`|[^\s`])+", text)
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)
