"""Tokens, and what is traded for them."""

from __future__ import annotations

from flask import Response, jsonify

from ..authorization_codes import is_challenge, is_redirect_uri, issue_code
from ..entities import token_id
from ..errors import Problem, error_for_status, invalid, missing
from ..staff import AGENT
from ..state import PERMISSIONS, check_permissions, current_state
from .blueprint import control
from .bodies import is_duration, is_string, is_string_list, json_object, named_organization


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
