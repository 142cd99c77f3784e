"""How a request is sent: with which credentials, once more after a 401, and what is made of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._auth.auth import Auth
from .._auth.missing import HOW_TO_RENEW, advice, check_credentials, check_host, tell_of_region
from .._auth.token import NO_TOKEN, Token
from .._settings.checks import RequestTimeout, checked, seconds
from .._transport.failures import forget_frames, raised_by_signal_handler, unusable
from .._transport.request import HttpRequestOptions, Transfer
from .._transport.service import Place
from .._wire.headers import check_headers
from .._wire.parameters import expand_path, extend_query, query_to_text
from .._wire.redaction import Masked
from .._wire.response import RESTResponse
from ..exceptions import ApiException, UnauthorizedException

if TYPE_CHECKING:
    from .._auth.grants import Grant
    from .._auth.session import Session
    from .._settings.snapshot import Snapshot
    from .._transport.service import Service

OAUTH = "PureCloud OAuth"
"""The name that the contract gives to bearer tokens."""


def sign_in(session: Session, grant: Grant) -> Auth:
    """Get a token.

    Raises:
        ApiException: The login service refused, or could not be reached.
    """
    configuration = session.service.configuration
    settings = configuration.snapshot()
    check_host(session, settings)
    call = HttpRequestOptions(url=session.service.login_url(settings), method="POST")
    call.settings, call.end = settings, end_of_call(settings, None)
    try:
        return Auth.sign_in(session.service, grant, call)
    except ApiException as failure:
        tell_of_region(session, failure)
        raise


def renew(session: Session) -> None:
    """Get another token in the place of the one that calls are made with now.

    Raises:
        ApiException: The login service refused, or could not be reached.
        ValueError: There is no way to another token; nothing was sent.
    """
    settings = session.service.configuration.snapshot()
    call = HttpRequestOptions(url=session.service.login_url(settings), method="POST")
    call.settings, call.end = settings, end_of_call(settings, None)
    auth = session.auth or _configured_auth(session, session.api_url(settings), settings)
    if not auth.has_grant():
        how = HOW_TO_RENEW if auth.grant else "sign in, or set refresh_token"
        raise ValueError(f"there is nothing to renew the access token with: {how}")
    auth.renewed(call, auth.current)


def end_of_call(settings: Snapshot, deadline: float | None) -> float:
    """When a call that begins now must be over, on the clock of ``time.monotonic``."""
    if deadline is not None:
        return time.monotonic() + checked("deadline", seconds, deadline)
    return math.inf if settings.deadline is None else time.monotonic() + settings.deadline


def end_of_transfer(deadline: float | None) -> float:
    """When a file must have moved; without a deadline it takes as long as it takes."""
    if deadline is None:
        return math.inf
    return time.monotonic() + checked("deadline", seconds, deadline)


def credentials(
    session: Session,
    host: str,
    settings: Snapshot,
    auth_settings: Sequence[str] | None,
    headers: Masked[list[Any]],
) -> Auth | None:
    """The credentials of a call; ``None`` if it is made with others, or with none."""
    if auth_settings is not None and OAUTH not in auth_settings:
        return None
    own_headers = headers.value[-2:]
    if any(name.lower() == "authorization" for group in own_headers for name in group or ()):
        return None
    if session.auth is not None and session.auth.is_usable():
        return session.auth
    if not settings.access_token and settings.client is None:
        check_credentials(session, headers)
    return _configured_auth(session, host, settings)


def _configured_auth(session: Session, host: str, settings: Snapshot) -> Auth:
    # Credentials are for the host that they were given for.
    key = (host, *(settings.client or (settings.access_token,)))
    known = session.configured_auth
    auth = known.get(key)
    if auth is None:
        # setdefault, so that threads which come here together share one.
        auth = known.setdefault(key, _new_auth(session.service, settings))
        for other in list(known):  # of which other threads may drop some meanwhile
            if other != key:
                known.pop(other, None)
    return auth


def _new_auth(service: Service, settings: Snapshot) -> Auth:
    if settings.client is None:
        return Auth(service, Token(settings.access_token))
    # Imported here for the sake of start-up time: a program with a token needs none.
    from .._auth.grants import client_credentials

    client_id, secret = settings.client[0], Masked(settings.client[1])
    return Auth(service, NO_TOKEN, client_credentials(client_id, secret))


def send(
    session: Session,
    request: HttpRequestOptions,
    auth: Auth | None,
    to_result: Callable[[RESTResponse], Any],
) -> Any:
    """Send a request, once more with another token if that is refused, and make the result."""
    try:
        if auth is None:
            return _exchange(session, request, to_result)
        token = auth.token(request)
        if auth.can_renew(request):
            return _exchange_renewing(session, request, auth, token, to_result)
        if token.access_token:  # else a default header may do
            request.sign(token.access_token)
        try:
            return _exchange(session, request, to_result)
        except UnauthorizedException as refused:
            refused.advice = advice(session, auth, token)
            raise
    except ApiException as failure:
        tell_of_region(session, failure)
        raise


def _exchange_renewing(
    session: Session,
    request: HttpRequestOptions,
    auth: Auth,
    token: Token,
    to_result: Callable[[RESTResponse], Any],
) -> Any:
    try:
        return _exchange(session, request.signed(token.access_token), to_result)
    except UnauthorizedException as refused:
        try:
            token = auth.renewed(request, token)
            return _exchange(session, request.signed(token.access_token), to_result)
        except ApiException as failure:
            failure.outcome_unknown |= refused.outcome_unknown
            raise


def _exchange(
    session: Session, request: HttpRequestOptions, to_result: Callable[[RESTResponse], Any]
) -> Any:
    response = session.service.send(request)
    session.last_response = response
    try:
        return to_result(response)
    # Of any kind: setters of a caller's model are part of making the result, and the request has
    # been carried out, which the caller must learn.
    except Exception as error:
        if isinstance(error, MemoryError) or raised_by_signal_handler(error):
            raise
        failure = unusable(response, request, error)
        failure.redact(session.service.secrets(request))
        forget_frames(error)  # which have the body of the response
        raise failure from error


def find_place(
    session: Session,
    settings: Snapshot,
    name: str,
    given: Masked[str],
    path_params: Mapping[str, Any] | None = None,
    query_params: Mapping[str, Any] | None = None,
) -> Place:
    """Find where a file is, or shall go.

    Args:
        session: What the calls of the client share.
        settings: Say where the platform is.
        name: What an error message should call what is given.
        given: A path of the platform, or a URL.
        path_params: Values for the placeholders of a path.
        query_params: The query of a path.

    Raises:
        ValueError: There is no such place, or nothing should be sent there.
        TypeError: An argument is of the wrong type.
    """
    base = session.api_url(settings)
    if isinstance(given.value, str) and given.value.startswith("/"):
        path, query = expand_path(given.value, path_params or {}), query_to_text(query_params or {})
        if query and "?" not in path:
            path += "?"
        return Place.below(base, extend_query(path, query))
    if path_params or query_params:
        raise ValueError("path_params and query_params go with a path; a URL stays as it is")
    return checked(name, lambda hidden: Place.at(base, hidden), given)


def request_to(
    settings: Snapshot,
    place: Place,
    method: str,
    transfer: Transfer,
    headers: Masked[list[Any]],
    timeout: RequestTimeout | None,
    end: float,
) -> HttpRequestOptions:
    """Make the request that a file travels with.

    Args:
        settings: Those by which the place was found: the token of others is not for it.
        place: Where to.
        method: The verb.
        transfer: The file.
        headers: The headers of every call, the cookie, and those of this call. Only the last go
            anywhere else than to the platform, and who asks.
        timeout: Seconds for connecting and for each wait between bytes.
        end: When it must be over, on the clock of ``time.monotonic``.
    """
    request = HttpRequestOptions(url=place.url, method=method, timeout=timeout)
    request.settings = settings
    request.end = end
    request.transfer = transfer
    transfer.is_own = place.is_own
    groups = headers.value
    if not place.is_own:
        agent = {name: value for name, value in groups[0].items() if name.lower() == "user-agent"}
        groups = [agent, *groups[2:]]
    standard = {"Accept": "*/*", "Accept-Encoding": "identity"}
    request.headers = check_headers(standard, *groups)
    return request


def send_to(
    session: Session,
    request: HttpRequestOptions,
    place: Place,
    headers: Masked[list[Any]],
    to_result: Callable[[RESTResponse], Any],
) -> Any:
    """Send the request that a file travels with, with the access token if that is due there.

    Raises:
        ApiException: It was refused, or no usable response came.
    """
    auth = None
    if place.is_own:
        base = session.api_url(request.settings)
        auth = credentials(session, base, request.settings, None, headers)
    try:
        return send(session, request, auth, to_result)
    except ApiException as failure:
        if failure.status == 403 and place.is_signed() and not failure.advice:
            failure.advice = "the signed URL may have expired; ask the platform for another one"
        raise
