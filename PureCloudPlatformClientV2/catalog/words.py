"""Our own descriptions, ``words.txt``: what an operation does, what a model is, what a field means.

An entry is about what it names: a method, an argument of one as ``method(argument)``, a model, or a
field as ``Model.attribute``. One that is
true of several names them all, so that a fact is written once: ``{Open,Apple}Integration.status``
is two names, and ``*`` in the name of a model stands for any letters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase

_LIST = re.compile(r"\{([^{}]*)\}")


class Words:
    """The descriptions, and which of them were asked for."""

    def __init__(self, text: str = "") -> None:
        """Read them.

        Args:
            text: An entry a line: the name, and after a space the words. A ``#`` begins a comment.

        Raises:
            ValueError: Two entries are about the same, or one says nothing.
        """
        self._entries: dict[str, dict[str, str]] = defaultdict(dict)
        """The words by attribute, which methods and models have none of, and then by model."""
        self._unused: dict[str, None] = {}
        for line in text.splitlines():
            if line and line[0] != "#":
                self._add(*line.split(" ", 1))

    def _add(self, names: str, words: str = "") -> None:
        for name in _single_names(names):
            if not words or name in self._unused:
                raise ValueError(f"{name} has {'two descriptions' if words else 'no description'}")
            model, _, attribute = name.partition(".")
            self._entries[attribute][model] = words
            self._unused[name] = None

    def get(self, name: str) -> str | None:
        """Give what is said about a method, a model or a field.

        An entry of just that name comes first; then the one with the most letters beside its ``*``.
        """
        model, dot, attribute = name.partition(".")
        entries = self._entries.get(attribute, {})
        found = model if model in entries else _closest(model, entries)
        if found is None:
            return None
        self._unused.pop(f"{found}{dot}{attribute}", None)
        return entries[found]

    def check_all_used(self) -> None:
        """See to it that there is nothing that was never asked for.

        Raises:
            ValueError: There is; it is misspelt, or was taken away from the platform.
        """
        if self._unused:
            names = ", ".join(self._unused)
            raise ValueError(f"words.txt describes what is not there, to be taken out: {names}")


def _single_names(names: str) -> Iterator[str]:
    """Write out the lists in braces."""
    found = _LIST.search(names)
    if found is None:
        yield names
        return
    for one in found[1].split(","):
        yield from _single_names(f"{names[: found.start()]}{one}{names[found.end() :]}")


def _closest(model: str, patterns: dict[str, str]) -> str | None:
    fitting = (one for one in patterns if "*" in one and fnmatchcase(model, one))
    return max(fitting, key=len, default=None)
