"""How Sphinx builds these pages: ``sphinx-build docs docs/_build/html``. Needs no network."""

import re
import runpy
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

_HERE = Path(__file__).parent
_PACKAGE = _HERE.parent / "PureCloudPlatformClientV2"
sys.path[:0] = [str(_HERE), str(_HERE.parent)]

project = "PureCloudPlatformClientV2"
version = release = runpy.run_path(str(_PACKAGE / "version.py"))["__version__"]

extensions = ["myst_parser", "sphinx_copybutton", "reference_pages"]
exclude_patterns = ["_build"]
# Links to headings, such as errors.md#attributes, are written as a Git host makes them.
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"{project} {release}"
html_logo = html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_copyright = False
html_copy_source = False
html_use_index = False  # the tables of the pages are their index, and the search finds the rest
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6b8a", "color-brand-content": "#0b6b8a"},
    "dark_css_variables": {"color-brand-primary": "#6cc5e0", "color-brand-content": "#6cc5e0"},
}

pygments_style = "github-light-high-contrast"
pygments_dark_style = "github-dark-high-contrast"

# Of a console block, the commands are copied, without the prompt and without what they print.
copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"


_HEADING_OR_CELL = re.compile(r"<(h[1-4]|t[dh])\b.*?</\1>", re.S)
_ANCHOR = re.compile(r'<p><a id="([^"]+)"></a></p>\n(?=.*<span id="\1">)', re.S)
_TITLE = re.compile(rf"(<h1>{project}\.)(\w+)")
_LONG_WORD = re.compile(r"(?<![&#\w])[\w./{}]{12,}(?=[^<>]*<)")
_BETWEEN_WORDS = re.compile(r"(?<=[._/])(?=[\w{])|(?<=[a-z])(?=[A-Z])")


def _breakable(html: str) -> str:
    """Let long names break between their words; what is copied or searched for stays the same."""
    return _LONG_WORD.sub(lambda word: _BETWEEN_WORDS.sub("<wbr>", word[0]), html)


def _finish_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    # The name of the package comes after that of the page anyway.
    context["title"] = str(context.get("title", "")).removeprefix(f"{project}.")
    for neighbor in filter(None, (context.get("prev"), context.get("next"))):
        neighbor["title"] = str(neighbor["title"]).removeprefix(f"{project}.")
    if "body" in context:
        # An anchor for Git hosts is one too many where Sphinx gives the next heading the same id.
        body = _ANCHOR.sub("", context["body"])
        body = _TITLE.sub(r"\1<wbr><span class='name'>\2</span>", body)
        context["body"] = _HEADING_OR_CELL.sub(lambda one: _breakable(one[0]), body)
    if "toc" in context:
        context["toc"] = _breakable(context["toc"])


def _limit_contents(app: Sphinx, environment: BuildEnvironment) -> None:
    # Beside the page: the methods, without the same three headings under each of them.
    for page in environment.found_docs:
        if page.endswith("Api"):
            environment.metadata[page]["tocdepth"] = 2


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("env-updated", _limit_contents)
    app.connect("html-page-context", _finish_page)
