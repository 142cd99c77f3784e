"""The program and its groups, one for each API class; a command is made when it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from .._wire.names import did_you_mean
from . import PROGRAM, index
from .completion import completion
from .finding import find
from .global_options import global_options
from .help_text import SectionedCommand, write_columns
from .identity import whoami_command
from .index import full_name, group_name

_OVERVIEW = """\
Call any method of the Genesys Cloud Platform API.

\b
Sign in through the environment, the options below or the configuration file:
  export GENESYSCLOUD_REGION=eu-central-1
  export GENESYSCLOUD_OAUTHCLIENT_ID=...
  export GENESYSCLOUD_OAUTHCLIENT_SECRET=...

\b
Examples:
  {0} whoami
  {0} find queue members
  {0} routing get-queues --all --output csv
  {0} users get-users --query 'entities[].[id, email]'
  {0} messaging post-integrations-line \\
      --name Support --channel-id 1653 --channel-secret @secret.txt
  {0} routing post-queues --body @queue.json --dry-run
  {0} download /api/v2/downloads/ID --to exports
  {0} --sandbox messaging get-sticker line

Each method of an API class is a command; "{0} CLASS --help" lists them.
The options below may also stand after a command.
"""

_EXIT_CODES = """\
\b
Exit codes: 0 done, 1 refused by the service, 2 wrong use, 3 not signed in,
4 not reached, 5 outcome unknown, 74 not written.
"""


_OF_FILES = ("download", "upload")
"""Commands that move files."""


class CommandGroup(SectionedCommand, click.Group):
    """A group that suggests what a misspelt name may mean, and where to look for others."""

    kind = "command"

    def known_names(self, ctx: click.Context) -> Iterable[str]:
        """Give all names that it understands."""
        return self.list_commands(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or suggest another one."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing:
            known = self.known_names(ctx)
            if name == "sandbox" and name not in known:  # a word to type where classes are
                raise click.UsageError(
                    f"No such {self.kind} {name!r}: python -m {PROGRAM}.{name} starts one that "
                    f"stays, and --sandbox one for a single command.",
                    ctx,
                )
            if name not in known:
                words = " ".join(name.replace("_", "-").split("-"))
                raise click.UsageError(
                    f"No such {self.kind} {name!r}{did_you_mean(name, known) or '.'} To look for "
                    f"one: {ctx.find_root().command_path} find {words}.",
                    ctx,
                )
        return super().resolve_command(ctx, args)


class ApiGroup(CommandGroup):
    """The commands of an API class."""

    def __init__(self, class_name: str) -> None:
        """Make no command yet."""
        text = f"Call the methods of {class_name}."
        super().__init__(group_name(class_name), help=text, short_help=text)
        self._class_name = class_name
        self._methods: dict[str, str] = {}

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the options of every command."""
        self.params: list[click.Parameter] = self.params or global_options()
        return super().get_params(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands, by what they are about and then by verb."""
        if not self._methods:
            self._methods = index.list_commands(self._class_name)
        return sorted(self._methods, key=lambda name: name.partition("-")[::-1])

    def known_names(self, ctx: click.Context) -> Iterable[str]:
        """Give the names of the commands, and those with all words of the methods."""
        names = self.list_commands(ctx)
        return [*names, *(full_name(self._methods[name]) for name in names)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make a command."""
        self.list_commands(ctx)
        methods = {full_name(name): name for name in self._methods.values()} | self._methods
        if cmd_name not in methods:
            return None
        # Imported here for the sake of start-up time: lists of commands do without.
        from .commands import EndpointCommand

        return EndpointCommand(cmd_name, self._class_name, methods[cmd_name])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a name; one that has all words of the method if there is no other."""
        if not incomplete[:1].isalnum() and incomplete:
            return super().shell_complete(ctx, incomplete)
        summaries = index.list_summaries(self._class_name)
        names = [(name, self._methods[name]) for name in self.list_commands(ctx)]
        full = [(full_name(method), method) for _, method in names]
        for choice in (names, full):
            found = [one for one in choice if one[0].startswith(incomplete)]
            if found:
                return [CompletionItem(name, help=summaries[method]) for name, method in found]
        return []

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by what they are about, and the options."""
        summaries = index.list_summaries(self._class_name)
        topics = itertools.groupby(self.list_commands(ctx), key=_topic)
        with formatter.section("Commands"):
            for number, (_, names) in enumerate(topics):
                if number:
                    formatter.write_paragraph()
                rows = [(name, summaries[self._methods[name]].removesuffix(".")) for name in names]
                formatter.write_dl(rows, col_max=40)
        self.write_sections(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text("To look for a command by words:")
        with formatter.indentation():
            formatter.write_text(f"{ctx.find_root().command_path} find WORDS")


def _topic(command: str) -> str:
    """Tell what a command is about: the first word behind the verb, be it one or several."""
    return command.partition("-")[2].partition("-")[0].removesuffix("s")


class Program(CommandGroup):
    """All of it."""

    kind = "class or command"

    def __init__(self, name: str, version: str) -> None:
        """Make a group of every API class."""
        super().__init__(
            name,
            help=_OVERVIEW.format(name),
            epilog=_EXIT_CODES,
            params=global_options(),
            context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 80},
        )
        click.version_option(version, prog_name=name)(self)
        self.add_command(completion)
        self.add_command(find)
        self.add_command(whoami_command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the groups and of its own commands."""
        return sorted({*self.commands, *_OF_FILES, *map(group_name, index.class_names())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command of its own, or make the group of a class."""
        if cmd_name in _OF_FILES and cmd_name not in self.commands:
            # Imported here for the sake of start-up time: other commands do without.
            from .transfers import Download, Upload

            self.add_command(Download())
            self.add_command(Upload())
        if cmd_name not in self.commands:
            for class_name in index.class_names():
                if group_name(class_name) == cmd_name:
                    self.add_command(ApiGroup(class_name))
        return self.commands.get(cmd_name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, the classes and the options."""
        with formatter.section("Commands"):
            names = ("whoami", "find", *_OF_FILES, "completion")
            own = [self.get_command(ctx, name) for name in names]
            formatter.write_dl([(str(one.name), one.get_short_help_str()) for one in own if one])
        with formatter.section("API classes"):
            write_columns(formatter, sorted(map(group_name, index.class_names())))
        self.write_sections(ctx, formatter)
