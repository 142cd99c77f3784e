"""The pages tell the truth: they agree with the code, and their links lead somewhere."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import class_pages
import pytest
import reference
from contract_facts import document, operations, snake_case
from reference import DOCS, ROOT

from PureCloudPlatformClientV2 import Configuration, GatewayConfiguration
from PureCloudPlatformClientV2._settings.file import read_file
from PureCloudPlatformClientV2._transport import proxy
from PureCloudPlatformClientV2._transport.retry import NoAnswer, RetrySettings, pause_before_retry
from PureCloudPlatformClientV2.apis import Api, CallOptions
from PureCloudPlatformClientV2.apis.api import Unpack
from PureCloudPlatformClientV2.catalog.lines import find_lines
from PureCloudPlatformClientV2.catalog.operations import class_names, class_operations
from PureCloudPlatformClientV2.configuration import file_settings
from PureCloudPlatformClientV2.models import Model, Secret

PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]

MODEL_FILES = ("definitions.txt", "payloads.txt")

Rows = dict[str, dict[str, str]]
"""Name of the row to the cells, by column, of a table in Markdown."""


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


# The reference


class Widget(Model):
    """Something that these tests make up.

    It has two paragraphs, and ``marks``.
    """

    label: str | None = None
    """What is on it; ``a|b`` for either."""
    pin: Secret[str] = None
    """Opens it."""


class WidgetApi(Api):
    """Made up, too."""

    def patch_widget(
        self, widget_id: str, body: Widget | dict[str, Any], **options: Unpack[CallOptions]
    ) -> Widget:
        """Change a widget.

        Wraps PATCH /api/v2/widgets/{widgetId}

        Requires ALL permissions: widget:edit, widget:view

        Be careful.

        Args:
            widget_id: Which one.
            body: What to change.
            **options: Per-call settings, see CallOptions.

        Returns:
            The widget.
        """
        raise NotImplementedError

    def get_widgets(
        self, *, page_size: int | None = None, **options: Unpack[CallOptions]
    ) -> list[Widget]:
        """List widgets.

        Args:
            page_size: How many; the service uses 25 when omitted.
            **options: Per-call settings, see CallOptions.
        """
        raise NotImplementedError


def test_what_is_written_from_the_code_is_up_to_date() -> None:
    stale = [
        path.name
        for path, text in reference.all_pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: python test/reference.py"


@pytest.fixture
def _with_widgets(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    monkeypatch.setattr(class_pages, "model_classes", lambda: [Widget])
    monkeypatch.setattr(class_pages, "api_classes", lambda: [WidgetApi])


@pytest.mark.usefixtures("_with_widgets")
def test_a_new_method_gets_a_section_without_a_hand() -> None:
    page = class_pages.api_page(WidgetApi, "")

    assert page.startswith("# PureCloudPlatformClientV2.WidgetApi\n\nMade up, too.\n")
    assert table(page, "Method")["patch_widget"]["Description"] == "Change a widget"
    text = section(page, "## patch_widget")
    assert "> [**Widget**](Widget.md) patch_widget(widget_id, body)\n" in text
    assert "\n\nWraps PATCH /api/v2/widgets/{widgetId}\n\n" in text
    assert "permissions:\n\n* widget:edit\n* widget:view\n\nBe careful.\n\n### Param" in text
    assert table(text)["body"]["Type"] == "[**Widget**](Widget.md)"
    text = section(page, "## get_widgets")
    assert "> [**list[Widget]**](Widget.md) get_widgets(page_size=page_size)\n" in text
    assert table(text)["page_size"] == {
        "Name": "**page_size**",
        "Type": "**int**",
        "Description": "How many.",
        "Notes": "[optional] [default to 25]",
    }


@pytest.mark.usefixtures("_with_widgets")
def test_a_new_model_gets_a_page_without_a_hand() -> None:
    page = class_pages.model_page(Widget, "")

    assert "\n\nIt has two paragraphs, and `marks`.\n\n## Prop" in page
    assert r"| **label** | label | str | What is on it; `a\|b` for either. |" in page
    assert "| **pin** | pin | str | Opens it. *Secret.* |" in page
    assert "* Sent by [patch_widget](WidgetApi.md#patch_widget)\n" in page
    assert "* Returned by [get_widgets](WidgetApi.md#get_widgets)\n" in page
    assert "## Example" not in page


@pytest.mark.usefixtures("_with_widgets")
def test_what_is_written_by_hand_stays() -> None:
    prose = "\n### Example\n\nMind the gap.\n\n```python\n# not a heading\n```\n"
    page = class_pages.api_page(WidgetApi, "").replace(
        "\n### Parameters", f"{prose}\n### Parameters"
    )
    page = page.replace("Made up, too.", "An introduction.")
    assert class_pages.api_page(WidgetApi, page) == page

    page = class_pages.model_page(Widget, "") + "\n## Example\n\nMind the gap.\n\n## And more\n"
    assert class_pages.model_page(Widget, page) == page


def test_docstrings_state_the_defaults_of_the_contract() -> None:
    defaults = {
        snake_case(name): f"; the service uses {parameter['default']} when omitted"
        for name, parameter in document["parameters"].items()
        if "default" in parameter
    }
    optional = {operation.name: operation.optional for operation in operations}
    for one in (one for cls in class_pages.api_classes() for one in class_pages.endpoints(cls)):
        for name in defaults.keys() & optional.get(one.name, ()):
            assert defaults[name] in one.texts[name], f"{one.name}, {name}"


def test_the_example_of_a_method_calls_it() -> None:
    for cls in class_pages.api_classes():
        page = read(f"{cls.__name__}.md")
        for one in class_pages.endpoints(cls):
            text = section(page, f"## {one.name}")
            if "### Example\n" in text:
                assert f"api.{one.name}(" in section(text, "### Example")


# The other tables


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
                {**configuration.file_values(), "gateway_configuration": gateway},
                configuration.logger.file_values(),
            )
        )
    assert values[0] == values[1]


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
    settings = RetrySettings(retries=3, retry_after_max=60.0)
    for methods, answer in list(row.items())[1:]:
        for method in methods.split(", "):
            for outcome in outcomes:
                pause = pause_before_retry(method, 0, outcome, {}, math.inf, settings)
                says = "raised" if pause is None else "sent again"
                assert says == answer, f"errors.md, {what_happened}, {method}, {outcome}: {says}"


def test_the_page_on_the_platform_counts_what_the_catalog_has() -> None:
    methods = sum(len(class_operations(name)) for name in class_names())
    definitions, payloads = (len(find_lines(file, "")) for file in MODEL_FILES)
    first = " ".join(read("platform.md").split("\n\n")[1].split())
    counts = f"{len(class_names())} API classes with {methods:,} methods, {definitions:,} models"
    assert f"{counts}, and {payloads:,} more" in first


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
