"""Click's parameters for those of an endpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any, NamedTuple, get_type_hints

import click
from click.shell_completion import CompletionItem

from .._wire.names import snake_case
from ..configuration import Configuration
from ..models._introspection import field_descriptions
from ..models.base import Model
from .endpoints import Endpoint, Parameter
from .files import EXPOSURE
from .listings import model_in, object_model
from .options import Argument, Option, SecretOption, Section, complete_file
from .values import Kind, choose_kind, parse_text, read_json


class BodyField(NamedTuple):
    """An option that fills in a field of the body."""

    wire_name: str
    option: click.Option


class BodyParameter(NamedTuple):
    """The options of a body: for the whole, and for single fields of it."""

    name: str
    required: bool
    whole: click.Option
    fields: list[BodyField]

    def field_options(self) -> list[click.Option]:
        """List the options for fields."""
        return [one.option for one in self.fields]

    def value(self, ctx: click.Context) -> Any:
        """Put the body together; ``None`` if there is none and need not be."""
        fields = {one.wire_name: ctx.params[_key(one.option)] for one in self.fields}
        fields = {name: value for name, value in fields.items() if value not in (None, ())}
        body = ctx.params[_key(self.whole)]
        if body is None and not fields:
            if not self.required:
                return None
            by_name = [one for one in self.fields if one.wire_name == "name"] or self.fields
            instead = f", such as {by_name[0].option.opts[0]}" if by_name else ""
            one_by_one = f" or at least one of its fields{instead}" if self.fields else ""
            raise click.UsageError(f"there is no body: give {self.whole.opts[0]}{one_by_one}", ctx)
        if self.fields and not isinstance(body, (dict, type(None))):
            raise click.BadParameter("not a JSON object", ctx=ctx, param=self.whole)
        return {**(body or {}), **fields} if self.fields else body


class EndpointParameters(NamedTuple):
    """The parameters of a command; those of the method by their names in Python."""

    own: dict[str, click.Parameter]
    body: BodyParameter | None

    def all(self) -> list[click.Parameter]:
        """List them in the order of a help text."""
        body = [] if self.body is None else [self.body.whole, *self.body.field_options()]
        return [*self.own.values(), *body]

    def arguments(self, ctx: click.Context) -> dict[str, Any]:
        """Give the arguments of the method; what was not given is left out."""
        given = {name: ctx.params[_key(one)] for name, one in self.own.items()}
        if self.body is not None:
            given[self.body.name] = self.body.value(ctx)
        return {name: value for name, value in given.items() if value not in (None, ())}


def make_parameters(endpoint: Endpoint, taken: frozenset[str]) -> EndpointParameters:
    """Make the parameters of a command; ``taken`` are options that mean something else already."""
    body, own = endpoint.body, dict[str, click.Parameter]()
    taken = taken if body is None else taken | {"--body"}
    for one in endpoint.parameters:
        if one.place != "body":
            own[one.name] = _own_parameter(one, taken)
            taken = taken.union(own[one.name].opts, own[one.name].secondary_opts)
    if body is None:
        return EndpointParameters(own, None)
    fields = list(_body_fields(endpoint.body_model, taken))
    whole = _body_option(body, endpoint.body_model)
    return EndpointParameters(own, BodyParameter(body.name, body.required, whole, fields))


def _own_parameter(parameter: Parameter, taken: frozenset[str]) -> click.Parameter:
    kind = choose_kind(parameter.hint)
    if parameter.known:
        kind = kind._replace(known=parameter.known)
    if parameter.place == "path":
        return Argument(
            [f"path_{parameter.name}"],
            description=_with_known_values(parameter.description, kind),
            metavar=_dashed(parameter.name).upper().replace("-", "_"),
            callback=_converter(kind),
            shell_complete=_completer(kind),
        )
    name = _free_name(parameter.name, taken, parameter.place)
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
    if model is not None or not description:
        inner = model_in(body.hint) if model is None else model
        names = "" if inner is None else ", by wire names"
        description = f"The body as JSON{names}, or @FILE, or @- for standard input."
        description += _typed(body.hint)
        if model is not None:
            description += " The options below set single fields of it."
    return Option(
        ["--body", "body"],
        section=Section.BODY,
        help=description,
        metavar="JSON",
        callback=_converter(_json_kind(body.hint)),
        shell_complete=complete_file,
    )


def _json_kind(hint: Any) -> Kind:
    return Kind("JSON", partial(_read_json, hint=hint))


def _read_json(text: str, hint: Any) -> Any:
    """Read JSON that holds no secret, or comes from a file."""
    value = read_json(text)
    model = None if text.startswith("@") else model_in(hint)
    given = set(_secrets_in(value, model)) if model is not None else set[str]()
    if given:
        raise ValueError(f"{', '.join(sorted(given))}: {EXPOSURE}; give @FILE, or @-")
    return value


def _secrets_in(value: Any, model: type[Model]) -> Iterator[str]:
    """Find the names of secrets in the JSON of a model, or of a list of them."""
    if isinstance(value, list):
        for item in value:
            yield from _secrets_in(item, model)
    elif isinstance(value, dict):
        for field, wire_name in model.attribute_map.items():
            if wire_name not in value:
                continue
            inner = model_in(get_type_hints(model)[field])
            if field in model.secret_fields:
                yield wire_name
            elif inner is not None:
                yield from _secrets_in(value[wire_name], inner)


def _body_fields(model: type[Model] | None, taken: frozenset[str]) -> Iterator[BodyField]:
    if model is None:
        return
    texts, hints = field_descriptions(model), get_type_hints(model)
    for field, wire_name in model.attribute_map.items():
        name, text = _free_name(field, taken, "body"), _on_a_line(texts.get(field, ""), hints)
        option = _field_option(model, field, name, hints[field], text)
        taken = taken.union(option.opts, option.secondary_opts)
        yield BodyField(wire_name, option)


def _field_option(model: type[Model], field: str, name: str, hint: Any, text: str) -> Option:
    key, wire_type = f"field_{field}", model.swagger_types[field]
    if field in model.secret_fields:
        variable = _variable(field)
        is_text = wire_type == "str"
        return SecretOption(
            [name, key],
            section=Section.BODY,
            description=text if is_text else f"{text} As JSON:".strip(),
            variable=variable,
            envvar=variable,
            callback=None if is_text else _converter(Kind("JSON", parse_text)),
        )
    kind = choose_kind(hint)
    if kind.metavar == "JSON":
        kind = _json_kind(hint)._replace(multiple=kind.multiple)
        text = f"{text}{_typed(hint)}".strip()
    elif wire_type == "LocalDateTime":  # without a time zone, so that it is sent as it is
        kind = kind._replace(convert=str)
    return _plain_option(name, key, kind, text, section=Section.BODY)


def _typed(hint: Any) -> str:
    model = object_model(hint) or model_in(hint)
    return "" if model is None else f" Type: {model.__name__}."


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
    while option in taken:
        option = f"--{prefix}-{option[2:]}"
    return option


def _variable(field: str) -> str:
    """The environment variable of a secret, beside those of the configuration."""
    name = f"GENESYSCLOUD_{field.upper()}"
    in_use = {one for setting in Configuration.settings().values() for one in setting.env}
    return name if name not in in_use else f"GENESYSCLOUD_BODY_{field.upper()}"


def _dashed(name: str) -> str:
    return snake_case(name).strip("_").replace("_", "-")


def _key(parameter: click.Parameter) -> str:
    return str(parameter.name)


def _with_known_values(description: str, kind: Kind) -> str:
    several = " May be given several times." if kind.multiple else ""
    # What the catalog says of a field has them already.
    is_said = not kind.known or "Known values: " in description
    known = "" if is_said else f" Known values: {', '.join(kind.known)}."
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
