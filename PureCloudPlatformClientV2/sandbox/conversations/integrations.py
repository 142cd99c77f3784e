"""The integrations and numbers that conversations come through, and what is set for them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

from ..errors import ServiceError
from ..platform.wire import NUMBERS, default, messenger_of
from ..state import State
from ..store.documents import Document

_HOURS = 60 * 60.0
_ALL_DAY = 72 * _HOURS


class Integration(NamedTuple):
    """What customers write to: an integration of a messenger, or a number."""

    organization_id: str
    id: str
    messenger: str
    address: dict[str, str]
    """The id that messages name, and the name."""
    fields: dict[str, Any]


def find_integration(state: State, organization_id: str, integration_id: str) -> Integration:
    """Find an integration by its id, or a number also by itself; else this is a 404."""
    for owner, collection in state.store.documents.places(integration_id):
        if owner == organization_id and _is_messenger(collection):
            document = state.store.documents.find(owner, collection, integration_id)
            if document is not None:
                return _integration(owner, collection, document)
    number = find_number(state, organization_id, integration_id)
    if number is None:
        raise ServiceError(
            404,
            "not.found",
            "There is no integration with the id {id}.",
            params={"id": integration_id},
            entity_id=integration_id,
        )
    return number


def find_number(state: State, organization_id: str, number: str) -> Integration | None:
    """Find a provisioned number."""
    for _, document in state.store.documents.all(organization_id, NUMBERS):
        if document.fields.get("phoneNumber") == number:
            return _integration(organization_id, NUMBERS, document)
    return None


def first_integration(state: State, organization_id: str, messenger: str) -> Integration | None:
    """Find the oldest integration of a messenger, or the oldest number."""
    pattern = NUMBERS if messenger == "sms" else f"integrations/{messenger}"
    found = state.store.documents.all(organization_id, pattern)
    return _integration(organization_id, *found[0]) if found else None


def threading_window(state: State, organization_id: str, messenger: str) -> float:
    """Tell for how many seconds after its end a conversation is continued."""
    for _, document in state.store.documents.all(organization_id, "threadingtimeline"):
        for one in document.fields.get("settings", ()):
            if one["messengerType"] == messenger:
                return float(one["timeoutInMinutes"]) * 60
    return _ALL_DAY


def shows_typing(
    state: State, integration: Integration, direction: Literal["inbound", "outbound"]
) -> bool:
    """Tell whether the messaging setting of an integration lets events of typing through."""
    setting = _chosen(state, integration, "messagingSetting", "settings")
    typing = setting.get("event", {}).get("typing", {}).get("on", {})
    return bool(typing.get(direction) == "Enabled")


def refused_media(
    state: State,
    integration: Integration,
    direction: Literal["inbound", "outbound"],
    media_types: Iterable[str],
) -> list[str]:
    """Tell which media types the supported content of an integration does not have."""
    profile = _chosen(state, integration, "supportedContent", "supportedcontent")
    allowed = profile.get("mediaTypes", {}).get("allow", {}).get(direction, [])
    patterns = [one.get("type", "").lower() for one in allowed]
    return [
        one
        for one in media_types
        if not any(fnmatchcase(one.lower(), pattern) for pattern in patterns)
    ]


def _chosen(state: State, integration: Integration, field: str, collection: str) -> dict[str, Any]:
    chosen = integration.fields.get(field)
    organization_id = integration.organization_id
    if chosen:
        found = state.store.documents.find(organization_id, collection, chosen["id"])
    else:
        found = default(collection, organization_id, state)
    return {} if found is None else found.fields


def _is_messenger(collection: str) -> bool:
    return collection.startswith("integrations/") or collection == NUMBERS


def _integration(organization_id: str, collection: str, document: Document) -> Integration:
    if collection == NUMBERS:
        messenger, address = "sms", document.fields["phoneNumber"]
    else:
        messenger, address = messenger_of(collection), document.id
    ends = {"id": address, "nickname": document.fields.get("name") or address}
    return Integration(organization_id, document.id, messenger, ends, document.fields)
