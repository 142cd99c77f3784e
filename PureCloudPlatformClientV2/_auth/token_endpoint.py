"""Where tokens come from (RFC 6749, section 3.2)."""

from __future__ import annotations

import threading
import time

from .._transport.failures import no_time_left, unusable
from .._transport.request import HttpRequestOptions
from .._transport.service import Service
from .._wire.headers import is_header_text
from .._wire.json_values import parse_json
from .._wire.redaction import find_secrets
from ..exceptions import ApiException
from .grants import Grant
from .token import Token

_MARGIN = 0.1
"""The part of a token's life in which it is renewed although it is still good."""

_LONGEST_MARGIN = 300.0
"""Seconds that this part has at the most."""


def request_token(service: Service, grant: Grant, call: HttpRequestOptions, end: float) -> Token:
    """Ask the login service for a token.

    Args:
        service: Knows the login service.
        grant: What to send.
        call: What the token is for; says how long connecting and waiting may take.
        end: When it must be over, on the clock of ``time.monotonic``.

    Raises:
        ApiException: The login service refused, or could not be reached.
    """
    started = time.monotonic()
    request = HttpRequestOptions(
        url=f"{service.login_url(call.settings)}/oauth/token",
        method="POST",
        headers=grant.headers(),
        post_params=grant.form(),
        timeout=call.timeout,
    )
    request.settings, request.end = call.settings, end
    if end <= started:
        raise no_time_left(request, "no time was left to ask for an access token")
    try:
        response = service.send(request)
    except ApiException as failure:
        # Nothing of the caller's has been written, and to ask for another token does no harm.
        failure.outcome_unknown = False
        failure.redact(find_secrets((request.headers, request.post_params)))
        raise
    try:
        return _read_token(response.content, started)
    except ValueError as error:
        problem = unusable(response, request, error)
        problem.body = None  # there may be a token in it
        problem.outcome_unknown = False
        problem.redact(find_secrets((request.headers, request.post_params)))
        reason = ValueError(str(error))  # the error itself may hold the response
    raise problem from reason


def _read_token(content: bytes, asked_at: float) -> Token:
    response = parse_json(content)
    access_token = response.get("access_token") if isinstance(response, dict) else None
    if not isinstance(access_token, str) or not access_token or not is_header_text(access_token):
        raise ValueError("access_token is not a text that can be sent")
    refresh_token = response.get("refresh_token")
    token = Token(
        access_token, refresh_token if isinstance(refresh_token, str) else "", response=response
    )
    life = response.get("expires_in")
    if isinstance(life, bool) or not isinstance(life, (int, float)):
        return token
    if not 0 < life < threading.TIMEOUT_MAX:
        return token  # how long it is good for shows when it is refused
    margin = min(life * _MARGIN, _LONGEST_MARGIN)
    return token.lasting(asked_at, renew_at=asked_at + life - margin, expires_at=asked_at + life)
