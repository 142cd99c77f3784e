from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
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
    answer_pages(service, ["a"], [], page_count=9)
    assert len(list(paginate(api.get_messaging_integrations_twitter))) == 1
    assert pages_asked_for(service) == ["1", "2"]


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
