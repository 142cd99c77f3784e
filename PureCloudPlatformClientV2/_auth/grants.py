"""The token grants: what is sent to the login service for a token.

Whatever is secret comes and stays in a ``Masked``, out of sight of tools that show local variables.
"""

from __future__ import annotations

import base64
from typing import Any

from .._wire.headers import BLANKS_AROUND, is_trimmed, to_text
from .._wire.redaction import Masked

Secret = Masked[Any]


class Grant:
    """A grant with its parameters.

    Attributes:
        kind: The grant type.
        client_id: Identifies the OAuth client.
        client_secret: Proves it; empty for a public client, which has none.
        parameters: What else is sent.
    """

    __slots__ = ("client_id", "client_secret", "kind", "parameters")

    def __init__(
        self, kind: str, client_id: str, client_secret: str, parameters: dict[str, str]
    ) -> None:
        """Describe the grant; every argument is the attribute of its name."""
        self.kind = kind
        self.client_id = client_id
        self.client_secret = client_secret
        self.parameters = parameters

    def form(self) -> dict[str, str]:
        """Give the form that is sent."""
        client = {} if self.client_secret else {"client_id": self.client_id}
        return {"grant_type": self.kind, **self.parameters, **client}

    def headers(self) -> dict[str, str]:
        """Give the headers that are sent; a client with a secret proves itself there."""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if self.client_secret:
            pair = f"{self.client_id}:{self.client_secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return headers

    def after(self, refresh_token: str) -> Grant | None:
        """Give the grant for the next token: a refresh token, or the same once more."""
        if refresh_token:
            return refresh(self.client_id, Masked(self.client_secret), Masked(refresh_token))
        return self if self.kind == "client_credentials" else None

    def of_client(self, client_id: str, client_secret: str) -> Grant:
        """Give the same grant for another OAuth client."""
        return Grant(self.kind, client_id, client_secret, self.parameters)

    def __repr__(self) -> str:
        return f"Grant({self.kind!r}, client_id={self.client_id!r})"


def client_credentials(client_id: str | bytes, client_secret: Secret) -> Grant:
    """The client credentials grant (RFC 6749, section 4.4)."""
    return _grant("client_credentials", client_id, _required("client_secret", client_secret), {})


def saml2_bearer(
    client_id: str | bytes, client_secret: Secret, org_name: str, assertion: Secret
) -> Grant:
    """The SAML 2.0 bearer grant (RFC 7522); the assertion is encoded in base64."""
    kind = "urn:ietf:params:oauth:grant-type:saml2-bearer"
    parameters = {"orgName": Masked(org_name), "assertion": assertion}
    return _grant(kind, client_id, _required("client_secret", client_secret), parameters)


def authorization_code(
    client_id: str | bytes, client_secret: Secret, auth_code: Secret, redirect_uri: str
) -> Grant:
    """The authorization code grant (RFC 6749, section 4.1)."""
    parameters = {"code": auth_code, "redirect_uri": Masked(redirect_uri)}
    secret = _required("client_secret", client_secret)
    return _grant("authorization_code", client_id, secret, parameters)


def pkce(
    client_id: str | bytes, code_verifier: Secret, auth_code: Secret, redirect_uri: str
) -> Grant:
    """The authorization code grant with a proof key (RFC 7636)."""
    parameters = {
        "code": auth_code,
        "code_verifier": code_verifier,
        "redirect_uri": Masked(redirect_uri),
    }
    return _grant("authorization_code", client_id, Masked(""), parameters)


def refresh(client_id: str | bytes, client_secret: Secret, refresh_token: Secret) -> Grant:
    """The refresh grant (RFC 6749, section 6); a client that has no secret gives none (PKCE)."""
    if client_secret.value:
        client_secret = _required("client_secret", client_secret)
    return _grant("refresh_token", client_id, client_secret, {"refresh_token": refresh_token})


_ARGUMENTS = {"code": "auth_code", "orgName": "org_name"}
"""What a caller knows by another name than the service."""


def _grant(
    kind: str, client_id: str | bytes, client_secret: Secret, parameters: dict[str, Secret]
) -> Grant:
    return Grant(
        kind,
        _required("client_id", Masked(client_id)).value,
        client_secret.value or "",
        {
            name: _required(_ARGUMENTS.get(name, name), given).value
            for name, given in parameters.items()
        },
    )


def _required(name: str, given: Secret) -> Masked[str]:
    """Check what was given.

    Raises:
        ValueError: It is missing, not UTF-8, or has a blank around it.
        TypeError: It is no text.
    """
    if not given.value:
        raise ValueError(f"{name} is missing: the grant needs it")
    found = Masked(to_text(name, given.value))
    if not is_trimmed(found.value):
        raise ValueError(f"{name}: {BLANKS_AROUND}")
    return found
