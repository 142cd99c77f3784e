"""Through a real forward proxy: what passes, who is let in, and who sees what."""

from __future__ import annotations

import base64
import logging
import socket
import traceback
from typing import Any

import pytest
from service import Request, Service, make_answer

from PureCloudPlatformClientV2 import ApiException, LineIntegrationRequest, MessagingApi

from .conftest import NON_ASCII, PASSWORD, TOKEN, USERNAME, MakeApi
from .forward_proxy import ForwardProxy

CREDENTIALS = {"proxy_username": USERNAME, "proxy_password": PASSWORD}


def method_of(target: Service, method: str = "GET") -> str:
    """What the proxy is asked for a call to the target."""
    return "CONNECT" if target.url.startswith("https:") else method


def create(api: MessagingApi) -> None:
    api.post_messaging_integrations_line(LineIntegrationRequest(name="Support"))


def basic(username: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode('ascii')}"


def test_calls_go_through_the_proxy(
    open_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    api = make_api(target, proxy=open_proxy.url)

    api.get_messaging_integrations_line(page_size=2)
    create(api)

    get, post = target.requests
    assert get.target == "/api/v2/messaging/integrations/line?pageSize=2"
    assert post.json == {"name": "Support"}
    assert [get.headers["Authorization"], post.headers["Authorization"]] == [f"Bearer {TOKEN}"] * 2
    passed = open_proxy.passed
    assert {one.host for one in passed} == {target.url.partition("://")[2]}
    if target.url.startswith("https:"):
        # One tunnel for both, in which the proxy can read nothing.
        assert [one.method for one in passed] == ["CONNECT"]
        assert "authorization" not in passed[0].headers
        assert "Via" not in get.headers
    else:
        assert [one.method for one in passed] == ["GET", "POST"]
        assert "proxy.py" in get.headers["Via"]


def test_the_proxy_is_told_who_calls_and_the_service_is_not(
    guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    make_api(target, proxy=guarded_proxy.url, **CREDENTIALS).get_messaging_integrations_line()

    (passed,) = guarded_proxy.passed
    assert passed.method == method_of(target)
    assert passed.headers["proxy-authorization"] == basic(USERNAME, PASSWORD)
    assert "Proxy-Authorization" not in target.requests[0].headers


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"proxy_username": USERNAME},
        {"proxy_password": PASSWORD},
        {"proxy_username": USERNAME, "proxy_password": f"not-{PASSWORD}"},
        {"proxy_username": "somebody", "proxy_password": PASSWORD},
    ],
    ids=["none", "no password", "no user name", "wrong password", "wrong user name"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_proxy_that_lets_nobody_in_gets_nothing_through_and_no_password_is_shown(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    credentials: dict[str, str],
    method: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api = make_api(target, proxy=guarded_proxy.url, **credentials)

    with (
        caplog.at_level(logging.DEBUG - 5, "PureCloudPlatformClientV2"),
        pytest.raises(ApiException, match="407") as caught,
    ):
        api.api_client.call_api("/api/v2/things/1", method)

    assert target.requests == []
    assert guarded_proxy.passed == []
    error = caught.value
    assert not error.outcome_unknown
    shown = "".join(traceback.format_exception(error))
    shown += f"{error!r} {error.args} {error.body} {error.headers} {caplog.text}"
    assert caplog.records
    assert PASSWORD not in shown
    assert basic(USERNAME, PASSWORD).partition(" ")[2] not in shown
    assert TOKEN not in shown


def test_a_refusal_of_the_proxy_has_its_status(
    guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    api = make_api(target, proxy=guarded_proxy.url)
    with pytest.raises(ApiException) as caught:
        create(api)
    # Behind a CONNECT there is a refusal of the proxy, but no answer to the request.
    assert caught.value.status == (0 if target.url.startswith("https:") else 407)
    assert "407" in str(caught.value)


def test_credentials_may_have_any_characters(
    non_ascii_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    username, password = NON_ASCII
    api = make_api(
        target, proxy=non_ascii_proxy.url, proxy_username=username, proxy_password=password
    )
    api.get_messaging_integrations_line()
    assert non_ascii_proxy.methods == [method_of(target)]


def test_a_proxy_may_itself_be_reached_over_tls(
    tls_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    api = make_api(target, proxy=tls_proxy.url, **CREDENTIALS)
    create(api)
    (passed,) = tls_proxy.passed
    assert passed.method == method_of(target, "POST")
    assert passed.headers["proxy-authorization"] == basic(USERNAME, PASSWORD)
    assert [request.json for request in target.requests] == [{"name": "Support"}]


def test_a_proxy_over_tls_that_proves_nothing_gets_no_credentials(
    tls_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    api = make_api(target, proxy=tls_proxy.url, **CREDENTIALS, ssl_ca_cert=None)
    with pytest.raises(ApiException, match="certificate") as caught:
        create(api)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    assert (tls_proxy.passed, target.requests) == ([], [])


def test_a_service_behind_a_proxy_must_prove_that_it_is_the_one(
    open_proxy: ForwardProxy, make_api: MakeApi, secure_service: Service
) -> None:
    port = secure_service.url.rpartition(":")[2]
    api = make_api(f"https://elsewhere.service.test:{port}", proxy=open_proxy.url)
    with pytest.raises(ApiException, match="certificate") as caught:
        create(api)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    assert secure_service.requests == []


def test_the_proxy_looks_names_up(
    open_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    # No name under .test can be found from here (RFC 6761).
    host = target.url.replace("127.0.0.1", "api.service.test")
    make_api(host, proxy=open_proxy.url).get_messaging_integrations_line()
    assert [one.host for one in open_proxy.passed] == [host.partition("://")[2]]
    assert len(target.requests) == 1


@pytest.mark.parametrize("by", ["method", "configuration"])
def test_sign_in_goes_through_the_proxy_as_well(
    guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service, by: str
) -> None:
    host = target.url.replace("127.0.0.1", "api.service.test")
    api = make_api(host, proxy=guarded_proxy.url, **CREDENTIALS, access_token="")
    if by == "method":
        api.api_client.get_client_credentials_token("id", "secret")
    else:
        configuration = api.api_client.configuration
        configuration.client_id, configuration.client_secret = "id", "secret"

    api.get_messaging_integrations_line()

    assert [request.path for request in target.requests] == [
        "/oauth/token",
        "/api/v2/messaging/integrations/line",
    ]
    assert target.requests[1].headers["Authorization"] == "Bearer from-login"
    # proxy.py sends what else comes on a connection to where the first request went.
    assert guarded_proxy.passed[0].host.startswith("login.service.test:")
    assert guarded_proxy.methods[0] == method_of(target, "POST")
    assert len(guarded_proxy.passed) == 2


def test_a_token_is_renewed_through_the_proxy(
    open_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    def refuse_the_first(request: Request) -> Any:
        if request.path == "/oauth/token":
            return make_answer(200, {"access_token": f"token-{len(target.requests)}"})
        if request.headers["Authorization"] == "Bearer token-1":
            return make_answer(401, {"message": "expired"})
        return make_answer(200, {"total": 0})

    target.answer_by(refuse_the_first)
    api = make_api(target, proxy=open_proxy.url)
    api.api_client.get_client_credentials_token("id", "secret")

    api.get_messaging_integrations_line()

    assert len(target.requests) == 4
    assert len(open_proxy.passed) == (1 if target.url.startswith("https:") else 4)


@pytest.mark.parametrize("direct", ["api.service.test", "login.service.test"])
def test_login_and_api_may_be_reached_in_different_ways(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    direct: str,
    looked_up: list[str],
) -> None:
    host = target.url.replace("127.0.0.1", "api.service.test")
    api = make_api(host, proxy=open_proxy.url, no_proxy=direct)
    api.api_client.get_client_credentials_token("id", "secret")
    api.get_messaging_integrations_line()

    (other,) = {"api.service.test", "login.service.test"} - {direct}
    assert [one.host.partition(":")[0] for one in open_proxy.passed] == [other]
    assert [name for name in looked_up if name.endswith(".test")] == [direct]
    assert len(target.requests) == 2


def test_a_change_counts_from_the_next_call_on(
    open_proxy: ForwardProxy, guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    api = make_api(target)
    configuration = api.api_client.configuration

    def call() -> tuple[int, int]:
        """How many requests or tunnels each proxy has seen so far."""
        create(api)
        return len(open_proxy.passed), len(guarded_proxy.passed)

    assert call() == (0, 0)
    configuration.proxy = open_proxy.url
    assert call() == (1, 0)
    configuration.proxy = guarded_proxy.url
    with pytest.raises(ApiException, match="407"):
        create(api)
    configuration.proxy_username, configuration.proxy_password = USERNAME, PASSWORD
    assert call() == (1, 1)
    configuration.proxy_password = "changed"
    with pytest.raises(ApiException, match="407"):
        create(api)
    configuration.no_proxy = "127.0.0.0/8"
    assert call() == (1, 1)
    configuration.no_proxy = "10.0.0.0/8"
    configuration.proxy = open_proxy.url
    assert call() == (2, 1)
    configuration.proxy = None
    assert call() == (2, 1)
    assert len(target.requests) == 6


def test_clients_of_different_configurations_go_different_ways(
    open_proxy: ForwardProxy, guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    one = make_api(target, proxy=open_proxy.url)
    other = make_api(target, proxy=guarded_proxy.url, **CREDENTIALS)
    neither = make_api(target)
    for api in (one, other, neither):
        api.get_messaging_integrations_line()
    assert (len(open_proxy.passed), len(guarded_proxy.passed)) == (1, 1)
    assert len(target.requests) == 3


def test_a_proxy_that_cannot_reach_the_service_says_so(
    open_proxy: ForwardProxy, make_api: MakeApi
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(ApiException, match="502") as caught:
        create(make_api(f"https://127.0.0.1:{port}", proxy=open_proxy.url))
    assert not caught.value.outcome_unknown
