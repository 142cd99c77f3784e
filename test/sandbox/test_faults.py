"""What goes wrong on demand."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.sandbox import (
    DelayFault,
    Fault,
    LateFault,
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    SlowFault,
    StatusFault,
    TruncateFault,
)
from PureCloudPlatformClientV2.sandbox.faults import Faults

from .agreement import disagreements
from .caller import LINE, Caller, Response, wait_until


@contextmanager
def raw_post(
    sandbox: Sandbox, body: bytes = b'{"name": "Raw"}'
) -> Generator[socket.socket, None, None]:
    """Post an integration on a socket of its own, and leave the response to be read."""
    head = (
        f"POST {LINE} HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {sandbox.access_token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        yield connection


def read_all(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        return stream.read()


def count(call: Caller) -> int:
    total: int = call("GET", LINE).json["total"]
    return total


@pytest.mark.parametrize("status", [400, 401, 418, 429, 500, 502, 503, 504])
def test_a_status_comes_with_an_error_body_and_without_processing(
    call: Caller, sandbox: Sandbox, status: int
) -> None:
    sandbox.faults.add(StatusFault(status, retry_after=7, headers={"X-Extra": "yes"}))

    response = call("POST", LINE, {"name": "A"})

    assert (response.status, response.json["status"]) == (status, status)
    assert response.json["contextId"] == response.headers["ININ-Correlation-Id"]
    assert (response.headers["Retry-After"], response.headers["X-Extra"]) == ("7", "yes")
    assert disagreements(response.json, "ErrorBody") == []
    assert count(call) == 0


def test_a_status_may_bring_a_body_of_its_own(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(
        StatusFault(200, body="<html>Please sign in</html>"),
        StatusFault(200, body='{"half": ', headers={"Content-Type": "application/json"}),
    )

    page, broken = call("GET", LINE), call("GET", LINE)

    assert (page.status, page.data) == (200, b"<html>Please sign in</html>")
    assert page.headers["Content-Type"].startswith("text/html")
    assert (broken.data, broken.headers["Content-Type"]) == (b'{"half": ', "application/json")


@pytest.mark.parametrize("status", [204, 302, 304])
def test_a_status_below_400_has_no_body_unless_given(
    call: Caller, sandbox: Sandbox, status: int
) -> None:
    sandbox.faults.add(StatusFault(status, headers={"Location": "/elsewhere"}))

    url = sandbox.host + LINE
    response = Response(call.pool.request("GET", url, redirect=False))

    assert (response.status, response.data) == (status, b"")
    assert response.headers["Location"] == "/elsewhere"
    assert count(call) == 0


def test_a_reset_before_processing_leaves_nothing_behind(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(ResetBeforeFault())

    with raw_post(sandbox) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)

    (entry,) = sandbox.requests
    assert (entry.fault, entry.status) == ("reset_before", None)
    assert (entry.processed, entry.applied) == (False, False)
    assert count(call) == 0


def test_a_reset_after_processing_loses_only_the_response(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(ResetAfterFault())

    with raw_post(sandbox) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)

    (entry,) = sandbox.requests
    assert (entry.fault, entry.status) == ("reset_after", 200)
    assert (entry.processed, entry.applied) == (True, True)
    assert count(call) == 1


def test_a_truncated_response_ends_in_the_middle(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(TruncateFault())

    with raw_post(sandbox) as connection:
        head, _, body = read_all(connection).partition(b"\r\n\r\n")

    (length,) = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
    assert int(length.split()[1]) // 2 == len(body) > 0
    assert sandbox.requests[0].applied
    assert count(call) == 1


def test_a_response_without_a_body_is_truncated_to_nothing(call: Caller, sandbox: Sandbox) -> None:
    created = call.create(LINE)
    sandbox.faults.add(TruncateFault())

    with pytest.raises(urllib3.exceptions.ProtocolError):
        call("DELETE", created["selfUri"])

    assert sandbox.requests[-1].applied
    assert count(call) == 0


def test_a_slow_response_comes_in_single_bytes(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(SlowFault(0.0001))

    with raw_post(sandbox) as connection:
        received = b""
        while b"}\n" not in received:
            received += connection.recv(65536)

    assert sandbox.requests[0].applied
    assert count(call) == 1


def test_a_slow_response_hurries_up_at_its_limit(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(SlowFault(0.001, limit=0))

    assert call("GET", LINE).json["total"] == 0


def test_a_delayed_request_is_processed_at_once(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(DelayFault(3600))

    with raw_post(sandbox):
        wait_until(lambda: sandbox.requests)
        (entry,) = sandbox.requests
        assert count(call) == 1
    assert (entry.fault, entry.status, entry.applied) == ("delay", 200, True)


def test_a_delayed_response_comes_in_the_end(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(DelayFault(0.05))
    start = time.monotonic()

    assert call("GET", LINE).status == 200
    assert time.monotonic() - start >= 0.05


@pytest.mark.parametrize("fault", [DelayFault(3600), SlowFault(3600)])
def test_no_fault_holds_up_the_end(fault: Fault) -> None:
    sandbox = Sandbox().start()
    sandbox.faults.add(fault)
    with raw_post(sandbox) as connection:
        wait_until(lambda: sandbox.requests)
        sandbox.stop()
        # The response is cut off one way or another; what matters is that there is an end.
        with suppress(ConnectionError):
            read_all(connection)
    assert repr(sandbox) == "<Sandbox not running>"


def test_a_fault_hits_once_unless_told_otherwise(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503))

    assert [call("GET", LINE).status for _ in range(3)] == [503, 200, 200]


def test_a_fault_may_come_later_and_more_often(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503, after=1, times=2))

    assert [call("GET", LINE).status for _ in range(5)] == [200, 503, 503, 200, 200]
    assert len(sandbox.faults) == 0


def test_a_fault_may_last_until_it_is_called_off(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503, times=None))
    assert [call("GET", LINE).status for _ in range(5)] == [503] * 5

    sandbox.faults.clear()
    assert call("GET", LINE).status == 200


def test_faults_hit_in_the_order_in_which_they_were_added(call: Caller, sandbox: Sandbox) -> None:
    faults = [StatusFault(502), StatusFault(503, times=2), StatusFault(504)]
    sandbox.faults.add(*faults)
    assert list(sandbox.faults) == faults

    assert [call("GET", LINE).status for _ in range(5)] == [502, 503, 503, 504, 200]


def test_a_fault_hits_only_the_method_and_path_that_it_is_meant_for(
    call: Caller, sandbox: Sandbox
) -> None:
    sandbox.faults.add(
        StatusFault(502, method="delete"), StatusFault(503, path="/api/*/line/*", method="GET")
    )

    assert call("GET", LINE).status == 200
    assert call("GET", LINE + "/nowhere").status == 503
    assert call("DELETE", LINE + "/nowhere").status == 502


def test_the_token_endpoint_has_faults_too(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(429, retry_after=1, path="/oauth/token"))

    assert call.form({}).status == 429


def test_the_control_api_has_no_faults(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503))

    assert call.control("GET", "/faults").status == 200
    assert len(sandbox.faults) == 1


def test_a_reset_calls_faults_off(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503))

    sandbox.reset()

    assert call("GET", LINE).status == 200


def test_a_fault_of_no_kind_harms_nobody(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault())

    assert call("GET", LINE).status == 200


@pytest.mark.parametrize("fault", ["503", StatusFault, [StatusFault(503)], None])
def test_what_is_no_fault_is_refused(fault: Any) -> None:
    with Sandbox() as sandbox, pytest.raises(TypeError, match="StatusFault"):
        sandbox.faults.add(fault)


@pytest.mark.parametrize("status", ["503", 99999, 100, None])
def test_a_status_that_http_does_not_have_is_refused(status: Any) -> None:
    with Sandbox() as sandbox, pytest.raises(ValueError, match="status"):
        sandbox.faults.add(StatusFault(status))


def test_a_late_request_is_processed_although_its_sender_has_gone(
    call: Caller, sandbox: Sandbox
) -> None:
    sandbox.faults.add(LateFault(0.3, method="POST"))

    with raw_post(sandbox):
        wait_until(lambda: len(sandbox.faults) == 0)  # it has come, and waits

    assert count(call) == 0
    wait_until(lambda: count(call) == 1)
    late = next(entry for entry in sandbox.requests if entry.method == "POST")
    assert (late.fault, late.processed, late.applied) == ("late", True, True)


owners = st.sampled_from([None, "a", "b"])
planned = st.builds(
    StatusFault,
    st.just(503),
    organization_id=owners,
    method=st.sampled_from(["*", "GET"]),
    times=st.sampled_from([None, 1, 2]),
    after=st.integers(0, 2),
)


@given(
    steps=st.lists(st.tuples(st.just("plan"), planned) | st.tuples(st.just("ask"), owners)),
    called_off=owners,
)
def test_the_first_planned_fault_that_is_due_hits_whoever_it_is_for(
    steps: list[tuple[str, Any]], called_off: str | None
) -> None:
    faults = Faults()
    left: list[tuple[StatusFault, list[int]]] = []  # each with how many requests have matched
    for what, value in steps:
        if what == "plan":
            faults.add(value)
            left.append((value, [0]))
            continue
        hit = None
        for fault, matched in left:
            if hit is None and fault.organization_id in (None, value):
                matched[0] += 1
                hit = fault if matched[0] > fault.after else None
        left = [
            (fault, matched)
            for fault, matched in left
            if fault.times is None or matched[0] < fault.after + fault.times
        ]
        assert faults.take("GET", "/", value) is hit
        assert list(faults) == [fault for fault, _ in left]
        assert len(faults) == len(left)
    faults.clear(called_off)
    others = [fault for fault, _ in left if called_off and fault.organization_id != called_off]
    assert list(faults) == others


def test_a_request_is_compared_with_the_faults_for_it_alone() -> None:
    compared: list[str | None] = []

    class Watched(StatusFault):
        def matches(self, method: str, path: str, organization_id: str | None = None) -> bool:
            compared.append(self.organization_id)
            return super().matches(method, path, organization_id)

    faults = Faults()
    faults.add(*(Watched(503, organization_id=str(number)) for number in range(100)))
    faults.add(Watched(503, method="POST"))
    faults.take("GET", "/", "7")
    assert compared == ["7"]
    faults.take("GET", "/", "7")
    assert compared == ["7", None]
