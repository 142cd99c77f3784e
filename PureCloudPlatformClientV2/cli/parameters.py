"""Click's parameters for those of an endpoint."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from .._settings.checks import file_path
from .._wire.headers import LEFT_AROUND, is_bare
from ..configuration import Configuration
from ..models._introspection import field_descriptions
from ..models.base import Model
from .endpoints import Endpoint, Parameter
from .values import EXPOSURE, Kind, choose_kind, read_json, read_secret


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


class BodyField(NamedTuple):
    """An option that fills in a field of the body."""

    wire_name: str
    option: click.Option


class EndpointParameters(NamedTuple):
    """The parameters of a command; those of the method by their names in Python."""

    own: dict[str, click.Parameter]
    body: click.Option | None
    fields: list[BodyField]

    def all(self) -> list[click.Parameter]:
        """List them in the order of a help text."""
        body: list[click.Parameter] = [] if self.body is None else [self.body]
        return [*self.own.values(), *body, *(one.option for one in self.fields)]

    def arguments(self, ctx: click.Context) -> dict[str, Any]:
        """Give the arguments of the method; what was not given is left out."""
        given = {name: ctx.params[_key(one)] for name, one in self.own.items()}
        given = {name: value for name, value in given.items() if value not in (None, ())}
        if self.body is not None:
            given["body"] = self._body(ctx, self.body)
        return given

    def _body(self, ctx: click.Context, whole: click.Option) -> Any:
        fields = {one.wire_name: ctx.params[_key(one.option)] for one in self.fields}
        fields = {name: value for name, value in fields.items() if value not in (None, ())}
        body = ctx.params[_key(whole)]
        if body is None and not fields:
            by_name = [one for one in self.fields if one.wire_name == "name"] or self.fields
            instead = f", such as {by_name[0].option.opts[0]}" if by_name else ""
            one_by_one = f" or at least one of its fields{instead}" if self.fields else ""
            raise click.UsageError(f"there is no body: give {whole.opts[0]}{one_by_one}", ctx)
        if self.fields and not isinstance(body, (dict, type(None))):
            raise click.BadParameter("not a JSON object", ctx=ctx, param=whole)
        return {**(body or {}), **fields} if self.fields else body


def make_parameters(endpoint: Endpoint, taken: frozenset[str]) -> EndpointParameters:
    """Make the parameters of a command; ``taken`` are options that mean something else already."""
    own = [one for one in endpoint.parameters if one.place != "body"]
    names = {f"--{_dashed(one.name)}" for one in own if one.place == "query"}
    body = endpoint.body
    return EndpointParameters(
        {one.name: _own_parameter(one, taken) for one in own},
        None if body is None else _body_option(body, endpoint.body_model),
        list(_body_fields(endpoint.body_model, taken | names | {"--body"})),
    )


def _own_parameter(parameter: Parameter, taken: frozenset[str]) -> click.Parameter:
    kind = choose_kind(parameter.hint)
    if parameter.place == "path":
        return Argument(
            [f"path_{parameter.name}"],
            description=_with_known_values(parameter.description, kind),
            metavar=parameter.name.upper(),
            callback=_converter(kind),
            shell_complete=_completer(kind),
        )
    name = _free_name(parameter.name, taken, "query")
    return _plain_option(
        name, f"query_{parameter.name}", kind, parameter.description, required=parameter.required
    )


def _plain_option(
    name: str,
    key: str,
    kind: Kind,
    description: str,
    *,
    required: bool = False,
    section: str = Section.OPTIONS,
) -> Option:
    if kind.is_flag:
        return Option(
            [f"{name}/--no-{name[2:]}", key],
            section=section,
            help=description,
            default=None,
            required=required,
        )
    return Option(
        [name, key],
        section=section,
        help=_with_known_values(description, kind),
        metavar=kind.metavar,
        multiple=kind.multiple,
        required=required,
        callback=_converter(kind),
        shell_complete=_completer(kind),
    )


def _body_option(body: Parameter, model: type[Model] | None) -> Option:
    description = body.description
    if model is not None:
        description = (
            "The body as JSON, by wire names, or @FILE, or @- for standard input. The options "
            "below set single fields of it."
        )
    return Option(
        ["--body", "body"],
        section=Section.BODY,
        help=description,
        metavar="JSON",
        callback=_converter(Kind("JSON", partial(_read_body, secrets=_secret_names(model)))),
        shell_complete=complete_file,
    )


def _read_body(text: str, secrets: frozenset[str]) -> Any:
    body = read_json(text)
    given = secrets & body.keys() if isinstance(body, dict) else set()
    if given and not text.startswith("@"):
        raise ValueError(f"{', '.join(sorted(given))}: {EXPOSURE}; give @FILE, or @-")
    return body


def _secret_names(model: type[Model] | None) -> frozenset[str]:
    if model is None:
        return frozenset()
    return frozenset(model.attribute_map[name] for name in model.secret_fields)


def _body_fields(model: type[Model] | None, taken: frozenset[str]) -> Iterator[BodyField]:
    if model is None:
        return
    texts, hints = field_descriptions(model), get_type_hints(model)
    for field, wire_name in model.attribute_map.items():
        name, text = _free_name(field, taken, "body"), _on_a_line(texts.get(field, ""), hints)
        key = f"field_{field}"
        option: Option
        if field in model.secret_fields:
            variable = _variable(field)
            option = SecretOption(
                [name, key],
                section=Section.BODY,
                description=text,
                variable=variable,
                envvar=variable,
            )
        else:
            option = _plain_option(name, key, choose_kind(hints[field]), text, section=Section.BODY)
        yield BodyField(wire_name, option)


def _on_a_line(description: str, fields: Collection[str]) -> str:
    """Take the first paragraph, and name other fields as they are named on a command line."""
    text = " ".join(description.partition("\n\n")[0].split()).replace("``", "")
    return re.sub(
        r"\b[a-z]+(_[a-z]+)+\b",
        lambda word: f"--{_dashed(word[0])}" if word[0] in fields else word[0],
        text,
    )


def _free_name(name: str, taken: frozenset[str], prefix: str) -> str:
    option = f"--{_dashed(name)}"
    return option if option not in taken else f"--{prefix}-{_dashed(name)}"


def _variable(field: str) -> str:
    """The environment variable of a secret, beside those of the configuration."""
    name = f"GENESYSCLOUD_{field.upper()}"
    in_use = {one for setting in Configuration.settings().values() for one in setting.env}
    return name if name not in in_use else f"GENESYSCLOUD_BODY_{field.upper()}"


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _key(parameter: click.Parameter) -> str:
    return str(parameter.name)


def _with_known_values(description: str, kind: Kind) -> str:
    several = " May be given several times." if kind.multiple else ""
    known = f" Known values: {', '.join(kind.known)}." if kind.known else ""
    return f"{description}{known}{several}".strip()


def _converter(kind: Kind) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def convert(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        try:
            if isinstance(value, tuple):
                return [kind.convert(one) for one in value] or None
            return None if value is None else kind.convert(value)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx=ctx, param=param) from None

    return convert


def _completer(
    kind: Kind,
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(ctx: click.Context, param: click.Parameter, start: str) -> list[CompletionItem]:
        return [CompletionItem(one) for one in kind.known if one.startswith(start)]

    return complete
