"""A secret to plant, and a look at whether it shows."""

from __future__ import annotations

import base64
import logging
import pprint
import traceback
from collections.abc import Callable

import pytest
from service import Answer, Request, make_answer

from PureCloudPlatformClientV2 import ApiException

MARK = "c4n4ry"
PLAIN = f"{MARK}-s3cr3t"
AWKWARD = f'{MARK}"ä\\/+=& s3cr3t'
"""Looks different in JSON and in a URL."""

ENCODED = base64.b64encode(f"id:{PLAIN}".encode()).decode("ascii")


def assert_clean(text: str) -> None:
    assert MARK not in text
    assert ENCODED not in text


def printed(value: object) -> str:
    """Everything that printing a value can show."""
    return "\n".join(
        [
            str(value),
            repr(value),
            format(value, ""),
            f"{value!a}",
            "%s %r" % (value, value),  # noqa: UP031 - as the examples of the service's docs do
            pprint.pformat(value),
            pprint.pformat([{"value": value}]),
            repr([value]),
        ]
    )


def told(error: ApiException) -> str:
    """Everything that an exception tells."""
    return "\n".join(
        [
            printed(error),
            repr(error.args),
            str(error.reason),
            str(error.body),
            repr(error.headers),
            str(error.url),
            str(error.correlation_id),
            printed(error.error),
            "".join(traceback.format_exception(error)),
        ]
    )


def everything_sent(request: Request) -> str:
    return f"{request.target}\n{request.headers}\n{request.body.decode('utf-8')}"


def one_line(request: Request) -> str:
    """What was sent, as it fits into a header or a status line."""
    return " ".join(everything_sent(request).encode("ascii", "replace").decode("ascii").split())


def echo_body(request: Request, status: int) -> Answer:
    """Repeat what was sent: as it is, as part of a text, and by its values."""
    text = request.body.decode("utf-8")
    echo = {"message": text, "code": "echo", "messageParams": {"sent": text}, "sent": request.json}
    return make_answer(status, {**echo, **request.json}, {"X-Echo": one_line(request)})


def fail(call: Callable[[], object]) -> ApiException:
    with pytest.raises(ApiException) as caught:
        call()
    logging.getLogger("PureCloudPlatformClientV2").error("It failed", exc_info=caught.value)
    return caught.value
