"""One client, many threads."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

from service import Answer, Request, Service, make_answer

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, LineIntegrationRequest, MessagingApi
from PureCloudPlatformClientV2.rest import NotFoundException

THREADS = 8
CALLS = 25


def echo(request: Request) -> Answer:
    identifier = request.path.rpartition("/")[2]
    if identifier.startswith("missing"):
        return make_answer(404, {"message": identifier, "contextId": identifier})
    sent = request.json["name"] if request.body else None
    return make_answer(200, {"id": identifier, "name": sent}, {"X-Id": identifier})


def test_threads_get_their_own_answers_and_their_own_last_response(
    api: MessagingApi, service: Service
) -> None:
    service.answer_by(echo)
    barrier = Barrier(THREADS)

    def work(thread: int) -> int:
        barrier.wait()
        for call in range(CALLS):
            identifier = f"{thread}-{call}"
            if call % 3 == 0:
                got = api.get_messaging_integrations_line_integration_id(identifier)
                assert got.name is None
            elif call % 3 == 1:
                got = api.put_messaging_integrations_line_integration_id(
                    identifier, LineIntegrationRequest(name=identifier)
                )
                assert got.name == identifier
            else:
                missing = f"missing-{identifier}"
                try:
                    api.get_messaging_integrations_line_integration_id(missing)
                except NotFoundException as error:
                    assert error.correlation_id == missing  # noqa: PT017 - in a loop of threads
                else:
                    raise AssertionError("it should be missing")
                continue
            assert got.id == identifier
            response = api.api_client.last_response
            assert response is not None
            assert response.headers["X-Id"] == identifier
        return CALLS

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == THREADS * CALLS
    assert len(service.requests) == THREADS * CALLS


def test_callbacks_run_at_once_through_one_client(api: MessagingApi, service: Service) -> None:
    service.answer_by(echo)
    results: list[str | None] = []
    threads: list[Thread] = []
    for call in range(CALLS):
        thread: Any = api.get_messaging_integrations_line_integration_id(
            f"{call}", callback=lambda got: results.append(got.id)
        )
        assert isinstance(thread, Thread)
        threads.append(thread)
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == sorted(map(str, range(CALLS)))


def test_more_threads_than_connections_take_turns(api: MessagingApi, service: Service) -> None:
    api.api_client.configuration.connection_pool_maxsize = 2
    service.answer_by(echo)

    def work(call: int) -> str | None:
        return api.get_messaging_integrations_line_integration_id(f"{call}").id

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(work, range(50))) == [f"{call}" for call in range(50)]


def test_the_shared_client_is_made_once() -> None:
    barrier = Barrier(THREADS)

    def make(_: int) -> ApiClient:
        barrier.wait()
        return MessagingApi().api_client

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads interrupt each other wherever they can
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            for _ in range(50):
                PureCloudPlatformClientV2.configuration.api_client = None
                assert len(set(pool.map(make, range(THREADS)))) == 1
    finally:
        sys.setswitchinterval(interval)
