"""Canned responses, and the libraries that they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from ...errors import Problem, invalid
from ...state import current_state
from .. import shapes
from ..caller import current_caller
from ..contract import Operation
from ..queries import Wire, compares, listing_to_wire, parse_page
from ..wire import Place, reference_to
from .registry import Answer, behavior

_LIBRARIES = Place.named("responsemanagement/libraries")
_RESPONSES = Place.named("responsemanagement/responses")


@behavior("postResponsemanagementResponses")
def create_response(operation: Operation) -> Answer:
    """Make a response that is in libraries that there are."""
    with current_state().store.transaction():  # so that no library goes away meanwhile
        return shapes.create_document(operation, libraries=_libraries(operation))


@behavior("putResponsemanagementResponse")
def change_response(operation: Operation, response_id: str) -> Answer:
    """Replace a response."""
    with current_state().store.transaction():
        shapes.own(Place.of(operation.path), response_id)  # a 404 goes before what a body names
        return shapes.change_document(operation, response_id, libraries=_libraries(operation))


@behavior("deleteResponsemanagementLibrary")
def delete_library(operation: Operation, library_id: str) -> Answer:
    """Forget a library, and the responses that are in no other."""
    caller = current_caller()
    documents, organization_id = caller.state.store.documents, caller.organization_id
    with caller.state.store.transaction():
        answer = shapes.delete_document(operation, library_id)
        for collection, response in documents.all(organization_id, _RESPONSES.collection):
            left = [one for one in response.fields["libraries"] if one["id"] != library_id]
            if not left:
                shapes.remove_document(response, _RESPONSES, caller)
            elif left != response.fields["libraries"]:
                response.fields["libraries"] = left
                documents.save(organization_id, collection, response)
    return answer


@behavior("postResponsemanagementLibrariesQuery")
def query_libraries(operation: Operation) -> Answer:
    """Give a page of the libraries that fit all groups of criteria."""
    groups = shapes.body_of(operation)["query"]
    found = [
        one
        for one in shapes.select(operation, "Library")
        if all(_fits_group(one, group) for group in groups)
    ]
    return _page(operation, request.args, found), 200


@behavior("postResponsemanagementResponsesQuery")
def query_responses(operation: Operation) -> Answer:
    """Give a page of the responses that have a phrase in them and pass all filters."""
    body = shapes.body_of(operation)
    phrase = body.get("queryPhrase", "").casefold()
    found = [
        one
        for one in shapes.select(operation, "Response")
        if phrase in _text(one)
        and all(
            compares(wanted["operator"], _values(one, wanted["name"]), wanted["values"])
            for wanted in body.get("filters", ())
        )
    ]
    sizes = {name: str(value) for name, value in body.items() if name.startswith("page")}
    return {"results": _page(operation, sizes, found)}, 200


def _libraries(operation: Operation) -> list[dict[str, Any]]:
    """Give the references to the libraries that a body names."""
    given = [one.get("id", "") for one in shapes.body_of(operation)["libraries"]]
    for position, library_id in enumerate(given):
        if not shapes.has(_LIBRARIES, library_id):
            message = "The field {fieldName} names no library that there is."
            raise invalid([Problem(f"libraries.{position}.id", "invalid.value", message)])
    return [reference_to(shapes.own(_LIBRARIES, one), _LIBRARIES) for one in given]


def _page(operation: Operation, sizes: Mapping[str, str], found: list[Wire]) -> dict[str, Any]:
    page = parse_page(sizes, current_caller().state.settings.max_page_size)
    shown = found[page.offset : page.offset + page.size]
    return listing_to_wire(operation.path, page, shown, len(found))


def _fits_group(library: Wire, group: Mapping[str, Any]) -> bool:
    alone = [group["criteria"]] if "criteria" in group else []
    either = group.get("or", ())
    return (
        all(_meets(library, one) for one in (*alone, *group.get("and", ())))
        and (not either or any(_meets(library, one) for one in either))
        and not any(_meets(library, one) for one in group.get("not", ()))
    )


def _meets(library: Wire, criterion: Mapping[str, Any]) -> bool:
    values = {
        "Id": [library["id"]],
        "Name": [library["name"]],
        "CreatedBy": [library["createdBy"]["id"]],
        "DivisionId": [library.get("division", {}).get("id", "")],
    }
    wanted = criterion.get("value", "").split(",")
    return compares(criterion["operator"], values[criterion["key"]], wanted)


def _text(response: Wire) -> str:
    """Give all that a phrase may be found in."""
    texts = [one["content"] for one in response.get("texts", ())]
    return "\n".join([response.get("name", ""), *texts]).casefold()


def _values(response: Wire, name: str) -> list[str]:
    """Give what a field has that a filter may name: that of a reference is its id."""
    if name == "libraryId":
        name = "libraries"
    found = response.get(name)
    many: list[Any] = found if isinstance(found, list) else [] if found is None else [found]
    return [str(one.get("id", "") if isinstance(one, dict) else one) for one in many]
