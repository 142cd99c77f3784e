"""What an exception advises about credentials, the region, and endpoints that are gone."""

from __future__ import annotations

import pickle

import pytest
from calls import read
from service import Service, unused_url

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    HttpRequestOptions,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    NotFoundException,
    RESTResponse,
    UnauthorizedException,
)


def test_a_401_for_want_of_a_token_says_how_to_give_one(service: Service) -> None:
    service.answer(401, {"message": "No bearer token"})
    api = MessagingApi(ApiClient(configuration=Configuration(host=service.url)))

    with pytest.raises(UnauthorizedException) as caught:
        read(api)

    assert "no access token is set: give access_token, or client_id" in caught.value.advice
    assert str(caught.value).endswith(caught.value.advice)
    assert pickle.loads(pickle.dumps(caught.value)).advice == caught.value.advice


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"access_token": "bad"}, "the access token is unknown to this host, or has expired"),
        ({"client_id": "i"}, "client_id is set, but client_secret is not"),
        ({"client_secret": "s"}, "client_secret is set, but client_id is not"),
    ],
)
def test_a_401_says_what_is_wrong_with_the_credentials(
    service: Service, given: dict[str, str], advice: str
) -> None:
    service.answer(401, {"message": "Bad token"})
    api = MessagingApi(ApiClient(configuration=Configuration(host=service.url, **given)))
    with pytest.raises(UnauthorizedException) as caught:
        read(api)
    assert caught.value.advice == advice


class Refusing(AbstractHttpClient):
    """Knows no token and no OAuth client."""

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        if "/oauth/token" in http_request_options.url:
            return RESTResponse(400, "Bad Request", {}, b'{"error": "invalid_client"}')
        return RESTResponse(401, "Unauthorized", {}, b"{}")


NO_REGION = "no region is set, so mypurecloud.com was called; GENESYSCLOUD_REGION says where"


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({}, "no access token is set: "),
        ({"access_token": "a"}, "the access token is unknown to this host, or has expired; "),
        ({"client_id": "i", "client_secret": "s"}, NO_REGION),
    ],
    ids=["nothing", "token", "client"],
)
def test_a_refusal_where_no_region_is_set_says_so(
    given: dict[str, str], begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def advice(**place: str) -> str:
        client = ApiClient(configuration=Configuration(**given, **place))
        client.set_http_client(Refusing())
        with pytest.raises(ApiException) as caught:
            client.call_api("/api/v2/users/me", "GET", auth_settings=["PureCloud OAuth"])
        return caught.value.advice

    monkeypatch.setenv("GENESYSCLOUD_HOST", "mypurecloud.de")  # which nobody reads
    assert advice().startswith(begins)
    assert advice().endswith(NO_REGION)
    assert "region" not in advice(host="https://gateway.example")
    monkeypatch.setenv("GENESYSCLOUD_REGION", "us-east-1")
    assert "region" not in advice()


def test_a_sign_in_where_no_region_is_set_says_so() -> None:
    client = ApiClient(configuration=Configuration())
    client.set_http_client(Refusing())
    with pytest.raises(ApiException) as caught:
        client.get_client_credentials_token("i", "s")
    assert caught.value.advice == NO_REGION


def test_no_answer_where_no_region_is_set_says_so() -> None:
    configuration = Configuration(access_token="a")
    configuration.proxy, configuration.retries = unused_url(), 0
    with ApiClient(configuration=configuration) as client:
        with pytest.raises(ApiConnectionException) as caught:
            client.call_api("/api/v2/users/me", "GET")
        assert caught.value.advice.endswith(NO_REGION)
        client.configuration.host = "us-east-1"
        with pytest.raises(ApiConnectionException) as caught:
            client.call_api("/api/v2/users/me", "GET")
        assert "region" not in caught.value.advice


def test_what_is_no_matter_of_the_region_does_not_speak_of_it() -> None:
    client = ApiClient(configuration=Configuration(access_token="a"))
    client.set_http_client(PublicCloud())
    with pytest.raises(NotFoundException) as caught:
        client.call_api("/api/v2/users/me", "GET")
    assert "region" not in caught.value.advice


class PublicCloud(AbstractHttpClient):
    """Answers every request as the public cloud does since 2020."""

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        return RESTResponse(404, "Not Found", {}, b"{}")


@pytest.mark.parametrize(
    ("host", "path", "advised"),
    [
        ("eu-central-1", "/api/v2/messaging/integrations/line", True),
        ("us-east-1", "/api/v2/messaging/stickers/{messengerType}", True),
        ("eu-central-1", "/api/v2/messaging/supportedcontent", False),
        ("https://gateway.example", "/api/v2/messaging/integrations/line", False),
    ],
)
def test_a_404_of_the_public_cloud_says_that_the_endpoint_is_gone(
    host: str, path: str, advised: bool
) -> None:
    client = ApiClient(configuration=Configuration(host=host, access_token="token"))
    client.set_http_client(PublicCloud())
    with pytest.raises(NotFoundException) as caught:
        client.call_api(path, "GET", {"messengerType": "line"})
    assert ("removed this endpoint from its public cloud" in str(caught.value)) == advised
