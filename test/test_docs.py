"""The pages tell the truth: they agree with the code, their links lead somewhere, they run."""

from __future__ import annotations

import ast
import inspect
import math
import os
import re
import textwrap
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from contract_facts import Operation, definitions, document, operations, snake_case

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    CallOptions,
    Configuration,
    GatewayConfiguration,
    HttpRequestOptions,
    MessagingApi,
    models,
    paginate,
    proxy,
    rest,
)
from PureCloudPlatformClientV2.configuration import file_settings
from PureCloudPlatformClientV2.configuration_file import read_file
from PureCloudPlatformClientV2.logger import Logger
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.retry import NoAnswer, RetrySettings, pause_before_retry
from PureCloudPlatformClientV2.settings import RequestTimeout, Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in operations}
METHODS: dict[str, Callable[..., Any]] = {
    name: method for name, method in vars(MessagingApi).items() if not name.startswith("_")
}
MODELS: dict[str, type[Model]] = {name: getattr(models, name) for name in sorted(definitions)}
DEFAULTS: dict[str, object] = {
    snake_case(name): parameter["default"] for name, parameter in document["parameters"].items()
}

Rows = dict[str, dict[str, str]]
"""Name of the row to the cells, by column, of a table in Markdown."""

OF_AUTHENTICATION = (
    "access_token",
    "client_id",
    "client_secret",
    "should_refresh_access_token",
    "refresh_token_wait_time",
)
"""The settings that authentication.md lists."""


# What the code says


def paragraphs(docstring: str | None) -> list[str]:
    """The paragraphs of a docstring, each on one line and with the code marks of Markdown."""
    text = re.sub("``(.+?)``", r"`\1`", inspect.cleandoc(docstring or ""))
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def described(docstring: str | None) -> dict[str, str]:
    """What the Args or Attributes section of a docstring says, by name."""
    _, _, section = re.split(r"^(Args|Attributes):$", inspect.cleandoc(docstring or ""), flags=re.M)
    section = textwrap.dedent(re.split(r"^\S", section, maxsplit=1, flags=re.M)[0])
    items = re.findall(r"^(\*{0,2}\w+): (.*\n?(?:^ .*\n?)*)", section, flags=re.M)
    return {name: paragraphs(text)[0] for name, text in items}


def described_attributes(cls: type[Any]) -> dict[str, str]:
    """What a class says about its attributes, properties included."""
    attributes = described(cls.__doc__) if "Attributes:" in (cls.__doc__ or "") else {}
    for name, member in vars(cls).items():
        if isinstance(member, property) and not name.startswith("_"):
            attributes[name] = " ".join(paragraphs(member.__doc__))
    return attributes


def described_methods(cls: type[Any]) -> dict[str, str]:
    """The first paragraph about every public method of a class."""
    return {
        name: paragraphs(getattr(cls, name).__doc__)[0]
        for owner in cls.__mro__
        for name, member in vars(owner).items()
        if not name.startswith("_") and isinstance(member, (classmethod, FunctionType))
    }


def described_fields(cls: type[Any]) -> dict[str, str]:
    """What the strings under the fields of a model, or under settings, say."""
    fields: dict[str, str] = {}
    for base in cls.__mro__:
        if issubclass(base, (Model, Settings)) and base not in (Model, Settings):
            (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            assert isinstance(definition, ast.ClassDef)
            for field, text in zip(definition.body, definition.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    name, docstring = ast.unparse(field.target), ast.literal_eval(text.value)
                    fields[name] = " ".join(paragraphs(docstring))
    return fields


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """The own parameters of an API method, without self and the options of every call."""
    own = dict(inspect.signature(METHODS[name]).parameters)
    return {name: own[name] for name in own if name not in ("self", "options")}


def type_name(annotation: object) -> str:
    """The type of a parameter, as the pages write it: None and dicts are described in words."""
    name = str(annotation).removesuffix(" | None").removesuffix(" | dict[str, Any]")
    return name.removeprefix("MessengerType | ")  # any text will do


def setting_type(cls: type[Settings], name: str) -> str:
    """The type of a setting, as the pages write it."""
    member = vars(cls).get(name)
    annotation: str = (
        inspect.signature(member.fget).return_annotation
        if isinstance(member, property) and member.fget
        else cls.__annotations__[name]
    )
    given = re.sub(r"^Converted\[(\w+), .+\]$", r"\1", annotation)
    given = given.replace("RequestTimeout", str(RequestTimeout))
    return " or ".join(f"`{one}`" for one in given.split(" | "))


def setting_default(holder: Settings, name: str) -> str:
    """The default of a setting, as the pages write it."""
    default: object = getattr(holder, name)
    if isinstance(default, Logger):
        return "a `Logger`"
    if isinstance(default, Enum):
        return f"`{type(default).__name__}.{default.name}`"
    return f"`{default!r}`".replace(os.environ["HOME"], "~")


def settings_table(cls: type[Settings]) -> Rows:
    """Everything that can be set on a class, by name and as the pages write it."""
    texts = described_fields(cls)
    texts |= {name: text for name, text in described_attributes(cls).items() if name not in texts}
    holder, rows = cls(), Rows()
    for name, text in texts.items():
        found = cls.settings().get(name)
        variables = found.env if found else ()
        place = f"`[{found.section}] {found.key}`" if found and found.section else ""
        if cls is Configuration and name == "proxy":
            variables = proxy.ENVIRONMENT
        if cls is Configuration and name == "gateway_configuration":
            place = "[`[gateway]`](configuration.md#gateway)"
        rows[name] = {
            "Name": f"**{name}**",
            "Type": setting_type(cls, name),
            "Default": setting_default(holder, name),
            "Environment variable": ", ".join(f"`{one}`" for one in variables),
            "File key": place,
            "Description": text,
        }
    return rows


# What a page says


def read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |^<a id|\Z)", text, re.M | re.S
    )
    assert found, f"there is no heading {heading!r}"
    return found[1]


def table(text: str, first_column: str = "Name") -> Rows:
    """The table that begins with a certain column, by the plain text of that column."""
    header, *lines = text[text.index(f"| {first_column} |") :].split("\n\n")[0].splitlines()
    columns = cells(header)
    rows = [dict(zip(columns, cells(line), strict=True)) for line in lines[1:]]
    return {plain(row[first_column]).partition("(")[0]: row for row in rows}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def plain(markdown: str) -> str:
    text = re.sub(r"\[([^\[\]]+)\]\([^)]+\)", r"\1", markdown)
    return text.replace("**", "").replace("\\", "").replace("`", "")


def linked(name: str) -> str:
    return f"[{name}]({name}.md)"


def in_bold(type_name: str) -> str:
    return f"[**{type_name}**]({type_name}.md)" if type_name in MODELS else f"**{type_name}**"


def check_rows(where: str, found: Rows, expected: Rows) -> None:
    """Compare a table with what it should say; what differs is named by page, row and column."""
    differences = [f"{where}: there is no row for {name}" for name in expected if name not in found]
    differences += [f"{where}: nothing is named {name}" for name in found if name not in expected]
    differences += [
        f"{where}, {name}, {column}: {found[name].get(column)!r} should be {text!r}"
        for name, row in expected.items()
        if name in found
        for column, text in row.items()
        if found[name].get(column) != text
    ]
    assert not differences, "\n".join(differences)
    assert list(found) == list(expected), f"{where}: the rows are in another order than in the code"


# MessagingApi.md


def summary(name: str) -> str:
    return paragraphs(METHODS[name].__doc__)[0].removesuffix(".")


def test_every_method_is_in_the_tables_of_methods() -> None:
    page = {
        name: {"Method": f"[**{name}**](#{name})", "Description": summary(name)} for name in METHODS
    }
    check_rows("MessagingApi.md, methods", table(read("MessagingApi.md"), "Method"), page)
    readme = {
        name: {
            "Method": f"[`{name}`](docs/MessagingApi.md#{name})",
            "What it does": summary(name),
            "Permission": ", ".join(f"`{one}`" for one in OPERATIONS[name].permissions),
        }
        for name in METHODS
    }
    check_rows("README.md, Methods", table(read("../README.md"), "Method"), readme)


@pytest.mark.parametrize("name", METHODS)
def test_the_section_of_a_method_agrees_with_code_and_contract(name: str) -> None:
    page, operation = read("MessagingApi.md"), OPERATIONS[name]
    text = section(page, f"## {name}")
    result = in_bold(operation.response_type) if operation.response_type else "void"
    arguments = ", ".join(
        one.name if one.default is one.empty else f"{one.name}={one.name}"
        for one in parameters(name).values()
    )
    facts = {
        "anchor": (f'<a id="{name}"></a>\n\n## {name}\n', page),
        "signature": (f"\n> {result} {name}({arguments})\n", text),
        "summary": (f"\n\n{summary(name)}\n\n", text),
        "Wraps": (f"\n\nWraps {operation.verb} {operation.path}\n\n", text),
        "permissions": (
            "\n\nRequires ANY permissions:\n\n"
            + "".join(f"* {permission}\n" for permission in operation.permissions)
            + "\n### Example\n",
            text,
        ),
        "Example": (f"api.{name}(", section(text, "### Example")),
        "Return type": (
            result.replace("void", "void (empty response body)") + "\n",
            section(text, "### Return type").lstrip(),
        ),
    }
    wrong = [fact for fact, (expected, found) in facts.items() if expected not in found]
    assert not wrong, f"MessagingApi.md, {name}: not as in the code: {', '.join(wrong)}"
    assert str(inspect.signature(METHODS[name]).return_annotation) == str(operation.response_type)


@pytest.mark.parametrize("name", METHODS)
def test_the_parameters_of_a_method_agree_with_code_and_contract(name: str) -> None:
    where = f"MessagingApi.md, {name}, Parameters"
    texts = described(METHODS[name].__doc__)
    expected: Rows = {}
    for parameter, signature in parameters(name).items():
        text, notes = texts[parameter], ""
        if parameter in OPERATIONS[name].optional:
            default = f"; the service uses {DEFAULTS[parameter]} when omitted"
            assert default in text, f"{name}, {parameter}: the docstring is silent on the default"
            text, notes = text.replace(default, ""), "[optional] [default to {}]"
        expected[parameter] = {
            "Name": f"**{parameter}**",
            "Type": in_bold(type_name(signature.annotation)),
            "Description": text,
            "Notes": notes.format(DEFAULTS.get(parameter)),
        }
    assert list(expected) == [*OPERATIONS[name].required, *OPERATIONS[name].optional], where
    found = table(section(section(read("MessagingApi.md"), f"## {name}"), "### Parameters"))
    check_rows(where, found, expected)


# The pages of the models


@pytest.mark.parametrize("name", MODELS)
def test_the_page_of_a_model_agrees_with_the_code(name: str) -> None:
    page, model = read(f"{name}.md"), MODELS[name]
    introduction = section(page, f"# PureCloudPlatformClientV2.{name}").partition("\n## ")[0]
    assert paragraphs(introduction) == paragraphs(model.__doc__), f"{name}.md, introduction"
    texts = described_fields(model)
    expected = {
        field: {
            "Name": f"**{field}**",
            "Wire name": model.attribute_map[field],
            "Type": re.sub(
                r"\w+", lambda word: linked(word[0]) if word[0] in MODELS else word[0], type_name
            ),
            "Description": texts[field] + (" *Secret.*" if field in model.secret_fields else ""),
        }
        for field, type_name in model.swagger_types.items()
    }
    check_rows(f"{name}.md, Properties", table(section(page, "## Properties")), expected)


@pytest.mark.parametrize("name", MODELS)
def test_the_page_of_a_model_says_where_it_is_used(name: str) -> None:
    expected = ["* The attribute `error` of [ApiException](errors.md#attributes)"]
    expected = expected if name == "ErrorBody" else []
    for operation in operations:
        link = f"[{operation}](MessagingApi.md#{operation})"
        expected += [f"* Sent by {link}"] * (operation.body_type == name)
        expected += [f"* Returned by {link}"] * (operation.response_type == name)
    for other, model in MODELS.items():
        if any(name in re.findall(r"\w+", one) for one in model.swagger_types.values()):
            expected.append(f"* Part of {linked(other)}")
    found = section(read(f"{name}.md"), "## Where it is used").strip().splitlines()
    assert sorted(found) == sorted(expected), f"{name}.md, Where it is used"


def test_the_overview_of_the_models_is_complete() -> None:
    page = read("models.md")
    expected = {
        name: {"Model": in_bold(name), "Description": paragraphs(MODELS[name].__doc__)[0]}
        for name in MODELS
    }
    check_rows("models.md", table(page, "Model"), expected)
    secrets = {
        name: {"Fields": ", ".join(f"`{one}`" for one in model.swagger_types if one in secret)}
        for name, model in MODELS.items()
        if (secret := model.secret_fields)
    }
    check_rows("models.md, Secrets", table(section(page, "## Secrets"), "Model"), secrets)


# The other tables


@pytest.mark.parametrize(
    ("page", "heading", "expected"),
    [
        ("ApiClient.md", "## Attributes", described_attributes(ApiClient)),
        ("ApiClient.md", "## Methods", described_methods(ApiClient)),
        ("ApiClient.md", "## Options of every call", described(CallOptions.__doc__)),
        ("ApiClient.md", "## Calling any other endpoint", described(ApiClient.call_api.__doc__)),
        ("ApiClient.md", "## Hooks", described_attributes(HttpRequestOptions)),
        ("errors.md", "## Attributes", described_attributes(ApiException)),
        (
            "models.md",
            "## Methods and attributes",
            described_attributes(Model) | described_methods(Model),
        ),
        ("paging.md", "# Paging", described(paginate.__doc__)),
    ],
)
def test_a_table_says_what_the_docstrings_say(
    page: str, heading: str, expected: dict[str, str]
) -> None:
    found = table(section(read(page), heading))
    rows = {name.replace("*", ""): {"Description": text} for name, text in expected.items()}
    found = {name.replace("*", ""): row for name, row in found.items()}
    check_rows(f"{page}, {heading.lstrip('# ')}", found, rows)


@pytest.mark.parametrize(
    ("page", "heading", "cls", "names"),
    [
        ("configuration.md", "## Settings", Configuration, None),
        ("configuration.md", "## Gateway", GatewayConfiguration, None),
        ("configuration.md", "## Logging", Logger, None),
        ("authentication.md", "## Settings", Configuration, OF_AUTHENTICATION),
    ],
)
def test_a_table_of_settings_says_what_the_code_says(
    page: str, heading: str, cls: type[Settings], names: tuple[str, ...] | None
) -> None:
    expected = settings_table(cls)
    expected = {name: row for name, row in expected.items() if names is None or name in names}
    check_rows(f"{page}, {heading.lstrip('# ')}", table(section(read(page), heading)), expected)


def test_every_environment_variable_is_explained() -> None:
    found = table(section(read("configuration.md"), "## Environment variables"), "Variable")
    read_by_code = {
        variable: f"`{name}`"
        for name, one in Configuration.settings().items()
        for variable in (proxy.ENVIRONMENT if name == "proxy" else one.env)
    }
    explained = {
        variable: row["Setting"] for names, row in found.items() for variable in names.split(", ")
    }
    assert explained == read_by_code


def test_the_examples_of_a_configuration_file_are_good_and_say_the_same(tmp_path: Path) -> None:
    text = section(read("configuration.md"), "## The file")
    known = {(one.section, one.key) for one in file_settings()}
    values: list[object] = []
    for kind in ("ini", "json"):
        (example,) = re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)
        path = tmp_path / kind
        path.write_text(example, encoding="utf-8")
        content = read_file(str(path))
        keys = {(name, key) for name, keys in content.sections.items() for key in keys}
        assert keys <= known, f"configuration.md, {kind}: there is no key {keys - known}"
        configuration = Configuration(config_file_path=str(path))
        gateway = {
            name: getattr(configuration.gateway_configuration, name)
            for name in GatewayConfiguration.settings()
        }
        values.append(
            (
                {**configuration.values_of_file(), "gateway_configuration": gateway},
                configuration.logger.values_of_file(),
            )
        )
    assert values[0] == values[1]


def test_every_exception_is_described() -> None:
    expected = {
        name: {"Description": paragraphs(member.__doc__)[0]}
        for name, member in vars(rest).items()
        if isinstance(member, type) and issubclass(member, ApiException)
    }
    check_rows("errors.md", table(section(read("errors.md"), "## Exceptions")), expected)


@pytest.mark.parametrize(
    ("what_happened", "outcomes"),
    [
        ("The connection failed before the request was sent", [NoAnswer.NOT_SENT]),
        ("429", [429]),
        ("The connection failed after that, or time ran out", [NoAnswer.LOST]),
        ("502, 503, 504", [502, 503, 504]),
        ("Anything else", [NoAnswer.HOPELESS, 302, 400, 401, 403, 404, 408, 409, 500, 501]),
    ],
)
def test_requests_are_sent_again_where_the_page_says_so(
    what_happened: str, outcomes: list[int | NoAnswer]
) -> None:
    rows = table(section(read("errors.md"), "## Trying again"), "What happened")
    row = rows[what_happened]
    for methods, answer in list(row.items())[1:]:
        for method in methods.split(", "):
            for outcome in outcomes:
                pause = pause_before_retry(method, 0, outcome, {}, math.inf, RetrySettings())
                says = "raised" if pause is None else "sent again"
                assert says == answer, f"errors.md, {what_happened}, {method}, {outcome}: {says}"


# Links


def without_code(text: str) -> str:
    return re.sub(r"^(```+).*?^\1$|`[^`\n]+`", "", text, flags=re.M | re.S)


def anchors(path: Path) -> set[str]:
    """The fragments that a Git host offers: one for each heading, and those written as HTML."""
    text = path.read_text(encoding="utf-8")
    prose = re.sub(r"^(```+).*?^\1$", "", text, flags=re.M | re.S)
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", prose, re.M):
        slug = re.sub(r"[^\w\- ]", "", plain(heading).lower()).replace(" ", "-")
        number = 0
        while (unique := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(unique)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = without_code(path.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^()\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: (\S+)", text, re.M)
    dead: list[str] = []
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        file, _, fragment = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (fragment and fragment not in anchors(target)):
            dead.append(link)
    assert not dead, f"{path.name} links to what is not there: {', '.join(dead)}"


def test_every_page_is_in_the_table_of_contents() -> None:
    pages = read("index.md") + read("models.md")
    trees = re.findall(r"```{toctree}\n(.*?)```", pages, re.S)
    entries = re.findall(r"^(?:\w+ <)?(\w+)>?$", "\n".join(trees), re.M)
    assert sorted([*entries, "index"]) == [path.stem for path in sorted(DOCS.glob("*.md"))]
