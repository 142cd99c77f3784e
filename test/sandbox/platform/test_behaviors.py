"""What no shape can say."""

from __future__ import annotations

import pytest

from PureCloudPlatformClientV2 import (
    ApiClient,
    BadRequestException,
    NotFoundException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract

from .calls import BASE, OPEN, assert_valid, call, client_of, example, operation_at


def test_whatsapp_is_signed_up_and_activated(client: ApiClient) -> None:
    path = f"{BASE}/integrations/whatsapp/embeddedsignup"
    body = {"name": "Shop", "embeddedSignupAccessToken": "a-secret-of-the-tests"}
    created = call(client, "POST", path, body)
    assert_valid("WhatsAppIntegration", created)
    assert (created["createStatus"], created["status"]) == ("Initiated", "Inactive")
    assert created["selfUri"] == f"{BASE}/integrations/whatsapp/{created['id']}"
    assert call(client, "GET", f"{BASE}/integrations/whatsapp")["total"] == 1
    number = created["availablePhoneNumbers"]["entities"][1]["phoneNumber"]
    for bad in ({"pin": "12345"}, {"pin": "123456", "phoneNumber": "+1"}, {}):
        with pytest.raises(BadRequestException):
            call(client, "PATCH", f"{path}/{created['id']}", bad)
    change = {"pin": "123456", "phoneNumber": number}
    active = call(client, "PATCH", f"{path}/{created['id']}", change)
    assert_valid("WhatsAppIntegration", active)
    assert (active["status"], active["phoneNumber"]) == ("Active", number)
    assert active["activationStatusCode"] == "CodeConfirmed"
    assert "pin" not in active
    with pytest.raises(NotFoundException):
        call(client, "PATCH", f"{path}/none", {"pin": "123456"})


@pytest.mark.parametrize(
    "path",
    [
        "facebook/app",
        "facebook/permissions",
        "integrations/twitter/oauth/settings",
        "integrations/open/extensions/googlebusinessprofile/oauth/settings",
    ],
)
def test_what_a_sign_up_begins_with_is_always_the_same(client: ApiClient, path: str) -> None:
    answer = call(client, "GET", f"{BASE}/{path}")
    assert_valid(operation_at("GET", f"{BASE}/{path}").result or "", answer)
    assert answer
    assert answer == call(client, "GET", f"{BASE}/{path}")


def test_a_twitter_integration_tells_how_to_sign_in_again(client: ApiClient) -> None:
    path = f"{BASE}/integrations/twitter"
    body = example(operation_at("POST", path).body or "")
    created = call(client, "POST", path, body)
    found = call(client, "GET", f"{BASE}/integrations/{created['id']}/twitter/oauth/settings")
    assert_valid("TwitterOAuthSettings", found)
    assert found["clientId"] == call(client, "GET", f"{path}/oauth/settings")["clientId"]
    with pytest.raises(NotFoundException):
        call(client, "GET", f"{BASE}/integrations/none/twitter/oauth/settings")


def test_apples_callback_needs_no_token(sandbox: Sandbox) -> None:
    (callback,) = [one for one in contract.operations() if not one.needs_token]
    with client_of(sandbox, "no-such-token") as client:
        with pytest.raises(BadRequestException, match="code"):
            call(client, "GET", f"{callback.path}?state=s")
        found = call(client, "GET", f"{callback.path}?code=c&state=s")
        assert_valid(callback.result or "", found)
        assert "error" not in found
        refused = call(client, "GET", f"{callback.path}?code=c&state=s&error=access_denied")
        assert_valid(callback.result or "", refused)
        assert refused["error"]["code"] == "access_denied"


def test_a_google_business_profile_is_an_open_integration(client: ApiClient) -> None:
    path = f"{BASE}/integrations/open/extensions/googlebusinessprofile"
    code = {"code": "a-secret-of-the-tests", "redirectUri": "https://example.com/"}
    token = call(client, "POST", f"{path}/tokens", code)
    assert_valid("GoogleAuthToken", token)
    assert call(client, "GET", f"{path}/tokens/{token['id']}") == token
    accounts = call(client, "GET", f"{path}/tokens/{token['id']}/accounts")
    assert_valid("GoogleBusinessProfileAccountListing", accounts)
    account = {"id": accounts["entities"][0]["id"]}
    body = {"name": "Shop", "token": {"id": token["id"]}, "account": account}
    with pytest.raises(BadRequestException, match=r"token\.id"):
        call(client, "POST", path, {**body, "token": {"id": "none"}})
    created = call(client, "POST", path, body)
    assert_valid("GoogleBusinessProfileOpenIntegration", created)
    assert (created["account"], created["createStatus"]) == (account, "Initiated")
    everything = call(client, "GET", f"{BASE}/integrations")["entities"]
    assert [one["messengerType"] for one in everything] == ["open"]
    changed = call(client, "PATCH", created["selfUri"], {"name": "Other"})
    assert (changed["name"], changed["token"]) == ("Other", {"id": token["id"]})
    with pytest.raises(BadRequestException, match=r"token\.id"):
        call(client, "PATCH", created["selfUri"], {"token": {"id": "none"}})
    assert call(client, "GET", created["selfUri"]) == changed
    call(client, "DELETE", created["selfUri"])
    for lost in (created["selfUri"], f"{path}/tokens/none", f"{path}/tokens/none/accounts"):
        with pytest.raises(NotFoundException):
            call(client, "GET", lost)


def test_recipients_come_with_integrations_and_take_a_flow(client: ApiClient) -> None:
    path = "/api/v2/routing/message/recipients"
    assert call(client, "GET", path)["total"] == 0
    chat = call(client, "POST", f"{BASE}/integrations/open", OPEN)
    page = {"name": "Page", "pageAccessToken": "a-secret-of-the-tests"}
    call(client, "POST", f"{BASE}/integrations/facebook", page)
    listing = call(client, "GET", path)
    assert_valid("RecipientListing", listing)
    kinds = [(one["messengerType"], one["name"]) for one in listing["entities"]]
    assert kinds == [("open", "Chat"), ("facebook", "Page")]
    for query in ("messengerType=facebook", "name=pag", "pageSize=1&pageNumber=2"):
        found = call(client, "GET", f"{path}?{query}")["entities"]
        assert [one["name"] for one in found] == ["Page"], query

    one = chat["recipient"]["selfUri"]
    assert "flow" not in call(client, "GET", one)
    routed = call(client, "PUT", one, {"flow": {"id": "f-1"}})
    assert_valid("Recipient", routed)
    assert routed["flow"]["id"] == "f-1"
    assert call(client, "GET", one) == routed
    call(client, "PATCH", chat["selfUri"], {"name": "Other"})
    assert call(client, "GET", one)["flow"] == routed["flow"], "a change of the integration stays"
    assert "flow" not in call(client, "PUT", one, {})
    call(client, "DELETE", chat["selfUri"])
    for verb, body in (("GET", None), ("PUT", {})):
        with pytest.raises(NotFoundException):
            call(client, verb, one, body)


def test_a_google_integration_that_is_not_there_is_a_404_whatever_its_token(
    client: ApiClient,
) -> None:
    path = f"{BASE}/integrations/open/extensions/googlebusinessprofile/nowhere"
    with pytest.raises(NotFoundException):
        call(client, "PATCH", path, {"name": "Shop", "accountId": "a", "token": {"id": "none"}})
