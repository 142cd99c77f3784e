"""Values in rows: what files and databases take, and no secrets; quickly or carefully made."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiNullValue,
    Division,
    FacebookIntegration,
    LineIntegrationRequest,
    Queue,
    to_rows,
)
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.year_month import YearMonth

from .entities import QUEUE, Thing, only, queues

# Values


class Color(Enum):
    RED = "red"


CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("text", Color.RED, "red"),
        ("number", Decimal("0.10"), "0.10"),
        ("day", date(2026, 11, 3), "2026-11-03"),
        ("moment", datetime(2026, 11, 3, 9, tzinfo=timezone.utc), "2026-11-03T09:00:00.000Z"),
        ("moment", datetime(2026, 11, 3, 9, tzinfo=CET), "2026-11-03T08:00:00.000Z"),
        ("moment", datetime(2026, 11, 3, 9), "2026-11-03T09:00:00.000Z"),
        ("local", datetime(2026, 11, 3, 9), "2026-11-03T09:00:00.000"),
        ("local", datetime(2026, 11, 3, 9, tzinfo=timezone.utc), "2026-11-03T09:00:00.000Z"),
        ("month", YearMonth(2026, 11), "2026-11"),
        ("anything", True, True),
        ("anything", ApiNullValue(), None),
        ("anything", UUID(int=1), str(UUID(int=1))),
        ("anything", {"a": [datetime(2026, 1, 1)]}, '{"a": ["2026-01-01T00:00:00.000Z"]}'),
        ("anything", [Color.RED, date(2026, 1, 1)], '["red", "2026-01-01"]'),
        ("anything", Division(id="d-1"), '{"id": "d-1"}'),
        ("pin", "1234", "***"),
    ],
    ids=str,
)
def test_values_are_what_files_and_databases_take(field: str, value: Any, cell: Any) -> None:
    thing = Thing(**{field: value})
    (row,) = to_rows([thing])
    assert row[field] == cell
    assert row[field].__class__ in (str, int, float, bool, type(None))
    (other,) = to_rows([{field: value}], model=Thing)
    assert other == row
    written = json.loads(only([{"inner": {"thing": thing}}])["inner.thing"])
    is_json = isinstance(cell, str) and cell[:1] in ("{", "[")
    assert written.get(field) == (json.loads(cell) if is_json else cell)


def test_dates_can_be_datetimes() -> None:
    moment = datetime(2026, 11, 3, 9, tzinfo=timezone.utc)
    thing = Thing(moment=moment, day=moment.date(), local=datetime(2026, 1, 1), anything=[moment])
    assert only([thing], iso_dates=False) == {
        "moment": moment,
        "day": moment.date(),
        "local": datetime(2026, 1, 1),
        "anything": '["2026-11-03T09:00:00.000Z"]',
    }


def test_lists_and_what_is_deeper_can_stay_what_they_are() -> None:
    row = only(queues({**QUEUE, "new": {"a": 1}}), json_text=False)
    assert row["member_groups"] == [{"id": "g-1", "type": "TEAM"}]
    assert row["media_settings.call"] == {"alerting_timeout_seconds": 8}
    assert row["additional_properties"] == {"new": {"a": 1}}


def test_a_value_that_no_file_takes_is_refused() -> None:
    with pytest.raises(TypeError, match="a value of type object has no JSON form"):
        list(to_rows([Thing(anything=object())]))


SECRETS: list[Any] = [
    LineIntegrationRequest(id="1", channel_secret="hunter2"),
    FacebookIntegration.from_dict({"id": "1", "newToken": "hunter2"}),
    Thing(pin="hunter2"),
    Thing(anything={"password": "hunter2"}),
    Thing(anything=[Thing(pin="hunter2"), {"pin": "hunter2"}]),
    {"id": "1", "clientSecret": "hunter2"},
    {"id": "1", "inner": {"pin": "hunter2"}},
    Queue.from_dict({"id": "1", "division": {"pin": "hunter2"}}),
]


@pytest.mark.parametrize("entity", SECRETS, ids=lambda one: repr(one)[:30])
@pytest.mark.parametrize("style", [{}, {"wire_names": True}, {"json_text": False}, {"depth": 0}])
def test_secrets_are_masked_unless_they_are_asked_for(entity: Any, style: Any) -> None:
    assert "hunter2" not in str(list(to_rows([entity], **style)))
    assert "***" in str(list(to_rows([entity], **style)))
    assert "hunter2" in str(list(to_rows([entity], **style, mask_secrets=False)))
    model = type(entity) if isinstance(entity, Model) else None
    wire = [ApiClient().sanitize_for_serialization(entity)]
    assert "hunter2" not in str(list(to_rows(wire, model=model, **style)))


@pytest.mark.parametrize(
    ("listing", "column"),
    [
        ([{"thing": Thing(pin="hunter2")}], "thing.pin"),
        ([{"thing": Thing(word="hunter2")}], "thing.word"),
        ([{"things": [Thing(word="hunter2")]}], "things.0.word"),
        ([{"inner": {"thing": Thing(word="hunter2")}}], "inner.thing.word"),
        ([Thing(anything={"thing": Thing(word="hunter2")})], "anything.thing.word"),
        ([Thing(anything={"clientSecret": "hunter2"})], "anything.clientSecret"),
        ([Thing(anything={"password": {"a": "hunter2"}})], "anything.password.a"),
        ([Thing(anything=[{"password": "hunter2"}])], "anything.0.password"),
        ([{"thing": Thing(anything={"pin": "hunter2"})}], "thing.anything.pin"),
        ([{"inner": [MappingProxyType({"pin": "hunter2"})]}], "inner"),
        ([Division(id="1"), Thing(id="hunter2")], "id"),
    ],
    ids=str,
)
def test_a_secret_that_is_chosen_is_masked_wherever_it_is(listing: Any, column: str) -> None:
    for columns in ([column], ["additional_properties", column]):
        rows = list(to_rows(listing, columns=columns))
        assert rows[-1][column] in ("***", '[{"pin": "***"}]')
        assert "hunter2" not in str(rows)
        (*_, plain) = to_rows(listing, columns=columns, mask_secrets=False)
        assert "hunter2" in plain[column]


# The quick way and the careful one


WIRE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("hunter2"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b.c", "pin", "divisionId", "name"]), inner)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(
    st.sampled_from(["id", "a", "b", "b.c", "code", "pin", "x_y", "xY"]), WIRE
)
STYLES = st.fixed_dictionaries(
    {},
    optional={
        "json_text": st.booleans(),
        "mask_secrets": st.booleans(),
        "depth": st.integers(0, 3),
        "columns": st.lists(
            st.sampled_from(["id", "a", "a.b", "b.c", "a.0", "x_y", "additional_properties"]),
            min_size=1,
            unique=True,
        ),
    },
)


@given(st.lists(OBJECTS, min_size=1, max_size=3), STYLES)
def test_rows_of_dicts_are_those_of_any_other_mapping(objects: Any, style: Any) -> None:
    quick = list(to_rows(objects, **style))
    assert quick == list(to_rows([MappingProxyType(one) for one in objects], **style))
    assert all(list(row) == list(quick[0]) for row in quick)
    for row in quick:
        for name, value in row.items():
            assert style.get("json_text") is False or not isinstance(value, (list, dict))
            assert "pin" not in name.split(".") or value in (None, "***") or "mask_secrets" in style


class OtherQueue(Queue):
    """The same fields in another class."""


PARTS: dict[str, Any] = {
    "id": st.text(max_size=3),
    "name": st.text(max_size=3) | st.none(),
    "dateCreated": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    "memberCount": st.integers(),
    "division": st.fixed_dictionaries({}, optional={"id": st.text(max_size=3), "new": WIRE}),
    "memberGroups": st.lists(st.fixed_dictionaries({"id": st.text(max_size=3)}), max_size=2),
    "new": WIRE,
}


@given(st.fixed_dictionaries({}, optional=PARTS), STYLES, st.booleans(), st.booleans())
def test_rows_of_a_model_are_those_of_a_subclass_without_more_fields(
    wire: Any, style: Any, iso_dates: bool, wire_names: bool
) -> None:
    style = {**style, "iso_dates": iso_dates, "wire_names": wire_names, "model": Queue}
    if "columns" in style:
        style["columns"] = ["id", "division.id", "additionalProperties", "additional_properties"]
        del style["columns"][3 if wire_names else 2]
    quick = list(to_rows([Queue.from_dict(wire)], **style))
    assert quick == list(to_rows([OtherQueue.from_dict(wire)], **style))
