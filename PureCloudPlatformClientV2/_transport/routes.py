"""Routes: how a host is reached, be it directly or through a proxy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import urllib3
from urllib3.exceptions import InsecureRequestWarning

from .._wire.callers import warn_caller
from .._wire.urls import is_http_url
from .connection import (
    close_idle,
    make_pool_manager,
    make_proxy_manager,
    new_connection,
    uses_recorder,
)
from .proxy import Proxy, proxy_for
from .request import HttpRequestOptions
from .tls import ContextSource

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot

T = TypeVar("T")

_ONCE = urllib3.Retry(total=False)  # which counts for redirects as well


class Route:
    """How a host is reached.

    Attributes:
        proxy: The proxy that it is reached through, if any.
        manager: Has the connections.
    """

    def __init__(self, proxy: Proxy | None, manager: urllib3.PoolManager, origin: str) -> None:
        """Find the pool of a host that is reached without a proxy."""
        self.proxy = proxy
        self.manager = manager
        self._pool = manager.connection_from_url(origin) if proxy is None else None

    def open(self, request: HttpRequestOptions) -> urllib3.BaseHTTPResponse:
        """Send a request, and give the response when its head has come."""
        request.limits.wait(math.inf)  # raises TimeoutError if the call must be over
        options: dict[str, Any] = {
            "body": request.content,
            "headers": request.headers,
            "pool_timeout": request.limits,
            "retries": _ONCE,
            "redirect": False,
            "preload_content": False,
        }
        if uses_recorder():
            options["timeout"] = urllib3.Timeout(request.limits.connect, request.limits.read)
        _, path = request.place()
        if self._pool is None or not path.startswith("/"):
            return self.manager.urlopen(request.method, request.full_url(), **options)
        # As the manager would do, without looking for the pool once more.
        path += request.query()
        return self._pool.urlopen(request.method, path, assert_same_host=False, **options)

    def connect(
        self, request: HttpRequestOptions, shake_hands: Callable[[Any, HttpRequestOptions], T]
    ) -> T:
        """Open a connection that no other request uses, and hand it over.

        Args:
            request: Where to, and how long it may take.
            shake_hands: Is given the connection, which is closed if it fails.
        """
        origin, _ = request.place()
        connection = new_connection(self.manager, origin, request.limits)
        try:
            connection.connect()
            return shake_hands(connection, request)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the connections that no call uses."""
        close_idle(self.manager)


class Routes:
    """The routes to the hosts that a client calls, while its settings for connections stay."""

    def __init__(self, settings: Snapshot) -> None:
        """Start with none."""
        self._settings = settings
        self._contexts = ContextSource(settings)
        self._found: dict[str, Route] = {}
        self._warned_of: set[str] = set()

    def find(self, origin: str) -> Route:
        """Find how a host is reached; one thread at a time.

        Args:
            origin: A URL of the host, without path.

        Raises:
            ValueError: The URL is none, or a setting cannot be used.
        """
        route = self._found.get(origin)
        if route is None:
            if not is_http_url(origin):
                raise ValueError("url: give that of an http or https host")
            proxy = proxy_for(origin, self._settings)
            self._contexts.check()
            manager = self._manager(proxy)
            route = self._found[origin] = Route(proxy, manager, origin)
        return route

    def _manager(self, proxy: Proxy | None) -> urllib3.PoolManager:
        for other in self._found.values():
            if other.proxy == proxy:
                return other.manager
        pool: dict[str, Any] = {"maxsize": self._settings.connection_pool_maxsize, "block": True}
        if proxy is None:
            return make_pool_manager(self._contexts, **pool)
        return make_proxy_manager(self._contexts, proxy.url, proxy_headers=proxy.headers(), **pool)

    def warn_of(self, origin: str) -> None:
        """Warn of a host whose certificate is not verified, once; where that is an error, always.

        Raises:
            InsecureRequestWarning: The program has warnings raised.
        """
        if not self._settings.verify_ssl and origin not in self._warned_of:
            warn_caller(
                "verify_ssl is False: whoever answers is trusted, and gets the access token",
                InsecureRequestWarning,
            )
            self._warned_of.add(origin)

    def close(self) -> None:
        """Close the connections that no call uses, and forget the routes.

        A connection that a call uses closes when that call, the last to know its route, ends.
        """
        found, self._found = self._found, {}
        for route in found.values():
            route.close()
