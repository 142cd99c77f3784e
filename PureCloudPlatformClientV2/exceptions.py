"""Everything that can go wrong with a call, as ApiException."""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import datetime, timezone
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import urllib3

from . import models
from ._wire.headers import parse_retry_after
from ._wire.redaction import find_query_secrets, mask_headers, mask_text, redact
from ._wire.response import RESTResponse

if TYPE_CHECKING:
    from .models._error_bodies import ErrorContent

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

_EXCERPT = 200
"""How many characters of a foreign body, such as a gateway's HTML page, an error text shows."""

_LONGEST = 1000
"""How many characters an error text shows of anything that came over the wire."""


if TYPE_CHECKING:
    _GivingWay = cached_property
else:

    class _GivingWay(cached_property):
        """Works an attribute out anew each time, unless an instance was given one.

        Programs have subclasses that set ``self.message``, as they do with the vendor's exception.
        """

        def __get__(self, instance, owner=None):
            return self if instance is None else self.func(instance)


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
        entity_id: The id of what was created, or waited for, where that is known.
        candidates: What ``find_one`` could not choose from, or what has the most similar name.
    """

    # Not in the instance's dict, so that no copy and no pickle has what was parsed.
    __slots__ = ("_parsed",)
    _parsed: tuple[str, Any] | None
    """A body, and what could be made of it."""

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
        self._advice: str = ""
        self.entity_id: str | None = None
        self.candidates: list[Any] = []
        self._made_at: datetime = datetime.now(timezone.utc)
        super().__init__(self.status, self.reason)

    @_GivingWay
    def error(self) -> models.ErrorBody | None:
        """What the service said, or ``None`` if the body of the response tells of no error.

        What is no field of an ``ErrorBody``, or not of its type, is in ``additional_properties``:
        errors of OAuth and SCIM are all there. ``message``, ``code`` and ``details`` know both.
        """
        content = self._read_content()
        return content.body if content else None

    @_GivingWay
    def message(self) -> str | None:
        """What went wrong, as the service says it in a sentence, or ``None`` if it does not."""
        content = self._read_content()
        return content.message() if content else None

    @_GivingWay
    def code(self) -> str | None:
        """What went wrong, as a code for programs to compare, such as ``not.found``, or ``None``.

        With OAuth it is the ``error``, with SCIM the ``scimType``.
        """
        content = self._read_content()
        return content.code() if content else None

    @_GivingWay
    def details(self) -> tuple[models.Detail, ...]:
        """The fields that the service objected to; also those of the errors behind this one."""
        content = self._read_content()
        return tuple(content.details()) if content else ()

    @property
    def advice(self) -> str:
        """What to do about it, where the client knows; the text of the exception ends with it."""
        # How to sign in is for those to say who know what was set.
        is_refusal = self.status not in (0, HTTPStatus.UNAUTHORIZED)
        if self._advice or not is_refusal or self.oauth_error:
            return self._advice
        content = self._read_content()
        code = content.code() if content else None
        if code is None:
            return ""
        # Imported here for the sake of start-up time: most programs meet few errors.
        try:
            from ._wire.error_codes import code_advice
        except OSError:  # no descriptor is free, and what happened matters more
            return ""
        return code_advice(code)

    @advice.setter
    def advice(self, advice: str) -> None:
        self._advice = advice

    @_GivingWay
    def oauth_error(self) -> str | None:
        """The error code of the login service, such as `invalid_client` (RFC 6749, section 5.2)."""
        return self._oauth("error")

    @_GivingWay
    def oauth_error_description(self) -> str | None:
        """What the login service says to it, or `None`."""
        return self._oauth("error_description") or self._oauth("description")

    def _oauth(self, name: str) -> str | None:
        content = self._read_content()
        found = content.body.additional_properties if content else {}
        value = found.get(name) if "error" in found else None
        return value if isinstance(value, str) else None

    @_GivingWay
    def correlation_id(self) -> str | None:
        """Leads Genesys support to the request in the service's logs; quote it in a ticket."""
        header = self.headers.get("ININ-Correlation-Id") if self.headers else None
        content = self._read_content()
        return header or (content.body.context_id if content else None)

    @_GivingWay
    def retry_after(self) -> float | None:
        """Seconds from the response to the next try, if the service said so in ``Retry-After``."""
        return parse_retry_after(self.headers, self._made_at) if self.headers else None

    def _read_content(self) -> ErrorContent | None:
        if not self.body or 200 <= self.status < 300:
            return None
        parsed: tuple[str, ErrorContent | None] | None = getattr(self, "_parsed", None)
        if parsed is None or parsed[0] is not self.body:
            # Imported here for the sake of start-up time: most programs meet few errors.
            try:
                from .models._error_bodies import read_error_body
            except OSError:  # no descriptor is free, and what happened matters more
                return None
            parsed = self._parsed = self.body, read_error_body(self.body)
        return parsed[1]

    def duplicate(self) -> ApiException:
        """Make another one of the same content, without traceback, for another thread to raise."""
        twin = copy.copy(self)
        twin.__cause__ = self.__cause__
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        # Subclasses have constructors of their own, which could do nothing with these args.
        return _made_without_init, (type(self), self.args), self.__dict__

    def redact(self, secrets: Collection[str]) -> None:
        """Mask secrets in this exception, and in what it came from.

        The response may repeat those of the request, or have its own.
        """
        # The page of a redirect most often repeats where it leads, and that may be a signed URL.
        location = self.headers.get("Location", "") if self.headers else ""
        secrets = {*secrets, *find_query_secrets(location)}
        self._parsed = None  # it was of the body as it came
        if self.body:
            self.body = mask_text(self.body)
        if self.headers:
            headers = urllib3.HTTPHeaderDict()
            for name, value in self.headers.items():
                headers.add(name, redact(mask_headers({name: value})[name], secrets))
            self.headers = headers
        content = vars(self)
        content.update(
            {name: redact(one, secrets) for name, one in content.items() if isinstance(one, str)}
        )
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
        return self._answered(call) if self.status else self._unanswered(call)

    def _unanswered(self, call: str) -> str:
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

    def _answered(self, call: str) -> str:
        content = self._read_content()
        said, code = (content.message(), content.code()) if content else (None, None)
        # The body of a 2xx that cannot be used is data, maybe a token, and is not for a log.
        if not said and not code and not 200 <= self.status < 300:
            said = (self.body or "")[:_EXCERPT]
        particulars = content.particulars(said) if content else ""
        advice, wait = self.advice, self.retry_after
        text = f"{call} was answered {self.status}"
        text += f" {_readable(self.reason)}" if self.reason else ""
        text += f": {_readable(said)}" if said else ""
        text += f" [{_readable(particulars)}]" if particulars else ""
        extras = {
            "code": code,
            "correlation id": self.correlation_id,
            "seconds to wait": f"{wait:g}" if isinstance(wait, float) else wait,
            "tries": self.attempts if self.attempts > 1 else None,
        }
        shown = ", ".join(f"{name} {_readable(value)}" for name, value in extras.items() if value)
        text += f" ({shown})" if shown else ""
        return f"{text}; {_readable(advice)}" if advice else text

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


def _made_without_init(kind: type[ApiException], args: tuple[Any, ...]) -> ApiException:
    return ApiException.__new__(kind, *args)


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


def _readable(text: object) -> str:
    """Put what came over the wire on one line that is safe for a terminal, and not too long."""
    beginning = str(text)[: 4 * _LONGEST]
    line = " ".join("".join(c if c.isprintable() else " " for c in beginning).split())
    is_all = len(line) <= _LONGEST and len(str(text)) <= len(beginning)
    return line if is_all else f"{line[:_LONGEST]}..."
