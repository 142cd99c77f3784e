"""Configuration: host, token, TLS, timeouts; and the one default instance."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ._settings.checks import (
    RequestTimeout,
    bare,
    boolean,
    checked,
    client_credential,
    credential,
    file_path,
    literal,
    none_if_empty,
    optional,
    positive_number,
    seconds,
    seconds_or_zero,
    string,
    time_limits,
    whole_number,
)
from ._settings.filled_in import note_default, note_filled_in, note_use
from ._settings.gateway import GatewayConfiguration, check_gateway
from ._settings.platform import Platform, check_platform
from ._settings.settings import FileValues, Setting, Settings, converted, setting
from ._wire.headers import check_token
from .logger import Logger, LogLevel, LogSettings, is_logged, package_logger
from .version import __version__

if TYPE_CHECKING:
    from ._settings.client_certificate import ClientCertificate
    from ._settings.file import FileContent
    from ._settings.region_hosts import PureCloudRegionHosts
    from ._settings.settings import Converted
    from ._settings.snapshot import Snapshot

__all__ = ["Configuration", "configuration"]

DEFAULT_HOST = "https://api.mypurecloud.com"
"""That of `PureCloudRegionHosts.us_east_1`."""


def _host(value: Any) -> str:
    # Imported here for the sake of start-up time, as the default does without.
    from ._settings.region_hosts import check_host

    return check_host(value)


def _proxy(value: Any) -> str | None:
    if value in (None, ""):  # as scripts have it that read it from somewhere
        return None
    # Imported here for the sake of start-up time, as few programs have one.
    from ._settings.proxy_url import read_proxy_url

    url = read_proxy_url(value)
    return url if url.username or url.password else str(url)


class Configuration(LogSettings):
    """How to reach the service, and as whom.

    Every setting may be changed at any time and counts from the next call on. Code overrides the
    environment, the environment the configuration file, and the file the default; a profile that
    code has chosen overrides the environment too. The file is read when a setting is first needed,
    and looked at again when a call is made, at most once a second.
    """

    host: Converted[str, str | PureCloudRegionHosts] = converted(
        DEFAULT_HOST, _host, env=("GENESYSCLOUD_REGION",), file="general.host"
    )
    """Base URL of the API, for example `https://api.mypurecloud.com`; a region will do, by its
    cloud name (`us-east-1`) or its domain (`mypurecloud.com`)."""
    platform: Platform | None = setting(
        None,
        optional(check_platform),
        read=none_if_empty,
        env=("GENESYSCLOUD_PLATFORM",),
        file="general.platform",
    )
    """Where the fourteen methods of 2019 go: `2019` for the paths of that time, `today` for their
    successors; `None` for `today` on the hosts of the public cloud, and `2019` on others and behind
    a gateway."""
    access_token: Converted[str, str | bytes | None] = converted(
        "",
        check_token,
        read=bare,
        env=("GENESYSCLOUD_ACCESS_TOKEN",),
        file="general.access_token",
    )
    """OAuth access token, without the word `Bearer`; empty if there is none."""
    client_id: str = setting(
        "",
        client_credential,
        read=bare,
        env=("GENESYSCLOUD_OAUTHCLIENT_ID",),
        file="general.client_id",
    )
    """OAuth client to sign in with, by the client credentials grant, where there is no token."""
    client_secret: str = setting(
        "",
        client_credential,
        read=bare,
        env=("GENESYSCLOUD_OAUTHCLIENT_SECRET",),
        file="general.client_secret",
    )
    """Secret of that OAuth client."""
    should_refresh_access_token: bool = setting(
        True, boolean, read=literal, file="reauthentication.refresh_access_token"
    )
    """Whether tokens that the client has got by signing in are renewed."""
    refresh_token_wait_time: float = setting(
        10, seconds_or_zero, read=literal, file="reauthentication.refresh_token_wait_max"
    )
    """Seconds that a thread waits for another one that is renewing the token."""
    request_timeout: RequestTimeout = setting(
        (10.0, 60.0), time_limits, read=literal, file="general.request_timeout"
    )
    """Seconds for connecting and for each wait between bytes."""
    deadline: float | None = setting(90.0, optional(seconds), read=literal, file="general.deadline")
    """Seconds for a whole call: sign-in, waiting for a connection, retries and pauses included;
    `None` for no limit."""
    retries: int = setting(3, whole_number(0), read=literal, file="general.retries")
    """How often a request may be sent again after a failure that allows it."""
    retry_after_max: float = setting(
        60.0, seconds_or_zero, read=literal, file="general.retry_after_max"
    )
    """Seconds; a service that asks for a longer pause than this is not waited for."""
    rate_limit: float | None = setting(
        None, optional(positive_number), read=literal, file="general.rate_limit"
    )
    """How many requests a client sends in any minute at the most; `None` for as many as it can."""
    connection_pool_maxsize: int = setting(
        128, whole_number(1), read=literal, file="general.connection_pool_maxsize"
    )
    """How many connections to one host are kept and used at once."""
    max_response_bytes: int = setting(
        64 * 1024 * 1024, whole_number(1), read=literal, file="general.max_response_bytes"
    )
    """A larger response, counted after decompression, is refused."""
    verify_ssl: bool = setting(True, boolean, read=literal, file="tls.verify_ssl")
    """Whether the certificate of the host is verified."""
    verify_ssl_strict: bool | None = setting(
        None, optional(boolean), read=literal, file="tls.verify_ssl_strict"
    )
    """Whether it must keep to RFC 5280 in every detail, as `VERIFY_X509_STRICT` has it; `None` for
    what Python does by itself, which is to insist on it from 3.13 on."""
    ssl_ca_cert: str | None = setting(
        None, optional(file_path), read=none_if_empty, file="tls.ssl_ca_cert"
    )
    """File of CA certificates in PEM form, in place of those of `SSL_CERT_FILE`, `SSL_CERT_DIR` or
    `REQUESTS_CA_BUNDLE`, or else certifi's."""
    cert_file: str | None = setting(
        None, optional(file_path), read=none_if_empty, file="tls.cert_file"
    )
    """File of the client certificate in PEM form."""
    key_file: str | None = setting(
        None, optional(file_path), read=none_if_empty, file="tls.key_file"
    )
    """File of the client certificate's key, unless it is in `cert_file`."""
    proxy: str | None = setting(None, _proxy, read=none_if_empty, file="proxy.url")
    """URL of an HTTP proxy, perhaps with user name and password in it, which are not shown when it
    is read; `None` set in code is for none."""
    proxy_username: str | None = setting(
        None, optional(credential), read=none_if_empty, file="proxy.username"
    )
    """User name at the proxy; goes before that in the URL."""
    proxy_password: str | None = setting(
        None, optional(credential), read=none_if_empty, file="proxy.password"
    )
    """Password at the proxy; goes before that in the URL."""
    no_proxy: str | None = setting(
        None,
        optional(string),
        read=none_if_empty,
        env=("no_proxy", "NO_PROXY"),
        file="proxy.no_proxy",
    )
    """Hosts that are reached without the proxy: names, domains, addresses or networks, separated by
    commas; `*` for all."""
    gateway_configuration: GatewayConfiguration | None = setting(None, optional(check_gateway))
    """The gateway through which the service is reached, if any."""
    temp_folder_path: str | None = setting(
        None, optional(file_path), read=none_if_empty, file="general.temp_folder_path"
    )
    """Where downloaded files are put; the system's own place by default."""
    pickle_access_token: bool = setting(False, boolean)
    """Whether access tokens, keys, passwords and other secrets go along when a configuration or a
    client is pickled, for example to a process pool."""
    live_reload_config: bool = setting(
        True, boolean, read=literal, file="general.live_reload_config"
    )
    """Whether changes of the configuration file count while the program runs."""
    username: str = setting("", string)
    """User name for `get_basic_auth_token`."""
    password: str = setting("", string)
    """Password for `get_basic_auth_token`."""
    api_key: dict[str, str]
    """API keys by header name."""
    api_key_prefix: dict[str, str]
    """What goes before an API key, by header name."""

    def __init__(
        self,
        *,
        host: str | PureCloudRegionHosts | None = None,
        access_token: str | bytes | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        config_file_path: str | None = None,
        profile: str | None = None,
    ) -> None:
        """Start from the environment, the configuration file and the defaults.

        Args:
            host: Base URL of the API, or a region.
            access_token: OAuth access token, without the word ``Bearer``.
            client_id: OAuth client to sign in with, where there is no token.
            client_secret: Secret of that OAuth client.
            config_file_path: The configuration file; that in the home directory if omitted.
            profile: Section ``[profile NAME]`` of that file to use.

        Raises:
            ValueError: An argument cannot be used, or the configuration file cannot.
        """
        self.forget_file()
        self.api_key = {}
        self.api_key_prefix = {}
        self._logger = Logger()
        given = {
            "host": host,
            "access_token": access_token,
            "client_id": client_id,
            "client_secret": client_secret,
        }
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        if config_file_path is not None:
            self.config_file_path = config_file_path
        if profile is not None:
            self.profile = profile
        self._is_made = True

    if not TYPE_CHECKING:  # as in Settings

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if value:
                note_filled_in(self, name, by_attribute="_is_made" in self.__dict__)

    def read_values(self, content: FileContent, profile: str | None) -> FileValues:
        """Find the values of the settings in what stands in the file.

        Raises:
            ValueError: The file cannot be used; the message names file, section and key.
        """
        content.check_keys(file_settings())
        content.check_profile(profile)
        values = content.values(_in_file(Configuration), profile)
        gateway = content.values(_in_file(GatewayConfiguration))
        if gateway.get("host"):
            values["gateway_configuration"] = GatewayConfiguration(**gateway)
        self._logger.take_from_file(content.values(_in_file(Logger)))
        return values

    def note_problem(self, problem: str) -> None:
        """Tell of a file that has become unusable, in the log as well."""
        if is_logged(LogLevel.LError):
            package_logger.error(problem)
        super().note_problem(problem)

    def variables(self) -> list[str]:
        """List the environment variables that may say something which code has not said."""
        # With a token that code has set, it does not matter what else is said about credentials.
        names = ("host", "platform") if self.__dict__.get("access_token") else _CALL_SETTINGS
        found = self.settings()
        return [one for name in names if name not in self.__dict__ for one in found[name].env]

    def snapshot(self) -> Snapshot:
        """Give what the settings are now; the same object as long as nothing changes.

        Raises:
            ValueError: A setting of the environment or of the file cannot be used.
        """
        self.reload()
        latest: Snapshot | None = self.__dict__.get("_snapshot")
        if latest is None or not latest.is_current():
            # Another thread may do the same just now, and either will do.
            latest = self.__dict__["_snapshot"] = self._take_snapshot()
        return latest

    def _take_snapshot(self) -> Snapshot:
        # Imported here for the sake of start-up time: the first call needs it.
        from ._settings.snapshot import Environment, Snapshot

        note_use(self)
        # Another thread may change a setting or read the file anew meanwhile, so ask a copy, which
        # is made in one step and keeps the values of the file that it has.
        frozen = type(self).__new__(type(self))
        vars(frozen).update(vars(self))
        environment = Environment(frozen.variables())
        return Snapshot(self, frozen, environment, frozen.client_credentials())

    def client_credentials(self) -> tuple[str, str] | None:
        """Give id and secret of the OAuth client to sign in with.

        ``None`` if one is missing, or if there is an access token that was set at least as near to
        the code: in code, in the environment, in the file.

        Raises:
            ValueError: One of them cannot be used.
        """
        if self.__dict__.get("access_token"):
            return None
        client_id, client_secret = self.client_id, self.client_secret
        if not client_id or not client_secret:
            return None
        origin = max(self.origin("client_id"), self.origin("client_secret"))
        if self.access_token and self.origin("access_token") <= origin:
            return None
        return client_id, client_secret

    @property
    def api_client(self) -> Any:
        """The ApiClient that API classes share if they are given none; they make it."""
        return self.__dict__.get("_api_client")

    @api_client.setter
    def api_client(self, api_client: Any) -> None:
        self.__dict__.pop("_api_client", None)
        if api_client is not None:
            self.__dict__["_api_client"] = api_client

    @property
    def client_certificate(self) -> ClientCertificate | None:
        """What `set_mtls_contents` was given, if anything."""
        return self.__dict__.get("_client_certificate")

    def set_mtls_certificates(
        self,
        certPath: str,
        keyPath: str,
        caPath: str | None = None,
    ) -> None:
        """Show a client certificate from now on, for example to a gateway.

        Shorthand for ``cert_file``, ``key_file`` and ``ssl_ca_cert``.

        Args:
            certPath: File of the certificate in PEM form.
            keyPath: File of its key.
            caPath: File of CA certificates to verify the host with; as before if omitted.

        Raises:
            ValueError: The certificate or the key is missing.
        """
        if not certPath or not keyPath:
            raise ValueError("certPath and keyPath: give the paths of the certificate and its key")
        paths = {"certPath": certPath, "keyPath": keyPath, "caPath": caPath}
        for name, given in paths.items():
            checked(name, optional(file_path), given)
        self.__dict__.pop("_client_certificate", None)
        self.cert_file, self.key_file = certPath, keyPath
        if caPath:
            self.ssl_ca_cert = caPath

    def set_mtls_contents(
        self,
        certContent: str | bytes,
        keyContent: str | bytes,
        caContent: str | bytes | None = None,
    ) -> None:
        """Show a client certificate from now on that is in memory, for example from a vault.

        It takes the place of ``cert_file`` and ``key_file``.

        Args:
            certContent: The certificate in PEM form.
            keyContent: Its key in PEM form, without a passphrase.
            caContent: CA certificates in PEM form, to verify the host with; those of
                ``ssl_ca_cert``, of the environment or of certifi if omitted.

        Raises:
            ValueError: The certificate or the key is missing, or something is not in PEM form.
        """
        # Imported here for the sake of start-up time: few programs have a certificate in memory.
        from ._settings.client_certificate import read_certificate

        self._client_certificate = read_certificate(certContent, keyContent, caContent)
        self.note_change()

    def get_api_key_with_prefix(self, identifier: str) -> str | None:
        """Give the API key of a header as it goes into it, after its prefix, if there is one."""
        key = self.api_key.get(identifier)
        prefix = self.api_key_prefix.get(identifier)
        return f"{prefix} {key}" if key and prefix else key or None

    def get_basic_auth_token(self) -> str:
        """Give ``username`` and ``password`` as the value of an Authorization header.

        See RFC 7617.
        """
        # Imported here for the sake of start-up time: hardly anybody calls this.
        import base64

        credentials = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(credentials).decode('ascii')}"

    def to_debug_report(self) -> str:
        """Describe the set-up for a support ticket, without secrets."""
        self.file_values()
        gateway = self.gateway_configuration
        return "\n".join(
            (
                "Python SDK Debug Report:",
                f"OS: {sys.platform}",
                f"Python Version: {sys.version}",
                "Version of the API: v2",
                f"SDK Package Version: {__version__}",
                f"Configuration file: {self.config_file_path if self._signature else 'none'}",
                *([f"Gateway: {gateway!r}"] if gateway and gateway.host else []),
                f"Host: {self.host}",
            )
        )

    def __getstate__(self) -> dict[str, Any]:
        note_use(self)
        state = dict(self.__dict__)
        for name in ("_api_client", "_snapshot", "_file_values"):  # which are made again
            state.pop(name, None)
        if not self.pickle_access_token:
            state["api_key"] = {}
            for name in ("gateway_configuration", "proxy"):
                if hasattr(state.get(name), "without_password"):
                    state[name] = state[name].without_password()
            for name in _SECRETS:
                state.pop(name, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.forget_file()

    def __copy__(self) -> Configuration:
        """Make an independent configuration with the same settings, the token included."""
        note_use(self)
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        for name in ("_api_client", "_snapshot"):
            twin.__dict__.pop(name, None)
        twin.api_key = dict(self.api_key)
        twin.api_key_prefix = dict(self.api_key_prefix)
        if "gateway_configuration" in self.__dict__ and self.gateway_configuration:
            twin.gateway_configuration = self.gateway_configuration.duplicate()
        twin._logger = self._logger.duplicate()
        return twin

    def __deepcopy__(self, memo: object) -> Configuration:
        """Make an independent configuration with the same settings, the token included."""
        return self.__copy__()

    def __repr__(self) -> str:
        try:
            profile = f", profile={self.profile!r}" if self.profile else ""
            client = self.client_credentials()
            token = "set" if self.access_token else "not set"
            whom = f"client_id={client[0]!r}" if client else f"access_token={token}"
            return f"Configuration(host={self.host!r}{profile}, {whom})"
        except ValueError:  # of the environment or the file, which a call will tell
            return "Configuration(...)"


_SECRETS = ("access_token", "client_secret", "password", "proxy_password", "_client_certificate")
"""What is pickled only if ``pickle_access_token`` says so."""

_CALL_SETTINGS = ("host", "platform", "access_token", "client_id", "client_secret")
"""The settings that are looked for in the environment at every call."""


def file_settings() -> list[Setting]:
    """List all settings that the configuration file may hold."""
    return [
        one for owner in (Configuration, Logger, GatewayConfiguration) for one in _in_file(owner)
    ]


def _in_file(owner: type[Settings]) -> list[Setting]:
    return [one for one in owner.settings().values() if one.section]


configuration: Configuration = Configuration()
"""The default instance, for scripts that work with one organization."""

note_default(configuration)
