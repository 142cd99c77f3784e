"""A program that forks while its client has connections; run by the tests as its own process.

Arguments: URL of the server, file of the authority, and when to fork: ``warm`` (connections are
idle), ``during-calls`` (other threads are calling), ``during-sign-in`` (they are asking for
tokens), ``during-renewal`` (they are calling with tokens that have to be renewed each time) or
``locked`` (another thread holds the locks).
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from typing import Any

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    FacebookIntegration,
    HttpRequestOptions,
)

CHILDREN = 4
CALLS = 200


def call(client: ApiClient, name: str) -> bool:
    found = client.call_api(
        "/api/v2/things/{thingId}",
        "GET",
        {"thingId": name},
        response_type=FacebookIntegration,
    )
    return found.id == name


def sign(request: HttpRequestOptions) -> None:
    """Tell the server which process a request is from."""
    request.headers["X-Process"] = str(os.getpid())


def ask_for_token(client: ApiClient) -> None:
    client.get_client_credentials_token("id", "the-secret")


def child(client: ApiClient, number: int, result: int) -> None:
    """Report through a pipe, and leave without what the parent has at its exit."""
    verdict = b"failed"
    try:
        if all(call(client, f"{number}-{count}") for count in range(CALLS)):
            verdict = b"good"
    except BaseException as error:
        verdict = repr(error).encode()
    finally:
        os.write(result, verdict)
        os._exit(0)


def fork(client: ApiClient) -> list[int]:
    results: list[int] = []
    for number in range(CHILDREN):
        reading, writing = os.pipe()
        if os.fork() == 0:
            child(client, number, writing)
        os.close(writing)
        results.append(reading)
    return results


def main(url: str, authority: str, when: str) -> None:
    # Python 3.12 and later say that threads and fork do not go together; the point is that they do.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    configuration = Configuration(host=url)
    configuration.ssl_ca_cert = authority
    client = ApiClient(configuration=configuration)
    over, failed = threading.Event(), threading.Event()
    client.get_http_client().set_pre_request_hook(sign)
    busy = when.startswith("during")
    if when == "during-renewal":
        configuration.client_id, configuration.client_secret = "id", "the-secret"
    calling = threading.Barrier(4 if busy else 1)

    def keep_calling(number: int) -> None:
        count = 0
        while not over.is_set():
            if when == "during-sign-in":
                ask_for_token(client)
            elif not call(client, f"parent-{number}-{count}"):
                failed.set()
            if count == 3:
                calling.wait()
            count += 1

    threads: list[threading.Thread] = []
    call(client, "first")
    if busy:
        threads = [threading.Thread(target=keep_calling, args=(n,)) for n in range(3)]
    if when == "locked":
        calling = threading.Barrier(2, timeout=30)
        threads = [threading.Thread(target=hold_locks, args=(client, calling, over))]
    for thread in threads:
        thread.start()
    calling.wait()
    results = fork(client)
    verdicts = [os.read(result, 1000) for result in results]
    over.set()
    for thread in threads:
        thread.join()
    for _ in range(CHILDREN):
        os.wait()
    again = call(client, "again")
    client.close()
    if verdicts != [b"good"] * CHILDREN or failed.is_set() or not again:
        raise SystemExit(f"children: {verdicts}, parent failed: {failed.is_set()}, again: {again}")


def hold_locks(client: ApiClient, held: threading.Barrier, over: threading.Event) -> None:
    """Hold every lock that a call takes, as a thread does that the fork interrupts."""
    http_client: Any = client.get_http_client()  # there is no public way to its locks
    rest = http_client.rest_client
    routes = rest._routes
    (route,) = routes._found.values()
    manager = route.manager
    pool = manager.pools[next(iter(manager.pools.keys()))]
    with rest._routes_lock, routes._contexts._lock, manager.pools.lock, pool.pool.mutex:
        held.wait()
        over.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
