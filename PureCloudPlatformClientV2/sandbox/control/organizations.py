"""The organizations."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify

from ..errors import error_for_status, invalid, missing
from ..state import current_state
from .blueprint import control
from .bodies import camel_case, is_header_text, json_object


@control.get("/sandbox/organizations")
def list_organizations() -> Response:
    """List the organizations, the sandbox's own one first."""
    names = current_state().store.organizations.names()
    return jsonify(organizations=[{"id": key, "name": name} for key, name in names.items()])


@control.post("/sandbox/organizations")
def create_organization() -> Response:
    """Make another organization."""
    fields = ("name", "accessToken", "clientId", "clientSecret")
    body = json_object(dict.fromkeys(fields, is_header_text))
    if "name" not in body:
        raise invalid([missing("name")])
    try:
        made = current_state().create_organization(
            body["name"],
            access_token=body.get("accessToken"),
            client_id=body.get("clientId"),
            client_secret=body.get("clientSecret"),
        )
    except ValueError as error:
        raise error_for_status(409) from error
    return jsonify({camel_case(name): value for name, value in asdict(made).items()})
