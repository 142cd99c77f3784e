"""The webhooks of open messaging: signed, tried again, written down."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import (
    Answer,
    Behaviour,
    RawServer,
    Request,
    Service,
    closing,
    hanging,
    make_answer,
    resetting,
    sending,
    unused_url,
)

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.webhooks.queue import AT_ONCE
from PureCloudPlatformClientV2.sandbox.webhooks.signature import compact_json

from ..caller import wait_until
from .middleware import (
    HEADER,
    SECRET,
    change_integration,
    create_integration,
    delivery,
    outcomes,
    send,
    verify,
)

# What is sent


def test_the_signature_is_right_to_the_byte(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(200)

    send(sandbox, integration_id, id="1", text="hé")
    sandbox.advance(0)

    (request,) = service.requests
    assert request.body == b'{"id":"1","text":"h\xc3\xa9"}'
    assert request.headers[HEADER] == "sha256=4ne4rI0cBBJaW4KUf8fOFM5UFcSLxhtennr4LMChO04="


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda values: st.lists(values) | st.dictionaries(st.text(st.characters()), values),
    max_leaves=20,
)


@given(payload=st.dictionaries(st.text(st.characters()), JSON))
def test_the_signature_fits_the_bytes_that_arrive(
    sandbox: Sandbox, service: Service, payload: dict[str, Any]
) -> None:
    service.reset()
    service.answer_always(200)
    integration_id = create_integration(sandbox, service.url)

    sandbox.webhooks.send(sandbox.organization_id, integration_id, payload, message_id="m-1")
    sandbox.advance(0)

    (request,) = service.requests
    verify(request)
    assert json.loads(request.body) == payload


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (
            {"b": 1, "a": [1.0, -0.0, 0.5, 1e21, True, None]},
            '{"b":1,"a":[1,0,0.5,1e+21,true,null]}',
        ),
        ({"text": '\u2028/\x7f😀"\\\n\x01'}, '{"text":"\u2028/\x7f😀\\"\\\\\\n\\u0001"}'),
        ({"half": "\ud83d"}, '{"half":"\\ud83d"}'),
    ],
)
def test_json_is_written_as_javascript_writes_it(payload: dict[str, Any], text: str) -> None:
    assert compact_json(payload) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_is_no_json_is_not_sent(sandbox: Sandbox, integration_id: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        send(sandbox, integration_id, value=value)
    assert sandbox.webhooks.deliveries == []


def test_an_integrations_own_headers_go_along_and_are_shown_to_nobody(
    sandbox: Sandbox, service: Service
) -> None:
    own = {
        "X-Api-Key": "very-secret",
        "content-length": "7",
        "Transfer-Encoding": "chunked",
        "X-Hub-Signature-256": "mine",
    }
    integration_id = create_integration(sandbox, f"{service.url}/hook", webhookHeaders=own)
    service.answer_by(lambda request: make_answer(200, f"{SECRET}\n{request.headers}".encode()))

    sent = send(sandbox, integration_id, text="Hello")
    sandbox.advance(0)

    (request,) = service.requests
    assert (request.method, request.target) == ("POST", "/hook")
    assert request.headers["X-Api-Key"] == "very-secret"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers.get_all("Content-Length") == [str(len(request.body))]
    assert "Transfer-Encoding" not in request.headers
    verify(request)
    known = delivery(sandbox, sent)
    assert known.headers["X-Api-Key"] == "***"
    assert known.headers[HEADER] == request.headers[HEADER]
    assert known.attempts[0].response is not None
    assert "X-Api-Key: ***" in known.attempts[0].response
    shown = repr(known) + json.dumps(known.to_wire())
    assert "very-secret" not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("own", [{"X:Y": "1"}, {"X-Y": "a\r\nb: c"}, {"X-Y": "\u20ac"}])
def test_a_header_that_cannot_be_sent_fails_the_delivery(
    sandbox: Sandbox, service: Service, own: dict[str, str]
) -> None:
    integration_id = create_integration(sandbox, service.url, webhookHeaders=own)

    sent = send(sandbox, integration_id)
    sandbox.advance(85)

    assert delivery(sandbox, sent).state == "failed"
    assert outcomes(sandbox, sent) == [
        "webhookHeaders has a name or a value that no header can have"
    ]


def test_first_tries_come_in_the_order_in_which_they_were_sent(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer(503)
    service.answer_always(200)

    for number in range(30):
        send(sandbox, integration_id, id=f"m-{number}")
    sandbox.advance(85)

    ids = [request.json["id"] for request in service.requests]
    assert ids == [*(f"m-{number}" for number in range(30)), "m-0"]


# When it is tried again


@pytest.mark.parametrize("status", [429, 500, 503, 599])
def test_a_middleware_that_is_not_ready_gets_the_same_again(
    sandbox: Sandbox, service: Service, integration_id: str, status: int
) -> None:
    service.answer(status, b"busy")
    service.answer_always(204)

    sent = send(sandbox, integration_id, id="m-1", text="Grüße")
    sandbox.advance(0)
    pending = delivery(sandbox, sent)
    sandbox.advance(5)

    first, second = service.requests
    assert (first.body, first.headers[HEADER]) == (second.body, second.headers[HEADER])
    assert (pending.state, len(pending.attempts)) == ("pending", 1)
    assert pending.attempts[0].response == "busy"
    assert pending.next_attempt == pytest.approx(pending.attempts[0].time + 5, abs=1)
    ended = delivery(sandbox, sent)
    assert (ended.state, ended.next_attempt) == ("delivered", None)
    assert outcomes(sandbox, sent) == [status, 204]


def test_after_six_tries_it_is_given_up(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(503)

    sent = send(sandbox, integration_id)
    sandbox.advance(85)

    assert delivery(sandbox, sent).state == "failed"
    assert outcomes(sandbox, sent) == [503] * 6
    times = [one.time for one in delivery(sandbox, sent).attempts]
    pauses = [late - early for early, late in pairwise(times)]
    assert all(pause >= 5 for pause in pauses)
    sandbox.advance(3600)
    assert len(service.requests) == 6


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 418])
def test_any_other_status_is_the_end(
    sandbox: Sandbox, service: Service, integration_id: str, status: int
) -> None:
    service.answer_always(status, headers={"Location": f"{service.url}/elsewhere"})

    sent = send(sandbox, integration_id)
    sandbox.advance(85)

    assert delivery(sandbox, sent).state == "failed"
    assert outcomes(sandbox, sent) == [status]
    assert len(service.requests) == 1


def dripping(connection: socket.socket, _request: bytes) -> None:
    """Send a little now and then, and never come to an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    connection.settimeout(0.01)
    while True:
        with suppress(TimeoutError):
            connection.recv(1)
        connection.sendall(b".")


@pytest.mark.parametrize("behave", [hanging, dripping])
def test_a_middleware_that_is_too_slow_is_tried_again(
    raw_server: Callable[[Behaviour], RawServer], behave: Behaviour
) -> None:
    server = raw_server(behave)
    with Sandbox(webhook_timeout=0.2) as impatient:
        integration_id = create_integration(impatient, server.url)

        sent = send(impatient, integration_id, id="m-1")
        impatient.advance(85)

        assert delivery(impatient, sent).state == "failed"
        assert outcomes(impatient, sent) == ["no answer within 0.2 seconds"] * 6
    assert len(set(server.requests)) == 1


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (closing, "no HTTP response: Remote end closed connection without response"),
        (resetting, "no connection: Connection reset by peer"),
        (sending(b"not HTTP at all\r\n\r\n"), "no HTTP response: not HTTP at all"),
    ],
    ids=["closing", "resetting", "not HTTP"],
)
def test_what_is_no_answer_is_tried_again(
    sandbox: Sandbox,
    raw_server: Callable[[Behaviour], RawServer],
    behave: Behaviour,
    error: str,
) -> None:
    integration_id = create_integration(sandbox, raw_server(behave).url)

    sent = send(sandbox, integration_id)
    sandbox.advance(85)

    assert [str(one).strip() for one in outcomes(sandbox, sent)] == [error] * 6


def test_a_refused_connection_is_tried_again(sandbox: Sandbox, service: Service) -> None:
    integration_id = create_integration(sandbox, unused_url())
    service.answer_always(200)

    sent = send(sandbox, integration_id)
    sandbox.advance(1)
    change_integration(sandbox, integration_id, outboundNotificationWebhookUrl=service.url)
    sandbox.advance(5)

    first, second = outcomes(sandbox, sent)
    assert (first, second) == ("no connection: Connection refused", 200)
    assert delivery(sandbox, sent).url == service.url


def test_an_answer_that_is_cut_off_counts_by_its_status(
    sandbox: Sandbox, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"
    integration_id = create_integration(sandbox, raw_server(sending(head + b"a" * 3000)).url)

    sent = send(sandbox, integration_id)
    sandbox.advance(0)

    known = delivery(sandbox, sent)
    assert (known.state, known.attempts[0].response) == ("delivered", "a" * 2000)


def test_a_lot_of_slow_middlewares_leave_room_for_others(sandbox: Sandbox) -> None:
    inside, most, open_again = 0, 0, threading.Event()
    lock = threading.Lock()

    def slow(_request: Request) -> Answer:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        open_again.wait(60)
        with lock:
            inside -= 1
        return make_answer(200)

    with Service() as middleware:
        middleware.answer_by(slow)
        for _ in range(AT_ONCE + 4):
            send(sandbox, create_integration(sandbox, middleware.url))
        wait_until(lambda: inside == AT_ONCE)
        other, clock = threading.Event(), sandbox._running().clock  # pyright: ignore[reportPrivateUsage]
        clock.call_at(clock(), other.set)
        assert other.wait(60)
        open_again.set()
        sandbox.advance(0)

    assert most == AT_ONCE
    assert {one.state for one in sandbox.webhooks.deliveries} == {"delivered"}
