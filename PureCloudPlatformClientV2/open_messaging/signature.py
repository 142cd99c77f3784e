"""Tells a webhook of the platform from what anybody else may have posted."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from .._wire.redaction import Masked

__all__ = ["SIGNATURE_HEADER", "SignatureError", "sign", "verify_signature"]

SIGNATURE_HEADER = "X-Hub-Signature-256"
"""The header that a webhook's signature comes in."""

_PREFIX = "sha256="
_HEX = re.compile("[0-9a-fA-F]{64}")
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
_OTHER_ALGORITHM = re.compile("([A-Za-z0-9-]{1,12})=.")


class SignatureError(ValueError):
    """A request is not signed as the platform signs; the text says what is wrong with it.

    Answer it with 403 and do nothing else: whoever sent it doesn't know the secret. The text holds
    nothing secret and may be logged.
    """


def verify_signature(
    body: bytes | bytearray | memoryview,
    header: str | None,
    secret: str | bytes | Iterable[str | bytes],
) -> Literal[True]:
    """Check that a webhook comes from the platform, in constant time.

    It raises where the signature is wrong, so a result that nobody looks at lets nothing pass.

    Args:
        body: The body as it was received. JSON that was parsed and written again is another text
            and has another signature.
        header: The value of the header ``X-Hub-Signature-256``; ``None`` where there is none.
        secret: The integration's ``outbound_notification_webhook_signature_secret_token``, or
            several while one takes the place of another: a signature by any of them will do.

    Returns:
        ``True``, always.

    Raises:
        SignatureError: The header is missing, malformed, or is not the signature of this body.
        ValueError: A secret is empty or cannot be encoded, or there is none.
        TypeError: The body is no bytes, the header is no text, or a secret is neither.

    Source: https://developer.genesys.cloud/commdigital/digital/openmessaging/validate.html
    """
    keys = Masked[Any](secret)
    del secret  # as all that is secret here, kept from tools that show a traceback's variables
    expected = _expected(body, _keys(keys))
    if header is None:
        raise SignatureError(
            f"the request has no {SIGNATURE_HEADER} header: the platform signs every webhook"
        )
    if not isinstance(header, str):
        raise TypeError(
            f"header must be the value of {SIGNATURE_HEADER} as str or None, such as "
            f'request.headers.get("{SIGNATURE_HEADER}"), and not {type(header).__name__}'
        )
    given = header.encode("utf-8", "replace")
    # All of them, so that how long it takes doesn't tell which secret it was.
    matches = [hmac.compare_digest(given, one) for one in expected.value]
    if any(matches):
        return True
    raise SignatureError(_what_is_wrong(header))


def sign(body: bytes | bytearray | memoryview, secret: str | bytes) -> str:
    """Sign a body as the platform does, for tests of a middleware.

    Args:
        body: The bytes that will be sent.
        secret: The secret of the integration.

    Returns:
        The value of the header ``X-Hub-Signature-256``.

    Raises:
        ValueError: The secret is empty or cannot be encoded.
        TypeError: The body is no bytes, or the secret is neither text nor bytes.
    """
    key = Masked[Any](secret)
    del secret
    if not isinstance(key.value, (str, bytes)):
        raise TypeError(f"secret must be str or bytes, and not {type(key.value).__name__}")
    return _expected(body, _keys(key)).value[0].decode("ascii")


def _keys(secrets: Masked[Any]) -> Masked[list[bytes]]:
    if isinstance(secrets.value, (str, bytes)):
        secrets = Masked([secrets.value])
    elif isinstance(secrets.value, Mapping) or not isinstance(secrets.value, Iterable):
        raise TypeError(
            "secret must be str or bytes, or several of them, and not "
            f"{type(secrets.value).__name__}: is the setting that holds it set?"
        )
    keys = Masked[list[bytes]]([])
    for each in map(Masked, secrets.value):
        if not isinstance(each.value, (str, bytes)):
            raise TypeError(f"a secret must be str or bytes, and not {type(each.value).__name__}")
        if not each.value:
            raise ValueError("secret is empty: anybody could sign with it")
        keys.value.append(_encoded(each) if isinstance(each.value, str) else each.value)
    if not keys.value:
        raise ValueError("secret holds no secret: give at least one")
    return keys


def _encoded(secret: Masked[str]) -> bytes:
    try:
        # As os.environ has bytes that are no UTF-8.
        return secret.value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        pass  # and raised below, where that error, which holds the secret, is no part of it
    raise ValueError("secret holds characters that cannot be encoded")


def _expected(body: Any, keys: Masked[list[bytes]]) -> Masked[list[bytes]]:
    """Give the headers that would do; they are as secret as the keys."""
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(
            f"body must be the bytes as they were received, and not {type(body).__name__}: in "
            "Flask request.get_data(), in Django request.body, in FastAPI await request.body(), in "
            'an AWS Lambda event["body"].encode(), or base64.b64decode(event["body"]) where '
            'event["isBase64Encoded"] is true'
        )
    content = bytes(body)
    digests = Masked([hmac.digest(key, content, "sha256") for key in keys.value])
    return Masked([_PREFIX.encode() + base64.b64encode(one) for one in digests.value])


def _what_is_wrong(header: str) -> str:
    """Say why a header is not the signature, without what it holds: anybody may have sent it."""
    if not header:
        return f"the {SIGNATURE_HEADER} header is empty"
    if not header.startswith(_PREFIX):
        other = _OTHER_ALGORITHM.match(header)
        found = f", and this one with {other[1]}=" if other else ""
        return f"the {SIGNATURE_HEADER} header of the platform begins with {_PREFIX}{found}"
    digest = header.removeprefix(_PREFIX)
    if _HEX.fullmatch(digest):
        return "the signature is hexadecimal, and the platform's is base64"
    if not _BASE64.fullmatch(digest) or len(digest) % 4:
        return "the signature is not base64 with its padding"
    if len(base64.b64decode(digest)) != 32:
        return "the signature has not the length of SHA-256, which is 32 bytes"
    return (
        "the signature is not that of this body: it was signed with another secret, or the body "
        "was changed on its way (give the bytes as received, not JSON that was written again)"
    )
