"""Configuration: host, token, TLS, timeouts; and the one default instance."""

from __future__ import annotations

import base64
import os
import sys
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import urlsplit

from .gateway import GatewayConfiguration
from .logger import Logger, LogLevel
from .region_hosts import PureCloudRegionHosts, api_host
from .version import __version__

DEFAULT_HOST = PureCloudRegionHosts.us_east_1.value

RequestTimeout = float | tuple[float, float]
"""Seconds for connecting and for each wait between bytes: one number for both, or a pair."""


class Configuration:
    """How to reach the service, and as whom.

    Every attribute may be changed at any time and counts from the next call on. ``host`` and
    ``access_token`` come, in this order, from what was set in code, from the environment
    (``GENESYSCLOUD_REGION``, ``GENESYSCLOUD_ACCESS_TOKEN``), and from the default.

    Attributes:
        request_timeout: Seconds for connecting and for each wait between bytes.
        deadline: Seconds for a whole call: waiting for a connection, retries and pauses included.
        retries: How often a request may be sent again after a failure that allows it.
        retry_after_max: Seconds; a service that asks for a longer pause than this is not waited
            for.
        pickle_access_token: Whether access tokens, API keys, cookies and headers with a secret go
            along when a configuration or a client is pickled, for example to a process pool.
        connection_pool_maxsize: How many connections to one host are kept and used at once.
        max_response_bytes: A larger response, counted after decompression, is refused.
        verify_ssl: Whether the certificate of the host is verified.
        ssl_ca_cert: File of CA certificates in PEM form, in place of certifi's.
        cert_file: File of the client certificate in PEM form.
        key_file: File of the client certificate's key, unless it is in ``cert_file``.
        proxy: URL of an HTTP proxy.
        proxy_username: User name at the proxy.
        proxy_password: Password at the proxy.
        gateway_configuration: The gateway through which the service is reached, if any.
        temp_folder_path: Where downloaded files are put; the system's own place by default.
        api_key: API keys by header name.
        api_key_prefix: What goes before an API key, by header name.
        username: User name for ``get_basic_auth_token``.
        password: Password for ``get_basic_auth_token``.
        logger: What is logged, and where to.
    """

    request_timeout: RequestTimeout = (10.0, 60.0)
    deadline: float | None = 90.0
    retries: int = 3
    retry_after_max: float = 60.0
    pickle_access_token: bool = False
    connection_pool_maxsize: int = 32
    max_response_bytes: int = 256 * 1024 * 1024
    verify_ssl: bool = True
    ssl_ca_cert: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    proxy: str | None = None
    proxy_username: str | None = None
    proxy_password: str | None = None
    gateway_configuration: GatewayConfiguration | None = None
    temp_folder_path: str | None = None
    api_key: dict[str, str]
    api_key_prefix: dict[str, str]
    username: str = ""
    password: str = ""
    logger: Logger

    def __init__(
        self,
        *,
        host: str | PureCloudRegionHosts | None = None,
        access_token: str | bytes | None = None,
    ) -> None:
        """Start from the environment and the defaults.

        Args:
            host: Base URL of the API.
            access_token: OAuth access token, without the word ``Bearer``.

        Raises:
            ValueError: The host is not a URL.
        """
        self._host: str | None = None
        self._access_token: str | bytes | None = None
        self.api_key = {}
        self.api_key_prefix = {}
        self.logger = Logger()
        if host is not None:
            self.host = host
        if access_token is not None:
            self.access_token = access_token

    if not TYPE_CHECKING:  # a visible __setattr__ would make checkers accept every misspelling

        def __setattr__(self, name, value):
            known = hasattr(type(self), name) or name in Configuration.__annotations__
            if not known and not name.startswith("_"):
                raise AttributeError(f"Configuration has no setting {name!r}{_hint(name)}")
            super().__setattr__(name, value)

    @property
    def host(self) -> str:
        """Base URL of the API, for example ``https://api.mypurecloud.com``."""
        if self._host is not None:
            return self._host
        region = os.environ.get("GENESYSCLOUD_REGION")
        return check_host(api_host(region)) if region else DEFAULT_HOST

    @host.setter
    def host(self, host: str | PureCloudRegionHosts) -> None:
        self._host = check_host(host)

    @property
    def access_token(self) -> str | bytes:
        """OAuth access token, without the word ``Bearer``; empty if there is none."""
        if self._access_token is not None:
            return self._access_token
        return os.environ.get("GENESYSCLOUD_ACCESS_TOKEN", "")

    @access_token.setter
    def access_token(self, access_token: str | bytes | None) -> None:
        self._access_token = access_token

    @property
    def api_client(self) -> Any:
        """The ApiClient that API classes share if they are given none; made on first use."""
        return self.__dict__.get("_api_client")

    @api_client.setter
    def api_client(self, api_client: Any) -> None:
        self.__dict__.pop("_api_client", None)
        if api_client is not None:
            self.__dict__["_api_client"] = api_client

    @property
    def debug(self) -> bool:
        """Whether every call is logged to standard error; shorthand for ``logger.log_level``."""
        return self.logger.log_level <= LogLevel.LDebug

    @debug.setter
    def debug(self, debug: bool) -> None:
        self.logger.log_level = LogLevel.LDebug if debug else LogLevel.LNone

    @property
    def logger_file(self) -> str | None:
        """File to log to instead of standard error; shorthand for ``logger.log_file_path``."""
        return self.logger.log_file_path

    @logger_file.setter
    def logger_file(self, path: str | None) -> None:
        self.logger.log_to_console = not path
        self.logger.log_file_path = path

    @property
    def logger_format(self) -> str:
        """Format string of a log line; shorthand for ``logger.line_format``."""
        return self.logger.line_format

    @logger_format.setter
    def logger_format(self, line_format: str) -> None:
        self.logger.line_format = line_format

    def get_api_key_with_prefix(self, identifier: str) -> str | None:
        """Give an API key as it goes into its header.

        Args:
            identifier: Name of the header.

        Returns:
            The key after its prefix, or ``None`` if there is no such key.
        """
        key = self.api_key.get(identifier)
        prefix = self.api_key_prefix.get(identifier)
        return f"{prefix} {key}" if key and prefix else key or None

    def get_basic_auth_token(self) -> str:
        """Give ``username`` and ``password`` as the value of an Authorization header.

        See RFC 7617.
        """
        credentials = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(credentials).decode('ascii')}"

    def to_debug_report(self) -> str:
        """Describe the set-up for a support ticket, without secrets."""
        return "\n".join(
            (
                "Python SDK Debug Report:",
                f"OS: {sys.platform}",
                f"Python Version: {sys.version}",
                "Version of the API: v2",
                f"SDK Package Version: {__version__}",
                f"Host: {self.host}",
            )
        )

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        state.pop("_api_client", None)
        if not self.pickle_access_token:
            state.update(_access_token=None, api_key={})
        return state

    def __copy__(self) -> Configuration:
        """Make an independent configuration with the same settings, the token included."""
        twin = Configuration()
        twin.__dict__.update(self.__dict__)
        twin.__dict__.pop("_api_client", None)
        twin.api_key = dict(self.api_key)
        twin.api_key_prefix = dict(self.api_key_prefix)
        return twin

    def __deepcopy__(self, memo: object) -> Configuration:
        """Make an independent configuration with the same settings, the token included."""
        return self.__copy__()

    def __repr__(self) -> str:
        token = "set" if self.access_token else "not set"
        return f"Configuration(host={self.host!r}, access_token={token})"


def check_host(host: object) -> str:
    """Check the base URL of an API host.

    Args:
        host: The URL, or a region.

    Returns:
        The URL without a slash at its end.

    Raises:
        ValueError: It is not an ``http`` or ``https`` URL of a host.
    """
    url = host.value if isinstance(host, PureCloudRegionHosts) else host
    if is_http_url(url) and not set("?#@") & set(url):
        return url.rstrip("/")
    raise ValueError(
        "host: give the base URL of the API, such as https://api.mypurecloud.com; "
        "PureCloudRegionHosts has those of all regions"
    )


def is_http_url(url: object) -> TypeGuard[str]:
    """Whether something is an ``http`` or ``https`` URL that names a host.

    Args:
        url: What should be a URL.

    Returns:
        True if it is one.
    """
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, or a port that is no number
        return False


def _hint(name: str) -> str:
    # Imported here for the sake of start-up time: only a misspelling needs it.
    from difflib import get_close_matches

    matches = get_close_matches(name, dir(Configuration), n=1)
    return f"; did you mean {matches[0]!r}?" if matches else ""


configuration: Configuration = Configuration()
"""The default instance, for scripts that work with one organisation."""
