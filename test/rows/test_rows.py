"""Rows of models and JSON objects: their columns, and what is in them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from subprocess import run
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    AnalyticsApi,
    AnalyticsConversation,
    AnalyticsConversationQueryResponse,
    ApiClient,
    ApiException,
    ApiNullValue,
    ConversationAggregateQueryResponse,
    Division,
    FacebookIntegration,
    LineIntegrationRequest,
    Queue,
    QueueEntityListing,
    Recipient,
    RoutingApi,
    User,
    UserEntityListing,
    UsersApi,
    paginate,
    to_rows,
    write_csv,
)
from PureCloudPlatformClientV2.models import LocalDateTime, Model, Secret
from PureCloudPlatformClientV2.year_month import YearMonth

QUEUE: dict[str, Any] = {
    "id": "q-1",
    "name": "Käse",
    "division": {"id": "d-1", "name": "Home", "selfUri": "/d"},
    "dateCreated": "2026-11-03T09:30:00.120Z",
    "memberCount": 3,
    "autoAnswerOnly": True,
    "mediaSettings": {"call": {"alertingTimeoutSeconds": 8}},
    "memberGroups": [{"id": "g-1", "type": "TEAM"}],
}


def queues(*wire: dict[str, Any]) -> QueueEntityListing:
    return QueueEntityListing.from_dict({"entities": list(wire)})


def only(listing: Any, **options: Any) -> dict[str, Any]:
    """The only row, without what is not set."""
    (row,) = to_rows(listing, **options)
    return {name: value for name, value in row.items() if value is not None}


# Columns


def test_columns_are_the_fields_of_the_model_whatever_is_set() -> None:
    rows = to_rows(queues({"id": "q-1"}, QUEUE))
    first, second = rows
    assert list(first) == list(second) == rows.columns
    assert rows.columns[:5] == ["id", "name", "division.id", "division.name", "division.self_uri"]
    assert rows.columns[-2:] == ["self_uri", "additional_properties"]


def test_columns_are_known_before_anything_is_fetched(
    api_client: ApiClient, service: Service
) -> None:
    rows = to_rows(paginate(RoutingApi(api_client).get_routing_queues))
    assert rows.columns == to_rows(queues()).columns == to_rows([], model=Queue).columns
    assert service.requests == []
    service.answer(200, {"entities": []})
    assert list(rows) == []


def test_nobody_knows_the_columns_of_nothing() -> None:
    assert to_rows([]).columns == []
    assert list(to_rows(iter([]))) == []
    assert to_rows([], columns=["id"]).columns == ["id"]


def test_a_field_that_is_a_model_has_a_column_for_each_of_its_own() -> None:
    row = only(queues(QUEUE))
    assert row == {
        "id": "q-1",
        "name": "Käse",
        "division.id": "d-1",
        "division.name": "Home",
        "division.self_uri": "/d",
        "date_created": "2026-11-03T09:30:00.120Z",
        "member_count": 3,
        "auto_answer_only": True,
        "media_settings.call": '{"alerting_timeout_seconds": 8}',
        "member_groups": '[{"id": "g-1", "type": "TEAM"}]',
    }


def test_depth_says_how_many_models_deep_there_are_columns() -> None:
    flat, deep = (only(queues(QUEUE), depth=depth) for depth in (0, 2))
    assert flat["division"] == '{"id": "d-1", "name": "Home", "self_uri": "/d"}'
    assert deep["media_settings.call.alerting_timeout_seconds"] == 8


def test_a_model_within_itself_ends_there() -> None:
    user = User(id="u-1", manager=User(id="u-2", name="Ann"))
    for depth in (1, 3):
        assert only([user], depth=depth) == {"id": "u-1", "manager": '{"id": "u-2", "name": "Ann"}'}
    assert only([user], columns=["manager.manager.id", "manager.name"]) == {"manager.name": "Ann"}


@pytest.mark.parametrize("depth", [-1, 1.5, True, "1"])
def test_a_depth_that_is_none_is_refused(depth: Any) -> None:
    with pytest.raises(ValueError, match=r"^depth: give a number of models from 0 up, not "):
        to_rows([], depth=depth)


def test_more_columns_than_a_database_takes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^depth: there are more than 2000 columns; give fewer"):
        to_rows([], model=Recipient, depth=9)
    with pytest.raises(ValueError, match=r"^depth: there are more than 2000 columns; give a "):
        _ = to_rows([{str(number): number for number in range(2001)}]).columns


def test_columns_are_chosen_and_ordered_by_name() -> None:
    names = ["member_count", "division.name", "id", "media_settings.call.enable_auto_answer"]
    names.append("division")
    (row,) = to_rows(queues(QUEUE), columns=names)
    assert list(row) == names
    assert list(row.values())[:4] == [3, "Home", "q-1", None]
    assert json.loads(row["division"])["id"] == "d-1"


def test_items_of_lists_and_of_dicts_can_be_columns() -> None:
    conversation = AnalyticsConversation.from_dict(
        {
            "conversationId": "c-1",
            "participants": [
                {"purpose": "customer"},
                {"purpose": "agent", "attributes": {"Order no.": "7"}, "sessions": [{}]},
            ],
        }
    )
    names = [
        "participants.1.purpose",
        "participants.1.attributes.Order no",
        "participants.1.sessions.0",
        "participants.9.purpose",
    ]
    assert only([conversation], columns=names) == {
        "participants.1.purpose": "agent",
        "participants.1.sessions.0": "{}",
    }


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nme", "Queue has no field 'nme'; did you mean 'name'?"),
        ("dateCreated", "Queue has no field 'dateCreated'; did you mean 'date_created'?"),
        ("division.nme", "Division has no field 'nme'; did you mean 'name'?"),
        ("zzz", "Queue has no field 'zzz'"),
        ("member_groups.id", "member_groups is a list, of which 'member_groups.id' is no part; "),
        ("name.first", "name is of type str, and 'name.first' no part of it"),
    ],
)
def test_a_misspelt_column_is_refused_at_once(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"^columns: ") as refused:
        to_rows(queues(), columns=["id", name])
    assert str(refused.value).startswith(f"columns: {complaint}")


def test_columns_of_what_turns_out_to_be_a_model_are_checked_before_the_first_row() -> None:
    rows = to_rows(iter([User(id="u-1")]), columns=["idd"])
    with pytest.raises(ValueError, match=r"^columns: User has no field 'idd'; did you mean 'id'\?"):
        next(iter(rows))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("user.mail", "User has no field 'mail'; did you mean 'email'?"),
        ("user.selfUri", "User has no field 'selfUri'; did you mean 'self_uri'?"),
        ("user.division.nme", "Division has no field 'nme'; did you mean 'name'?"),
        ("users.1.mail", "User has no field 'mail'; did you mean 'email'?"),
        ("more.user.mail", "User has no field 'mail'; did you mean 'email'?"),
        ("user.name.first", "name is of type str, and 'name.first' no part of it"),
        ("thing.anything.user.mail", "User has no field 'mail'; did you mean 'email'?"),
        ("other.anything.mail", "User has no field 'mail'; did you mean 'email'?"),
    ],
)
@pytest.mark.parametrize("kind", [dict, MappingProxyType])
def test_a_misspelt_column_of_a_model_in_a_dict_is_refused_where_one_comes(
    name: str, complaint: str, kind: type[Any]
) -> None:
    def objects() -> Iterator[dict[str, Any]]:
        yield kind({"queue": "q-1", "user": None, "more": {}, "thing": Thing(), "users": []})
        user = User(id="u-1", name="Ann", division=Division(id="d-1"))
        thing = Thing(anything={"user": user})
        more = {"user": user, "users": [User(), user], "more": {"user": user}, "thing": thing}
        more["other"] = Thing(anything=user)
        yield kind({"queue": "q-1", **more})

    rows = iter(to_rows(objects(), columns=["queue", name]))
    assert next(rows) == {"queue": "q-1", name: None}
    with pytest.raises(ValueError, match=r"^columns: ") as refused:
        next(rows)
    assert str(refused.value) == f"columns: {complaint}"


@pytest.mark.parametrize("place", ["thing", "inner.thing", "things.0"])
def test_columns_of_a_model_in_a_dict_are_its_own(place: str) -> None:
    moment = datetime(2026, 11, 3, 9)
    thing = Thing(local=moment, moment=moment, self_uri="/t")
    row = {"thing": thing, "inner": {"thing": thing}, "things": [thing]}
    assert list(only([row], columns=[f"{place}.local", f"{place}.moment"]).values()) == [
        "2026-11-03T09:00:00.000",
        "2026-11-03T09:00:00.000Z",
    ]
    chosen = f"{place}.selfUri"
    assert only([row], columns=[chosen], wire_names=True) == {chosen: "/t"}


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ("id", TypeError),
        ([], ValueError),
        ([1], ValueError),
        ([""], ValueError),
        (["id", "name", "id"], ValueError),
    ],
)
def test_columns_that_are_none_are_refused(columns: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^columns: "):
        to_rows(queues(), columns=columns)


def test_names_can_be_those_of_the_service() -> None:
    row = only(queues(QUEUE), wire_names=True)
    assert row["dateCreated"] == "2026-11-03T09:30:00.120Z"
    assert row["mediaSettings.call"] == '{"alertingTimeoutSeconds": 8}'
    assert only(queues(QUEUE), columns=["memberCount"], wire_names=True) == {"memberCount": 3}
    with pytest.raises(ValueError, match=r"'member_count'; did you mean 'memberCount'\?"):
        to_rows(queues(QUEUE), columns=["member_count"], wire_names=True)


# What rows are made of


def numbered(pages: int, size: int = 2) -> Callable[[Request], Answer]:
    """Answer with pages of queues, told by their number."""

    def answer(request: Request) -> Answer:
        number = int(request.query.get("pageNumber", 1))
        entities = [{**QUEUE, "id": f"{number}-{one}"} for one in range(size)]
        return make_answer(200, {"entities": entities, "pageCount": pages})

    return answer


@pytest.mark.parametrize("prefetch", [0, 2])
def test_rows_are_made_while_pages_come(
    api_client: ApiClient, service: Service, prefetch: int
) -> None:
    service.answer_by(numbered(3))
    rows = iter(to_rows(paginate(RoutingApi(api_client).get_routing_queues, prefetch=prefetch)))
    assert next(rows)["id"] == "1-0"
    assert len(service.requests) <= 1 + prefetch
    assert [row["id"] for row in rows] == ["1-1", "2-0", "2-1", "3-0", "3-1"]


def generated(entities: list[Model]) -> Iterator[Model]:
    yield from entities


@pytest.mark.parametrize("form", [list, tuple, iter, generated])
def test_any_iterable_of_models_will_do(form: Callable[[Any], Any]) -> None:
    rows = to_rows(form([User(id="u-1"), User(id="u-2")]))
    assert rows.columns == to_rows([], model=User).columns
    assert [row["id"] for row in rows] == ["u-1", "u-2"]


def test_rows_of_a_page_can_be_gone_through_again() -> None:
    rows = to_rows(queues(QUEUE))
    assert list(rows) == list(rows) != []


@pytest.mark.parametrize("model", [None, User])
@pytest.mark.parametrize("error", [None, ApiException(500), KeyboardInterrupt()])
def test_rows_of_an_iterator_are_made_once_and_are_not_none_after_that(
    model: type[Model] | None, error: BaseException | None, tmp_path: Path
) -> None:
    def entities() -> Iterator[Model]:
        yield User(id="u-1")
        yield User(id="u-2")
        if error is not None:
            raise error

    rows = to_rows(entities(), model=model)
    with nullcontext() if error is None else pytest.raises(type(error)):
        assert len(list(rows)) == 2
    path = tmp_path / "users.csv"
    path.write_text("earlier")
    with pytest.raises(ValueError, match="listing: it is an iterator that these rows have come to"):
        write_csv(rows, path)
    assert path.read_text() == "earlier"
    assert rows.columns[0] == "id"


def test_rows_of_a_list_that_failed_fail_in_the_same_way_again() -> None:
    rows = to_rows([User(id="u-1"), 7])  # type: ignore[list-item]  # which is what is tested
    for _ in range(2):
        with pytest.raises(TypeError, match="rows are made of models or dicts"):
            list(rows)


def test_who_stops_early_can_go_on_with_the_rest() -> None:
    rows = to_rows(iter([User(id="u-1"), User(id="u-2")]))
    for expected in ("u-1", "u-2"):
        for row in rows:
            assert row["id"] == expected
            break


def test_one_entity_is_one_row() -> None:
    assert only(Queue.from_dict(QUEUE))["id"] == "q-1"
    assert only(QUEUE, columns=["id"]) == {"id": "q-1"}
    assert list(to_rows({})) == []


def test_what_analytics_bring_is_a_listing() -> None:
    response = AnalyticsConversationQueryResponse.from_dict(
        {"conversations": [{"conversationId": "c-1"}], "totalHits": 1}
    )
    assert only(response) == {"conversation_id": "c-1"}
    assert to_rows(AnalyticsConversationQueryResponse()).columns[0] == "access_attributes"
    results = ConversationAggregateQueryResponse.from_dict(
        {"results": [{"group": {"mediaType": "voice"}, "data": [{"interval": "i"}]}]}
    )
    assert only(results) == {"group": '{"mediaType": "voice"}', "data": '[{"interval": "i"}]'}
    assert only(results, columns=["group.mediaType", "data.0.interval"]) == {
        "group.mediaType": "voice",
        "data.0.interval": "i",
    }


def test_a_walk_over_a_chosen_list_knows_its_model(api_client: ApiClient) -> None:
    api = AnalyticsApi(api_client)
    walk = paginate(api.post_analytics_conversations_details_query, {}, items="conversations")
    assert to_rows(walk).columns == to_rows([], model=AnalyticsConversation).columns


def test_a_search_knows_its_model(api_client: ApiClient) -> None:
    walk = paginate(UsersApi(api_client).post_users_search, {})
    assert to_rows(walk).columns == to_rows([], model=User).columns


@pytest.mark.parametrize(
    "page",
    [
        {"entities": [QUEUE]},
        {"results": [QUEUE], "total": 1},
        {"conversations": [QUEUE], "totalHits": 1},
        {"conversations": [QUEUE]},
    ],
    ids=str,
)
def test_a_listing_may_be_json(page: dict[str, Any]) -> None:
    assert only(page)["division.name"] == "Home"


@pytest.mark.parametrize(
    ("listing", "complaint"),
    [
        ("text", "listing: no rows can be made of str"),
        (b"bytes", "listing: no rows can be made of bytes"),
        (7, "listing: no rows can be made of int"),
        (None, "listing: no rows can be made of NoneType"),
        (RoutingApi.get_routing_queues, "listing: no rows can be made of get_routing_queues; give"),
        ({"a": [], "b": [], "nextUri": "/"}, "listing: give one of the lists"),
    ],
)
def test_what_is_no_listing_is_refused(listing: Any, complaint: str) -> None:
    with pytest.raises(TypeError) as refused:
        to_rows(listing)
    assert str(refused.value).startswith(complaint)


@pytest.mark.parametrize("entities", [["a"], [None], [User(id="u-1"), 7]])
def test_an_entity_that_is_neither_model_nor_dict_is_refused(entities: Any) -> None:
    with pytest.raises(TypeError, match=r"^listing: rows are made of models or dicts, not of "):
        list(to_rows(entities))


def test_a_model_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^model: give a class of models, such as Queue, not 'Q"):
        to_rows([], model="Queue")  # type: ignore[arg-type]  # which is what is tested


# JSON objects


def test_json_objects_have_the_columns_that_any_of_the_first_has() -> None:
    rows = to_rows([{"id": 1}, {"id": 2, "owner": {"name": "Ann"}}, {"owner": None, "tags": ["a"]}])
    assert rows.columns == ["id", "owner.name", "tags"]
    assert [list(row.values()) for row in rows] == [
        [1, None, None],
        [2, "Ann", None],
        [None, None, '["a"]'],
    ]


def test_later_keys_of_a_walk_over_json_are_not_lost_and_change_nothing() -> None:
    objects = ({"id": number, **({"late": "x"} if number > 150 else {})} for number in range(152))
    rows = to_rows(objects)
    assert rows.columns == ["id", "additional_properties"]
    *_, last = rows
    assert last == {"id": 151, "additional_properties": '{"late": "x"}'}


def test_a_failure_among_the_first_objects_comes_after_those_before() -> None:
    def objects() -> Iterator[dict[str, Any]]:
        yield {"id": 1}
        yield {"id": 2, "name": "A"}
        raise ApiException(500)

    rows = to_rows(objects())
    assert rows.columns == ["id", "name", "additional_properties"]
    walk = iter(rows)
    assert [next(walk)["id"], next(walk)["id"]] == [1, 2]
    with pytest.raises(ApiException):
        next(walk)


def test_json_objects_of_a_known_model_have_its_columns() -> None:
    flat = {
        name: value
        for name, value in QUEUE.items()
        if name not in ("mediaSettings", "memberGroups")
    }
    assert only([flat], model=Queue) == only(queues(flat))
    assert only([Queue.from_dict(flat).to_dict()], model=Queue) == only(queues(flat))


@pytest.mark.parametrize(
    ("column", "near"),
    [
        ("memberr", "member"),
        ("memberr.name", "member"),
        ("divison.name", "division.name"),
        ("divisionName", "division_name"),
    ],
)
@pytest.mark.parametrize("form", [list, iter])
def test_a_column_that_no_object_has_is_refused_where_each_has_one_of_almost_that_name(
    column: str, near: str, form: Callable[[Any], Any]
) -> None:
    row = {"id": 1, "member": {"name": "Ann"}, "division.name": "Home", "division_name": "Home"}
    rows = to_rows(form([row, {**row, "late": 1}]), columns=["id", column])
    with pytest.raises(ValueError, match=r"^columns: ") as refused:
        next(iter(rows))
    what = f"columns: nothing comes for {column!r}; did you mean {near!r}?"
    assert str(refused.value) == what
    file = io.StringIO()
    with pytest.raises(ValueError, match="nothing comes for"):
        write_csv(rows, file)
    assert file.getvalue() == ""


@pytest.mark.parametrize(
    ("objects", "columns"),
    [
        ([{"id": 1}, {"id": 2}], ["id", "name"]),  # which is like nothing
        ([{"names": 1}, {"id": 2}], ["name"]),  # is not in each
        ([{"names": 1}, {"names": 2, "name": "A"}], ["name"]),  # is in one
        ([{"names": 1, "name": None}], ["name"]),
        ([{"names": 1}], ["name", "names"]),  # is meant as well
        ([{"memberCounts": 1, "memberCount": 2}], ["member_count"]),
        ([{"a.b": 1, "a.bc": 1}], ["a.b"]),
        ([{"names": 1}] * 150 + [{"names": 2, "name": "A"}], ["name"]),
        ([], ["id"]),
        ([{"additional_property": 1}], ["additional_properties"]),
        ([{7: 1}], ["7"]),
    ],
    ids=str,
)
def test_a_column_may_be_missing_in_all_objects(objects: Any, columns: list[str]) -> None:
    assert [list(row) for row in to_rows(objects, columns=columns)] == [columns] * len(objects)


def test_objects_that_are_no_objects_in_one_row_are_whole_there() -> None:
    rows = to_rows([{"a": {"b": 1}}, {"a": "text"}])
    assert [row["a"] for row in rows] == ['{"b": 1}', "text"]


def test_a_dot_in_a_key_takes_no_column_from_another() -> None:
    assert only([{"a.b": 1, "a": {"b": 2}}]) == {"a.b": 1, "a": '{"b": 2}'}


def test_rows_can_be_made_of_rows() -> None:
    rows = [{"org": "A", **row} for row in to_rows(queues({**QUEUE, "new": 1}))]
    (again,) = to_rows(rows)
    assert again == rows[0]
    names = ["org", "division.name", "media_settings.call", "additional_properties"]
    assert only(rows, columns=names) == {name: rows[0][name] for name in names}
    assert only(map(MappingProxyType, rows), columns=names) == only(rows, columns=names)


# What this version does not know


def test_unknown_fields_are_in_a_column_of_their_own() -> None:
    wire = {**QUEUE, "fromTomorrow": {"a": 1}, "division": {"id": "d-1", "region": "eu"}}
    expected = {"fromTomorrow": {"a": 1}, "division.region": "eu"}
    for listing in (queues(wire), to_rows([wire], model=Queue)):
        rows = list(listing) if not isinstance(listing, QueueEntityListing) else to_rows(listing)
        (row,) = rows
        assert json.loads(row["additional_properties"]) == expected
    assert "additional_properties" not in only(queues(QUEUE))


def test_unknown_fields_come_only_if_they_are_chosen() -> None:
    wire = {"id": "q-1", "name": "A", "new": 1}
    assert only(queues(wire), columns=["id"]) == {"id": "q-1"}
    assert only(queues(wire), columns=["additional_properties", "id"]) == {
        "additional_properties": '{"new": 1}',
        "id": "q-1",
    }


def test_entities_of_another_class_lose_nothing() -> None:
    rows = list(to_rows([Division(id="d-1", name="Home"), User(id="u-1", email="a@b.example")]))
    assert list(rows[0]) == list(rows[1])
    assert (rows[1]["id"], rows[1]["additional_properties"]) == ("u-1", '{"email": "a@b.example"}')


def test_what_a_subclass_adds_is_not_lost() -> None:
    class BetterDivision(Division):
        color: str | None = None

    (row,) = to_rows([BetterDivision(id="d-1", color="red")], model=Division)
    assert row["additional_properties"] == '{"color": "red"}'
    assert only([BetterDivision(id="d-1", color="red")]) == {"id": "d-1", "color": "red"}


def test_a_dict_in_the_place_of_a_model_is_read_all_the_same() -> None:
    queue = Queue(id="q-1", division={"id": "d-1", "selfUri": "/d", "new": 1})  # type: ignore[arg-type]
    assert only([queue]) == {
        "id": "q-1",
        "division.id": "d-1",
        "division.self_uri": "/d",
        "additional_properties": '{"division.new": 1}',
    }


def test_a_field_that_was_deleted_is_empty() -> None:
    queue = Queue.from_dict(QUEUE)
    del queue.name
    assert "name" not in only([queue])


# Values


class Color(Enum):
    RED = "red"


class Thing(Model):
    """Has a field of every kind."""

    text: str | None = None
    number: float | None = None
    day: date | None = None
    moment: datetime | None = None
    local: LocalDateTime | None = None
    month: YearMonth | None = None
    anything: Any = None
    pin: Secret[str] = None
    word: Secret[str] = None
    id: Secret[str] = None
    self_uri: str | None = None


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


# Where they go


def test_rows_go_into_a_csv_file_that_is_read_back_the_same() -> None:
    rows = to_rows(queues(QUEUE, {"id": "q-2", "description": 'a "b",\n c'}))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, rows.columns)
    writer.writeheader()
    writer.writerows(rows)
    read = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert [{name: str(value or "") for name, value in row.items()} for row in rows] == read


def test_rows_go_into_a_data_frame() -> None:
    rows = to_rows(queues(QUEUE, {"id": "q-2"}))
    frame = pandas.DataFrame(rows, columns=rows.columns)
    assert list(frame.columns) == rows.columns
    assert list(frame["id"]) == ["q-1", "q-2"]
    created = list(pandas.to_datetime(frame["date_created"]))
    assert created[0] == pandas.Timestamp(QUEUE["dateCreated"])
    empty = to_rows(queues())
    assert list(pandas.DataFrame(empty, columns=empty.columns).columns) == rows.columns


def test_rows_go_into_a_database() -> None:
    rows = to_rows(queues(QUEUE, {"id": "q-2"}))
    names = ", ".join(f'"{name}"' for name in rows.columns)
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE queues ({names})")
    marks = ", ".join("?" * len(rows.columns))
    database.executemany(f"INSERT INTO queues VALUES ({marks})", ([*row.values()] for row in rows))
    found = database.execute("""SELECT id, "division.name", date(date_created) FROM queues""")
    assert found.fetchall() == [("q-1", "Home", "2026-11-03"), ("q-2", None, None)]
    database.close()


def test_memory_does_not_grow_with_the_number_of_pages() -> None:
    def peak(pages: int) -> int:
        def read(page_number: int = 1) -> QueueEntityListing:
            entities = [{**QUEUE, "id": f"{page_number}-{one}"} for one in range(5)]
            page = {"entities": entities, "pageNumber": page_number, "pageCount": pages}
            return QueueEntityListing.from_dict(page)

        rows = to_rows(paginate(read))
        tracemalloc.start()
        count = sum(1 for _ in rows)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == pages * 5
        return found

    peak(250)  # loads what is needed, and has decoders written, even that of a page
    few, many = peak(10), peak(200)
    assert many < few * 1.3


def test_a_walk_that_fails_gives_the_rows_before(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"entities": [QUEUE], "pageCount": 2})
    service.answer(400, {"message": "too far"})
    rows = iter(to_rows(paginate(RoutingApi(api_client).get_routing_queues)))
    assert next(rows)["id"] == "q-1"
    with pytest.raises(Exception, match="too far"):
        next(rows)


def test_every_model_of_the_platform_has_rows(models_of_listings: Iterator[type[Model]]) -> None:
    for model in models_of_listings:
        rows = to_rows([model()], model=model)
        (row,) = rows
        assert list(row) == rows.columns
        assert len({*rows.columns}) == len(rows.columns)
        assert set(row.values()) == {None}, model
        (careful,) = to_rows([{}], model=model)
        assert careful == row


def test_users_are_no_exception() -> None:
    assert only(UserEntityListing(entities=[User(id="u-1")])) == {"id": "u-1"}


def test_only_who_makes_rows_loads_what_makes_them() -> None:
    import PureCloudPlatformClientV2
    from PureCloudPlatformClientV2 import rows

    assert PureCloudPlatformClientV2.to_rows is rows.to_rows
    assert {*rows.__all__} <= {*dir(PureCloudPlatformClientV2)}
    program = "import sys, PureCloudPlatformClientV2 as p; p.Queue; print(*sys.modules)"
    loaded = run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "PureCloudPlatformClientV2.rows" not in loaded.stdout.split()


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
