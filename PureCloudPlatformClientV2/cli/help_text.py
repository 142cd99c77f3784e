"""Help screens that read well at 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import click

from .errors import written
from .global_options import CONNECTION, OUTPUT
from .options import Argument, Option, Section

_ORDER = (Section.ARGUMENTS, Section.BODY, CONNECTION, OUTPUT, Section.OPTIONS)
"""The headings of a screen."""


class SectionedCommand(click.Command):
    """A command whose help screen has headings, and whose long name finds room in it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was given; --help and --version are carried out on the way."""
        with written():
            return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line about usage; click's own does not break the name of a command."""
        words = ["Usage:", ctx.command_path, *self.collect_usage_pieces(ctx)]
        lines = textwrap.wrap(
            " ".join(words),
            formatter.width,
            subsequent_indent=" " * len("Usage: "),
            break_long_words=False,
            break_on_hyphens=False,
        )
        formatter.write("\n".join([*lines, ""]))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write arguments and options."""
        self.write_sections(ctx, formatter)

    def write_sections(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write arguments and options; those of every command on the first screen only."""
        rows: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, Argument):
                row = (parameter.make_metavar(ctx), parameter.description)
                rows.setdefault(Section.ARGUMENTS, []).append(row)
                continue
            section = parameter.section if isinstance(parameter, Option) else Section.OPTIONS
            record = parameter.get_help_record(ctx)
            if record is not None and (ctx.parent is None or section not in (CONNECTION, OUTPUT)):
                rows.setdefault(section, []).append(record)
        for section in _ORDER:
            if section in rows:
                with formatter.section(section):
                    formatter.write_dl(rows[section])


def write_columns(formatter: click.HelpFormatter, words: Sequence[str]) -> None:
    """Write words in columns, from top to bottom."""
    width = max(map(len, words)) + 2
    count = max(1, (formatter.width - formatter.current_indent) // width)
    height = -(-len(words) // count)
    for start in range(height):
        line = "".join(word.ljust(width) for word in words[start::height])
        formatter.write(f"{'':>{formatter.current_indent}}{line.rstrip()}\n")
