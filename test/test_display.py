"""Models as people see them in ``help()``, in an editor and in a notebook."""

from __future__ import annotations

import importlib
import inspect
import pydoc
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2 import (
    ApiNullValue,
    FacebookIntegrationRequest,
    LineIntegration,
    LineIntegrationEntityListing,
    LineIntegrationRequest,
    TwitterIntegrationRequest,
    UriReference,
)
from PureCloudPlatformClientV2.models import EntityListing, Model
from PureCloudPlatformClientV2.models._introspection import field_descriptions


class LineRequests(EntityListing[LineIntegrationRequest]):
    entities: list[LineIntegrationRequest] | None = None


# Signatures and descriptions


def test_help_shows_the_fields_of_a_model_and_what_they_mean() -> None:
    text = pydoc.plain(pydoc.render_doc(LineIntegrationRequest))

    assert "channel_id: str | None = None" in text
    assert "LINE's number for the channel; required except for a new official account." in text
    assert "**fields" not in text.partition("Methods inherited")[0]


def test_the_signature_of_a_model_has_a_keyword_for_each_field() -> None:
    signature = inspect.signature(TwitterIntegrationRequest)

    assert list(signature.parameters) == list(TwitterIntegrationRequest.swagger_types)
    for parameter in signature.parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is None
    assert signature.bind(name="A").arguments == {"name": "A"}
    assert "Literal['premium', 'enterprise']" in str(signature.parameters["tier"])


def test_an_editor_finds_what_a_field_means() -> None:
    assert inspect.getdoc(LineIntegrationRequest.switcher_secret) == (
        "LINE's switcher secret; required if the account has the switcher function enabled."
    )


def test_a_listing_describes_inherited_fields_as_well() -> None:
    descriptions = field_descriptions(LineIntegrationEntityListing)

    assert list(descriptions) == list(LineIntegrationEntityListing.swagger_types)
    assert descriptions["entities"] == "The integrations on this page."
    assert descriptions["page_number"] == "Which page this is, counting from 1."


def test_a_model_without_source_has_a_signature_and_no_descriptions() -> None:
    names: dict[str, Any] = {"Model": Model, "__name__": "written at a prompt"}
    source = "class TypedAtAPrompt(Model):\n    colour: str | None = None\n    '''Its colour.'''\n"
    exec(compile(source, "<prompt>", "exec"), names)
    typed: type[Model] = names["TypedAtAPrompt"]

    assert str(inspect.signature(typed)) == "(*, colour: str | None = None)"
    assert field_descriptions(typed) == {}
    assert "colour" in pydoc.render_doc(typed)


def test_a_model_of_the_users_own_is_described_from_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_models.py").write_text(
        "from PureCloudPlatformClientV2.models import Model\n"
        "def make():\n"
        "    class Painted(Model):\n"
        "        colour: str | None = None\n"
        "        '''Its colour,\n"
        "        as a word.'''\n"
        "        size: int | None = None\n"
        "    return Painted\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    own = importlib.import_module("own_models").make()

    assert field_descriptions(own) == {"colour": "Its colour,\nas a word."}


# Tables of a notebook


class Table(HTMLParser):
    """The texts of a table, row by row; complains of tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.caption = ""
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] == "caption":
            self.caption += data
        elif self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def html_of(model: Model) -> str:
    text: str = getattr(model, "_repr_html_")()  # noqa: B009  # as notebooks call it, by name
    return text


def test_a_model_is_a_table_of_what_is_set() -> None:
    integration = LineIntegration(
        id="int-1",
        name="Support",
        recipient=UriReference(id="r-1"),
        date_created=datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc),
        version=2,
    )
    integration.additional_properties["colour"] = "green"

    table = Table(html_of(integration))

    assert table.caption == "LineIntegration"
    assert table.rows == [
        ["id", "int-1"],
        ["name", "Support"],
        ["recipient", "r-1"],
        ["date_created", "2019-08-14 09:30:00+00:00"],
        ["version", "2"],
        ["colour", "green"],
    ]


def test_a_listing_is_a_table_with_the_columns_that_any_entity_fills() -> None:
    listing = LineIntegrationEntityListing.from_dict(
        {
            "entities": [
                {"id": "int-1", "version": 1},
                {"id": "int-2", "name": "Support", "colour": "green"},
            ],
            "total": 7,
            "pageNumber": 2,
            "pageCount": 4,
        }
    )

    table = Table(html_of(listing))

    assert table.caption == "LineIntegrationEntityListing: 2, page 2 of 4, 7 in all"
    assert table.rows == [
        ["", "id", "name", "version", "colour"],
        ["1", "int-1", "", "1", ""],
        ["2", "int-2", "Support", "", "green"],
    ]


def test_an_empty_listing_is_an_empty_table() -> None:
    assert Table(html_of(LineIntegrationEntityListing())).caption == (
        "LineIntegrationEntityListing: 0"
    )


def test_a_table_shows_the_first_hundred_and_says_so() -> None:
    entities = [LineIntegration(id=f"int-{number}") for number in range(150)]

    table = Table(html_of(LineIntegrationEntityListing(entities=entities)))

    assert table.caption == "LineIntegrationEntityListing: the first 100 of 150"
    assert len(table.rows) == 1 + 100


@pytest.mark.parametrize(
    "model",
    [
        FacebookIntegrationRequest(page_access_token="canary", app_secret="canary"),
        FacebookIntegrationRequest.from_dict({"newAppSecret": "canary"}),
        LineRequests(entities=[LineIntegrationRequest(channel_secret="canary")]),
        LineRequests.from_dict({"entities": [{"accessToken": "canary"}]}),
    ],
    ids=["fields", "unknown field", "listing", "unknown field in a listing"],
)
def test_tables_mask_secrets(model: Model) -> None:
    assert "canary" not in html_of(model)
    assert "***" in html_of(model)


def test_a_null_that_is_to_be_sent_shows_as_such() -> None:
    assert Table(html_of(LineIntegrationRequest(channel_secret=ApiNullValue()))).rows == [
        ["channel_secret", "ApiNullValue()"]
    ]


@given(name=st.text(), key=st.text(min_size=1))
def test_what_the_service_sends_is_text_in_the_table_and_never_markup(name: str, key: str) -> None:
    integration = LineIntegration(name=f"<script>{name}")
    integration.additional_properties[f"<b>{key}"] = {"<i>": name}

    for model in (integration, LineIntegrationEntityListing(entities=[integration])):
        html = html_of(model)
        assert "<script" not in html
        assert "<b>" not in html
        assert "<i>" not in html
        Table(html)
