"""Canned responses and their libraries."""

from __future__ import annotations

from typing import Any

import pytest

from ..agreement import assert_valid
from ..caller import Caller

LIBRARIES = "/api/v2/responsemanagement/libraries"
RESPONSES = "/api/v2/responsemanagement/responses"


def make_library(call: Caller, name: str = "Support", **fields: Any) -> Any:
    response = call("POST", LIBRARIES, {"name": name, **fields})
    assert response.status == 200, response.data
    return response.json


def make_response(call: Caller, name: str, *libraries: Any, text: str = "Hi", **fields: Any) -> Any:
    body = {
        "name": name,
        "libraries": [{"id": one["id"]} for one in libraries],
        "texts": [{"content": text, "contentType": "text/plain"}],
        **fields,
    }
    response = call("POST", RESPONSES, body)
    assert response.status == 200, response.data
    return response.json


def names(listing: Any) -> list[str]:
    return [one["name"] for one in listing["entities"]]


def test_a_library_lives_from_creation_to_deletion(call: Caller) -> None:
    created = make_library(call, responseType="MessagingTemplate", division={"id": "d-1"})

    assert_valid("Library", created)
    assert created["selfUri"] == f"{LIBRARIES}/{created['id']}"
    assert (created["version"], created["createdBy"]["name"]) == (1, "Sandbox User")
    assert call("GET", created["selfUri"]).json == created
    listing = call("GET", LIBRARIES).json
    assert_valid("LibraryEntityListing", listing)
    assert listing["entities"] == [created]
    changed = call("PUT", created["selfUri"], {"name": "Sales", "version": 1}).json
    assert_valid("Library", changed)
    assert (changed["name"], changed["version"]) == ("Sales", 2)
    assert "responseType" not in changed, "a PUT replaces"
    assert call("DELETE", created["selfUri"]).status == 204
    assert call("PUT", created["selfUri"], {"name": "Gone"}).status == 404


def test_a_change_of_another_version_is_refused(call: Caller) -> None:
    created = make_library(call)
    assert call("PUT", created["selfUri"], {"name": "Second", "version": 1}).status == 200

    refused = call("PUT", created["selfUri"], {"name": "Third", "version": 1})

    assert (refused.status, refused.json["code"]) == (409, "general.conflict")
    assert call("GET", created["selfUri"]).json["name"] == "Second"
    assert call("PUT", created["selfUri"], {"name": "Third"}).status == 200


def test_a_response_lives_from_creation_to_deletion(call: Caller) -> None:
    library = make_library(call)
    substitutions = [{"id": "name", "description": "Who", "defaultValue": "you"}]
    created = make_response(
        call, "Greeting", library, text="Hello {{name}}", substitutions=substitutions
    )

    assert_valid("Response", created)
    assert created["libraries"] == [
        {"id": library["id"], "name": "Support", "selfUri": library["selfUri"]}
    ]
    assert created["substitutions"] == substitutions
    assert call("GET", created["selfUri"]).json == created
    listing = call("GET", f"{RESPONSES}?libraryId={library['id']}").json
    assert_valid("ResponseEntityListing", listing)
    assert listing["entities"] == [created]
    body = {"name": "Farewell", "libraries": [{"id": library["id"]}], "version": 1}
    changed = call("PUT", created["selfUri"], body).json
    assert_valid("Response", changed)
    assert (changed["name"], changed["version"], "texts" in changed) == ("Farewell", 2, False)
    assert call("PUT", created["selfUri"], body).status == 409
    assert call("DELETE", created["selfUri"]).status == 204
    assert call("GET", created["selfUri"]).status == 404


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "x"}, "libraries", "missing.value"),
        ({"libraries": [{"id": "none"}]}, "libraries.0.id", "invalid.value"),
        ({"libraries": [], "texts": [{}]}, "texts.0.content", "missing.value"),
        ({"libraries": [], "responseType": "Song"}, "responseType", "invalid.value"),
    ],
)
def test_a_wrong_field_is_named(call: Caller, body: Any, field: str, code: str) -> None:
    refused = call("POST", RESPONSES, body)

    assert refused.status == 400
    assert refused.json["details"] == [{"errorCode": code, "fieldName": field}]


def test_a_listing_is_of_one_library(call: Caller) -> None:
    one, other = make_library(call, "One"), make_library(call, "Other")
    make_response(call, "in one", one)
    make_response(call, "in both", one, other)

    found = call("GET", f"{RESPONSES}?libraryId={other['id']}").json
    assert names(found) == ["in both"]
    refused = call("GET", RESPONSES)
    assert refused.json["details"] == [{"errorCode": "missing.value", "fieldName": "libraryId"}]


def test_a_library_takes_its_responses_along(call: Caller) -> None:
    one, other = make_library(call, "One"), make_library(call, "Other")
    lost, kept = make_response(call, "in one", one), make_response(call, "in both", one, other)

    assert call("DELETE", one["selfUri"]).status == 204

    assert call("GET", lost["selfUri"]).status == 404
    found = call("GET", kept["selfUri"]).json
    assert [library["name"] for library in found["libraries"]] == ["Other"]


def test_the_schema_of_substitutions_is_there_if_it_is_asked_for(call: Caller) -> None:
    schema = {"title": "Substitutions", "type": "object"}
    created = make_response(call, "x", make_library(call), substitutionsSchema=schema)

    assert "substitutionsSchema" not in created
    found = call("GET", f"{created['selfUri']}?expand=substitutionsSchema").json
    assert found["substitutionsSchema"] == schema


def test_libraries_are_filtered(call: Caller) -> None:
    make_library(call, "Support")
    make_library(call, "Sales", responseType="MessagingTemplate")

    assert names(call("GET", f"{LIBRARIES}?libraryPrefix=su").json) == ["Support"]
    assert names(call("GET", f"{LIBRARIES}?messagingTemplateFilter=whatsapp").json) == ["Sales"]
    assert call("GET", f"{LIBRARIES}?messagingTemplateFilter=pigeon").status == 400


def criterion(operator: str, value: str, key: str = "Name") -> dict[str, str]:
    return {"key": key, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ([], ["Support", "Sales", "Stock"]),
        ([{"criteria": criterion("EQUALS", "sales")}], ["Sales"]),
        ([{"criteria": criterion("NOTEQUALS", "Sales")}], ["Support", "Stock"]),
        ([{"criteria": criterion("IN", "Sales,Stock")}], ["Sales", "Stock"]),
        ([{"criteria": criterion("ENDS_WITH", "k")}], ["Stock"]),
        (
            [{"and": [criterion("BEGINS_WITH", "S"), criterion("CONTAINS", "o")]}],
            ["Support", "Stock"],
        ),
        (
            [{"or": [criterion("EQUALS", "Stock"), criterion("EQUALS", "Sales")]}],
            ["Sales", "Stock"],
        ),
        ([{"not": [criterion("CONTAINS", "o")]}], ["Sales"]),
        ([{"criteria": criterion("EQUALS", "d-1", "DivisionId")}], ["Stock"]),
        (
            [{"criteria": criterion("CONTAINS", "o")}, {"not": [criterion("EQUALS", "Stock")]}],
            ["Support"],
        ),
    ],
)
def test_libraries_are_queried_by_criteria(
    call: Caller, query: list[Any], wanted: list[str]
) -> None:
    make_library(call, "Support")
    make_library(call, "Sales")
    make_library(call, "Stock", division={"id": "d-1"})

    found = call("POST", f"{LIBRARIES}/query", {"query": query})

    assert found.status == 200, found.data
    assert_valid("LibraryEntityListing", found.json)
    assert names(found.json) == wanted
    page = call("POST", f"{LIBRARIES}/query?pageSize=1&pageNumber=2", {"query": []}).json
    assert (names(page), page["total"]) == (["Sales"], 3)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({}, ["Greeting", "Farewell", "Weather"]),
        ({"queryPhrase": "GREET"}, ["Greeting"]),
        ({"queryPhrase": "see you"}, ["Farewell"]),
        ({"pageSize": 1, "pageNumber": 3}, ["Weather"]),
        (
            {"filters": [{"name": "name", "operator": "BEGINS_WITH", "values": ["f", "w"]}]},
            ["Farewell", "Weather"],
        ),
        (
            {"filters": [{"name": "interactionType", "operator": "NOTEQUALS", "values": ["chat"]}]},
            ["Farewell", "Weather"],
        ),
    ],
)
def test_responses_are_queried_by_phrase_and_filters(
    call: Caller, body: Any, wanted: list[str]
) -> None:
    library = make_library(call)
    make_response(call, "Greeting", library, text="Hello", interactionType="chat")
    make_response(call, "Farewell", library, text="See you later")
    make_response(call, "Weather", library, text="Rain")

    found = call("POST", f"{RESPONSES}/query", body)

    assert found.status == 200, found.data
    assert_valid("ResponseQueryResults", found.json)
    assert names(found.json["results"]) == wanted


def test_responses_are_queried_by_library(call: Caller) -> None:
    one, other = make_library(call, "One"), make_library(call, "Other")
    make_response(call, "in one", one)
    make_response(call, "in other", other)
    wanted = {"name": "libraryId", "operator": "EQUALS", "values": [other["id"]]}

    found = call("POST", f"{RESPONSES}/query", {"filters": [wanted]}).json

    assert names(found["results"]) == ["in other"]


def test_a_query_of_a_wrong_operator_is_refused(call: Caller) -> None:
    wanted = {"name": "name", "operator": "LIKE", "values": []}
    refused = call("POST", f"{RESPONSES}/query", {"filters": [wanted]})
    assert refused.json["details"][0]["fieldName"] == "filters.0.operator"
    page = call("POST", f"{RESPONSES}/query", {"pageSize": 0})
    assert page.json["details"] == [{"errorCode": "invalid.value", "fieldName": "pageSize"}]


def test_a_response_that_is_not_there_is_a_404_whatever_its_body_names(call: Caller) -> None:
    texts = [{"content": "Hi", "contentType": "text/plain"}]
    body = {"name": "Greeting", "libraries": [{"id": "nowhere"}], "texts": texts, "version": 1}

    assert call("PUT", f"{RESPONSES}/nowhere", body).status == 404
