"""Completion of commands, options and values by the shell."""

from __future__ import annotations

import sys

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from . import PROGRAM

COMPLETE_VARIABLE = "_PURECLOUDPLATFORMCLIENTV2_COMPLETE"
"""By this variable the shell asks for completions."""

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command(short_help="Print what makes a shell complete commands")
@click.argument("shell", type=click.Choice(tuple(_SHELLS)), metavar="SHELL")
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    r"""Print what makes a shell complete commands, options and their values.

    SHELL is bash, zsh or fish.

    \b
    bash, in ~/.bashrc:
      eval "$(PureCloudPlatformClientV2 completion bash)"

    \b
    zsh, in ~/.zshrc:
      eval "$(PureCloudPlatformClientV2 completion zsh)"

    \b
    fish:
      PureCloudPlatformClientV2 completion fish \
          > ~/.config/fish/completions/PureCloudPlatformClientV2.fish
    """
    program = ctx.find_root().command
    sys.stdout.write(_SHELLS[shell](program, {}, PROGRAM, COMPLETE_VARIABLE).source())
