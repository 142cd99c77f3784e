"""What there is to call, as the signatures and docstrings of the API classes say it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args, get_type_hints

from ..models.base import Model

_NOT_OWN = ("self", "options")


class Parameter(NamedTuple):
    """A parameter of an endpoint."""

    name: str
    hint: Any
    description: str
    required: bool
    place: Literal["path", "query", "body"]


class Endpoint(NamedTuple):
    """A method of an API class."""

    api_class: type[Any]
    method_name: str
    summary: str
    verb: str
    path: str
    permissions: str
    parameters: tuple[Parameter, ...]
    returns: Any

    @property
    def body(self) -> Parameter | None:
        """The parameter that is the body, if there is one."""
        return next((one for one in self.parameters if one.place == "body"), None)

    @property
    def body_model(self) -> type[Model] | None:
        """The model of the body, if it has one."""
        return None if self.body is None else model_in(self.body.hint)

    @property
    def entity_model(self) -> type[Model] | None:
        """The model of one entity of the result, be it a listing or the entity itself."""
        result = model_in(self.returns)
        if result is None or not self.is_listing:
            return result
        return model_in(get_type_hints(result)["entities"])

    @property
    def is_listing(self) -> bool:
        """Whether the result is a page of entities."""
        result = model_in(self.returns)
        return result is not None and {"entities", "page_count"} <= result.swagger_types.keys()

    @property
    def is_paged(self) -> bool:
        """Whether ``paginate`` can walk the pages."""
        return self.is_listing and any(one.name == "page_number" for one in self.parameters)


def model_in(hint: Any) -> type[Model] | None:
    """Find the first model in a type such as ``list[Facebook] | None``."""
    if isinstance(hint, type) and issubclass(hint, Model):
        return hint
    return next(filter(None, map(model_in, get_args(hint))), None)


def group_name(api_class: type[Any]) -> str:
    """Name the group of an API class: ``messaging`` for ``MessagingApi``."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", api_class.__name__.removesuffix("Api"))
    return "-".join(words).lower()


def command_name(api_class: type[Any], method_name: str) -> str:
    """Name the command of a method; the words of its API class need not be repeated.

    ``get_messaging_integrations_line`` is ``get-integrations-line`` in the group ``messaging``.
    """
    verb, _, rest = method_name.replace("_", "-").partition("-")
    return f"{verb}-{rest.removeprefix(group_name(api_class) + '-')}"


def command_names(api_class: type[Any]) -> dict[str, str]:
    """List the methods of an API class by the names of their commands."""
    return {
        command_name(api_class, name): name
        for name, member in vars(api_class).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


def read_endpoint(api_class: type[Any], method_name: str) -> Endpoint:
    """Describe a method."""
    method = getattr(api_class, method_name)
    text = inspect.getdoc(method) or ""
    verb, path = _line(text, r"Wraps (\w+) (\S+)")
    verb = verb or method_name.partition("_")[0].upper()  # python -OO leaves docstrings out
    (permissions,) = _line(text, r"Requires \w+ permissions?: (.+)")
    hints = get_type_hints(method)
    return Endpoint(
        api_class,
        method_name,
        summary=text.partition("\n\n")[0].replace("\n", " "),
        verb=verb,
        path=path,
        permissions=permissions,
        parameters=tuple(_parameters(inspect.signature(method), hints, path, _described(text))),
        returns=hints.get("return"),
    )


def _line(docstring: str, pattern: str) -> tuple[str, ...]:
    found = re.search(rf"^{pattern}$", docstring, re.M)
    return found.groups() if found else ("",) * re.compile(pattern).groups


def _described(docstring: str) -> dict[str, str]:
    """What the Args section says, by name."""
    section = re.search(r"^Args:\n((?:[ ].*\n?|\n)*)", docstring, re.M)
    items = re.findall(r"^    (\w+): (.*\n?(?:^ {5,}.*\n?)*)", section[1] if section else "", re.M)
    return {name: " ".join(text.split()).replace("``", "") for name, text in items}


def _parameters(
    signature: inspect.Signature, hints: dict[str, Any], path: str, texts: dict[str, str]
) -> Iterator[Parameter]:
    in_path = {name.replace("_", "").lower() for name in re.findall(r"\{(\w+)\}", path)}
    for name, parameter in signature.parameters.items():
        if name in _NOT_OWN:
            continue
        is_required = parameter.default is inspect.Parameter.empty
        place: Literal["path", "query", "body"] = "query"
        if name == "body":
            place = "body"
        elif name.replace("_", "").lower() in in_path or (is_required and not path):
            place = "path"
        yield Parameter(
            name,
            hints.get(name, str),
            texts.get(name, ""),
            is_required,
            place,
        )
