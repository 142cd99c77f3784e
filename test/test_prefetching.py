"""Pages that are fetched ahead, and what happens where no thread can be started."""

from __future__ import annotations

import gc
import importlib
import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from PureCloudPlatformClientV2 import (
    ApiException,
    FacebookIntegration,
    FacebookIntegrationEntityListing,
    MessagingApi,
    paginate,
)
from PureCloudPlatformClientV2.sandbox import Sandbox


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


@pytest.mark.skipif(sys.version_info < (3, 13), reason="all interpreters may have threads there")
def test_an_interpreter_that_may_have_no_threads_fetches_in_step() -> None:
    interpreters: Any = importlib.import_module("_interpreters")
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
