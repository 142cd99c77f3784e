"""Every method of the API classes, from a shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from contract_facts import Operation, operations, snake_case
from sandbox.caller import body_for, path_to

from PureCloudPlatformClientV2._wire.redaction import is_secret_name
from PureCloudPlatformClientV2.cli.index import command_name, group_name
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.request_log import mask_json

from .shell import account, in_a_process

IDENTIFIER = "0f9b6c1e-7d52-4b38-9c41-2a8e4d7f6c21"

WAYS = ["options", "file"]
"""How a body is given: an option for each field, or a file with all of them."""

CASES = [
    pytest.param(operation, way, id=f"{operation}-{way}" if operation.body_type else str(operation))
    for operation in operations
    for way in (WAYS if operation.body_type else ["options"])
]


def arguments_for(operation: Operation, way: str, folder: Path) -> list[str]:
    """Write the arguments of a command: all that its method takes, secrets in files."""
    arguments = [IDENTIFIER if "Id" in name else "line" for name in operation.path_params]
    for name in operation.optional:
        arguments += [f"--{name.replace('_', '-')}", "1"]
    body = body_for(operation) or {}
    if way == "file":
        (folder / "body.json").write_text(json.dumps(body), encoding="utf-8")
        return [*arguments, "--body", f"@{folder}/body.json"]
    for name, value in body.items():
        option = f"--{snake_case(name).replace('_', '-')}"
        if is_secret_name(name):
            (folder / name).write_text(f"{value}\r\n", encoding="utf-8", newline="")
            value = f"@{folder}/{name}"
        arguments.append(f"{option}={value}")
    return arguments


@pytest.mark.parametrize(("operation", "way"), CASES)
def test_a_method_runs_from_the_shell(
    operation: Operation, way: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    path, body = path_to(operation, IDENTIFIER), body_for(operation)
    if IDENTIFIER in path:
        kind: Any = path.split("/")[-2]
        present: dict[str, Any] = body or {"name": "Support"}
        sandbox.create_integration(kind, integration_id=IDENTIFIER, **present)
    command = command_name(operation.api, operation.name)
    group = group_name(operation.api)

    finished = in_a_process(
        group, command, *arguments_for(operation, way, tmp_path), **account(sandbox)
    )

    assert (finished.code, finished.err) == (0, "")
    (request,) = sandbox.requests
    assert (request.method, request.path) == (operation.verb, path)
    assert request.status == operation.success
    assert request.json == mask_json(body)
    if operation.response_type is None:
        assert finished.out == ""
    elif operation.response_type.endswith("Listing"):
        assert finished.json["pageNumber"] == 1
    else:
        assert finished.json["name"] == (body or {"name": "Support"})["name"]
    for name, value in (body or {}).items():
        assert value not in finished.out or not is_secret_name(name)
