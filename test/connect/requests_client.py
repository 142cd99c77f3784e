"""Sends through requests instead of urllib3 alone."""

from __future__ import annotations

import time
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote, urlencode

import requests
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from PureCloudPlatformClientV2 import AbstractHttpClient, HttpRequestOptions
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiException,
    ApiTimeoutException,
    RESTResponse,
)

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class RequestsHttpClient(AbstractHttpClient):
    """Sends through a ``requests.Session``, whose proxies, certificates and adapters count.

    A request is sent once. The deadline holds between any two pieces of the body; the wait for a
    single piece is limited by the read timeout.
    """

    def __init__(self, session: requests.Session | None = None) -> None:
        """Take a session, or make one; it is closed with this client."""
        super().__init__()
        self.session = session or requests.Session()
        # A cookie of one answer has no business in the next request.
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

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
        """Close all connections; the next request opens new ones."""
        self.session.close()

    def _send(self, options: HttpRequestOptions) -> RESTResponse:
        end = None if options.deadline is None else time.monotonic() + options.deadline
        headers: dict[str, str | bytes] = {
            name: value.encode("latin-1") for name, value in options.headers.items()
        }
        form = options.post_params
        if form and options.headers.get("Content-Type") == "multipart/form-data":
            form, headers["Content-Type"] = urllib3.encode_multipart_formdata(form)
        try:
            with self.session.request(
                options.method,
                _address(options),
                headers=headers,
                json=options.body,
                data=form or None,
                timeout=self._time_limits(options),
                allow_redirects=False,  # the access token is for this host only
                auth=_leave_alone,
                stream=True,
            ) as answer:
                content = bytearray()
                for piece in answer.iter_content(64 * 1024):
                    content += piece
                    if end is not None and time.monotonic() > end:
                        raise requests.ReadTimeout("the deadline has passed")
                reason, received = answer.reason, dict(answer.headers)
                return RESTResponse(answer.status_code, reason, received, bytes(content))
        except ValueError:  # an address or a header that cannot be sent
            raise
        except requests.RequestException as error:
            raise _no_answer(error, options) from error

    def _time_limits(self, options: HttpRequestOptions) -> tuple[float, float]:
        limits = options.timeout or self.timeout or (10.0, 60.0)
        connect, read = limits if isinstance(limits, tuple) else (limits, limits)
        longest = float("inf") if options.deadline is None else options.deadline
        return min(connect, longest), min(read, longest)


def _leave_alone(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from putting a password of ~/.netrc in the place of the access token."""
    return request


def _address(options: HttpRequestOptions) -> str:
    if not options.query_params:
        return options.url
    # As the service reads it: a blank is %20, and not a plus sign.
    return f"{options.url}?{urlencode(options.query_params, quote_via=quote)}"


def _no_answer(error: requests.RequestException, options: HttpRequestOptions) -> ApiException:
    # requests wraps what urllib3 has raised, which tells more.
    causes = [error, *(one for one in error.args if isinstance(one, BaseException))]
    causes += [one.reason for one in causes if isinstance(one, MaxRetryError) and one.reason]
    # Only where the request has certainly not left can it be sent again without a second look.
    not_sent = any(
        isinstance(cause, (ConnectTimeoutError, NewConnectionError, ProxyError))
        or "CERTIFICATE_VERIFY_FAILED" in str(cause)
        for cause in causes
    )
    too_late = any(
        isinstance(cause, (requests.Timeout, ReadTimeoutError, ConnectTimeoutError))
        and not isinstance(cause, NewConnectionError)
        for cause in causes
    )
    kind = ApiTimeoutException if too_late else ApiConnectionException
    return kind(
        0,
        type(error).__name__,
        method=options.method,
        url=options.url,
        outcome_unknown=not not_sent and options.method in _WRITES,
    )
