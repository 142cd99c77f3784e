from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import Behaviour, RawServer, Service, hanging

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    DefaultHttpClient,
    HttpRequestOptions,
    LineIntegrationRequest,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import ApiTimeoutException, RESTResponse


class OwnHttpClient(AbstractHttpClient):
    """Answers by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[HttpRequestOptions] = []

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        self.seen.append(http_request_options)
        return RESTResponse(200, "OK", {"X-Own": "1"}, b'{"id": "int-1"}')


def test_another_http_client_can_take_over(api: MessagingApi, service: Service) -> None:
    own = OwnHttpClient()
    api.api_client.set_http_client(own)

    updated = api.put_messaging_integrations_line_integration_id(
        "int-1", LineIntegrationRequest(name="A"), _request_timeout=(1.0, 2.0)
    )

    assert api.api_client.get_http_client() is own
    (options,) = own.seen
    assert (options.method, options.url) == (
        "PUT",
        f"{service.url}/api/v2/messaging/integrations/line/int-1",
    )
    assert options.body == {"name": "A"}
    assert options.headers["Authorization"] == "Bearer the-token"
    assert options.timeout == (1.0, 2.0)
    assert (options.query_params, options.post_params) == ({}, {})
    assert updated.id == "int-1"
    assert api.api_client.last_response is not None
    assert api.api_client.last_response.headers["x-own"] == "1"
    assert service.requests == []
    api.api_client.close()


@pytest.mark.parametrize("content", [b"\xff\x00", b"\xef\xbb\xbfa"])
def test_the_content_of_its_answer_stays_as_it_is(
    api_client: ApiClient, tmp_path: Path, content: bytes
) -> None:
    class Binary(AbstractHttpClient):
        def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
            return RESTResponse(200, "OK", {}, content)

    api_client.configuration.temp_folder_path = str(tmp_path)
    api_client.set_http_client(Binary())
    path = api_client.call_api("/x", "GET", response_type="file")
    assert Path(path).read_bytes() == content


def test_a_broken_answer_of_another_http_client_is_an_api_exception(api: MessagingApi) -> None:
    class Broken(OwnHttpClient):
        def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
            return RESTResponse(200, None, {}, b"")

    api.api_client.set_http_client(Broken())
    with pytest.raises(ApiException, match="cannot be used") as caught:
        api.get_messaging_integrations_line()
    assert caught.value.status == 200


def test_an_http_client_must_say_how_it_sends() -> None:
    incomplete: Any = AbstractHttpClient
    with pytest.raises(TypeError, match="abstract"):
        incomplete()


def test_a_hook_may_change_a_request(api: MessagingApi, service: Service) -> None:
    def sign(options: HttpRequestOptions) -> None:
        options.headers["X-Signature"] = f"{options.method} {len(options.query_params)}"

    api.api_client.get_http_client().set_pre_request_hook(sign)
    service.answer(200, {})
    api.get_messaging_integrations_line(page_size=1, page_number=2)
    assert service.requests[-1].headers["X-Signature"] == "GET 2"


def test_a_hook_may_replace_a_request(api: MessagingApi, service: Service) -> None:
    def replace(options: HttpRequestOptions) -> HttpRequestOptions:
        return HttpRequestOptions(url=f"{service.url}/elsewhere", method="POST", body={"a": 1})

    api.api_client.get_http_client().set_pre_request_hook(replace)
    service.answer(200, {})
    api.get_messaging_integrations_line()
    request = service.requests[-1]
    assert (request.method, request.target, request.json) == ("POST", "/elsewhere", {"a": 1})


@pytest.mark.parametrize("own", [None, 5])
def test_a_request_of_a_hook_must_be_over_with_the_call_or_when_it_says(
    api: MessagingApi, service: Service, own: float | None
) -> None:
    ends: list[float | None] = []
    requests: list[HttpRequestOptions] = []

    def replace(options: HttpRequestOptions) -> HttpRequestOptions:
        other = HttpRequestOptions(f"{service.url}/elsewhere", "GET", deadline=own)
        ends.append(other.end or options.end)
        requests.append(other)
        return other

    api.api_client.get_http_client().set_pre_request_hook(replace)
    service.answer(200, {})
    api.get_messaging_integrations_line(_deadline=30)
    assert [request.end for request in requests] == ends
    assert requests[0].deadline is not None
    assert 0 < requests[0].deadline <= (own or 30)


def test_the_deadline_of_a_request_can_be_taken_away_and_is_checked() -> None:
    request = HttpRequestOptions("http://h.example/", "GET", deadline=60)
    with pytest.raises(ValueError, match=r"^deadline: .* seconds above zero"):
        request.deadline = 0
    assert request.deadline is not None
    request.deadline = None
    assert request.deadline is None


def test_a_token_takes_the_place_of_what_signs_a_request_already() -> None:
    for name in ("authorization", "Authorization", "AUTHORIZATION"):
        request = HttpRequestOptions("http://h.example/", "GET", {name: "Basic a", "X-Own": "b"})
        signed = request.signed("the-token").headers
        assert signed == {"X-Own": "b", "Authorization": "Bearer the-token"}
        assert request.headers == {name: "Basic a", "X-Own": "b"}


def test_what_a_hook_puts_into_a_request_is_checked(api: MessagingApi, service: Service) -> None:
    def inject(options: HttpRequestOptions) -> None:
        options.headers["X-Own"] = "a\r\nX-Injected: yes"

    api.api_client.get_http_client().set_pre_request_hook(inject)
    with pytest.raises(ValueError, match="header X-Own"):
        api.get_messaging_integrations_line()
    assert service.requests == []


def test_a_hook_that_changes_the_configuration_does_so_for_the_next_call(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    def change(_: HttpRequestOptions) -> None:
        configuration.retries = 0

    configuration.retries = 1
    api.api_client.get_http_client().set_pre_request_hook(change)
    service.answer_always(503, {}, headers={"Retry-After": "0"})
    for requests in (2, 3):
        with pytest.raises(ApiException):
            api.get_messaging_integrations_line()
        assert len(service.requests) == requests


def test_a_hook_sees_and_may_replace_an_answer(api: MessagingApi, service: Service) -> None:
    seen: list[int] = []

    def watch(response: RESTResponse) -> None:
        seen.append(response.status)

    def replace(response: RESTResponse) -> RESTResponse:
        return RESTResponse(response.status, None, {}, b'{"total": 9}')

    http_client = api.api_client.get_http_client()
    service.answer_always(200, {"total": 1})
    http_client.set_post_request_hook(watch)
    assert api.get_messaging_integrations_line().total == 1
    http_client.set_post_request_hook(replace)
    assert api.get_messaging_integrations_line().total == 9
    assert seen == [200]


def test_a_failure_does_not_reach_the_post_request_hook(
    api: MessagingApi, service: Service
) -> None:
    seen: list[RESTResponse] = []
    api.api_client.get_http_client().set_post_request_hook(seen.append)
    service.answer(404, {})
    with pytest.raises(ApiException):
        api.get_messaging_integrations_line()
    assert seen == []


def test_what_a_hook_raises_reaches_the_caller(api: MessagingApi, service: Service) -> None:
    def veto(options: HttpRequestOptions) -> None:
        raise PermissionError("not on Sundays")

    api.api_client.get_http_client().set_pre_request_hook(veto)
    with pytest.raises(PermissionError, match="Sundays"):
        api.get_messaging_integrations_line()
    assert service.requests == []


@pytest.mark.parametrize("by_argument", [True, False])
def test_an_http_client_may_have_a_time_limit_of_its_own(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer], by_argument: bool
) -> None:
    http_client = DefaultHttpClient(timeout=0.05 if by_argument else None)
    if not by_argument:
        http_client.set_timeout((5, 0.05))
    api.api_client.set_http_client(http_client)
    api.api_client.host = raw_server(hanging).url
    with pytest.raises(ApiTimeoutException):
        api.get_messaging_integrations_line()


def test_the_time_limit_of_a_call_outweighs_that_of_the_http_client(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    api.api_client.get_http_client().set_timeout(500)
    api.api_client.host = raw_server(hanging).url
    with pytest.raises(ApiTimeoutException):
        api.get_messaging_integrations_line(_request_timeout=0.05)


def test_a_default_http_client_takes_the_configuration_of_its_api_client(
    api_client: ApiClient, service: Service
) -> None:
    http_client = DefaultHttpClient()
    http_client.close()
    api_client.set_http_client(http_client)
    service.answer(200, {})
    MessagingApi(api_client).get_messaging_integrations_line()
    assert len(service.requests) == 1


def test_a_default_http_client_keeps_the_configuration_it_has(
    api_client: ApiClient, service: Service
) -> None:
    own = Configuration()
    own.max_response_bytes = 1
    http_client = DefaultHttpClient(configuration=own)
    api_client.set_http_client(http_client)
    service.answer(200, {})
    with pytest.raises(ApiException, match="max_response_bytes"):
        MessagingApi(api_client).get_messaging_integrations_line()


def test_a_request_can_be_sent_without_an_api_client(
    configuration: Configuration, service: Service
) -> None:
    service.answer(200, {"a": 1})
    http_client = DefaultHttpClient(configuration=configuration)
    options = HttpRequestOptions(url=f"{service.url}/x", method="PUT", body=[1])
    assert repr(options) == f"HttpRequestOptions(method='PUT', url='{service.url}/x')"
    assert http_client.request(options).data == '{"a": 1}'
    assert service.requests[-1].json == [1]
    http_client.close()
