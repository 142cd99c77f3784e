"""What the body of a refusal says, whoever wrote it: the API, OAuth, SCIM, or a gateway."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from .._wire.json_values import WrongShapeError
from .base import Model
from .detail import Detail
from .error_body import ErrorBody

_OTHER_MESSAGES = ("error_description", "description", "errorMessage", "detail", "title", "Message")
"""What the message is called by others than the API: OAuth, analytics, SCIM, RFC 9457, gateways."""

_OTHER_CODES = ("error", "errorCode", "scimType")
"""What the code is called by others, in the same order."""

_ERROR_FIELDS = ("message", "code", "errors", *_OTHER_CODES, "errorMessage", "detail", "Message")
"""One of these makes a body one that tells of an error."""

_MOST_DETAILS = 5
"""How many details an error text shows."""

_LONGEST_PARAM, _MOST_PARAMS = 10_000, 100
"""What is filled in of a placeholder, and how often: a short body could mean gigabytes."""

_Model = TypeVar("_Model", bound=Model)


def read_error_body(text: str) -> ErrorContent | None:
    """Read the body of a refusal; ``None`` if it tells of no error."""
    try:
        body = _decode(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return None if body is None else ErrorContent(body)


class ErrorContent:
    """What an error says, and those behind it.

    Attributes:
        body: The error.
    """

    def __init__(self, body: ErrorBody) -> None:
        """Say it of an error."""
        self.body = body

    def message(self) -> str | None:
        """Find the first sentence for people."""
        return next(filter(None, map(_own_message, self._all_errors())), None)

    def code(self) -> str | None:
        """Find the first code for programs."""
        return next(filter(None, map(_own_code, self._all_errors())), None)

    def details(self) -> Iterator[Detail]:
        """Go through the fields that the service objected to."""
        return (detail for one in self._all_errors() for detail in one.details or ())

    def particulars(self, said: str | None) -> str:
        """Tell what there is beside a message: the fields, and the errors behind this one."""
        errors_behind = islice(self._all_errors(), 1, None)
        behind = (_own_message(one) or _own_code(one) for one in errors_behind)
        found = dict.fromkeys((*map(_detail, self.details()), *behind))
        parts = [part for part in found if part and part != said]
        more = len(parts) - _MOST_DETAILS
        return "; ".join([*parts[:_MOST_DETAILS], *([f"and {more} more"] if more > 0 else [])])

    def _all_errors(self) -> Iterator[ErrorBody]:
        """Go through an error and those behind it, however deep they are."""
        waiting = [self.body]
        while waiting:
            yield (one := waiting.pop())
            waiting.extend(reversed(one.errors or ()))


def _own_message(error: ErrorBody) -> str | None:
    text = error.message or _other(error, _OTHER_MESSAGES) or error.message_with_params
    params = error.message_params or {}

    def fill_in(found: re.Match[str]) -> str:
        return (params.get(found[1]) or found[0])[:_LONGEST_PARAM]

    return text and re.sub(r"\{(\w+)\}", fill_in, text, count=_MOST_PARAMS)


def _own_code(error: ErrorBody) -> str | None:
    return error.code or _other(error, _OTHER_CODES)


def _detail(detail: Detail) -> str:
    what = detail.field_name or detail.entity_name or detail.entity_id
    why = detail.error_code or _other(detail, ("message", *_OTHER_MESSAGES))
    return ": ".join(filter(None, (what, why)))


def _other(error: Model, names: tuple[str, ...]) -> str | None:
    found = (error.additional_properties.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one), None)


def _decode(content: Any) -> ErrorBody | None:
    """Make what can be made of it: a field of the wrong shape is no reason to lose the message."""
    if isinstance(content, list) and all(isinstance(one, dict) for one in content):
        content = {"errors": content}
    if isinstance(content, dict) and isinstance(content.get("error"), dict):
        content = {**content.pop("error"), **content}
    if not isinstance(content, dict) or not any(_tells(content, name) for name in _ERROR_FIELDS):
        return None
    return _error_body(content)


def _tells(content: dict[str, Any], name: str) -> bool:
    return content.get(name) not in (None, "", [], {})


def _error_body(content: dict[str, Any]) -> ErrorBody:
    fitting = _fitting(content)
    errors, details = (_taken(fitting, name) for name in ("errors", "details"))
    body = _made(ErrorBody, fitting)
    if errors is not None:
        body.errors = [_error_body(one) for one in errors]
    if details is not None:
        body.details = [_made(Detail, one) for one in details]
    return body


def _fitting(content: dict[str, Any]) -> dict[str, Any]:
    """Bring into the declared shape what is nearly of it, as some services write it."""
    fitting = dict(content)
    if isinstance(status := content.get("status"), str) and re.fullmatch(r"\d{1,9}", status):
        fitting["status"] = int(status)
    if type(code := content.get("code")) is int:
        fitting["code"] = str(code)
    if isinstance(errors := content.get("errors"), list):
        fitting["errors"] = [{"message": one} if isinstance(one, str) else one for one in errors]
    if isinstance(params := content.get("messageParams"), dict):
        fitting["messageParams"] = {
            name: value if value is None or isinstance(value, str) else json.dumps(value)
            for name, value in params.items()
        }
    return fitting


def _taken(content: dict[str, Any], name: str) -> list[dict[str, Any]] | None:
    """Take a list of objects out, which a mistake in one of them shall not cost the others."""
    found = content.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return None
    del content[name]
    return found


def _made(kind: type[_Model], content: dict[str, Any]) -> _Model:
    misfits: dict[str, Any] = {}
    while True:
        try:
            model = kind.from_dict(content)
        except WrongShapeError as error:
            place = error.first_place()
            content = dict(content)
            misfits[place] = content.pop(place)
        else:
            model.additional_properties.update(misfits)
            return model
