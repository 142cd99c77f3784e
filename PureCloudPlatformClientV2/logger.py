"""The package logger.

Everything is logged through the standard library, to the logger ``PureCloudPlatformClientV2``: a
call that was answered with 2xx at DEBUG, any other outcome at ERROR, and with its headers if the
level is as low as TRACE. The logger is silent until its
level is set, either through ``configuration.logger`` or with
``logging.getLogger("PureCloudPlatformClientV2").setLevel(...)``.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from ._settings.checks import boolean, file_path, literal, none_if_empty, optional, string
from ._settings.settings import Settings, setting

_HANDLER_SETTINGS = frozenset(
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
        """Find ``trace``, ``debug``, ``error`` or ``none``, in any case.

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
        """Find ``text`` or ``json``, in any case.

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
        None, optional(file_path), read=none_if_empty, file="logging.log_file_path"
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
        self._file_values: Mapping[str, Any] = {}

    if not TYPE_CHECKING:  # as in Settings

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name in _HANDLER_SETTINGS:
                self._apply()

    def file_values(self) -> Mapping[str, Any]:
        """Give what the configuration file says, by attribute."""
        return self._file_values

    def take_from_file(self, values: Mapping[str, Any]) -> None:
        """Log as the configuration file says, where code has not set anything else."""
        changed = any(values.get(one) != self._file_values.get(one) for one in _HANDLER_SETTINGS)
        self._file_values = values
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
        succeeded: Whether the response was 2xx.
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
