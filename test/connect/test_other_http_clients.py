"""Other HTTP libraries in the place of urllib3: the same calls, answers and exceptions."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from service import (
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

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    HttpRequestOptions,
    LineIntegrationRequest,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    NotFoundException,
    RESTResponse,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .conftest import TOKEN, MakeApi
from .forward_proxy import ForwardProxy
from .httpx_client import HttpxHttpClient
from .requests_client import RequestsHttpClient

StartRawServer = Callable[[Behaviour], RawServer]


@pytest.fixture(params=[RequestsHttpClient, HttpxHttpClient], ids=["requests", "httpx"])
def http_client(request: pytest.FixtureRequest) -> AbstractHttpClient:
    """Another HTTP client, which the ApiClient closes."""
    client: AbstractHttpClient = request.param()
    return client


@pytest.fixture
def other_api(
    http_client: AbstractHttpClient, make_api: MakeApi, service: Service
) -> Iterator[MessagingApi]:
    """Talks to ``service`` through the other client."""
    api = make_api(service)
    first = api.api_client.get_http_client()
    api.api_client.set_http_client(http_client)
    yield api
    first.close()


def create(api: MessagingApi) -> None:
    api.post_messaging_integrations_line(LineIntegrationRequest(name="Support"))


def test_a_whole_conversation(http_client: AbstractHttpClient, purecloud_sandbox: Sandbox) -> None:
    with ApiClient(configuration=Configuration(host=purecloud_sandbox.host)) as client:
        client.set_http_client(http_client)
        api = MessagingApi(
            client.get_client_credentials_token(
                purecloud_sandbox.client_id, purecloud_sandbox.client_secret
            )
        )
        created = api.post_messaging_integrations_line(LineIntegrationRequest(name="Zürich 密码"))
        assert created.id is not None
        assert created.name == "Zürich 密码"
        assert [one.id for one in api.get_messaging_integrations_line(page_size=5)] == [created.id]
        api.delete_messaging_integrations_line_integration_id(created.id)
        with pytest.raises(NotFoundException) as caught:
            api.get_messaging_integrations_line_integration_id(created.id)

    assert caught.value.error is not None
    assert caught.value.correlation_id == purecloud_sandbox.requests[-1].correlation_id
    assert [request.status for request in purecloud_sandbox.requests] == [200, 200, 200, 204, 404]


def test_what_is_sent_is_what_the_client_itself_would_send(
    other_api: MessagingApi, make_api: MakeApi, service: Service, tmp_path: Path
) -> None:
    service.answer_always(200, {"id": "1"})
    upload = tmp_path / "upload.txt"
    upload.write_bytes(b"content")
    for api in (make_api(service), other_api):
        call = api.api_client.call_api
        call("/api/v2/things/{id}", "GET", {"id": "a/b c?%.é"}, {"q": "a b+c&d=é/", "none": None})
        call("/api/v2/things", "POST", body={"name": "é", "empty": []}, _headers={"X-Own": "é"})
        call("/api/v2/things", "PUT", body={})
        call("/api/v2/things", "POST", post_params={"a": "b c&é", "d": "+"})
        call("/api/v2/things", "POST", post_params=[("a", "1"), ("a", "2")])
        call("/api/v2/things", "DELETE")
        call("/api/v2/files", "POST", post_params={"a": "1"}, files={"file": str(upload)})

    half = len(service.requests) // 2
    for mine, theirs in zip(service.requests[:half], service.requests[half:], strict=True):
        assert (theirs.method, theirs.target) == (mine.method, mine.target)
        names = ("Authorization", "User-Agent", "X-Own", "Accept")
        assert [theirs.headers[name] for name in names] == [mine.headers[name] for name in names]
        if mine.headers.get_content_type() == "application/json":
            assert theirs.json == mine.json
            assert theirs.headers["Content-Type"] == mine.headers["Content-Type"]
        elif mine.path.endswith("files"):
            assert theirs.headers["Content-Type"].startswith("multipart/form-data; boundary=")
            assert b'filename="upload.txt"' in theirs.body
            assert b"content" in theirs.body
        else:
            assert theirs.body == mine.body
            assert theirs.headers["Content-Type"] == mine.headers["Content-Type"]


@pytest.mark.parametrize("status", [201, 302, 400, 401, 403, 404, 409, 429, 500, 503])
def test_every_status_means_what_it_means_otherwise(
    other_api: MessagingApi, make_api: MakeApi, service: Service, status: int
) -> None:
    service.answer_always(
        status,
        {"message": "no", "code": "because"},
        headers={"Location": f"{service.url}/elsewhere", "Retry-After": "7"},
    )
    outcomes: list[tuple[Any, ...]] = []
    for api in (make_api(service), other_api):
        try:
            create(api)
        except ApiException as error:
            code = error.error and error.error.code
            outcomes.append((type(error), error.status, code, error.retry_after, str(error)))
            outcomes[-1] += (error.outcome_unknown,)
        else:
            outcomes.append((status,))
    assert outcomes[0] == outcomes[1]
    assert len(service.requests) == 2  # no redirect was followed


def test_an_answer_is_decompressed(other_api: MessagingApi, service: Service) -> None:
    service.answer(
        200,
        gzip.compress(b'{"total": 7}'),
        headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
    )
    assert other_api.get_messaging_integrations_line().total == 7
    last = other_api.api_client.last_response
    assert last is not None
    assert last.headers["content-encoding"] == "gzip"


def test_a_token_is_renewed_after_a_401(other_api: MessagingApi, service: Service) -> None:
    def refuse_the_first(request: Request) -> Any:
        if request.path == "/oauth/token":
            return make_answer(200, {"access_token": f"token-{len(service.requests)}"})
        if request.headers["Authorization"] == "Bearer token-1":
            return make_answer(401, {"message": "expired"})
        return make_answer(200, {"total": 0})

    service.answer_by(refuse_the_first)
    other_api.api_client.get_client_credentials_token("id", "secret")
    other_api.get_messaging_integrations_line()

    assert [request.path.rpartition("/")[2] for request in service.requests] == [
        "token",
        "line",
        "token",
        "line",
    ]
    assert service.requests[0].form == {"grant_type": "client_credentials"}
    assert service.requests[3].headers["Authorization"] == "Bearer token-3"


def test_a_login_that_is_refused_is_the_exception_that_it_is_otherwise(
    other_api: MessagingApi, service: Service
) -> None:
    service.answer(401, {"error": "invalid_client"})
    with pytest.raises(UnauthorizedException) as caught:
        other_api.api_client.get_client_credentials_token("id", "secret")
    assert caught.value.oauth_error == "invalid_client"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_that_cannot_be_reached_has_done_nothing(
    other_api: MessagingApi, method: str
) -> None:
    other_api.api_client.host = unused_url()
    with pytest.raises(ApiConnectionException) as caught:
        other_api.api_client.call_api("/api/v2/things", method)
    error = caught.value
    assert (error.status, error.outcome_unknown) == (0, False)
    assert error.method == method
    assert error.__cause__ is not None


def test_a_certificate_that_proves_nothing_is_a_connection_that_failed(
    other_api: MessagingApi, secure_service: Service
) -> None:
    other_api.api_client.host = secure_service.url
    with pytest.raises(ApiConnectionException) as caught:
        create(other_api)
    assert not caught.value.outcome_unknown
    assert secure_service.requests == []


def test_a_proxy_that_lets_nobody_in_has_passed_nothing_on(
    make_api: MakeApi, secure_service: Service, guarded_proxy: ForwardProxy
) -> None:
    session = requests.Session()
    session.proxies = {"https": guarded_proxy.url}
    for http_client in (
        RequestsHttpClient(session),
        HttpxHttpClient(httpx.Client(proxy=guarded_proxy.url)),
    ):
        api = make_api(secure_service)
        api.api_client.close()
        api.api_client.set_http_client(http_client)
        with pytest.raises(ApiConnectionException) as caught:
            create(api)
        assert not caught.value.outcome_unknown
    assert secure_service.requests == []


@pytest.mark.parametrize(
    "behave",
    [
        closing,
        resetting,
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        sending(b"nonsense\r\n\r\n"),
        sending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
    ],
    ids=["closed", "reset", "cut short", "cut short within a chunk", "no HTTP", "no gzip"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_got_lost_leaves_the_outcome_of_a_write_unknown(
    other_api: MessagingApi, raw_server: StartRawServer, behave: Behaviour, method: str
) -> None:
    server = raw_server(behave)
    other_api.api_client.host = server.url
    with pytest.raises(ApiConnectionException) as caught:
        other_api.api_client.call_api("/api/v2/things", method)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, method == "POST")
    assert len(server.requests) == 1


def drip(connection: Any, _request: bytes) -> None:
    """Send a byte of a body whenever the client has had time to read the one before."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.settimeout(0.02)
    while True:
        connection.sendall(b"1\r\n \r\n")
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


@pytest.mark.parametrize(
    ("behave", "limit"),
    [
        (hanging, {"_request_timeout": 0.1}),
        (hanging, {"_request_timeout": (30.0, 0.1)}),
        (hanging, {"_deadline": 0.1}),
        (drip, {"_deadline": 0.3}),
    ],
    ids=["timeout", "read timeout", "deadline", "deadline while bytes come"],
)
def test_time_limits_hold(
    other_api: MessagingApi, raw_server: StartRawServer, behave: Behaviour, limit: dict[str, Any]
) -> None:
    other_api.api_client.host = raw_server(behave).url
    with pytest.raises(ApiTimeoutException) as caught:
        other_api.api_client.call_api("/api/v2/things", "POST", **limit)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, True)


def test_the_http_client_may_have_a_time_limit_of_its_own(
    other_api: MessagingApi, raw_server: StartRawServer
) -> None:
    other_api.api_client.host = raw_server(hanging).url
    other_api.api_client.get_http_client().set_timeout(0.1)
    with pytest.raises(ApiTimeoutException):
        other_api.get_messaging_integrations_line()


def test_hooks_see_requests_and_answers(other_api: MessagingApi, service: Service) -> None:
    statuses: list[int] = []

    def sign(options: HttpRequestOptions) -> None:
        options.headers["X-Signature"] = options.method

    def watch(response: RESTResponse) -> None:
        statuses.append(response.status)

    http_client = other_api.api_client.get_http_client()
    http_client.set_pre_request_hook(sign)
    http_client.set_post_request_hook(watch)
    service.answer(200, {})
    service.answer(404, {})
    other_api.get_messaging_integrations_line()
    with pytest.raises(NotFoundException):
        other_api.get_messaging_integrations_line()

    assert [request.headers["X-Signature"] for request in service.requests] == ["GET", "GET"]
    assert statuses == [200]


def test_cookies_of_an_answer_are_not_kept(other_api: MessagingApi, service: Service) -> None:
    service.answer_always(200, {}, headers={"Set-Cookie": "session=1; Path=/"})
    other_api.get_messaging_integrations_line()
    other_api.get_messaging_integrations_line()
    assert "Cookie" not in service.requests[-1].headers


def test_a_password_of_netrc_does_not_take_the_place_of_the_token(
    other_api: MessagingApi, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password hunter2\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    service.answer(200, {})
    other_api.get_messaging_integrations_line()
    assert service.requests[-1].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_proxy_of_the_environment_that_only_the_other_client_knows_hides_no_failure(
    make_api: MakeApi, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = requests.Session()
    session.trust_env = False
    api = make_api(service)
    api.api_client.close()
    api.api_client.set_http_client(RequestsHttpClient(session))
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    service.answer(200, b"no JSON")
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line()
    assert caught.value.status == 200


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_that_repeats_the_token_is_not_shown(
    other_api: MessagingApi, service: Service, status: int
) -> None:
    service.answer(
        status,
        f'{{"message": "no good: Bearer {TOKEN}"'.encode() + (b"}" if status != 200 else b""),
        headers={"X-Echo": TOKEN, "Content-Type": "application/json"},
    )
    with pytest.raises(ApiException) as caught:
        other_api.get_messaging_integrations_line()
    error = caught.value
    assert error.status == status
    assert TOKEN not in f"{error} {error!r} {error.args} {error.headers}"
    if status != 200:  # else the body is what the caller asked for
        assert TOKEN not in f"{error.body} {error.error}"
