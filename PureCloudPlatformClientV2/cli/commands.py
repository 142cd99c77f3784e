"""The commands: one for each method of the API classes, made when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .. import apis
from .._wire.json_values import parse_json
from .._wire.names import did_you_mean
from ..api_client import ApiClient
from ..apis.api import Api
from ..exceptions import ApiException
from ..models.base import Model
from ..pagination import paginate
from .completion import completion
from .endpoints import Endpoint, command_names, group_name, read_endpoint, read_summary
from .failures import CallFailedError, InterruptedWriteError, NotWrittenError, written
from .global_options import TAKEN, GlobalOptions, global_options
from .help_text import SectionedCommand
from .output import output_format, stream, write_request, write_result
from .parameters import EndpointParameters, Option, make_parameters
from .results import Result, compile_query, search
from .session import NotSent, open_client, wrong_use

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

    from .tables import Bar

_ALL = "all_pages"

_RESULT: tuple[str, tuple[type[Exception], ...]] = (
    "The call is done, but its result",
    (OSError, ValueError, TypeError, RecursionError),
)
"""Whatever goes wrong from now on, it is no reason to say that the call has failed."""

_OVERVIEW = """\
Call any method of the Genesys Cloud Messaging API.

\b
Sign in through the environment, the options below or the configuration file:
  export GENESYSCLOUD_REGION=eu-central-1
  export GENESYSCLOUD_OAUTHCLIENT_ID=...
  export GENESYSCLOUD_OAUTHCLIENT_SECRET=...

\b
Examples:
  {0} messaging get-integrations-facebook --all
  {0} messaging get-sticker line --output csv
  {0} messaging get-integrations-line \\
      --query 'entities[].[id, status]'
  {0} messaging post-integrations-line \\
      --name Support --channel-id 1653 --channel-secret @secret.txt
  {0} messaging post-integrations-twitter \\
      --body @request.json --dry-run
  {0} --sandbox messaging get-sticker line

The options below may also stand after a command.
"""

_EXIT_CODES = """\
\b
Exit codes: 0 done, 1 refused by the service, 2 wrong use, 3 not signed in,
4 not reached, 5 outcome unknown, 74 not written.
"""


class EndpointCommand(SectionedCommand, click.Command):
    """Calls a method of an API class."""

    def __init__(self, name: str, api_class: type[Any], method_name: str) -> None:
        """Take what a list of commands shows; the rest costs time, and waits until it is used."""
        self._method = api_class, method_name
        super().__init__(name, short_help=read_summary(api_class, method_name).removesuffix("."))

    @cached_property
    def endpoint(self) -> Endpoint:
        """What it calls."""
        return read_endpoint(*self._method)

    @cached_property
    def _parameters(self) -> EndpointParameters:
        return make_parameters(self.endpoint, TAKEN)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Make the parameters of the method's."""
        if not self.params:
            own = self._parameters.all()
            if self.endpoint.is_paged:
                text = "Fetch all pages, not only this one."
                own.append(Option(["--all", _ALL], is_flag=True, help=text))
            self.params: list[click.Parameter] = [*own, *global_options()]
        return super().get_params(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does, what it calls and what that needs."""
        endpoint = self.endpoint
        facts = f"{endpoint.verb} {endpoint.path}\n"
        if endpoint.permissions:
            facts += f"Permission: {endpoint.permissions}\n"
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(endpoint.summary)
            formatter.write_paragraph()
            for line in facts.splitlines():
                formatter.write_text(line)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its own options, and where the others are explained."""
        self.write_sections(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text("For the options of every command, such as --output and --query, see:")
        with formatter.indentation():
            formatter.write_text(f"{ctx.find_root().command_path} --help")

    def invoke(self, ctx: click.Context) -> None:
        """Make the call, and write what it brings."""
        options = GlobalOptions.collect(ctx)
        form = output_format(options)
        query = compile_query(options.query)
        if form == "table":
            import_module("rich")  # if it is missing, that comes out before anything is sent
        arguments = self._parameters.arguments(ctx)
        with open_client(options) as client:
            call = _Call(client, self.endpoint, arguments)
            try:
                if not ctx.params.get(_ALL):
                    result = call.once()
                elif form in ("jsonl", "csv") and query is None:
                    with _bar(form) as bar, written(*_RESULT):
                        stream(call.entities(bar), self.endpoint.entity_model, form)
                    return
                else:
                    with _bar(form) as bar:
                        result = call.all_pages(bar)
            except NotSent as dry_run:
                with written():
                    write_request(dry_run.request, form)
                return
            except ApiException as failure:
                raise CallFailedError(
                    failure, self.endpoint, arguments, options.target()
                ) from failure
            except KeyboardInterrupt as interrupt:
                if self.endpoint.verb == "GET":
                    raise
                raise InterruptedWriteError(
                    self.endpoint, arguments, options.target()
                ) from interrupt
        if self.endpoint.returns not in (None, type(None)):
            with written(*_RESULT):
                write_result(self._search(query, result), form)

    def _search(self, query: ParsedResult | None, result: Result) -> Result:
        try:
            return search(query, result)
        except click.UsageError as error:
            if self.endpoint.verb == "GET":  # which may be repeated with another query
                raise
            raise NotWrittenError(_RESULT[0], error) from error


def _bar(form: str) -> Any:
    """A progress bar, if there is a terminal, and nothing else is being written to it."""
    busy = form in ("jsonl", "csv") and sys.stdout.isatty()
    if busy or not sys.stderr.isatty():
        return nullcontext()
    # Imported here for the sake of start-up time: Rich is for who looks at it.
    from .tables import progress_bar

    return progress_bar()


class _Page(NamedTuple):
    """A page in its wire form, for ``paginate``."""

    entities: list[dict[str, Any]]
    page_count: int | None
    page_number: int | None
    page_size: int | None
    total: int | None
    next_uri: str | None


class _Call(NamedTuple):
    """A method with its arguments."""

    client: ApiClient
    endpoint: Endpoint
    arguments: dict[str, Any]

    def once(self) -> Result:
        value = self._value(self.arguments)
        return Result(value, self.endpoint.entity_model, self.endpoint.is_listing)

    def all_pages(self, bar: Bar | None) -> Result:
        """Gather all pages into one, of the same shape, so that a query fits both."""
        everything = list(self.entities(bar))
        listing = {"entities": everything, "total": len(everything)}
        return Result(listing, self.endpoint.entity_model, is_page=True)

    def entities(self, bar: Bar | None) -> Iterator[dict[str, Any]]:
        def fetch(**arguments: Any) -> _Page:
            page = self._value(arguments)
            found = page.get("entities") or []
            if bar is not None:
                bar.arrived(len(found), page.get("total"))
            wire_names = ("pageCount", "pageNumber", "pageSize", "total", "nextUri")
            return _Page(found, *map(page.get, wire_names))

        return paginate(fetch, **self.arguments)

    def _value(self, arguments: dict[str, Any]) -> Any:
        method: Callable[..., Any] = getattr(
            self.endpoint.api_class(self.client), self.endpoint.method_name
        )
        with wrong_use():
            value = method(**arguments)
        response = self.client.last_response
        if response is not None and isinstance(value, (Model, list, dict)):
            # As it came, and not as the models have it: JSON is the wire form.
            return parse_json(response.content)
        return value


class ApiGroup(SectionedCommand, click.Group):
    """The commands of an API class."""

    def __init__(self, name: str, api_class: type[Any]) -> None:
        """Make no command yet."""
        text = (api_class.__doc__ or "").partition("\n\n")[0]
        super().__init__(name, help=text, short_help=text, params=global_options())
        self._api_class = api_class
        self._methods = command_names(api_class)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands."""
        return sorted(self._methods)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make a command."""
        if cmd_name not in self._methods:
            return None
        return EndpointCommand(cmd_name, self._api_class, self._methods[cmd_name])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or suggest another one."""
        name = args[0]
        if name not in self._methods and not name.startswith("-") and not ctx.resilient_parsing:
            suggestion = did_you_mean(name, self._methods)
            raise click.UsageError(f"No such command {name!r}{suggestion}", ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and the options."""
        self.format_commands(ctx, formatter)
        self.write_sections(ctx, formatter)


def _api_classes() -> list[type[Api]]:
    found = [getattr(apis, name) for name in dir(apis)]
    classes = (one for one in found if isinstance(one, type) and issubclass(one, Api))
    return [one for one in classes if one is not Api]


class Program(SectionedCommand, click.Group):
    """All of it."""

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
        for api_class in _api_classes():
            self.add_command(ApiGroup(group_name(api_class), api_class))
        self.add_command(completion)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and the options."""
        self.format_commands(ctx, formatter)
        self.write_sections(ctx, formatter)
