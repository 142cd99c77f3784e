"""Whose a token is: the organization, the OAuth client or user, and what they may do."""

from __future__ import annotations

from typing import Any

from ...errors import ServiceError
from ...exchange import current_token
from ...staff import CLIENT, user_to_wire
from ...store.documents import Document
from .. import shapes
from ..caller import Caller, current_caller
from ..contract import Operation
from ..wire import DIVISIONS, Place, default, field, to_wire
from .registry import Answer, behavior

_ROLE = "Sandbox Role"


@behavior("headTokensMe")
def check_token(_operation: Operation) -> Answer:
    """Tell that the token is accepted."""
    return None, 200


@behavior("getTokensMe")
def read_token(_operation: Operation) -> Answer:
    """Tell whose the token is, and by which client it was issued."""
    return _token(), 200


@behavior("getOrganizationsMe")
def read_organization(_operation: Operation) -> Answer:
    """Give the organization of the token."""
    return _organization(), 200


@behavior("getAuthorizationSubjectsMe")
def read_subject(_operation: Operation) -> Answer:
    """Tell what the client or user may do: by one role, in the division that all is in at first."""
    subject = _client() if _is_of_client() else user_to_wire(current_token().owner)
    return {
        "id": subject["id"],
        "name": subject["name"],
        "grants": [_grant(subject["id"])],
        "version": 1,
        "selfUri": f"/api/v2/authorization/subjects/{subject['id']}",
    }, 200


@behavior("getUsersMe")
def read_own_user(operation: Operation) -> Answer:
    """Give the user on whose behalf the token acts."""
    if _is_of_client():
        message = "This request requires a user context. Client credentials cannot be used for it."
        raise ServiceError(400, "bad.request", message)
    return shapes.read_document(operation, user_to_wire(current_token().owner)["id"])


@field("users", "token", on_demand=True)
def _token(*_: object) -> dict[str, Any]:
    organization = _named_organization()
    client = {
        **_client(),
        "authorizedGrantType": "CLIENT-CREDENTIALS" if _is_of_client() else "CODE",
        "state": "active",
        "organization": organization,
    }
    return {"organization": organization, "homeOrganization": organization, "OAuthClient": client}


@field("users", "organization", on_demand=True)
def _organization(*_: object) -> dict[str, Any]:
    named = _named_organization()
    return {
        **named,
        "defaultLanguage": "en-US",
        "defaultCountryCode": "US",
        "version": 1,
        "state": "active",
        "productPlatform": "GenesysCloud",
        "selfUri": f"/api/v2/organizations/{named['id']}",
    }


@field(DIVISIONS, "homeDivision")
def _is_home(division: Document, caller: Caller) -> bool:
    return division.id == _home(caller).id


def _home(caller: Caller) -> Document:
    home = default(DIVISIONS, caller.organization_id, caller.state)
    if home is None:
        raise LookupError("an organization always has a home division")
    return home


def _is_of_client() -> bool:
    return current_token().owner == CLIENT


def _named_organization() -> dict[str, str]:
    caller = current_caller()
    name = caller.state.store.organizations.name(caller.organization_id)
    return {"id": caller.organization_id, "name": name or ""}


def _client() -> dict[str, str]:
    caller = current_caller()
    client = caller.state.store.clients.of_organization(caller.organization_id)
    return {"id": client.id, "name": client.name}


def _grant(subject_id: str) -> dict[str, Any]:
    caller = current_caller()
    return {
        "subjectId": subject_id,
        "division": to_wire(_home(caller), "AuthzDivision", Place.named(DIVISIONS), caller),
        "role": {"id": caller.organization_id, "name": _ROLE, "policies": _policies()},
    }


def _policies() -> list[dict[str, Any]]:
    """Write down the permissions of the token, those for one kind of thing together."""
    actions: dict[tuple[str, str], list[str]] = {}
    for permission in sorted(current_token().permissions):
        domain, entity, action = permission.split(":")
        actions.setdefault((domain, entity), []).append(action)
    return [
        {"domain": domain, "entityName": entity, "actions": found}
        for (domain, entity), found in actions.items()
    ]
