"""The token endpoint, after RFC 6749."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from flask import Blueprint, Response, jsonify, request

from .state import PERMISSIONS, State, current_state

oauth: Blueprint = Blueprint("oauth", __name__)

FORM_TYPE = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """A token request that is refused, in the terms of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """Describe the refusal.

        Args:
            error: The error code of the RFC.
            description: A sentence for the developer.
            status: The HTTP status.
        """
        super().__init__(error, description)
        self.error = error
        self.description = description
        self.status = status


@oauth.post("/oauth/token")
def issue_token() -> Response:
    """Serve POST /oauth/token."""
    if request.mimetype != FORM_TYPE:
        raise OAuthError("invalid_request", f"The body must be {FORM_TYPE}.")
    repeated = [name for name, values in request.form.lists() if len(values) > 1]
    if repeated:
        raise OAuthError("invalid_request", f"Parameters must not be repeated: {repeated[0]}.")
    grant_type = request.form.get("grant_type")
    if not grant_type:
        raise OAuthError("invalid_request", "The parameter grant_type is missing.")
    grant = GRANTS.get(grant_type)
    if grant is None:
        raise OAuthError("unsupported_grant_type", f"Supported are: {', '.join(GRANTS)}.")
    return jsonify(grant(current_state()))


@oauth.after_request
def forbid_caching(response: Response) -> Response:
    """Keep tokens out of caches, as RFC 6749 section 5.1 demands."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


@oauth.errorhandler(OAuthError)
def refuse(error: OAuthError) -> Response:
    """Answer for a refused token request."""
    response = jsonify(error=error.error, error_description=error.description)
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="oauth"'
    return response


def grant_client_credentials(state: State) -> dict[str, Any]:
    """Issue a token to an OAuth client on its own behalf.

    Args:
        state: The sandbox.

    Raises:
        OAuthError: The client's credentials are missing or wrong.
    """
    client_id, client_secret = _client_credentials()
    name = state.store.authenticate_client(client_id, client_secret)
    if name is None:
        raise OAuthError("invalid_client", "Client id and client secret don't match.", 401)
    token = state.issue_token(owner=name, permissions=PERMISSIONS)
    return {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": int(state.settings.token_lifetime),
    }


GRANTS: dict[str, Callable[[State], dict[str, Any]]] = {
    "client_credentials": grant_client_credentials,
}
"""The grants on offer, by grant_type."""


def _client_credentials() -> tuple[str, str]:
    """Find the client's credentials where RFC 6749 section 2.3.1 allows them."""
    header = request.headers.get("Authorization")
    in_body = "client_id" in request.form and "client_secret" in request.form
    if header is not None:
        if "client_secret" in request.form:
            raise OAuthError("invalid_request", "Credentials must be sent in one place only.")
        return _parse_basic(header)
    if in_body:
        return request.form["client_id"], request.form["client_secret"]
    raise OAuthError("invalid_client", "Client id and client secret are missing.", 401)


def _parse_basic(header: str) -> tuple[str, str]:
    scheme, _, credentials = header.partition(" ")
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    client_id, colon, client_secret = decoded.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", "The Authorization header is not valid Basic.", 401)
    return unquote_plus(client_id), unquote_plus(client_secret)
