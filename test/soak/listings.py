"""Listings of every style that a walk can have, made up while they are walked over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

PAGE_SIZE = 100

_DATE = "2026-08-14T09:30:00.000Z"

_FACEBOOK: dict[str, Any] = {
    "name": "Support",
    "appId": "165341234512345",
    "pageId": "471112345123456",
    "status": "Active",
    "recipient": {"id": "3f7a1c52-6a0e-4f0e-9d5b-1a2b3c4d5e6f", "selfUri": "/api/v2/recipients/1"},
    "dateCreated": _DATE,
    "dateModified": _DATE,
    "createdBy": {"id": "5e1b1c1a-9a3f-4d52-8d6e-0c4f0c6b7a11", "selfUri": "/api/v2/users/1"},
    "modifiedBy": {"id": "5e1b1c1a-9a3f-4d52-8d6e-0c4f0c6b7a11", "selfUri": "/api/v2/users/1"},
    "version": 3,
    "selfUri": "/api/v2/messaging/integrations/facebook/1",
}

_CONTACT = {"firstName": "Ada", "lastName": "Byron", "createDate": _DATE, "surveyOptOut": False}


class Listing(NamedTuple):
    """A listing, and how its pages lead from one to the next."""

    method: str
    """Class and name."""
    path: str
    entity: Mapping[str, Any]
    """What an entity has besides its id."""
    lead: Callable[[int, int], dict[str, Any]]
    """What page ``number`` of ``count`` says of itself and of the next one."""
    arguments: Mapping[str, Any]
    """Those of the method."""


def _counted(number: int, count: int) -> dict[str, Any]:
    total = count * PAGE_SIZE
    return {"pageSize": PAGE_SIZE, "pageNumber": number, "pageCount": count, "total": total}


def _next_uri(number: int, count: int) -> dict[str, Any]:
    uri = f"/api/v2/knowledge/knowledgebases?after={number + 1}"
    return {"nextUri": uri} if number < count else {}


def _cursor(number: int, count: int) -> dict[str, Any]:
    return {"cursor": str(number + 1)} if number < count else {}


def _cursors(number: int, count: int) -> dict[str, Any]:
    return {"cursors": {"after": str(number + 1)}} if number < count else {}


def _after(number: int, count: int) -> dict[str, Any]:
    return {"after": str(number + 1)} if number < count else {}


LISTINGS = {
    "page number": Listing(
        "MessagingApi.get_messaging_integrations_facebook",
        "/api/v2/messaging/integrations/facebook",
        _FACEBOOK,
        _counted,
        {"page_size": PAGE_SIZE},
    ),
    "nextUri": Listing(
        "KnowledgeApi.get_knowledge_knowledgebases",
        "/api/v2/knowledge/knowledgebases",
        {"name": "Base", "coreLanguage": "de-DE", "dateCreated": _DATE, "faqCount": 7},
        _next_uri,
        {"page_size": str(PAGE_SIZE)},
    ),
    "cursor": Listing(
        "UsersApi.get_users_query",
        "/api/v2/users/query",
        {"name": "Ada", "email": "ada@example.com", "state": "active", "version": 3},
        _cursor,
        {"page_size": PAGE_SIZE},
    ),
    "cursors.after": Listing(
        "ExternalContactsApi.get_externalcontacts_scan_contacts",
        "/api/v2/externalcontacts/scan/contacts",
        _CONTACT,
        _cursors,
        {"limit": PAGE_SIZE},
    ),
    "number in the body": Listing(
        "ExternalContactsApi.post_externalcontacts_contacts_search",
        "/api/v2/externalcontacts/contacts/search",
        _CONTACT,
        _counted,
        {"body": {"pageSize": PAGE_SIZE}},
    ),
    "cursor in the body": Listing(
        "TaskManagementApi.post_taskmanagement_workitems_query",
        "/api/v2/taskmanagement/workitems/query",
        {"name": "Call back", "priority": 3, "dateCreated": _DATE},
        _after,
        {"body": {"pageSize": PAGE_SIZE, "filters": []}},
    ),
}
"""By style."""

BY_PATH = {one.path: one for one in LISTINGS.values()}


@lru_cache
def _entities_format(path: str) -> bytes:
    """Write the entities of a page, but for their ids."""
    listing = BY_PATH[path]
    entity = json.dumps({"id": "ID", **listing.entity}, separators=(",", ":"))
    assert "%" not in entity
    return ",".join([entity.replace('"ID"', '"%012d"')] * PAGE_SIZE).encode("ascii")


def page(path: str, number: int, count: int) -> bytes:
    """Make a page: ready bytes, in which the ids alone are new.

    Args:
        path: That of the listing.
        number: Which page, from 1 up.
        count: How many there are.
    """
    listing = BY_PATH[path]
    first = (number - 1) * PAGE_SIZE
    entities = _entities_format(path) % tuple(range(first, first + PAGE_SIZE))
    lead = json.dumps(listing.lead(number, count)).encode("ascii")
    return b'{"entities":[%b]%b}' % (entities, lead[1:-1] and b"," + lead[1:-1])
