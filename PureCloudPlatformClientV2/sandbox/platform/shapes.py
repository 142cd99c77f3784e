"""What operations of the common shapes do.

They list, create, read, change and delete documents, or read and set what there is one of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from flask import request

from ..errors import Problem, ServiceError, error_for_status, invalid, require_object
from ..exchange import read_json_body
from ..state import current_state
from ..store.documents import Document
from . import contract, queries
from .caller import Caller, current_caller
from .contract import Operation
from .integrations import announce, announce_again
from .queries import listing_to_wire, parse_page
from .wire import (
    CHOSEN,
    DEFAULTS,
    REFERENCES,
    SINGLETONS,
    Place,
    default,
    is_visible,
    messenger_of,
    references,
    referred,
    singleton,
    to_wire,
)

T = TypeVar("T")

Answer = tuple[Any, int]
"""The body of a response, and its status."""

_ALL_KINDS = "integrations"
"""What is before the kind in the name of a collection, and the listing of all of them."""

_PROGRESS = ("createStatus", "phoneNumberStatus", "provisioningStatus")
"""The fields that tell how far a creation is."""


class View:
    """How documents look to the one who sent the current request."""

    def __init__(self, operation: Operation, entity: str | None = None) -> None:
        """Show what an operation answers, or each of the entities of its listing."""
        self.caller: Caller = current_caller()
        self._definition = entity or operation.result or ""
        self._expand = queries.expanded(operation)
        self._left_out = queries.left_out(operation) - REFERENCES.keys()

    def __call__(
        self, document: Document, place: Place, *, only: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Build the JSON object of a document, with what the query wants to have expanded.

        It may have only those fields that somebody looks at.
        """
        expand = self._expand if only is None else ()
        return to_wire(document, self._definition, place, self.caller, expand, only, self._left_out)


def list_documents(operation: Operation) -> Answer:
    """Give a page of a collection; of all kinds of integration, those of every one."""
    entity = contract.definition_of(contract.properties(operation.result or "")["entities"]) or ""
    place, view = Place.of(operation.path), View(operation, entity)
    state, organization_id = view.caller.state, view.caller.organization_id
    page = parse_page(request.args, state.settings.max_page_size)
    if place.collection in DEFAULTS:
        default(place.collection, organization_id, state)  # there from the beginning
    wanted, by = queries.filters(operation), queries.sorted_by(operation)
    all_kinds = place.collection == _ALL_KINDS
    if wanted or all_kinds or by or state.settings.consistency_delay:
        found = _visible(operation, entity)
        if wanted:
            fields = {one.field for one in wanted}
            found = [one for one in found if queries.fits(view(*one, only=fields), wanted)]
        if by:
            found.sort(
                key=lambda one: str(view(*one, only={by}).get(by, "")).casefold(),
                reverse=queries.is_descending(),
            )
        on_page, total = found[page.offset : page.offset + page.size], len(found)
    else:  # the database counts and skips faster than we
        documents, total = state.store.documents.page(
            organization_id, place.collection, limit=page.size, offset=page.offset
        )
        on_page = [(one, place) for one in documents]
    shown = [view(*one) for one in on_page]
    return listing_to_wire(place.base, page, shown, total, queries.repeated()), 200


def page(
    operation: Operation, base: str, found: Sequence[T], show: Callable[[T], queries.Wire]
) -> Answer:
    """Give the page of what was found that a query asks for; base is the path of all of it."""
    wanted = parse_page(request.args, current_state().settings.max_page_size)
    shown = [show(one) for one in found[wanted.offset : wanted.offset + wanted.size]]
    listing = listing_to_wire(base, wanted, shown, len(found), queries.repeated())
    known = contract.properties(operation.result or "")
    return {name: value for name, value in listing.items() if name in known}, 200


def select(operation: Operation, entity: str) -> list[queries.Wire]:
    """Give all that those who read see of a collection."""
    view = View(operation, entity)
    return [view(*one) for one in _visible(operation, entity)]


def _visible(operation: Operation, entity: str) -> list[tuple[Document, Place]]:
    place, caller = Place.of(operation.path), current_caller()
    pattern = f"{_ALL_KINDS}/*" if place.collection == _ALL_KINDS else place.collection
    kinds = contract.properties(entity).get("messengerType", {}).get("enum")  # today knows no LINE
    return [
        (document, Place.named(one) if one != pattern else place)
        for one, document in caller.state.store.documents.all(caller.organization_id, pattern)
        if is_visible(document, caller.state) and (kinds is None or messenger_of(one) in kinds)
    ]


def create_document(
    operation: Operation,
    *,
    body: Mapping[str, Any] | None = None,
    hidden: Mapping[str, Any] | None = None,
    **known: Any,
) -> Answer:
    """Keep what a request describes, and what the service knows of it."""
    caller, place = current_caller(), Place.of(operation.path)
    fields = {**_stored(operation, body_of(operation) if body is None else body), **known}
    now = caller.state.clock()
    document = Document(str(uuid4()), fields, now, now, caller.owner, caller.owner)
    document.hidden |= hidden or {}
    if operation.status != 202:
        document.create_status = "Completed"
    caller.state.store.documents.add(caller.organization_id, place.collection, document)
    announce("created", caller.state, caller.organization_id, place.collection, document)
    if operation.status == 202 and caller.state.settings.creation_time:
        tell = partial(announce_again, caller.state, document.id)
        caller.state.clock.call_at(now + caller.state.settings.creation_time, tell)
    view = View(operation)
    wire = view(document, place)
    if operation.status == 202:
        # Complete at the first read, or later: a program must not take the answer for the end.
        begun = view(replace(document, create_status="Initiated"), place)
        wire |= {name: begun[name] for name in _PROGRESS if name in begun}
    return wire, operation.status


def read_document(operation: Operation, document_id: str) -> Answer:
    """Give one document."""
    place, view = Place.of(operation.path), View(operation)
    document = own(place, document_id, reads=True)
    if document.reads < view.caller.state.settings.creation_reads:
        document = _count_read(place, document_id)
    return view(document, place), 200


def _count_read(place: Place, document_id: str) -> Document:
    caller = current_caller()
    with caller.state.store.transaction():
        document = own(place, document_id, reads=True)
        document.reads += 1
        caller.state.store.documents.save(caller.organization_id, place.collection, document)
    return document


def change_document(
    operation: Operation,
    document_id: str,
    *,
    body: Mapping[str, Any] | None = None,
    hidden: Mapping[str, Any] | None = None,
    **known: Any,
) -> Answer:
    """Change the fields that a request has, and those that are told; after a PUT no others stay."""
    caller, place = current_caller(), Place.of(operation.path)
    sent = body_of(operation) if body is None else body
    with caller.state.store.transaction():
        document = own(place, document_id)
        if operation.body and _is_of_another_version(operation.body, sent, document):
            raise error_for_status(409)
        document.hidden = dict(document.hidden if hidden is None else hidden)
        before = {} if operation.verb == "PUT" else document.fields
        _save(document, place, caller, {**before, **_stored(operation, sent), **known})
    announce("changed", caller.state, caller.organization_id, place.collection, document)
    return View(operation)(document, place), 200


def _is_of_another_version(definition: str, sent: Mapping[str, Any], document: Document) -> bool:
    is_sent = "version" in contract.properties(definition) and "version" in sent
    return is_sent and str(sent["version"]) != str(document.version)


def _save(document: Document, place: Place, caller: Caller, fields: Mapping[str, Any]) -> None:
    """Keep the next version of a document."""
    document.fields = {name: value for name, value in fields.items() if value is not None}
    document.version += 1
    document.modified, document.modified_by = caller.state.clock(), caller.owner
    caller.state.store.documents.save(caller.organization_id, place.collection, document)


def delete_document(operation: Operation, document_id: str) -> Answer:
    """Forget a document."""
    place, caller = Place.of(operation.path), current_caller()
    documents, organization_id = caller.state.store.documents, caller.organization_id
    with caller.state.store.transaction():
        document = own(place, document_id)
        if place.collection in DEFAULTS:
            chosen = default(place.collection, organization_id, caller.state)
            if chosen is not None and chosen.id == document_id:
                raise error_for_status(409)
        documents.remove(organization_id, SINGLETONS + place.collection, document_id)
        remove_document(document, place, caller)
    announce("deleted", caller.state, organization_id, place.collection, document)
    return None, operation.status


def remove_document(document: Document, place: Place, caller: Caller) -> None:
    """Forget a document, once those who read may have noticed."""
    documents, delay = caller.state.store.documents, caller.state.settings.consistency_delay
    where = (caller.organization_id, place.collection, document.id)
    if not delay:
        documents.remove(*where)
        return
    document.deleted = caller.state.clock()
    documents.save(caller.organization_id, place.collection, document)
    # After a reset there may be another one of this id by then.
    remove = partial(documents.remove, *where, deleted=document.deleted)
    caller.state.clock.call_at(document.deleted + delay, remove)


def read_singleton(operation: Operation, *ids: str) -> Answer:
    """Give what an integration, or the organization, has one of; as it is at first if not set."""
    place, caller = Place.of(operation.path), current_caller()
    return to_wire(_singleton(place, ids, caller), operation.result or "", place, caller), 200


def set_singleton(operation: Operation, *ids: str) -> Answer:
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
    return singleton(place, ids[0] if ids else None, caller)


def read_default(operation: Operation) -> Answer:
    """Give the document that is the organization's default."""
    place, caller = Place.of(operation.path), current_caller()
    document = default(place.collection, caller.organization_id, caller.state)
    if document is None:
        raise error_for_status(404)
    return to_wire(document, operation.result or "", place, caller), 200


def choose_default(operation: Operation) -> Answer:
    """Make a document the organization's default."""
    place, caller = Place.of(operation.path), current_caller()
    body = body_of(operation)
    chosen = own(place, body.get("id") or body.get("settingId") or "")
    _note_default(caller, place.collection, chosen.id)
    return to_wire(chosen, operation.result or "", place, caller), 200


def remove_default(operation: Operation) -> Answer:
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
    found = _find(place, document_id)
    return found is not None and found.deleted is None


def _find(place: Place, document_id: str) -> Document | None:
    caller = current_caller()
    return caller.state.store.documents.find(caller.organization_id, place.collection, document_id)


def own(place: Place, document_id: str, *, reads: bool = False) -> Document:
    """Find a document; one of another organization is not there.

    Whoever only reads may not see it yet, or still.
    """
    found = _find(place, document_id)
    if found is not None:
        is_there = is_visible(found, current_state()) if reads else found.deleted is None
        if is_there:
            return found
    raise not_there(document_id, place.base)


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


def bodies_of(operation: Operation) -> list[dict[str, Any]]:
    """Read the body of a request that is a list of objects."""
    given = without_null(read_json_body())
    if not isinstance(given, list):
        message = "The {fieldName} must be a JSON array."
        raise invalid([Problem("body", "invalid.type", message)])
    problems = [
        replace(problem, field=f"{number}.{problem.field}".removesuffix(".body"))
        for number, one in enumerate(given)
        for problem in contract.problems(operation.body or "", one)
    ]
    if problems:
        raise invalid(problems)
    return given


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
    for field, collection in references(Place.of(operation.path).collection).items():
        if field in body and referred(body[field], collection, current_caller()) is None:
            message = "The field {fieldName} names nothing that there is."
            raise invalid([Problem(f"{field}.id", "invalid.value", message)])
    return contract.declared(operation.result or "", body)
