"""An API class of the catalog is a class as any other: for tools, for tests, for heirs."""

from __future__ import annotations

import inspect
import pickle
import pydoc
import sys
import threading
import traceback
import typing
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import FunctionType
from typing import Any
from unittest.mock import Mock, create_autospec, patch

import pytest
from platform_facts import methods
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient
from PureCloudPlatformClientV2.apis.api import Api
from PureCloudPlatformClientV2.catalog import api_classes, modules

package: Any = PureCloudPlatformClientV2
models: Any = package.models


def fresh(name: str) -> Any:
    """Make a class anew, none of whose methods has been looked up yet."""
    used = vars(sys.modules[getattr(package, name).__module__])
    return api_classes.make_api_class(name, dict(used))


def test_signatures_and_hints_of_every_method_are_those_of_the_contract() -> None:
    """Required ones by position, then optional ones by name; each hint can be evaluated."""
    for method in methods():
        function = getattr(getattr(package, method.api), method.name)
        signature = inspect.signature(function)
        parameters = list(signature.parameters.values())
        assert parameters[0].name == "self"
        assert [one.name for one in parameters if one.kind is one.VAR_KEYWORD] == ["options"]
        by_position = [one.name for one in parameters[1:] if one.kind is one.POSITIONAL_OR_KEYWORD]
        by_name = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
        assert by_position == [one.name for one in method.parameters if one.required], str(method)
        assert by_name == [one.name for one in method.parameters if not one.required], str(method)
        assert all(signature.parameters[name].default is None for name in by_name)
        hints = typing.get_type_hints(function)
        assert hints.keys() == {*by_position, *by_name, "options", "return"}, str(method)
        assert (hints["return"] is type(None)) == (method.result is None), str(method)


def test_hints_say_what_may_be_given_and_what_comes() -> None:
    routing = typing.get_type_hints(package.RoutingApi.put_routing_queue)
    assert routing["queue_id"] is str
    wanted = {models.Queue, models.QueueRequest, dict[str, Any]}
    assert set(typing.get_args(routing["body"])) == wanted
    assert routing["return"] is models.Queue
    listing = typing.get_type_hints(package.RoutingApi.get_routing_queues)
    assert listing["page_size"] == int | None
    assert listing["id"] == Sequence[str] | None
    traces = typing.get_type_hints(package.TelephonyApi.get_telephony_siptraces)
    assert traces["date_start"] == datetime | str
    outbound = typing.get_type_hints(package.OutboundApi.get_outbound_messagingcampaigns)
    assert outbound["return"] is models.MessagingCampaignEntityListing


def test_every_docstring_states_the_facts() -> None:
    for method in methods():
        text = inspect.getdoc(getattr(getattr(package, method.api), method.name))
        assert text
        if method.api == "MessagingApi":
            continue  # written by hand; test_conformance.py has them
        assert f"Wraps {method.verb} {method.path}\n" in text
        assert ("Deprecated" in text) == method.is_deprecated, str(method)
        assert ("Needs no sign-in" in text) == (not method.is_signed), str(method)
        for one in method.parameters:
            assert f"\n    {one.name}: " in text, f"{method}: {one.name}"
        if method.permissions:
            kind, names = method.permissions
            assert f"Requires {kind} permissions: {', '.join(names)}\n" in text, str(method)


def test_help_shows_a_class_and_a_method() -> None:
    shown = pydoc.plain(pydoc.render_doc(package.SearchApi))
    assert "class SearchApi(PureCloudPlatformClientV2.apis.api.Api)" in shown
    assert all(name in shown for name in vars(package.SearchApi) if name.startswith("get_"))
    shown = pydoc.plain(pydoc.render_doc(package.RoutingApi.get_routing_queue))
    assert "Wraps GET /api/v2/routing/queues/{queueId}" in shown
    assert "in module PureCloudPlatformClientV2.apis.routing_api" in shown


def test_dir_lists_all_methods_and_makes_none() -> None:
    made = fresh("RoutingApi")
    names = {one for one in dir(made) if not one.startswith("_")}
    assert names == {one.name for one in methods() if one.api == "RoutingApi"}
    assert not [one for one in names if type(vars(made)[one]) is FunctionType]


def test_a_class_names_itself_as_one_of_a_file_would() -> None:
    made = package.RoutingApi
    assert made.__module__ == "PureCloudPlatformClientV2.apis.routing_api"
    assert (made.__name__, made.__qualname__) == ("RoutingApi", "RoutingApi")
    assert made.__mro__ == (made, Api, object)
    method = made.get_routing_queue
    assert method.__module__ == made.__module__
    assert method.__qualname__ == "RoutingApi.get_routing_queue"
    assert made.get_routing_queue is method is vars(made)["get_routing_queue"]
    assert package.apis.RoutingApi is made is package.apis.routing_api.RoutingApi
    assert pickle.loads(pickle.dumps(made)) is made
    assert pickle.loads(pickle.dumps(method)) is method


# Tests that put something else in the place of methods


def test_autospec_knows_the_methods_and_their_arguments() -> None:
    mock = create_autospec(package.RoutingApi, instance=True)
    mock.get_routing_queue("1", expand=["x"])
    for wrong in ({"nam": 1}, {"page_sise": 1}):
        with pytest.raises(TypeError):
            mock.get_routing_queue(**wrong)
    with pytest.raises(AttributeError, match="get_routing_quue"):
        mock.get_routing_quue("1")


@pytest.mark.parametrize("looked_up", [True, False])
@pytest.mark.parametrize("autospec", [True, False])
def test_a_patched_method_is_whole_again_afterwards(looked_up: bool, autospec: bool) -> None:
    made = fresh("RoutingApi")
    if looked_up:
        assert callable(made.get_routing_queue)
    before = vars(made)["get_routing_queue"]
    with patch.object(made, "get_routing_queue", autospec=autospec or None) as mock:
        made(Mock()).get_routing_queue("1")
        assert mock.call_count == 1
    assert made.get_routing_queue.__name__ == "get_routing_queue"
    assert vars(made)["get_routing_queue"] in (before, made.get_routing_queue)
    assert inspect.signature(made.get_routing_queue).parameters["queue_id"]


@pytest.mark.parametrize("looked_up", [True, False])
def test_a_method_that_was_replaced_stays_so(
    looked_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fresh("RoutingApi")
    if looked_up:
        assert callable(made.get_routing_queue)
    saved = vars(made)["get_routing_queue"]

    def other(_self: object, queue_id: str) -> str:
        return f"patched {queue_id}"

    with monkeypatch.context() as context:
        context.setattr(made, "get_routing_queue", other)
        assert made(Mock()).get_routing_queue("1") == "patched 1"
        # What was saved is the original still, and puts nothing back into the class.
        assert saved.__get__(None, made).__qualname__ == "RoutingApi.get_routing_queue"
        assert made(Mock()).get_routing_queue("1") == "patched 1"
    assert made.get_routing_queue is not other
    assert callable(made.get_routing_queue)


def test_a_copy_of_a_class_takes_nothing_from_it() -> None:
    made = fresh("RoutingApi")
    copied: Any = type("Copied", (Api,), {"renamed": vars(made)["get_routing_queue"]})
    assert copied.renamed.__name__ == "get_routing_queue"
    assert callable(made.get_routing_queue)
    assert "get_routing_queue" in dir(made)


def test_a_subclass_calls_the_method_that_it_replaces(
    service: Service, api_client: ApiClient
) -> None:
    class Own(package.RoutingApi):  # type: ignore[misc]
        def get_routing_queue(self, queue_id: str, **options: Any) -> Any:
            queue = super().get_routing_queue(queue_id, **options)
            queue.name = queue.name.upper()
            return queue

    service.answer_always(200, {"id": "1", "name": "support"})
    assert Own(api_client).get_routing_queue("1").name == "SUPPORT"
    assert package.RoutingApi(api_client).get_routing_queue("1").name == "support"
    assert Own(api_client).get_routing_queues.__func__ is package.RoutingApi.get_routing_queues


# Calls


Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def given(*positional: Any, **named: Any) -> Arguments:
    return positional, named


def test_a_deprecated_method_warns_nobody(service: Service, api_client: ApiClient) -> None:
    method = next(one for one in methods() if one.is_deprecated and not one.placed("body"))
    service.answer_always(200, {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function = getattr(getattr(package, method.api)(api_client), method.name)
        function(*["1" for one in method.parameters if one.required])
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("method", "arguments", "kind", "complaint"),
    [
        ("get_routing_queue", given(), TypeError, "queue_id"),
        ("get_routing_queue", given(None), ValueError, "queue_id"),
        ("get_routing_queue", given(""), ValueError, "queue_id"),
        ("get_routing_queue", given(".."), ValueError, "queue_id"),
        ("put_routing_queue", given("1"), TypeError, "body"),
        ("put_routing_queue", given("1", None), ValueError, "body is missing"),
        ("put_routing_queue", given("1", models.User()), TypeError, "body: give a Queue"),
        ("put_routing_queue", given("1", {"acw_settings": 1}), ValueError, "acwSettings"),
        ("get_routing_queues", given(page_sise=1), TypeError, "did you mean 'page_size'"),
        ("get_routing_queues", given(pageSize=1), TypeError, "did you mean 'page_size'"),
        ("get_routing_queues", given(page_size={}), TypeError, "page_size"),
        ("get_routing_queues", given(1), TypeError, "positional"),
    ],
)
def test_a_mistake_is_told_and_nothing_sent(
    method: str,
    arguments: Arguments,
    kind: type[Exception],
    complaint: str,
    service: Service,
    api_client: ApiClient,
) -> None:
    positional, named = arguments
    with pytest.raises(kind, match=complaint):
        getattr(package.RoutingApi(api_client), method)(*positional, **named)
    assert service.requests == []


def test_python_suggests_the_method_that_was_meant() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = package.RoutingApi(Mock()).get_routing_quues
    shown = "".join(traceback.format_exception(caught.value))
    assert "Did you mean: 'get_routing_queues'" in shown or sys.version_info < (3, 12)


def test_a_result_is_handed_to_a_callback(service: Service, api_client: ApiClient) -> None:
    service.answer(200, {"id": "1", "name": "Support"})
    got: list[Any] = []
    thread = package.RoutingApi(api_client).get_routing_queue("1", callback=got.append)
    assert isinstance(thread, threading.Thread)
    thread.join()
    assert [one.name for one in got] == ["Support"]


# Threads


def test_threads_that_ask_at_once_get_the_same_method() -> None:
    for name in ("RoutingApi", "UsersApi", "AnalyticsApi"):
        made = fresh(name)
        names = [one for one in vars(made) if one.startswith("get_")][:40]
        barrier = threading.Barrier(8)

        def look_up(made: Any = made, names: list[str] = names, wait: Any = barrier.wait) -> Any:
            wait()
            return [getattr(made, one) for one in names]

        with ThreadPoolExecutor(8) as pool:
            found = [one.result() for one in [pool.submit(look_up) for _ in range(8)]]
        assert all(one == found[0] for one in found)
        assert found[0] == [vars(made)[one] for one in names]


def test_threads_that_ask_at_once_get_the_same_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_modules", {})
    barrier = threading.Barrier(8)

    def look_up() -> Any:
        barrier.wait()
        return [
            modules.find_class(f"{package.__name__}.{room}", name)
            for room, name in (("apis", "GroupsApi"), ("models", "Group"), ("models", "Biography"))
        ]

    with ThreadPoolExecutor(8) as pool:
        found = [one.result() for one in [pool.submit(look_up) for _ in range(8)]]
    assert all(one == found[0] for one in found)
