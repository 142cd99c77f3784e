"""A download that goes wrong says how, and leaves what there was before."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from service import RawServer, Service, closing, sending

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiTimeoutException,
    Configuration,
    ForbiddenException,
    HttpRequestOptions,
)

from .storage import Fault, Storage, client_of, names

CONTENT = bytes(range(256)) * 1000

Serve = Callable[[Any], RawServer]


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (202, b"", "there is no file; if it is still being made, wait"),
        (204, None, "there is no file"),
        (201, b"x", "there is no file"),
        (206, b"x", "a part of the file came, and that was not asked for"),
    ],
)
def test_a_success_without_a_file_is_an_error(
    api_client: ApiClient, service: Service, tmp_path: Path, status: int, body: Any, complaint: str
) -> None:
    service.answer(status, body)
    with pytest.raises(ApiException, match=complaint) as caught:
        api_client.download("/x", tmp_path / "a")
    assert caught.value.status == status
    assert names(tmp_path) == []


def test_a_page_for_signing_in_is_no_file(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    service.answer(200, b"<html>", headers={"Content-Type": "text/html"})
    with pytest.raises(ApiException, match="an HTML page came instead of a file"):
        api_client.download("/x", tmp_path / "a")
    headers = {"Content-Type": "text/html", "Content-Disposition": "attachment"}
    service.answer(200, b"<html>", headers=headers)
    assert api_client.download("/x", tmp_path / "a").read_bytes() == b"<html>"


def test_a_refusal_has_the_body_and_leaves_nothing(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    service.answer(404, {"message": "no such download", "code": "not.found"})
    with pytest.raises(ApiException, match="no such download") as caught:
        api_client.download("/x", tmp_path / "a")
    assert (caught.value.status, caught.value.method) == (404, "GET")
    assert names(tmp_path) == []


def test_a_signed_url_is_masked_and_what_a_403_may_mean_is_said(
    api_client: ApiClient, service: Service, tmp_path: Path, log_file: Path
) -> None:
    service.answer(403, b"<Error>the-signature</Error>")
    url = f"{service.url}/f?X-Amz-Expires=60&X-Amz-Signature=the-signature&response=plain"
    with pytest.raises(ForbiddenException, match="the signed URL may have expired") as caught:
        api_client.download(url, tmp_path / "a")
    shown = f"{caught.value} {caught.value.url} {caught.value.body} {log_file.read_text()}"
    assert "the-signature" not in shown
    assert "X-Amz-Signature=***" in shown
    assert "plain" not in shown
    assert service.requests[-1].headers["Authorization"] is None


@pytest.mark.parametrize("cut", [0, 1, 65_536, len(CONTENT) - 1])
def test_a_file_that_breaks_off_is_an_error(raw_server: Serve, tmp_path: Path, cut: int) -> None:
    server = raw_server(Storage(CONTENT, faults=[Fault(cut=cut)]))
    (tmp_path / "a").write_text("old")
    with client_of(server) as client, pytest.raises(ApiException, match="got no answer") as caught:
        client.download("/x", tmp_path / "a")
    assert caught.value.status == 0
    assert (names(tmp_path), (tmp_path / "a").read_text()) == (["a"], "old")


def test_a_chunked_file_that_breaks_off_is_an_error(raw_server: Serve, tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = raw_server(sending(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    with client_of(whole) as client:
        assert client.download("/x", tmp_path / "a").read_bytes() == b"abcde"
    for broken in (b"3\r\nabc\r\n", b"3\r\nab", b"zz\r\nab"):
        server = raw_server(sending(head + broken))
        with client_of(server) as client, pytest.raises(ApiException):
            client.download("/x", tmp_path / "b")
    assert names(tmp_path) == ["a"]


def test_a_server_that_falls_silent_is_given_up(raw_server: Serve, tmp_path: Path) -> None:
    server = raw_server(Storage(CONTENT, faults=[Fault(cut=100, hangs=True)]))
    with (
        client_of(server, request_timeout=(10, 0.05)) as client,
        pytest.raises(ApiTimeoutException, match=r"nothing arrived for 0\.05 s"),
    ):
        client.download("/x", tmp_path / "a")
    assert names(tmp_path) == []


def trickling(connection: Any, _request: bytes) -> None:
    """Send a byte well before anybody's patience is over, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    connection.settimeout(0.01)
    while True:
        connection.sendall(b"x")
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


def test_a_server_that_trickles_is_given_up(raw_server: Serve, tmp_path: Path) -> None:
    with (
        client_of(raw_server(trickling), request_timeout=(10, 0.1)) as client,
        pytest.raises(ApiTimeoutException, match=r"less than 64 KiB moved in 0\.5 s"),
    ):
        client.download("/x", tmp_path / "a")
    assert names(tmp_path) == []


class Patience:
    """Sees until when the next piece of a file must have moved, by the request that hooks see."""

    def __init__(self, client: ApiClient) -> None:
        self._request: Any = None
        self.is_under_way = threading.Event()
        client.get_http_client().set_pre_request_hook(self._note)

    def _note(self, request: HttpRequestOptions) -> None:
        self._request = request
        self.is_under_way.set()

    def until(self) -> float:
        until: float = self._request.limits.piece_until
        return until


def let_time_pass() -> None:
    before = time.monotonic()
    while time.monotonic() == before:
        pass


def test_what_a_program_does_itself_is_not_counted_as_the_servers_silence(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, bytes(1000), headers={"Content-Length": "1000"})
    patience, seen = Patience(api_client), list[float]()

    def progress(_done: int, _total: int | None) -> None:
        seen.append(patience.until())
        let_time_pass()

    class SlowPipe(io.BytesIO):
        def write(self, piece: Any) -> int:
            progress(0, None)
            return super().write(piece[:100])

    api_client.download("/x", SlowPipe(), progress=progress)
    seen.append(patience.until())
    assert len(seen) >= 12
    assert seen[-1] > seen[0]


def test_waiting_for_a_connection_is_not_counted_as_the_servers_silence(
    configuration: Configuration, service: Service
) -> None:
    configuration.connection_pool_maxsize = 1
    service.answer_always(200, CONTENT)
    with (
        ApiClient(configuration=configuration) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        patience = Patience(client)
        waiting: list[Future[Any]] = []
        released, seen = list[float](), list[float]()

        def second(_done: int, _total: int | None) -> None:
            seen.append(patience.until())

        def first(done: int, _total: int | None) -> None:
            if not waiting:
                patience.is_under_way.clear()
                waiting.append(pool.submit(client.download, "/x", io.BytesIO(), progress=second))
                assert patience.is_under_way.wait(60)
            released[:] = [time.monotonic()]

        client.download("/x", io.BytesIO(), progress=first, _request_timeout=60)
        waiting[0].result(60)
    assert seen[0] >= released[0] + 5 * 60


def test_connecting_is_not_counted_as_the_servers_silence(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, CONTENT)
    patience, connecting, seen = Patience(api_client), list[float](), list[float]()

    def audit(name: str, _arguments: tuple[Any, ...]) -> None:
        if name == "socket.connect" and armed:
            let_time_pass()
            connecting.append(time.monotonic())

    def progress(_done: int, _total: int | None) -> None:
        seen.append(patience.until())

    armed = [True]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing any more in the end
    api_client.download("/x", io.BytesIO(), progress=progress)
    armed.clear()
    assert seen[0] >= connecting[0] + 5 * 60


def test_a_deadline_counts_if_it_is_given(raw_server: Serve, tmp_path: Path) -> None:
    with client_of(raw_server(trickling)) as client, pytest.raises(ApiTimeoutException):
        client.download("/x", tmp_path / "a", _deadline=0.1)
    server = raw_server(Storage(CONTENT))
    with client_of(server, deadline=0.000001) as client:  # of the configuration, for calls
        client.download("/x", tmp_path / "b")
    assert names(tmp_path) == ["b"]


def test_no_connection_is_no_file(raw_server: Serve, tmp_path: Path) -> None:
    with client_of(raw_server(closing)) as client, pytest.raises(ApiException):
        client.download("/x", tmp_path / "a")
    assert names(tmp_path) == []


CHILD = """
import resource, signal, sys
from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration
client = ApiClient(configuration=Configuration(host=sys.argv[1], access_token="t"))
"""

FULL_DISK = f"""{CHILD}
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    client.download("/x", sys.argv[2])
except ApiException as error:
    cause = error
    while cause.__cause__:
        cause = cause.__cause__
    print(error.status, type(cause).__name__, error)
"""


@pytest.mark.skipif(
    not hasattr(signal, "SIGXFSZ"), reason="only Unix limits how large the files of a process are"
)
def test_a_file_that_there_is_no_room_for_leaves_nothing(service: Service, tmp_path: Path) -> None:
    service.answer(200, CONTENT)
    arguments = [sys.executable, "-B", "-c", FULL_DISK, service.url, str(tmp_path / "a")]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.startswith("200 OSError GET ")
    assert "File too large" in ran.stdout
    assert str(tmp_path) in ran.stdout
    assert names(tmp_path) == []
    assert len(service.requests) == 1


INTERRUPTED = f"""{CHILD}
def progress(done, total):
    if done:
        signal.raise_signal(signal.SIGINT)
client.download("/x", sys.argv[2], progress=progress, resume=len(sys.argv) > 3)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs signals of Unix")
@pytest.mark.parametrize("resume", [False, True])
def test_control_c_leaves_what_was_wanted(service: Service, tmp_path: Path, resume: bool) -> None:
    service.answer(200, CONTENT, headers={"ETag": '"1"'})
    path = str(tmp_path / "a")
    arguments = [sys.executable, "-B", "-c", INTERRUPTED, service.url, path, *["x"][: int(resume)]]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert "KeyboardInterrupt" in ran.stderr
    assert names(tmp_path) == (["a.part", "a.part.json"] if resume else [])


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="needs signals of Unix")
@pytest.mark.parametrize("kind", [TimeoutError, OSError, KeyError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("event", ["open", "os.rename"])
def test_what_a_signal_handler_raises_comes_out_untouched(
    api_client: ApiClient,
    service: Service,
    tmp_path: Path,
    event: str,
    kind: type[BaseException],
) -> None:
    raised = kind("the job has taken too long")

    def interrupt(_number: int, _frame: Any) -> None:
        raise raised

    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if armed and name == event and str(arguments[0]).startswith(str(tmp_path)):
            armed.clear()
            signal.raise_signal(signal.SIGUSR1)

    armed = [True]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once it has fired
    service.answer(200, CONTENT)
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(kind) as caught:
            api_client.download("/x", tmp_path / "a")
    finally:
        armed.clear()
        signal.signal(signal.SIGUSR1, before)
    assert caught.value is raised
    assert names(tmp_path) == []


# Many at once


PARALLEL = f"""{CHILD}
import os, threading
from concurrent.futures import ThreadPoolExecutor

def left():
    client.close()
    return len(os.listdir("/proc/self/fd")), threading.active_count()

def fetch(number):
    try:
        client.download("/x", f"{{sys.argv[2]}}/{{number}}")
    except ApiException as error:
        return error.status

client.configuration.retries = 0
fetch("first")
before = left()
with ThreadPoolExecutor(64) as pool:
    found = list(pool.map(fetch, range(128)))
print(found.count(None), found.count(0), left() == before)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_sixty_four_at_once_leave_nothing_open(raw_server: Serve, tmp_path: Path) -> None:
    storage = Storage(CONTENT)
    storage.faults = [Fault(), *(Fault(cut=1000 * number) for number in range(64))]
    url = raw_server(storage).url
    arguments = [sys.executable, "-B", "-c", PARALLEL, url, str(tmp_path)]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "64 64 True\n"
    assert len(names(tmp_path)) == 65
    assert {one.read_bytes() for one in tmp_path.iterdir()} == {CONTENT}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_downloads_by_a_connection_of_its_own(
    service: Service, tmp_path: Path
) -> None:
    service.answer_always(200, CONTENT)
    program = f"""{CHILD}
import os
client.download("/x", sys.argv[2] + ".parent")
child = os.fork()
client.download("/x", sys.argv[2] + f".{{bool(child)}}")
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    arguments = [sys.executable, "-B", "-c", program, service.url, str(tmp_path / "a")]
    subprocess.run(arguments, timeout=60, check=True)
    assert names(tmp_path) == ["a.False", "a.True", "a.parent"]
    assert {one.read_bytes() for one in tmp_path.iterdir()} == {CONTENT}
