"""Every method of the platform sends what the contract says, and reads what comes as it says.

All is compared with the document of the platform, and nothing with the catalog that was made of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote

from decoded import ERA_2019, differences, mismatches
from platform_facts import (
    Method,
    Parameter,
    Samples,
    attribute,
    build,
    methods,
    notifications,
    platform,
    python_value,
    swagger_type,
)
from service import Request, Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, models
from PureCloudPlatformClientV2.models import Model

# What is sent


class Call:
    """A call of a method: what is given, and what is to be sent for it."""

    def __init__(self, method: Method, samples: Samples, *, everything: bool) -> None:
        self.method = method
        self.positional: list[Any] = []
        self.named: dict[str, Any] = {}
        self.path = method.path
        self.query: list[tuple[str, str]] = []
        self.headers = {"Accept": method.accept}
        self.body: Any = None
        for parameter in method.parameters:
            if parameter.required or everything:
                value = self._give(parameter, samples, everything)
                if parameter.required and everything:
                    self.positional.append(value)
                else:
                    self.named[parameter.name] = value

    def _give(self, parameter: Parameter, samples: Samples, everything: bool) -> Any:
        schema = parameter.schema
        if parameter.place == "body":
            self.body = samples.make(schema)
            self.headers["Content-Type"] = self.method.content_type
            return build(schema, self.body, PureCloudPlatformClientV2) if everything else self.body
        if parameter.place == "header":
            self.headers[parameter.wire_name] = text = f"text {samples.scalar({'type': 'integer'})}"
            return text
        if schema["type"] == "array":
            several = [samples.scalar(schema["items"]) for _ in range(2)]
            self.query += [(parameter.wire_name, one) for one in several]
            return several
        sample = samples.scalar(schema)
        text = str(sample).lower() if isinstance(sample, bool) else str(sample)
        if parameter.place == "query":
            self.query.append((parameter.wire_name, text))
        else:
            if swagger_type(schema) == "str" and "pattern" not in schema and "enum" not in schema:
                text = sample = f"{sample}/ü?%"
            self.path = self.path.replace(f"{{{parameter.wire_name}}}", quote(text, safe=""))
        return python_value(schema, sample)

    def complaints(self, request: Request) -> Iterator[str]:
        """Say what of a request is not as it should be."""
        pairs = parse_qsl(
            request.target.partition("?")[2],
            keep_blank_values=True,
            strict_parsing=bool(self.query),
        )
        token = "Bearer the-token" if self.method.is_signed else None
        headers = {name: request.headers.get_all(name) for name in (*self.headers, "Authorization")}
        expected = {name: [value] for name, value in self.headers.items()}
        yield from differences("verb", request.method, self.method.verb)
        yield from differences("path", request.path, self.path)
        yield from differences("query", pairs, self.query)
        yield from differences(
            "headers", headers, {**expected, "Authorization": [token] if token else None}
        )
        body = json.loads(request.body) if request.body else None
        yield from differences("body", body, self.body)


# All of it


def test_every_method_sends_and_reads_what_the_contract_says(
    service: Service, api_client: ApiClient
) -> None:
    """Calls each twice: with everything, models as bodies; and with what is required, dicts."""
    samples = Samples(platform())
    complaints: list[str] = []
    for method in methods():
        function = getattr(getattr(PureCloudPlatformClientV2, method.api)(api_client), method.name)
        for everything in (True, False):
            call = Call(method, samples, everything=everything)
            answer = None if method.result is None else samples.make(method.result)
            if not everything:
                answer = _newer(answer)
            found = _one_call(function, call, answer, service, api_client)
            complaints += (f"{method}, {'all' if everything else 'few'}: {one}" for one in found)
    report = "\n".join(complaints[:40])
    assert not complaints, f"{len(complaints)} complaints:\n{report}"
    assert len(methods()) == 3508
    declared = {
        (name, field)
        for name, definition in platform()["definitions"].items()
        for field in definition["properties"]
    }
    assert len(declared) == 27_104
    assert declared == samples.fields


NEWER = {"aFieldThatIsNewer": {"than": ["this version", 1.5]}}


def _newer(sample: Any) -> Any:
    """Make the answer of a platform that has learned a field, and forgotten the others."""
    if isinstance(sample, dict) and "a key" not in sample:
        return NEWER
    return [_newer(item) for item in sample] if isinstance(sample, list) else sample


def _one_call(
    function: Any, call: Call, sample: Any, service: Service, api_client: ApiClient
) -> Iterator[str]:
    method = call.method
    content = sample
    if method.accept.startswith("text/"):
        content = sample.encode()
    headers = {"Content-Type": method.accept} if content is not None else {}
    service.requests.clear()
    service.answer(method.status, content, headers=headers)
    try:
        result = function(*call.positional, **call.named)
    except Exception as error:
        yield f"{type(error).__name__}: {error}"
        service.reset()
        return
    yield from call.complaints(service.requests[0])
    if method.result is None:
        yield from differences("result", result, None)
        return
    yield from mismatches("result", method.result, sample, result, platform())
    yield from differences("sent back", api_client.sanitize_for_serialization(result), sample)


def test_every_payload_of_a_notification_topic_is_read_and_sent_as_it_came() -> None:
    document = notifications()
    samples = Samples(document)
    client = ApiClient()
    complaints: list[str] = []
    for name in document["definitions"]:
        schema = {"$ref": f"#/definitions/{name}"}
        sample = samples.make(schema)
        model: type[Model] = getattr(models, name)
        value = model.from_dict(sample)
        complaints += mismatches(name, schema, sample, value, document)
        complaints += differences(name, client.sanitize_for_serialization(value), sample)
    assert not complaints, "\n".join(complaints[:40])
    assert len(samples.fields) == 8_635


def test_every_model_has_the_types_and_names_of_the_contract() -> None:
    complaints: list[str] = []
    for document in (platform(), notifications()):
        for name, definition in document["definitions"].items():
            properties = definition["properties"]
            model: type[Model] = getattr(models, name)
            types = {
                attribute(one, inner): swagger_type(inner) for one, inner in properties.items()
            }
            names = {attribute(one, inner): one for one, inner in properties.items()}
            for field, wire_name in names.items():
                found = model.attribute_map.get(field), model.swagger_types.get(field)
                if field in ERA_2019 and found[1] == "UriReference":
                    continue
                complaints += differences(f"{name}.{field}", found, (wire_name, types[field]))
    assert not complaints, "\n".join(complaints[:40])
