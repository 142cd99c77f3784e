"""What travels to another process, by pickle and by cloudpickle, and which secrets go along."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has none
import pytest
import trustme
from contract_facts import definitions
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    DefaultHttpClient,
    GatewayConfiguration,
    HttpRequestOptions,
    LineIntegrationEntityListing,
    MessagingApi,
    exceptions,
    models,
)
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.rest import RESTResponse
from PureCloudPlatformClientV2.sandbox import Sandbox

Dumps = Callable[[Any], bytes]

CANARY = "canary"

EXCEPTIONS = [
    kind
    for kind in vars(exceptions).values()
    if isinstance(kind, type) and issubclass(kind, ApiException)
]


@pytest.fixture(params=[pickle.dumps, cloudpickle.dumps], ids=["pickle", "cloudpickle"])
def dumps(request: pytest.FixtureRequest) -> Dumps:
    chosen: Dumps = request.param
    return chosen


@pytest.mark.parametrize("name", sorted(definitions))
def test_models_travel_whole(name: str, dumps: Dumps) -> None:
    kind: type[Model] = getattr(models, name)
    wire = dict.fromkeys(kind.attribute_map.values(), CANARY)
    model = kind()
    for field, swagger_type in kind.swagger_types.items():
        if swagger_type == "str":
            setattr(model, field, wire[kind.attribute_map[field]])
    model.additional_properties["ofLaterVersions"] = [1, {"a": None}]

    twin = pickle.loads(dumps(model))

    assert type(twin) is kind
    assert twin == model
    assert twin.to_json() == model.to_json()


def test_a_listing_travels_with_what_is_in_it(dumps: Dumps) -> None:
    wire = {"entities": [{"id": "1", "name": "A"}, {"id": "2", "status": "Novel"}], "total": 2}
    listing = LineIntegrationEntityListing.from_dict(wire)

    twin: LineIntegrationEntityListing = pickle.loads(dumps(listing))

    assert [one.id for one in twin] == ["1", "2"]
    assert twin == listing


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_exceptions_travel_with_all_that_they_tell(kind: type[ApiException], dumps: Dumps) -> None:
    body = b'{"message": "Slow down.", "contextId": "c-1", "code": "too.many.requests"}'
    answer = RESTResponse(429, "Too Many Requests", {"Retry-After": "7"}, body)
    error = kind(http_resp=answer, method="POST", url="http://h.example/api", outcome_unknown=True)

    twin: ApiException = pickle.loads(dumps(error))

    assert type(twin) is kind
    assert str(twin) == str(error)
    assert (twin.status, twin.retry_after, twin.correlation_id) == (429, 7, "c-1")
    assert (twin.method, twin.url, twin.outcome_unknown) == ("POST", error.url, True)
    assert twin.error == error.error


def test_an_exception_of_a_call_takes_no_token_along(
    api: MessagingApi, service: Service, dumps: Dumps
) -> None:
    service.answer(401, {"message": "no", "contextId": "c"})
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line()

    assert b"the-token" not in dumps(caught.value)


def client_with_secrets_everywhere(authority: trustme.CA) -> ApiClient:
    """A client that has a secret, with a number of its own, wherever there can be one."""
    configuration = Configuration(
        host="http://127.0.0.1:9", access_token=f"{CANARY}-1", client_secret=f"{CANARY}-2"
    )
    configuration.client_id = "the-client"
    configuration.password = f"{CANARY}-3"
    configuration.proxy_password = f"{CANARY}-4"
    configuration.api_key["X-Key"] = f"{CANARY}-5"
    configuration.gateway_configuration = GatewayConfiguration(password=f"{CANARY}-6")
    identity = authority.issue_cert("me.example")
    configuration.set_mtls_contents(
        identity.cert_chain_pems[0].bytes(), identity.private_key_pem.bytes()
    )
    client = ApiClient(configuration=configuration, cookie=f"session={CANARY}-7")
    client.access_token = f"{CANARY}-8"
    client.set_default_header("Authorization", f"Bearer {CANARY}-9")
    client.gateway_configuration = GatewayConfiguration(password=f"{CANARY}-10")
    client.set_default_header("X-Team", "night")
    return client


def default_http_client(client: ApiClient) -> DefaultHttpClient:
    found = client.get_http_client()
    assert isinstance(found, DefaultHttpClient)
    return found


WHAT_TRAVELS: dict[str, Callable[[ApiClient], object]] = {
    "configuration": lambda client: client.configuration,
    "client": lambda client: client,
    "api": MessagingApi,
    "http_client": ApiClient.get_http_client,
    "rest_client": lambda client: default_http_client(client).rest_client,
}


@pytest.mark.parametrize("part", WHAT_TRAVELS)
def test_no_secret_travels_unless_told(authority: trustme.CA, dumps: Dumps, part: str) -> None:
    client = client_with_secrets_everywhere(authority)

    pickled = dumps(WHAT_TRAVELS[part](client))

    assert CANARY.encode() not in pickled
    assert b"PRIVATE KEY" not in pickled
    assert b"127.0.0.1:9" in pickled


@pytest.mark.parametrize("part", ["client", "api"])
def test_every_secret_travels_if_told(authority: trustme.CA, dumps: Dumps, part: str) -> None:
    client = client_with_secrets_everywhere(authority)
    client.configuration.pickle_access_token = True

    pickled = dumps(WHAT_TRAVELS[part](client))

    missing = [number for number in range(1, 11) if f"{CANARY}-{number}".encode() not in pickled]
    assert missing == []
    assert b"PRIVATE KEY" in pickled


def test_what_is_told_holds_where_it_has_arrived_as_well(
    authority: trustme.CA, dumps: Dumps
) -> None:
    client = client_with_secrets_everywhere(authority)
    client.configuration.pickle_access_token = True
    twin: ApiClient = pickle.loads(dumps(client))

    assert twin.access_token == f"{CANARY}-8"
    assert twin.default_headers["X-Team"] == "night"
    assert pickle.loads(dumps(twin)).access_token == f"{CANARY}-8"


def test_a_gateway_travels_without_its_password(dumps: Dumps) -> None:
    client = ApiClient(configuration=Configuration(host="http://127.0.0.1:9"))
    client.gateway_configuration = GatewayConfiguration(host="gateway.example", password=CANARY)
    twin: ApiClient = pickle.loads(dumps(client))

    assert twin.gateway_configuration is not None
    assert twin.gateway_configuration.host == "gateway.example"
    assert not twin.gateway_configuration.password


def test_neither_environment_nor_file_can_tell_it() -> None:
    told = Configuration.settings()["pickle_access_token"]

    assert (told.env, told.section, told.key) == ((), "", "")


def test_what_the_environment_says_stays_behind_even_if_told(
    monkeypatch: pytest.MonkeyPatch, dumps: Dumps
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", CANARY)
    configuration = Configuration(host="http://127.0.0.1:9")
    configuration.pickle_access_token = True
    assert configuration.access_token == CANARY

    pickled = dumps(configuration)

    assert CANARY.encode() not in pickled
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "of-the-worker")
    assert pickle.loads(pickled).access_token == "of-the-worker"


@pytest.mark.parametrize("told", [False, True])
def test_a_token_from_signing_in_travels_only_if_told(
    purecloud_sandbox: Sandbox, dumps: Dumps, told: bool
) -> None:
    configuration = Configuration(host=purecloud_sandbox.host)
    configuration.pickle_access_token = told
    with ApiClient(configuration=configuration) as client:
        client.get_client_credentials_token(
            purecloud_sandbox.client_id, purecloud_sandbox.client_secret
        )
        token, pickled = client.access_token, dumps(client)

    with pickle.loads(pickled) as twin:
        assert twin.access_token == (token if told else "")
        for secret in (str(token), purecloud_sandbox.client_secret):
            assert (secret.encode() in pickled) is told
        if told:
            purecloud_sandbox.expire_tokens()  # the twin can renew it, too
            assert MessagingApi(twin).get_messaging_integrations_line().total == 0


def test_a_client_that_signs_in_by_its_configuration_signs_in_again_where_it_arrives(
    purecloud_sandbox: Sandbox, dumps: Dumps
) -> None:
    configuration = Configuration(
        host=purecloud_sandbox.host,
        client_id=purecloud_sandbox.client_id,
        client_secret=purecloud_sandbox.client_secret,
    )
    configuration.pickle_access_token = True
    with ApiClient(configuration=configuration) as client:
        MessagingApi(client).get_messaging_integrations_line()
        with pickle.loads(dumps(client)) as twin:
            MessagingApi(twin).get_messaging_integrations_line()

    sign_ins = [one for one in purecloud_sandbox.requests if one.path == "/oauth/token"]
    assert len(sign_ins) == 2


def add_trace(request: HttpRequestOptions) -> None:
    request.headers["X-Trace"] = "42"


def test_a_hook_travels_as_functions_do(
    api_client: ApiClient, service: Service, dumps: Dumps
) -> None:
    api_client.configuration.pickle_access_token = True
    api_client.get_http_client().set_pre_request_hook(add_trace)
    service.answer(200, {})

    with pickle.loads(dumps(api_client)) as twin:
        MessagingApi(twin).get_messaging_integrations_line()

    assert service.requests[-1].headers["X-Trace"] == "42"


def test_a_lambda_travels_by_cloudpickle_alone(api_client: ApiClient) -> None:
    api_client.get_http_client().set_post_request_hook(lambda response: None)

    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(api_client)
    assert pickle.loads(cloudpickle.dumps(api_client)).host == api_client.host
