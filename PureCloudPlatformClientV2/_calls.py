"""How a call is made: what ApiClient loads with the first one."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import models
from ._auth.auth import Auth
from ._auth.missing import HOW_TO_RENEW, advice, check_credentials, check_host
from ._auth.token import NO_TOKEN, Token
from ._lazy import loading, unloadable
from ._settings.checks import RequestTimeout, checked, seconds
from ._transport.failures import (
    forget_frames,
    no_thread,
    raised_by_signal_handler,
    unusable,
)
from ._transport.request import HttpRequestOptions
from ._wire.headers import check_headers
from ._wire.json_values import to_json_value
from ._wire.parameters import expand_path, extend_query, query_to_text
from ._wire.redaction import Masked
from ._wire.response import RESTResponse, content_of, headers_of
from ._wire.results import accepted, result_maker
from .exceptions import ApiException, UnauthorizedException

if TYPE_CHECKING:
    from ._auth.grants import Grant
    from ._auth.session import Session
    from ._settings.snapshot import Snapshot
    from ._transport.service import Service
    from ._wire.forms import Files

OAUTH = "PureCloud OAuth"
"""The name that the contract gives to bearer tokens."""

GUEST_CHAT = "Guest Chat JWT"
"""The name that it gives to an API key in the Authorization header."""


def make_call(
    session: Session,
    resource_path: str,
    method: str,
    path_params: Mapping[str, Any] | None,
    query_params: Mapping[str, Any] | None,
    headers: Masked[list[Any]],
    body: Masked[Any],
    post_params: Masked[Any],
    files: Masked[Files | None],
    response_type: str | type[Any] | None,
    auth_settings: Sequence[str] | None,
    callback: Callable[[Any], object] | None,
    body_type: str | type[models.Model] | None,
    request_timeout: RequestTimeout | None,
    deadline: float | None,
) -> Any:
    """Make a call; the arguments are those of ``ApiClient.call_api``.

    What may hold secrets is out of sight of tools that show local variables. The headers are those
    of every call, the cookie, those of the endpoint, and those of this call.
    """
    if callback is not None and not callable(callback):
        raise TypeError("callback: give a function that takes the result")
    if body_type is not None:
        # Imported here for the sake of start-up time: most calls have no body.
        from ._wire.bodies import check_body

        check_body(body.value, body_type, models.find_model)
    configuration = session.service.configuration
    settings = configuration.snapshot()
    to_result = result_maker(response_type, models.find_model, settings.temp_folder_path)
    host = session.api_url(settings)
    path, query = expand_path(resource_path, path_params or {}), query_to_text(query_params or {})
    if "?" in path:
        path, query = extend_query(path, query), {}
    request = HttpRequestOptions(
        url=host,
        method=method,
        query_params=query,
        post_params=_form(post_params, files) if post_params.value or files.value else None,
        body=None if body.value is None else _made(to_json_value, body),
        timeout=request_timeout,
    )
    request.settings, request.end = settings, _end(settings, deadline)
    request.append(path)
    if GUEST_CHAT in (auth_settings or ()):
        key = Masked(configuration.get_api_key_with_prefix("Authorization"))
        headers.value.insert(2, {"Authorization": key.value} if key.value else None)
    first = {"Accept": accepted(response_type)}
    if request.body is not None:
        first["Content-Type"] = "application/json"
    elif request.post_params:  # said here already, for an HTTP client that goes by it
        first["Content-Type"] = "application/x-www-form-urlencoded"
    last = {"Content-Type": "multipart/form-data"} if files.value and request.post_params else None
    request.headers = check_headers(first, *headers.value, last)
    if request.post_params:
        _check_form(request)
    auth = _auth(session, host, settings, auth_settings, headers)
    if callback is None:
        return _send(session, request, auth, to_result)
    # Imported here for the sake of start-up time: few calls have a callback.
    from ._wire.callers import ForCaller

    def send_and_tell() -> None:
        with loading:
            result = _send(session, request, auth, to_result)
        callback(result)

    thread = threading.Thread(target=ForCaller(send_and_tell))
    try:
        thread.start()
    except RuntimeError as error:  # the program is about to end, or no memory is left for threads
        raise no_thread(request, error) from error
    return thread


def _form(post_params: Masked[Any], files: Masked[Files | None]) -> Any:
    # Imported here for the sake of start-up time: few calls have a form.
    from ._wire.forms import form_fields

    return _made(lambda given: form_fields(*given), Masked((post_params.value, files.value)))


def _check_form(request: HttpRequestOptions) -> None:
    """Refuse a form that cannot be sent before a token is fetched; hooks may make one later."""
    # Imported here for the sake of start-up time, as above.
    from ._wire.forms import check_no_files, is_multipart

    if request.body is not None:
        raise ValueError("body: leave it out where there are post_params, or the reverse")
    if not is_multipart(request.headers):
        check_no_files(request.post_params)


def _made(make: Callable[[Any], Any], given: Masked[Any]) -> Any:
    """Make something of what may hold secrets; an error comes without the frames that have them."""
    try:
        return make(given.value)
    except (TypeError, ValueError, OSError) as error:
        failure = unloadable(error)
        error.with_traceback(None)
        if failure is not None:
            raise failure from error
        raise error from None


def sign_in(session: Session, grant: Grant) -> Auth:
    """Get a token.

    Raises:
        ApiException: The login service refused, or could not be reached.
    """
    configuration = session.service.configuration
    settings = configuration.snapshot()
    check_host(session, settings)
    call = HttpRequestOptions(url=session.service.login_url(settings), method="POST")
    call.settings, call.end = settings, _end(settings, None)
    return Auth.sign_in(session.service, grant, call)


def renew(session: Session) -> None:
    """Get another token in the place of the one that calls are made with now.

    Raises:
        ApiException: The login service refused, or could not be reached.
        ValueError: There is no way to another token; nothing was sent.
    """
    settings = session.service.configuration.snapshot()
    call = HttpRequestOptions(url=session.service.login_url(settings), method="POST")
    call.settings, call.end = settings, _end(settings, None)
    auth = session.auth or _configured_auth(session, session.api_url(settings), settings)
    if not auth.has_grant():
        how = HOW_TO_RENEW if auth.grant else "sign in, or set refresh_token"
        raise ValueError(f"there is nothing to renew the access token with: {how}")
    auth.renewed(call, auth.current)


def deserialize(session: Session, response: Any, response_type: str | type[Any] | None) -> Any:
    """Make of a response what a call returns; the arguments are those of the ApiClient's method."""
    folder = session.service.configuration.temp_folder_path
    to_result = result_maker(response_type, models.find_model, folder)
    given = RESTResponse(200, None, headers_of(response), content_of(response))
    if given.content.strip() in (b"", b"null") and response_type != "file":
        return None
    return to_result(given)


def _end(settings: Snapshot, deadline: float | None) -> float:
    """When a call that begins now must be over, on the clock of ``time.monotonic``."""
    if deadline is not None:
        return time.monotonic() + checked("deadline", seconds, deadline)
    return math.inf if settings.deadline is None else time.monotonic() + settings.deadline


def _auth(
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
        for old in [other for other in known if other != key]:
            known.pop(old, None)
    return auth


def _new_auth(service: Service, settings: Snapshot) -> Auth:
    if settings.client is None:
        return Auth(service, Token(settings.access_token))
    # Imported here for the sake of start-up time: a program with a token needs none.
    from ._auth.grants import client_credentials

    client_id, secret = settings.client[0], Masked(settings.client[1])
    return Auth(service, NO_TOKEN, client_credentials(client_id, secret))


def _send(
    session: Session,
    request: HttpRequestOptions,
    auth: Auth | None,
    to_result: Callable[[RESTResponse], Any],
) -> Any:
    """Send a request, once more with another token if that is refused, and make the result."""
    if auth is None:
        return _exchange(session, request, to_result)
    token = auth.token(request)
    if not auth.can_renew(request):
        if token.access_token:  # else a default header may do
            request.sign(token.access_token)
        try:
            return _exchange(session, request, to_result)
        except UnauthorizedException as refused:
            refused.advice = advice(session, auth, token)
            raise
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
