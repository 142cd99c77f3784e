"""What must hold for any input at all, tried on many."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime as format_http_date
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl, unquote

import pytest
from contract_facts import definitions, operations, snake_case
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiNullValue,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    models,
)
from PureCloudPlatformClientV2._wire.decoder import decode
from PureCloudPlatformClientV2._wire.headers import parse_retry_after
from PureCloudPlatformClientV2._wire.json_values import to_json_value
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

MODELS: list[type[Model]] = [getattr(models, name) for name in definitions]
REQUESTS = [
    model for model in MODELS if model.__name__ in {operation.body_type for operation in operations}
]

# Strategies

F = TypeVar("F", bound=Callable[..., Any])


def remembered(function: F) -> F:
    """Build each strategy once; typed, because mypy takes a class without hash for unhashable."""
    return cast(F, cache(function))


texts = st.text(max_size=20)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

moments = st.datetimes(
    min_value=datetime(1, 1, 2),
    max_value=datetime(9999, 12, 30),
    timezones=offsets | st.just(timezone.utc),
)


def whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@remembered
def values_of(type_name: str, depth: int = 2) -> st.SearchStrategy[Any]:
    """Python values of a swagger type."""
    if type_name.startswith("list["):
        if depth == 0:  # an ErrorBody holds ErrorBodies
            return st.just([])
        return st.lists(values_of(type_name[5:-1], depth - 1), max_size=2)
    if type_name.startswith("dict("):
        return st.dictionaries(texts, texts, max_size=2)
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "str": texts,
        "int": st.integers(),
        "datetime": moments.map(whole_milliseconds),
    }
    if type_name in scalars:
        return scalars[type_name]
    return instances_of(getattr(models, type_name), depth)


@remembered
def unknown_fields(cls: type[Model]) -> st.SearchStrategy[dict[str, Any]]:
    known = {*cls.attribute_map, *cls.attribute_map.values()}
    return st.dictionaries(texts.filter(lambda name: name not in known), json_values, max_size=2)


def merge(pairs: list[tuple[str, Any]], unknown: dict[str, Any]) -> dict[str, Any]:
    return {**dict(pairs), **unknown}


def build(cls: type[Model], fields: dict[str, Any], unknown: dict[str, Any]) -> Model:
    model = cls(**fields)
    if unknown:
        model.additional_properties = unknown
    return model


@remembered
def instances_of(cls: type[Model], depth: int = 2) -> st.SearchStrategy[Model]:
    fields = st.fixed_dictionaries(
        {},
        optional={
            name: st.none() | values_of(type_name, depth)
            for name, type_name in cls.swagger_types.items()
        },
    )
    return st.builds(build, st.just(cls), fields, unknown_fields(cls))


any_model = st.one_of([instances_of(cls) for cls in MODELS])
any_request = st.one_of([instances_of(cls) for cls in REQUESTS])


# What comes in


def without_nulls(value: Any, cls: type[Model]) -> Any:
    """What is left of a JSON object when the nulls of its known fields are taken as absent."""
    known = {wire: cls.swagger_types[name] for name, wire in cls.attribute_map.items()}
    result: dict[str, Any] = {}
    for name, item in value.items():
        if name in known and item is None:
            continue
        type_name = known.get(name, "object").removeprefix("list[").removesuffix("]")
        inner = getattr(models, type_name, None)
        if inner is not None and isinstance(item, list):
            result[name] = [without_nulls(one, inner) for one in item]
        elif inner is not None:
            result[name] = without_nulls(item, inner)
        else:
            result[name] = item
    return result


def same(sent: Any, came: Any) -> bool:
    """Whether two JSON values are equal, dates being compared as moments."""
    if isinstance(sent, dict) and isinstance(came, dict):
        return sent.keys() == came.keys() and all(same(sent[key], came[key]) for key in sent)
    if isinstance(sent, list) and isinstance(came, list):
        return len(sent) == len(came) and all(map(same, sent, came))
    if isinstance(sent, str) and isinstance(came, str) and sent != came:
        difference: timedelta = decode(came, "datetime") - decode(sent, "datetime")
        return abs(difference) < timedelta(milliseconds=1)
    equal: bool = sent == came and isinstance(sent, bool) == isinstance(came, bool)
    return equal


@remembered
def plausible_wire(cls: type[Model]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects whose fields are sometimes of the right type, and sometimes anything."""
    fields = {
        wire_name: json_values
        | values_of(cls.swagger_types[name]).map(to_json_value)
        | values_of(cls.swagger_types[name]).map(to_json_value)
        for name, wire_name in cls.attribute_map.items()
    }
    known = st.one_of([st.tuples(st.just(name), field) for name, field in fields.items()])
    return st.builds(merge, st.lists(known, max_size=3), unknown_fields(cls))


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_any_object_makes_a_model_or_a_value_error_and_is_sent_again_as_it_came(
    cls: type[Model], data: st.DataObject
) -> None:
    wire = data.draw(plausible_wire(cls))
    try:
        model = cls.from_dict(wire)
    except ValueError:
        return
    assert same(sent(model), without_nulls(wire, cls))
    assert cls.from_dict(sent(model)).to_json() == model.to_json()


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(max_examples=20)
def test_any_value_in_any_field_makes_a_model_or_a_value_error(
    cls: type[Model], data: st.DataObject
) -> None:
    for wire_name in cls.attribute_map.values():
        value = data.draw(json_values)
        try:
            model = cls.from_dict({wire_name: value})
        except ValueError as error:
            assert str(error).startswith(wire_name)  # noqa: PT017 - either outcome is right
        else:
            repr(model)
            model.to_dict()


@given(value=json_values.filter(lambda value: not isinstance(value, dict)))
def test_any_value_but_an_object_is_a_value_error(value: Any) -> None:
    for cls in MODELS:
        with pytest.raises(ValueError, match="expected an object"):
            cls.from_dict(value)


@given(data=st.data())
@settings(max_examples=40)
def test_any_answer_makes_a_result_or_an_api_exception(
    api: MessagingApi, service: Service, data: st.DataObject
) -> None:
    cls = data.draw(st.sampled_from(MODELS))
    wire = data.draw(plausible_wire(cls) | json_values)
    service.answer(200, wire)
    try:
        model = api.api_client.call_api("/api/v2/x", "GET", response_type=cls)
    except ApiException as error:
        assert error.status == 200  # noqa: PT017 - either outcome is right
    else:
        assert type(model) is cls
        assert model == cls.from_dict(wire)


@given(content=st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
@settings(max_examples=40)
@example(content=b"\xef\xbb\xbf{}")
def test_any_bytes_make_a_result_or_an_api_exception(
    api: MessagingApi, service: Service, content: bytes
) -> None:
    for status in (200, 404):
        service.answer(status, content)
        try:
            api.get_messaging_integrations_line_integration_id("int-1")
        except ApiException as error:
            assert error.status == status  # noqa: PT017 - either outcome is right
            assert str(status) in str(error)  # noqa: PT017


@given(
    status=st.integers(200, 599),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["Retry-After", "ININ-Correlation-Id", "Content-Type", "Location"]),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
        ),
        max_size=3,
    ),
)
@settings(max_examples=40)
def test_any_header_leaves_the_answer_visible(
    api: MessagingApi, service: Service, status: int, headers: list[tuple[str, str]]
) -> None:
    service.answer(status, b"" if status in (204, 304) else b'{"id": "1"}', headers=headers)
    try:
        api.get_messaging_integrations_line_integration_id("int-1")
    except ApiException as error:
        assert error.status == status  # noqa: PT017 - either outcome is right
        retry_after = error.retry_after
        assert retry_after is None or retry_after >= 0
    else:
        assert 200 <= status < 300


@pytest.mark.parametrize(
    ("cls", "field"),
    [
        (name, snake_case(field))
        for name, definition in definitions.items()
        for field, schema in definition["properties"].items()
        if "enum" in schema
    ],
)
@given(value=texts)
@example(value="outdated_sdk_version")
def test_unknown_enumeration_values_stay_what_they_are(cls: str, field: str, value: str) -> None:
    model_class: type[Model] = getattr(models, cls)
    wire = {model_class.attribute_map[field]: value}
    model = model_class.from_dict(wire)
    assert getattr(model, field) == value
    assert sent(model) == wire


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(max_examples=30)
def test_unknown_fields_are_kept_and_sent_again(cls: type[Model], data: st.DataObject) -> None:
    unknown = data.draw(unknown_fields(cls))
    model = cls.from_dict(unknown)
    assert model.additional_properties == unknown
    assert sent(model) == unknown
    assert model.to_dict() == {**dict.fromkeys(cls.swagger_types), **unknown}


# Dates


def written(moment: datetime, separator: str, digits: int, zone: str) -> tuple[str, datetime]:
    """Write a moment in one of the forms of ISO 8601; give the text and the moment it means."""
    fraction = f"{moment.microsecond:06}"[:digits]
    meant = moment.replace(microsecond=int(f"{fraction:0<6}"))
    text = moment.strftime(f"%m-%d{separator}%H:%M:%S")
    text = f"{moment.year:04}-{text}" + (f".{fraction}" if digits else "")
    if zone == "Z":
        return f"{text}Z", meant.replace(tzinfo=timezone.utc)
    if zone == "":
        return text, meant.replace(tzinfo=timezone.utc)
    offset = meant.strftime("%z")
    return text + (f"{offset[:3]}:{offset[3:]}" if zone == ":" else offset), meant


@given(
    moment=moments,
    separator=st.sampled_from(["T", " "]),
    digits=st.integers(0, 6),
    zone=st.sampled_from(["Z", "", ":", "basic"]),
)
def test_date_times_of_many_forms_are_read_as_the_moment_they_mean(
    moment: datetime, separator: str, digits: int, zone: str
) -> None:
    assume(separator == "T" or digits in (0, 3, 6))
    text, meant = written(moment, separator, digits, zone)

    read = LineIntegration.from_dict({"dateCreated": text}).date_created

    assert read == meant
    assert read is not None
    assert read.tzinfo is not None


@given(text=st.text(max_size=30) | st.from_regex(r"[0-9TWZ:+. -]{0,30}", fullmatch=True))
@example(text="2019-08-14T24:00:00Z")
@example(text="9999-12-31T24:00:00Z")
@example(text="0001-01-01T00:00:00+14:00")
@example(text="9999-12-31T23:59:59-14:00")
@example(text="2019-02-30T00:00:00Z")
@example(text="2019-08-14T09:30:60Z")
@example(text="2019-W33-3T09:30")
@example(text="2019-08-14T09:30:00+24:00")
@example(text="2019-08-14T09:30:00,123Z")
@example(text="\u0662\u0660\u0661\u0669-08-14T09:30:00Z")
@example(text="")
@example(text="Z")
def test_any_text_is_a_date_time_with_a_zone_or_a_value_error(text: str) -> None:
    try:
        model = LineIntegration.from_dict({"dateCreated": text})
    except ValueError:
        return
    moment = model.date_created
    assert moment is not None
    assert moment.utcoffset() is not None
    # What could be read can be sent.
    assert sent(model)["dateCreated"].endswith("Z")
    assert repr(model)


@given(moment=moments)
def test_date_times_are_sent_in_utc_with_milliseconds(moment: datetime) -> None:
    text = sent(LineIntegration(date_created=moment))["dateCreated"]
    assert len(text) == len("2019-08-14T09:30:00.000Z")
    assert text.endswith("Z")
    there = datetime.fromisoformat(text[:-1] + "+00:00")
    assert timedelta(0) <= moment - there < timedelta(milliseconds=1)


GOOD_DATE = "Wed, 14 Aug 2019 09:30:00 GMT"
BAD_DATES = ["Wed, 14 Aug 2019 09:30:00 +9999", "Wed, 14 Aug 0000 09:30:00 GMT", "25:61:61"]


@given(
    value=texts | st.sampled_from([GOOD_DATE, *BAD_DATES]), date=texts | st.sampled_from(BAD_DATES)
)
@example(value=BAD_DATES[0], date=GOOD_DATE)
@example(value=BAD_DATES[1], date=GOOD_DATE)
@example(value=BAD_DATES[2], date=GOOD_DATE)
def test_any_retry_after_is_seconds_or_nothing(value: str, date: str) -> None:
    headers = {"Retry-After": value, "Date": date}
    seconds = parse_retry_after(headers, datetime(2019, 8, 14, tzinfo=timezone.utc))
    assert seconds is None or seconds >= 0


@given(seconds=st.integers(-(10**6), 10**6))
def test_a_retry_after_date_is_seconds_from_now(seconds: int) -> None:
    now = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)
    headers = {"Retry-After": format_http_date(now + timedelta(seconds=seconds), usegmt=True)}
    assert parse_retry_after(headers, now) == max(0, seconds)


# What goes out

awkward_texts = st.text(max_size=30).filter(lambda text: text not in ("", ".", ".."))


@given(identifier=awkward_texts)
@example(identifier="../line/42")
@example(identifier="a/b?c#d%2Fe f\r\n\t\x00")
@example(identifier="%2e%2e")
@example(identifier="%")
@example(identifier="...")
@example(identifier="~-_.!*'();:@&=+$,[]")
@example(identifier="\\..\\")
@example(identifier="ü/€/😀")
def test_any_id_arrives_as_exactly_one_segment(
    api: MessagingApi, service: Service, identifier: str
) -> None:
    service.reset()
    service.answer(200, {})
    api.get_messaging_integrations_line_integration_id(identifier)

    (request,) = service.requests
    prefix = "/api/v2/messaging/integrations/line/"
    assert request.target.startswith(prefix)
    segment = request.target.removeprefix(prefix)
    assert unquote(segment, errors="strict") == identifier
    assert segment.isascii()
    assert not set(segment) & set("/?#\\ ")


query_values = (
    st.text(max_size=30)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates()
    | moments
    | st.lists(st.text(st.characters(exclude_characters=","), min_size=1), min_size=1, max_size=3)
)


def as_query_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        utc = value.astimezone(timezone.utc).replace(tzinfo=None)
        return utc.isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ",".join(value)
    return str(value)


@given(query=st.dictionaries(texts.filter(bool), st.none() | query_values, max_size=4))
@example(query={"a&b=c": "d&e=f+g h%20", "#": "?/"})
@example(query={"none": None})
def test_any_query_arrives_as_it_was_meant(
    api_client: ApiClient, service: Service, query: dict[str, object]
) -> None:
    service.reset()
    service.answer(200, b"")
    api_client.call_api("/api/v2/x", "GET", query_params=query)

    (request,) = service.requests
    path, _, text = request.target.partition("?")
    assert path == "/api/v2/x"
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=10)
    expected = {name: as_query_text(value) for name, value in query.items() if value is not None}
    assert dict(pairs) == expected
    assert len(pairs) == len(expected)


def wire_of(model: Model) -> dict[str, Any]:
    """What a caller who knows only wire names would send for the same request."""
    wire = dict(model.additional_properties)
    for name, wire_name in model.attribute_map.items():
        value = getattr(model, name)
        if value is not None:
            wire[wire_name] = value
    return wire


@given(model=any_request)
@settings(max_examples=40)
def test_a_request_is_the_same_as_model_and_as_dict(
    api: MessagingApi, service: Service, model: Model
) -> None:
    service.reset()
    service.answer_always(200, {})
    name = next(
        one.name
        for one in operations
        if one.body_type == type(model).__name__ and one.verb == "POST"
    )
    wire = wire_of(model)

    getattr(api, name)(model)
    getattr(api, name)(wire)

    by_model, by_dict = service.requests
    assert by_model.json == by_dict.json == sent(wire) == sent(model)


@given(model=any_model)
def test_models_copy_and_pickle(model: Model) -> None:
    for twin in (copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(twin) is type(model)
        assert twin is not model
        assert twin == model
        assert twin.to_dict() == model.to_dict()
        assert twin.to_json() == model.to_json()
        assert repr(twin) == repr(model)


@given(one=any_model, other=any_model)
def test_models_are_equal_if_they_are_of_one_class_and_say_the_same(
    one: Model, other: Model
) -> None:
    alike = type(one) is type(other) and one.to_dict() == other.to_dict()
    assert (one == other) == alike
    assert (one != other) == (not alike)


@given(model=any_model)
def test_what_was_sent_reads_back_as_equal(model: Model) -> None:
    assert type(model).from_dict(sent(model)) == model


@given(model=any_request, data=st.data())
def test_api_null_value_sends_a_null_in_any_field(model: Model, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(model.swagger_types)))
    setattr(model, name, ApiNullValue())
    assert sent(model)[model.attribute_map[name]] is None
    assert model.to_dict()[name] is None
    assert copy.deepcopy(model) == model


@given(model=any_model)
def test_any_model_prints_on_lines_that_are_not_endless(model: Model) -> None:
    assert repr(model).startswith(f"{type(model).__name__}(")
    assert repr(model) == str(model) == model.to_str()


@given(token=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
@settings(max_examples=30)
def test_any_printable_token_arrives_as_it_is(
    api: MessagingApi, service: Service, token: str
) -> None:
    for form in (token, token.encode("ascii")):
        api.api_client.access_token = form
        service.answer(200, {})
        api.get_messaging_integrations_line()
        assert service.requests[-1].headers["Authorization"] == f"Bearer {token}"


@given(secret=st.text(min_size=1), name=texts)
def test_any_secret_is_sent_and_not_shown(secret: str, name: str) -> None:
    assume(secret not in "LineIntegrationRequest(name='***', channel_secret='***')")
    assume(secret not in repr(name))
    model = LineIntegrationRequest(name=name, channel_secret=secret)
    assert secret not in repr(model)
    assert sent(model)["channelSecret"] == secret
