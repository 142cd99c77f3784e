"""Waiting for what the platform does in its own time."""

from __future__ import annotations

import itertools
import pickle
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from platform_facts import platform
from service import Service

from PureCloudPlatformClientV2 import (
    AnalyticsApi,
    ApiClient,
    ApiException,
    ApiTimeoutException,
    ConversationsApi,
    NotFoundException,
    RecordingApi,
    ServiceException,
    wait_until,
)
from PureCloudPlatformClientV2._wire.names import camel_case
from PureCloudPlatformClientV2.waiting import DONE, FAILED, FIELDS, UNDER_WAY

ID = "5b0c"
quickly = partial(wait_until, interval=0.001)


@pytest.fixture
def read(api_client: ApiClient) -> Callable[..., Any]:
    api = ConversationsApi(api_client)
    return partial(api.get_conversations_messaging_integrations_open_integration_id, ID)


def integration(create_status: str | None, **fields: Any) -> dict[str, Any]:
    known = {"createStatus": create_status} if create_status else {}
    return {"id": ID, "name": "Chat", **known, **fields}


def test_it_reads_until_an_integration_is_complete(service: Service, read: Any) -> None:
    for status in ("Initiated", "Initiated", "Completed"):
        service.answer(200, integration(status))

    found = quickly(read)

    assert found.create_status == "Completed"
    assert [one.method for one in service.requests] == ["GET"] * 3


@pytest.mark.parametrize("status", [None, "Completed"])
def test_what_is_complete_is_read_once(service: Service, read: Any, status: str | None) -> None:
    service.answer(200, integration(status, status="Inactive"))
    assert quickly(read).status == "Inactive"
    assert len(service.requests) == 1


KINDS = [
    name
    for name, definition in platform()["definitions"].items()
    if "createStatus" in definition.get("properties", {})
]


def test_there_are_seven_kinds_of_integration() -> None:
    assert len(KINDS) == 7


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_integration_is_waited_for(
    service: Service, api_client: ApiClient, kind: str
) -> None:
    service.answer(200, integration("Initiated", status="Starting"))
    service.answer(200, integration("Completed", status="Starting"))
    call = partial(api_client.call_api, "/api/v2/one", "GET", response_type=kind)
    assert quickly(call).create_status == "Completed"
    assert len(service.requests) == 2


def test_a_failed_creation_says_why_and_of_what(service: Service, read: Any) -> None:
    error = {"message": "the token is of another page", "code": "bad.page", "status": 400}
    service.answer(200, integration("Error", createError=error))

    with pytest.raises(ApiException) as caught:
        quickly(read)

    failure = pickle.loads(pickle.dumps(caught.value))
    assert (type(failure), failure.status, failure.entity_id) == (ApiException, 0, ID)
    assert failure.error
    assert failure.error.code == "bad.page"
    assert str(failure) == (
        f"{ID} was not done: its create_status is Error: the token is of another page"
    )
    assert not failure.outcome_unknown


def test_what_is_not_done_in_time_says_what_was_seen_last(service: Service, read: Any) -> None:
    service.answer_always(200, integration("Initiated"))

    with pytest.raises(ApiTimeoutException) as caught:
        quickly(read, deadline=2)  # the last read has a tenth of it

    assert caught.value.entity_id == ID
    assert str(caught.value) == (
        f"{ID} was not done within 2 seconds: its create_status is Initiated"
    )


def test_no_read_outlasts_the_deadline(raw_server: Any, configuration: Any) -> None:
    def say_nothing(connection: Any, request: bytes) -> None:
        connection.recv(65536)  # until the client hangs up

    configuration.host = raw_server(say_nothing).url
    with ApiClient(configuration=configuration) as client:
        api = ConversationsApi(client)
        call = partial(api.get_conversations_messaging_integrations_open_integration_id, ID)
        with pytest.raises(ApiTimeoutException, match="was not done within") as caught:
            wait_until(call, deadline=0.2)
    assert isinstance(caught.value.__cause__, ApiTimeoutException)


def test_a_read_keeps_a_limit_of_its_own(service: Service, read: Any) -> None:
    given: list[float] = []

    def limited(*, _deadline: float) -> Any:
        given.append(_deadline)
        return read(_deadline=_deadline)

    service.answer_always(200, integration("Completed"))
    quickly(partial(limited, _deadline=7))
    quickly(limited, deadline=20)
    assert given[0] == 7
    assert 7 < given[1] <= 20


def test_a_deadline_that_is_over_already_is_told_as_any_other(service: Service, read: Any) -> None:
    service.answer_always(200, integration("Initiated"))
    with pytest.raises(ApiTimeoutException, match="was not done within"):
        wait_until(read, deadline=1e-9)


def test_what_is_not_there_at_first_is_waited_for(service: Service, read: Any) -> None:
    service.answer(404, {"message": "not there"})
    service.answer(404, {"message": "not there"})
    service.answer(200, integration("Completed"))
    assert quickly(read).id == ID


def test_what_is_not_there_later_ends_the_wait(service: Service, read: Any) -> None:
    service.answer(404, {"message": "not there"})
    with pytest.raises(NotFoundException):
        quickly(read, missing_for=0)
    assert len(service.requests) == 1


def test_what_never_is_there_is_told_in_the_end(service: Service, read: Any) -> None:
    service.answer_always(404, {"message": "not there"})
    with pytest.raises(ApiTimeoutException, match="it is not there yet"):
        quickly(read, deadline=2)  # the last read has a tenth of it


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_waited_for(service: Service, read: Any, status: int) -> None:
    service.answer(status, {"message": "not now"})
    service.answer(200, integration("Completed"))
    assert quickly(read).id == ID


def test_what_does_not_pass_is_told_in_the_end(service: Service, read: Any) -> None:
    service.answer_always(503, {"message": "not now"})
    with pytest.raises(ApiTimeoutException, match="it could not be read") as caught:
        quickly(read, deadline=2)  # the last read has a tenth of it
    assert isinstance(caught.value.__cause__, ServiceException)


def test_without_a_deadline_it_is_told_at_once(service: Service, read: Any) -> None:
    service.answer_always(503, {"message": "not now"})
    with pytest.raises(ServiceException):
        quickly(read, deadline=None)


@pytest.mark.parametrize("status", [403, 501, 505])
def test_another_refusal_ends_the_wait(service: Service, read: Any, status: int) -> None:
    service.answer_always(status, {"message": "never"})
    with pytest.raises(ApiException) as caught:
        quickly(read)
    assert caught.value.status == status
    assert len(service.requests) == 1


def test_a_job_of_analytics_is_waited_for(service: Service, api_client: ApiClient) -> None:
    for state in ("QUEUED", "PENDING", "FULFILLED"):
        service.answer(200, {"state": state})
    api = AnalyticsApi(api_client)
    assert quickly(partial(api.get_analytics_conversations_details_job, "7")).state == "FULFILLED"


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "EXPIRED"])
def test_a_job_that_failed_says_so(service: Service, api_client: ApiClient, state: str) -> None:
    service.answer(200, {"state": state, "errorMessage": "too much"})
    api = AnalyticsApi(api_client)
    with pytest.raises(ApiException, match=f"its state is {state}: too much"):
        quickly(partial(api.get_analytics_conversations_details_job, "7"))


def test_a_word_that_means_two_things_is_asked_about(
    service: Service, api_client: ApiClient
) -> None:
    service.answer_always(200, {"id": "7", "state": "READY"})
    read = partial(RecordingApi(api_client).get_recording_job, "7")
    with pytest.raises(ValueError, match=r"^done: say what is waited for.*state is 'READY'"):
        quickly(read)
    assert quickly(read, lambda job: job.state == "READY").id == "7"


def test_one_can_say_what_is_done_and_what_has_failed() -> None:
    numbers = itertools.count(1)
    assert quickly(lambda: next(numbers), lambda number: number > 3) == 4
    with pytest.raises(ApiException, match="What was waited for was not done: seven is"):
        quickly(
            lambda: next(numbers),
            lambda number: number > 9,
            failed=lambda number: "seven is unlucky" if number == 7 else "",
        )


def test_dicts_are_judged_by_their_wire_names(service: Service, api_client: ApiClient) -> None:
    for status in ("Initiated", "Completed"):
        service.answer(200, integration(status))
    call = partial(api_client.call_api, "/api/v2/one", "GET", response_type="object")
    assert quickly(call)["createStatus"] == "Completed"
    service.answer(200, integration("Error", createError={"message": "no", "code": "bad"}))
    with pytest.raises(ApiException) as caught:
        quickly(call)
    assert caught.value.error
    assert caught.value.error.code == "bad"


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        ({"message": "no", "code": 7, "status": "high"}, ": no", "7"),
        ({"code": "bad", "details": 1}, "", "bad"),
        ({"reason": {"any": "thing"}}, "", None),
        ("no", ": no", None),
    ],
)
def test_a_reason_of_another_shape_hides_no_failure(error: Any, said: str, code: Any) -> None:
    with pytest.raises(ApiException) as caught:
        quickly(lambda: {"id": ID, "state": "FAILED", "error": error})
    assert str(caught.value) == f"{ID} was not done: its state is FAILED{said}"
    assert (caught.value.error.code if caught.value.error else None) == code


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"call": None}, TypeError, "call: give a function"),
        ({"done": "Completed"}, TypeError, "done: give a function"),
        ({"failed": True}, TypeError, "failed: give a function"),
        ({"deadline": 0}, ValueError, "deadline: "),
        ({"interval": 0}, ValueError, "interval: "),
        ({"max_interval": "long"}, ValueError, "max_interval: "),
        ({"missing_for": -1}, ValueError, "missing_for: "),
    ],
)
def test_a_wrong_argument_is_named(
    options: dict[str, Any], error: type[Exception], text: str
) -> None:
    called: list[int] = []
    arguments: dict[str, Any] = {"call": lambda: called.append(1), **options}
    with pytest.raises(error, match=text):
        wait_until(**arguments)
    assert called == []


def test_pauses_grow_and_end(service: Service, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    for status in [*["Initiated"] * 6, "Completed"]:
        service.answer(200, integration(status))
    wait_until(read, interval=2, max_interval=5)
    assert pauses == [2, 3, 4.5, 5, 5, 5]


def test_no_pause_is_longer_than_the_longest(
    service: Service, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    for status in ("Initiated", "Initiated", "Completed"):
        service.answer(200, integration(status))
    wait_until(read, interval=2, max_interval=0.5)
    assert pauses == [0.5, 0.5]


def words() -> Iterator[tuple[str, str]]:
    """What results of jobs and exports say of themselves, by the contract."""
    for path, operations in platform()["paths"].items():
        schema = operations.get("get", {}).get("responses", {}).get("200", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        properties = platform()["definitions"].get(name, {}).get("properties", {})
        if not re.search(r"/(jobs|exports|requests|query|audits)/\{\w+\}$", path):
            continue
        for field in FIELDS:
            for word in properties.get(camel_case(field), {}).get("enum", ()):
                yield name, word


AMBIGUOUS = {"EdgeLogsJob", "KnowledgeParseJobResponse"}
"""Whose words are of an entity's life, or of two jobs in one."""

UNDECIDED = {"ready", "unknown"}
"""What may be the end or not."""


def test_the_words_of_jobs_are_known() -> None:
    of_contract = {(name, word.replace("_", "").lower()) for name, word in words()}
    assert len(of_contract) > 200
    known = DONE | FAILED | UNDER_WAY | UNDECIDED
    assert [one for one in of_contract if one[1] not in known and one[0] not in AMBIGUOUS] == []
    assert len(DONE | FAILED | UNDER_WAY) == len(DONE) + len(FAILED) + len(UNDER_WAY)


def test_every_known_word_is_one_of_the_contract() -> None:
    said = {
        word.replace("_", "").lower()
        for definition in platform()["definitions"].values()
        for one in definition.get("properties", {}).values()
        for word in map(str, one.get("enum", ()))
    }
    assert said >= DONE | FAILED | UNDER_WAY
