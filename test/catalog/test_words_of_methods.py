"""Methods and their arguments are told of in words of our own, where a name is not enough."""

from __future__ import annotations

import inspect
import re
from itertools import chain

import pytest
from platform_facts import Method, methods

from PureCloudPlatformClientV2 import apis
from PureCloudPlatformClientV2.catalog.maker import operation_lines
from PureCloudPlatformClientV2.catalog.operations import class_names, class_operations
from PureCloudPlatformClientV2.catalog.words import Words

WORDS = {
    name: text
    for one in chain.from_iterable(map(class_operations, class_names()))
    for name, text in [
        (one.name, one.facts.get("words")),
        *((f"{one.name}({each.name})", each.extras.get("words")) for each in one.parameters),
    ]
    if text
}
"""What the catalog says of methods, and of arguments as ``method(argument)``."""

FAMILIES = re.compile(
    r"""/api/v2/(
        conversations/messaging/.*
      | conversations/messages/agentless
      | conversations/messages/\{integrationId\}/inbound/open/.*
      | conversations/messages/\{messageId\}/details
      | conversations/messages/\{conversationId\}(/messages/\{messageId\})?
      | notifications/.*
      | routing/message/recipients.*
      | routing/sms/.*
    )""",
    re.X,
)
"""The paths whose operations are described."""


def in_families() -> list[Method]:
    found = [one for one in methods() if FAMILIES.fullmatch(one.path)]
    # That path has a PATCH as well, which concerns agents.
    return [one for one in found if one.verb != "PATCH" or "{conversationId}" not in one.path]


def test_every_operation_of_the_families_is_described() -> None:
    found = in_families()
    messaging = [one for one in found if one.api == "ConversationsApi"]
    assert len([one for one in messaging if re.search("/messaging/|/open/", one.path)]) == 79
    assert len([one for one in found if one.api == "NotificationsApi"]) == 8
    assert [str(one) for one in found if one.name not in WORDS] == []


def test_words_say_more_than_the_name() -> None:
    for name, words in WORDS.items():
        known = set(re.findall(r"[a-z]+", re.sub(r"[_.()]", " ", name).lower()))
        said = set(re.findall(r"[a-z]{4,}", words.lower()))
        assert len(said - known) >= 2, name
        assert words[0].isupper(), name
        assert words.endswith("."), name


def test_a_first_sentence_fits_into_lists() -> None:
    first = {name: words.partition(". ")[0] for name, words in WORDS.items() if "(" not in name}
    assert {name: len(one) for name, one in first.items() if len(one) > 160} == {}
    # The other methods that there are to know of come after it.
    assert [name for name, one in first.items() if re.search(r"\b(get|post|put)_\w{60}", one)] == []


def test_methods_that_words_name_are_there() -> None:
    known = {one.name for one in methods()}
    named = set(
        chain.from_iterable(
            re.findall(r"\b(?:delete|get|patch|post|put)_\w+", one) for one in WORDS.values()
        )
    )
    assert len(named) > 10
    assert named <= known


def test_docstrings_have_the_words_of_methods_and_arguments() -> None:
    for method in in_families():
        function = getattr(getattr(apis, method.api), method.name)
        text = " ".join((inspect.getdoc(function) or "").split())
        assert text.startswith(f"{WORDS[method.name]} Wraps {method.verb} "), str(method)
        for one in method.parameters:
            if said := WORDS.get(f"{method.name}({one.name})"):
                described = re.search(rf" {one.name}: (.*?)(?= \w+: | \*\*options)", text)
                assert described, str(method)
                assert said in text, str(method)


def test_help_has_lines_that_can_be_read() -> None:
    function = apis.ConversationsApi.post_conversations_message_inbound_open_message
    lines = (inspect.getdoc(function) or "").splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[1] == ""
    assert len(lines[0]) < len(WORDS[function.__name__])


def test_an_argument_is_described_by_its_name_in_python() -> None:
    parameters = [{"name": "lamp.id", "in": "query", "type": "string"}]
    get = {"operationId": "getLamps", "tags": ["Lamps"], "parameters": parameters, "responses": {}}
    words = Words("get_lamps List lamps.\nget_lamps(lamp_id) Only this one.\nget_lamps(hue) Red.")
    (line,) = operation_lines({"paths": {"/lamps": {"get": get}}, "definitions": {}}, words)
    assert '{"python":"lamp_id","words":"Only this one."}' in line
    assert line.endswith('"words":"List lamps."}')
    with pytest.raises(ValueError, match=r"what is not there, to be taken out: get_lamps\(hue\)\Z"):
        words.check_all_used()
