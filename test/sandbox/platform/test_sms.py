"""SMS: addresses, phone numbers, and what comes with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox

from ..agreement import assert_valid
from ..caller import Caller, Clock

SMS = "/api/v2/routing/sms"
NUMBERS = f"{SMS}/phonenumbers"
RECIPIENTS = "/api/v2/routing/message/recipients"
NUMBER = "+13175550100"
ORDER = {"phoneNumber": NUMBER, "phoneNumberType": "local", "countryCode": "US"}
IMPORT = {**ORDER, "phoneNumber": "+15005550006", "integrationId": "i-1"}
ADDRESS = {
    "name": "Office",
    "street": "1 Main St",
    "city": "Indianapolis",
    "region": "IN",
    "postalCode": "46204",
    "countryCode": "US",
}


def buy(call: Caller, **changes: Any) -> Any:
    response = call("POST", NUMBERS, {**ORDER, **changes})
    assert response.status == 202, response.data
    return response.json


def test_an_address_lives_from_creation_to_deletion(call: Caller) -> None:
    created = call("POST", f"{SMS}/addresses", {**ADDRESS, "autoCorrectAddress": True})
    assert created.status == 200
    assert_valid("SmsAddress", created.json)
    assert created.json.items() >= ADDRESS.items()
    assert call("GET", created.json["selfUri"]).json == created.json
    listing = call("GET", f"{SMS}/addresses").json
    assert_valid("SmsAddressEntityListing", listing)
    assert listing["entities"] == [created.json]
    assert call("DELETE", created.json["selfUri"]).status == 204
    assert call("GET", created.json["selfUri"]).status == 404


@pytest.mark.parametrize(
    ("query", "kind", "start"),
    [
        ("countryCode=US&phoneNumberType=local", "local", "+1"),
        ("countryCode=US&phoneNumberType=local&areaCode=415", "local", "+1415"),
        ("countryCode=US&phoneNumberType=local&city=indianapolis", "local", "+1317"),
        ("countryCode=US&phoneNumberType=local&pattern=0119", "local", "+1"),
        ("countryCode=US&phoneNumberType=tollfree", "tollfree", "+1800"),
        ("countryCode=GB&phoneNumberType=mobile", "mobile", "+44"),
        ("countryCode=DE&phoneNumberType=mobile&addressRequirement=local", "mobile", "+49"),
    ],
)
def test_the_stock_is_searched(call: Caller, query: str, kind: str, start: str) -> None:
    found = call("GET", f"{SMS}/availablephonenumbers?{query}").json

    assert_valid("SMSAvailablePhoneNumberEntityListing", found)
    assert found["entities"]
    assert {one["phoneNumberType"] for one in found["entities"]} == {kind}
    assert all(one["phoneNumber"].startswith(start) for one in found["entities"])
    assert found == call("GET", f"{SMS}/availablephonenumbers?{query}").json


def test_the_stock_has_none_of_an_unknown_country(call: Caller) -> None:
    path = f"{SMS}/availablephonenumbers?countryCode=XX&phoneNumberType=local"
    assert call("GET", path).json == {"entities": []}


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("", [("countryCode", "missing.value"), ("phoneNumberType", "missing.value")]),
        ("?countryCode=US", [("phoneNumberType", "missing.value")]),
        ("?countryCode=US&phoneNumberType=pigeon", [("phoneNumberType", "invalid.value")]),
    ],
)
def test_a_search_needs_country_and_type(
    call: Caller, query: str, details: list[tuple[str, str]]
) -> None:
    refused = call("GET", f"{SMS}/availablephonenumbers{query}")

    assert refused.status == 400
    found = [(one["fieldName"], one["errorCode"]) for one in refused.json["details"]]
    assert found == details


def test_a_number_is_bought_once(call: Caller, sandbox: Sandbox) -> None:
    stock = f"{SMS}/availablephonenumbers?countryCode=US&phoneNumberType=local&areaCode=317"
    address = call("POST", f"{SMS}/addresses", ADDRESS).json

    bought = buy(call, name="Shop", addressId=address["id"])

    assert_valid("SmsPhoneNumber", bought)
    assert bought["phoneNumberStatus"] == "INITIATED"
    assert bought["provisioningStatus"] == {"action": "Create", "state": "Running"}
    read = call("GET", bought["selfUri"]).json
    assert_valid("SmsPhoneNumber", read)
    assert (read["phoneNumber"], read["phoneNumberStatus"]) == (NUMBER, "ACTIVE")
    assert read["addressId"] == address
    assert (read["country"], read["supportsMms"]) == ("United States", True)
    assert read["provisionedThroughPureCloud"] is True
    listing = call("GET", NUMBERS).json
    assert_valid("SmsPhoneNumberEntityListing", listing)
    assert listing["entities"] == [read]
    assert NUMBER not in [one["phoneNumber"] for one in call("GET", stock).json["entities"]]
    assert call("POST", NUMBERS, ORDER).status == 409
    other = sandbox.create_organization("Other")
    assert call("POST", NUMBERS, ORDER, token=other.access_token).status == 202


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phoneNumber": "+15005550006"}, "phoneNumber"),
        ({"phoneNumberType": "tollfree"}, "phoneNumber"),
        ({"countryCode": "GB"}, "phoneNumber"),
        ({"phoneNumberType": "pigeon"}, "phoneNumberType"),
        ({"addressId": "none"}, "addressId"),
        ({"supportedContent": {"id": "none"}}, "supportedContent.id"),
    ],
)
def test_what_cannot_be_bought_is_refused(call: Caller, change: dict[str, Any], field: str) -> None:
    refused = call("POST", NUMBERS, {**ORDER, **change})

    assert refused.status == 400
    assert [one["fieldName"] for one in refused.json["details"]] == [field]
    assert call("GET", NUMBERS).json["total"] == 0


def test_a_number_is_brought_along(call: Caller) -> None:
    created = call("POST", f"{NUMBERS}/import", IMPORT)

    assert created.status == 200
    assert_valid("SmsPhoneNumber", created.json)
    assert created.json["selfUri"] == f"{NUMBERS}/{created.json['id']}"
    assert created.json["phoneNumberStatus"] == "ACTIVE"
    assert created.json["integration"] == {"id": "i-1"}
    assert created.json["provisionedThroughPureCloud"] is False
    assert call("POST", f"{NUMBERS}/import", IMPORT).status == 409


def test_a_name_may_be_a_sender(call: Caller) -> None:
    created = call("POST", f"{NUMBERS}/alphanumeric", {"phoneNumber": "SHOP"})

    assert created.status == 200
    assert_valid("SmsPhoneNumber", created.json)
    assert created.json["phoneNumberType"] == "alphanumeric"
    assert call("GET", created.json["selfUri"]).json == created.json


def test_a_number_changes_and_goes(call: Caller) -> None:
    bought = buy(call)
    content = call("POST", "/api/v2/messaging/supportedcontent", {"name": "Pictures"}).json

    changed = call("PATCH", bought["selfUri"], {"supportedContent": {"id": content["id"]}})

    assert (changed.status, changed.json["supportedContent"]["name"]) == (200, "Pictures")
    assert changed.json["version"] == bought["version"] + 1
    assert call("GET", f"{NUMBERS}?supportedContent.id={content['id']}").json["total"] == 1
    gone = call("DELETE", bought["selfUri"])
    assert (gone.status, gone.data) == (202, b"")
    assert call("GET", bought["selfUri"]).status == 404
    assert buy(call)["phoneNumber"] == NUMBER


def test_numbers_are_filtered_and_put_in_order(call: Caller) -> None:
    for number in ("+14155550100", NUMBER):
        call("GET", buy(call, phoneNumber=number)["selfUri"])
    call("POST", f"{NUMBERS}/alphanumeric", {"phoneNumber": "SHOP"})

    def found(query: str) -> list[str]:
        response = call("GET", f"{NUMBERS}?{query}")
        assert response.status == 200, response.data
        return [one["phoneNumber"] for one in response.json["entities"]]

    assert found("phoneNumberType=local") == ["+14155550100", NUMBER]
    assert found("phoneNumberType=local,alphanumeric&phoneNumberStatus=active&countryCode=US") == [
        "+14155550100",
        NUMBER,
    ]
    assert found("phoneNumberType=alphanumeric&phoneNumberType=mobile") == ["SHOP"]
    assert found("phoneNumberStatus=pending-cancellation") == []
    assert found("phoneNumber=317") == [NUMBER]
    assert found("phoneNumber=%2B1415*") == ["+14155550100"]
    assert found("sortBy=phoneNumber") == [NUMBER, "+14155550100", "SHOP"]
    assert found("sortBy=phoneNumber&sortOrder=descending&pageSize=1") == ["SHOP"]
    assert found("sortBy=PHONENUMBER&sortOrder=Descending&pageSize=1") == ["SHOP"]
    assert call("GET", f"{NUMBERS}?sortBy=colour").status == 400


def test_a_page_of_a_filtered_listing_leads_to_the_next(call: Caller) -> None:
    for last in range(3):
        buy(call, phoneNumber=f"+1317555010{last}")

    page = call("GET", f"{NUMBERS}?phoneNumberType=local&pageSize=1").json
    numbers = [page["entities"][0]["phoneNumber"]]
    while "nextUri" in page:
        page = call("GET", page["nextUri"]).json
        numbers.append(page["entities"][0]["phoneNumber"])

    assert "phoneNumberType=local" in page["selfUri"]
    assert numbers == [f"+1317555010{last}" for last in range(3)]


def test_a_number_has_a_recipient_and_an_identity_resolution(
    call: Caller, sandbox: Sandbox
) -> None:
    bought = buy(call)
    identity = f"{SMS}/identityresolution/phonenumbers/{bought['id']}"

    first = call("GET", identity).json
    assert_valid("SmsIdentityResolutionConfig", first)
    assert first["resolveIdentities"] is False
    changed = call("PUT", identity, {"resolveIdentities": True}).json
    assert changed == call("GET", identity).json
    assert changed["resolveIdentities"] is True
    expanded = call("GET", f"{NUMBERS}?expand=identityresolution,supportedContent").json
    assert expanded["entities"][0]["identityResolution"] == changed

    (recipient,) = call("GET", f"{RECIPIENTS}?messengerType=sms").json["entities"]
    assert_valid("Recipient", recipient)
    assert recipient["name"] == NUMBER
    routed = call("PUT", recipient["selfUri"], {"flow": {"id": "f-1"}}).json
    assert routed["flow"]["id"] == "f-1"
    (summary,) = call.control("GET", "/integrations").json["integrations"]
    assert (summary["messengerType"], summary["name"]) == ("sms", NUMBER)

    call("DELETE", bought["selfUri"])
    for path in (identity, recipient["selfUri"]):
        assert call("GET", path).status == 404


def test_compliance_is_there_if_it_is_asked_for(call: Caller) -> None:
    reply = {"message": "Bye"}
    stop = {"keyword": ["STOP"], "response": reply}
    compliance = {"stopSettings": [stop], "optInSettings": [], "helpSettings": []}
    number = call("POST", f"{NUMBERS}/import", {**IMPORT, "compliance": compliance})
    assert number.status == 200, number.data

    assert "compliance" not in call("GET", number.json["selfUri"]).json
    shown = call("GET", f"{number.json['selfUri']}?expand=compliance").json
    assert shown["compliance"] == compliance


def test_a_number_is_there_after_its_time(pool: urllib3.PoolManager, clock: Clock) -> None:
    with Sandbox(creation_time=60, clock=clock) as sandbox:
        call = Caller(sandbox, pool)
        bought = buy(call)

        assert call("GET", bought["selfUri"]).json["phoneNumberStatus"] == "INITIATED"
        clock.advance(60)
        assert call("GET", bought["selfUri"]).json["phoneNumberStatus"] == "ACTIVE"
        sandbox.set_create_status(bought["id"], "Error")
        failed = call("GET", bought["selfUri"]).json
        assert failed["phoneNumberStatus"] == "INVALID"
        assert failed["provisioningStatus"]["state"] == "Failed"


def test_of_those_who_want_a_number_at_once_one_gets_it(call: Caller) -> None:
    orders = [{**ORDER, "phoneNumber": f"+131755501{number:02}"} for number in range(20)]

    with ThreadPoolExecutor(4) as threads:
        for order in orders:
            buying = [threads.submit(call, "POST", NUMBERS, order) for _ in range(4)]
            answers = [one.result().status for one in buying]
            assert sorted(answers) == [202, 409, 409, 409]

    assert call("GET", NUMBERS).json["total"] == len(orders)
