"""The wire: urllib3 pool, time limits, retries, status to exception.

Redirects are not followed, so that the bearer token reaches the configured host and no other.
urllib3 is told to try once; when a request may be sent again is for ``retry`` to say, which knows
what urllib3's own ``Retry`` does not: whether any of a request had left when it failed, and how
much time there is.
"""

from __future__ import annotations

import json
import math
import operator
import ssl
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import urllib3
from urllib3.exceptions import EmptyPoolError, HTTPError, InsecureRequestWarning

from .configuration import Configuration
from .connection import close_idle, forget_on_fork, limits, make_pool_manager, make_proxy_manager
from .exceptions import ApiConnectionException as ApiConnectionException
from .exceptions import ApiException as ApiException
from .exceptions import ApiTimeoutException as ApiTimeoutException
from .exceptions import BadRequestException as BadRequestException
from .exceptions import ConflictException as ConflictException
from .exceptions import ForbiddenException as ForbiddenException
from .exceptions import NotFoundException as NotFoundException
from .exceptions import RESTResponse as RESTResponse
from .exceptions import ServiceException as ServiceException
from .exceptions import TooManyRequestsException as TooManyRequestsException
from .exceptions import UnauthorizedException as UnauthorizedException
from .exceptions import causes, no_response, refusal, unusable
from .headers import check_headers
from .logger import (
    LogLevel,
    find_secrets,
    log_exchange,
    mask_headers,
    mask_query,
    mask_secrets,
    mask_text,
    package_logger,
    redact,
)
from .pacing import TokenBucket
from .proxy import Proxy, proxy_for, secrets_of
from .region_hosts import is_http_url
from .retry import NoAnswer, RetrySettings, pause_before_retry
from .serialization import format_json
from .settings import RequestTimeout, checked, seconds, time_limits
from .tls import make_context, tls_settings

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

_ONCE = urllib3.Retry(total=False, redirect=False)

_PIECE = 1024 * 1024
"""How many bytes of a body are read at a time."""


class _Request(NamedTuple):
    """A request as it goes over the wire, any number of times."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    body: Any  # what the content was made of, for the log
    most: int  # how many bytes of an answer are accepted
    secrets: Callable[[], set[str]]

    def __repr__(self) -> str:  # without headers and body, for tools that show local variables
        return f"_Request({self.method!r}, {mask_query(self.url)!r})"


class _Route(NamedTuple):
    """How a host is reached."""

    proxy: Proxy | None
    manager: urllib3.PoolManager
    pool: urllib3.HTTPConnectionPool | None  # of a host that is reached without a proxy

    def open(self, request: _Request) -> urllib3.BaseHTTPResponse:
        """Send a request, and give the answer when its head has come."""
        options: dict[str, Any] = {
            "body": request.content,
            "headers": request.headers,
            "pool_timeout": limits.wait(math.inf),
            "retries": _ONCE,
            "redirect": False,
            "preload_content": False,
        }
        authority, slash, path = request.url.partition("://")[2].partition("/")
        if self.pool is None or not slash or "?" in authority or "#" in authority:
            return self.manager.urlopen(request.method, request.url, **options)
        # As the manager would do, without looking for the pool once more.
        return self.pool.urlopen(request.method, f"/{path}", assert_same_host=False, **options)


class _Settings(NamedTuple):
    """What the configuration says to requests; worked out once, and again after a change."""

    state: tuple[object, object]
    connect: float
    read: float
    deadline: float | None
    retry: RetrySettings
    rate_limit: float | None
    max_response_bytes: int
    of_routes: tuple[object, ...]

    def __repr__(self) -> str:  # without the password of the proxy
        return f"_Settings(deadline={self.deadline})"


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
        self._routes: dict[str, _Route] = {}
        self._settings: _Settings | None = None
        self._settings_of_routes: tuple[object, ...] = ()
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
            The answer, whose status is 2xx.

        Raises:
            ApiException: The answer has another status, or none arrived.
            ValueError: An argument or a setting cannot be used; nothing was sent.
        """
        started = time.monotonic()
        settings = self._current_settings()
        if method not in _METHODS:
            raise ValueError(f"method: {method!r} is not one of {', '.join(sorted(_METHODS))}")
        connect, read = settings.connect, settings.read
        if timeout is not None:
            connect, read = _pair(checked("request_timeout", time_limits, timeout))
        if deadline is None:
            deadline = settings.deadline
        end = math.inf if deadline is None else started + checked("deadline", seconds, deadline)
        route = self._route(url, settings)
        sent_headers = check_headers(headers)
        content = _encode_content(body, post_params, sent_headers)
        if query_params:
            url = f"{url}?{urlencode(query_params, quote_via=quote)}"
        request = _Request(
            method,
            url,
            sent_headers,
            content,
            post_params if body is None else body,
            settings.max_response_bytes,
            lambda: (
                find_secrets((sent_headers, query_params, body, post_params))
                | secrets_of(route.proxy)
            ),
        )
        before = limits.begin(connect, read, end)
        try:
            return self._try(route, request, settings, started)
        finally:
            limits.restore(before)

    def _try(
        self,
        route: _Route,
        request: _Request,
        settings: _Settings,
        started: float,
    ) -> RESTResponse:
        attempt = 0
        maybe_done = False
        while True:
            if settings.rate_limit is not None:
                self._pace(settings.rate_limit, request, maybe_done=maybe_done)
            try:
                response = self._attempt(route, request)
            except ApiException as failure:
                failure.redact(request.secrets())
                maybe_done = failure.outcome_unknown = maybe_done or failure.outcome_unknown
                failure.attempts = attempt + 1
                self._log(failure, request, started, attempt)
                pause = pause_before_retry(
                    request.method,
                    attempt,
                    _outcome(failure),
                    failure.headers or {},
                    limits.time_left(),
                    settings.retry,
                )
                if pause is None:
                    raise
            else:
                self._log(response, request, started, attempt)
                return response
            time.sleep(pause)
            attempt += 1

    def _attempt(self, route: _Route, request: _Request) -> RESTResponse:
        limits.sent = False
        try:
            answer = route.open(request)
        except (HTTPError, HTTPException, OSError) as error:
            # The frames would hold the connection for as long as somebody holds the exception.
            traceback.clear_frames(error.__traceback__)
            sent = limits.sent and not _is_hopeless(error)
            raise _no_answer(error, request, sent=sent) from error
        response = RESTResponse(answer.status, answer.reason, answer.headers, b"")
        try:
            response.content = _read(answer, request.most)
        except (
            HTTPError,
            HTTPException,
            OSError,
            ValueError,
            _ResponseTooLargeError,
        ) as error:
            if not _succeeded(response):
                # That the service refused counts for more than the text that got lost.
                raise refusal(response, request.method, request.url) from error
            if isinstance(error, _ResponseTooLargeError):
                raise unusable(response, request.method, request.url, error) from error
            raise _no_answer(error, request, sent=True) from error
        if not _succeeded(response):
            raise refusal(response, request.method, request.url)
        return response

    def _log(
        self,
        outcome: RESTResponse | ApiException,
        request: _Request,
        started: float,
        attempt: int,
    ) -> None:
        succeeded = isinstance(outcome, RESTResponse)
        if not package_logger.isEnabledFor(LogLevel.LDebug if succeeded else LogLevel.LError):
            return
        headers = outcome.headers or urllib3.HTTPHeaderDict()
        secrets = request.secrets()
        exchange: dict[str, Any] = {
            "method": request.method,
            "url": mask_query(request.url),
            "status": outcome.status,
            "durationMs": round((time.monotonic() - started) * 1000),
            "correlationId": headers.get("ININ-Correlation-Id"),
            "attempt": attempt + 1,
        }
        if package_logger.isEnabledFor(LogLevel.LTrace):
            exchange["requestHeaders"] = json.dumps(mask_headers(request.headers))
            exchange["responseHeaders"] = json.dumps(mask_headers(headers))
        if self._configuration.logger.log_request_body and request.body is not None:
            exchange["requestBody"] = json.dumps(mask_secrets(request.body), default=str)
        if self._configuration.logger.log_response_body:
            text = outcome.data if isinstance(outcome, RESTResponse) else outcome.body
            exchange["responseBody"] = mask_text(text or "")
        for name, value in exchange.items():
            if isinstance(value, str):
                exchange[name] = redact(value, secrets)
        log_exchange(exchange, succeeded=succeeded)

    def _current_settings(self) -> _Settings:
        configuration = self._configuration
        state, settings = configuration.state(), self._settings
        if settings is None or any(map(operator.is_not, state, settings.state)):
            # Which of two threads gets here last does not matter: the next call looks again.
            settings = self._settings = _Settings(
                state,
                *_pair(configuration.request_timeout),
                configuration.deadline,
                RetrySettings(configuration.retries, configuration.retry_after_max),
                configuration.rate_limit,
                configuration.max_response_bytes,
                (
                    configuration.connection_pool_maxsize,
                    configuration.proxy,
                    configuration.proxy_username,
                    configuration.proxy_password,
                    configuration.no_proxy,
                    *tls_settings(configuration),
                ),
            )
        return settings

    def _route(self, url: str, settings: _Settings) -> _Route:
        """How the host of a URL is reached; found anew if a setting for that has changed."""
        scheme, _, rest = url.partition("://")
        origin = f"{scheme}://{rest.partition('/')[0]}"
        with self._routes_lock:
            if settings.of_routes != self._settings_of_routes:
                # The ones before close their connections when the last call through them ends.
                self._routes = {}
                self._settings_of_routes = settings.of_routes
            route = self._routes.get(origin)
            if route is not None:
                return route
            route = self._routes[origin] = self._find(origin)
        if not self._configuration.verify_ssl:  # outside of the lock: who hears of it may call
            warnings.warn(
                "verify_ssl is False: whoever answers is trusted, and gets the access token",
                InsecureRequestWarning,
                stacklevel=2,
            )
        return route

    def _find(self, url: str) -> _Route:
        """How a host is reached, given a URL of it."""
        if not is_http_url(url):
            raise ValueError("url: give that of an http or https host")
        proxy = proxy_for(url, self._configuration)
        managers = (other.manager for other in self._routes.values() if other.proxy == proxy)
        manager = next(managers, None) or _make_manager(self._configuration, proxy)
        return _Route(proxy, manager, manager.connection_from_url(url) if proxy is None else None)

    def _pace(self, rate_limit: float, request: _Request, *, maybe_done: bool) -> None:
        """Wait until the rate limit of the configuration lets another request go."""
        # In one step, so that threads which come here together get the same.
        bucket = self._buckets.get(rate_limit) or self._buckets.setdefault(
            rate_limit, TokenBucket(rate_limit)
        )
        pause = bucket.take(limits.time_left())
        if pause is None:
            raise ApiTimeoutException(
                0,
                f"rate_limit lets no request go before the deadline ({rate_limit:g} a minute)",
                method=request.method,
                url=mask_query(request.url),
                outcome_unknown=maybe_done,
            )
        time.sleep(pause)

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        with self._routes_lock:
            for route in self._routes.values():
                close_idle(route.manager)


class _ResponseTooLargeError(Exception):
    """A body is larger than the configuration allows."""


def _succeeded(response: RESTResponse) -> bool:
    return 200 <= response.status < 300


def _no_answer(error: Exception, request: _Request, *, sent: bool) -> ApiException:
    if limits.time_left() <= 0:
        limit = "the deadline of the call"
    elif sent:
        limit = f"the time limit: nothing arrived for {limits.read:g} s (request_timeout)"
    else:
        limit = f"the time limit for connecting, {limits.connect:g} s (request_timeout)"
    return no_response(error, request.method, request.url, sent=sent, limit=limit)


def _read(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        length = answer.length_remaining
        if (
            length is not None
            and length <= min(most, _PIECE)
            and not answer.headers.get("Content-Encoding")
        ):
            return answer.read()
        while True:
            piece = answer.read(_PIECE)
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise _ResponseTooLargeError(f"larger than max_response_bytes, {most}")
            if len(piece) < _PIECE:
                return b"".join(pieces)
    except BaseException:
        answer.close()
        raise
    finally:
        # In any case: urllib3 itself would keep the place in the pool after a bad gzip stream.
        answer.release_conn()


def _encode_content(body: Any, post_params: Any, headers: dict[str, str]) -> bytes | None:
    """Make the bytes of the body, and see to the Content-Type."""
    if body is not None and post_params:
        raise ValueError("body: leave it out where there are post_params, or the reverse")
    name = next((name for name in headers if name.lower() == "content-type"), "Content-Type")
    if post_params:
        if headers.get(name) == "multipart/form-data":
            content, headers[name] = urllib3.encode_multipart_formdata(post_params)
            return content
        headers[name] = "application/x-www-form-urlencoded"
        return urlencode(post_params).encode("ascii")
    if body is None:
        return None
    headers.setdefault(name, "application/json")
    return format_json(body).encode("ascii")


def _outcome(failure: ApiException) -> int | NoAnswer:
    """What the retry policy is to know of a failure."""
    if failure.status:
        return failure.status
    if _is_hopeless(failure):
        return NoAnswer.HOPELESS
    return NoAnswer.LOST if limits.sent else NoAnswer.NOT_SENT


def _is_hopeless(error: Exception) -> bool:
    """Whether the deadline is over, or one side does not trust the certificate of the other.

    With TLS 1.3 a server refuses a client's certificate only after the request has left; it has
    not read it then.
    """
    return any(
        isinstance(cause, EmptyPoolError)
        or (
            isinstance(cause, ssl.SSLError)
            and any(word in str(cause.reason) for word in ("CERTIFICATE", "UNKNOWN_CA"))
        )
        for cause in causes(error)
    )


def _pair(timeout: RequestTimeout) -> tuple[float, float]:
    return timeout if isinstance(timeout, tuple) else (timeout, timeout)


def _make_manager(configuration: Configuration, proxy: Proxy | None) -> urllib3.PoolManager:
    pool: dict[str, Any] = {
        "maxsize": configuration.connection_pool_maxsize,
        "block": True,
        "ssl_context": make_context(configuration),
    }
    if proxy is None:
        return make_pool_manager(**pool)
    if proxy.url.lower().startswith("https:"):
        pool["proxy_ssl_context"] = make_context(configuration, show_client=False)
    credentials = proxy.credentials()
    headers = {"Proxy-Authorization": f"Basic {credentials}"} if credentials else None
    return make_proxy_manager(proxy.url, proxy_headers=headers, **pool)
