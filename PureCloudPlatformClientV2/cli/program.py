"""Runs the command line: what was typed in, an exit code out."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import click

from ..version import __version__
from . import PROGRAM
from .commands import Program
from .completion import COMPLETE_VARIABLE
from .exit_codes import ExitCode
from .failures import NotWrittenError, error_text, exit_code_of_error
from .global_options import ERROR_FORMAT


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Args:
        arguments: What stands after the name of the program.

    Returns:
        The exit code.
    """
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            code = _run(list(arguments))
            sys.stdout.flush()
        except BrokenPipeError:
            _give_up_output()
            return ExitCode.CLOSED_PIPE
        except (click.Abort, KeyboardInterrupt):
            return ExitCode.INTERRUPTED
        return code


def _give_up_output() -> None:
    # Without this, Python would try to write the rest at its exit, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    program = Program(PROGRAM, __version__)
    try:
        code = program.main(
            arguments,
            prog_name=_name_of_program(),
            complete_var=COMPLETE_VARIABLE,
            standalone_mode=False,
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.WRONG_USE
    except click.ClickException as error:
        if isinstance(error, NotWrittenError):
            _give_up_output()
        sys.stdout.flush()
        sys.stderr.write(error_text(error, as_json=_wants_json(arguments)))
        return exit_code_of_error(error)
    except SystemExit:
        if COMPLETE_VARIABLE in os.environ:
            raise
        # Nothing else makes click end the process in this mode than that nobody reads any more.
        raise BrokenPipeError from None
    return code if isinstance(code, int) else ExitCode.DONE


def _name_of_program() -> str:
    name = Path(sys.argv[0]).name
    return f"python -m {PROGRAM}" if name == "__main__.py" else PROGRAM


def _wants_json(arguments: list[str]) -> bool:
    """Look without click, which may have stumbled before it came to the option."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any((one, next_one) == (ERROR_FORMAT, "json") for one, next_one in pairs) or (
        f"{ERROR_FORMAT}=json" in arguments
    )


def _show_warning(message: Warning | str, *_where: object, **_options: object) -> None:
    sys.stderr.write(f"warning: {message}\n")
