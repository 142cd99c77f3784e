from __future__ import annotations

from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, Configuration, GatewayConfiguration, MessagingApi


@pytest.mark.parametrize(
    ("settings", "api", "login"),
    [
        ({"host": "gw"}, "https://gw", "https://gw"),
        ({"host": "gw", "protocol": "http"}, "http://gw", "http://gw"),
        ({"host": "gw", "port": 8443}, "https://gw:8443", "https://gw:8443"),
        ({"host": "gw", "port": 0}, "https://gw:0", "https://gw:0"),
        ({"host": "gw", "port": -1}, "https://gw", "https://gw"),
        ({"host": "gw", "port": None}, "https://gw", "https://gw"),
        (
            {"host": "gw", "path_params_api": "api", "path_params_login": "login"},
            "https://gw/api",
            "https://gw/login",
        ),
        (
            {"host": "gw", "path_params_api": "/a/b/", "path_params_login": "/"},
            "https://gw/a/b",
            "https://gw",
        ),
        (
            {"host": "gw", "path_params_api": "a/b/", "path_params_login": "login//"},
            "https://gw/a/b",
            "https://gw/login",
        ),
    ],
)
def test_a_gateway_has_a_base_url_for_the_api_and_one_for_the_login_service(
    settings: dict[str, Any], api: str, login: str
) -> None:
    gateway = GatewayConfiguration(**settings)
    assert (gateway.api_url(), gateway.login_url()) == (api, login)
    assert repr(gateway) == f"GatewayConfiguration(api={api!r}, login={login!r})"


def gateway_to(service: Service) -> dict[str, Any]:
    scheme, _, rest = service.url.partition("://")
    host, _, port = rest.partition(":")
    return {
        "host": host,
        "protocol": scheme,
        "port": int(port),
        "path_params_api": "behind/api",
        "path_params_login": "behind/login",
    }


def test_calls_go_through_the_gateway_of_the_client(service: Service) -> None:
    with ApiClient("https://api.example", configuration=Configuration()) as client:
        client.set_gateway(**gateway_to(service))
        service.answer(200, {"access_token": "from-login"})
        service.answer(200, {})
        MessagingApi(
            client.get_client_credentials_token("i", "s")
        ).get_messaging_integrations_line()

    login, call = service.requests
    assert (login.method, login.target) == ("POST", "/behind/login/oauth/token")
    assert call.target == "/behind/api/api/v2/messaging/integrations/line"
    assert call.headers["Authorization"] == "Bearer from-login"


def test_calls_go_through_the_gateway_of_the_configuration(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.gateway_configuration = GatewayConfiguration(**gateway_to(service))
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].target == "/behind/api/api/v2/messaging/integrations/line"


def test_the_gateway_of_the_client_outweighs_that_of_the_configuration(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.gateway_configuration = GatewayConfiguration(host="unused.example")
    api.api_client.set_gateway(**gateway_to(service))
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].path.startswith("/behind/api/")


def test_a_gateway_without_a_host_is_none(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.gateway_configuration = GatewayConfiguration(path_params_api="unused")
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].path == "/api/v2/messaging/integrations/line"


def test_gateway_credentials_are_kept_and_not_sent(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    gateway = GatewayConfiguration(**gateway_to(service), username="me", password="pw")
    configuration.gateway_configuration = gateway
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert (gateway.username, gateway.password) == ("me", "pw")
    assert service.requests[-1].headers.get_all("Authorization") == ["Bearer the-token"]


@pytest.mark.parametrize(
    ("host", "protocol"),
    [
        ("https://gw.example", "https"),
        ("gw.example/path", "https"),
        ("me@gw.example", "https"),
        ("gw.example", "ftp"),
    ],
)
def test_a_gateway_that_is_none_is_refused(host: str, protocol: str) -> None:
    with pytest.raises(ValueError, match=r"^(host|protocol): give"):
        GatewayConfiguration(host=host, protocol=protocol)


def test_paths_are_read_back_without_the_slash_at_their_end_and_nothing_is_none() -> None:
    gateway = GatewayConfiguration(host="gw.example")
    gateway.path_params_api, gateway.path_params_login = "genesys/api/", "/login/"
    assert (gateway.path_params_api, gateway.path_params_login) == ("genesys/api", "/login")
    gateway.host = ""
    assert gateway.host is None


@pytest.mark.parametrize("path", ["a?b", "a b", "a#b", "a\n", '"a"', "https:\\a"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"^path_params_api: give a path"):
        GatewayConfiguration(host="gw.example", path_params_api=path)
    with pytest.raises(ValueError, match=r"^path_params_login: give a path"):
        ApiClient(configuration=Configuration()).set_gateway("gw.example", path_params_login=path)
