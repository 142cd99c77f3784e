"""Completion of commands, options and values by the shell."""

from __future__ import annotations

import sys

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from . import PROGRAM
from .errors import written

COMPLETE_VARIABLE = "_PURECLOUDPLATFORMCLIENTV2_COMPLETE"
"""By this variable the shell asks for completions."""

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


_HELP = """\
Print what makes a shell complete commands, options and their values.

SHELL is bash, zsh or fish.

\b
bash, in ~/.bashrc:
  eval "$({0} completion bash)"

\b
zsh, in ~/.zshrc:
  eval "$({0} completion zsh)"

\b
fish:
  {0} completion fish \\
      > ~/.config/fish/completions/{0}.fish
"""


@click.command(short_help="Print what makes a shell complete commands", help=_HELP.format(PROGRAM))
@click.argument("shell", type=click.Choice(tuple(_SHELLS)), metavar="SHELL")
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script of a shell."""
    program = ctx.find_root().command
    with written():
        sys.stdout.write(_SHELLS[shell](program, {}, PROGRAM, COMPLETE_VARIABLE).source())
