"""The package logger and the only redaction rule.

Everything is logged through the standard library, to the logger ``PureCloudPlatformClientV2``: a
call that was answered with 2xx at DEBUG, any other outcome at ERROR, and with its headers if the
level is as low as TRACE. The logger is silent until its
level is set, either through ``configuration.logger`` or with
``logging.getLogger("PureCloudPlatformClientV2").setLevel(...)``.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from .settings import Settings, boolean, literal, none_if_empty, optional, setting, string

MASK = "***"
"""Stands where a secret was."""

_SECRET_ENDINGS = (
    "apikey",
    "assertion",
    "authorization",
    "cookie",
    "password",
    "secret",
    "token",
    "verifier",
)

_JSON_FIELD = r'"([^"\\]*)"(\s*:\s*)"((?:[^"\\]|\\.)*)"?'

_SHORTEST_SECRET = 4
"""A shorter one would blacken ordinary words, and hides nothing that could not be guessed."""


_OF_HANDLERS = frozenset(
    {"log_level", "log_format", "log_to_console", "log_file_path", "line_format"}
)
"""Settings that the package logger and its handlers follow; the others are read for each line."""


class LogLevel(IntEnum):
    """How much is logged."""

    LTrace = logging.DEBUG - 5
    LDebug = logging.DEBUG
    LError = logging.ERROR
    LNone = logging.CRITICAL + 1

    @classmethod
    def from_string(cls, value: str) -> LogLevel:
        """Find a level by its name.

        Args:
            value: ``trace``, ``debug``, ``error`` or ``none``, in any case.

        Returns:
            The level.

        Raises:
            ValueError: There is no such level.
        """
        levels = {"trace": cls.LTrace, "debug": cls.LDebug, "error": cls.LError, "none": cls.LNone}
        if value.lower() not in levels:
            raise ValueError(f"{value!r} is not one of {', '.join(levels)}")
        return levels[value.lower()]


class LogFormat(IntEnum):
    """How a line of the log is written."""

    TEXT = 1
    JSON = 2

    @classmethod
    def from_string(cls, value: str) -> LogFormat:
        """Find a format by its name.

        Args:
            value: ``text`` or ``json``, in any case.

        Returns:
            The format.

        Raises:
            ValueError: There is no such format.
        """
        formats = {"text": cls.TEXT, "json": cls.JSON}
        if value.lower() not in formats:
            raise ValueError(f"{value!r} is not one of {', '.join(formats)}")
        return formats[value.lower()]


package_logger: logging.Logger = logging.getLogger("PureCloudPlatformClientV2")
if package_logger.level == logging.NOTSET:  # else the program has made up its mind already
    package_logger.setLevel(LogLevel.LNone)

_handlers: list[logging.Handler] = []
"""What configurations have attached to the package logger; there is one logger in a process."""

_lock = threading.Lock()


def _in_forked_child() -> None:
    global _lock
    _lock = threading.Lock()  # a thread that is not there any more may hold the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)


def _log_level(value: Any) -> int:
    if isinstance(value, str):
        return LogLevel.from_string(value.strip())
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"give one of LogLevel, not a value of type {type(value).__name__}")
    return value


def _log_format(value: Any) -> LogFormat:
    return LogFormat.from_string(value.strip()) if isinstance(value, str) else LogFormat(value)


class Logger(Settings):
    """What is logged, and where to; found at ``configuration.logger``.

    There is one logger in a process: where several configurations change it, the last one wins.
    """

    log_level: int = setting(LogLevel.LNone, _log_level, file="logging.log_level")
    """The lowest level that is logged, one of `LogLevel` or of the standard library's."""
    log_format: LogFormat = setting(LogFormat.TEXT, _log_format, file="logging.log_format")
    """Lines of text, or one JSON object a line."""
    log_to_console: bool = setting(True, boolean, read=literal, file="logging.log_to_console")
    """Whether lines go to standard error."""
    log_file_path: str | None = setting(
        None, optional(string), read=none_if_empty, file="logging.log_file_path"
    )
    """The file that lines are appended to, if any."""
    log_request_body: bool = setting(False, boolean, read=literal, file="logging.log_request_body")
    """Whether request bodies are logged, secrets masked."""
    log_response_body: bool = setting(
        False, boolean, read=literal, file="logging.log_response_body"
    )
    """Whether response bodies are logged, secrets masked."""
    line_format: str = setting("%(asctime)s %(levelname)s %(message)s", string)
    """The standard library's format string for lines of text."""

    def __init__(self) -> None:
        """Start out silent: nothing is attached to the package logger until a level is set."""
        self._values_of_file: Mapping[str, Any] = {}

    if not TYPE_CHECKING:  # as in Settings

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name in _OF_HANDLERS:
                self._apply()

    def values_of_file(self) -> Mapping[str, Any]:
        """Give what the configuration file says, by attribute."""
        return self._values_of_file

    def take_from_file(self, values: Mapping[str, Any]) -> None:
        """Log as the configuration file says, where code has not set anything else.

        Args:
            values: The values, by attribute.
        """
        changed = any(values.get(one) != self._values_of_file.get(one) for one in _OF_HANDLERS)
        self._values_of_file = values
        if changed:
            self._apply()

    def duplicate(self) -> Logger:
        """Make another one with the same settings."""
        twin = Logger()
        twin.__dict__.update(self.__dict__)
        return twin

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.log_level != LogLevel.LNone and not _handlers:
            self._apply()

    def _apply(self) -> None:
        with _lock:
            self._attach_handlers()

    def _attach_handlers(self) -> None:
        for handler in _handlers:
            package_logger.removeHandler(handler)
            handler.close()
        _handlers.clear()
        package_logger.setLevel(self.log_level)
        if self.log_level >= LogLevel.LNone:
            return
        if self.log_to_console:
            _handlers.append(logging.StreamHandler())
        if self.log_file_path:
            _handlers.append(_LogFile(self.log_file_path, encoding="utf-8", delay=True))
        formatter = (
            _JsonFormatter()
            if self.log_format is LogFormat.JSON
            else logging.Formatter(self.line_format)
        )
        for handler in _handlers:
            handler.setFormatter(formatter)
            package_logger.addHandler(handler)


class _LogFile(logging.FileHandler):
    """A log file; if it cannot be opened, the call that should be logged goes on all the same."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.stream = self.stream or self._open()
        except OSError as error:
            if sys.stderr is not None:
                sys.stderr.write(f"{package_logger.name}: the log cannot be written: {error}\n")
            return
        super().emit(record)


class _JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "date": self.formatTime(record),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "exchange", {}),
        }
        return json.dumps(line, default=str)


_DETAILS = ("requestHeaders", "requestBody", "responseHeaders", "responseBody")
"""What a line has beyond the essentials, if it is to be logged."""


def log_exchange(exchange: Mapping[str, Any], *, succeeded: bool) -> None:
    """Log one request and what became of it.

    Args:
        exchange: ``method``, ``url``, ``status``, ``durationMs``, ``attempt``, ``correlationId``
            and, where they are to be logged, headers and bodies; without secrets.
        succeeded: Whether the answer was 2xx.
    """
    level = LogLevel.LDebug if succeeded else LogLevel.LError
    details = [name for name in _DETAILS if name in exchange]
    package_logger.log(
        level,
        "%(method)s %(url)s: %(status)s in %(durationMs)s ms, attempt %(attempt)s, "
        "correlation id %(correlationId)s" + "".join(f", {name} %({name})s" for name in details),
        exchange,
        extra={"exchange": exchange},
    )


def is_secret_name(name: str) -> bool:
    """Whether a field, header or parameter of this name holds a secret.

    Args:
        name: The name, in camel case, snake case or with hyphens.

    Returns:
        True for ``pageAccessToken``, ``channel_secret``, ``Authorization`` and their like.
    """
    return name.replace("-", "").replace("_", "").lower().endswith(_SECRET_ENDINGS)


def _is_secret(name: str, neighbours: Mapping[str, Any]) -> bool:
    # The code of an error is worth reading, that of an authorization code grant worth stealing.
    return is_secret_name(name) or (name == "code" and "grant_type" in neighbours)


def mask_secrets(value: Any) -> Any:
    """Copy a JSON value with everything masked that stands under the name of a secret.

    Args:
        value: The JSON value.

    Returns:
        The copy.
    """
    if isinstance(value, dict):
        return {
            name: MASK if _is_secret(name, value) and item is not None else mask_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [mask_secrets(item) for item in value]
    return value


def mask_text(text: str) -> str:
    """Mask what stands under the name of a secret in the text of an answer.

    Args:
        text: JSON, or what is left of it.

    Returns:
        The text, as it came where there is no secret in it.
    """
    try:
        content = json.loads(text)
        masked = mask_secrets(content)
    except (ValueError, RecursionError):
        return re.sub(_JSON_FIELD, _mask_field, text)
    return text if masked == content else json.dumps(masked)


def _mask_field(field: re.Match[str]) -> str:
    name, between, _ = field.groups()
    return f'"{name}"{between}"{MASK}"' if is_secret_name(name) else field[0]


def find_secrets(value: Any) -> set[str]:
    """Collect every string that stands under the name of a secret.

    Args:
        value: A JSON value, a dict of headers, or form fields as a dict or as pairs.

    Returns:
        The secrets themselves.
    """
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
        return find_secrets({value[0]: value[1]})
    if isinstance(value, (list, tuple)):
        return set[str]().union(*map(find_secrets, value))
    if not isinstance(value, dict):
        return set()
    secrets: set[str] = set()
    for name, item in value.items():
        if isinstance(item, str) and _is_secret(str(name), value):
            secrets |= _credentials(item) if "authorization" in name.lower() else {item}
        else:
            secrets |= find_secrets(item)
    return secrets


def _credentials(header: str) -> set[str]:
    """What an Authorization header gives away: the token, or the password in it (RFC 7617)."""
    scheme, _, credentials = header.rpartition(" ")
    if scheme.lower() != "basic":
        return {credentials}
    try:
        decoded = base64.b64decode(credentials).decode("utf-8", errors="replace")
    except ValueError:  # not base64, so there is nothing more in it than meets the eye
        return {credentials}
    return {credentials, decoded.partition(":")[2]}


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Copy headers with everything masked that stands under the name of a secret.

    Args:
        headers: The headers.

    Returns:
        The copy.
    """
    return {name: MASK if is_secret_name(name) else value for name, value in headers.items()}


def mask_query(url: str) -> str:
    """Mask the query parameters of a URL that are named like a secret.

    Args:
        url: The URL.

    Returns:
        The URL, safe to show.
    """
    base, mark, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    shown = "&".join(name + sep + (MASK if is_secret_name(name) else v) for name, sep, v in pairs)
    return base + mark + shown


def redact(text: str, secrets: Iterable[str]) -> str:
    """Mask every occurrence of known secrets in a text.

    Args:
        text: The text, for example an answer that repeats what was sent.
        secrets: The secrets.

    Returns:
        The text without them, whether they stood there plain or as JSON and URLs have them.
    """
    forms = set[str]().union(*map(_forms, secrets))
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def _forms(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    forms = {secret}
    for escape in (quote, quote_plus):
        for safe in ("", "/"):
            forms.add(escape(secret, safe=safe, errors="surrogatepass"))
    # Twice: a message within a JSON answer may itself repeat the JSON that was sent.
    for _ in range(2):
        for form in list(forms):
            forms.add(json.dumps(form)[1:-1])
            forms.add(json.dumps(form, ensure_ascii=False)[1:-1])
    return forms
