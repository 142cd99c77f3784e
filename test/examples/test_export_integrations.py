"""The export is complete, safe for spreadsheets, and all or nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .running import run_example


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
        "env_name,recipient.id,date_created,date_modified,created_by.id,modified_by.id,version"
    )


def test_no_cell_is_a_formula(purecloud_sandbox: Sandbox) -> None:
    purecloud_sandbox.create_integration("line", name="=1+1", channelId="+49 30")

    printed = run_example("export_integrations.py", sandbox=purecloud_sandbox)

    (row,) = csv.DictReader(io.StringIO(printed.stdout))
    assert (row["name"], row["channel_id"]) == ("'=1+1", "'+49 30")


def test_a_file_that_is_replaced_keeps_its_permissions(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "old.csv"
    path.touch()
    path.chmod(0o640)

    run_example("export_integrations.py", str(path), sandbox=purecloud_sandbox)

    assert path.stat().st_mode & 0o777 == 0o640


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
