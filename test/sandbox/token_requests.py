"""What requests to the token endpoint are made of, and what a refusal looks like."""

from __future__ import annotations

import base64
import hashlib

from .caller import Response

SAML = "urn:ietf:params:oauth:grant-type:saml2-bearer"


def basic(client_id: str, client_secret: str) -> dict[str, str]:
    """The header by which a client authenticates."""
    pair = f"{client_id}:{client_secret}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def s256_challenge(verifier: str) -> str:
    """The S256 code challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def assert_refused(response: Response, status: int, error: str) -> None:
    """Check a response against RFC 6749 section 5.2."""
    assert (response.status, response.json["error"]) == (status, error)
    assert set(response.json) == {"error", "error_description"}
    assert response.json["error_description"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in response.headers) == (status == 401)
