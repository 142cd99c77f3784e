"""What one can do on the site: copy, search, switch between light and dark, open the menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .visits import PAGES, VIEWS, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DESKTOP, PHONE = VIEWS.values()

PATIENCE = 10_000
"""Milliseconds; what takes longer than this does not come."""

NOTHING = "nothing has been copied"

COPIED = ["cli", "configuration", "models"]
"""Pages that have a block of every kind between them; the button is the same on all pages."""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(**DESKTOP) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(**PHONE) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@pytest.fixture(scope="module")
def copying(browser: Browser, address: str) -> Iterator[Page]:
    """A tab that may use the clipboard."""
    with browser.new_context(**DESKTOP) as context:
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        yield context.new_page()


def to_be_copied(language: str, text: str) -> str:
    """A block as it should come out of the clipboard: of a console block, the whole commands."""
    lines = text.rstrip("\n").split("\n")
    if language == "console":
        ahead = zip(["", *lines], lines, strict=False)
        lines = [two for one, two in ahead if two.startswith("$ ") or one.endswith("\\")]
    return "\n".join(line.removeprefix("$ ") for line in lines)


@pytest.mark.parametrize("name", COPIED)
def test_the_copy_button_puts_the_text_of_its_block_on_the_clipboard(
    copying: Page, visits: Visits, address: str, name: str
) -> None:
    page, blocks = copying, visits[name, next(iter(VIEWS))].seen["blocks"]
    page.goto(f"{address}/{name}.html")
    buttons = page.locator("div.highlight button.copybtn")
    assert buttons.count() == len(blocks)
    for number, block in enumerate(blocks):
        page.evaluate("text => navigator.clipboard.writeText(text)", NOTHING)
        buttons.nth(number).click()
        page.wait_for_function(
            "async text => (await navigator.clipboard.readText()) !== text", arg=NOTHING
        )
        copied: str = page.evaluate("navigator.clipboard.readText()")
        assert copied.rstrip("\n") == to_be_copied(block["language"], block["text"])


def test_the_copy_button_is_seen_without_a_mouse(browser: Browser, address: str) -> None:
    opacity = "button => getComputedStyle(button).opacity"
    with browser.new_context(**PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        assert page.locator("button.copybtn").first.evaluate(opacity) == "1"
    with browser.new_context(**DESKTOP) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        button = page.locator("button.copybtn").first
        page.keyboard.press("Tab")  # from now on it is the keyboard that moves the focus
        button.focus()
        page.wait_for_function(
            "button => getComputedStyle(button).opacity === '1'", arg=button.element_handle()
        )


@pytest.mark.parametrize("served", [True, False], ids=["on loopback", "from a folder"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [("retry_after", "errors.html"), ("prefetch", "paging.html"), ("channel_secret", "LineInt")],
)
def test_the_search_finds_a_page_without_a_network(
    context: BrowserContext, site: Path, address: str, served: bool, query: str, expected: str
) -> None:
    page = context.new_page()
    context.set_offline(not served)
    page.goto(f"{address if served else site.as_uri()}/index.html")
    search = page.locator("input[name=q]:visible").first
    search.fill(query)
    search.press("Enter")
    page.wait_for_selector("#search-results ul.search li a")
    hit = page.locator(f"#search-results ul.search li a[href*='{expected}']").first
    hit.click()
    page.wait_for_selector("article h1")
    assert expected in page.url


def theme(page: Page) -> tuple[str, str, str]:
    """The theme that is chosen, and the colours of the page and of its code."""
    chosen, paper, code = page.evaluate(
        """() => [
            document.body.dataset.theme,
            getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector("div.highlight")).backgroundColor,
        ]"""
    )
    return chosen, paper, code


def test_the_theme_can_be_switched_and_stays_switched(
    context: BrowserContext, phone: BrowserContext, address: str
) -> None:
    for one in (context, phone):
        page = one.new_page()
        page.goto(f"{address}/quickstart.html")
        found = {theme(page)}
        for _ in range(2):
            page.locator(".theme-toggle:visible").first.click()
            found.add(theme(page))
        by_name = {chosen: colours for chosen, *colours in found}
        assert set(by_name) == {"auto", "light", "dark"}
        for light, dark in zip(by_name["light"], by_name["dark"], strict=True):
            assert light != dark
        chosen = theme(page)
        page.goto(f"{address}/errors.html")
        assert theme(page) == chosen


def test_the_menu_of_a_phone_leads_to_every_page(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(f"{address}/index.html")
    link = page.locator(".sidebar-tree a", has_text="Quickstart")
    assert not link.is_visible() or (link.bounding_box() or {"x": 0})["x"] < 0
    page.locator("label[for=__navigation]:visible").first.click()
    link.click()
    page.wait_for_selector("article h1:has-text('Quickstart')")
    hrefs: list[str] = page.eval_on_selector_all(
        ".sidebar-tree a", "links => links.map(link => link.href)"
    )
    names = {href.partition("#")[0].rpartition("/")[2].removesuffix(".html") for href in hrefs}
    assert names >= {name for name in PAGES if name not in ("index", "search", "quickstart")}
