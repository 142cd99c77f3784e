"""Session: what the calls of one client share."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

from .._transport.service import Service

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot
    from .._wire.response import RESTResponse
    from ..configuration import Configuration
    from .auth import Auth


class Session:
    """The service that a client calls, the credentials it calls with, and what came last.

    Attributes:
        service: Where the service is, and what requests are sent with.
        auth: The credentials of this client; ``None`` for those of the configuration.
        configured_auth: The latter, by what they were made of; there is one at the most.
        oauth_client: Id and secret to renew with, as the last sign-in or the program had them.
        left_host: Where the client was before it was given another configuration, if it was.
    """

    def __init__(self, service: Service) -> None:
        """Start without credentials."""
        self.service = service
        self.auth: Auth | None = None
        self.configured_auth: dict[tuple[str, ...], Auth] = {}
        self.oauth_client: tuple[str, str] = ("", "")
        self.left_host: str | None = None
        self._thread_state = threading.local()

    def api_url(self, settings: Snapshot) -> str:
        """Give the base URL of the API."""
        url, auth = self.service.api_url(settings), self.auth
        if auth is None or auth.home is None or self.service.host is not None:
            return url
        return auth.home if url == settings.host else url

    @property
    def last_response(self) -> RESTResponse | None:
        """The last 2xx response that a call of the present thread got."""
        return getattr(self._thread_state, "response", None)

    @last_response.setter
    def last_response(self, response: RESTResponse) -> None:
        self._thread_state.response = response

    def expires_in(self) -> float | None:
        """Give the seconds until the token in use expires; ``None`` where nobody has said so."""
        # A list of them, as another thread may exchange the one that there is.
        auth = self.auth or next(iter(list(self.configured_auth.values())), None)
        moment = auth.current.expires_at if auth and auth.current.access_token else math.inf
        return None if moment == math.inf else max(moment - time.monotonic(), 0.0)

    def bring_access_token(self, access_token: str) -> None:
        """Call with a token that the program has; without one, with the configuration's.

        A refresh token that the program has brought stays, one that came by signing in does not:
        it belongs to another access token.
        """
        # Imported here for the sake of start-up time, as a configuration may bring the token.
        from .auth import Auth
        from .token import Token

        before = self.auth
        if not access_token:
            self.auth = None
        elif before and before.refresh_token and not before.current.response:
            self.auth = Auth(self.service, Token(access_token), before.grant, before.home)
        else:
            self.auth = Auth(self.service, Token(access_token))

    def bring_refresh_token(self, refresh_token: str) -> None:
        """Renew with a refresh token that the program has; an empty one takes it back."""
        # Imported here for the sake of start-up time: few programs store a refresh token.
        from .auth import Auth
        from .grants import Grant
        from .token import NO_TOKEN, Token

        before = self.auth.current if self.auth else NO_TOKEN
        times = (before.noted_at, before.renew_at, before.expires_at)
        token = Token(before.access_token, refresh_token, *times)
        if refresh_token:
            grant = Grant("refresh_token", *self.oauth_client, {"refresh_token": refresh_token})
            home = self.auth.home if self.auth else None
            self.auth = Auth(self.service, token, grant, home)
        elif self.auth and self.auth.refresh_token:  # which is taken back
            home = self.auth.home
            self.auth = Auth(self.service, token, home=home) if token.access_token else None

    def bring_oauth_client(self, client_id: str, client_secret: str) -> None:
        """Renew with this OAuth client from now on, where there is a refresh token."""
        self.oauth_client = client_id, client_secret
        auth = self.auth
        if auth and auth.refresh_token:
            self.bring_refresh_token(auth.refresh_token)
        elif auth and auth.grant:  # that of client credentials
            auth.grant = auth.grant.of_client(client_id, client_secret)

    def copy(self) -> Session:
        """Make one with the same credentials and connections, which may change on its own."""
        twin = Session(self.service.copy())
        twin.auth, twin.oauth_client = self.auth, self.oauth_client
        return twin

    def duplicate(self) -> Session:
        """Make one of the same settings and token with connections of its own."""
        twin = Session(self.service.duplicate())
        twin.auth = self.auth and self.auth.duplicate(twin.service)
        twin.oauth_client = self.oauth_client
        return twin

    def moved(self, configuration: Configuration, host: str) -> Session:
        """Make one for another configuration, whose credentials count and no others.

        Args:
            configuration: The other one.
            host: Base URL of the API until now.
        """
        twin = Session(self.service.moved(configuration))
        twin.left_host = host
        return twin

    def __getstate__(self) -> dict[str, Any]:
        service = self.service.copy()
        if service.configuration.pickle_access_token:
            auth = self.auth and self.auth.duplicate(service)
            return {"service": service, "auth": auth, "oauth_client": self.oauth_client}
        service.gateway = service.gateway and service.gateway.without_password()
        return {"service": service}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Session.__init__(self, state["service"])
        vars(self).update(state)
