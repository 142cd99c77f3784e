"""Rewrites the base URL for callers behind a private gateway."""

from __future__ import annotations


class GatewayConfiguration:
    """A gateway through which the API and the login service are reached.

    Attributes:
        host: Host name of the gateway; without one there is no gateway.
        protocol: ``https`` or ``http``.
        port: Port number; negative for the protocol's own.
        path_params_login: Path that the gateway puts before those of the login service.
        path_params_api: Path that the gateway puts before those of the API.
        username: Kept for scripts that set it; no gateway credentials are sent.
        password: Kept for scripts that set it; no gateway credentials are sent.
    """

    def __init__(
        self,
        *,
        host: str | None = None,
        protocol: str | None = None,
        port: int | None = -1,
        path_params_login: str | None = None,
        path_params_api: str | None = None,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        """Describe the gateway; every argument is the attribute of its name."""
        self.host = host
        self.protocol: str = protocol or "https"
        self.port: int = -1 if port is None else port
        self.path_params_login: str = path_params_login or ""
        self.path_params_api: str = path_params_api or ""
        self.username = username
        self.password = password

    def api_url(self) -> str:
        """Give the base URL of the API, behind the gateway.

        Raises:
            ValueError: The host or the protocol is not one.
        """
        return self._url(self.path_params_api)

    def login_url(self) -> str:
        """Give the base URL of the login service, behind the gateway.

        Raises:
            ValueError: The host or the protocol is not one.
        """
        return self._url(self.path_params_login)

    def _url(self, path: str) -> str:
        if not self.host or set(self.host) & set("/?#@\\ "):
            raise ValueError(
                f"gateway host: give a host name without scheme or path, not {self.host!r}"
            )
        if self.protocol not in ("http", "https"):
            raise ValueError(f"gateway protocol: give https or http, not {self.protocol!r}")
        return self._written(path)

    def _written(self, path: str) -> str:
        port = f":{self.port}" if self.port >= 0 else ""
        prefix = f"/{path.strip('/')}" if path.strip("/") else ""
        return f"{self.protocol}://{self.host}{port}{prefix}"

    def __repr__(self) -> str:
        api, login = self._written(self.path_params_api), self._written(self.path_params_login)
        return f"GatewayConfiguration(api={api!r}, login={login!r})"
