"""``find``: commands by words of their class, method, path, parameters and permissions."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pkgutil import get_data, iter_modules
from typing import Any, NamedTuple

import click

from .. import apis
from .._wire.names import did_you_mean
from ..catalog import operations
from ..catalog.lines import find_lines
from . import PROGRAM, index
from .errors import written
from .global_options import GlobalOptions, global_options
from .help_text import SectionedCommand
from .index import group_name
from .options import Argument, Option

_FEW = 20
"""How many are shown if nothing else is asked for."""

_FEW_TOPICS = 3
"""Of as many a note tells."""

_VERBS = {
    "delete": ("delete", "remove"),
    "get": ("get", "list", "show", "read", "view"),
    "head": ("head", "check"),
    "patch": ("patch", "change", "edit", "update"),
    "post": ("post", "add", "create"),
    "put": ("put", "change", "edit", "replace", "update"),
}
"""What people call that which a method does, by the word that its name begins with."""

_HELP = """\
Find commands by words.

WORDS may be of the class, the method, its path, its parameters, its permissions and its
description. A command that is shown has all of them; the best come first.

\b
Examples:
  {0} find queue members
  {0} find create user
  {0} find routing:queue:view --all
"""


class Found(NamedTuple):
    """A method, as it is looked at."""

    class_name: str
    name: str
    verb: str
    path: str
    text: str
    """All that is known of it, in small letters."""

    def points(self, word: str) -> int:
        """Say how well a word fits: the nearer to the name it stands, the more."""
        stem = _stem(word)
        verb, *own = self.name.split("_")
        if any(_stem(one) == stem for one in own):
            return 6
        if word in _VERBS[verb]:
            return 5
        places = (self.name, group_name(self.class_name), self.path.lower(), self.text)
        return next((4 - place for place, one in enumerate(places) if stem in one), 0)

    def rank(self, words: Sequence[str]) -> tuple[Any, ...]:
        """Say before which others it comes."""
        best = -sum(map(self.points, words))
        deprecated = '"deprecated":true' in self.text
        own = self.name.split("_")
        exact = -len({*words} & {*own})
        command = index.shorten(self.name, group_name(self.class_name).replace("-", ""))
        # What is most of all about a thing is in the class of it, and has the shortest command.
        lengths = command.count("-"), len(own)
        return deprecated, best, *lengths, self.verb != "GET", exact, self.name


def find_methods(words: Sequence[str]) -> list[Found]:
    """Find the methods that have all words, the best first.

    Args:
        words: Words in small letters.
    """
    found = [one for one in _candidates(words) if all(map(one.points, words))]
    return sorted(found, key=lambda one: one.rank(words))


def _candidates(words: Sequence[str]) -> Iterator[Found]:
    written_by_hand = index.written_classes()
    for key, line in operations.all_lines().items():
        class_name, _, name = key.partition(".")
        verb, path, facts = line.split(" ", 2)
        text = f"{class_name} {name} {path} {facts}".lower()
        if class_name not in written_by_hand and _has_all(text, words):
            yield Found(class_name, name, verb, path, text)
    if _may_be_written(words):
        for class_name in sorted(written_by_hand):
            yield from _written_methods(class_name)


def _has_all(text: str, words: Iterable[str]) -> bool:
    return all(_stem(word) in text or word in _SYNONYMS for word in words)


_SYNONYMS = frozenset(word for words in _VERBS.values() for word in words)


def _may_be_written(words: Iterable[str]) -> bool:
    """Whether the methods that are written by hand may have all words.

    They would have to be loaded to be asked, so a look at the text of their files comes first.
    """
    files = [f"{one.name}.py" for one in iter_modules(apis.__path__)]
    try:
        contents = [get_data(apis.__name__, file) or b"" for file in files]
    except OSError:  # installed without source
        return True
    names = " ".join(map(group_name, index.written_classes()))
    return _has_all(f"{names} {b' '.join(contents).decode()}".lower(), words)


def _written_methods(class_name: str) -> Iterator[Found]:
    # Imported here for the sake of start-up time: a recording needs the client.
    from .recording import record_call

    api_class = index.load_class(class_name)
    for name in index.list_methods(class_name):
        verb, path, places, _ = record_call(api_class, name)
        text = " ".join([class_name, name, path, *places, getattr(api_class, name).__doc__ or ""])
        yield Found(class_name, name, verb, path, text.lower())


def _stem(word: str) -> str:
    """Leave off the end by which one of a thing and several differ: a query, queries."""
    return re.sub(r"(?<=\w{3})(ies|y|es|e|s)$", "", word)


class Find(SectionedCommand, click.Command):
    """The command."""

    def __init__(self) -> None:
        """Make it."""
        text = f"Show all, not only the best {_FEW}."
        super().__init__(
            "find",
            short_help="Find commands by words",
            help=_HELP.format(PROGRAM),
            params=[
                Argument(["words"], description="What to look for.", nargs=-1, required=True),
                Option(["--all", "show_all"], is_flag=True, help=text),
                *global_options(),
            ],
        )

    def invoke(self, ctx: click.Context) -> None:
        """Find commands, and write them."""
        words = re.split(r"[\s_-]+", " ".join(ctx.params["words"]).lower().strip("_- "))
        if not any(words):
            raise click.UsageError("give a word to look for", ctx)
        found, topics = find_methods(words), _find_topics(words)
        if not found:
            hint = f"; {_about(topics)}" if topics else ""
            raise click.UsageError(f"{_nothing(words)}{hint}", ctx)
        shown = found if ctx.params["show_all"] else found[:_FEW]
        options = GlobalOptions.collect(ctx)
        with written():
            _write(shown, options)
        if options.is_plain() and 0 < len(topics) <= _FEW:  # more have the words by chance
            sys.stderr.write(f"note: {_about(topics)}\n")
        if len(shown) < len(found):
            rest = f"{len(shown)} of {len(found)} are shown"
            sys.stderr.write(f"note: {rest}; give another word, or --all.\n")


def _find_topics(words: Sequence[str]) -> list[str]:
    """Find the topics of notifications that have all words; the shortest first."""
    stems = {_stem(one) for one in words}.difference(_OF_TOPICS)
    topics = (line.partition(" ")[0] for line in find_lines("topics.txt", ""))
    found = (one for one in topics if all(stem in one for stem in stems))
    return sorted(found, key=lambda one: (len(one), one))


_OF_TOPICS = ("event", "notification", "topic")
"""What all of them are."""


def _about(topics: Sequence[str]) -> str:
    few = ", ".join(topics[:_FEW_TOPICS])
    more = len(topics) - _FEW_TOPICS
    rest = f" and {more} more" if more > 0 else ""
    return f"a NotificationChannel has these words as topics: {few}{rest}"


def _nothing(words: Sequence[str]) -> str:
    counts = {word: len(find_methods([word])) for word in words}
    missing = [word for word, count in counts.items() if not count]
    if not missing:
        said = ", ".join(f"{word} {count}" for word, count in counts.items())
        return f"no command has all of these words; by itself, each has: {said}"
    known = " ".join([*operations.all_lines(), *index.written_classes()]).lower()
    hint = did_you_mean(missing[0], set(re.findall("[a-z]+", known)))
    return f"no command has the word {missing[0]!r}{hint}"


def _write(found: Sequence[Found], options: GlobalOptions) -> None:
    rows = [
        {
            "command": index.command_line(one.class_name, one.name),
            "verb": one.verb,
            "path": one.path,
            "class": one.class_name,
            "method": one.name,
        }
        for one in found
    ]
    if options.is_plain():
        width = max(len(one["command"]) for one in rows)
        for one in rows:
            sys.stdout.write(f"{one['command']:{width}}  {one['verb']} {one['path']}\n")
        return
    # Imported here for the sake of start-up time: lines of text do without.
    from .output import output_format, write_result
    from .results import Result, compile_query, search

    query = compile_query(options.query)
    write_result(search(query, Result(rows)), output_format(options), options.columns)


find: Find = Find()
"""The command; there need be no other."""
