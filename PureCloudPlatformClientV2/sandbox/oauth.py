"""The token endpoint, its clients and grants, after RFC 6749, RFC 7522 and RFC 7636."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import unquote_plus
from xml.parsers import expat

from flask import Blueprint, Response, jsonify, request

from .authorization import is_verifier, proves
from .credentials import Client, RefreshToken
from .errors import OAuthError
from .exchange import current_exchange
from .staff import AGENT
from .state import PERMISSIONS, State, current_state

oauth: Blueprint = Blueprint("oauth", __name__)

FORM_TYPE = "application/x-www-form-urlencoded"

_FROM_BASE64URL = str.maketrans("-_", "+/")


@oauth.post("/oauth/token")
def issue_token() -> Response:
    """Serve POST /oauth/token."""
    if request.mimetype != FORM_TYPE:
        raise OAuthError("invalid_request", f"The body must be {FORM_TYPE}.")
    if any(len(values) > 1 for _, values in request.form.lists()):
        raise OAuthError("invalid_request", "No parameter may be repeated.")
    grant = GRANTS.get(_require("grant_type"))
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
    """Respond to a token request that is refused."""
    response = jsonify(error=error.error, error_description=error.description)
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="oauth"'
    return response


def grant_client_credentials(state: State) -> dict[str, Any]:
    """Issue a token to an OAuth client on its own behalf."""
    client = authenticate_client(state)
    return _issue(state, client, owner=client.name)


def grant_saml2_bearer(state: State) -> dict[str, Any]:
    """Issue a token for the assertion of an identity provider; its signature is not verified."""
    client = authenticate_client(state)
    organization, assertion = _require("orgName"), _require("assertion")
    if organization != state.store.organizations.name(client.organization_id):
        raise OAuthError("invalid_grant", "There is no organization with this orgName.")
    if not is_encoded_xml(assertion):
        raise OAuthError("invalid_grant", "The assertion is not an XML document in base64.")
    return _issue(state, client)


def grant_authorization_code(state: State) -> dict[str, Any]:
    """Issue tokens for a code, to a client that shows its secret or the code verifier."""
    client, authenticated = identify_client(state)
    code, redirect_uri = _require("code"), _require("redirect_uri")
    verifier = request.form.get("code_verifier") or None
    if not authenticated and verifier is None:
        raise OAuthError("invalid_client", "Neither client_secret nor code_verifier is given.", 401)
    if verifier is not None and not is_verifier(verifier):
        raise OAuthError(
            "invalid_request", "A code_verifier has 43 to 128 letters, digits, - . _ ~."
        )
    with state.store.transaction():
        record = state.store.codes.find(code)
        if record is None or record.client_id != client.id or record.expires <= state.clock():
            raise OAuthError("invalid_grant", "The code is unknown, used, expired or another's.")
        if record.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", "The code was issued for another redirect_uri.")
        if not proves(record.challenge, verifier):
            raise OAuthError("invalid_grant", "The code_verifier is not that of the code.")
        state.store.codes.remove(code)
        return _issue_with_refresh_token(state, client, confidential=authenticated)


def grant_refresh_token(state: State) -> dict[str, Any]:
    """Issue tokens for a refresh token, which is used up by it."""
    client, authenticated = identify_client(state)
    refresh_token = _require("refresh_token")
    with state.store.transaction():
        record = state.store.refresh_tokens.find(refresh_token)
        if record is None or record.client_id != client.id:
            raise OAuthError("invalid_grant", "The refresh token is unknown, used or another's.")
        if record.confidential and not authenticated:
            raise OAuthError("invalid_client", "The client must authenticate as before.", 401)
        state.store.refresh_tokens.remove(refresh_token)
        return _issue_with_refresh_token(state, client, confidential=record.confidential)


GRANTS: dict[str, Callable[[State], dict[str, Any]]] = {
    "client_credentials": grant_client_credentials,
    "urn:ietf:params:oauth:grant-type:saml2-bearer": grant_saml2_bearer,
    "authorization_code": grant_authorization_code,
    "refresh_token": grant_refresh_token,
}
"""The grants on offer, by grant_type."""


def _require(name: str) -> str:
    value = request.form.get(name)
    if not value:
        raise OAuthError("invalid_request", f"The parameter {name} is missing.")
    return value


def _issue(state: State, client: Client, *, owner: str = AGENT) -> dict[str, Any]:
    token = state.issue_token(
        organization_id=client.organization_id, owner=owner, permissions=PERMISSIONS
    )
    return {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": int(state.settings.token_lifetime),
    }


def _issue_with_refresh_token(
    state: State, client: Client, *, confidential: bool
) -> dict[str, Any]:
    refresh_token = secrets.token_urlsafe(48)
    state.store.refresh_tokens.add(refresh_token, RefreshToken(client.id, confidential))
    return {**_issue(state, client), "refresh_token": refresh_token}


def authenticate_client(state: State) -> Client:
    """Find out which client sends the request, by its id and secret."""
    for client_id, client_secret in _client_credentials():
        client = state.store.clients.authenticate(client_id, client_secret)
        if client is not None:
            current_exchange().organization_id = client.organization_id
            return client
    raise OAuthError("invalid_client", "Client id and client secret don't match.", 401)


def identify_client(state: State) -> tuple[Client, bool]:
    """Find out which client sends the request, and whether it showed its secret."""
    client_id = request.form.get("client_id")
    if not client_id or "client_secret" in request.form or "Authorization" in request.headers:
        return authenticate_client(state), True
    # A public client has no secret, and gives its id alone.
    client = state.store.clients.find(client_id)
    if client is None:
        raise OAuthError("invalid_client", "There is no client with this client_id.", 401)
    current_exchange().organization_id = client.organization_id
    return client, False


def _client_credentials() -> list[tuple[str, str]]:
    """Find the client's credentials where RFC 6749 section 2.3.1 allows them."""
    header = request.headers.get("Authorization")
    if header is not None:
        if "client_secret" in request.form:
            raise OAuthError("invalid_request", "Credentials must be sent in one place only.")
        return _parse_basic(header)
    if "client_id" in request.form and "client_secret" in request.form:
        return [(request.form["client_id"], request.form["client_secret"])]
    raise OAuthError("invalid_client", "Client id and client secret are missing.", 401)


def _parse_basic(header: str) -> list[tuple[str, str]]:
    """Read the header in both ways: as the platform's own clients write it, and after the RFC."""
    scheme, _, credentials = header.partition(" ")
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    client_id, colon, client_secret = decoded.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", "The Authorization header is not valid Basic.", 401)
    return [(client_id, client_secret), (unquote_plus(client_id), unquote_plus(client_secret))]


def is_encoded_xml(assertion: str) -> bool:
    """Say whether an assertion is an XML document in base64 or base64url."""
    # Encoders differ in where they break lines and whether they pad; padding is put back here.
    text = "".join(assertion.split()).translate(_FROM_BASE64URL).rstrip("=")
    try:
        document = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return False
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError):  # the last two: an encoding of no kind
        return False
    return True


def _refuse_doctype(*_declaration: object) -> NoReturn:
    # SAML has none, and a document type could define entities that grow beyond all bounds.
    raise ValueError("an assertion has no document type")
