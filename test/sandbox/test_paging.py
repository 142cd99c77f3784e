"""Listings, page by page."""

from __future__ import annotations

import pytest
import urllib3
from contract_facts import operations

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import LINE, LISTINGS, STICKERS, Caller, path_to

TOO_BIG = 2**31

PAGED = [path_to(one) for one in operations if "pageNumber" in one.query_params]


def uri(page: int, size: int = 2, listing: str = LINE) -> str:
    return f"{listing}?pageSize={size}&pageNumber={page}"


@pytest.fixture
def ids(sandbox: Sandbox) -> list[str]:
    """The ids of five LINE integrations, in the order of their creation."""
    # Ids that sort in another order than that of creation.
    ids = ["e", "b", "d", "a", "c"]
    for integration_id in ids:
        sandbox.create_integration("line", integration_id=integration_id)
    return ids


def test_pages_follow_the_order_of_creation(call: Caller, ids: list[str]) -> None:
    pages = [call("GET", uri(page)).json["entities"] for page in (1, 2, 3)]

    assert [[entity["id"] for entity in page] for page in pages] == [ids[:2], ids[2:4], ids[4:]]


@pytest.mark.usefixtures("ids")
def test_the_first_page_points_forward(call: Caller) -> None:
    page = call("GET", uri(1)).json

    del page["entities"]
    assert page == {
        "pageSize": 2,
        "pageNumber": 1,
        "total": 5,
        "pageCount": 3,
        "firstUri": uri(1),
        "selfUri": uri(1),
        "lastUri": uri(3),
        "nextUri": uri(2),
    }


@pytest.mark.usefixtures("ids")
def test_a_page_in_the_middle_points_both_ways(call: Caller) -> None:
    page = call("GET", uri(2)).json

    assert (page["previousUri"], page["selfUri"], page["nextUri"]) == (uri(1), uri(2), uri(3))


@pytest.mark.usefixtures("ids")
def test_the_last_page_has_no_next(call: Caller) -> None:
    page = call("GET", uri(3)).json

    assert "nextUri" not in page
    assert page["previousUri"] == uri(2)


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("number", [4, 2**31 - 1])
def test_a_page_past_the_end_is_empty(call: Caller, number: int) -> None:
    response = call("GET", uri(number))

    assert (response.status, response.json["entities"]) == (200, [])
    assert (response.json["total"], response.json["pageCount"]) == (5, 3)
    assert "nextUri" not in response.json
    assert response.json["previousUri"] == uri(3)


@pytest.mark.parametrize("listing", LISTINGS)
def test_an_empty_listing_is_one_empty_page(call: Caller, listing: str) -> None:
    page = call("GET", listing).json

    first = uri(1, 25, listing)
    assert page == {
        "entities": [],
        "pageSize": 25,
        "pageNumber": 1,
        "total": 0,
        "pageCount": 0,
        "firstUri": first,
        "selfUri": first,
        "lastUri": first,
    }


def test_following_the_links_finds_every_sticker_once(call: Caller) -> None:
    first = call("GET", STICKERS + "?pageSize=7").json
    pages = [first]
    while "nextUri" in pages[-1] and len(pages) < 20:
        pages.append(call("GET", pages[-1]["nextUri"]).json)

    found = [sticker["id"] for page in pages for sticker in page["entities"]]
    assert len(pages) == first["pageCount"]
    assert len(found) == len(set(found)) == first["total"]


@pytest.mark.parametrize("listing", PAGED)
@pytest.mark.parametrize("name", ["pageSize", "pageNumber"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "", "x", "1.0", "1e3", "%2B1", "1_0", "%D9%A1", TOO_BIG]
)
def test_a_page_must_be_asked_for_with_whole_numbers(
    call: Caller, listing: str, name: str, value: object
) -> None:
    response = call("GET", f"{listing}?{name}={value}")

    assert (response.status, response.json["code"]) == (400, "invalid.value")
    assert response.json["details"] == [{"errorCode": "invalid.value", "fieldName": name}]
    assert name in response.json["message"]


def test_both_parameters_are_named_if_both_are_wrong(call: Caller) -> None:
    details = call("GET", LINE + "?pageSize=0&pageNumber=0").json["details"]

    assert [detail["fieldName"] for detail in details] == ["pageSize", "pageNumber"]


def test_a_page_has_a_largest_size(call: Caller) -> None:
    assert call("GET", LINE + "?pageSize=500").status == 200
    assert call("GET", LINE + "?pageSize=501").status == 400


def test_the_largest_size_can_be_chosen(pool: urllib3.PoolManager) -> None:
    with Sandbox(max_page_size=10) as sandbox:
        call = Caller(sandbox, pool)

        assert call("GET", LINE).json["pageSize"] == 10
        assert call("GET", LINE + "?pageSize=10").status == 200
        assert call("GET", LINE + "?pageSize=11").status == 400


def test_a_page_of_the_largest_sizes_there_are_does_not_overflow(
    pool: urllib3.PoolManager,
) -> None:
    with Sandbox(max_page_size=TOO_BIG) as sandbox:
        response = Caller(sandbox, pool)("GET", uri(TOO_BIG - 1, TOO_BIG - 1))

        assert (response.status, response.json["entities"]) == (200, [])
