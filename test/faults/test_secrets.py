"""The token goes to the configured host, and is seen nowhere else."""

from __future__ import annotations

import base64
import logging
import traceback
from http.client import BadStatusLine
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration
from PureCloudPlatformClientV2.exceptions import causes

from .conftest import TOKEN, MakeClient, MakeServer
from .server import Reset, Script, Send, Step, answer

SECRET = "hunter2-and-more"
BODY = {"name": "Support", "channelSecret": SECRET}


def call(client: ApiClient, method: str = "GET", **options: Any) -> Any:
    return client.call_api("/api/v2/things/1", method, response_type="object", **options)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("to", ["same host", "other host", "https to http"])
def test_redirects_are_not_followed(
    make_server: MakeServer, make_client: MakeClient, to: str, method: str, status: int
) -> None:
    other = make_server()
    server = make_server(tls=to == "https to http")
    target = server.url if to == "same host" else other.url
    server.script = Script(answers=((Send(answer(status, headers=[f"Location: {target}/x"])),),))

    with pytest.raises(ApiException) as caught:
        call(make_client(server), method)

    assert caught.value.status == status
    assert len(server.requests) == 1
    assert not other.connections


def test_a_proxy_of_plain_http_sees_the_request_and_its_own_credentials(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    proxy = make_server()
    client = make_client(
        "http://api.example.com", proxy=proxy.url, proxy_username="me", proxy_password=SECRET
    )

    assert call(client)["id"] == "1"

    request = proxy.requests[0]
    assert request.target == "http://api.example.com/api/v2/things/1"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    credentials = base64.b64encode(f"me:{SECRET}".encode()).decode("ascii")
    assert request.headers["proxy-authorization"] == f"Basic {credentials}"


@pytest.mark.parametrize("proxy_tls", [False, True], ids=["HTTP proxy", "HTTPS proxy"])
def test_a_proxy_of_https_never_sees_the_token_nor_the_service_the_credentials(
    make_server: MakeServer, make_client: MakeClient, proxy_tls: bool
) -> None:
    proxy, service = make_server(tls=proxy_tls), make_server(tls=True)
    client = make_client(service, proxy=proxy.url, proxy_username="me", proxy_password=SECRET)

    assert call(client, "POST", body=BODY)["id"] == "1"

    connect = proxy.requests[0]
    assert (connect.method, connect.target) == ("CONNECT", f"127.0.0.1:{service.port}")
    assert "authorization" not in connect.headers
    assert connect.headers["proxy-authorization"].startswith("Basic ")
    assert TOKEN.encode() not in proxy.relayed
    assert SECRET.encode() not in proxy.relayed
    assert service.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "proxy-authorization" not in service.requests[0].headers


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_refuses_gets_nothing_of_the_request(
    make_server: MakeServer, make_client: MakeClient, status: int
) -> None:
    proxy = make_server(Script(answers=((Send(answer(status)),),)))
    client = make_client("https://127.0.0.1:9", proxy=proxy.url)

    with pytest.raises(ApiException, match=str(status)) as caught:
        call(client, "POST", body=BODY)

    assert not caught.value.outcome_unknown
    assert {request.method for request in proxy.requests} == {"CONNECT"}


def _repeat_it(status: int) -> tuple[Step, ...]:
    said = f'{{"message": "no good: Bearer {TOKEN}, {SECRET}", "code": "{TOKEN}"}}'
    return (Send(answer(status, said.encode(), [f"X-Echo: {TOKEN} {SECRET}"])),)


OUTCOMES: dict[str, tuple[Step, ...]] = {
    "refused": _repeat_it(400),
    "unauthorized": _repeat_it(401),
    "failed": _repeat_it(500),
    "lost": (Reset(),),
    "repeated in the status line": (Send(f"HTTP/1.1 {TOKEN} {SECRET}\r\n\r\n".encode()), Reset()),
    "repeated in the reason": (Send(answer(f"400 {TOKEN} {SECRET}")),),
    "not JSON": (Send(answer(200, f"{TOKEN} {SECRET}".encode())),),
}


@pytest.mark.parametrize("steps", OUTCOMES.values(), ids=OUTCOMES.keys())
def test_errors_and_logs_show_no_secret(
    make_server: MakeServer,
    make_client: MakeClient,
    caplog: pytest.LogCaptureFixture,
    steps: tuple[Step, ...],
) -> None:
    client = make_client(make_server(Script(answers=(steps,))))
    client.configuration.logger.log_request_body = True
    client.configuration.logger.log_response_body = True

    with (
        caplog.at_level(logging.DEBUG, "PureCloudPlatformClientV2"),
        pytest.raises(ApiException) as caught,
    ):
        call(client, "POST", body=BODY, query_params={"access_token": SECRET})

    error = caught.value
    # The text of a cause is not ours; it quotes a status line that cannot be understood.
    chain = not isinstance(causes(error)[-1], BadStatusLine)
    shown = "".join(traceback.format_exception(error, chain=chain))
    shown += f"{error} {error!r} {error.args} {error.url}"
    if error.status != 200:  # else the body is what the caller asked for
        shown += f"{error.body} {error.headers} {error.error} {caplog.text}"
    assert caplog.records
    assert TOKEN not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    "fields", [{"client_secret": SECRET}, [("client_secret", SECRET)]], ids=["dict", "pairs"]
)
def test_secret_form_fields_are_found_in_either_shape(
    make_server: MakeServer,
    make_client: MakeClient,
    caplog: pytest.LogCaptureFixture,
    fields: Any,
) -> None:
    client = make_client(make_server(Script(answers=(_repeat_it(400),))))
    client.configuration.logger.log_request_body = True

    with (
        caplog.at_level(logging.DEBUG, "PureCloudPlatformClientV2"),
        pytest.raises(ApiException) as caught,
    ):
        call(client, "POST", post_params=fields)

    assert SECRET not in f"{caught.value} {caught.value.body} {caplog.text}"


def test_reprs_show_no_secret(make_client: MakeClient) -> None:
    configuration = Configuration(host="http://127.0.0.1:9", access_token=TOKEN)
    configuration.proxy_password = SECRET
    configuration.password = SECRET
    configuration.api_key["Authorization"] = SECRET
    with ApiClient(configuration=configuration) as client:
        client.access_token = TOKEN
        http_client = client.get_http_client()
        shown = f"{client!r} {configuration!r} {http_client!r} {configuration.to_debug_report()}"

    assert TOKEN not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("value", ["line\r\nbreak", "zero\x00byte", "\x7f", "ctrl\x1b[0m"])
def test_a_token_with_control_characters_is_refused_before_anything_is_sent(
    make_server: MakeServer, make_client: MakeClient, value: str
) -> None:
    server = make_server()
    client = make_client(server)

    with pytest.raises(ValueError, match="access_token"):
        client.access_token = value

    assert not server.connections
