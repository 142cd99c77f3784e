"""The wire: urllib3 pool, timeouts, RESTResponse, and everything that can go wrong as ApiException.

A request goes out once. Redirects are not followed, so that the bearer token reaches the configured
host and no other.
"""

from __future__ import annotations

import json
import math
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import certifi
import six
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    EmptyPoolError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from .configuration import Configuration, RequestTimeout
from .logger import (
    LogLevel,
    find_secrets,
    log_exchange,
    mask_json,
    mask_query,
    mask_secrets,
    package_logger,
    redact,
)
from .models.error_body import ErrorBody
from .serialization import format_json

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_NEVER_SENT = (NewConnectionError, ConnectTimeoutError, EmptyPoolError, ProxyError)
"""Failures that come before the first byte of a request leaves."""

_PIECE = 1024 * 1024
"""How many bytes of a body are read at a time."""

_EXCERPT = 200
"""How many characters of a foreign answer, such as a gateway's HTML page, an error text shows."""


class RESTResponse:
    """An answer of the service.

    Attributes:
        status: The HTTP status.
        reason: The words that go with it.
        headers: The headers; names are found in any case.
        content: The body as it came, after decompression.
    """

    def __init__(
        self, status: int, reason: str | None, headers: Mapping[str, str], content: bytes
    ) -> None:
        """Hold an answer; an HTTP client of your own makes these."""
        self.status = status
        self.reason = reason
        self.headers = urllib3.HTTPHeaderDict(headers)
        self.content = content

    @property
    def data(self) -> str:
        """The body as text; what is not UTF-8 shows as U+FFFD."""
        return self.content.decode("utf-8", errors="replace")

    def getheaders(self) -> urllib3.HTTPHeaderDict:
        """Give all headers."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Give one header.

        Args:
            name: Its name, in any case.
            default: What to give if it is missing.

        Returns:
            Its value.
        """
        return self.headers.get(name, default)

    def __repr__(self) -> str:
        return f"RESTResponse(status={self.status}, {len(self.content)} bytes)"


class ApiException(Exception):  # noqa: N818  # the generator family's name
    """The service refused a call, or no usable answer came.

    Attributes:
        status: The HTTP status; 0 where no complete answer arrived.
        reason: The words that go with the status, or what went wrong instead.
        body: The body of the answer as text, or ``None``.
        headers: The headers of the answer, or ``None``.
        method: The verb of the request.
        url: Where it was sent.
        outcome_unknown: Whether a POST, PUT, PATCH or DELETE may have been carried out although
            no answer says so. Look before sending it again.
    """

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: RESTResponse | None = None,
        *,
        method: str | None = None,
        url: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        """Describe the failure, either by status and reason or by the answer that came."""
        super().__init__(status, reason)
        self.status = status if http_resp is None else http_resp.status
        self.reason = reason if http_resp is None or reason else http_resp.reason
        self.body = None if http_resp is None else http_resp.data
        self.headers = None if http_resp is None else http_resp.headers
        self.method = method
        self.url = url
        self.outcome_unknown = outcome_unknown

    @property
    def error(self) -> ErrorBody | None:
        """What the service said, or ``None`` if the answer is not an ``ErrorBody``."""
        try:
            return ErrorBody.from_dict(json.loads(self.body or "null"))
        except (ValueError, RecursionError):
            return None

    @property
    def correlation_id(self) -> str | None:
        """Leads Genesys support to the request in the service's logs; quote it in a ticket."""
        header = self.headers.get("ININ-Correlation-Id") if self.headers else None
        return header or (self.error.context_id if self.error else None)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before trying again, if the service said so in ``Retry-After``."""
        header = self.headers.get("Retry-After", "") if self.headers else ""
        return parse_retry_after(header, now=datetime.now(timezone.utc))

    def redact(self, secrets: Collection[str]) -> None:
        """Mask secrets of the request, in case that the answer repeats them.

        Args:
            secrets: What must not be found in this exception.
        """
        if self.reason:
            self.reason = redact(self.reason, secrets)
        if self.body:
            self.body = redact(self.body, secrets)
        if self.headers:
            for name, value in self.headers.items():
                self.headers[name] = redact(value, secrets)
        self.args = (self.status, self.reason)

    def __str__(self) -> str:
        call = f"{self.method} {_path(self.url)}" if self.method and self.url else "The call"
        if not self.status:
            caution = (
                "; it may have been carried out all the same, so look before you send it again"
                if self.outcome_unknown
                else ""
            )
            return f"{call} got no answer: {self.reason}{caution}"
        # The body of a 2xx that cannot be used is data, maybe a token, and is not for a log.
        refused = not 200 <= self.status < 300
        said, code = _what_was_said(self.error, self.body) if refused else (None, None)
        text = f"{call} was answered {self.status}"
        text += f" {self.reason}" if self.reason else ""
        text += f": {said}" if said else ""
        extras = {"code": code, "correlation id": self.correlation_id}
        shown = ", ".join(f"{name} {value}" for name, value in extras.items() if value)
        return f"{text} ({shown})" if shown else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status!r}, reason={self.reason!r})"


class BadRequestException(ApiException):
    """400: the service could not accept something in the request."""


class UnauthorizedException(ApiException):
    """401: no access token was sent, or it is unknown or has expired."""


class ForbiddenException(ApiException):
    """403: the access token lacks a permission."""


class NotFoundException(ApiException):
    """404: there is nothing under this path."""


class ConflictException(ApiException):
    """409: the request clashes with the present state of the entity."""


class TooManyRequestsException(ApiException):
    """429: the rate limit is used up; ``retry_after`` says for how long."""


class ServiceException(ApiException):
    """5xx: the service, or a gateway on the way to it, failed."""


class ApiConnectionException(ApiException):
    """No complete answer arrived: refused, reset, cut short, or not to be trusted (TLS)."""


class ApiTimeoutException(ApiException):
    """No complete answer arrived in time."""


_BY_STATUS: dict[int, type[ApiException]] = {
    400: BadRequestException,
    401: UnauthorizedException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    429: TooManyRequestsException,
}


class RESTClientObject:
    """Sends requests and gives back what came."""

    def __init__(self, configuration: Configuration) -> None:
        """Prepare to send; nothing is opened before the first request.

        Args:
            configuration: TLS, proxy, pool size and time limits; read at every request.
        """
        self._configuration = configuration
        self._manager: urllib3.PoolManager | None = None
        self._manager_settings: tuple[object, ...] = ()
        self._manager_lock = threading.Lock()

    def request(
        self,
        method: str,
        url: str,
        query_params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        body: Any = None,
        post_params: Any = None,
        timeout: RequestTimeout | None = None,
    ) -> RESTResponse:
        """Send one request.

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

        Returns:
            The answer, whose status is 2xx.

        Raises:
            ApiException: The answer has another status, or none arrived.
            ValueError: An argument or a setting cannot be used; nothing was sent.
        """
        if method not in _METHODS:
            raise ValueError(f"method: {method!r} is not one of {', '.join(sorted(_METHODS))}")
        sent_headers = check_headers(headers or {})
        content = _encode_content(body, post_params, sent_headers)
        if query_params:
            url = f"{url}?{urlencode(query_params, quote_via=quote)}"
        limits = _time_limits(timeout or self._configuration.request_timeout)
        manager = self._current_manager()
        started = time.monotonic()
        try:
            response = self._exchange(manager, method, url, content, sent_headers, limits)
        except ApiException as failure:
            failure.redact(find_secrets([sent_headers, body, post_params]))
            self._log(failure, method, url, started, body)
            raise
        self._log(response, method, url, started, body)
        return response

    def _exchange(
        self,
        manager: urllib3.PoolManager,
        method: str,
        url: str,
        content: bytes | None,
        headers: dict[str, str],
        limits: urllib3.Timeout,
    ) -> RESTResponse:
        try:
            answer = manager.urlopen(
                method,
                url,
                body=content,
                headers=headers,
                timeout=limits,
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except (HTTPError, HTTPException, OSError) as error:
            raise no_response(error, method, url) from error
        response = RESTResponse(answer.status, answer.reason, answer.headers, b"")
        try:
            response.content = _read(answer, self._configuration.max_response_bytes)
        except (HTTPError, HTTPException, OSError) as error:
            if _succeeded(response):
                raise no_response(error, method, url) from error
            # That the service refused counts for more than the text that got lost.
            raise refusal(response, method, url) from error
        except _ResponseTooLargeError as error:
            raise unusable(response, method, url, error) from error
        if not _succeeded(response):
            raise refusal(response, method, url)
        return response

    def _log(
        self,
        outcome: RESTResponse | ApiException,
        method: str,
        url: str,
        started: float,
        body: Any,
    ) -> None:
        succeeded = isinstance(outcome, RESTResponse)
        if not package_logger.isEnabledFor(LogLevel.LDebug if succeeded else LogLevel.LError):
            return
        headers = outcome.headers or urllib3.HTTPHeaderDict()
        exchange = {
            "method": method,
            "url": mask_query(url),
            "status": outcome.status,
            "durationMs": round((time.monotonic() - started) * 1000),
            "correlationId": headers.get("ININ-Correlation-Id"),
        }
        if self._configuration.logger.log_request_body and body is not None:
            exchange["requestBody"] = json.dumps(mask_secrets(body))
        if self._configuration.logger.log_response_body:
            text = outcome.data if isinstance(outcome, RESTResponse) else outcome.body
            exchange["responseBody"] = mask_json(text or "")
        log_exchange(exchange, succeeded=succeeded)

    def _current_manager(self) -> urllib3.PoolManager:
        """The pool manager, made anew if a setting that it depends on has changed."""
        configuration = self._configuration
        settings = (
            configuration.connection_pool_maxsize,
            configuration.verify_ssl,
            configuration.ssl_ca_cert,
            configuration.cert_file,
            configuration.key_file,
            configuration.proxy,
            configuration.proxy_username,
            configuration.proxy_password,
        )
        with self._manager_lock:
            if self._manager is None or settings != self._manager_settings:
                manager = _make_manager(configuration)
                if self._manager is not None:
                    self._manager.clear()
                self._manager, self._manager_settings = manager, settings
            return self._manager

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        with self._manager_lock:
            if self._manager is not None:
                self._manager.clear()


def no_response(error: Exception, method: str, url: str) -> ApiException:
    """Choose the exception for a request that got no complete answer.

    Args:
        error: What urllib3 or the socket raised.
        method: The verb.
        url: Where the request was sent.

    Returns:
        The exception to raise.
    """
    kind: type[ApiException] = ApiTimeoutException
    if isinstance(error, EmptyPoolError):
        reason = "no connection of the pool became free in time"
    elif isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
        reason = "no connection came about within the time limit"
    elif isinstance(error, (ReadTimeoutError, TimeoutError)):
        reason = "the answer did not come within the time limit"
    else:
        cause = error.__cause__ or error
        kind, reason = ApiConnectionException, f"{type(cause).__name__}: {cause}"
    return kind(
        0,
        reason,
        method=method,
        url=mask_query(url),
        outcome_unknown=method in _WRITES and not isinstance(error, _NEVER_SENT),
    )


def refusal(response: RESTResponse, method: str, url: str) -> ApiException:
    """Choose the exception for an answer that is not 2xx.

    Args:
        response: The answer.
        method: The verb.
        url: Where the request was sent.

    Returns:
        The exception to raise.
    """
    kind = _BY_STATUS.get(response.status, ApiException)
    if 500 <= response.status < 600:
        kind = ServiceException
    return kind(http_resp=response, method=method, url=mask_query(url))


def unusable(response: RESTResponse, method: str, url: str, error: Exception) -> ApiException:
    """Make the exception for a 2xx whose body is not what the call should return.

    Args:
        response: The answer.
        method: The verb.
        url: Where the request was sent.
        error: What is wrong with the body.

    Returns:
        The exception to raise.
    """
    return ApiException(
        reason=f"{response.reason or ''}, but the body cannot be used: {error}".lstrip(", "),
        http_resp=response,
        method=method,
        url=mask_query(url),
        outcome_unknown=method in _WRITES,
    )


def check_headers(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    """Check that headers can go over the wire as they are.

    Args:
        headers: The headers.

    Returns:
        The same, all values as text.

    Raises:
        ValueError: A name or a value has characters that HTTP does not allow there.
    """
    checked: dict[str, str] = {}
    for name, value in headers.items():
        text = six.ensure_str(value, "latin-1")
        if not _is_header_text(name) or " " in name or ":" in name or not name:
            raise ValueError(f"header {name!r}: not a name that HTTP allows")
        if not _is_header_text(text):
            raise ValueError(
                f"header {name}: the value has a line break, another control character, or one "
                "outside Latin-1; remove it, and mind the end of values read from files"
            )
        checked[name] = text
    return checked


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110, section 10.2.3).

    Args:
        value: Seconds, or a date.
        now: The present moment, with a time zone.

    Returns:
        Seconds to wait from now on, or ``None`` if the value is neither.
    """
    value = value.strip()
    if value and value.isascii() and value.replace(".", "", 1).isdigit():
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())


class _ResponseTooLargeError(Exception):
    """A body is larger than the configuration allows."""


def _succeeded(response: RESTResponse) -> bool:
    return 200 <= response.status < 300


def _read(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        piece = answer.read(_PIECE)
        pieces.append(piece)
        size += len(piece)
        if size > most:
            answer.close()
            answer.release_conn()
            raise _ResponseTooLargeError(f"larger than max_response_bytes, {most}")
        if len(piece) < _PIECE:
            answer.release_conn()
            return b"".join(pieces)


def _encode_content(body: Any, post_params: Any, headers: dict[str, str]) -> bytes | None:
    """Make the bytes of the body, and see to the Content-Type."""
    if body is not None and post_params:
        raise ValueError("body: leave it out where there are post_params, or the reverse")
    if post_params:
        if headers.get("Content-Type") == "multipart/form-data":
            content, headers["Content-Type"] = urllib3.encode_multipart_formdata(post_params)
            return content
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return urlencode(post_params).encode("ascii")
    if body is None:
        return None
    headers.setdefault("Content-Type", "application/json")
    return format_json(body).encode("ascii")


def _time_limits(timeout: RequestTimeout) -> urllib3.Timeout:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    try:
        return urllib3.Timeout(connect=connect, read=read)
    except ValueError as error:
        raise ValueError(
            "_request_timeout: give seconds, or a (connect, read) pair of seconds, above zero; "
            f"got {timeout!r}"
        ) from error


def _make_manager(configuration: Configuration) -> urllib3.PoolManager:
    pool: dict[str, Any] = {
        "maxsize": configuration.connection_pool_maxsize,
        "block": True,
        "ssl_context": _make_ssl_context(configuration),
    }
    if not configuration.proxy:
        return urllib3.PoolManager(**pool)
    credentials = None
    if configuration.proxy_username:
        credentials = urllib3.make_headers(
            proxy_basic_auth=f"{configuration.proxy_username}:{configuration.proxy_password or ''}"
        )
    try:
        return urllib3.ProxyManager(configuration.proxy, proxy_headers=credentials, **pool)
    except (HTTPError, ValueError) as error:
        raise ValueError(
            "proxy: give the URL of an HTTP proxy, such as http://proxy.example.com:3128"
        ) from error


def _make_ssl_context(configuration: Configuration) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert or certifi.where())
    except (OSError, ssl.SSLError) as error:
        raise ValueError(
            f"ssl_ca_cert: {configuration.ssl_ca_cert!r} is not a file of PEM certificates"
        ) from error
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if configuration.cert_file:
        try:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
        except (OSError, ssl.SSLError) as error:
            raise ValueError(
                f"cert_file, key_file: {configuration.cert_file!r} and {configuration.key_file!r} "
                "are not a PEM certificate and its key"
            ) from error
    return context


def _is_header_text(text: str) -> bool:
    return all((" " <= char <= "\xff" and char != "\x7f") or char == "\t" for char in text)


def _path(url: str) -> str:
    return urlsplit(url).path or "/"


def _what_was_said(error: ErrorBody | None, body: str | None) -> tuple[str | None, str | None]:
    """The message and the code of an error body, be it the API's, OAuth's, or a gateway's page."""
    if error is not None and (error.message or error.code):
        return error.message, error.code
    if error is not None and error.additional_properties.get("error"):
        # RFC 6749, section 5.2
        oauth = error.additional_properties
        return oauth.get("error_description") or oauth.get("description"), oauth["error"]
    text = " ".join((body or "").split())
    return (text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."), None
