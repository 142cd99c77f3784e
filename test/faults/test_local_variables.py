"""Tools that show the local variables of a traceback show no secret of ours.

They write most objects by their ``repr``, and take texts, tuples, lists and dicts apart.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    FacebookIntegrationRequest,
    GatewayConfiguration,
    MessagingApi,
)

TOKEN, PAGE, SECRET, REFRESH = "canary-token", "canary-page", "canary-secret", "canary-refresh"
CODE, VERIFIER, ASSERTION = "canary-code", "canary-verifier", "canary-assertion"
PROXY = "canary-proxy"

HERE = __file__


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, what it came from, and what was being handled."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in seen:
            seen.append(one)
            waiting += [one.__cause__, None if one.__suppress_context__ else one.__context__]
    return iter(seen)


def frames(traceback: TracebackType | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    while traceback is not None:
        frame = traceback.tb_frame
        yield frame.f_code.co_filename, frame.f_code.co_name, dict(frame.f_locals)
        traceback = traceback.tb_next


def texts(value: object) -> Iterator[str]:
    """What a tool would show of a value."""
    if isinstance(value, dict):
        for pair in value.items():
            yield from texts(pair)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from texts(item)
    elif isinstance(value, (bytes, bytearray)):
        yield bytes(value).decode("latin-1")
    else:
        yield value if isinstance(value, str) else repr(value)


def hides(text: str) -> bool:
    """Whether a secret is in a text, as it is or in base64."""
    if "canary" in text:
        return True
    for word in text.split():
        try:
            decoded = base64.b64decode(word, validate=True)
        except ValueError:
            continue
        if b"canary" in decoded:
            return True
    return False


def shown_by(call: Callable[[], object]) -> list[str]:
    """Where a secret shows in the frames of an exception, those of the tests left out."""
    try:
        call()
    except Exception as error:  # whatever it is, its frames are looked at
        failure = error
    else:
        pytest.fail("the call should fail")
    found = [
        f"{name}: {variable}"
        for one in chain(failure)
        for file, name, variables in frames(one.__traceback__)
        if file != HERE
        for variable, value in variables.items()
        if any(map(hides, texts(value)))
    ]
    assert not hides(str(failure))
    return found


@pytest.fixture
def configuration() -> Configuration:
    """Of a host that refuses; with secrets wherever there can be any."""
    configuration = Configuration(host="http://127.0.0.1:9", access_token=TOKEN)
    configuration.retries = 1
    configuration.retry_after_max = 0
    configuration.gateway_configuration = GatewayConfiguration(password=SECRET)
    return configuration


@pytest.fixture
def client(configuration: Configuration) -> Iterator[ApiClient]:
    with ApiClient(configuration=configuration, cookie="session=canary-cookie") as client:
        client.set_default_header("X-Gateway-Token", "canary-header")
        yield client


CALLS: dict[str, Callable[[ApiClient], object]] = {
    "a method with a model": lambda client: MessagingApi(
        client
    ).post_messaging_integrations_facebook(
        FacebookIntegrationRequest(name="a", page_access_token=PAGE)
    ),
    "a method without a body": lambda client: MessagingApi(
        client
    ).get_messaging_integrations_line(),
    "call_api with a dict": lambda client: client.call_api(
        "/x", "POST", body={"pageAccessToken": PAGE, "inner": [{"password": SECRET}]}
    ),
    "call_api with a form": lambda client: client.call_api(
        "/x", "POST", post_params={"client_secret": SECRET}
    ),
    "call_api with headers": lambda client: client.call_api(
        "/x", "GET", header_params={"X-Api-Key": SECRET}, _headers={"Authorization": TOKEN}
    ),
    "a download by a signed URL": lambda client: client.download(
        "http://127.0.0.1:9/f?X-Amz-Signature=canary-signature", io.BytesIO()
    ),
    "a signed URL that cannot be used": lambda client: client.download(
        "http://storage.example/f?X-Amz-Signature=canary-signature", io.BytesIO()
    ),
    "an upload to a signed URL": lambda client: client.upload(
        io.BytesIO(b"content"),
        {
            "url": "http://127.0.0.1:9/f?X-Amz-Signature=canary-signature",
            "headers": {"X-Amz-Security-Token": SECRET},
        },
    ),
    "an upload with a form": lambda client: client.upload(
        io.BytesIO(b"content"), "/x", fields={"password": SECRET}, _headers={"X-Api-Key": SECRET}
    ),
    "client credentials": lambda client: client.get_client_credentials_token("id", SECRET),
    "a SAML assertion": lambda client: client.get_saml2bearer_token("id", SECRET, "org", ASSERTION),
    "an authorization code": lambda client: client.get_code_authorization_token(
        "id", SECRET, CODE, "https://me.example"
    ),
    "a refresh token": lambda client: client.refresh_code_authorization_token(
        "id", SECRET, REFRESH
    ),
    "PKCE": lambda client: client.get_pkce_token("id", VERIFIER, CODE, "https://me.example"),
}


@pytest.mark.parametrize("call", CALLS)
def test_nothing_shows_where_nobody_listens(client: ApiClient, call: str) -> None:
    assert shown_by(lambda: CALLS[call](client)) == []


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500, 302])
@pytest.mark.parametrize("call", CALLS)
def test_nothing_shows_of_a_response_that_repeats_the_request(
    client: ApiClient, configuration: Configuration, service: Service, call: str, status: int
) -> None:
    configuration.host = service.url

    def repeat(request: Request) -> Answer:
        said = {"message": request.body.decode(), "for": request.headers["Authorization"]}
        return make_answer(status, json.dumps(said).encode()[:-1])  # which is no JSON

    service.answer_by(repeat)
    if status == 200 and call.startswith("call_api"):  # nothing is to come back
        assert CALLS[call](client) is None
    elif status == 200 and call == "an upload with a form":  # what comes is for the caller
        assert CALLS[call](client) is client.last_response
    else:
        assert shown_by(lambda: CALLS[call](client)) == []


@pytest.mark.parametrize("call", CALLS)
def test_nothing_shows_where_no_response_comes(
    client: ApiClient, configuration: Configuration, service: Service, call: str
) -> None:
    configuration.host = service.url.replace("http", "https")  # there, the handshake fails
    assert shown_by(lambda: CALLS[call](client)) == []


def test_nothing_shows_of_credentials_that_are_renewed(service: Service) -> None:
    configuration = Configuration(host=service.url, client_id="id", client_secret=SECRET)
    service.answer(200, {"access_token": TOKEN, "refresh_token": REFRESH, "expires_in": 3600})
    service.answer(401, {"message": "no"})
    service.answer(400, {"error": "invalid_grant", "refresh_token": REFRESH})
    with ApiClient(configuration=configuration) as client:
        assert shown_by(MessagingApi(client).get_messaging_integrations_line) == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_shows_of_the_password_of_a_proxy(
    client: ApiClient, configuration: Configuration, scheme: str
) -> None:
    configuration.host = f"{scheme}://service.example"
    configuration.proxy = "http://127.0.0.1:9"
    configuration.proxy_username, configuration.proxy_password = "me", PROXY
    assert shown_by(MessagingApi(client).get_messaging_integrations_line) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("https_proxy", f"socks5://me:{PROXY}@proxy.example"),
        ("https_proxy", f"http://me:{PROXY}/x@proxy.example"),
        ("GENESYSCLOUD_ACCESS_TOKEN", f"{TOKEN}\n"),
        ("GENESYSCLOUD_OAUTHCLIENT_SECRET", f"{SECRET}\n"),
    ],
)
def test_nothing_shows_of_an_environment_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    configuration = Configuration(host="https://service.example")
    if "PROXY" in variable.upper():
        configuration.access_token = TOKEN
    else:
        configuration.client_id = "id"
    with ApiClient(configuration=configuration) as client:
        assert shown_by(MessagingApi(client).get_messaging_integrations_line) == []


@pytest.mark.parametrize("missing", ["id", "secret"])
def test_nothing_shows_where_an_argument_is_missing(client: ApiClient, missing: str) -> None:
    given = {"id": "the-id", "secret": SECRET, missing: ""}
    assert (
        shown_by(
            lambda: client.get_code_authorization_token(given["id"], given["secret"], CODE, "")
        )
        == []
    )


@pytest.mark.parametrize(
    "mistake",
    [
        {"body": {"password": SECRET, "bad": object()}},
        {"body": [SECRET, {"deep": float("nan")}]},
        {"post_params": {"client_secret": SECRET, "bad": object()}},
        {"post_params": [("client_secret", SECRET)], "files": {"bad": "no such file"}},
        {"post_params": [("client_secret", SECRET)], "files": {"bad": ("a", "b")}},
    ],
)
def test_nothing_shows_where_something_cannot_be_sent(
    client: ApiClient, mistake: dict[str, Any]
) -> None:
    assert shown_by(lambda: client.call_api("/x", "POST", **mistake)) == []
