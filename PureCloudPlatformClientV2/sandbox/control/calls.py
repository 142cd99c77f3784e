"""Who may call what is under ``/sandbox``, and what the bodies of calls may hold."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Blueprint, request

from ..errors import Problem, ServiceError, error_for_status, invalid, not_json, require_object
from ..fault_injection import bearer_token
from ..state import current_state
from ..visitors import check_visitor

control: Blueprint = Blueprint("control", __name__)
control.before_request(check_visitor)


@control.before_request
def check_control_token() -> None:
    """Let only the holder of the control token in, wherever the sandbox listens."""
    sent = bearer_token(request.environ).encode("latin-1")
    if not hmac.compare_digest(sent, current_state().settings.control_token.encode()):
        raise ServiceError(
            401,
            "bad.credentials",
            "Calls under /sandbox need the control token that the sandbox was started with.",
            headers={"WWW-Authenticate": "Bearer"},
        )


_CENTURY = 36525 * 86400
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


def json_object(checks: Mapping[str, Callable[[Any], bool]]) -> dict[str, Any]:
    """Read the body: an object with no other fields than those that there are checks for."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError) as error:
        raise not_json() from error
    given = require_object(body)
    problems = [
        Problem(name, "invalid.value", "The field {fieldName} is unknown or has a wrong value.")
        for name, value in given.items()
        if name not in checks or not checks[name](value)
    ]
    if problems:
        raise invalid(problems)
    return given


def named_organization(body: Mapping[str, Any]) -> str:
    """Read which organization is meant: the sandbox's own one if the body names none."""
    try:
        return current_state().organization_id(body.get("organizationId"))
    except LookupError as error:
        raise error_for_status(404) from error


def is_string(value: object) -> bool:
    """Tell whether a value is text."""
    return isinstance(value, str)


def is_header_text(value: object) -> bool:
    """Tell whether a value is text that a header may hold."""
    return isinstance(value, str) and value != "" and value.isprintable()


def is_count(value: object) -> bool:
    """Tell whether a value is a whole number, zero included."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_duration(value: object) -> bool:
    """Tell whether a value is a number of seconds, from zero to a hundred years."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= _CENTURY


def is_string_list(value: object) -> bool:
    """Tell whether a value is a list of texts."""
    return isinstance(value, list) and all(map(is_string, cast("list[object]", value)))


def is_header_value(value: object) -> bool:
    """Tell whether a value is text that a header can be sent with."""
    return isinstance(value, str) and _HEADER_VALUE.fullmatch(value) is not None


def is_header_map(value: object) -> bool:
    """Tell whether a value is an object of headers that can be sent."""
    return isinstance(value, dict) and all(
        _HEADER_NAME.fullmatch(name) is not None and is_header_value(one)
        for name, one in cast("dict[str, object]", value).items()
    )


def camel_case(name: str) -> str:
    """Write a name as it is on the wire."""
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
