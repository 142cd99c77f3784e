"""The token grants of an ApiClient, under the vendor's names."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from .._lazy import loading
from .._wire.redaction import Masked

if TYPE_CHECKING:
    from typing_extensions import Self

    from . import grants


def _grants() -> ModuleType:
    with loading:
        # Imported here for the sake of start-up time: a program with a token needs none.
        from . import grants

        return grants


class SignIn:
    """What an ApiClient can do to get a token; each method wraps POST /oauth/token.

    All of them raise ``ApiException`` where the login service refuses or cannot be reached, and
    ``ValueError`` where an argument is missing. A token that came by client credentials, or with a
    refresh token, is renewed for later calls.
    """

    def _sign_in(self, grant: grants.Grant) -> tuple[Self, dict[str, Any]]:
        """Get a token, and keep it for later calls; gives the client and the response."""
        raise NotImplementedError

    # Every secret is put out of sight first: see Masked.

    def get_client_credentials_token(
        self, client_id: str | bytes, client_secret: str | bytes
    ) -> Self:
        """Sign in by the client credentials grant, and keep and renew the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it.

        Returns:
            This client, so that it can go straight into an API class.
        """
        secret = Masked(client_secret)
        del client_secret
        return self._sign_in(_grants().client_credentials(client_id, secret))[0]

    def get_saml2bearer_token(
        self, client_id: str | bytes, client_secret: str | bytes, org_name: str, assertion: str
    ) -> Self:
        """Sign in by the SAML 2.0 bearer grant, and keep the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it.
            org_name: Short name of the organization.
            assertion: The SAML assertion, encoded in base64.

        Returns:
            This client, so that it can go straight into an API class.
        """
        secret, proof = Masked(client_secret), Masked(assertion)
        del client_secret, assertion
        return self._sign_in(_grants().saml2_bearer(client_id, secret, org_name, proof))[0]

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
            This client and the response: ``access_token``, ``refresh_token``, ``expires_in`` (s).
        """
        secret, code = Masked(client_secret), Masked(auth_code)
        del client_secret, auth_code
        return self._sign_in(_grants().authorization_code(client_id, secret, code, redirect_uri))

    def refresh_code_authorization_token(
        self, client_id: str | bytes, client_secret: str | bytes | None, refresh_token: str
    ) -> tuple[Self, dict[str, Any]]:
        """Sign in with a refresh token, and keep and renew the token for later calls.

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it; ``None`` for a client that has none (PKCE).
            refresh_token: The refresh token of an earlier response.

        Returns:
            This client and the response: ``access_token``, ``refresh_token``, ``expires_in`` (s).
        """
        secret, token = Masked(client_secret), Masked(refresh_token)
        del client_secret, refresh_token
        return self._sign_in(_grants().refresh(client_id, secret, token))

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
            This client, and the response: ``access_token``, ``expires_in`` (seconds) and, if the
            OAuth client may have one, ``refresh_token``.
        """
        verifier, code = Masked(code_verifier), Masked(auth_code)
        del code_verifier, auth_code
        return self._sign_in(_grants().pkce(client_id, verifier, code, redirect_uri))

    def generate_pkce_code_verifier(self, length: int) -> str:
        """Make a code verifier of 43 to 128 characters for PKCE (RFC 7636, section 4.1)."""
        with loading:
            # Imported here for the sake of start-up time: few programs sign users in.
            from .pkce import generate_code_verifier

            return generate_code_verifier(length)

    def compute_pkce_code_challenge(self, code: str) -> str:
        """Compute the code challenge of a code verifier (RFC 7636, section 4.2)."""
        with loading:
            from .pkce import compute_code_challenge  # as above

            return compute_code_challenge(code)
