"""Tells whose a token is: region, organization, OAuth client or user, and what it permits."""

from __future__ import annotations

import dataclasses
import math
import re
import textwrap
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from . import apis, models
from ._settings.checks import checked, optional, seconds
from ._settings.platform import Platform
from ._settings.region_hosts import PureCloudRegionHosts
from .api_client import ApiClient
from .apis import Api
from .exceptions import ApiException

__all__ = ["Identity", "whoami"]

T = TypeVar("T")

_PASSING = (401, 408, 429)
"""Refusals that have nothing to do with what was asked for."""

_OF_CLIENT = "CLIENT-CREDENTIALS"
"""The grant type of tokens that belong to no user."""


_LEAST = 1e-6
"""Seconds that a call is given although there is no time left: it says so then."""


@dataclasses.dataclass(frozen=True)
class Identity:
    """Where calls go, and as whom; there are no secrets in it.

    What is not known is ``None``: what does not exist, such as the user of a token that was issued
    to an OAuth client, and what the platform did not tell, for which ``unknown`` has the reason.

    Attributes:
        host: Base URL of the API, behind the gateway if there is one.
        region: Cloud name of the region, such as ``eu-central-1``; ``None`` on other hosts.
        domain: Domain of the region, such as ``mypurecloud.de``.
        gateway: Host name of the gateway.
        platform: Which platform is called, ``today`` or ``2019``.
        organization_id: Identifier of the organization.
        organization_name: Its name.
        client_id: Identifier of the OAuth client to which the token was issued.
        client_name: Its name.
        grant_type: How it was issued, such as ``CLIENT-CREDENTIALS`` or ``CODE``.
        user_id: Identifier of the user for whom the token acts.
        user_name: Their name.
        user_email: Their address.
        scopes: The scopes of the token.
        roles: The names of the roles of the client, or of the user.
        divisions: The names of the divisions in which they have them.
        permissions: What the roles permit, as ``domain:entity:action``, in some division at
            least; ``*`` stands for all.
        expires_at: When the token expires, if this client has signed in for it.
        idles_at: When the token ends if nothing is called until then.
        unknown: Why something is not known: by ``token`` (client, grant type, scopes),
            ``organization``, ``user`` and ``permissions`` (roles, divisions).
    """

    host: str
    region: str | None = None
    domain: str | None = None
    gateway: str | None = None
    platform: Platform = "today"
    organization_id: str | None = None
    organization_name: str | None = None
    client_id: str | None = None
    client_name: str | None = None
    grant_type: str | None = None
    user_id: str | None = None
    user_name: str | None = None
    user_email: str | None = None
    scopes: tuple[str, ...] | None = None
    roles: tuple[str, ...] | None = None
    divisions: tuple[str, ...] | None = None
    permissions: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    idles_at: datetime | None = None
    unknown: dict[str, str] = dataclasses.field(default_factory=dict[str, str], hash=False)

    def permits(self, permission: str) -> bool | None:
        """Tell whether the token has a permission, in some division at least.

        Args:
            permission: The permission, such as ``routing:queue:view``.

        Returns:
            ``None`` if the permissions are not known.

        Raises:
            ValueError: That is no permission.
        """
        if not isinstance(permission, str) or not re.fullmatch(r"[^:]+:[^:]+:[^:]+", permission):
            raise ValueError(
                "permission: give domain:entity:action, such as routing:queue:view, "
                f"not {permission!r}"
            )
        if self.permissions is None:
            return None
        return any(fnmatchcase(permission.lower(), one.lower()) for one in self.permissions)

    def to_dict(self) -> dict[str, Any]:
        """Give the content as a plain dict."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        lines = {
            "Region": _named(self.region, self.domain) or "none of the public cloud",
            "Host": self.host,
            "Gateway": self.gateway,
            "Platform": self.platform,
            "Organization": _named(self.organization_name, self.organization_id),
            "OAuth client": _named(self.client_name, self.client_id),
            "Grant type": self.grant_type,
            "User": _named(self.user_name, self.user_email or self.user_id),
            "Scopes": _listed(self.scopes),
            "Roles": _listed(self.roles),
            "Divisions": _listed(self.divisions),
            "Permissions": _listed(self.permissions),
            "Expires": self.expires_at and self.expires_at.isoformat(timespec="seconds"),
            "Idles": self.idles_at and self.idles_at.isoformat(timespec="seconds"),
            **{f"No {part}": reason for part, reason in self.unknown.items()},
        }
        return "\n".join(_line(name, value) for name, value in lines.items() if value)


def whoami(client: ApiClient | None = None, *, _deadline: float | None = None) -> Identity:
    """Tell which organization, OAuth client and user a client calls as, and what they may do.

    It takes three calls, all of which read; none of them needs a permission. What one of them does
    not tell is missing in the result, with the reason in ``unknown``.

    Args:
        client: The client; the one that is shared by the whole process if omitted.
        _deadline: Seconds for all of the calls together; ``configuration.deadline`` if omitted.

    Raises:
        ApiException: There is no token, or it is not accepted (401), the service could not be
            reached, or it refused all of the calls.
        TypeError: The client is no ApiClient.
        ValueError: The deadline is no number of seconds; nothing was sent.
    """
    if client is not None and not isinstance(client, ApiClient):
        raise TypeError(f"client: give an ApiClient, not a value of type {type(client).__name__}")
    client = Api(client).api_client
    given = checked("_deadline", optional(seconds), _deadline)
    asking = _Asking(client.configuration.deadline if given is None else given)
    token = asking.about("token", apis.TokensApi(client).get_tokens_me, preserve_idle_ttl=True)
    oauth_client = (token or models.TokenInfo()).o_auth_client or models.OrgOAuthClient()
    facts = {
        **_client_facts(client),
        **_token_facts(token, oauth_client),
        **_organization_facts(token, asking, client),
        **_user_facts(oauth_client, asking, client),
        **_role_facts(asking, client),
    }
    asking.end()
    return Identity(**facts, unknown=asking.unknown)


class _Asking:
    """Asks for one part after the other, and notes which are refused."""

    def __init__(self, deadline: float | None) -> None:
        self._end = math.inf if deadline is None else time.monotonic() + deadline
        self.unknown: dict[str, str] = {}
        self._refusals: list[ApiException] = []
        self._answers = 0

    def about(self, part: str, method: Callable[..., T], **arguments: Any) -> T | None:
        if self._end < math.inf:
            arguments["_deadline"] = max(self._end - time.monotonic(), _LEAST)
        try:
            answer = method(**arguments)
        except ApiException as error:
            if not 400 <= error.status < 500 or error.status in _PASSING:
                raise
            self.unknown[part] = str(error)
            self._refusals.append(error)
            return None
        self._answers += 1
        return answer

    def end(self) -> None:
        """Raise the first refusal if nothing else has come."""
        if not self._answers:
            raise self._refusals[0]


def _client_facts(client: ApiClient) -> dict[str, Any]:
    left = client.access_token_expires_in
    place: dict[str, Any] = {"host": client.host, "platform": client.platform}
    if left is not None:
        place["expires_at"] = datetime.now(timezone.utc) + timedelta(seconds=left)
    gateway = client.gateway_configuration or client.configuration.gateway_configuration
    if gateway is not None and gateway.host:
        return {**place, "host": gateway.api_url(), "gateway": gateway.host}
    region = PureCloudRegionHosts.find(client.host)
    if region is not None:
        place.update(region=region.cloud_name, domain=region.domain)
    return place


def _token_facts(
    token: models.TokenInfo | None, oauth_client: models.OrgOAuthClient
) -> dict[str, Any]:
    token = token or models.TokenInfo()
    return {
        "client_id": oauth_client.id,
        "client_name": oauth_client.name,
        "grant_type": oauth_client.authorized_grant_type,
        "scopes": _sorted(token.authorized_scope or oauth_client.scope),
        "idles_at": token.date_token_idles,
    }


def _organization_facts(
    token: models.TokenInfo | None, asking: _Asking, client: ApiClient
) -> dict[str, Any]:
    told: models.NamedEntity | models.Organization | None = token.organization if token else None
    if told is None or not told.name:
        api = apis.OrganizationApi(client)
        told = asking.about("organization", api.get_organizations_me) or told
    return {"organization_id": told.id, "organization_name": told.name} if told else {}


def _user_facts(
    oauth_client: models.OrgOAuthClient, asking: _Asking, client: ApiClient
) -> dict[str, Any]:
    if oauth_client.authorized_grant_type == _OF_CLIENT:
        return {}
    user = asking.about("user", apis.UsersApi(client).get_users_me)
    return {"user_id": user.id, "user_name": user.name, "user_email": user.email} if user else {}


def _role_facts(asking: _Asking, client: ApiClient) -> dict[str, Any]:
    method = apis.AuthorizationApi(client).get_authorization_subjects_me
    subject = asking.about("permissions", method, include_full_roles=True)
    if subject is None:
        return {}
    if subject.grants is None:
        asking.unknown["permissions"] = "the platform tells no roles"
        return {}
    roles = [one.role for one in subject.grants if one.role]
    policies = [policy for role in roles for policy in role.policies or ()]
    permissions = [
        f"{policy.domain}:{policy.entity_name}:{action}"
        for policy in policies
        if policy.domain and policy.entity_name
        for action in policy.actions or ()
    ]
    # One role of which nothing is told may permit anything.
    all_told = len(roles) == len(subject.grants) and all(one.policies is not None for one in roles)
    is_told = not subject.grants or (all_told and bool(permissions))
    if not is_told:
        asking.unknown["permissions"] = "the platform tells roles, and not all that they permit"
    return {
        "roles": _sorted(role.name for role in roles),
        "divisions": _sorted(one.division.name for one in subject.grants if one.division),
        "permissions": _sorted(permissions) if is_told else None,
    }


def _sorted(names: Iterable[str | None] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(sorted({name for name in names if name}))


def _named(name: str | None, more: str | None) -> str | None:
    return f"{name} ({more})" if name and more else name or more


def _line(name: str, value: str) -> str:
    # What comes over the wire could do things to a terminal.
    shown = "".join(one if one.isprintable() else " " for one in value)
    return textwrap.fill(
        f"{name:16}{shown}",
        width=100,
        subsequent_indent=" " * 16,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listed(names: tuple[str, ...] | None) -> str | None:
    return None if names is None else ", ".join(names) or "none"
