"""Integrations, past all rules."""

from __future__ import annotations

from flask import Response, jsonify, request

from ..errors import error_for_status, invalid, missing
from ..platform.caller import Caller
from ..platform.integrations import (
    FieldError,
    fields_of,
    put_in_place,
    set_create_status,
    summaries,
)
from ..staff import AGENT
from ..state import CREATE_STATUSES, current_state
from ..store import DuplicateError
from .calls import control, is_string, json_object, named_organization


@control.get("/sandbox/integrations")
def list_integrations() -> Response:
    """List what takes messages, of one organization or of all."""
    state = current_state()
    named = "organizationId" in request.args
    wanted = [named_organization(request.args)] if named else state.store.organizations.names()
    return jsonify(integrations=[one for name in wanted for one in summaries(state, name)])


@control.post("/sandbox/integrations/<string:kind>")
def create_integration(kind: str) -> Response:
    """Put an integration in place, whatever its id and status, past all rules."""
    known = fields_of(kind)
    if not known:
        raise error_for_status(404)
    body = json_object(
        {
            **dict.fromkeys(known, lambda _: True),  # by the contract, below
            **dict.fromkeys(("id", "organizationId", "status"), is_string),
        }
    )
    owner = Caller(current_state(), named_organization(body), AGENT, request.host_url.rstrip("/"))
    body.pop("organizationId", None)
    integration_id, status = body.pop("id", None), body.pop("status", None)
    try:
        wire = put_in_place(owner, kind, integration_id=integration_id, status=status, fields=body)
    except DuplicateError as error:
        raise error_for_status(409) from error
    except FieldError as error:
        raise invalid([error.problem]) from error
    return jsonify(wire)


@control.put("/sandbox/create-status")
def change_create_status() -> Response:
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
    if not set_create_status(current_state(), body["id"], body["createStatus"], error):
        raise error_for_status(404)
    return Response(status=204)
