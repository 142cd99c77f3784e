"""What is sent again, judged by the server's own count of what it processed."""

from __future__ import annotations

import contextlib
import logging
import pickle
import socket
import threading
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, MessagingApi
from PureCloudPlatformClientV2.rest import ApiConnectionException

from .conftest import MakeClient, MakeServer
from .scenarios import METHODS
from .server import Close, Echo, FaultServer, Pause, Reset, Script, Send, Step, answer

REPEATABLE = METHODS[:5]
NEVER_REPEATED = METHODS[5:]
WRITES = ("PUT", "DELETE", "POST", "PATCH")


def call(client: ApiClient, method: str, **options: Any) -> Any:
    body: dict[str, str] | None = {} if method in ("POST", "PUT", "PATCH") else None
    return client.call_api("/api/v2/things/1", method, body=body, **options)


def failing(times: int | None, *steps: Step) -> Script:
    return Script(answers=(steps,), times=times)


LOSSES: list[tuple[Step, ...]] = [
    (Reset(),),
    (Close(),),
    (Send(b"HTTP/1.1 200 OK\r\nContent-Le"), Close()),
    (Send(answer(200, b"{", length=20)), Reset()),
    (Send(answer(502)),),
    (Send(answer(503)),),
    (Send(answer(504)),),
]
LOSS_NAMES = ["reset", "closed", "half of the head", "half of the body", "502", "503", "504"]


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("loss", LOSSES, ids=LOSS_NAMES)
@pytest.mark.parametrize("method", METHODS)
def test_a_lost_answer_is_asked_for_again_only_where_that_does_no_harm(
    make_server: MakeServer,
    make_client: MakeClient,
    method: str,
    loss: tuple[Step, ...],
    tls: bool,
) -> None:
    if method == "HEAD" and loss == LOSSES[3]:
        pytest.skip("an answer to HEAD has no body")
    server = make_server(failing(2, *loss), tls=tls)
    client = make_client(server)

    if method in REPEATABLE:
        call(client, method)
        assert len(server.requests) == 3
    else:
        with pytest.raises(ApiException) as caught:
            call(client, method)
        assert len(server.requests) == 1
        assert caught.value.outcome_unknown


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 500, 501, 505])
@pytest.mark.parametrize("method", METHODS)
def test_other_refusals_are_final(
    make_server: MakeServer, make_client: MakeClient, method: str, status: int
) -> None:
    server = make_server(failing(None, Send(answer(status))))

    with pytest.raises(ApiException) as caught:
        call(make_client(server), method)

    assert caught.value.status == status
    assert not caught.value.outcome_unknown
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_request_over_the_rate_limit_is_sent_again(
    make_server: MakeServer, make_client: MakeClient, method: str
) -> None:
    server = make_server(failing(2, Send(answer(429, headers=["Retry-After: 0"]))))

    call(make_client(server), method)

    assert len(server.requests) == 3
    assert server.effects == 1


class _ListenLate(logging.Handler):
    """Has a server accept connections once an attempt has failed."""

    def __init__(self, server: FaultServer) -> None:
        super().__init__()
        self._server: FaultServer | None = server

    def emit(self, record: logging.LogRecord) -> None:
        if self._server is not None:
            self._server.listen()
            self._server = None


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("method", METHODS)
def test_a_refused_connection_is_tried_again_for_every_verb(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    tls: bool,
) -> None:
    server = make_server(listen=False, tls=tls)
    logger = logging.getLogger("PureCloudPlatformClientV2")
    monkeypatch.setattr(logger, "handlers", [_ListenLate(server)])
    monkeypatch.setattr(logger, "level", logging.ERROR)
    monkeypatch.setattr(logger, "propagate", False)
    manager: Any = logger.manager  # has no public way to forget which levels are enabled
    manager._clear_cache()

    call(make_client(server), method)

    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_connection_that_stays_refused_ends_in_an_error_that_knows_nothing_happened(
    make_server: MakeServer, make_client: MakeClient, method: str
) -> None:
    client = make_client(make_server(listen=False))

    with pytest.raises(ApiConnectionException, match="refused") as caught:
        call(client, method)

    assert caught.value.status == 0
    assert not caught.value.outcome_unknown
    assert isinstance(caught.value.__cause__, Exception)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_sent_again_without_retries(
    make_server: MakeServer, make_client: MakeClient, method: str
) -> None:
    server = make_server(failing(1, Send(answer(429, headers=["Retry-After: 0"]))))

    with pytest.raises(ApiException):
        call(make_client(server, retries=0), method)

    assert len(server.requests) == 1


@pytest.mark.parametrize("retries", [1, 2, 5])
def test_the_number_of_retries_is_a_setting(
    make_server: MakeServer, make_client: MakeClient, retries: int
) -> None:
    server = make_server(failing(None, Reset()))

    with pytest.raises(ApiConnectionException):
        call(make_client(server, retries=retries), "GET")

    assert len(server.requests) == retries + 1


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("method", METHODS)
def test_a_connection_that_was_closed_while_idle_is_replaced(
    make_server: MakeServer, make_client: MakeClient, method: str, tls: bool
) -> None:
    server = make_server(failing(1, Echo(), Pause(), Close()), tls=tls)
    client = make_client(server)
    call(client, "GET")
    server.wait_for_pause()

    server.hang_up()
    call(client, method)

    assert [request.connection for request in server.requests] == [1, 2]


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("method", METHODS)
def test_a_connection_that_closes_while_a_request_is_on_its_way_counts_as_a_loss(
    make_server: MakeServer, make_client: MakeClient, method: str, tls: bool
) -> None:
    server = make_server(tls=tls)
    client = make_client(server)
    call(client, "GET")

    server.script = Script(on_head=(Close(),), times=1)
    if method in REPEATABLE:
        call(client, method)
    else:
        with pytest.raises(ApiConnectionException) as caught:
            call(client, method)
        assert caught.value.outcome_unknown

    assert server.effects == (2 if method in REPEATABLE else 1)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("later", [429, 404, 409, 400], ids=str)
def test_what_became_of_an_earlier_try_stays_unknown_when_a_later_one_is_refused(
    make_server: MakeServer, make_client: MakeClient, method: str, later: int
) -> None:
    last = (Send(answer(later, headers=["Retry-After: 3600"])),)
    server = make_server(Script(answers=((Reset(),), last)))

    with pytest.raises(ApiException) as caught:
        call(make_client(server), method)

    assert caught.value.status == later
    assert caught.value.outcome_unknown
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_retry_after_is_waited_for(
    make_server: MakeServer, make_client: MakeClient, status: int, as_date: bool
) -> None:
    until = time.time() + 1
    moment = datetime.fromtimestamp(int(until) + 1, timezone.utc)
    value = format_datetime(moment, usegmt=True) if as_date else "1"
    server = make_server(failing(1, Send(answer(status, headers=[f"Retry-After: {value}"]))))

    call(make_client(server), "GET")

    assert time.time() >= min(until, moment.timestamp())
    assert len(server.requests) == 2


ANOTHER_CLOCK = [datetime(1994, 11, 6, tzinfo=timezone.utc), datetime(2090, 1, 1, 12, 0, 30)]
"""The times of services whose clocks are decades behind ours, and ahead of it."""


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("now", ANOTHER_CLOCK, ids=str)
def test_a_date_by_the_clock_of_the_service_is_waited_for(
    make_server: MakeServer, make_client: MakeClient, now: datetime, status: int
) -> None:
    headers = [f"Date: {http_date(now)}", f"Retry-After: {http_date(now + timedelta(seconds=1))}"]
    server = make_server(failing(1, Send(answer(status, headers=headers))))
    started = time.monotonic()

    call(make_client(server), "GET")

    assert time.monotonic() >= started + 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("now", ANOTHER_CLOCK, ids=str)
def test_a_long_pause_by_the_clock_of_the_service_is_told_in_seconds(
    make_server: MakeServer, make_client: MakeClient, now: datetime
) -> None:
    headers = [f"Date: {http_date(now)}", f"Retry-After: {http_date(now + timedelta(minutes=5))}"]
    server = make_server(failing(None, Send(answer(429, headers=headers))))

    with pytest.raises(ApiException, match="seconds to wait 300") as caught:
        call(make_client(server), "GET")

    assert caught.value.retry_after == 300
    assert pickle.loads(pickle.dumps(caught.value)).retry_after == 300
    assert len(server.requests) == 1


def http_date(moment: datetime) -> str:
    return format_datetime(moment.replace(tzinfo=timezone.utc), usegmt=True)


@pytest.mark.parametrize("value", ["61", "3600", "9" * 300, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_above_the_maximum_is_raised_at_once(
    make_server: MakeServer, make_client: MakeClient, value: str
) -> None:
    server = make_server(failing(None, Send(answer(429, headers=[f"Retry-After: {value}"]))))

    with pytest.raises(ApiException) as caught:
        call(make_client(server, deadline=None), "GET")

    assert caught.value.status == 429
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 60
    assert len(server.requests) == 1


BAD_HEADERS = [
    "Retry-After: soon",
    "Retry-After: -5",
    "Retry-After: \xb2",
    "Retry-After: " + "9" * 5000,
    "Retry-After: Wed, 99 Foo 2019 99:99:99 GMT",
    "Retry-After: \x00",
    "Retry-After: 1, 2",
    "inin-ratelimit-count: many\r\ninin-ratelimit-allowed: \xff\r\ninin-ratelimit-reset: -1",
    "Content-Type: \xff\xfe",
    "Content-Type: ;;;===",
    "Date: yesterday",
    "ININ-Correlation-Id: \xff\x00",
    "Set-Cookie: a=b\r\nSet-Cookie: c=d",
]


@pytest.mark.parametrize("header", BAD_HEADERS)
@pytest.mark.parametrize("status", [429, 503, 400])
def test_malformed_headers_never_hide_the_answer(
    make_server: MakeServer, make_client: MakeClient, status: int, header: str
) -> None:
    server = make_server(failing(None, Send(answer(status, b'{"message": "It is so."}', [header]))))

    with pytest.raises(ApiException, match="It is so") as caught:
        call(make_client(server), "GET")

    assert caught.value.status == status
    assert str(caught.value).isprintable()


def test_headers_that_come_twice_are_both_kept(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    server = make_server(failing(None, Send(answer(400, headers=["Warning: a", "Warning: b"]))))

    with pytest.raises(ApiException) as caught:
        call(make_client(server), "GET")

    assert caught.value.headers is not None
    assert caught.value.headers["Warning"] == "a, b"


class _Alert(logging.Handler):
    """Reports failures through the client itself, as a pager would."""

    def __init__(self, api: MessagingApi) -> None:
        super().__init__()
        self.api = api

    def emit(self, record: logging.LogRecord) -> None:
        if "POST" in record.getMessage():
            with contextlib.suppress(ApiException):
                self.api.get_messaging_integrations_line()


def test_a_call_made_by_a_log_handler_does_not_have_a_lost_write_sent_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    elsewhere = Configuration(host=nobody)
    elsewhere.retries = 0
    received: list[bytes] = []

    def lose_the_answer() -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                text = connection.recv(65536)
                if text == b"stop":
                    return
                received.append(text)

    logger = logging.getLogger("PureCloudPlatformClientV2")
    alert = _Alert(MessagingApi(ApiClient(configuration=elsewhere)))
    level = logger.level
    logger.addHandler(alert)
    logger.setLevel(logging.ERROR)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=lose_the_answer)
        server.start()
        configuration = Configuration(host=f"http://127.0.0.1:{listener.getsockname()[1]}")
        try:
            with (
                ApiClient(configuration=configuration) as client,
                pytest.raises(ApiException) as caught,
            ):
                MessagingApi(client).post_messaging_integrations_line({"name": "A"})
        finally:
            logger.removeHandler(alert)
            logger.setLevel(level)
            with socket.create_connection(listener.getsockname()) as stop:
                stop.sendall(b"stop")
            server.join()
    assert caught.value.outcome_unknown
    assert len(received) == 1
