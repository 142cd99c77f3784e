"""The authorization endpoint and its codes: it has no login page, so a known client succeeds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request

from .credentials import AuthorizationCode
from .errors import OAuthError
from .state import State, current_state

authorization: Blueprint = Blueprint("authorization", __name__)

PAGE = "<!doctype html>\n<title>Sign-in failed</title>\n<p>{}</p>\n"


@authorization.get("/oauth/authorize")
def authorize() -> Response:
    """Serve GET /oauth/authorize: send the browser back with a code, or with an error."""
    state = current_state()
    client_id, redirect_uri = _read("client_id"), _read("redirect_uri")
    # RFC 6749 section 4.1.2.1: no redirect to where it may not be wanted.
    if not client_id or state.store.clients.find(client_id) is None:
        return _page("There is no client with this client_id.")
    try:
        check_redirect_uri(redirect_uri or "")
    except ValueError as error:
        return _page(f"The {error}.")
    return _redirect(redirect_uri or "", _authorize(state, client_id, redirect_uri or ""))


@authorization.after_request
def forbid_caching(response: Response) -> Response:
    """Keep codes out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _authorize(state: State, client_id: str, redirect_uri: str) -> dict[str, str]:
    """Choose the parameters of the redirect."""
    try:
        challenge = _read_challenge()
        code = issue_code(
            state, client_id=client_id, redirect_uri=redirect_uri, challenge=challenge
        )
    except OAuthError as error:
        return {"error": error.error, "error_description": error.description}
    except ValueError as error:
        return {"error": "invalid_request", "error_description": f"The {error}."}
    return {"code": code}


def _read_challenge() -> str | None:
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise OAuthError("invalid_request", "No parameter may be repeated.")
    response_type = _read("response_type")
    if not response_type:
        raise OAuthError("invalid_request", "The parameter response_type is missing.")
    if response_type != "code":
        raise OAuthError("unsupported_response_type", "The response_type must be code.")
    challenge, method = _read("code_challenge"), _read("code_challenge_method")
    if method is not None and challenge is None:
        raise OAuthError("invalid_request", "The parameter code_challenge is missing.")
    # RFC 7636 section 4.3: without a method, the challenge would be the verifier itself.
    if challenge is not None and method != "S256":
        raise OAuthError("invalid_request", "The code_challenge_method must be S256.")
    return challenge


def _read(name: str) -> str | None:
    """Read a parameter; as RFC 6749 section 3.1 has it, an empty one was not sent."""
    values = request.args.getlist(name)
    return values[0] or None if len(values) == 1 else None


def _redirect(redirect_uri: str, parameters: dict[str, str]) -> Response:
    state = _read("state")
    query = urlencode(parameters if state is None else {**parameters, "state": state})
    separator = "&" if "?" in redirect_uri else "?"
    return Response(status=302, headers={"Location": redirect_uri + separator + query})


def _page(sentence: str) -> Response:
    return Response(PAGE.format(sentence), 400)


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
