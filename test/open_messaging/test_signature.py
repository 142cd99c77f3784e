"""A webhook is the platform's, or is refused with a word on why."""

from __future__ import annotations

import ast
import base64
import hashlib
import hmac
import inspect
import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.open_messaging import (
    SIGNATURE_HEADER,
    SignatureError,
    sign,
    verify_signature,
)

SECRET = "0123456789abcdef"
BODY = '{"id":"1","text":"hé"}'.encode()
HEADER = "sha256=4ne4rI0cBBJaW4KUf8fOFM5UFcSLxhtennr4LMChO04="
"""As openssl has it: ``openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64``."""

DIGEST = base64.b64decode(HEADER.removeprefix("sha256="))


def digest(algorithm: str) -> str:
    found = hmac.new(SECRET.encode(), BODY, getattr(hashlib, algorithm)).digest()
    return base64.b64encode(found).decode()


def test_the_signature_of_the_platform_is_accepted() -> None:
    assert len(BODY) == 23
    assert verify_signature(BODY, HEADER, SECRET) is True
    assert verify_signature(bytearray(BODY), HEADER, SECRET.encode()) is True
    assert verify_signature(memoryview(BODY), HEADER, [SECRET]) is True


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (None, f"no {SIGNATURE_HEADER} header"),
        ("", "header is empty"),
        ("sha256=", "length"),
        (f"sha256={DIGEST.hex()}", "hexadecimal"),
        (f"sha256={DIGEST.hex().upper()}", "hexadecimal"),
        (f"sha1={digest('sha1')}", "begins with sha256=, and this one with sha1="),
        (f"sha512={digest('sha512')}", "begins with sha256=, and this one with sha512="),
        (HEADER.removeprefix("sha256="), "begins with sha256=$"),
        (f"SHA256={digest('sha256')}", "this one with SHA256="),
        (HEADER.rstrip("="), "not base64 with its padding"),
        (HEADER.replace("4", "-"), "not base64"),
        (HEADER + "é", "not base64"),
        (HEADER + "\udc80", "not base64"),
        (f"{HEADER}, {HEADER}", "not base64"),
        (f"sha256={digest('sha512')}", "length"),
        (f"sha256={digest('sha1')}", "not base64|length"),
        (HEADER.replace("4", "5"), "not that of this body"),
        (HEADER.replace("O04=", "O05="), "not that of this body"),  # the same bytes, decoded
    ],
)
def test_a_wrong_header_is_refused_with_the_reason(header: str | None, why: str) -> None:
    with pytest.raises(SignatureError, match=why):
        verify_signature(BODY, header, SECRET)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        BODY + b"\n",
        json.dumps(json.loads(BODY)).encode(),
        json.dumps(json.loads(BODY), separators=(",", ":")).encode(),
        BODY.decode().encode("utf-16"),
    ],
)
def test_a_body_that_was_written_again_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureError, match="as received"):
        verify_signature(body, HEADER, SECRET)


def test_another_secret_is_refused() -> None:
    with pytest.raises(SignatureError, match="another secret"):
        verify_signature(BODY, HEADER, SECRET + "\n")


def test_any_of_several_secrets_will_do() -> None:
    assert verify_signature(BODY, HEADER, ["the-next-secret", SECRET])
    assert verify_signature(BODY, HEADER, iter((SECRET.encode(), "the-next-secret")))
    with pytest.raises(SignatureError):
        verify_signature(BODY, HEADER, ["the-next-secret", "one-more"])


WRONG_ARGUMENTS: list[tuple[Any, Any, Any, type[Exception], str]] = [
    (BODY.decode(), HEADER, SECRET, TypeError, r"body must be the bytes.*request\.get_data\(\)"),
    (json.loads(BODY), HEADER, SECRET, TypeError, "body must be the bytes.*isBase64Encoded"),
    (None, HEADER, SECRET, TypeError, "body must be the bytes"),
    (BODY, {SIGNATURE_HEADER: HEADER}, SECRET, TypeError, r"header.*request\.headers\.get.*dict"),
    (BODY, HEADER.encode(), SECRET, TypeError, "header must be"),
    (BODY, HEADER, None, TypeError, "is the setting that holds it set"),
    (BODY, HEADER, 5, TypeError, "secret must be"),
    (BODY, HEADER, {SECRET: 1}, TypeError, "secret must be"),
    (BODY, HEADER, [SECRET, None], TypeError, "a secret must be"),
    (BODY, HEADER, "", ValueError, "secret is empty"),
    (BODY, HEADER, b"", ValueError, "secret is empty"),
    (BODY, HEADER, [SECRET, ""], ValueError, "secret is empty"),
    (BODY, HEADER, [], ValueError, "holds no secret"),
]


@pytest.mark.parametrize(("body", "header", "secret", "kind", "says"), WRONG_ARGUMENTS)
def test_what_cannot_be_checked_is_a_mistake_of_the_caller(
    body: Any, header: Any, secret: Any, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says) as caught:
        verify_signature(body, header, secret)
    assert not isinstance(caught.value, SignatureError)  # which would be answered with 403


def test_a_mistake_in_the_secret_shows_before_a_missing_header_does() -> None:
    with pytest.raises(ValueError, match="secret is empty"):
        verify_signature(BODY, None, "")


WRONG = HEADER.replace("4", "5")

FAILURES: list[tuple[Any, Any, Any]] = [
    (BODY, "sha256=x", SECRET),
    (BODY, WRONG, SECRET),
    (BODY, WRONG, [SECRET, "the-next-secret"]),
    (BODY, None, SECRET),
    (BODY, WRONG.encode(), SECRET),
    (BODY.decode(), WRONG, SECRET),
    (BODY, WRONG, [SECRET, ""]),
    (BODY, WRONG, [SECRET, None]),
    (BODY, WRONG, {SECRET: 1}),
]


def assert_hidden(error: Exception) -> None:
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in shown.stack if "PureCloudPlatformClientV2" in frame.filename]
    assert ours
    for text in (str(error), *(str(frame.locals) for frame in ours)):
        assert SECRET not in text
        assert "the-next-secret" not in text
        assert HEADER.removeprefix("sha256=") not in text  # with which one could sign this body


@pytest.mark.parametrize(("body", "header", "secret"), FAILURES)
def test_neither_error_nor_local_variables_show_the_secret(
    body: Any, header: Any, secret: Any
) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        verify_signature(body, header, secret)
    assert_hidden(caught.value)
    if not isinstance(body, bytes):
        with pytest.raises(TypeError) as caught:
            sign(body, secret)
        assert_hidden(caught.value)


def test_sign_is_what_the_platform_sends() -> None:
    assert sign(BODY, SECRET) == HEADER
    assert sign(bytearray(BODY), SECRET.encode()) == HEADER
    with pytest.raises(ValueError, match="secret is empty"):
        sign(BODY, "")


def test_a_secret_from_an_environment_with_other_bytes_is_those_bytes() -> None:
    assert sign(BODY, b"caf\xe9".decode("utf-8", "surrogateescape")) == sign(BODY, b"caf\xe9")


SIGNS: list[Callable[[str], Any]] = [
    lambda secret: sign(BODY, secret),
    lambda secret: verify_signature(BODY, WRONG, secret),
    lambda secret: verify_signature(BODY, WRONG, ["the-next-secret", secret]),
]


@pytest.mark.parametrize("call", SIGNS)
def test_a_secret_that_cannot_be_encoded_is_in_no_error(call: Callable[[str], Any]) -> None:
    with pytest.raises(ValueError, match="secret holds characters that cannot") as caught:
        call(SECRET + "\ud800")
    assert type(caught.value) is ValueError
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert_hidden(caught.value)


def test_signatures_are_compared_in_constant_time() -> None:
    # By the source, since no test can tell by the clock.
    nodes = list(ast.walk(ast.parse(inspect.getsource(verify_signature))))
    calls = [ast.unparse(one.func) for one in nodes if isinstance(one, ast.Call)]
    operators = [type(op) for one in nodes if isinstance(one, ast.Compare) for op in one.ops]
    assert "hmac.compare_digest" in calls
    assert set(operators) <= {ast.Is}


@given(st.binary(), st.binary(min_size=1), st.binary(), st.binary(min_size=1))
def test_only_the_same_body_and_secret_pass(
    body: bytes, secret: bytes, other_body: bytes, other_secret: bytes
) -> None:
    header = sign(body, secret)
    assert verify_signature(body, header, secret)
    if sign(other_body, other_secret) != header:
        with pytest.raises(SignatureError):
            verify_signature(other_body, header, other_secret)


@given(st.text())
def test_any_other_header_is_refused(header: str) -> None:
    with pytest.raises(SignatureError):
        verify_signature(BODY, header, SECRET)
