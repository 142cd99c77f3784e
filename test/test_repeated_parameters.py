"""Query parameters that go out once for each of their values, as the platform declares lists."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from parameter_values import Plain, every_mistake, no_text
from service import Service

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    HttpRequestOptions,
)
from PureCloudPlatformClientV2._wire.parameters import Repeated
from PureCloudPlatformClientV2.apis.api import Api, CallOptions, Unpack
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel
from PureCloudPlatformClientV2.rest import RESTClientObject, RESTResponse


class UsersApi(Api):
    """An endpoint with a list in its query."""

    def get_users(
        self, *, user_id: Any = None, page_size: int | None = None, **options: Unpack[CallOptions]
    ) -> Any:
        return self._call(
            "GET",
            "/api/v2/users",
            query={"pageSize": page_size, "id": Repeated(user_id)},
            returns=None,
            options=options,
        )


@pytest.fixture
def users(api_client: ApiClient) -> UsersApi:
    return UsersApi(api_client)


def pairs(target: str) -> list[tuple[str, str]]:
    return parse_qsl(target.partition("?")[2], keep_blank_values=True)


GIVEN: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "list": (lambda: ["a", "b"], ["a", "b"]),
    "with None": (lambda: ["a", None, "b", None], ["a", "b"]),
    "tuple": (lambda: ("b", "a"), ["b", "a"]),
    "set": (lambda: {"b", "c", "a", None}, ["a", "b", "c"]),
    "frozenset of members": (lambda: frozenset({Plain.LINE}), ["line"]),
    "range": (lambda: range(2), ["0", "1"]),
    "generator": (lambda: (letter for letter in "ab"), ["a", "b"]),
    "deque": (lambda: deque([1, 2]), ["1", "2"]),
    "keys": (lambda: {"a": 1, "b": 2}.keys(), ["a", "b"]),
    "twice the same": (lambda: ["a", "a"], ["a", "a"]),
    "an empty text": (lambda: ["", "a"], ["", "a"]),
    "commas": (lambda: ["a,b", "c&d=e"], ["a,b", "c&d=e"]),
    "one of a list": (lambda: [True], ["true"]),
    "a text": (lambda: "ab", ["ab"]),
    "bytes": (lambda: b"ab", ["ab"]),
    "a member": (lambda: Plain.LINE, ["line"]),
    "a number": (lambda: 5, ["5"]),
    "a UUID": (lambda: UUID(int=1), ["00000000-0000-0000-0000-000000000001"]),
    "one Repeated": (lambda: Repeated(["a", "b"]), ["a", "b"]),
}


@pytest.mark.parametrize("kind", GIVEN)
def test_every_value_goes_out_under_the_name(users: UsersApi, service: Service, kind: str) -> None:
    give, sent = GIVEN[kind]
    service.answer(204)
    users.get_users(user_id=give(), page_size=5)
    assert pairs(service.requests[-1].target) == [("pageSize", "5"), *(("id", one) for one in sent)]


@pytest.mark.parametrize("nothing", [None, [], (), set(), [None], iter([])], ids=range(6))
def test_nothing_sends_nothing(users: UsersApi, service: Service, nothing: Any) -> None:
    service.answer(204)
    users.get_users(user_id=nothing)
    assert service.requests[-1].target == "/api/v2/users"


def test_a_plain_list_is_still_joined(api_client: ApiClient, service: Service) -> None:
    service.answer(204)
    api_client.call_api(
        "/x", "GET", query_params={"csv": ["a", "b"], "multi": Repeated(["a", "b"]), "none": []}
    )
    assert service.requests[-1].target == "/x?csv=a%2Cb&multi=a&multi=b&none="


@every_mistake
@pytest.mark.parametrize("alone", [False, True])
def test_a_value_that_is_no_text_is_refused_by_its_name(
    users: UsersApi, service: Service, mistake: str, alone: bool
) -> None:
    value = no_text(mistake)
    with pytest.raises((TypeError, ValueError), match=r"^id: "):
        users.get_users(user_id=value if alone else ["a", value])
    assert service.requests == []


@pytest.mark.parametrize(
    "mistake", [[["a"]], io.StringIO("a\nb"), {"a": 1}, object()], ids=range(4)
)
def test_neither_a_list_in_a_list_nor_a_file_is_sent(
    users: UsersApi, service: Service, mistake: Any
) -> None:
    with pytest.raises(TypeError, match=r"^id: "):
        users.get_users(user_id=mistake)
    assert service.requests == []


def test_a_test_in_the_place_of_call_api_sees_a_plain_list(users: UsersApi) -> None:
    call_api = users.api_client.call_api = Mock(return_value=None)  # type: ignore[method-assign]
    users.get_users(user_id=("a", None, "b"))
    call_api.assert_called_once_with(
        "/api/v2/users",
        "GET",
        None,
        {"pageSize": None, "id": ["a", "b"]},
        body=None,
        response_type=None,
    )


def pickled(one: Any) -> Any:
    return pickle.loads(pickle.dumps(one))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_copies_are_alike(copied: Callable[[Any], Any]) -> None:
    one = copied(Repeated({"b", "a"}))
    assert (type(one), one) == (Repeated, ["a", "b"])


# Paths with a query


def test_it_is_added_to_a_path_with_a_query(api_client: ApiClient, service: Service) -> None:
    service.answer_always(204)
    api_client.call_api("/x?a=1", "GET", query_params={"id": Repeated([1, 2]), "no": Repeated()})
    api_client.call_api("/x?id=1&id=2", "GET", query_params={"id": Repeated()})
    assert [one.target for one in service.requests] == ["/x?a=1&id=1&id=2", "/x?id=1&id=2"]
    with pytest.raises(ValueError, match=r"^id: leave it out"):
        api_client.call_api("/x?id=1", "GET", query_params={"id": Repeated(["2"])})


# Hooks and other HTTP clients


def hooks() -> Iterator[tuple[str, Callable[[dict[str, Any]], Any], list[str]]]:
    yield "looks", lambda query: query["id"], ["a", "b"]
    yield "adds", lambda query: query["id"].append(3), ["a", "b", "3"]
    yield "adds None", lambda query: query["id"].append(None), ["a", "b"]
    yield "clears", lambda query: query["id"].clear(), []
    yield "removes", lambda query: query.pop("id"), []
    yield "sets one", lambda query: query.update(id="c"), ["c"]
    yield "sets a list", lambda query: query.update(id=["c", "d"]), ["c,d"]
    yield "sets", lambda query: query.update(id=Repeated("cd")), ["cd"]


@pytest.mark.parametrize("number", range(len(list(hooks()))))
def test_a_hook_may_change_it(users: UsersApi, service: Service, number: int) -> None:
    _, change, sent = list(hooks())[number]
    http_client = users.api_client.get_http_client()
    http_client.set_pre_request_hook(lambda request: change(request.query_params) and None)
    service.answer(204)
    users.get_users(user_id=["a", "b"])
    assert pairs(service.requests[-1].target) == [("id", one) for one in sent]


def test_a_hook_finds_its_own_changes_nowhere(api_client: ApiClient, service: Service) -> None:
    """Not when a request goes out once more, with another token."""
    service.answer(200, {"access_token": "one", "expires_in": 600})
    api_client.get_client_credentials_token("i", "s")
    http_client = api_client.get_http_client()
    # The request for another token goes through the hook as well.
    http_client.set_pre_request_hook(
        lambda request: request.query_params.get("id", Repeated()).append("c")
    )
    service.answer(401, {})
    service.answer(200, {"access_token": "two", "expires_in": 600})
    service.answer(204)
    given = Repeated(["a"])
    api_client.call_api("/x", "GET", query_params={"id": given})
    targets = [one.target for one in service.requests if one.method == "GET"]
    assert (targets, given) == (["/x?id=a&id=c"] * 2, ["a"])


def test_a_hook_that_spoils_it_is_told_the_name(users: UsersApi, service: Service) -> None:
    http_client = users.api_client.get_http_client()
    http_client.set_pre_request_hook(lambda request: request.query_params["id"].append(object()))
    with pytest.raises(TypeError, match=r"^id: .*object"):
        users.get_users(user_id=["a"])
    assert service.requests == []


def test_it_is_repeated_at_every_try(users: UsersApi, service: Service) -> None:
    users.api_client.configuration.retries = 1
    service.answer(429, headers={"Retry-After": "0"})
    service.answer(204)
    users.get_users(user_id=iter(["a", "b"]))
    assert [one.target for one in service.requests] == ["/api/v2/users?id=a&id=b"] * 2


class Sends(AbstractHttpClient):
    """Says what it would send."""

    def __init__(self, write: Callable[[HttpRequestOptions], str]) -> None:
        super().__init__()
        self.write = write
        self.sent = ""

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        self.sent = self.write(http_request_options)
        return RESTResponse(204, None, {}, b"")


WRITERS: dict[str, tuple[Callable[[HttpRequestOptions], str], str]] = {
    "ours": (HttpRequestOptions.full_url, "?id=a&id=b"),
    "by lists": (lambda options: urlencode(options.query_params, doseq=True), "id=a&id=b"),
    "as 269": (lambda options: urlencode(options.query_params), "id=a%2Cb"),
    "by text": (lambda options: f"{options.query_params['id']}", "a,b"),
    "as JSON": (lambda options: json.dumps(options.query_params), '{"id": ["a", "b"]}'),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_http_clients_of_all_kinds_can_send_it(users: UsersApi, kind: str) -> None:
    write, sent = WRITERS[kind]
    client = Sends(write)
    users.api_client.set_http_client(client)
    users.get_users(user_id=["a", None, "b"])
    assert client.sent.endswith(sent)


def test_the_rest_client_takes_it(api_client: ApiClient, service: Service) -> None:
    service.answer(204)
    client = RESTClientObject(api_client.configuration)
    client.request("GET", f"{service.url}/x", query_params={"id": Repeated([1, 2])})
    client.close()
    assert service.requests[-1].target == "/x?id=1&id=2"


# Errors and logs


def test_an_error_has_the_whole_url(users: UsersApi, service: Service) -> None:
    service.answer(404, {})
    with pytest.raises(ApiException) as caught:
        users.get_users(user_id=["a", "b c"])
    assert caught.value.url == f"{service.url}/api/v2/users?id=a&id=b%20c"


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("token", ["first-hidden", "other/hidden"], "token=***&token=***"),
        ("id", ["token", "visible"], "id=token&id=visible"),  # a value is no name
    ],
)
def test_secrets_are_masked_wherever_they_are_repeated(
    api_client: ApiClient,
    service: Service,
    capsys: pytest.CaptureFixture[str],
    name: str,
    values: list[str],
    shown: str,
) -> None:
    logger = api_client.configuration.logger
    logger.log_level, logger.log_to_console = LogLevel.LTrace, True
    logger.log_format = LogFormat.JSON
    logger.log_response_body = True
    service.answer(400, {"message": " ".join(values)})
    with pytest.raises(ApiException) as caught:
        api_client.call_api("/x", "GET", query_params={name: Repeated(values)})
    assert caught.value.url == f"{service.url}/x?{shown}"
    for text in (str(caught.value), caught.value.body, "".join(capsys.readouterr())):
        assert text is not None
        assert ("hidden" in text, "visible" in text) == (False, name == "id")
