"""Listings whose pages refer to the next one: by a cursor, or by ``next_uri``."""

from __future__ import annotations

import functools
import gc
import itertools
import os
import subprocess
import sys
import threading
import tracemalloc
from typing import Any
from unittest.mock import Mock

import pytest
from service import Service, make_answer

from PureCloudPlatformClientV2 import ApiClient, ApiException, paginate
from PureCloudPlatformClientV2._wire.json_values import parse_json

from .conftest import MethodOf, Play, items


def answer(service: Service, *pages: dict[str, Any]) -> None:
    for page in pages:
        service.answer(200, page)


def page(*ids: str, **said: Any) -> dict[str, Any]:
    return {"entities": [{"id": one} for one in ids], **said}


def ids(walk: Any) -> list[str]:
    return [one.id for one in walk]


KNOWLEDGE = "/api/v2/knowledge/knowledgebases"

LINKS = {
    "relative": KNOWLEDGE + "?after=b%2F1%3D&pageSize=2",
    "absolute": "https://api.mypurecloud.com" + KNOWLEDGE + "?pageSize=2&after=b%2F1%3D",
    "on another host": "http://127.0.0.1:9" + KNOWLEDGE + "?after=b%2F1%3D",
    "with a fragment": KNOWLEDGE + "?after=b%2F1%3D#page=2",
    "with what is unknown": KNOWLEDGE + "?after=b%2F1%3D&previewFeature=true",
    "on a path that has moved": "/platform/api/v2/knowledgebases?after=b%2F1%3D",
    "not encoded": KNOWLEDGE + "?after=b/1=",
    "query only": "?after=b/1=",
}


def test_a_plus_sign_in_a_link_is_one(method_of: MethodOf, service: Service) -> None:
    answer(service, page("a", nextUri="/api/v2/x?after=a+b%2B%20c"), page("b"))
    assert ids(paginate(method_of("KnowledgeApi.get_knowledge_knowledgebases"))) == ["a", "b"]
    assert service.requests[1].query == {"after": "a+b+ c"}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("at_the_end", [{}, {"nextUri": None}, {"nextUri": ""}], ids=str)
def test_a_link_is_followed_by_the_parameters_of_the_method(
    method_of: MethodOf, service: Service, link: str, at_the_end: dict[str, Any]
) -> None:
    answer(service, page("a", nextUri=link), page("b", **at_the_end))
    method = method_of("KnowledgeApi.get_knowledge_knowledgebases")
    assert ids(paginate(method, page_size=2, name="x")) == ["a", "b"]
    first, second = service.requests
    assert first.query == {"pageSize": "2", "name": "x"}
    assert second.query == {"pageSize": "2", "name": "x", "after": "b/1="}
    assert second.path == KNOWLEDGE


@pytest.mark.parametrize("cursor", ["a+b", "a b", "a%b", "ä", "a&b=c", "+/=", "%2B"])
def test_a_cursor_goes_back_as_it_came(method_of: MethodOf, service: Service, cursor: str) -> None:
    answer(service, {"results": [{"x": 1}], "cursor": cursor}, {"results": [{"x": 2}]})
    method = method_of("AnalyticsApi.get_analytics_actions_aggregates_job_results")
    assert len(list(paginate(method, "job"))) == 2
    assert service.requests[1].query == {"cursor": cursor}


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize(
    "name",
    [
        "AnalyticsApi.get_analytics_conversations_details_job_results",
        "ExternalContactsApi.get_externalcontacts_scan_contacts",
        "KnowledgeApi.get_knowledge_knowledgebases",
        "TaskManagementApi.get_taskmanagement_workitem_versions",
        "RoutingApi.get_routing_skillgroups",
        "ConversationsApi.get_conversations_messages",
        "SearchApi.get_search",
    ],
)
def test_empty_pages_are_walked_over_as_long_as_they_lead_on(
    play: Play, name: str, prefetch: int
) -> None:
    method, player = play(name, [[], ["1"], [], [], ["2"], []])
    arguments = [
        "x" if one["name"] != "q64" else "first"
        for one in player.listing.parameters
        if one.get("required")
    ]
    assert items(paginate(method, *arguments, prefetch=prefetch)) == ["1", "2"]
    assert player.asked == [1, 2, 3, 4, 5, 6]


def test_pages_that_are_empty_for_ever_are_an_error(method_of: MethodOf, service: Service) -> None:
    service.answer_by(
        lambda request: make_answer(200, page(cursor=str(int(request.query.get("cursor", 0)) + 1)))
    )
    walk = paginate(method_of("AuditApi.get_audits_query_transaction_id_results"), "id")
    with pytest.raises(ApiException, match="100 pages in a row came empty, and lead on"):
        next(walk)
    assert len(service.requests) == 100


@pytest.mark.parametrize("prefetch", [0, 1, 4])
@pytest.mark.parametrize("turns", [1, 2, 5])
@pytest.mark.parametrize("as_link", [True, False])
def test_a_cursor_that_comes_again_is_an_error(
    method_of: MethodOf, service: Service, turns: int, as_link: bool, prefetch: int
) -> None:
    for number in range(turns + 1):
        cursor = f"c{number % turns}"
        said = {"nextUri": f"/api/v2/x?cursor={cursor}"} if as_link else {"cursor": cursor}
        answer(service, page(str(number), **said))
    walk = paginate(method_of("UsersApi.get_users_query"), prefetch=prefetch)
    assert [next(walk).id for _ in range(turns + 1)] == [str(one) for one in range(turns + 1)]
    with pytest.raises(ApiException, match="leads to a page that was there before") as caught:
        next(walk)
    assert f"page {turns + 1} leads" in str(caught.value)
    assert list(walk) == []
    assert len(service.requests) == turns + 1


def test_the_cursor_that_a_walk_began_with_comes_again(
    method_of: MethodOf, service: Service
) -> None:
    answer(service, page("a", cursor="begin"))
    walk = paginate(method_of("UsersApi.get_users_query"), cursor="begin")
    assert next(walk).id == "a"
    with pytest.raises(ApiException, match="leads to a page that was there before"):
        next(walk)
    assert service.requests[0].query == {"cursor": "begin"}


def test_an_empty_page_that_leads_to_itself_is_the_end(
    method_of: MethodOf, service: Service
) -> None:
    answer(service, page("a", cursor="x"), page(cursor="x"))
    assert ids(paginate(method_of("UsersApi.get_users_query"))) == ["a"]


@pytest.mark.parametrize("prefetch", [0, 2])
def test_the_same_page_with_another_cursor_is_an_error(
    method_of: MethodOf, service: Service, prefetch: int
) -> None:
    answer(service, page("a", "b", cursor="x"), page("b", "a", cursor="y"))
    walk = paginate(method_of("UsersApi.get_users_query"), prefetch=prefetch)
    assert [next(walk).id, next(walk).id] == ["a", "b"]
    with pytest.raises(ApiException, match="the entities of page 1 came again where page 2"):
        next(walk)


def test_rows_that_nothing_tells_apart_may_come_again(
    method_of: MethodOf, service: Service
) -> None:
    row = {"group": {"mediaType": "voice"}}
    answer(service, {"results": [row], "cursor": "x"}, {"results": [row]})
    method = method_of("AnalyticsApi.get_analytics_actions_aggregates_job_results")
    assert len(list(paginate(method, "job"))) == 2


def test_a_cursor_is_preferred_to_a_link_and_a_new_one_to_an_old_one(
    method_of: MethodOf, service: Service
) -> None:
    answer(
        service,
        page("a", cursor="x", nextUri="/api/v2/users/query?cursor=other"),
        page("b", cursor="x", nextUri="/api/v2/users/query?cursor=y"),  # an echo of its own
        page("c"),
    )
    assert ids(paginate(method_of("UsersApi.get_users_query"))) == ["a", "b", "c"]
    assert [one.query.get("cursor") for one in service.requests] == [None, "x", "y"]


def test_cursors_are_those_of_the_next_page_and_not_of_the_one_before(
    method_of: MethodOf, service: Service
) -> None:
    answer(
        service,
        page("a", cursors={"after": "x"}),
        page("b", cursors={"before": "a", "after": "y"}),
        page("c", cursors={"before": "b", "after": None}),
    )
    method = method_of("ExternalContactsApi.get_externalcontacts_scan_contacts")
    assert ids(paginate(method, limit=10)) == ["a", "b", "c"]
    assert [one.query.get("cursor") for one in service.requests] == [None, "x", "y"]
    assert {one.query["limit"] for one in service.requests} == {"10"}


@pytest.mark.parametrize("number", [None, 3])
def test_a_listing_with_both_starts_where_it_is_told(
    method_of: MethodOf, service: Service, number: int | None
) -> None:
    answer(
        service,
        page("a", nextUri="/api/v2/x?pageNumber=7&cursor=x"),
        page("b", nextUri="/api/v2/x?cursor=y"),
        page("c"),
    )
    method = method_of("RecordingApi.get_recording_jobs")
    assert ids(paginate(method, page_number=number)) == ["a", "b", "c"]
    assert [one.query for one in service.requests] == [
        {} if number is None else {"pageNumber": "3"},
        {"pageNumber": "7", "cursor": "x"},
        {"cursor": "y"},
    ]


def test_a_listing_with_both_goes_by_what_its_pages_say(
    method_of: MethodOf, service: Service
) -> None:
    answer(
        service,
        page("a", nextUri="/api/v2/x?token=x", pageCount=9),
        page("b", nextUri="/api/v2/x?pageNumber=3", pageCount=9),
        page("c", nextUri="/api/v2/x?cursor=x", pageCount=9),
        page("d", pageCount=9),
    )
    assert ids(paginate(method_of("RecordingApi.get_recording_jobs"))) == ["a", "b", "c", "d"]
    assert [one.query for one in service.requests] == [
        {},
        {"pageNumber": "2"},
        {"pageNumber": "3"},
        {"cursor": "x"},
    ]


# Links that no parameter leads to


def test_a_link_is_followed_where_no_parameter_leads_there(
    method_of: MethodOf, service: Service
) -> None:
    link = "https://elsewhere.example/api/v2/conversations/messages?page=2%2F3&token={x}+"
    answer(service, page("a", nextUri=link), page("b"))
    method = method_of("ConversationsApi.get_conversations_messages")
    walk = paginate(method, _headers={"X-Own": "yes"})
    found = list(walk)
    assert [one.id for one in found] == ["a", "b"]
    assert type(found[0]) is type(found[1])
    second = service.requests[1]
    assert second.target == "/api/v2/conversations/messages?page=2%2F3&token=%7Bx%7D+"
    assert second.headers["X-Own"] == "yes"
    assert second.headers["Authorization"] == "Bearer the-token"


def test_a_link_is_followed_for_a_query_with_its_body(play: Play, service: Service) -> None:
    method, player = play("ArchitectApi.post_flows_instances_query")
    body = {"query": [{"type": "x"}]}
    assert items(paginate(method, body)) == player.everything
    assert [one.method for one in service.requests] == ["POST"] * 3
    assert [one.json for one in service.requests] == [body] * 3


@pytest.mark.parametrize("link", ["api/v2/x", "?page=2", "//[", "https://x"])
def test_a_link_that_cannot_be_followed_is_an_error(
    method_of: MethodOf, service: Service, link: str
) -> None:
    answer(service, page("a", nextUri=link))
    walk = paginate(method_of("ConversationsApi.get_conversations_messages"))
    assert next(walk).id == "a"
    with pytest.raises(ApiException):
        next(walk)


def test_a_link_to_the_page_itself_is_an_error(method_of: MethodOf, service: Service) -> None:
    answer(service, *[page(one, nextUri="/api/v2/x?page=2") for one in "ab"])
    walk = paginate(method_of("ConversationsApi.get_conversations_messages"))
    assert [next(walk).id, next(walk).id] == ["a", "b"]
    with pytest.raises(ApiException, match="page 2 leads to a page that was there before"):
        next(walk)


# What the calls look like to those that stand in for the method


def test_what_stands_in_for_the_method_sees_normal_calls(method_of: MethodOf) -> None:
    api = method_of("UsersApi.get_users_query").__self__
    pages = [Mock(entities=["a"], cursor="x"), Mock(entities=["b"], cursor=None, next_uri=None)]
    stand_in = Mock(wraps=api.get_users_query, side_effect=pages)

    @functools.wraps(api.get_users_query)
    def get_users_query(**kwargs: Any) -> Any:
        return stand_in(**kwargs)

    api.get_users_query = get_users_query
    assert list(paginate(api.get_users_query, page_size=5)) == ["a", "b"]
    assert [call.kwargs for call in stand_in.call_args_list] == [
        {"page_size": 5},
        {"page_size": 5, "cursor": "x"},
    ]


def test_a_number_out_of_a_link_is_one(method_of: MethodOf) -> None:
    method = method_of("RecordingApi.get_recording_jobs")
    asked: list[Any] = []

    @functools.wraps(method)
    def fetch(**kwargs: Any) -> Any:
        asked.append(kwargs)
        more = len(asked) < 3
        number = len(asked) + 1
        return page(nextUri=f"/x?cursor=c{number}&pageNumber={number if more else '1e3'}")

    walk = paginate(fetch)
    with pytest.raises(ApiException):
        next(walk)
    assert asked[:4] == [
        {},
        {"cursor": "c2", "page_number": 2},
        {"cursor": "c3", "page_number": 3},
        {"cursor": "c4", "page_number": None},
    ]


def test_a_function_that_takes_anything_gets_cursors_as_well() -> None:
    asked: list[Any] = []

    def fetch(**kwargs: Any) -> Any:
        asked.append(kwargs)
        more = {"cursor": str(len(asked))} if len(asked) < 3 else {}
        return {"entities": [len(asked)], **more}

    assert list(paginate(fetch, kind="x")) == [1, 2, 3]
    assert asked == [
        {"kind": "x", "page_number": 1},
        {"kind": "x", "cursor": "1"},
        {"kind": "x", "cursor": "2"},
    ]


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize(
    "name",
    [
        "AnalyticsApi.post_analytics_conversations_details_query",
        "ConversationsApi.get_conversations_messages",
        "RoutingApi.get_routing_queue_members",
        "SearchApi.get_search",
        "UsersApi.get_users_query",
    ],
)
def test_a_wrapper_may_hand_out_json(
    api_client: ApiClient, play: Play, name: str, prefetch: int
) -> None:
    method, player = play(name)

    @functools.wraps(method)
    def fetch(*args: Any, **kwargs: Any) -> Any:
        method(*args, **kwargs)
        assert api_client.last_response is not None
        return parse_json(api_client.last_response.content)

    values: dict[str, Any] = {"q64": "first", "queueId": "x", "body": {}}
    required = [one["name"] for one in player.listing.parameters if one.get("required")]
    walk: Any = paginate(fetch, *[values[one] for one in required], prefetch=prefetch)
    assert [one["item"] for one in walk] == player.everything


# Fetching ahead


class Chain:
    """A listing method that notes when it is called; each page has the cursor of the next."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.asked: list[int] = []
        self.threads: set[str] = set()
        self.came = threading.Condition()

    def __call__(self, *, cursor: str = "1") -> dict[str, Any]:
        number = int(cursor)
        with self.came:
            self.asked.append(number)
            self.threads.add(threading.current_thread().name)
            self.came.notify_all()
        if number < 0:
            raise ApiException(500, "no")
        said = {"cursor": str(number + 1)} if number < self.pages else {}
        return {"entities": [f"{number}-{one}" for one in range(2)], **said}

    def wait_for(self, number: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: number in self.asked, 30)


@pytest.mark.parametrize("prefetch", [1, 3])
def test_no_more_pages_are_fetched_ahead_than_told(prefetch: int) -> None:
    chain = Chain(10)
    walk = paginate(chain, prefetch=prefetch)
    assert chain.asked == []
    next(walk)
    chain.wait_for(1 + prefetch)
    next(walk)
    assert chain.asked == list(range(1, prefetch + 2))
    next(walk)
    chain.wait_for(2 + prefetch)
    assert len(list(walk)) == 17
    assert chain.asked == list(range(1, 11))
    assert threading.current_thread().name not in chain.threads
    assert not [one for one in threading.enumerate() if one.name.startswith("paginate")]


def test_a_walk_that_ends_early_leaves_no_thread() -> None:
    chain = Chain(10)
    for _ in paginate(chain, prefetch=2):
        break
    gc.collect()
    assert not [one for one in threading.enumerate() if one.name.startswith("paginate")]
    assert len(chain.asked) <= 3


FORKED_WALK = """
import os, threading, warnings
from PureCloudPlatformClientV2 import paginate

warnings.simplefilter("ignore", DeprecationWarning)  # that threads and fork go together
third = threading.Event()


def fetch(cursor="1"):
    number = int(cursor)
    if number == 3:
        third.set()
    said = {"cursor": str(number + 1)} if number < 5 else {}
    return {"entities": [{"id": f"{number}-{one}"} for one in range(2)], **said}


walk = paginate(fetch, prefetch=2)
found = [next(walk)]
third.wait(30)
child = os.fork()
found += walk
if child:
    _, status = os.waitpid(child, 0)
    print(status)
print(len(found), flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_goes_on_with_a_walk() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FORKED_WALK], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.split() == ["10", "0", "10"], ran.stderr


def test_a_long_walk_takes_no_more_memory_than_a_short_one() -> None:
    def fetch(after: str = "0") -> dict[str, Any]:
        return {"entities": [{"id": after}], "after": str(int(after) + 1)}

    def take(pages: int) -> int:
        assert len([*itertools.islice(walk, pages)]) == pages
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    walk = paginate(fetch)
    tracemalloc.start()
    try:
        before = take(2_000)  # by which its tables have grown to their size
        assert take(1_500) < before + 1_500 * 16
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [1, 999, 1_000, 1_001, 5_000])
@pytest.mark.parametrize("lead", [0, 3_000])
def test_a_circle_of_any_length_is_told(length: int, lead: int) -> None:
    asked = 0

    def fetch(after: str = "0") -> dict[str, Any]:
        nonlocal asked
        asked += 1
        number = int(after) + 1
        entities = [{"of": "those that nothing tells apart"}]
        return {"entities": entities, "after": str(number if number < lead + length else lead)}

    with pytest.raises(ApiException, match="leads to a page that was there before"):
        for _ in paginate(fetch):
            pass
    assert asked <= 4 * (lead + length)
