"""Authorization codes: what they are bound to, and the proof of RFC 7636 that trades them in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from .entities import AuthorizationCode
from .state import State

CODE_LIFETIME = 300
"""Seconds that a code may take from the redirect to the token endpoint."""

# A scheme of an app's own has one slash at least; "localhost:8080/x" lacks a scheme.
_REDIRECT_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]*")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def issue_code(state: State, *, client_id: str, redirect_uri: str, challenge: str | None) -> str:
    """Make an authorization code."""
    check_redirect_uri(redirect_uri)
    if challenge is not None and not is_challenge(challenge):
        raise ValueError("code_challenge must be the 43 characters of base64url(SHA-256(verifier))")
    code = secrets.token_urlsafe(32)
    expires = state.clock() + CODE_LIFETIME
    state.store.codes.add(code, AuthorizationCode(client_id, redirect_uri, challenge, expires))
    return code


def check_redirect_uri(redirect_uri: str) -> None:
    """Refuse what is not the absolute URI that RFC 6749 section 3.1.2 asks for."""
    if not is_redirect_uri(redirect_uri):
        raise ValueError("redirect_uri must be an absolute URI without a fragment")


def is_redirect_uri(text: str) -> bool:
    """Say whether a text is an absolute URI without a fragment."""
    if not _REDIRECT_URI.fullmatch(text):
        return False
    if not text.lower().startswith(("http:", "https:")):
        return True
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:  # brackets that hold no IPv6 address
        return False


def is_challenge(text: str) -> bool:
    """Say whether a text has the form of an S256 code challenge."""
    return _CHALLENGE.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    """Say whether a text has the form of a code verifier."""
    return _VERIFIER.fullmatch(text) is not None


def proves(challenge: str | None, verifier: str | None) -> bool:
    """Say whether a verifier is that of a challenge; without either there is nothing to prove."""
    if challenge is None or verifier is None:
        # A verifier for a code without a challenge means that somebody took the challenge away.
        return challenge is None and verifier is None
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(expected, challenge.encode("ascii"))
