"""Errors that no operation in particular makes."""

from __future__ import annotations

import socket

import pytest
import urllib3
from contract_facts import Operation, operations

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.store.documents import Documents

from .agreement import disagreements
from .caller import LINE, Caller, Response, path_to


def assert_error(response: Response, status: int, code: str) -> None:
    error = response.json
    assert (response.status, error["status"], error["code"]) == (status, status, code)
    assert error["contextId"] == response.headers["ININ-Correlation-Id"]
    assert response.headers["Content-Type"] == "application/json"
    assert disagreements(error, "ErrorBody") == []


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/api/v2/nothing", LINE + "/", LINE + "/a/b", "//" + LINE, "/sandbox/nothing"],
)
def test_an_unknown_path_is_not_found(call: Caller, path: str) -> None:
    assert_error(call("GET", path), 404, "not.found")


@pytest.mark.parametrize("operation", {one.path: one for one in operations}.values(), ids=str)
def test_a_wrong_verb_is_not_allowed(call: Caller, operation: Operation) -> None:
    allowed = {one.verb for one in operations if one.path == operation.path} | {"HEAD"}

    for verb in {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - allowed:
        response = call(verb, path_to(operation))

        assert_error(response, 405, "method.not.allowed")
        assert set(response.headers["Allow"].split(", ")) == allowed


def test_a_refusal_and_a_success_both_carry_a_correlation_id(call: Caller) -> None:
    responses = [call("GET", LINE), call("GET", LINE, token=None), call("GET", "/nothing")]

    ids = {response.headers["ININ-Correlation-Id"] for response in responses}
    assert len(ids) == 3
    assert_error(responses[1], 401, "authentication.required")


@pytest.mark.parametrize("path", [LINE, "/oauth/token", "/nothing"])
def test_an_oversized_body_is_refused(call: Caller, path: str) -> None:
    headers = {"Content-Type": "application/json"}

    response = call("POST", path, data=b'"' + b"x" * 3_000_000, headers=headers)

    assert_error(response, 413, "request.entity.too.large")
    assert call("GET", LINE).status == 200


def test_an_oversized_body_in_chunks_is_refused(call: Caller, pool: urllib3.PoolManager) -> None:
    response = Response(
        pool.request(
            "POST",
            call.sandbox.host + LINE,
            body=(b"x" * 65536 for _ in range(40)),
            headers={
                "Authorization": f"Bearer {call.sandbox.access_token}",
                "Content-Type": "application/json",
            },
        )
    )

    assert_error(response, 413, "request.entity.too.large")


def test_a_body_in_chunks_is_read(call: Caller, pool: urllib3.PoolManager) -> None:
    response = pool.request(
        "POST",
        call.sandbox.host + LINE,
        body=iter([b'{"name": ', b'"In chunks"}']),
        headers={
            "Authorization": f"Bearer {call.sandbox.access_token}",
            "Content-Type": "application/json",
        },
    )

    assert response.json()["name"] == "In chunks"


def test_a_mistake_in_the_sandbox_is_a_500_that_gives_nothing_away(
    call: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("something secret")

    monkeypatch.setattr(Documents, "page", fail)

    response = call("GET", LINE)

    assert_error(response, 500, "internal.server.error")
    assert b"secret" not in response.data
    assert "something secret" in caplog.text
    assert call("GET", LINE + "/nowhere").status == 404


def test_head_is_like_get_without_a_body(call: Caller) -> None:
    get, head = call("GET", LINE), call("HEAD", LINE)

    assert (head.status, head.data) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 413),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n", 400),
    ],
    ids=["line", "header", "length", "long line", "long header", "version", "proxy"],
)
def test_what_is_not_http_is_told_in_an_error_body(
    sandbox: Sandbox, request_bytes: bytes, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=30) as connection:
        connection.sendall(request_bytes)
        with connection.makefile("rb") as stream:
            received = stream.read()

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b'"status": %d' % status in body
    assert b"Content-Length: %d" % len(body) in head


def test_a_request_without_a_host_header_is_answered(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=30) as connection:
        authorization = f"Authorization: Bearer {sandbox.access_token}".encode()
        connection.sendall(b"GET " + LINE.encode() + b" HTTP/1.0\r\n" + authorization + b"\r\n\r\n")
        with connection.makefile("rb") as stream:
            assert stream.readline().startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("host", ["exa mple", "<script>", "a/b?c", "é", "[::1", "x:y:z", ""])
def test_a_nonsensical_host_header_does_no_harm(call: Caller, host: str) -> None:
    response = call("POST", LINE, {"name": "x"}, headers={"Host": host.encode().decode("latin-1")})

    assert response.status in (200, 400)
