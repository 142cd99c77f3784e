"""The wire: urllib3 pool, time limits, retries, status to exception.

Redirects are not followed, so that the bearer token reaches the configured host and no other.
urllib3 is told to try once; when a request may be sent again is for ``retry`` to say, which knows
what urllib3's own ``Retry`` does not: whether any of a request had left when it failed, and how
much time there is.
"""

from __future__ import annotations

import base64
import json
import math
import re
import ssl
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import certifi
import six
import urllib3
from urllib3.exceptions import EmptyPoolError, HTTPError, InsecureRequestWarning

from .configuration import Configuration, RequestTimeout, is_http_url
from .connection import (
    close_idle,
    forget_on_fork,
    limits,
    make_pool_manager,
    make_proxy_manager,
    make_tls_context,
)
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
from .logger import (
    LogLevel,
    find_secrets,
    log_exchange,
    mask_query,
    mask_secrets,
    mask_text,
    package_logger,
    redact,
)
from .retry import NoAnswer, RetrySettings, pause_before_retry
from .serialization import format_json

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

# RFC 9110, sections 5.6.2 and 5.5.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_HEADER_TEXT = re.compile(r"[\t\x20-\x7e\x80-\xff]*").fullmatch

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
        self._manager: urllib3.PoolManager | None = None
        self._manager_settings: tuple[object, ...] = ()
        self._manager_lock = threading.Lock()
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
        if method not in _METHODS:
            raise ValueError(f"method: {method!r} is not one of {', '.join(sorted(_METHODS))}")
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
            _whole_number("max_response_bytes", self._configuration.max_response_bytes, 1),
            lambda: secrets_of(self._configuration, sent_headers, query_params, body, post_params),
        )
        connect, read = _time_limits(
            self._configuration.request_timeout if timeout is None else timeout
        )
        end = _end(started, self._configuration.deadline if deadline is None else deadline)
        settings = _retry_settings(self._configuration)
        manager = self._current_manager()
        with limits.of_one_call(connect, read, end):
            return self._try(manager, request, settings, started)

    def _try(
        self,
        manager: urllib3.PoolManager,
        request: _Request,
        settings: RetrySettings,
        started: float,
    ) -> RESTResponse:
        attempt = 0
        maybe_done = False
        while True:
            try:
                response = self._attempt(manager, request)
            except ApiException as failure:
                failure.redact(request.secrets())
                maybe_done = failure.outcome_unknown = maybe_done or failure.outcome_unknown
                self._log(failure, request, started, attempt)
                pause = pause_before_retry(
                    request.method,
                    attempt,
                    _outcome(failure),
                    failure.headers or {},
                    limits.time_left(),
                    settings,
                )
                if pause is None:
                    raise
            else:
                self._log(response, request, started, attempt)
                return response
            time.sleep(pause)
            attempt += 1

    def _attempt(self, manager: urllib3.PoolManager, request: _Request) -> RESTResponse:
        limits.sent = False
        try:
            answer = manager.urlopen(
                request.method,
                request.url,
                body=request.content,
                headers=request.headers,
                pool_timeout=limits.wait(math.inf),
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except (HTTPError, HTTPException, OSError) as error:
            # The frames would hold the connection for as long as somebody holds the exception.
            traceback.clear_frames(error.__traceback__)
            sent = limits.sent and not _is_hopeless(error)
            raise no_response(error, request.method, request.url, sent=sent) from error
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
            raise no_response(error, request.method, request.url, sent=True) from error
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
        exchange: dict[str, Any] = {
            "method": request.method,
            "url": mask_query(request.url),
            "status": outcome.status,
            "durationMs": round((time.monotonic() - started) * 1000),
            "correlationId": headers.get("ININ-Correlation-Id"),
            "attempt": attempt + 1,
        }
        if self._configuration.logger.log_request_body and request.body is not None:
            exchange["requestBody"] = json.dumps(mask_secrets(request.body), default=str)
        if self._configuration.logger.log_response_body:
            text = outcome.data if isinstance(outcome, RESTResponse) else outcome.body
            exchange["responseBody"] = mask_text(text or "")
        secrets = request.secrets()
        for name, value in exchange.items():
            if isinstance(value, str):
                exchange[name] = redact(value, secrets)
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
                # The one before closes its connections when the last call through it ends.
                self._manager = _make_manager(configuration)
                self._manager_settings = settings
            return self._manager

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        with self._manager_lock:
            if self._manager is not None:
                close_idle(self._manager)


def check_headers(*groups: Mapping[str, str | bytes] | None) -> dict[str, str]:
    """Put headers together, and check that they can go over the wire as they are.

    Args:
        *groups: Headers; a later one replaces earlier ones of its name, in whatever case.

    Returns:
        All of them, the values as text.

    Raises:
        ValueError: A name or a value has characters that HTTP does not allow there.
        TypeError: A value is no text.
    """
    headers = {
        name.lower(): (name, value) for group in groups if group for name, value in group.items()
    }
    checked: dict[str, str] = {}
    for name, value in headers.values():
        if not _HEADER_NAME(name):
            raise ValueError(f"header {name!r}: not a name that HTTP allows")
        text = to_text(f"header {name}", value, "latin-1")
        if not is_header_text(text):
            raise ValueError(
                f"header {name}: the value has a line break, another control character, or one "
                "outside Latin-1; remove it, and mind the end of values read from files"
            )
        checked[name] = text
    return checked


def is_header_text(text: str) -> bool:
    """Whether a text can be the value of a header.

    Args:
        text: The text.

    Returns:
        False if there is a control character in it, or one outside Latin-1.
    """
    return _HEADER_TEXT(text) is not None


def to_text(name: str, value: Any, encoding: str = "utf-8") -> str:
    """Turn text that may be bytes into text, for a header or a URL.

    Args:
        name: What an error message should call it.
        value: The text.
        encoding: The encoding of bytes, and what the text must be possible to write in.

    Returns:
        The text.

    Raises:
        TypeError: The value is no text.
        ValueError: It is not in the encoding.
    """
    try:
        text = six.ensure_str(value, encoding)
        text.encode("utf-8")
    except TypeError:
        raise TypeError(f"{name}: give text, not a value of type {type(value).__name__}") from None
    except UnicodeError:
        # Without the cause: it has the value, which may be a secret.
        raise ValueError(f"{name}: not a text in {encoding}") from None
    return text


def secrets_of(configuration: Configuration, *parts: Any) -> set[str]:
    """Collect what must not be shown of a request, should the answer repeat it.

    Args:
        configuration: The credentials of the proxy are in it.
        *parts: Headers, query, body and form fields.

    Returns:
        The secrets.
    """
    of_the_proxy = (configuration.proxy_password, _proxy_credentials(configuration))
    return find_secrets(parts) | {secret for secret in of_the_proxy if secret}


class _ResponseTooLargeError(Exception):
    """A body is larger than the configuration allows."""


def _succeeded(response: RESTResponse) -> bool:
    return 200 <= response.status < 300


def _read(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
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


def _time_limits(timeout: RequestTimeout) -> tuple[float, float]:
    limits = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(limits) != 2 or not all(map(_is_seconds, limits)):
        raise ValueError(
            "request_timeout: give a number of seconds above zero, or a (connect, read) pair of "
            f"them, not {timeout!r}"
        )
    return limits


def _end(started: float, deadline: float | None) -> float:
    if deadline is None:
        return math.inf
    if not _is_seconds(deadline):
        raise ValueError(f"deadline: give a number of seconds above zero, not {deadline!r}")
    return started + deadline


def _retry_settings(configuration: Configuration) -> RetrySettings:
    longest = configuration.retry_after_max
    if longest != 0 and not _is_seconds(longest):
        raise ValueError(f"retry_after_max: give a number of seconds, not {longest!r}")
    return RetrySettings(_whole_number("retries", configuration.retries, 0), longest)


def _whole_number(name: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name}: give a whole number from {least} up, not {value!r}")
    return value


def _is_seconds(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 < value <= threading.TIMEOUT_MAX


def _make_manager(configuration: Configuration) -> urllib3.PoolManager:
    if not configuration.verify_ssl:
        warnings.warn(
            "verify_ssl is False: whoever answers is trusted, and gets the access token",
            InsecureRequestWarning,
            stacklevel=2,
        )
    pool: dict[str, Any] = {
        "maxsize": _whole_number(
            "connection_pool_maxsize", configuration.connection_pool_maxsize, 1
        ),
        "block": True,
        "ssl_context": _make_tls_context(configuration),
    }
    if not configuration.proxy:
        return make_pool_manager(**pool)
    if not is_http_url(configuration.proxy) or "@" in configuration.proxy:
        raise ValueError(
            "proxy: give the URL of an HTTP proxy, such as http://proxy.example.com:3128; "
            "credentials go into proxy_username and proxy_password"
        )
    if configuration.proxy.lower().startswith("https:"):
        pool["proxy_ssl_context"] = _make_tls_context(configuration, show_client=False)
    credentials = _proxy_credentials(configuration)
    headers = {"Proxy-Authorization": f"Basic {credentials}"} if credentials else None
    return make_proxy_manager(configuration.proxy, proxy_headers=headers, **pool)


def _proxy_credentials(configuration: Configuration) -> str | None:
    """User name and password as they are sent to the proxy (RFC 7617)."""
    if not configuration.proxy_username:
        return None
    credentials = f"{configuration.proxy_username}:{configuration.proxy_password or ''}"
    return base64.b64encode(credentials.encode()).decode("ascii")


def _make_tls_context(configuration: Configuration, *, show_client: bool = True) -> ssl.SSLContext:
    try:
        context = make_tls_context(configuration.ssl_ca_cert or certifi.where())
    except (OSError, ssl.SSLError) as error:
        raise ValueError(
            f"ssl_ca_cert: {configuration.ssl_ca_cert!r} is not a file of PEM certificates"
        ) from error
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if configuration.cert_file and show_client:
        try:
            # Without a password, OpenSSL would ask at the terminal for that of an encrypted key.
            context.load_cert_chain(configuration.cert_file, configuration.key_file, password="")
        except (OSError, ssl.SSLError) as error:
            raise ValueError(
                f"cert_file, key_file: {configuration.cert_file!r} and {configuration.key_file!r} "
                "are not a PEM certificate and its key, without a passphrase"
            ) from error
    return context
