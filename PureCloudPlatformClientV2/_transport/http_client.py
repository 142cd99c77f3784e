"""The seam between ApiClient and the wire: hooks, and a place to plug in another HTTP library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._settings.checks import RequestTimeout

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._wire.response import RESTResponse
    from ..configuration import Configuration
    from .client import RESTClientObject
    from .request import HttpRequestOptions

    PreRequestHook = Callable[[HttpRequestOptions], HttpRequestOptions | None]
    PostRequestHook = Callable[[RESTResponse], RESTResponse | None]

__all__ = ["AbstractHttpClient", "DefaultHttpClient"]


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
        """Have a function called with every 2xx response.

        Args:
            hook: Gets the response, and may change it, return another, or return nothing.

        Raises:
            ValueError: It cannot be called.
        """
        self.post_hook = _check_callable(hook)

    @abstractmethod
    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        """Send a request, and give the response to it.

        Raises:
            ApiException: The response is not 2xx, or none came.
        """

    # Not abstract: a client that keeps nothing open has nothing to write here.
    def close(self) -> None:  # noqa: B027
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
        self._configuration = configuration

    @property
    def rest_client(self) -> RESTClientObject:
        """What it sends with.

        Raises:
            ValueError: There is no configuration yet.
        """
        # Imported here for the sake of start-up time: the first request needs it.
        from .client import RESTClientObject

        if self._configuration is None:
            raise ValueError("configuration: hand one over, or set this client on an ApiClient")
        # setdefault, so that threads which come here together share one.
        found: RESTClientObject = vars(self).get("_rest_client") or vars(self).setdefault(
            "_rest_client", RESTClientObject(self._configuration)
        )
        return found

    def moved(self, before: Configuration, after: Configuration) -> Self:
        """Make another one with the same hooks and time limits, and connections of its own.

        Args:
            before: The configuration of the ApiClient it is set on.
            after: What takes its place, unless this one has a configuration of its own.
        """
        twin = type(self).__new__(type(self))
        vars(twin).update(vars(self))
        vars(twin).pop("_rest_client", None)
        if twin._configuration is before:
            twin._configuration = after
        return twin

    def use_configuration(self, configuration: Configuration) -> None:
        """Take the configuration of the ApiClient, unless there is one already."""
        self._configuration = self._configuration or configuration

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        """Send a request through the hooks and urllib3, and give the response to it.

        Raises:
            ApiException: The response is not 2xx, or none came.
            ValueError: Something in the request cannot be sent.
        """
        options = http_request_options
        if self.pre_hook is not None:
            # Imported here for the sake of start-up time. A request may be sent once more, with
            # another token, and the hook must not find its own changes then.
            from copy import deepcopy

            content = options.query_params, options.body, options.post_params
            options.query_params, options.body, options.post_params = deepcopy(content)
            changed = self.pre_hook(options) or options
            changed.inherit(options)
            changed.check()
            options = changed
        if options.timeout is None:
            options.timeout = self.timeout
        response = self.rest_client.send(options)
        if self.post_hook is not None:
            # Imported here for the sake of start-up time, as above.
            from .._wire.response import RESTResponse

            response = RESTResponse.of(self.post_hook(response) or response)
        return response

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        if "_rest_client" in vars(self):  # it has been used
            self.rest_client.close()


def _check_callable(hook: Any) -> Any:
    if not callable(hook):
        raise ValueError("hook: give a function that takes one argument")
    return hook
