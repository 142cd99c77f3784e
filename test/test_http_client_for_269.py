"""HTTP clients, responses, requests and exceptions as they are written for the vendor's 269."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from email.message import Message
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import urllib3
from service import Service

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    DefaultHttpClient,
    HttpRequestOptions,
    LineIntegrationRequest,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import (
    NotFoundException,
    RESTResponse,
    TooManyRequestsException,
    UnauthorizedException,
)

# Responses


def of_urllib3(data: bytes = b"{}", status: int = 200) -> urllib3.HTTPResponse:
    headers = {"Content-Type": "application/json", "X-One": "1"}
    return urllib3.HTTPResponse(data, headers, status, reason="Fine")


def test_a_response_is_made_of_one_of_urllib3() -> None:
    response = RESTResponse(of_urllib3(b"[1]", 201))
    assert (response.status, response.reason, response.content) == (201, "Fine", b"[1]")
    assert (response.getheader("x-one"), response.getheader("x-two", "?")) == ("1", "?")
    assert dict(response.getheaders())["X-One"] == "1"


def test_its_data_can_be_decoded_and_set_as_there() -> None:
    response: Any = RESTResponse(of_urllib3("é".encode()))
    assert response.data == "é".encode()
    response.data = response.data.decode("utf8")
    assert (response.data, response.content) == ("é", "é".encode())


def test_a_response_of_ours_shows_that_of_urllib3() -> None:
    ours = RESTResponse(404, "Gone", {"X-One": "1", "Content-Encoding": "gzip"}, b"{}")
    theirs = ours.urllib3_response
    assert (theirs.status, theirs.reason, theirs.data) == (404, "Gone", b"{}")
    assert theirs.headers["x-one"] == "1"


@pytest.mark.parametrize(
    ("data", "content"),
    [
        ("\ud83da", b"?a"),
        (None, b""),
        (b"\xff", b"\xff"),
        (bytearray(b"a"), b"a"),
        (memoryview(b"a"), b"a"),
    ],
)
def test_whatever_its_data_is_the_content_is_bytes(data: Any, content: bytes) -> None:
    response: Any = RESTResponse(SimpleNamespace(status=200, data=data))
    assert response.content == content
    response.data = data
    assert (response.content, type(response.content)) == (content, bytes)


KINDS: dict[str, Callable[[], Any]] = {
    "text": lambda: SimpleNamespace(
        status=200, reason="OK", data='{"total": 7}', getheaders=lambda: {"X-One": "1"}
    ),
    "bytes": lambda: SimpleNamespace(
        status=200, reason="OK", data=b'{"total": 7}', getheaders=lambda: [("X-One", "1")]
    ),
    "headers": lambda: SimpleNamespace(status=200, data='{"total": 7}', headers={"X-One": "1"}),
    "message": lambda: SimpleNamespace(
        status=200, reason=None, data=bytearray(b'{"total": 7}'), headers=message(X_One="1")
    ),
    "urllib3": lambda: of_urllib3(b'{"total": 7}'),
    "of urllib3": lambda: RESTResponse(of_urllib3(b'{"total": 7}')),
    "mock": lambda: Mock(
        status=200, reason="OK", data='{"total": 7}', getheaders=lambda: {"X-One": "1"}
    ),
}


def message(**headers: str) -> Message[str, str]:
    made: Message[str, str] = Message()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


class Own(AbstractHttpClient):
    """Answers with what it is given, or raises it."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)
        self.seen: list[HttpRequestOptions] = []

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        self.seen.append(http_request_options)
        answer: Any = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]  # whatever it is


@pytest.mark.parametrize("kind", KINDS)
def test_an_http_client_may_give_a_response_of_any_kind(api: MessagingApi, kind: str) -> None:
    api.api_client.http_client = Own(KINDS[kind]())
    assert api.get_messaging_integrations_line().total == 7
    last = api.api_client.last_response
    assert last is not None
    assert (last.data, last.content) == ('{"total": 7}', b'{"total": 7}')
    assert last.headers["x-one"] == "1"


@pytest.mark.parametrize("kind", KINDS)
def test_a_hook_may_give_a_response_of_any_kind(
    api: MessagingApi, service: Service, kind: str
) -> None:
    service.answer(200, {"total": 1})
    api.api_client.http_client.set_post_request_hook(lambda response: KINDS[kind]())
    assert api.get_messaging_integrations_line().total == 7


@pytest.mark.parametrize(
    "answer", [5, "text", SimpleNamespace(data="{}"), SimpleNamespace(status=200)]
)
def test_what_is_no_response_is_said_to_be_none(api: MessagingApi, answer: Any) -> None:
    api.api_client.set_http_client(Own(answer))
    with pytest.raises(TypeError, match="is no response"):
        api.get_messaging_integrations_line()


# Refusals


def refused(status: int, **options: Any) -> ApiException:
    """As 269's own client raises it."""
    response: Any = SimpleNamespace(
        status=status,
        reason="No",
        data=b'{"message": "no", "code": "c"}',
        getheaders=lambda: {"Retry-After": "7"},
    )
    return ApiException(http_resp=response, **options)


def test_an_exception_is_made_of_a_response_of_any_kind() -> None:
    error = refused(429)
    assert (error.status, error.reason, error.body) == (429, "No", '{"message": "no", "code": "c"}')
    assert error.headers is not None
    assert error.headers.get("Retry-After") == "7"
    assert error.error is not None
    assert error.error.code == "c"


@pytest.mark.parametrize("made", [{}, {"url": "http://h.example/", "method": "GET"}])
@pytest.mark.parametrize(("status", "kind"), [(300, ApiException), (404, NotFoundException)])
def test_what_an_http_client_raises_is_of_the_class_of_its_status(
    api: MessagingApi, status: int, kind: type[ApiException], made: dict[str, str]
) -> None:
    cause = refused(status, **made)
    api.api_client.set_http_client(Own(cause))
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line()
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.method) == (status, "GET")
    assert "/api/v2/messaging/integrations/line" in str(caught.value)
    assert caught.value.retry_after == 7
    assert caught.value.__cause__ is cause


def test_what_it_says_of_the_outcome_is_kept(api: MessagingApi) -> None:
    api.api_client.set_http_client(Own(refused(429, outcome_unknown=True)))
    with pytest.raises(TooManyRequestsException) as caught:
        api.post_messaging_integrations_line(LineIntegrationRequest(name="A"))
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    "failure",
    [ApiException(status=0, reason="SSLError\nbad"), ApiException(206, "Partial"), OSError("x")],
    ids=repr,
)
def test_other_failures_come_out_as_they_are(api: MessagingApi, failure: Exception) -> None:
    api.api_client.set_http_client(Own(failure))
    with pytest.raises(type(failure)) as caught:
        api.get_messaging_integrations_line()
    assert caught.value is failure


@pytest.mark.parametrize("by_response", [True, False], ids=["returned", "raised"])
def test_a_token_that_is_refused_is_renewed(api_client: ApiClient, by_response: bool) -> None:
    no: Any = refused(401)
    if by_response:
        no = SimpleNamespace(status=401, reason="No", data="{}", getheaders=dict)
    tokens = [of_urllib3(f'{{"access_token": "t-{number}"}}'.encode()) for number in (1, 2)]
    own = Own(tokens[0], no, tokens[1], of_urllib3(b"{}"))
    api_client.set_http_client(own)
    MessagingApi(
        api_client.get_client_credentials_token("the-id", "the-secret")
    ).get_messaging_integrations_line()
    authorizations = [one.headers["Authorization"] for one in own.seen]
    assert authorizations[1::2] == ["Bearer t-1", "Bearer t-2"]


def test_a_secret_in_what_it_raises_is_not_shown(api: MessagingApi) -> None:
    response: Any = SimpleNamespace(status=401, reason="No", data="the-token", getheaders=dict)
    cause = ApiException(http_resp=response)
    api.api_client.set_http_client(Own(cause))
    with pytest.raises(UnauthorizedException) as caught:
        api.get_messaging_integrations_line()
    assert "the-token" not in f"{caught.value}{caught.value.body}{cause}{cause.body}"


# Requests


def test_a_request_takes_its_arguments_by_position() -> None:
    options = HttpRequestOptions(
        "http://h.example/x", "get", {"X-One": "1"}, {"a": "b"}, {"c": "d"}, [1], 5
    )
    assert (options.url, options.method) == ("http://h.example/x", "GET")
    assert (options.headers, options.query_params) == ({"X-One": "1"}, {"a": "b"})
    assert (options.post_params, options.body, options.timeout) == ({"c": "d"}, [1], 5)


def test_what_a_request_leaves_out_is_empty() -> None:
    options = HttpRequestOptions(url="http://h.example/x", method="POST")
    assert (options.headers, options.query_params, options.post_params) == ({}, {}, {})
    assert (options.body, options.content) == (None, None)


@pytest.mark.parametrize(
    ("url", "method", "name"),
    [
        ("", "GET", "url"),
        (None, "GET", "url"),
        ("http://h.example/", "", "method"),
        ("http://h.example/", None, "method"),
        ("http://h.example/", "FETCH", "method"),
    ],
)
def test_a_request_without_a_place_or_a_verb_is_refused(url: Any, method: Any, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}"):
        HttpRequestOptions(url=url, method=method)
    good = HttpRequestOptions(url="http://h.example/", method="GET")
    with pytest.raises(ValueError, match=f"^{name}"):
        setattr(good, name, url if name == "url" else method)
    assert (good.url, good.method) == ("http://h.example/", "GET")


def test_a_hook_may_write_the_verb_in_small_letters(api: MessagingApi, service: Service) -> None:
    def hook(options: HttpRequestOptions) -> HttpRequestOptions:
        options.method = "head"
        return options

    service.answer(204)
    api.api_client.http_client.set_pre_request_hook(hook)
    api.api_client.call_api("/x", "GET")
    assert service.requests[-1].method == "HEAD"


@pytest.mark.parametrize(
    ("call", "content_type"),
    [
        ({"body": {"a": 1}}, "application/json"),
        ({"body": []}, "application/json"),
        ({"post_params": {"a": "1"}}, "application/x-www-form-urlencoded"),
        ({"body": {}, "header_params": {"content-type": "application/merge"}}, "application/merge"),
        ({}, None),
    ],
)
def test_an_http_client_can_go_by_the_content_type(
    api_client: ApiClient, call: dict[str, Any], content_type: str | None
) -> None:
    own = Own(of_urllib3())
    api_client.set_http_client(own)
    api_client.call_api("/x", "POST", **call)
    headers = own.seen[0].headers
    found = [headers[name] for name in headers if name.lower() == "content-type"]
    assert found == ([content_type] if content_type else [])


def test_a_sign_in_has_a_content_type_as_well(api_client: ApiClient) -> None:
    own = Own(of_urllib3(b'{"access_token": "t"}'))
    api_client.set_http_client(own)
    api_client.get_client_credentials_token("the-id", "the-secret")
    assert own.seen[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert own.seen[0].post_params == {"grant_type": "client_credentials"}


# Statuses


@pytest.mark.parametrize("made", [{}, {"status": None}, {"status": 0}, {"reason": "x"}])
def test_the_status_of_an_exception_is_a_number(made: dict[str, Any]) -> None:
    error = ApiException(**made)
    assert (error.status, error.status >= 500) == (0, False)
    assert pickle.loads(pickle.dumps(error)).status == 0


# Setting an HTTP client


def test_the_http_client_can_be_read_and_set(api_client: ApiClient) -> None:
    assert isinstance(api_client.http_client, DefaultHttpClient)
    own = Own()
    api_client.http_client = own
    assert api_client.http_client is own is api_client.get_http_client()


@pytest.mark.parametrize("wrong", [None, object(), Own])
def test_what_is_no_http_client_is_refused(api_client: ApiClient, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^http_client: "):
        api_client.http_client = wrong
