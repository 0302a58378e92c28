"""The course's site: it builds, tells the truth about the lessons, and works in a browser."""

import ast
import re
from html.parser import HTMLParser
from itertools import combinations
from urllib.parse import unquote, urlsplit

import pytest

from course import definitions, readme
from course.lessons import ROOT, Course
from course.lint import files
from course.site import build, catalogues, flowchart, picture, plots, russian
from course.site.layout import Layout
from course.stages import read_folder
from course.tests.browser import Browser
from course.tests.small_course import run, write_files

pytest.importorskip("sphinx", reason="no Sphinx here: run python -m course setup")

COURSE = Course(ROOT)
LANGUAGES = ("en", "ru")
STAGES = [(a, b) for a, b in zip(COURSE.lessons(), COURSE.lessons()[1:], strict=False)]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("the site")
    problems = build.build(COURSE, folder, LANGUAGES)
    assert problems == ""
    return folder


@pytest.fixture(scope="session")
def browser():
    browser = Browser()
    yield browser
    browser.close()


class Page(HTMLParser):
    """What the tests want to know of a page."""

    def __init__(self, path):
        super().__init__()
        self.path, self.tags, self.ids, self.blocks = path, [], set(), []
        self.in_block = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids.update(filter(None, (attrs.get("id"), attrs.get("name"))))
        if tag == "pre":
            self.blocks.append("")
            self.in_block += 1

    def handle_endtag(self, tag):
        self.in_block -= tag == "pre"

    def handle_data(self, data):
        if self.in_block:
            self.blocks[-1] += data


def pages(site):
    """Return the built pages."""
    paths = [path for language in LANGUAGES for path in sorted((site / language).rglob("*.html"))]
    return {path: Page(path) for path in paths}


@pytest.fixture(scope="session")
def built(site):
    return pages(site)


class Diff(HTMLParser):
    """Reads a difference out of a page: file -> (state, rows of number, sign and text)."""

    def __init__(self, html):
        super().__init__()
        self.files, self.rows, self.cells, self.kind = {}, None, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        classes = (attrs.get("class") or "").split()
        if tag == "details" and "data-file" in attrs:
            self.files[attrs["data-file"]] = attrs["data-status"], []
            self.rows = self.files[attrs["data-file"]][1]
        elif tag == "table":
            self.kind = {"unified", "single"} & set(classes)
        elif tag == "tr" and self.kind:
            self.cells = []
        elif tag == "td" and self.cells is not None:
            exact = attrs.get("data-line")
            self.cells.append([classes, "", ast.literal_eval(exact) if exact else None, True])
        elif tag == "i" and self.cells:
            self.cells[-1][3] = False  # no end of line

    def handle_data(self, data):
        if self.cells and self.cells[-1][3]:
            self.cells[-1][1] += data

    def handle_endtag(self, tag):
        if tag == "tr" and self.cells and len(self.cells) > 1:
            self.rows.append(self.row())
        if tag in ("tr", "table"):
            self.cells = None
        if tag == "table":
            self.kind = None

    def row(self):
        number, sign, text = self.cells[-3][1], self.cells[-2][1], self.cells[-1]
        old = self.cells[0][1] if len(self.cells) == 4 else number
        words = text[1] if text[2] is None else text[2]
        if not text[3]:
            words = words.removesuffix(" ") if text[2] is None else words
        return old, sign, words + ("\n" if text[3] else "")


def apply(rows, old):
    """Return the new lines: the old ones with the rows of a difference applied to them."""
    new, position = [], 0
    for number, sign, line in rows:
        if sign != "+" and number:
            new += old[position : int(number) - 1]
            position = int(number) - 1
        if sign == "+":
            new.append(line)
        else:
            assert old[position] == line
            position += 1
            new += [] if sign == "−" else [line]
    return new + old[position:]


def texts_of(folder):
    """Return the files of a lesson, but for pictures: there a difference cannot be read."""
    return {name: data for name, data in read_folder(folder).items() if not name.endswith(".png")}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage[1].name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_difference_on_the_page_makes_the_next_lesson_of_the_one_before(site, stage, language):
    old, new = (texts_of(lesson.folder) for lesson in stage)
    page = site / language / "diffs" / f"{stage[1].name}.html"
    for name, (state, rows) in Diff(page.read_text(encoding="utf-8")).files.items():
        lines = re.findall(r"[^\n]*\n|[^\n]+", old.pop(name, b"").decode())
        made = "".join(apply(rows, lines)).encode()
        if state in ("gone", "graduated"):
            assert made == b""
        else:
            old[name] = made
    assert old == new


def test_nothing_comes_from_elsewhere(built, site):
    for path, page in built.items():
        for tag, attrs in page.tags:
            address = attrs.get("src") or attrs.get("href") if tag != "a" else None
            assert not re.match(r"(?:https?:)?//", address or ""), (path, tag, address)
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", path.read_text("utf-8"))


def test_every_link_inside_leads_somewhere(built):
    for path, page in built.items():
        for tag, attrs in page.tags:
            address = urlsplit(attrs.get("href") or attrs.get("src") or "")
            if address.scheme or address.netloc:
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            assert target.is_file(), (path, tag, address.geturl())
            if address.fragment and target in built:
                assert unquote(address.fragment) in built[target].ids, (path, address.geturl())


def test_code_and_commands_are_the_same_in_both_languages(built, site):
    for path, page in built.items():
        if site / "en" in path.parents:
            russian_page = built[site / "ru" / path.relative_to(site / "en")]
            assert page.blocks == russian_page.blocks, path


def test_each_lesson_has_its_pages_and_three_folded_hints(built, site):
    for lesson in COURSE.lessons():
        page = built[site / "en" / lesson.name / "index.html"]
        hints = [attrs for tag, attrs in page.tags if attrs.get("class") == "hint-fold"]
        assert len(hints) == 3
        assert (site / "en" / "mistakes" / f"{lesson.name}.html").is_file()


def test_every_word_of_the_frame_is_translated():
    known = {entry.text for entry in russian.read(russian.folder(COURSE) / "sphinx.po")}
    for path in (
        *(ROOT / "docs" / "_extension").glob("*.py"),
        *(ROOT / "course/site").glob("*.py"),
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "say"):
                word = node.args[0]
                assert not isinstance(word, ast.Constant) or word.value in known, word.value


def test_the_russian_readme_is_current():
    assert (ROOT / "README.ru.md").read_text(encoding="utf-8") == russian.make_readme(COURSE)


def test_a_page_with_a_broken_link_is_refused(tmp_path):
    page = "# Lesson 3: one\n\nSee [this](nowhere.md).\n"
    write_files(tmp_path, {"README.md": "# A course\n", "lesson03/README.md": page})
    done = run(tmp_path, "docs", "--language", "en", "--output", tmp_path / "out")
    assert done.returncode == 1
    assert "nowhere.md" in done.stdout
    assert "lesson03" in done.stdout


def test_what_is_translated_once_serves_other_pages_and_other_numbers():
    known = {"Lesson 0": "Урок 0", "new": "новый", "A dog": "Пёс"}
    assert catalogues.translate("new", known) == "новый"
    assert catalogues.translate("Lesson 12", known) == "Урок 12"
    assert catalogues.translate("`server.py` 7", known) == "`server.py` 7"
    assert catalogues.translate("![A dog](dog.svg)", known) == "![Пёс](dog.svg)"
    assert catalogues.translate("unknown", known) == ""


def test_a_catalogue_survives_being_written(tmp_path):
    long = 'a "quoted" word, a \\ and a `code span` ' * 8
    path = tmp_path / "page.po"
    russian.write(
        path, [russian.Entry(long, "", False, 1), russian.Entry("b", "", True, 2)], ["в", ""]
    )
    entries = russian.read(path)
    assert [(e.text, e.translation, e.fuzzy) for e in entries] == [
        (long, "в", False),
        ("b", "", True),
    ]


def test_code_that_differs_in_a_translation_is_told():
    assert russian.Entry("run `a` and `b`", "запустите `b` и `a`", False, 1).problem == ""
    assert "code" in russian.Entry("run `a`", "запустите `б`", False, 1).problem


OLD = """
def a():
    pass

def b():
    pass

class C:
    def d(self):
        pass
"""
NEW = """
def b():
    return 1

class C:
    def d(self):
        pass  # a remark is no change

    def e(self):
        pass
"""


def test_functions_added_changed_and_removed_are_listed():
    assert definitions.compare(OLD, NEW) == definitions.Difference(("C.e",), ("b",), ("a",))
    assert definitions.compare("no python(", NEW).added == ("b", "C", "C.d", "C.e")


def charts():
    """Return every flowchart of the course."""
    texts = [path.read_text(encoding="utf-8") for path in files(ROOT, "README.md")]
    found = [block.text for text in texts for block in readme.blocks(text)]
    return [text for text in found if text.startswith("flowchart")]


@pytest.mark.parametrize("across", (True, False))
@pytest.mark.parametrize("text", charts(), ids=lambda text: re.sub(r"\W+", " ", text)[10:50])
def test_boxes_of_a_picture_do_not_overlap(text, across):
    chart = flowchart.read(text)
    chart.across = across
    layout = Layout(chart)
    boxes = [layout.boxes[name] for name in chart.nodes]
    width, height = layout.extent
    for a, b in combinations(boxes, 2):
        apart = 2 * abs(a.x - b.x) >= a.width + b.width, 2 * abs(a.y - b.y) >= a.height + b.height
        assert any(apart)
    assert all(0 <= box.x - box.width / 2 and box.x + box.width / 2 <= width for box in boxes)
    assert all(0 <= box.y - box.height / 2 and box.y + box.height / 2 <= height for box in boxes)


def test_a_picture_that_cannot_be_drawn_names_the_line():
    for text in ("stateDiagram\n", "flowchart LR\na => b", "sequenceDiagram\nloop"):
        with pytest.raises(flowchart.PictureError, match="state|=>|loop"):
            picture.draw(text)


def test_a_column_of_numbers_becomes_bars_and_one_of_words_does_not():
    html = plots.draw(
        "| server | CPU | end |\n|---|---|---|\n| a | 2 µs | cut |\n| b | 1 µs | kept |\n"
    )
    assert html.count("<svg") == 1
    assert "2 µs" in html


def test_search_finds_a_page_in_both_languages(browser, site):
    for language, word in (("en", "outbox"), ("ru", "журнал")):
        browser.show(site / language / "search.html", f"?q={word}")
        browser.until("document.querySelectorAll('#search-results li').length > 0")


def test_the_difference_is_shown_side_by_side_or_unified(browser, site):
    browser.show(site / "en" / "diffs" / "lesson06.html")
    shown = "getComputedStyle(document.querySelector('.diff.{}')).display != 'none'"
    assert browser.value(shown.format("side"))
    assert not browser.value(shown.format("unified"))
    browser.value("document.querySelector('label[for=unified]').click()")
    assert not browser.value(shown.format("side"))
    assert browser.value(shown.format("unified"))


OUT_OF_REACH = """
[...document.querySelectorAll('article :is(svg, table, pre, img, p, summary, h1, h2, h3)')]
.filter(element => element.getBoundingClientRect().right > innerWidth + 1)
.filter(element => {
    for (let up = element; up.tagName != 'ARTICLE'; up = up.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return false;
    return true;
}).map(element => element.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_no_page_is_wider_than_the_screen(browser, site, language):
    for path in sorted((site / language).rglob("*.html")):
        browser.show(path, width=390, height=800)
        assert browser.value("document.scrollingElement.scrollWidth") <= 390, path
        assert browser.value(OUT_OF_REACH) == [], path


def test_light_and_dark_follow_the_system(browser, site):
    style = "getComputedStyle(document.querySelector('{}')).{}"
    colours = []
    for scheme in ("light", "dark"):
        browser.show(site / "en" / "lesson07" / "index.html", scheme=scheme)
        paper = browser.value(style.format("body", "backgroundColor"))
        ink = browser.value(style.format(".chart text", "fill"))
        assert paper != ink
        colours += [paper, ink]
    assert len(set(colours)) == 4
