"""The reference of the catalog: pages about its classes, and an index of names to search in.

As Markdown, 3,508 methods and 6,438 models would take Sphinx minutes, and its search megabytes, so
they are written as HTML and put into the pages of the theme. ``_static/reference.js`` searches.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from PureCloudPlatformClientV2 import apis, models
from PureCloudPlatformClientV2.catalog import lines
from PureCloudPlatformClientV2.catalog.definitions import Definition, Field, all_definitions
from PureCloudPlatformClientV2.catalog.operations import (
    DEPRECATED,
    Operation,
    Parameter,
    class_names,
    class_operations,
    details,
    summary,
)

FOLDER = "reference"
"""Where the pages are, in the folder of the site."""

_MODELS_A_PAGE = 120
_VALUES_IN_SIGHT = 12
"""More known values than these are folded away."""

_WRAPS = re.compile(r"Wraps (\w+ \S+)")
_WORD = re.compile(r"\w+")


class Page(NamedTuple):
    """A page: its name, title, what the margin lists, and what stands on it."""

    name: str
    title: str
    entries: list[str]
    body: str


class Reference:
    """What the catalog has, and on which page it stands.

    Attributes:
        by_hand: The classes that have a page of their own in the documentation.
        operations: The methods of each API class that has no such page.
        definitions: Each model that has none.
        groups: The models by page.
        places: The address of each class, from within the folder of the reference.
    """

    def __init__(self, documents: Iterable[str]) -> None:
        """Read the catalog.

        Args:
            documents: The names of the pages that are written by hand.
        """
        definitions = {one.name: one for one in all_definitions()}
        self.by_hand = sorted(name for name in documents if _is_class(name))
        self.operations = {
            name: class_operations(name) for name in class_names() if name not in self.by_hand
        }
        self.definitions: dict[str, Definition] = {
            name: one for name, one in definitions.items() if name not in self.by_hand
        }
        names = sorted(self.definitions, key=str.lower)  # of file names, case counts for little
        self.groups = {f"models-{group[0]}": group[1] for group in _groups(names)}
        self.places = {name: f"../{name}.html" for name in self.by_hand}
        self.places |= {name: f"{name}.html" for name in self.operations}
        self.places |= {
            name: f"{page}.html#{name}" for page, group in self.groups.items() for name in group
        }

    @cached_property
    def uses(self) -> dict[str, dict[str, None]]:
        """What sends, returns or contains a model, as links, in order."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for class_name, operations in self.operations.items():
            for one in operations:
                link = f'<a href="{class_name}.html#{one.name}">{class_name}.{one.name}</a>'
                bodies = (each.type for each in one.parameters if each.place == "body")
                for name in _WORD.findall(" ".join([one.returns or "", *bodies])):
                    found[name][link] = None
        for name, definition in self.definitions.items():
            for used in _WORD.findall(" ".join(field.type for field in definition.fields)):
                found[used][self.linked(name)] = None
        return found

    def linked(self, type_text: str) -> str:
        """Write a type, each class in it a link to where it is described."""
        return _WORD.sub(
            lambda word: (
                f'<a href="{self.places[word[0]]}">{word[0]}</a>'
                if word[0] in self.places
                else word[0]
            ),
            type_text,
        )

    @cached_property
    def index(self) -> dict[str, list[str]]:
        """What can be searched for: for each page, a line for each thing on it, its id first."""
        pages: dict[str, list[str]] = {}
        for name in class_names():
            if name in self.operations:
                pages[name] = [_index_line(one) for one in self.operations[name]]
            else:
                pages[f"../{name}"] = [*_written_lines(getattr(apis, name))]
        for name in self.by_hand:
            pages.setdefault(f"../{name}", [name])
        return pages | self.groups | {"topics": [topic for topic, _ in topics()]}

    def list_classes(self) -> Iterator[tuple[str, str, str]]:
        """Give name, address and number of methods of each API class."""
        for name in class_names():
            methods = self.index[self.places[name].removesuffix(".html")]
            yield name, self.places[name], f" ({len(methods)})"

    def list_models(self) -> Iterator[tuple[str, str, str]]:
        """Give the first and last model, the address, and nothing else, of each of their pages."""
        for page, group in self.groups.items():
            yield " to ".join([group[0], *group[1:][-1:]]), f"{page}.html", ""

    def list_topics(self) -> Iterator[tuple[str, str, str]]:
        """Give title, address and number of topics of their page."""
        yield "All topics", "topics.html", f" ({len(topics())})"

    def pages(self) -> Iterator[Page]:
        """Write all pages."""
        for name, operations in self.operations.items():
            yield self._api_page(name, operations)
        for page, group in self.groups.items():
            title = f"Models from {group[0]} to {group[-1]}"
            sections = "".join(map(self._model, group))
            yield Page(page, title, group, f"<h1>{title}</h1>\n{_UP}{sections}")
        yield self._topics_page()

    # API classes

    def _api_page(self, name: str, operations: list[Operation]) -> Page:
        body = (
            f"<h1>PureCloudPlatformClientV2.{name}</h1>\n{_UP}"
            f"<p>{_count(len(operations), 'method')}. Each takes "
            '<a href="../ApiClient.html#options-of-every-call">the options of every call</a> '
            "besides its parameters; what can go wrong is on the page "
            '<a href="../errors.html">Errors</a>.</p>\n'
            f"{''.join(map(self._method, operations))}"
        )
        return Page(name, name, [one.name for one in operations], body)

    def _method(self, one: Operation) -> str:
        result = self.linked(one.returns) if one.returns else "None"
        return _section(
            one.name,
            f"<blockquote><p>{one.name}({_arguments(one)}) → <strong>{result}</strong></p>"
            "</blockquote>\n"
            f"<p>{escape(summary(one))}</p>\n"
            f"{_paragraph(details(one))}"
            f"<p>Wraps {one.verb} {_breaking(one.path)}</p>\n"
            f"{''.join(f'<p>{remark}</p>' for remark in _remarks(one))}"
            f"{self._parameters(one.parameters)}",
        )

    def _parameters(self, parameters: list[Parameter]) -> str:
        rows = (
            (f"<strong>{one.name}</strong>", self._body_type(one), one.place, _notes(one))
            for one in parameters
        )
        return _table(("Name", "Type", "Sent in", "Description"), rows)

    def _body_type(self, one: Parameter) -> str:
        return " or ".join(map(self.linked, (one.type, *one.extras.get("also", ()))))

    # Models

    def _model(self, name: str) -> str:
        _, words, described = self.definitions[name]
        rows = (
            (f"<strong>{one.name}</strong>", one.wire_name, self.linked(one.type), _describe(one))
            for one in described
        )
        said = f"<p>{escape(words)}</p>\n" if words else ""
        uses = list(self.uses.get(name, ()))
        used = f"<p>Used by {', '.join(uses)}.</p>"
        if len(uses) > _VALUES_IN_SIGHT:
            used = _folded(f"Used by {len(uses)}", ", ".join(uses))
        fields = _table(("Name", "Wire name", "Type", "Description"), rows)
        body = said + (fields or "<p>It has no fields.</p>") + (used if uses else "")
        return _section(name, body)

    # Topics

    def _topics_page(self) -> Page:
        rows = (
            (f'<span id="{topic}"></span>{_breaking(topic)}', self.linked(model))
            for topic, model in topics()
        )
        body = (
            f"<h1>Notification topics</h1>\n{_UP}"
            "<p>What a notification channel can be subscribed to, and the model of what comes.</p>"
            f"{_table(('Topic', 'Model'), rows)}"
        )
        return Page("topics", "Notification topics", [], body)


def _is_class(document: str) -> bool:
    """Whether a page that is written by hand is about an API class or a model."""
    return document[0].isupper() and (hasattr(apis, document) or hasattr(models, document))


def topics() -> list[tuple[str, str]]:
    """Give the notification topics, each with the model of what it sends."""
    found = (line.partition(" ") for line in lines.find_lines("topics.txt", ""))
    return [(topic, model) for topic, _, model in found]


def _groups(names: list[str]) -> list[tuple[str, list[str]]]:
    """Group names by how they begin, so that a new one seldom moves others to another page."""
    merged: list[tuple[str, list[str]]] = []
    for prefix, group in _by_prefix(names, ""):
        if merged and len(merged[-1][1]) + len(group) <= _MODELS_A_PAGE:
            merged[-1][1].extend(group)
        else:
            merged.append((prefix, group))
    return merged


def _by_prefix(names: list[str], prefix: str) -> Iterator[tuple[str, list[str]]]:
    if prefix and len(names) <= _MODELS_A_PAGE:
        yield prefix, names
        return
    length = len(prefix) + 1
    for longer, group in groupby(names, key=lambda name: name[:length].lower()):
        if longer == prefix:  # a whole name
            yield prefix, list(group)
        else:
            yield from _by_prefix(list(group), longer)


def _index_line(one: Operation) -> str:
    return f"{one.name} {one.verb} {one.path}{' deprecated' if one.deprecated else ''}"


def _written_lines(cls: type[Any]) -> Iterator[str]:
    """Write the lines of a class that is written by hand, from what its docstrings say."""
    for name in dir(cls):
        text = getattr(cls, name).__doc__ or ""
        if wraps := _WRAPS.search(text):
            yield f"{name} {wraps[1]}{' deprecated' if 'Deprecated:' in text else ''}"


# Pieces of HTML

_UP = '<p><a href="../reference.html">All classes, and the search</a></p>\n'


def _section(name: str, body: str) -> str:
    link = f'<a class="headerlink" href="#{name}" title="Link to this heading">¶</a>'
    return f'<section id="{name}">\n<h2>{name}{link}</h2>\n{body}</section>\n'


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{one}</td>' for one in row)}</tr>\n" for row in rows)
    if not lines:
        return ""
    heads = "".join(f'<th class="head">{one}</th>' for one in columns)
    return (
        '<div class="table-wrapper docutils container"><table class="docutils align-default">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>\n"
    )


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n" if text else ""


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary><p>{text}</p></details>"


def _breaking(path: str) -> str:
    return re.sub(r"([/.])(?=[\w{])", r"\1<wbr>", escape(path))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _arguments(one: Operation) -> str:
    required = [each.name for each in one.parameters if each.required]
    optional = [f"{each.name}=None" for each in one.parameters if not each.required]
    return ", ".join([*required, *(["*"] if optional else []), *optional])


def _remarks(one: Operation) -> Iterator[str]:
    if one.deprecated:
        yield f"<strong>Deprecated:</strong> {DEPRECATED[0].lower()}{DEPRECATED[1:]}"
    for kind in ("any", "all"):
        if kind in one.facts:
            names = ", ".join(one.facts[kind]).replace(":", ":<wbr>")
            yield f"Requires {kind.upper()} permissions: {names}"
    if one.facts.get("security") is False:
        yield "Needs no sign-in: the access token is not sent."


def _notes(one: Parameter) -> str:
    extras = one.extras
    parts = ["Required." if one.required else "Optional."]
    if "enum" in extras:
        parts.append(_known_values(extras["enum"]))
    parts += [
        f"{name} {escape(str(extras[name]))}."
        for name in ("minimum", "maximum", "pattern")
        if name in extras
    ]
    if "default" in extras:
        parts.append(f"The service uses {escape(str(extras['default']))} if omitted.")
    if "words" in extras:
        parts.append(escape(extras["words"]))
    return " ".join(parts)


def _describe(one: Field) -> str:
    apart = ("words", "enum")
    others = {name: value for name, value in one.extras.items() if name not in apart}
    parts = [escape(str(one.extras.get("words", "")))]
    if "enum" in one.extras:
        parts.append(_known_values(one.extras["enum"]))
    parts.append(escape(one._replace(extras=others).description))
    return " ".join(filter(None, parts))


def _known_values(values: list[Any]) -> str:
    text = ", ".join(escape(str(one)) for one in values)
    if len(values) > _VALUES_IN_SIGHT:
        return _folded(f"{len(values)} known values", text)
    return f"Known values: {text}."


# Sphinx


class Contents(SphinxDirective):
    """The directive ``reference``: the search, or links to the pages of classes, models, topics."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Give what the argument says."""
        for file in lines.FOLDER.glob("*.txt"):
            self.env.note_dependency(str(file))
        (what,) = self.arguments
        if what == "search":
            return [nodes.raw("", _SEARCH, format="html")]
        listed = getattr(reference(frozenset(self.env.found_docs)), f"list_{what}")()
        entries = [
            nodes.list_item("", nodes.paragraph("", "", *_link(text, place), nodes.Text(remark)))
            for text, place, remark in listed
        ]
        return [nodes.bullet_list("", *entries, classes=["columns"])]


def _link(text: str, place: str) -> list[nodes.Node]:
    place = place[3:] if place.startswith("../") else f"{FOLDER}/{place}"
    return [nodes.reference("", text, refuri=place)]


_SEARCH = f"""
<form id="reference-search" role="search" hidden>
<input type="search" aria-label="Find methods, models and topics" autocomplete="off"
 spellcheck="false" placeholder="routing queues, GET /api/v2/users, Queue ...">
<p role="status"></p>
<ul></ul>
</form>
<noscript><p>The search needs JavaScript; the lists below lead to every page.</p></noscript>
<script src="{FOLDER}/index.js" defer></script>
"""


@cache
def reference(documents: frozenset[str]) -> Reference:
    """Give the reference that goes with the pages that are written by hand."""
    return Reference(documents)


def _collect_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    found = reference(frozenset(app.env.found_docs))
    for page in found.pages():
        entries = "".join(f'<li><a href="#{one}">{one}</a></li>' for one in page.entries)
        contents = f'<ul><li><a href="#">{page.title}</a><ul>{entries}</ul></li></ul>'
        context = {"title": page.title, "body": page.body, "toc": entries and contents}
        yield f"{FOLDER}/{page.name}", context, "page.html"
    text = json.dumps(found.index, separators=(",", ":"))
    path = Path(app.outdir) / FOLDER / "index.js"
    path.write_text(f"window.referenceIndex = {text};\n", encoding="utf-8")


def _finish_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    if pagename in ("reference", "search"):
        app.add_js_file("reference.js")
    if pagename.startswith(f"{FOLDER}/"):
        context["furo_hide_toc"] = not context["toc"]  # the theme knows of documents only


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("reference", Contents)
    app.connect("html-collect-pages", _collect_pages)
    app.connect("html-page-context", _finish_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
