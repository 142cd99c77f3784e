"""A walk ends, and says so where something is wrong."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from service import Request, Service, make_answer

from PureCloudPlatformClientV2 import ApiException, paginate

from .conftest import MethodOf, Play, items

MEMBERS = "/api/v2/routing/queues/id/members"


def members(number: int, *ids: str, more: bool) -> dict[str, Any]:
    said = {"nextUri": f"{MEMBERS}?pageNumber={number + 1}"} if more else {}
    return {"entities": [{"id": one} for one in ids], "pageNumber": number, **said}


# Numbers without a count


def test_a_link_that_is_missing_on_the_last_page_ends_a_walk_without_counts(
    method_of: MethodOf, service: Service
) -> None:
    for answer in (members(1, "a", more=True), members(2, "b", more=False)):
        service.answer(200, answer)
    walk = paginate(method_of("RoutingApi.get_routing_queue_members"), "id")
    assert [one.id for one in walk] == ["a", "b"]
    assert len(service.requests) == 2


def test_an_empty_page_with_a_link_is_walked_over_where_there_is_no_count(
    method_of: MethodOf, service: Service
) -> None:
    for answer in (
        members(1, "a", more=True),
        members(2, more=True),
        members(3, "b", more=False),
    ):
        service.answer(200, answer)
    walk = paginate(method_of("RoutingApi.get_routing_queue_members"), "id")
    assert [one.id for one in walk] == ["a", "b"]


def test_a_listing_that_never_has_a_link_is_asked_until_a_page_is_empty(
    method_of: MethodOf, service: Service
) -> None:
    for answer in (members(1, "a", more=False), members(2, "b", more=False)):
        service.answer(200, answer)
    service.answer(200, members(3, more=False))
    walk = paginate(method_of("RoutingApi.get_routing_queue_members"), "id")
    assert [one.id for one in walk] == ["a", "b"]


def test_links_to_empty_pages_are_not_followed_for_ever(
    method_of: MethodOf, service: Service
) -> None:
    def answer(request: Request) -> Any:
        number = int(request.query["pageNumber"])
        return make_answer(200, members(number, *("a" if number == 1 else ""), more=True))

    service.answer_by(answer)
    walk = paginate(method_of("RoutingApi.get_routing_queue_members"), "id")
    assert [one.id for one in walk] == ["a"]
    assert len(service.requests) < 200


# What the service refuses

REFUSALS = {
    "a page past its limit": "the maximum result set is 10000",
    "a page size": "pageSize must be at most 100",
}


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("message", REFUSALS.values(), ids=REFUSALS)
def test_what_the_service_refuses_comes_out_after_what_it_gave(
    method_of: MethodOf, service: Service, message: str, prefetch: int
) -> None:
    service.answer(200, {"conversations": [{"conversationId": "a"}], "totalHits": 10**6})
    service.answer(400, {"message": message, "code": "bad.request"})
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    walk = paginate(method, {"paging": {"pageSize": 1}}, prefetch=prefetch)
    assert next(walk).conversation_id == "a"
    with pytest.raises(ApiException, match=message) as caught:
        next(walk)
    assert caught.value.status == 400
    assert list(walk) == []


# Pages that come again


@pytest.mark.parametrize(
    ("key", "name", "field"),
    [
        ("conversationId", "post_analytics_conversations_details_query", "conversations"),
        ("userId", "post_analytics_users_details_query", "userDetails"),
    ],
)
@pytest.mark.parametrize("total", [100, None])
def test_a_query_that_brings_the_same_page_again_is_an_error(
    method_of: MethodOf, service: Service, key: str, name: str, field: str, total: int | None
) -> None:
    service.answer_always(200, {field: [{key: "a"}, {key: "b"}], "totalHits": total})
    walk = paginate(method_of(f"AnalyticsApi.{name}"), {"paging": {"pageSize": 2}})
    assert len([next(walk), next(walk)]) == 2
    with pytest.raises(ApiException, match="page 1 came again where page 2 was asked for"):
        next(walk)


@pytest.mark.parametrize("key", ["conversationId", "externalContactId"])
def test_json_that_comes_again_is_told_by_the_ids_in_it(key: str) -> None:
    def method(*, page_number: int) -> Any:
        return {"results": [{key: "a", "calls": 3}], "total": 100}

    walk = paginate(method)
    next(walk)
    with pytest.raises(ApiException, match="page 1 came again where page 2 was asked for"):
        next(walk)


def test_rows_of_the_same_conversation_are_not_taken_for_each_other() -> None:
    def method(*, page_number: int) -> Any:
        return {"results": [{"conversationId": "a", "n": page_number}], "pageCount": 3}

    assert [one["n"] for one in paginate(method)] == [1, 2, 3]


# Indexes


@pytest.mark.parametrize("total", [None, 0, 1, 5, 100, 10**9])
@pytest.mark.parametrize("start", [None, 3])
@pytest.mark.parametrize("prefetch", [0, 2])
def test_nobody_is_lost_whatever_the_total(
    total: int | None, start: int | None, prefetch: int
) -> None:
    asked: list[int] = []

    def method(*, start_index: int, count: int) -> Any:
        asked.append(start_index)
        people = [{"id": str(one)} for one in range(start_index, min(start_index + count, 6))]
        said = {"totalResults": total, "startIndex": start_index, "itemsPerPage": len(people)}
        return {"schemas": ["x"], "Resources": people, **said}

    walk = paginate(method, start_index=start, count=2, prefetch=prefetch)
    first = start or 1
    assert [one["id"] for one in walk] == [str(one) for one in range(first, 6)]
    assert asked == [*range(first, 6, 2), *([] if total == 5 else [6])]


def test_an_index_that_is_not_the_one_asked_for_is_an_error() -> None:
    def method(*, start_index: int) -> Any:
        people = [{"id": f"{start_index}-{number}"} for number in range(2)]
        return {"Resources": people, "startIndex": 1, "totalResults": 9}

    walk = paginate(method)
    assert [next(walk)["id"], next(walk)["id"]] == ["1-0", "1-1"]
    with pytest.raises(ApiException, match="what begins at 1 came where 3 was asked for"):
        next(walk)


@pytest.mark.parametrize("index", [0, -1, "2", True])
def test_an_index_that_no_entity_can_have_is_refused(index: Any) -> None:
    def method(*, start_index: int) -> Any:
        raise AssertionError("it was called")

    with pytest.raises(ValueError, match=r"^start_index: give the number of the first entity"):
        paginate(method, start_index=index)


# Starting in the middle


def test_a_total_is_counted_from_the_page_size_that_was_asked_for() -> None:
    asked: list[int] = []

    def method(*, page_number: int, page_size: int) -> Any:
        asked.append(page_number)
        left = range((page_number - 1) * page_size, min(page_number * page_size, 9))
        return SimpleNamespace(entities=list(left), total=9)

    assert list(paginate(method, page_number=2, page_size=3)) == [3, 4, 5, 6, 7, 8]
    assert asked == [2, 3]


# Methods that are none for this


def test_a_method_that_gives_one_thing_is_refused_by_name(
    method_of: MethodOf, service: Service
) -> None:
    service.answer(200, {"id": "x", "memberGroups": [{"id": "g"}]})
    method: Any = method_of("RoutingApi.get_routing_queue")
    with pytest.raises(TypeError, match=r"^method: it returns a Queue, and not a listing"):
        next(paginate(method, "x"))


@pytest.mark.parametrize("name", ["after", "cursor", "next_page", "q64"])
def test_an_argument_may_have_the_name_of_a_cursor(name: str) -> None:
    asked: list[Any] = []

    def method(*, page_number: int, **given: Any) -> Any:
        asked.append((page_number, given))
        return SimpleNamespace(entities=[{"id": page_number}], page_count=3)

    def required(*, page_number: int, cursor: Any = None, after: Any = None) -> Any:
        return method(page_number=page_number, cursor=cursor, after=after)

    given: dict[str, Any] = {name: "2026-01-01"}
    assert len(list(paginate(method, **given))) == 3
    assert asked == [(number, given) for number in (1, 2, 3)]
    assert len(list(paginate(required, after="2026-01-01"))) == 3


def test_a_start_that_the_method_does_not_know_is_refused_by_it(
    method_of: MethodOf, service: Service
) -> None:
    with pytest.raises(TypeError, match="page_number"):
        next(paginate(method_of("UsersApi.get_users_query"), page_number=2))
    with pytest.raises(TypeError, match="cursor"):
        next(paginate(method_of("RoutingApi.get_routing_queues"), cursor="x"))
    assert service.requests == []


def test_one_page_is_all_there_is_of_what_has_no_pages(play: Play) -> None:
    method, player = play("PresenceApi.get_presence_definitions", total=10**6)
    assert items(paginate(method)) == player.everything
    assert player.asked == [1]


def test_numbers_go_on_for_as_long_as_they_bring_something() -> None:
    def method(*, page_number: int) -> Any:
        return SimpleNamespace(entities=[{"id": page_number}])

    first = list(itertools.islice(paginate(method), 300))
    assert [one["id"] for one in first] == list(range(1, 301))
