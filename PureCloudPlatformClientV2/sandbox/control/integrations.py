"""Integrations, past all rules."""

from __future__ import annotations

from flask import Response, jsonify, request

from ..entities import RESPONSE_FIELDS, Kind, integration_to_wire
from ..errors import error_for_status, invalid, missing
from ..rules import REQUEST_FIELDS
from ..seeding import seed_integration
from ..state import CREATE_STATUSES, current_state
from ..store import DuplicateError
from .blueprint import control
from .bodies import is_string, json_object, named_organization


@control.post("/sandbox/integrations/<any(facebook, line, twitter):kind>")
def create_integration(kind: Kind) -> Response:
    """Put an integration in place, whatever its id and status, past all rules."""
    names = ("id", "organizationId", "status", *RESPONSE_FIELDS[kind], *REQUEST_FIELDS[kind])
    body = json_object(dict.fromkeys(names, is_string))
    organization_id = named_organization(body)
    body.pop("organizationId", None)
    integration_id, status = body.pop("id", None), body.pop("status", None)
    try:
        integration = seed_integration(
            current_state(),
            kind,
            organization_id=organization_id,
            integration_id=integration_id,
            status=status,
            fields=body,
        )
    except DuplicateError as error:
        raise error_for_status(409) from error
    return jsonify(integration_to_wire(integration, request.host_url.rstrip("/")))


@control.put("/sandbox/create-status")
def set_create_status() -> Response:
    """Say how far the creation of an integration of today's platform is."""
    body = json_object(
        {
            "id": is_string,
            "createStatus": lambda value: value in CREATE_STATUSES,
            "createError": lambda value: isinstance(value, dict),
        }
    )
    if absent := [name for name in ("id", "createStatus") if name not in body]:
        raise invalid([missing(name) for name in absent])
    error = body.get("createError", {})
    if not current_state().set_create_status(body["id"], body["createStatus"], error):
        raise error_for_status(404)
    return Response(status=204)
