"""An asynchronous program calls through threads, as the guide has it, and its loop goes on."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, RoutingApi, paginate

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "asyncio_pool.py"

WAIT = 30
"""Seconds after which a test gives up; no test decides anything by time."""

T = TypeVar("T")

trace: ContextVar[str] = ContextVar("trace", default="lost")


@pytest.fixture(scope="module")
def example() -> Any:
    """The program of the guide, as a module."""
    spec = importlib.util.spec_from_file_location("asyncio_pool", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def routing(api_client: ApiClient) -> RoutingApi:
    api_client.configuration.retries = 0
    api_client.configuration.deadline = WAIT
    return RoutingApi(api_client)


class Gate:
    """Holds the answers of a service back until it is opened."""

    def __init__(self, service: Service, content: Any) -> None:
        self.content = content
        self.arrived = threading.Semaphore(0)
        self._open = threading.Event()
        service.answer_by(self._answer)

    def _answer(self, request: Request) -> Answer:
        self.arrived.release()
        assert self._open.wait(WAIT)
        return make_answer(200, self.content)

    def open(self) -> None:
        self._open.set()

    async def wait_for(self, count: int) -> None:
        """Wait until so many requests have come."""
        for _ in range(count):
            while not self.arrived.acquire(blocking=False):
                await asyncio.sleep(0)


@pytest.fixture
def gate(service: Service) -> Iterator[Gate]:
    """A service that answers when it is told to."""
    gate = Gate(service, {"entities": [], "total": 0})
    yield gate
    gate.open()


def run(main: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        return await asyncio.wait_for(main, WAIT)

    return asyncio.run(bounded())


def ways(example: Any) -> dict[str, Callable[..., Any]]:
    """The two ways that the guide shows to make a call."""

    async def by_threads(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        async with example.Threads(1) as threads:
            return await threads.call(function, *arguments, **options)

    return {"to_thread": asyncio.to_thread, "Threads": by_threads}


@pytest.mark.parametrize("way", ["to_thread", "Threads"])
def test_the_loop_goes_on_while_a_call_waits_for_its_answer(
    example: Any, routing: RoutingApi, gate: Gate, way: str
) -> None:
    async def main() -> list[str]:
        order = []
        call = asyncio.create_task(ways(example)[way](routing.get_routing_queues))
        await gate.wait_for(1)
        for tick in range(100):  # none of them would come if the call held up the loop
            await asyncio.sleep(0)
            order.append(f"tick {tick}")
        assert not call.done()
        gate.open()  # which only the loop does, so the answer cannot come before
        order.append(f"total {(await call).total}")
        return order

    order = run(main())
    assert len(order) == 101
    assert order[-1] == "total 0"


def test_as_many_calls_are_made_at_a_time_as_there_are_threads(
    example: Any, routing: RoutingApi, service: Service, gate: Gate
) -> None:
    async def main() -> int:
        async with example.Threads(3) as threads:
            calls = [
                asyncio.create_task(threads.call(routing.get_routing_queues)) for _ in range(7)
            ]
            await gate.wait_for(3)
            for _ in range(200):
                await asyncio.sleep(0)
            at_once = len(service.requests)
            gate.open()
            await asyncio.gather(*calls)
        return at_once

    assert run(main()) == 3
    assert len(service.requests) == 7


def test_what_is_canceled_while_it_waits_for_a_thread_is_never_sent(
    example: Any, routing: RoutingApi, service: Service, gate: Gate
) -> None:
    async def main() -> None:
        async with example.Threads(1) as threads:
            first = asyncio.create_task(threads.call(routing.get_routing_queues))
            await gate.wait_for(1)
            second = asyncio.create_task(threads.call(routing.post_routing_queues, {"name": "x"}))
            await asyncio.sleep(0)
            second.cancel()
            with suppress(asyncio.CancelledError):
                await second
            assert second.cancelled()
            gate.open()
            await first

    run(main())
    assert [one.method for one in service.requests] == ["GET"]


def test_what_is_canceled_while_it_is_sent_is_carried_out_and_the_thread_comes_back(
    example: Any, routing: RoutingApi, service: Service, gate: Gate
) -> None:
    async def main() -> None:
        async with example.Threads(1) as threads:
            write = asyncio.create_task(threads.call(routing.post_routing_queues, {"name": "x"}))
            await gate.wait_for(1)
            write.cancel()
            with suppress(asyncio.CancelledError):
                await write
            assert write.cancelled()
            gate.open()
            # The only thread is free again, and no write was sent twice.
            await threads.call(routing.get_routing_queues)

    run(main())
    assert [one.method for one in service.requests] == ["POST", "GET"]


def test_leaving_the_threads_drops_what_waits_and_finishes_what_is_sent(
    example: Any, routing: RoutingApi, service: Service, gate: Gate
) -> None:
    async def main() -> list[str]:
        async with example.Threads(1) as threads:
            calls = [
                asyncio.create_task(threads.call(routing.get_routing_queues)) for _ in range(3)
            ]
            await gate.wait_for(1)
            gate.open()
        done = await asyncio.gather(*calls, return_exceptions=True)
        return [type(one).__name__ for one in done]

    kinds = run(main())
    assert kinds[0] == "QueueEntityListing"
    assert len(service.requests) == kinds.count("QueueEntityListing")
    assert set(kinds) <= {"QueueEntityListing", "CancelledError"}
    assert not [one for one in threading.enumerate() if one.name.startswith("genesys")]


def test_a_call_ends_by_its_deadline_though_nobody_waits_for_it(
    example: Any, routing: RoutingApi, gate: Gate
) -> None:
    async def main() -> ApiException:
        async with example.Threads(1) as threads:
            call = threads.call(routing.get_routing_queues, _deadline=0.2)
            with pytest.raises(ApiException) as caught:
                await call
            return caught.value

    assert type(run(main())).__name__ == "ApiTimeoutException"


def test_calls_have_the_context_variables_of_their_task(
    example: Any, routing: RoutingApi, service: Service
) -> None:
    seen: list[str] = []
    routing.api_client.get_http_client().set_pre_request_hook(lambda _: seen.append(trace.get()))
    service.answer_always(200, {"entities": []})

    async def task(threads: Any, name: str) -> None:
        trace.set(name)
        await threads.call(routing.get_routing_queues)

    async def main() -> None:
        async with example.Threads(2) as threads:
            await asyncio.gather(*(task(threads, name) for name in ("a", "b", "c")))

    run(main())
    assert sorted(seen) == ["a", "b", "c"]


def pages(service: Service, count: int, size: int) -> None:
    """Have the service list queues."""

    def answer(request: Request) -> Answer:
        number = int(request.query.get("pageNumber", "1"))
        entities = [{"id": f"{number}-{one}", "name": "q"} for one in range(size)]
        page = {"entities": entities, "pageNumber": number, "pageCount": count}
        return make_answer(200, page)

    service.answer_by(answer)


def test_a_listing_is_walked_page_by_page(
    example: Any, routing: RoutingApi, service: Service
) -> None:
    pages(service, count=3, size=4)

    async def main() -> tuple[list[str], list[int]]:
        sent = []
        async with example.Threads(1) as threads:
            found = []
            walk = paginate(routing.get_routing_queues, page_size=4)
            async for queue in threads.walk(walk, at_once=4):
                found.append(queue.id)
                sent.append(len(service.requests))
        return found, sent

    found, sent = run(main())
    assert found == [f"{page}-{one}" for page in (1, 2, 3) for one in range(4)]
    assert sent == [1] * 4 + [2] * 4 + [3] * 4


def test_a_walk_that_fails_has_given_the_pages_before(
    example: Any, routing: RoutingApi, service: Service
) -> None:
    service.answer(200, {"entities": [{"id": "1", "name": "q"}], "pageNumber": 1, "pageCount": 2})
    service.answer(403, {"message": "No.", "code": "missing.permissions"})

    async def main() -> tuple[list[str], str | None]:
        found = []
        async with example.Threads(1) as threads:
            walk = threads.walk(paginate(routing.get_routing_queues, page_size=1), at_once=1)
            try:
                async for queue in walk:
                    found.append(queue.id)
            except ApiException as error:
                return found, error.code
        return found, None

    assert run(main()) == (["1"], "missing.permissions")


def test_a_walk_may_be_left_early(example: Any, routing: RoutingApi, service: Service) -> None:
    pages(service, count=9, size=2)

    async def main() -> int:
        async with example.Threads(1) as threads:
            walk = threads.walk(paginate(routing.get_routing_queues, page_size=2), at_once=2)
            async with aclosing(walk):
                async for _ in walk:
                    break
        return len(service.requests)

    assert run(main()) == 1


class Platform:
    """Three queues; one of them does not say who its members are."""

    def __call__(self, request: Request) -> Answer:
        if request.path == "/api/v2/routing/queues":
            queues = [{"id": one, "name": f"Queue {one}"} for one in ("a", "b", "c")]
            return make_answer(200, {"entities": queues, "pageNumber": 1, "pageCount": 1})
        queue, number = request.path.split("/")[-2], int(request.query["pageNumber"])
        if queue == "b":
            return make_answer(403, {"message": "No.", "code": "missing.permissions"})
        members = [{"id": f"{one}", "name": "m"} for one in range({"a": 2, "c": 0}[queue])]
        page = {"entities": members if number == 1 else [], "pageNumber": number}
        return make_answer(200, page)


def test_the_program_counts_what_it_can_and_says_what_it_cannot(
    example: Any, routing: RoutingApi, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer_by(Platform())
    assert run(example.count_all(routing, 2, WAIT)) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["     2 'Queue a'", "     0 'Queue c'"]
    assert "'Queue b': GET" in printed.err
    assert "missing.permissions" in printed.err


def test_the_program_gives_up_when_its_time_is_over(
    example: Any, routing: RoutingApi, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer_by(Platform())
    assert run(example.count_all(routing, 3, 0)) == 3
    assert capsys.readouterr().err.count("not done in 0 seconds") == 3


def test_clients_of_an_event_loop_leave_nothing_running(service: Service) -> None:
    service.answer_always(200, json.loads("{}"))

    async def main() -> None:
        with ApiClient(configuration=Configuration(host=service.url, access_token="t")) as client:
            api = RoutingApi(client)
            await asyncio.gather(*(asyncio.to_thread(api.get_routing_queues) for _ in range(8)))

    run(main())
    assert not [one for one in threading.enumerate() if one.name.startswith("asyncio")]
