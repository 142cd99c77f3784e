"""The service that a client talks to: where it is, and what requests to it are sent with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .http_client import AbstractHttpClient, DefaultHttpClient
from .request import HttpRequestOptions

if TYPE_CHECKING:
    from .._settings.gateway import GatewayConfiguration
    from .._settings.snapshot import Snapshot
    from .._wire.response import RESTResponse
    from ..configuration import Configuration


class Service:
    """Where API and login service are, and what requests to them are sent with.

    Attributes:
        configuration: How to reach them.
        host: Base URL of the API; ``None`` for that of the configuration.
        gateway: Overrides that of the configuration.
        http_client: What requests are sent with.
    """

    def __init__(self, configuration: Configuration) -> None:
        """Start with what the configuration says."""
        self.configuration = configuration
        self.host: str | None = None
        self.gateway: GatewayConfiguration | None = None
        self.http_client: AbstractHttpClient = DefaultHttpClient(configuration=configuration)

    def copy(self) -> Service:
        """Make one that may be changed without changing this one; they share connections."""
        twin = Service.__new__(Service)
        vars(twin).update(vars(self))
        return twin

    def duplicate(self) -> Service:
        """Make one of the same settings with connections of its own."""
        twin = self.copy()
        twin.configuration = self.configuration.__copy__()
        twin.gateway = self.gateway and self.gateway.duplicate()
        if isinstance(self.http_client, DefaultHttpClient):
            twin.http_client = self.http_client.with_configuration(twin.configuration)
        return twin

    def api_url(self, settings: Snapshot) -> str:
        """Give the base URL of the API."""
        gateway = self._gateway(settings)
        return gateway.api_url() if gateway else self.host or settings.host

    def login_url(self, settings: Snapshot) -> str:
        """Give the base URL of the login service."""
        gateway = self._gateway(settings)
        if gateway:
            return gateway.login_url()
        return (self.host or settings.host).replace("://api.", "://login.", 1)

    def _gateway(self, settings: Snapshot) -> GatewayConfiguration | None:
        gateway = self.gateway or settings.gateway_configuration
        return gateway if gateway and gateway.host else None

    def send(self, request: HttpRequestOptions) -> RESTResponse:
        """Send a request.

        Raises:
            ApiException: The response is not 2xx, or none came.
        """
        http_client = self.http_client
        response = http_client.request(request)
        if type(http_client) is not DefaultHttpClient:  # which has seen to the status
            self._check_status(response, request)
        return response

    def _check_status(self, response: RESTResponse, request: HttpRequestOptions) -> None:
        # Imported here for the sake of start-up time: few programs have another HTTP client.
        from ..exceptions import ApiException
        from .failures import check_status

        try:
            check_status(response, request)
        except ApiException as refused:
            refused.redact(self.secrets(request))
            raise

    def secrets(self, request: HttpRequestOptions) -> set[str]:
        """Collect what must not be shown, should the response to a request repeat it."""
        # Imported here for the sake of start-up time: most calls do not fail.
        from .proxy import proxy_for

        try:
            proxy = proxy_for(request.url, request.settings)
        except ValueError:  # an HTTP client of the user's own may know this kind of proxy
            proxy = None
        return request.secrets() | (proxy.secrets() if proxy else set())
