"""Context variables, of traces, logs and the like, hold in the threads of this package, too."""

from __future__ import annotations

import decimal
import logging
import threading
from collections.abc import Iterator
from contextvars import ContextVar, copy_context
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiException, LineIntegration, MessagingApi, paginate

trace: ContextVar[str] = ContextVar("trace", default="lost")


@pytest.fixture
def seen(api: MessagingApi, service: Service) -> list[str]:
    """The trace that each request belongs to, by a hook."""
    noted: list[str] = []

    def note(_: object) -> None:
        noted.append(trace.get())

    api.api_client.get_http_client().set_pre_request_hook(note)
    for number in (1, 2, 3):
        page = {"entities": [{"id": f"{number}"}], "pageNumber": number, "pageCount": 3}
        service.answer(200, page)
    return noted


@pytest.fixture
def logged(api: MessagingApi) -> Iterator[list[str]]:
    """The trace that each line of the log belongs to, by a filter."""
    noted: list[str] = []

    def note(record: logging.LogRecord) -> bool:
        noted.append(trace.get())
        return True

    logger = logging.getLogger("PureCloudPlatformClientV2")
    logger.setLevel(logging.DEBUG)
    logger.addFilter(note)
    yield noted
    logger.removeFilter(note)


@pytest.mark.parametrize("prefetch", [0, 1, 2])
def test_pages_are_fetched_in_the_context_of_the_walk(
    api: MessagingApi, seen: list[str], logged: list[str], prefetch: int
) -> None:
    trace.set("mine")
    assert len(list(paginate(api.get_messaging_integrations_line, prefetch=prefetch))) == 3
    assert seen == logged == ["mine"] * 3


@pytest.mark.parametrize("prefetch", [0, 1])
def test_the_context_is_that_of_whoever_asks_for_the_entity(
    api: MessagingApi, seen: list[str], prefetch: int
) -> None:
    trace.set("maker of the walk")
    walk = paginate(api.get_messaging_integrations_line, prefetch=prefetch)
    other = copy_context()
    other.run(trace.set, "first reader")
    other.run(next, walk)
    trace.set("second reader")
    next(walk)
    next(walk)
    # The page ahead is fetched on behalf of whoever has asked for the one before.
    ahead = ["first reader", "first reader", "second reader"]
    assert seen == (ahead if prefetch else ["first reader", "second reader", "second reader"])


def test_what_a_page_changes_in_the_thread_stays_there(api: MessagingApi) -> None:
    def fetch(*, page_number: int) -> Any:
        trace.set("changed")
        return api.get_messaging_integrations_line(page_number=page_number)

    trace.set("mine")
    api.api_client.host = "http://a..example"
    with pytest.raises(ApiException):
        next(paginate(fetch, prefetch=1))
    assert trace.get() == "mine"


def test_a_callback_has_the_context_of_the_call(
    api: MessagingApi, seen: list[str], logged: list[str]
) -> None:
    trace.set("mine")
    heard: list[Any] = []

    def note(listing: Any) -> None:
        heard.append((trace.get(), decimal.getcontext().prec))
        inner: Any = api.get_messaging_integrations_line(
            callback=lambda _: heard.append(trace.get())
        )
        inner.join()

    with decimal.localcontext() as own:
        own.prec = 7
        thread: Any = api.get_messaging_integrations_line(callback=note)
    trace.set("later")
    thread.join()
    assert heard == [("mine", 7), "mine"]
    assert seen == logged == ["mine"] * 2


def test_calls_at_the_same_time_have_a_context_each(api: MessagingApi, service: Service) -> None:
    service.answer_always(200, {"id": "1"})
    heard: dict[str, str] = {}
    lock = threading.Lock()

    def start(number: int) -> Any:
        trace.set(f"trace {number}")

        def note(one: LineIntegration) -> None:
            with lock:
                heard[f"trace {number}"] = trace.get()

        return api.get_messaging_integrations_line_integration_id("1", callback=note)

    threads = [copy_context().run(start, number) for number in range(8)]
    for thread in threads:
        thread.join()
    assert heard == {f"trace {number}": f"trace {number}" for number in range(8)}


def test_an_exception_of_a_callback_goes_to_the_hook_of_threads(
    api: MessagingApi, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)
    trace.set("mine")
    heard: list[str] = []

    def fail(listing: Any) -> None:
        heard.append(trace.get())
        raise LookupError("mine")

    thread: Any = api.get_messaging_integrations_line(callback=fail)
    thread.join()
    assert heard == ["mine"]
    assert [(one.exc_type, one.thread) for one in caught] == [(LookupError, thread)]
