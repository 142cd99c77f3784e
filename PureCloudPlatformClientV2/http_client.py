"""The seam between ApiClient and the wire: hooks, and a place to plug in another HTTP library."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from .configuration import Configuration
from .exceptions import RESTResponse
from .logger import find_secrets
from .proxy import proxy_for, secrets_of
from .rest import RESTClientObject
from .settings import RequestTimeout


class HttpRequestOptions:
    """One request, on its way to an HTTP client; hooks may change any attribute.

    Attributes:
        url: Where to, without the query.
        method: The verb.
        headers: The headers, by name.
        query_params: The query, by name.
        post_params: Form fields to send, a dict or pairs.
        body: The JSON value to send, or ``None``.
        timeout: Seconds, a (connect, read) pair of seconds, or ``None`` for the configuration's.
        deadline: Seconds for the whole call, or ``None`` for the configuration's.
    """

    def __init__(
        self,
        *,
        url: str,
        method: str,
        headers: dict[str, str] | None = None,
        query_params: dict[str, Any] | None = None,
        post_params: Any = None,
        body: Any = None,
        timeout: RequestTimeout | None = None,
        deadline: float | None = None,
    ) -> None:
        """Describe the request; every argument is the attribute of its name."""
        self.url = url
        self.method = method
        self.headers: dict[str, str] = headers or {}
        self.query_params: dict[str, Any] = query_params or {}
        self.post_params = post_params
        self.body = body
        self.timeout = timeout
        self.deadline = deadline

    def sign(self, access_token: str) -> None:
        """Put an access token into the headers.

        Args:
            access_token: The token; an empty one takes the header away.
        """
        for name in [name for name in self.headers if name.lower() == "authorization"]:
            del self.headers[name]
        if access_token:
            self.headers["Authorization"] = f"Bearer {access_token}"

    def signed(self, access_token: str, end: float) -> HttpRequestOptions:
        """Make a copy with an access token, which hooks may change without changing this one.

        Args:
            access_token: The token.
            end: When the call must be over, on the clock of ``time.monotonic``.

        Returns:
            The copy.
        """
        deadline = self.deadline
        if deadline is not None:
            # Not zero, for which no time limit can be set: it passes at once all the same.
            deadline = max(end - time.monotonic(), 0.001)
        twin = HttpRequestOptions(
            url=self.url,
            method=self.method,
            headers=dict(self.headers),
            query_params=dict(self.query_params),
            post_params=self.post_params,
            body=self.body,
            timeout=self.timeout,
            deadline=deadline,
        )
        twin.sign(access_token)
        return twin

    def __repr__(self) -> str:
        return f"HttpRequestOptions(method={self.method!r}, url={self.url!r})"


PreRequestHook = Callable[[HttpRequestOptions], HttpRequestOptions | None]
PostRequestHook = Callable[[RESTResponse], RESTResponse | None]


class AbstractHttpClient(ABC):
    """What ApiClient needs of an HTTP client. Subclass it to send through another library."""

    def __init__(self) -> None:
        """Start without hooks."""
        self.timeout: RequestTimeout | None = None
        self.pre_hook: PreRequestHook | None = None
        self.post_hook: PostRequestHook | None = None

    def set_timeout(self, timeout: RequestTimeout) -> None:
        """Set the time limits of requests that bring none of their own.

        Args:
            timeout: Seconds, or a (connect, read) pair of seconds.
        """
        self.timeout = timeout

    def set_pre_request_hook(self, hook: PreRequestHook) -> None:
        """Have a function called with every request before it is sent.

        Args:
            hook: Gets the request, and may change it, return another, or return nothing.

        Raises:
            ValueError: It cannot be called.
        """
        self.pre_hook = _check_callable(hook)

    def set_post_request_hook(self, hook: PostRequestHook) -> None:
        """Have a function called with every 2xx answer.

        Args:
            hook: Gets the answer, and may change it, return another, or return nothing.

        Raises:
            ValueError: It cannot be called.
        """
        self.post_hook = _check_callable(hook)

    @abstractmethod
    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        """Send a request.

        Args:
            http_request_options: The request.

        Returns:
            The answer, whose status is 2xx.

        Raises:
            ApiException: The answer has another status, or none arrived.
        """

    def close(self) -> None:  # noqa: B027  # nothing to do for a client that keeps nothing open
        """Close what is open; the next request may open it again."""


class DefaultHttpClient(AbstractHttpClient):
    """Sends through urllib3."""

    def __init__(
        self,
        timeout: RequestTimeout | None = None,
        *,
        configuration: Configuration | None = None,
    ) -> None:
        """Prepare to send; nothing is opened before the first request.

        Args:
            timeout: Seconds, or a (connect, read) pair of seconds; the configuration's if omitted.
            configuration: TLS, proxy and pool; that of the ApiClient it is set on if omitted.
        """
        super().__init__()
        self.timeout = timeout
        self.rest_client = RESTClientObject(configuration) if configuration else None

    def with_configuration(self, configuration: Configuration) -> DefaultHttpClient:
        """Make another one with the same hooks and time limits.

        Args:
            configuration: TLS, proxy and pool.

        Returns:
            The other HTTP client.
        """
        twin = DefaultHttpClient(self.timeout, configuration=configuration)
        twin.pre_hook, twin.post_hook = self.pre_hook, self.post_hook
        return twin

    def use_configuration(self, configuration: Configuration) -> None:
        """Take the configuration of the ApiClient, unless there is one already.

        Args:
            configuration: TLS, proxy and pool.
        """
        if self.rest_client is None:
            self.rest_client = RESTClientObject(configuration)

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        """Send a request through the hooks and urllib3.

        Args:
            http_request_options: The request.

        Returns:
            The answer, whose status is 2xx.

        Raises:
            ApiException: The answer has another status, or none arrived.
            ValueError: Something in the request cannot be sent.
        """
        if self.rest_client is None:
            raise ValueError("configuration: hand one over, or set this client on an ApiClient")
        options = http_request_options
        if self.pre_hook is not None:
            # Imported here for the sake of start-up time. A request may be sent once more, with
            # another token, and the hook must not find its own changes then.
            from copy import deepcopy

            options.body, options.post_params = deepcopy((options.body, options.post_params))
            options = self.pre_hook(options) or options
        response = self.rest_client.request(
            options.method,
            options.url,
            query_params=options.query_params,
            headers=options.headers,
            body=options.body,
            post_params=options.post_params,
            timeout=self.timeout if options.timeout is None else options.timeout,
            deadline=options.deadline,
        )
        if self.post_hook is not None:
            response = self.post_hook(response) or response
        return response

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        if self.rest_client is not None:
            self.rest_client.close()


def _check_callable(hook: Any) -> Any:
    if not callable(hook):
        raise ValueError("hook: give a function that takes one argument")
    return hook


def secrets_of_request(request: HttpRequestOptions, configuration: Configuration) -> set[str]:
    """Collect what must not be shown, should the answer to a request repeat it.

    Args:
        request: The request.
        configuration: Says through which proxy it goes.

    Returns:
        The secrets.
    """
    parts = (request.headers, request.query_params, request.body, request.post_params)
    try:
        proxy = proxy_for(request.url, configuration)
    except ValueError:  # an HTTP client of the user's own may know this kind of proxy
        proxy = None
    return find_secrets(parts) | secrets_of(proxy)
