"""What groups and commands are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable


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
    short = {name: _shorten(name, own) for name in method_names}
    uses = Counter(short.values())
    uses.update(full_name(name) for name in short if full_name(name) != short[name])
    return {
        command if uses[command] == 1 else full_name(name): name for name, command in short.items()
    }


def _shorten(method_name: str, own: str) -> str:
    verb, *words = method_name.split("_")
    for count in range(1, len(words)):
        if "".join(words[:count]) == own:
            return "-".join([verb, *words[count:]])
    return full_name(method_name)
