"""What there is to call: the API classes, their methods, and what their commands are called.

Lists are made from the lines of the catalog; only a class written by hand is loaded for them.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pkgutil import iter_modules
from typing import Any

from .. import apis
from .._wire.names import camel_case
from ..catalog import operations
from ..catalog.operations import Operation


@cache
def written_classes() -> frozenset[str]:
    """Give the names of the classes that have a file; the catalog has no say about those."""
    files = (one.name for one in iter_modules(apis.__path__))
    return frozenset(camel_case(f"_{file}") for file in files if file.endswith("_api"))


@cache
def class_names() -> tuple[str, ...]:
    """Give the names of all API classes, sorted."""
    return tuple(sorted({*operations.class_names(), *written_classes()}))


def load_class(name: str) -> type[Any]:
    """Give an API class."""
    found: type[Any] = getattr(apis, name)
    return found


def find_operation(class_name: str, method_name: str) -> Operation | None:
    """Find what the catalog says of a method, unless that is written by hand."""
    if class_name in written_classes():
        return None
    return operations.find_operation(class_name, method_name)


def list_methods(class_name: str) -> list[str]:
    """Give the names of the methods of a class, sorted."""
    found = [] if class_name in written_classes() else operations.method_names(class_name)
    return found or _methods(load_class(class_name))


def list_commands(class_name: str) -> dict[str, str]:
    """Give the methods of a class by the names of their commands."""
    return command_names(class_name, list_methods(class_name))


def command_name(class_name: str, method_name: str) -> str:
    """Give the name of the command of a method."""
    found = list_commands(class_name).items()
    return next(command for command, name in found if name == method_name)


def command_line(class_name: str, method_name: str) -> str:
    """Give what is typed to call a method, behind the name of the program."""
    return f"{group_name(class_name)} {command_name(class_name, method_name)}"


def list_summaries(class_name: str) -> dict[str, str]:
    """Say of each method of a class what it does."""
    if class_name not in written_classes():
        found = operations.class_operations(class_name)
        if found:
            return {one.name: operations.summary(one) for one in found}
    api_class = load_class(class_name)
    return {name: read_summary(api_class, name) for name in _methods(api_class)}


def read_summary(api_class: type[Any], method_name: str) -> str:
    """Say what a method does, without asking it more."""
    text = inspect.getdoc(getattr(api_class, method_name)) or ""
    return text.partition("\n\n")[0].replace("\n", " ")


def _methods(api_class: type[Any]) -> list[str]:
    members = ((name, inspect.getattr_static(api_class, name)) for name in dir(api_class))
    return [name for name, one in members if inspect.isfunction(one) and name[0] != "_"]


def group_name(class_name: str) -> str:
    """Name the group of an API class: ``routing`` for ``RoutingApi``.

    A single capital belongs to the word behind it, as in ``oauth`` for ``OAuthApi``.
    """
    words = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])", "-", class_name.removesuffix("Api")
    )
    return words.lower()


def full_name(method_name: str) -> str:
    """Name the command of a method by all its words; that is always understood."""
    return method_name.replace("_", "-")


def command_names(class_name: str, method_names: Iterable[str]) -> dict[str, str]:
    """Name the commands of a class.

    A command is called as its method, without the name of the class where that follows the verb, be
    its words joined or apart: ``get_routing_queues`` is ``get-queues`` in the group ``routing``,
    ``get_workforcemanagement_agents`` is ``get-agents`` in ``workforce-management``. A command that
    would have the name of another keeps all its words, and so does the other one.

    Args:
        class_name: The name of the class.
        method_names: The names of its methods.

    Returns:
        The methods by the names of their commands.
    """
    own = group_name(class_name).replace("-", "")
    short = {name: shorten(name, own) for name in method_names}
    uses = Counter(short.values())
    uses.update(full_name(name) for name in short if full_name(name) != short[name])
    return {
        command if uses[command] == 1 else full_name(name): name for name, command in short.items()
    }


def shorten(method_name: str, own: str) -> str:
    """Leave out the name of the class, of small letters alone, where that follows the verb."""
    verb, *words = method_name.split("_")
    for count in range(1, len(words)):
        if "".join(words[:count]) == own:
            return "-".join([verb, *words[count:]])
    return full_name(method_name)
