"""Auth: the token of a client, and how it gets the next one; shared by threads."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

from .._transport.failures import no_time_left
from .._transport.forking import forget_on_fork
from .._transport.request import HttpRequestOptions
from .._transport.service import Service
from ..exceptions import ApiException, ApiTimeoutException
from .token import Token

if TYPE_CHECKING:
    from .grants import Grant

_SHORTEST_FOR_REFRESH = 20.0
"""Seconds that a call must have left to renew ahead of time with a refresh token."""

_LONGEST_AHEAD = 10.0
"""Seconds that a call spends on renewing a token that is still good."""


class Auth:
    """A token and how to get the next, if there is a way; of whatever kind it is."""

    def __init__(
        self,
        service: Service,
        token: Token,
        grant: Grant | None = None,
        home: str | None = None,
    ) -> None:
        """Start with a token.

        Args:
            service: Knows the login service.
            token: The token; ``NO_TOKEN`` where there is a grant will do.
            grant: What to send for the next one, or ``None`` if there is no way.
            home: Base URL of the API that the token is for; ``None`` for whatever the service is.
        """
        self._service = service
        self._current = token
        self.grant: Grant | None = grant
        self.home = home
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
        token = self._current.lasting(-math.inf, renew_at=math.inf, expires_at=math.inf)
        return {"service": self._service, "token": token, "grant": self.grant, "home": self.home}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Auth.__init__(self, **state)

    @property
    def current(self) -> Token:
        """The token, whether it is still good or not."""
        return self._current

    def duplicate(self, service: Service) -> Auth:
        """Make another one with the same token, which is renewed on its own."""
        return Auth(service, self._current, self.grant, self.home)

    @classmethod
    def sign_in(cls, service: Service, grant: Grant, call: HttpRequestOptions) -> Auth:
        """Get a token, and note how to get the next one, and where.

        A configuration may be used for several clients one after the other, with another host each
        time. The token, and whatever renews it, are for the host that it came from.

        Raises:
            ApiException: The login service refused, or could not be reached.
        """
        token = _request_token(service, grant, call, call.ends())
        settings = call.settings
        api_url = service.api_url(settings)
        home = api_url if service.host is None and api_url == settings.host else None
        return cls(service, token, grant.after(token.refresh_token), home)

    def is_usable(self) -> bool:
        """Whether there is a token, or a way to one."""
        return bool(self._current.access_token) or self.has_grant()

    @property
    def refresh_token(self) -> str:
        """The refresh token that the next renewal takes; empty if there is none."""
        grant = self.grant
        return grant.parameters.get("refresh_token", "") if grant else ""

    def has_grant(self) -> bool:
        """Whether there is a way to another token."""
        grant = self.grant
        return grant is not None and bool(grant.client_id or self._service.configuration.client_id)

    def _whole_grant(self, grant: Grant) -> Grant:
        """Complete what a program has brought: a refresh token without the OAuth client's id."""
        if grant.client_id:
            return grant
        configuration = self._service.configuration
        return grant.of_client(configuration.client_id, configuration.client_secret)

    def _login_service(self) -> Service:
        """The service to renew at."""
        if self.home is None or self._service.host is not None:
            return self._service
        there = self._service.copy()
        there.host = self.home
        return there

    def can_renew(self, call: HttpRequestOptions) -> bool:
        """Whether there is a way to another token, and the configuration wants it."""
        return self.has_grant() and call.settings.should_refresh_access_token

    def token(self, call: HttpRequestOptions) -> Token:
        """Give the token to send now, and renew it first if its time has come.

        Raises:
            ApiException: The token has expired and there is no other: the login service refused,
                could not be reached, or has kept another thread waiting for too long.
        """
        token = self._current
        now = time.monotonic()
        # Where a clock has stepped back, as when a test stops to freeze time, there is no telling.
        is_fresh = token.noted_at <= now < token.renew_at
        if is_fresh or (token.access_token and not self.can_renew(call)):
            return token
        if token.has_expired(now):
            return self.renewed(call, token)
        # It is still good, so nobody has to wait: one thread tries, and may fail. But a refresh
        # token may be good for one use, and a response that is late takes the next one along.
        end = min(now + _LONGEST_AHEAD, (call.ends() + now) / 2)
        if token.refresh_token:
            end = call.ends()
            if end - now < _SHORTEST_FOR_REFRESH:
                return token
        if self._lock.acquire(blocking=False):
            try:
                if self._current is token:
                    self._renew(call, end)
            except ApiException:  # the log has it; others try again after a while
                self._current = token.postponed(time.monotonic())
            finally:
                self._lock.release()
        latest = self._current
        # It may have come to its end meanwhile.
        return self.renewed(call, latest) if latest.has_expired(time.monotonic()) else latest

    def renewed(self, call: HttpRequestOptions, refused: Token) -> Token:
        """Give another token than one that has expired, or was refused.

        One thread asks for it, the others wait for what comes of that.

        Raises:
            ApiException: There is no other.
        """
        if self._renewing_thread == threading.get_ident():
            return refused  # a hook or a log handler calls while its own thread is at it
        renewals = self._renewals
        wait = min(call.settings.refresh_token_wait_time, call.ends() - time.monotonic())
        if not self._lock.acquire(timeout=max(wait, 0)):
            raise no_time_left(
                HttpRequestOptions(
                    url=f"{self._login_service().login_url(call.settings)}/oauth/token",
                    method="POST",
                ),
                f"another thread has been renewing the access token for {max(wait, 0):.3g} seconds",
            )
        try:
            if self._current.access_token != refused.access_token:
                return self._current
            if self._renewals == renewals:
                return self._renew(call, call.ends())
            if isinstance(self._failure, ApiTimeoutException) and call.ends() > self._asked_until:
                return self._renew(call, call.ends())  # that thread had less time than this
            if self._failure is not None:
                raise self._failure.duplicate() from self._failure.__cause__
            return refused  # what the other thread was given is the same again
        finally:
            self._lock.release()

    def _renew(self, call: HttpRequestOptions, end: float) -> Token:
        """Get the next token; whoever calls this holds the lock."""
        if self.grant is None or not self.has_grant():
            return self._current
        self._renewing_thread = threading.get_ident()
        self._asked_until = end
        self._failure = None
        try:
            grant = self._whole_grant(self.grant)
            token = _request_token(self._login_service(), grant, call, end)
        except ApiException as failure:
            self._failure = failure.duplicate()  # without the frames of this thread
            raise
        finally:
            self._renewals += 1
            self._renewing_thread = None
        self.grant = grant.after(token.refresh_token) or grant
        self._current = token
        return token


def _request_token(service: Service, grant: Grant, call: HttpRequestOptions, end: float) -> Token:
    # Imported here for the sake of start-up time: a program with a token needs none.
    from .token_endpoint import request_token

    return request_token(service, grant, call, end)
