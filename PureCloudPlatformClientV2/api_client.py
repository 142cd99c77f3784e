"""ApiClient: URL, headers and body to the wire, and a typed result back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, overload

from .configuration import Configuration, RequestTimeout, check_host
from .configuration import configuration as default_configuration
from .exceptions import RESTResponse, refusal, unusable
from .gateway import GatewayConfiguration
from .http_client import AbstractHttpClient, DefaultHttpClient, HttpRequestOptions
from .logger import is_secret_name
from .models.base import Model
from .oauth import client_credentials_token
from .parameters import check_body, expand_path, form_fields, query_to_text
from .rest import check_headers, secrets_of, to_text
from .results import result_maker
from .serialization import (
    to_json_value,
)
from .version import __version__

if TYPE_CHECKING:
    from typing_extensions import Self
    from typing_extensions import Unpack as Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack as Unpack
else:

    class Unpack:
        """Stands in for ``typing.Unpack``, so that signatures can be evaluated on 3.10 as well."""

        def __class_getitem__(cls, options):
            return options


M = TypeVar("M", bound=Model)

OAUTH = "PureCloud OAuth"
"""The name that the contract gives to bearer tokens."""


class CallOptions(TypedDict, total=False):
    """What every call accepts besides its own parameters.

    Attributes:
        callback: Makes the call in a thread of its own and hands the result to this function;
            the method then returns the ``threading.Thread`` at once. An exception ends the thread
            and is reported by ``threading.excepthook``.
        _request_timeout: Seconds for connecting and for each wait between bytes, or a
            (connect, read) pair of seconds; ``configuration.request_timeout`` if omitted.
        _deadline: Seconds for the whole call, retries and the pauses between them included;
            ``configuration.deadline`` if omitted.
        _headers: Extra headers for this call; they replace others of the same name.
    """

    callback: Callable[[Any], object] | None
    _request_timeout: RequestTimeout | None
    _deadline: float | None
    _headers: Mapping[str, str | bytes] | None


def check_options(options: CallOptions) -> CallOptions:
    """Check the per-call settings of a method.

    Args:
        options: What was given besides the method's own parameters.

    Returns:
        The same.

    Raises:
        TypeError: There is no such setting.
    """
    for name in options:
        if name not in CallOptions.__annotations__:
            raise TypeError(f"unexpected keyword argument {name!r}")
    return options


class ApiClient:
    """Calls the service; shared by the API classes that are given it.

    Use it as a context manager, or ``close`` it, to release its connections.

    Attributes:
        default_headers: Headers that go with every call.
        cookie: Value of the Cookie header of every call, if any.
        access_token: OAuth access token of this client; overrides that of the configuration.
        gateway_configuration: Gateway of this client; overrides that of the configuration.
    """

    def __init__(
        self,
        host: str | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
        *,
        configuration: Configuration | None = None,
    ) -> None:
        """Prepare to call; nothing is opened before the first call.

        Args:
            host: Base URL of the API; overrides that of the configuration.
            header_name: Name of a header that goes with every call.
            header_value: Its value.
            cookie: Value of the Cookie header of every call.
            configuration: How to reach the service; the package's default instance if omitted.

        Raises:
            ValueError: The host is not a URL.
        """
        if isinstance(host, Configuration):
            raise TypeError("host: write ApiClient(configuration=...) to hand over a configuration")
        self._configuration = default_configuration if configuration is None else configuration
        self._host = None if host is None else check_host(host)
        self.default_headers: dict[str, str | bytes] = {}
        self.user_agent = f"PureCloudPlatformClientV2/{__version__} python"
        if header_name is not None:
            self.default_headers[header_name] = header_value or ""
        self.cookie: str | None = cookie
        self.access_token: str | bytes = ""
        self.gateway_configuration: GatewayConfiguration | None = None
        self._http_client: AbstractHttpClient = DefaultHttpClient(configuration=self.configuration)
        self._of_this_thread = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        state = self._copied_state()
        if not self.configuration.pickle_access_token:
            headers = state["default_headers"]
            state.update(
                access_token="",
                cookie=None,
                default_headers={n: value for n, value in headers.items() if not is_secret_name(n)},
            )
        return state

    def _copied_state(self) -> dict[str, Any]:
        state = {**self.__dict__, "default_headers": dict(self.default_headers)}
        del state["_of_this_thread"]
        return state

    def __copy__(self) -> Self:
        """Make a client with the same configuration and connections, the token included."""
        twin = type(self).__new__(type(self))
        twin.__setstate__(self._copied_state())
        return twin

    def __deepcopy__(self, memo: object) -> Self:
        """Make a client of the same settings with connections of its own, the token included."""
        twin = self.__copy__()
        twin._configuration = self.configuration.__copy__()
        if isinstance(self._http_client, DefaultHttpClient):
            twin._http_client = self._http_client.with_configuration(twin._configuration)
        return twin

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _of_this_thread=threading.local())

    @property
    def configuration(self) -> Configuration:
        """How to reach the service, and as whom; make another client for another one."""
        return self._configuration

    @property
    def host(self) -> str:
        """Base URL of the API."""
        return self._host or self.configuration.host

    @host.setter
    def host(self, host: str) -> None:
        self._host = check_host(host)

    @property
    def user_agent(self) -> str | bytes:
        """Value of the User-Agent header of every call."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, user_agent: str) -> None:
        self.default_headers["User-Agent"] = user_agent

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Have a header go with every call.

        Args:
            header_name: Its name.
            header_value: Its value.
        """
        self.default_headers[header_name] = header_value

    @property
    def last_response(self) -> RESTResponse | None:
        """The last 2xx answer that a call of the present thread got."""
        return getattr(self._of_this_thread, "last_response", None)

    def get_http_client(self) -> AbstractHttpClient:
        """Give what requests are sent with, for example to set hooks on it."""
        return self._http_client

    def set_http_client(self, http_client: AbstractHttpClient) -> None:
        """Send requests with another HTTP client from now on.

        Args:
            http_client: The client.

        Raises:
            ValueError: It is not an AbstractHttpClient.
        """
        if not isinstance(http_client, AbstractHttpClient):
            raise ValueError("http_client: give an instance of a subclass of AbstractHttpClient")
        if isinstance(http_client, DefaultHttpClient):
            http_client.use_configuration(self.configuration)
        self._http_client = http_client

    def set_gateway(
        self,
        host: str,
        protocol: str | None = None,
        port: int = -1,
        path_params_login: str | None = None,
        path_params_api: str | None = None,
    ) -> None:
        """Reach the service through a gateway from now on.

        Args:
            host: Host name of the gateway.
            protocol: ``https`` or ``http``; https if omitted.
            port: Port number; negative for the protocol's own.
            path_params_login: Path that the gateway puts before those of the login service.
            path_params_api: Path that the gateway puts before those of the API.
        """
        self.gateway_configuration = GatewayConfiguration(
            host=host,
            protocol=protocol,
            port=port,
            path_params_login=path_params_login,
            path_params_api=path_params_api,
        )

    def get_client_credentials_token(
        self, client_id: str | bytes, client_secret: str | bytes
    ) -> Self:
        """Sign in by the client credentials grant and keep the token for later calls.

        Wraps POST /oauth/token of the login service

        Args:
            client_id: Identifies the OAuth client.
            client_secret: Proves it.

        Returns:
            This client, so that it can go straight into an API class.

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: The id or the secret is missing.
        """
        self.access_token = client_credentials_token(
            self._http_client, self._login_url(), client_id, client_secret
        )
        return self

    def close(self) -> None:
        """Release all connections; the next call opens new ones."""
        self._http_client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ApiClient(host={self.host!r})"

    def sanitize_for_serialization(self, value: Any) -> Any:
        """Turn a Python value into a JSON value, as it would be sent; see ``to_json_value``."""
        return to_json_value(value)

    @overload
    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = ...,
        query_params: Mapping[str, Any] | None = ...,
        header_params: Mapping[str, str | bytes] | None = ...,
        body: Any = ...,
        post_params: Any = ...,
        files: Mapping[str, str | list[str]] | None = ...,
        *,
        response_type: type[M],
        auth_settings: Sequence[str] | None = ...,
        callback: Callable[[Any], object] | None = ...,
        body_type: type[Model] | None = ...,
        _request_timeout: RequestTimeout | None = ...,
        _deadline: float | None = ...,
        _headers: Mapping[str, str | bytes] | None = ...,
    ) -> M: ...

    @overload
    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = ...,
        query_params: Mapping[str, Any] | None = ...,
        header_params: Mapping[str, str | bytes] | None = ...,
        body: Any = ...,
        post_params: Any = ...,
        files: Mapping[str, str | list[str]] | None = ...,
        response_type: None = ...,
        auth_settings: Sequence[str] | None = ...,
        callback: Callable[[Any], object] | None = ...,
        *,
        body_type: type[Model] | None = ...,
        _request_timeout: RequestTimeout | None = ...,
        _deadline: float | None = ...,
        _headers: Mapping[str, str | bytes] | None = ...,
    ) -> None: ...

    @overload
    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = ...,
        query_params: Mapping[str, Any] | None = ...,
        header_params: Mapping[str, str | bytes] | None = ...,
        body: Any = ...,
        post_params: Any = ...,
        files: Mapping[str, str | list[str]] | None = ...,
        response_type: str = ...,
        auth_settings: Sequence[str] | None = ...,
        callback: Callable[[Any], object] | None = ...,
        *,
        body_type: type[Model] | None = ...,
        _request_timeout: RequestTimeout | None = ...,
        _deadline: float | None = ...,
        _headers: Mapping[str, str | bytes] | None = ...,
    ) -> Any: ...

    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = None,
        query_params: Mapping[str, Any] | None = None,
        header_params: Mapping[str, str | bytes] | None = None,
        body: Any = None,
        post_params: Any = None,
        files: Mapping[str, str | list[str]] | None = None,
        response_type: str | type[Any] | None = None,
        auth_settings: Sequence[str] | None = None,
        callback: Callable[[Any], object] | None = None,
        *,
        body_type: type[Model] | None = None,
        _request_timeout: RequestTimeout | None = None,
        _deadline: float | None = None,
        _headers: Mapping[str, str | bytes] | None = None,
    ) -> Any:
        """Call any endpoint of Genesys Cloud.

        Args:
            resource_path: Path template, for example ``/api/v2/users/{userId}``.
            method: The verb.
            path_params: Values for the placeholders of the path; each becomes one segment.
            query_params: The query, by wire name; ``None`` is left out.
            header_params: Headers of the endpoint.
            body: A model, a dict of wire names, or any other JSON value.
            post_params: Form fields to send instead of a body, a dict or pairs.
            files: Files to send along with the form fields: field name to path, or paths.
            response_type: What to make of the answer: a model class, a swagger type name such as
                ``list[FacebookIntegration]``, ``file`` to save the body and get its path, or
                ``None`` if nothing is to come back.
            auth_settings: How to authenticate; with the access token if omitted, not at all if
                empty.
            callback: Makes the call in a thread of its own and hands the result to this function.
            body_type: The model that the body must be; a dict of wire names will do as well.
            _request_timeout: Seconds for connecting and for each wait between bytes, or a
                (connect, read) pair of seconds.
            _deadline: Seconds for the whole call, retries and pauses included.
            _headers: Extra headers for this call; they replace others of the same name.

        Returns:
            The result, or the thread if there is a callback.

        Raises:
            ApiException: The service refused the call, or no usable answer came.
            ValueError: A required parameter is missing, or cannot be sent; nothing was sent.
            TypeError: The body is of the wrong type; nothing was sent.
        """
        if callback is not None and not callable(callback):
            raise TypeError("callback: give a function that takes the result")
        to_result = result_maker(response_type, self.configuration)
        if body_type is not None:
            check_body(body, body_type)
        request = HttpRequestOptions(
            url=self._api_url() + expand_path(resource_path, path_params or {}),
            method=str(method).upper(),
            headers=self._headers(auth_settings, header_params, _headers),
            query_params=query_to_text(query_params or {}),
            post_params=form_fields(post_params, files),
            body=None if body is None else to_json_value(body),
            timeout=_request_timeout,
            deadline=_deadline,
        )
        if files:
            request.headers["Content-Type"] = "multipart/form-data"
        if callback is None:
            return self._send(request, to_result)
        thread = threading.Thread(target=lambda: callback(self._send(request, to_result)))
        thread.start()
        return thread

    def _send(self, request: HttpRequestOptions, to_result: Callable[[RESTResponse], Any]) -> Any:
        response = self._http_client.request(request)
        if not 200 <= response.status < 300:  # an HTTP client of the user's own gave it back
            raise refusal(response, request.method, request.url)
        self._of_this_thread.last_response = response
        try:
            return to_result(response)
        except (ValueError, OSError) as error:
            failure = unusable(response, request.method, request.url, error)
            failure.redact(
                secrets_of(
                    self.configuration,
                    request.headers,
                    request.query_params,
                    request.body,
                    request.post_params,
                )
            )
            raise failure from error

    def _api_url(self) -> str:
        gateway = self.gateway_configuration or self.configuration.gateway_configuration
        return gateway.api_url() if gateway and gateway.host else self.host

    def _login_url(self) -> str:
        gateway = self.gateway_configuration or self.configuration.gateway_configuration
        if gateway and gateway.host:
            return gateway.login_url()
        return self.host.replace("://api.", "://login.", 1)

    def _headers(
        self,
        auth_settings: Sequence[str] | None,
        *groups: Mapping[str, str | bytes] | None,
    ) -> dict[str, str]:
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        authorization = self._authorization([OAUTH] if auth_settings is None else auth_settings)
        return check_headers(
            {"Accept": "application/json"}, self.default_headers, cookie, authorization, *groups
        )

    def _authorization(self, auth_settings: Sequence[str]) -> dict[str, str]:
        token = to_text("access_token", self.access_token or self.configuration.access_token)
        if token.lower().startswith("bearer "):
            raise ValueError("access_token: leave out the word Bearer")
        if OAUTH in auth_settings and token:
            return {"Authorization": f"Bearer {token}"}
        key = self.configuration.get_api_key_with_prefix("Authorization")
        if "Guest Chat JWT" in auth_settings and key:
            return {"Authorization": key}
        return {}


def default_api_client() -> ApiClient:
    """Give the client that API classes share if they are given none, made on first use."""
    if default_configuration.api_client is None:
        # In one step, so that threads which come here together get the same; a lock could stay
        # closed for ever in a forked child.
        vars(default_configuration).setdefault("_api_client", ApiClient())
    client: ApiClient = vars(default_configuration)["_api_client"]
    return client
