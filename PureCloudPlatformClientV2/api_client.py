"""ApiClient: URL, headers and body to the wire, and a typed result back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

from . import oauth
from .configuration import Configuration
from .configuration import configuration as default_configuration
from .exceptions import ApiException, RESTResponse, UnauthorizedException, refusal, unusable
from .gateway import GatewayConfiguration
from .headers import check_headers, check_token
from .http_client import (
    AbstractHttpClient,
    DefaultHttpClient,
    HttpRequestOptions,
    secrets_of_request,
)
from .logger import is_secret_name
from .models.base import Model
from .oauth import NO_TOKEN, Credentials, Token, TokenEndpoint, TokenRequest
from .parameters import check_body, expand_path, form_fields, query_to_text
from .region_hosts import check_host
from .results import result_maker
from .serialization import to_json_value
from .settings import RequestTimeout, checked, seconds
from .sign_in import SignIn
from .version import __version__

if TYPE_CHECKING:
    from typing_extensions import Self

M = TypeVar("M", bound=Model)

OAUTH = "PureCloud OAuth"
"""The name that the contract gives to bearer tokens."""

GUEST_CHAT = "Guest Chat JWT"
"""The name that it gives to an API key in the Authorization header."""


_HOW_TO_SIGN_IN = (
    "no access token is set: give access_token, or client_id and client_secret, in code, in the "
    "environment (GENESYSCLOUD_ACCESS_TOKEN, or GENESYSCLOUD_OAUTHCLIENT_ID and "
    "GENESYSCLOUD_OAUTHCLIENT_SECRET) or in the configuration file"
)

_WHEN_REFUSED = "the access token is unknown to this host, or has expired"


class _Target(NamedTuple):
    """Where a call goes, and as whom."""

    api_url: str
    login_url: str
    credentials: Credentials | None
    token: str  # if there are no credentials

    def __repr__(self) -> str:
        return f"_Target({self.api_url!r})"


class ApiClient(SignIn):
    """Calls the service; shared by the API classes that are given it.

    Use it as a context manager, or ``close`` it, to release its connections.

    Attributes:
        default_headers: Headers that go with every call.
        cookie: Value of the Cookie header of every call, if any.
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
        self._host = None if host is None else checked("host", check_host, host)
        self.default_headers: dict[str, str | bytes] = {}
        self.user_agent = f"PureCloudPlatformClientV2/{__version__} python"
        if header_name is not None:
            self.default_headers[header_name] = header_value or ""
        self.cookie: str | None = cookie
        self._credentials: Credentials | None = None
        self._credentials_of_configuration: dict[tuple[str, str, str], Credentials] = {}
        self.gateway_configuration: GatewayConfiguration | None = None
        self._http_client: AbstractHttpClient = DefaultHttpClient(configuration=self._configuration)
        self._of_this_thread = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        state = self._copied_state()
        if not self._configuration.pickle_access_token:
            headers = state["default_headers"]
            state.update(
                _credentials=None,
                cookie=None,
                gateway_configuration=self.gateway_configuration
                and self.gateway_configuration.without_password(),
                default_headers={n: value for n, value in headers.items() if not is_secret_name(n)},
            )
        return state

    def _copied_state(self) -> dict[str, Any]:
        state = {
            **self.__dict__,
            "default_headers": dict(self.default_headers),
            "_credentials_of_configuration": {},
        }
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
        twin._credentials = self._credentials and self._credentials.duplicate()
        twin._configuration = self._configuration.__copy__()
        gateway = self.gateway_configuration
        twin.gateway_configuration = gateway and gateway.duplicate()
        if isinstance(self._http_client, DefaultHttpClient):
            twin._http_client = self._http_client.with_configuration(twin._configuration)
        return twin

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _of_this_thread=threading.local())

    @property
    def configuration(self) -> Configuration:
        """How to reach the service, and as whom; make another client for another one."""
        return self._configuration

    @property
    def host(self) -> str:
        """Base URL of the API."""
        return self._host or self._configuration.host

    @host.setter
    def host(self, host: str) -> None:
        self._host = checked("host", check_host, host)

    @property
    def access_token(self) -> str | bytes:
        """OAuth access token of this client; overrides that of the configuration."""
        return self._credentials.token.access_token if self._credentials else ""

    @access_token.setter
    def access_token(self, access_token: str | bytes) -> None:
        token = checked("access_token", check_token, access_token or "")
        self._credentials = Credentials(Token(token)) if token else None

    @property
    def refresh_token(self) -> str:
        """Refresh token that came with the last sign-in or renewal; empty if there was none."""
        return self._credentials.token.refresh_token if self._credentials else ""

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
            http_client.use_configuration(self._configuration)
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

    def _sign_in(self, request: TokenRequest) -> tuple[Self, dict[str, Any]]:
        self._configuration.reload()
        deadline = self._configuration.deadline
        end = math.inf if deadline is None else time.monotonic() + deadline
        endpoint = self._token_endpoint(self._login_url(), None, end)
        credentials = Credentials.sign_in(endpoint, request)
        self._credentials = credentials
        return self, dict(credentials.token.answer)

    def _token_endpoint(
        self, login_url: str, timeout: RequestTimeout | None, end: float
    ) -> TokenEndpoint:
        wait = self._configuration.refresh_token_wait_time
        return TokenEndpoint(self._http_client, login_url, timeout, end, wait)

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
        self._configuration.reload()
        to_result = result_maker(response_type, self._configuration)
        if body_type is not None:
            check_body(body, body_type)
        if _deadline is None:
            _deadline = self._configuration.deadline
        else:
            checked("deadline", seconds, _deadline)
        own_headers = check_headers(header_params, _headers)
        settled = auth_settings is not None and OAUTH not in auth_settings
        settled = settled or any(name.lower() == "authorization" for name in own_headers)
        target = self._target()
        request = HttpRequestOptions(
            url=target.api_url + expand_path(resource_path, path_params or {}),
            method=str(method).upper(),
            headers=self._headers(auth_settings, own_headers),
            query_params=query_to_text(query_params or {}),
            post_params=form_fields(post_params, files),
            body=None if body is None else to_json_value(body),
            timeout=_request_timeout,
            deadline=_deadline,
        )
        if files:
            request.headers["Content-Type"] = "multipart/form-data"
        send = self._send if settled else partial(self._send_with_token, target)
        if callback is None:
            return send(request, to_result)
        thread = threading.Thread(target=lambda: callback(send(request, to_result)))
        thread.start()
        return thread

    def _send(self, request: HttpRequestOptions, to_result: Callable[[RESTResponse], Any]) -> Any:
        response = self._http_client.request(request)
        if not 200 <= response.status < 300:  # an HTTP client of the user's own gave it back
            refused = refusal(response, request.method, request.url)
            refused.redact(secrets_of_request(request, self._configuration))
            raise refused
        self._of_this_thread.last_response = response
        try:
            return to_result(response)
        except (ValueError, OSError) as error:
            failure = unusable(response, request.method, request.url, error)
            failure.redact(secrets_of_request(request, self._configuration))
            raise failure from error

    def _target(self) -> _Target:
        """Where calls go at present, and as whom: all of it before or all of it after a reload."""
        while True:
            values = self._configuration.values_of_file()
            credentials = self._current_credentials()
            token = "" if credentials else self._configuration.access_token
            target = _Target(self._api_url(), self._login_url(), credentials, token)
            if self._configuration.values_of_file() is values:
                return target

    def _send_with_token(
        self,
        target: _Target,
        request: HttpRequestOptions,
        to_result: Callable[[RESTResponse], Any],
    ) -> Any:
        credentials = target.credentials
        token = credentials.token.access_token if credentials else target.token
        renew = self._configuration.should_refresh_access_token
        if credentials is None or credentials.renewal is None or (token and not renew):
            return self._send_with_given_token(token, request, to_result)
        end = math.inf if request.deadline is None else time.monotonic() + request.deadline
        endpoint = self._token_endpoint(target.login_url, request.timeout, end)
        token = credentials.current(endpoint)
        try:
            return self._send(request.signed(token, end), to_result)
        except UnauthorizedException as refused:
            if not renew:
                raise
            try:
                token = credentials.renewed(token, endpoint)
                return self._send(request.signed(token, end), to_result)
            except ApiException as failure:
                failure.outcome_unknown |= refused.outcome_unknown
                raise

    def _send_with_given_token(
        self, token: str, request: HttpRequestOptions, to_result: Callable[[RESTResponse], Any]
    ) -> Any:
        if token:
            request.sign(token)
        try:
            return self._send(request, to_result)
        except UnauthorizedException as refused:
            refused.advice = _WHEN_REFUSED if token else self._how_to_sign_in()
            raise

    def _how_to_sign_in(self) -> str:
        names = ("client_id", "client_secret")
        given = {name: bool(getattr(self._configuration, name)) for name in names}
        missing = [name for name in names if not given[name]]
        if len(missing) == 1:
            (here,) = given.keys() - set(missing)
            return f"{here} is set, but {missing[0]} is not"
        return _HOW_TO_SIGN_IN

    def _current_credentials(self) -> Credentials | None:
        """How this client signs in, if it does; ``None`` for the token of the configuration."""
        if self._credentials is not None:
            return self._credentials
        pair = self._configuration.client_credentials()
        if pair is None:
            return None
        key = (self._login_url(), *pair)
        found = self._credentials_of_configuration.get(key)
        # In one step, so that threads which come here together get the same.
        return found or self._credentials_of_configuration.setdefault(
            key, Credentials(NO_TOKEN, oauth.client_credentials(*pair))
        )

    def _api_url(self) -> str:
        gateway = self.gateway_configuration or self._configuration.gateway_configuration
        return gateway.api_url() if gateway and gateway.host else self.host

    def _login_url(self) -> str:
        gateway = self.gateway_configuration or self._configuration.gateway_configuration
        if gateway and gateway.host:
            return gateway.login_url()
        return self.host.replace("://api.", "://login.", 1)

    def _headers(
        self, auth_settings: Sequence[str] | None, own_headers: dict[str, str]
    ) -> dict[str, str]:
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        key = self._configuration.get_api_key_with_prefix("Authorization")
        chat = {"Authorization": key} if key and GUEST_CHAT in (auth_settings or ()) else {}
        return check_headers(
            {"Accept": "application/json"}, self.default_headers, cookie, chat, own_headers
        )


def default_api_client() -> ApiClient:
    """Give the client that API classes share if they are given none, made on first use."""
    if default_configuration.api_client is None:
        # In one step, so that threads which come here together get the same; a lock could stay
        # closed for ever in a forked child.
        vars(default_configuration).setdefault("_api_client", ApiClient())
    client: ApiClient = vars(default_configuration)["_api_client"]
    return client
