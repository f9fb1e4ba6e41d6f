"""The site: ``python -m sphinx -W --keep-going -n docs docs/_build/html`` (or ``nox -s docs``)."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.ext.napoleon.docstring import GoogleDocstring
from sphinx.pycode import ModuleAnalyzer

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from model_tables import model_tables  # noqa: E402

import odata3  # noqa: E402
from spf_vmm.metadata import model  # noqa: E402

project = "odata3"
author = "the odata3 contributors"
copyright = "the odata3 contributors"
version = release = odata3.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
root_doc = "index"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autosummary_generate = False

html_theme = "furo"
html_title = "odata3"
html_static_path = ["_static"]
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b6e75",
        "color-brand-content": "#0b6e75",
        "color-api-name": "#0b6e75",
        "color-api-pre-name": "#4d5a5e",
        "font-stack": 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif',
        "font-stack--monospace": 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    },
    "dark_css_variables": {
        "color-brand-primary": "#5fc9c6",
        "color-brand-content": "#5fc9c6",
        "color-api-name": "#5fc9c6",
        "color-api-pre-name": "#9aa5a8",
    },
}
pygments_style = "tango"
pygments_dark_style = "github-dark"

# -- the reference, from the docstrings ------------------------------------------------------------------------------------------

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True}
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 100
python_use_unqualified_type_names = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

#: Where public names are documented, whatever file defines them.
FACES = ("odata3", "odata3.server", "spf_vmm", "spf_vmm.emulator")

nitpick_ignore_regex = [
    # Other packages: their references are not read, so that the site is built without a network.
    (r"py:.*", r"(?!odata3\b|spf_vmm\b).*"),
]


#: Files beside ``docs/``, each of which is a page of the site.
BESIDE = {name: f"{name.lower()}.md" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY")}


def as_on_the_site(app: Sphinx, page: str, source: list[str]) -> None:
    """Pages that include a file beside ``docs/`` hold its text; links to such files, and from them, lead to pages of the site."""

    def included(match: re.Match[str]) -> str:
        app.env.note_dependency(str(ROOT / match[1]))
        return (ROOT / match[1]).read_text("utf-8").replace("](docs/", "](")

    text = re.sub(r"^```\{include\} \.\./(\w+\.md)\n```$", included, source[0], flags=re.MULTILINE)
    if page == "reference/spf_entities":
        text = text.replace("<!-- the types of the model -->", model_tables(model()))
    source[0] = re.sub(rf"\]\((?:\.\./)?({'|'.join(BESIDE)})\.md", lambda match: f"]({BESIDE[match[1]]}", text)


def public_names() -> dict[str, str]:
    """The defining name of everything public, and the name that the reference has it by."""
    found = {}
    for face in FACES:
        module = importlib.import_module(face)
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(getattr(value, "__module__", None), str) and hasattr(value, "__qualname__"):
                found[f"{value.__module__}.{value.__qualname__}"] = f"{face}.{name}"
    return found


PUBLIC = public_names()
IN_SIGNATURES = (addnodes.desc_sig_name, addnodes.desc_returns, addnodes.desc_annotation, addnodes.desc_type)


def by_public_name(app: Sphinx, environment: Any, node: Any, content: nodes.Element) -> nodes.Node | None:
    """A reference to a public name by the file that defines it leads to its place in the reference.

    What an annotation names beside that is plain text; what a docstring or a page names must be there.
    """
    target = node.get("reftarget", "")
    for defined, public in PUBLIC.items():
        if target == defined or target.startswith(f"{defined}."):
            domain = environment.get_domain("py")
            elsewhere = public + target.removeprefix(defined)
            return domain.resolve_xref(environment, node["refdoc"], app.builder, node["reftype"], elsewhere, node, content)
    in_signature = isinstance(node.parent, IN_SIGNATURES) or node.rawsource.startswith(":py:class:`~")  # the second: base classes
    return content if in_signature and node.get("refdomain") == "py" else None


#: Classes that contexts and services make, and no user: how they are made is nobody's business.
MADE_FOR_YOU = re.compile(
    r"odata3\.(\w+(Query|Response|Continuation|Descriptor|StreamLink|Exception|Error)|server\.(Record|Transaction|Change|Call))"
)


def without_construction(
    app: Sphinx, what: str, name: str, value: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str, None] | None:
    made = what in ("class", "exception") and MADE_FOR_YOU.fullmatch(name)
    return ("", None) if made and signature else None


def names_together(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """``code, message : str`` stays one entry, which napoleon would take apart by its comma, and Sphinx by its blank."""
    between = "\N{BRAILLE PATTERN BLANK}·\N{BRAILLE PATTERN BLANK}"
    for number, line in enumerate(lines):
        if re.fullmatch(r"\w+(, \w+)+( : .*)?", line):
            names, colon, kind = line.partition(" : ")
            lines[number] = names.replace(", ", between) + colon + kind


def without_overloads(app: Sphinx) -> None:
    """``select`` has an overload for each number of columns, which tell a type checker much and a reader little."""
    analyzer = ModuleAnalyzer.for_module("odata3.client.query")
    analyzer.analyze()
    analyzer.overloads.pop("DataServiceQuery.select", None)


def whole(docstring: GoogleDocstring) -> list[str]:
    """A property's docstring is prose: what stands before its first colon is no type."""
    return docstring._dedent(docstring._consume_to_end())


def setup(app: Sphinx) -> None:
    GoogleDocstring._parse_attribute_docstring = whole  # type: ignore[method-assign]
    app.connect("builder-inited", without_overloads)
    app.connect("autodoc-process-signature", without_construction)
    app.connect("autodoc-process-docstring", names_together, priority=100)
    app.connect("source-read", as_on_the_site)
    app.connect("missing-reference", by_public_name)
