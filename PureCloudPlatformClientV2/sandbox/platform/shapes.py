"""What operations of the common shapes do.

They list, create, read, change and delete documents, or read and set what there is one of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid4, uuid5

from flask import request

from ..entities import digits, user_to_wire, wire_date
from ..errors import Problem, ServiceError, error_for_status, invalid, require_object
from ..exchange import current_token
from ..json_body import read_json_body
from ..paging import listing_to_wire, parse_page
from ..state import State, current_state
from ..store.documents import Document
from . import contract
from .contract import Operation

FAMILIES = ("/api/v2/conversations/messaging/", "/api/v2/messaging/")
"""The beginnings of the paths; what is behind them is the same thing under both."""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "settings": {"name": "Default"},
    "supportedcontent": {
        "name": "Default",
        "mediaTypes": {
            "allow": {
                "inbound": [{"type": "*/*"}],
                "outbound": [{"type": f"image/{one}"} for one in ("jpeg", "png", "gif")],
            }
        },
    },
    "threadingtimeline": {"settings": [], "defaultTimeoutMinutes": 72 * 60},
}
"""What an organization has by itself."""

_STATUSES = {"Initiated": "Inactive", "Completed": "Active", "Error": "Error"}
"""The status of an integration, by how far its creation is."""

_EMPTY: Mapping[str | None, Any] = {"array": [], "boolean": False, "object": {}, "integer": 0}
"""What a required field has that nothing was said of, by type."""

_CHOSEN = "chosen defaults"
"""The collection of what was chosen, by the collection that it is chosen from."""

_REFERENCES = {"supportedContent": "supportedcontent", "messagingSetting": "settings"}
"""The fields of an integration that refer to a document, and its collection."""


_KEPT_ELSEWHERE = {
    "integrations/whatsapp/embeddedsignup": "integrations/whatsapp",
    "integrations/open/extensions/googlebusinessprofile/tokens": "googlebusinessprofile/tokens",
}
"""The collections whose documents are in another one, by the name that their path gives."""

_SINGLETONS = "identityresolution/"
"""What begins the collections of what every document of another collection has one of."""


class Place(NamedTuple):
    """Where documents of an operation are."""

    base: str
    """The path of the collection."""
    collection: str

    @classmethod
    def of(cls, path: str) -> Place:
        """Find the collection of a path."""
        base = path.removesuffix("/default").partition("/{")[0]
        family = next(one for one in FAMILIES if base.startswith(one))
        collection = base.removeprefix(family)
        kept = _KEPT_ELSEWHERE.get(collection, collection)
        return cls(f"{family}{kept}", kept)


def list_documents(operation: Operation) -> tuple[dict[str, Any], int]:
    """Give a page of a collection; of all kinds of integration, those of every one."""
    place, state = Place.of(operation.path), current_state()
    page = parse_page(request.args, state.settings.max_page_size)
    pattern = "integrations/*" if place.collection == "integrations" else place.collection
    organization_id = current_token().organization_id
    if place.collection in _DEFAULTS:
        default(place.collection, organization_id, state)  # which is there from the beginning
    found = [
        (collection, document)
        for collection, document in state.store.documents.all(organization_id, pattern)
        if _is_wanted(document, state)
    ]
    shown = found[page.offset : page.offset + page.size]
    listing = operation.result or ""
    entity = contract.definition_of(contract.properties(listing)["entities"]) or ""
    entities = [
        to_wire(document, entity, Place(f"{FAMILIES[0]}{one}", one), state)
        if pattern.endswith("*")
        else to_wire(document, entity, place, state)
        for one, document in shown
    ]
    return listing_to_wire(place.base, page, entities, len(found)), 200


def _is_wanted(document: Document, state: State) -> bool:
    return all(
        reference is not None and reference["id"] == request.args[f"{field}.id"]
        for field, collection in _REFERENCES.items()
        if f"{field}.id" in request.args
        for reference in [_reference(document.fields.get(field), collection, state)]
    )


def create_document(operation: Operation, **known: Any) -> tuple[dict[str, Any], int]:
    """Keep what a request describes, and what the service knows of it."""
    state, token, place = current_state(), current_token(), Place.of(operation.path)
    result = operation.result or ""
    fields = {**_stored(operation, body_of(operation)), **known}
    now = state.clock()
    document = Document(str(uuid4()), fields, now, now, token.owner, token.owner)
    state.store.documents.add(token.organization_id, place.collection, document)
    wire = to_wire(document, result, place, state)
    if operation.status == 202 and document.create_status is None:
        # Complete at the first read, or later: a program must not take the answer for the end.
        wire["createStatus"] = "Initiated"
    return wire, operation.status


def read_document(operation: Operation, document_id: str) -> tuple[dict[str, Any], int]:
    """Give one document."""
    place, state = Place.of(operation.path), current_state()
    return to_wire(own(place, document_id), operation.result or "", place, state), 200


def change_document(
    operation: Operation, document_id: str, **known: Any
) -> tuple[dict[str, Any], int]:
    """Change the fields that a request has, and those that are told; others stay."""
    state, token, place = current_state(), current_token(), Place.of(operation.path)
    body = body_of(operation)
    with state.store.transaction():
        document = own(place, document_id)
        document.fields |= {**_stored(operation, body), **known}
        document.version += 1
        document.modified, document.modified_by = state.clock(), token.owner
        state.store.documents.save(token.organization_id, place.collection, document)
    return to_wire(document, operation.result or "", place, state), 200


def delete_document(operation: Operation, document_id: str) -> tuple[None, int]:
    """Forget a document."""
    place, state, token = Place.of(operation.path), current_state(), current_token()
    with state.store.transaction():
        own(place, document_id)
        if place.collection in _DEFAULTS:
            chosen = default(place.collection, token.organization_id, state)
            if chosen is not None and chosen.id == document_id:
                raise error_for_status(409)
        for collection in (place.collection, _SINGLETONS + place.collection):
            state.store.documents.remove(token.organization_id, collection, document_id)
    return None, 204


def read_singleton(operation: Operation, *ids: str) -> tuple[dict[str, Any], int]:
    """Give what an integration, or the organization, has one of; as it is at first if not set."""
    place, state = Place.of(operation.path), current_state()
    found = _singleton(place, ids, state)
    return to_wire(found, operation.result or "", place, state), 200


def set_singleton(operation: Operation, *ids: str) -> tuple[dict[str, Any], int]:
    """Replace what an integration, or the organization, has one of."""
    place, state, token = Place.of(operation.path), current_state(), current_token()
    fields = _stored(operation, body_of(operation))
    with state.store.transaction():
        document = _singleton(place, ids, state)
        document.fields = {**_DEFAULTS.get(place.collection, {}), **fields}
        document.version += 1
        document.modified, document.modified_by = state.clock(), token.owner
        state.store.documents.remove(token.organization_id, place.collection, document.id)
        state.store.documents.add(token.organization_id, place.collection, document)
    return to_wire(document, operation.result or "", place, state), 200


def _singleton(place: Place, ids: tuple[str, ...], state: State) -> Document:
    organization_id = current_token().organization_id
    if ids:  # it is there as long as its owner
        owner = place.collection.removeprefix(_SINGLETONS)
        own(Place(place.base.replace(_SINGLETONS, ""), owner), *ids)
    own_id = str(uuid5(NAMESPACE_URL, f"{organization_id}/{place.collection}"))
    document_id = ids[0] if ids else own_id
    found = state.store.documents.find(organization_id, place.collection, document_id)
    if found is not None:
        return found
    now, by = state.clock(), "Sandbox"
    fields = _DEFAULTS.get(place.collection, {})
    return Document(document_id, dict(fields), now, now, by, by)


def read_default(operation: Operation) -> tuple[dict[str, Any], int]:
    """Give the document that is the organization's default."""
    place, state = Place.of(operation.path), current_state()
    organization_id = current_token().organization_id
    document = default(place.collection, organization_id, state)
    if document is None:
        raise error_for_status(404)
    return to_wire(document, operation.result or "", place, state), 200


def choose_default(operation: Operation) -> tuple[dict[str, Any], int]:
    """Make a document the organization's default."""
    place, token = Place.of(operation.path), current_token()
    body = body_of(operation)
    chosen = own(place, body.get("id") or body.get("settingId") or "")
    _note_default(token.organization_id, place.collection, chosen.id)
    return to_wire(chosen, operation.result or "", place, current_state()), 200


def remove_default(operation: Operation) -> tuple[None, int]:
    """Leave the organization without a default."""
    _note_default(current_token().organization_id, Place.of(operation.path).collection, "")
    return None, 204


def _note_default(organization_id: str, collection: str, chosen: str) -> None:
    state = current_state()
    now, owner = state.clock(), current_token().owner
    note = Document(collection, {"chosen": chosen}, now, now, owner, owner)
    with state.store.transaction():
        state.store.documents.remove(organization_id, _CHOSEN, collection)
        state.store.documents.add(organization_id, _CHOSEN, note)


def default(collection: str, organization_id: str, state: State) -> Document | None:
    """Find the document that is an organization's default; the built-in one if none is chosen."""
    documents = state.store.documents
    own_id = str(uuid5(NAMESPACE_URL, f"{organization_id}/{collection}/default"))
    with state.store.transaction():
        note = documents.find(organization_id, _CHOSEN, collection)
        if note is not None:
            chosen: str = note.fields["chosen"]
            found = documents.find(organization_id, collection, chosen) if chosen else None
            if found is not None or not chosen:
                return found
        found = documents.find(organization_id, collection, own_id)
        if found is None:
            now, owner = state.clock(), "Sandbox"
            found = Document(own_id, dict(_DEFAULTS[collection]), now, now, owner, owner)
            documents.add(organization_id, collection, found)
        return found


def to_wire(document: Document, definition: str, place: Place, state: State) -> dict[str, Any]:
    """Build the JSON object of a document, with the fields that its definition has."""
    known = contract.properties(definition)
    version = str(document.version) if known.get("version", {}).get("type") == "string" else None
    values: dict[str, Any] = {
        "messengerType": messenger_of(place.collection),
        **document.fields,
        "id": document.id,
        "version": version or document.version,
        "dateCreated": wire_date(document.created),
        "dateModified": wire_date(document.modified),
        "createdBy": user_to_wire(document.created_by),
        "modifiedBy": user_to_wire(document.modified_by),
        "updatedBy": user_to_wire(document.modified_by),
        "recipient": recipient_of(document),
        "selfUri": f"{place.base}/{quote(document.id, safe='')}",
        **_creation(document, state),
    }
    values.setdefault("status", _STATUSES[values["createStatus"]])
    wire = {name: values[name] for name in known if name in values}
    for name in contract.required(definition):
        # What the messengers would have told, such as a page's app.
        invented = _EMPTY.get(known[name].get("type"), digits(f"{name} of {document.id}"))
        wire.setdefault(name, invented)
    for field, collection in _REFERENCES.items():
        if field in known:
            wire[field] = _reference(wire.get(field), collection, state)
    return {name: value for name, value in wire.items() if value is not None}


def _creation(document: Document, state: State) -> dict[str, Any]:
    if document.create_status is not None:
        error = {"createError": document.create_error} if document.create_error else {}
        return {"createStatus": document.create_status, **error}
    is_complete = state.clock() >= document.created + state.settings.creation_time
    return {"createStatus": "Completed" if is_complete else "Initiated"}


def messenger_of(collection: str) -> str:
    """Tell the kind of the integrations in a collection."""
    return collection.removeprefix("integrations/").partition("/")[0]


def recipient_of(document: Document) -> dict[str, Any]:
    """Build the reference to an integration's recipient, which is there as long as it is."""
    recipient_id = str(uuid5(NAMESPACE_URL, f"recipient of {document.id}"))
    path = f"/api/v2/routing/message/recipients/{recipient_id}"
    return {"id": recipient_id, "name": document.fields.get("name", ""), "selfUri": path}


def _reference(given: Any, collection: str, state: State) -> dict[str, Any] | None:
    organization_id = current_token().organization_id
    if given:
        document = state.store.documents.find(organization_id, collection, given["id"])
    else:
        document = default(collection, organization_id, state)
    if document is None:
        return None
    path = f"{FAMILIES[0]}{collection}/{quote(document.id, safe='')}"
    return {"id": document.id, "name": document.fields.get("name", ""), "selfUri": path}


def has(place: Place, document_id: str) -> bool:
    """Tell whether the organization has a document."""
    return _find(place, document_id) is not None


def _find(place: Place, document_id: str) -> Document | None:
    organization_id = current_token().organization_id
    return current_state().store.documents.find(organization_id, place.collection, document_id)


def own(place: Place, document_id: str) -> Document:
    """Find a document; one of another organization is not there."""
    found = _find(place, document_id)
    if found is None:
        raise not_there(document_id, place.base)
    return found


def not_there(document_id: str, path: str) -> ServiceError:
    """Make the 404 for an id that nothing has."""
    return ServiceError(
        404,
        "not.found",
        "There is nothing with the id {id} under {path}.",
        params={"id": document_id, "path": path},
        entity_id=document_id,
    )


def body_of(operation: Operation) -> dict[str, Any]:
    """Read the body of a request, and refuse what the contract does not allow."""
    body: dict[str, Any] = _without_null(require_object(read_json_body()))
    body = contract.writable(operation.body or "", body)
    if problems := contract.problems(operation.body or "", body):
        raise invalid(problems)
    return body


def _without_null(value: Any) -> Any:
    """Leave out what is null: that is how some clients write what they do not send."""
    if isinstance(value, dict):
        return {name: _without_null(one) for name, one in value.items() if one is not None}
    return [_without_null(one) for one in value] if isinstance(value, list) else value


def _stored(operation: Operation, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a response may have; what only a request has is a secret, and nobody's business."""
    shown = contract.properties(operation.result or "")
    for field, collection in _REFERENCES.items():
        if field in body and _reference(body[field], collection, current_state()) is None:
            message = "The field {fieldName} names nothing that there is."
            raise invalid([Problem(f"{field}.id", "invalid.value", message)])
    return {name: value for name, value in body.items() if name in shown}
