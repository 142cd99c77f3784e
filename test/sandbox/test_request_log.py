"""The log of what the sandbox was asked."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import LoggedRequest, ResetBeforeFault, Sandbox, StatusFault
from PureCloudPlatformClientV2.sandbox.request_log import is_secret

from .caller import BODIES, LINE, LISTINGS, STICKERS, Caller
from .test_oauth import GRANT
from .token_requests import SAML, basic, s256_challenge


def test_requests_are_logged_in_order_with_what_became_of_them(
    call: Caller, sandbox: Sandbox
) -> None:
    created = call("POST", LINE, {"name": "A"})
    call("GET", LINE + "?pageSize=5&pageNumber=2")
    call("GET", LINE + "/nowhere")
    call("DELETE", created.json["selfUri"])

    log = sandbox.requests
    assert [(entry.method, entry.path, entry.status, entry.applied) for entry in log] == [
        ("POST", LINE, 200, True),
        ("GET", LINE, 200, False),
        ("GET", LINE + "/nowhere", 404, False),
        ("DELETE", created.json["selfUri"], 204, True),
    ]
    assert all(entry.processed and entry.fault is None for entry in log)
    assert log[0].json == {"name": "A"}
    assert log[0].correlation_id == created.headers["ININ-Correlation-Id"]
    assert log[0].time == datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)
    assert log[0].headers["Content-Type"] == "application/json"
    assert log[1].query == {"pageSize": "5", "pageNumber": "2"}
    assert (log[1].json, log[1].form) == (None, {})


def test_the_path_is_logged_as_it_was_sent(call: Caller, sandbox: Sandbox) -> None:
    call("GET", LINE + "/a%2Fb%20c")

    assert sandbox.requests[-1].path == LINE + "/a%2Fb%20c"


def test_the_log_says_which_token_was_used(call: Caller, sandbox: Sandbox) -> None:
    token = sandbox.create_token(permissions=[])

    call("GET", LINE)
    call("GET", LINE, token=token)
    call("GET", LINE, token=None)

    ids = [sandbox.token_id(sandbox.access_token), sandbox.token_id(token), None]
    assert [entry.token_id for entry in sandbox.requests] == ids
    assert token not in repr(sandbox.requests)


@pytest.mark.parametrize("listing", LISTINGS)
def test_secrets_are_masked_and_the_rest_is_not(
    call: Caller, sandbox: Sandbox, listing: str
) -> None:
    call.create(listing)

    (entry,) = sandbox.requests
    assert entry.json == {
        name: "***" if value.startswith("secret") else value
        for name, value in BODIES[listing].items()
    }
    assert entry.headers["Authorization"] == "Bearer ***"
    assert "secret-" not in repr(entry)
    assert sandbox.access_token not in repr(entry)


def test_the_response_is_logged_with_its_secrets_masked(call: Caller, sandbox: Sandbox) -> None:
    created = call("POST", LINE, {"name": "A"}).json
    refused = call("POST", LINE, {}).json
    call.form(GRANT, basic(sandbox.client_id, sandbox.client_secret))
    call("DELETE", created["selfUri"])

    log = sandbox.requests
    assert [entry.response for entry in log[:2]] == [created, refused]
    assert log[2].response["access_token"] == "***"
    assert log[2].response["token_type"] == "bearer"
    assert log[3].response is None


def test_of_a_response_that_is_long_or_no_json_or_was_not_sent_there_is_no_log(
    call: Caller, sandbox: Sandbox
) -> None:
    for number in range(100):
        sandbox.create_integration("line", name=f"A line with a name of its own {number}")
    call("GET", LINE + "?pageSize=10")
    call("GET", LINE + "?pageSize=100")
    sandbox.faults.add(StatusFault(503, body="<p>Down</p>"), ResetBeforeFault())
    call("GET", LINE)
    with pytest.raises(urllib3.exceptions.HTTPError):
        call("GET", LINE)
    assert call("HEAD", LINE + "?pageSize=10").status == 200

    listed, *others = [entry.response for entry in sandbox.requests]
    assert listed["total"] == 100
    assert others == [None, None, None, None]


def test_secrets_are_masked_wherever_they_are(call: Caller, sandbox: Sandbox) -> None:
    hidden = {"Proxy-Authorization": "Digest hidden", "Cookie": "session=hidden"}
    body = [{"channel_secret": {"deep": "hidden"}, "list": [{"APP-SECRET": "hidden"}]}]

    call("POST", LINE + "?access_token=hidden", body, headers=hidden)

    (entry,) = sandbox.requests
    assert entry.json == [{"channel_secret": "***", "list": [{"APP-SECRET": "***"}]}]
    assert entry.query == {"access_token": "***"}
    assert "hidden" not in repr(entry)


def test_a_null_secret_is_shown_as_null(call: Caller, sandbox: Sandbox) -> None:
    call("POST", LINE, {"channelSecret": None})

    assert sandbox.requests[-1].json == {"channelSecret": None}


def test_the_form_of_a_token_request_is_logged_without_its_secret(
    call: Caller, sandbox: Sandbox
) -> None:
    call.form(GRANT | {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret})
    token = call.form(GRANT, basic(sandbox.client_id, sandbox.client_secret)).json["access_token"]

    in_body, in_header = sandbox.requests
    assert in_body.form == GRANT | {"client_id": sandbox.client_id, "client_secret": "***"}
    assert (in_header.form, in_header.headers["Authorization"]) == (GRANT, "Basic ***")
    assert (in_header.status, in_header.applied) == (200, True)
    for secret in (sandbox.client_secret, token):
        assert secret not in repr(sandbox.requests)


def test_nothing_that_buys_a_token_is_logged(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    verifier, uri = "hidden-verifier".ljust(43, "x"), "https://app.example/cb"
    code = sandbox.create_authorization_code(
        redirect_uri=uri, code_challenge=s256_challenge(verifier)
    )
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri}
    tokens = call.form(form | {"code_verifier": verifier}, credentials).json
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    call.form(refresh, credentials)
    saml = {"grant_type": SAML, "orgName": "sandbox", "assertion": "aGlkZGVu"}
    call.form(saml, credentials)

    assert [entry.form for entry in sandbox.requests] == [
        form | {"code": "***", "code_verifier": "***"},
        refresh | {"refresh_token": "***"},
        saml | {"assertion": "***"},
    ]
    bought = [tokens["access_token"], tokens["refresh_token"]]
    for secret in (code, verifier, *bought, "aGlkZGVu", sandbox.client_secret):
        assert secret not in repr(sandbox.requests)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("pageAccessToken", True),
        ("access_token", True),
        ("refresh_token", True),
        ("code_verifier", True),
        ("code", True),
        ("assertion", True),
        ("code_challenge", False),
        ("orgName", False),
        ("serviceCode", False),
        ("accessTokenKey", False),
        ("name", False),
    ],
)
def test_secrets_are_told_by_their_names(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 60_000, b'"' + b"x" * 70_000 + b'"'])
def test_a_body_that_cannot_be_logged_is_left_out(
    call: Caller, sandbox: Sandbox, data: bytes
) -> None:
    assert call("POST", LINE, data=data, headers={"Content-Type": "application/json"}).status == 400

    assert sandbox.requests[-1].json is None


def test_a_large_form_is_left_out(call: Caller, sandbox: Sandbox) -> None:
    assert call.form({"grant_type": "x" * 70_000}).status == 400

    assert sandbox.requests[-1].form == {}


def test_requests_to_the_control_api_are_not_logged(call: Caller, sandbox: Sandbox) -> None:
    call.control("GET", "/requests")
    call("GET", "/sandbox")

    assert sandbox.requests == []


def test_a_refused_request_is_logged(call: Caller, sandbox: Sandbox) -> None:
    call("POST", "/nothing", {"a": 1})
    call("POST", LINE, data=b"x" * 2_000_000)

    assert [entry.status for entry in sandbox.requests] == [404, 413]
    assert sandbox.requests[0].json == {"a": 1}


def test_a_request_that_met_a_fault_was_not_processed(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503))

    call("POST", LINE, {"name": "A"})

    (entry,) = sandbox.requests
    assert (entry.fault, entry.status, entry.processed, entry.applied) == (
        "status",
        503,
        False,
        False,
    )
    assert entry.json == {"name": "A"}


def test_the_log_keeps_the_latest_requests(pool: urllib3.PoolManager) -> None:
    with Sandbox(log_size=2) as sandbox:
        call = Caller(sandbox, pool)
        for path in ("/1", "/2", "/3"):
            call("GET", path)

        assert [entry.path for entry in sandbox.requests] == ["/2", "/3"]


def test_the_log_can_be_emptied(call: Caller, sandbox: Sandbox) -> None:
    call("GET", STICKERS)
    before = sandbox.requests

    sandbox.clear_requests()

    assert sandbox.requests == []
    assert isinstance(before[0], LoggedRequest)
