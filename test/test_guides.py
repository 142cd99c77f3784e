"""What the guides show beyond examples that run by themselves; test_docs_examples.py runs those."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from reference import DOCS, ROOT
from test_docs import PAGES, read, section
from test_docs_examples import side_of_diff

PLUGIN = "PureCloudPlatformClientV2.sandbox.pytest_plugin"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", read(page), re.M | re.S)


def test_the_tests_that_the_guide_to_testing_shows_pass(tmp_path: Path) -> None:
    example = next(block for block in blocks("testing.md", "python") if "def test_" in block)
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f" {example.count('def test_')} passed" in finished.stdout, finished.stdout


def test_what_the_guide_to_migrating_takes_out_was_python() -> None:
    diffs = blocks("migrating.md", "diff")
    assert diffs
    for diff in diffs:
        before, after = side_of_diff(diff, "-"), side_of_diff(diff, "+")
        assert ast.dump(ast.parse(before)) != ast.dump(ast.parse(after))


def test_commands_in_the_pages_have_a_prompt_which_is_not_copied() -> None:
    for path in PAGES:
        if path.parent == DOCS:
            for block in blocks(path.name, "console"):
                assert re.match(r"\$ ", block), f"{path.name}: {block}"


def test_the_site_and_the_readme_have_the_same_two_commands_and_the_same_ten_lines() -> None:
    page, readme = read("index.md"), (ROOT / "README.md").read_text(encoding="utf-8")
    for command in re.findall(r"^python3 -m venv .+$", readme, re.M):
        assert f"\n$ {command}\n" in page
    (lesson,) = blocks("index.md", "python")
    assert lesson.replace("    print(facebook.status)  # prints: Active\n", "") in readme


MOST_WANTED = (
    *("rows.md", "paging.md", "downloads.md", "authentication.md", "errors.md#trying-again"),
    *("waiting.md", "recipes.md#a-class-of-your-own", "paging.md#one-by-its-name"),
)
"""What programs are seen to write around an SDK most often, the most frequent first."""


def test_what_is_written_most_has_one_place_in_the_index_with_an_example_that_runs() -> None:
    first_table = section(read("index.md"), "## Where to go").split("\n\n")[1]
    links = re.findall(r"\]\(([^)]+)\)", first_table)
    assert [link for link in links if link in MOST_WANTED] == list(MOST_WANTED)
    for link in MOST_WANTED:
        page, _, anchor = link.partition("#")
        heading = f"## {anchor.replace('-', ' ').capitalize()}"
        text = section(read(page), heading) if anchor else read(page)
        assert "\n```python\n" in text, link
