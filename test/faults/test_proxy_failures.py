"""What a proxy does is told as the proxy's doing: by its host and port, and without credentials."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from service import unused_url

from PureCloudPlatformClientV2 import ApiClient, ApiException
from PureCloudPlatformClientV2._transport.proxy import Proxy
from PureCloudPlatformClientV2.rest import ApiTimeoutException

from .certificates import Certificates
from .conftest import MakeClient, MakeServer
from .server import Close, FaultServer, Reset, Script, Send, Stall, answer

HOST = "https://api.mypurecloud.de"
USER, PASSWORD = "the-user-of-the-proxy", "the-password-of-the-proxy"


def get(client: ApiClient) -> object:
    return client.call_api("/api/v2/things/1", "GET")


def post(client: ApiClient) -> object:
    return client.call_api("/api/v2/things/1", "POST", body={})


def sign_in(client: ApiClient) -> object:
    return client.get_client_credentials_token("the-id", "the-secret")


every_way = pytest.mark.parametrize("call", [get, post, sign_in], ids=lambda call: call.__name__)

Call = Callable[[ApiClient], object]


@pytest.fixture
def fail(make_client: MakeClient) -> Callable[..., ApiException]:
    """Makes a call through a proxy, and gives the exception that it ends in."""

    def make(
        call: Call, proxy: str, host: str = HOST, *, retries: int = 0, **settings: Any
    ) -> ApiException:
        settings = {"proxy_username": USER, "proxy_password": PASSWORD, **settings}
        client = make_client(host, proxy=proxy, retries=retries, **settings)
        with pytest.raises(ApiException) as caught:
            call(client)
        for text in (str(caught.value), repr(caught.value), caught.value.reason or ""):
            assert USER not in text
            assert PASSWORD not in text
        return caught.value

    return make


Fail = Callable[..., ApiException]


def check_blame(error: ApiException, proxy: str, said: str) -> None:
    """See that it is the proxy that is said to have failed, and that nothing was sent."""
    place = proxy.partition("://")[2]
    assert f"got no answer: the proxy {place}" in str(error)
    assert said in str(error)
    assert (error.status, error.outcome_unknown) == (0, False)


@every_way
@pytest.mark.parametrize("host", [HOST, "http://api.example"])
def test_nobody_is_there(fail: Fail, call: Call, host: str) -> None:
    proxy = unused_url()
    check_blame(fail(call, proxy, host), proxy, "refused")


@every_way
@pytest.mark.parametrize("host", [HOST, "http://api.example"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_there_is_no_such_name(fail: Fail, call: Call, host: str, scheme: str) -> None:
    proxy = f"{scheme}://a..example:3128"  # which fails before anything is looked up
    check_blame(fail(call, proxy, host), proxy, "")


@every_way
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_it_says_nothing(fail: Fail, make_server: MakeServer, call: Call, scheme: str) -> None:
    server = make_server(Script(on_connect=(Stall(),)))
    proxy = f"{scheme}://127.0.0.1:{server.port}"
    error = fail(call, proxy, request_timeout=0.3)
    check_blame(error, proxy, "the time limit for connecting, 0.3 s")
    assert isinstance(error, ApiTimeoutException)


@every_way
@pytest.mark.parametrize("step", [Close(), Reset()], ids=["close", "reset"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_it_hangs_up(
    fail: Fail, make_server: MakeServer, call: Call, scheme: str, step: Close | Reset
) -> None:
    phase: dict[str, Any] = {"on_connect" if scheme == "https" else "on_head": (step,)}
    server = make_server(Script(**phase))
    proxy = f"{scheme}://127.0.0.1:{server.port}"
    check_blame(fail(call, proxy), proxy, "")


@every_way
@pytest.mark.parametrize("host", [HOST, "http://api.example"])
def test_it_speaks_plain_http(fail: Fail, make_server: MakeServer, call: Call, host: str) -> None:
    server = make_server(Script(on_connect=(Send(answer(400)), Close())))
    proxy = f"https://127.0.0.1:{server.port}"
    check_blame(fail(call, proxy, host), proxy, "no TLS is spoken there")


@every_way
def test_its_authority_is_unknown(fail: Fail, certificates: Certificates, call: Call) -> None:
    with FaultServer(tls=certificates.server_context(certificates.of_stranger)) as server:
        check_blame(fail(call, server.url), server.url, "CERTIFICATE_VERIFY_FAILED")
        assert not server.requests


ANSWERS = {
    407: "407 Proxy Authentication Required; see proxy_username and proxy_password",
    403: "403 Forbidden",
    502: "502 Bad Gateway",
    599: "599",
}


@every_way
@pytest.mark.parametrize("status", ANSWERS)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_it_opens_no_tunnel(
    fail: Fail, make_server: MakeServer, call: Call, status: int, tls: bool
) -> None:
    words = f"{status} {USER} with {PASSWORD} has no business here"  # which nobody should see
    server = make_server(Script(answers=((Send(answer(words)), Close()),)), tls=tls)
    error = fail(call, server.url)
    check_blame(error, server.url, f"opens no way to the host: {ANSWERS[status]}")
    assert [request.method for request in server.requests] == ["CONNECT"]


HOPELESS, HOPEFUL = (400, 401, 403, 404, 405, 407, 451), (402, 406, 408, 429, 500, 502, 503, 504)


@pytest.mark.parametrize(
    ("status", "tries"), [*dict.fromkeys(HOPELESS, 1).items(), *dict.fromkeys(HOPEFUL, 3).items()]
)
def test_it_is_asked_again_only_where_that_may_help(
    fail: Fail, make_server: MakeServer, status: int, tries: int
) -> None:
    server = make_server(Script(answers=((Send(answer(status)), Close()),)))
    assert fail(post, server.url, retries=2).attempts == tries
    assert len(server.requests) == tries


def test_an_http_host_beyond_it_may_have_got_the_request(
    fail: Fail, make_server: MakeServer
) -> None:
    server = make_server(Script(answers=((Stall(),),)))
    error = fail(post, server.url, "http://api.example", request_timeout=(20.0, 0.3))
    assert f"(through the proxy 127.0.0.1:{server.port})" in str(error)
    assert error.outcome_unknown


@every_way
def test_what_it_answers_in_place_of_an_http_host_is_told_apart(
    fail: Fail, make_server: MakeServer, call: Call
) -> None:
    server = make_server(Script(answers=((Send(answer(407)),), (Send(answer(503)),))))
    place = f"the proxy 127.0.0.1:{server.port}"
    asked, missing = (fail(call, server.url, "http://api.example") for _ in range(2))
    assert asked.status == 407
    assert f"{place} says so: see proxy_username and proxy_password" in str(asked)
    assert missing.status == 503
    assert f"perhaps it is {place} that says so" in str(missing)


@every_way
def test_what_it_repeats_of_its_credentials_is_not_shown(
    fail: Fail, make_server: MakeServer, call: Call
) -> None:
    sent = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    body = f"<p>Basic {sent} of {PASSWORD} is not enough</p>".encode()
    server = make_server(Script(answers=((Send(answer(403, body)),),)))
    error = fail(call, server.url, "http://api.example")
    assert server.requests[0].headers["proxy-authorization"] == f"Basic {sent}"
    assert "<p>Basic *** of *** is not enough</p>" in str(error)
    assert sent not in str(error.body)


@every_way
def test_what_the_host_answers_is_not_its_doing(
    certificates: Certificates, make_server: MakeServer, make_client: MakeClient, call: Call
) -> None:
    host = make_server(Script(answers=((Send(answer(503)),),)), tls=True)
    proxy = make_server()
    with pytest.raises(ApiException, match="503") as caught:
        call(make_client(host, proxy=proxy.url, retries=0))
    assert "proxy" not in str(caught.value)


def test_one_of_the_environment_is_told_without_what_its_url_has(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = unused_url().partition("://")[2]
    monkeypatch.setenv("https_proxy", f"http://{USER}:{PASSWORD}@{place}")
    with pytest.raises(ApiException, match=f"the proxy {place}: ") as caught:
        get(make_client(HOST, retries=0))
    assert USER not in str(caught.value)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://proxy.example.com", "proxy.example.com:80"),
        ("https://proxy.example.com", "proxy.example.com:443"),
        ("http://[::1]:3128", "[::1]:3128"),
        (f"http://{USER}:{PASSWORD}@proxy.example.com:3128", "proxy.example.com:3128"),
    ],
)
def test_the_place_has_host_and_port_and_nothing_else(url: str, place: str) -> None:
    assert Proxy(url).place() == place
