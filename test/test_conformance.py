"""Walks the code, so that reviewers need not: is everything there, and true to the contract?"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import typing
from collections.abc import Iterator
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from subprocess import run
from sys import executable
from typing import Any, Literal

import pytest
from contract_facts import CONTRACT, Operation, definitions, operations, snake_case, swagger_type
from house import (
    CLIENT_FILES,
    FILES,
    HEIGHT,
    MODULES,
    PACKAGE,
    ROOT,
    imports_of,
    name_of,
    public_names,
    room_of,
)
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, CallOptions, exceptions, models, rest
from PureCloudPlatformClientV2._wire.redaction import is_secret_name
from PureCloudPlatformClientV2.apis import Api
from PureCloudPlatformClientV2.models import EntityListing, Model

SHARED_CONTRACT = ROOT.parent / "shared" / "contract"


def api_classes() -> Iterator[tuple[str, type[Api]]]:
    """Every API class that ``apis/`` has, by name."""
    for path in sorted((PACKAGE / "apis").glob("[!_]*.py")):
        module = importlib.import_module(f"{PACKAGE.name}.apis.{path.stem}")
        for name, found in vars(module).items():
            if isinstance(found, type) and issubclass(found, Api) and found is not Api:
                yield name, found


API_CLASSES = dict(api_classes())


def public_methods(cls: type) -> list[str]:
    return [name for name in vars(cls) if not name.startswith("_")]


def model_class(name: str) -> type[Model]:
    found: type[Model] | None = getattr(models, name, None)
    assert found, (
        f"there is no model {name}: write it in models/{snake_case(name)}.py,"
        " and import it for type checkers in models/__init__.py"
    )
    return found


def method_of(operation: Operation, api_client: ApiClient | None = None) -> Any:
    """The method of an operation: that of an API object if there is a client, or of its class."""
    owner = API_CLASSES.get(operation.api)
    file = f"apis/{snake_case(operation.api)}.py"
    assert owner, f"there is no class {operation.api}: write it in {file}"
    found = getattr(owner if api_client is None else owner(api_client), operation.name, None)
    assert found, (
        f"{operation.api} has no method {operation.name}: write it in {file},"
        f" for {operation.verb} {operation.path}"
    )
    return found


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


# The public surface

SURFACE = [
    *((name, ["", ".apis", f".apis.{snake_case(name)}"]) for name in API_CLASSES),
    *((name, ["", ".exceptions", ".rest"]) for name in public_names(exceptions)),
    ("ApiClient", ["", ".api_client"]),
    ("CallOptions", ["", ".apis"]),
    ("Configuration", ["", ".configuration"]),
    ("RESTClientObject", [".rest"]),
    ("RESTResponse", [".rest"]),
    ("PureCloudRegionHosts", [""]),
    ("GatewayConfiguration", [""]),
    ("ApiNullValue", [""]),
    ("AbstractHttpClient", [""]),
    ("DefaultHttpClient", [""]),
    ("HttpRequestOptions", [""]),
    ("paginate", ["", ".pagination"]),
    ("LogLevel", [".logger"]),
    ("LogFormat", [".logger"]),
]
"""The names that the generator family promises, and where it promises them."""


@pytest.mark.parametrize(("name", "places"), SURFACE, ids=[name for name, _ in SURFACE])
def test_public_names_import_from_where_they_should(name: str, places: list[str]) -> None:
    modules = [importlib.import_module(f"PureCloudPlatformClientV2{place}") for place in places]
    found = [getattr(module, name) for module in modules]
    assert all(one is found[0] for one in found)
    assert ("" not in places) or name in public_names(PureCloudPlatformClientV2)


def test_the_default_configuration_hides_the_module_of_its_name() -> None:
    from PureCloudPlatformClientV2.configuration import Configuration, configuration

    assert PureCloudPlatformClientV2.configuration is configuration
    assert isinstance(configuration, Configuration)


def test_everything_announced_exists_and_is_sorted() -> None:
    for module in (PureCloudPlatformClientV2, PureCloudPlatformClientV2.apis, models):
        assert sorted(public_names(module)) == public_names(module)
        assert all(hasattr(module, name) for name in public_names(module))


def test_every_exception_is_announced() -> None:
    kinds = [one for one in vars(exceptions).values() if isinstance(one, type)]
    names = {kind.__name__ for kind in kinds if issubclass(kind, exceptions.ApiException)}
    assert names <= {*public_names(exceptions)} & {*vars(rest)}


def test_dependencies_are_exactly_four() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    names = {re.split(r"[<>=!~\[;]", line)[0] for line in lines}
    assert names == {"urllib3", "certifi", "python-dateutil", "six"}


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


# Docstrings

PRIVATE_ROOMS = {room for room in HEIGHT if re.match("_[^_]", room)}
INTERNAL = {path.stem for path in FILES if re.match("_[^_]", path.name)}


def definitions_in(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every public class, function and method, ``@overload``s and setters left out."""
    scopes: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while scopes:
        prefix, scope = scopes.pop()
        for node in scope.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield prefix + node.name, node
                scopes.append((f"{prefix}{node.name}.", node))
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
                if not any(name == "overload" or name.endswith(".setter") for name in decorators):
                    yield prefix + node.name, node


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name_of)
def test_public_names_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    if room_of(path) in PRIVATE_ROOMS or room_of(path) == "cli" or path.stem in INTERNAL:
        return
    missing = [
        name
        for name, node in definitions_in(tree)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not ast.get_docstring(node)
    ]
    assert missing == []


@pytest.mark.parametrize("name", [*definitions, "EntityListing"])
def test_fields_have_a_docstring_under_them(name: str) -> None:
    expected = set(model_class(name).swagger_types)
    path = PACKAGE / "models" / f"{snake_case(name)}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (model,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    documented: set[str] = set()
    for node, following in zip(model.body, model.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign):
            field = f"{path.name}: {ast.unparse(node.target)}"
            assert isinstance(following, ast.Expr), f"{field} has no docstring under it"
            assert isinstance(following.value, ast.Constant)
            assert str(following.value.value).strip().endswith("."), (
                f"{field}: end with a full stop"
            )
            documented.add(ast.unparse(node.target))

    inherited = set() if name == "EntityListing" else set(EntityListing.swagger_types)
    assert documented == (expected - inherited if name.endswith("EntityListing") else expected)


# Files and imports


def test_the_top_of_the_package_is_seen_at_a_glance() -> None:
    assert len([one for one in PACKAGE.iterdir() if one.is_file()]) < 20


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines < 500


BECAUSE_OF_AN_EXTRA = {
    ("__main__", "cli.program"),
    ("cli.session", "sandbox.server"),
    ("sandbox.__main__", "sandbox.server"),
}
"""Imports in functions so that it can be said in a line which extra has not been installed."""


@pytest.mark.parametrize(("module", "path"), MODULES.items(), ids=[*MODULES])
def test_imports_within_functions_are_for_the_sake_of_start_up_cost(
    module: str, path: Path
) -> None:
    for one in imports_of(path):
        if one.in_function and (module, one.target) not in BECAUSE_OF_AN_EXTRA:
            assert re.search(r"start-up|only .* needs? (it|them)\b|as above", one.comment, re.I), (
                f"{one.target} is imported inside a function, and no comment says why"
            )


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name_of)
def test_imports_go_down_the_drawing(path: Path) -> None:
    room = room_of(path)
    for target in {one.target for one in imports_of(path)}:
        other = target.split(".")[0] or "__init__"
        if room != other and (room, other) != ("cli", "sandbox"):  # by design
            assert other in HEIGHT, f"{target}: the client imports nothing of that"
            assert HEIGHT[other] < HEIGHT[room], f"{target} stands above, or beside"


def test_the_drawing_shows_every_room_and_no_other() -> None:
    assert {room_of(path) for path in CLIENT_FILES} == set(HEIGHT)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {
        module: {one.target for one in imports_of(path) if not one.for_checkers}
        for module, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


def test_pagination_knows_nothing_of_clients_and_apis() -> None:
    rooms = {one.target.split(".")[0] for one in imports_of(PACKAGE / "pagination.py")}
    assert rooms <= {"_wire", "exceptions"}


def test_models_import_only_models_besides_their_base() -> None:
    for path in (PACKAGE / "models").glob("*.py"):
        rooms = {one.target.split(".")[0] for one in imports_of(path)}
        below = {"_wire"} if path.stem == "base" or path.stem.startswith("_") else set[str]()
        assert rooms <= {"models", "_lazy", *below}, path


def test_the_sandbox_imports_nothing_of_the_client() -> None:
    files = sorted((PACKAGE / "sandbox").rglob("*.py"))
    assert files
    for path in files:
        assert {one.target.split(".")[0] for one in imports_of(path)} <= {"sandbox"}, path


def test_importing_the_package_does_not_import_what_only_some_calls_need() -> None:
    program = (
        "import sys; before = set(sys.modules);"
        "import PureCloudPlatformClientV2; print(*(set(sys.modules) - before))"
    )
    loaded = run([executable, "-c", program], capture_output=True, text=True, check=True)
    names = set(loaded.stdout.split())
    assert "PureCloudPlatformClientV2.configuration" in names
    assert names.isdisjoint(
        {"click", "difflib", "dateutil.parser", "flask", "cheroot", "jmespath", "rich", "sqlite3"}
    )
    late = {one.target for path in FILES for one in imports_of(path) if one.in_function}
    assert names.isdisjoint({f"PureCloudPlatformClientV2.{target}" for target in late})


def test_importing_the_package_starts_no_thread_and_touches_no_other_logger() -> None:
    program = (
        "import logging, threading; before = dict(logging.Logger.manager.loggerDict);"
        "import urllib3; "
        "import PureCloudPlatformClientV2 as package;"
        "loggers = [l for l in logging.Logger.manager.loggerDict.values()"
        "           if isinstance(l, logging.Logger)];"
        "print(threading.active_count(), logging.getLogger('urllib3').level,"
        "      logging.root.handlers, logging.getLogger(package.__name__).handlers)"
    )
    result = run([executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["1", "0", "[]", "[]"]
    assert result.stderr == ""
