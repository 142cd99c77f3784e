from __future__ import annotations

import copy
import json
import pickle
import time
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from PureCloudPlatformClientV2 import (
    ApiNullValue,
    Detail,
    LineIntegration,
    UriReference,
    models,
)
from PureCloudPlatformClientV2._wire.decoder import decode
from PureCloudPlatformClientV2._wire.json_values import (
    format_datetime,
    format_json,
    parse_json,
    to_json_value,
)
from PureCloudPlatformClientV2._wire.types import parse_type


def read(value: object, type_name: str) -> Any:
    return decode(value, parse_type(type_name, models.find_model))


@pytest.mark.parametrize(
    ("type_name", "value", "result"),
    [
        ("str", "a", "a"),
        ("str", "", ""),
        ("int", 0, 0),
        ("int", -7, -7),
        ("int", 3.0, 3),
        ("float", 1.5, 1.5),
        ("float", 2, 2),
        ("bool", True, True),
        ("bool", False, False),
        ("object", {"a": [None, 1]}, {"a": [None, 1]}),
        ("object", None, None),
        ("date", "2019-08-14", date(2019, 8, 14)),
        ("datetime", "2019-08-14T09:30:00.123Z", datetime(2019, 8, 14, 9, 30, 0, 123000)),
        ("list[str]", [], []),
        ("list[int]", [1, 2.0], [1, 2]),
        ("list[list[str]]", [["a"], []], [["a"], []]),
        ("dict(str, str)", {"a": "b", "c": None}, {"a": "b", "c": None}),
        ("dict(str, list[int])", {"a": [1]}, {"a": [1]}),
        ("dict(str, dict(str, bool))", {"a": {"b": True}}, {"a": {"b": True}}),
        ("UriReference", {"id": "u"}, UriReference(id="u")),
        ("list[Detail]", [{}, {"fieldName": "f"}], [Detail(), Detail(field_name="f")]),
        ("dict(str, UriReference)", {"a": {"id": "u"}}, {"a": UriReference(id="u")}),
    ],
)
def test_json_values_become_python_values(type_name: str, value: object, result: object) -> None:
    if isinstance(result, datetime):
        result = result.replace(tzinfo=timezone.utc)
    decoded = read(value, type_name)
    assert decoded == result
    assert type(decoded) is type(result)


@pytest.mark.parametrize(
    ("type_name", "value", "complaint"),
    [
        ("str", 1, "expected a string, found a number"),
        ("str", None, "expected a string, found null"),
        ("str", True, "expected a string, found true or false"),
        ("int", "1", "expected an integer, found a string"),
        ("int", 1.5, "expected an integer, found a number"),
        ("int", True, "expected an integer, found true or false"),
        ("int", float("inf"), "expected an integer, found a number"),
        ("float", "1.5", "expected a number, found a string"),
        ("float", False, "expected a number, found true or false"),
        ("bool", 1, "expected true or false, found a number"),
        ("bool", "true", "expected true or false, found a string"),
        ("date", 5, "expected an ISO 8601 date, found a number"),
        ("YearMonth", 5, "expected a year and a month, found a number"),
        ("date", "14.8.2019", "expected an ISO 8601 date, found a string"),
        ("datetime", 1565775000, "expected a date and time, found a number"),
        ("datetime", {}, "expected a date and time, found an object"),
        ("datetime", "soon", "expected an ISO 8601 date and time, found a string"),
        (
            "datetime",
            "0001-01-01T00:00:00+01:00",
            "expected a date and time between the years 1 and 9999, found a string",
        ),
        ("list[str]", {}, "expected an array, found an object"),
        ("list[str]", ["a", 1], "[1]: expected a string, found a number"),
        ("list[list[str]]", [[], [[]]], "[1][0]: expected a string, found an array"),
        ("dict(str, str)", [], "expected an object, found an array"),
        ("dict(str, str)", {"a": 1}, "a: expected a string, found a number"),
        ("UriReference", "u", "expected an object for UriReference, found a string"),
        (
            "FacebookIntegrationEntityListing",
            {"entities": [{"createdBy": {"id": 1}}]},
            "entities[0].createdBy.id: expected a string, found a number",
        ),
    ],
)
def test_values_of_the_wrong_shape_are_value_errors_that_say_where(
    type_name: str, value: object, complaint: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        read(value, type_name)
    assert str(caught.value) == complaint


UTC_0930 = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-08-14T09:30:00.000Z", UTC_0930),
        ("2019-08-14T09:30:00Z", UTC_0930),
        ("2019-08-14T09:30Z", UTC_0930),
        ("2019-08-14 09:30:00Z", UTC_0930),
        ("2019-08-14T09:30:00", UTC_0930),
        ("2019-08-14T11:30:00+02:00", UTC_0930),
        ("2019-08-14T11:30:00.000+0200", UTC_0930),
        ("2019-08-14T11:30:00+02", UTC_0930),
        ("2019-08-14T04:30:00-05:00", UTC_0930),
        ("20190814T093000Z", UTC_0930),
        ("2019-08-14T09:30:00.1Z", UTC_0930.replace(microsecond=100_000)),
        ("2019-08-14T09:30:00.123456Z", UTC_0930.replace(microsecond=123_456)),
        ("2019-08-14T09:30:00.123456789Z", UTC_0930.replace(microsecond=123_456)),
        ("2019-08-14T09:30:00,5Z", UTC_0930.replace(microsecond=500_000)),
        ("2019-08-14", UTC_0930.replace(hour=0, minute=0)),
        ("2019-08-13T24:00:00Z", UTC_0930.replace(hour=0, minute=0)),
        ("0001-01-01T00:00:00", datetime(1, 1, 1, tzinfo=timezone.utc)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=timezone.utc)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999000, timezone.utc)),
    ],
)
def test_date_times_come_back_aware_on_every_python(text: str, moment: datetime) -> None:
    decoded = read(text, "datetime")
    assert decoded == moment
    assert decoded.utcoffset() is not None


def test_a_date_time_with_an_offset_is_read_wherever_the_machine_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC-14")
        time.tzset()
        decoded = read("9999-12-31T23:59:59+01:00", "datetime")
    time.tzset()
    assert decoded == datetime(9999, 12, 31, 22, 59, 59, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "name",
    [
        *("", "list", "list[]", "list[int", "list[intx", "list int]", "list[list[int]"),
        *("dict", "dict(str)", "dict(str, )", "dict(str, int", "dict(str, intx", "dict str, int)"),
        *("dict(int, str)", "Unheard", "list[Unheard]"),
    ],
)
def test_other_names_are_no_types(name: str) -> None:
    with pytest.raises(ValueError, match="there is no type named"):
        parse_type(name, models.find_model)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "T",
        "2019-13-01T00:00:00Z",
        "2019-02-30T00:00:00Z",
        "2019-08-14T25:00:00Z",
        "2019-08-14T09:61:00Z",
        "2019-08-14T09:30:00+99:00",
        "2019-08-14T09:30:00 Europe/Berlin",
        "9999-12-31T24:00:00Z",
        "14 Aug 2019 09:30",
        "1565775000",
        "\uff12\uff10\uff11\uff19-08-14T09:30:00Z",
        "2019-08-14T09:30:00Z\n",
        "2019-08-14T09:30:00Z\ud800",
    ],
)
def test_other_texts_are_no_date_times(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read(text, "datetime")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2019, 8, 14, 9, 30), "2019-08-14T09:30:00.000Z"),
        (UTC_0930, "2019-08-14T09:30:00.000Z"),
        (UTC_0930.replace(microsecond=123_999), "2019-08-14T09:30:00.123Z"),
        (
            datetime(2019, 8, 14, 9, 30, tzinfo=timezone(timedelta(hours=2, minutes=30))),
            "2019-08-14T07:00:00.000Z",
        ),
        (datetime(33, 4, 3, tzinfo=timezone.utc), "0033-04-03T00:00:00.000Z"),
    ],
)
def test_date_times_are_written_in_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert format_datetime(moment) == text


def test_python_values_become_json_values() -> None:
    value = {
        "model": LineIntegration(name="A", recipient=UriReference(id="r")),
        "list": [UTC_0930, date(2019, 8, 14)],
        "tuple": (1, True, None),
        "null": ApiNullValue(),
    }
    assert to_json_value(value) == {
        "model": {"name": "A", "recipient": {"id": "r"}},
        "list": ["2019-08-14T09:30:00.000Z", "2019-08-14"],
        "tuple": [1, True, None],
        "null": None,
    }


def test_models_of_the_generated_sdk_are_sent_too() -> None:
    class OldModel:
        def __init__(self) -> None:
            self.attribute_map = {"channel_id": "channelId", "name": "name"}
            self.channel_id = "1653"
            self.name = None

    assert to_json_value(OldModel()) == {"channelId": "1653"}


def test_json_text_is_ascii() -> None:
    assert format_json({"name": "Zürich \ud83d"}) == '{"name": "Z\\u00fcrich \\ud83d"}'


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"-Infinity", b'{"a": [NaN]}'])
def test_nan_and_infinity_are_no_json(text: bytes) -> None:
    with pytest.raises(ValueError, match="is not JSON"):
        parse_json(text)


def test_json_in_utf_8_is_read() -> None:
    assert parse_json('{"name": "Zürich 😀"}'.encode()) == {"name": "Zürich 😀"}
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_without_a_json_form_is_named(number: float) -> None:
    with pytest.raises(ValueError, match=rf"^a\[0\]: {number} has no JSON form$"):
        to_json_value({"a": [number]})


def test_what_a_hook_has_put_into_a_body_is_written_as_well() -> None:
    assert format_json({"day": date(2019, 8, 14)}) == '{"day": "2019-08-14"}'


def test_a_value_that_contains_itself_is_a_value_error() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="contains itself, or is nested too deeply"):
        to_json_value(endless)


def test_values_that_are_nested_too_deeply_are_value_errors() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        to_json_value(deep)
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json(b"[" * 100_000)
    errors: dict[str, Any] = {}
    for _ in range(10_000):
        errors = {"errors": [errors]}
    with pytest.raises(ValueError, match="nested too deeply"):
        read(errors, "ErrorBody")


def test_api_null_values_are_all_alike() -> None:
    null = ApiNullValue()
    assert null == ApiNullValue()
    assert null != None  # noqa: E711 - the operator is what is tested
    assert hash(null) == hash(ApiNullValue())
    assert repr(null) == "ApiNullValue()"
    assert pickle.loads(pickle.dumps(null)) == copy.deepcopy(null) == null
    assert json.loads(format_json([null])) == [None]
