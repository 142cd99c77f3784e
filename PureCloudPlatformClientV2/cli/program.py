"""Runs the command line: what was typed in, an exit code out."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from ..version import __version__
from . import PROGRAM
from .completion import COMPLETE_VARIABLE
from .errors import ExitCode, error_exit_code, error_text
from .files import give_up_output, repair_streams
from .global_options import ERROR_FORMAT
from .groups import Program


def run(arguments: Sequence[str]) -> int:
    """Run a command, and give its exit code."""
    repair_streams()
    with warnings.catch_warnings():
        if any(one.startswith("e") for one in sys.warnoptions):  # "error", or short for it
            # For a developer's tests; here it would stop a call for what only deserves a hint.
            warnings.filterwarnings("default", category=UserWarning)
        warnings.showwarning = _show_warning
        try:
            code = _run(list(arguments))
            sys.stdout.flush()
        except BrokenPipeError:
            give_up_output()
            return ExitCode.CLOSED_PIPE
        except (click.Abort, KeyboardInterrupt):
            return ExitCode.INTERRUPTED
        return code


def _run(arguments: list[str]) -> int:
    program = Program(PROGRAM, __version__)
    try:
        code = program.main(
            arguments,
            prog_name=_program_name(),
            complete_var=COMPLETE_VARIABLE,
            standalone_mode=False,
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.WRONG_USE
    except click.ClickException as error:
        _write_error(error_text(error, as_json=_wants_json(arguments)))
        return error_exit_code(error)
    except SystemExit:
        if COMPLETE_VARIABLE in os.environ:
            raise
        # Nothing else makes click end the process in this mode than that nobody reads any more.
        raise BrokenPipeError from None
    return code if isinstance(code, int) else ExitCode.DONE


def _write_error(text: str) -> None:
    try:
        sys.stdout.flush()  # what came before it, such as the entities of the pages before
    except BrokenPipeError:
        raise
    except OSError:  # which may be the very error that is reported here
        give_up_output()
    with suppress(OSError):  # there is no other place to say it, and the exit code says it too
        sys.stderr.write(text)


def _program_name() -> str:
    name = Path(sys.argv[0]).name
    return f"python -m {PROGRAM}" if name == "__main__.py" else PROGRAM


def _wants_json(arguments: list[str]) -> bool:
    """Look without click, which may have stumbled before it came to the option."""
    given = "text"
    for one, next_one in zip(arguments, [*arguments[1:], ""], strict=True):
        if one == ERROR_FORMAT:
            given = next_one
        elif one.startswith(f"{ERROR_FORMAT}="):
            given = one.partition("=")[2]
    return given == "json"


def _show_warning(message: Warning | str, *_where: object, **_options: object) -> None:
    sys.stderr.write(f"warning: {message}\n")
