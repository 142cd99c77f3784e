"""What a client lacks to make a call or to sign in, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._settings.filled_in import CREDENTIALS, PLACE, filled_in_elsewhere
from .._settings.region_hosts import region_of
from .._settings.settings import Origin
from .._wire.urls import origin

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot
    from .._wire.redaction import Masked
    from ..configuration import Configuration
    from ..exceptions import ApiException
    from .auth import Auth
    from .session import Session
    from .token import Token

_HOW_TO_SIGN_IN = (
    "no access token is set: give access_token, or client_id and client_secret, in code, in the "
    "environment (GENESYSCLOUD_ACCESS_TOKEN, or GENESYSCLOUD_OAUTHCLIENT_ID and "
    "GENESYSCLOUD_OAUTHCLIENT_SECRET) or in the configuration file"
)

_WHEN_REFUSED = "the access token is unknown to this host, or has expired"

HOW_TO_RENEW = (
    "to have it renewed with the refresh token, set client_id, and client_secret if there is one, "
    "on the client or its configuration"
)


def check_host(session: Session, settings: Snapshot) -> None:
    """Check that somebody has named the host where a client is about to sign in, or needs not.

    Raises:
        ValueError: It would be another one than was meant; nothing is sent.
    """
    if session.service.host is not None:
        return
    if session.service.configuration.origin("host") < Origin.DEFAULT:
        return
    _check_filled_in(session, PLACE, "no host")
    if session.left_host not in (None, session.api_url(settings)):
        raise ValueError(
            f"no host is set on the configuration that this client was given, and it was at "
            f"{session.left_host} before: set host on that configuration, {settings.host} if "
            "it is meant"
        )


def check_credentials(session: Session, headers: Masked[list[Any]]) -> None:
    """Check that a call without credentials is meant: a default header may bring them.

    Args:
        session: Has none, and neither has its configuration.
        headers: What is to be sent, in groups.

    Raises:
        ValueError: They were given to another configuration; nothing is sent.
    """
    if not any(name.lower() == "authorization" for group in headers.value for name in group or ()):
        _check_filled_in(session, (*PLACE, *CREDENTIALS), "no access token")


def advice(session: Session, auth: Auth, token: Token) -> str:
    """What may help after a 401 that no renewal can help."""
    if auth.grant and not auth.has_grant():
        return f"{_WHEN_REFUSED}; {HOW_TO_RENEW}"
    if not token.access_token:
        return _how_to_sign_in(session.service.configuration)
    elsewhere = _filled_in_elsewhere(session)
    hint = f"; {_hand_it_over(elsewhere)}" if elsewhere else ""
    return f"{_WHEN_REFUSED}{hint}"


def tell_of_region(session: Session, failure: ApiException) -> None:
    """Say that nobody has named a region, if that may be why a call or a sign-in has failed."""
    configuration = session.service.configuration
    is_doubtful = failure.status in (0, 401) or failure.oauth_error
    is_named = session.service.host is not None or configuration.origin("host") < Origin.DEFAULT
    if is_named or not (is_doubtful and failure.url):
        return
    region = region_of(origin(failure.url)[1])
    if region is None or region.value != configuration.host:  # as behind a gateway
        return
    said = f"{failure.advice}; " if failure.advice else ""
    failure.advice = (
        f"{said}no region is set, so {region.domain} was called; GENESYSCLOUD_REGION says where"
    )


def _how_to_sign_in(configuration: Configuration) -> str:
    names = ("client_id", "client_secret")
    missing = [name for name in names if not getattr(configuration, name)]
    if len(missing) == 1:
        (here,) = set(names) - set(missing)
        return f"{here} is set, but {missing[0]} is not"
    return _HOW_TO_SIGN_IN


def _check_filled_in(session: Session, wanted: Sequence[str], lacks: str) -> None:
    """Check that nobody has filled in another configuration in vain, where this one is empty.

    Raises:
        ValueError: That is so; nothing is sent.
    """
    elsewhere = _filled_in_elsewhere(session)
    if not set(wanted).isdisjoint(elsewhere):
        raise ValueError(f"{lacks} is set for this client; {_hand_it_over(elsewhere)}")


def _filled_in_elsewhere(session: Session) -> list[str]:
    """What was filled in elsewhere, and a client that was given no configuration lacks."""
    service = session.service
    if service.gateway or service.configuration.gateway_configuration:
        return []  # it may add what is missing
    names = filled_in_elsewhere(service.configuration)
    return [name for name in names if name != "host" or service.host is None]


def _hand_it_over(names: list[str]) -> str:
    return (
        "it works with the package's default configuration, while another Configuration(), with "
        f"{', '.join(names)}, was filled in and never handed to a client: write "
        "ApiClient(configuration=...) and give that to the API class, or set them on "
        "PureCloudPlatformClientV2.configuration, which is the default one"
    )
