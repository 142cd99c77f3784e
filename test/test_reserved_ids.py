"""A word that would make the path that of another method is no id: the default, all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
from platform_facts import Method, Samples, build, methods, platform, python_value
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, ConversationsApi, MessagingApi

COLLECTIVE = ("all", "bulk", "default", "defaults")

RESERVED = (
    ("MessagingApi", "get_messaging_setting"),
    ("MessagingApi", "delete_messaging_setting"),
    ("ConversationsApi", "get_conversations_messaging_setting"),
    ("ConversationsApi", "delete_conversations_messaging_setting"),
    (
        "ConversationsApi",
        "get_conversations_messaging_supportedcontent_supported_content_id",
    ),
)
"""Those of messaging."""


def mistakes() -> Iterator[tuple[Method, str, str, Method]]:
    """The methods where a word leads to another: the argument, the word, and the other one."""
    by_place = {(one.api, one.verb, one.path): one for one in methods()}
    for method in methods():
        for parameter in method.placed("path"):
            for word in COLLECTIVE:
                path = method.path.replace(f"{{{parameter.wire_name}}}", word)
                if other := by_place.get((method.api, method.verb, path)):
                    yield method, parameter.name, word, other


MISTAKES = list(mistakes())


def arguments(method: Method) -> dict[str, Any]:
    samples = Samples(platform())
    given: dict[str, Any] = {}
    for one in method.parameters:
        if one.place == "body":
            given[one.name] = build(one.schema, samples.make(one.schema), PureCloudPlatformClientV2)
        elif one.required:
            given[one.name] = python_value(one.schema, samples.scalar(one.schema))
    return given


def call(client: ApiClient, method: Method, **given: Any) -> Any:
    api = getattr(PureCloudPlatformClientV2, method.api)(client)
    return getattr(api, method.name)(**{**arguments(method), **given})


def test_no_method_takes_a_word_that_leads_to_another(
    api_client: ApiClient, service: Service
) -> None:
    for method, name, word, other in MISTAKES:
        expected = f"{name}: {word!r} is no id; the method for it is {other.name}"
        with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
            call(api_client, method, **{name: word})
    assert service.requests == []
    assert len(MISTAKES) > 20
    assert {(one.api, one.name) for one, *_ in MISTAKES} >= set(RESERVED)


def test_these_methods_take_ids(api_client: ApiClient, service: Service) -> None:
    for method, name, word, _ in MISTAKES:
        service.answer(204)
        call(api_client, method, **{name: f"{word}-1"})
        assert service.requests[-1].path.count(f"{word}-1") == 1


class Chosen(str, Enum):
    ONE = "default"


@pytest.mark.parametrize("written", ["default", b"default", Chosen.ONE])
def test_the_word_may_be_written_in_any_way(
    api_client: ApiClient, service: Service, written: Any
) -> None:
    with pytest.raises(ValueError, match=r"the method for it is delete_conversations_messaging_"):
        ConversationsApi(api_client).delete_conversations_messaging_setting(written)
    assert service.requests == []


@pytest.mark.parametrize("unusable", [None, "", "."])
def test_what_is_no_id_at_all_is_refused_as_elsewhere(
    api_client: ApiClient, service: Service, unusable: Any
) -> None:
    with pytest.raises(ValueError, match=r"^message_setting_id"):
        ConversationsApi(api_client).get_conversations_messaging_setting(unusable)
    with pytest.raises(TypeError, match=r"^message_setting_id"):
        ConversationsApi(api_client).get_conversations_messaging_setting({})  # type: ignore[arg-type] # that is what is tried
    assert service.requests == []


def test_a_word_that_leads_nowhere_else_is_an_id(api_client: ApiClient, service: Service) -> None:
    service.answer(404)
    api: Any = MessagingApi(api_client)
    with pytest.raises(PureCloudPlatformClientV2.ApiException):
        api.get_messaging_supportedcontent_supported_content_id("default")
    assert service.requests[-1].path == "/api/v2/messaging/supportedcontent/default"


def test_names_of_single_things_are_ids(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"id": "1"})
    assert PureCloudPlatformClientV2.UsersApi(api_client).get_user("me").id == "1"
    assert service.requests[-1].path == "/api/v2/users/me"


def test_call_api_sends_what_it_is_told(api_client: ApiClient, service: Service) -> None:
    service.answer(204)
    path = "/api/v2/conversations/messaging/settings/{messageSettingId}"
    api_client.call_api(path, "DELETE", {"messageSettingId": "default"})
    assert service.requests[-1].path.endswith("/settings/default")


def test_help_names_the_other_method() -> None:
    said = PureCloudPlatformClientV2.AlertingApi.patch_alerting_alert.__doc__
    assert said
    assert "not all (patch_alerting_alerts_all), not bulk (patch_alerting_alerts_bulk)" in said
