"""Click's parameters, with what help texts and secrets need besides."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from .._settings.checks import file_path
from .._wire.headers import LEFT_AROUND, is_bare
from .files import read_secret


class Section:
    """The headings of a help text, in their order."""

    ARGUMENTS = "Arguments"
    OPTIONS = "Options"
    BODY = "Body"


class Argument(click.Argument):
    """An argument that has a description."""

    def __init__(self, declarations: Sequence[str], *, description: str, **attributes: Any) -> None:
        """Take what the help text should say."""
        super().__init__(declarations, **attributes)
        self.description = description


class Option(click.Option):
    """An option that knows under which heading it is explained."""

    def __init__(
        self, declarations: Sequence[str], *, section: str = Section.OPTIONS, **attributes: Any
    ) -> None:
        """Take what click takes, and the heading; without one it is not explained."""
        super().__init__(declarations, **attributes)
        self.section = section


class SecretOption(Option):
    """An option whose value comes from a file, the environment or a prompt."""

    def __init__(
        self, declarations: Sequence[str], *, description: str, variable: str, **attributes: Any
    ) -> None:
        """Take what click takes, and the environment variable that may hold the secret."""
        self.variable = variable
        ways = f"@FILE, or nothing to be asked for it, or {variable} in the environment."
        super().__init__(
            declarations,
            help=f"{description} {ways}".strip(),
            metavar="[@FILE]",
            prompt=declarations[0].lstrip("-").replace("-", " ").capitalize(),
            prompt_required=False,
            hide_input=True,
            shell_complete=complete_file,
            **attributes,
        )

    def prompt_for_value(self, ctx: click.Context) -> Any:
        """Ask for the secret, if there is anybody to ask."""
        if not sys.stdin.isatty():
            raise self._wrong(ctx, "there is no terminal to ask for it at")
        return super().prompt_for_value(ctx)

    def consume_value(
        self, ctx: click.Context, opts: Mapping[str, Any]
    ) -> tuple[Any, ParameterSource]:
        """Refuse a secret on the command line itself, and what an env file leaves around one."""
        value, source = super().consume_value(ctx, opts)
        if source is ParameterSource.ENVIRONMENT and not is_bare(str(value)):
            raise click.BadParameter(f"{self.variable}: {LEFT_AROUND}", ctx=ctx, param=self)
        if source is ParameterSource.COMMANDLINE and isinstance(value, str):
            if ctx.resilient_parsing:
                return None, source
            try:
                value = read_secret(value)
            except ValueError as error:
                said = "" if value.startswith("@") else "the word after it was taken for it, and "
                raise self._wrong(ctx, f"{said}{error}") from None
        return value, source

    def _wrong(self, ctx: click.Context, complaint: str) -> click.BadParameter:
        return click.BadParameter(
            f"{complaint}; give @FILE, or the option without a value to be asked for it, "
            f"or set {self.variable}",
            ctx=ctx,
            param=self,
        )


def complete_file(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete ``@FILE``."""
    start = Path(file_path(incomplete.removeprefix("@")))
    folder = start if incomplete.endswith("/") else start.parent
    begin = "" if incomplete.endswith("/") else start.name
    try:
        found = sorted(one for one in folder.iterdir() if one.name.startswith(begin))
        return [CompletionItem(f"@{one}/" if one.is_dir() else f"@{one}") for one in found]
    except OSError:  # there is no such folder, or it is closed to us, so nothing can be offered
        return []
