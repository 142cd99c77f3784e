"""The sandbox as a Python object: start it, look into it, stop it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .addresses import make_url, parse_prefix
from .bot import Bot
from .credentials import OWN_ORGANIZATION_ID, token_id
from .faults import Faults
from .rate_limit import RateLimiter
from .request_log import LoggedRequest, RequestLog
from .webhooks import WebhookOptions, Webhooks

try:
    from .authorization import issue_code
    from .conversations import Conversations
    from .credentials import Organization, make_organization
    from .notifications import Channels
    from .platform.caller import Caller
    from .platform.integrations import put_in_place, set_create_status, set_status
    from .running import Parts, Running
    from .staff import AGENT, Staff
    from .state import CREATE_STATUSES, PERMISSIONS, Settings, State, check_permissions
    from .tls import make_server_context
except ModuleNotFoundError as _error:
    if _error.name not in ("cheroot", "flask", "werkzeug"):
        raise
    raise ModuleNotFoundError(
        "the sandbox needs Flask and cheroot: install this package with its extra [sandbox]",
        name=_error.name,
    ) from _error


class Sandbox:
    """A stand-in for the messaging API of Genesys Cloud, on this machine.

    Used as a context manager, or with start() and stop(). One object may be started again
    after it was stopped; what it held in memory is gone then. What needs a running sandbox raises
    a RuntimeError without one.
    """

    faults: Faults
    """What shall go wrong; see Faults.add."""
    bot: Bot
    """What customers are answered without a person; see Bot.add."""
    queue_id: str = Staff.of(OWN_ORGANIZATION_ID).queue["id"]
    """Id of its own organization's queue, in which customers wait for the agent."""
    flow_id: str = Staff.of(OWN_ORGANIZATION_ID).flow["id"]
    """Id of its own organization's flow, which leads customers to the bot or the queue."""
    user_id: str = Staff.of(OWN_ORGANIZATION_ID).user["id"]
    """Id of the user who is the agent, and whom createdBy names."""

    def __init__(
        self,
        *,
        port: int = 0,
        streaming_port: int = 0,
        address: str = "127.0.0.1",
        database: str | Path | None = None,
        access_token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        control_token: str | None = None,
        organization: str = "sandbox",
        token_lifetime: float = 86400,
        rate_limit: int | None = 300,
        rate_limit_window: float = 60,
        rate_limit_headers: bool = False,
        max_page_size: int = 500,
        creation_time: float = 0,
        published_receipts: bool = False,
        creation_reads: int = 0,
        consistency_delay: float = 0,
        login_path: str | None = None,
        api_path: str | None = None,
        certificate: str | Path | None = None,
        key: str | Path | None = None,
        client_ca: str | Path | None = None,
        outbound: Sequence[str] = (),
        webhook_timeout: float = 10,
        webhook_ca: str | Path | None = None,
        hosts: Iterable[str] = (),
        log_size: int = 1000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Describe the sandbox; nothing happens before it is started.

        Args:
            port: Port to listen at; 0 for any free one.
            streaming_port: Port of the WebSockets of notifications; 0 for any free one.
            address: Interface to listen at; the default can be reached from this machine only.
            database: File to keep integrations, tokens and OAuth clients in; memory when omitted.
            access_token: Bearer token to accept, with every permission; a random one when omitted.
            client_id: Id of the OAuth client to accept; a random one when omitted.
            client_secret: Secret of that client; a random one when omitted.
            control_token: Bearer token of the control API; a random one when omitted.
            organization: Name of the organization to which SAML assertions must be addressed.
            token_lifetime: Seconds that tokens live, except for the access token above.
            rate_limit: Requests that one token may make in a window; None for no limit.
            rate_limit_window: Seconds that a window lasts.
            rate_limit_headers: Send the inin-ratelimit-* headers of 2019 with every response.
            max_page_size: The largest pageSize that is accepted.
            creation_time: Seconds, by the clock, until a new integration of today's platform is
                complete; its POST is answered before that in any case.
            published_receipts: Tell a middleware by a webhook that what it sent has arrived.
            creation_reads: How often it must be read, besides: it is complete at the last of these.
            consistency_delay: Seconds, by the clock, until those who read notice what was created
                or deleted.
            login_path: Path before that of the token endpoint, as if behind a gateway, for example
                "login".
            api_path: Path before those of the API, as if behind a gateway, for example "api".
            certificate: PEM file of a certificate; with one, the sandbox speaks HTTPS.
            key: PEM file of its private key, unless that is in the file of the certificate.
            client_ca: PEM file of the authority whose certificate every client must show.
            outbound: Hosts beside this machine to which webhooks may be posted, for example
                "middleware.example.com" or "*.example.com".
            webhook_timeout: Seconds, by the watch, until a webhook is taken for unanswered.
            webhook_ca: PEM file of the authority whose certificate a middleware with HTTPS must
                show; those that this machine trusts when omitted.
            hosts: Names, besides those of loopback, by which a browser may ask for the page and
                the control API; it is refused at any other, so that no web site gets in.
            log_size: How many requests the log keeps.
            clock: What tells the time in seconds since the epoch, for tests that turn it forward.

        Raises:
            ValueError: A number is out of range, a path is not usable, or a key lacks its
                certificate.
        """
        _require_at_least(1, token_lifetime=token_lifetime, max_page_size=max_page_size)
        _require_at_least(1, rate_limit=rate_limit, rate_limit_window=rate_limit_window)
        _require_at_least(0, creation_time=creation_time, creation_reads=creation_reads)
        _require_at_least(0, consistency_delay=consistency_delay, log_size=log_size)
        for name, number in (("port", port), ("streaming_port", streaming_port)):
            if not 0 <= number <= 65535:
                raise ValueError(f"{name} must be from 0 to 65535")
        if not address:
            raise ValueError("address must not be empty")
        if certificate is None and (key is not None or client_ca is not None):
            raise ValueError("key and client_ca are of use only with a certificate")
        self._certificate, self._key, self._client_ca = certificate, key, client_ca
        self._settings = Settings(
            organization=make_organization(
                OWN_ORGANIZATION_ID, organization, access_token, client_id, client_secret
            ),
            control_token=control_token or secrets.token_urlsafe(32),
            token_lifetime=token_lifetime,
            rate_limit_headers=rate_limit_headers,
            max_page_size=max_page_size,
            creation_time=creation_time,
            published_receipts=published_receipts,
            creation_reads=creation_reads,
            consistency_delay=consistency_delay,
            login_path=parse_prefix("login_path", login_path),
            api_path=parse_prefix("api_path", api_path),
            hosts=frozenset(name.lower() for name in (address, *hosts)),
        )
        self.faults, self.bot = Faults(), Bot()
        self._address = address
        self._parts = Parts(
            settings=self._settings,
            address=address,
            port=port,
            streaming_port=streaming_port,
            database=database,
            clock=clock,
            log=RequestLog(log_size),
            limiter=None if rate_limit is None else RateLimiter(rate_limit, rate_limit_window),
            faults=self.faults,
            bot=self.bot,
            webhooks=WebhookOptions(outbound, webhook_timeout, webhook_ca),
        )
        self._run: Running | None = None

    def start(self) -> Sandbox:
        """Open the database and accept requests, in background threads.

        Raises:
            RuntimeError: It is running already.
            OSError: It cannot listen at the address and a port, or use the certificate.
            StoreError: The database cannot be used.
        """
        if self._run is not None:
            raise RuntimeError("the sandbox is running already")
        tls = None
        if self._certificate is not None:
            tls = make_server_context(self._certificate, self._key, self._client_ca)
        self._run = Running(self._parts, tls)
        return self

    def stop(self) -> None:
        """Stop accepting requests, close every connection and the database. May be repeated."""
        if self._run is not None:
            self._run.stop()
            self._run = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = f"at {self.host}" if self._run is not None else "not running"
        return f"<Sandbox {where}>"

    @property
    def host(self) -> str:
        """Where the sandbox listens, for example "http://127.0.0.1:8080", without any path."""
        scheme = "http" if self._certificate is None else "https"
        return make_url(scheme, self._address, self.port)

    @property
    def page_url(self) -> str:
        """The page on which it is watched, with the control token: for a browser's address bar."""
        return f"{self.host}/#token={self.control_token}"

    @property
    def api_url(self) -> str:
        """Where the API is: host, and the gateway's path if there is one."""
        return self.host + self._settings.api_path

    @property
    def login_url(self) -> str:
        """Where the token endpoint is: host, and the gateway's path if there is one."""
        return self.host + self._settings.login_path

    @property
    def port(self) -> int:
        """The port at which the sandbox listens."""
        if self._run is None:
            raise RuntimeError("the sandbox is not running")
        return self._run.server.port

    @property
    def access_token(self) -> str:
        """A bearer token with every permission, which doesn't expire by itself."""
        return self._settings.organization.access_token

    @property
    def client_id(self) -> str:
        """Id of the OAuth client, for every grant."""
        return self._settings.organization.client_id

    @property
    def client_secret(self) -> str:
        """Secret of the OAuth client."""
        return self._settings.organization.client_secret

    @property
    def control_token(self) -> str:
        """The bearer token of the control API under /sandbox."""
        return self._settings.control_token

    @property
    def organization(self) -> str:
        """Name of the organization, the orgName of a SAML grant."""
        return self._settings.organization.name

    @property
    def organization_id(self) -> str:
        """Id of the organization; the request log and the faults know it by this."""
        return self._settings.organization.id

    @property
    def conversations(self) -> Conversations:
        """What customers, bots and agents say; see Conversations."""
        return Conversations(self._running())

    @property
    def webhooks(self) -> Webhooks:
        """What was posted to middlewares, and how it is signed; see Webhooks."""
        return self._running().webhooks

    @property
    def requests(self) -> list[LoggedRequest]:
        """What the sandbox was asked so far, oldest first; see LoggedRequest."""
        return self._parts.log.entries()

    @property
    def channels(self) -> Channels:
        """The notification channels: what they are sent, and how they fail; see Channels."""
        return self._running().channels

    def clear_requests(self) -> None:
        """Empty the request log."""
        self._parts.log.clear()

    def create_organization(
        self,
        name: str,
        *,
        access_token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> Organization:
        """Make another organization, with data and credentials of its own.

        Args:
            name: What it is called; also the orgName of a SAML grant.
            access_token: Bearer token to accept, with every permission; a random one when omitted.
            client_id: Id of its OAuth client; a random one when omitted.
            client_secret: Secret of that client; a random one when omitted.

        Raises:
            ValueError: The name is empty, or the name, the token or the client is another's.
        """
        return self._running().create_organization(
            name, access_token=access_token, client_id=client_id, client_secret=client_secret
        )

    def create_token(
        self,
        *,
        permissions: Iterable[str] | None = None,
        expires_in: float | None = None,
        owner: str = AGENT,
        organization_id: str | None = None,
    ) -> str:
        """Issue a bearer token.

        Args:
            permissions: What it may do, for example ``["messaging:integration:view"]``; everything
                when omitted.
            expires_in: Seconds until it expires; the sandbox's token lifetime when omitted.
            owner: Name of the user to whom createdBy and modifiedBy will point.
            organization_id: Whose data it opens; the sandbox's own organization's when omitted.

        Raises:
            LookupError: There is no such organization.
            ValueError: There is no such permission; the message lists those that there are.
        """
        state = self._running()
        return state.issue_token(
            organization_id=state.organization_id(organization_id),
            owner=owner,
            permissions=PERMISSIONS if permissions is None else check_permissions(permissions),
            lifetime=expires_in,
        )

    def expire_token(self, token: str) -> None:
        """Let a token expire now; reset() revives the sandbox's own access token.

        Raises:
            LookupError: The sandbox has not issued the token.
        """
        if not self._running().expire_token(token):
            raise LookupError("the sandbox doesn't know this token")

    def expire_tokens(self) -> None:
        """Let every access token expire now, the sandbox's own included; reset() revives that."""
        self._running().expire_tokens()

    def revoke_refresh_tokens(self) -> None:
        """Refuse every refresh token issued so far."""
        self._running().store.refresh_tokens.remove_all()

    def create_authorization_code(
        self, *, redirect_uri: str, code_challenge: str | None = None
    ) -> str:
        """Sign the user in, as GET /oauth/authorize does.

        Args:
            redirect_uri: Where the client would be sent; the token request must repeat it.
            code_challenge: An S256 challenge, if the token request will bring its verifier.

        Returns:
            A code for the sandbox's own OAuth client, usable once within five minutes.

        Raises:
            ValueError: The URI is not absolute, or the challenge is not one.
        """
        return issue_code(
            self._running(),
            client_id=self.client_id,
            redirect_uri=redirect_uri,
            challenge=code_challenge,
        )

    def token_id(self, token: str) -> str:
        """Tell by which id the request log knows a token."""
        return token_id(token)

    def create_integration(
        self,
        kind: str,
        *,
        organization_id: str | None = None,
        integration_id: str | None = None,
        status: str | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Put an integration in place, past all rules and without a request.

        Args:
            kind: "facebook", "line", "twitter", "apple", "instagram", "open", "whatsapp" or
                "googlebusinessprofile".
            organization_id: Whose it is; the sandbox's own organization's when omitted.
            integration_id: Its id; a new one when omitted.
            status: Its status, for example "Error"; "Active" when omitted.
            **fields: Its fields by their wire names, for example ``channelId="1653"``.

        Returns:
            The integration as a response shows it, one of 2019 if there was the kind.

        Raises:
            LookupError: There is no such organization.
            TypeError: This kind of integration has no such field.
            ValueError: The kind is unknown, the id is taken, or a field has a wrong value.
        """
        state = self._running()
        owner = Caller(state, state.organization_id(organization_id), AGENT, self.host)
        return put_in_place(
            owner, kind, integration_id=integration_id, status=status, fields=fields
        )

    def set_status(self, integration_id: str, status: str) -> None:
        """Change a status to, for example, "Error", as its messenger would.

        Raises:
            LookupError: There is no such integration.
        """
        if not set_status(self._running(), integration_id, status):
            raise LookupError(f"there is no integration with the id {integration_id!r}")

    def set_create_status(
        self, integration_id: str, create_status: str, *, error: Mapping[str, Any] | None = None
    ) -> None:
        """Say how far the creation of an integration of today's platform is, whatever the clock.

        Args:
            integration_id: The integration, of whichever organization.
            create_status: "Initiated", "Completed" or "Error".
            error: The createError, an ErrorBody.

        Raises:
            LookupError: There is no such integration.
            ValueError: There is no such status.
        """
        if create_status not in CREATE_STATUSES:
            raise ValueError(f"create_status must be one of {', '.join(CREATE_STATUSES)}")
        if not set_create_status(self._running(), integration_id, create_status, error or {}):
            raise LookupError(f"there is no integration with the id {integration_id!r}")

    def advance(self, seconds: float) -> None:
        """Turn the sandbox's clock forward, and wait until all is done that falls due on the way.

        Args:
            seconds: How far.

        Raises:
            ValueError: The number is negative.
        """
        self._running().advance(seconds)

    def reset(self, organization_id: str | None = None) -> None:
        """Go back to the beginning, keeping address and credentials.

        Integrations, further tokens and codes, planned faults, the request log and what was counted
        against the rate limit are gone; and all organizations but the sandbox's own. The clock is
        turned back.

        Args:
            organization_id: Do this for one organization alone, and keep it.

        Raises:
            LookupError: There is no such organization.
        """
        if organization_id is None:
            self._running().reset()
        else:
            self._running().reset_organization(organization_id)

    def _running(self) -> State:
        if self._run is None:
            raise RuntimeError("the sandbox is not running")
        return self._run.state


def _require_at_least(minimum: int, **values: float | None) -> None:
    for name, value in values.items():
        if value is not None and not value >= minimum:
            raise ValueError(f"{name} must be at least {minimum}")
