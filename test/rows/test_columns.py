"""Columns of rows: those of models and of JSON objects, and those that are chosen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    AnalyticsConversation,
    ApiClient,
    ApiException,
    Division,
    Queue,
    Recipient,
    RoutingApi,
    User,
    paginate,
    to_rows,
    write_csv,
)

from .entities import QUEUE, Thing, only, queues

# Models


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
