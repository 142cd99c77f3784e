"""The export is complete, safe for spreadsheets, and all or nothing."""

from __future__ import annotations

import csv
import io
import runpy
from pathlib import Path

import pytest

from PureCloudPlatformClientV2 import UriReference
from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .running import EXAMPLES, run_example


def test_all_integrations_are_exported_page_by_page(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    for number in range(101):
        purecloud_sandbox.create_integration("line", name=f"Line {number}", channelId=str(number))
    purecloud_sandbox.create_integration("facebook", name="Café, Süd", pageId="4711")
    purecloud_sandbox.create_integration(
        "twitter", integration_id="t-1", accessTokenKey="key-1", consumerKey="key-2", tier="premium"
    )
    path = tmp_path / "integrations.csv"

    printed = run_example("export_integrations.py", sandbox=purecloud_sandbox)
    filed = run_example("export_integrations.py", str(path), sandbox=purecloud_sandbox)

    assert (printed.returncode, filed.returncode, filed.stdout) == (0, 0, "")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == list(csv.DictReader(io.StringIO(printed.stdout)))
    assert [row["messenger"] for row in rows] == ["facebook", *["line"] * 101, "twitter"]
    assert (rows[0]["name"], rows[0]["page_id"]) == ("Café, Süd", "4711")
    assert {row["channel_id"] for row in rows[1:-1]} == {str(number) for number in range(101)}
    assert (rows[-1]["id"], rows[-1]["tier"], rows[-1]["version"]) == ("t-1", "premium", "1")
    assert "key-1" not in printed.stdout


def test_the_columns_of_the_export_are_stable(purecloud_sandbox: Sandbox) -> None:
    printed = run_example("export_integrations.py", sandbox=purecloud_sandbox)

    assert printed.stdout.strip() == (
        "messenger,id,name,status,page_id,app_id,channel_id,webhook_uri,username,user_id,tier,"
        "env_name,recipient,date_created,date_modified,created_by,modified_by,version"
    )


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\r=1", "'\r=1"),
        ("A = B", "A = B"),
        ("", ""),
        (None, ""),
        (7, "7"),
        (UriReference(id="r-1", name="Berlin"), "r-1"),
    ],
)
def test_no_cell_is_a_formula(value: object, cell: str) -> None:
    make_cell = runpy.run_path(str(EXAMPLES / "export_integrations.py"))["make_cell"]
    assert make_cell(value) == cell


def test_a_file_that_is_replaced_keeps_its_permissions_and_a_new_one_is_private(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.touch()
    old.chmod(0o644)

    for path in (old, new):
        run_example("export_integrations.py", str(path), sandbox=purecloud_sandbox)

    assert [path.stat().st_mode & 0o777 for path in (old, new)] == [0o644, 0o600]


def test_an_export_that_fails_leaves_the_file_and_its_folder_as_they_were(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "integrations.csv"
    path.write_text("of yesterday", encoding="utf-8")
    purecloud_sandbox.faults.add(StatusFault(403, path="*/twitter"))

    stopped = run_example("export_integrations.py", str(path), sandbox=purecloud_sandbox)
    nowhere = run_example(
        "export_integrations.py", str(tmp_path / "no" / "folder.csv"), sandbox=purecloud_sandbox
    )

    assert (stopped.returncode, nowhere.returncode) == (2, 2)
    assert "nothing was exported" in stopped.stderr
    assert "No such file or directory" in nowhere.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["integrations.csv"]
    assert path.read_text(encoding="utf-8") == "of yesterday"


def test_an_export_that_cannot_take_its_place_leaves_no_scraps(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()

    stopped = run_example(
        "export_integrations.py", str(tmp_path / "folder"), sandbox=purecloud_sandbox
    )

    assert stopped.returncode == 2
    assert "Traceback" not in stopped.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]
