"""What there is to call, from the methods of the API classes.

A docstring tells what a method does, in words; what it sends is learned by calling it.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, NamedTuple, get_args, get_type_hints

from ..models.base import Model
from .recording import Place, own_parameters, record_call


class Parameter(NamedTuple):
    """A parameter of an endpoint."""

    name: str
    hint: Any
    description: str
    required: bool
    place: Place
    wire_name: str


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


def read_summary(api_class: type[Any], method_name: str) -> str:
    """Say what a method does, without asking it more."""
    text = inspect.getdoc(getattr(api_class, method_name)) or ""
    return text.partition("\n\n")[0].replace("\n", " ")


def read_endpoint(api_class: type[Any], method_name: str) -> Endpoint:
    """Describe a method."""
    method, call = getattr(api_class, method_name), record_call(api_class, method_name)
    text, hints = inspect.getdoc(method) or "", get_type_hints(method)
    permissions = re.search(r"^Requires \w+ permissions?: (.+)$", text, re.M)
    descriptions = _parameter_descriptions(text)
    parameters = [
        Parameter(
            one.name,
            hints.get(one.name, str),
            descriptions.get(one.name, ""),
            one.default is inspect.Parameter.empty,
            *call.places.get(one.name, ("query", one.name)),
        )
        for one in own_parameters(method)
    ]
    return Endpoint(
        api_class,
        method_name,
        summary=read_summary(api_class, method_name),
        verb=call.verb,
        path=call.path,
        permissions=permissions[1] if permissions else "",
        parameters=tuple(parameters),
        returns=hints.get("return"),
    )


def _parameter_descriptions(docstring: str) -> dict[str, str]:
    section = re.search(r"^Args:\n((?:[ ].*\n?|\n)*)", docstring, re.M)
    items = re.findall(r"^    (\w+): (.*\n?(?:^ {5,}.*\n?)*)", section[1] if section else "", re.M)
    return {name: " ".join(text.split()).replace("``", "") for name, text in items}
