"""One entity by its name: exactly one, or an error that says what there is."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Answer, Request, Service, make_answer
from typing_extensions import assert_type

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ArchitectApi,
    FacebookIntegration,
    Flow,
    MessagingApi,
    NotFoundException,
    Queue,
    RoutingApi,
    TelephonyProvidersEdgeApi,
    User,
    UsersApi,
    find_one,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .conftest import BY_NAME, MethodOf
from .listings import LISTINGS, Listing, definitions
from .player import sample


@pytest.fixture
def routing(api_client: ApiClient) -> RoutingApi:
    return RoutingApi(api_client)


def queues(*names: str | None, page_size: int = 2) -> Callable[[Request], Answer]:
    """Answer with pages of queues, filtered by name as the platform does it."""
    entities = [{"id": f"q-{number}", "name": name} for number, name in enumerate(names, start=1)]

    def answer(request: Request) -> Answer:
        wanted = request.query.get("name")
        found = [one for one in entities if wanted is None or _passes(one["name"], wanted)]
        number = int(request.query.get("pageNumber", 1))
        page = found[(number - 1) * page_size : number * page_size]
        return make_answer(
            200, {"entities": page, "total": len(found), "pageCount": -(-len(found) // page_size)}
        )

    return answer


def _passes(name: str | None, wanted: str) -> bool:
    if name is None:
        return False
    if wanted.endswith("*"):
        return name.startswith(wanted[:-1])
    return name == wanted


def asked(service: Service) -> list[str | None]:
    """The names that were asked for."""
    return [request.query.get("name") for request in service.requests]


# Which one


def test_the_one_of_the_name_is_found(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues("Sales", "Support", "Support EMEA"))
    queue = find_one(routing.get_routing_queues, name="Support")
    assert_type(queue, Queue)
    assert (queue.id, queue.name) == ("q-2", "Support")
    assert asked(service) == ["Support"]


def test_all_pages_are_walked_where_the_method_cannot_filter(
    api_client: ApiClient, service: Service
) -> None:
    service.answer_by(queues("Ann", "Bob", "Cid", "Dan", "Eve"))
    assert find_one(UsersApi(api_client).get_users, name="Cid", page_size=2).id == "q-3"
    assert len(service.requests) == 3  # a fourth might be of the same name
    assert {request.query["pageSize"] for request in service.requests} == {"2"}


@pytest.mark.parametrize(
    ("name", "present"),
    [
        ("support", "Support"),
        ("SUPPORT", "Support"),
        (" Support ", "Support"),
        ("Support", " Support  "),
        ("Cafe\u0301", "Caf\u00e9"),
        ("STRASSE", "Straße"),
        ("Tier\u00a01", "Tier 1"),
    ],
)
def test_capitals_blanks_and_the_form_of_accents_make_no_difference(
    routing: RoutingApi, service: Service, name: str, present: str
) -> None:
    service.answer_by(queues("Sales", present, None))
    assert find_one(routing.get_routing_queues, name=name).name == present
    # The filter is of no use here, so that all are walked.
    assert asked(service) == [name, None, None]
    with pytest.raises(NotFoundException) as failed:
        find_one(routing.get_routing_queues, name=name, exact=True)
    assert [one.name for one in failed.value.candidates] == [present]


def test_the_very_same_name_is_preferred(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues("SUPPORT", "Support", "support "))
    assert find_one(partial(routing.get_routing_queues, name="*"), name="Support").id == "q-2"
    with pytest.raises(ApiException, match=r"lists 3 whose name is 'sUpport': 'SUPPORT' \(id q-1"):
        find_one(routing.get_routing_queues, name="sUpport")


def test_what_the_platform_takes_for_a_wildcard_is_none(
    routing: RoutingApi, service: Service
) -> None:
    service.answer_by(queues("Support", "Support*", "Support EMEA"))
    assert find_one(routing.get_routing_queues, name="Support*").id == "q-2"
    service.answer_by(queues("Support", "Support EMEA"))
    with pytest.raises(NotFoundException, match="did you mean 'Support'"):
        find_one(routing.get_routing_queues, name="Support*")


# When it is not one


def test_several_are_an_error_that_lists_them(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues(*["Support"] * 7))
    with pytest.raises(ApiException) as failed:
        find_one(routing.get_routing_queues, name="Support")
    error = failed.value
    assert (type(error), error.status) == (ApiException, 0)
    assert str(error) == (
        "get_routing_queues lists 7 whose name is 'Support': 'Support' (id q-1), 'Support' (id q-2)"
        ", 'Support' (id q-3), 'Support' (id q-4), 'Support' (id q-5) and 2 more"
    )
    assert [one.id for one in error.candidates] == [f"q-{number}" for number in range(1, 8)]
    assert pickle.loads(pickle.dumps(error)).candidates == error.candidates


@pytest.mark.parametrize("name", ["Support", "support"])
def test_one_that_moves_to_the_next_page_meanwhile_is_still_one(
    routing: RoutingApi, service: Service, name: str
) -> None:
    service.answer_by(queues("Support", "Sales", "Support", "IT"))
    with pytest.raises(ApiException, match="lists 2 whose name is"):
        find_one(routing.get_routing_queues, name=name)
    service.reset()
    moved = {"id": "q-2", "name": "Support"}
    for page in ([{"id": "q-1", "name": "Sales"}, moved], [moved, {"id": "q-3", "name": "IT"}]):
        service.answer(200, {"entities": page, "pageCount": 2})
    assert find_one(routing.get_routing_queues, name=name).id == "q-2"
    versions = [{**moved, "version": number} for number in (1, 2)]
    with pytest.raises(ApiException, match="lists 2 whose name is"):
        find_one(lambda: {"entities": versions}, name=name)
    with pytest.raises(ApiException, match="lists 2 whose name is"):
        find_one(lambda: {"entities": [{"name": name}] * 2}, name=name)
    with pytest.raises(NotFoundException) as failed:
        find_one(lambda: {"entities": [moved, moved]}, name="Suport")
    assert failed.value.candidates == [moved]


def test_none_is_an_error_that_names_the_nearest(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues("Sales", None, "Suport", "Customer support EMEA", "Zzz"))
    with pytest.raises(NotFoundException) as failed:
        find_one(routing.get_routing_queues, name="Support")
    assert failed.value.status == 0
    assert str(failed.value) == (
        "get_routing_queues lists none whose name is 'Support'; "
        "did you mean 'Suport' (id q-3), 'Customer support EMEA' (id q-4)?"
    )
    assert [one.id for one in failed.value.candidates] == ["q-3", "q-4"]


def test_none_at_all_is_an_error(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues())
    with pytest.raises(NotFoundException) as failed:
        find_one(routing.get_routing_queues, name="Support")
    assert str(failed.value) == "get_routing_queues lists none whose name is 'Support'"
    assert failed.value.candidates == []


def test_names_of_others_are_safe_to_print(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues("Support\x1b[31m" + "x" * 5000, "Support\nEMEA"))
    with pytest.raises(NotFoundException) as failed:
        find_one(routing.get_routing_queues, name="Support")
    assert str(failed.value).isprintable()
    assert len(str(failed.value)) < 500


def test_a_name_that_the_service_takes_for_no_filter_is_found_all_the_same(
    routing: RoutingApi, service: Service
) -> None:
    service.answer(400, {"message": "name: at least 3 characters"})
    service.answer_by(queues("Sales", "IT"))
    assert find_one(routing.get_routing_queues, name="IT").id == "q-2"
    assert asked(service) == ["IT", None]
    service.answer(400, {"message": "no"})
    service.answer(400, {"message": "no such division"})
    with pytest.raises(ApiException, match="no such division"):
        find_one(routing.get_routing_queues, name="IT", division_id=["d"])


def test_a_refusal_is_told_as_it_is(routing: RoutingApi, service: Service) -> None:
    service.answer(403, {"message": "no"})
    with pytest.raises(ApiException, match="answered 403") as failed:
        find_one(routing.get_routing_queues, name="Support")
    assert failed.value.candidates == []


# By what


def test_another_field_will_do(api_client: ApiClient, service: Service) -> None:
    users = [{"id": f"u-{one}", "email": f"{one}@example.com", "name": "Ann"} for one in "abc"]
    service.answer_always(200, {"entities": users, "pageCount": 1})
    api = UsersApi(api_client)
    user = find_one(api.get_users, email="B@example.com", state="any")
    assert_type(user, User)
    assert user.id == "u-b"
    assert find_one(api.get_users, name="ann", email="c@example.com").id == "u-c"
    with pytest.raises(ApiException, match="lists 3 whose name is 'Ann'"):
        find_one(api.get_users, name="Ann")
    with pytest.raises(NotFoundException, match="whose name is 'Bob' and email is 'c@"):
        find_one(api.get_users, name="Bob", email="c@example.com")
    assert {request.query.get("email") for request in service.requests} == {None}
    assert service.requests[0].query["state"] == "any"  # which no user is


def test_a_field_that_is_a_parameter_is_compared_where_there_is_nothing_else(
    api_client: ApiClient, service: Service
) -> None:
    found = [{"id": "1", "number": "100"}, {"id": "2", "number": "1001"}]
    service.answer_always(200, {"entities": found, "pageCount": 1})
    api = TelephonyProvidersEdgeApi(api_client)
    assert find_one(api.get_telephony_providers_edges_extensions, number="1001").id == "2"
    assert find_one(api.get_telephony_providers_edges_extensions, number=100).id == "1"
    assert [request.query["number"] for request in service.requests] == ["1001", "100"]


def test_what_the_method_takes_besides_is_its_filter(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues("Support"))
    find_one(routing.get_routing_queues, name="Support", division_id=["d-1"], _deadline=5)
    assert service.requests[0].query["divisionId"] == "d-1"


def test_a_method_in_a_partial_and_a_search_will_do(
    api_client: ApiClient, service: Service
) -> None:
    service.answer_always(200, {"results": [{"id": "u-1", "name": "Ann"}], "pageCount": 1})
    body = {"query": [{"type": "QUERY_STRING", "value": "Ann", "fields": ["name"]}]}
    assert find_one(UsersApi(api_client).post_users_search, body, name="Ann").id == "u-1"
    assert service.requests[-1].json["query"] == body["query"]
    service.answer_by(queues("Ann"))
    read = partial(UsersApi(api_client).get_users, state="any")
    assert find_one(read, name="Ann").id == "q-1"
    assert service.requests[-1].query["state"] == "any"


def test_a_filter_that_must_be_there_is_there(api_client: ApiClient, service: Service) -> None:
    service.answer_always(200, {"entities": [], "pageCount": 1})
    api = ArchitectApi(api_client)
    with pytest.raises(NotFoundException):
        find_one(api.get_architect_dependencytracking, name="Main")
    with pytest.raises(NotFoundException):
        find_one(api.get_architect_dependencytracking, "Ma", name="Main")
    assert asked(service) == ["Main", "Ma"]


def test_a_method_with_an_id_in_its_path_will_do(routing: RoutingApi, service: Service) -> None:
    service.answer_by(queues("Ann"))
    assert find_one(routing.get_routing_queue_members, "queue-1", name="Ann").name == "Ann"
    assert service.requests[0].path == "/api/v2/routing/queues/queue-1/members"


def test_json_is_found_by_either_name_of_a_field(api_client: ApiClient, service: Service) -> None:
    rows = [{"key": "a"}, {"key": "b", "isLast": True}]
    service.answer_always(200, {"entities": rows, "pageCount": 1})
    table = partial(ArchitectApi(api_client).get_flows_datatable_rows, "t-1")
    assert find_one(table, key="B") == {"key": "b", "isLast": True}
    assert find_one(table, is_last=True)["key"] == "b"


def test_a_function_of_ones_own_will_do() -> None:
    def read(page_number: int = 1) -> dict[str, Any]:
        return {"entities": [{"name": f"Page {page_number}"}], "pageCount": 3}

    assert find_one(read, name="page 2")["name"] == "Page 2"


@pytest.mark.parametrize(
    ("arguments", "error", "complaint"),
    [
        ({}, TypeError, "name: say by what name"),
        ({"page_size": 100}, TypeError, "name: say by what name"),
        ({"id": ["q-1"]}, TypeError, "name: say by what name"),
        (
            {"nam": "A"},
            TypeError,
            "nam: get_routing_queues does not list anything that has one; did",
        ),
        ({"name": ""}, ValueError, "name: give what it is to be found by"),
        ({"name": "  "}, ValueError, "name: give what it is to be found by"),
        ({"name": ["A"]}, TypeError, "name: give one text or number, not list"),
        ({"description": None}, TypeError, "description: give one text or number, not NoneType"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_before_anything_is_sent(
    routing: RoutingApi,
    service: Service,
    arguments: Any,
    error: type[Exception],
    complaint: str,
) -> None:
    with pytest.raises(error) as refused:
        find_one(routing.get_routing_queues, **arguments)
    assert str(refused.value).startswith(complaint)
    assert service.requests == []


def test_a_method_that_lists_nothing_is_refused(routing: RoutingApi, service: Service) -> None:
    methods: list[Any] = [routing.get_routing_queue, routing.put_routing_queue, "get_queues"]
    for method in methods:
        with pytest.raises(TypeError, match=r"^method: "):
            find_one(method, "queue-1", name="A")
    assert service.requests == []


# All listings


def entity_fields(listing: Listing) -> set[str] | None:
    """The fields of an entity of a listing; ``None`` where the contract does not say."""
    items: dict[str, Any] = listing.page.get(listing.items or "", {}).get("items", {})
    model = items.get("$ref", "").rpartition("/")[2]
    if model:
        return {*definitions[model].get("properties", {})}
    return None if items.get("type", "object") == "object" else set()


ASKED = [one for one in LISTINGS if one.style != "change"]


def test_every_listing_is_asked_for_nothing_but_what_it_takes(
    method_of: MethodOf, service: Service
) -> None:
    without_name: set[str] = set()
    for listing in ASKED:
        name = f"{listing.api}.{listing.name}"
        fields = entity_fields(listing)
        required = {one["name"] for one in listing.parameters if one.get("required")}
        arguments = () if "name" in required else sample(BY_NAME[name])
        method = method_of(name)
        service.reset()
        if fields is not None and "name" not in fields:
            without_name.add(name)
            with pytest.raises(TypeError, match=r"^name: \w+ does not list anything that has one"):
                find_one(method, *arguments, name="Wanted")
            assert service.requests == [], name
            continue
        page: dict[str, Any] = {listing.items or "entities": [{"name": "wanted"}]}
        if "results" in listing.result and listing.page is not listing.result:
            page = {"results": page}
        service.answer(200, page)
        # Those that do not say how many pages there are are asked for one more.
        service.answer_always(200, {listing.items or "entities": []})
        found: Any = find_one(method, *arguments, name="WANTED")
        assert (found if isinstance(found, dict) else found.to_dict())["name"] == "wanted", name
        request = service.requests[0]
        assert len(service.requests) <= 2, name
        assert request.query.keys() <= listing.query, name
        assert request.query.get("name") == ("WANTED" if "name" in listing.query else None), name
    assert len(without_name) < len(ASKED) / 2


def test_the_names_that_people_write_are_found(api_client: ApiClient, service: Service) -> None:
    names = st.text(min_size=1, max_size=10).filter(str.strip)

    @given(st.lists(names, min_size=1, max_size=4, unique=True), st.data())
    def check(present: list[str], data: st.DataObject) -> None:
        service.reset()
        found = [{"id": str(number), "name": name} for number, name in enumerate(present)]
        service.answer_always(200, {"entities": found, "pageCount": 1})
        number = data.draw(st.integers(0, len(present) - 1))
        user = find_one(UsersApi(api_client).get_users, name=present[number])
        assert user.id == str(number)

    check()


# On the sandbox


def test_an_integration_is_found_in_the_sandbox(
    sandbox_api: MessagingApi, purecloud_sandbox: Sandbox
) -> None:
    made = [
        purecloud_sandbox.create_integration("facebook", name=name)
        for name in ("Support", "Sales", "Sales EMEA")
    ]
    found = find_one(sandbox_api.get_messaging_integrations_facebook, name="sales", page_size=1)
    assert_type(found, FacebookIntegration)
    assert found.id == made[1]["id"]
    with pytest.raises(NotFoundException, match="did you mean 'Sales'"):
        find_one(sandbox_api.get_messaging_integrations_facebook, name="Salse")


def check_types(api: ArchitectApi) -> None:
    """What a type checker knows; never run."""
    assert_type(find_one(api.get_flows, name="Main", type=["inboundcall"]), Flow)
