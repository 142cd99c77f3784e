"""The wire: urllib3 pool, time limits, retries, status to exception.

Redirects are not followed, so that the bearer token reaches the configured host and no other.
urllib3 is told to try once; when a request may be sent again is for ``retry`` to say, which knows
what urllib3's own ``Retry`` does not: whether any of a request had left when it failed, and how
much time there is.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar

import urllib3
from urllib3.exceptions import HTTPError

from .._settings.checks import RequestTimeout, as_pair, checked, time_limits
from .._wire.json_values import format_json
from .._wire.parameters import query_to_text
from .._wire.redaction import (
    find_query_secrets,
    mask_headers,
    mask_secrets,
    mask_signed_urls,
    mask_text,
    mask_url,
    redact,
)
from .._wire.response import RESTResponse
from ..exceptions import ApiException
from ..logger import LogLevel, is_logged, log_exchange, log_pause
from .failures import (
    Interruption,
    UnreadableFileError,
    UnusableBodyError,
    check_status,
    forget_frames,
    is_hopeless,
    no_response,
    no_time_left,
    raised_by_signal_handler,
    tell_of_proxy,
    unusable,
)
from .forking import forget_on_fork
from .limits import Limits
from .request import HttpRequestOptions
from .retry import NoAnswer, RetrySettings, pause_before_retry

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot
    from ..configuration import Configuration
    from .pacing import TokenBucket
    from .request import Transfer
    from .routes import Route, Routes

T = TypeVar("T")

_PIECE = 1024 * 1024
"""How many bytes of a body are read at a time."""


class RESTClientObject:
    """Sends requests and gives back what came."""

    def __init__(self, configuration: Configuration) -> None:
        """Prepare to send; nothing is opened before the first request.

        Args:
            configuration: TLS, proxy, pool size, time limits and retries; read at every request.
        """
        self._configuration = configuration
        self.forget_parent()

    def forget_parent(self) -> None:
        """Start with no connection and an open lock, as new or in a forked child."""
        self._routes: Routes | None = None
        self._settings: Snapshot | None = None  # that the routes are good for
        self._routes_lock = threading.Lock()
        self._buckets: dict[float, TokenBucket] = {}
        forget_on_fork(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"_configuration": self._configuration}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._configuration = state["_configuration"]
        self.forget_parent()

    def request(
        self,
        method: str,
        url: str,
        query_params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        body: Any = None,
        post_params: Any = None,
        timeout: RequestTimeout | None = None,
        deadline: float | None = None,
    ) -> RESTResponse:
        """Send a request, and send it again where the policy allows.

        Args:
            method: The verb.
            url: Where to, without the query.
            query_params: The query, by name.
            headers: The headers.
            body: A JSON value to send; ``None`` sends no body.
            post_params: Form fields to send instead, a dict or pairs; as
                ``multipart/form-data`` if the Content-Type header says so.
            timeout: Seconds for connecting and for each wait between bytes, or a pair; the
                configuration's if omitted.
            deadline: Seconds for the whole of it; the configuration's if omitted.

        Returns:
            The response, whose status is 2xx.

        Raises:
            ApiException: The response has another status, or none arrived.
            ValueError: An argument or a setting cannot be used; nothing was sent.
        """
        return self.send(
            HttpRequestOptions(
                url=url,
                method=method,
                query_params=query_to_text(query_params or {}),
                headers=headers,
                body=body,
                post_params=post_params,
                timeout=timeout,
                deadline=deadline,
            )
        )

    def send(self, request: HttpRequestOptions) -> RESTResponse:
        """Send a request, and send it again where the policy allows.

        Args:
            request: The request; it gets its content and its limits here.

        Returns:
            The response, whose status is 2xx.

        Raises:
            ApiException: The response has another status, or none arrived.
            ValueError: Something in the request or a setting cannot be used; nothing was sent.
        """
        started = time.monotonic()
        settings = getattr(request, "settings", None)
        if settings is None or settings.configuration is not self._configuration:
            settings = request.settings = self._configuration.snapshot()
        timeout = settings.request_timeout
        if request.timeout is not None:
            timeout = checked("request_timeout", time_limits, request.timeout)
        end = _end(settings) if request.end is None else request.end
        request.limits = Limits(*as_pair(timeout), end)
        route = self._route(request, settings)
        _encode_content(request)
        return self._try(route, request, settings, started)

    def _try(
        self, route: Route, request: HttpRequestOptions, settings: Snapshot, started: float
    ) -> RESTResponse:
        attempt = counted_from = 0
        maybe_done = False
        transfer = request.transfer
        while True:
            # The rate is the platform's: a storage service that files come from does not count.
            if settings.rate_limit is not None and (transfer is None or transfer.is_own):
                self._pace(settings.rate_limit, request, maybe_done=maybe_done)
            try:
                response = self._attempt(route, request)
            except ApiException as failure:
                if route.proxy is not None:
                    tell_of_proxy(failure, route.proxy)
                failure.redact(_secrets(request, route))
                maybe_done = failure.outcome_unknown = maybe_done or failure.outcome_unknown
                failure.attempts = attempt + 1
                failed_with = failure.status
                self._log(failure, request, route, started, attempt)
                if transfer is not None and transfer.has_advanced():
                    counted_from = attempt  # such a try has not been in vain
                pause = _pause(failure, request, settings, attempt - counted_from)
                if pause is None:
                    raise
            else:
                self._log(response, request, route, started, attempt)
                return response
            log_pause(failed_with, pause)
            time.sleep(pause)
            attempt += 1

    def connect(
        self, request: HttpRequestOptions, shake_hands: Callable[[Any, HttpRequestOptions], T]
    ) -> T:
        """Open a connection that is for more than a request, such as a WebSocket's.

        Args:
            request: Where to; it gets its limits here.
            shake_hands: Does the rest by the connection, within the limits of the request.

        Returns:
            What that function does; the connection is its, unless it fails.

        Raises:
            ApiException: It did not come about.
            ValueError: A setting cannot be used; nothing was opened.
        """
        settings = request.settings = self._configuration.snapshot()
        end = _end(settings) if request.end is None else request.end
        request.limits = Limits(*as_pair(settings.request_timeout), end)
        route = self._route(request, settings)
        try:
            return _told(lambda: route.connect(request, shake_hands), request)
        except ApiException as failure:
            if route.proxy is not None:
                tell_of_proxy(failure, route.proxy)
            failure.redact(_secrets(request, route))
            raise

    def _attempt(self, route: Route, request: HttpRequestOptions) -> RESTResponse:
        request.limits.sent = False
        if request.transfer is not None:
            request.transfer.begin(request)
        return _told(lambda: _receive(route.open(request), request), request)

    def _log(
        self,
        outcome: RESTResponse | ApiException,
        request: HttpRequestOptions,
        route: Route,
        started: float,
        attempt: int,
    ) -> None:
        succeeded = isinstance(outcome, RESTResponse)
        if not is_logged(LogLevel.LDebug if succeeded else LogLevel.LError):
            return
        logger = self._configuration.logger
        headers = outcome.headers or urllib3.HTTPHeaderDict()
        secrets = _secrets(request, route) | find_query_secrets(headers.get("Location", ""))
        exchange: dict[str, Any] = {
            "method": request.method,
            "url": mask_url(request.full_url()),
            "status": outcome.status,
            "durationMs": round((time.monotonic() - started) * 1000),
            "correlationId": headers.get("ININ-Correlation-Id"),
            "attempt": attempt + 1,
        }
        if is_logged(LogLevel.LTrace):
            exchange["requestHeaders"] = json.dumps(mask_headers(request.headers))
            exchange["responseHeaders"] = json.dumps(mask_headers(headers))
        body = (request.post_params or None) if request.body is None else request.body
        if logger.log_request_body and body is not None:
            shown = mask_signed_urls(mask_secrets(body))
            exchange["requestBody"] = json.dumps(shown, default=str)
        if logger.log_response_body:
            text = outcome.data if isinstance(outcome, RESTResponse) else outcome.body
            exchange["responseBody"] = mask_text(text or "")
        for name, value in exchange.items():
            if isinstance(value, str):
                exchange[name] = redact(value, secrets)
        log_exchange(exchange, succeeded=succeeded)

    def _route(self, request: HttpRequestOptions, settings: Snapshot) -> Route:
        """How the host of a request is reached; found anew if a setting for that has changed."""
        origin, _ = request.place()
        with self._routes_lock:
            routes = self._routes
            if routes is None or not (
                self._settings is settings or settings.connects_like(self._settings)
            ):
                # Imported here for the sake of start-up time: the first call needs it.
                from .routes import Routes

                # Those before close their connections when the last call through them ends.
                routes = self._routes = Routes(settings)
            self._settings = settings
            route = routes.find(origin)
        if not settings.verify_ssl:  # outside of the lock: who hears of it may call
            routes.warn_of(origin)
        return route

    def _pace(self, rate_limit: float, request: HttpRequestOptions, *, maybe_done: bool) -> None:
        """Wait until the rate limit of the configuration lets another request go."""
        # Imported here for the sake of start-up time: few programs set a limit.
        from .pacing import TokenBucket

        # setdefault, so that threads which come here together share one.
        bucket = self._buckets.get(rate_limit) or self._buckets.setdefault(
            rate_limit, TokenBucket(rate_limit)
        )
        pause = bucket.take(request.limits.time_left())
        if pause is None:
            failure = no_time_left(
                request,
                f"rate_limit lets no request go before the deadline ({rate_limit:g} a minute)",
            )
            failure.outcome_unknown = maybe_done
            raise failure
        time.sleep(pause)

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        with self._routes_lock:
            if self._routes is not None:
                self._routes.close()


def _end(settings: Snapshot) -> float:
    """When a request must be over that begins now and brings no deadline."""
    return math.inf if settings.deadline is None else time.monotonic() + settings.deadline


def _told(exchange: Callable[[], T], request: HttpRequestOptions) -> T:
    """Do something over the wire; what goes wrong is an ``ApiException``."""
    try:
        return exchange()
    except Interruption as carrier:
        failure = carrier.error
    except (HTTPError, HTTPException, OSError, UnreadableFileError) as error:
        failure = _failure(error, request)
    try:
        raise failure
    finally:
        del failure  # which would keep this frame, and this frame it


def _failure(error: Exception, request: HttpRequestOptions) -> BaseException:
    """What to raise for a request that got no complete response."""
    foreign = raised_by_signal_handler(error)
    if foreign is not None:
        return foreign
    forget_frames(error)
    failure = no_response(error, request)
    failure.__cause__ = error
    return failure


def _receive(incoming: urllib3.BaseHTTPResponse, request: HttpRequestOptions) -> RESTResponse:
    response = RESTResponse(incoming.status, incoming.reason, incoming.headers, b"")
    try:
        transfer = request.transfer
        if transfer is not None and transfer.takes(response):
            _hand_over(transfer, incoming, response, request)
        else:
            response.content = _read(incoming, request.settings.max_response_bytes)
    except (HTTPError, HTTPException, OSError, ValueError, UnusableBodyError) as error:
        failure = _failure(error, request)
        if isinstance(failure, ApiException):
            # That the service refused counts for more than the text that got lost.
            _refuse(response, request, error)
            if isinstance(error, UnusableBodyError):
                raise unusable(response, request, error) from error
    else:
        check_status(response, request)
        return response
    try:
        raise failure
    finally:
        del failure


def _refuse(response: RESTResponse, request: HttpRequestOptions, error: Exception) -> None:
    try:
        check_status(response, request)
    except ApiException as refused:
        raise refused from error


def _hand_over(
    transfer: Transfer,
    incoming: urllib3.BaseHTTPResponse,
    response: RESTResponse,
    request: HttpRequestOptions,
) -> None:
    try:
        transfer.receive(incoming, response, request)
    except BaseException:
        incoming.close()
        raise
    finally:
        incoming.release_conn()  # as below


def _read(incoming: urllib3.BaseHTTPResponse, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        length = incoming.length_remaining
        if (
            length is not None
            and length <= min(most, _PIECE)
            and not incoming.headers.get("Content-Encoding")
        ):
            return incoming.read()
        while True:
            piece = incoming.read(_PIECE)
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise UnusableBodyError(f"larger than max_response_bytes, {most}")
            if len(piece) < _PIECE:
                return b"".join(pieces)
    except BaseException:
        incoming.close()
        raise
    finally:
        # In any case: urllib3 itself would keep the place in the pool after a bad gzip stream.
        incoming.release_conn()


def _encode_content(request: HttpRequestOptions) -> None:
    """Make the bytes of the body, and see to the Content-Type."""
    if request.body is not None and request.post_params:
        raise ValueError("body: leave it out where there are post_params, or the reverse")
    if request.body is None and not request.post_params:
        request.content = None
        return
    name = next((one for one in request.headers if one.lower() == "content-type"), "Content-Type")
    if request.body is not None:
        request.headers.setdefault(name, "application/json")
        request.content = format_json(request.body).encode("ascii")
        return
    # Imported here for the sake of start-up time: few requests have a form.
    from .._wire.forms import encode_form, is_multipart

    request.content, request.headers[name] = encode_form(
        request.post_params, multipart=is_multipart(request.headers)
    )


def _secrets(request: HttpRequestOptions, route: Route) -> set[str]:
    return request.secrets() | (route.proxy.secrets() if route.proxy else set())


def _pause(
    failure: ApiException, request: HttpRequestOptions, settings: Snapshot, attempt: int
) -> float | None:
    """Seconds to wait before another try; ``None`` if there is to be none."""
    outcome: int | NoAnswer = failure.status or NoAnswer.NOT_SENT
    if not failure.status and is_hopeless(failure):
        outcome = NoAnswer.HOPELESS
    elif not failure.status and request.limits.sent:
        outcome = NoAnswer.LOST
    return pause_before_retry(
        request.method,
        attempt,
        outcome,
        failure.headers or {},
        request.limits.time_left(),
        RetrySettings(settings.retries, settings.retry_after_max),
    )
