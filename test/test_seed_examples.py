"""The examples of the service's own page run as they stand there.

Two things are changed: ``print`` is called as a function, which Python 3 requires, and a line is
added that points at the sandbox.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

import pytest
from contract_facts import CONTRACT, Operation, operations

from PureCloudPlatformClientV2.sandbox import Sandbox

PAGE = (CONTRACT / "MessagingApi.md").read_text(encoding="utf-8")
Kind = Literal["facebook", "line", "twitter"]
TOKEN_LINE = "PureCloudPlatformClientV2.configuration.access_token = 'YOUR_ACCESS_TOKEN'\n"


@dataclass(frozen=True)
class Example:
    operation: Operation
    text: str

    def script(self, host: str) -> str:
        """Give the example, ready to be run."""
        script, prints = re.subn(r'print ("[^"\n]*" % e)', r"print(\1)", self.text)
        assert prints == 1
        assert script.count(TOKEN_LINE) == 1
        host_line = f"PureCloudPlatformClientV2.configuration.host = {host!r}\n"
        return script.replace(TOKEN_LINE, TOKEN_LINE + host_line)


def find_examples() -> Iterator[Example]:
    texts = re.findall(r'```\{"language":"python"\}\n(.*?)```', PAGE, re.DOTALL)
    for text in texts:
        (name,) = re.findall(r"api_instance\.(\w+)\(", text)
        (operation,) = [operation for operation in operations if operation.name == name]
        yield Example(operation, text)


EXAMPLES = list(find_examples())

every_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=[example.operation.name for example in EXAMPLES]
)


@pytest.fixture(scope="module")
def _started_sandbox() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(access_token="YOUR_ACCESS_TOKEN", rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_started_sandbox: Sandbox) -> Sandbox:
    _started_sandbox.reset()
    return _started_sandbox


def run(script: str) -> None:
    """Run a script in this process, with names of its own; far quicker than a new process."""
    exec(compile(script, "example", "exec"), {"__name__": "__main__"})


def request_made(sandbox: Sandbox, operation: Operation) -> int | None:
    """Check that exactly the request of the operation was made; give its status."""
    (request,) = sandbox.requests
    path = operation.path.replace("{integrationId}", "integration_id_example")
    path = path.replace("{messengerType}", "messenger_type_example")
    assert (request.method, request.path) == (operation.verb, path)
    return request.status


def test_there_is_an_example_of_each_operation() -> None:
    names = [example.operation.name for example in EXAMPLES]
    assert sorted(names) == sorted(operation.name for operation in operations)


@every_example
def test_an_example_prints_the_refusal_where_there_is_nothing_yet(
    example: Example, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    run(example.script(sandbox.host))

    output = capsys.readouterr()
    assert output.err == ""
    status = request_made(sandbox, example.operation)
    name, verb = example.operation.name, example.operation.verb
    if verb == "GET" and not example.operation.path_params:
        assert status == 200
        assert output.out.startswith(f"{example.operation.response_type}(")
        assert "total=0" in output.out
    else:
        assert status == (404 if "integrationId" in example.operation.path_params else 400)
        call = f"{verb} {sandbox.host}/api/v2"
        assert output.out.startswith(f"Exception when calling MessagingApi->{name}: {call}")
        assert f"was answered {status}" in output.out
        assert re.search(r"\)(; [^\n]+)?\n\n\Z", output.out)  # perhaps with what to do
        assert output.out.count("\n") == 2


@pytest.mark.parametrize(
    "example",
    [
        one
        for one in EXAMPLES
        if "integrations" in one.operation.path and one.operation.verb != "POST"
    ],
    ids=lambda example: example.operation.name,
)
def test_an_example_prints_the_result_where_there_is_one(
    example: Example, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = cast(Kind, example.operation.path.split("/")[5])
    sandbox.create_integration(kind, integration_id="integration_id_example", name="Support")

    run(example.script(sandbox.host))

    output = capsys.readouterr()
    assert output.err == ""
    status = request_made(sandbox, example.operation)
    if example.operation.verb == "DELETE":
        assert (status, output.out) == (204, "")
    else:
        assert status == 200
        assert output.out.startswith(f"{example.operation.response_type}(")
        assert "id='integration_id_example'" in output.out
        assert "name='Support'" in output.out
        assert "datetime.datetime(" in output.out


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get_messaging_integrations_line", "LineIntegrationEntityListing("),
        (
            "put_messaging_integrations_line_integration_id",
            "Exception when calling MessagingApi->put_messaging_integrations_line_integration_id: ",
        ),
    ],
)
def test_an_example_runs_as_a_program(sandbox: Sandbox, name: str, expected: str) -> None:
    (example,) = [example for example in EXAMPLES if example.operation.name == name]
    program = [sys.executable, "-W", "error", "-c", example.script(sandbox.host)]
    result = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(expected)


def test_an_example_without_a_valid_token_prints_the_refusal(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.expire_token("YOUR_ACCESS_TOKEN")
    example = EXAMPLES[0]
    run(example.script(sandbox.host))
    assert "was answered 401" in capsys.readouterr().out
