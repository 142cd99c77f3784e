"""Opens a page, and writes down everything that the tests look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [*sorted(path.stem for path in DOCS.glob("*.md")), "search"]

VIEWS: dict[str, dict[str, Any]] = {
    "desktop, light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}

_LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")


@dataclass
class Visit:
    """What there is on a page, and what happened while it was opened.

    Attributes:
        errors: Errors of scripts and of the console, and requests that failed.
        elsewhere: URLs on other hosts that the page asked for.
        seen: What look.js found.
    """

    errors: list[str] = field(default_factory=list[str])
    elsewhere: list[str] = field(default_factory=list[str])
    seen: dict[str, Any] = field(default_factory=dict[str, Any])


Visits = dict[tuple[str, str], Visit]
"""By page and view."""


def visit_all(
    context: BrowserContext, address: str, names: Iterable[str] = PAGES
) -> dict[str, Visit]:
    """Open the pages one after another, in one tab, and look at each."""
    visits = {name: Visit() for name in names}
    current = Visit()

    def note_address(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            current.elsewhere.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            current.errors.append(message.text)

    def note_status(response: Response) -> None:
        if response.status >= 400:
            current.errors.append(f"{response.status} {response.url}")

    tab = context.new_page()
    tab.on("request", note_address)
    tab.on("console", note_message)
    tab.on("pageerror", lambda error: current.errors.append(str(error)))
    tab.on("response", note_status)
    for name, current in visits.items():
        tab.goto(f"{address}/{name}.html", wait_until="load")
        current.seen = tab.evaluate(_LOOK)
    return visits
