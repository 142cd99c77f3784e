"""What there is to call, from the methods of the API classes.

A docstring tells what a method does, in words; what it sends is learned by calling it.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, NamedTuple, get_type_hints

from ..catalog import operations
from ..models.base import Model
from .index import find_operation, read_summary
from .listings import Listing, find_listing, leads_on, model_in, object_model
from .recording import Place, own_parameters, record_call


class Parameter(NamedTuple):
    """A parameter of an endpoint."""

    name: str
    hint: Any
    description: str
    required: bool
    place: Place
    wire_name: str
    known: tuple[str, ...] = ()
    """Values that the service takes, as far as the catalog knows."""


class Endpoint(NamedTuple):
    """A method of an API class."""

    api_class: type[Any]
    method_name: str
    summary: str
    details: str
    """What else its docstring says in sentences."""
    verb: str
    path: str
    permissions: str
    parameters: tuple[Parameter, ...]
    returns: Any
    signs_in: bool
    remarks: tuple[str, ...]
    """What else is to be said about it."""

    @property
    def body(self) -> Parameter | None:
        """The parameter that is the body, if there is one."""
        return next((one for one in self.parameters if one.place == "body"), None)

    @property
    def body_model(self) -> type[Model] | None:
        """The model of the body, if it has one."""
        return None if self.body is None else object_model(self.body.hint)

    @property
    def listing(self) -> Listing | None:
        """Where the list is, if the result is one with other fields around it."""
        model = object_model(self.returns)
        found = None if model is None else find_listing(model)
        if found is None or found.path == ("entities",):
            return found
        # What comes of a write may have a list as well, of which it is not all about.
        return found if self.verb == "GET" or self._leads_on else None

    @property
    def entity_model(self) -> type[Model] | None:
        """The model of one entity of the result, be it a listing or the entity itself."""
        return model_in(self.returns) if self.listing is None else self.listing.model

    @property
    def is_paged(self) -> bool:
        """Whether ``paginate`` can walk the pages."""
        is_listing = self.listing is not None or self.returns is Any
        return self.verb in ("GET", "POST") and is_listing and self._leads_on

    @property
    def _leads_on(self) -> bool:
        names = (one.name for one in self.parameters)
        return leads_on(self.verb, names, self.body_model, object_model(self.returns))


def read_endpoint(api_class: type[Any], method_name: str) -> Endpoint:
    """Describe a method."""
    method, call = getattr(api_class, method_name), record_call(api_class, method_name)
    text, hints = inspect.getdoc(method) or "", get_type_hints(method)
    described = _docstring_parameters(text)
    known = dict[str, tuple[str, ...]]()
    operation = find_operation(api_class.__name__, method_name)
    if operation is not None:
        described = {one.name: _describe(one) for one in operation.parameters}
        known = {
            one.name: tuple(map(str, one.extras.get("enum", ()))) for one in operation.parameters
        }
    parameters = [
        Parameter(
            one.name,
            hints.get(one.name, str),
            described.get(one.name, ""),
            one.default is inspect.Parameter.empty,
            *call.places.get(one.name, ("query", one.name)),
            known.get(one.name, ()),
        )
        for one in own_parameters(method)
    ]
    return Endpoint(
        api_class,
        method_name,
        summary=read_summary(api_class, method_name),
        details=_details(text),
        verb=call.verb,
        path=call.path,
        permissions=_permissions(text),
        parameters=tuple(parameters),
        returns=hints.get("return"),
        signs_in=call.signs_in,
        remarks=tuple(re.findall(r"^(?:Deprecated|Needs no sign-in).*$", text, re.M)),
    )


_LIMITS = {"minimum": "At least", "maximum": "At most", "pattern": "Of the form"}


def _details(docstring: str) -> str:
    """Give what stands between the first sentence and what is called."""
    found = re.search(r"\n\n(.*)^Wraps ", docstring, re.M | re.S)
    return " ".join(found[1].split()).replace("``", "") if found else ""


def _describe(parameter: operations.Parameter) -> str:
    """Say what the catalog knows of a parameter, besides its known values."""
    extras = parameter.extras
    said = [str(extras["words"])] if "words" in extras else []
    said += [f"{words} {extras[name]}." for name, words in _LIMITS.items() if name in extras]
    if "default" in extras:
        said.append(f"The service uses {extras['default']} if omitted.")
    return " ".join(said)


def _permissions(docstring: str) -> str:
    found = re.search(r"^Requires (\w+) permissions?: (.+)$", docstring, re.M)
    if found is None:
        return ""
    kind, names = found.groups()
    return f"{kind.lower()} of {names}" if ", " in names else names


def _docstring_parameters(docstring: str) -> dict[str, str]:
    section = re.search(r"^Args:\n((?:[ ].*\n?|\n)*)", docstring, re.M)
    items = re.findall(r"^    (\w+): (.*\n?(?:^ {5,}.*\n?)*)", section[1] if section else "", re.M)
    return {name: " ".join(text.split()).replace("``", "") for name, text in items}
