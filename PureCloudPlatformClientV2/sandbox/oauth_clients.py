"""Which OAuth client sends a token request."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from flask import request

from .entities import Client
from .errors import OAuthError
from .exchange import current_exchange
from .state import State


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
