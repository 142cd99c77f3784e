"""The token grants: credentials in, token out."""

from __future__ import annotations

import base64

from .exceptions import unusable
from .http_client import AbstractHttpClient, HttpRequestOptions
from .logger import find_secrets
from .rest import is_header_text, to_text
from .serialization import parse_json


def client_credentials_token(
    http_client: AbstractHttpClient,
    login_url: str,
    client_id: str | bytes,
    client_secret: str | bytes,
) -> str:
    """Ask for a token by the client credentials grant (RFC 6749, section 4.4).

    Args:
        http_client: Sends the request.
        login_url: Base URL of the login service.
        client_id: Identifies the OAuth client.
        client_secret: Proves it.

    Returns:
        The access token.

    Raises:
        ApiException: The login service refused, or could not be reached.
        ValueError: The id or the secret is missing, or not UTF-8.
        TypeError: The id or the secret is no text.
    """
    for name, value in {"client_id": client_id, "client_secret": client_secret}.items():
        if not value:
            raise ValueError(f"{name} is missing: give that of an OAuth client with this grant")
    credentials = ":".join(
        (to_text("client_id", client_id), to_text("client_secret", client_secret))
    ).encode()
    request = HttpRequestOptions(
        url=f"{login_url}/oauth/token",
        method="POST",
        headers={
            "Authorization": f"Basic {base64.b64encode(credentials).decode('ascii')}",
            "Accept": "application/json",
        },
        post_params={"grant_type": "client_credentials"},
    )
    response = http_client.request(request)
    try:
        answer = parse_json(response.content)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token or not is_header_text(token):
            raise ValueError("access_token is not a text that can be sent")
    except ValueError as error:
        failure = unusable(response, request.method, request.url, error)
        failure.body = None  # there may be a token in it
        failure.redact({to_text("client_secret", client_secret), *find_secrets(request.headers)})
        raise failure from error
    return token
