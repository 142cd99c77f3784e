"""Queues with their members, users with their skills, and the divisions that they are in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2 import ApiClient, RoutingApi, UsersApi, paginate
from PureCloudPlatformClientV2.sandbox import Sandbox

from ..caller import Caller
from .calls import assert_valid, client_of

QUEUES = "/api/v2/routing/queues"
SKILLS = "/api/v2/routing/skills"
USERS = "/api/v2/users"
DIVISIONS = "/api/v2/authorization/divisions"


def names(answer: Any) -> list[str]:
    return [one["name"] for one in answer.json["entities"]]


def id_of(call: Caller, path: str, name: str) -> str:
    """The id of something that there is from the beginning."""
    return str(next(one["id"] for one in call("GET", path).json["entities"] if one["name"] == name))


# What there is at first


def test_there_are_queues_with_members_and_users_with_skills_at_first(
    client: ApiClient, sandbox: Sandbox
) -> None:
    routing, users = RoutingApi(client), UsersApi(client)
    members = {
        queue.name: [
            member.name
            for member in paginate(routing.get_routing_queue_members, queue.id, page_size=1)
        ]
        for queue in paginate(routing.get_routing_queues, page_size=2)
    }
    skills = {
        user.name: [(one.name, one.proficiency) for one in user.skills or ()]
        for user in paginate(users.get_users, expand=["skills"], page_size=3)
    }

    assert members == {
        "Billing": ["Ada Example", "Ben Example"],
        "Sandbox Queue": ["Sandbox User"],
        "Support": ["Ada Example", "Sandbox User"],
    }
    assert skills == {
        "Sandbox User": [("English", 5.0)],
        "Ada Example": [("English", 4.0), ("Spanish", 5.0)],
        "Ben Example": [("English", 5.0), ("Invoices", 3.0)],
        "Cleo Example": [],
    }
    assert routing.get_routing_queue(sandbox.queue_id).name == "Sandbox Queue"


def test_conversations_are_in_the_queue_and_with_the_user_of_the_listings(
    call: Caller, sandbox: Sandbox
) -> None:
    page = sandbox.create_integration("facebook")
    conversation = sandbox.conversations.write(page["id"], "psid-1", "Hello")

    queue = call("GET", f"{QUEUES}/{conversation['queueId']}").json
    members = call("GET", f"{QUEUES}/{queue['id']}/members").json["entities"]

    assert queue["name"] == "Sandbox Queue"
    assert [one["id"] for one in members] == [conversation["userId"]]


def test_what_was_deleted_of_the_first_things_stays_so_after_a_restart(
    pool: urllib3.PoolManager, tmp_path: Path
) -> None:
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        call = Caller(sandbox, pool)
        assert call("DELETE", f"{QUEUES}/{id_of(call, QUEUES, 'Billing')}").status == 204
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        assert names(Caller(sandbox, pool)("GET", QUEUES)) == ["Sandbox Queue", "Support"]


def test_readers_see_the_first_things_at_once(pool: urllib3.PoolManager) -> None:
    with Sandbox(consistency_delay=60) as sandbox:
        call = Caller(sandbox, pool)
        for path in (QUEUES, USERS, SKILLS, f"{QUEUES}/{sandbox.queue_id}/members"):
            assert names(call("GET", path)), path


# Queues


def test_a_queue_from_creation_to_deletion(call: Caller) -> None:
    made = call("POST", QUEUES, {"name": "Night", "description": "After eight"}).json
    assert_valid("Queue", made)
    home = call("GET", f"{DIVISIONS}/home").json
    assert made["division"] == {key: home[key] for key in ("id", "name", "selfUri")}
    assert made["createdBy"] == call.sandbox.user_id
    assert made["memberCount"] == 0

    changed = call("PUT", made["selfUri"], {"name": "Late"}).json

    assert_valid("Queue", changed)
    assert (changed["name"], "description" in changed) == ("Late", False)
    assert call("GET", made["selfUri"]).json == changed
    assert call("PUT", made["selfUri"], {}).status == 400
    assert call("DELETE", made["selfUri"]).status == 204
    for verb, body in (("GET", None), ("PUT", {"name": "Late"}), ("DELETE", None)):
        assert call(verb, made["selfUri"], body).status == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Billing", "Sandbox Queue", "Support"]),
        ("?sortOrder=desc", ["Support", "Sandbox Queue", "Billing"]),
        ("?name=support", ["Support"]),
        ("?name=supp", []),
        ("?name=S*", ["Sandbox Queue", "Support"]),
        ("?name=*b*", ["Billing", "Sandbox Queue"]),
        ("?name=.*", []),
        ("?pageSize=1&pageNumber=2", ["Sandbox Queue"]),
        ("?divisionId=none", []),
    ],
)
def test_queues_are_found_by_name_and_listed_in_its_order(
    call: Caller, query: str, expected: list[str]
) -> None:
    assert names(call("GET", QUEUES + query)) == expected


def test_queues_are_found_by_id_and_division(call: Caller) -> None:
    berlin = call("POST", DIVISIONS, {"name": "Berlin", "description": "On the Spree"}).json
    assert_valid("AuthzDivision", berlin)
    assert berlin["homeDivision"] is False
    made = call("POST", QUEUES, {"name": "Tea", "division": {"id": berlin["id"]}}).json
    billing = id_of(call, QUEUES, "Billing")

    assert made["division"]["name"] == "Berlin"
    assert names(call("GET", f"{QUEUES}?divisionId={berlin['id']}")) == ["Tea"]
    assert names(call("GET", f"{QUEUES}?id={made['id']},{billing}")) == ["Billing", "Tea"]
    home = call("GET", f"{DIVISIONS}/home").json
    assert sorted(names(call("GET", DIVISIONS))) == ["Berlin", "Home"]
    assert call("DELETE", home["selfUri"]).status == 409
    for verb, path in (("POST", QUEUES), ("PUT", made["selfUri"])):
        for nowhere in ({"id": "none"}, {"name": "Berlin"}):
            refused = call(verb, path, {"name": "Coffee", "division": nowhere})
            assert refused.status == 400
            assert refused.json["details"][0]["fieldName"] == "division.id"


# Members


def test_users_come_into_a_queue_and_leave_it(call: Caller) -> None:
    queue = call("POST", QUEUES, {"name": "Night"}).json
    path = f"{queue['selfUri']}/members"
    ada, ben = (id_of(call, USERS, f"{name} Example") for name in ("Ada", "Ben"))

    assert call("POST", path, [{"id": ben}, {"id": ada}, {"id": ben}]).status == 204
    page = call("GET", f"{path}?pageSize=1&expand=routingStatus").json
    assert_valid("QueueMemberEntityListing", page)
    assert [one["id"] for one in page["entities"]] == [ada]
    assert page["entities"][0]["user"]["routingStatus"]["status"] == "OFF_QUEUE"
    assert page["nextUri"] == f"{path}?pageSize=1&pageNumber=2&expand=routingStatus"
    assert names(call("GET", f"{path}?sortOrder=desc")) == ["Ben Example", "Ada Example"]

    for body in ({"joined": False}, {}):
        assert call("PATCH", f"{path}/{ada}", body).status == 204
        assert names(call("GET", f"{path}?joined=false")) == ["Ada Example"]
    counted = call("GET", queue["selfUri"]).json
    assert (counted["memberCount"], counted["joinedMemberCount"]) == (2, 1)

    assert call("DELETE", f"{path}/{ada}").status == 204
    assert call("DELETE", f"{path}/{ada}").status == 404
    assert call("POST", f"{path}?delete=true", [{"id": ben}, {"id": ada}]).status == 204
    assert names(call("GET", path)) == []


def test_a_queue_that_is_deleted_has_no_members(call: Caller) -> None:
    path = f"{QUEUES}/{call.sandbox.queue_id}/members"
    user = call.sandbox.user_id
    assert call("DELETE", path.removesuffix("/members")).status == 204

    assert call("GET", path).status == 404
    assert call("POST", path, [{"id": user}]).status == 404
    assert call("PATCH", f"{path}/{user}", {"joined": False}).status == 404
    assert call("DELETE", f"{path}/{user}").status == 404


def test_who_has_left_a_queue_is_not_brought_back_by_a_change(call: Caller) -> None:
    queue = call("POST", QUEUES, {"name": "Night"}).json
    path, ada = f"{queue['selfUri']}/members", id_of(call, USERS, "Ada Example")

    with ThreadPoolExecutor(5) as pool:
        for _ in range(20):
            assert call("POST", path, [{"id": ada}]).status == 204
            changes = [
                pool.submit(call, "PATCH", f"{path}/{ada}", {"joined": False}) for _ in range(4)
            ]
            assert call("DELETE", f"{path}/{ada}").status == 204
            assert {one.result().status for one in changes} <= {204, 404}
            assert names(call("GET", path)) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name=ben", ["Ben Example"]),
        ("skills=Invoices", ["Ben Example"]),
        ("skills=Spanish&skills=Invoices", ["Ada Example", "Ben Example"]),
        ("routingStatus=OFF_QUEUE", ["Ada Example", "Ben Example"]),
        ("routingStatus=IDLE", []),
        ("presence=Offline", ["Ada Example", "Ben Example"]),
        ("presence=Available", []),
        ("memberBy=group", []),
        ("memberBy=user", ["Ada Example", "Ben Example"]),
        ("languages=German", []),
    ],
)
def test_members_are_found_by_what_they_are(call: Caller, query: str, expected: list[str]) -> None:
    path = f"{QUEUES}/{id_of(call, QUEUES, 'Billing')}/members"

    assert names(call("GET", f"{path}?{query}")) == expected


def test_members_are_found_by_the_id_of_a_skill(call: Caller) -> None:
    path = f"{QUEUES}/{id_of(call, QUEUES, 'Billing')}/members"

    assert names(call("GET", f"{path}?skills={id_of(call, SKILLS, 'Invoices')}")) == ["Ben Example"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([{"id": "none"}], "0.id"),
        ([{"id": None}], "0.id"),
        ([{"id": 7}], "0.id"),
        (["ada"], "0"),
        ({"id": "none"}, "body"),
    ],
)
def test_who_is_no_user_does_not_become_a_member(call: Caller, body: Any, field: str) -> None:
    refused = call("POST", f"{QUEUES}/{call.sandbox.queue_id}/members", body)

    assert refused.status == 400, refused.data
    assert refused.json["details"][0]["fieldName"] == field


# Users and skills


def test_a_user_is_created_with_what_the_platform_tells_of_one(call: Caller) -> None:
    berlin = call("POST", DIVISIONS, {"name": "Berlin", "description": ""}).json["id"]
    body = {"name": "Dee", "email": "dee@example.org", "divisionId": berlin, "password": "hunter2"}
    made = call("POST", USERS, body)

    assert_valid("User", made.json)
    assert (made.status, made.json["username"]) == (200, "dee@example.org")
    assert (made.json["state"], made.json["version"]) == ("active", 1)
    assert made.json["division"]["name"] == "Berlin"
    assert "password" not in made.json
    assert "hunter2" not in repr(call.sandbox.requests)
    assert call("GET", made.json["selfUri"]).json == made.json
    refused = call("POST", USERS, {**body, "divisionId": "none"})
    assert refused.json["details"][0]["fieldName"] == "divisionId"


def test_users_are_found_by_id_and_state(call: Caller) -> None:
    home = call("GET", f"{DIVISIONS}/home").json["id"]
    body = {"name": "Dee", "email": "dee@example.org", "divisionId": home, "state": "inactive"}
    dee = call("POST", USERS, body).json["id"]

    assert names(call("GET", f"{USERS}?state=inactive")) == ["Dee"]
    assert "Dee" in names(call("GET", f"{USERS}?state=any&pageSize=100"))
    assert names(call("GET", f"{USERS}?id={dee}&state=any")) == ["Dee"]
    assert names(call("GET", f"{USERS}?sortOrder=descending"))[0] == "Sandbox User"
    assert call("GET", f"{USERS}/{dee}?expand=SKILLS").json["skills"] == []


def test_a_users_skills_are_given_changed_and_taken(call: Caller) -> None:
    tea = call("POST", SKILLS, {"name": "Tea"}).json
    assert_valid("RoutingSkill", tea)
    ada = f"{USERS}/{id_of(call, USERS, 'Ada Example')}"
    path = f"{ada}/routingskills"

    given = call("POST", path, {"id": tea["id"], "proficiency": 2}).json
    assert_valid("UserRoutingSkill", given)
    assert (given["name"], given["skillUri"]) == ("Tea", tea["selfUri"])
    for body in ({"proficiency": 3.5}, {}):
        assert call("PUT", given["selfUri"], body).json["proficiency"] == 3.5
    page = call("GET", f"{path}?sortOrder=descending").json
    assert_valid("UserSkillEntityListing", page)
    assert [one["name"] for one in page["entities"]] == ["Tea", "Spanish", "English"]

    assert call("DELETE", given["selfUri"]).status == 204
    assert call("DELETE", given["selfUri"]).status == 404
    assert names(call("GET", path)) == ["English", "Spanish"]


def test_a_skill_that_is_deleted_is_nobodys(call: Caller) -> None:
    ada = f"{USERS}/{id_of(call, USERS, 'Ada Example')}"
    english = id_of(call, SKILLS, "English")

    assert call("DELETE", f"{SKILLS}/{english}").status == 204

    assert names(call("GET", f"{ada}/routingskills")) == ["Spanish"]
    assert [one["name"] for one in call("GET", f"{ada}?expand=skills").json["skills"]] == [
        "Spanish"
    ]


def test_a_skill_is_nobodys_at_once_though_readers_see_it_for_a_while(
    pool: urllib3.PoolManager,
) -> None:
    with Sandbox(consistency_delay=60) as sandbox:
        call = Caller(sandbox, pool)
        english = id_of(call, SKILLS, "English")
        assert call("DELETE", f"{SKILLS}/{english}").status == 204
        assert call("GET", f"{SKILLS}/{english}").status == 200
        assert names(call("GET", f"{USERS}/{sandbox.user_id}/routingskills")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "none"}, "id"),
        ({"id": None}, "id"),
        ({"proficiency": -0.1}, "proficiency"),
        ({"proficiency": 5.1}, "proficiency"),
    ],
)
def test_a_skill_that_nobody_can_have_is_refused(
    call: Caller, change: dict[str, Any], field: str
) -> None:
    body = {"id": id_of(call, SKILLS, "Spanish"), "proficiency": 3, **change}
    refused = call("POST", f"{USERS}/{call.sandbox.user_id}/routingskills", body)

    assert refused.json["details"][0]["fieldName"] == field


def test_skills_are_found_by_how_they_begin(call: Caller) -> None:
    assert names(call("GET", f"{SKILLS}?name=s")) == ["Spanish"]
    assert names(call("GET", f"{SKILLS}?name=panish")) == []


def test_organizations_have_staff_of_their_own(call: Caller, sandbox: Sandbox) -> None:
    other = sandbox.create_organization("other")
    mine = call("POST", QUEUES, {"name": "Mine"}).json
    with client_of(sandbox, other.access_token) as stranger:
        theirs = {one.name: one.id for one in RoutingApi(stranger).get_routing_queues()}

    assert set(theirs) == {"Billing", "Sandbox Queue", "Support"}
    assert sandbox.queue_id not in theirs.values()
    assert call("GET", mine["selfUri"], token=other.access_token).status == 404
