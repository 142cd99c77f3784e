"""Whatever comes for a model of the platform: a model that can be used, or an ``ApiException``."""

from __future__ import annotations

import copy
import json
import math
import pickle
from collections.abc import Iterator
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from decoded import mismatches
from fuzzing import fuzzed
from platform_facts import Schema, definition_name, notifications, platform, swagger_type

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    HttpRequestOptions,
    models,
    to_rows,
)
from PureCloudPlatformClientV2._wire.decoder import careful_decoder, write_decoder
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.rest import RESTResponse
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

from .documents import CANARY, WRITTEN, Documents, mutate, write

CONTRACT = {"definitions": {**platform()["definitions"], **notifications()["definitions"]}}
DEFINITIONS: dict[str, Any] = CONTRACT["definitions"]


def secret_names(name: str) -> frozenset[str]:
    model: type[Model] = getattr(models, name)
    return frozenset(model.attribute_map[field] for field in model.secret_fields)


names = st.sampled_from(sorted(DEFINITIONS))
documents = Documents(DEFINITIONS, secret_names)


@st.composite
def valid(draw: st.DrawFn) -> tuple[str, Any]:
    name = draw(names)
    return name, documents.draw(draw, {"$ref": f"#/definitions/{name}"})


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    name, document = draw(valid())
    return name, write(mutate(draw, document))


# What is expected


def fits(schema: Schema, value: Any) -> bool | None:
    """Whether a JSON value fits a schema; ``None`` if that is up to the text of a date."""
    if name := definition_name(schema):
        if not isinstance(value, dict):
            return False
        properties = DEFINITIONS[name]["properties"]
        return _all(
            fits(inner, value[field])
            for field, inner in properties.items()
            if value.get(field) is not None
        )
    if schema["type"] == "array":
        if not isinstance(value, list):
            return False
        return _all(fits(schema["items"], item) for item in value)
    if schema["type"] == "object" and "additionalProperties" in schema:
        if not isinstance(value, dict):
            return False
        inner = schema["additionalProperties"]
        return _all(fits(inner, one) for one in value.values() if one is not None)
    return _scalar_fits(swagger_type(schema), value)


def _all(answers: Iterator[bool | None]) -> bool | None:
    known = set(answers)
    return False if False in known else None if None in known else True


def _scalar_fits(kind: str, value: Any) -> bool | None:
    if kind == "object":
        return True
    if kind == "bool":
        return isinstance(value, bool)
    if kind in ("int", "float"):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and (kind == "float" or value == math.floor(value))
    if kind == "str":
        return isinstance(value, str)
    if not isinstance(value, str):
        return False
    return True if value in WRITTEN[kind] else None


def without_nulls(schema: Schema, value: Any) -> Any:
    """What is left of a value when the nulls of its known fields are taken as absent."""
    if name := definition_name(schema):
        properties = DEFINITIONS[name]["properties"]
        return {
            field: without_nulls(properties[field], one) if field in properties else one
            for field, one in value.items()
            if one is not None or field not in properties
        }
    if isinstance(value, list) and schema["type"] == "array":
        return [without_nulls(schema["items"], item) for item in value]
    inner = schema.get("additionalProperties")
    if isinstance(value, dict) and inner:
        return {
            key: one if one is None else without_nulls(inner, one) for key, one in value.items()
        }
    return value


def parsed(text: str) -> Any:
    """Read JSON as RFC 8259 has it.

    Raises:
        ValueError: It is none.
        RecursionError: It is too deep for Python.
    """

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    def finite(number: str) -> float:
        if math.isinf(float(number)):
            raise ValueError("too large")
        return float(number)

    return json.loads(text.removeprefix("\ufeff"), parse_constant=refuse, parse_float=finite)


# What is checked


class Canned(AbstractHttpClient):
    """Has the answer already."""

    def __init__(self) -> None:
        super().__init__()
        self.content = b""

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        return RESTResponse(200, "OK", {"Content-Type": "application/json"}, self.content)


@pytest.fixture(scope="module")
def canned() -> Canned:
    return Canned()


@pytest.fixture(scope="module")
def client(canned: Canned) -> Iterator[ApiClient]:
    with ApiClient(configuration=Configuration(host="http://127.0.0.1:9")) as client:
        client.set_http_client(canned)
        yield client


def check_use(model: Model, kind: type[Model]) -> None:
    """Whatever a program does with a model, it can do with this one."""
    assert type(model) is kind
    check_display(model)
    rows = list(to_rows([model], depth=0))
    assert len(rows) == 1
    assert all(type(one) in (str, int, float, bool, type(None)) for one in rows[0].values())
    assert CANARY not in str(rows)
    assert set(json.loads(model.to_json())) == set(model.to_dict())
    for again in (copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(again) is kind
        assert again == model
    assert kind.from_dict(sent(model)) == model


def check_display(model: Model) -> None:
    """It can be shown, however deep it is, and shows no secret."""
    in_a_notebook: str = vars(Model)["_repr_html_"](model)
    shown = [repr(model), str(model), model.to_str(), in_a_notebook]
    assert CANARY not in " ".join(shown)


def is_deep(value: Any) -> bool:
    """Whether Python may read a value, but not copy it: which depends on the interpreter."""
    inner = [value]
    for _ in range(_DEEP):
        inner = [
            one
            for each in inner
            for one in (each.values() if isinstance(each, dict) else each)
            if isinstance(one, (dict, list))
        ]
        if not inner:
            return False
    return True


_DEEP = 250


def check_failure(error: ApiException) -> None:
    """The response is there, and nothing that is read from the error fails in its turn."""
    assert error.status == 200
    assert CANARY not in str(error) + repr(error)
    assert str(error).isprintable()
    assert error.error is None or isinstance(error.error, Model)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def outcome(decoder: Any, value: Any) -> object:
    try:
        found = decoder(copy.deepcopy(value))
    except RecursionError:
        return RecursionError
    except ValueError as error:
        return str(error)
    return found


# All of it


@fuzzed(60)
@hypothesis.given(data=st.data())
def test_a_valid_document_is_read_and_sent_as_the_contract_says(
    client: ApiClient, canned: Canned, data: st.DataObject
) -> None:
    name, document = data.draw(valid())
    canned.content = write(document).encode("ascii")
    kind: type[Model] = getattr(models, name)
    model: Any = client.call_api("/api/v2/things/1", "GET", response_type=kind)
    schema = {"$ref": f"#/definitions/{name}"}
    assert list(mismatches(name, schema, document, model, CONTRACT)) == []
    assert sent(model) == document
    check_use(model, kind)


@fuzzed(100)
@hypothesis.given(data=st.data())
def test_a_mutated_document_makes_a_model_or_an_api_exception(
    client: ApiClient, canned: Canned, data: st.DataObject
) -> None:
    name, text = data.draw(mutated())
    canned.content = text.encode("utf-8")
    kind: type[Model] = getattr(models, name)
    schema = {"$ref": f"#/definitions/{name}"}
    try:
        value = parsed(text)
        expected = fits(schema, value)
    except (ValueError, RecursionError):
        value, expected = None, False
    try:
        model: Any = client.call_api("/api/v2/things/1", "GET", response_type=kind)
    except ApiException as error:
        assert not expected
        check_failure(error)
    else:
        assert expected is not False
        if is_deep(value):
            check_display(model)
            return
        if expected:
            assert sent(model) == without_nulls(schema, value)
        check_use(model, kind)


@fuzzed(60)
@hypothesis.given(data=st.data())
def test_the_written_decoder_agrees_with_the_careful_one(data: st.DataObject) -> None:
    """The one is written for a class after some hundred objects, the other takes no shortcuts."""
    name, text = data.draw(mutated())
    try:
        value = parsed(text)
    except (ValueError, RecursionError):
        hypothesis.reject()
    hypothesis.assume(not isinstance(value, (dict, list)) or not is_deep(value))
    kind: type[Model] = getattr(models, name)
    usual = frozenset(value if isinstance(value, dict) else kind.attribute_map.values())
    careful = outcome(careful_decoder(kind), value)
    written = outcome(write_decoder(kind, usual), value)
    assert type(written) is type(careful)
    assert written == careful
