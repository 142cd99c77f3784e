"""Whatever goes wrong reaches the caller as ApiException, and says what happened."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import pytest
import urllib3
from calls import Call, connect, create, delete, every_call, name_of, patch, read, update
from service import Behaviour, RawServer, Service, closing, hanging, resetting, sending, unused_url

from PureCloudPlatformClientV2 import (
    ApiException,
    Configuration,
    MessagingApi,
    UriReference,
)
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    BadRequestException,
    NotFoundException,
    RESTClientObject,
    ServiceException,
)

StartServer = Callable[[Behaviour], RawServer]

VERBS = {read: "GET", create: "POST", update: "PUT", delete: "DELETE", patch: "PATCH"}


# No answer


def certainly_not_sent(caught: pytest.ExceptionInfo[ApiException]) -> None:
    assert caught.value.status == 0
    assert not caught.value.outcome_unknown
    assert "look before you send it again" not in str(caught.value)


def check_unanswered(caught: pytest.ExceptionInfo[ApiException], call: Call) -> None:
    error = caught.value
    assert (error.status, error.body, error.headers) == (0, None, None)
    assert (error.error, error.correlation_id, error.retry_after) == (None, None, None)
    assert isinstance(error.__cause__, (urllib3.exceptions.HTTPError, HTTPException, OSError))
    assert error.reason
    assert error.outcome_unknown == (call is not read)
    assert ("look before you send it again" in str(error)) == (call is not read)


@every_call
def test_a_refused_connection_is_certainly_not_sent(api: MessagingApi, call: Call) -> None:
    with pytest.raises(ApiConnectionException) as caught:
        call(connect(api, unused_url()))

    certainly_not_sent(caught)
    assert "refused" in str(caught.value)
    assert isinstance(caught.value.__cause__, urllib3.exceptions.NewConnectionError)


@every_call
def test_a_callback_without_a_thread_is_certainly_not_sent(
    api: MessagingApi, service: Service, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(ApiConnectionException) as caught:
        call(api, callback=print)
    certainly_not_sent(caught)
    assert str(caught.value) == (
        f"{VERBS[call]} {caught.value.url} got no answer: callback: can't start new thread; "
        "leave callback out to make the call in the present thread"
    )
    assert str(caught.value.url).startswith(f"{service.url}/api/v2/")
    assert not service.requests


@every_call
def test_an_unknown_host_is_certainly_not_sent(api: MessagingApi, call: Call) -> None:
    # An empty label fails before anything is looked up.
    with pytest.raises(ApiConnectionException) as caught:
        call(connect(api, "http://a..example"))
    certainly_not_sent(caught)


@every_call
@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (None, "ConnectionRefusedError: "),
        (closing, "RemoteDisconnected: "),
        (hanging, "no complete answer came within the time limit: nothing arrived for 0.3 s "),
    ],
    ids=["refused", "closed", "silent"],
)
def test_the_text_says_which_call_got_no_answer_and_why(
    api: MessagingApi,
    raw_server: StartServer,
    call: Call,
    behaviour: Behaviour | None,
    said: str,
) -> None:
    url = raw_server(behaviour).url if behaviour else unused_url()
    with pytest.raises(ApiException) as caught:
        call(connect(api, url), _request_timeout=(20, 0.3 if behaviour is hanging else 20))
    error = caught.value
    assert (error.status, error.method) == (0, VERBS[call])
    assert str(error.url).startswith(f"{url}/api/v2/")
    assert str(error).startswith(f"{VERBS[call]} {error.url} got no answer: {said}")


BROKEN_ANSWERS: dict[str, Behaviour] = {
    "reset": resetting,
    "closed": closing,
    "garbage": sending(b"\x16\x03\x01 this is not HTTP\r\n\r\n"),
    "half a status line": sending(b"HTTP/1.1 20"),
    "status is no number": sending(b"HTTP/1.1 abc OK\r\n\r\n"),
    "status out of range": sending(b"HTTP/1.1 000 OK\r\n\r\n"),
    "endless header": sending(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n"),
    "too many headers": sending(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n"),
    "cut by length": sending(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":'),
    "nothing of the length": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
    "whole JSON, cut by length": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"),
    "cut in a chunk": sending(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{}"  # of 32 bytes
    ),
    "cut between chunks": sending(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
    ),
    "bad chunk": sending(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
    ),
    "broken gzip": sending(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"
    ),
}


@pytest.mark.parametrize("behaviour", BROKEN_ANSWERS.values(), ids=BROKEN_ANSWERS)
@every_call
def test_a_broken_answer_is_no_answer(
    api: MessagingApi, raw_server: StartServer, call: Call, behaviour: Behaviour
) -> None:
    server = raw_server(behaviour)

    with pytest.raises(ApiConnectionException) as caught:
        call(connect(api, server.url))

    check_unanswered(caught, call)
    assert len(server.requests) == 1


@pytest.mark.parametrize("limits", [0.5, (20, 0.5)], ids=["one number", "a pair"])
@every_call
def test_a_silent_server_is_a_timeout(
    api: MessagingApi, raw_server: StartServer, call: Call, limits: Any
) -> None:
    server = raw_server(hanging)

    with pytest.raises(ApiTimeoutException) as caught:
        call(connect(api, server.url), _request_timeout=limits)

    check_unanswered(caught, call)
    assert len(server.requests) == 1


def test_the_time_limit_of_the_configuration_counts(
    api: MessagingApi, configuration: Configuration, raw_server: StartServer
) -> None:
    configuration.request_timeout = (5, 0.05)
    with pytest.raises(ApiTimeoutException):
        read(connect(api, raw_server(hanging).url))


def test_silence_within_a_body_is_a_timeout(api: MessagingApi, raw_server: StartServer) -> None:
    def stop_halfway(connection: Any, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        hanging(connection, request)

    with pytest.raises(ApiTimeoutException) as caught:
        read(connect(api, raw_server(stop_halfway).url), _request_timeout=0.05)
    assert caught.value.status == 0


@pytest.mark.parametrize("behaviour", [resetting, closing], ids=name_of)
@every_call
def test_a_connection_lost_behind_a_proxy_leaves_the_outcome_of_a_write_unknown(
    api: MessagingApi,
    configuration: Configuration,
    raw_server: StartServer,
    call: Call,
    behaviour: Behaviour,
) -> None:
    server = raw_server(behaviour)
    configuration.proxy = server.url

    with pytest.raises(ApiConnectionException) as caught:
        call(api)

    assert len(server.requests) == 1
    check_unanswered(caught, call)


@every_call
def test_a_proxy_that_cannot_be_reached_is_certainly_not_sent(
    api: MessagingApi, configuration: Configuration, call: Call
) -> None:
    configuration.proxy = unused_url()
    with pytest.raises(ApiConnectionException) as caught:
        call(api)
    certainly_not_sent(caught)


@pytest.mark.parametrize(
    "behaviour",
    [closing, resetting, sending(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")],
    ids=["closing", "resetting", "407"],
)
@every_call
def test_a_proxy_that_opens_no_tunnel_has_certainly_not_passed_anything_on(
    api: MessagingApi,
    configuration: Configuration,
    raw_server: StartServer,
    call: Call,
    behaviour: Behaviour,
) -> None:
    server = raw_server(behaviour)
    configuration.proxy = server.url
    configuration.host = "https://api.example"

    with pytest.raises(ApiConnectionException) as caught:
        call(api)

    assert [request.partition(b" ")[0] for request in server.requests] == [b"CONNECT"]
    certainly_not_sent(caught)


def test_a_refusal_outweighs_the_loss_of_its_body(
    api: MessagingApi, raw_server: StartServer
) -> None:
    server = raw_server(sending(b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{"))

    with pytest.raises(NotFoundException) as caught:
        delete(connect(api, server.url))

    assert caught.value.body == ""
    assert not caught.value.outcome_unknown
    assert isinstance(caught.value.__cause__, urllib3.exceptions.HTTPError)


def test_a_lost_connection_does_not_spoil_the_next_call(
    api: MessagingApi, raw_server: StartServer, service: Service
) -> None:
    with pytest.raises(ApiConnectionException):
        read(connect(api, raw_server(closing).url))

    service.answer(200, {"id": "int-1"})
    read(connect(api, service.url))


# A refusal


@pytest.mark.parametrize(
    ("status", "location", "place"),
    [
        (300, "/elsewhere", "/elsewhere"),
        (301, "https://b.example", "https://b.example"),
        (302, "https://b.example/sign-in?secret=1#part", "https://b.example/sign-in"),
        (303, "https://b.example:8443/a", "https://b.example:8443/a"),
        (399, "a", "a"),
        (302, "https://name:word@b.example/a", "https://b.example/a"),
        (302, "//b.example:port/a", None),
        (302, "https://[b.example/a", None),
        (302, "https:/name:word@b.example/a", None),
        (302, "?secret=1", None),
        (404, "/elsewhere", None),
    ],
)
def test_a_redirect_says_where_it_leads_as_far_as_that_is_no_secret(
    api: MessagingApi, service: Service, status: int, location: str, place: str | None
) -> None:
    service.answer(status, {}, headers={"Location": location})
    with pytest.raises(ApiException) as caught:
        read(api)
    leads = "redirects are not followed, and this one leads to {}"
    assert caught.value.advice == (leads.format(place) if place else "")


@pytest.mark.parametrize(
    ("host", "path", "is_gone"),
    [
        ("api.mypurecloud.de", "messaging/integrations/line", True),
        ("api.mypurecloud.de", "messaging/stickers/1", True),
        ("api.mypurecloud.de", "messaging/other", False),
        ("api.mypurecloud.de", "users/messaging/stickers/1", False),
        ("api.example", "messaging/integrations/line", False),
    ],
)
def test_what_the_platform_has_removed_is_told_where_it_is_gone(
    service: Service,
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    path: str,
    is_gone: bool,
) -> None:
    port = int(service.url.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    def look_up(*_: Any, **__: Any) -> Any:
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    client = RESTClientObject(configuration)
    for status in (404, 403):
        service.answer(status, {})
        with pytest.raises(ApiException) as caught:
            client.request("GET", f"http://{host}/api/v2/{path}")
        assert ("see docs/today.md" in str(caught.value)) == (is_gone and status == 404)
    client.close()


# A 2xx that is not what it should be

DEEP = 100_000

UNUSABLE = {
    "empty": b"",
    "blank": b"  \n",
    "HTML": b"<html><body>Sign in</body></html>",
    "not JSON": b"id=int-1",
    "cut JSON": b'{"id": "int-1"',
    "two values": b"{}{}",
    "null": b"null",
    "number": b"1",
    "string": b'"int-1"',
    "array": b"[]",
    "wrong field": b'{"id": 1}',
    "wrong object": b'{"recipient": "me"}',
    "wrong date": b'{"dateCreated": "yesterday"}',
    "invalid UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"id": "int-1"}'.encode("utf-16"),
    "NaN": b'{"version": NaN}',
    "NaN in an unknown field": b'{"ratio": NaN}',
    "Infinity": b'{"version": -Infinity}',
    "beyond any float": b'{"version": 1e999}',
    "beyond any float, in an unknown field": b'{"ratio": 1e999}',
    "deep array": b'{"new": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "huge integer": b'{"version": ' + b"9" * 10_000 + b"}",
    "fraction": b'{"version": 1.5}',
    "single quotes": b"{'id': 'int-1'}",
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("call", [read, create, update], ids=name_of)
def test_a_broken_200_is_an_error_and_never_an_empty_model(
    api: MessagingApi, service: Service, call: Call, content: bytes
) -> None:
    service.answer(200, content, headers={"Content-Type": "application/json"}, reason="OK")

    with pytest.raises(ApiException) as caught:
        call(api)

    error = caught.value
    assert type(error) is ApiException
    assert error.status == 200
    assert error.reason is not None
    assert error.reason.startswith("OK, but the body cannot be used: ")
    assert error.outcome_unknown == (call is not read)
    assert isinstance(error.__cause__, ValueError)


@pytest.mark.parametrize("reason", ["Fine", ""])
@pytest.mark.parametrize(
    ("body", "content_type", "complaint"),
    [
        ("<b>", "text/html", "it is text/html"),
        ("<b>", "application/json", "Expecting value: line 1 column 1 (char 0)"),
        ("<b>", None, "Expecting value: line 1 column 1 (char 0)"),
        ("", "text/html", "it is empty"),
        ("", "application/json", "it is empty"),
        ("", None, "it is empty"),
    ],
)
def test_the_reason_says_what_cannot_be_used(
    api: MessagingApi,
    raw_server: StartServer,
    body: str,
    content_type: str | None,
    complaint: str,
    reason: str,
) -> None:
    lines = [f"HTTP/1.1 200 {reason}", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    server = raw_server(sending("\r\n".join([*lines, "", body]).encode()))
    with pytest.raises(ApiException) as caught:
        read(connect(api, server.url))
    before = f"{reason}, " if reason else ""
    assert caught.value.reason == f"{before}but the body cannot be used: {complaint}"


def test_the_args_of_an_exception_are_its_status_and_reason(
    api: MessagingApi, service: Service
) -> None:
    service.answer(200, b"", reason="OK")
    with pytest.raises(ApiException) as caught:
        read(api)
    assert caught.value.args == (200, caught.value.reason)


def test_a_head_that_breaks_off_makes_no_model(api: MessagingApi, raw_server: StartServer) -> None:
    with pytest.raises(ApiException):
        read(connect(api, raw_server(sending(b"HTTP/1.1 200 OK\r\nContent-Le")).url))


@pytest.mark.parametrize("status", [202, 204])
@pytest.mark.parametrize("call", [read, create, update], ids=name_of)
def test_a_status_that_needs_no_body_gives_none(
    api: MessagingApi, service: Service, call: Call, status: int
) -> None:
    service.answer(status)
    assert call(api) is None


@pytest.mark.parametrize("status", [200, 201, 203, 206])
@pytest.mark.parametrize("response_type", [UriReference, "list[str]", "object", "int", "date"])
def test_no_body_is_an_error_where_something_should_come(
    api: MessagingApi, service: Service, response_type: Any, status: int
) -> None:
    service.answer(status)
    with pytest.raises(ApiException, match="cannot be used") as caught:
        api.api_client.call_api("/x", "POST", response_type=response_type)
    assert (caught.value.status, caught.value.body, caught.value.outcome_unknown) == (
        status,
        "",
        True,
    )


@pytest.mark.parametrize("content", [b"null", b" ", b"{", b"<html>"])
def test_a_202_with_a_broken_body_is_an_error(
    api: MessagingApi, service: Service, content: bytes
) -> None:
    service.answer(202, content)
    with pytest.raises(ApiException, match="cannot be used"):
        read(api)


def test_an_error_about_the_shape_says_where_and_never_what(
    api: MessagingApi, service: Service
) -> None:
    service.answer(200, {"entities": [{}, {"createdBy": {"id": ["hunter2"]}}]})
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_facebook()
    assert "entities[1].createdBy.id: expected a string, found an array" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_html_page_is_no_answer_to_a_deletion(api: MessagingApi, service: Service) -> None:
    service.answer(200, b"<html>Sign in</html>", headers={"Content-Type": "Text/HTML; charset=x"})
    with pytest.raises(ApiException, match="HTML") as caught:
        delete(api)
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_deletion_needs_no_body(api: MessagingApi, service: Service, status: int) -> None:
    service.answer(status, b"", headers={"Content-Type": "text/html"})
    assert delete(api) is None


def test_gzip_is_unpacked(api: MessagingApi, service: Service) -> None:
    packed = gzip.compress(b'{"id": "int-1"}')
    service.answer(200, packed, headers={"Content-Encoding": "gzip"})
    assert api.get_messaging_integrations_line_integration_id("int-1").id == "int-1"


@pytest.mark.parametrize("size", [3 * 1024 * 1024, 1024 * 1024, 1001])
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_body_above_the_limit_is_refused(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    packed: bool,
    size: int,
) -> None:
    configuration.max_response_bytes = 1000
    text = b'{"name": "' + b"x" * (size - 12) + b'"}'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    service.answer(200, gzip.compress(text) if packed else text, headers=headers)

    with pytest.raises(ApiException, match="max_response_bytes") as caught:
        create(api)

    assert (caught.value.status, caught.value.outcome_unknown) == (200, True)
    service.answer(200, b'{"name": "' + b"x" * (1000 - 12) + b'"}')
    assert api.get_messaging_integrations_line_integration_id("int-1").name == "x" * 988


@pytest.mark.parametrize(("size", "is_refused"), [(2_500_000, False), (2_500_001, True)])
def test_the_limit_is_for_all_pieces_of_a_body_together(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    size: int,
    is_refused: bool,
) -> None:
    configuration.max_response_bytes = 2_500_000
    packed = gzip.compress(b'{"name": "' + b"x" * (size - 12) + b'"}')
    service.answer(200, packed, headers={"Content-Encoding": "gzip"})
    if is_refused:
        with pytest.raises(ApiException, match="larger than max_response_bytes, 2500000"):
            read(api)
    else:
        read(api)


def test_a_refusal_outweighs_the_size_of_its_body(
    api: MessagingApi, service: Service, configuration: Configuration
) -> None:
    configuration.max_response_bytes = 1000
    service.answer(400, b"x" * 1001)

    with pytest.raises(BadRequestException) as caught:
        create(api)

    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("megabytes", [1, 2])
def test_bodies_of_whole_megabytes_are_read_to_their_end(
    api: MessagingApi, service: Service, megabytes: int
) -> None:
    name = "x" * (megabytes * 1024 * 1024 - 12)
    service.answer(200, b'{"name": "' + name.encode() + b'"}')
    assert api.get_messaging_integrations_line_integration_id("int-1").name == name


def test_a_chunked_answer_is_read_whole(api: MessagingApi, raw_server: StartServer) -> None:
    server = raw_server(
        sending(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'7\r\n{"id": \r\n8\r\n"int-1"}\r\n0\r\n\r\n'
        )
    )
    connect(api, server.url)
    assert api.get_messaging_integrations_line_integration_id("int-1").id == "int-1"


def test_a_gateways_page_is_a_service_exception(api: MessagingApi, service: Service) -> None:
    page = "<html>\n<h1>502 Bad Gateway</h1>\n" + "nginx " * 100 + "</html>"
    service.answer(502, page.encode(), headers={"Content-Type": "text/html"}, reason="Bad Gateway")

    with pytest.raises(ServiceException) as caught:
        create(api)

    error = caught.value
    assert (error.status, error.body, error.error) == (502, page, None)
    assert "<h1>502 Bad Gateway</h1> nginx" in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 400


def test_ctrl_c_as_a_response_begins_leaves_nothing_on_standard_error() -> None:
    program = """
from PureCloudPlatformClientV2._transport.connection import _Reader

class Socket:
    def makefile(self, *_, **__):
        raise KeyboardInterrupt

try:
    _Reader(Socket(), None)
except KeyboardInterrupt:
    print("interrupted")
"""
    finished = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert (finished.stdout, finished.stderr) == ("interrupted\n", "")
