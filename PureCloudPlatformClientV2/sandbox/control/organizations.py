"""The organizations, their tokens, and what is traded for these."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify

from ..authorization import is_challenge, is_redirect_uri, issue_code
from ..credentials import token_id
from ..errors import Problem, error_for_status, invalid, missing
from ..staff import AGENT
from ..state import PERMISSIONS, check_permissions, current_state
from .calls import (
    camel_case,
    control,
    is_duration,
    is_header_text,
    is_string,
    is_string_list,
    json_object,
    named_organization,
)


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


@control.post("/sandbox/tokens")
def create_token() -> Response:
    """Issue a token with given permissions and lifetime."""
    body = json_object(
        {
            "permissions": is_string_list,
            "expiresIn": is_duration,
            "owner": is_string,
            "organizationId": is_string,
        }
    )
    try:
        permissions = check_permissions(body.get("permissions", PERMISSIONS))
    except ValueError as error:
        names = ", ".join(sorted(PERMISSIONS))
        message = f"The field {{fieldName}} may hold: {names}."
        raise invalid([Problem("permissions", "invalid.value", message)]) from error
    token = current_state().issue_token(
        organization_id=named_organization(body),
        owner=body.get("owner", AGENT),
        permissions=permissions,
        lifetime=body.get("expiresIn"),
    )
    return jsonify(accessToken=token, tokenId=token_id(token))


@control.post("/sandbox/tokens/expire")
def expire_tokens() -> Response:
    """Let one token expire, or all of them."""
    body = json_object({"accessToken": is_string})
    state = current_state()
    if "accessToken" not in body:
        state.expire_tokens()
    elif not state.expire_token(body["accessToken"]):
        raise error_for_status(404)
    return Response(status=204)


@control.delete("/sandbox/refresh-tokens")
def revoke_refresh_tokens() -> Response:
    """Refuse every refresh token issued so far."""
    current_state().store.refresh_tokens.remove_all()
    return Response(status=204)


@control.post("/sandbox/authorization-codes")
def create_authorization_code() -> Response:
    """Issue an authorization code for the sandbox's own OAuth client."""
    body = json_object(
        {
            "redirectUri": lambda value: is_string(value) and is_redirect_uri(value),
            "codeChallenge": lambda value: is_string(value) and is_challenge(value),
        }
    )
    if "redirectUri" not in body:
        raise invalid([missing("redirectUri")])
    state = current_state()
    code = issue_code(
        state,
        client_id=state.settings.organization.client_id,
        redirect_uri=body["redirectUri"],
        challenge=body.get("codeChallenge"),
    )
    return jsonify(code=code)
