"""The vendor's SDKs perform every operation of the sandbox, and get answers that are valid.

What they do is in ``lives.py`` for 269, and in ``lives_of_2019.py`` for 57.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from contract_facts import operations as operations_of_2019
from platform_facts import Method, methods
from sandbox.agreement import departures, disagreements
from service import Service

from PureCloudPlatformClientV2.open_messaging import SIGNATURE_HEADER, verify_signature
from PureCloudPlatformClientV2.sandbox import LoggedRequest, Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract

TEST = Path(__file__).parent.parent


@dataclass
class Performed:
    """What a program did."""

    calls: list[dict[str, Any]]
    """Method, body and what was raised, as they were written down."""
    ended: list[str]
    """Why parts of the program ended before their end."""
    requests: dict[str, LoggedRequest]
    """What came of it, by correlation id."""

    def each(self) -> Iterator[tuple[str, LoggedRequest, Any]]:
        """Method, request, and the JSON of the answer, for each call that was answered."""
        for call in self.calls:
            body = call.get("body")
            answer = json.loads(body) if body else None
            yield call["method"], self.requests[call["correlation_id"]], answer


def perform(program: str, package: Path, home: Path, service: Service) -> Performed:
    """Run a program with the vendor's SDK that is in a folder."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith("GENESYSCLOUD_")}
    path = os.pathsep.join(map(str, (package, TEST)))
    with Sandbox(rate_limit=None) as sandbox:
        tokens = [sandbox.access_token, sandbox.control_token]
        arguments = [sandbox.host, *tokens, f"{service.url}/hook"]
        ran = subprocess.run(
            # 269 warns of its deprecated methods.
            [sys.executable, "-W", "ignore", "-m", f"with_269.{program}", *arguments],
            cwd=home,  # which comes before the others
            env={**kept, "PYTHONPATH": path, "HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
            check=True,
        )
        sandbox.advance(0)  # until the middleware has what it is to get
        requests = {one.correlation_id: one for one in sandbox.requests}
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return Performed(
        [line for line in lines if "method" in line],
        [f"{line['life']}: {line['ended']}" for line in lines if "ended" in line],
        requests,
    )


@pytest.fixture(scope="module")
def middleware() -> Iterator[Service]:
    with Service() as service:
        service.answer_always(200)
        yield service


@pytest.fixture(scope="module")
def today(vendor: Path, middleware: Service, tmp_path_factory: pytest.TempPathFactory) -> Performed:
    return perform("lives", vendor, tmp_path_factory.mktemp("home"), middleware)


@pytest.fixture(scope="module")
def of_2019(
    vendor_of_2019: Path, middleware: Service, tmp_path_factory: pytest.TempPathFactory
) -> Performed:
    home = tmp_path_factory.mktemp("home")
    return perform("lives_of_2019", vendor_of_2019, home, middleware)


def report(rows: Iterable[tuple[LoggedRequest, str, list[str]]]) -> list[str]:
    """Print an operation a line; give what is wrong."""
    wrong: list[str] = []
    for request, path, problems in sorted(rows, key=lambda row: (row[1], row[0].method)):
        line = f"{request.method:6} {request.status} {path}"
        sys.stdout.write("\n".join([line, *(f"       {one}" for one in problems)]) + "\n")
        wrong += [f"{line}: {one}" for one in problems]
    return wrong


def _fits(request: LoggedRequest, verb: str, path: str) -> bool:
    pattern = re.sub(r"\\{.*?\\}", "[^/]+", re.escape(path))
    return request.method == verb and re.fullmatch(pattern, request.path) is not None


def test_every_method_of_269_gets_answers_that_are_valid(today: Performed) -> None:
    known: dict[str, Method] = {one.name: one for one in methods()}

    def rows() -> Iterator[tuple[LoggedRequest, str, list[str]]]:
        for name, request, answer in today.each():
            one = known[name]
            assert _fits(request, one.verb, one.path), f"{name} asked {request.path}"
            yield request, one.path, _problems(one, request, answer)

    assert report(rows()) == []
    assert [one["exception"] for one in today.calls if "exception" in one] == []
    assert today.ended == []


def _problems(method: Method, request: LoggedRequest, answer: Any) -> list[str]:
    status = request.status or 0
    if not 200 <= status < 300:
        return [json.dumps(answer)]
    if answer is None:
        has_body = method.result and status != 204 and method.verb != "HEAD"
        return ["has no body"] if has_body else []
    return departures(answer, method.result) if method.result else ["has a body"]


def test_269_performs_all_that_is_served(today: Performed) -> None:
    named = {one.name: (one.verb, one.path) for one in methods()}
    performed = {named[name] for name, request, _ in today.each() if (request.status or 500) < 300}
    served = {(one.verb, one.path) for one in contract.operations() if not one.is_of_2019}
    assert performed == served
    assert len(served) >= 186


def test_a_middleware_gets_what_is_written_to_customers(
    today: Performed, middleware: Service
) -> None:
    assert today.calls
    webhooks = [one for one in middleware.requests if one.path == "/hook"]
    for one in webhooks:
        assert verify_signature(one.body, one.headers[SIGNATURE_HEADER], "a-secret-of-the-tests")
        assert one.headers["X-Key"] == "key"
    texts = {one.json["channel"]["to"]["id"]: one.json.get("text") for one in webhooks}
    assert texts["ann@example.com"] == "How can I help?"
    assert texts["bob@example.com"] == "Your order is on its way."


def test_57_performs_the_fourteen_of_2019(of_2019: Performed) -> None:
    known = {one.name: one for one in operations_of_2019}

    def rows() -> Iterator[tuple[LoggedRequest, str, list[str]]]:
        for name, request, answer in of_2019.each():
            one = known[name]
            assert _fits(request, one.verb, one.path), f"{name} asked {request.path}"
            problems = [] if request.status == one.success else [f"is not {one.success}"]
            if one.response_type:
                problems += disagreements(answer, one.response_type)
            yield request, one.path, problems

    assert report(rows()) == []
    assert of_2019.ended == []
    assert {call["method"] for call in of_2019.calls} == known.keys()
