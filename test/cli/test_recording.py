"""What a command calls is learned from the method itself, whatever its docstring says."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import click
import pytest
from contract_facts import Operation, operations

from PureCloudPlatformClientV2 import ApiClient, ApiException, CallOptions, Configuration, apis
from PureCloudPlatformClientV2.apis import MessagingApi
from PureCloudPlatformClientV2.apis.api import Unpack
from PureCloudPlatformClientV2.cli.endpoints import read_endpoint
from PureCloudPlatformClientV2.cli.failures import CallFailedError
from PureCloudPlatformClientV2.cli.groups import ApiGroup
from PureCloudPlatformClientV2.cli.recording import Call, record_call
from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .shell import account, in_a_process


class LibraryApi:
    """Books, which do not exist."""

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client = api_client

    def get_library_book(
        self, id_: str, *, from_: int | None = None, **options: Unpack[CallOptions]
    ) -> None:
        self.api_client.call_api(
            "/api/v2/books/{ISBN}",
            "GET",
            path_params={"ISBN": id_},
            query_params={"$from": from_, "expand": "from_"},
            response_type=None,
            **options,
        )

    def put_library_book(self, book: str, body: list[int], **options: Unpack[CallOptions]) -> None:
        """Sort the pages.

        Wraps DELETE /api/v2/lies/{body}
        """
        self.api_client.call_api(
            "/api/v2/books/{ISBN}",
            "PUT",
            path_params={"ISBN": book},
            body=body,
            response_type=None,
            **options,
        )

    def post_library_search(
        self, *, options: str | None = None, **more: Unpack[CallOptions]
    ) -> None:
        """Search, with a parameter that has the name of something else."""
        self.api_client.call_api(
            "/api/v2/search", "POST", query_params={"options": options}, response_type=None, **more
        )

    def delete_library_nothing(self) -> None:
        """Call nothing."""

    def delete_library_token(self) -> None:
        """Do what a client that only records cannot do."""
        self.api_client.get_client_credentials_token("id", "secret")


@pytest.fixture(autouse=True)
def _open_library(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    monkeypatch.setattr(apis, "LibraryApi", LibraryApi, raising=False)


@pytest.fixture
def _nothing_to_reach() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - by name
    def refuse(*_: Any, **__: Any) -> NoReturn:
        pytest.fail("a recording is to reach for nothing")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", refuse)
        patch.setattr(ApiClient, "__init__", refuse)
        patch.setattr(Configuration, "__init__", refuse)
        patch.setattr(Configuration, "reload", refuse)
        yield


@pytest.mark.usefixtures("_nothing_to_reach")
@pytest.mark.parametrize("operation", operations, ids=str)
def test_every_method_tells_what_the_contract_says(operation: Operation) -> None:
    call = record_call(MessagingApi, operation.name)
    assert (call.verb, call.path) == (operation.verb, operation.path)
    places = list(call.places.values())
    assert [name for place, name in places if place == "path"] == list(operation.path_params)
    assert [name for place, name in places if place == "query"] == list(operation.query_params)
    assert (("body", "body") in places) == bool(operation.body_type)


def test_a_docstring_may_be_missing_or_lie() -> None:
    assert record_call(LibraryApi, "get_library_book") == Call(
        "GET", "/api/v2/books/{ISBN}", {"id_": ("path", "ISBN"), "from_": ("query", "$from")}
    )
    assert record_call(LibraryApi, "put_library_book") == Call(
        "PUT", "/api/v2/books/{ISBN}", {"book": ("path", "ISBN"), "body": ("body", "body")}
    )


def test_a_parameter_may_be_called_options() -> None:
    assert record_call(LibraryApi, "post_library_search").places["options"] == ("query", "options")


def test_a_method_that_calls_nothing_is_a_defect() -> None:
    with pytest.raises(TypeError, match="delete_library_nothing makes 0 calls"):
        record_call(LibraryApi, "delete_library_nothing")


@pytest.mark.usefixtures("_nothing_to_reach")
def test_a_method_that_signs_in_gets_no_further() -> None:
    with pytest.raises(AttributeError):
        record_call(LibraryApi, "delete_library_token")


def test_a_list_of_commands_asks_no_method(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        pytest.fail("what it calls is not needed here")

    monkeypatch.setattr("PureCloudPlatformClientV2.cli.recording.record_call", refuse)
    group = ApiGroup("LibraryApi")
    ctx = click.Context(group, info_name="library")
    assert "put-book" in group.get_help(ctx)
    assert [one.value for one in group.shell_complete(ctx, "get")] == ["get-book"]


def test_the_command_to_look_fills_in_placeholders_by_their_wire_names() -> None:
    failure = ApiException(502, "Bad Gateway", method="PUT", url="/", outcome_unknown=True)
    endpoint = read_endpoint(LibraryApi, "put_library_book")
    error = CallFailedError(failure, endpoint, {"book": "3-16", "body": [1]})
    assert error.message.endswith("V2 library get-book 3-16")


def test_without_docstrings_commands_know_what_they_call(sandbox: Sandbox) -> None:
    command = [sys.executable, "-OO", "-m", "PureCloudPlatformClientV2"]
    put = ("messaging", "put-integrations-line-integration-id")
    text = in_a_process(*put, "--help", command=command).out
    assert "PUT /api/v2/messaging/integrations/line/{integrationId}" in text
    assert "INTEGRATION_ID" in text
    assert "--channel-id" in text

    sandbox.faults.add(StatusFault(502, method="PUT"))
    failed = in_a_process(*put, "1", "--name", "A", command=command, **account(sandbox))
    assert failed.code == 5
    assert failed.error.endswith("messaging get-integrations-line-integration-id 1")
