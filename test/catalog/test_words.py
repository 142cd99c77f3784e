"""Our own words: said once where several share them, about what there is, shown everywhere."""

from __future__ import annotations

import json
import pydoc
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from platform_facts import Schema, attribute, methods, platform, swagger_type

from PureCloudPlatformClientV2 import models
from PureCloudPlatformClientV2.catalog.__main__ import HERE, main
from PureCloudPlatformClientV2.catalog.definitions import all_definitions, find_definition
from PureCloudPlatformClientV2.catalog.maker import definition_lines
from PureCloudPlatformClientV2.catalog.stubs import make_stubs
from PureCloudPlatformClientV2.catalog.words import Words
from PureCloudPlatformClientV2.models._introspection import field_descriptions

LINES = (HERE / "words.txt").read_text(encoding="utf-8").splitlines()
ENTRIES = [line.split(" ", 1) for line in LINES if line[0] != "#"]

SPOKEN = [
    (model, words)
    for one in all_definitions()
    for model, words in [
        (one.name, one.words),
        *((f"{one.name}.{field.name}", field.extras.get("words")) for field in one.fields),
    ]
    if words
]
"""What the catalog says of models and fields."""


# What an entry is about


def test_an_entry_may_be_about_several() -> None:
    words = Words("{Floor,Desk}Lamp.watts How much.\nLamp{,Request} A lamp.\n{a,b}_{c,d} Do it.\n")
    assert words.get("FloorLamp.watts") == words.get("DeskLamp.watts") == "How much."
    assert words.get("Lamp") == words.get("LampRequest") == "A lamp."
    assert [words.get(name) for name in ("a_c", "a_d", "b_c", "b_d")] == ["Do it."] * 4
    assert [words.get(name) for name in ("Lamp.watts", "FloorLamp", "{Floor,Desk}Lamp.watts")] == [
        None
    ] * 3
    words.check_all_used()


def test_a_star_stands_for_any_letters_of_a_model() -> None:
    words = Words("*Lamp.watts How much.")
    assert words.get("Lamp.watts") == words.get("FloorLamp.watts") == "How much."
    assert words.get("LampRequest.watts") is None
    assert words.get("FloorLamp.kilowatts") is None
    assert words.get("FloorLamp") is None


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_closer_to_the_name_goes_before(order: int) -> None:
    entries = [
        "*.watts Any.",
        "*Lamp.watts A lamp.",
        "Floor*.watts On the floor.",
        "Lamp.watts It.",
    ]
    words = Words("\n".join(entries[::order]))
    assert words.get("Bulb.watts") == "Any."
    assert words.get("DeskLamp.watts") == "A lamp."
    assert words.get("FloorLamp.watts") == "On the floor."
    assert words.get("Lamp.watts") == "It."


@pytest.mark.parametrize(
    "entries",
    ["Lamp A.\nLamp B.", "{Lamp,Bulb}.watts A.\nLamp.watts B.", "*.watts A.\n*.watts B."],
)
def test_two_entries_of_the_same_name_are_refused(entries: str) -> None:
    with pytest.raises(ValueError, match="has two descriptions"):
        Words(entries)


@pytest.mark.parametrize("entry", ["Lamp", "Lamp ", "Lamp.watts"])
def test_an_entry_without_words_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=f"{entry.strip()} has no description"):
        Words(entry)


def test_what_describes_nothing_is_named() -> None:
    words = Words("# Of lamps\nLamp A.\nL*p.watts B.\nLamp.watts C.\n{Bulb,Lamp}.colour D.")
    for name in ("Lamp", "Lamp.watts", "Lamp.colour", "get_lamp"):
        words.get(name)
    with pytest.raises(ValueError, match=r"taken out: L\*p\.watts, Bulb\.colour\Z"):
        words.check_all_used()


def test_no_catalog_is_made_while_something_describes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    topics = tmp_path / "topics.json"
    topics.write_text('{"definitions": {}, "topics": {}}', encoding="utf-8")
    swagger = tmp_path / "swagger.json"
    swagger.write_text('{"definitions": {}, "paths": {}}', encoding="utf-8")
    folder = tmp_path / "catalog"
    folder.mkdir()
    with pytest.raises(SystemExit, match=r"\A1\Z"):
        main([str(swagger), "--notifications", str(topics), "--output", str(folder)])
    assert "words.txt describes what is not there" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_words_stand_in_the_line_of_their_model() -> None:
    schema = {"properties": {"watts": {"type": "integer"}, "hue": {"type": "string"}}}
    words = Words("*Lamp A light.\n*.watts How much.")
    assert definition_lines({"definitions": {"DeskLamp": schema, "Bulb": schema}}, words) == [
        'Bulb {"watts":["int",{"words":"How much."}],"hue":"str"}',
        'DeskLamp {"":"A light.","watts":["int",{"words":"How much."}],"hue":"str"}',
    ]


# How they are said


def test_the_file_is_in_order() -> None:
    names = [name for name, _ in ENTRIES]
    by_method = [name for name in names if name.islower()]
    by_model = [name for name in names if not name.islower()]
    assert names == sorted(by_method) + sorted(by_model)


def test_words_are_sentences() -> None:
    for name, words in ENTRIES:
        assert re.fullmatch(r'[A-Z][^"\\\n]*[^ ]\.', words), name
        assert words.isascii(), name
        assert "  " not in words, name


def test_words_say_more_than_the_name() -> None:
    for name, words in SPOKEN:
        named = re.findall(r"[a-z0-9]+", re.sub(r"([A-Z])", r" \1", name).lower())
        said = set(re.findall(r"[a-z0-9]+", words.lower()))
        assert len(said - set(named) - _SMALL_WORDS) >= 2, f"{name}: {words}"


_SMALL_WORDS = {"a", "an", "and", "for", "in", "is", "it", "its", "of", "s", "that", "the", "to"}


def test_what_words_name_is_there() -> None:
    """A method, an argument or an attribute."""
    there = {one.name for one in methods()}
    there |= {parameter.name for one in methods() for parameter in one.parameters}
    there |= {field.name for one in all_definitions() for field in one.fields}
    for name, words in SPOKEN:
        assert {*re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", words)} <= there, name


def test_models_that_are_written_by_hand_say_themselves_what_they_mean() -> None:
    """An entry with a star may be about some of them besides, where it is shown by nobody."""
    described = {re.sub(r"\..*", "", name) for name, _ in ENTRIES}
    named = {name for name in described if name.isidentifier() and not name.islower()}
    assert "OpenMessagingChannel" in named
    assert not {name for name in named if not _is_of_catalog(name)}


def _is_of_catalog(model: str) -> bool:
    return "_describe_fields" in vars(getattr(models, model))


# What has words

PLACES = (
    "/api/v2/conversations/messaging/",
    "/api/v2/messaging/",
    "/api/v2/conversations/messages/{integrationId}/inbound/open/",
)


def _within(schemas: Any) -> Iterator[str]:
    names = {*re.findall(r"#/definitions/(\w+)", json.dumps(schemas))}
    found: set[str] = set()
    while names:
        found |= names
        inner = [platform()["definitions"][name] for name in names]
        names = {*re.findall(r"#/definitions/(\w+)", json.dumps(inner))} - found
    yield from sorted(found)


def _family() -> list[str]:
    """The models that are sent to or come from the operations of messaging."""
    operations = [one for one in methods() if one.path.startswith(PLACES)]
    assert len(operations) == 92
    schemas = [parameter.schema for one in operations for parameter in one.parameters]
    return list(_within([*schemas, *(one.result for one in operations)]))


FAMILY = _family()
FIELDS = [
    (model, wire_name, schema)
    for model in FAMILY
    for wire_name, schema in platform()["definitions"][model]["properties"].items()
]


def test_the_family_is_whole() -> None:
    assert (len(FAMILY), len(FIELDS)) == (109, 614)


def test_every_model_of_messaging_says_what_it_is() -> None:
    silent = [
        name
        for name in FAMILY
        if "as the platform's contract" in str(getattr(models, name).__doc__)
    ]
    assert not silent


def test_what_a_name_cannot_say_is_said() -> None:
    """What a value means, when something was, what is kept secret, what holds if it is true."""
    silent = []
    for model, wire_name, schema in FIELDS:
        name = attribute(wire_name, schema)
        secret = name in getattr(models, model).secret_fields
        if (_needs_words(schema) or secret) and not _words(model, name):
            silent.append(f"{model}.{name}")
    assert not silent


def _needs_words(schema: Schema) -> bool:
    values = schema.get("enum") or schema.get("items", {}).get("enum") or []
    # The value of an enumeration that has just one is shown, and is all there is to say.
    return len(values) > 1 or swagger_type(schema) in ("datetime", "bool", "object")


def _words(model: str, name: str) -> str | None:
    if not _is_of_catalog(model):
        return field_descriptions(getattr(models, model)).get(name)
    definition = find_definition(model)
    assert definition is not None
    (found,) = (one.extras.get("words") for one in definition.fields if one.name == name)
    return found


def test_what_people_get_wrong_is_said() -> None:
    for name in (
        "OpenIntegration.outbound_notification_webhook_url",
        "OpenIntegration.recipient",
        "OpenInboundMessageMessagingChannel.metadata",
        "OpenInboundNormalizedMessage.metadata",
        "OpenInboundNormalizedReceipt.id",
        "OpenInboundNormalizedReceipt.status",
        "OpenInboundStructuredResponseMessage.originating_message_id",
        "OpenMessageNormalizedMessage.conversation_id",
        "OpenMessageNormalizedMessage.id",
        "OpenMessagingChannel.pcFrom",
        "OpenMessagingFromRecipient.id",
        "ConversationEventTyping.duration",
        "ConversationThreadingWindowSetting.timeout_in_minutes",
        "SupportedContent.media_types",
        "SendAgentlessOutboundMessageRequest.from_address",
        "SendAgentlessOutboundMessageRequest.to_address",
        "SendAgentlessOutboundMessageRequest.text_body",
        "SendAgentlessOutboundMessageRequest.use_existing_active_conversation",
        "SendAgentlessOutboundMessageResponse.timestamp",
        "MessageData.status",
        "MessageDetails.error_info",
        "MessageDetails.message_status",
        "Recipient.flow",
        "Channel.connect_uri",
        "Channel.expires",
        "ChannelTopic.state",
    ):
        assert _words(*name.split(".")), name


# Where they are shown


def test_help_shows_words() -> None:
    shown = pydoc.plain(pydoc.render_doc(models.OpenIntegration))
    assert "A channel of your own, connected for messaging by a middleware" in shown
    assert "How far the creation has come: " in shown
    assert "longer than 15 characters, and shown in answers as well. Required by" in shown
    assert "such as an API key. Secret." in shown


def test_an_identifier_that_the_service_gives_is_not_asked_for() -> None:
    assert field_descriptions(models.OpenIntegration)["id"] == "Set by the service."
    assert field_descriptions(models.OpenIntegration)["name"] == "Required by the service."


def test_stubs_show_words() -> None:
    stub = make_stubs()["models/_catalog.pyi"]
    (found,) = re.findall(r"^class Channel\(Model\):\n(.*?)^class ", stub, re.M | re.S)
    assert found.startswith('    """A notification channel, for one connection; ')
    assert '    expires: datetime | None = None\n    """When the channel ends, in UTC; ' in found
    compile(stub, "_catalog.pyi", "exec")
