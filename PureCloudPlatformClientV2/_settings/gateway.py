"""Rewrites the base URL for callers behind a private gateway."""

from __future__ import annotations

from typing import Any

from .._wire.urls import host_to_ascii
from .checks import literal, none_if_empty, optional, string
from .settings import Settings, setting

__all__ = ["GatewayConfiguration"]


def _host(value: Any) -> str | None:
    name, colon, port = string(value).partition(":")
    host = f"{host_to_ascii(name)}{colon}{port}"
    if set(host) & set("/?#@\\\"' ") or not host.isprintable():
        # Without the value: what stands before an @ may be a password.
        raise ValueError("give the host name of the gateway, without scheme, path or credentials")
    # Imported here for the sake of start-up time: few programs have a gateway.
    from .region_hosts import region_of

    region = region_of(name)
    if region is not None:
        raise ValueError(
            f"{name} is in the public cloud and no gateway to it: leave the gateway out, and set "
            f"the host of the configuration to {region.value}"
        )
    return host or None


def _path(value: Any) -> str:
    path = string(value)
    if set(path) & set("?#\\\"' ") or not path.isprintable():
        raise ValueError(f"give a path, such as genesys/api, not {value!r}")
    return path.rstrip("/")


def _protocol(value: Any) -> str:
    if value not in ("https", "http", ""):
        raise ValueError(f"give https or http, not {value!r}")
    return value or "https"


def _port(value: Any) -> int:
    port = -1 if value is None else value
    if isinstance(port, bool) or not isinstance(port, int) or port > 65535:
        raise ValueError(f"give a port number up to 65535, or -1, not {value!r}")
    return max(port, -1)


class GatewayConfiguration(Settings):
    """A gateway through which the API and the login service are reached."""

    host: str | None = setting(None, optional(_host), read=none_if_empty, file="gateway.host")
    """Host name of the gateway; without one there is no gateway."""
    protocol: str = setting("https", _protocol, file="gateway.protocol")
    """`https` or `http`."""
    port: int = setting(-1, _port, read=literal, file="gateway.port")
    """Port number; negative for the protocol's own."""
    path_params_login: str = setting("", _path, file="gateway.path_params_login")
    """Path that the gateway puts before those of the login service; a slash at either end does no
    harm."""
    path_params_api: str = setting("", _path, file="gateway.path_params_api")
    """Path that the gateway puts before those of the API; a slash at either end does no harm."""
    username: str | None = setting(
        None, optional(string), read=none_if_empty, file="gateway.username"
    )
    """Kept for scripts that set it; no gateway credentials are sent."""
    password: str | None = setting(
        None, optional(string), read=none_if_empty, file="gateway.password"
    )
    """Kept for scripts that set it; no gateway credentials are sent."""

    def __init__(
        self,
        *,
        host: str | None = None,
        protocol: str | None = None,
        port: int | None = None,
        path_params_login: str | None = None,
        path_params_api: str | None = None,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        """Describe the gateway; every argument is the attribute of its name.

        Raises:
            ValueError: The host is no host name, the protocol no protocol, the port no number.
        """
        given = {
            "host": host,
            "protocol": protocol or None,
            "port": port,
            "path_params_login": path_params_login,
            "path_params_api": path_params_api,
            "username": username,
            "password": password,
        }
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)

    def duplicate(self) -> GatewayConfiguration:
        """Make another one with the same settings."""
        twin = GatewayConfiguration()
        twin.__dict__.update(self.__dict__)
        return twin

    def without_password(self) -> GatewayConfiguration:
        """Make a copy for a place where no secret belongs."""
        twin = self.duplicate()
        twin.password = None
        return twin

    def api_url(self) -> str:
        """Give the base URL of the API, behind the gateway."""
        return self._url(self.path_params_api)

    def login_url(self) -> str:
        """Give the base URL of the login service, behind the gateway."""
        return self._url(self.path_params_login)

    def _url(self, path: str) -> str:
        port = f":{self.port}" if self.port >= 0 else ""
        prefix = f"/{path.strip('/')}" if path.strip("/") else ""
        return f"{self.protocol}://{self.host}{port}{prefix}"

    def __repr__(self) -> str:
        return f"GatewayConfiguration(api={self.api_url()!r}, login={self.login_url()!r})"


def check_gateway(value: Any) -> GatewayConfiguration:
    """Check that a value is a GatewayConfiguration."""
    if not isinstance(value, GatewayConfiguration):
        raise TypeError(f"give a GatewayConfiguration, not a value of type {type(value).__name__}")
    return value
