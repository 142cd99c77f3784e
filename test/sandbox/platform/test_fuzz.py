"""Anything at all, sent to an operation of each shape and to every behavior.

Never is there a 500, and whatever comes back agrees with the contract. There is a world of things
that requests name, more often than what is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import urllib3
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st
from platform_facts import definition_name, platform

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract
from PureCloudPlatformClientV2.sandbox.platform.behaviors import BEHAVIORS
from PureCloudPlatformClientV2.sandbox.platform.contract import Operation
from PureCloudPlatformClientV2.sandbox.platform.routes import served_by

from ..agreement import EXPANDED, departures
from ..caller import Caller
from .calls import BASE, LIVES, example, operation_at
from .test_leniency import INBOUND

MESSAGES = "/api/v2/conversations/messages"

World = dict[str, str]
"""The ids of what there is, by what paths call it: a parameter, or the segment before it."""

JUNK: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
ODD = ["nowhere", "default", "a/b", "..", "%2F", "é", "\0", "x" * 300]


def chosen() -> list[Operation]:
    """Every behavior of today's, and one operation for each verb of each shape."""
    today = [one for one in contract.operations() if not one.is_of_2019]
    shaped = {served_by(one): one for one in today if one.id not in BEHAVIORS and served_by(one)}
    return [*(one for one in today if one.id in BEHAVIORS), *shaped.values()]


@pytest.fixture(scope="module")
def call() -> Iterator[Caller]:
    with (
        Sandbox(rate_limit=None, log_size=0) as sandbox,
        urllib3.PoolManager(retries=False, timeout=30) as pool,
    ):
        yield Caller(sandbox, pool)


@pytest.fixture
def world(call: Caller) -> World:
    """One of each kind, and a conversation with a picture that somebody has sent."""
    call.sandbox.reset()
    made: dict[str, Any] = {}
    for path in LIVES:
        body = example(operation_at("POST", path).body or "")
        made[path.rpartition("/")[2]] = call("POST", path, body).json
    world = {name: one["id"] for name, one in made.items()}
    world["recipientId"] = made["open"]["recipient"]["id"]
    google = f"{BASE}/integrations/open/extensions/googlebusinessprofile"
    code = {"code": "c", "redirectUri": "https://example.com/"}
    world["tokenId"] = call("POST", f"{google}/tokens", code).json["id"]
    token, account = {"id": world["tokenId"]}, {"id": "a"}
    profile = {"name": "Shop", "token": token, "account": account}
    world["googlebusinessprofile"] = call("POST", google, profile).json["id"]
    order = {"phoneNumber": "+13175550100", "phoneNumberType": "local", "countryCode": "US"}
    number = call(
        "POST", "/api/v2/routing/sms/phonenumbers/import", {**order, "integrationId": "i"}
    )
    world["phonenumbers"] = number.json["id"]
    library = call("POST", "/api/v2/responsemanagement/libraries", {"name": "Greetings"})
    world["libraries"] = library.json["id"]
    world["queueId"] = call.sandbox.queue_id
    world["userId"] = world["memberId"] = call.sandbox.user_id
    skills = call("GET", f"/api/v2/users/{call.sandbox.user_id}/routingskills").json["entities"]
    world["skillId"] = skills[0]["id"]
    world["divisionId"] = call("GET", "/api/v2/authorization/divisions/home").json["id"]
    world["channelId"] = call("POST", "/api/v2/notifications/channels").json["id"]
    return {**world, **_conversation(call, world["open"])}


def _conversation(call: Caller, integration_id: str) -> World:
    channel = {"from": {"id": "ann", "idType": "Opaque"}, "time": "2026-01-02T03:04:05.678Z"}
    picture = {"mediaType": "Image", "url": "https://example.com/a.png", "mime": "image/png"}
    message = call(
        "POST",
        INBOUND.format(integration_id) + "?prefetchConversationId=true",
        {"channel": channel, "text": "Hello", "content": [{"attachment": picture}]},
    ).json
    conversation = call("GET", f"/api/v2/conversations/{message['conversationId']}").json
    (agent,) = [one for one in conversation["participants"] if one["purpose"] == "agent"]
    communication_id = agent["messages"][0]["id"]
    communication = f"{MESSAGES}/{conversation['id']}/communications/{communication_id}"
    wrap_up = f"{MESSAGES}/{conversation['id']}/participants/{agent['id']}/communications"
    call("POST", f"{wrap_up}/{communication_id}/wrapup", {"name": "done"})
    (cached,) = call("GET", f"{MESSAGES}/cachedmedia").json["entities"]
    return {
        "conversationId": conversation["id"],
        "messageId": message["id"],
        "participantId": agent["id"],
        "communicationId": communication_id,
        "mediaId": call("POST", f"{communication}/messages/media").json["id"],
        "cachedMediaItemId": cached["id"],
    }


def ids(name: str, path: str, world: World) -> st.SearchStrategy[str]:
    """The value of a path parameter, which more often than not is there."""
    before, _, after = path.partition(f"/{{{name}}}")
    segments = (name, before.rpartition("/")[2], after[1:].partition("/")[0], "open")
    known = next(world[one] for one in segments if one in world)
    others = st.sampled_from([*world.values(), *ODD])
    return st.integers(0, 7).flatmap(lambda n: others if n == 7 else st.just(known))


def values(schema: dict[str, Any], world: World, depth: int = 0) -> st.SearchStrategy[Any]:
    """Mostly what a schema allows."""
    good = _good(schema, world, depth)
    return st.integers(0, 15).flatmap(lambda n: JUNK if n == 0 else good)


def _good(schema: dict[str, Any], world: World, depth: int) -> st.SearchStrategy[Any]:
    if name := definition_name(schema):
        definition = platform()["definitions"][name]
        needed = definition.get("required", [])
        fields = {
            key: values(one, world, depth + 1)
            for key, one in definition["properties"].items()
            if not one.get("readOnly") and depth < 4 and (key in needed or depth < 2)
        }
        return st.fixed_dictionaries(
            {key: one for key, one in fields.items() if key in needed},
            optional={key: one for key, one in fields.items() if key not in needed},
        )
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind: str = schema["type"]
    if kind == "array":
        return st.lists(values(schema["items"], world, depth + 1), max_size=2)
    if kind == "object":
        return st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "number"):
        return st.integers(-2, 70) | st.integers()
    if schema.get("format") == "date-time":
        return st.just("2026-01-02T03:04:05.678Z")
    return st.sampled_from([*world.values(), "ann", "+13175550100"]) | st.text(max_size=8)


def queries(operation: Operation, world: World) -> st.SearchStrategy[dict[str, Any]]:
    given = {
        required: {
            name: values(one, world)
            for name, one in operation.queries.items()
            if one.get("required", False) is required
        }
        for required in (True, False)
    }
    return st.fixed_dictionaries(given[True], optional=given[False])


@pytest.mark.parametrize("operation", chosen(), ids=lambda one: one.id)
def test_anything_is_answered_as_the_contract_has_it(
    call: Caller, world: World, operation: Operation
) -> None:
    facts = platform()["paths"][operation.path][operation.verb.lower()]
    bodies = [one["schema"] for one in facts["parameters"] if one["in"] == "body"]
    results = [one["schema"] for one in facts["responses"].values() if "schema" in one]
    statuses = Counter[int]()

    @fuzzed(12, part=0.005)
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        path = operation.path
        for name in [one["name"] for one in facts["parameters"] if one["in"] == "path"]:
            one = data.draw(ids(name, operation.path, world), label=name)
            path = path.replace(f"{{{name}}}", quote(one, safe=""))
        query = urlencode(data.draw(queries(operation, world), label="query"), doseq=True)
        body = data.draw(values(bodies[0], world), label="body") if bodies else None
        answer = call(operation.verb, f"{path}?{query}", body)
        statuses[answer.status] += 1
        assert answer.status < 500, answer.data
        if operation.verb == "HEAD" or not answer.data:
            return
        error = {"$ref": "#/definitions/ErrorBody"}
        schema = results[0] if answer.status < 400 else error
        found = departures(answer.json, schema)
        assert [one for one in found if not one.endswith(EXPANDED)] == []

    send()
    if not bodies:
        assert min(statuses) < 300, statuses
