"""Sends through httpx."""

from __future__ import annotations

import time
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote, urlencode

import httpx
import urllib3

from PureCloudPlatformClientV2 import AbstractHttpClient, HttpRequestOptions
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiException,
    ApiTimeoutException,
    RESTResponse,
)

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""After these the request has certainly not left, and can be sent again without a second look."""


class HttpxHttpClient(AbstractHttpClient):
    """Sends through an ``httpx.Client``, whose proxies, certificates and transports count.

    A request is sent once. The deadline holds between any two pieces of the body; the wait for a
    single piece is limited by the read timeout.
    """

    def __init__(self, client: httpx.Client | None = None) -> None:
        """Take a client, or make one; it is closed with this client."""
        super().__init__()
        self.client = client or httpx.Client()
        # A cookie of one answer has no business in the next request.
        self.client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        """Send a request, and give back what came, whatever its status."""
        options = http_request_options
        if self.pre_hook is not None:
            options = self.pre_hook(options) or options
        response = self._send(options)
        if self.post_hook is not None and 200 <= response.status < 300:
            response = self.post_hook(response) or response
        return response

    def close(self) -> None:
        """Close all connections, for good: httpx opens none after that."""
        self.client.close()

    def _send(self, options: HttpRequestOptions) -> RESTResponse:
        end = None if options.deadline is None else time.monotonic() + options.deadline
        headers = {
            name.encode("ascii"): value.encode("latin-1") for name, value in options.headers.items()
        }
        content: bytes | None = None
        if options.post_params and options.headers.get("Content-Type") == "multipart/form-data":
            content, content_type = urllib3.encode_multipart_formdata(options.post_params)
            headers[b"Content-Type"] = content_type.encode("ascii")
        elif options.post_params:
            content = urlencode(options.post_params).encode("ascii")
            headers[b"Content-Type"] = b"application/x-www-form-urlencoded"
        try:
            with self.client.stream(
                options.method,
                _address(options),
                headers=headers,
                json=options.body,
                content=content,
                timeout=self._time_limits(options),
                follow_redirects=False,  # the access token is for this host only
                auth=None,
            ) as answer:
                received = bytearray()
                for piece in answer.iter_bytes():
                    received += piece
                    if end is not None and time.monotonic() > end:
                        raise httpx.ReadTimeout("the deadline has passed")
                pairs = dict(answer.headers)
                return RESTResponse(
                    answer.status_code, answer.reason_phrase, pairs, bytes(received)
                )
        except httpx.InvalidURL as error:
            raise ValueError(f"url: {error}") from error
        except httpx.RequestError as error:
            raise _no_answer(error, options) from error

    def _time_limits(self, options: HttpRequestOptions) -> httpx.Timeout:
        limits = options.timeout or self.timeout or (10.0, 60.0)
        connect, read = limits if isinstance(limits, tuple) else (limits, limits)
        longest = float("inf") if options.deadline is None else options.deadline
        connect, read = min(connect, longest), min(read, longest)
        return httpx.Timeout(read, connect=connect, pool=connect)


def _address(options: HttpRequestOptions) -> str:
    if not options.query_params:
        return options.url
    # As the service reads it: a blank is %20, and not a plus sign.
    return f"{options.url}?{urlencode(options.query_params, quote_via=quote)}"


def _no_answer(error: httpx.RequestError, options: HttpRequestOptions) -> ApiException:
    too_late = isinstance(error, httpx.TimeoutException)
    kind = ApiTimeoutException if too_late else ApiConnectionException
    return kind(
        0,
        type(error).__name__,
        method=options.method,
        url=options.url,
        outcome_unknown=not isinstance(error, _NOT_SENT) and options.method in _WRITES,
    )
