"""Every listing of the platform is walked, in the style that it has."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiException, paginate

from .conftest import BY_NAME, MethodOf, Play, items
from .listings import LISTINGS
from .player import Player, sample

TABLE = Path(__file__).parent / "styles.txt"
PAGE = Path(__file__).parent.parent.parent / "docs" / "paging.md"

STYLES = {
    name: style
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    for style, _, name in [line.partition(": ")]
}
"""The style of each listing, by its class and method."""

FIT_NONE = {
    "AuthorizationApi.get_authorization_products",
    "CaseManagementApi.get_casemanagement_cases_query_job_results",
    "ChatApi.get_chats_room_messages",
    "ChatApi.get_chats_thread_messages",
    "ExternalContactsApi.get_externalcontacts_contact_journey_segments",
    "KnowledgeApi.post_knowledge_guest_session_documents_search_suggestions",
    "KnowledgeApi.post_knowledge_knowledgebase_documents_search_suggestions",
    "OAuthApi.get_oauth_client_usage_query_result",
    "SearchApi.post_search_suggest",
    "TaskManagementApi.get_taskmanagement_workitems_query_job_results",
    "TextbotsApi.get_textbots_bots_search",
    "UsageApi.get_usage_query_execution_id_results",
}
"""Those that may have more pages, and nothing that leads there."""

WALKED = sorted(set(STYLES.values()) - {"change"})


def named(style: str) -> list[str]:
    return [name for name, found in STYLES.items() if found == style]


def test_the_table_has_every_listing_of_the_platform() -> None:
    assert {f"{one.api}.{one.name}": one.style for one in LISTINGS} == STYLES


def test_those_that_fit_no_style_are_few_and_named() -> None:
    assert set(named("none")) == FIT_NONE


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("style", WALKED)
def test_every_listing_is_walked(play: Play, style: str, prefetch: int) -> None:
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    for name in named(style)[: 9 if prefetch else None]:
        method, player = play(name)
        arguments = sample(player.listing)
        found[name] = items(paginate(method, *arguments, prefetch=prefetch)), arguments
        expected[name] = player.everything, sample(player.listing)
    assert found == expected
    assert found


def test_what_has_numbers_and_cursors_is_walked_by_either(play: Play, service: Service) -> None:
    for name in named("page number or cursor"):
        method, player = play(name, by_cursor=True)
        assert items(paginate(method, *sample(player.listing))) == player.everything, name
        # Whoever asks for the number of a page may not get a cursor.
        assert not any("pageNumber" in request.query for request in service.requests)
        service.reset()


def test_what_has_numbers_is_asked_for_no_page_more_than_there_is(play: Play) -> None:
    for name in named("page number") + named("page number in the body"):
        method, player = play(name)
        list(paginate(method, *sample(player.listing)))
        says_so = {"pageCount", "total", "nextUri"} & player.listing.page.keys()
        is_said = says_so or player.listing.is_untyped
        assert player.asked == ([1, 2, 3] if is_said else [1, 2, 3, 4]), name


@pytest.mark.parametrize(
    "name", [one for one in STYLES if STYLES[one] == "change"], ids=lambda name: name
)
def test_what_changes_something_is_not_walked(
    method_of: MethodOf, service: Service, name: str
) -> None:
    with pytest.raises(TypeError, match=r"^method: paginate only asks, and \w+ changes something"):
        paginate(method_of(name), *sample(BY_NAME[name]))
    assert service.requests == []


SAY_MORE: list[dict[str, Any]] = [
    {"pageCount": 2},
    {"nextUri": "/api/v2/things?page=2"},
    {"cursors": {"after": "x"}},
]


@pytest.mark.parametrize("said", SAY_MORE, ids=str)
@pytest.mark.parametrize("style", ["whole", "none"])
def test_more_than_can_be_asked_for_is_an_error_after_what_there_is(
    play: Play, service: Service, style: str, said: dict[str, Any]
) -> None:
    count = 0
    for name in named(style):
        if said.keys() & BY_NAME[name].page.keys():
            method, player = play(name, **said)
            walk = paginate(method, *sample(player.listing))
            assert items(next(walk) for _ in player.everything) == player.everything
            with pytest.raises(ApiException, match=f"more pages than {method.__name__} can be"):
                next(walk)
            assert len(service.requests) == 1, name
            service.reset()
            count += 1
    assert count or (style, *said) in (("none", "nextUri"), ("whole", "cursors"))


# The page of the documentation


def rows() -> dict[str, tuple[int, str]]:
    """The rows of the table in the documentation: how many there are, and an example."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^\| (.+?) \| (\d+) \| `(paginate\(.+\))` \|$", text, re.M)
    return {style: (int(count), example) for style, count, example in found}


def test_the_documentation_has_every_style() -> None:
    counts = Counter(STYLES.values())
    assert {style: count for style, (count, _) in rows().items()} == {
        style: counts[style] for style in WALKED if style != "none"
    }


@pytest.mark.parametrize("style", [style for style in WALKED if style != "none"])
def test_the_example_of_a_style_runs(play: Play, style: str) -> None:
    example = rows()[style][1]
    tree = ast.parse(example, mode="eval").body
    assert isinstance(tree, ast.Call)
    variable, _, method_name = ast.unparse(tree.args[0]).partition(".")
    (name,) = [one for one in named(style) if one.endswith(f"Api.{method_name}")]
    assert name.partition("Api.")[0].lower() == variable.replace("_", "")
    method, player = play(name)
    walk = eval(example, {"paginate": paginate, variable: method.__self__})
    assert items(walk) == player.everything


def test_the_documentation_names_those_that_fit_no_style() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {name for name in FIT_NONE if f"`{name}`" in text} == FIT_NONE


def test_a_player_of_numbers_refuses_what_is_beyond(play: Play) -> None:
    method, player = play("RoutingApi.get_routing_queues")
    assert isinstance(player, Player)
    with pytest.raises(ApiException, match="there is no page 9"):
        next(paginate(method, page_number=9))
