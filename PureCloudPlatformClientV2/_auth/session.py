"""Session: what the calls of one client share."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .._transport.service import Service

if TYPE_CHECKING:
    from .._wire.response import RESTResponse
    from .auth import Auth


class Session:
    """The service that a client calls, the credentials it calls with, and what came last.

    Attributes:
        service: Where the service is, and what requests are sent with.
        auth: The credentials of this client; ``None`` for those of the configuration.
        configured_auth: The latter, by what they were made of; there is one at the most.
    """

    def __init__(self, service: Service) -> None:
        """Start without credentials."""
        self.service = service
        self.auth: Auth | None = None
        self.configured_auth: dict[tuple[str, ...], Auth] = {}
        self._thread_state = threading.local()

    @property
    def last_response(self) -> RESTResponse | None:
        """The last 2xx response that a call of the present thread got."""
        return getattr(self._thread_state, "response", None)

    @last_response.setter
    def last_response(self, response: RESTResponse) -> None:
        self._thread_state.response = response

    def copy(self) -> Session:
        """Make one with the same credentials and connections, which may change on its own."""
        twin = Session(self.service.copy())
        twin.auth = self.auth
        return twin

    def duplicate(self) -> Session:
        """Make one of the same settings and token with connections of its own."""
        twin = Session(self.service.duplicate())
        twin.auth = self.auth and self.auth.duplicate(twin.service)
        return twin

    def __getstate__(self) -> dict[str, Any]:
        service = self.service.copy()
        if service.configuration.pickle_access_token:
            return {"service": service, "auth": self.auth and self.auth.duplicate(service)}
        service.gateway = service.gateway and service.gateway.without_password()
        return {"service": service, "auth": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Session.__init__(self, state["service"])
        self.auth = state["auth"]
