"""A command: a method of an API class, called with what stands behind its name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .._paging.results import list_in
from .._wire.json_values import parse_json
from ..api_client import ApiClient
from ..exceptions import ApiException
from ..models.base import Model
from ..pagination import paginate
from .endpoints import Endpoint, read_endpoint
from .errors import NotWrittenError, written
from .failures import CallFailedError, InterruptedWriteError
from .global_options import TAKEN, GlobalOptions, global_options
from .help_text import SectionedCommand
from .index import load_class
from .listings import Listing
from .options import Option
from .output import check_columns, output_format, stream, write_request, write_result
from .parameters import EndpointParameters, make_parameters
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

_NOTHING = object()


class EndpointCommand(SectionedCommand, click.Command):
    """Calls a method of an API class."""

    def __init__(self, name: str, class_name: str, method_name: str) -> None:
        """Take its names; the rest costs time, and waits until it is used."""
        self._method = class_name, method_name
        super().__init__(name)

    @cached_property
    def endpoint(self) -> Endpoint:
        """What it calls."""
        class_name, method_name = self._method
        return read_endpoint(load_class(class_name), method_name)

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
        facts += "".join(f"{remark}\n" for remark in endpoint.remarks)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(endpoint.summary)
            if endpoint.details:
                formatter.write_paragraph()
                formatter.write_text(endpoint.details)
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
        check_columns(options.columns, self.endpoint.entity_model)
        if form == "table":
            import_module("rich")  # if it is missing, that comes out before anything is sent
        arguments = self._parameters.arguments(ctx)
        with open_client(options, signs_in=self.endpoint.signs_in) as client:
            call = _Call(client, self.endpoint, arguments)
            try:
                if not ctx.params.get(_ALL):
                    result = call.once()
                elif form in ("jsonl", "csv") and query is None:
                    with _bar(form) as bar, written(*_RESULT):
                        model = self.endpoint.entity_model
                        stream(call.entities(bar), model, form, options.columns)
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
        if result is not None:
            with written(*_RESULT):
                write_result(self._search(query, result), form, options.columns)

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


class _Call(NamedTuple):
    """A method with its arguments."""

    client: ApiClient
    endpoint: Endpoint
    arguments: dict[str, Any]

    def once(self) -> Result | None:
        """Make the call; there may be no result."""
        with wrong_use():
            value = self._method()(**self.arguments)
        response = self.client.last_response
        if isinstance(value, (Model, list, dict)) and response is not None:
            value = parse_json(response.content)
        elif value is None and (response is None or not response.content):
            return None
        if self.endpoint.returns in (None, type(None)):
            return None
        return Result(value, self.endpoint.entity_model, self.endpoint.listing)

    def all_pages(self, bar: Bar | None) -> Result:
        """Gather all pages into one, of the same shape, so that a query fits both."""
        listing = self.endpoint.listing or Listing()
        page = listing.page(list(self.entities(bar)))
        return Result(page, self.endpoint.entity_model, listing)

    def entities(self, bar: Bar | None) -> Iterator[Any]:
        """Walk over all pages, and give what is on them as it came.

        That is not as the models have it: JSON is the wire form.
        """
        walk = paginate(self._method(), **self.arguments)
        last, as_it_came = None, iter(list[Any]())
        while True:
            with wrong_use():
                if next(walk, _NOTHING) is _NOTHING:
                    return
            response = self.client.last_response
            if response is not None and response is not last:
                last, page = response, parse_json(response.content)
                listing = self.endpoint.listing or Listing((list_in(page),))
                items = listing.items(page)
                as_it_came = iter(items)
                if bar is not None:
                    bar.arrived(len(items), page.get("total"))
            yield next(as_it_came)

    def _method(self) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(
            self.endpoint.api_class(self.client), self.endpoint.method_name
        )
        return method
