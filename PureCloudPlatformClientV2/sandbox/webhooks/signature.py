"""The bytes of a webhook, and the header that proves who sent them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Mapping
from typing import Any, Literal, get_args

HEADER = "X-Hub-Signature-256"

Mode = Literal["right", "wrong", "missing"]
MODES: tuple[Mode, ...] = get_args(Mode)

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def compact_json(payload: Mapping[str, Any]) -> str:
    """Write JSON as JSON.stringify does, so that a middleware which writes it again gets the same.

    Raises:
        TypeError: Something in it is no JSON.
        ValueError: A number is not finite.
    """
    text = json.dumps(
        _with_whole_numbers(payload), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    # UTF-8 has no bytes for them.
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _with_whole_numbers(value: Any) -> Any:
    """Turn 1.0 into 1: JavaScript knows no difference."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, Mapping):
        return {name: _with_whole_numbers(one) for name, one in value.items()}
    return [_with_whole_numbers(one) for one in value] if isinstance(value, list | tuple) else value


def signature_of(body: bytes, secret: str) -> str:
    """Sign a body, as the value of the header."""
    digest = hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode("ascii")


class Signer:
    """Signs what is sent, unless a test wants it otherwise. May be used from any thread."""

    def __init__(self) -> None:
        """Start with right signatures."""
        self._lock = threading.Lock()
        self._mode: Mode = "right"
        self._times: int | None = None

    def choose(self, mode: Mode, times: int | None) -> None:
        """Sign rightly, wrongly or not at all, so many times or until something else is chosen."""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("times must be a whole number from 1, or None for every time")
        with self._lock:
            self._mode, self._times = mode, times

    def current(self) -> tuple[Mode, int | None]:
        """Tell how it is signed, and how many times still; None for every time."""
        with self._lock:
            return self._mode, self._times

    def headers(self, body: bytes, secret: str) -> dict[str, str]:
        """Sign a body that is about to be sent."""
        mode = self._count()
        if mode == "missing":
            return {}
        return {HEADER: signature_of(body, secret if mode == "right" else secrets.token_hex())}

    def _count(self) -> Mode:
        with self._lock:
            mode = self._mode
            if self._times is not None:
                self._times -= 1
                if self._times == 0:
                    self._mode, self._times = "right", None
            return mode
