"""What a test can do with webhooks: sign wrongly, repeat, forget, stop in the middle."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import urllib3
from service import (
    Behaviour,
    RawServer,
    Service,
    hanging,
    make_answer,
)

from PureCloudPlatformClientV2 import open_messaging
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.clock import WORKERS, Clock
from PureCloudPlatformClientV2.sandbox.events import Event
from PureCloudPlatformClientV2.sandbox.webhooks.delivery import MOST_ENDED
from PureCloudPlatformClientV2.sandbox.webhooks.queue import AT_ONCE, Queue, Ticket

from ..caller import Caller, wait_until
from .middleware import (
    HEADER,
    SECRET,
    create_integration,
    delete_integration,
    delivery,
    outcomes,
    send,
    verify,
)


@pytest.mark.parametrize(("mode", "complaint"), [("wrong", "signature"), ("missing", "header")])
def test_signatures_can_be_wrong_or_missing_for_some_tries(
    sandbox: Sandbox, service: Service, integration_id: str, mode: Any, complaint: str
) -> None:
    service.answer_always(200)

    sandbox.webhooks.sign(mode, times=2)
    left = []
    for _ in range(3):
        left.append(sandbox.webhooks.signatures)
        send(sandbox, integration_id, text="Hello")
        sandbox.advance(0)

    assert left == [(mode, 2), (mode, 1), ("right", None)]
    *bad, good = service.requests
    for request in bad:
        header = request.headers[HEADER]
        with pytest.raises(open_messaging.SignatureError, match=complaint):
            open_messaging.verify_signature(request.body, header, SECRET)
    verify(good)


def test_signatures_stay_wrong_until_something_else_is_said(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(403)
    sandbox.webhooks.sign("wrong")

    for _ in range(3):
        send(sandbox, integration_id)
    sandbox.advance(0)
    sandbox.webhooks.sign("right")
    send(sandbox, integration_id)
    sandbox.advance(0)

    headers = {request.headers[HEADER] for request in service.requests}
    assert len(headers) == 4
    verify(service.requests[-1])


@pytest.mark.parametrize(
    ("mode", "times", "complaint"),
    [("bad", None, "mode must be one of right, wrong, missing"), ("wrong", 0, "times must be")],
)
def test_unusable_ways_to_sign_are_refused(
    sandbox: Sandbox, mode: Any, times: int | None, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        sandbox.webhooks.sign(mode, times)
    assert sandbox.webhooks.signatures == ("right", None)


def test_a_delivery_can_be_repeated(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(200)
    sent = send(sandbox, integration_id, id="m-1")
    sandbox.advance(0)

    assert sandbox.webhooks.retry(sent).state == "pending"
    sandbox.advance(0)

    first, second = service.requests
    assert first.body == second.body
    assert (delivery(sandbox, sent).state, outcomes(sandbox, sent)) == ("delivered", [200, 200])


def test_a_delivery_that_has_failed_gets_six_tries_again(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer(404)
    service.answer_always(500)
    sent = send(sandbox, integration_id)
    sandbox.advance(0)

    sandbox.webhooks.retry(sent)
    sandbox.advance(85)

    assert (delivery(sandbox, sent).state, outcomes(sandbox, sent)) == ("failed", [404, *[500] * 6])


def test_a_delivery_that_waits_is_tried_at_once_and_not_twice(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(500)
    sent = send(sandbox, integration_id)
    sandbox.advance(1)

    sandbox.webhooks.retry(sent)
    sandbox.advance(0)
    assert outcomes(sandbox, sent) == [500, 500]
    sandbox.advance(85)

    times = [one.time for one in delivery(sandbox, sent).attempts]
    assert len(times) == 1 + 6
    assert all(late - early >= 5 for early, late in pairwise(times[1:]))


def test_a_delivery_that_is_not_there_cannot_be_repeated(
    sandbox: Sandbox, integration_id: str
) -> None:
    for wrong_id in ("nowhere", integration_id):
        with pytest.raises(LookupError, match=wrong_id):
            sandbox.webhooks.retry(wrong_id)


def test_what_is_cleared_is_not_tried_again(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(500)
    send(sandbox, integration_id)
    sandbox.advance(0)

    sandbox.webhooks.clear()
    sandbox.advance(85)

    assert (len(service.requests), sandbox.webhooks.deliveries) == (1, [])


def test_a_reset_forgets_deliveries_and_ways_to_sign(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(500)
    sandbox.webhooks.sign("wrong")
    send(sandbox, integration_id)
    sandbox.advance(0)

    sandbox.reset()

    assert (sandbox.webhooks.deliveries, sandbox.webhooks.signatures) == ([], ("right", None))
    sandbox.advance(85)
    assert len(service.requests) == 1


def test_a_reset_lets_go_of_a_middleware_that_hangs(
    raw_server: Callable[[Behaviour], RawServer], service: Service
) -> None:
    server = raw_server(hanging)
    with Sandbox(webhook_timeout=3600) as patient:
        send(patient, create_integration(patient, server.url))
        wait_until(lambda: server.requests)

        patient.reset()
        service.answer_always(200)
        sent = send(patient, create_integration(patient, service.url))
        patient.advance(0)

        assert [one.id for one in patient.webhooks.deliveries] == [sent]


def test_a_reset_leaves_room_for_further_tries() -> None:
    clock, tried, may_go_on = Clock(time.time), list[str](), threading.Event()
    queue = Queue(clock, lambda ticket: tried.append(ticket.delivery_id))

    def occupy() -> None:
        may_go_on.wait()

    for _ in range(WORKERS):
        clock.call_at(clock(), occupy)
    for number in range(AT_ONCE):
        queue.put(Ticket("o-1", f"forgotten-{number}", 0))
    clock.reset()
    queue.clear()

    queue.put(Ticket("o-1", "next", 0))
    may_go_on.set()
    clock.settle()
    clock.stop()

    assert tried == ["next"]


def test_the_reset_of_an_organization_touches_no_other(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(500)
    other = sandbox.create_organization("Berlin")
    sandbox.webhooks.send(other.id, "gone", {}, message_id="m-1")
    sent = send(sandbox, integration_id)
    sandbox.advance(0)
    assert len(sandbox.webhooks.deliveries) == 2

    sandbox.reset(other.id)

    assert [one.id for one in sandbox.webhooks.deliveries] == [sent]


def test_an_integration_that_is_gone_fails_the_delivery(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer_always(500)
    sent = send(sandbox, integration_id)
    sandbox.advance(0)

    delete_integration(sandbox, integration_id)
    sandbox.advance(85)

    failed = delivery(sandbox, sent)
    assert failed.state == "failed"
    assert failed.url.startswith(service.url)
    assert outcomes(sandbox, sent) == [
        500,
        "there is no such open integration, or not any more",
    ]


def test_the_oldest_deliveries_make_room_and_those_that_wait_stay(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    service.answer(500)
    service.answer_always(200)
    pending = send(sandbox, integration_id)
    first = send(sandbox, integration_id)
    ids = [send(sandbox, integration_id) for _ in range(MOST_ENDED)]
    sandbox.advance(0)

    kept = [one.id for one in sandbox.webhooks.deliveries]
    assert kept == [pending, *ids]
    assert first not in kept

    oldest, second, *others = ids
    sandbox.webhooks.retry(oldest)  # and so it is not the first to have ended any more
    sandbox.advance(0)
    last = send(sandbox, integration_id)
    sandbox.advance(0)

    kept = [one.id for one in sandbox.webhooks.deliveries]
    assert kept == [pending, oldest, *others, last]
    assert second not in kept


def test_every_change_is_told(sandbox: Sandbox, service: Service, integration_id: str) -> None:
    service.answer(500)
    service.answer_always(200)
    told: list[Event] = []
    state = sandbox._running()  # pyright: ignore[reportPrivateUsage] - the page's way to events
    end = state.events.listen(told.append)

    sent = sandbox.webhooks.send(
        sandbox.organization_id,
        integration_id,
        {"text": "Hello"},
        conversation_id="c-1",
        message_id="m-1",
    ).id
    sandbox.advance(85)
    end()

    deliveries = [event for event in told if event.kind == "delivery"]
    bodies = [event.body for event in deliveries]
    assert [body["state"] for body in bodies] == ["pending", "pending", "delivered"]
    assert [len(body["attempts"]) for body in bodies] == [0, 1, 2]
    assert {event.organization_id for event in deliveries} == {sandbox.organization_id}
    assert bodies[-1] == delivery(sandbox, sent).to_wire()
    wire = dict(bodies[1])
    assert (wire["conversationId"], wire["messageId"]) == ("c-1", "m-1")
    assert (wire["integrationId"], wire["body"]) == (integration_id, '{"text":"Hello"}')
    assert wire["attempts"][0]["time"].endswith("Z")
    assert wire["nextAttempt"].endswith("Z")


def test_whatever_is_done_at_once_nothing_breaks_and_nothing_hangs(
    sandbox: Sandbox, service: Service, integration_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.answer_by(lambda request: make_answer(request.json["status"]))
    webhooks = sandbox.webhooks

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(25):
            send(sandbox, integration_id, status=dice.choice([200, 404, 503]))
            known = webhooks.deliveries
            for one in dice.sample(known, k=min(2, len(known))):
                with suppress(LookupError):  # somebody else has cleared it
                    webhooks.retry(one.id)
            if dice.random() < 0.1:
                dice.choice([webhooks.clear, lambda: sandbox.advance(5)])()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, seed) for seed in range(8)]:
            done.result()
    last = send(sandbox, integration_id, status=200)
    sandbox.advance(85)

    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
    assert delivery(sandbox, last).state == "delivered"
    assert {one.state for one in webhooks.deliveries} <= {"delivered", "failed"}


# Stop and start


def test_a_stop_does_not_wait_for_a_slow_middleware(
    service: Service, tmp_path: Path, pool: urllib3.PoolManager
) -> None:
    file, end = tmp_path / "sandbox.sqlite3", threading.Event()
    service.answer_by(lambda _request: make_answer(200 if end.wait(60) else 500))
    with Sandbox(database=file, webhook_timeout=3600) as patient:
        integration_id = create_integration(patient, service.url)
        sent = [send(patient, integration_id, id=f"m-{number}") for number in range(3)]
        wait_until(lambda: service.requests)
        turning = threading.Thread(target=_turn_the_clock, args=(Caller(patient, pool),))
        turning.start()

        patient.stop()
        turning.join()

    # Nobody knows what has become of it, so it is sent again.
    end.set()
    with Sandbox(database=file) as again:
        again.advance(0)
        assert [outcomes(again, one) for one in sent] == [[200]] * 3
    assert [request.json["id"] for request in service.requests] == ["m-0", "m-0", "m-1", "m-2"]


def _turn_the_clock(call: Caller) -> None:
    with suppress(urllib3.exceptions.HTTPError):  # the sandbox stops meanwhile
        call.control("POST", "/clock", {"seconds": 85})


def test_what_waits_goes_on_after_a_restart(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.sqlite3"
    service.answer_always(503)
    with Sandbox(database=file) as sandbox:
        integration_id = create_integration(sandbox, service.url)
        sent = [send(sandbox, integration_id, id=f"m-{number}") for number in range(3)]
        sandbox.advance(12)
        sandbox.webhooks.retry(send(sandbox, "gone"))
        sandbox.advance(0)
        before = sandbox.webhooks.deliveries

    service.answer_always(200)
    with Sandbox(database=file) as sandbox:
        assert sandbox.webhooks.deliveries == before
        sandbox.advance(5)  # the clock is not ahead any more, and they wait no longer for that

        assert [outcomes(sandbox, one) for one in sent] == [[503, 503, 503, 200]] * 3
    bodies = Counter(request.body for request in service.requests)
    assert bodies == {b'{"id":"m-0"}': 4, b'{"id":"m-1"}': 4, b'{"id":"m-2"}': 4}


# Control API


def test_the_control_api_does_the_same(
    sandbox: Sandbox, service: Service, integration_id: str, pool: urllib3.PoolManager
) -> None:
    control = Caller(sandbox, pool).control
    service.answer_always(200)
    assert control("GET", "/signatures").json == {"mode": "right", "times": None}
    wrong = {"mode": "missing", "times": 1}
    assert control("PUT", "/signatures", wrong).json == wrong

    sent = send(sandbox, integration_id, id="m-1")
    sandbox.advance(0)
    (listed,) = control("GET", "/deliveries").json["deliveries"]
    assert listed == delivery(sandbox, sent).to_wire()
    retried = control("POST", f"/deliveries/{sent}/retry")
    sandbox.advance(0)

    assert (retried.status, retried.json["state"]) == (200, "pending")
    assert HEADER not in service.requests[0].headers
    verify(service.requests[1])
    assert control("POST", "/deliveries/nowhere/retry").status == 404
    assert control("DELETE", "/deliveries").status == 204
    assert control("GET", "/deliveries").json == {"deliveries": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "mode"),
        ({"mode": "bad"}, "mode"),
        ({"mode": ["wrong"]}, "mode"),
        ({"mode": "wrong", "times": 0}, "times"),
        ({"mode": "wrong", "times": True}, "times"),
    ],
)
def test_the_control_api_refuses_other_ways_to_sign(
    sandbox: Sandbox, pool: urllib3.PoolManager, body: dict[str, Any], field: str
) -> None:
    refused = Caller(sandbox, pool).control("PUT", "/signatures", body)

    assert refused.status == 400
    assert [one["fieldName"] for one in refused.json["details"]] == [field]
