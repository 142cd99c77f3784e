"""What requests to the token endpoint are made of, and what a refusal looks like."""

from __future__ import annotations

import base64
import hashlib

from .caller import Answer

SAML = "urn:ietf:params:oauth:grant-type:saml2-bearer"


def basic(client_id: str, client_secret: str) -> dict[str, str]:
    """The header by which a client authenticates."""
    pair = f"{client_id}:{client_secret}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def challenge_of(verifier: str) -> str:
    """The S256 code challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def assert_refused(answer: Answer, status: int, error: str) -> None:
    """Check an answer against RFC 6749 section 5.2."""
    assert (answer.status, answer.json["error"]) == (status, error)
    assert set(answer.json) == {"error", "error_description"}
    assert answer.json["error_description"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
