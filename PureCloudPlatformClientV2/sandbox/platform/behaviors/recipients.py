"""Recipients: where the messages of an integration go to."""

from __future__ import annotations

from typing import Any

from ...clock import wire_date
from ...exchange import current_token
from ...staff import user_to_wire
from ...state import current_state
from ...store.documents import Document
from .. import queries, shapes
from ..contract import Operation, properties
from ..integrations import everything
from ..wire import messenger_of, recipient_of
from .registry import Answer, behavior


@behavior("getRoutingMessageRecipients")
def list_recipients(operation: Operation) -> Answer:
    """Give a page of the recipients, one for each integration."""
    wanted = queries.filters(operation)
    wires = (_recipient_to_wire(collection, one) for collection, one in _integrations())
    found = [wire for wire in wires if queries.fits(wire, wanted)]
    return shapes.page(operation, operation.path, found, lambda wire: wire)


@behavior("getRoutingMessageRecipient")
def read_recipient(operation: Operation, recipient_id: str) -> Answer:
    """Give the recipient of an integration that is there."""
    return _recipient_to_wire(*_integration_behind(operation, recipient_id)), 200


@behavior("putRoutingMessageRecipient")
def route_recipient(operation: Operation, recipient_id: str) -> Answer:
    """Let a flow take the messages, or none."""
    flow = shapes.body_of(operation).get("flow", {})
    store = current_state().store
    with store.transaction():
        collection, document = _integration_behind(operation, recipient_id)
        document.hidden["flow"] = flow.get("id")
        store.documents.save(current_token().organization_id, collection, document)
    return _recipient_to_wire(collection, document), 200


def _integrations() -> list[tuple[str, Document]]:
    kinds = properties("Recipient")["messengerType"]["enum"]
    found = everything(current_state(), current_token().organization_id)
    return [one for one in found if messenger_of(one[0]) in kinds]


def _integration_behind(operation: Operation, recipient_id: str) -> tuple[str, Document]:
    for collection, document in _integrations():
        if recipient_of(document)["id"] == recipient_id:
            return collection, document
    raise shapes.not_there(recipient_id, operation.path.partition("/{")[0])


def _recipient_to_wire(collection: str, document: Document) -> dict[str, Any]:
    reference = recipient_of(document)
    flow_id = document.hidden.get("flow")
    flow = {"id": flow_id, "name": "Flow", "type": "INBOUNDSHORTMESSAGE"}
    return {
        "id": reference["id"],
        "name": reference["name"],
        **({"flow": flow} if flow_id else {}),
        "dateCreated": wire_date(document.created),
        "dateModified": wire_date(document.modified),
        "createdBy": {**user_to_wire(document.created_by), "version": 1},
        "modifiedBy": {**user_to_wire(document.modified_by), "version": 1},
        "messengerType": messenger_of(collection),
        "selfUri": reference["selfUri"],
    }
