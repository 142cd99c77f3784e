"""Everything that can go wrong with a call, as ApiException."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

import urllib3

from . import models
from ._wire.headers import parse_retry_after
from ._wire.json_values import WrongShapeError
from ._wire.redaction import MASK, is_secret_name, mask_text, redact
from ._wire.response import RESTResponse

__all__ = [
    "ApiConnectionException",
    "ApiException",
    "ApiTimeoutException",
    "BadRequestException",
    "ConflictException",
    "ForbiddenException",
    "NotFoundException",
    "ServiceException",
    "TooManyRequestsException",
    "UnauthorizedException",
]

_ERROR_FIELDS = frozenset({"message", "code", "error"})
"""One of these makes a body an ``ErrorBody``, or an error of OAuth (RFC 6749, section 5.2)."""

_EXCERPT = 200
"""How many characters of a foreign body, such as a gateway's HTML page, an error text shows."""

_LONGEST = 1000
"""How many characters an error text shows of anything that came over the wire."""


class ApiException(Exception):  # noqa: N818  # the generator family's name
    """The service refused a call, or no usable response came.

    Attributes:
        status: The HTTP status; 0 where no complete response arrived.
        reason: The words that go with the status, or what went wrong instead.
        body: The body of the response as text, or ``None``.
        headers: The headers of the response, or ``None``.
        method: The verb of the request.
        url: Where it was sent.
        outcome_unknown: Whether a POST, PUT, PATCH or DELETE may have been carried out although
            no response of the service says so: none came, or none that can be read, or one of a
            gateway (502, 503, 504), be it to this try or to an earlier one. Look before sending
            it again.
        attempts: How often the request was sent, or was about to be.
        advice: What to do about it, where the client knows; the text of the exception ends with it.
        entity_id: The id of what was created, or waited for, where that is known.
    """

    _is_told: bool = False
    """Whether the reason is the whole text, as there is no request that got no answer."""

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: Any = None,
        *,
        method: str | None = None,
        url: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        """Describe the failure, either by status and reason or by the response that came.

        Args:
            status: The HTTP status; ``None`` is the same as 0.
            reason: The words that go with it.
            http_resp: The response that came: a RESTResponse, or another kind that it can be made
                of.
            method: The verb of the request.
            url: Where it was sent.
            outcome_unknown: Whether it may have been carried out although nobody says so.
        """
        response = None if http_resp is None else RESTResponse.of(http_resp)
        self.status: int = (status or 0) if response is None else response.status
        self.reason: str | None = reason if response is None or reason else response.reason
        self.body: str | None = None if response is None else response.data
        self.headers: urllib3.HTTPHeaderDict | None = None if response is None else response.headers
        self.method = method
        self.url = url
        self.outcome_unknown = outcome_unknown
        self.attempts: int = 1
        self.advice: str = ""
        self.entity_id: str | None = None
        self._made_at: datetime = datetime.now(timezone.utc)
        super().__init__(self.status, self.reason)

    @property
    def error(self) -> models.ErrorBody | None:
        """What the service said, or ``None`` if the response is not an ``ErrorBody``."""
        if not self.body or 200 <= self.status < 300:
            return None
        try:
            return _decode_error(json.loads(self.body))
        except (ValueError, RecursionError):
            return None

    @property
    def oauth_error(self) -> str | None:
        """The error code of the login service, such as `invalid_client` (RFC 6749, section 5.2)."""
        return self._oauth("error")

    @property
    def oauth_error_description(self) -> str | None:
        """What the login service says to it, or `None`."""
        return self._oauth("error_description") or self._oauth("description")

    def _oauth(self, name: str) -> str | None:
        found = self.error.additional_properties if self.error else {}
        value = found.get(name) if "error" in found else None
        return value if isinstance(value, str) else None

    @property
    def correlation_id(self) -> str | None:
        """Leads Genesys support to the request in the service's logs; quote it in a ticket."""
        header = self.headers.get("ININ-Correlation-Id") if self.headers else None
        return header or (self.error.context_id if self.error else None)

    @property
    def retry_after(self) -> float | None:
        """Seconds from the response to the next try, if the service said so in ``Retry-After``."""
        return parse_retry_after(self.headers, self._made_at) if self.headers else None

    def duplicate(self) -> ApiException:
        """Make another one of the same content, without traceback, for another thread to raise."""
        twin = type(self)()
        twin.__dict__.update(self.__dict__)
        twin.args = self.args
        twin.__cause__ = self.__cause__
        return twin

    def redact(self, secrets: Collection[str]) -> None:
        """Mask secrets in this exception, and in what it came from.

        The response may repeat those of the request, or have its own.
        """
        if self.body:
            self.body = redact(mask_text(self.body), secrets)
        if self.headers:
            headers = urllib3.HTTPHeaderDict()
            for name, value in self.headers.items():
                headers.add(name, MASK if is_secret_name(name) else redact(value, secrets))
            self.headers = headers
        if self.reason:
            self.reason = redact(self.reason, secrets)
        self.advice = redact(self.advice, secrets)
        self.args: tuple[Any, ...] = (self.status, self.reason)
        for cause in causes(self)[1:]:
            cause.args = tuple(
                redact(arg, secrets) if isinstance(arg, str) else arg for arg in cause.args
            )

    def __str__(self) -> str:
        # With the host: a program may talk to many organizations.
        call = (
            f"{self.method} {self.url.partition('?')[0]}"
            if self.method and self.url
            else "The call"
        )
        if not self.status:
            advice = f"; {_readable(self.advice)}" if self.advice else ""
            if self._is_told:
                return f"{_readable(self.reason)}{advice}"
            caution = (
                "; it may have been carried out all the same, so look before you send it again"
                if self.outcome_unknown and not self.entity_id
                else ""
            )
            why = f": {_readable(self.reason)}" if self.reason else ""
            tries = f", in {self.attempts} tries" if self.attempts > 1 else ""
            return f"{call} got no answer{tries}{why}{advice}{caution}"
        # The body of a 2xx that cannot be used is data, maybe a token, and is not for a log.
        refused = not 200 <= self.status < 300
        said, code = _what_was_said(self.error, self.body) if refused else (None, None)
        text = f"{call} was answered {self.status}"
        text += f" {_readable(self.reason)}" if self.reason else ""
        text += f": {_readable(said)}" if said else ""
        extras = {
            "code": code,
            "correlation id": self.correlation_id,
            "seconds to wait": self.retry_after and f"{self.retry_after:g}",
            "tries": self.attempts if self.attempts > 1 else None,
        }
        shown = ", ".join(f"{name} {_readable(value)}" for name, value in extras.items() if value)
        text += f" ({shown})" if shown else ""
        return f"{text}; {_readable(self.advice)}" if self.advice else text

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
    """No complete response arrived: refused, reset, cut short, or not to be trusted (TLS)."""


class ApiTimeoutException(ApiException):
    """No complete response arrived in time."""


def told(
    kind: type[ApiException],
    text: str,
    *,
    entity_id: str | None = None,
    body: str | None = None,
) -> ApiException:
    """Make an exception of status 0 that no request has come to, and so says itself what it is.

    Args:
        kind: Its class.
        text: Its reason, and its whole text.
        entity_id: The id of what it is about.
        body: What the service says about it, as JSON.
    """
    exception = kind(0, text)
    vars(exception).update(entity_id=entity_id, body=body, _is_told=True)
    return exception


def causes(error: BaseException) -> list[BaseException]:
    """List an exception and what it came from, the first cause last.

    urllib3 says what an exception came from in ``__cause__`` or in ``args``.
    """
    chain = [error]
    while True:
        found = chain[-1].__cause__ or next(
            (one for one in chain[-1].args if isinstance(one, BaseException)), None
        )
        if found is None or found in chain:
            return chain
        chain.append(found)


def _decode_error(content: Any) -> models.ErrorBody | None:
    """Make what can be made of it: a field of the wrong shape is no reason to lose the message."""
    if not isinstance(content, dict) or not _ERROR_FIELDS & content.keys():
        return None
    while True:
        try:
            return models.ErrorBody.from_dict(content)
        except WrongShapeError as error:
            del content[error.first_place()]


def _readable(text: object) -> str:
    """Put what came over the wire on one line that is safe for a terminal, and not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _what_was_said(error: models.ErrorBody | None, body: str | None) -> tuple[object, object]:
    """The message and the code of an error body, be it the API's, OAuth's, or a gateway's page."""
    if error is not None and (error.message or error.code):
        return error.message, error.code
    if error is not None and error.additional_properties.get("error"):
        # RFC 6749, section 5.2
        oauth = error.additional_properties
        return oauth.get("error_description") or oauth.get("description"), oauth["error"]
    return (body or "")[:_EXCERPT], None
