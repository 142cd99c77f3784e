"""One client for many threads, through a fork, and in pickles; and what is left behind."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import ApiConnectionException

from .certificates import Certificates
from .conftest import TOKEN, MakeClient, MakeServer
from .ports import resolve_to
from .server import Echo, FaultServer, Pause, Reset, Script, Send, answer

THREADS = 32
CALLS = 200


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_threads_share_a_client_without_a_crossed_or_lost_answer(
    make_server: MakeServer, make_client: MakeClient, tls: bool
) -> None:
    server = make_server(tls=tls)
    api = MessagingApi(make_client(server))
    crossed: list[str | None] = []
    finished: list[int] = []

    def work(number: int) -> None:
        for count in range(CALLS):
            name = f"{number}-{count}"
            found = api.get_messaging_integrations_facebook_integration_id(name)
            last = api.api_client.last_response
            if found.id != name or last is None or json.loads(last.content)["id"] != name:
                crossed.append(found.id)
        finished.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not crossed
    assert sorted(finished) == list(range(THREADS))
    assert len(server.requests) == THREADS * CALLS
    assert server.connections <= THREADS


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize(
    "when", ["warm", "during-calls", "during-sign-in", "during-renewal", "locked"]
)
def test_a_fork_leaves_each_process_its_own_connections(
    make_server: MakeServer, certificates: Certificates, when: str, tls: bool
) -> None:
    server = make_server(tls=tls)
    script = Path(__file__).with_name("forking.py")

    ran = subprocess.run(
        [sys.executable, "-W", "error", str(script), server.url, certificates.authority, when],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    processes_of: dict[int, set[str]] = {}
    for request in server.requests:
        processes_of.setdefault(request.connection, set()).add(request.headers["x-process"])
    assert all(len(processes) == 1 for processes in processes_of.values())
    calls: dict[str, int] = {}
    for request in server.requests:
        if request.target == "/oauth/token":
            assert when in ("during-sign-in", "during-renewal")
            continue
        calls[request.headers["x-process"]] = calls.get(request.headers["x-process"], 0) + 1
    assert len(calls) == 5
    assert list(calls.values()).count(CALLS) >= 4


@pytest.mark.parametrize("with_token", [False, True])
def test_a_pickled_client_works_and_has_the_token_only_if_told(
    make_server: MakeServer, make_client: MakeClient, with_token: bool
) -> None:
    server = make_server()
    client = make_client(server, pickle_access_token=with_token)
    client.access_token = TOKEN
    api = MessagingApi(client)
    api.get_messaging_integrations_facebook_integration_id("before")

    pickled = pickle.dumps(api)
    twin: MessagingApi = pickle.loads(pickled)
    found = twin.get_messaging_integrations_facebook_integration_id("after")
    twin.api_client.close()

    assert found.id == "after"
    assert (TOKEN.encode() in pickled) == with_token
    sent = server.requests[-1].headers.get("authorization")
    assert sent == (f"Bearer {TOKEN}" if with_token else None)
    assert twin.api_client.configuration.deadline == client.configuration.deadline
    assert server.connections == 2


def test_a_pickled_configuration_has_the_token_only_if_told() -> None:
    configuration = Configuration(host="http://127.0.0.1:9", access_token=TOKEN)

    assert TOKEN.encode() not in pickle.dumps(configuration)
    configuration.pickle_access_token = True
    assert pickle.loads(pickle.dumps(configuration)).access_token == TOKEN


def fetch(api: MessagingApi, name: str) -> str | None:
    """What a process of a pool does."""
    return api.get_messaging_integrations_facebook_integration_id(name).id


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_client_can_be_handed_to_a_process_pool(
    make_server: MakeServer, make_client: MakeClient, method: Any
) -> None:
    server = make_server()
    client = make_client(server, pickle_access_token=True)
    api = MessagingApi(client)
    names = [f"job-{number}" for number in range(20)]

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        found = list(pool.map(fetch, [api] * len(names), names))

    assert found == names
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}


def test_ten_thousand_calls_leave_nothing_behind(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    server = make_server()
    client = make_client(server)

    def some_calls(count: int) -> None:
        for number in range(count):
            client.call_api(
                "/api/v2/things/{id}", "GET", {"id": str(number)}, response_type=FacebookIntegration
            )
        server.requests.clear()

    some_calls(500)
    gc.collect()
    descriptors, threads = open_descriptors(), threading.active_count()
    tracemalloc.start()
    some_calls(500)
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    some_calls(9_000)
    tracemalloc.start()
    some_calls(500)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert open_descriptors() == descriptors
    assert threading.active_count() == threads
    assert after < before + 100_000
    assert server.connections == 1


def test_a_hundred_clients_leave_nothing_behind(certificates: Certificates) -> None:
    threads, descriptors = threading.active_count(), open_descriptors()
    failures: list[ApiException] = []
    with (
        FaultServer(tls=certificates.server_context()) as good,
        FaultServer(Script(answers=((Reset(),),))) as bad,
    ):
        for _ in range(100):
            configuration = Configuration(host=good.url)
            configuration.ssl_ca_cert = certificates.authority
            with ApiClient(configuration=configuration) as client:
                client.call_api("/api/v2/things/1", "GET")
                client.host = bad.url
                with pytest.raises(ApiConnectionException) as caught:
                    client.call_api("/api/v2/things/1", "POST")
                failures.append(caught.value)
        gc.collect()
        good.hang_up()
        bad.hang_up()

    assert len(failures) == 100
    assert open_descriptors() == descriptors
    assert threading.active_count() == threads


def test_close_releases_the_sockets_even_while_an_exception_is_held(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    server = make_server(Script(answers=((Send(answer(400)),),)))
    client = make_client(server)
    descriptors = open_descriptors()
    with pytest.raises(ApiException) as caught:
        client.call_api("/api/v2/things/1", "GET")

    client.close()
    server.hang_up()
    wait_until_closed(server)

    assert caught.value.status == 400
    assert open_descriptors() == descriptors


def wait_until_closed(*servers: FaultServer) -> None:
    """Wait until the servers have seen their clients hang up."""
    until = time.monotonic() + 30
    while any(server.open_connections() for server in servers):
        assert time.monotonic() < until, "a connection was left open"


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("through", ["no proxy", "a proxy"])
def test_close_closes_every_time(
    make_server: MakeServer, make_client: MakeClient, through: str, tls: bool
) -> None:
    server, proxy = make_server(tls=tls), make_server()
    client = make_client(server, proxy=proxy.url if through == "a proxy" else None)
    for _ in range(3):
        for _ in range(2):
            client.call_api("/api/v2/things/1", "GET")
        client.close()
        wait_until_closed(server, proxy)


@pytest.mark.parametrize("before", ["nothing", "an address that refuses"])
def test_a_connection_that_is_in_use_while_it_is_closed_closes_when_its_call_ends(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
) -> None:
    server = make_server(Script(answers=((Pause(), Echo()),)))
    addresses = [("127.0.0.1", server.port)]
    if before != "nothing":
        addresses.insert(0, ("127.0.0.1", make_server(listen=False).port))
    resolve_to(monkeypatch, *addresses)
    client = make_client("http://name.example")
    client.close()
    gc.collect()
    gc.disable()  # nothing may wait for the collector
    try:
        with ThreadPoolExecutor(1) as pool:
            pending = pool.submit(client.call_api, "/api/v2/things/1", "GET")
            server.wait_for_pause()
            client.close()
            server.resume()
            pending.result()
        wait_until_closed(server)
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"no gzip", "gzip"),
        (b"no gzip" * 500_000, "gzip"),
        (b"no gzip", ", ".join(["gzip"] * 100)),
    ],
    ids=["short", "long", "a hundred times"],
)
def test_an_answer_that_cannot_be_unzipped_gives_its_place_in_the_pool_back(
    make_server: MakeServer, make_client: MakeClient, body: bytes, encoding: str
) -> None:
    bad = Send(answer(200, body, [f"Content-Encoding: {encoding}"]))
    server = make_server(Script(answers=((bad,),), times=3))
    client = make_client(server, connection_pool_maxsize=1, retries=0, deadline=10.0)

    failures: list[ApiException] = []
    for _ in range(3):
        with pytest.raises(ApiException) as caught:
            client.call_api("/api/v2/things/1", "POST")
        failures.append(caught.value)

    client.call_api("/api/v2/things/1", "POST")
    assert len(server.requests) == 4


def test_a_decompression_bomb_is_refused_in_little_memory(
    make_server: MakeServer, tmp_path: Path
) -> None:
    import zlib

    compressor = zlib.compressobj(9, wbits=31)
    gibibyte = b"".join([compressor.compress(bytes(2**20)) for _ in range(1024)])
    bomb = gibibyte + compressor.flush()
    server = make_server(Script(answers=((Send(answer(200, bomb, ["Content-Encoding: gzip"])),),)))
    program = """
import resource, sys
from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration
configuration = Configuration(host=sys.argv[1])
configuration.max_response_bytes = 16 * 2**20
client = ApiClient(configuration=configuration)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    client.call_api("/x", "GET", response_type="object")
except ApiException as error:
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(error.status, (after - before) // 1024, "max_response_bytes" in str(error))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, server.url],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    status, mebibytes, named = ran.stdout.split()
    assert (status, named) == ("200", "True")
    assert int(mebibytes) < 200
