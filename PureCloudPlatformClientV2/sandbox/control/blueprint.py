"""Who may call what is under ``/sandbox``."""

from __future__ import annotations

import hmac

from flask import Blueprint, request

from ..errors import ServiceError
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
