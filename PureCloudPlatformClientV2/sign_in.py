"""The token grants of an ApiClient, under the vendor's names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from . import oauth

if TYPE_CHECKING:
    from typing_extensions import Self


class SignIn(ABC):
    """What an ApiClient can do to get a token; each method wraps POST /oauth/token."""

    @abstractmethod
    def _sign_in(self, request: oauth.TokenRequest) -> tuple[Self, dict[str, Any]]:
        """Get a token, and keep it for later calls; gives the client and the answer."""

    def get_client_credentials_token(
        self, client_id: str | bytes, client_secret: str | bytes
    ) -> Self:
        """Sign in by the client credentials grant, and keep and renew the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it.

        Returns:
            This client, so that it can go straight into an API class.

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: The id or the secret is missing.
        """
        return self._sign_in(oauth.client_credentials(client_id, client_secret))[0]

    def get_saml2bearer_token(
        self, client_id: str | bytes, client_secret: str | bytes, org_name: str, assertion: str
    ) -> Self:
        """Sign in by the SAML 2.0 bearer grant, and keep the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it.
            org_name: Short name of the organisation.
            assertion: The SAML assertion, encoded in base64.

        Returns:
            This client, so that it can go straight into an API class.

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: An argument is missing.
        """
        request = oauth.saml2_bearer(client_id, client_secret, org_name, assertion)
        return self._sign_in(request)[0]

    def get_code_authorization_token(
        self, client_id: str | bytes, client_secret: str | bytes, auth_code: str, redirect_uri: str
    ) -> tuple[Self, dict[str, Any]]:
        """Sign in by the authorization code grant, and keep and renew the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it.
            auth_code: The code that came to the redirect URI.
            redirect_uri: The redirect URI to which it came.

        Returns:
            This client and the answer: ``access_token``, ``refresh_token``, ``expires_in`` (s).

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: An argument is missing.
        """
        return self._sign_in(
            oauth.authorization_code(client_id, client_secret, auth_code, redirect_uri)
        )

    def refresh_code_authorization_token(
        self, client_id: str | bytes, client_secret: str | bytes | None, refresh_token: str
    ) -> tuple[Self, dict[str, Any]]:
        """Sign in with a refresh token, and keep and renew the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it; ``None`` for a client that has none (PKCE).
            refresh_token: The refresh token of an earlier answer.

        Returns:
            This client and the answer: ``access_token``, ``refresh_token``, ``expires_in`` (s).

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: An argument is missing.
        """
        return self._sign_in(oauth.refresh(client_id, client_secret, refresh_token))

    def get_pkce_token(
        self, client_id: str | bytes, code_verifier: str, auth_code: str, redirect_uri: str
    ) -> tuple[Self, dict[str, Any]]:
        """Sign in by the authorization code grant with PKCE, and keep and renew the token.

        Args:
            client_id: Identifies the OAuth client, which needs no secret.
            code_verifier: What the code challenge was computed from.
            auth_code: The code that came to the redirect URI.
            redirect_uri: The redirect URI to which it came.

        Returns:
            This client, and the answer: ``access_token``, ``expires_in`` (seconds) and, if the
            OAuth client may have one, ``refresh_token``.

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: An argument is missing.
        """
        return self._sign_in(oauth.pkce(client_id, code_verifier, auth_code, redirect_uri))

    def generate_pkce_code_verifier(self, length: int) -> str:
        """Make a code verifier for PKCE; see ``oauth.generate_code_verifier``."""
        return oauth.generate_code_verifier(length)

    def compute_pkce_code_challenge(self, code: str) -> str:
        """Compute the code challenge for PKCE; see ``oauth.compute_code_challenge``."""
        return oauth.compute_code_challenge(code)
