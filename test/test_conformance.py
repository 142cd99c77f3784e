"""Walks the methods and models: are they all there, and true to the contract?"""

from __future__ import annotations

import importlib
import inspect
import re
import typing
from datetime import date, datetime
from typing import Any, Literal

import pytest
from calls import API_CLASSES, method_of, model_class
from contract_facts import CONTRACT, Operation, definitions, operations, snake_case, swagger_type
from house import (
    PACKAGE,
    ROOT,
    public_names,
)
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, CallOptions, models
from PureCloudPlatformClientV2._wire.redaction import is_secret_name
from PureCloudPlatformClientV2.apis import Api
from PureCloudPlatformClientV2.catalog.operations import method_names

SHARED_CONTRACT = ROOT.parent / "shared" / "contract"


def public_methods(cls: type) -> list[str]:
    return [name for name in dir(cls) if not name.startswith("_")]


# The contract itself


@pytest.mark.skipif(
    not SHARED_CONTRACT.exists(), reason="the checkout does not stand beside the shared contract"
)
def test_the_contract_is_the_shared_one() -> None:
    for path in CONTRACT.glob("*.json"):
        assert path.read_bytes() == (SHARED_CONTRACT / path.name).read_bytes()


# Operations


def test_every_operation_has_exactly_one_method() -> None:
    wanted = [(operation.api, operation.name) for operation in operations]
    wanted += [(api, name) for api in API_CLASSES for name in method_names(api)]
    found = [(api, name) for api, owner in API_CLASSES.items() for name in public_methods(owner)]
    assert sorted(found) == sorted(wanted), (
        "apis/ has a method too few or too many, compared with the contract"
    )


def test_an_api_class_has_a_file_of_its_name() -> None:
    for name, owner in API_CLASSES.items():
        assert owner.__module__ == f"{PACKAGE.name}.apis.{snake_case(name)}"
        assert getattr(PureCloudPlatformClientV2, name) is owner
        assert getattr(importlib.import_module(f"{PACKAGE.name}.apis"), name) is owner


@pytest.fixture(params=operations, ids=str)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


def arguments_for(operation: Operation) -> dict[str, Any]:
    """Give a value that differs from all others to every parameter."""
    arguments: dict[str, Any] = {snake_case(name): f"a {name}/1" for name in operation.path_params}
    for number, name in enumerate(map(snake_case, operation.query_params), start=7):
        arguments[name] = number if operation.types[name] == "int" else f"value {number}"
    if operation.body_type:
        arguments["body"] = model_class(operation.body_type).from_dict({"name": "Support"})
    return arguments


def answer_for(operation: Operation, service: Service) -> None:
    if operation.response_type is None:
        service.answer(204)
    else:
        service.answer(200, {"selfUri": f"/{operation.response_type}"})


def check_result(operation: Operation, result: object) -> None:
    if operation.response_type is None:
        assert result is None
    else:
        expected = model_class(operation.response_type)
        assert type(result) is expected
        assert result == expected.from_dict({"selfUri": f"/{operation.response_type}"})


def check_request(operation: Operation, service: Service, query: dict[str, str]) -> None:
    (request,) = service.requests
    path = operation.path
    for name in operation.path_params:
        path = path.replace(f"{{{name}}}", f"a%20{name}%2F1")
    assert (request.method, request.path) == (operation.verb, path), (
        f"{operation.name} should send {operation.verb} {path}, not {request.method} {request.path}"
    )
    assert request.query == query
    assert ("?" in request.target) == bool(query)
    assert request.headers["Authorization"] == "Bearer the-token"
    assert request.headers["Accept"] == "application/json"
    if operation.body_type:
        assert request.json == {"name": "Support"}
        assert request.headers["Content-Type"] == "application/json"
    else:
        assert request.body == b""
        assert request.headers["Content-Type"] is None


def test_a_call_with_every_parameter_is_what_the_contract_says(
    api_client: ApiClient, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    arguments = arguments_for(operation)

    result = method_of(operation, api_client)(**arguments)

    query = {name: str(arguments[snake_case(name)]) for name in operation.query_params}
    check_request(operation, service, query)
    check_result(operation, result)


def test_a_call_with_the_required_parameters_alone_sends_nothing_else(
    api_client: ApiClient, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    arguments = arguments_for(operation)

    result = method_of(operation, api_client)(*(arguments[name] for name in operation.required))

    check_request(operation, service, {})
    check_result(operation, result)


@pytest.mark.parametrize(
    "operation", [one for one in operations if one.body_type is not None], ids=str
)
def test_a_body_may_be_a_dict_of_wire_names(
    api_client: ApiClient, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    arguments = {**arguments_for(operation), "body": {"name": "Support"}}

    result = method_of(operation, api_client)(**arguments)

    check_request(operation, service, {})
    check_result(operation, result)


def test_signatures_have_required_parameters_first_and_optional_ones_by_keyword(
    operation: Operation,
) -> None:
    parameters = inspect.signature(method_of(operation)).parameters

    expected = ("self", *operation.required, *operation.optional, "options")
    assert tuple(parameters) == expected, f"{operation.name} should take {', '.join(expected)}"
    for name in operation.required:
        assert parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert parameters[name].default is inspect.Parameter.empty
    for name in operation.optional:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[name].default is None
    assert parameters["options"].kind is inspect.Parameter.VAR_KEYWORD


PYTHON_TYPES: dict[str, Any] = {
    "bool": bool,
    "date": date,
    "datetime": datetime,
    "float": float,
    "int": int,
    "str": str,
    "list[str]": list[str],
}


def test_annotations_are_true_to_the_contract(operation: Operation) -> None:
    hints = typing.get_type_hints(method_of(operation))

    for name, type_name in operation.types.items():
        kind = PYTHON_TYPES[type_name]
        if name in operation.optional:
            assert hints[name] == kind | None
        else:  # of which a union may name the known values
            assert kind in (hints[name], *typing.get_args(hints[name]))
    if operation.body_type:
        assert hints["body"] == model_class(operation.body_type) | dict[str, Any]
    returned = model_class(operation.response_type) if operation.response_type else type(None)
    assert hints["return"] is returned


def test_docstrings_of_methods_are_true_to_the_contract(operation: Operation) -> None:
    text = inspect.getdoc(method_of(operation)) or ""
    lines = text.splitlines()

    assert lines, f"{operation.name} has no docstring"
    assert lines[0].endswith("."), f"{operation.name}: the first line should be a sentence"
    for wanted in (
        f"Wraps {operation.verb} {operation.path}",
        f"Requires ANY permissions: {', '.join(operation.permissions)}",
    ):
        found = [line for line in lines if line.startswith(wanted.split()[0])]
        assert found == [wanted], f"{operation.name}: the docstring should have the line {wanted!r}"
    described = re.findall(r"^    (\*{0,2}\w+): ", text, re.MULTILINE)
    for name in (*operation.required, *operation.optional, "**options"):
        assert name in described, f"{operation.name}: the docstring says nothing about {name}"
    assert ("Returns:" in lines) == (operation.response_type is not None), (
        f"{operation.name}: Returns belongs in the docstring if and only if it returns something"
    )


def test_what_every_call_may_raise_is_said_once_in_the_class_of_all_apis() -> None:
    assert "ApiException" in (inspect.getdoc(Api) or "")


def test_methods_take_every_per_call_option(
    api_client: ApiClient, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    results: list[object] = []

    thread = method_of(operation, api_client)(
        **arguments_for(operation),
        callback=results.append,
        _request_timeout=(5, 5),
        _deadline=30,
        _headers={"X-Own": "yes"},
    )
    thread.join()

    assert set(CallOptions.__annotations__) == {
        "callback",
        "_request_timeout",
        "_deadline",
        "_headers",
    }
    check_result(operation, results[0])
    assert service.requests[-1].headers["X-Own"] == "yes"


OF_CALL_API = inspect.signature(ApiClient.call_api).parameters.keys()
FOREIGN = OF_CALL_API - {"self", "body"} - CallOptions.__annotations__.keys()


@pytest.mark.parametrize(
    "keyword",
    ["misspelt", *sorted(FOREIGN | {name for one in operations for name in one.query_params})],
)
def test_methods_refuse_keywords_that_are_not_theirs(
    api_client: ApiClient, service: Service, operation: Operation, keyword: str
) -> None:
    service.answer_always(204)
    with pytest.raises(TypeError, match=f"^{operation.name} got .*'{keyword}'"):
        method_of(operation, api_client)(**arguments_for(operation), **{keyword: None})
    assert service.requests == []


@pytest.mark.parametrize("operation", [one for one in operations if not one.body_type], ids=str)
def test_methods_without_a_body_refuse_one(
    api_client: ApiClient, service: Service, operation: Operation
) -> None:
    service.answer_always(204)
    with pytest.raises(TypeError, match="body"):
        method_of(operation, api_client)(**arguments_for(operation), body={"name": "Support"})
    assert service.requests == []


# Models


@pytest.mark.parametrize("name", definitions)
def test_models_have_the_fields_of_the_contract(name: str) -> None:
    model = model_class(name)
    properties: dict[str, Any] = definitions[name]["properties"]

    names = {snake_case(wire_name): wire_name for wire_name in properties}
    types = {
        snake_case(wire_name): swagger_type(schema) for wire_name, schema in properties.items()
    }
    differing = names.items() ^ model.attribute_map.items()
    differing |= types.items() ^ model.swagger_types.items()
    assert not differing, (
        f"{name}: the fields of models/{snake_case(name)}.py are not those of the contract:"
        f" {', '.join(sorted({field for field, _ in differing}))}"
    )
    assert list(inspect.signature(model).parameters) == list(model.swagger_types)
    for attribute in model.swagger_types:
        assert getattr(model(), attribute) is None


@pytest.mark.parametrize("name", definitions)
def test_the_known_values_of_enumerations_are_those_of_the_contract(name: str) -> None:
    hints = typing.get_type_hints(model_class(name))
    properties: dict[str, Any] = definitions[name]["properties"]

    for wire_name, schema in properties.items():
        choices = typing.get_args(hints[snake_case(wire_name)])
        known = [typing.get_args(one) for one in choices if typing.get_origin(one) is Literal]
        assert known == ([tuple(schema["enum"])] if "enum" in schema else [])
        assert "enum" not in schema or str in choices, "a value that comes later is as good"


@pytest.mark.parametrize("name", definitions)
def test_a_field_that_is_called_like_a_secret_is_declared_one(name: str) -> None:
    secrets = {snake_case(one) for one in definitions[name]["properties"] if is_secret_name(one)}
    assert model_class(name).secret_fields == secrets


@pytest.mark.parametrize("name", definitions)
def test_models_are_exported_from_three_places(name: str) -> None:
    model = model_class(name)

    assert model.__module__ == f"PureCloudPlatformClientV2.models.{snake_case(name)}", (
        f"{name} should stand in models/{snake_case(name)}.py"
    )
    assert getattr(PureCloudPlatformClientV2, name, None) is model
    assert name in public_names(models)
    assert name in public_names(PureCloudPlatformClientV2)


OF_OUR_OWN = {"base", "entity_listing", "messenger_type"}
"""The files in models/ that are about no definition of the contract."""


def test_there_are_no_other_models() -> None:
    found = {path.stem for path in (PACKAGE / "models").glob("[!_]*.py")} - OF_OUR_OWN
    wanted = set(map(snake_case, definitions))
    assert found == wanted, (
        f"models/: missing {sorted(wanted - found)}, not in the contract {sorted(found - wanted)}"
    )
