"""GET /oauth/authorize, after RFC 6749 section 4.1."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import Caller, Response
from .test_user_grants import CHALLENGE, URI, VERIFIER, code_grant


def visit(call: Caller, fields: dict[str, str], more: str = "") -> Response:
    """Open the page as a browser would that does not follow the redirect."""
    url = f"{call.sandbox.host}/oauth/authorize?{urlencode(fields)}{more}"
    return Response(call.pool.request("GET", url, redirect=False))


def target(response: Response) -> tuple[str, dict[str, str]]:
    """Where the browser is sent: the address without its query, and the query."""
    assert (response.status, response.headers["Cache-Control"]) == (302, "no-store")
    url = response.headers["Location"]
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    return url.partition("?")[0], {name: value for name, (value,) in query.items()}


@pytest.fixture
def fields(sandbox: Sandbox) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": sandbox.client_id,
        "redirect_uri": URI,
        "state": "a&b=c é%",
    }


def test_it_sends_the_browser_back_with_a_code(
    call: Caller, fields: dict[str, str], credentials: dict[str, str]
) -> None:
    address, query = target(visit(call, fields))

    code = query.pop("code")
    assert address == "https://app.example/callback"
    assert query == {"tenant": "1", "state": fields["state"]}
    assert call.form(code_grant(code), credentials).status == 200


def test_a_code_for_pkce_is_bound_to_its_challenge(
    call: Caller, fields: dict[str, str], sandbox: Sandbox
) -> None:
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}

    _, query = target(visit(call, fields | pkce))

    form = code_grant(query["code"], client_id=sandbox.client_id)
    assert call.form(form | {"code_verifier": VERIFIER.lower()}).status == 400
    assert call.form(form | {"code_verifier": VERIFIER}).status == 200


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8000/",
        "https://[::1]/cb?a=%20b&b=%C3%A9",
        "com.example.app:/callback",
        "myapp://callback",
    ],
)
def test_the_redirect_uri_is_left_as_it_is(call: Caller, fields: dict[str, str], uri: str) -> None:
    location = visit(call, fields | {"redirect_uri": uri}).headers["Location"]

    assert location.startswith(uri + ("&code=" if "?" in uri else "?code="))


def test_without_a_state_none_is_sent_back(call: Caller, fields: dict[str, str]) -> None:
    del fields["state"]

    _, query = target(visit(call, fields))

    assert set(query) == {"tenant", "code"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_a_mistake_is_told_to_the_client(
    call: Caller, fields: dict[str, str], changes: dict[str, str], error: str
) -> None:
    address, query = target(visit(call, fields | changes))

    assert address == "https://app.example/callback"
    assert set(query) == {"tenant", "error", "error_description", "state"}
    assert (query["error"], query["state"]) == (error, fields["state"])


def test_a_repeated_parameter_is_told_to_the_client(call: Caller, fields: dict[str, str]) -> None:
    _, query = target(visit(call, fields, "&response_type=code"))

    assert query["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ""},
        {"client_id": "<script>"},
        {"redirect_uri": ""},
        {"redirect_uri": "/callback"},
        {"redirect_uri": "//app.example/callback"},
        {"redirect_uri": "localhost:8000/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https:///callback"},
        {"redirect_uri": "https://[nonsense/"},
        {"redirect_uri": "https://app.example/#fragment"},
        {"redirect_uri": "https://app.example/\r\nSet-Cookie: a=b"},
        {"redirect_uri": "https://ümlaut.example/"},
    ],
)
def test_the_browser_is_not_sent_where_it_may_not_be_wanted(
    call: Caller, fields: dict[str, str], changes: dict[str, str]
) -> None:
    response = visit(call, fields | changes)

    assert response.status == 400
    assert "Location" not in response.headers
    assert response.headers["Content-Type"].startswith("text/html")
    assert next(iter(changes)) in response.data.decode()
    assert b"<script>" not in response.data


@pytest.mark.parametrize("repeated", ["&client_id=x", "&redirect_uri=https://a.example/"])
def test_a_repeated_address_or_client_is_none(
    call: Caller, fields: dict[str, str], repeated: str
) -> None:
    assert visit(call, fields, repeated).status == 400


def test_the_visit_is_logged_without_the_code(
    call: Caller, fields: dict[str, str], sandbox: Sandbox
) -> None:
    _, query = target(visit(call, fields))

    (entry,) = sandbox.requests
    assert (entry.path, entry.status, entry.query) == ("/oauth/authorize", 302, fields)
    assert query["code"] not in repr(entry)
