"""Header values and tokens: what may go over the wire."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

# RFC 9110, sections 5.6.2 and 5.5.
_HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_HEADER_TEXT = r"[\t\x20-\x7e\x80-\xff]*"

_REMOVE = (
    "has a line break, another control character, or one outside Latin-1; "
    "remove it, and mind the end of values read from files"
)


def check_headers(*groups: Mapping[str, str | bytes] | None) -> dict[str, str]:
    """Put headers together, and check that they can go over the wire as they are.

    Args:
        *groups: Headers; a later one replaces earlier ones of its name, in whatever case.

    Raises:
        ValueError: A name or a value has characters that HTTP does not allow there.
        TypeError: A value is no text.
    """
    headers: dict[str, tuple[str, str]] = {}
    for group in groups:
        for name, value in group.items() if group else ():
            # The usual kind, which is accepted at once, has no control characters in it.
            if type(name) is str and type(value) is str and value.isascii() and value.isprintable():
                headers[_lower(name)] = name, value
            else:
                header, text = _checked(name, value)
                headers[_lower(header)] = header, text
    return dict(headers.values())


@lru_cache
def _lower(name: str) -> str:
    if not re.fullmatch(_HEADER_NAME, name):
        raise ValueError(f"header {name!r}: not a name that HTTP allows")
    return name.lower()


def _checked(name: str | bytes, value: str | bytes) -> tuple[str, str]:
    name = to_text("the name of a header", name)
    text = to_text(f"header {name}", value, "latin-1")
    if not is_header_text(text):
        raise ValueError(f"header {name}: the value {_REMOVE}")
    return name, text


def is_header_text(text: str) -> bool:
    """Whether a text can be the value of a header."""
    return re.fullmatch(_HEADER_TEXT, text) is not None


def to_text(name: str, value: Any, encoding: str = "utf-8") -> str:
    """Turn text that may be bytes into text, for a header or a URL.

    Args:
        name: What an error message should call it.
        value: The text.
        encoding: The encoding of bytes, and what it must be possible to write the text in.

    Raises:
        TypeError: The value is no text.
        ValueError: It is not in the encoding.
    """
    try:
        return _decode(value, encoding)
    except (TypeError, ValueError) as error:
        # Without the cause: it has the value, which may be a secret.
        raise type(error)(f"{name}: {error}") from None


def _decode(value: Any, encoding: str) -> str:
    try:
        if type(value) is not str:
            # Imported here for the sake of start-up time: few values are of other kinds.
            from six import ensure_str

            from .plain_values import plain_value

            value = ensure_str(plain_value(value), encoding)
        value.encode("utf-8")
    except TypeError:
        raise TypeError(f"give text, not a value of type {type(value).__name__}") from None
    except UnicodeError:
        raise ValueError(f"not a text in {encoding}") from None
    text: str = value
    return text


def check_token(value: Any) -> str:
    """Check that an access token can go into a header.

    Raises:
        TypeError: It is no text.
        ValueError: It has characters that HTTP does not allow in a header, begins with the word
            ``Bearer``, or has a blank around it.
    """
    token = _decode(value, "utf-8")
    if token.lower().startswith("bearer "):
        raise ValueError("leave out the word Bearer")
    if not is_header_text(token):
        raise ValueError(f"it {_REMOVE}")
    if not is_trimmed(token):
        raise ValueError(BLANKS_AROUND)
    return token


def is_trimmed(text: str) -> bool:
    """Whether a text neither begins nor ends with a blank or a line break."""
    return text == text.strip()


BLANKS_AROUND = "there is a blank or a line break at its beginning or its end; remove it"
"""What to say of one that does."""


def is_bare(text: str) -> bool:
    """Whether a text neither begins nor ends with a blank, a line break or a quotation mark."""
    return is_trimmed(text) and _QUOTES.isdisjoint(text[:1] + text[-1:])


LEFT_AROUND = (
    "there is a blank, a line break or a quotation mark at its beginning or its end; remove it "
    "(values in env files need no quotation marks)"
)
"""What to say of one that does, in the environment or a file."""

_QUOTES = frozenset("\"'`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f")


def parse_retry_after(headers: Mapping[str, str], arrived: datetime) -> float | None:
    """Read how long a response asks to wait (RFC 9110, section 10.2.3).

    Args:
        headers: The headers of the response. A date in Retry-After is by the same clock as the one
            in Date, and that may be another than ours.
        arrived: When the response arrived, which counts where there is no Date.

    Returns:
        Seconds to wait, or ``None`` if Retry-After is neither a number nor a date.
    """
    value = headers.get("Retry-After", "").strip()
    if value and value.isascii() and value.replace(".", "", 1).isdigit():
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    until = _parse_date(value)
    if until is None:
        return None
    sent = _parse_date(headers.get("Date", "")) or arrived
    return max(0.0, (until - sent).total_seconds())


def _parse_date(value: str) -> datetime | None:
    """Read a date in any of the forms of RFC 9110, section 5.6.7; they are all in UTC."""
    # Imported here for the sake of start-up time: few services say a date.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
