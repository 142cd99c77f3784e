"""The package logger.

Everything is logged through the standard library, to the logger ``PureCloudPlatformClientV2``: a
call that was answered with 2xx at DEBUG, any other outcome at ERROR, and with its headers if the
level is as low as TRACE; at INFO, through ``PureCloudPlatformClientV2.pauses``, that another try
has to wait for a second or longer. The logger is silent until its
level is set, either through ``configuration.logger`` or with
``logging.getLogger("PureCloudPlatformClientV2").setLevel(...)``. In the first case lines go to the
handlers that the configuration describes, and to nobody else's; in the second to those of the
program. Either way each is written once, whatever the program does to logging before or afterwards.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import threading
from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from ._settings.checks import boolean, file_path, literal, none_if_empty, optional, string
from ._settings.file_settings import FileSettings
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
pause_logger: logging.Logger = package_logger.getChild("pauses")
"""By itself, so that a program can tell of pauses which hears of nothing else."""

if package_logger.level == logging.NOTSET:  # else the program has made up its mind already
    package_logger.setLevel(LogLevel.LNone)

_handlers: list[logging.Handler] = []
"""What configurations have attached to the package logger; there is one logger in a process."""

_in_charge = False
"""Whether a configuration has set the level, and to one at which something is logged."""

_propagated = True
"""Whether lines went to the root logger, too, before such handlers were attached."""

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
                self._apply(with_level=name == "log_level")

    def file_values(self) -> Mapping[str, Any]:
        """Give what the configuration file says, by attribute."""
        return self._file_values

    def take_from_file(self, values: Mapping[str, Any]) -> None:
        """Log as the configuration file says, where code has not set anything else."""
        before = {name: getattr(self, name) for name in _HANDLER_SETTINGS}
        self._file_values = values
        changed = {name for name, value in before.items() if value != getattr(self, name)}
        if changed:
            self._apply(with_level="log_level" in changed)

    def duplicate(self) -> Logger:
        """Make another one with the same settings."""
        twin = Logger()
        twin.__dict__.update(self.__dict__)
        return twin

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.log_level != LogLevel.LNone and not _handlers:
            self._apply(with_level=True)

    def _apply(self, *, with_level: bool) -> None:
        """Have the package logger follow these settings.

        The level is left alone unless it is that which was set: another configuration may have
        chosen it, or the program by ``setLevel``.
        """
        if with_level or self.log_level < LogLevel.LNone:
            with _lock:
                if with_level:
                    package_logger.setLevel(self.log_level)
                self._attach_handlers()

    def _attach_handlers(self) -> None:
        global _in_charge, _propagated
        for handler in _handlers:
            package_logger.removeHandler(handler)
            handler.close()
        if _handlers:
            package_logger.propagate = _propagated
        _handlers.clear()
        _in_charge = self.log_level < LogLevel.LNone
        if not _in_charge:
            return
        package_logger.disabled = False
        if self.log_to_console:
            _handlers.append(_console())
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
        if _handlers:
            # The root logger may have handlers, which would write every line once more.
            _propagated, package_logger.propagate = package_logger.propagate, False


class LogSettings(FileSettings):
    """Settings with a logger, and the vendor's shorthands for it."""

    _logger: Logger

    @property
    def logger(self) -> Logger:
        """What is logged, and where to."""
        self.file_values()  # which may have something to say to it
        return self._logger

    @logger.setter
    def logger(self, logger: Logger) -> None:
        self._logger = logger

    @property
    def debug(self) -> bool:
        """Whether every call is logged to standard error; shorthand for `logger.log_level`."""
        return self.logger.log_level <= LogLevel.LDebug

    @debug.setter
    def debug(self, debug: bool) -> None:
        self.logger.log_level = LogLevel.LDebug if debug else LogLevel.LNone

    @property
    def logger_file(self) -> str | None:
        """File to log to instead of standard error; shorthand for `logger.log_file_path`."""
        return self.logger.log_file_path

    @logger_file.setter
    def logger_file(self, path: str | None) -> None:
        self.logger.log_to_console = not path
        self.logger.log_file_path = path

    @property
    def logger_format(self) -> str:
        """Format string of a log line; shorthand for `logger.line_format`."""
        return self.logger.line_format

    @logger_format.setter
    def logger_format(self, line_format: str) -> None:
        self.logger.line_format = line_format


def is_logged(level: int) -> bool:
    """Whether a line of a level is logged; ask before every line.

    ``dictConfig`` and ``fileConfig`` disable the loggers that they do not know, and take the
    handlers away from those that they know. A level that a configuration has set counts all the
    same, in the first case through its handlers, in the second through those of the program.
    """
    if _in_charge and (package_logger.disabled or not package_logger.handlers):
        with _lock:  # or another thread is just exchanging the handlers
            if _in_charge:
                package_logger.disabled = False
                if _handlers and not package_logger.handlers:
                    package_logger.propagate = _propagated
    return package_logger.isEnabledFor(level)


def _console() -> logging.Handler:
    console = logging.StreamHandler()

    def is_missing(record: logging.LogRecord) -> bool:
        """Whether nobody else writes the line to the same place."""
        others = [one for one in package_logger.handlers if one is not console]
        return not any(
            isinstance(one, logging.StreamHandler)
            and one.stream is console.stream
            and record.levelno >= one.level
            for one in others
        )

    console.addFilter(is_missing)
    return console


class _LogFile(logging.FileHandler):
    """A log file; if it cannot be opened, the call that should be logged goes on all the same."""

    _is_exchanged = False

    def close(self) -> None:
        self._is_exchanged = True
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.stream = self.stream or self._open()
        except OSError as error:
            if sys.stderr is not None:
                sys.stderr.write(f"{package_logger.name}: the log cannot be written: {error}\n")
            return
        super().emit(record)
        if self._is_exchanged:
            # By another thread, since this one chose the handler; nobody else would close the file.
            super().close()


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


def log_pause(status: int, seconds: float) -> None:
    """Log that a call waits before it is sent again, if that takes a second or longer.

    Args:
        status: That of the answer; 0 if there was none.
        seconds: How long it waits.
    """
    if seconds < 1:
        return
    why = "the rate limit is used up" if status == 429 else f"the answer was {status}"
    what = f"{why if status else 'no answer came'}; trying again in"
    unit = "second" if (whole := math.ceil(seconds)) == 1 else "seconds"
    pause_logger.info("%s %d %s", what, whole, unit)


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
