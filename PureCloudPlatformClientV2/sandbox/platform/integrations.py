"""The integrations of all kinds: put in place, changed from outside, and told about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Literal
from uuid import uuid4

from ..credentials import fingerprint
from ..errors import Problem
from ..events import Event
from ..state import State
from ..store.documents import Document
from . import contract
from .caller import Caller
from .contract import Operation
from .wire import NUMBERS, Place, create_status_of, messenger_of, name_of, status_of, to_wire

FINGERPRINTS = ("channelSecret",)
"""The secrets that must be recognized again."""


class FieldError(ValueError):
    """A field of an integration has a value that the contract does not allow."""

    def __init__(self, name: str, problem: Problem) -> None:
        """Say what is wrong with a field, or with something in it."""
        field = name if problem.field == "body" else f"{name}.{problem.field}"
        self.problem: Problem = replace(problem, field=field)
        super().__init__(problem.message.format(fieldName=field))


_SAID_BY_NOBODY = (
    *("id", "selfUri", "version", "status", "recipient", "messengerType", "webhookUri"),
    *("dateCreated", "dateModified", "createdBy", "modifiedBy", "createStatus", "createError"),
)
"""The fields that follow from something else, or have an argument of their own."""

Change = Literal["created", "changed", "deleted"]


@cache
def creations() -> Mapping[str, tuple[Operation, ...]]:
    """The operations that create an integration, by its kind: those of 2019 first."""
    found: dict[str, tuple[Operation, ...]] = {}
    for one in contract.operations():
        if one.verb == "POST" and "/integrations/" in one.path and "{" not in one.path:
            collection = Place.of(one.path).collection
            if is_integration(collection):
                kind = collection.rpartition("/")[2]
                found[kind] = (*found.get(kind, ()), one)
    return found


def is_integration(collection: str) -> bool:
    """Tell whether what is in a collection takes messages."""
    return collection.startswith("integrations/") or collection == NUMBERS


def put_in_place(
    caller: Caller,
    kind: str,
    *,
    integration_id: str | None,
    status: str | None,
    fields: Mapping[str, Any],
) -> dict[str, Any]:
    """Keep an integration as it is given, past all rules but the types of its fields."""
    if kind not in creations():
        raise ValueError(f"kind must be one of {', '.join(creations())}, not {kind!r}")
    known = fields_of(kind)
    for name, value in fields.items():
        if name not in known:
            raise TypeError(f"a {kind} integration has no field {name!r}")
        if problems := contract.problems(f"{known[name]}/properties/{name}", value):
            raise FieldError(name, problems[0])
    way, now = creations()[kind][0], caller.state.clock()
    place, shown = Place.of(way.path), _shown(kind)
    document = Document(
        id=str(uuid4()) if integration_id is None else integration_id,
        fields={
            "name": f"{kind.title()} integration",
            **{name: value for name, value in fields.items() if name in shown},
            "status": "Active" if status is None else status,
        },
        created=now,
        modified=now,
        created_by=caller.owner,
        modified_by=caller.owner,
        create_status="Completed",
        hidden=fingerprints(fields),
    )
    caller.state.store.documents.add(caller.organization_id, place.collection, document)
    announce("created", caller.state, caller.organization_id, place.collection, document)
    return to_wire(document, way.result or "", place, caller)


def fields_of(kind: str) -> dict[str, str]:
    """Tell what may be said of an integration of a kind: definitions by field."""
    return {
        name: definition
        for one in creations().get(kind, ())
        for definition in (one.body, one.result)
        if definition
        for name in contract.properties(definition)
        if name not in _SAID_BY_NOBODY
    }


def _shown(kind: str) -> set[str]:
    return {name for one in creations()[kind] for name in contract.properties(one.result or "")}


def fingerprints(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Take the fingerprints of the secrets that must be recognized again."""
    return {name: fingerprint(fields[name]) for name in FINGERPRINTS if name in fields}


def set_status(state: State, integration_id: str, status: str) -> bool:
    """Change a status as the messengers do, without a new version; False for an unknown id."""
    return _change(state, integration_id, lambda document: document.fields.update(status=status))


def set_create_status(
    state: State, integration_id: str, create_status: str, error: Mapping[str, Any]
) -> bool:
    """Say how far the creation of an integration is; False for an unknown id."""

    def change(document: Document) -> None:
        document.create_status, document.create_error = create_status, dict(error)

    return _change(state, integration_id, change)


def _change(state: State, integration_id: str, change: Callable[[Document], None]) -> bool:
    with state.store.transaction():
        found = list(_found(state, integration_id))
        for organization_id, collection, document in found:
            change(document)
            state.store.documents.save(organization_id, collection, document)
    announce_again(state, integration_id)
    return bool(found)


def _found(state: State, integration_id: str) -> Iterator[tuple[str, str, Document]]:
    for organization_id, collection in state.store.documents.places(integration_id):
        document = state.store.documents.find(organization_id, collection, integration_id)
        if document is not None and is_integration(collection):
            yield organization_id, collection, document


def summaries(state: State, organization_id: str) -> list[dict[str, Any]]:
    """List what takes messages in an organization."""
    found = everything(state, organization_id)
    return [summary(state, organization_id, collection, one) for collection, one in found]


def everything(state: State, organization_id: str) -> list[tuple[str, Document]]:
    """List what takes messages in an organization, with the collections."""
    documents = state.store.documents
    patterns = ("integrations/*", NUMBERS)
    found = (one for pattern in patterns for one in documents.all(organization_id, pattern))
    return [(collection, one) for collection, one in found if one.deleted is None]


def summary(
    state: State, organization_id: str, collection: str, document: Document
) -> dict[str, Any]:
    """Tell what whoever watches needs to know of an integration, and no secret."""
    fields = document.fields
    told = {
        "id": document.id,
        "organizationId": organization_id,
        "messengerType": messenger_of(collection),
        "name": name_of(document),
        "status": status_of(document, state),
        "createStatus": create_status_of(document, state),
        "webhookUrl": fields.get("outboundNotificationWebhookUrl"),
    }
    return {name: value for name, value in told.items() if value is not None}


def announce_again(state: State, integration_id: str) -> None:
    """Tell whoever listens how an integration is now, if it is still there."""
    for one in _found(state, integration_id):
        announce("changed", state, *one)


def announce(
    change: Change, state: State, organization_id: str, collection: str, document: Document
) -> None:
    """Tell whoever listens what became of an integration; of other documents nothing is told."""
    if is_integration(collection):
        told = summary(state, organization_id, collection, document)
        state.events.publish(
            Event("integration", organization_id, {"change": change, "integration": told})
        )
