"""What operations of the common shapes do.

They list, create, read, change and delete documents, or read and set what there is one of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from flask import request

from ..errors import Problem, ServiceError, error_for_status, invalid, require_object
from ..json_body import read_json_body
from ..paging import listing_to_wire, parse_page
from ..store.documents import Document
from . import contract
from .caller import Caller, current_caller
from .contract import Operation
from .integrations import announce
from .wire import (
    CHOSEN,
    DEFAULTS,
    REFERENCES,
    SINGLETONS,
    Place,
    default,
    messenger_of,
    referred,
    to_wire,
)


def list_documents(operation: Operation) -> tuple[dict[str, Any], int]:
    """Give a page of a collection; of all kinds of integration, those of every one."""
    place, caller = Place.of(operation.path), current_caller()
    page = parse_page(request.args, caller.state.settings.max_page_size)
    documents, organization_id = caller.state.store.documents, caller.organization_id
    if place.collection in DEFAULTS:
        default(place.collection, organization_id, caller.state)  # there from the beginning
    entity = contract.definition_of(contract.properties(operation.result or "")["entities"]) or ""
    if place.collection != "integrations" and not _chooses():
        shown, total = documents.page(
            organization_id, place.collection, limit=page.size, offset=page.offset
        )
        entities = [to_wire(one, entity, place, caller) for one in shown]
        return listing_to_wire(place.base, page, entities, total), 200
    found = [
        (Place.named(collection) if place.collection == "integrations" else place, document)
        for collection, document in documents.all(organization_id, _pattern(place))
        if _is_of(entity, collection) and _is_wanted(document, caller)
    ]
    entities = [
        to_wire(document, entity, one, caller)
        for one, document in found[page.offset : page.offset + page.size]
    ]
    return listing_to_wire(place.base, page, entities, len(found)), 200


def _pattern(place: Place) -> str:
    return "integrations/*" if place.collection == "integrations" else place.collection


def _is_of(entity: str, collection: str) -> bool:
    """Tell whether a listing of all kinds has this one: today's knows no LINE."""
    kinds = contract.properties(entity).get("messengerType", {}).get("enum")
    return kinds is None or messenger_of(collection) in kinds


def _chooses() -> bool:
    return any(f"{field}.id" in request.args for field in REFERENCES)


def _is_wanted(document: Document, caller: Caller) -> bool:
    return all(
        found is not None and found.id == request.args[f"{field}.id"]
        for field, collection in REFERENCES.items()
        if f"{field}.id" in request.args
        for found in [referred(document.fields.get(field), collection, caller)]
    )


def create_document(
    operation: Operation, *, hidden: Mapping[str, Any] | None = None, **known: Any
) -> tuple[dict[str, Any], int]:
    """Keep what a request describes, and what the service knows of it."""
    caller, place = current_caller(), Place.of(operation.path)
    fields = {**_stored(operation, body_of(operation)), **known}
    now = caller.state.clock()
    document = Document(str(uuid4()), fields, now, now, caller.owner, caller.owner)
    document.hidden |= hidden or {}
    if operation.status != 202:
        document.create_status = "Completed"
    caller.state.store.documents.add(caller.organization_id, place.collection, document)
    announce("created", caller.state, caller.organization_id, place.collection, document)
    wire = to_wire(document, operation.result or "", place, caller)
    if document.create_status is None:
        # Complete at the first read, or later: a program must not take the answer for the end.
        wire["createStatus"] = "Initiated"
    return wire, operation.status


def read_document(operation: Operation, document_id: str) -> tuple[dict[str, Any], int]:
    """Give one document."""
    place = Place.of(operation.path)
    return to_wire(own(place, document_id), operation.result or "", place, current_caller()), 200


def change_document(
    operation: Operation,
    document_id: str,
    *,
    body: Mapping[str, Any] | None = None,
    hidden: Mapping[str, Any] | None = None,
    **known: Any,
) -> tuple[dict[str, Any], int]:
    """Change the fields that a request has, and those that are told; others stay."""
    caller, place = current_caller(), Place.of(operation.path)
    sent = body_of(operation) if body is None else body
    with caller.state.store.transaction():
        document = own(place, document_id)
        document.hidden = dict(document.hidden if hidden is None else hidden)
        _save(document, place, caller, {**document.fields, **_stored(operation, sent), **known})
    return to_wire(document, operation.result or "", place, caller), 200


def _save(document: Document, place: Place, caller: Caller, fields: Mapping[str, Any]) -> None:
    """Keep the next version of a document."""
    document.fields = {name: value for name, value in fields.items() if value is not None}
    document.version += 1
    document.modified, document.modified_by = caller.state.clock(), caller.owner
    caller.state.store.documents.save(caller.organization_id, place.collection, document)
    announce("changed", caller.state, caller.organization_id, place.collection, document)


def delete_document(operation: Operation, document_id: str) -> tuple[None, int]:
    """Forget a document."""
    place, caller = Place.of(operation.path), current_caller()
    documents, organization_id = caller.state.store.documents, caller.organization_id
    with caller.state.store.transaction():
        document = own(place, document_id)
        if place.collection in DEFAULTS:
            chosen = default(place.collection, organization_id, caller.state)
            if chosen is not None and chosen.id == document_id:
                raise error_for_status(409)
        for collection in (place.collection, SINGLETONS + place.collection):
            documents.remove(organization_id, collection, document_id)
    announce("deleted", caller.state, organization_id, place.collection, document)
    return None, 202 if operation.status == 202 else 204


def read_singleton(operation: Operation, *ids: str) -> tuple[dict[str, Any], int]:
    """Give what an integration, or the organization, has one of; as it is at first if not set."""
    place, caller = Place.of(operation.path), current_caller()
    return to_wire(_singleton(place, ids, caller), operation.result or "", place, caller), 200


def set_singleton(operation: Operation, *ids: str) -> tuple[dict[str, Any], int]:
    """Replace what an integration, or the organization, has one of."""
    place, caller = Place.of(operation.path), current_caller()
    documents, organization_id = caller.state.store.documents, caller.organization_id
    fields = _stored(operation, body_of(operation))
    with caller.state.store.transaction():
        document = _singleton(place, ids, caller)
        if documents.find(organization_id, place.collection, document.id) is None:
            documents.add(organization_id, place.collection, document)
        _save(document, place, caller, {**DEFAULTS.get(place.collection, {}), **fields})
    return to_wire(document, operation.result or "", place, caller), 200


def _singleton(place: Place, ids: tuple[str, ...], caller: Caller) -> Document:
    if ids:  # it is there as long as its owner
        own(place.owner, *ids)
    own_id = str(uuid5(NAMESPACE_URL, f"{caller.organization_id}/{place.collection}"))
    document_id = ids[0] if ids else own_id
    documents = caller.state.store.documents
    found = documents.find(caller.organization_id, place.collection, document_id)
    if found is not None:
        return found
    now, by = caller.state.clock(), "Sandbox"
    return Document(document_id, dict(DEFAULTS.get(place.collection, {})), now, now, by, by)


def read_default(operation: Operation) -> tuple[dict[str, Any], int]:
    """Give the document that is the organization's default."""
    place, caller = Place.of(operation.path), current_caller()
    document = default(place.collection, caller.organization_id, caller.state)
    if document is None:
        raise error_for_status(404)
    return to_wire(document, operation.result or "", place, caller), 200


def choose_default(operation: Operation) -> tuple[dict[str, Any], int]:
    """Make a document the organization's default."""
    place, caller = Place.of(operation.path), current_caller()
    body = body_of(operation)
    chosen = own(place, body.get("id") or body.get("settingId") or "")
    _note_default(caller, place.collection, chosen.id)
    return to_wire(chosen, operation.result or "", place, caller), 200


def remove_default(operation: Operation) -> tuple[None, int]:
    """Leave the organization without a default."""
    _note_default(current_caller(), Place.of(operation.path).collection, "")
    return None, 204


def _note_default(caller: Caller, collection: str, chosen: str) -> None:
    now, documents = caller.state.clock(), caller.state.store.documents
    note = Document(collection, {"chosen": chosen}, now, now, caller.owner, caller.owner)
    with caller.state.store.transaction():
        documents.remove(caller.organization_id, CHOSEN, collection)
        documents.add(caller.organization_id, CHOSEN, note)


def has(place: Place, document_id: str) -> bool:
    """Tell whether the organization has a document."""
    return _find(place, document_id) is not None


def _find(place: Place, document_id: str) -> Document | None:
    caller = current_caller()
    return caller.state.store.documents.find(caller.organization_id, place.collection, document_id)


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
    body: dict[str, Any] = without_null(sent_with(operation))
    check(operation, body)
    return body


def check(operation: Operation, body: Mapping[str, Any]) -> None:
    """Refuse what the contract does not allow for the body of a request."""
    if problems := contract.problems(operation.body or "", body):
        raise invalid(problems)


def sent_with(operation: Operation) -> dict[str, Any]:
    """Read the body of a request as it is, without what only the service sets."""
    body = contract.writable(operation.body or "", require_object(read_json_body()))
    if operation.is_of_2019:  # where a blank text was as good as none, and unknown fields as well
        known = contract.properties(operation.body or "")
        return {
            name: None if isinstance(value, str) and not value.strip() else value
            for name, value in body.items()
            if name in known
        }
    return body


def without_null(value: Any) -> Any:
    """Leave out what is null: that is how some clients write what they do not send."""
    if isinstance(value, dict):
        return {name: without_null(one) for name, one in value.items() if one is not None}
    return [without_null(one) for one in value] if isinstance(value, list) else value


def _stored(operation: Operation, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a response may have; what only a request has is a secret, and nobody's business."""
    shown = contract.properties(operation.result or "")
    for field, collection in REFERENCES.items():
        if field in body and referred(body[field], collection, current_caller()) is None:
            message = "The field {fieldName} names nothing that there is."
            raise invalid([Problem(f"{field}.id", "invalid.value", message)])
    return {name: value for name, value in body.items() if name in shown}
