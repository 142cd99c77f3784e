"""The body of a request, as the API reads it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request

from .errors import error_for_status, not_json


def read_json_body() -> Any:
    """Read the JSON of the current request, if that is what it is declared to be."""
    if request.mimetype != "application/json":
        raise error_for_status(415)
    try:
        return json.loads(request.get_data(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise not_json() from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
