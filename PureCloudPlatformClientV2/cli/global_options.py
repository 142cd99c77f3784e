"""The options of every command; they may stand before or after its name."""

from __future__ import annotations

from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from .._settings.checks import file_path
from .._settings.file import read_file
from .._settings.region_hosts import PureCloudRegionHosts
from ..configuration import Configuration
from .options import Option, SecretOption

FORMATS = ("table", "json", "jsonl", "csv")

ERROR_FORMAT = "--error-format"

_KEY = "global_"

CONNECTION, OUTPUT = "Where, and as whom", "What is shown"


class GlobalOptions(NamedTuple):
    """What was given, on whichever level."""

    region: str | None
    profile: str | None
    config_file: str | None
    access_token: str | None
    client_id: str | None
    client_secret: str | None
    sandbox: bool | None
    timeout: float | None
    output: str | None
    columns: list[str] | None
    query: str | None
    dry_run: bool | None
    verbose: int | None
    error_format: str | None

    @classmethod
    def collect(cls, ctx: click.Context) -> GlobalOptions:
        """Collect them from all levels; what stands further to the right counts."""
        levels: list[click.Context] = []
        level: click.Context | None = ctx
        while level is not None:
            levels.append(level)
            level = level.parent

        def find(name: str) -> Any:
            found = (one.params.get(_KEY + name) for one in levels)
            return next((one for one in found if one is not None and one is not False), None)

        return cls(**{name: find(name) for name in cls._fields})

    def is_plain(self) -> bool:
        """Whether nobody has said how a result is to be written."""
        return self.output is None and self.query is None and self.columns is None

    def target(self) -> list[str]:
        """Repeat the options by which a command reaches the same organization, secrets left out."""
        names = ("profile", "config_file", "region", "client_id")
        given = [(name, getattr(self, name)) for name in names]
        return [
            word
            for name, value in given
            if value
            for word in (f"--{name.replace('_', '-')}", value)
        ]


class _ConfigFile(click.Path):
    """A path in which the shell has left a ``~``, as it does after ``--config-file=``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(super().convert(file_path(value), param, ctx))


def global_options() -> list[click.Parameter]:
    """Make the options, for one command."""
    return [
        _option(
            "--region --host",
            CONNECTION,
            "Region, by its cloud name (eu-central-1) or its domain (mypurecloud.de), or the base "
            "URL of the API.",
            metavar="REGION",
            shell_complete=_complete_region,
        ),
        _option(
            "--profile",
            CONNECTION,
            "Section [profile NAME] of the configuration file to use.",
            metavar="NAME",
            shell_complete=_complete_profile,
        ),
        _option(
            "--config-file",
            CONNECTION,
            "Configuration file, in place of ~/.genesyscloudpython/config.",
            metavar="FILE",
            type=_ConfigFile(exists=True, dir_okay=False),
        ),
        _secret("--access-token", "OAuth access token:", "GENESYSCLOUD_ACCESS_TOKEN"),
        _option(
            "--client-id",
            CONNECTION,
            "OAuth client to sign in with; or GENESYSCLOUD_OAUTHCLIENT_ID in the environment.",
            metavar="ID",
        ),
        _secret("--client-secret", "Its secret:", "GENESYSCLOUD_OAUTHCLIENT_SECRET"),
        _option(
            "--sandbox", CONNECTION, "Start a fresh local sandbox, and call that.", is_flag=True
        ),
        _option(
            "--timeout",
            CONNECTION,
            "How long a call may take, with everything that belongs to it.",
            metavar="SECONDS",
            type=click.FLOAT,
        ),
        _option(
            "--output -o",
            OUTPUT,
            "table, json, jsonl or csv; a table on a terminal and json elsewhere if omitted.",
            metavar="FORMAT",
            type=click.Choice(FORMATS),
        ),
        _option(
            "--columns",
            OUTPUT,
            "The columns of a table or CSV, in this order, such as id,name,division.name.",
            metavar="NAME,...",
            type=_names,
        ),
        _option(
            "--query",
            OUTPUT,
            "Which part of the JSON to write, such as 'entities[].name'.",
            metavar="JMESPATH",
        ),
        _option(
            "--dry-run",
            OUTPUT,
            "Show the request, with secrets masked, and send nothing.",
            is_flag=True,
        ),
        _option(
            "--verbose -v",
            OUTPUT,
            "Show the log on standard error; -vv with headers.",
            count=True,
            default=None,
        ),
        _option(
            ERROR_FORMAT,
            OUTPUT,
            "How errors are written to standard error, text or json; text if omitted.",
            metavar="FORMAT",
            type=click.Choice(("text", "json")),
        ),
    ]


def _names(text: str) -> list[str]:
    return [one.strip() for one in text.split(",")]


def _option(names: str, section: str, text: str, **attributes: Any) -> Option:
    return Option([*names.split(), _key(names)], section=section, help=text, **attributes)


def _secret(name: str, text: str, variable: str) -> SecretOption:
    return SecretOption([name, _key(name)], section=CONNECTION, description=text, variable=variable)


def _key(names: str) -> str:
    return _KEY + names.split()[0].strip("-").replace("-", "_")


def _complete_region(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    names = [one.name.replace("_", "-") for one in PureCloudRegionHosts]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _complete_profile(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    try:
        path = GlobalOptions.collect(ctx).config_file or Configuration().config_file_path
        names = read_file(path).profiles()
    except ValueError:  # of a file that a command would complain about
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


TAKEN = frozenset(name for one in global_options() for name in one.opts) | {"--all", "--help"}
"""Options that no parameter of an endpoint may have for its own."""
