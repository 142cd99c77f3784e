"""What a script for the vendor's SDK 269 does, in its words, from the sign-in to the answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException
from PureCloudPlatformClientV2.sandbox import Sandbox

from .conftest import PASSWORD, USERNAME, MakeClient, MakeGateway
from .forward_proxy import ForwardProxy


@pytest.fixture(autouse=True)
def _host(purecloud_sandbox: Sandbox) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    """The region, and then the sandbox in its place."""
    region = PureCloudPlatformClientV2.PureCloudRegionHosts.us_east_1
    PureCloudPlatformClientV2.configuration.host = region.get_api_host()
    assert PureCloudPlatformClientV2.configuration.host == "https://api.mypurecloud.com"
    PureCloudPlatformClientV2.configuration.host = purecloud_sandbox.host


def sign_in(sandbox: Sandbox) -> PureCloudPlatformClientV2.ApiClient:
    return PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
        sandbox.client_id, sandbox.client_secret
    )


def use(api: PureCloudPlatformClientV2.MessagingApi) -> None:
    """Create, read, list and delete, as the vendor's examples do."""
    body = PureCloudPlatformClientV2.LineIntegrationRequest()
    body.name = "Support"
    created = api.post_messaging_integrations_line(body)
    assert created.id is not None
    assert api.get_messaging_integrations_line_integration_id(created.id).name == "Support"
    listing = api.get_messaging_integrations_line(page_size=25, page_number=1)
    assert listing.entities is not None
    assert [entity.id for entity in listing.entities] == [created.id]
    api.delete_messaging_integrations_line_integration_id(created.id)
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line_integration_id(created.id)
    assert caught.value.status == 404


def calls(sandbox: Sandbox) -> list[tuple[str, int | None]]:
    return [(request.method, request.status) for request in sandbox.requests]


USE = [("POST", 200), ("GET", 200), ("GET", 200), ("DELETE", 204), ("GET", 404)]


def test_the_client_that_has_signed_in_goes_to_the_api(purecloud_sandbox: Sandbox) -> None:
    apiclient = sign_in(purecloud_sandbox)
    with apiclient:
        use(PureCloudPlatformClientV2.MessagingApi(apiclient))
    assert calls(purecloud_sandbox)[0] == ("POST", 200)
    assert purecloud_sandbox.requests[0].path == "/oauth/token"
    assert calls(purecloud_sandbox)[1:] == USE


def test_a_token_is_set_on_the_client(purecloud_sandbox: Sandbox) -> None:
    with PureCloudPlatformClientV2.api_client.ApiClient() as apiclient:
        apiclient.access_token = purecloud_sandbox.access_token
        use(PureCloudPlatformClientV2.MessagingApi(apiclient))
    assert calls(purecloud_sandbox) == USE


def test_a_token_is_set_on_the_shared_configuration(purecloud_sandbox: Sandbox) -> None:
    PureCloudPlatformClientV2.configuration.access_token = purecloud_sandbox.access_token
    use(PureCloudPlatformClientV2.MessagingApi())
    assert calls(purecloud_sandbox) == USE


class Watcher:
    """Hooks of several kinds, which note what they see."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def method(self, exchanged: Any) -> Any:
        self.seen.append(exchanged)
        return exchanged

    def silent(self, exchanged: Any) -> None:
        self.seen.append(exchanged)

    def __call__(self, exchanged: Any) -> Any:
        return self.method(exchanged)

    def with_label(self, label: str, exchanged: Any) -> Any:
        assert label == "audit"
        return self.method(exchanged)


def as_function(watcher: Watcher) -> Callable[[Any], Any]:
    def hook(exchanged: Any) -> Any:
        return watcher.method(exchanged)

    return hook


KINDS: dict[str, Callable[[Watcher], Callable[[Any], Any]]] = {
    "function": as_function,
    "lambda": lambda watcher: lambda exchanged: watcher.method(exchanged),
    "bound method": lambda watcher: watcher.method,
    "partial": lambda watcher: functools.partial(watcher.with_label, "audit"),
    "object": lambda watcher: watcher,
    "returns nothing": lambda watcher: watcher.silent,
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_hooks_of_any_kind_see_requests_and_answers(
    purecloud_sandbox: Sandbox, kind: Callable[[Watcher], Callable[[Any], Any]]
) -> None:
    before, after = Watcher(), Watcher()
    with PureCloudPlatformClientV2.api_client.ApiClient() as apiclient:
        http_client = apiclient.get_http_client()
        http_client.set_pre_request_hook(kind(before))
        http_client.set_post_request_hook(kind(after))
        apiclient.get_client_credentials_token(
            purecloud_sandbox.client_id, purecloud_sandbox.client_secret
        )
        PureCloudPlatformClientV2.MessagingApi(apiclient).get_messaging_integrations_line()

    paths = ["/oauth/token", "/api/v2/messaging/integrations/line"]
    assert [options.url for options in before.seen] == [purecloud_sandbox.host + p for p in paths]
    assert [options.method for options in before.seen] == ["POST", "GET"]
    assert [response.status for response in after.seen] == [200, 200]


def test_a_hook_that_fails_stops_the_request(purecloud_sandbox: Sandbox) -> None:
    def pre_hook(http_request_options: Any) -> None:
        raise Exception("Error in prehook validation")

    with PureCloudPlatformClientV2.api_client.ApiClient() as apiclient:
        apiclient.get_http_client().set_pre_request_hook(pre_hook)
        with pytest.raises(Exception, match="Error in prehook validation"):
            apiclient.get_client_credentials_token("id", "secret")
    assert purecloud_sandbox.requests == []


@pytest.mark.parametrize("way", ["set_mtls_certificates", "set_mtls_contents"])
@pytest.mark.parametrize("through_proxy", [False, True], ids=["direct", "through a proxy"])
def test_a_gateway_asks_for_a_client_certificate(
    purecloud_sandbox: Sandbox,
    make_gateway: MakeGateway,
    make_client: MakeClient,
    ca_file: str,
    guarded_proxy: ForwardProxy,
    way: str,
    through_proxy: bool,
) -> None:
    gateway, certificate = make_gateway(purecloud_sandbox.host), make_client()
    configuration = PureCloudPlatformClientV2.configuration
    if through_proxy:
        configuration.proxy = guarded_proxy.url
        configuration.proxy_username = USERNAME
        configuration.proxy_password = PASSWORD
    if way == "set_mtls_certificates":
        configuration.set_mtls_certificates(
            certificate.certificate_file, certificate.key_file, ca_file
        )
    else:
        with open(ca_file, encoding="ascii") as ca_cert:  # noqa: PTH123  # as scripts do
            configuration.set_mtls_contents(
                certificate.certificate, certificate.key, ca_cert.read()
            )

    with PureCloudPlatformClientV2.api_client.ApiClient() as apiclient:
        apiclient.set_gateway("127.0.0.1", "https", gateway.port, "behind/login", "behind/api")
        apiclient.get_client_credentials_token(
            purecloud_sandbox.client_id, purecloud_sandbox.client_secret
        )
        use(PureCloudPlatformClientV2.MessagingApi(apiclient))

    assert calls(purecloud_sandbox)[1:] == USE
    assert {request.client for request in gateway.requests} == {"client-1"}
    assert len(gateway.requests) == 1 + len(USE)
    assert guarded_proxy.methods == (["CONNECT"] if through_proxy else [])


def test_a_gateway_may_be_set_for_all_clients(
    purecloud_sandbox: Sandbox, make_gateway: MakeGateway, make_client: MakeClient, ca_file: str
) -> None:
    gateway, certificate = make_gateway(purecloud_sandbox.host), make_client()
    gateway_configuration = PureCloudPlatformClientV2.GatewayConfiguration()
    gateway_configuration.host = "127.0.0.1"
    gateway_configuration.protocol = "https"
    gateway_configuration.port = gateway.port
    gateway_configuration.path_params_login = "behind/login"
    gateway_configuration.path_params_api = "behind/api"
    PureCloudPlatformClientV2.configuration.gateway_configuration = gateway_configuration
    PureCloudPlatformClientV2.configuration.set_mtls_certificates(
        certificate.certificate_file, certificate.key_file, ca_file
    )
    with sign_in(purecloud_sandbox) as apiclient:
        use(PureCloudPlatformClientV2.MessagingApi(apiclient))
    assert len(gateway.requests) == 1 + len(USE)


def test_a_gateway_has_defaults_for_what_is_none(service: Service) -> None:
    with PureCloudPlatformClientV2.api_client.ApiClient() as apiclient:
        # None stands for the default in any place, says the vendor.
        none: Any = None
        apiclient.set_gateway("gateway.example", none, none, none, none)
        assert apiclient.gateway_configuration is not None
        assert apiclient.gateway_configuration.api_url() == "https://gateway.example"
        assert apiclient.gateway_configuration.login_url() == "https://gateway.example"


def test_a_proxy_is_set_on_the_shared_configuration(
    purecloud_sandbox: Sandbox, guarded_proxy: ForwardProxy
) -> None:
    PureCloudPlatformClientV2.configuration.proxy = guarded_proxy.url
    PureCloudPlatformClientV2.configuration.proxy_username = USERNAME
    PureCloudPlatformClientV2.configuration.proxy_password = PASSWORD
    with sign_in(purecloud_sandbox) as apiclient:
        use(PureCloudPlatformClientV2.MessagingApi(apiclient))
    assert calls(purecloud_sandbox)[1:] == USE
    assert guarded_proxy.methods == ["POST", *(method for method, _ in USE)]
