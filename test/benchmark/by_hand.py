"""The least that Python code can do for objects with attributes: no check, and no other field.

What a page takes beyond this is the price of checking each field, keeping those that are not known
and filling those that are missing. What pydantic and msgspec take less they owe to compiled code,
which reads JSON without making dicts first.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any


class _Reference:
    __slots__ = ("id", "name", "self_uri")


class _Integration:
    __slots__ = (
        "app_id",
        "created_by",
        "date_created",
        "date_modified",
        "id",
        "modified_by",
        "name",
        "page_id",
        "recipient",
        "self_uri",
        "status",
        "version",
    )


class _Listing:
    __slots__ = (
        "entities",
        "first_uri",
        "last_uri",
        "next_uri",
        "page_count",
        "page_number",
        "page_size",
        "previous_uri",
        "self_uri",
        "total",
    )


_new: Any = object.__new__
_moment = datetime.fromisoformat


def decode_by_hand(page: bytes) -> Any:
    """Decode a page of integrations that has what such a page has, and nothing else.

    Args:
        page: The bytes of the body.

    Returns:
        An object with the attributes of the listing.
    """
    wire = json.loads(page)
    listing = _new(_Listing)
    listing.entities = [_integration(one) for one in wire["entities"]]
    listing.page_size = wire["pageSize"]
    listing.page_number = wire["pageNumber"]
    listing.total = wire["total"]
    listing.first_uri = wire["firstUri"]
    listing.self_uri = wire["selfUri"]
    listing.next_uri = wire.get("nextUri")
    listing.previous_uri = wire.get("previousUri")
    listing.last_uri = wire["lastUri"]
    listing.page_count = wire["pageCount"]
    return listing


def _integration(wire: dict[str, Any]) -> Any:
    found = _new(_Integration)
    found.id = wire["id"]
    found.name = wire["name"]
    found.app_id = wire["appId"]
    found.page_id = wire["pageId"]
    found.status = wire["status"]
    found.recipient = _reference(wire["recipient"])
    found.date_created = _moment(wire["dateCreated"])
    found.date_modified = _moment(wire["dateModified"])
    found.created_by = _reference(wire["createdBy"])
    found.modified_by = _reference(wire["modifiedBy"])
    found.version = wire["version"]
    found.self_uri = wire["selfUri"]
    return found


def _reference(wire: dict[str, Any]) -> Any:
    found = _new(_Reference)
    found.id = wire["id"]
    found.name = wire["name"]
    found.self_uri = wire["selfUri"]
    return found
