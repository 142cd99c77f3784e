"""Queries whose body says which page is asked for."""

from __future__ import annotations

import copy
import functools
from typing import Any

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiException, paginate

from .conftest import MethodOf

models: Any = PureCloudPlatformClientV2.models
"""Of no type, so that no stubs are needed."""

INTERVAL = "2026-11-01T00:00:00.000Z/2026-11-08T00:00:00.000Z"


def conversations(*ids: str, total: int | None = 5) -> dict[str, Any]:
    page: dict[str, Any] = {"conversations": [{"conversationId": one} for one in ids]}
    return page if total is None else {**page, "totalHits": total}


def bodies(service: Service) -> list[Any]:
    return [request.json for request in service.requests]


def answer_conversations(service: Service, total: int | None = 5) -> None:
    for ids in ("ab", "cd", "e"):
        service.answer(200, conversations(*ids, total=total))
    service.answer_always(200, {} if total is None else {"totalHits": total})


MODELS: list[Any] = [
    {"interval": INTERVAL, "paging": {"pageSize": 2}},
    {"interval": INTERVAL, "paging": models.PagingSpec(page_size=2)},
    models.ConversationQuery(interval=INTERVAL, paging=models.PagingSpec(page_size=2)),
    models.ConversationQuery(interval=INTERVAL, paging={"pageSize": 2}),
]


@pytest.mark.parametrize("prefetch", [0, 1, 4])
@pytest.mark.parametrize("body", MODELS, ids=lambda body: f"{type(body).__name__}")
def test_a_copy_of_the_body_says_which_page_it_is(
    method_of: MethodOf, service: Service, body: Any, prefetch: int
) -> None:
    answer_conversations(service)
    before = copy.deepcopy(body)
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    walk = paginate(method, body, prefetch=prefetch)
    assert [one.conversation_id for one in walk] == list("abcde")
    assert body == before
    assert bodies(service) == [
        {"interval": INTERVAL, "paging": {"pageSize": 2, "pageNumber": number}}
        for number in (1, 2, 3)
    ]


def test_the_body_may_be_given_by_name(method_of: MethodOf, service: Service) -> None:
    answer_conversations(service)
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    walk = paginate(method, body={"interval": INTERVAL})
    assert len(list(walk)) == 5
    # The platform asks for both where there is paging at all, and takes 25 itself.
    assert bodies(service)[1]["paging"] == {"pageSize": 25, "pageNumber": 2}


@pytest.mark.parametrize(
    "body", [{"paging": {"pageSize": 2, "pageNumber": 2}}, {"paging": {"pageNumber": 2}}], ids=str
)
def test_a_body_says_where_to_start(
    method_of: MethodOf, service: Service, body: dict[str, Any]
) -> None:
    service.answer(200, conversations("c", "d"))
    service.answer(200, conversations("e"))
    service.answer_always(200, {"totalHits": 5})
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    assert [one.conversation_id for one in paginate(method, body)] == list("cde")
    numbers = [one["paging"]["pageNumber"] for one in bodies(service)]
    assert numbers[:2] == [2, 3]
    assert len(numbers) == (2 if "pageSize" in body["paging"] else 3)


@pytest.mark.parametrize("number", [0, "2", True])
def test_a_body_with_a_page_number_that_is_none_is_refused(
    method_of: MethodOf, service: Service, number: Any
) -> None:
    method = method_of("SearchApi.post_search")
    with pytest.raises(ValueError, match=r"^page_number: give the number of a page from 1 up"):
        paginate(method, {"pageNumber": number})
    assert service.requests == []


@pytest.mark.parametrize("total", [None, 10**9, 0, 1])
def test_the_walk_ends_whatever_the_total(
    method_of: MethodOf, service: Service, total: int | None
) -> None:
    answer_conversations(service, total)
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    walk = paginate(method, {"paging": {"pageSize": 2}})
    assert [one.conversation_id for one in walk] == list("abcde")
    assert len(service.requests) == 4


def test_a_query_that_finds_nothing_ends_at_once(method_of: MethodOf, service: Service) -> None:
    service.answer(200, {"totalHits": 0})
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    assert list(paginate(method, {"interval": INTERVAL})) == []


def test_what_is_done_to_the_body_afterwards_is_not_in_the_walk(
    method_of: MethodOf, service: Service
) -> None:
    answer_conversations(service)
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    body = models.ConversationQuery(
        interval=INTERVAL,
        segment_filters=[{"type": "and"}],
        paging=models.PagingSpec(page_size=2),
    )
    walk = paginate(method, body)
    next(walk)
    assert body.paging is not None
    assert isinstance(body.segment_filters, list)
    body.interval, body.paging.page_size = "another", 100
    body.segment_filters.append({"type": "or"})
    list(walk)
    assert {one["interval"] for one in bodies(service)} == {INTERVAL}
    assert {one["paging"]["pageSize"] for one in bodies(service)} == {2}
    assert {len(one["segmentFilters"]) for one in bodies(service)} == {1}


def test_an_iterator_in_a_body_is_sent_with_each_page(
    method_of: MethodOf, service: Service
) -> None:
    answer_conversations(service)
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    body = {"paging": {"pageSize": 2}, "segmentFilters": iter([{"type": "and"}])}
    assert len(list(paginate(method, body))) == 5
    assert [len(one["segmentFilters"]) for one in bodies(service)] == [1, 1, 1]


@pytest.mark.parametrize(
    "body", [{"types": ["x"]}, models.SearchRequest(types=["x"], page_size=2)], ids=repr
)
def test_the_number_may_stand_in_the_body_itself(
    method_of: MethodOf, service: Service, body: Any
) -> None:
    for number in (1, 2):
        page = {"results": [{"id": number}], "pageNumber": number, "pageCount": 2, "types": ["x"]}
        service.answer(200, page)
    method = method_of("SearchApi.post_search")
    assert [one["id"] for one in paginate(method, body)] == [1, 2]
    assert [one["pageNumber"] for one in bodies(service)] == [1, 2]
    assert {tuple(one["types"]) for one in bodies(service)} == {("x",)}


@pytest.mark.parametrize("start", [None, "z"])
@pytest.mark.parametrize("kind", [dict, models.WorkitemQueryPostRequest])
def test_a_cursor_may_stand_in_the_body(
    method_of: MethodOf, service: Service, kind: Any, start: str | None
) -> None:
    service.answer(200, {"entities": [{"id": "1"}], "after": "x"})
    service.answer(200, {"entities": [], "after": "y"})
    service.answer(200, {"entities": [{"id": "2"}]})
    body = kind(after=start) if start else kind()
    method = method_of("TaskManagementApi.post_taskmanagement_workitems_query")
    assert [one.id for one in paginate(method, body)] == ["1", "2"]
    sent = [one.get("after") for one in bodies(service)]
    assert sent == [start, "x", "y"]


def test_a_function_around_a_query_is_one(method_of: MethodOf, service: Service) -> None:
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")

    @functools.wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    def around(body: dict[str, Any]) -> Any:
        return method(body)

    body = {"paging": {"pageSize": 2}}
    for query in (wrapped, around, functools.partial(method, _headers={"X-Own": "yes"})):
        answer_conversations(service)
        assert len(list(paginate(query, body))) == 5
        service.reset()
    answer_conversations(service)
    assert len(list(paginate(functools.partial(method, body)))) == 5


def test_a_number_in_a_body_goes_before_what_may_be_a_date() -> None:
    asked: list[Any] = []

    def query(body: dict[str, Any]) -> Any:
        asked.append(body)
        return {"results": [{"id": body["pageNumber"]}], "pageCount": 3, "after": "x"}

    body = {"pageNumber": 1, "after": "2026-01-01"}
    assert len(list(paginate(query, body))) == 3
    assert asked == [{**body, "pageNumber": number} for number in (1, 2, 3)]


def test_a_function_that_hides_the_body_is_an_error_after_the_first_page(
    method_of: MethodOf, service: Service
) -> None:
    answer_conversations(service)
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    query: Any = lambda: method({"interval": INTERVAL})  # noqa: E731
    walk = paginate(query)
    assert [next(walk).conversation_id, next(walk).conversation_id] == ["a", "b"]
    with pytest.raises(ApiException, match="more pages than <lambda> can be called for"):
        next(walk)


def test_a_query_that_needs_a_body_is_not_made_without(
    method_of: MethodOf, service: Service
) -> None:
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    with pytest.raises(TypeError, match="body"):
        next(paginate(method))
    assert service.requests == []
