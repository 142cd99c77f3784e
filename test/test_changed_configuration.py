"""A client that is given another configuration talks to that one's service, as it says."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    DefaultHttpClient,
    GatewayConfiguration,
    HttpRequestOptions,
    MessagingApi,
)
from PureCloudPlatformClientV2 import configuration as default_configuration
from PureCloudPlatformClientV2.rest import RESTResponse, UnauthorizedException


@pytest.fixture
def other_service() -> Iterator[Service]:
    with Service() as other:
        other.answer_by(lambda request: make_answer(200, {"total": 2}))
        yield other


@pytest.fixture
def other(other_service: Service, ca_file: str) -> Configuration:
    """The configuration of another organization, elsewhere."""
    other = Configuration(host=other_service.url, access_token="the-other-token")
    other.ssl_ca_cert = ca_file
    return other


def call(client: ApiClient) -> Any:
    return MessagingApi(client).get_messaging_integrations_line()


def authorization(service: Service) -> str | None:
    found: str | None = service.requests[-1].headers["Authorization"]
    return found


def test_a_new_client_is_given_a_configuration(
    other: Configuration, other_service: Service
) -> None:
    with ApiClient() as client:
        client.configuration = other
        assert client.configuration is other
        assert client.host == other_service.url
        assert call(client).total == 2
    assert authorization(other_service) == "Bearer the-other-token"


def sign_in(client: ApiClient, service: Service) -> None:
    service.answer(200, {"access_token": "of-the-first", "refresh_token": "r"})
    client.get_code_authorization_token("the-id", "the-secret", "code", "https://x.example")


def set_token(client: ApiClient, service: Service) -> None:
    client.access_token = "of-the-first"


def set_refresh_token(client: ApiClient, service: Service) -> None:
    client.refresh_token = "of-the-first"


def set_host(client: ApiClient, service: Service) -> None:
    client.host = service.url


def set_gateway(client: ApiClient, service: Service) -> None:
    host, _, port = service.url.removeprefix("http://").partition(":")
    client.gateway_configuration = GatewayConfiguration(host=host, port=int(port), protocol="http")


def set_header(client: ApiClient, service: Service) -> None:
    client.set_default_header("authorization", "Bearer of-the-first")


def set_key(client: ApiClient, service: Service) -> None:
    client.set_default_header("X-Api-Key", "of-the-first")


def set_cookie(client: ApiClient, service: Service) -> None:
    client.cookie = "session=of-the-first"


@pytest.mark.parametrize(
    "before",
    [
        sign_in,
        set_token,
        set_refresh_token,
        set_host,
        set_gateway,
        set_header,
        set_key,
        set_cookie,
    ],
)
@pytest.mark.parametrize("filled", ["before", "after"])
def test_nothing_of_the_first_organization_reaches_the_other(
    api_client: ApiClient,
    service: Service,
    other: Configuration,
    other_service: Service,
    before: Any,
    filled: str,
) -> None:
    before(api_client, service)
    service.requests.clear()
    if filled == "before":
        api_client.configuration = other
    else:
        empty = Configuration()
        api_client.configuration = empty
        empty.host, empty.access_token = other.host, other.access_token

    assert call(api_client).total == 2

    assert service.requests == []
    assert authorization(other_service) == "Bearer the-other-token"
    assert "of-the-first" not in str(other_service.requests[-1].headers)
    assert (api_client.access_token, api_client.refresh_token) == ("", "")
    assert (api_client.client_id, api_client.client_secret) == ("", "")


def test_without_credentials_of_its_own_the_call_is_refused_and_says_how_to_sign_in(
    api_client: ApiClient, service: Service, other: Configuration, other_service: Service
) -> None:
    sign_in(api_client, service)
    other.access_token = None
    other_service.answer(401, {"message": "no"})
    api_client.configuration = other
    with pytest.raises(UnauthorizedException, match="no access token is set"):
        call(api_client)
    assert authorization(other_service) is None


def test_the_same_configuration_changes_nothing(api_client: ApiClient, service: Service) -> None:
    sign_in(api_client, service)
    api_client.cookie = "a=b"
    api_client.configuration = api_client.configuration
    service.answer(200, {})
    call(api_client)
    assert authorization(service) == "Bearer of-the-first"
    assert service.requests[-1].headers["Cookie"] == "a=b"


def test_headers_and_hooks_that_are_no_secrets_stay(
    api_client: ApiClient, other: Configuration, other_service: Service
) -> None:
    def hook(options: HttpRequestOptions) -> None:
        options.headers["X-Hook"] = "yes"

    api_client.set_default_header("X-Team", "night")
    api_client.user_agent = "script"
    api_client.http_client.set_pre_request_hook(hook)
    api_client.http_client.set_timeout(7)
    api_client.configuration = other
    call(api_client)
    headers = other_service.requests[-1].headers
    assert (headers["X-Team"], headers["User-Agent"], headers["X-Hook"]) == (
        "night",
        "script",
        "yes",
    )
    assert api_client.http_client.timeout == 7


def test_connections_are_made_as_the_other_configuration_says(
    api_client: ApiClient, service: Service, other: Configuration, other_service: Service
) -> None:
    service.answer(200, {})
    call(api_client)
    other.host = "http://api.example"
    other.proxy = other_service.url
    api_client.configuration = other
    call(api_client)
    assert other_service.requests[-1].target.startswith("http://api.example/")


def test_an_http_client_of_ones_own_stays(api_client: ApiClient, other: Configuration) -> None:
    class Own(AbstractHttpClient):
        def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
            return RESTResponse(200, None, {}, b'{"total": 3}')

    own = Own()
    api_client.http_client = own
    api_client.configuration = other
    assert api_client.http_client is own
    assert call(api_client).total == 3


def test_an_http_client_with_a_configuration_of_its_own_keeps_it(
    api_client: ApiClient, other: Configuration, ca_file: str
) -> None:
    class Own(DefaultHttpClient):
        pass

    limited = Configuration()
    limited.max_response_bytes = 1
    api_client.http_client = Own(configuration=limited)
    api_client.configuration = other
    with copy.deepcopy(api_client) as twin:
        for client in (api_client, twin):
            assert isinstance(client.http_client, Own)
            with pytest.raises(ApiException, match="max_response_bytes"):
                call(client)


def test_a_copy_and_its_original_go_their_own_ways(
    api_client: ApiClient, service: Service, other: Configuration, other_service: Service
) -> None:
    twin = copy.copy(api_client)
    twin.configuration = other
    service.answer(200, {"total": 1})
    assert (call(api_client).total, call(twin).total) == (1, 2)
    assert authorization(service) == "Bearer the-token"
    twin.close()


def test_api_objects_follow_their_client(
    api: MessagingApi, other: Configuration, other_service: Service
) -> None:
    api.api_client.configuration = other
    assert api.get_messaging_integrations_line().total == 2


@pytest.mark.parametrize("wrong", [None, "https://api.mypurecloud.de", {}, Configuration])
def test_something_else_is_refused(api_client: ApiClient, wrong: Any) -> None:
    before = api_client.configuration
    with pytest.raises(TypeError, match=r"^configuration: give a Configuration"):
        api_client.configuration = wrong
    assert api_client.configuration is before


class Gate:
    """Holds every request to a service until it is let go."""

    def __init__(self, service: Service, content: dict[str, Any]) -> None:
        self.asked, self.open = threading.Event(), threading.Event()
        self.content = content
        service.answer_by(self.respond)

    def respond(self, request: Request) -> Answer:
        self.asked.set()
        self.open.wait(30)
        return make_answer(200, self.content)


def in_a_thread(work: Any) -> tuple[threading.Thread, list[Any]]:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    return thread, results


def test_a_call_under_way_ends_where_it_began(
    api_client: ApiClient, service: Service, other: Configuration, other_service: Service
) -> None:
    gate = Gate(service, {"total": 1})
    thread, results = in_a_thread(lambda: call(api_client).total)
    assert gate.asked.wait(30)
    api_client.configuration = other
    assert call(api_client).total == 2
    gate.open.set()
    thread.join()
    assert results == [1]
    assert len(other_service.requests) == 1


def test_a_token_under_way_is_not_for_the_other_organization(
    api_client: ApiClient, service: Service, other: Configuration, other_service: Service
) -> None:
    gate = Gate(service, {"access_token": "of-the-first"})
    thread, _ = in_a_thread(lambda: api_client.get_client_credentials_token("the-id", "the-secret"))
    assert gate.asked.wait(30)
    api_client.configuration = other
    gate.open.set()
    thread.join()
    call(api_client)
    assert authorization(other_service) == "Bearer the-other-token"


def test_a_client_that_loses_its_host_does_not_sign_in_anywhere_else(
    api_client: ApiClient, service: Service
) -> None:
    api_client.configuration = Configuration()
    with pytest.raises(ValueError, match=rf"it was at {service.url} before: set host on"):
        api_client.get_client_credentials_token("the-id", "the-secret")
    assert service.requests == []
    api_client.configuration.host = service.url
    service.answer(200, {"access_token": "t"})
    api_client.get_client_credentials_token("the-id", "the-secret")
    assert len(service.requests) == 1


def client_credentials(client: ApiClient, token: str, service: Service) -> ApiClient:
    service.answer(200, {"access_token": token})
    client.get_client_credentials_token("id", f"secret of {token}")
    return client


@pytest.mark.parametrize("shared", [True, False], ids=["the default one", "one of its own"])
def test_a_token_stays_with_the_host_where_it_comes_from(
    service: Service, other_service: Service, configuration: Configuration, shared: bool
) -> None:
    """Scripts go through several organizations with one configuration."""
    one = default_configuration if shared else configuration
    one.host = service.url
    first = client_credentials(ApiClient(configuration=one), "first", service)
    one.host = other_service.url
    second = client_credentials(ApiClient(configuration=one), "second", other_service)
    assert (first.host, second.host) == (service.url, other_service.url)

    service.answer(200, {"total": 1})
    call(first)
    assert authorization(service) == "Bearer first"
    other_service.answer(200, {"total": 2})
    call(second)
    assert authorization(other_service) == "Bearer second"
    service.answer(200, {"access_token": "renewed"})
    first.handle_expired_access_token()
    assert service.requests[-1].path == "/oauth/token"
    assert [request.path for request in other_service.requests].count("/oauth/token") == 1

    again = client_credentials(first, "of the second", other_service)
    assert again.host == other_service.url


WAYS_TO_GO_ON: dict[str, Callable[[ApiClient], ApiClient]] = {
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "refresh token": lambda client: with_stored(client, refresh_token="stored"),
    "and access token": lambda client: with_stored(client, refresh_token="s", access_token="a"),
    "taken back": lambda client: with_stored(client, refresh_token="stored", taken_back=True),
}


def with_stored(
    client: ApiClient, *, refresh_token: str, access_token: str = "", taken_back: bool = False
) -> ApiClient:
    client.refresh_token = refresh_token
    if access_token:
        client.access_token = access_token
    if taken_back:
        client.refresh_token = ""
    return client


@pytest.mark.parametrize("way", WAYS_TO_GO_ON)
def test_it_stays_there_however_the_client_goes_on(
    service: Service, other_service: Service, configuration: Configuration, way: str
) -> None:
    client = client_credentials(ApiClient(configuration=configuration), "first", service)
    client = WAYS_TO_GO_ON[way](client)
    client.configuration.host = other_service.url

    assert client.host == service.url
    service.answer(200, {"total": 1})
    call(client)
    assert other_service.requests == []


def test_a_host_that_the_client_is_given_afterwards_counts(
    service: Service, other_service: Service, api_client: ApiClient
) -> None:
    client_credentials(api_client, "first", service)
    api_client.host = other_service.url
    other_service.answer(200, {"total": 2})
    assert call(api_client).total == 2
