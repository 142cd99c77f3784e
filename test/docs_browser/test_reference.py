"""The reference of the catalog, which is made with the site: its pages, its index, its search."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

import pytest

from PureCloudPlatformClientV2 import apis, models
from PureCloudPlatformClientV2.apis import Api
from PureCloudPlatformClientV2.catalog.definitions import find_definition, model_names
from PureCloudPlatformClientV2.catalog.operations import class_names, class_operations, details

from .visits import DOCS, VIEWS, visit_all

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Index = dict[str, list[str]]

BY_HAND = {path.stem for path in DOCS.glob("*.md")}
"""What has a page of its own in the source."""


@pytest.fixture(scope="module")
def index(site: Path) -> Index:
    text = (site / "reference" / "index.js").read_text(encoding="utf-8")
    found: Index = json.loads(text.removeprefix("window.referenceIndex = ").removesuffix(";\n"))
    return found


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, str]:
    """The HTML of the pages, by their paths in the site."""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*.html")
    }


def ids(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


# The pages, without a browser


def test_pages_have_the_words_of_methods_arguments_and_fields(pages: dict[str, str]) -> None:
    texts = {path: unescape(re.sub("<[^>]+>", "", html)) for path, html in pages.items()}
    for api in ("ConversationsApi", "NotificationsApi", "RoutingApi"):
        page = texts[f"reference/{api}.html"]
        for one in class_operations(api):
            said = [details(one), *(each.extras.get("words", "") for each in one.parameters)]
            assert [words for words in said if words not in page] == [], one.name
    definition = find_definition("OpenIntegration")
    assert definition
    models_text = "".join(text for path, text in texts.items() if path.startswith("reference/"))
    said = [one.extras.get("words", "") for one in definition.fields]
    assert any(said)
    assert [words for words in said if words not in models_text] == []


def test_every_class_has_a_page_with_all_its_methods_and_is_in_the_index(
    index: Index, pages: dict[str, str]
) -> None:
    assert len(class_names()) == 87
    for name in set(class_names()) - BY_HAND:
        methods = class_operations(name)
        assert {one.name for one in methods} <= ids(pages[f"reference/{name}.html"])
        lines = [line.removesuffix(" deprecated") for line in index[name]]
        assert lines == [f"{one.name} {one.verb} {one.path}" for one in methods]
    for name in BY_HAND & set(class_names()):
        listed = {line.split(" ")[0] for line in index[f"../{name}"]}
        own = {one for one in dir(getattr(apis, name)) if not one.startswith("_")} - {*dir(Api)}
        assert listed == own <= ids(pages[f"{name}.html"])
    assert "delete_messaging_setting DELETE" in str(index["../MessagingApi"])


def test_every_model_is_on_one_page_and_in_the_index(index: Index, pages: dict[str, str]) -> None:
    groups = {page: names for page, names in index.items() if page.startswith("models-")}
    by_hand = {name for name in BY_HAND if models.find_model(name)}
    assert {"LineIntegration", "ErrorBody"} < by_hand  # one of 2019 alone, and one of both eras
    assert {*chain(*groups.values()), *by_hand} == {*model_names(), *by_hand}
    assert len([*chain(*groups.values())]) + len(by_hand & {*model_names()}) == len(model_names())
    for page, names in groups.items():
        assert set(names) <= ids(pages[f"reference/{page}.html"])
    assert all(index[f"../{name}"] == [name] for name in by_hand)


def test_links_between_the_pages_lead_somewhere(pages: dict[str, str]) -> None:
    anchors = {path: ids(html) for path, html in pages.items()}
    dead: set[str] = set()
    for path, html in pages.items():
        if path.startswith("reference"):
            article = html[html.index("<article") : html.index("</article>")]
            for link in set(re.findall(r'<a [^>]*\bhref="([^":]+)"', article)):
                target, _, fragment = urljoin(path, link).partition("#")
                if target not in pages or (fragment and unquote(fragment) not in anchors[target]):
                    dead.add(f"{path}: {link}")
    assert dead == set()


def test_ids_and_titles_of_the_pages_are_their_own(pages: dict[str, str]) -> None:
    titles: list[str] = []
    for html in pages.values():
        found = re.findall(r'\bid="([^"]+)"', html)
        assert len(found) == len(set(found))
        titles.append(html.partition("<title>")[2].partition("</title>")[0])
    assert len(titles) == len(set(titles))


def test_nobody_has_to_load_the_whole_reference(site: Path) -> None:
    folder = site / "reference"
    assert len(gzip.compress((folder / "index.js").read_bytes())) < 100_000
    assert max(path.stat().st_size for path in folder.glob("*.html")) < 1_000_000
    # The search of the site has words of its pages alone.
    assert (site / "searchindex.js").stat().st_size < 200_000


def test_a_method_says_what_the_catalog_says(pages: dict[str, str]) -> None:
    text = plain(section(pages["reference/RoutingApi.html"], "get_routing_queues"))
    for fact in (
        "get_routing_queues(*, page_number=None, ",
        "→ QueueEntityListing",
        "Wraps GET /api/v2/routing/queues",
        "Requires ANY permissions: routing:queue:view",
        "page_size int query Optional. The service uses 25 if omitted.",
        "sort_order str query Optional. Known values: asc, desc. The service uses asc if omitted.",
    ):
        assert fact in text
    html = section(pages["reference/RoutingApi.html"], "put_routing_queue")
    assert "queue_id str path Required." in plain(html)
    assert "body QueueRequest or Queue body Required." in plain(html)
    html = section(pages["reference/ConversationsApi.html"], "get_conversations_call")
    assert "Deprecated" not in plain(html)


def test_what_is_deprecated_or_open_to_all_says_so(pages: dict[str, str], index: Index) -> None:
    number = 0
    for name in set(class_names()) - BY_HAND:
        html = pages[f"reference/{name}.html"]
        deprecated = {one.name for one in class_operations(name) if one.deprecated}
        assert html.count("<strong>Deprecated:</strong>") == len(deprecated)
        marked = {line.split(" ")[0] for line in index[name] if line.endswith(" deprecated")}
        assert marked == deprecated
        number += html.count("Needs no sign-in")
    assert number == 35


def test_a_model_says_what_the_catalog_says(index: Index, pages: dict[str, str]) -> None:
    (page,) = (page for page, names in index.items() if "QueueRequest" in names)
    text = plain(section(pages[f"reference/{page}.html"], "QueueRequest"))
    assert "id id str Set by the service." in text
    assert "name name str Required by the service." in text
    assert "Used by RoutingApi.put_routing_queue." in text


def test_a_model_is_described_in_words(index: Index, pages: dict[str, str]) -> None:
    (page,) = (page for page, names in index.items() if "OpenIntegration" in names)
    text = plain(section(pages[f"reference/{page}.html"], "OpenIntegration"))
    assert "A channel of your own, connected for messaging by a middleware" in text
    assert "absent means Completed. Known values: Initiated, Completed, Error. Set by" in text
    assert "such as an API key. Secret." in text


def section(html: str, name: str) -> str:
    return html[html.index(f'<section id="{name}">') :].split("</section>")[0]


def plain(html: str) -> str:
    without_breaks = html.replace("<wbr>", "").replace("</td><td>", " ")
    return re.sub(r"<[^>]+>", "", without_breaks)


# In a browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture(params=("served", "from a folder"))
def search(
    request: pytest.FixtureRequest, context: BrowserContext, site: Path, address: str
) -> Page:
    """The page with the search."""
    is_served = request.param == "served"
    page = context.new_page()
    context.set_offline(not is_served)
    page.goto(f"{address if is_served else site.as_uri()}/reference.html")
    return page


@pytest.mark.parametrize("view", VIEWS)
def test_the_pages_look_as_the_others_do(
    browser: Browser, address: str, index: Index, view: str
) -> None:
    largest = max(index, key=lambda page: max(map(len, index[page])) * page.startswith("models-"))
    names = [f"reference/{name}" for name in ("RoutingApi", largest, "topics")]
    with browser.new_context(**VIEWS[view]) as context:
        for name, visit in visit_all(context, address, names).items():
            assert (visit.errors, visit.elsewhere) == ([], []), name
            assert visit.seen["overflow"] <= 0, name
            assert visit.seen["protruding"] == [], name
            assert visit.seen["faint"] == [], name
            assert len(visit.seen["headings"]) == 1, name


def test_the_search_leads_to_what_is_looked_for(search: Page, pages: dict[str, str]) -> None:
    box = search.locator("#reference-search input")
    found = search.locator("#reference-search li a").first
    for query, title, path in (
        ("getRoutingQueues", "RoutingApi.get_routing_queues", "reference/RoutingApi.html"),
        ("post queue members", "RoutingApi.post_routing_queue_members", "reference/Routing"),
        ("queueentitylisting", "QueueEntityListing", "reference/models-"),
        ("get_messaging_sticker", "MessagingApi.get_messaging_sticker", "MessagingApi.html"),
        ("LineIntegrationReq", "LineIntegrationRequest", "LineIntegrationRequest.html"),
        ("v2.users.{id}.presence", "v2.users.{id}.presence", "reference/topics.html"),
        ("get_routing_queues", "RoutingApi.get_routing_queues", "reference/RoutingApi.html"),
    ):
        box.fill(query)
        assert found.inner_text() == title
        target, _, fragment = urljoin("reference.html", found.get_attribute("href")).partition("#")
        assert target.startswith(path)
        assert not fragment or unquote(fragment) in ids(pages[target])
    found.click()
    search.wait_for_url("**/reference/RoutingApi.html#get_routing_queues")
    assert search.locator("section[id=get_routing_queues]").is_visible()


def test_the_search_says_that_there_is_nothing(search: Page) -> None:
    search.locator("#reference-search input").fill("no such method")
    assert search.locator("#reference-search [role=status]").inner_text() == "0 found"
    assert search.locator("#reference-search li").count() == 0


def test_the_search_is_used_with_the_keyboard_alone(search: Page) -> None:
    box = search.locator("#reference-search input")
    box.focus()
    search.keyboard.type("routing wrapup")
    links = search.locator("#reference-search li a")
    assert links.count() > 2
    second = links.nth(1).get_attribute("href")
    for key in ("ArrowDown", "ArrowDown"):
        search.keyboard.press(key)
    assert search.evaluate("document.activeElement.getAttribute('href')") == second
    search.keyboard.press("ArrowUp")
    search.keyboard.press("ArrowUp")
    assert search.evaluate("document.activeElement.type") == "search"
    search.keyboard.press("Escape")
    assert (box.input_value(), links.count()) == ("", 0)
    search.keyboard.type("get_user ")
    search.keyboard.press("Enter")
    search.wait_for_url("**/reference/UsersApi.html#get_user")


def test_what_was_looked_for_is_still_there_on_the_way_back(search: Page) -> None:
    search.locator("#reference-search input").fill("routing skills")
    first = search.locator("#reference-search li a").first
    name = first.inner_text()
    first.click()
    search.wait_for_url("**/reference/RoutingApi.html#**")
    search.go_back()
    search.wait_for_url("**/reference.html#q=routing%20skills")
    assert search.locator("#reference-search li a").first.inner_text() == name


def test_the_search_of_the_site_leads_to_that_of_the_reference(search: Page) -> None:
    box = search.locator("input[name=q]:visible").first
    box.fill("get_users")
    box.press("Enter")
    search.locator("a[href*='reference.html#q=']").click()
    found = search.locator("#reference-search li a").first
    assert found.inner_text() == "UsersApi.get_users"


def test_without_scripts_the_lists_lead_to_the_pages(browser: Browser, site: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.as_uri()}/reference.html")
        assert not page.locator("#reference-search").is_visible()
        page.locator("article a", has_text="UsersApi").first.click()
        assert page.locator("article h1").inner_text().endswith("UsersApi")
        assert page.locator("section[id=get_user]").count() == 1
