"""What clients write differently and the platform takes: the vendor's 57 and 269 above all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract
from PureCloudPlatformClientV2.sandbox.platform.contract import Operation
from PureCloudPlatformClientV2.sandbox.platform.routes import served_by

from ..agreement import departures
from ..caller import Caller, Response
from .calls import BASE, LIVES, OPEN, example, operation_at

JSON = {"Content-Type": "application/json"}
INBOUND = "/api/v2/conversations/messages/{}/inbound/open/message"


@pytest.fixture(scope="module")
def _calls() -> Iterator[Caller]:  # pyright: ignore[reportUnusedFunction] - by name
    with (
        Sandbox(rate_limit=None) as sandbox,
        urllib3.PoolManager(retries=False, timeout=30) as pool,
    ):
        yield Caller(sandbox, pool)


@pytest.fixture
def call(_calls: Caller) -> Caller:
    _calls.sandbox.reset()
    return _calls


def operations(verb: str) -> list[Operation]:
    """The operations of today that are played, by verb."""
    return [
        one
        for one in contract.operations()
        if one.verb == verb and not one.is_of_2019 and served_by(one) is not None
    ]


def address(one: Operation, **query: Any) -> str:
    """Name what is not there, with the query that is required."""
    needed = {
        name: (given.get("enum") or ["some"])[0]
        for name, given in one.queries.items()
        if given.get("required")
    }
    return re.sub("{.*?}", "nowhere", one.path) + "?" + urlencode({**needed, **query}, doseq=True)


def what_was_said(answer: Response) -> tuple[int, Any]:
    """What an answer says, but for what differs each time, and for links that repeat the query."""
    if not answer.data:
        return answer.status, None
    links = ("Uri", "contextId")
    return answer.status, {k: v for k, v in answer.json.items() if not k.endswith(links)}


# Queries


def test_a_list_in_a_query_is_repeated_or_has_commas(call: Caller) -> None:
    tried = 0
    for one in operations("GET"):
        for name, given in one.queries.items():
            values = given.get("items", {}).get("enum", [])[:2]
            if given["type"] == "array" and values:
                tried += 1
                repeated = call("GET", address(one, **{name: values}))
                joined = call("GET", address(one, **{name: ",".join(values)}))
                assert what_was_said(joined) == what_was_said(repeated), one.id
                assert joined.status == 200 or "{" in one.path, joined.data
    assert tried > 3


def test_a_truth_value_in_a_query_may_be_pythons(call: Caller) -> None:
    tried = 0
    for verb in ("GET", "POST", "PUT"):
        for one in operations(verb):
            for name, given in one.queries.items():
                if given["type"] == "boolean":
                    tried += 1
                    said = [
                        what_was_said(call(verb, address(one, **{name: text}), data=b"[]"))
                        for text in ("true", "True", "TRUE")
                    ]
                    assert said[0] == said[1] == said[2], one.id
    assert tried >= 3


def test_a_query_that_nobody_declares_is_ignored(call: Caller) -> None:
    for one in operations("GET"):
        plain = what_was_said(call("GET", address(one)))
        assert what_was_said(call("GET", address(one, unheard="of"))) == plain, one.id


# Bodies


def test_an_operation_without_a_body_takes_null_or_nothing(call: Caller) -> None:
    for verb in ("GET", "POST", "DELETE", "HEAD"):
        for one in operations(verb):
            if not one.takes_body:
                answers = [
                    call(verb, address(one), data=data, headers=headers)
                    for data, headers in ((None, {}), (None, JSON), (b"null", JSON), (b"{}", JSON))
                ]
                assert len({answer.status for answer in answers}) == 1, one.id
                assert answers[0].status < 400 or "{" in one.path, answers[0].data


@pytest.mark.parametrize(
    "kind",
    [
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        'application/json; charset="utf-8"',
    ],
)
def test_the_media_type_may_have_a_charset(call: Caller, kind: str) -> None:
    for path in LIVES:
        body = json.dumps(example(operation_at("POST", path).body or "")).encode()
        answer = call("POST", path, data=body, headers={"Content-Type": kind})
        assert answer.status in (200, 202), answer.data


def test_text_may_be_escaped_or_not(call: Caller) -> None:
    for data in ('{"name": "Größe 😀"}'.encode(), b'{"name": "Gr\\u00f6\\u00dfe \\ud83d\\ude00"}'):
        answer = call("POST", f"{BASE}/settings", data=data, headers=JSON)
        assert answer.json["name"] == "Größe 😀"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "a\ud800"}, "name"),
        ({"supportedContent": {"id": "\udfff"}}, "supportedContent.id"),
        ({"webhookHeaders": {"\ud83d": "key"}}, "webhookHeaders"),
        ({"unheard": ["of", "\ud800"]}, "unheard.1"),
    ],
)
def test_half_a_character_is_refused(call: Caller, change: dict[str, Any], field: str) -> None:
    answer = call("POST", f"{BASE}/integrations/open", {**OPEN, **change})
    assert answer.status == 400, answer.data
    assert answer.json["details"] == [{"errorCode": "invalid.value", "fieldName": field}]


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("1e999", 400),
        ("-1e999", 400),
        ("1e308", 202),
        ("[" * 90 + "]" * 90, 202),
        ("[" * 101 + "]" * 101, 400),
        ("[" * 700 + "]" * 700, 400),
        ('{"a":' * 700 + "1" + "}" * 700, 400),
    ],
    ids=range(7),
)
def test_what_nobody_could_pass_on_is_refused(call: Caller, value: str, status: int) -> None:
    body = json.dumps({**OPEN, "unheard": "of"}).replace('"of"', value).encode()
    answer = call("POST", f"{BASE}/integrations/open", data=body, headers=JSON)
    assert answer.status == status, answer.data
    if status == 400:
        assert answer.json["code"] == "bad.request"


def test_what_was_read_can_be_sent_back(call: Caller) -> None:
    """As programs do: read, change a field, write all of it."""
    for path in LIVES:
        creation = operation_at("POST", path)
        created = call("POST", path, example(creation.body or "")).json
        changed = call("PATCH", created["selfUri"], {**created, "name": "Other"})
        assert changed.status == 200, changed.data
        assert departures(changed.json, {"$ref": f"#/definitions/{creation.result}"}) == []
        assert changed.json["name"] == "Other"
        stamps = {"name", "recipient", "version", "dateModified", "modifiedBy", "createStatus"}
        for field in created.keys() - stamps:
            assert changed.json[field] == created[field], (path, field)


def test_every_answer_of_json_says_so(call: Caller) -> None:
    for one in operations("GET"):
        for accept in ("application/json", "*/*", "text/html"):
            answer = call("GET", address(one), headers={"Accept": accept})
            assert answer.headers["Content-Type"] == "application/json", one.id


# Secrets


def test_a_secret_comes_back_only_where_the_contract_has_it(call: Caller) -> None:
    canary = "hunter2-hunter2-hunter2"
    returned: set[tuple[str, str]] = set()
    for path in LIVES:
        creation = operation_at("POST", path)
        texts = example(creation.body or "")
        secrets = [
            name for name in texts if re.search("secret|token|certificate|signupCode", name, re.I)
        ]
        body = {**texts, **dict.fromkeys(secrets, canary)}
        if "webhookHeaders" in contract.properties(creation.body or ""):
            body["webhookHeaders"] = {"X-Key": canary}
        created = call("POST", path, body)
        assert created.status in (200, 202), created.data
        answers = [created, call("GET", path), call("GET", created.json["selfUri"])]
        refused = call("PATCH", created.json["selfUri"], {**body, "name": 7})
        assert canary not in refused.data.decode()
        for answer in answers:
            for name in secrets:
                if answer.data.count(canary.encode()) and f'"{name}"' in answer.data.decode():
                    returned.add((path.rpartition("/")[2], name))
            shown = contract.properties(creation.result or "").keys()
            if not shown & {*secrets, "webhookHeaders"}:
                assert canary not in answer.data.decode(), path
    assert returned == {("open", "outboundNotificationWebhookSignatureSecretToken")}
    for request in call.sandbox.requests:
        assert canary not in json.dumps(request.json), request.json


# Times and names of inbound messages


def inbound(call: Caller, **channel: Any) -> Response:
    integration = call("POST", f"{BASE}/integrations/open", OPEN).json
    sender = {"id": "ann@example.com", "idType": "Email"}
    whole = {"from": sender, "time": "2026-01-02T03:04:05.678Z", **channel}
    return call("POST", INBOUND.format(integration["id"]), {"channel": whole, "text": "Hello"})


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05.678123+00:00",
        "2026-01-02T04:04:05.678+01:00",
        "2026-01-02T02:04:05.678-0100",
    ],
)
def test_a_time_may_have_any_zone_and_comes_back_in_utc(call: Caller, text: str) -> None:
    answer = inbound(call, time=text)
    assert answer.json["channel"]["time"] == "2026-01-02T03:04:05.678Z"


@pytest.mark.parametrize("text", ["yesterday", "2026-01-02", "2026-13-02T03:04:05Z", "", "0"])
def test_what_is_no_time_is_refused(call: Caller, text: str) -> None:
    answer = inbound(call, time=text)
    assert answer.status == 400
    assert answer.json["details"][0]["fieldName"] == "channel.time"


@pytest.mark.parametrize("kind", ["Email", "email", "Phone", "phone", "Opaque", "opaque"])
def test_the_kind_of_an_id_may_be_in_lower_case(call: Caller, kind: str) -> None:
    answer = inbound(call, **{"from": {"id": "a", "idType": kind}})
    assert answer.json["channel"]["from"]["idType"] == kind.capitalize()


def test_what_no_definition_has_is_left_out_of_the_values_of_a_map_as_well(call: Caller) -> None:
    script = {"id": "s", "createdDate": "2026-01-02T03:04:05+01:00", "more": 1}
    queue = {"name": "Support", "defaultScripts": {"CALL": script, "": {"": 1}}}
    answer = call("POST", "/api/v2/routing/queues", queue)
    assert answer.json["defaultScripts"] == {
        "CALL": {"id": "s", "createdDate": "2026-01-02T02:04:05.000Z"},
        "": {},
    }
    assert departures(answer.json, {"$ref": "#/definitions/Queue"}) == []
