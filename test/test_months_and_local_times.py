"""Months, and date-times that have no time zone."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any

import freezegun
import numpy as np
import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, ApiException, ApiNullValue, YearMonth
from PureCloudPlatformClientV2._wire.decoder import careful_decoder
from PureCloudPlatformClientV2._wire.parameters import Repeated
from PureCloudPlatformClientV2.models import JsonKey, LocalDateTime, Model


class Plan(Model):
    """Months, alone, in lists and by name."""

    months: list[YearMonth] | None = None
    first: YearMonth | None = None
    by_name: dict[str, YearMonth] | None = None


class Shift(Model):
    """Date-times of both kinds."""

    start: LocalDateTime | None = None
    end: Annotated[LocalDateTime | None, JsonKey("endTime")] = None
    date_created: datetime | None = None
    breaks: list[Shift] | None = None


class Night(Shift):
    """A subclass, which has a field of its own besides."""

    wake: LocalDateTime | None = None


def sent(value: Any) -> Any:
    return ApiClient().sanitize_for_serialization(value)


# Months


def test_a_month_is_made_of_numbers_or_a_date() -> None:
    month = YearMonth(2026, 11)
    assert (month.year, month.month, str(month)) == (2026, 11, "2026-11")
    assert repr(month) == "YearMonth(2026, 11)"
    assert YearMonth(year=7, month=1).to_dict() == {"year": 7, "month": 1}
    assert str(YearMonth(7, 1)) == "0007-01"
    numbers: Any = (np.int64(2026), np.int8(11))
    assert YearMonth(*numbers) == month
    assert YearMonth.from_date(date(2026, 11, 30)) == month
    assert YearMonth.from_date(datetime(2026, 11, 1, tzinfo=timezone.utc)) == month
    assert month.to_date() == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("year", "month", "error", "message"),
    [
        (2026, 0, ValueError, r"^month: give a number from 1 to 12, not 0$"),
        (2026, 13, ValueError, "^month: "),
        (-1, 1, ValueError, "^year: give a number from 0 to 9999, not -1$"),
        (10000, 1, ValueError, "^year: "),
        ("2026", 1, TypeError, "^year: give a whole number, not a value of type str$"),
        (2026, 1.0, TypeError, "^month: "),
        (None, 1, TypeError, "^year: "),
    ],
)
def test_other_numbers_make_no_month(
    year: Any, month: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        YearMonth(year, month)


def test_months_can_be_compared_and_hashed() -> None:
    months = [YearMonth(2026, 12), YearMonth(2027, 1), YearMonth(2026, 2)]
    assert sorted(months) == [months[2], months[0], months[1]]
    assert months[0] < months[1] > months[2] <= YearMonth(2026, 2) >= months[2]
    assert {YearMonth(2026, 2), *months} == set(months)
    assert not months[0] < YearMonth(2026, 12)
    assert not months[0] > YearMonth(2026, 12)
    assert YearMonth(2026, 2) != "2026-02"
    assert YearMonth(2026, 2) != (2026, 2)
    text: Any = "2026-02"
    with pytest.raises(TypeError):
        assert months[0] < text
    with pytest.raises(TypeError):
        assert months[0] <= text


def test_a_month_cannot_be_changed() -> None:
    month: Any = YearMonth(2026, 11)
    for name in ("year", "month", "day"):
        with pytest.raises(AttributeError):
            setattr(month, name, 1)


class Quarter(YearMonth):
    """A user's own."""


def test_copies_are_alike() -> None:
    for month in (YearMonth(2026, 11), Quarter(2026, 10)):
        copies = [pickle.loads(pickle.dumps(month, one)) for one in range(5)]
        for other in (copy.copy(month), copy.deepcopy(month), *copies):
            assert (type(other), other) == (type(month), month)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", YearMonth(2026, 11)),
        ("0000-01", YearMonth(0, 1)),
        ("2026-11-30", YearMonth(2026, 11)),
        ("20261130", YearMonth(2026, 11)),
        ("2026-11-30T23:59:00Z", YearMonth(2026, 11)),
    ],
)
def test_a_month_is_read(api_client: ApiClient, service: Service, text: str, month: Any) -> None:
    wire = {"months": [text], "first": text, "byName": {"a": text}}
    plan = Plan(months=[month], first=month, by_name={"a": month})
    assert Plan.from_dict(wire) == careful_decoder(Plan)(wire) == plan
    service.answer(200, text)
    service.answer(200, text.encode(), headers={"Content-Type": "text/plain"})
    for _ in range(2):
        assert api_client.call_api("/x", "GET", response_type="YearMonth") == month


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-1", "+202-11", "2 26-11", "x", 202611, ["2026-11"], True]
)
def test_what_is_no_month_is_an_unusable_response(
    api_client: ApiClient, service: Service, text: Any
) -> None:
    service.answer(200, {"months": ["2026-01", text]})
    with pytest.raises(ApiException, match=r"months\[1\]: expected a year and a month, found"):
        api_client.call_api("/x", "GET", response_type=Plan)


def test_a_month_is_sent_as_text(api_client: ApiClient, service: Service) -> None:
    month = YearMonth(2026, 11)
    plan = Plan(months=[month, YearMonth(2027, 1)], by_name={"a": month})
    wire = {"months": ["2026-11", "2027-01"], "byName": {"a": "2026-11"}}
    assert sent(plan) == wire
    assert sent([month, {"a": month}, {month: 1}]) == ["2026-11", {"a": "2026-11"}, {"2026-11": 1}]
    assert json.loads(plan.to_json())["months"] == ["2026-11", "2027-01"]
    assert Plan.swagger_types["months"] == "list[YearMonth]"
    service.answer(204)
    api_client.call_api(
        "/x/{month}",
        "PUT",
        path_params={"month": month},
        query_params={"one": month, "several": [month, month], "each": Repeated([month])},
        header_params={"X-Month": str(month)},
        body=plan,
    )
    request = service.requests[-1]
    assert request.target == "/x/2026-11?one=2026-11&several=2026-11%2C2026-11&each=2026-11"
    assert request.json == wire


# Local date-times


NAIVE = datetime(2026, 11, 2, 8, 30)
AWARE = datetime(2026, 11, 2, 8, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text", ["2026-11-02T08:30:00", "2026-11-02T08:30:00.000", "20261102T0830"]
)
def test_a_local_time_comes_back_without_a_zone(text: str) -> None:
    wire = {"start": text, "endTime": text, "dateCreated": text, "breaks": [{"start": text}]}
    for shift in (Shift.from_dict(wire), careful_decoder(Shift)(wire)):
        assert (shift.start, shift.end, shift.date_created) == (NAIVE, NAIVE, AWARE)
        assert shift.breaks == [Shift(start=NAIVE)]


def test_a_zone_that_came_is_kept() -> None:
    shift = Shift.from_dict(
        {"start": "2026-11-02T08:30:00Z", "endTime": "2026-11-02T08:30:00+02:00"}
    )
    assert shift.start == AWARE
    assert shift.end is not None
    assert shift.end.utcoffset() == timedelta(hours=2)
    assert sent(shift) == {
        "start": "2026-11-02T08:30:00.000Z",
        "endTime": "2026-11-02T06:30:00.000Z",
    }


@pytest.mark.parametrize("kind", [Shift, Night])
def test_a_local_time_is_sent_without_a_zone(kind: type[Shift]) -> None:
    shift = kind(start=NAIVE, end=NAIVE, date_created=NAIVE, breaks=[Night(wake=NAIVE)])
    assert sent({"shifts": [shift]}) == {
        "shifts": [
            {
                "start": "2026-11-02T08:30:00.000",
                "endTime": "2026-11-02T08:30:00.000",
                "dateCreated": "2026-11-02T08:30:00.000Z",  # elsewhere it is taken to be in UTC
                "breaks": [{"wake": "2026-11-02T08:30:00.000"}],
            }
        ]
    }


def test_other_values_of_a_local_time_are_sent_as_ever() -> None:
    assert sent(Shift(start=AWARE)) == {"start": "2026-11-02T08:30:00.000Z"}
    text: Any = "2026-11-02T08:30:00"
    assert sent(Shift(start=text, end=ApiNullValue())) == {"start": text, "endTime": None}
    assert sent(Shift()) == {}
    missing: Any = pytest.importorskip("pandas").NaT
    with pytest.raises(ValueError, match="NaT is no date"):
        sent(Shift(start=missing))


def test_what_came_goes_back_unchanged(api_client: ApiClient, service: Service) -> None:
    wire = {"start": "2026-11-02T08:30:00.000", "dateCreated": "2026-11-02T08:30:00.000Z"}
    service.answer(200, wire)
    service.answer(204)
    shift = api_client.call_api("/x", "GET", response_type="Shift")
    api_client.call_api("/x", "PUT", body=shift)
    assert service.requests[-1].json == wire


def test_a_class_may_be_made_in_frozen_time() -> None:
    with freezegun.freeze_time("2030-01-01"):

        class Frozen(Model):
            start: LocalDateTime | None = None

        assert Frozen.swagger_types == {"start": "LocalDateTime"}
        assert sent(Frozen(start=datetime(2026, 1, 1))) == {"start": "2026-01-01T00:00:00.000"}
