from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Service

from PureCloudPlatformClientV2 import (
    ApiException,
    FacebookIntegrationEntityListing,
    MessagingApi,
    paginate,
)
from PureCloudPlatformClientV2.models import MessagingStickerEntityListing
from PureCloudPlatformClientV2.sandbox import Sandbox


def pages_asked_for(service: Service) -> list[str]:
    return [request.query["pageNumber"] for request in service.requests]


def answer_pages(service: Service, *pages: list[str], page_count: int | None) -> None:
    for ids in pages:
        page: dict[str, Any] = {"entities": [{"id": one} for one in ids]}
        if page_count is not None:
            page["pageCount"] = page_count
        service.answer(200, page)


def test_paginate_walks_to_the_last_page(api: MessagingApi, service: Service) -> None:
    answer_pages(service, ["a", "b"], ["c"], page_count=2)
    walk = paginate(api.get_messaging_integrations_line, page_size=2)
    assert [integration.id for integration in walk] == ["a", "b", "c"]
    assert pages_asked_for(service) == ["1", "2"]
    assert {request.query["pageSize"] for request in service.requests} == {"2"}


def test_paginate_stops_at_an_empty_page_where_the_count_is_unknown(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a"], ["b"], [], page_count=None)
    assert [one.id for one in paginate(api.get_messaging_integrations_facebook)] == ["a", "b"]
    assert pages_asked_for(service) == ["1", "2", "3"]


def test_paginate_stops_at_an_empty_page_whatever_the_count(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a"], page_count=9)
    answer_pages(service, [], page_count=2)
    assert len(list(paginate(api.get_messaging_integrations_twitter))) == 1
    assert pages_asked_for(service) == ["1", "2"]


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize(
    "pages", [(["a"], [], ["b"]), ([], ["a"], ["b"]), ([], [], ["a", "b"], [])], ids=str
)
def test_paginate_goes_over_empty_pages_as_long_as_the_count_says_so(
    api: MessagingApi, service: Service, pages: tuple[list[str], ...], prefetch: int
) -> None:
    answer_pages(service, *pages, page_count=len(pages))
    walk = paginate(api.get_messaging_integrations_twitter, prefetch=prefetch)
    assert [one.id for one in walk] == ["a", "b"]
    assert pages_asked_for(service) == [str(number + 1) for number in range(len(pages))]


def test_a_count_that_only_empty_pages_bear_out_is_not_believed_for_ever() -> None:
    listing = WrongListing(3, 2, {"page_count": 10**9})
    assert list(paginate(listing)) == [0, 1, 2]
    assert len(listing.asked) < 200


def generated(ids: list[str]) -> Iterator[str]:
    yield from ids


def mapped(ids: list[str]) -> Iterator[str]:
    return map(str, ids)


@pytest.mark.parametrize("make", [iter, generated, mapped])
def test_an_iterator_among_the_arguments_is_sent_with_each_page(
    api: MessagingApi, service: Service, make: Any
) -> None:
    def method(kinds: Any, *, page_number: int, ids: Any) -> Any:
        query = {"pageNumber": page_number, "id": ids, "kind": kinds}
        kind = FacebookIntegrationEntityListing
        return api.api_client.call_api("/api/v2/x", "GET", query_params=query, response_type=kind)

    answer_pages(service, ["a"], ["b"], page_count=2)
    assert [one.id for one in paginate(method, make("xy"), ids=make("cd"))] == ["a", "b"]
    assert [one.query["id"] for one in service.requests] == ["c,d", "c,d"]
    assert [one.query["kind"] for one in service.requests] == ["x,y", "x,y"]


def test_paginate_starts_where_it_is_told(api: MessagingApi, service: Service) -> None:
    answer_pages(service, ["c"], page_count=3)
    walk = paginate(api.get_messaging_integrations_line, page_number=3)
    assert [integration.id for integration in walk] == ["c"]
    assert pages_asked_for(service) == ["3"]


def test_paginate_hands_on_positional_arguments_and_options(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["s"], page_count=1)
    walk = paginate(api.get_messaging_sticker, "line", _headers={"X-Own": "yes"})
    assert [sticker.id for sticker in walk] == ["s"]
    assert service.requests[-1].path == "/api/v2/messaging/stickers/line"
    assert service.requests[-1].headers["X-Own"] == "yes"


def test_pages_are_fetched_only_when_their_entities_are_asked_for(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a", "b"], ["c"], page_count=2)
    walk = paginate(api.get_messaging_integrations_line)
    assert service.requests == []
    assert [next(walk).id, next(walk).id] == ["a", "b"]
    assert pages_asked_for(service) == ["1"]
    assert next(walk).id == "c"
    assert pages_asked_for(service) == ["1", "2"]


def test_a_page_that_cannot_be_fetched_raises_where_the_walk_is(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a"], page_count=2)
    service.answer(503, {})
    walk = paginate(api.get_messaging_integrations_line)
    assert next(walk).id == "a"
    with pytest.raises(ApiException):
        next(walk)


def test_a_result_in_place_of_the_method_is_refused() -> None:
    listing: Any = MessagingStickerEntityListing()
    with pytest.raises(TypeError, match="method"):
        paginate(listing)


def test_a_callback_is_refused(api: MessagingApi, service: Service) -> None:
    with pytest.raises(TypeError, match="callback"):
        paginate(api.get_messaging_integrations_line, callback=print)
    assert service.requests == []


def test_paginate_walks_over_everything_there_is(
    sandbox_api: MessagingApi, purecloud_sandbox: Sandbox
) -> None:
    ids = [purecloud_sandbox.create_integration("line", name=f"n{n}")["id"] for n in range(7)]
    walk = paginate(sandbox_api.get_messaging_integrations_line, page_size=3)
    assert sorted(str(integration.id) for integration in walk) == sorted(ids)


# Listings that are wrong


def repeat(service: Service, **page: Any) -> None:
    """Answer with one page whatever is asked for, as a cache does that ignores the query."""
    service.answer_always(200, {"entities": [{"id": "a"}, {"id": "b"}], **page})


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize("said", [{}, {"pageNumber": 1}, {"pageNumber": 1, "pageSize": 25}])
def test_a_page_that_is_repeated_ends_at_the_total(
    api: MessagingApi, service: Service, said: dict[str, int], prefetch: int
) -> None:
    repeat(service, total=2, **said)
    walk = paginate(api.get_messaging_integrations_line, prefetch=prefetch)
    assert [one.id for one in walk] == ["a", "b"]


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize(
    "said",
    [
        {"pageCount": 3, "total": 6},
        {"pageCount": 3},
        {"total": 6},
        {"total": 1},  # of which there are two on the page
        {"total": 0},
        {"pageCount": 0},
        {"nextUri": "/api/v2/x?pageNumber=2"},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("numbered", [True, False])
def test_another_page_than_was_asked_for_is_an_error(
    api: MessagingApi, service: Service, said: dict[str, Any], numbered: bool, prefetch: int
) -> None:
    repeat(service, **said, **({"pageNumber": 1} if numbered else {}))
    walk = paginate(api.get_messaging_integrations_line, prefetch=prefetch)
    assert [next(walk).id, next(walk).id] == ["a", "b"]
    with pytest.raises(ApiException, match=r"page 1 came .*where page 2 was asked for") as caught:
        next(walk)
    assert "again" in str(caught.value) or numbered
    assert "cache or gateway" in str(caught.value)
    assert not caught.value.outcome_unknown
    assert list(walk) == []


def test_a_walk_from_the_middle_notices_the_wrong_page_at_once(
    api: MessagingApi, service: Service
) -> None:
    repeat(service, total=60, pageNumber=1)
    walk = paginate(api.get_messaging_integrations_line, page_number=3)
    with pytest.raises(ApiException, match="page 1 came where page 3 was asked for"):
        next(walk)


def changing_pages(*pages: list[Any], **said: Any) -> Any:
    """A method that gives these in turn whatever is asked for, but another note with each."""
    notes = itertools.count()

    def method(*, page_number: int) -> Any:
        page = pages[(page_number - 1) % len(pages)]
        entities = [{**one, "note": next(notes)} for one in page]
        return SimpleNamespace(entities=entities, **said)

    return method


@pytest.mark.parametrize(
    "said", [{}, {"total": 3}, {"total": 10**9}, {"page_count": 10**9}], ids=str
)
@pytest.mark.parametrize("turns", [1, 2, 3, 7])
@pytest.mark.parametrize("key", ["id", "selfUri"])
def test_pages_that_come_again_in_turn_are_told_by_their_ids(
    key: str, turns: int, said: dict[str, int]
) -> None:
    pages = [[{key: f"{page}-{one}"} for one in range(4)] for page in range(turns)]
    with pytest.raises(ApiException, match="came again where page"):
        for _ in itertools.islice(paginate(changing_pages(*pages, **said)), 500):
            pass


def test_pages_that_come_again_in_another_order_are_told() -> None:
    method = changing_pages([{"id": "a"}, {"id": "b"}], [{"id": "b"}, {"id": "a"}])
    with pytest.raises(ApiException, match="page 1 came again where page 2"):
        list(itertools.islice(paginate(method), 500))


@pytest.mark.parametrize("total", [3, 4])
def test_a_total_that_stays_the_same_ends_a_walk_over_what_has_no_ids(total: int) -> None:
    walk = paginate(changing_pages([{}, {}], total=total))
    assert len(list(itertools.islice(walk, 500))) == 4


@pytest.mark.parametrize(
    "said", [{"page_count": 2, "total": 2}, {"page_count": 2}, {"total": 2}], ids=str
)
@pytest.mark.parametrize("entity", ["Active", {"status": "x"}, {"id": None}, {"id": ""}], ids=repr)
def test_entities_without_ids_may_be_alike(entity: Any, said: dict[str, int]) -> None:
    def method(*, page_number: int) -> Any:
        return SimpleNamespace(entities=[entity], **said)

    assert list(paginate(method)) == [entity, entity]


@pytest.mark.parametrize("entity", ["Active", {"status": "x"}], ids=repr)
def test_entities_that_are_alike_end_a_walk_where_nothing_says_that_there_are_more(
    entity: Any,
) -> None:
    def method(*, page_number: int) -> Any:
        return SimpleNamespace(entities=[entity])

    walk = paginate(method)
    assert next(walk) == entity
    with pytest.raises(ApiException, match="page 1 came again where page 2"):
        next(walk)


@pytest.mark.parametrize(
    "said", [{"page_count": 1, "next_uri": None}, {"page_count": 1}, {"total": 2}], ids=str
)
def test_a_stand_in_says_only_what_it_was_told_to(said: dict[str, Any]) -> None:
    def method(*, page_number: int) -> Any:
        return Mock(entities=[1, 2], **said)

    assert list(paginate(method)) == [1, 2]


class WrongListing:
    """Pages of numbers, which say of themselves what they are told to say."""

    def __init__(self, entities: int, size: int, claims: dict[str, Any]) -> None:
        self.all = list(range(entities))
        self.size = size
        self.claims = claims
        self.asked: list[int] = []

    def __call__(self, *, page_number: int) -> Any:
        self.asked.append(page_number)
        start = (page_number - 1) * self.size
        count = -(-len(self.all) // self.size)
        true = {
            "page_number": page_number,
            "page_size": self.size,
            "page_count": count,
            "total": len(self.all),
            "next_uri": "/next" if page_number < count else None,
        }
        said = {
            name: true[name] if claim == "true" else claim for name, claim in self.claims.items()
        }
        return SimpleNamespace(entities=self.all[start : start + self.size], **said)


claims = st.sampled_from([None, 0, 1, 2, 3, 5, 100, 10**9])


@given(
    entities=st.integers(0, 9),
    size=st.integers(1, 4),
    start=st.integers(1, 4),
    prefetch=st.sampled_from([0, 0, 1, 5]),
    number=st.sampled_from(["true", None]),
    right=st.sampled_from(["page_count", "total", "next_uri", "nothing said"]),
    count=claims,
    total=claims,
)
def test_no_entity_is_lost_or_comes_twice_as_long_as_one_thing_said_is_right(
    entities: int,
    size: int,
    start: int,
    prefetch: int,
    number: str | None,
    right: str,
    count: int | None,
    total: int | None,
) -> None:
    said = {"page_count": count, "total": total, "next_uri": None, "page_number": number}
    said |= {"page_size": "true", right: "true"}
    if right == "nothing said":
        said = {"page_number": number}
    listing = WrongListing(entities, size, said)
    found = list(paginate(listing, page_number=start, prefetch=prefetch))
    assert found == listing.all[(start - 1) * size :]
    if not prefetch:
        assert listing.asked == sorted(set(listing.asked))


@pytest.mark.parametrize(
    "said", [("page_count",), ("total", "page_size"), ("page_count", "total", "page_size")]
)
@pytest.mark.parametrize("start", [1, 2])
def test_a_listing_that_is_right_is_not_asked_for_more(said: tuple[str, ...], start: int) -> None:
    listing = WrongListing(6, 2, dict.fromkeys(said, "true"))
    assert len(list(paginate(listing, page_number=start))) == 6 - 2 * (start - 1)
    assert listing.asked == list(range(start, 4))


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("result", [{"name": "x"}, None, [1]], ids=repr)
def test_what_is_no_listing_is_refused_by_name(result: Any, prefetch: int) -> None:
    def method(*, page_number: int) -> Any:
        return result

    kind = type(result).__name__
    with pytest.raises(TypeError, match=f"^method: it returns a {kind}, and not a listing"):
        next(paginate(method, prefetch=prefetch))


@pytest.mark.parametrize("number", [0, -1, "2", 1.0, True])
def test_a_page_number_that_no_page_can_have_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match=r"^page_number: give the number of a page"):
        paginate(changing_pages([]), page_number=number)
