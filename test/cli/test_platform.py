"""Every method of the platform is a command, and sends what the contract says.

What is expected comes from the document of the platform, and not from the catalog made of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from platform_facts import (
    Method,
    Parameter,
    Samples,
    attribute,
    definition_name,
    methods,
    platform,
    snake_case,
    swagger_type,
)
from service import Request, Service

from PureCloudPlatformClientV2 import apis, models
from PureCloudPlatformClientV2.catalog.definitions import find_definition
from PureCloudPlatformClientV2.catalog.operations import details, find_operation, summary
from PureCloudPlatformClientV2.cli.endpoints import read_endpoint
from PureCloudPlatformClientV2.cli.global_options import TAKEN
from PureCloudPlatformClientV2.cli.index import (
    class_names,
    full_name,
    group_name,
    list_commands,
    list_methods,
)
from PureCloudPlatformClientV2.cli.parameters import make_parameters

from .shell import Cli

STYLES = Path(__file__).parents[1] / "paging" / "styles.txt"

SINGLE_PAGES = ("change", "none", "whole")
"""Styles of lists that there is nothing to be walked in."""


@pytest.fixture
def target(service: Service, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service, which has nothing to say."""
    monkeypatch.setenv("GENESYSCLOUD_REGION", service.url)
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "the-token")
    service.answer_always(204)
    return service


class Typed:
    """A command as it is typed, and what is to be sent for it."""

    def __init__(self, method: Method, samples: Samples, folder: Path) -> None:
        self.method = method
        self.path = method.path
        self.query: list[tuple[str, str]] = []
        self.headers: dict[str, str] = {}
        self.body: Any = None
        values: list[str] = []
        options: list[str] = []
        for parameter in method.parameters:
            if parameter.place == "body":
                self.body = samples.make(parameter.schema)
                (folder / "body.json").write_text(json.dumps(self.body), encoding="utf-8")
                options += ["--body", f"@{folder}/body.json"]
            elif parameter.place == "path":
                values.append(self._path_value(parameter, samples))
            else:
                options += self._option(parameter, samples)
        self.arguments = [*options, *values]

    def _path_value(self, parameter: Parameter, samples: Samples) -> str:
        text = str(samples.scalar(parameter.schema))
        self.path = self.path.replace(f"{{{parameter.wire_name}}}", quote(text, safe=""))
        return text

    def _option(self, parameter: Parameter, samples: Samples) -> list[str]:
        name = option_name(parameter)
        if parameter.place == "header":
            self.headers[parameter.wire_name] = f"text {parameter.wire_name}"
            return [name, self.headers[parameter.wire_name]]
        schema, is_list = parameter.schema, parameter.schema["type"] == "array"
        texts = [
            as_text(samples.scalar(schema["items"] if is_list else schema))
            for _ in range(2 if is_list else 1)
        ]
        self.query += [(parameter.wire_name, text) for text in texts]
        if schema["type"] == "boolean":
            return [name if texts == ["true"] else f"--no-{name[2:]}"]
        return [word for text in texts for word in (name, text)]

    def complaints(self, request: Request) -> Iterator[str]:
        """Say what of a request is not as it should be."""
        query = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
        signed = "Bearer the-token" if self.method.is_signed else None
        expected = {**self.headers, "Authorization": signed, "Accept": self.method.accept}
        if self.body is not None:
            expected["Content-Type"] = self.method.content_type
        found = {name: request.headers.get(name) for name in expected}
        body = json.loads(request.body) if request.body else None
        for place, one, other in (
            ("verb", request.method, self.method.verb),
            ("path", request.path, self.path),
            ("query", query, self.query),
            ("headers", found, expected),
            ("body", body, self.body),
        ):
            if one != other:
                yield f"{place}: {one!r}, not {other!r}"


def as_text(sample: Any) -> str:
    return str(sample).lower() if isinstance(sample, bool) else str(sample)


def dashed(name: str) -> str:
    return snake_case(name).strip("_").replace("_", "-")


def option_name(parameter: Parameter) -> str:
    name = f"--{dashed(parameter.name)}"
    return f"--{parameter.place}-{name[2:]}" if name in TAKEN else name


def command_of(method: Method) -> tuple[str, str]:
    return group_name(method.api), full_name(method.name)


def test_commands_send_what_the_contract_says(cli: Cli, target: Service, tmp_path: Path) -> None:
    """One of seven, of every class; what they are made from is looked at below, for all."""
    samples, complaints = Samples(platform()), list[str]()
    for method in methods()[::7]:
        typed = Typed(method, samples, tmp_path)
        finished = cli(*command_of(method), *typed.arguments)
        if finished != (0, "", ""):
            complaints.append(f"{method}: {finished}")
        else:
            complaints += (f"{method}: {one}" for one in typed.complaints(*target.requests))
        target.requests.clear()
    assert not complaints, f"{len(complaints)} complaints:\n" + "\n".join(complaints[:20])


def test_every_command_has_a_name_of_its_own() -> None:
    groups = Counter(map(group_name, class_names()))
    assert [name for name, count in groups.items() if count > 1] == []
    assert {method.api for method in methods()} == {*class_names()}
    for class_name in class_names():
        names = list_methods(class_name)
        commands = list_commands(class_name)
        assert sorted(commands.values()) == sorted(names)
        full = {full_name(name): name for name in names}
        # A name that is short for one method is never the whole name of another.
        assert all(full.get(command, name) == name for command, name in commands.items())
    expected = Counter(method.api for method in methods())
    assert {one: len(list_methods(one)) for one in expected} == {**expected, "MessagingApi": 27}


@pytest.mark.parametrize("group", [group_name(one) for one in class_names()])
def test_the_screen_of_a_group_lists_every_command_and_what_it_does(cli: Cli, group: str) -> None:
    (class_name,) = (one for one in class_names() if group_name(one) == group)
    text = cli(group, "--help").out
    lines = text.splitlines()
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
    for command in list_commands(class_name):
        assert re.search(rf"^  {command}(  +|\n {{20,}})\w", text, re.M), command
    assert "PureCloudPlatformClientV2 find WORDS" in lines[-1]


def test_every_command_has_the_parameters_of_the_contract() -> None:
    complaints = list[str]()
    for method in methods():
        if method.api == "MessagingApi":  # which has words of its own for some
            continue
        endpoint = read_endpoint(getattr(apis, method.api), method.name)
        found: Any = [
            (one.name, one.place, one.wire_name, one.required) for one in endpoint.parameters
        ]
        expected: Any = [
            (one.name, one.place, "body" if one.place == "body" else one.wire_name, one.required)
            for one in method.parameters
        ]
        found = (endpoint.verb, endpoint.path, endpoint.signs_in, found)
        expected = (method.verb, method.path, method.is_signed, expected)
        if found != expected:
            complaints.append(f"{method}: {found}, not {expected}")
        parameters = make_parameters(endpoint, TAKEN)
        options = Counter(
            option for one in parameters.all() for option in (*one.opts, *one.secondary_opts)
        )
        complaints += [f"{method}: {one} twice" for one, count in options.items() if count > 1]
        missing = {*map(option_name, method.placed("query"))} - options.keys()
        complaints += [f"{method}: no {one}" for one in missing]
    assert not complaints, f"{len(complaints)} complaints:\n" + "\n".join(complaints[:20])


def test_the_screen_of_a_command_says_what_it_sends(cli: Cli) -> None:
    """One of seventeen, of every class."""
    complaints = list[str]()
    for method in methods()[::17]:
        text = cli(*command_of(method), "--help").out
        expected = [
            *(f"\n  {dashed(one.name).upper().replace('-', '_')}" for one in method.placed("path")),
            *(f"\n  {option_name(one)} " for one in method.placed("query")),
            *(f"\n  {option_name(one)} " for one in method.placed("header")),
            *("\n  --body JSON " for _ in method.placed("body")),
            *(["\n  Deprecated"] if method.is_deprecated else []),
        ]
        complaints += [f"{method}: {one!r}" for one in expected if one not in text]
        # A long path goes over several lines.
        complaints += [] if method.verb + method.path in "".join(text.split()) else [str(method)]
    assert complaints == []


def test_a_screen_tells_the_words_of_a_method_its_arguments_and_fields(cli: Cli) -> None:
    def screen(*command: str) -> str:
        return " ".join(cli(*command, "--help").out.split())

    text = screen("conversations", "post-conversations-message-inbound-open-message")
    operation = find_operation(
        "ConversationsApi", "post_conversations_message_inbound_open_message"
    )
    assert operation
    assert f"{summary(operation)} {details(operation)} POST /api/v2/conversations" in text
    said = [one.extras["words"] for one in operation.parameters if "words" in one.extras]
    assert len(said) == 2
    assert all(one in text for one in said)
    definition = find_definition("OpenInboundNormalizedReceipt")
    assert definition
    (final,) = (one for one in definition.fields if one.name == "is_final_receipt")
    text = screen("conversations", "post-conversations-message-inbound-open-receipt")
    assert f"--is-final-receipt / --no-is-final-receipt {final.extras['words']}" in text


def test_a_list_of_commands_has_the_first_sentence_alone(cli: Cli) -> None:
    operation = find_operation("NotificationsApi", "post_notifications_channels")
    assert operation
    text = " ".join(cli("notifications", "--help").out.split())
    assert f"post-channels {summary(operation).removesuffix('.')}" in text
    assert details(operation)
    assert details(operation) not in text


def test_all_lists_that_can_be_walked_have_an_option_for_it() -> None:
    missing = list[str]()
    for line in STYLES.read_text(encoding="utf-8").splitlines():
        style, _, method = line.partition(": ")
        class_name, _, name = method.partition(".")
        is_paged = read_endpoint(getattr(apis, class_name), name).is_paged
        if style not in SINGLE_PAGES and not is_paged:
            missing.append(line)
        assert style != "change" or not is_paged
    assert missing == []


def fields_by_options(method: Method, samples: Samples) -> tuple[list[str], dict[str, Any]]:
    """Type an option for each plain field of a body that is no secret."""
    (body,) = method.placed("body")
    name = definition_name(body.schema)
    properties = platform()["definitions"][name]["properties"] if name else {}
    taken = {*TAKEN, "--body", *map(option_name, method.placed("query"))}
    words, expected = list[str](), dict[str, Any]()
    for wire_name, schema in properties.items():
        option = f"--{dashed(attribute(wire_name, schema))}"
        option = f"--body-{option[2:]}" if option in taken else option
        if schema.get("type") not in ("string", "integer", "number", "boolean"):
            continue
        if getattr(models, str(name)).secret_fields & {attribute(wire_name, schema)}:
            continue
        sample = samples.scalar(schema)
        expected[wire_name] = sample
        if schema["type"] == "boolean":
            words.append(option if sample else f"--no-{option[2:]}")
        else:
            words += [option, str(sample)]
    return words, expected


def test_plain_fields_of_bodies_are_given_by_options(
    cli: Cli, target: Service, tmp_path: Path
) -> None:
    """One of eight methods stands for the others, which are made in the same way."""
    samples, complaints, count = Samples(platform()), list[str](), 0
    for method in [one for one in methods() if one.placed("body")][::8]:
        words, expected = fields_by_options(method, samples)
        if not expected:
            continue
        typed = Typed(method, samples, tmp_path)
        place = typed.arguments.index("--body")
        typed.arguments[place : place + 2] = words
        typed.body = expected
        finished = cli(*command_of(method), *typed.arguments)
        if finished != (0, "", ""):
            complaints.append(f"{method}: {finished}")
        else:
            complaints += (f"{method}: {one}" for one in typed.complaints(*target.requests))
            count += 1
        target.requests.clear()
    assert not complaints, f"{len(complaints)} complaints:\n" + "\n".join(complaints[:20])
    assert count > 100


def test_secrets_of_the_platform_are_refused_in_clear(
    cli: Cli, target: Service, tmp_path: Path
) -> None:
    bodies = [
        (one, definition_name(one.placed("body")[0].schema))
        for one in methods()
        if one.placed("body")
    ]
    with_secrets = [
        (method, wire_name)
        for method, name in bodies
        if name
        for wire_name, schema in platform()["definitions"][name]["properties"].items()
        if attribute(wire_name, schema) in getattr(models, name).secret_fields
        and swagger_type(schema) == "str"
    ]
    assert len(with_secrets) > 10
    for method, wire_name in with_secrets:
        typed = Typed(method, Samples(platform()), tmp_path)
        place = typed.arguments.index("--body")
        typed.arguments[place + 1] = json.dumps({wire_name: "hunter2"})
        finished = cli(*command_of(method), *typed.arguments)
        assert finished.code == 2
        assert f"{wire_name}: a secret on the command line shows in" in finished.error
        assert "hunter2" not in finished.error
    assert target.requests == []


@pytest.mark.parametrize(
    "words",
    [
        ["post-messaging-integrations-apple", "--body", '{"appleAuthentication": %s}'],
        ["post-messaging-integrations-apple", "--apple-authentication", "%s"],
        ["patch-messaging-integrations-apple-integration-id", "1", "--apple-authentication=%s"],
    ],
    ids=" ".join,
)
def test_a_secret_deep_in_a_body_is_refused_in_clear(
    cli: Cli, target: Service, tmp_path: Path, words: list[str]
) -> None:
    secret = '{"oauthClientSecret": "hunter2"}'
    group, typed = "conversations", [word.replace("%s", secret) for word in words]
    finished = cli(group, *typed)
    assert finished.code == 2
    assert "oauthClientSecret: a secret on the command line shows in" in finished.error
    assert "hunter2" not in finished.error
    assert target.requests == []

    (tmp_path / "apple.json").write_text(secret, encoding="utf-8")
    option = f"--apple-authentication=@{tmp_path}/apple.json"
    plain = [word for word in typed[:2] if not word.startswith("--")]
    assert cli(group, *plain, option).code == 0
    assert target.requests[0].json == {"appleAuthentication": json.loads(secret)}
