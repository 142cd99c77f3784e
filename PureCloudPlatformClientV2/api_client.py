"""ApiClient: URL, headers and body to the wire, and a typed result back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ._auth.session import Session
from ._auth.sign_in import SignIn
from ._calls.transfers import Transfers
from ._lazy import loading, unloadable
from ._settings.checks import RequestTimeout, checked, client_credential
from ._settings.gateway import GatewayConfiguration
from ._settings.platform import Platform, platform_at
from ._transport.http_client import AbstractHttpClient, DefaultHttpClient
from ._transport.service import Service
from ._wire.headers import check_token
from ._wire.redaction import Masked, is_secret_name
from .configuration import Configuration
from .configuration import configuration as default_configuration
from .version import __version__

if TYPE_CHECKING:
    from typing_extensions import Self

    from . import models
    from ._auth.grants import Grant
    from ._wire.forms import Files
    from ._wire.response import RESTResponse

__all__ = ["ApiClient"]

M = TypeVar("M", bound="models.Model")


def _check_configuration(value: Any) -> Configuration:
    if not isinstance(value, Configuration):
        raise TypeError(f"give a Configuration, not a value of type {type(value).__name__}")
    return value


class ApiClient(SignIn, Transfers):
    """Calls the service; shared by the API classes that are given it.

    Use it as a context manager, or ``close`` it, to release its connections.

    Attributes:
        default_headers: Headers that go with every call.
        cookie: Value of the Cookie header of every call, if any.
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
        if configuration is None:
            configuration = default_configuration
        self._session = Session(Service(configuration))
        if host is not None:
            self.host = host
        self.default_headers: dict[str, str | bytes] = {}
        self.user_agent = f"PureCloudPlatformClientV2/{__version__} python"
        if header_name is not None:
            self.default_headers[header_name] = header_value or ""
        self.cookie: str | None = cookie

    def __getstate__(self) -> dict[str, Any]:
        state = {**vars(self), "default_headers": dict(self.default_headers)}
        if not self.configuration.pickle_access_token:
            state.update(cookie=None, default_headers=self._public_headers())
        return state

    def __copy__(self) -> Self:
        """Make a client with the same configuration and connections, the token included."""
        return self._twin(self._session.copy())

    def __deepcopy__(self, memo: object) -> Self:
        """Make a client of the same settings with connections of its own, the token included."""
        return self._twin(self._session.duplicate())

    def _twin(self, session: Session) -> Self:
        twin = type(self).__new__(type(self))
        vars(twin).update(vars(self), default_headers=dict(self.default_headers), _session=session)
        return twin

    @property
    def configuration(self) -> Configuration:
        """How to reach the service, and as whom; another one takes the place of all credentials."""
        return self._session.service.configuration

    @configuration.setter
    def configuration(self, configuration: Configuration) -> None:
        configuration = checked("configuration", _check_configuration, configuration)
        if configuration is self.configuration:
            return
        # First what must not reach another host: a call asks for the session before the headers.
        self.default_headers, self.cookie = self._public_headers(), None
        self._session = self._session.moved(configuration, self.host)

    def _public_headers(self) -> dict[str, str | bytes]:
        headers = self.default_headers
        return {name: value for name, value in headers.items() if not is_secret_name(name)}

    @property
    def host(self) -> str:
        """Base URL of the API."""
        session = self._session
        home = session.auth.home if session.auth else None
        return session.service.host or home or self.configuration.host

    @host.setter
    def host(self, host: str) -> None:
        self._session.service.host = checked("host", Configuration.settings()["host"].check, host)

    @property
    def platform(self) -> Platform:
        """Which platform is called, "2019" or "today": what the configuration says, or by host."""
        session = self._session
        settings = session.service.configuration.snapshot()
        return settings.platform or platform_at(session.api_url(settings))

    @property
    def gateway_configuration(self) -> GatewayConfiguration | None:
        """Gateway of this client; overrides that of the configuration."""
        return self._session.service.gateway

    @gateway_configuration.setter
    def gateway_configuration(self, gateway: GatewayConfiguration | None) -> None:
        self._session.service.gateway = gateway

    @property
    def access_token(self) -> str | bytes:
        """OAuth access token of this client; overrides that of the configuration."""
        return self._session.auth.current.access_token if self._session.auth else ""

    @access_token.setter
    def access_token(self, access_token: str | bytes) -> None:
        self._session.bring_access_token(checked("access_token", check_token, access_token or ""))

    @property
    def access_token_expires_in(self) -> float | None:
        """Seconds until the access token expires, if this client has signed in for it."""
        return self._session.expires_in()

    @property
    def refresh_token(self) -> str:
        """Refresh token for the next renewal: one that came, or was set; empty if there is none."""
        return self._session.auth.refresh_token if self._session.auth else ""

    @refresh_token.setter
    def refresh_token(self, refresh_token: str | bytes | None) -> None:
        token = checked("refresh_token", client_credential, refresh_token or "")
        self._session.bring_refresh_token(token)

    @property
    def client_id(self) -> str:
        """OAuth client of the refresh token: that of the last sign-in, or one that was set."""
        return self._session.oauth_client[0]

    @client_id.setter
    def client_id(self, client_id: str) -> None:
        client_id = checked("client_id", client_credential, client_id or "")
        self._session.bring_oauth_client(client_id, self.client_secret)

    @property
    def client_secret(self) -> str:
        """Secret of that OAuth client; empty if it has none (PKCE)."""
        return self._session.oauth_client[1]

    @client_secret.setter
    def client_secret(self, client_secret: str) -> None:
        client_secret = checked("client_secret", client_credential, client_secret or "")
        self._session.bring_oauth_client(self.client_id, client_secret)

    def handle_expired_access_token(self) -> None:
        """Renew the access token now, by what this client signed in with.

        A 401 does the same. One thread renews, the others wait for it.

        Raises:
            ApiException: The login service refused, or could not be reached.
            ValueError: There is nothing to renew it with; nothing was sent.
        """
        with loading:
            # Imported here for the sake of start-up time, as below.
            from ._calls.sending import renew

            renew(self._session)

    @property
    def user_agent(self) -> str | bytes:
        """Value of the User-Agent header of every call."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, user_agent: str) -> None:
        self.default_headers["User-Agent"] = user_agent

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Have a header go with every call."""
        self.default_headers[header_name] = header_value

    @property
    def last_response(self) -> RESTResponse | None:
        """The last 2xx response that a call of the present thread got."""
        return self._session.last_response

    def get_http_client(self) -> AbstractHttpClient:
        """Give what requests are sent with, for example to set hooks on it."""
        return self._session.service.http_client

    def set_http_client(self, http_client: AbstractHttpClient) -> None:
        """Send requests with another HTTP client from now on.

        Raises:
            ValueError: It is not an AbstractHttpClient.
        """
        if not isinstance(http_client, AbstractHttpClient):
            raise ValueError("http_client: give an instance of a subclass of AbstractHttpClient")
        if isinstance(http_client, DefaultHttpClient):
            http_client.use_configuration(self.configuration)
        self._session.service.http_client = http_client

    @property
    def http_client(self) -> AbstractHttpClient:
        """What requests are sent with; setting it is ``set_http_client``."""
        return self.get_http_client()

    @http_client.setter
    def http_client(self, http_client: AbstractHttpClient) -> None:
        self.set_http_client(http_client)

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

    def _sign_in(self, grant: Grant) -> tuple[Self, dict[str, Any]]:
        session = self._session  # another configuration may come while the token is on its way
        with loading:
            # Imported here for the sake of start-up time, as below.
            from ._calls.sending import sign_in

            auth = session.auth = sign_in(session, grant)
        session.oauth_client = grant.client_id, grant.client_secret
        return self, dict(auth.current.response)

    def close(self) -> None:
        """Release all connections; the next call opens new ones."""
        self._session.service.http_client.close()

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
        """Turn a Python value into a JSON value, as it would be sent."""
        with loading:
            # Imported here for the sake of start-up time, as above.
            from ._wire.json_values import to_json_value

            return to_json_value(value)

    def sanitize_params_for_serialization(self, value: Any) -> Any:
        """Do the same for parameters: what is ``None`` in a dict is left out."""
        if isinstance(value, dict):
            return {
                name: self.sanitize_params_for_serialization(one)
                for name, one in value.items()
                if one is not None
            }
        if isinstance(value, list):
            return [self.sanitize_params_for_serialization(one) for one in value]
        return self.sanitize_for_serialization(value)

    def deserialize(self, response: Any, response_type: str | type[Any] | None) -> Any:
        """Make of a response what ``call_api`` returns for a ``response_type``.

        Args:
            response: Anything with ``data``, text or bytes.
            response_type: What to make of it, as in ``call_api``.

        Returns:
            The result; ``None`` if the body is empty, or null.

        Raises:
            ValueError: There is no such type, or the body is not of that type.
        """
        with loading:
            # Imported here for the sake of start-up time, as below.
            from ._calls.making import deserialize

            return deserialize(self._session, response, response_type)

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
        files: Files | None = ...,
        *,
        response_type: type[M],
        auth_settings: Sequence[str] | None = ...,
        callback: Callable[[Any], object] | None = ...,
        body_type: str | type[models.Model] | None = ...,
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
        files: Files | None = ...,
        response_type: str | None = ...,
        auth_settings: Sequence[str] | None = ...,
        callback: Callable[[Any], object] | None = ...,
        *,
        body_type: str | type[models.Model] | None = ...,
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
        files: Files | None = None,
        response_type: str | type[Any] | None = None,
        auth_settings: Sequence[str] | None = None,
        callback: Callable[[Any], object] | None = None,
        *,
        body_type: str | type[models.Model] | None = None,
        _request_timeout: RequestTimeout | None = None,
        _deadline: float | None = None,
        _headers: Mapping[str, str | bytes] | None = None,
    ) -> Any:
        """Call any endpoint of Genesys Cloud.

        Args:
            resource_path: Path template, for example ``/api/v2/users/{userId}``, or a page's
                ``next_uri``: a query in it stays as it is.
            method: The verb.
            path_params: Values for the placeholders of the path; each becomes one segment.
            query_params: The query, by wire name; ``None`` is left out, several values are joined.
            header_params: Headers of the endpoint.
            body: A model, a dict of wire names, or any other JSON value.
            post_params: Form fields to send instead of a body, a dict or pairs; values as in the
                query.
            files: Files to send along with the form fields, by field name: the path of a file, its
                content as bytes, an open file, a tuple of name, content and perhaps content type,
                or a list of these.
            response_type: What to make of the response: a model class, a swagger type name such as
                ``list[FacebookIntegration]``, ``file`` to save the body and get its path, or
                ``None`` if nothing is to come back.
            auth_settings: How to authenticate; with the access token if omitted, not at all if
                empty.
            callback: Makes the call in a thread of its own and hands the result to this function.
            body_type: The model that the body must be, or a swagger type name such as
                ``list[FacebookIntegration]``; a dict of wire names, or a model that has the fields
                of that one, will do as well.
            _request_timeout: Seconds for connecting and for each wait between bytes, or a
                (connect, read) pair of seconds.
            _deadline: Seconds for the whole call, retries and pauses included.
            _headers: Extra headers for this call; they replace others of the same name.

        Returns:
            The result, or the thread if there is a callback.

        Raises:
            ApiException: The service refused the call, or no usable response came.
            ValueError: A required parameter is missing, or cannot be sent; nothing was sent.
            TypeError: An argument is of the wrong type; nothing was sent.
        """
        session = self._session
        cookie = {"Cookie": self.cookie} if self.cookie else None
        headers = Masked([self.default_headers, cookie, header_params, _headers])
        given, form, attached = Masked(body), Masked(post_params), Masked(files)
        del cookie, header_params, _headers, body, post_params, files
        try:
            # Imported here for the sake of start-up time: the first call needs it.
            from ._calls.making import make_call

            return make_call(
                session,
                resource_path,
                method,
                path_params,
                query_params,
                headers,
                given,
                form,
                attached,
                response_type,
                auth_settings,
                callback,
                body_type,
                _request_timeout,
                _deadline,
            )
        except OSError as error:  # as "with loading" has it, which would cost every call a little
            if (failure := unloadable(error)) is not None:
                raise failure from error
            raise
