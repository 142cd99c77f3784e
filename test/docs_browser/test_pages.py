"""Every page of the built site, as a browser shows it."""

from __future__ import annotations

import http.client
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from .visits import PAGES, VIEWS, Visit, Visits

PLAIN = "text"
"""The language of blocks in which there is nothing to highlight."""


@pytest.fixture(params=VIEWS)
def view(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def visit(visits: Visits, page: str, view: str) -> Visit:
    return visits[page, view]


def test_the_built_pages_are_those_of_the_source(site: Path) -> None:
    assert sorted(path.stem for path in site.glob("*.html")) == sorted(PAGES)


def test_a_page_opens_without_an_error(visit: Visit) -> None:
    assert visit.errors == []


def test_a_page_asks_no_other_host(visit: Visit) -> None:
    assert visit.elsewhere == []


def test_a_page_is_no_wider_than_the_screen(visit: Visit) -> None:
    assert visit.seen["overflow"] <= 0
    assert visit.seen["protruding"] == []


def test_a_page_is_light_or_dark_as_the_system_is(visit: Visit, view: str) -> None:
    assert (visit.seen["luminance"] > 0.5) == ("light" in view)


def test_all_text_stands_out_from_what_is_behind_it(visit: Visit) -> None:
    assert visit.seen["faint"] == []


def test_every_picture_shows(visit: Visit) -> None:
    assert [source for source, shows in visit.seen["pictures"] if not shows] == []


def test_a_page_has_one_heading_and_a_title_of_its_own(visits: Visits, page: str) -> None:
    titles = Counter(visits[other, next(iter(VIEWS))].seen["title"] for other in PAGES)
    seen = visits[page, next(iter(VIEWS))].seen
    # What the search page is called is written by its script, of whose strings this is one.
    assert len(seen["headings"]) == (page != "search")
    assert titles[seen["title"]] == 1


def test_every_link_inside_the_site_leads_somewhere(
    visit: Visit, visits: Visits, view: str, address: str
) -> None:
    server = http.client.HTTPConnection(urlsplit(address).netloc)
    dead: list[str] = []
    for link in sorted(set(visit.seen["links"])):
        target, fragment = urldefrag(link)
        if not target.startswith(address):
            continue
        name = urlsplit(target).path.strip("/").removesuffix(".html")
        if (name, view) in visits:
            ids = visits[name, view].seen["ids"]
            found = not fragment or unquote(fragment) in ids
        else:
            server.request("HEAD", urlsplit(target).path)
            response = server.getresponse()
            response.read()
            found = response.status == 200
        if not found:
            dead.append(link)
    server.close()
    assert dead == []


def test_the_ids_of_a_page_are_its_own(visit: Visit) -> None:
    assert [one for one, count in Counter(visit.seen["ids"]).items() if count > 1] == []


def test_every_code_block_is_highlighted_and_has_a_copy_button(visit: Visit) -> None:
    for block in visit.seen["blocks"]:
        where = f"{block['language']}: {block['text'][:60]}"
        assert block["language"] not in ("", "default", "none"), f"{where}: of no language"
        assert block["tokens"] or block["language"] == PLAIN, f"{where}: not highlighted"
        assert block["mistakes"] == [], f"{where}: not in that language"
        assert block["buttons"] == 1, f"{where}: cannot be copied"
