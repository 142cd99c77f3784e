"""Which exception says what went wrong with a request."""

from __future__ import annotations

import json
import re
import ssl
import time
import traceback
from collections.abc import Callable
from http import HTTPStatus
from http.client import responses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from urllib3.exceptions import EmptyPoolError, HTTPError, ProxyError
from urllib3.exceptions import TimeoutError as PoolTimeoutError

from .._settings.platform import TODAY, platform_at
from .._wire.redaction import mask_url
from .._wire.response import RESTResponse
from ..exceptions import (
    ApiConnectionException,
    ApiException,
    ApiTimeoutException,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    TooManyRequestsException,
    UnauthorizedException,
    causes,
)
from .request import HttpRequestOptions

if TYPE_CHECKING:
    from .proxy import Proxy

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_LOST_ON_THE_WAY = frozenset({502, 503, 504})
"""A gateway answers with these, perhaps after the service has done what it was asked to."""

_REFUSALS_OF_PROXIES = frozenset({400, 401, 403, 404, 405, 407, 451})
"""A proxy that answers CONNECT with one of these will do so again."""

_REMOVED = ("messaging/integrations/", "messaging/stickers/")
"""What the public cloud had until 2020, below /api/v2/; all but a few users call it there once."""

_BY_STATUS: dict[int, type[ApiException]] = {
    400: BadRequestException,
    401: UnauthorizedException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    429: TooManyRequestsException,
}


def no_response(error: Exception, request: HttpRequestOptions) -> ApiException:
    """Choose the exception for a request that got no complete response.

    Args:
        error: What urllib3 or the socket raised.
        request: The request, whose limits say how far it has come.
    """
    sent = request.limits.sent and not is_hopeless(error)
    kind: type[ApiException] = ApiTimeoutException
    first = causes(error)[-1]
    if isinstance(error, EmptyPoolError):
        reason = "no connection of the pool became free before the deadline"
    elif not isinstance(first, (TimeoutError, PoolTimeoutError)):
        kind = ApiConnectionException
        reason = f"{type(first).__name__}: {first}"
    elif sent:
        reason = f"no complete answer came within {_limit(request)}"
    else:
        reason = f"no connection came about within {_limit(request)}"
    failure = kind(
        0,
        reason,
        method=request.method,
        url=mask_url(request.full_url()),
        outcome_unknown=sent and request.method in _WRITES,
    )
    if isinstance(first, ssl.SSLError):
        # Imported here for the sake of start-up time: few calls end like this.
        from .authorities import tls_advice

        failure.advice = tls_advice(first, request.settings)
    return failure


def _limit(request: HttpRequestOptions) -> str:
    limits = request.limits
    if limits.time_left() <= 0:
        return "the deadline of the call"
    if time.monotonic() >= limits.piece_until:
        return f"the time limit: less than 64 KiB moved in {limits.patience:g} s"
    if limits.sent:
        return f"the time limit: nothing arrived for {limits.read:g} s (request_timeout)"
    return f"the time limit for connecting, {limits.connect:g} s (request_timeout)"


def tell_of_proxy(failure: ApiException, proxy: Proxy) -> None:
    """Say of a failure what the proxy has to do with it, on which the request depended.

    What the proxy itself says is left out, as it may repeat the name of the user.
    """
    place = f"the proxy {proxy.place()}"
    chain = causes(failure)
    if failure.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        failure.advice = f"{place} says so: {_PROXY_CREDENTIALS}"
    elif failure.status in _LOST_ON_THE_WAY and (failure.url or "").startswith("http:"):
        failure.advice = f"perhaps it is {place} that says so, for want of the host"
    elif failure.status or isinstance(chain[-1], EmptyPoolError):
        return
    elif not any(isinstance(cause, ProxyError) for cause in chain):
        failure.reason = f"{failure.reason} (through {place})"
    elif (status := _tunnel_status(chain[-1])) is None:
        failure.reason = f"{place}: {failure.reason}"
    else:
        failure.reason = f"{place} opens no way to the host: {status} {responses.get(status, '')}"
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            failure.advice = _PROXY_CREDENTIALS


_PROXY_CREDENTIALS = "see proxy_username and proxy_password"


def _tunnel_status(error: BaseException) -> int | None:
    """Read what a proxy has answered to CONNECT, as ``http.client`` words it."""
    found = re.match(r"Tunnel connection failed: (\d{3})", str(error))
    return int(found[1]) if found else None


def no_time_left(request: HttpRequestOptions, reason: str) -> ApiTimeoutException:
    """Make the exception for a request that is not sent, as the call must be over."""
    return ApiTimeoutException(0, reason, method=request.method, url=mask_url(request.full_url()))


def no_thread(request: HttpRequestOptions, error: RuntimeError) -> ApiConnectionException:
    """Make the exception for a request that is not sent, as there is no thread to do it."""
    failure = ApiConnectionException(
        0, f"callback: {error}", method=request.method, url=mask_url(request.full_url())
    )
    failure.advice = "leave callback out to make the call in the present thread"
    return failure


def check_status(response: RESTResponse, request: HttpRequestOptions) -> None:
    """Raise an exception for a response that is not 2xx, and no redirect of a download.

    Raises:
        ApiException: Of the class that goes with the status.
    """
    if 200 <= response.status < 300:
        return
    if request.transfer is None or not request.transfer.follows(response):
        raise refusal(response, request)


def refusal(response: RESTResponse, request: HttpRequestOptions) -> ApiException:
    """Choose the exception for a response that is not 2xx."""
    kind = _BY_STATUS.get(response.status, ApiException)
    if 500 <= response.status < 600:
        kind = ServiceException
    refused = kind(
        http_resp=response,
        method=request.method,
        url=mask_url(request.full_url()),
        outcome_unknown=response.status in _LOST_ON_THE_WAY and request.method in _WRITES,
    )
    refused.advice = _advice(response, request.url)
    return refused


def _advice(response: RESTResponse, url: str) -> str:
    host, slash, path = url.partition("/api/v2/")
    removed = response.status == 404 and slash and path.startswith(_REMOVED)
    if removed and platform_at(host) == TODAY:
        return "Genesys removed this endpoint from its public cloud in 2020: see docs/today.md"
    place = _place(response.getheader("Location") or "")
    if 300 <= response.status < 400 and place:
        return f"redirects are not followed, and this one leads to {place}"
    return ""


def _place(location: str) -> str:
    """The part of a Location header in which there cannot be a secret."""
    try:
        parts = urlsplit(location)
        authority = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:  # not a URL at all
        return ""
    place = f"{parts.scheme}://{authority}{parts.path}" if authority else parts.path
    return "" if "@" in place else place  # behind something that only looks like a URL


def unusable(response: RESTResponse, request: HttpRequestOptions, error: Exception) -> ApiException:
    """Make the exception for a 2xx whose body is not what the call should return."""
    content_type = response.getheader("Content-Type") or ""
    complaint = str(error)
    if isinstance(error, json.JSONDecodeError):
        if not response.content:
            complaint = "it is empty"
        elif content_type and "json" not in content_type:
            complaint = f"it is {content_type}"
    return ApiException(
        reason=f"{response.reason or ''}, but the body cannot be used: {complaint}".lstrip(", "),
        http_resp=response,
        method=request.method,
        url=mask_url(request.full_url()),
        outcome_unknown=request.method in _WRITES,
    )


def is_hopeless(error: BaseException) -> bool:
    """Whether another try would end the same way.

    That is so where the deadline is over, a proxy does not let the request through, one side does
    not trust the certificate of the other, or the file that is sent cannot be read.

    With TLS 1.3 a server refuses a client's certificate only after the request has left; it has
    not read it then.
    """
    return any(
        isinstance(cause, (EmptyPoolError, UnreadableFileError))
        or _tunnel_status(cause) in _REFUSALS_OF_PROXIES
        or _is_about_trust(cause)
        for cause in causes(error)
    )


def _is_about_trust(error: BaseException) -> bool:
    # Libraries that verify certificates themselves leave the reason out.
    reason = str(getattr(error, "reason", ""))
    return isinstance(error, ssl.SSLCertVerificationError) or (
        isinstance(error, ssl.SSLError)
        and any(word in reason for word in ("CERTIFICATE", "UNKNOWN_CA"))
    )


class UnusableBodyError(Exception):
    """A body is larger than allowed, not what was asked for, or has no room on this machine."""


class UnreadableFileError(Exception):
    """A file that is being sent cannot be read to its end."""


class Interruption(BaseException):
    """Carries an exception that concerns the caller alone past those who would handle it.

    That is one of the caller's own signal handler, or one that says which setting is wrong.
    """

    def __init__(self, error: BaseException) -> None:
        """Carry an exception, which is found at ``error``."""
        super().__init__()
        self.error = error


def tell_caller(
    progress: Callable[[int, int | None], object] | None, moved: int, total: int | None
) -> None:
    """Tell a function of the caller's, if there is one, how much of a file has moved."""
    if progress is None:
        return
    try:
        progress(moved, total)
    # An OSError of the caller's would be taken for one of the connection, and tried again.
    except Exception as error:
        raise Interruption(error) from error


def raised_by_signal_handler(error: BaseException) -> BaseException | None:
    """Find, in what an exception came from, the one that a caller's signal handler has raised.

    It may be an ``OSError`` as those of sockets are, for example where ``signal.alarm`` limits the
    time of a job, and belongs to the caller.
    """
    # urllib3 raises its own anew with the frames of what it came from.
    own = (cause for cause in causes(error) if not isinstance(cause, HTTPError))
    return next((cause for cause in own if _is_from_signal_handler(cause)), None)


_VARARGS = 0x04
"""``inspect.CO_VARARGS``, without importing that: the function has a parameter like ``*args``."""


def _is_from_signal_handler(error: BaseException) -> bool:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        # Python gives a handler the frame that it interrupts, which is also the one that the
        # handler returns to. No other function is called like that.
        interrupted, code = frame.f_back, frame.f_code
        count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & _VARARGS)
        for name in code.co_varnames[:count]:
            given = frame.f_locals.get(name)
            values = given if isinstance(given, tuple) else (given,)
            if interrupted is not None and any(value is interrupted for value in values):
                return True
    return False


def forget_frames(error: BaseException) -> None:
    """Clear the local variables of the frames that an exception came through.

    They would keep the connection for as long as somebody keeps the exception, and show headers and
    body to whoever looks at them.
    """
    for cause in causes(error):
        traceback.clear_frames(cause.__traceback__)
        if cause.__context__ is not None:
            traceback.clear_frames(cause.__context__.__traceback__)
