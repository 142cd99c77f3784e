"""Snapshot: what the settings of a configuration were at one moment, for one call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from .checks import RequestTimeout
    from .client_certificate import ClientCertificate
    from .gateway import GatewayConfiguration
    from .platform import Platform

_CONNECTION_SETTINGS = (
    "cert_file",
    "client_certificate",
    "connection_pool_maxsize",
    "key_file",
    "no_proxy",
    "proxy",
    "proxy_password",
    "proxy_username",
    "ssl_ca_cert",
    "verify_ssl",
    "verify_ssl_strict",
)
"""The settings that a connection is made with."""

_OF_PROXIES = ("proxy", "proxy_username", "proxy_password")
"""The settings of which a proxy depends on who has set them as well."""


class Environment:
    """What some variables of the environment said at one moment."""

    def __init__(self, names: list[str]) -> None:
        """Note what they say now."""
        self._names = names
        self._values = [os.environ.get(name) for name in names]

    def is_current(self) -> bool:
        """Whether they still say the same."""
        return self._values == [os.environ.get(name) for name in self._names]


class Snapshot:
    """What the settings of a configuration were at one moment; nothing of it changes.

    Attributes:
        configuration: Whose settings these are.
        client: Id and secret of the OAuth client to sign in with, or ``None``.
    """

    configuration: Settings
    client: tuple[str, str] | None
    access_token: str
    cert_file: str | None
    client_certificate: ClientCertificate | None
    connection_pool_maxsize: int
    deadline: float | None
    gateway_configuration: GatewayConfiguration | None
    host: str
    key_file: str | None
    max_response_bytes: int
    no_proxy: str | None
    platform: Platform | None
    proxy: str | None
    proxy_password: str | None
    proxy_username: str | None
    rate_limit: float | None
    refresh_token_wait_time: float
    request_timeout: RequestTimeout
    retries: int
    retry_after_max: float
    should_refresh_access_token: bool
    ssl_ca_cert: str | None
    temp_folder_path: str | None
    verify_ssl: bool
    verify_ssl_strict: bool | None

    def __init__(
        self,
        configuration: Settings,
        frozen: Settings,
        environment: Environment,
        client: tuple[str, str] | None,
    ) -> None:
        """Take what a configuration says.

        Args:
            configuration: The configuration.
            frozen: A copy of it, which nobody changes meanwhile.
            environment: What else it depends on.
            client: Id and secret of the OAuth client to sign in with, if any.
        """
        self._state = frozen.state()
        self._environment = environment
        self._origins = {name: frozen.origin(name) for name in _OF_PROXIES}
        self.configuration = configuration
        self.client = client
        for name in Snapshot.__annotations__.keys() - {"configuration", "client"}:
            vars(self)[name] = getattr(frozen, name)

    def is_current(self) -> bool:
        """Whether the configuration still says the same."""
        code, file = self._state
        code_now, file_now = self.configuration.state()
        return code is code_now and file is file_now and self._environment.is_current()

    def origin(self, name: str) -> int:
        """Tell who had set a value, as one of ``Origin``."""
        return self._origins[name]

    def connects_like(self, other: Snapshot | None) -> bool:
        """Whether connections that were made with another snapshot are good for this one, too."""
        return (
            other is not None
            and self._origins == other._origins
            and all(self._parts(name) == other._parts(name) for name in _CONNECTION_SETTINGS)
        )

    def _parts(self, name: str) -> tuple[object, ...]:
        """Give a setting, with the credentials that the URL of a proxy does not show."""
        value = getattr(self, name)
        return value, getattr(value, "username", None), getattr(value, "password", None)

    def __repr__(self) -> str:
        return "Snapshot(...)"
