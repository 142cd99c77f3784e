"""Walks the code, so that reviewers need not: is everything there, and true to the contract?"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from subprocess import run
from sys import executable
from typing import Any, Literal

import pytest
from contract_facts import CONTRACT, Operation, definitions, operations, snake_case, swagger_type
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import CallOptions, MessagingApi, models
from PureCloudPlatformClientV2.models import EntityListing, Model

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "PureCloudPlatformClientV2"
SHARED_CONTRACT = ROOT.parent / "shared" / "contract"
CLIENT_FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if "sandbox" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def public_methods(cls: type) -> list[str]:
    return [name for name in vars(cls) if not name.startswith("_")]


def model_class(name: str) -> type[Model]:
    found: type[Model] | None = getattr(models, name, None)
    assert found, (
        f"there is no model {name}: write it in models/{snake_case(name)}.py,"
        " and export it from models/__init__.py and __init__.py"
    )
    return found


def method_of(owner: MessagingApi | type[MessagingApi], operation: Operation) -> Any:
    found = getattr(owner, operation.name, None)
    assert found, (
        f"MessagingApi has no method {operation.name}: write it in apis/messaging_api.py,"
        f" for {operation.verb} {operation.path}"
    )
    return found


# The contract itself


@pytest.mark.skipif(
    not SHARED_CONTRACT.exists(), reason="the checkout does not stand beside the shared contract"
)
def test_the_contract_is_the_shared_one() -> None:
    ours = {path.name: path.read_bytes() for path in CONTRACT.glob("*.json")}
    theirs = {path.name: path.read_bytes() for path in SHARED_CONTRACT.iterdir()}
    assert ours == theirs


# Operations


def test_every_operation_has_exactly_one_method() -> None:
    names = [operation.name for operation in operations]
    assert len(names) == 14, (
        f"the contract has {len(names)} operations: if it should, write that number here"
    )
    assert sorted(public_methods(MessagingApi)) == sorted(names), (
        "apis/messaging_api.py has a method too few or too many, compared with the contract"
    )


@pytest.fixture(params=operations, ids=str)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


def arguments_for(operation: Operation) -> dict[str, Any]:
    """Give a value that differs from all others to every parameter."""
    arguments: dict[str, Any] = {snake_case(name): f"a {name}/1" for name in operation.path_params}
    for number, name in enumerate(operation.query_params, start=7):
        arguments[snake_case(name)] = number
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
    api: MessagingApi, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    arguments = arguments_for(operation)

    result = method_of(api, operation)(**arguments)

    query = {name: str(arguments[snake_case(name)]) for name in operation.query_params}
    check_request(operation, service, query)
    check_result(operation, result)


def test_a_call_with_the_required_parameters_alone_sends_nothing_else(
    api: MessagingApi, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    arguments = arguments_for(operation)

    result = method_of(api, operation)(*(arguments[name] for name in operation.required))

    check_request(operation, service, {})
    check_result(operation, result)


@pytest.mark.parametrize(
    "operation", [one for one in operations if one.body_type is not None], ids=str
)
def test_a_body_may_be_a_dict_of_wire_names(
    api: MessagingApi, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    arguments = {**arguments_for(operation), "body": {"name": "Support"}}

    result = method_of(api, operation)(**arguments)

    check_request(operation, service, {})
    check_result(operation, result)


def test_signatures_have_required_parameters_first_and_optional_ones_by_keyword(
    operation: Operation,
) -> None:
    parameters = inspect.signature(method_of(MessagingApi, operation)).parameters

    expected = ("self", *operation.required, *operation.optional, "options")
    assert tuple(parameters) == expected, f"{operation.name} should take {', '.join(expected)}"
    for name in operation.required:
        assert parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert parameters[name].default is inspect.Parameter.empty
    for name in operation.optional:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[name].default is None
    assert parameters["options"].kind is inspect.Parameter.VAR_KEYWORD


def test_annotations_are_true_to_the_contract(operation: Operation) -> None:
    hints = typing.get_type_hints(method_of(MessagingApi, operation))

    for name in map(snake_case, operation.path_params):
        assert str in (hints[name], *typing.get_args(hints[name]))
    for name in operation.optional:
        assert hints[name] == int | None
    if operation.body_type:
        assert hints["body"] == model_class(operation.body_type) | dict[str, Any]
    returned = model_class(operation.response_type) if operation.response_type else type(None)
    assert hints["return"] is returned


def test_docstrings_of_methods_are_true_to_the_contract(operation: Operation) -> None:
    text = inspect.getdoc(method_of(MessagingApi, operation)) or ""
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
    for name in (*operation.required, *operation.optional, "**options", "ApiException"):
        assert name in described, f"{operation.name}: the docstring says nothing about {name}"
    assert ("Returns:" in lines) == (operation.response_type is not None), (
        f"{operation.name}: Returns belongs in the docstring if and only if it returns something"
    )


def test_methods_take_every_per_call_option(
    api: MessagingApi, service: Service, operation: Operation
) -> None:
    answer_for(operation, service)
    results: list[object] = []

    thread = method_of(api, operation)(
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


@pytest.mark.parametrize(
    "keyword",
    [
        "pageSize",
        "integrationId",
        "misspelt",
        "auth_settings",
        "body_type",
        "files",
        "header_params",
        "method",
        "path_params",
        "post_params",
        "query_params",
        "resource_path",
        "response_type",
    ],
)
def test_methods_refuse_keywords_that_are_not_theirs(
    api: MessagingApi, service: Service, operation: Operation, keyword: str
) -> None:
    service.answer_always(204)
    with pytest.raises(TypeError, match=f"^{operation.name} got .*'{keyword}'"):
        method_of(api, operation)(**arguments_for(operation), **{keyword: None})
    assert service.requests == []


@pytest.mark.parametrize("operation", [one for one in operations if not one.body_type], ids=str)
def test_methods_without_a_body_refuse_one(
    api: MessagingApi, service: Service, operation: Operation
) -> None:
    service.answer_always(204)
    with pytest.raises(TypeError, match="body"):
        method_of(api, operation)(**arguments_for(operation), body={"name": "Support"})
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


def test_the_secrets_of_the_service_are_the_secret_fields() -> None:
    secrets = {name for one in definitions for name in model_class(one).secret_fields}
    assert secrets == {
        "page_access_token",
        "user_access_token",
        "app_secret",
        "channel_secret",
        "switcher_secret",
        "access_token_secret",
        "consumer_secret",
    }


@pytest.mark.parametrize("name", definitions)
def test_models_are_exported_from_three_places(name: str) -> None:
    model = model_class(name)

    assert model.__module__ == f"PureCloudPlatformClientV2.models.{snake_case(name)}", (
        f"{name} should stand in models/{snake_case(name)}.py"
    )
    assert getattr(PureCloudPlatformClientV2, name, None) is model, (
        f"export {name} from __init__.py, as models/__init__.py does"
    )
    assert name in models.__all__, f"add {name} to __all__ in models/__init__.py"
    assert name in PureCloudPlatformClientV2.__all__, f"add {name} to __all__ in __init__.py"


def test_there_are_no_other_models() -> None:
    files = {path.stem for path in (PACKAGE / "models").glob("*.py")}
    others = {"__init__", "base", "entity_listing", "html", "introspection"}
    for found, wanted, where in (
        (files - others, set(map(snake_case, definitions)), "files"),
        (set(models.__all__) - {"Model", "EntityListing"}, set(definitions), "__all__"),
    ):
        assert found == wanted, (
            f"models/, {where}: missing {sorted(wanted - found)},"
            f" not in the contract {sorted(found - wanted)}"
        )


# The public surface

SURFACE = [
    ("MessagingApi", ["", ".apis", ".apis.messaging_api"]),
    ("ApiClient", ["", ".api_client"]),
    ("CallOptions", ["", ".call_options"]),
    ("Configuration", ["", ".configuration"]),
    ("ApiException", ["", ".rest"]),
    ("BadRequestException", [".rest"]),
    ("UnauthorizedException", [".rest"]),
    ("ForbiddenException", [".rest"]),
    ("NotFoundException", [".rest"]),
    ("ConflictException", [".rest"]),
    ("TooManyRequestsException", [".rest"]),
    ("ServiceException", [".rest"]),
    ("ApiConnectionException", [".rest"]),
    ("ApiTimeoutException", [".rest"]),
    ("RESTClientObject", [".rest"]),
    ("RESTResponse", [".rest"]),
    ("PureCloudRegionHosts", [""]),
    ("GatewayConfiguration", [""]),
    ("ApiNullValue", [""]),
    ("AbstractHttpClient", [""]),
    ("DefaultHttpClient", [""]),
    ("HttpRequestOptions", [""]),
    ("paginate", [""]),
    ("LogLevel", [".logger"]),
    ("LogFormat", [".logger"]),
]


@pytest.mark.parametrize(("name", "places"), SURFACE, ids=[name for name, _ in SURFACE])
def test_public_names_import_from_where_they_should(name: str, places: list[str]) -> None:
    modules = [importlib.import_module(f"PureCloudPlatformClientV2{place}") for place in places]
    found = [getattr(module, name) for module in modules]
    assert all(one is found[0] for one in found)
    assert ("" not in places) or name in PureCloudPlatformClientV2.__all__


def test_the_default_configuration_hides_the_module_of_its_name() -> None:
    from PureCloudPlatformClientV2.configuration import Configuration, configuration

    assert PureCloudPlatformClientV2.configuration is configuration
    assert isinstance(configuration, Configuration)


def test_everything_announced_exists_and_is_sorted() -> None:
    for module in (PureCloudPlatformClientV2, models):
        assert sorted(module.__all__) == module.__all__
        assert all(hasattr(module, name) for name in module.__all__)


def test_dependencies_are_exactly_four() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    names = {re.split(r"[<>=!~\[;]", line)[0] for line in lines}
    assert names == {"urllib3", "certifi", "python-dateutil", "six"}


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


# Docstrings


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


# Imports

ROWS = [
    {"headers", "http_response", "region_hosts", "retry", "serialization", "settings", "version"},
    {"call_options", "configuration_file", "connection", "decoder", "gateway", "logger"},
    {"configuration", "models", "pacing"},
    {"exceptions", "proxy", "tls"},
    {"rest"},
    {"http_client"},
    {"oauth", "parameters", "results"},
    {"sign_in"},
    {"api_client"},
    {"apis", "pagination"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
"""The drawing of the house, from the ground up: a room imports from lower rows only."""

LATE = {
    ("models", "models.html"),  # only notebooks need it
    ("models", "models.introspection"),  # only help() and editors need it
    ("__main__", "cli.program"),  # the extra may be missing
    ("cli", "sandbox.server"),  # so may that one
    ("cli", "cli.tables"),  # Rich takes its time
}
"""Which room imports what inside a function."""

HEIGHT = {room: height for height, row in enumerate(ROWS) for room in row}


def imports_of(path: Path) -> Iterator[tuple[str, bool]]:
    """The modules of ours that a file imports, and whether inside a function."""
    package = ("PureCloudPlatformClientV2", *path.relative_to(PACKAGE).parts[:-1])
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = ".".join((*base, *([node.module] if node.module else [])))
            targets = [target] if node.module else [f"{target}.{one.name}" for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            targets = [node.module or ""]
        else:
            continue
        for target in targets:
            if target.split(".")[0] == "PureCloudPlatformClientV2":
                yield target.partition(".")[2], node in inside


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name_of)
def test_imports_go_down_the_drawing(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for target, inside_function in imports_of(path):
        other = target.split(".")[0]
        if (room, target) in LATE:
            continue
        assert not inside_function, f"{target} is imported inside a function"
        assert other in HEIGHT, f"{target}: the client imports no {other or 'package root'}"
        if room == other:
            assert room in ("models", "apis", "cli")
        else:
            assert HEIGHT[other] < HEIGHT[room], f"{target} stands above, or beside"


def test_pagination_imports_nothing_of_ours() -> None:
    assert list(imports_of(PACKAGE / "pagination.py")) == []


def test_models_import_only_models_besides_their_base() -> None:
    for path in (PACKAGE / "models").glob("*.py"):
        rooms = {target.split(".")[0] for target, _ in imports_of(path)}
        below = {"decoder", "logger", "serialization", "settings"}
        assert rooms <= {"models", *(below if path.stem in ("base", "html") else ())}


def test_the_sandbox_imports_nothing_of_the_client() -> None:
    files = sorted((PACKAGE / "sandbox").rglob("*.py"))
    assert files
    for path in files:
        targets = [target for target, _ in imports_of(path)]
        assert all(target.split(".")[0] == "sandbox" for target in targets), path


def test_importing_the_package_does_not_import_what_only_some_calls_need() -> None:
    program = (
        "import sys; before = set(sys.modules);"
        "import PureCloudPlatformClientV2; print(*(set(sys.modules) - before))"
    )
    loaded = run([executable, "-c", program], capture_output=True, text=True, check=True)
    names = set(loaded.stdout.split())
    assert "PureCloudPlatformClientV2.rest" in names
    assert names.isdisjoint(
        {"click", "difflib", "dateutil.parser", "flask", "cheroot", "jmespath", "rich", "sqlite3"}
    )
    assert names.isdisjoint({f"PureCloudPlatformClientV2.{target}" for _, target in LATE})


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
