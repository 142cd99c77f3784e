"""Every Python block of README and docs runs on the sandbox, and prints what it says."""

from __future__ import annotations

import ast
import io
import re
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

SEEDS: list[tuple[Any, str, dict[str, str]]] = [
    ("facebook", "d2c5a7a4-3f0e-4a43-8f5b-5f6a1c9e2b10", {}),
    ("line", "0f9b6c1e-7d52-4b38-9c41-2a8e4d7f6c21", {"status": "Inactive"}),
    ("twitter", "7a1e4d3c-95b8-4f06-8e2d-6c3b9a5f0d32", {"tier": "premium", "envName": "env-beta"}),
]
"""The integrations that the examples find, whatever those before them have deleted."""


class _LetThrough(ast.NodeTransformer):
    """Has ``except ApiException`` raise again, unless a comment in it says what it prints."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        caught = "everything" if node.type is None else ast.unparse(node.type)
        handler = "\n".join(self._lines[node.lineno - 1 : node.end_lineno])
        if caught in ("everything", "Exception", "ApiException") and "# prints: " not in handler:
            node.body.insert(0, ast.Raise())
        return self.generic_visit(node)


def side_of_diff(diff: str, side: str) -> str:
    """One side of a diff, ``-`` for what there was and ``+`` for what there shall be."""
    lines = (line[1:] if line[:1] in (" ", side) else "" for line in diff.splitlines())
    return "\n".join(lines) + "\n"


def examples(path: Path) -> list[str]:
    """The Python of a page, moved down so that a traceback shows the lines of the page."""
    text = path.read_text(encoding="utf-8")
    return [
        "\n" * text.count("\n", 0, block.start(2))
        + (block[2] if block[1] == "python" else side_of_diff(block[2], "+"))
        for block in re.finditer(r"^```(python|diff)\n(.*?)^```$", text, re.M | re.S)
    ]


def run_example(source: str, path: Path, namespace: dict[str, Any]) -> str:
    tree = ast.fix_missing_locations(_LetThrough(source).visit(ast.parse(source)))
    output = io.StringIO()
    with redirect_stdout(output):
        # Annotations are evaluated, as in a program of its own, whatever this module imports.
        exec(compile(tree, str(path), "exec", dont_inherit=True), namespace)
    return output.getvalue()


def check_output(source: str, output: str) -> None:
    """Find each promised line, in order; ``...`` stands for anything."""
    lines = iter(output.splitlines())
    for promise in re.findall(r"# prints: (.+)", source):
        pattern = re.escape(promise).replace(re.escape("..."), ".*")
        found = any(re.fullmatch(pattern, line) for line in lines)
        assert found, f"the example does not print {promise!r} in its place, but:\n{output}"


def create_seeds(sandbox: Sandbox) -> None:
    for kind, integration_id, fields in SEEDS:
        with suppress(ValueError):  # it is still there
            sandbox.create_integration(
                kind, integration_id=integration_id, name="Support", **fields
            )


@pytest.mark.parametrize(
    "path", [path for path in PAGES if examples(path)], ids=lambda path: path.name
)
def test_the_examples_of_a_page_run(
    path: Path, purecloud_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where they leave their files
    monkeypatch.setenv("GENESYSCLOUD_REGION", purecloud_sandbox.host)
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", purecloud_sandbox.access_token)
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", purecloud_sandbox.client_id)
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", purecloud_sandbox.client_secret)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for source in examples(path):
        create_seeds(purecloud_sandbox)
        check_output(source, run_example(source, path, namespace))
