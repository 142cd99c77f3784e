from __future__ import annotations

import gc
import importlib
import itertools
import os
import subprocess
import sys
import threading
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
    FacebookIntegration,
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
@pytest.mark.parametrize("result", [{"entities": []}, None, [1]], ids=repr)
def test_what_is_no_listing_is_refused_by_name(result: Any, prefetch: int) -> None:
    def method(*, page_number: int) -> Any:
        return result

    kind = type(result).__name__
    with pytest.raises(TypeError, match=f"^method: it returns a {kind}, and not a listing"):
        next(paginate(method, prefetch=prefetch))


@pytest.mark.parametrize("number", [0, -1, "2", 1.0, True])
def test_a_page_number_that_no_page_can_have_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match=r"^page_number: give the number of a page"):
        paginate(Listing(1), page_number=number)


# Fetching ahead


class Listing:
    """A listing method that notes when it is called, and in which thread."""

    def __init__(self, pages: int, *, counted: bool = True, fails_at: int = 0) -> None:
        self.pages = pages
        self.counted = counted
        self.fails_at = fails_at
        self.asked: list[int] = []
        self.threads: set[str] = set()
        self.came = threading.Condition()

    def __call__(self, *, page_number: int) -> FacebookIntegrationEntityListing:
        with self.came:
            self.asked.append(page_number)
            self.threads.add(threading.current_thread().name)
            self.came.notify_all()
        if page_number == self.fails_at:
            raise ApiException(500, "no")
        entities = [
            FacebookIntegration(id=f"{page_number}-{count}")
            for count in range(2 if page_number <= self.pages else 0)
        ]
        return FacebookIntegrationEntityListing(
            entities=entities, page_count=self.pages if self.counted else None
        )

    def wait_for(self, page_number: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: page_number in self.asked, 30)


def paging_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("paginate")]


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("prefetch", [0, 1, 2, 10])
@pytest.mark.parametrize("pages", [0, 1, 2, 5])
def test_fetching_ahead_gives_the_same_entities(pages: int, prefetch: int, counted: bool) -> None:
    listing = Listing(pages, counted=counted)
    found = [one.id for one in paginate(listing, prefetch=prefetch)]
    assert found == [f"{page}-{count}" for page in range(1, pages + 1) for count in range(2)]
    needed = max(pages, 1) if counted else pages + 1  # an empty page ends what is not counted
    assert listing.asked == list(range(1, needed + 1))
    assert not paging_threads()


@pytest.mark.parametrize("prefetch", [1, 3])
def test_no_more_pages_are_fetched_ahead_than_told(prefetch: int) -> None:
    listing = Listing(10)
    walk = paginate(listing, prefetch=prefetch)
    assert listing.asked == []
    next(walk)
    listing.wait_for(1 + prefetch)
    next(walk)
    assert listing.asked == list(range(1, prefetch + 2))
    next(walk)
    listing.wait_for(2 + prefetch)
    assert listing.asked == list(range(1, prefetch + 3))
    assert threading.current_thread().name not in listing.threads
    assert len(listing.threads) == 1


def test_an_error_comes_after_the_last_entity_of_the_page_before() -> None:
    listing = Listing(3, fails_at=2)
    walk = paginate(listing, prefetch=1)
    first = next(walk)
    listing.wait_for(2)
    assert [first.id, next(walk).id] == ["1-0", "1-1"]
    with pytest.raises(ApiException, match="500"):
        next(walk)
    assert not paging_threads()
    assert list(walk) == []


@pytest.mark.parametrize("way", ["close", "break", "forget"])
def test_a_walk_that_ends_early_leaves_no_thread(way: str) -> None:
    listing = Listing(10)
    if way == "break":
        for _ in paginate(listing, prefetch=2):
            break
    else:
        walk = paginate(listing, prefetch=2)
        next(walk)
        if way == "close":
            walk.close()  # type: ignore[attr-defined]  # pyright: ignore  # it is a generator
        del walk
    gc.collect()
    assert not paging_threads()
    assert len(listing.asked) <= 3


@pytest.mark.parametrize("prefetch", [-1, 1.5, "1", None, True])
def test_a_prefetch_that_is_no_number_of_pages_is_refused(prefetch: Any) -> None:
    with pytest.raises(ValueError, match="prefetch"):
        paginate(Listing(1), prefetch=prefetch)


def test_fetching_ahead_works_against_the_sandbox(
    sandbox_api: MessagingApi, purecloud_sandbox: Sandbox
) -> None:
    for number in range(7):
        purecloud_sandbox.create_integration("facebook", name=f"Support {number}")
    method = sandbox_api.get_messaging_integrations_facebook
    found = [one.id for one in paginate(method, page_size=2, prefetch=1)]
    assert found == [one.id for one in paginate(method, page_size=3)]
    assert len(found) == 7


FORKED_WALK = """
import os, sys, warnings
from PureCloudPlatformClientV2 import UriReference, paginate
from PureCloudPlatformClientV2.pagination import Page

warnings.simplefilter("ignore", DeprecationWarning)  # that threads and fork go together


class Listing:
    page_count = 4

    def __init__(self, number):
        self.entities = [f"{number}-0", f"{number}-1"]


walk = paginate(lambda page_number: Listing(page_number), prefetch=1)
found = [next(walk)]
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
    assert ran.stdout.split() == ["8", "0", "8"], ran.stderr


# Where no thread can be started

WITHOUT_THREADS = """
import atexit, sys, threading
from PureCloudPlatformClientV2 import paginate


class Listing:
    page_count = 4

    def __init__(self, number):
        self.entities = [f"{number}-0", f"{number}-1"]
        self.thread = threading.current_thread().name


def listing(page_number):
    page = Listing(page_number)
    threads.add(page.thread)
    return page


def walk(prefetch=1):
    return paginate(listing, prefetch=prefetch)


def show(walk):
    print(*walk, *sorted(threads), flush=True)


threads = set()
"""

CASES_WITHOUT_THREADS = {
    "exit": "atexit.register(lambda: show(walk()))",
    "exit, several ahead": "atexit.register(lambda: show(walk(3)))",
    "exit, where threads were used before": (
        "import concurrent.futures.thread\natexit.register(lambda: show(walk()))"
    ),
    "exit, with a walk that has begun": """
begun = walk()
first = next(begun)
atexit.register(lambda: show([first, *begun]))
""",
    "no memory": "threading.stack_size(1 << 46)\nshow(walk(2))",
}


@pytest.mark.parametrize("case", CASES_WITHOUT_THREADS)
def test_without_threads_pages_are_fetched_in_step(case: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_THREADS + CASES_WITHOUT_THREADS[case]],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = ran.stdout.split()
    assert found[:8] == [f"{page}-{count}" for page in range(1, 5) for count in range(2)]
    assert "MainThread" in found[8:]
    assert ran.stderr == ""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="all interpreters may have threads there")
def test_an_interpreter_that_may_have_no_threads_fetches_in_step() -> None:
    interpreters: Any = importlib.import_module(
        "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    )
    code = f"""
import sys
sys.path[:] = {sys.path!r}
{WITHOUT_THREADS}
assert [*walk()] == [f"{{page}}-{{count}}" for page in range(1, 5) for count in range(2)]
assert len(threads) == 1
"""
    config = interpreters.new_config("isolated", allow_threads=False)
    own = interpreters.create(config)
    try:
        assert interpreters.run_string(own, code) is None
    finally:
        interpreters.destroy(own)


NO_THREAD_FOR_A_CALLBACK = """
import threading
from PureCloudPlatformClientV2 import AbstractHttpClient, ApiClient, MessagingApi
from PureCloudPlatformClientV2.rest import ApiException


class Counting(AbstractHttpClient):
    def request(self, http_request_options):
        raise AssertionError("it was sent")


client = ApiClient(host="http://127.0.0.1:9")
client.access_token = "the-token"
client.set_http_client(Counting())
threading.stack_size(1 << 46)
try:
    MessagingApi(client).post_messaging_integrations_line({"name": "x"}, callback=print)
except ApiException as error:
    print(error.status, error.outcome_unknown, error)
"""


def test_a_callback_that_no_thread_can_be_started_for_is_an_error_and_nothing_is_sent() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", NO_THREAD_FOR_A_CALLBACK],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.startswith(
        "0 False POST http://127.0.0.1:9/api/v2/messaging/integrations/line"
    )
    assert "callback: can't start new thread; leave callback out" in ran.stdout
    assert ran.stderr == ""
