"""Bodies that the service refuses, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest

from .caller import BODIES, FACEBOOK, LINE, LISTINGS, TWITTER, Caller

JSON = {"Content-Type": "application/json"}


def without(listing: str, *names: str) -> dict[str, str]:
    return {name: value for name, value in BODIES[listing].items() if name not in names}


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    (FACEBOOK, without(FACEBOOK, "name"), ["name"]),
    (FACEBOOK, without(FACEBOOK, "pageAccessToken"), ["pageAccessToken"]),
    (FACEBOOK, {"name": "Page", "pageId": "1"}, ["pageAccessToken"]),
    (FACEBOOK, {"name": "Page", "userAccessToken": "secret"}, ["pageId"]),
    (FACEBOOK, {"userAccessToken": "secret"}, ["name", "pageId"]),
    (FACEBOOK, {}, ["name", "pageAccessToken"]),
    (LINE, {}, ["name"]),
    (LINE, without(LINE, "channelId"), ["channelId"]),
    (LINE, without(LINE, "channelSecret"), ["channelSecret"]),
    *((TWITTER, without(TWITTER, name), [name]) for name in BODIES[TWITTER]),
    (TWITTER, BODIES[TWITTER] | {"tier": "Premium"}, ["tier"]),
    (TWITTER, BODIES[TWITTER] | {"tier": "basic", "name": None}, ["name", "tier"]),
]


@pytest.mark.parametrize(("listing", "body", "fields"), REFUSED)
def test_every_missing_or_wrong_field_is_named(
    call: Caller, listing: str, body: dict[str, Any], fields: list[str]
) -> None:
    response = call("POST", listing, body)

    error = response.json
    assert (response.status, error["code"]) == (400, "invalid.value")
    assert [detail["fieldName"] for detail in error["details"]] == fields
    assert fields[0] in error["message"]
    assert error["messageWithParams"].format(**error["messageParams"]) == error["message"]
    assert b"secret-" not in response.data
    assert call("GET", listing).json["total"] == 0


@pytest.mark.parametrize("blank", ["", " \t", None])
@pytest.mark.parametrize("listing", LISTINGS)
def test_a_blank_required_field_is_as_good_as_none(
    call: Caller, listing: str, blank: str | None
) -> None:
    response = call("POST", listing, BODIES[listing] | {"name": blank})

    assert response.json["details"] == [{"errorCode": "missing.value", "fieldName": "name"}]


WRONG: list[tuple[Any, str]] = [
    (7, "invalid.type"),
    (True, "invalid.type"),
    ([], "invalid.type"),
    ({}, "invalid.type"),
    ("secret-" + "x" * 4090, "invalid.length"),
    ("secret-\0", "invalid.value"),
    ("secret-\ud800", "invalid.value"),
]


@pytest.mark.parametrize(("value", "code"), WRONG)
@pytest.mark.parametrize("listing", LISTINGS)
def test_every_field_must_be_a_string_of_reasonable_length(
    call: Caller, listing: str, value: Any, code: str
) -> None:
    for field in BODIES[listing]:
        response = call("POST", listing, BODIES[listing] | {field: value})

        assert response.status == 400
        assert response.json["details"] == [{"errorCode": code, "fieldName": field}]
        assert b"secret-" not in response.data


def test_the_longest_string_is_accepted(call: Caller) -> None:
    assert call.create(LINE, name="x" * 4096)["name"] == "x" * 4096


def test_any_other_character_comes_back_as_it_was_sent(call: Caller) -> None:
    name = "カスタマー \U0001f984 \x01\u2028\"'\\</script>"

    assert call.create(LINE, name=name)["name"] == name


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"7", b"null", b"true"])
@pytest.mark.parametrize("listing", LISTINGS)
def test_the_body_must_be_an_object(call: Caller, listing: str, data: bytes) -> None:
    response = call("POST", listing, data=data, headers=JSON)

    assert response.status == 400
    assert response.json["details"] == [{"errorCode": "invalid.type", "fieldName": "body"}]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"name": NaN}',
        b'{"name": -Infinity}',
        b"\xff\xfe\xfa",
        b'{"name": "\xff"}',
        b"[" * 100_000,
        b'{"name": ' + b"9" * 10_000 + b"}",
        b'{"name": "x"} trailing',
    ],
    ids=range(9),
)
def test_what_is_not_json_is_refused(call: Caller, data: bytes) -> None:
    response = call("POST", LINE, data=data, headers=JSON)

    assert (response.status, response.json["code"]) == (400, "bad.request")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_must_be_declared_as_json(call: Caller, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    response = call("POST", LINE, data=b'{"name": "x"}', headers=headers)

    assert (response.status, response.json["code"]) == (415, "unsupported.media.type")


def test_a_charset_beside_the_content_type_is_accepted(call: Caller) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}

    assert call("POST", LINE, BODIES[LINE], headers=headers).status == 200
