"""The token grants: credentials in, token out; and the renewal of tokens, one thread at a time."""

from __future__ import annotations

import base64
import hashlib
import math
import string
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from .connection import forget_on_fork
from .exceptions import ApiException, ApiTimeoutException, refusal, unusable
from .headers import is_header_text, to_text
from .http_client import AbstractHttpClient, HttpRequestOptions
from .logger import find_secrets
from .serialization import parse_json
from .settings import RequestTimeout

_VERIFIER_CHARACTERS = string.ascii_letters + string.digits + "-._~"

_MARGIN = 0.1
"""The part of a token's life in which it is renewed although it is still good."""

_LONGEST_MARGIN = 300.0
"""Seconds that this part has at the most."""

_SHORTEST_FOR_REFRESH = 20.0
"""Seconds that a call must have left to renew ahead of time with a refresh token."""

_LONGEST_AHEAD = 10.0
"""Seconds that a call spends on renewing a token that is still good."""


class TokenRequest(NamedTuple):
    """What is sent to get a token.

    Attributes:
        form: The grant type and its parameters.
        client_id: Identifies the OAuth client.
        client_secret: Proves it; empty for a public client, which has none.
    """

    form: dict[str, str]
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"TokenRequest({self.form['grant_type']!r}, client_id={self.client_id!r})"


def client_credentials(client_id: str | bytes, client_secret: str | bytes) -> TokenRequest:
    """Make a request by the client credentials grant (RFC 6749, section 4.4).

    Args:
        client_id: Identifies the OAuth client.
        client_secret: Proves it.

    Returns:
        The request.

    Raises:
        ValueError: One of them is missing, or not UTF-8.
        TypeError: One of them is no text.
    """
    return TokenRequest(
        {"grant_type": "client_credentials"},
        _required("client_id", client_id),
        _required("client_secret", client_secret),
    )


def saml2_bearer(
    client_id: str | bytes, client_secret: str | bytes, org_name: str, assertion: str | bytes
) -> TokenRequest:
    """Make a request by the SAML 2.0 bearer grant (RFC 7522).

    Args:
        client_id: Identifies the OAuth client.
        client_secret: Proves it.
        org_name: Short name of the organisation.
        assertion: The SAML assertion, encoded in base64.

    Returns:
        The request.

    Raises:
        ValueError: One of them is missing, or not UTF-8.
        TypeError: One of them is no text.
    """
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "orgName": _required("org_name", org_name),
        "assertion": _required("assertion", assertion),
    }
    return TokenRequest(
        form, _required("client_id", client_id), _required("client_secret", client_secret)
    )


def authorization_code(
    client_id: str | bytes, client_secret: str | bytes, auth_code: str, redirect_uri: str
) -> TokenRequest:
    """Make a request by the authorization code grant (RFC 6749, section 4.1).

    Args:
        client_id: Identifies the OAuth client.
        client_secret: Proves it.
        auth_code: The code that came to the redirect URI.
        redirect_uri: The redirect URI to which it came.

    Returns:
        The request.

    Raises:
        ValueError: One of them is missing, or not UTF-8.
        TypeError: One of them is no text.
    """
    form = {
        "grant_type": "authorization_code",
        "code": _required("auth_code", auth_code),
        "redirect_uri": _required("redirect_uri", redirect_uri),
    }
    return TokenRequest(
        form, _required("client_id", client_id), _required("client_secret", client_secret)
    )


def pkce(
    client_id: str | bytes, code_verifier: str, auth_code: str, redirect_uri: str
) -> TokenRequest:
    """Make a request by the authorization code grant with a proof key (RFC 7636).

    Args:
        client_id: Identifies the OAuth client.
        code_verifier: What the code challenge was computed from.
        auth_code: The code that came to the redirect URI.
        redirect_uri: The redirect URI to which it came.

    Returns:
        The request.

    Raises:
        ValueError: One of them is missing, or not UTF-8.
        TypeError: One of them is no text.
    """
    form = {
        "grant_type": "authorization_code",
        "code": _required("auth_code", auth_code),
        "code_verifier": _required("code_verifier", code_verifier),
        "redirect_uri": _required("redirect_uri", redirect_uri),
    }
    return TokenRequest(form, _required("client_id", client_id), "")


def refresh(
    client_id: str | bytes, client_secret: str | bytes | None, refresh_token: str
) -> TokenRequest:
    """Make a request by the refresh grant (RFC 6749, section 6).

    Args:
        client_id: Identifies the OAuth client.
        client_secret: Proves it; ``None`` or empty for one that has none (PKCE).
        refresh_token: The refresh token.

    Returns:
        The request.

    Raises:
        ValueError: Id or refresh token are missing, or something is not UTF-8.
        TypeError: One of them is no text.
    """
    form = {
        "grant_type": "refresh_token",
        "refresh_token": _required("refresh_token", refresh_token),
    }
    secret = to_text("client_secret", client_secret) if client_secret else ""
    return TokenRequest(form, _required("client_id", client_id), secret)


def generate_code_verifier(length: int) -> str:
    """Make a code verifier for PKCE from the system's source of secrets (RFC 7636, section 4.1).

    Args:
        length: How many characters it has, from 43 to 128.

    Returns:
        The code verifier.

    Raises:
        ValueError: The length is out of range.
    """
    if isinstance(length, bool) or not isinstance(length, int) or not 43 <= length <= 128:
        raise ValueError(f"length: give a number of characters from 43 to 128, not {length!r}")
    # Imported here for the sake of start-up time: few programs sign users in.
    from secrets import choice

    return "".join(choice(_VERIFIER_CHARACTERS) for _ in range(length))


def compute_code_challenge(code: str) -> str:
    """Compute the code challenge for PKCE, by the method S256 (RFC 7636, section 4.2).

    Args:
        code: The code verifier.

    Returns:
        The code challenge, in base64url without padding.

    Raises:
        ValueError: It is no code verifier.
    """
    if not 43 <= len(code) <= 128 or not set(code) <= set(_VERIFIER_CHARACTERS):
        # Without the value, which is a secret.
        raise ValueError("code: give a code verifier, 43 to 128 letters, digits and -._~")
    digest = hashlib.sha256(code.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _required(name: str, value: Any) -> str:
    if not value:
        raise ValueError(f"{name} is missing: the grant needs it")
    return to_text(name, value)


class Token(NamedTuple):
    """What the login service gave, or what a program brought.

    Attributes:
        access_token: The access token; empty for none.
        refresh_token: The refresh token; empty for none.
        renew_at: When to renew it, on the clock of ``time.monotonic``.
        expires_at: When it is of no use any more.
        answer: The whole answer of the login service.
    """

    access_token: str
    refresh_token: str = ""
    renew_at: float = math.inf
    expires_at: float = math.inf
    answer: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"


NO_TOKEN = Token("", renew_at=-math.inf, expires_at=-math.inf)
"""Makes credentials sign in when they are first needed."""


class TokenEndpoint(NamedTuple):
    """Where tokens come from (RFC 6749, section 3.2), within the limits of one call.

    Attributes:
        http_client: Sends the requests.
        login_url: Base URL of the login service.
        timeout: Seconds for connecting and for each wait between bytes, or a pair.
        end: When the call must be over, on the clock of ``time.monotonic``.
        longest_wait: Seconds that a thread waits for another one that is renewing the token.
    """

    http_client: AbstractHttpClient
    login_url: str
    timeout: RequestTimeout | None
    end: float
    longest_wait: float

    def ask(self, request: TokenRequest, longest: float = math.inf) -> Token:
        """Ask for a token.

        Args:
            request: What to send.
            longest: Seconds that it may take, if that is less than the call has left.

        Returns:
            The token.

        Raises:
            ApiException: The login service refused, or could not be reached.
        """
        started = time.monotonic()
        seconds = min(self.end - started, longest)
        options = HttpRequestOptions(
            url=f"{self.login_url}/oauth/token",
            method="POST",
            headers={"Accept": "application/json"},
            post_params=dict(request.form),
            timeout=self.timeout,
            deadline=None if math.isinf(seconds) else seconds,
        )
        if request.client_secret:
            credentials = f"{request.client_id}:{request.client_secret}".encode()
            options.headers["Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
        else:
            options.post_params["client_id"] = request.client_id
        if seconds <= 0:
            raise _too_late(options.url, "no time was left to ask for an access token")
        try:
            response = self.http_client.request(options)
            if not 200 <= response.status < 300:  # an HTTP client of the user's own gave it back
                raise refusal(response, options.method, options.url)
        except ApiException as failure:
            # Nothing of the caller's has been written, and to ask for another token does no harm.
            failure.outcome_unknown = False
            failure.redact(find_secrets((options.headers, options.post_params)))
            raise
        try:
            return _read_token(response.content, started)
        except ValueError as error:
            problem = unusable(response, options.method, options.url, error)
            problem.body = None  # there may be a token in it
            problem.outcome_unknown = False
            problem.redact(find_secrets((options.headers, options.post_params)))
            raise problem from ValueError(str(error))  # the error itself may hold the answer


def _read_token(content: bytes, asked_at: float) -> Token:
    answer = parse_json(content)
    access_token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(access_token, str) or not access_token or not is_header_text(access_token):
        raise ValueError("access_token is not a text that can be sent")
    refresh_token = answer.get("refresh_token")
    token = Token(
        access_token, refresh_token if isinstance(refresh_token, str) else "", answer=answer
    )
    life = answer.get("expires_in")
    if isinstance(life, bool) or not isinstance(life, (int, float)):
        return token
    if not 0 < life < threading.TIMEOUT_MAX:
        return token  # how long it is good for shows when it is refused
    margin = min(life * _MARGIN, _LONGEST_MARGIN)
    return token._replace(renew_at=asked_at + life - margin, expires_at=asked_at + life)


class Credentials:
    """The token of one client and how to get the next; shared by threads."""

    def __init__(self, token: Token, renewal: TokenRequest | None = None) -> None:
        """Start with a token.

        Args:
            token: The token; an empty one that is to be renewed at once will do.
            renewal: What to send for the next one, or ``None`` if there is no way.
        """
        self.token: Token = token
        self.renewal: TokenRequest | None = renewal
        self.forget_parent()

    def forget_parent(self) -> None:
        """Have an open lock, as new or in a forked child."""
        self._lock = threading.Lock()
        self._renewing_thread: int | None = None
        self._renewals = 0
        self._asked_until = 0.0
        self._failure: ApiException | None = None
        forget_on_fork(self)

    def __getstate__(self) -> dict[str, Any]:
        # The clock of another machine differs: there, a refusal tells that the token has expired.
        token = self.token._replace(renew_at=math.inf, expires_at=math.inf)
        return {"token": token, "renewal": self.renewal}

    def duplicate(self) -> Credentials:
        """Make others with the same token, which are renewed on their own."""
        return Credentials(self.token, self.renewal)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # as if made anew

    @classmethod
    def sign_in(cls, endpoint: TokenEndpoint, request: TokenRequest) -> Credentials:
        """Get a token, and note how to get the next one.

        Args:
            endpoint: Where to get it.
            request: What to send.

        Returns:
            The credentials.

        Raises:
            ApiException: The login service refused, or could not be reached.
        """
        token = endpoint.ask(request)
        return cls(token, _renewal(request, token))

    def current(self, endpoint: TokenEndpoint) -> str:
        """Give the token to send now, and renew it first if its time has come.

        Args:
            endpoint: Where to get another one.

        Returns:
            The access token.

        Raises:
            ApiException: The token has expired and there is no other: the login service refused,
                could not be reached, or has kept another thread waiting for too long.
        """
        token = self.token
        now = time.monotonic()
        if now < token.renew_at or self.renewal is None:
            return token.access_token
        if now >= token.expires_at:
            return self.renewed(token.access_token, endpoint)
        # It is still good, so nobody has to wait: one thread tries, and may fail. But a refresh
        # token may be good for one use, and an answer that comes too late takes the next one along.
        longest = min(_LONGEST_AHEAD, (endpoint.end - now) / 2)
        if token.refresh_token:
            longest = endpoint.end - now
            if longest < _SHORTEST_FOR_REFRESH:
                return token.access_token
        if self._lock.acquire(blocking=False):
            try:
                if self.token is token:
                    self._renew(endpoint, longest)
            except ApiException:  # the log has it; others try again after a while
                pause = max((token.expires_at - now) / 10, 1.0)
                self.token = token._replace(renew_at=time.monotonic() + pause)
            finally:
                self._lock.release()
        return self.token.access_token

    def renewed(self, refused: str, endpoint: TokenEndpoint) -> str:
        """Give another token than one that is of no use any more.

        One thread asks for it, the others wait for what comes of that.

        Args:
            refused: The access token that has expired, or was refused.
            endpoint: Where to get another one.

        Returns:
            The access token.

        Raises:
            ApiException: There is no other.
        """
        if self._renewing_thread == threading.get_ident():
            return refused  # a hook or a log handler calls while its own thread is at it
        renewals = self._renewals
        wait = min(endpoint.longest_wait, endpoint.end - time.monotonic())
        if not self._lock.acquire(timeout=max(wait, 0)):
            raise _too_late(
                f"{endpoint.login_url}/oauth/token",
                f"another thread has been renewing the access token for {max(wait, 0):.3g} seconds",
            )
        try:
            if self.token.access_token != refused:
                return self.token.access_token
            if self._renewals == renewals:
                return self._renew(endpoint).access_token
            if isinstance(self._failure, ApiTimeoutException) and endpoint.end > self._asked_until:
                return self._renew(endpoint).access_token  # that thread had less time than this
            if self._failure is not None:
                raise self._failure.duplicate() from self._failure.__cause__
            return refused  # what the other thread was given is the same again
        finally:
            self._lock.release()

    def _renew(self, endpoint: TokenEndpoint, longest: float = math.inf) -> Token:
        """Get the next token; whoever calls this holds the lock."""
        if self.renewal is None:
            return self.token
        self._renewing_thread = threading.get_ident()
        self._asked_until = min(endpoint.end, time.monotonic() + longest)
        self._failure = None
        try:
            token = endpoint.ask(self.renewal, longest)
        except ApiException as failure:
            self._failure = failure.duplicate()  # without the frames of this thread
            raise
        finally:
            self._renewals += 1
            self._renewing_thread = None
        self.renewal = _renewal(self.renewal, token) or self.renewal
        self.token = token
        return token


def _renewal(request: TokenRequest, token: Token) -> TokenRequest | None:
    """What to send for the token after this one: a refresh token, or the same once more."""
    if token.refresh_token:
        return refresh(request.client_id, request.client_secret, token.refresh_token)
    if request.form["grant_type"] == "client_credentials":
        return request
    return None


def _too_late(url: str, reason: str) -> ApiTimeoutException:
    return ApiTimeoutException(0, reason, method="POST", url=url)
