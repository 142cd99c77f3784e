"""The page of Facebook integrations that every side decodes, and how every side reads it.

Reading means every field of every entity, of the entities nested in it and of the page, dates
included. A decoder that puts work off until a field is asked for gains nothing by it.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from types import GenericAlias
from typing import Any

Row = tuple[Any, ...]

PATH = "/api/v2/messaging/integrations/facebook"

_EPOCH = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)
_NAMES = ("Support", "Sales", "Kundendienst Zürich", "Zákaznická podpora", "Returns", "Press")
_STATES = ("Active", "Active", "Active", "Inactive", "Error")


def make_models(make_model: Callable[[str, dict[str, Any]], Any]) -> tuple[Any, Any]:
    """Build the model classes of a page with a library of models.

    Args:
        make_model: Makes a class out of its name and the types of its fields. Every field may be
            absent, and has the name of the attribute in camel case on the wire.

    Returns:
        The class of a page, and that of an integration.
    """
    reference = make_model("UriReference", {"id": str, "name": str, "self_uri": str})
    integration = make_model(
        "FacebookIntegration",
        {
            "id": str,
            "name": str,
            "app_id": str,
            "page_id": str,
            "status": str,
            "recipient": reference,
            "date_created": datetime,
            "date_modified": datetime,
            "created_by": reference,
            "modified_by": reference,
            "version": int,
            "self_uri": str,
        },
    )
    listing = make_model(
        "FacebookIntegrationEntityListing",
        {
            "entities": GenericAlias(list, (integration,)),
            "page_size": int,
            "page_number": int,
            "total": int,
            "first_uri": str,
            "self_uri": str,
            "next_uri": str,
            "previous_uri": str,
            "last_uri": str,
            "page_count": int,
        },
    )
    return listing, integration


def camel_case(name: str) -> str:
    """Give the wire name of an attribute."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=2)
def _entities(count: int) -> list[dict[str, Any]]:
    """Make integrations up; the same ones in every process."""
    dice = random.Random(count)

    def identifier() -> str:
        return str(uuid.UUID(int=dice.getrandbits(128), version=4))

    def reference(path: str, name: str) -> dict[str, Any]:
        key = identifier()
        return {"id": key, "name": name, "selfUri": f"/api/v2/{path}/{key}"}

    def integration(number: int) -> dict[str, Any]:
        key = identifier()
        created = _EPOCH + timedelta(milliseconds=dice.randrange(10**10))
        modified = created + timedelta(milliseconds=dice.randrange(10**9))
        return {
            "id": key,
            "name": f"{dice.choice(_NAMES)} {number}",
            "appId": str(dice.randrange(10**14, 10**15)),
            "pageId": str(dice.randrange(10**14, 10**15)),
            "status": dice.choice(_STATES),
            "recipient": reference("routing/message/recipients", f"Recipient {number}"),
            "dateCreated": _time(created),
            "dateModified": _time(modified),
            "createdBy": reference("users", f"Agent {dice.randrange(100)}"),
            "modifiedBy": reference("users", f"Agent {dice.randrange(100)}"),
            "version": dice.randrange(1, 20),
            "selfUri": f"{PATH}/{key}",
        }

    return [integration(number) for number in range(count)]


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=2)
def _entities_json(count: int) -> str:
    return _to_json(_entities(count))


def entity_json() -> bytes:
    """Write one integration as the service does."""
    return _to_json(_entities(1)[0]).encode("utf-8")


def listing_json(page_size: int, page_number: int = 2, page_count: int = 3) -> bytes:
    """Write a full page as the service does.

    Args:
        page_size: How many integrations are on it.
        page_number: Which page it is; they differ in nothing else.
        page_count: How many there are.

    Returns:
        The bytes of the body.
    """

    def uri(number: int) -> str:
        return f"{PATH}?pageSize={page_size}&pageNumber={number}"

    envelope: dict[str, Any] = {
        "entities": [],
        "pageSize": page_size,
        "pageNumber": page_number,
        "total": page_size * page_count,
        "firstUri": uri(1),
        "selfUri": uri(page_number),
        "lastUri": uri(page_count),
        "pageCount": page_count,
    }
    if page_number < page_count:
        envelope["nextUri"] = uri(page_number + 1)
    if page_number > 1:
        envelope["previousUri"] = uri(page_number - 1)
    filled = f'"entities":{_entities_json(page_size)}'
    return _to_json(envelope).replace('"entities":[]', filled, 1).encode("utf-8")


def read_model(entity: Any) -> Row:
    """Read an integration that has attributes.

    Args:
        entity: The integration.

    Returns:
        What is in it, and in what it refers to.
    """
    recipient, creator, changer = entity.recipient, entity.created_by, entity.modified_by
    return (
        entity.id,
        entity.name,
        entity.app_id,
        entity.page_id,
        entity.status,
        entity.date_created,
        entity.date_modified,
        entity.version,
        entity.self_uri,
        recipient.id,
        recipient.name,
        recipient.self_uri,
        creator.id,
        creator.name,
        creator.self_uri,
        changer.id,
        changer.name,
        changer.self_uri,
    )


def read_models(listing: Any) -> Iterator[Row]:
    """Read a page that has attributes.

    Args:
        listing: The page.

    Yields:
        What each of its entities holds, and at last what the page does.
    """
    for entity in listing.entities:
        yield read_model(entity)
    yield (
        listing.page_size,
        listing.page_number,
        listing.total,
        listing.first_uri,
        listing.self_uri,
        listing.next_uri,
        listing.previous_uri,
        listing.last_uri,
        listing.page_count,
    )


def read_dict(entity: dict[str, Any]) -> Row:
    """Read an integration that is a dict, as ``read_model`` does; dates stay text.

    Args:
        entity: The integration.

    Returns:
        What is in it, and in what it refers to.
    """
    recipient, creator, changer = entity["recipient"], entity["createdBy"], entity["modifiedBy"]
    return (
        entity["id"],
        entity["name"],
        entity["appId"],
        entity["pageId"],
        entity["status"],
        entity["dateCreated"],
        entity["dateModified"],
        entity["version"],
        entity["selfUri"],
        recipient["id"],
        recipient["name"],
        recipient["selfUri"],
        creator["id"],
        creator["name"],
        creator["selfUri"],
        changer["id"],
        changer["name"],
        changer["selfUri"],
    )


def read_dicts(listing: dict[str, Any]) -> Iterator[Row]:
    """Read a page that is a dict, as ``read_models`` does.

    Args:
        listing: The page.

    Yields:
        What each of its entities holds, and at last what the page does.
    """
    for entity in listing["entities"]:
        yield read_dict(entity)
    yield (
        listing["pageSize"],
        listing["pageNumber"],
        listing["total"],
        listing["firstUri"],
        listing["selfUri"],
        listing.get("nextUri"),
        listing.get("previousUri"),
        listing["lastUri"],
        listing["pageCount"],
    )


def check(rows: Iterator[Row], page: bytes, *, dates_are_text: bool) -> None:
    """Make sure that a side has decoded a page, and all of it.

    Args:
        rows: What the side has read.
        page: The page.
        dates_are_text: Whether that side leaves dates as they come.

    Raises:
        ValueError: Something else was to be read.
    """
    expected = list(read_dicts(json.loads(page)))
    if not dates_are_text:
        expected = [(*row[:5], *map(_moment, row[5:7]), *row[7:]) for row in expected[:-1]] + [
            expected[-1]
        ]
    if list(rows) != expected:
        raise ValueError("this side did not decode the page")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
