"""The directives of the site, for Sphinx."""

import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes, locale
from sphinx.util.docutils import SphinxDirective
from sphinx.util.i18n import docname_to_domain

from course.lessons import Course
from course.site import curves, flowchart, picture, plots, stage_page

_ = locale._


class PageDirective(SphinxDirective):
    """A directive that knows the course, and the words of the page in the reader's language."""

    has_content = True

    def catalogue(self):
        """Return a function that translates a text of this page."""
        config = self.config
        folders = [str(Path(self.env.srcdir, name)) for name in config.locale_dirs]
        domain = docname_to_domain(self.env.current_document.docname, config.gettext_compact)
        found, _has = locale.init(folders, config.language, domain)
        return lambda text: found.gettext(text) if text else text

    def extracting(self):
        """Tell whether the texts are being collected for the translators."""
        return self.env._app.builder.name == "gettext"

    def paragraphs(self, texts):
        """Return texts in the form in which they are collected."""
        return [self.paragraph(text) for text in texts]

    def paragraph(self, text):
        """Return a text as a paragraph."""
        paragraph = nodes.paragraph(text, text)
        paragraph.source, paragraph.line = self.get_source_info()
        return paragraph

    def html(self, text):
        """Return HTML."""
        return nodes.raw("", text, format="html")

    def folded(self, words, kind):
        """Return the content, folded under a line of words."""
        content = self.parse_content_to_nodes()
        opening = f'<details class="{kind}"><summary>{words}</summary>'
        return [self.html(opening), *content, self.html("</details>")]


class Mermaid(PageDirective):
    """A picture."""

    def run(self):
        """Draw it."""
        text = "\n".join(self.content)
        try:
            if self.extracting():
                return self.paragraphs(picture.read(text).labels())
            name = f"tip-{self.env.new_serialno('picture')}"
            return [self.html(picture.draw(text, self.catalogue(), name))]
        except flowchart.PictureError as error:
            raise self.error(f"{error}; the site draws flowcharts and sequences only") from None


class Plots(PageDirective):
    """The columns of a table as bars."""

    def run(self):
        """Draw them."""
        text = "\n".join(self.content)
        return [] if self.extracting() else [self.html(plots.draw(text, self.catalogue()))]


class Curves(PageDirective):
    """A table as curves, over the number of clients; its title is that of the table."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """Draw them."""
        if self.extracting():
            return []
        table = "\n".join(self.content)
        return [self.html(curves.draw(table, self.arguments[0], self.catalogue()))]


class StageDiff(PageDirective):
    """What changes from one lesson to the next."""

    required_arguments = 2

    def run(self):
        """Read the files anew at each build."""
        if self.extracting():
            return []
        self.env.note_reread()
        root = Path(self.config.course_root)
        return [self.html(stage_page.render(*(root / name for name in self.arguments), _))]


class HintFold(PageDirective):
    """One hint, folded."""

    required_arguments = 1

    def run(self):
        """Fold it."""
        return self.folded(f"{_('Hint')} {self.arguments[0]}", "hint-fold")


class MistakeFold(PageDirective):
    """What a known-bad version changes, and which checks notice it; folded."""

    optional_arguments = 1

    def run(self):
        """Fold it."""
        file = f" <code>{self.arguments[0]}</code>" if self.arguments else ""
        return self.folded(f"{_('The change, and the checks that notice it')}{file}", "mistake")


def name_site(app):
    """Call the site by its name in the reader's language."""
    app.config.html_title = str(_(app.config.project))


def note_progress(app, doctree):
    """Remember how much of a page is translated."""
    aside = (addnodes.toctree, nodes.image)  # of these Sphinx never says it, though it is done
    marked = [node for node in doctree.findall(nodes.Element) if "translated" in node]
    states = [node["translated"] for node in marked if not isinstance(node, aside)]
    app.env.metadata[app.env.docname]["translation"] = f"{sum(states)} {len(states)}"


def write_progress(app, error):
    """Write how much of the whole is translated, where the command finds it."""
    if error is None and app.builder.name == "html":
        rows = [data.get("translation", "0 0").split() for data in app.env.metadata.values()]
        figures = [sum(int(row[column]) for row in rows) for column in (0, 1)]
        Path(app.doctreedir, "translated.json").write_text(json.dumps(figures), encoding="utf-8")


def setup(app):
    """Tell Sphinx about all this."""
    app.add_config_value("course_root", str(Course().root), "env")
    for name, directive in {
        **{"mermaid": Mermaid, "plots": Plots, "curves": Curves, "stage-diff": StageDiff},
        **{"hint-fold": HintFold, "mistake-fold": MistakeFold},
    }.items():
        directives.register_directive(name, directive)
    app.connect("builder-inited", name_site)
    app.connect("doctree-read", note_progress)
    app.connect("build-finished", write_progress)
    return {"parallel_read_safe": True}
