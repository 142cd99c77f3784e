"""What an ApiException says, and that it survives being copied and pickled."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiException
from PureCloudPlatformClientV2 import rest as rest_module

from .conftest import TOKEN, MakeClient, MakeServer
from .scenarios import ERROR_BODY
from .server import Reset, Script, Send, Stall, Step, answer

KINDS = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    409: "ConflictException",
    429: "TooManyRequestsException",
    500: "ServiceException",
    502: "ServiceException",
    503: "ServiceException",
    504: "ServiceException",
    599: "ServiceException",
    302: "ApiException",
    304: "ApiException",
    405: "ApiException",
    418: "ApiException",
    600: "ApiException",
}


@pytest.fixture
def fail(make_server: MakeServer, make_client: MakeClient) -> Any:
    def fail(*steps: Step, method: str = "POST", **settings: Any) -> ApiException:
        client = make_client(make_server(Script(answers=(steps,))), retries=0, **settings)
        with pytest.raises(ApiException) as caught:
            client.call_api("/api/v2/things/{id}", method, {"id": "1"}, {"q": "x"})
        return caught.value

    return fail


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_the_status_chooses_the_class(fail: Any, status: int, kind: str) -> None:
    error = fail(Send(answer(status, ERROR_BODY)))

    assert type(error) is getattr(rest_module, kind)
    assert isinstance(error, ApiException)
    assert (error.status, error.method) == (status, "POST")
    assert error.outcome_unknown == (status in (502, 503, 504))
    assert str(error.url).endswith("/api/v2/things/1?q=x")


def test_no_answer_is_status_zero(fail: Any) -> None:
    lost, late = fail(Reset()), fail(Stall(), deadline=1.0)

    assert type(lost) is rest_module.ApiConnectionException
    assert type(late) is rest_module.ApiTimeoutException
    for error in (lost, late):
        assert (error.status, error.body, error.headers, error.error) == (0, None, None, None)
        assert error.correlation_id is None
        assert error.retry_after is None
        assert error.outcome_unknown
        assert error.__cause__ is not None
        assert "look before you send it again" in str(error)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_the_outcome_of_a_read_is_never_unknown(fail: Any, method: str) -> None:
    assert not fail(Reset(), method=method).outcome_unknown
    assert not fail(Send(answer(503)), method=method).outcome_unknown


def test_what_the_service_said(fail: Any) -> None:
    error = fail(Send(answer(404, ERROR_BODY, ["ININ-Correlation-Id: c-9", "Retry-After: 7"])))

    assert error.error.message == "No such thing."
    assert error.error.code == "not.found"
    assert error.correlation_id == "c-9"
    assert error.retry_after == 7.0
    assert str(error) == (
        f"POST {error.url.partition('?')[0]} was answered 404 Status: No such thing. "
        f"(code not.found, correlation id c-9, seconds to wait 7); {error.advice}"
    )


def test_the_correlation_id_is_found_in_the_body_as_well(fail: Any) -> None:
    assert fail(Send(answer(400, ERROR_BODY))).correlation_id == "context-1"


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "one\\ntwo\\r\\nthree\\u2028four\\u001b[31m", "code": "a\\nb"}',
        b"<html>\n\n<body>\tno\x07</body>",
        b'{"error": "a\\nb", "error_description": "c\\nd"}',
        b'{"message": "' + b"long " * 100_000 + b'"}',
        b"\x1b]0;title\x07",
    ],
)
def test_the_text_is_one_readable_paragraph(fail: Any, body: bytes) -> None:
    text = str(fail(Send(answer("400 Bad\tRequest", body, ["ININ-Correlation-Id: a\r\n b"]))))

    assert text.isprintable()
    assert len(text) < 3000
    assert TOKEN not in text


@pytest.mark.parametrize(
    "steps",
    [
        (Send(answer(429, ERROR_BODY, ["Retry-After: 3", "Warning: a", "Warning: b"])),),
        (Send(answer(200, b"<html>", ["Content-Type: text/html"])),),
        (Reset(),),
    ],
    ids=["refused", "unusable", "lost"],
)
def test_an_exception_can_be_copied_and_pickled(fail: Any, steps: tuple[Step, ...]) -> None:
    error = fail(*steps)

    for twin in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert twin.args == error.args
        for name in ("status", "reason", "body", "method", "url", "outcome_unknown"):
            assert getattr(twin, name) == getattr(error, name)
        assert twin.retry_after == error.retry_after
        assert twin.correlation_id == error.correlation_id
        assert twin.error == error.error
