"""The web page on which a sandbox is watched and played with: its files, served as they are."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response

from ..errors import error_for_status
from ..visitors import check_visitor

page: Blueprint = Blueprint("page", __name__)
page.before_request(check_visitor)

_FOLDER = Path(__file__).parent
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FILES = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _TYPES}

_HEADERS = {
    # Nothing from elsewhere, nothing in the HTML itself, and in no frame.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The next sandbox at this port may be of another version.
    "Cache-Control": "no-cache",
}


@page.get("/")
def show() -> Response:
    """Answer the page itself."""
    return _answer("index.html")


@page.get("/page/<name>")
def show_part(name: str) -> Response:
    """Answer a script, a style sheet or a picture of the page."""
    return _answer(name)


def _answer(name: str) -> Response:
    if name not in _FILES:
        raise error_for_status(404)
    path = _FILES[name]
    response = Response(path.read_bytes(), content_type=_TYPES[path.suffix])
    response.headers.update(_HEADERS)
    return response
