"""Rows: what they are made of, what this version does not know, and where they go."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from subprocess import run
from typing import Any

import pandas
import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    AnalyticsApi,
    AnalyticsConversation,
    AnalyticsConversationQueryResponse,
    ApiClient,
    ApiException,
    ConversationAggregateQueryResponse,
    Division,
    Queue,
    QueueEntityListing,
    RoutingApi,
    User,
    UserEntityListing,
    UsersApi,
    paginate,
    to_rows,
    write_csv,
)
from PureCloudPlatformClientV2.models import Model

from .entities import QUEUE, only, queues

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
