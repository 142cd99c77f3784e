"""Routes: how a host is reached, be it directly or through a proxy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import urllib3

from .._wire.urls import is_http_url
from .connection import close_idle, make_pool_manager, make_proxy_manager, uses_recorder
from .proxy import Proxy, proxy_for
from .request import HttpRequestOptions
from .tls import ContextSource

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot

_ONCE = urllib3.Retry(total=False, redirect=False)


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

    def close(self) -> None:
        """Close the connections that no call uses; the others close with the route."""
        close_idle(self.manager)


def find_route(origin: str, settings: Snapshot, known: Iterable[Route]) -> Route:
    """Find how a host is reached.

    Args:
        origin: A URL of the host, without path.
        settings: What the configuration says.
        known: The routes to other hosts, some of which may be through the same proxy.

    Raises:
        ValueError: The URL is none, or a setting cannot be used.
    """
    if not is_http_url(origin):
        raise ValueError("url: give that of an http or https host")
    proxy = proxy_for(origin, settings)
    manager = next((other.manager for other in known if other.proxy == proxy), None)
    return Route(proxy, manager or _make_manager(settings, proxy), origin)


def _make_manager(settings: Snapshot, proxy: Proxy | None) -> urllib3.PoolManager:
    pool: dict[str, Any] = {"maxsize": settings.connection_pool_maxsize, "block": True}
    contexts = ContextSource(settings)
    contexts.check()
    if proxy is None:
        return make_pool_manager(contexts, **pool)
    return make_proxy_manager(contexts, proxy.url, proxy_headers=proxy.headers(), **pool)
