"""The pages of API classes and models, and what pages are made of: docstrings, in Markdown."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType, ModuleType, NoneType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from PureCloudPlatformClientV2 import ApiException, Configuration, apis, models
from PureCloudPlatformClientV2._wire.types import type_name, type_of
from PureCloudPlatformClientV2.apis import Api
from PureCloudPlatformClientV2.models import EntityListing, Model
from PureCloudPlatformClientV2.models._introspection import field_descriptions
from PureCloudPlatformClientV2.models.entity_listing import Entities

Rows = Iterable[Iterable[str]]

_Class = TypeVar("_Class")

_DEFAULT = re.compile(r"; the service uses (\w+) when omitted")
_BLOCK = re.compile(r"(<!-- test/\w+\.py: (\w+) -->\n\n).*?(<!-- end -->\n)", re.S)


def api_classes() -> list[type[Api]]:
    """The API classes that are written by hand, by name; the site's builder does the others."""
    written = _written(apis, Api)
    return [cls for cls in written if cls is not Api and cls.__name__.endswith("Api")]


def model_classes() -> list[type[Model]]:
    """The models that are written by hand, by name, without what they have in common."""
    return [cls for cls in _written(models, Model) if cls not in (Model, Entities, EntityListing)]


def _written(package: ModuleType, base: type[_Class]) -> list[type[_Class]]:
    """The classes of a package that have a file, which those of the catalog have not."""
    modules = (
        import_module(f"{package.__name__}.{file.name}") for file in iter_modules(package.__path__)
    )
    found = {
        name: member
        for module in modules
        for name, member in vars(module).items()
        if isinstance(member, type)
        and issubclass(member, base)
        and member.__module__ == module.__name__
    }
    return [found[name] for name in sorted(found)]


# What docstrings say


def paragraphs(docstring: str | None) -> list[str]:
    """The paragraphs of a docstring, each on one line and with the code marks of Markdown."""
    return [" ".join(paragraph.split()) for paragraph in _markdown(docstring).split("\n\n")]


def _markdown(docstring: str | None) -> str:
    return re.sub("``(.+?)``", r"`\1`", inspect.cleandoc(docstring or ""))


def introduction(docstring: str | None) -> list[str]:
    """The paragraphs before the sections of a docstring, with their lines."""
    before, *_ = re.split(
        r"^(?:Args|Attributes|Returns|Raises):$", _markdown(docstring), flags=re.M
    )
    return before.strip().split("\n\n")


PROPERTIES = (property, cached_property)
"""What is read like an attribute; some of ApiException's give way to what a subclass sets."""


def described(docstring: str | None) -> dict[str, str]:
    """What the Args or Attributes section of a docstring says, by name."""
    parts = re.split(r"^(?:Args|Attributes):$", inspect.cleandoc(docstring or ""), flags=re.M)
    section = textwrap.dedent(re.split(r"^\S", parts[-1], maxsplit=1, flags=re.M)[0])
    items = re.findall(r"^(\*{0,2}\w+): (.*\n?(?:^ .*\n?)*)", section, flags=re.M)
    return {name: paragraphs(text)[0] for name, text in items} if parts[1:] else {}


def attributes(cls: type[Any]) -> dict[str, str]:
    """What a class says about its attributes, properties included."""
    found = described(cls.__doc__)
    for owner in cls.__mro__:
        for name, member in vars(owner).items():
            if isinstance(member, PROPERTIES) and not name.startswith("_"):
                found.setdefault(name, " ".join(paragraphs(member.__doc__)))
    return found


def methods(cls: type[Any]) -> dict[str, Callable[..., Any]]:
    """The public methods of a class, those that it inherits included."""
    return {
        name: getattr(cls, name)
        for owner in cls.__mro__
        for name, member in vars(owner).items()
        if not name.startswith("_") and isinstance(member, (classmethod, FunctionType))
    }


# Pieces of Markdown


def fill(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Write anew what stands between the marks."""
    missing = set(blocks) - {name for _, name, _ in _BLOCK.findall(text)}
    assert not missing, f"there is no mark for {', '.join(missing)}"
    return _BLOCK.sub(lambda block: f"{block[1]}{blocks[block[2]]()}\n{block[3]}", text)


def table(columns: Iterable[str], rows: Rows) -> str:
    """A table."""
    columns = list(columns)
    lines = [columns, ["---"] * len(columns), *(map(_cell, row) for row in rows)]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return re.sub(r"\|  (?=\|)", "| ", text)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def descriptions(texts: Mapping[str, str]) -> str:
    """The table of what there is to say about some names."""
    return table(("Name", "Description"), described_rows(texts))


def described_rows(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The rows of such a table, for one that has others besides."""
    for name, text in texts.items():
        escaped = name.replace("*", r"\*")
        yield f"**{escaped}**", text


def linked(type_text: str) -> str:
    """The name of a type, each model in it a link to its page."""
    return re.sub(
        r"\w+",
        lambda word: f"[{word[0]}]({word[0]}.md)" if _is_model(word[0]) else word[0],
        type_text,
    )


def in_bold(type_text: str) -> str:
    """The name of a type in bold, a link if there is a model in it."""
    (model, *_) = [*filter(_is_model, re.findall(r"\w+", type_text)), ""]
    return f"[**{type_text}**]({model}.md)" if model else f"**{type_text}**"


def _is_model(name: str) -> bool:
    return name in {cls.__name__ for cls in model_classes()}


# The page of an API class


class Endpoint(NamedTuple):
    """What the code says about a method."""

    owner: type[Api]
    name: str
    summary: str
    paragraphs: list[str]
    """What comes after the summary, ``Wraps`` and permissions included."""
    parameters: dict[str, inspect.Parameter]
    types: dict[str, str]
    texts: dict[str, str]
    returns: str | None


def endpoints(cls: type[Api]) -> list[Endpoint]:
    """The methods of an API class, in the order of the code, those that it inherits last."""
    return [
        _endpoint(cls, name, member)
        for owner in cls.__mro__
        if issubclass(owner, Api) and owner is not Api
        for name, member in vars(owner).items()
        if isinstance(member, FunctionType) and not name.startswith("_")
    ]


def _endpoint(cls: type[Api], name: str, method: FunctionType) -> Endpoint:
    hints = get_type_hints(method)
    own = dict(list(inspect.signature(method).parameters.items())[1:-1])
    summary, *others = introduction(method.__doc__)
    return Endpoint(
        owner=cls,
        name=name,
        summary=summary.removesuffix("."),
        paragraphs=others,
        parameters=own,
        types={parameter: _type_text(hints[parameter]) for parameter in own},
        texts=described(method.__doc__),
        returns=None if hints["return"] is NoneType else _type_text(hints["return"]),
    )


def _type_text(hint: Any) -> str:
    """The type of a parameter; that a dict will do for a model is said in words."""
    choices = (
        get_args(hint)
        if len(get_args(hint)) > 1 and get_origin(hint) not in (list, dict)
        else (hint,)
    )
    if any(inspect.isclass(one) and issubclass(one, Model) for one in choices):
        # The last is the one that the contract declares; others have its fields.
        choices = tuple(one for one in choices if get_origin(one) is not dict)[-1:]
    return type_name(type_of(Union[choices]))  # noqa: UP007  # of a tuple


def api_page(cls: type[Api], text: str) -> str:
    """The page of an API class, with what is written by hand in its present text."""
    before, *sections = re.split(r'^(?=<a id=")', text or _new_api_page(cls), flags=re.M)
    examples = {
        found[1]: found[2]
        for section in sections
        if (
            found := re.match(
                r'<a id="(\w+)">.*?^### Example\n(.*?)^### Parameters$', section, re.M | re.S
            )
        )
    }
    overview = {"methods": lambda: _overview(cls)}
    return fill(before, overview) + "\n".join(
        _section(one, examples.get(one.name, "")) for one in endpoints(cls)
    )


def _new_api_page(cls: type[Api]) -> str:
    host = Configuration.settings()["host"].default
    return "\n\n".join(
        (
            f"# PureCloudPlatformClientV2.{cls.__name__}",
            *introduction(cls.__doc__),
            f"All URIs are relative to *{host}*",
            "<!-- test/reference.py: methods -->",
            "<!-- end -->",
            "Besides its parameters, every method takes options such as `_request_timeout`; see\n"
            "[Options of every call](ApiClient.md#options-of-every-call). What can go wrong is on "
            "the page\n[Errors](errors.md).\n\n",
        )
    )


def _overview(cls: type[Api]) -> str:
    rows = ((f"[**{one.name}**](#{one.name})", one.summary) for one in endpoints(cls))
    return table(("Method", "Description"), rows)


def _section(one: Endpoint, example: str) -> str:
    """What the page of an API class says about a method."""
    result = in_bold(one.returns) if one.returns else "void"
    arguments = ", ".join(
        name if parameter.default is parameter.empty else f"{name}={name}"
        for name, parameter in one.parameters.items()
    )
    parts = [
        f'<a id="{one.name}"></a>',
        f"## {one.name}",
        f"> {result} {one.name}({arguments})",
        one.summary,
        *map(_paragraph, one.paragraphs),
        *(("### Example", example.strip()) if example else ()),
        "### Parameters",
        table(("Name", "Type", "Description", "Notes"), _parameters(one)).strip()
        if one.parameters
        else "None.",
        "### Return type",
        result if one.returns else "void (empty response body)",
    ]
    return "\n\n".join(parts) + "\n"


def _paragraph(text: str) -> str:
    found = re.fullmatch(r"(Requires \w+ permissions:) (.+)", " ".join(text.split()))
    if not found:
        return text
    return f"{found[1]}\n\n" + "\n".join(f"* {one}" for one in found[2].split(", "))


def _parameters(one: Endpoint) -> Iterator[tuple[str, str, str, str]]:
    for name, parameter in one.parameters.items():
        text = one.texts[name]
        default = _DEFAULT.search(text)
        notes = "" if parameter.default is parameter.empty else "[optional]"
        notes += f" [default to {default[1]}]" if default else ""
        yield f"**{name}**", in_bold(one.types[name]), _DEFAULT.sub("", text), notes


# The page of a model


_SECRET = """
A field marked *Secret* shows as `***` in `print`, `repr`, `to_str`, logs and error texts.
`to_dict`, `to_json` and the request itself carry its value.
"""


def model_page(cls: type[Model], text: str) -> str:
    """The page of a model, with what is written by hand in its present text."""
    by_hand = re.search(r"^## Example\n.*", text, re.M | re.S)
    parts = [
        f"# PureCloudPlatformClientV2.{cls.__name__}",
        *introduction(cls.__doc__),
        "## Properties",
        table(("Name", "Wire name", "Type", "Description"), _fields(cls)).strip(),
        *([_SECRET.strip()] if cls.secret_fields else ()),
        "What all models can do is on the page [Models](models.md).",
        *(["## Where it is used", "\n".join(_uses(cls))] if _uses(cls) else ()),
        *([by_hand[0].strip()] if by_hand else ()),
    ]
    return "\n\n".join(parts) + "\n"


def _fields(cls: type[Model]) -> Iterator[tuple[str, str, str, str]]:
    texts = field_descriptions(cls)
    for name, type_text in cls.swagger_types.items():
        text = " ".join(paragraphs(texts[name]))
        secret = " *Secret.*" if name in cls.secret_fields else ""
        yield f"**{name}**", cls.attribute_map[name], linked(type_text), text + secret


def _uses(cls: type[Model]) -> list[str]:
    def is_in(type_text: object) -> bool:
        return cls.__name__ in re.findall(r"\w+", str(type_text))

    uses = [
        f"* The attribute `{name}` of [ApiException](errors.md#attributes)"
        for name, member in vars(ApiException).items()
        if isinstance(member, PROPERTIES) and is_in(returned(member))
    ]
    for one in (one for owner in api_classes() for one in endpoints(owner)):
        link = f"[{one.name}]({one.owner.__name__}.md#{one.name})"
        uses += [f"* Sent by {link}"] * any(map(is_in, one.types.values()))
        uses += [f"* Returned by {link}"] * is_in(one.returns)
    for other in model_classes():
        if any(map(is_in, other.swagger_types.values())):
            uses.append(f"* Part of {linked(other.__name__)}")
    return uses


def returned(member: property | cached_property[Any]) -> object:
    """What a property says that it returns."""
    getter = member.fget if isinstance(member, property) else member.func
    return inspect.signature(getter).return_annotation if getter else None
