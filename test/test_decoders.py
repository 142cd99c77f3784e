"""The ways to decode a model: by a plan, by the function that is written for it, and with care."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from contract_facts import definitions
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2 import Detail, ErrorBody, YearMonth, models
from PureCloudPlatformClientV2._wire.decoder import (
    careful_decoder,
    decode,
    decoder_for,
    write_decoder,
)
from PureCloudPlatformClientV2._wire.types import Decoder
from PureCloudPlatformClientV2.models import LocalDateTime, Model


class Sample(Model):
    """A field of every type."""

    text: str | None = None
    number: int | None = None
    real: float | None = None
    flag: bool | None = None
    anything: Any = None
    day: date | None = None
    moment: datetime | None = None
    start: LocalDateTime | None = None
    month: YearMonth | None = None
    words: list[str] | None = None
    by_name: dict[str, int] | None = None
    inner: Sample | None = None
    several: list[Sample] | None = None


UTC_0930 = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)

FITTING: list[tuple[dict[str, Any], Sample]] = [
    ({}, Sample()),
    (dict.fromkeys(Sample.attribute_map.values()), Sample()),
    ({"text": "a"}, Sample(text="a")),
    ({"number": 2}, Sample(number=2)),
    ({"number": 2.0}, Sample(number=2)),
    ({"real": 2}, Sample(real=2)),
    ({"real": 2.5, "text": "a"}, Sample(real=2.5, text="a")),
    ({"flag": False}, Sample(flag=False)),
    ({"anything": "2019-08-14T09:30:00.000Z"}, Sample(anything="2019-08-14T09:30:00.000Z")),
    ({"anything": {"id": [None]}}, Sample(anything={"id": [None]})),
    ({"day": "2019-08-14"}, Sample(day=date(2019, 8, 14))),
    ({"moment": "2019-08-14T09:30:00.000Z"}, Sample(moment=UTC_0930)),
    ({"moment": "2019-08-14T09:30:00"}, Sample(moment=UTC_0930)),
    (
        {"moment": "2019-08-14T11:30:00+02:00"},
        Sample(moment=UTC_0930.astimezone(timezone(timedelta(hours=2)))),
    ),
    ({"start": "2019-08-14T09:30:00"}, Sample(start=UTC_0930.replace(tzinfo=None))),
    ({"month": "2019-08"}, Sample(month=YearMonth(2019, 8))),
    ({"words": ["a", "b"]}, Sample(words=["a", "b"])),
    ({"byName": {"a": 1, "b": None}}, Sample(by_name={"a": 1, "b": cast("int", None)})),
    ({"inner": {"inner": {"flag": True}}}, Sample(inner=Sample(inner=Sample(flag=True)))),
    ({"several": []}, Sample(several=[])),
    ({"several": [{}, {"text": "a"}]}, Sample(several=[Sample(), Sample(text="a")])),
]

OTHERS: list[tuple[object, str]] = [
    ({"text": 1}, "text: expected a string, found a number"),
    ({"number": True}, "number: expected an integer, found true or false"),
    ({"real": "2"}, "real: expected a number, found a string"),
    ({"flag": 0}, "flag: expected true or false, found a number"),
    ({"day": 5}, "day: expected an ISO 8601 date, found a number"),
    ({"moment": 5}, "moment: expected a date and time, found a number"),
    ({"moment": "soon"}, "moment: expected an ISO 8601 date and time, found a string"),
    ({"start": 5}, "start: expected a date and time, found a number"),
    ({"month": 5}, "month: expected a year and a month, found a number"),
    ({"words": "a"}, "words: expected an array, found a string"),
    ({"words": ["a", None]}, "words[1]: expected a string, found null"),
    ({"byName": {"a": 1, "b": "c"}}, "byName.b: expected an integer, found a string"),
    ({"inner": {"inner": []}}, "inner.inner: expected an object for Sample, found an array"),
    ({"several": {}}, "several: expected an array, found an object"),
    ({"several": [{}, None]}, "several[1]: expected an object for Sample, found null"),
    ({"several": [{}, {"text": 1}]}, "several[1].text: expected a string, found a number"),
    ([], "expected an object for Sample, found an array"),
]


def decoders(wire: object) -> Iterator[Decoder]:
    """All that there are: also as they are written where other fields come, all, or just these."""
    yield careful_decoder(Sample)
    yield decoder_for(Sample)
    for usual in ((), Sample.attribute_map.values(), wire if isinstance(wire, dict) else ()):
        yield write_decoder(Sample, frozenset(usual))


@pytest.mark.parametrize(("wire", "expected"), FITTING)
def test_every_decoder_reads_every_type(wire: dict[str, Any], expected: Sample) -> None:
    for decoder in decoders(wire):
        found = decoder(wire)
        assert (found, repr(found)) == (expected, repr(expected))
    more = {**wire, "new": 1}
    for decoder in decoders(more):
        assert decoder(more).to_dict() == {**expected.to_dict(), "new": 1}


@pytest.mark.parametrize(("wire", "complaint"), OTHERS)
def test_every_decoder_says_the_same_of_what_does_not_fit(wire: object, complaint: str) -> None:
    for decoder in decoders(wire):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
            decoder(wire)
        assert str(caught.value) == complaint


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "2019-08-14T09:30:00.000Z",
            "2019-08-14T09:30:00+02:00",
            "2019-08-14",
            "20190814T093000Z",
            "0001-01-01T00:00:00+23:00",
            "2019-08-14T24:00:00Z",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "selfUri", "name", "dateCreated", "unknown", "errors"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("model", sorted(definitions))
@given(data=st.data())
def test_the_written_decoder_does_what_the_careful_one_does(
    model: str, data: st.DataObject
) -> None:
    cls = getattr(models, model)
    names = [*cls.attribute_map.values(), "unknown"]
    wire = data.draw(st.dictionaries(st.sampled_from(names), JSON_VALUES, max_size=6) | JSON_VALUES)
    outcomes: list[object] = []
    all_names = frozenset(cls.attribute_map.values())
    own_names = frozenset(wire if isinstance(wire, dict) else ())
    written = [write_decoder(cls, usual) for usual in (all_names, own_names, frozenset(names[:2]))]
    for decoder in (*written, careful_decoder(cls), decoder_for(cls)):
        try:
            found = decoder(copy.deepcopy(wire))
            outcomes.append((found.to_dict(), found.additional_properties, type(found)))
        except ValueError as error:
            outcomes.append(str(error))
    assert all(one == outcomes[0] for one in outcomes)


@pytest.mark.parametrize("before", [0, 250])
def test_a_wrong_value_deep_inside_is_found_in_reasonable_time(before: int) -> None:
    for _ in range(before):  # after some, the decoder is another
        decode({"errors": [{"message": "m"}]}, ErrorBody)
    wire: dict[str, object] = {"message": 5}
    for _ in range(100):
        wire = {"errors": [wire]}
    with pytest.raises(ValueError, match=r"^errors\[0\]\..*\.message: expected a string"):
        decode(wire, ErrorBody)


def test_the_decoders_of_a_model_are_made_once() -> None:
    assert decoder_for(Detail) is decoder_for(Detail)
    assert careful_decoder(Detail) is careful_decoder(Detail)


def test_the_decoder_of_a_model_is_written_once() -> None:
    class Line(Model):
        name: str | None = None

    first = decoder_for(Line)
    for _ in range(250):  # after some, the decoder is another
        first({"name": "a"})
    written = decoder_for(Line)
    assert written is not first
    assert first({"name": "b"}) == written({"name": "b"}) == Line(name="b")
    assert decoder_for(Line) is written


def test_an_object_is_read_after_many_values_that_were_none() -> None:
    class Line(Model):
        name: str | None = None

    for _ in range(250):
        with pytest.raises(ValueError, match="expected an object for Line"):
            decode("none", Line)
    assert decode({"name": "a"}, Line) == Line(name="a")
