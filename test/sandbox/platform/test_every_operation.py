"""What is true of every operation: who may call it, and what is refused in which order.

Each test goes over all operations of the contract; what it prints names those that are not so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from platform_facts import Samples, platform

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract
from PureCloudPlatformClientV2.sandbox.platform.contract import Operation

from ..agreement import departures
from ..caller import Caller, Response

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def call() -> Iterator[Caller]:
    """Calls one sandbox, in which there is nothing."""
    with (
        Sandbox(rate_limit=None, log_size=10) as sandbox,
        urllib3.PoolManager(retries=False, timeout=30) as pool,
    ):
        yield Caller(sandbox, pool)


def operations() -> list[Operation]:
    """All operations of today's platform that the sandbox has."""
    return [one for one in contract.operations() if not one.is_of_2019]


def path_to(path: str) -> str:
    """Fill the ids of a path with one that nothing has; what the query must have comes along."""
    parameters = platform()["paths"][path].values()
    needed = {
        one["name"]: (one.get("enum") or one.get("items", {}).get("enum") or ["some"])[0]
        for verb in parameters
        for one in verb["parameters"]
        if one["in"] == "query" and one.get("required")
    }
    query = "&".join(f"{name}={value}" for name, value in needed.items())
    return re.sub("{.*?}", "nowhere", path) + (f"?{query}" if query else "")


def body_of(operation: Operation) -> Any:
    """An acceptable body, if the operation takes one."""
    declared = platform()["paths"][operation.path][operation.verb.lower()]["parameters"]
    schemas = [one["schema"] for one in declared if one["in"] == "body"]
    if not schemas:
        return None
    body = Samples(platform()).make(schemas[0])
    if isinstance(body, list):
        return body
    # No more than it must have, and no lists: the rest may refer to what is not there.
    needed = contract.required(operation.body or "")
    return {name: [] if isinstance(body[name], list) else body[name] for name in needed}


def unlike(answers: Iterator[tuple[str, Response, int]]) -> list[str]:
    """Tell which answers have another status than they should, or no ErrorBody."""
    wrong: list[str] = []
    error = {"$ref": "#/definitions/ErrorBody"}
    for name, answer, status in answers:
        if answer.status != status:
            wrong.append(f"{name}: {answer.status}, not {status}: {answer.data[:200]!r}")
        elif not name.startswith("HEAD"):
            wrong += [f"{name}: {one}" for one in departures(answer.json, error)]
            if answer.json.get("status") != status:
                wrong.append(f"{name}: {answer.json} tells another status")
    return wrong


def test_every_operation_wants_a_token(call: Caller) -> None:
    def answers() -> Iterator[tuple[str, Response, int]]:
        for one in operations():
            if one.needs_token:
                for token in (None, "no-such-token"):
                    answer = call(one.verb, path_to(one.path), token=token)
                    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
                    yield f"{one.verb} {one.path}", answer, 401

    assert unlike(answers()) == []


def test_every_permission_that_is_missing_is_named(call: Caller) -> None:
    def refusals(one: Operation) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """The permissions that do not suffice, and those that are missing then."""
        if one.any_permission:
            yield (), list(one.any_permission)
        for missing in one.all_permissions:
            yield tuple(p for p in one.all_permissions if p != missing), [missing]

    def answers() -> Iterator[tuple[str, Response, int]]:
        for one in operations():
            for held, missing in refusals(one):
                token = call.sandbox.create_token(permissions=held)
                answer = call(one.verb, path_to(one.path), body_of(one), token=token)
                if answer.status == 403 and one.verb != "HEAD":
                    assert answer.json["messageParams"] == {
                        "permissions": f"[{', '.join(missing)}]"
                    }, one
                yield f"{one.verb} {one.path} with {held}", answer, 403

    assert unlike(answers()) == []


def test_the_permissions_of_an_operation_suffice(call: Caller) -> None:
    for one in operations():
        for enough in {(name, *one.all_permissions) for name in one.any_permission or ("",)}:
            token = call.sandbox.create_token(permissions=[name for name in enough if name])
            answer = call(one.verb, path_to(one.path), body_of(one), token=token)
            assert answer.status not in (401, 403), one
    call.sandbox.reset()


def test_an_id_that_nothing_has_is_not_found(call: Caller) -> None:
    def answers() -> Iterator[tuple[str, Response, int]]:
        for one in operations():
            if "{" in one.path:
                answer = call(one.verb, path_to(one.path), body_of(one))
                yield f"{one.verb} {one.path}", answer, 404

    assert unlike(answers()) == []


def test_a_body_must_be_json(call: Caller) -> None:
    def answers() -> Iterator[tuple[str, Response, int]]:
        for one in operations():
            if body_of(one) is not None:
                for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
                    answer = call(
                        one.verb, path_to(one.path), data=b"{}", headers={"Content-Type": kind}
                    )
                    yield f"{one.verb} {one.path} of {kind}", answer, 415
                json = {"Content-Type": "application/json"}
                for data in (b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000):
                    answer = call(one.verb, path_to(one.path), data=data, headers=json)
                    yield f"{one.verb} {one.path} with {data[:9]!r}", answer, 400

    assert unlike(answers()) == []


def test_a_verb_that_a_path_does_not_have_is_told(call: Caller) -> None:
    patterns = {path: re.compile(re.sub("{.*?}", "[^/]+", path)) for path in platform()["paths"]}

    def answers() -> Iterator[tuple[str, Response, int]]:
        for template in {one.path for one in operations()}:
            path = re.sub("{.*?}", "nowhere", template)
            fitting = [one for one, pattern in patterns.items() if pattern.fullmatch(path)]
            known = {verb.upper() for one in fitting for verb in platform()["paths"][one]}
            for verb in VERBS:
                if verb not in known:
                    answer = call(verb, path)
                    assert verb not in answer.headers.get("Allow", verb), path
                    yield f"{verb} {path}", answer, 405

    assert unlike(answers()) == []


def test_what_is_not_played_is_told_of_every_operation_of_the_platform(call: Caller) -> None:
    served = {(one.verb, one.path) for one in operations()}

    def answers() -> Iterator[tuple[str, Response, int]]:
        for path, verbs in platform()["paths"].items():
            for verb in map(str.upper, verbs):
                if (verb, path) not in served:
                    name = f"{verb} {path}"
                    answer = call(verb, re.sub("{.*?}", "nowhere", path))
                    if answer.status == 501 and verb != "HEAD":
                        assert answer.json["message"] == f"The sandbox does not play {name}."
                    yield name, answer, 501

    assert unlike(answers()) == []
