from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from service import Behaviour, RawServer, Service, hanging, sending
from urllib3.util import SKIP_HEADER

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
    RESTClientObject,
    RESTResponse,
)


@pytest.fixture
def rest_client(configuration: Configuration) -> Iterator[RESTClientObject]:
    client = RESTClientObject(configuration)
    yield client
    client.close()


# What is sent


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_every_verb_can_be_sent(
    rest_client: RESTClientObject, service: Service, method: str
) -> None:
    service.answer(200, b"abc")
    response = rest_client.request(method, f"{service.url}/x")
    assert service.requests[-1].method == method
    assert response.data == ("" if method == "HEAD" else "abc")


def test_the_length_of_what_a_head_request_would_give_is_not_waited_for(
    rest_client: RESTClientObject, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    server = raw_server(answering("200 OK\r\nContent-Length: 5000000", ""))
    response = rest_client.request("HEAD", server.url)
    assert (response.data, response.headers["Content-Length"]) == ("", "5000000")


def test_a_body_is_sent_as_json(rest_client: RESTClientObject, service: Service) -> None:
    service.answer(200)
    rest_client.request("POST", f"{service.url}/x", body={"name": "Zürich"})
    request = service.requests[-1]
    assert request.body == b'{"name": "Z\\u00fcrich"}'
    assert request.headers.get_all("Content-Type") == ["application/json"]


@pytest.mark.parametrize("body", [{}, [], "", 0, False])
def test_an_empty_body_is_still_a_body(
    rest_client: RESTClientObject, service: Service, body: object
) -> None:
    service.answer(200)
    rest_client.request("POST", f"{service.url}/x", body=body)
    assert service.requests[-1].json == body


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("DELETE", None), ("POST", "0")])
def test_no_body_is_said_to_be_none_where_one_is_usual(
    rest_client: RESTClientObject, service: Service, method: str, length: str | None
) -> None:
    service.answer(200)
    rest_client.request(method, f"{service.url}/x")
    headers = service.requests[-1].headers
    assert (headers["Content-Length"], headers["Content-Type"]) == (length, None)


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_a_content_type_of_the_callers_choice_is_the_only_one(
    rest_client: RESTClientObject, service: Service, name: str
) -> None:
    service.answer(200)
    headers = {name: "application/merge-patch+json"}
    rest_client.request("PATCH", f"{service.url}/x", headers=headers, body={})
    sent = service.requests[-1].headers.get_all("Content-Type")
    assert sent == ["application/merge-patch+json"]
    assert headers == {name: "application/merge-patch+json"}


@pytest.mark.parametrize("fields", [{"a": "1 2", "b": "ü"}, [("a", "1 2"), ("b", "ü")]])
def test_form_fields_are_sent_url_encoded(
    rest_client: RESTClientObject, service: Service, fields: Any
) -> None:
    service.answer(200)
    rest_client.request("POST", f"{service.url}/x", post_params=fields)
    request = service.requests[-1]
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.form == {"a": "1 2", "b": "ü"}


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
def test_form_fields_are_sent_as_multipart_if_the_header_says_so(
    rest_client: RESTClientObject, service: Service, name: str
) -> None:
    service.answer(200)
    headers = {name: "multipart/form-data"}
    rest_client.request("POST", f"{service.url}/x", headers=headers, post_params={"a": "1"})
    request = service.requests[-1]
    (content_type,) = request.headers.get_all("Content-Type", [])
    assert content_type.startswith("multipart/form-data; boundary=")
    assert b'name="a"\r\n\r\n1\r\n' in request.body


def test_header_values_may_be_bytes_or_latin_1(
    rest_client: RESTClientObject, service: Service
) -> None:
    service.answer(200)
    headers: dict[str, str | bytes] = {"X-A": b"bytes", "X-B": "ü", "X-C": "tab\there", "X-D": ""}
    rest_client.request("GET", f"{service.url}/x", headers=headers)
    sent = service.requests[-1].headers
    assert [sent[name] for name in headers] == ["bytes", "ü", "tab\there", ""]


def test_a_query_is_percent_encoded(rest_client: RESTClientObject, service: Service) -> None:
    service.answer(200)
    rest_client.request("GET", f"{service.url}/x", query_params={"a b": "c+d&e", "f": "ü"})
    assert service.requests[-1].target == "/x?a%20b=c%2Bd%26e&f=%C3%BC"


# What comes back


def test_a_response_has_status_reason_headers_and_data(
    rest_client: RESTClientObject, service: Service
) -> None:
    service.answer(
        201,
        "Zürich \ufffd".encode() + b"\xff",
        headers=[("X-One", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b")],
        reason="Made",
    )
    response = rest_client.request("GET", f"{service.url}/x")
    assert (response.status, response.reason) == (201, "Made")
    assert response.data == "Zürich \ufffd\ufffd"
    assert response.content == "Zürich \ufffd".encode() + b"\xff"
    assert response.headers["x-one"] == response.getheader("X-ONE") == "1"
    assert response.getheader("X-Two") is None
    assert response.getheader("X-Two", "2") == "2"
    assert response.getheaders().getlist("set-cookie") == ["a", "b"]
    assert repr(response) == "RESTResponse(status=201, 12 bytes)"


def test_a_response_can_be_made_by_hand() -> None:
    response = RESTResponse(200, None, {"A": "1"}, b"{}")
    assert response.headers["a"] == "1"
    assert isinstance(response.headers, urllib3.HTTPHeaderDict)


# Connections


class Counted:
    """A service that counts the connections it is given."""

    def __init__(self) -> None:
        self.connections = 0

    def keep_answering(self, connection: Any, request: bytes) -> None:
        self.connections += 1
        while request:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            request = connection.recv(65536)


def test_a_connection_is_kept_for_the_next_call(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    counted = Counted()
    api.api_client.host = raw_server(counted.keep_answering).url
    for _ in range(3):
        api.get_messaging_integrations_line()
    assert counted.connections == 1


def test_closing_releases_connections_and_the_next_call_opens_new_ones(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    counted = Counted()
    api.api_client.host = raw_server(counted.keep_answering).url
    api.get_messaging_integrations_line()
    api.api_client.close()
    api.get_messaging_integrations_line()
    assert counted.connections == 2


@pytest.mark.parametrize(
    ("setting", "values", "connections"),
    [("connection_pool_maxsize", (3, 4), 2), ("retries", (1, 2, 3), 1)],
)
def test_a_changed_setting_opens_new_connections_if_it_concerns_them(
    api: MessagingApi,
    configuration: Configuration,
    raw_server: Callable[[Behaviour], RawServer],
    setting: str,
    values: tuple[int, ...],
    connections: int,
) -> None:
    counted = Counted()
    api.api_client.host = raw_server(counted.keep_answering).url
    for value in values:
        setattr(configuration, setting, value)
        api.get_messaging_integrations_line()
    assert counted.connections == connections


@pytest.mark.parametrize("own", [None, 0.3])
@pytest.mark.parametrize("of_all", [None, 0.3])
def test_a_deadline_is_that_of_the_request_or_of_the_configuration(
    rest_client: RESTClientObject,
    configuration: Configuration,
    raw_server: Callable[[Behaviour], RawServer],
    own: float | None,
    of_all: float | None,
) -> None:
    configuration.deadline = of_all if own is None else 60.0
    limit = "the deadline of the call"
    if own is None and of_all is None:
        limit = "the time limit: nothing arrived for 0.5 s"
    with pytest.raises(ApiTimeoutException, match=f"came within {limit}"):
        rest_client.request("GET", raw_server(hanging).url, timeout=(20, 0.5), deadline=own)


def test_closing_before_the_first_call_or_twice_does_no_harm(configuration: Configuration) -> None:
    client = RESTClientObject(configuration)
    client.close()
    client.close()


def test_calls_go_through_the_proxy(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.host = "http://api.example"
    configuration.proxy = service.url
    service.answer(200, {})
    api.get_messaging_integrations_line(page_size=2)
    request = service.requests[-1]
    assert request.target == "http://api.example/api/v2/messaging/integrations/line?pageSize=2"
    assert request.headers["Host"] == "api.example"
    assert request.headers["Proxy-Authorization"] is None


@pytest.mark.parametrize(("password", "encoded"), [("pw", "bWU6cHc="), (None, "bWU6")])
def test_proxy_credentials_go_to_the_proxy(
    api: MessagingApi,
    configuration: Configuration,
    service: Service,
    password: str | None,
    encoded: str,
) -> None:
    configuration.host = "http://api.example"
    configuration.proxy = service.url
    configuration.proxy_username = "me"
    configuration.proxy_password = password
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].headers["Proxy-Authorization"] == f"Basic {encoded}"


# Good neighbourhood


def test_urllib3s_own_logger_is_left_alone(api: MessagingApi, service: Service) -> None:
    level = logging.getLogger("urllib3").level
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert logging.getLogger("urllib3").level == level
    assert logging.getLogger("urllib3").handlers == [
        handler
        for handler in logging.getLogger("urllib3").handlers
        if isinstance(handler, logging.NullHandler)
    ]


def test_one_process_serves_many_organisations() -> None:
    with Service() as one, Service() as other:
        clients: list[tuple[Service, ApiClient]] = []
        for service in (one, other):
            configuration = Configuration(host=service.url, access_token=f"for {service.url}")
            clients.append((service, ApiClient(configuration=configuration)))
        for service, client in clients * 2:
            service.answer(200, {"firstUri": service.url})
            with client:
                listing = MessagingApi(client).get_messaging_integrations_line()
            assert listing.first_uri == service.url
            assert service.requests[-1].headers["Authorization"] == f"Bearer for {service.url}"
        assert len(one.requests) == len(other.requests) == 2


# Settings that cannot be used


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("retries", None),
        ("retries", "3"),
        ("retries", -1),
        ("retry_after_max", None),
        ("retry_after_max", -1),
        ("max_response_bytes", None),
        ("max_response_bytes", 0),
        ("connection_pool_maxsize", 0),
        ("connection_pool_maxsize", "8"),
    ],
)
def test_settings_are_checked_when_they_are_set(
    configuration: Configuration, setting: str, value: Any
) -> None:
    before = getattr(configuration, setting)
    with pytest.raises(ValueError, match=rf"^{setting}: "):
        setattr(configuration, setting, value)
    assert getattr(configuration, setting) == before


# Targets, heads and lengths


@pytest.mark.parametrize(
    ("suffix", "target"),
    [
        ("", "/"),
        ("/", "/"),
        ("?next=/secret", "/?next=/secret"),
        ("/a?next=/secret", "/a?next=/secret"),
        ("/a b", "/a%20b"),
    ],
)
def test_the_target_is_that_of_the_url(
    rest_client: RESTClientObject, service: Service, suffix: str, target: str
) -> None:
    service.answer_always(200, {})
    for _ in range(2):
        rest_client.request("GET", service.url + suffix)
        assert service.requests[-1].target == target


def answering(head: str, body: str = "{}") -> Behaviour:
    return sending(f"HTTP/1.1 {head}\r\n\r\n{body}".encode("latin-1"))


@pytest.mark.parametrize(
    "head",
    [
        "200 OK\r\nContent-Length: 2",
        "200 OK\r\nContent-Length: 2\r\ncontent-length: 2",
        "200 OK\r\nContent-Length: 2, 2",
        "200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 2",
        "200 OK\r\nContent-Type: multipart/x;\r\n boundary*=\0'en'a\r\nContent-Length: 2",
        "103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2",
        "200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2",
        "200 OK\r\nX-Latin: \xe4\r\nContent-Length: 2",
        "200 OK\nContent-Length: 2",
    ],
)
def test_odd_heads_are_read(
    raw_server: Callable[[Behaviour], RawServer], configuration: Configuration, head: str
) -> None:
    configuration.host = raw_server(answering(head)).url
    with ApiClient(configuration=configuration) as client:
        assert client.call_api("/x", "POST", body={}, response_type="object") == {}


@pytest.mark.parametrize(
    "head",
    [
        "200 OK\r\nContent-Length: 2\r\nContent-Length: 3",
        "200 OK\r\nContent-Length: 2, 3",
        "200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 2",
        "200 OK\r\nContent-Length: 2\r\n" + "X: y\r\n" * 200,
        "200 OK\r\nX: " + "y" * 70000,
        "101 Switching Protocols\r\nUpgrade: h2c",
        "HTTP 200",
    ],
)
def test_heads_that_cannot_be_trusted_are_an_api_exception(
    raw_server: Callable[[Behaviour], RawServer], configuration: Configuration, head: str
) -> None:
    configuration.host = raw_server(answering(head)).url
    with ApiClient(configuration=configuration) as client, pytest.raises(ApiException):
        client.call_api("/x", "GET", response_type="object")


def test_a_repeated_length_does_not_lift_the_limit_of_an_answer(
    raw_server: Callable[[Behaviour], RawServer], configuration: Configuration
) -> None:
    body = '"' + "x" * 100_000 + '"'
    configuration.host = raw_server(answering("200 OK\r\nContent-Length: 5, 5", body)).url
    configuration.max_response_bytes = 1000
    with ApiClient(configuration=configuration) as client, pytest.raises(ApiException):
        client.call_api("/x", "GET", response_type="object")


def test_a_header_that_urllib3_knows_how_to_leave_out_is_left_out(
    rest_client: RESTClientObject, service: Service
) -> None:
    service.answer(200, {})
    rest_client.request("GET", service.url, headers={"User-Agent": SKIP_HEADER})
    assert service.requests[-1].headers["User-Agent"] is None


def test_a_transfer_coding_of_the_callers_own_is_refused_before_anything_is_sent(
    rest_client: RESTClientObject, service: Service
) -> None:
    service.answer_always(200, {})
    with pytest.raises(ValueError, match="header Transfer-Encoding: leave it out"):
        rest_client.request("POST", service.url, headers={"transfer-encoding": "chunked"}, body={})
    assert service.requests == []
    assert rest_client.request("POST", service.url, body={}).status == 200
