"""How Sphinx builds these pages: ``sphinx-build docs docs/_build/html``. Needs no network."""

import runpy
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent / "PureCloudPlatformClientV2"

project = "PureCloudPlatformClientV2"
version = release = runpy.run_path(str(_PACKAGE / "version.py"))["__version__"]

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
# Links to headings, such as errors.md#attributes, are written as a Git host makes them.
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"{project} {release}"
html_show_copyright = False
