"""How a command ends, and what one that fails writes."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, ClassVar

import click


class ExitCode(IntEnum):
    """How a command ended, for a script."""

    def __new__(cls, value: int, description: str) -> ExitCode:
        """Make a member from its number and what it means."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    description: str

    DONE = 0, "Done."
    REFUSED = 1, "The service refused the call."
    WRONG_USE = 2, "Wrong use: an option, an argument or a setting; nothing was sent."
    NOT_SIGNED_IN = 3, "Not signed in: there are no credentials, or the service does not know them."
    NOT_REACHED = 4, "The service was not reached, or its response cannot be used."
    OUTCOME_UNKNOWN = 5, "A write may have been carried out: look before you send it again."
    NOT_WRITTEN = (
        74,
        "The output cannot be written, as on a full disk; the call, if there was one, is done.",
    )
    INTERRUPTED = 130, "Ctrl-C."
    CLOSED_PIPE = 141, "Whoever read the output has gone, as with `| head`."


class CommandError(click.ClickException):
    """A command has failed in a way that a script may want to know more about."""

    code: ExitCode

    def details(self) -> dict[str, Any]:
        """Give what there is to know."""
        return {}


class NotWrittenError(click.ClickException):
    """The output cannot be written."""

    exit_code: ClassVar[int] = ExitCode.NOT_WRITTEN

    def __init__(self, beginning: str, error: Exception) -> None:
        """Say what cannot be written, and why."""
        why = (error.strerror if isinstance(error, OSError) else None) or error
        why = error.message if isinstance(error, click.ClickException) else why
        super().__init__(f"{beginning} cannot be written: {why}")


@contextmanager
def written(
    beginning: str = "The output", errors: tuple[type[Exception], ...] = (OSError,)
) -> Generator[None, None, None]:
    """Have the output written to its end, or say why that cannot be done.

    ``beginning`` says what there is to write, and what is done already.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # nobody wants to read on
        raise
    except errors as error:
        raise NotWrittenError(beginning, error) from error


def error_exit_code(error: click.ClickException) -> int:
    """Choose the exit code."""
    return error.code if isinstance(error, CommandError) else error.exit_code


def error_text(error: click.ClickException, as_json: bool) -> str:
    """Write an error as one line, with its end."""
    message = " ".join(error.format_message().split())
    if as_json:
        details = error.details() if isinstance(error, CommandError) else {}
        content = {"message": message, "exitCode": int(error_exit_code(error)), **details}
        return json.dumps({"error": content}) + "\n"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        end = "" if message.endswith((".", "?", "!")) else "."
        message = f"{message}{end} See: {error.ctx.command_path} --help"
    return f"error: {message}\n"
